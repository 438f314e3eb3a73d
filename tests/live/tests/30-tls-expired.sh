# An expired certificate: found in the handshake, before any password is sent.
# shellcheck shell=bash

verify_as alice "$LIVE_PORT_TLS_EXPIRED"
expect_exit 1
expect_verdict tls.cert.time.valid fail
expect_code 0x80072F05
expect_no_logon "$LIVE_PORT_TLS_EXPIRED"
