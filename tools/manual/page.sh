#!/bin/sh
# page.sh SCDOC VERSION AWK-PROGRAM TABLE [PROSE]: the manual page of a tool on standard output.
set -eu
scdoc=$1 version=$2 program=$3
shift 3
page=$(awk -v version="$version" -f "$program" "$@")
printf '%s\n' "$page" | "$scdoc"
