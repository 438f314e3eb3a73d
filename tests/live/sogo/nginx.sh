# nginx.sh - every TLS and HTTP front; conf/nginx.conf.in has the usual ones.
# shellcheck shell=bash

# The odd ones: port, certificate, key, protocols. Each is wrong in one way only.
odd_fronts() {
  cat <<TABLE
$PORT_TLS_EXPIRED         expired-chain.crt    expired.key     TLSv1.2 TLSv1.3
$PORT_TLS_NOT_YET         not-yet-chain.crt    not-yet.key     TLSv1.2 TLSv1.3
$PORT_TLS_WRONG_NAME      wrong-name-chain.crt wrong-name.key  TLSv1.2 TLSv1.3
$PORT_TLS_NO_INTERMEDIATE server.crt           server.key      TLSv1.2 TLSv1.3
$PORT_TLS_SELF_SIGNED     self-signed.crt      self-signed.key TLSv1.2 TLSv1.3
$PORT_TLS_RSA1024         rsa1024-chain.crt    rsa1024.key     TLSv1.2 TLSv1.3
$PORT_TLS_SHA1            sha1-chain.crt       sha1.key        TLSv1.2 TLSv1.3
$PORT_TLS_WILDCARD        wildcard-chain.crt   wildcard.key    TLSv1.2 TLSv1.3
$PORT_TLS_OTHER_CA        other-ca.crt         other-ca.key    TLSv1.2 TLSv1.3
$PORT_TLS_CN_ONLY         cn-only-chain.crt    cn-only.key     TLSv1.2 TLSv1.3
$PORT_TLS_REVOKED         revoked-chain.crt    revoked.key     TLSv1.2 TLSv1.3
$PORT_TLS_ONLY_1_0        server-chain.crt     server.key      TLSv1 TLSv1.1
$PORT_TLS_ONLY_1_2        server-chain.crt     server.key      TLSv1.2
$PORT_TLS_ONLY_1_3        server-chain.crt     server.key      TLSv1.3
TABLE
}

basic_credentials() { printf '%s@%s:%s' "$1" "$DOMAIN" "$(password_of "$1")" | base64 -w0; }

# shellcheck disable=SC2034 # render reads the variables by name
write_nginx_files() {
  local BASIC_ALICE BASIC_BOB ODD_PORT ODD_CERTIFICATE ODD_KEY ODD_PROTOCOLS
  local conf=$STATE/nginx
  BASIC_ALICE=$(basic_credentials alice)
  BASIC_BOB=$(basic_credentials bob)
  install -d -m 755 "$conf"
  install -d -o www-data -m 755 "$conf/tmp"
  render "$HERE/conf/nginx.conf.in" >"$conf/nginx.conf"
  render "$HERE/conf/nginx-eas.inc.in" >"$conf/eas.inc"
  render "$HERE/conf/nginx-proxy.inc.in" >"$conf/proxy.inc"
  odd_fronts | while read -r ODD_PORT ODD_CERTIFICATE ODD_KEY ODD_PROTOCOLS; do
    render "$HERE/conf/nginx-odd-tls.conf.in"
  done >"$conf/odd-tls.conf"
}

start_nginx() {
  ! running nginx || return 0
  local odd_ports
  mapfile -t odd_ports < <(odd_fronts | cut -d ' ' -f 1)
  need_free nginx "$PORT_HTTPS" "$PORT_HTTP" "$PORT_HTTP_OPEN" "$PORT_H2" "$PORT_THROTTLED" \
    "$PORT_CCERT_400" "$PORT_CCERT_403" "${odd_ports[@]}"
  write_nginx_files
  rm -f "$STATE/run/nginx.pid"
  OPENSSL_CONF=$PKI/weak-openssl.cnf detached "$STATE/log/nginx-start.log" \
    nginx -p "$STATE/nginx" -e "$STATE/log/nginx-error.log" -c "$STATE/nginx/nginx.conf" ||
    { tail -n 5 "$STATE/log/nginx-start.log" >&2; die "nginx, see $STATE/log/nginx-start.log"; }
  started nginx "$PORT_HTTPS" "$STATE/run/nginx.pid"
}
