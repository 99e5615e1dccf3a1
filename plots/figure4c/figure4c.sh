#!/bin/sh
# Figure 4c: accuracy and information against lambda, the weight of I(Z1;Z2) in the loss, mean and 95 % t interval of the seeds.
# figure4c.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
mi-bounds --last --se --zero-rows drop lam-*.h5 >"$to/bounds.tsv"
mi-corr -x lambda,I_Z1_Z2,lower,upper --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-plot sweep -x lambda --over train_seed "$to/bounds.tsv" -o "$to/figure4c.svg"
