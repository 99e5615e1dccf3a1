#!/bin/sh
# Data flows one way: layers.sh ROOT [arrows]. The rooms are the folders of libmi/, here in the order of flow, each with the rooms
# above it that it may include. A room's private.h is included from inside it alone. With "arrows" the includes between
# rooms are printed, with how many there are.
set -eu
cd "$1"
rooms='base
data: base
neighbours: base data
tiles: base data
geometry: base data neighbours tiles
spectrum: base data tiles
entropy: base data tiles spectrum
bounds: base data tiles spectrum entropy
shannon: base data bounds
align: base data neighbours entropy bounds
table: base
plot: base table
correlate: base
page: base
features: base data table
exchange: base data table features
transform: base data features
synth: base features
probe: base data neighbours features
validate: base table bounds
images: base features
train: base data bounds features probe images
python: base data entropy bounds table features exchange validate'

bad=0
complain() {
    echo "$1"
    bad=1
}

# "FROM TO FILE HEADER" a line of all includes of the library's own headers from room to room.
includes() {
    grep -Hn '^#include "' libmi/*/*.[ch] | sed -n 's|^libmi/\([a-z]*\)/\([^:]*\):[0-9]*:#include "libmi/\([a-z]*\)/\(.*\)"$|\1 \3 \2 \4|p'
}

for directory in libmi/*/; do
    room=$(basename "$directory")
    echo "$rooms" | grep -q "^$room\(:\|\$\)" || complain "libmi/$room: this room is not in tests/style/layers.sh"
done
wrong=$({ echo "$rooms" | sed 's/:/ /; s/^/room /'; includes; } | awk '
    $1 == "room" {
        for (k = 2; k <= NF; k++)
            allowed[$2, $k] = 1
        next
    }
    !(($1, $2) in allowed) {print "libmi/" $1 "/" $3 ": includes libmi/" $2 "/" $4 ", which is not below it"}
    $4 == "private.h" && $1 != $2 {print "libmi/" $1 "/" $3 ": includes the private header of " $2}')
[ -z "$wrong" ] || complain "$wrong"
# images, train and python are libraries of their own; pool.h and number.h have something for train alone, blas.h for python.
for header in $(grep -l '^MI_API' libmi/*/*.h | grep -v '^libmi/images/\|^libmi/train/\|^libmi/python/\|^libmi/base/pool.h\|^libmi/base/number.h\|^libmi/base/blas.h'); do
    grep -q "#include \"$header\"" libmi/mi.h || complain "$header: public, not in libmi/mi.h"
done
bare=$(grep -n '^#include "' libmi/*.[ch] libmi/*/*.[ch] | grep -v '#include "libmi/' || true)
[ -z "$bare" ] || complain "not written from the root: $bare"
# Notebooks show what a program can do with the library as it is installed: public headers alone.
inside=$(grep -n '^#include "' notebooks_c/*.[ch] | grep -v '"notebooks_c/notebook.h"$\|"libmi/mi.h"$' || true)
[ -z "$inside" ] || complain "a notebook includes more than notebook.h and libmi/mi.h: $inside"
if [ "${2:-}" = arrows ]; then
    includes | awk '$1 != $2 {n[$1 " -> " $2]++} END {for (k in n) printf "%-24s %d\n", k, n[k]}' | sort
fi
exit $bad
