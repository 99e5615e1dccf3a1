#!/bin/sh
# The line "uses:" of every header is what it and the source of its name include of the library, and of other libraries:
# uses.sh ROOT [fix]. With "fix" the lines are written anew.
set -eu
cd "$1"
bad=0

# "STEM|KIND|NAME" a line of what headers and the sources of their names include: ours, or of other libraries.
includes() {
    awk '
        FNR == 1 {
            stem = FILENAME
            sub(/\.[ch]$/, "", stem)
        }
        /^#include "libmi\// {
            name = $2
            gsub(/^"libmi\/|\.h"$/, "", name)
            if ("libmi/" name != stem && name !~ /\/private$/)
                print stem "|ours|" name
        }
        /^#include </ {
            name = $2
            gsub(/^<|\.h>$/, "", name)
            if (name == "H5public")
                name = "hdf5"
            if (name ~ /^(gsl|oneapi)\//)
                sub(/\/.*/, "", name)
            if (name == "oneapi")
                name = "onednn"
            if (name ~ /^(gsl|onednn|cblas|lapacke|hdf5|lbfgs|jansson|lzf|mpi)$/)
                print stem "|others|" name
        }' libmi/*/*.[ch]
}

# "STEM|says|TEXT" a line of each header: its block from "uses:" to the next empty line of its comment.
says() {
    awk '
        function flush() {
            if (stem != "" && stem !~ /\/private$/)
                print stem "|says|" text
        }
        FNR == 1 {
            flush()
            stem = FILENAME
            sub(/\.h$/, "", stem)
            text = ""
            in_block = 0
        }
        /^ \* uses:/ {
            in_block = 1
            sub(/^ \* uses: */, "")
        }
        in_block && (/^ \*$/ || /^ \*\//) {in_block = 0}
        in_block {
            sub(/^ \* */, "")
            text = text (text == "" ? "" : " ") $0
        }
        END {flush()}' libmi/*/*.h
}

# "HEADER|SAYS|WANTED" a line of each header whose block is not what it stands on, in the order of the alphabet.
wrong() {
    { includes | LC_ALL=C sort -u; says; } | awk -F '|' '
        $2 == "says" {
            wanted = (list[$1, "ours"] == "" ? "nothing" : list[$1, "ours"])
            if (list[$1, "others"] != "")
                wanted = wanted "; " list[$1, "others"]
            if ($3 != wanted)
                print $1 ".h|" $3 "|" wanted
            next
        }
        {list[$1, $2] = list[$1, $2] (list[$1, $2] == "" ? "" : " ") $3}'
}

rewrite() {
    echo "uses: $2" | fold -s -w 92 | sed 's/ *$//; 1s/^/ * /; 2,$s/^/ *       /' >"$1.uses"
    awk -v from="$1.uses" '/^ \* uses:/ {while ((getline line < from) > 0) print line; on = 1; next}
        on && !/^ \*$/ && !/^ \*\// {next} {on = 0; print}' "$1" >"$1.new"
    mv "$1.new" "$1"
    rm "$1.uses"
}

while IFS='|' read -r header says wanted; do
    [ -n "$header" ] || continue
    if [ "${2:-}" = fix ]; then
        rewrite "$header" "$wanted"
    else
        echo "$header: says it uses '$says', but it is '$wanted'"
        bad=1
    fi
done <<END
$(wrong)
END
exit $bad
