#!/usr/bin/env bash
# signals.sh COUNT [TOOL...]: COUNT times SIGINT, SIGTERM and SIGKILL at a random moment of each command that writes a file. What is
# under its output's name afterwards is the old file or the whole new one; after SIGINT and SIGTERM no other file is left,
# after SIGKILL the next run removes it. Prints a line for each time that this is not so, then how many there were.
set -u
. "${BASH_SOURCE%/*}/common.sh"
RANDOM=1 sent=0 wrong=0

complain() {
    wrong=$((wrong + 1))
    echo "$command: SIG$signal after $after s: $1"
}

interrupt() {
    local pid extra
    begin
    (cd work && exec $command >/dev/null 2>&1) &
    pid=$!
    after=$(awk -v r=$RANDOM -v s="$seconds" 'BEGIN { printf "%.4f", r / 32767 * s * 1.1 }')
    sleep "$after"
    kill -"$signal" $pid 2>/dev/null
    wait $pid 2>/dev/null
    sent=$((sent + 1))
    is_old_or_whole || complain "a file neither old nor new"
    # A Python program without a handler of its own leaves a temporary to SIGTERM too.
    if [ $signal = KILL ] || [[ $command == */python3* ]]; then
        find work -name '.mi-*' -exec touch -d '2 days ago' {} + # a younger one may have an owner
        (cd work && $command >/dev/null 2>&1)
        [ -z "$(left_behind)" ] || sleep 0.5 # a program that was just being started had it still
        (cd work && $command >/dev/null 2>&1)
    fi
    extra=$(left_behind)
    [ -z "$extra" ] || complain "left behind: $extra"
}

try() {
    local started k
    [ "$output" != - ] || return 0
    begin
    started=$(date +%s.%N)
    (cd work && $command >/dev/null 2>&1)
    seconds=$(awk -v a="$started" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')
    rm -rf whole
    cp -a work whole
    for ((k = 0; k < most; k++)); do
        for signal in INT TERM KILL; do
            interrupt
        done
    done
}

each try
echo "$sent signals, $wrong after which something was wrong"
[ $sent -gt 0 ] && [ $wrong -eq 0 ]
