# lib.sh - what a live test is written with. A test is a file tests/NN-name.sh that
# the runner executes in an empty folder, with this file read and every fact of
# the server (LIVE_*) set. It fails at the first expectation that does not hold.
# shellcheck shell=bash

OUTPUT=output.txt # what the last program printed, both streams
CODE=             # its exit code
log_begin=$(wc -l <"$LIVE_LOG_NGINX")

# ---------------------------------------------------------------- easel, as these tests call it
# The one place to adjust when the command line changes.

# target_options [PORT]: the sound front, or the one on PORT; certificates name LIVE_HOST, so --connect-to reaches it.
target_options() {
  local port=${1:-$LIVE_PORT_HTTPS}
  TARGET=("https://$LIVE_HOST:$port" --connect-to "$LIVE_ADDRESS:$port" --trust-ca "$LIVE_CA_ROOT")
}
# account_options USER [PASSWORD-FILE]
account_options() {
  local file=LIVE_PASSWORD_FILE_${1^^}
  ACCOUNT=(--user "$1" --password "file:${2:-${!file}}")
}

# verify_as USER PORT [OPTIONS...]: easel verify; the plain port is the one that redirects unless OPTIONS say otherwise.
verify_as() {
  local TARGET ACCOUNT user=$1 port=$2 plain=(--plain-port "$LIVE_PORT_HTTP")
  shift 2
  target_options "$port"
  account_options "$user"
  [[ " $* " != *" --plain-port "* ]] || plain=()
  [[ " $* " != *" --password "* ]] || ACCOUNT=(--user "$user")
  run_easel verify --plan first "${TARGET[@]}" "${ACCOUNT[@]}" "${plain[@]}" "$@"
}

run_easel() { run_program "$EASEL" "$@"; }
run_program() {
  CODE=0
  printf '$ %s\n' "$*"
  timeout 120 "$@" >"$OUTPUT" 2>&1 </dev/null || CODE=$?
  cat "$OUTPUT"
}

# ---------------------------------------------------------------- expectations
broken() {
  printf 'EXPECTED %s\n' "$*"
  exit 1
}
skip() {
  printf 'SKIPPED %s\n' "$*"
  exit 77
}
expect_exit() { [ "$CODE" = "$1" ] || broken "exit code $1, got $CODE"; }
expect_line() { grep -Eq -- "$1" "$OUTPUT" || broken "a line that matches: $1"; }
expect_no_line() { ! grep -Eq -- "$1" "$OUTPUT" || broken "no line that matches: $1"; }
expect_equal() { [ "$2" = "$3" ] || broken "$1 = $2, got $3"; } # WHAT WANTED GOT

# expect_verdict CHECK VERDICT: the console report names both in one line.
expect_verdict() {
  local check=${1//./\\.}
  grep -Eiq -- "(^|[^a-z.])$2[^a-z].*$check|$check([^a-z.].*)?[^a-z]$2([^a-z]|\$)" "$OUTPUT" || broken "$1 to be: $2"
}
# expect_code SUPPORT-CODE: the report predicts it.
expect_code() { grep -Fiq -- "$1" "$OUTPUT" || broken "the support code $1 to be predicted"; }
# logons PORT: how many requests with the name of an account have arrived there since the test began.
logons() { tail -n "+$((log_begin + 1))" "$LIVE_LOG_NGINX" | grep -F " $1 " | grep -Ec "user=($LIVE_ACCOUNTS) " || true; }
expect_logon() { [ "$(logons "$1")" -gt 0 ] || broken "a log-on on port $1"; }
expect_no_logon() { [ "$(logons "$1")" -eq 0 ] || broken "no log-on on port $1"; }
expect_no_secret() {
  local name
  for name in "${!LIVE_PASSWORD_@}"; do
    [[ $name != LIVE_PASSWORD_FILE_* ]] || continue
    ! grep -Fq -- "${!name}" "$OUTPUT" || broken "no password in the output, found that of ${name#LIVE_PASSWORD_}"
  done
}
