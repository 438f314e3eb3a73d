# listeners.sh - TLS servers that we did not write, each on a port of its own on loopback, for table.sh, compare.sh and
# client_certificates.sh. Read with `source`; `begin_listeners` comes first.
# shellcheck shell=bash

begin_listeners() {
  work=$(mktemp -d)
  pids=() listeners=()
  declare -gA port_of
  trap end_listeners EXIT
  trap 'exit 130' INT TERM
}
end_listeners() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
need() { # need PROGRAM PACKAGE: the packages of Debian 12
  command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || { echo "needs $1: apt-get install $2" >&2; exit 1; }
}

# ---------------------------------------------------------------- certificates
quietly() { "$@" >>"$work/openssl.log" 2>&1 || { tail -n 5 "$work/openssl.log" >&2; return 1; }; }
key_and_request() { # key_and_request NAME SUBJECT
  quietly openssl req -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" -subj "$2"
}
sign() { # sign NAME ISSUER DAYS EXTENSION...
  local name=$1 issuer=$2 days=$3
  shift 3
  quietly openssl x509 -req -in "$work/$name.csr" -CA "$work/$issuer.pem" -CAkey "$work/$issuer.key" -days "$days" \
    -CAcreateserial -out "$work/$name.pem" -extfile <(printf '%s\n' "$@")
}
# mint_authorities: root, an intermediate below it, and another root that nobody asked for.
mint_authorities() {
  local name
  for name in root other-root; do
    quietly openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/$name.key" -out "$work/$name.pem" -days 30 \
      -subj "/CN=Listener $name" -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,cRLSign
  done
  key_and_request intermediate "/CN=Listener intermediate"
  sign intermediate root 30 basicConstraints=critical,CA:TRUE keyUsage=keyCertSign,cRLSign
}
mint_server() { # mint_server NAME ISSUER DAYS [HOST]
  key_and_request "$1" "/CN=${4:-localhost}"
  sign "$1" "$2" "$3" "subjectAltName=DNS:${4:-localhost}" extendedKeyUsage=serverAuth keyUsage=digitalSignature,keyEncipherment
}
mint_client() { # mint_client NAME ISSUER USER
  key_and_request "$1" "/CN=$3"
  sign "$1" "$2" 30 "subjectAltName=email:$3@example.test" extendedKeyUsage=clientAuth
}

# ---------------------------------------------------------------- ports
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}
wait_port() { # wait_port NAME
  local n
  for ((n = 0; n < 200; n++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/${port_of[$1]}") 2>/dev/null && return 0
    sleep 0.05
  done
  echo "nothing listens for $1:" >&2
  tail -n 5 "$work/$1.log" >&2
  exit 1
}
start() { # start NAME COMMAND...: PORT in the command becomes the port
  local name=$1
  shift
  port_of[$name]=$(free_port)
  "${@//PORT/${port_of[$name]}}" >"$work/$name.log" 2>&1 </dev/null &
  pids+=($!)
  listeners+=("$name")
  wait_port "$name"
}

# ---------------------------------------------------------------- servers
gnutls() { # gnutls NAME PRIORITY
  start "$1" gnutls-serv --quiet --http --port PORT --x509certfile "$work/server.pem" --x509keyfile "$work/server.key" \
    --priority "$2"
}
openssl_server() { # openssl_server NAME OPTIONS...
  local name=$1
  shift
  start "$name" openssl s_server -accept 127.0.0.1:PORT -cert "$work/server.pem" -key "$work/server.key" -www "$@"
}
# nginx_server NAME CERTIFICATE KEY DIRECTIVES: it answers every POST with what $ssl_client_s_dn and $ssl_client_verify say.
nginx_server() {
  local name=$1 folder=$work/$1
  mkdir -p "$folder"
  port_of[$name]=$(free_port)
  cat >"$folder/nginx.conf" <<EOF
daemon off; master_process off; pid $folder/pid; error_log $folder/error.log;
events { }
http { access_log off; client_max_body_size 8m; client_body_temp_path $folder/b; proxy_temp_path $folder/p;
  fastcgi_temp_path $folder/f; uwsgi_temp_path $folder/u; scgi_temp_path $folder/s;
  server { listen 127.0.0.1:${port_of[$name]} ssl; ssl_certificate $2; ssl_certificate_key $3;
    ssl_protocols TLSv1.2 TLSv1.3; $4
    location / { add_header X-Client-Verify \$ssl_client_verify always;
      add_header X-Client-Subject \$ssl_client_s_dn always; return 200 "verify=\$ssl_client_verify"; } } }
EOF
  nginx -c "$folder/nginx.conf" >"$work/$name.log" 2>&1 &
  pids+=($!)
  listeners+=("$name")
  wait_port "$name"
}
# apache_server NAME PROTOCOL: the certificate is asked for when the directory is, after the request: by renegotiation
# in TLS 1.2, by post-handshake authentication in TLS 1.3.
apache_server() {
  local name=$1 folder=$work/$1 module
  mkdir -p "$folder/htdocs/Microsoft-Server-ActiveSync"
  echo answered >"$folder/htdocs/Microsoft-Server-ActiveSync/index.html"
  port_of[$name]=$(free_port)
  {
    for module in mpm_event authn_core authz_core ssl socache_shmcb dir headers mime; do
      echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
    done
    cat <<EOF
ServerName localhost
ServerRoot $folder
PidFile $folder/pid
ErrorLog $folder/error.log
Mutex file:$folder
Listen 127.0.0.1:${port_of[$name]}
TypesConfig /dev/null
DocumentRoot $folder/htdocs
SSLSessionCache none
<VirtualHost *>
  SSLEngine on
  SSLProtocol $2
  SSLCertificateFile $work/server-chain.pem
  SSLCertificateKeyFile $work/server.key
  SSLCACertificateFile $work/root.pem
  <Directory $folder/htdocs>
    Require all granted
  </Directory>
  <Location /Microsoft-Server-ActiveSync>
    SSLVerifyClient require
    SSLVerifyDepth 3
    SSLRenegBufferSize 1048576
    Header always set X-Client-Subject "%{SSL_CLIENT_S_DN}s"
  </Location>
</VirtualHost>
EOF
  } >"$folder/apache.conf"
  /usr/sbin/apache2 -X -f "$folder/apache.conf" >"$work/$name.log" 2>&1 </dev/null &
  pids+=($!)
  listeners+=("$name")
  wait_port "$name"
}

# start_protocol_listeners: the ones that client/tls/README.md has a column for.
start_protocol_listeners() {
  local legacy=NONE:+VERS-TLS1.0:+RSA:+COMP-NULL:+SIGN-ALL:+CTYPE-X509 verify
  gnutls gnutls-rc4-md5 "$legacy:+ARCFOUR-128:+MD5"
  gnutls gnutls-3des "$legacy:+3DES-CBC:+SHA1"
  openssl_server openssl-tls1.0 -tls1 -cipher ALL:@SECLEVEL=0
  openssl_server openssl-tls1.2 -tls1_2
  openssl_server openssl-tls1.3 -tls1_3
  for verify in on optional; do
    nginx_server "nginx-verify-$verify" "$work/server.pem" "$work/server.key" \
      "ssl_client_certificate $work/root.pem; ssl_verify_client $verify;"
  done
}
