# ActiveSync over plain HTTP, with passwords in the clear: the one thing that must not pass.
# shellcheck shell=bash

verify_as alice "$LIVE_PORT_HTTPS" --plain-port "$LIVE_PORT_HTTP_OPEN"
expect_exit 1
expect_verdict http.plain.refused fail
! grep -F " $LIVE_PORT_HTTP_OPEN " "$LIVE_LOG_NGINX" | grep -q 'user=alice' || broken "no log-on over plain HTTP"
