#!/bin/sh
# The line "uses:" of every header is what it and the source of its name include of the library, and of other libraries:
# uses.sh ROOT [fix]. With "fix" the lines are written anew.
set -eu
cd "$1"
bad=0

# What a header stands on, in the order of the alphabet.
uses_of() {
    header=$1 source=${1%.h}.c own=${1#libmi/}
    [ -f "$source" ] || source=
    ours=$(sed -n 's|^#include "libmi/\(.*\)\.h"$|\1|p' "$header" $source | grep -vx "${own%.h}" | grep -v '/private$' | LC_ALL=C sort -u | tr '\n' ' ')
    others=$(sed -nE 's|^#include <(gsl)/.*|\1|p; s|^#include <H5public\.h>|hdf5|p; s|^#include <oneapi/.*|onednn|p; s#^\#include <(cblas|lapacke|hdf5|lbfgs|jansson|lzf|mpi)\.h>$#\1#p' "$header" $source | LC_ALL=C sort -u | tr '\n' ' ')
    ours=${ours% } others=${others% }
    echo "${ours:-nothing}${others:+; $others}"
}

# The block from "uses:" to the next empty line of the comment, as one line.
says() {
    awk '/^ \* uses:/ {on = 1; sub(/^ \* uses: */, "")} on && (/^ \*$/ || /^ \*\//) {exit}
        on {sub(/^ \* */, ""); printf "%s%s", n++ ? " " : "", $0} END {print ""}' "$1"
}

rewrite() {
    echo "uses: $2" | fold -s -w 92 | sed 's/ *$//; 1s/^/ * /; 2,$s/^/ *       /' >"$1.uses"
    awk -v from="$1.uses" '/^ \* uses:/ {while ((getline line < from) > 0) print line; on = 1; next}
        on && !/^ \*$/ && !/^ \*\// {next} {on = 0; print}' "$1" >"$1.new"
    mv "$1.new" "$1"
    rm "$1.uses"
}

for header in libmi/*/*.h; do
    case $header in */private.h) continue ;; esac
    wanted=$(uses_of "$header")
    if [ "$(says "$header")" != "$wanted" ]; then
        if [ "${2:-}" = fix ]; then
            rewrite "$header" "$wanted"
        else
            echo "$header: says it uses '$(says "$header")', but it is '$wanted'"
            bad=1
        fi
    fi
done
exit $bad
