# settings.sh - names, ports and users of the live server; read by up and down.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the files that are sourced after this one read them

STATE=${EASEL_LIVE_DIR:-${TMPDIR:-/tmp}/easel-live}
WORKERS=${EASEL_LIVE_WORKERS:-16}
LOAD_USERS=${EASEL_LIVE_LOAD_USERS:-50}
OFFSET=${EASEL_LIVE_PORT_OFFSET:-0}

DOMAIN=example.test
HOST=mail.$DOMAIN
EAS_PATH=/Microsoft-Server-ActiveSync
PKI=$STATE/pki

# The listeners. Their use is told in README.md; facts.sh prints every PORT_*.
PORT_HTTPS=$((8443 + OFFSET))
PORT_CCERT_400=$((8444 + OFFSET))
PORT_CCERT_403=$((8445 + OFFSET))
PORT_H2=$((8446 + OFFSET))
PORT_THROTTLED=$((8447 + OFFSET))
PORT_HTTP=$((8080 + OFFSET))
PORT_HTTP_OPEN=$((8081 + OFFSET))
PORT_TLS_EXPIRED=$((8451 + OFFSET))
PORT_TLS_NOT_YET=$((8452 + OFFSET))
PORT_TLS_WRONG_NAME=$((8453 + OFFSET))
PORT_TLS_NO_INTERMEDIATE=$((8454 + OFFSET))
PORT_TLS_SELF_SIGNED=$((8455 + OFFSET))
PORT_TLS_RSA1024=$((8456 + OFFSET))
PORT_TLS_SHA1=$((8457 + OFFSET))
PORT_TLS_WILDCARD=$((8458 + OFFSET))
PORT_TLS_OTHER_CA=$((8459 + OFFSET))
PORT_TLS_CN_ONLY=$((8460 + OFFSET))
PORT_TLS_ONLY_1_0=$((8461 + OFFSET))
PORT_TLS_ONLY_1_2=$((8462 + OFFSET))
PORT_TLS_ONLY_1_3=$((8463 + OFFSET))
PORT_TLS_REVOKED=$((8464 + OFFSET))
PORT_SOGO=$((20000 + OFFSET))
PORT_SMTP=$((20025 + OFFSET))
PORT_IMAP=$((20143 + OFFSET))
PORT_MEMCACHED=$((21211 + OFFSET))
PORT_POSTGRES=$((25432 + OFFSET))

# The accounts: user|password|full name|ActiveSync allowed|telephone|title
# (title is what the directory shows). Load users come last.
named_users() {
  cat <<'TABLE'
alice|Al1ce-pw|Alice Anders|yes|+44 20 7946 0001|Engineer
bob|B0b-pw|Bob Brown|yes|+44 20 7946 0002|Manager
carol|Car0l-pw|Carol Černá|yes|+44 20 7946 0003|Director
dave|Dave-pw.4|Dave Smith|yes|+44 20 7946 0004|Tester
zoe|pässwörd-ñ|Zoë Müller 李|yes|+44 20 7946 0005|Non-ASCII password
colon|p:a:ss|Colin Colon|yes|+44 20 7946 0006|Password with colons
noeas|No-eas-1|Nora Noeas|no|+44 20 7946 0007|ActiveSync forbidden
empty|Empty-1|Emma Empty|yes|+44 20 7946 0008|No mail at all
unopened|Un0pened-1|Una Opened|yes||Mailbox that no IMAP client has opened
sink|Sink-pw-1|Simon Sink|yes||Receives all mail sent outside the domain
TABLE
}
all_users() {
  named_users
  local number
  for number in $(seq -f %03g 1 "$LOAD_USERS"); do
    echo "user$number|Load-$number|Load User $number|yes||Load"
  done
}
password_of() { all_users | awk -F'|' -v user="$1" '$1 == user { print $2 }'; }

say() { printf 'live/sogo: %s\n' "$*" >&2; }
die() {
  say "FAILED: $*"
  exit 1
}

# Unix socket paths hold 108 bytes, and the daemons put up to 40 of their own below STATE.
check_settings() {
  [ "$(id -u)" = 0 ] || die "needs root: each daemon runs as its own user, and packages may be missing"
  [[ $STATE == /* ]] || die "EASEL_LIVE_DIR must be an absolute path, got '$STATE'"
  [ ${#STATE} -le 60 ] || die "EASEL_LIVE_DIR is longer than 60 characters: '$STATE'"
  local name
  for name in WORKERS LOAD_USERS OFFSET; do
    [[ ${!name} =~ ^[0-9]{1,5}$ ]] || die "$name is not a number: '${!name}'"
  done
}
