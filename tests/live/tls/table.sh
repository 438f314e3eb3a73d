#!/usr/bin/env bash
# table.sh [--write] - every device's hello against TLS listeners that we did not write, on loopback. Compares the table
# with the one in client/tls/README.md; --write puts it there. Needs gnutls-bin, openssl and nginx.
# EASEL is the program under test (build/release/client/easel unless set).
set -euo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
readonly root
readonly easel=${EASEL:-$root/build/release/client/easel}
readonly readme=$root/client/tls/README.md
work=$(mktemp -d)
readonly work
pids=()
clean() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT

mint() { # mint NAME KEY-OPTIONS...: a root and a server certificate under it, for localhost
  local name=$1
  shift
  openssl req -x509 "$@" -nodes -keyout "$work/$name-root.key" -out "$work/$name-root.pem" -days 30 \
    -subj "/CN=Table root" -addext basicConstraints=critical,CA:TRUE 2>/dev/null
  openssl req "$@" -nodes -keyout "$work/$name.key" -out "$work/$name.csr" -subj /CN=localhost 2>/dev/null
  openssl x509 -req -in "$work/$name.csr" -CA "$work/$name-root.pem" -CAkey "$work/$name-root.key" -days 30 \
    -CAcreateserial -out "$work/$name.pem" \
    -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n') 2>/dev/null
}
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
wait_port() {
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
    sleep 0.05
  done
  echo "table: nothing listens on $1" >&2
  exit 1
}

listeners=()
declare -A port_of
start() { # start NAME COMMAND...: PORT in the command becomes the port
  local name=$1 port
  shift
  port=$(free_port)
  "${@//PORT/$port}" >"$work/$name.log" 2>&1 </dev/null &
  pids+=($!)
  port_of[$name]=$port
  listeners+=("$name")
  wait_port "$port"
}
gnutls() { # gnutls NAME PRIORITY
  start "$1" gnutls-serv --quiet --http --port PORT --x509certfile "$work/rsa.pem" --x509keyfile "$work/rsa.key" \
    --priority "$2"
}
openssl_server() { # openssl_server NAME OPTIONS...
  local name=$1
  shift
  start "$name" openssl s_server -accept 127.0.0.1:PORT -cert "$work/rsa.pem" -key "$work/rsa.key" -www "$@"
}
nginx_server() { # nginx_server NAME VERIFY
  local name=$1 port
  port=$(free_port)
  mkdir -p "$work/$name"
  cat >"$work/$name/nginx.conf" <<EOF
daemon off; master_process off; pid $work/$name/pid; error_log $work/$name/error.log;
events { }
http { access_log off; client_body_temp_path $work/$name/b; proxy_temp_path $work/$name/p; fastcgi_temp_path $work/$name/f;
  uwsgi_temp_path $work/$name/u; scgi_temp_path $work/$name/s;
  server { listen 127.0.0.1:$port ssl; ssl_certificate $work/rsa.pem; ssl_certificate_key $work/rsa.key;
    ssl_client_certificate $work/rsa-root.pem; ssl_verify_client $2; ssl_protocols TLSv1.2 TLSv1.3; } }
EOF
  nginx -c "$work/$name/nginx.conf" >"$work/$name.log" 2>&1 &
  pids+=($!)
  port_of[$name]=$port
  listeners+=("$name")
  wait_port "$port"
}

cell() { # one row of --tsv on standard input: what stands in the table
  awk -F'\t' '{
    suite = $6; sub(/^(TLS|SSL_CK)_/, "", suite)
    if ($4 == "no capture") print "no capture"
    else if ($6 != "-") print substr($5, 4) " " suite ($9 == "-" ? "" : ", " $9)
    else print $4
  }'
}
table() {
  local name device hello
  for name in "${listeners[@]}"; do
    "$easel" tls "localhost:${port_of[$name]}" --address 127.0.0.1 --trust-ca "$work/rsa-root.pem" --tsv \
      >"$work/$name.tsv" || true
  done
  printf '| device |'
  printf ' %s |' "${listeners[@]}"
  printf '\n|---|'
  for name in "${listeners[@]}"; do printf -- '---|'; done
  printf '\n'
  cut -f1,2,3 "$work/${listeners[0]}.tsv" | while IFS=$'\t' read -r device hello predicted; do
    printf '| %s%s%s |' "$device" "$([ "$hello" = ssl2-form ] && echo ', SSL 2.0 form')" \
      "$([ "$predicted" = predicted ] && echo ' (predicted)')"
    for name in "${listeners[@]}"; do
      printf ' %s |' "$(awk -F'\t' -v d="$device" -v h="$hello" '$1 == d && $2 == h' "$work/$name.tsv" | cell)"
    done
    printf '\n'
  done
}
in_readme() { sed -n '/<!-- table -->/,/<!-- \/table -->/p' "$readme" | grep '^|'; }

mint rsa -newkey rsa:2048
legacy=NONE:+VERS-TLS1.0:+RSA:+COMP-NULL:+SIGN-ALL:+CTYPE-X509
gnutls gnutls-rc4-md5 "$legacy:+ARCFOUR-128:+MD5"
gnutls gnutls-3des "$legacy:+3DES-CBC:+SHA1"
openssl_server openssl-tls1.0 -tls1 -cipher ALL:@SECLEVEL=0
openssl_server openssl-tls1.2 -tls1_2
openssl_server openssl-tls1.3 -tls1_3
nginx_server nginx-verify-on on
nginx_server nginx-verify-optional optional
table >"$work/table"
if [ "${1:-}" = --write ]; then
  awk -v file="$work/table" '
    /<!-- table -->/ { print; while ((getline line < file) > 0) print line; skip = 1; next }
    /<!-- \/table -->/ { skip = 0 }
    !skip { print }' "$readme" >"$work/readme"
  cat "$work/readme" >"$readme"
fi
if ! diff <(in_readme) "$work/table"; then
  echo "table: client/tls/README.md says otherwise (table.sh --write if the new one is right)" >&2
  exit 1
fi
echo "table: $(wc -l <"$work/table") lines as in client/tls/README.md"
