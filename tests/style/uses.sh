#!/bin/sh
# The line "uses:" of every header is what it and the source of its name include of the library, and of other libraries:
# uses.sh ROOT [fix]. With "fix" the lines are written anew.
set -eu
cd "$1"
bad=0

# "HEADER|SAYS|WANTED" a line of each header whose block from "uses:" to the next empty line of its comment is not what it
# stands on, in the order of the alphabet.
wrong() {
    LC_ALL=C awk '
        FNR == 1 {
            stem = FILENAME
            sub(/\.[ch]$/, "", stem)
            in_block = 0
        }
        FILENAME ~ /\.h$/ && /^ \* uses:/ {
            in_block = 1
            sub(/^ \* uses: */, "")
            says[stem] = ""
        }
        in_block && (/^ \*$/ || /^ \*\//) {in_block = 0}
        in_block {
            sub(/^ \* */, "")
            says[stem] = says[stem] (says[stem] == "" ? "" : " ") $0
        }
        /^#include "libmi\// {
            name = $2
            gsub(/^"libmi\/|\.h"$/, "", name)
            if ("libmi/" name != stem && name !~ /\/private$/)
                add(ours, name)
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
                add(others, name)
        }
        # A word more of the list of this stem, which stays sorted and has each word once.
        function add(list, word,   n, k, part, text, is_in) {
            n = split(list[stem], part, " ")
            for (k = 1; k <= n; k++) {
                if (part[k] == word)
                    return
                if (!is_in && word < part[k]) {
                    text = text (text == "" ? "" : " ") word
                    is_in = 1
                }
                text = text (text == "" ? "" : " ") part[k]
            }
            list[stem] = is_in ? text : text (text == "" ? "" : " ") word
        }
        END {
            for (k = 1; k < ARGC; k++) {
                stem = ARGV[k]
                if (stem !~ /\.h$/ || stem ~ /\/private\.h$/)
                    continue
                sub(/\.h$/, "", stem)
                wanted = (ours[stem] == "" ? "nothing" : ours[stem]) (others[stem] == "" ? "" : "; " others[stem])
                if (says[stem] != wanted)
                    print ARGV[k] "|" says[stem] "|" wanted
            }
        }' libmi/*/*.[ch]
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
