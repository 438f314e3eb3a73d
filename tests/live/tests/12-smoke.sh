# The smoke plan on a server without a policy: eleven pass, and the twelfth says why it cannot be judged.
# shellcheck shell=bash

target_options
account_options alice
run_easel verify "${TARGET[@]}" "${ACCOUNT[@]}" --plain-port "$LIVE_PORT_HTTP" --plan smoke
expect_exit 0
expect_line '^HOLDS.* 11 pass'
expect_line 'skip +prov\.policy-key\.required'
expect_line 'no-policy'
expect_line 'redirected to https'
expect_no_secret
