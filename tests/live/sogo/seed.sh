# seed.sh - known mail, contacts, events and tasks, the same every time but for
# dates, which count back from now. Messages are the files in mailbox/; they go
# straight into the Maildirs before anything has indexed those. Contacts, events
# and tasks go in over the server's own CardDAV and CalDAV.
# $STATE/counts holds "user folder items" as seeded; facts.sh prints it.
# shellcheck shell=bash

# BYTES bytes that do not compress, as base64 lines (a cipher's key stream: the same every time)
seed_bytes() {
  head -c "$1" /dev/zero |
    openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00000000000000000000000000000000 -nosalt |
    base64 -w76
}
# at least BYTES bytes of numbered lines
seed_lines() {
  awk -v wanted="$1" 'BEGIN {
    while (written < wanted) {
      line = sprintf("Line %06d of a long text that a device will want only the beginning of.", ++number)
      written += length(line) + 2
      print line
    }
  }'
}

# expand EPOCH: fills a template from standard input: @DATE@, @DAY+N@, and whole lines @BYTES N@, @LINES N@.
expand() {
  local line RFC_DATE
  rfc_date "$1"
  while IFS= read -r line; do
    if [[ $line =~ ^@(BYTES|LINES)\ ([0-9]+)@$ ]]; then
      "seed_${BASH_REMATCH[1],,}" "${BASH_REMATCH[2]}"
      continue
    fi
    line=${line//@DATE@/$RFC_DATE}
    while [[ $line =~ @DAY\+([0-9]+)@ ]]; do
      line=${line//"${BASH_REMATCH[0]}"/$(date -u -d "+${BASH_REMATCH[1]} days" +%Y%m%d)}
    done
    printf '%s\n' "$line"
  done
}

# maildir_of USER FOLDER: sets MAILDIR and makes it; FOLDER is a Maildir++ name, - the inbox.
maildir_of() {
  MAILDIR=$STATE/mail/$1
  [ "$2" = - ] || MAILDIR+=/.$2
  [ -d "$MAILDIR/cur" ] || mkdir -p "$MAILDIR"/{cur,new,tmp}
  [ "$2" = - ] || : >"$MAILDIR/maildirfolder"
}
rfc_date() { printf -v RFC_DATE '%(%a, %d %b %Y %H:%M:%S +0000)T' "$1"; }

# deliver USER FLAGS EPOCH ID: standard input, from its From line on, becomes a message in the inbox.
deliver() {
  local user=$1 flags=$2 epoch=$3 id=$4 MAILDIR RFC_DATE draft
  maildir_of "$user" -
  rfc_date "$epoch"
  draft=$MAILDIR/tmp/$id
  {
    printf 'To: %s\nDate: %s\nMessage-ID: <%s>\nMIME-Version: 1.0\n' "$user@$DOMAIN" "$RFC_DATE" "$id@seed.$DOMAIN"
    cat
  } | sed 's/$/\r/' >"$draft"
  touch -d "@$epoch" "$draft"
  mv "$draft" "$MAILDIR/cur/$epoch.$id.seed,S=$(stat -c %s "$draft"):2,$flags"
}
# short_mail USER FOLDER FLAGS EPOCH ID SENDER RECIPIENT SUBJECT: one line of text; starts no process
# but touch (there may be thousands of these).
short_mail() {
  local user=$1 folder=$2 flags=$3 epoch=$4 id=$5 text file MAILDIR RFC_DATE LC_ALL=C
  maildir_of "$user" "$folder"
  rfc_date "$epoch"
  printf -v text '%s\r\n' "From: $6@$DOMAIN" "To: $7@$DOMAIN" "Subject: $8" "Date: $RFC_DATE" \
    "Message-ID: <$id@seed.$DOMAIN>" 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8' '' "This is $8."
  file="$MAILDIR/cur/$epoch.$id.seed,S=${#text}:2,$flags"
  printf %s "$text" >"$file"
  ((now - epoch < 7200)) || touch -d "@$epoch" "$file"
}

deliver_alice() {
  local file age flags number days
  for file in "$HERE"/mailbox/*.eml; do
    [[ $(head -n 1 "$file") =~ ^X-Seed:\ age=([0-9]+)\ flags=([A-Z]*)$ ]] || die "$file does not begin with X-Seed"
    age=${BASH_REMATCH[1]} flags=${BASH_REMATCH[2]}
    tail -n +2 "$file" | expand $((now - age)) | deliver alice "$flags" $((now - age)) "$(basename "$file" .eml)"
  done
  for number in {1..30}; do
    short_mail alice - S $((now - 86400 - number * 600)) "numbered-$number" bob alice "numbered message $number"
  done
  for days in 5 10 20 40 100 400; do
    short_mail alice - S $((now - days * 86400)) "old-$days" bob alice "a message $days days old"
  done
  short_mail alice Sent S $((now - 600)) sent alice bob "a message that was sent"
  short_mail alice Archive S $((now - 600)) archived bob alice "an archived message"
  # IMAP's modified UTF-7: Projects/2026/Ünïcode; its parents hold no mail
  short_mail alice 'Projects.2026.&ANw-n&AO8-code' S $((now - 600)) deep bob alice "a message three folders deep"
  maildir_of alice Projects
  maildir_of alice Projects.2026
  printf 'V\t2\n\n' >"$STATE/mail/alice/subscriptions"
  printf '%s\n' INBOX Drafts Sent Trash Junk Archive Projects $'Projects\t2026' $'Projects\t2026\t&ANw-n&AO8-code' \
    >>"$STATE/mail/alice/subscriptions"
}

seed_mail() {
  [ ! -e "$STATE/mail/.seeded" ] || return 0
  say "writing mail"
  local now user number text TZ=UTC MAILDIR
  now=$(date +%s)
  deliver_alice
  for user in bob carol dave zoe colon noeas unopened; do
    short_mail "$user" - "" $((now - 5000)) "welcome-$user" alice "$user" "a welcome"
  done
  for number in $(seq -f %03g 1 "$LOAD_USERS"); do
    for text in 1 2 3; do
      short_mail "user$number" - "" $((now - 6000 - text)) "load-$number-$text" alice "user$number" "load message $text"
    done
  done
  count_mail >"$STATE/counts"
  chown -R mail:mail "$STATE/mail"
  open_mailboxes >"$STATE/log/seed-imap.log"
  : >"$STATE/mail/.seeded"
}
count_in() {
  if [ -d "$1" ]; then find "$1" -type f | wc -l; else echo 0; fi
}
count_mail() {
  local folder user
  echo "alice INBOX $(count_in "$STATE/mail/alice/cur")"
  for folder in Drafts Trash Junk Sent Archive Projects Projects.2026; do
    echo "alice ${folder//./_} $(count_in "$STATE/mail/alice/.$folder/cur")"
  done
  echo "alice Projects_2026_Unicode $(count_in "$STATE/mail/alice/.Projects.2026.&ANw-n&AO8-code/cur")"
  for user in bob carol dave zoe colon noeas empty unopened; do
    echo "$user INBOX $(count_in "$STATE/mail/$user/cur")"
  done
}

# Dovecot tells HIGHESTMODSEQ on SELECT only where a client has enabled CONDSTORE
# for that mailbox once; until then SOGo answers a first Sync without a filter
# with an empty body. Mailboxes in real use have been opened so, ours are opened
# here, all but that of the user unopened, which keeps the behaviour at hand.
open_mailboxes() {
  local user password folder folders
  all_users | grep -v '^unopened|' | while IFS='|' read -r user password _; do
    folders=(INBOX Sent Drafts Trash Junk)
    [ "$user" != alice ] || folders+=(Archive Projects Projects/2026 'Projects/2026/&ANw-n&AO8-code')
    exec 4<>"/dev/tcp/127.0.0.1/$PORT_IMAP"
    {
      printf 'a AUTHENTICATE PLAIN %s\r\n' "$(printf '\0%s\0%s' "$user" "$password" | base64 -w0)"
      printf 'b ENABLE CONDSTORE QRESYNC\r\n'
      for folder in "${folders[@]}"; do printf 'c SELECT "%s"\r\n' "$folder"; done
      printf 'd LOGOUT\r\n'
    } >&4
    cat <&4
    exec 4>&-
  done
}

dav_put() { # FILE COLLECTION CONTENT-TYPE
  local name code
  name=$(basename "$1")
  code=$(expand "$(date +%s)" <"$1" | sed 's/$/\r/' |
    curl -sS -o "$STATE/log/dav-put.out" -w '%{http_code}' --max-time 20 -u "alice:$(password_of alice)" -X PUT \
      --data-binary @- -H "Content-Type: $3" "http://127.0.0.1:$PORT_SOGO/SOGo/dav/alice/$2/$name") || true
  [[ $code == 20[14] ]] || die "PUT of $name answered $code, see $STATE/log/dav-put.out"
}
seed_dav() {
  [ ! -e "$STATE/.seeded-dav" ] || return 0
  say "writing contacts, events and tasks"
  local file kind counts=()
  local -A put=()
  for file in "$HERE"/mailbox/*.vcf "$HERE"/mailbox/*.ics; do
    kind=$(basename "$file")
    kind=${kind%%-*}
    case $kind in
      contact) dav_put "$file" Contacts/personal text/vcard ;;
      event | task) dav_put "$file" Calendar/personal text/calendar ;;
      *) die "$file: the name must begin with contact-, event- or task-" ;;
    esac
    put[$kind]=$((${put[$kind]:-0} + 1))
  done
  counts=("alice Contacts ${put[contact]:-0}" "alice Calendar ${put[event]:-0}" "alice Tasks ${put[task]:-0}")
  printf '%s\n' "${counts[@]}" >>"$STATE/counts"
  : >"$STATE/.seeded-dav"
}
