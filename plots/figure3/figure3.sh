#!/bin/sh
# Figure 3: accuracy against both bounds, a point a projector: the mean of its seeds where it has several. With lambda 3 the
# encoder is ruined, with features that are zero: those runs stand apart, in dead.tsv, and dead-correlations.tsv has them in.
# others-correlations.tsv is of all projectors but the sparse autoencoders, whose accuracy differs most.
# figure3.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
family='1s/$/\tfamily/; 1!s/^\([a-z]*\).*/&\t\1/' # proj, out, lam, ...
set -- proj-*.h5 out-*.h5 lam-0*.h5 lam-1-*.h5 fsq-*.h5 sae-*.h5 all-three-*.h5
mi-bounds --last --se --zero-rows drop "$@" >"$to/bounds.tsv"
mi-bounds --last --se --zero-rows drop lam-3-*.h5 >"$to/dead.tsv"
sed -i "$family" "$to/bounds.tsv"
sed -i "$family" "$to/dead.tsv"
terms=lower,upper,I_R_Y,I_Y_Z1
mi-corr --over train_seed -x $terms --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-corr --over train_seed -x $terms --ci 0.95 --permutations 9999 "$to/bounds.tsv" "$to/dead.tsv" >"$to/dead-correlations.tsv"
grep -v '^sae-' "$to/bounds.tsv" | mi-corr --over train_seed -x $terms --ci 0.95 --permutations 9999 >"$to/others-correlations.tsv"
mi-plot scatter --over train_seed --by family -x lower,upper "$to/bounds.tsv" -o "$to/figure3.svg"
