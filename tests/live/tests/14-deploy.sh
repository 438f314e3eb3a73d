# The deploy plan against SOGo behind nginx: exactly these findings, each confirmed here by curl or openssl, so that a
# finding that is false on a sound server fails this test and not the administrator.
# shellcheck shell=bash

target_options
account_options alice
run_easel verify "${TARGET[@]}" "${ACCOUNT[@]}" --plain-port "$LIVE_PORT_HTTP" --plan deploy --no-colour --report json=deploy.json
expect_exit 1
expect_no_secret

# failed AXIS: the checks that failed there, sorted, a word each.
failed() {
  awk -v axis="$1" '
    /^      "id": /      { id = $2 }
    /^      "axis": /    { of = $2 }
    /^      "verdict": / { if ($2 ~ /fail/ && of ~ axis) print id }' deploy.json | tr -d '",' | sort | paste -sd ' '
}
expect_equal "failed on both axes" "surface.verb.dav surface.verb.unknown tls.cert.key.type" "$(failed both)"
expect_equal "failed on the guide axis" "" "$(failed guide)"
expect_equal "failed on the today axis" "auth.challenge.every-verb http.plain.redirect" "$(failed today)"
expect_equal "errors and blocked" "" "$(grep -oE '"verdict": "(error|blocked|xpass|flaky)"' deploy.json | sort -u | paste -sd ' ')"

# ---------------------------------------------------------------- the same by hand
curl_status() { curl -s -o /dev/null -w '%{http_code}' --max-time 20 --cacert "$LIVE_CA_ROOT" --connect-to "::$LIVE_ADDRESS:" "$@"; }
front="https://$LIVE_HOST:$LIVE_PORT_HTTPS$LIVE_EAS_PATH"
as_alice() { curl_status -K <(printf 'user = "alice:%s"\n' "$LIVE_PASSWORD_ALICE") "$@"; }

# surface.verb.dav, surface.verb.unknown: SOGo's own answers to somebody who has logged on.
expect_equal "PROPFIND" 207 "$(as_alice -X PROPFIND -H 'Depth: 0' "$front")"
expect_equal "FOO" 500 "$(as_alice -X FOO "$front")"
# auth.challenge.every-verb: OPTIONS is asked for a password, POST is not.
expect_equal "OPTIONS" 401 "$(curl_status -X OPTIONS "$front")"
expect_equal "POST" 403 "$(curl_status -X POST -H 'Content-Type: application/vnd.ms-sync.wbxml' --data-binary x "$front?Cmd=FolderSync&User=nobody&DeviceId=1&DeviceType=PocketPC")"
# http.plain.redirect: the redirect comes after the password has been sent.
expect_equal "POST over http" 301 "$(curl_status -X POST -u nobody:canary --data-binary x "http://$LIVE_HOST:$LIVE_PORT_HTTP$LIVE_EAS_PATH")"
# tls.cert.key.type: the intermediate authority has an EC key, which no Windows Mobile can verify.
sent=$(openssl s_client -connect "$LIVE_ADDRESS:$LIVE_PORT_HTTPS" -servername "$LIVE_HOST" -showcerts </dev/null 2>/dev/null)
grep -q 'a:PKEY: id-ecPublicKey' <<<"$sent" || broken "an EC key in the chain, as easel says"
# What passes: TRACE is refused, and TRACK on / is a page like any other, without an echo.
expect_equal "TRACE" 405 "$(curl_status -X TRACE "$front")"
track=$(curl -s --max-time 20 --cacert "$LIVE_CA_ROOT" --connect-to "::$LIVE_ADDRESS:" -X TRACK -H 'X-Echo: canary' "https://$LIVE_HOST:$LIVE_PORT_HTTPS/")
expect_equal "TRACK /" "easel live" "$track"
