#!/bin/sh
# Data flows one way: an #include in libmi may only go to a room of a lower layer, or of the same one. A room may have
# several files: table.h, table_read.c, table_write.c. The layers, lowest first, one a line.
set -eu
cd "$1/libmi"
layers='status half leaf number utf8
mem
comm blas
run mat rng scatter
groups pool maps
h5 sniff select
features rows annotate
kernel table flow synth
sample gram tile tiles batch transform effrank
plot contrast spectrum route influence product
entropy lanczos
joint
mutual
permute
measure bounds probe
correlate validate
mi version'

level_of() {
    echo "$layers" | awk -v room="${1%%_*}" '{for (k = 1; k <= NF; k++) if ($k == room) print NR}'
}

bad=0
for file in *.c *.h; do
    room=${file%.*}
    from=$(level_of "$room")
    if [ -z "$from" ]; then
        echo "$file: this room has no layer in tests/style/layers.sh"
        bad=1
        continue
    fi
    for header in $(sed -n 's/^#include "\(.*\)\.h"$/\1/p' "$file"); do
        to=$(level_of "$header")
        if [ "${to:-99}" -gt "$from" ]; then
            echo "$file: includes $header.h, which is above it"
            bad=1
        fi
    done
done
exit $bad
