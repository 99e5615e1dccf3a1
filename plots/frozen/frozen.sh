#!/bin/sh
# A frozen encoder behind projectors of different width: accuracy stays, and only what concerns Z2 moves.
# frozen.sh TO: from the features in the current folder, into the folder TO.
set -eu
to=$1
mi-bounds --last --se frozen-?.h5 frozen-??.h5 frozen-???.h5 frozen-????.h5 >"$to/bounds.tsv"
mi-plot sweep -x projector --xlabel 'width of the projector' -y lower,upper,I_Z1_Z2,I_Z1_R "$to/bounds.tsv" -o "$to/frozen.svg"
