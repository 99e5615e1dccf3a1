#!/usr/bin/env bash
# faults.sh MOST [TOOL...]: the n-th allocation, read, write, rename, fsync, close, ... of each command fails, for at most MOST
# values of n of each kind, spread over all there are. Afterwards a command has ended by itself, with a code that the manual
# names and a line that says why; what was under its output's name is there unchanged, or is the whole new file; no other file
# has come; and where it ended with 0 all is as without the fault, or, of mi-report, it is said which chart is not there. Prints a line for each fault after which that is not so, then
# how many there were; exit 1 when there was such a line. MI_FAULTS_SO: support/faults.c; strace injects faults of system calls.
set -u
most=$1
shift
. "${BASH_SOURCE%/*}/common.sh"

run() { # PREFIX...
    (cd work && exec timeout -s KILL 60 "$@" $command >../said 2>../err) 2>/dev/null
}

# judge WHAT CODE: after a fault.
judge() {
    local code=$2 bad="" extra
    rm -rf whole
    cp -a first whole
    case $code in
    0) grep -q "warning: no chart" err && cp -p "work/$output" whole/ # a page without it is a page
        cmp -s said whole/said || bad="exit 0, but the output is another" ;;
    1 | 2 | 65 | 66 | 70 | 71 | 73 | 74) grep -q "^${command%% *}: " err || bad="exit $code without a line" ;;
    127) grep -q "shared libraries" err || bad="exit $code" ;; # the loader's
    *) bad="exit $code" ;;
    esac
    [ "$code" != 0 ] || [ "$output" = - ] || cmp -s "work/$output" "whole/$output" || bad="exit 0, but the file is another"
    is_old_or_whole || bad="$bad; a file neither old nor new"
    extra=$(left_behind)
    [ -z "$extra" ] || bad="$bad; left behind: $extra"
    faults=$((faults + 1))
    [ -z "$bad" ] || {
        wrong=$((wrong + 1))
        echo "$command: $1: $bad: $(tr '\n' '~' <err | tail -c 200)"
    }
}

# The n of 1..TOTAL that are tried.
some() {
    awk -v total="$1" -v most="$most" 'BEGIN {
        if (total <= most) for (n = 1; n <= total; n++) print n
        else for (k = 0; k < most; k++) print 1 + int(k * (total - 1) / (most > 1 ? most - 1 : 1)) }'
}

calls='read:EIO pread64:EIO write:ENOSPC write:EIO pwrite64:ENOSPC openat:EMFILE openat:EACCES fsync:EIO rename:EACCES
    ftruncate:ENOSPC lseek:EIO fstat:EIO newfstatat:EIO unlink:EACCES'
faults=0 wrong=0
while IFS='|' read -r output command; do
    [ $# -eq 0 ] || [[ " $* " == *" ${command%% *} "* ]] || continue
    begin
    MI_FAULT_COUNT=$place/count LD_PRELOAD=$MI_FAULTS_SO run env
    rm -rf first
    cp -a work first
    cp said first/said
    for n in $(some "$(cat count)"); do
        begin
        LD_PRELOAD=$MI_FAULTS_SO run env MI_FAULT_ALLOCATION="$n"
        judge "allocation $n" $?
    done
    for n in $(some 40); do # closed, but what was written is lost
        begin
        LD_PRELOAD=$MI_FAULTS_SO run env MI_FAULT_CLOSE="$n"
        judge "close $n" $?
    done
    command -v strace >/dev/null || continue
    for kind in $calls; do
        call=${kind%:*}
        begin
        run strace -qq -e signal=none -e trace="$call" -o "$place/log"
        for n in $(some "$(grep -c "^$call" log)"); do
            begin
            run strace -qq -e signal=none -e trace="$call" -e inject="$call:error=${kind#*:}:when=$n" -o /dev/null
            judge "$kind $n" $?
        done
    done
done <<<"$commands"
echo "$faults faults, $wrong after which something was wrong"
[ $faults -gt 0 ] && [ $wrong -eq 0 ]
