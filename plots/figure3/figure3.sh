#!/bin/sh
# Figure 3: accuracy against both bounds, a point a projector: the mean of its seeds where it has several.
# figure3.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
ends=$(printf '%s:/epoch_004 ' proj-*.h5 out-*.h5 lam-*.h5 fsq-*.h5 sae-*.h5 all-three-*.h5)
mi-bounds --se --zero-rows drop $ends >"$to/bounds.tsv"
sed -i '1s/$/\tfamily/; 1!s/^\([a-z]*\).*/&\t\1/' "$to/bounds.tsv" # proj, out, lam, ...
mi-corr --over train_seed -x lower,upper,I_R_Y,I_Y_Z1 --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-plot scatter --over train_seed --by family -x lower,upper "$to/bounds.tsv" -o "$to/figure3.svg"
