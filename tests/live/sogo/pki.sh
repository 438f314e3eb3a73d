# pki.sh - a root, an intermediate, a foreign root, and one certificate for each
# way in which a server's or a client's certificate can be right or wrong.
# Keys are test data and world-readable on purpose.
# shellcheck shell=bash

new_key() { # FILE ec|rsaBITS
  case $2 in
    ec) openssl ecparam -name prime256v1 -genkey -noout -out "$1" ;;
    rsa*) openssl genrsa -out "$1" "${2#rsa}" ;;
  esac
}
new_root() { # BASE COMMON-NAME
  new_key "$1.key" ec
  openssl req -config pki.cnf -new -x509 -key "$1.key" -subj "/O=easel live/CN=$2" -days 3650 -extensions root -out "$1.crt"
}
# issue BASE KEY COMMON-NAME EXTENSIONS ISSUER [openssl ca options]: SAN is taken from the environment.
issue() {
  local base=$1 key=$2 name=$3 extensions=$4 issuer=$5
  shift 5
  new_key "$base.key" "$key"
  openssl req -config pki.cnf -utf8 -new -key "$base.key" -subj "/O=easel live/CN=$name" -out "$base.csr"
  CADB=$issuer openssl ca -config pki.cnf -batch -notext -extensions "$extensions" -cert "$issuer.crt" \
    -keyfile "$issuer.key" -in "$base.csr" -out "$base.crt" -startdate 20240101000000Z "$@"
  rm "$base.csr"
}
issue_server() { # BASE KEY [openssl ca options]: the names are right, what is wrong is in the options
  local base=$1 key=$2
  shift 2
  SAN="DNS:$HOST,DNS:autodiscover.$DOMAIN,DNS:$DOMAIN,DNS:localhost,IP:127.0.0.1" \
    issue "$base" "$key" "$HOST" server intermediate "$@"
}
issue_client() { # BASE KEY USER ISSUER [openssl ca options]: the UPN is what a server maps to an account
  local base=$1 key=$2 user=$3 issuer=$4
  shift 4
  SAN="otherName:1.3.6.1.4.1.311.20.2.3;UTF8:$user@$DOMAIN,email:$user@$DOMAIN" \
    issue "$base" "$key" "$user" client "$issuer" "$@"
}
in_ca() { # CA openssl ca options
  local authority=$1
  shift
  CADB=$authority openssl ca -config pki.cnf -cert "$authority.crt" -keyfile "$authority.key" "$@"
}

make_servers() {
  issue_server server rsa2048
  issue_server server-ec ec
  issue_server expired ec -enddate 20240201000000Z
  issue_server not-yet ec -startdate 20900101000000Z -enddate 20910101000000Z
  issue_server rsa1024 rsa1024
  issue_server sha1 rsa2048 -md sha1
  issue_server revoked ec
  SAN="DNS:wrong.$DOMAIN" issue wrong-name ec "wrong.$DOMAIN" server intermediate
  SAN="DNS:*.$DOMAIN" issue wildcard ec "*.$DOMAIN" server intermediate
  issue cn-only ec "$HOST" server_cn_only intermediate
  SAN="DNS:$HOST" issue other-ca ec "$HOST" server other-root
  new_key self-signed.key ec
  SAN="DNS:$HOST" openssl req -config pki.cnf -new -x509 -key self-signed.key -subj "/O=easel live/CN=$HOST" \
    -days 3650 -extensions server -out self-signed.crt
}
make_clients() {
  issue_client client-alice ec alice intermediate
  issue_client client-alice-rsa rsa2048 alice intermediate
  issue_client client-bob ec bob intermediate
  issue_client client-unmapped ec nobody-here intermediate
  issue_client client-expired ec alice intermediate -enddate 20240201000000Z
  issue_client client-revoked ec alice intermediate
  issue_client client-other-ca ec alice other-root
  openssl rsa -in client-alice-rsa.key -aes256 -passout pass:keypass -out client-alice-rsa-encrypted.key
}
make_chains() {
  local base
  for base in server server-ec expired not-yet rsa1024 sha1 revoked wrong-name wildcard cn-only \
    client-alice client-bob client-unmapped; do
    cat "$base.crt" intermediate.crt >"$base-chain.crt"
  done
  for base in client-alice client-bob client-unmapped; do
    openssl pkcs12 -export -inkey "$base.key" -in "$base-chain.crt" -passout pass:test -out "$base.p12"
  done
  cat root.crt intermediate.crt >client-ca.crt
}

make_everything() {
  local authority
  cp "$HERE/conf/pki.cnf" "$HERE/conf/weak-openssl.cnf" .
  mkdir issued
  for authority in root intermediate other-root; do
    : >"$authority.txt"
    echo 1000 | tee "$authority.serial" >"$authority.crlnumber"
  done
  export CADB=root SAN=DNS:unused # the configuration file is refused where one of them is unset
  new_root root "easel live root"
  new_root other-root "easel live foreign root"
  issue intermediate ec "easel live intermediate" intermediate root
  make_servers
  make_clients
  make_chains
  in_ca intermediate -revoke revoked.crt
  in_ca intermediate -revoke client-revoked.crt
  in_ca intermediate -gencrl -out intermediate.crl
  in_ca root -gencrl -out root.crl
  cat intermediate.crl root.crl >crl.pem
  chmod 644 ./*.key ./*.p12
}

make_pki() {
  [ ! -e "$PKI/.done" ] || return 0
  say "making keys and certificates"
  rm -rf "$PKI"
  mkdir -p "$PKI"
  if ! (cd "$PKI" && set -e && make_everything) >"$STATE/log/pki.log" 2>&1; then
    tail -n 5 "$STATE/log/pki.log" >&2
    die "no certificates, see $STATE/log/pki.log"
  fi
  : >"$PKI/.done"
}
