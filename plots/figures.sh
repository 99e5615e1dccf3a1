#!/bin/sh
# figures.sh RUNS [TO [FIGURE ...]]: every figure, or those named, from the features in RUNS, which train.sh made: tables and
# charts into TO/FIGURE (default: beside their scripts). The tools are on PATH.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
runs=$1
mkdir -p "${2:-$here}"
to=$(cd "${2:-$here}" && pwd)
[ $# -gt 2 ] && shift 2 || set -- $(ls "$here"/*/*.sh | sed 's|.*/\(.*\)\.sh|\1|')
cd "$runs"
for figure; do
    mkdir -p "$to/$figure"
    echo "$figure" >&2
    sh "$here/$figure/$figure.sh" "$to/$figure"
done
