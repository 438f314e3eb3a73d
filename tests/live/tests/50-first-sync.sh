# A new partnership: every seeded message arrives, no more and no fewer.
# shellcheck shell=bash

target_options
account_options alice
run_easel run "$EASEL_TREE/scenarios/examples/first-sync.xml" "${TARGET[@]}" "${ACCOUNT[@]}" \
  --param "items=$LIVE_COUNT_ALICE_INBOX"
expect_exit 0
expect_line "\b$LIVE_COUNT_ALICE_INBOX\b"
expect_no_secret
