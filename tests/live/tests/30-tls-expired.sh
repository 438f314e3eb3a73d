# An expired certificate: found in the handshake, before any password is sent.
# shellcheck shell=bash

verify_as alice "$LIVE_PORT_TLS_EXPIRED"
expect_exit 1
expect_verdict tls.cert.time.valid fail
expect_code 0x80072F05
! grep -F " $LIVE_PORT_TLS_EXPIRED " "$LIVE_LOG_NGINX" | grep -q 'user=alice' || broken "no log-on over the untrusted session"
