# mail.sh - dovecot (IMAP for SOGo, LMTP for postfix) and postfix (SMTP for SOGo).
# shellcheck shell=bash

# A colon separates the fields of dovecot's password file, so a password that holds one goes in base64.
write_mail_passwords() {
  local user password
  all_users | while IFS='|' read -r user password _; do
    if [[ $password == *:* ]]; then
      printf '%s:{PLAIN.b64}%s::::::\n' "$user" "$(printf %s "$password" | base64 -w0)"
    else
      printf '%s:{PLAIN}%s::::::\n' "$user" "$password"
    fi
  done >"$STATE/dovecot/passwd"
  chown root:dovecot "$STATE/dovecot/passwd"
  chmod 640 "$STATE/dovecot/passwd"
}

start_dovecot() {
  ! running dovecot || return 0
  need_free dovecot "$PORT_IMAP"
  install -d -m 755 "$STATE/dovecot" "$STATE/run/dovecot"
  install -d -o mail -g mail -m 755 "$STATE/mail"
  write_mail_passwords
  render "$HERE/conf/dovecot.conf.in" >"$STATE/dovecot/dovecot.conf"
  rm -f "$STATE/run/dovecot/master.pid"
  ulimit -n 8192 2>/dev/null || true
  detached "$STATE/log/dovecot.log" dovecot -c "$STATE/dovecot/dovecot.conf" || die "dovecot, see $STATE/log/dovecot.log"
  started dovecot "$PORT_IMAP" "$STATE/run/dovecot/master.pid"
}

start_postfix() {
  ! running postfix || return 0
  need_free postfix "$PORT_SMTP"
  local conf=$STATE/postfix/conf
  install -d -m 755 "$STATE/postfix" "$conf" "$STATE/postfix/spool"
  install -d -o postfix -m 700 "$STATE/postfix/data"
  all_users | awk -F'|' -v domain="$DOMAIN" '{ print $1 "@" domain " yes" }' >"$conf/mailboxes"
  printf '!/@%s$/  sink@%s\n' "${DOMAIN//./\\.}" "$DOMAIN" >"$conf/aliases"
  # Two domains that fail, one for good and one for now: what a device is told when mail is refused.
  printf '%s\n' '/@reject\.test$/ 550 5.1.1 this address is always refused' \
    '/@defer\.test$/ 450 4.2.0 this address is always deferred' >"$conf/recipients"
  render "$HERE/conf/postfix-main.cf.in" >"$conf/main.cf"
  render "$HERE/conf/postfix-master.cf.in" >"$conf/master.cf"
  rm -f "$STATE/postfix/spool/pid/master.pid"
  detached "$STATE/log/postfix-start.log" postfix -c "$conf" start || die "postfix, see $STATE/log/postfix-start.log"
  started postfix "$PORT_SMTP" "$STATE/postfix/spool/pid/master.pid"
}
