#!/bin/sh
# Figure 5: what the bounds are made of, along one training.
# figure5.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
mi-bounds --se epochs.h5 >"$to/bounds.tsv"
mi-plot trend -y I_Z1_R,I_Z1_Z2,I_Y_Z2,I_Y_Z1 "$to/bounds.tsv" -o "$to/figure5.svg"
mi-plot plane "$to/bounds.tsv" -o "$to/plane.svg"
