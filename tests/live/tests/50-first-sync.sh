# A new partnership: every seeded message arrives, no more and no fewer, at both generations of the protocol.
# shellcheck shell=bash

# left: SOGo's estimate never shrinks (profiles/servers/sogo.xml, getitemestimate.total).
for device in wm6.1 wm5-msfp; do
  target_options
  account_options alice
  run_easel run "$EASEL_TREE/scenarios/examples/first-sync.xml" "${TARGET[@]}" "${ACCOUNT[@]}" --device "$device" \
    -D "items=$LIVE_COUNT_ALICE_INBOX" -D "left=$LIVE_COUNT_ALICE_INBOX"
  expect_exit 0
  expect_verdict first-sync pass
  expect_no_secret

  # The same scenario must notice a message too many.
  run_easel run "$EASEL_TREE/scenarios/examples/first-sync.xml" "${TARGET[@]}" "${ACCOUNT[@]}" --device "$device" \
    -D "items=$((LIVE_COUNT_ALICE_INBOX + 1))" -D "left=$LIVE_COUNT_ALICE_INBOX"
  expect_exit 1
  expect_verdict first-sync fail
done
