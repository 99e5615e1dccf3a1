#!/bin/sh
# A nonlinear probe: is what the bounds follow a matter of the linear one? Probes of z1 with one hidden layer, linear and by
# neighbours are trained on 3 of 4 instances of the saved views and tested on the fourth.
# probe.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
copies=$(mktemp -d)
trap 'rm -rf "$copies"' EXIT
cp proj-*.h5 out-*.h5 lam-0*-s1.h5 lam-1-s1.h5 fsq-*-s1.h5 sae-*-s1.h5 "$copies"
cd "$copies"
set -- *.h5
mi-probe --last --write --of z1 "$@" >"$to/probes.tsv"
mi-bounds --last --se --zero-rows drop "$@" >"$to/bounds.tsv"
sed -i '1s/$/\tfamily/; 1!s/^\([a-z]*\).*/&\t\1/' "$to/bounds.tsv" # proj, out, lam, ...
probes=probe_z1_linear_accuracy,probe_z1_knn_accuracy,probe_z1_mlp_accuracy
mi-corr -x lower,upper,I_Z1_Z2 -y accuracy,$probes --ci 0.95 --permutations 9999 "$to/bounds.tsv" >"$to/correlations.tsv"
mi-plot scatter -x lower,upper -y probe_z1_mlp_accuracy --by family "$to/bounds.tsv" -o "$to/probe.svg"
