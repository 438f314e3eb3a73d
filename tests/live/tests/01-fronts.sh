# Every listener is wrong in just the way that the facts say, seen with curl.
# shellcheck shell=bash

cat >alice.curl <<<"user = \"alice:$LIVE_PASSWORD_ALICE\""
# front WHAT PORT WANTED [curl options]: "STATUS exit CODE" of an OPTIONS; 60 = certificate refused, 35 = no handshake
front() {
  local what=$1 port=$2 wanted=$3
  shift 3
  run_program curl -s -o /dev/null -D head.txt -w '%{http_code}\n' --max-time 20 -X OPTIONS --cacert "$LIVE_CA_ROOT" \
    --connect-to "$LIVE_HOST::$LIVE_ADDRESS:" -K alice.curl "$@" "https://$LIVE_HOST:$port$LIVE_EAS_PATH"
  expect_equal "$what" "$wanted" "$(cat "$OUTPUT") exit $CODE"
}
with_certificate() { # NAME: the options for a client certificate
  local certificate=LIVE_CLIENT_CERT_$1 key=LIVE_CLIENT_KEY_$1
  CERTIFICATE=(--cert "${!certificate}" --key "${!key}")
}

front "sound" "$LIVE_PORT_HTTPS" "200 exit 0"
front "HTTP/2" "$LIVE_PORT_H2" "200 exit 0" --http2
grep -q '^HTTP/2 200' head.txt || broken "HTTP/2 on the front that offers it"

for name in EXPIRED NOT_YET WRONG_NAME NO_INTERMEDIATE SELF_SIGNED OTHER_CA RSA1024 SHA1; do
  port=LIVE_PORT_TLS_$name
  front "$name is refused" "${!port}" "000 exit 60"
  front "$name serves whoever does not look" "${!port}" "200 exit 0" --insecure
done
front "other CA, its root given" "$LIVE_PORT_TLS_OTHER_CA" "200 exit 0" --cacert "$LIVE_CA_OTHER_ROOT"
front "wildcard" "$LIVE_PORT_TLS_WILDCARD" "200 exit 0"
front "name in the CN only" "$LIVE_PORT_TLS_CN_ONLY" "200 exit 0"
front "revoked, nobody asks" "$LIVE_PORT_TLS_REVOKED" "200 exit 0"
front "revoked, CRL given" "$LIVE_PORT_TLS_REVOKED" "000 exit 60" --crlfile "$LIVE_CRL"
front "sound, CRL given" "$LIVE_PORT_HTTPS" "200 exit 0" --crlfile "$LIVE_CRL"

front "TLS 1.0 only, asked with 1.2" "$LIVE_PORT_TLS_ONLY_1_0" "000 exit 35" --tlsv1.2
front "TLS 1.0 only" "$LIVE_PORT_TLS_ONLY_1_0" "200 exit 0" --tlsv1.0 --tls-max 1.0 --ciphers 'DEFAULT@SECLEVEL=0'
front "TLS 1.2 only, asked with 1.3" "$LIVE_PORT_TLS_ONLY_1_2" "000 exit 35" --tlsv1.3
front "TLS 1.2 only" "$LIVE_PORT_TLS_ONLY_1_2" "200 exit 0"
front "TLS 1.3 only, asked with 1.2" "$LIVE_PORT_TLS_ONLY_1_3" "000 exit 35" --tls-max 1.2
front "TLS 1.3 only" "$LIVE_PORT_TLS_ONLY_1_3" "200 exit 0"

for kind in 400 403; do
  port=LIVE_PORT_CCERT_$kind
  front "no client certificate" "${!port}" "$kind exit 0"
  for name in EXPIRED REVOKED OTHER_CA; do
    with_certificate $name
    front "client certificate $name" "${!port}" "$kind exit 0" "${CERTIFICATE[@]}"
  done
  with_certificate UNMAPPED
  front "client certificate of nobody" "${!port}" "403 exit 0" "${CERTIFICATE[@]}"
  with_certificate ALICE
  front "client certificate of alice" "${!port}" "200 exit 0" "${CERTIFICATE[@]}"
done

refused=0
for _ in 1 2 3 4 5 6; do
  run_program curl -s -o /dev/null -D head.txt -w '%{http_code}\n' --max-time 20 -X OPTIONS --cacert "$LIVE_CA_ROOT" \
    --connect-to "$LIVE_HOST::$LIVE_ADDRESS:" -K alice.curl "https://$LIVE_HOST:$LIVE_PORT_THROTTLED$LIVE_EAS_PATH"
  if grep -q '^503' "$OUTPUT"; then
    grep -qi '^Retry-After: 2' head.txt || broken "Retry-After with 503"
    refused=$((refused + 1))
  fi
done
[ $refused -gt 0 ] || broken "a 503 among six requests at once"
