# A user whom the server forbids ActiveSync: OPTIONS is answered, the first command gets 403 (0x85010004).
# shellcheck shell=bash

verify_as noeas "$LIVE_PORT_HTTPS"
expect_exit 1
expect_verdict eas.foldersync.key0 fail
expect_line '403'
expect_code 0x85010004
