#!/usr/bin/env bash
# Fails where an object built for a newer processor defines a symbol that the linker may take for everybody's: an inline
# function that was not inlined. An older processor would meet its instructions.
#   simd_objects.sh OBJECT...
set -euo pipefail
seen=0 failed=0
for object in "$@"; do
  case $object in *_avx2.* | *_avx512.*) ;; *) continue ;; esac
  seen=$((seen + 1))
  symbols=$(nm --defined-only -C "$object")
  if shared=$(grep -E ' [WVu] ' <<<"$symbols"); then
    printf '%s shares with other files:\n%s\n' "$object" "$shared"
    failed=1
  fi
done
[ $seen -gt 0 ] || { echo "no object of a newer processor was given"; exit 1; }
exit $failed
