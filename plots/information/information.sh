#!/bin/sh
# Accuracy against I(Z1;Z2): the bottleneck by itself, over all projectors and both losses; at chance level; with I(R;Y) held
# fixed; within each family.
# information.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
set -- proj-*.h5 out-*.h5 lam-0*.h5 lam-1-*.h5 fsq-*.h5 sae-*.h5 all-three-*.h5 barlow-*.h5
mi-bounds --last --se --decompose --zero-rows drop "$@" >"$to/bounds.tsv"
sed -i '1s/$/\tfamily/; 1!s/^\([a-z]*\).*/&\t\1/' "$to/bounds.tsv" # proj, out, lam, ...
mi-corr --over train_seed -x I_Z1_Z2,I_Z1_Z2_null,dpi_Z1_R --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-corr --over train_seed -x I_Z1_Z2,dpi_Z1_R,lower --given I_R_Y --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/partial.tsv"
mi-corr --over train_seed -x I_Z1_Z2 --by family --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/families.tsv"
mi-plot scatter --over train_seed --by family -x I_Z1_Z2 "$to/bounds.tsv" -o "$to/information.svg"
