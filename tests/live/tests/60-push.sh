# Direct Push: a mail that arrives ends the waiting Ping with Status 2, and the next Sync brings it.
# shellcheck shell=bash

target_options
account_options alice
run_easel run "$EASEL_TREE/scenarios/examples/push-works.xml" "${TARGET[@]}" "${ACCOUNT[@]}" --heartbeat 60
expect_exit 0
expect_line 'pass +push-works'
expect_no_secret
