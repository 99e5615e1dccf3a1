#!/bin/sh
# The shared library exports mi_* and nothing else.
set -eu
others=$(nm -D --defined-only "$1" | awk '$2 ~ /[TDBRVWi]/ && $3 !~ /^mi_/ {print $3}')
if [ -n "$others" ]; then
    echo "exported beside mi_*:" $others
    exit 1
fi
nm -D --defined-only "$1" | grep -q ' T mi_bounds$'
