#!/bin/sh
# hardened.sh FILE...: programs are position-independent, symbols of them and of libraries are bound at the start and
# read-only after it, stacks are not executable and have canaries, calls of the C library are checked.
set -eu
bad=0
is() { # is FILE WHAT CONDITION...
    file=$1 what=$2
    shift 2
    "$@" || { echo "$file: $what" && bad=1; }
}
has() { grep -Eq "$1" "$2"; }
found=$(mktemp)
trap 'rm -f "$found"' EXIT
for file; do
    readelf -hldW "$file" >"$found"
    is "$file" "not position-independent" has 'Type: *DYN' "$found"
    is "$file" "symbols stay writable" has 'GNU_RELRO' "$found"
    is "$file" "symbols are bound late" has 'BIND_NOW|FLAGS.*NOW' "$found"
    is "$file" "an executable stack" has 'GNU_STACK.* RW +0x' "$found"
done
# The library is large enough to have both.
nm -D --undefined-only "$1" >"$found"
is "$1" "no canaries" has ' __stack_chk_fail' "$found"
is "$1" "no checked calls of the C library" has ' __(snprintf|vsnprintf|fprintf|memcpy)_chk' "$found"
exit $bad
