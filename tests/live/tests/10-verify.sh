# A sound server: the six checks pass.
# shellcheck shell=bash

verify_as alice "$LIVE_PORT_HTTPS"
expect_exit 0
for check in http.plain.refused tls.chain.trusted tls.cert.time.valid auth.anonymous.refused auth.basic.success \
  eas.foldersync.key0; do
  expect_verdict "$check" pass
done
expect_logon "$LIVE_PORT_HTTPS"
expect_no_logon "$LIVE_PORT_HTTP"
expect_no_secret
