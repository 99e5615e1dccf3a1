#!/bin/sh
# None, each, and all three of the paper's modifications: lambda, FSQ, the sparse autoencoder. Mean and 95 % t interval of the seeds.
# combined.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
set -- lam-0-*.h5 lam-0.3-*.h5 fsq-9-*.h5 sae-32-*.h5 all-three-*.h5
mi-bounds --last --se --zero-rows drop "$@" >"$to/bounds.tsv"
sed -i '1s/$/\tsetting/; 1!s/^\([^\t]*\)-s[0-9]*\.h5\t.*/&\t\1/' "$to/bounds.tsv" # lam-0, fsq-9, ...
mi-plot sweep -x setting --over train_seed "$to/bounds.tsv" -o "$to/combined.svg"
