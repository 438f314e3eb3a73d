# ActiveSync over plain HTTP, with passwords in the clear: the one thing that must not pass.
# shellcheck shell=bash

verify_as alice "$LIVE_PORT_HTTPS" --plain-port "$LIVE_PORT_HTTP_OPEN"
expect_exit 1
expect_verdict http.plain.refused fail
expect_no_logon "$LIVE_PORT_HTTP_OPEN"
