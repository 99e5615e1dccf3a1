#!/usr/bin/env bash
# faults.sh MOST [TOOL...]: the n-th allocation, read, write, rename, fsync, close, ... of each command below fails or is short,
# for at most MOST values of n of each kind, spread over all there are. Afterwards a command has ended by itself, with a code that
# the manual names and a line that says why, what was under its output's name is there unchanged or is the whole new file, and
# no other file has come. Prints a line for each fault after which that is not so, then the numbers of faults; exit 1 when there
# was one such line. MI_TOOLS, MI_FIXTURES, MI_FAULTS_SO as in the tests; strace injects the faults of system calls.
set -u
most=$1
shift
PATH=$MI_TOOLS:$PATH
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 LC_ALL=C
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 2
mkdir given work whole
(cd given && "$MI_FIXTURES" . && mi-bounds --se --decompose run.h5 >bounds.tsv && seq 48 | paste -d, - - >z.csv &&
    mi-spectrum --eigenvalues run.h5 >spectrum.tsv && find . -type f ! -name good.h5 ! -name run.h5 ! -name '*.tsv' ! -name z.csv -delete) 2>/dev/null

# OUTPUT|COMMAND: what it writes, "-" for standard output.
commands='out.tsv|mi-ls run.h5 -o out.tsv
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

begin() {
    rm -rf work
    cp -r given work
    [ "$output" = - ] || [ -e "work/$output" ] || echo old >"work/$output"
}

same_files() { # what `work` holds is `given` but for what the command writes
    local extra
    extra=$(cd work && ls -A | grep -vxF -f <(ls -A ../given; echo "$output"; [ "${output%.gp}" = "$output" ] || echo "${output%.gp}.dat"))
    [ -z "$extra" ]
}

# judge WHAT CODE: after a fault.
judge() {
    local code=$2 bad=""
    case $code in
    0) cmp -s said whole/said || bad="exit 0, but the output is another" ;;
    1 | 2 | 65 | 66 | 70 | 71 | 73 | 74)
        grep -q "^${command%% *}: " err || bad="exit $code without a line" ;;
    127) grep -q "shared libraries" err && return ;&
    *) bad="exit $code" ;;
    esac
    if [ "$output" != - ]; then
        if ! cmp -s "work/$output" "whole/$output"; then
            [ "$code" != 0 ] || bad="exit 0, but the file is another"
            begin_file=given/$output
            [ -e "$begin_file" ] || { echo old >old; begin_file=old; }
            cmp -s "work/$output" "$begin_file" || bad="$bad; a file neither old nor new"
        fi
    fi
    same_files || bad="$bad; left behind: $(cd work && ls -A | grep -vxF -f <(ls -A ../given; echo "$output") | paste -sd' ')"
    faults=$((faults + 1))
    [ -z "$bad" ] || {
        wrong=$((wrong + 1))
        echo "$command: $1: $bad: $(tr '\n' '~' <err | tail -c 200)"
    }
}

run() { # COMMAND PREFIX...
    (cd work && exec timeout -s KILL 60 "$@" $command >../said 2>../err)
}

# The n of 1..TOTAL that are tried.
some() {
    awk -v total="$1" -v most="$most" 'BEGIN {
        if (total <= most) for (n = 1; n <= total; n++) print n
        else for (k = 0; k < most; k++) print 1 + int(k * (total - 1) / (most - 1)) }'
}

faults=0 wrong=0
while IFS='|' read -r output command; do
    [ $# -eq 0 ] || [[ " $* " == *" ${command%% *} "* ]] || continue
    begin
    MI_FAULT_COUNT=$place/count LD_PRELOAD=$MI_FAULTS_SO run env || { code=$?; [ $code = 1 ] || echo "$command: exit $code without a fault: $(cat err)"; }
    [ -s count ] || { echo "$command: nothing counted"; wrong=$((wrong + 1)); continue; }
    rm -rf whole
    cp -r work whole
    cp said whole/said
    for n in $(some "$(cat count)"); do
        begin
        LD_PRELOAD=$MI_FAULTS_SO run env MI_FAULT_ALLOCATION="$n"
        judge "allocation $n" $?
    done
    command -v strace >/dev/null || continue
    for kind in read:EIO pread64:EIO write:ENOSPC write:EIO pwrite64:ENOSPC openat:EMFILE openat:EACCES close:EIO fsync:EIO rename:EACCES \
        ftruncate:ENOSPC mmap:ENOMEM lseek:EIO fstat:EIO newfstatat:EIO unlink:EACCES; do
        call=${kind%:*}
        begin
        run strace -qq -e signal=none -e trace="$call" -o "$place/log" 2>/dev/null
        for n in $(some "$(grep -c "^$call" log)"); do
            begin
            run strace -qq -e signal=none -e trace="$call" -e inject="$call:error=${kind#*:}:when=$n" -o /dev/null
            judge "$kind $n" $?
        done
    done
done <<<"$commands"
echo "$faults faults, $wrong after which something was wrong"
[ $wrong -eq 0 ]
