# facts.sh - what a test must know, as NAME=VALUE lines that a shell can source.
# shellcheck shell=bash

quoted() { printf '%s=%q\n' "$1" "$2"; }

print_facts() {
  local name user password folder items
  quoted LIVE_KIND sogo
  quoted LIVE_VERSION "$(dpkg-query -W -f '${Version}' sogo-activesync)"
  for name in STATE HOST DOMAIN EAS_PATH WORKERS LOAD_USERS; do quoted "LIVE_$name" "${!name}"; done
  quoted LIVE_ADDRESS 127.0.0.1
  for name in "${!PORT_@}"; do quoted "LIVE_$name" "${!name}"; done

  for name in root intermediate other-root; do
    quoted "LIVE_CA_$(upper "$name")" "$PKI/$name.crt"
  done
  quoted LIVE_CRL "$PKI/crl.pem"
  for name in alice bob unmapped; do
    quoted "LIVE_CLIENT_CERT_${name^^}" "$PKI/client-$name-chain.crt"
    quoted "LIVE_CLIENT_KEY_${name^^}" "$PKI/client-$name.key"
    quoted "LIVE_CLIENT_P12_${name^^}" "$PKI/client-$name.p12"
  done
  quoted LIVE_CLIENT_P12_PASSWORD test
  for name in alice-rsa expired revoked other-ca; do
    quoted "LIVE_CLIENT_CERT_$(upper "$name")" "$PKI/client-$name.crt"
    quoted "LIVE_CLIENT_KEY_$(upper "$name")" "$PKI/client-$name.key"
  done
  quoted LIVE_CLIENT_KEY_ALICE_RSA_ENCRYPTED "$PKI/client-alice-rsa-encrypted.key"
  quoted LIVE_CLIENT_KEY_PASSPHRASE keypass

  named_users | while IFS='|' read -r user password _; do
    quoted "LIVE_PASSWORD_${user^^}" "$password"
    quoted "LIVE_PASSWORD_FILE_${user^^}" "$STATE/passwords/$user"
  done
  quoted LIVE_ACCOUNTS "$(named_users | cut -d '|' -f 1 | paste -sd '|')"
  quoted LIVE_LOAD_PASSWORD_RULE 'userNNN: Load-NNN'

  # Items as seeded, a folder each.
  while read -r user folder items; do
    quoted "LIVE_COUNT_${user^^}_${folder^^}" "$items"
  done <"$STATE/counts"
  quoted LIVE_LOG_NGINX "$STATE/log/nginx-access.log"
  quoted LIVE_LOG_SOGO "$STATE/log/sogo/sogo.log"
}
upper() {
  local text=${1^^}
  echo "${text//-/_}"
}

# A password file that others can read is refused by the client, so each is for root only.
write_password_files() {
  local user password
  install -d -m 700 "$STATE/passwords"
  named_users | while IFS='|' read -r user password _; do
    (umask 077 && printf '%s\n' "$password" >"$STATE/passwords/$user")
  done
}
