#!/bin/sh
# Figure 1: Y, X, Z1, Z2 and R, what each holds and shares with the next, at the end of the run of figure 2.
# figure1.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
mi-bounds --se epochs.h5 >"$to/bounds.tsv"
sed -i -n '1p;$p' "$to/bounds.tsv"
mi-plot flow "$to/bounds.tsv" -o "$to/figure1.svg"
