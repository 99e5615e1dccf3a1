#!/bin/sh
# Order 1 (von Neumann, Shannon's) against order 2 (the paper's): do the terms agree, does either follow accuracy?
# Means over batches of 256 instances, the size that the paper trains and measures with, of the first seeds.
# order.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
set -- proj-*.h5 out-*.h5 lam-0*-s1.h5 lam-1-s1.h5 fsq-*-s1.h5 sae-*-s1.h5
mi-bounds --last --alpha 1,2 --batch 256 --zero-rows drop "$@" >"$to/bounds.tsv"
sed -i '1s/$/\tfamily/; 1!s/^\([a-z]*\).*/&\t\1/' "$to/bounds.tsv" # proj, out, lam, ...
mi-corr --by alpha -x lower,upper,I_Z1_Z2,I_Z1_R --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
for order in 1 2; do
    mi-plot scatter --where alpha=$order --by family -x lower,I_Z1_Z2 "$to/bounds.tsv" -o "$to/order-$order.svg"
done
