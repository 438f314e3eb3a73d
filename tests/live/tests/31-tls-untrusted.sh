# Chains that do not end in our root: another CA, no intermediate, self-signed.
# shellcheck shell=bash

for port in "$LIVE_PORT_TLS_OTHER_CA" "$LIVE_PORT_TLS_NO_INTERMEDIATE" "$LIVE_PORT_TLS_SELF_SIGNED"; do
  verify_as alice "$port"
  expect_exit 1
  expect_verdict tls.chain.trusted fail
  expect_code 0x80072F0D
  expect_no_logon "$port"
done
