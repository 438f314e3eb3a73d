#!/usr/bin/env bash
# table.sh [--write] - every device's hello against TLS listeners that we did not write, on loopback. Compares what was
# measured with what the offers of both sides let expect, and with the table in client/tls/README.md; --write puts it
# there. Needs gnutls-bin, openssl and nginx. EASEL is the program under test (build/release/client/easel unless set).
set -euo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
readonly root
readonly easel=${EASEL:-$root/build/release/client/easel}
readonly readme=$root/client/tls/README.md
export EASEL_DEVICES=/nonexistent # what is installed on this machine's devices is not part of the table
# shellcheck source=listeners.sh
. "$root/tests/live/tls/listeners.sh"

cell() { # one row of --tsv on standard input: what stands in the table
  awk -F'\t' '{
    suite = $6; sub(/^(TLS|SSL_CK)_/, "", suite)
    if ($4 == "no capture") print "no capture"
    else if ($6 != "-") print substr($5, 5) " " suite ($8 == "trusted" ? "" : ", " $8)
    else print $4
  }'
}
row_of() { awk -F'\t' -v d="$2" -v h="$3" '$1 == d && $2 == h' "$work/$1.tsv"; } # LISTENER DEVICE HELLO

# expected LISTENER HIGHEST-VERSION: a pattern for the cell of a device that offers up to that version. What a listener
# has is all that it may choose; a device above its reach gets an alert. From the listeners' settings, not from easel.
expected() {
  case $1 in
    gnutls-rc4-md5) echo '^1\.0 RSA_WITH_RC4_128_MD5$|^alert handshake_failure$' ;;
    gnutls-3des) echo '^1\.0 RSA_WITH_3DES_EDE_CBC_SHA$|^alert handshake_failure$' ;;
    openssl-tls1.0) echo '^1\.0 |^alert handshake_failure$' ;;
    openssl-tls1.2) [ "$2" -ge 12 ] && echo '^1\.2 ' || echo '^alert protocol_version$' ;;
    openssl-tls1.3) [ "$2" -ge 13 ] && echo '^1\.3 ' || echo '^alert protocol_version$' ;;
    nginx-*) [ "$2" -ge 12 ] && echo "^1\\.$(($2 - 10)) " || echo '^alert protocol_version$' ;;
  esac
}
highest_version() { # highest_version DEVICE: 10, 12 or 13, from where it meets a listener that has every version
  case $1 in
    android12) echo 13 ;;
    ios5 | wp8.1 | wp8.1-update) echo 12 ;;
    *) echo 10 ;;
  esac
}
check_expectations() {
  local name device hello predicted cell pattern wrong=0
  for name in "${listeners[@]}"; do
    while IFS=$'\t' read -r device hello predicted _; do
      cell=$(row_of "$name" "$device" "$hello" | cell)
      [ "$cell" != "no capture" ] || continue
      pattern=$(expected "$name" "$(highest_version "$device")")
      [[ $cell =~ $pattern ]] || { echo "table: $device at $name: expected $pattern, got $cell" >&2; wrong=1; }
    done <"$work/$name.tsv"
  done
  return $wrong
}
table() {
  local name device hello predicted
  printf '| device |'
  printf ' %s |' "${listeners[@]}"
  printf '\n|---|'
  for name in "${listeners[@]}"; do printf -- '---|'; done
  printf '\n'
  cut -f1,2,3 "$work/${listeners[0]}.tsv" | while IFS=$'\t' read -r device hello predicted; do
    printf '| %s%s%s |' "$device" "$([ "$hello" = ssl2-form ] && echo ', SSL 2.0 form')" \
      "$([ "$predicted" = predicted ] && echo ' (predicted)')"
    for name in "${listeners[@]}"; do printf ' %s |' "$(row_of "$name" "$device" "$hello" | cell)"; done
    printf '\n'
  done
}
in_readme() { sed -n '/<!-- table -->/,/<!-- \/table -->/p' "$readme" | grep '^|'; }

need gnutls-serv gnutls-bin
need nginx nginx-light
begin_listeners
mint_authorities
mint_server server root 30
start_protocol_listeners
for name in "${listeners[@]}"; do
  "$easel" tls "localhost:${port_of[$name]}" --address 127.0.0.1 --trust-ca "$work/root.pem" --tsv >"$work/$name.tsv" || true
done
check_expectations
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
