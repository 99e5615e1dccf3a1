#!/bin/sh
# Messages of the library name settings and computations by MI_OPTION and MI_TOOL (libmi/base/words.h), which a program spells
# its way: no literal holds "--option" or the name of a tool.
set -eu
cd "$1/libmi"
names='"([^"\\]|\\.)*(--[a-z%]|mi-[a-z])([^"\\]|\\.)*"'
bad=$(grep -nE "$names" */*.c | grep -vE '^[^:]*:[0-9]+: *(\*|/\*|//)' | grep -v '\.name = "libmi-out"\|"made_by"\|"libmi-mpi' || true)
[ -z "$bad" ] && exit 0
echo "$bad"
exit 1
