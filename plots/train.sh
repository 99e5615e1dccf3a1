#!/bin/sh
# train.sh IMAGES [OPTION ...]: train what runs.txt lists, a features file a run, into the current folder.
# IMAGES is the folder of cifar10.h5 and mnist.h5 (mi-images makes such); OPTIONs are given to every mi-train after its own.
# Run again, it goes on with what was stopped and passes over what is finished.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
images=$1
shift
while read -r name set arguments; do
    case $name in \#*) continue ;; esac
    resume=
    if [ -e "$name.h5.resume" ]; then
        resume=--resume
    elif [ -e "$name.h5" ]; then
        continue
    fi
    # shellcheck disable=SC2086 # the arguments are words
    mi-train "$images/$set.h5" $arguments "$@" $resume -o "$name.h5"
done <"$here/runs.txt"
