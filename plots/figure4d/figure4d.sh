#!/bin/sh
# Figure 4d: accuracy and information against the levels of FSQ, mean and 95 % t interval of the seeds.
# figure4d.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
mi-bounds --last --se --zero-rows drop fsq-?-*.h5 fsq-??-*.h5 >"$to/bounds.tsv"
mi-corr -x fsq_levels,I_Z1_Z2,lower,upper --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-plot sweep -x fsq_levels --over train_seed "$to/bounds.tsv" -o "$to/figure4d.svg"
