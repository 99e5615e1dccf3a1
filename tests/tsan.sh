#!/usr/bin/env bash
# tsan.sh BUILD: the tools of a build with ThreadSanitizer at three threads, on small sets: the walk that reads ahead, every route, resampling and
# pairing at random, files with more than one set, messages of several threads. Prints what raced; exit 1 when something did.
set -u
RACE=99
export TSAN_OPTIONS="suppressions=$(realpath "${0%/*}")/tsan.supp exitcode=$RACE"
build=$(realpath "${1:?usage: tsan.sh BUILD}") place=$(mktemp -d) code=0 tried=0
trap 'rm -rf "$place"' EXIT
PATH=$build/tools:$PATH
cd "$place" || exit 2
"$build/tests/fixtures" .
mi-synth classes --n 400 --d1 8 --d2 6 --no-history -o classes.h5
many=$(yes good.h5 | head -n 30)

# one COMMAND...: at three threads.
one() {
    tried=$((tried + 1))
    "$@" --threads 3 >out 2>err </dev/null
    case $? in
    0) ;;
    $RACE) code=1 && echo "$*: a data race" && cat err ;;
    *) code=1 && echo "$*: it did not end as it should" && cat err ;;
    esac
}

one mi-bounds --se --ci 0.9 --decompose $many run.h5
one mi-bounds --alpha 1,2,inf --kernel linear --kernel gaussian:median --se $many
one mi-bounds --alpha 1 --permutations 20 $many
one mi-bounds --zero-rows drop $many zero-rows.h5
for route in tiles dense lanczos sample; do
    one mi-bounds --route $route classes.h5
    one mi-entropy --of z1,z2,z1+z2 --se --route $route classes.h5 classes.h5 classes.h5
done
one mi-bounds --learning-curve --se classes.h5
one mi-mutual --of 'z1:z2,z1:y' --permutations 20 --kernel gaussian:median $many
one mi-spectrum --se --by-class classes.h5 $many
one mi-geometry --se --by-class classes.h5 $many
one mi-shannon --se --permutations 5 classes.h5
one mi-align --permutations 20 classes.h5 good.h5
one mi-align --all-pairs run.h5
one mi-compare run.h5:/epoch_0 run.h5:/epoch_2
one mi-probe classes.h5
echo "$tried commands, $([ $code -eq 0 ] && echo "no data race" || echo "see above")"
exit $code
