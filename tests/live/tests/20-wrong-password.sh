# A wrong password gets 401, and a device shows 0x85010002.
# shellcheck shell=bash

(umask 077 && echo "not the password" >wrong)
verify_as alice "$LIVE_PORT_HTTPS" --password file:wrong
expect_exit 1
expect_verdict auth.basic.success fail
expect_line '401'
expect_code 0x85010002
