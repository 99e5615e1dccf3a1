#!/bin/sh
# Figure 2: both bounds, I(Y;Z1) and accuracy along one training.
# figure2.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
terms=lower,upper,I_Z1_Z2,I_Z1_R,I_R_Y,I_Y_Z1
mi-bounds --se --decompose epochs.h5 >"$to/bounds.tsv"
mi-corr -x $terms --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-corr -x $terms --ci 0.95 --permutations 9999 --given epoch "$to/bounds.tsv" >"$to/partial.tsv"
mi-plot trend "$to/bounds.tsv" -o "$to/figure2.svg"
