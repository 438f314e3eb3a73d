#!/usr/bin/env bash
# client_certificates.sh - client certificates with nginx and Apache as they come from Debian: in the first handshake
# (nginx), by renegotiation after the request (Apache, TLS 1.2) and by post-handshake authentication (Apache, TLS 1.3),
# each with a POST of 200 KB; and what is said when the certificate is missing or of the wrong authority.
# EASEL is the program under test (build/release/client/easel unless set).
set -euo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
readonly root
readonly easel=${EASEL:-$root/build/release/client/easel}
# shellcheck source=listeners.sh
. "$root/tests/live/tls/listeners.sh"

cases=0 wrong=0
# ask NAME CODE PATTERN LISTENER OPTIONS...: runs the scenario; the output must match.
ask() {
  local name=$1 code=$2 pattern=$3 listener=$4 got=0
  shift 4
  "$easel" run "$root/tests/live/tls/large_post.xml" "https://localhost:${port_of[$listener]}" \
    --connect-to "127.0.0.1:${port_of[$listener]}" --plain-port none --trust-ca "$work/root.pem" --device android12 "$@" \
    >"$work/out" 2>&1 </dev/null || got=$?
  cases=$((cases + 1))
  if [ "$got" = "$code" ] && grep -Eq -- "$pattern" "$work/out"; then
    printf 'ok    %-18s %s\n' "$listener" "$name"
  else
    printf 'WRONG %-18s %s: exit %s, expected %s and a line with: %s\n' "$listener" "$name" "$got" "$code" "$pattern"
    sed 's/^/      /' "$work/out"
    wrong=1
  fi
}

need nginx nginx-light
need apache2 apache2-bin
begin_listeners
mint_authorities
mint_server server intermediate 30
cat "$work/server.pem" "$work/intermediate.pem" >"$work/server-chain.pem"
mint_client alice root alice
mint_client stranger other-root alice
umask 077
echo sesame >"$work/passphrase"
quietly openssl pkcs12 -export -in "$work/alice.pem" -inkey "$work/alice.key" -passout file:"$work/passphrase" -out "$work/alice.p12"
quietly openssl pkey -in "$work/alice.key" -aes256 -passout file:"$work/passphrase" -out "$work/alice-encrypted.key"
for verify in on optional; do
  nginx_server "nginx-$verify" "$work/server-chain.pem" "$work/server.key" \
    "ssl_client_certificate $work/root.pem; ssl_verify_client $verify;"
done
apache_server apache-tls1.2 TLSv1.2
apache_server apache-tls1.3 TLSv1.3

p12=(--client-cert "$work/alice.p12" --client-key-password "file:$work/passphrase")
pem=(--client-cert "$work/alice.pem" --client-key "$work/alice-encrypted.key" --client-key-password "file:$work/passphrase")
stranger=(--client-cert "$work/stranger.pem" --client-key "$work/stranger.key")
for listener in "${listeners[@]}"; do
  ask "PKCS#12 with a passphrase" 0 'HOLDS' "$listener" "${p12[@]}"
  ask "PEM with an encrypted key" 0 'HOLDS' "$listener" "${pem[@]}"
done
ask "no certificate" 1 '400' nginx-on
ask "no certificate where it is optional" 1 'X-Client-Subject' nginx-optional
ask "a stranger's certificate" 1 '400' nginx-on "${stranger[@]}"
ask "no certificate" 1 'alert handshake_failure after the request' apache-tls1.2
ask "no certificate" 1 'alert certificate_required after the request' apache-tls1.3
for listener in apache-tls1.2 apache-tls1.3; do
  ask "a stranger's certificate" 1 'alert unknown_ca after the request' "$listener" "${stranger[@]}"
done
echo "client certificates: $cases cases, $([ $wrong = 0 ] && echo all right || echo "some wrong")"
exit $wrong
