#!/bin/sh
# Barlow Twins: accuracy against the bounds and I(Z1;Z2), a point a projector.
# barlow.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
mi-bounds --last --se --zero-rows drop barlow-*.h5 >"$to/bounds.tsv"
sed -i '1s/$/\tsetting/; 1!s/^[a-z]*-\([^\t]*\)\.h5\t.*/&\t\1/' "$to/bounds.tsv" # identity, mlp_512, ...
mi-corr -x lower,upper,I_Z1_Z2,I_Z1_R --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-plot scatter --by setting -x lower,I_Z1_Z2 "$to/bounds.tsv" -o "$to/barlow.svg"
