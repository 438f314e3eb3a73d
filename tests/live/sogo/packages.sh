# packages.sh - the Debian packages of the live server.
# shellcheck shell=bash

readonly PACKAGES=(
  sogo sogo-activesync memcached postgresql-15 # the groupware and what it stores in
  dovecot-imapd dovecot-lmtpd postfix          # mail
  nginx-light                                  # the TLS front
  apache2-bin gnutls-bin                       # further TLS servers that devices meet (tests/live/tls)
  openssl curl ca-certificates procps          # what these scripts call
)

packages_missing() {
  local package
  for package in "${PACKAGES[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)" = "ii " ] || echo "$package"
  done
}

# Packages start their services on installation. Ours run beside them, so
# invoke-rc.d is told "not allowed" (101) as long as the installation lasts.
install_packages() {
  local missing log=$STATE/log/apt.log policy=/usr/sbin/policy-rc.d made_policy=no code=0
  mapfile -t missing < <(packages_missing)
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "${EASEL_NO_INSTALL:-0}" != 1 ] || die "missing packages, and EASEL_NO_INSTALL=1: ${missing[*]}"
  say "installing ${missing[*]}"
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made_policy=yes
  fi
  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections 2>/dev/null || true
  apt_get update >"$log" 2>&1 || code=$?
  [ $code -ne 0 ] || apt_get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || code=$?
  [ $made_policy = no ] || rm -f "$policy"
  if [ $code -ne 0 ]; then
    tail -n 20 "$log" >&2
    die "apt-get failed, see $log"
  fi
}
apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 "$@" </dev/null 9>&-; }
