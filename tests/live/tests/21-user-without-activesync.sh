# A user whom the server forbids ActiveSync: 403, and a device shows 0x85010004.
# shellcheck shell=bash

verify_as noeas "$LIVE_PORT_HTTPS"
expect_exit 1
expect_verdict auth.basic.success fail
expect_line '403'
expect_code 0x85010004
