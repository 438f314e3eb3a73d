#!/usr/bin/env bash
# Counts instructions of each form of the codec with callgrind and compares with wbxml_instructions.tsv: within 3 %.
#   wbxml_instructions.sh PROGRAM COMPILER [--record]
# Exit 0: within; 1: not; 77: cannot be judged here (no valgrind, or another compiler than the table's).
set -euo pipefail
program=$1 compiler=$2 record=${3:-}
table=$(dirname "$0")/wbxml_instructions.tsv
if ! command -v valgrind >/dev/null; then
  echo "skipped: valgrind is not installed"
  exit 77
fi
recorded=$(sed -n 's/^# compiler: //p' "$table" 2>/dev/null || true)
if [ -z "$record" ] && [ "$recorded" != "$compiler" ]; then
  echo "skipped: the table is for '$recorded', this is '$compiler'"
  exit 77
fi

count() { # FORM DOCUMENT RUNS
  local said counted=
  if said=$(WBXML_RUNS=$3 valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect="wbxml_form_$1" \
    "$program" "$1" "$2" 2>&1); then
    counted=$(sed -n 's/.*Collected : \([0-9][0-9]*\).*/\1/p' <<<"$said")
  fi
  if [ -z "$counted" ]; then
    echo "$program $1 $2: nothing was counted" >&2
    return 1
  fi
  echo "$counted"
}

failed=0
[ -n "$record" ] && printf '# compiler: %s\nform\tdocument\tinstructions\n' "$compiler" > "$table"
for form in events document stream encode render from_xml; do
  for document in a2-foldersync-500 b-contacts-100 c-mail-100-plain1k g-calendar-200; do
    # A warm run: two runs less one.
    twice=$(count "$form" "$document" 2)
    once=$(count "$form" "$document" 1)
    now=$((twice - once))
    if [ -n "$record" ]; then
      printf '%s\t%s\t%s\n' "$form" "$document" "$now" | tee -a "$table"
      continue
    fi
    before=$(awk -v f="$form" -v d="$document" '$1==f && $2==d {print $3}' "$table")
    verdict=ok
    if [ -z "$before" ] || [ $((now * 100)) -gt $((before * 103)) ]; then verdict=MORE; failed=1; fi
    if [ -n "$before" ] && [ $((now * 100)) -lt $((before * 97)) ]; then verdict="FEWER: record the gain"; failed=1; fi
    printf '%-9s %-20s %10s recorded %10s %s\n' "$form" "$document" "$now" "${before:-none}" "$verdict"
  done
done
[ $failed = 0 ] || echo "more or fewer than the table by over 3 %: see $(basename "$0") --record"
exit $failed
