#!/bin/sh
# Figure 4e: accuracy and information against k, the active units of the sparse autoencoder, mean and 95 % t interval of the seeds.
# figure4e.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
mi-bounds --last --se --zero-rows drop sae-?-*.h5 sae-??-*.h5 sae-???-*.h5 >"$to/bounds.tsv"
mi-corr -x k,I_Z1_Z2,lower,upper --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-plot sweep -x k --over train_seed "$to/bounds.tsv" -o "$to/figure4e.svg"
