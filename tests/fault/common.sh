# What the sweeps of faults and signals share; sourced. MI_TOOLS, MI_FIXTURES: as in the tests.
PATH=$MI_TOOLS:$PATH
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 LC_ALL=C SOURCE_DATE_EPOCH=1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 2
mkdir given work whole
(cd given && "$MI_FIXTURES" . && mi-bounds --se --decompose run.h5 >bounds.tsv && seq 48 | paste -d, - - >z.csv &&
    mi-spectrum --eigenvalues run.h5 >spectrum.tsv && find . -type f ! -name good.h5 ! -name run.h5 ! -name '*.tsv' ! -name z.csv -delete) 2>/dev/null

# OUTPUT|COMMAND: what it writes, "-" for standard output.
commands='-|mi-ls run.h5
out.tsv|mi-bounds --se run.h5 -o out.tsv
-|mi-bounds --se --alpha 1 good.h5
out.tsv|mi-entropy --of z1,z2 good.h5 -o out.tsv
out.tsv|mi-mutual --of z1:z2 --permutations 3 good.h5 -o out.tsv
out.tsv|mi-spectrum good.h5 -o out.tsv
out.tsv|mi-compare run.h5:/epoch_0 run.h5:/epoch_2 -o out.tsv
out.tsv|mi-probe --probe linear good.h5 -o out.tsv
good.h5|mi-probe --no-history --write --probe linear good.h5
out.h5|mi-import z1=z.csv --no-history -o out.h5
run.h5|mi-import z1=good.h5:/z1 z2=good.h5:/z2 --no-history --group epoch_77 -o run.h5
out.npz|mi-export good.h5 -o out.npz
out.csv|mi-export good.h5 -o out.csv
out.h5|mi-transform --no-history --center z1 --pca z1:2 good.h5 -o out.h5
-|mi-transform --no-history --l2 z1 good.h5 -o -
out.h5|mi-synth gaussian --n 40 --no-history -o out.h5
out.tsv|mi-corr -x lower,upper -y accuracy --ci 0.95 bounds.tsv -o out.tsv
out.tsv|mi-validate bounds.tsv -o out.tsv
out.svg|mi-plot trend bounds.tsv -o out.svg
out.gp|mi-plot spectrum spectrum.tsv -o out.gp
-|mi-plot trend bounds.tsv
out.html|mi-report bounds.tsv -o out.html'

# The folder as it was; under the output's name stands an older file.
begin() {
    rm -rf work
    cp -a given work
    [ "$output" = - ] || [ -e "work/$output" ] || echo old >"work/$output"
}

# Files that neither were there nor are the command's to write.
left_behind() {
    (cd work && ls -A | grep -vxF -f <(ls -A ../given; echo "$output"; [ "${output%.gp}" = "$output" ] || echo "${output%.gp}.dat")) |
        paste -sd' '
}

# What is under the output's name is the old file, or the whole new one.
is_old_or_whole() {
    [ "$output" = - ] || cmp -s "work/$output" "whole/$output" ||
        if [ -e "given/$output" ]; then cmp -s "work/$output" "given/$output"; else [ "$(cat "work/$output")" = old ]; fi
}
