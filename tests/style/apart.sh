#!/bin/sh
# The estimators and libmi link neither oneDNN nor MPI nor libraries of pictures, which would raise their start-up.
set -eu
bad=0
for file in "$@"; do
    for library in $(ldd "$file" | awk '{print $1}' | grep -E '^lib(dnnl|mpi|jpeg|png|mi-train|mi-images)' || true); do
        echo "$file links $library"
        bad=1
    done
done
exit $bad
