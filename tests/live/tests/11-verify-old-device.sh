# The oldest device, protocol 2.5 with a plain query, is served as well.
# shellcheck shell=bash

verify_as alice "$LIVE_PORT_HTTPS" --device wm5-msfp
expect_exit 0
expect_verdict eas.foldersync.key0 pass
