# The server is what the facts say, seen without easel: OPTIONS, refusals, redirect, seeded mail.
# shellcheck shell=bash

status_of() { # curl options: the status, and nothing of a connection that failed
  run_program curl -s -o body.txt -D head.txt -w '%{http_code}\n' --max-time 20 --cacert "$LIVE_CA_ROOT" \
    --connect-to "$LIVE_HOST::$LIVE_ADDRESS:" "$@"
}
url=https://$LIVE_HOST:$LIVE_PORT_HTTPS$LIVE_EAS_PATH

status_of -X OPTIONS "$url" # no credentials
expect_line '^401$'
cat >good.curl <<<"user = \"alice:$LIVE_PASSWORD_ALICE\""
cat >bad.curl <<<'user = "alice:not the password"'
status_of -X OPTIONS -K good.curl "$url"
expect_line '^200$'
grep -qi '^MS-ASProtocolVersions: 2\.5,12\.0,12\.1,14\.0,14\.1' head.txt || broken "the five protocol versions in OPTIONS"
status_of -X OPTIONS -K bad.curl "$url"
expect_line '^401$'
status_of "http://$LIVE_HOST:$LIVE_PORT_HTTP$LIVE_EAS_PATH"
expect_line '^301$'

# FolderSync with key 0, byte for byte: header, page 7, FolderSync, SyncKey "0", two ends.
printf '\x03\x01\x6a\x00\x00\x07\x56\x52\x030\x00\x01\x01' >foldersync.wbxml
status_of -K good.curl -H 'MS-ASProtocolVersion: 12.1' -H 'Content-Type: application/vnd.ms-sync.wbxml' \
  --data-binary @foldersync.wbxml "$url?Cmd=FolderSync&User=alice&DeviceId=live00&DeviceType=PocketPC"
expect_line '^200$'
grep -aq INBOX body.txt || broken "INBOX among the folders"

# The number of messages, asked for over IMAP.
exec 4<>"/dev/tcp/$LIVE_ADDRESS/$LIVE_PORT_IMAP"
printf 'a LOGIN alice "%s"\r\nb STATUS INBOX (MESSAGES)\r\nc LOGOUT\r\n' "$LIVE_PASSWORD_ALICE" >&4
messages=$(sed -n 's/.*STATUS INBOX (MESSAGES \([0-9]*\)).*/\1/p' <&4)
exec 4>&-
expect_equal "messages in alice's inbox" "$LIVE_COUNT_ALICE_INBOX" "$messages"
