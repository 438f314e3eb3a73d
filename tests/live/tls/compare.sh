#!/usr/bin/env bash
# compare.sh [chains] - what easel, sslscan and testssl.sh say of the same listeners: protocol versions, and the verdict
# on the chain. Prints a table and ends with 1 where easel stands alone without an explanation that is written down here.
# It takes ten minutes, nearly all of them testssl.sh's; "chains" leaves the versions out. EASEL is the program under
# test (build/release/client/easel unless set).
set -euo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
readonly root
readonly easel=${EASEL:-$root/build/release/client/easel}
export EASEL_DEVICES=/nonexistent
# shellcheck source=listeners.sh
. "$root/tests/live/tls/listeners.sh"

# Each prints words of "1.0 1.1 1.2 1.3". easel knows what its devices were given, so it can only be a part of the others'.
easel_versions() {
  "$easel" tls "localhost:$1" --address 127.0.0.1 --trust-ca "$work/root.pem" --tsv >"$work/rows" || true
  awk -F'\t' '$5 ~ /^TLSv1/ { print substr($5, 5) }' "$work/rows" | sort -u | paste -sd ' '
}
sslscan_versions() {
  sslscan --no-ciphersuites --no-groups --no-heartbleed --no-renegotiation --no-compression --xml=- "localhost:$1" 2>/dev/null |
    sed -n 's/.*protocol type="tls" version="\([0-9.]*\)" enabled="1".*/\1/p' | paste -sd ' '
}
run_testssl() { # run_testssl PORT OPTIONS...: its findings as a JSON file
  local port=$1
  shift
  rm -f "$work/testssl.json"
  timeout 300 testssl --quiet --color 0 --warnings off --ip 127.0.0.1 --add-ca "$work/root.pem" --jsonfile "$work/testssl.json" \
    "$@" "localhost:$port" >"$work/testssl.log" 2>&1 </dev/null || true
}
finding() { # finding ID
  tr -d '\n' <"$work/testssl.json" | grep -o "\"id\" *: *\"$1\"[^}]*" | sed -n 's/.*"finding" *: *"\([^"]*\)".*/\1/p' | head -1
}
testssl_versions() {
  run_testssl "$1" -p
  local id version
  for version in 1 1_1 1_2 1_3; do
    id=TLS$version
    case $(finding "$id") in offered*) [ $version = 1 ] && echo 1.0 || echo "${version/_/.}" ;; esac
  done | paste -sd ' '
}

# The verdict on a chain in one word: good, untrusted, expired or name.
easel_chain() {
  "$easel" tls "localhost:$1" --address 127.0.0.1 --trust-ca "$work/root.pem" --device android12 --tsv | cut -f8 |
    sed 's/^trusted$/good/; s/^intermediate-missing$/untrusted/; s/^name-mismatch$/name/'
}
testssl_chain() {
  run_testssl "$1" -S
  local trust chain dates
  trust=$(finding cert_trust) chain=$(finding cert_chain_of_trust) dates=$(finding cert_expirationStatus)
  case $chain in passed*) ;; *expired*) echo expired; return ;; *) echo untrusted; return ;; esac
  case $dates in expired*) echo expired; return ;; esac
  case $trust in Ok*) echo good ;; *) echo name ;; esac
}

explained() { # explained LISTENER FACT: the one place for disagreements that are not easel's
  case $1/$2 in
    # The versions of this listener are not all spoken by a device of ours, which is no contradiction.
    *) return 1 ;;
  esac
}
wrong=0
compare_versions() {
  local name=$1 port=${port_of[$1]} ours scan test version verdict=agree
  ours=$(easel_versions "$port") scan=$(sslscan_versions "$port") test=$(testssl_versions "$port")
  for version in $ours; do
    [[ " $scan " == *" $version "* && " $test " == *" $version "* ]] || verdict=DISAGREE
  done
  [ -n "$ours" ] || [ -z "$scan$test" ] || verdict=DISAGREE
  row "$name" versions "$ours" "$scan" "$test" "$verdict"
}
compare_chain() {
  local name=$1 port=${port_of[$1]} ours test verdict=agree
  ours=$(easel_chain "$port") test=$(testssl_chain "$port")
  [ "$ours" = "$test" ] || verdict=DISAGREE
  row "$name" chain "$ours" - "$test" "$verdict"
}
row() {
  local verdict=$6
  if [ "$verdict" = DISAGREE ]; then
    if explained "$1" "$2"; then verdict=explained; else wrong=1; fi
  fi
  printf '| %s | %s | %s | %s | %s | %s |\n' "$1" "$2" "${3:--}" "${4:--}" "${5:--}" "$verdict"
}

need gnutls-serv gnutls-bin
need nginx nginx-light
need sslscan sslscan
need testssl testssl.sh
begin_listeners
mint_authorities
mint_server server root 30
[ "${1:-all}" = chains ] || start_protocol_listeners
printf '| listener | fact | easel | sslscan | testssl.sh | |\n|---|---|---|---|---|---|\n'
for name in ${listeners[@]+"${listeners[@]}"}; do compare_versions "$name"; done

mint_server below intermediate 90
mint_server stranger other-root 90
mint_server past intermediate -1
mint_server elsewhere intermediate 90 elsewhere.test
chain_of() { cat "$work/$1.pem" "$work/intermediate.pem" >"$work/$1-chain.pem"; }
for name in below past elsewhere; do chain_of "$name"; done
nginx_server chain-complete "$work/below-chain.pem" "$work/below.key" ""
nginx_server chain-incomplete "$work/below.pem" "$work/below.key" ""
nginx_server chain-expired "$work/past-chain.pem" "$work/past.key" ""
nginx_server chain-other-name "$work/elsewhere-chain.pem" "$work/elsewhere.key" ""
nginx_server chain-unknown-root "$work/stranger.pem" "$work/stranger.key" ""
for name in chain-complete chain-incomplete chain-expired chain-other-name chain-unknown-root; do compare_chain "$name"; done
exit $wrong
