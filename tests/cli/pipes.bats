load common

@test "FILE, FILE:GROUP, - and standard input give the same row" {
    mi-bounds good.h5 | cut -f 2- >file
    mi-bounds good.h5:/ | cut -f 2- >group
    mi-bounds - <good.h5 | cut -f 2- >dash
    mi-bounds <good.h5 | cut -f 2- >redirected
    cat good.h5 | mi-bounds | cut -f 2- >piped
    cat good.h5 | mi-bounds -:/ | cut -f 2- >piped_group
    for other in group dash redirected piped piped_group; do
        cmp file $other
    done
    same "$(cat good.h5 | mi-bounds | column file)" -
}

@test "a group of a run, from a file and from a pipe" {
    mi-bounds run.h5 | awk -F '\t' 'NR == 1 || $2 == "/epoch_10"' | cut -f 2- >whole
    mi-bounds run.h5:/epoch_10 | cut -f 2- >file
    mi-bounds -:epoch_10 <run.h5 | cut -f 2- >pipe
    cmp whole file
    cmp whole pipe
}

@test "empty standard input" {
    run --separate-stderr mi-bounds </dev/null
    same "$status" 65
    same "$stderr" "mi-bounds: standard input is empty"
}

@test "a reader that goes away ends the tool by SIGPIPE, without a message" {
    run --separate-stderr bash -c 'mi-bounds --alpha 0.5,1,1.1,1.2,1.3,1.4,1.5,1.6,1.7,1.8,1.9,2.1,2.2,2.3,2.4 run.h5 run.h5 run.h5 run.h5 | head -1 >/dev/null; echo "${PIPESTATUS[0]}"'
    same "$stderr" ""
    same "$output" 141
}

@test "a full device is an error, for standard output and for --output" {
    [ -c /dev/full ] || skip "no /dev/full here"
    run --separate-stderr bash -c 'mi-bounds good.h5 >/dev/full'
    same "$status" 74
    same "$stderr" "mi-bounds: cannot write 'standard output': No space left on device"
    run --separate-stderr mi-bounds -o /dev/full good.h5
    same "$status" 74
    same "$stderr" "mi-bounds: cannot write '/dev/full': No space left on device"
}

@test "an output directory that is not there, or not writable" {
    fails 73 "cannot create 'nowhere/t.tsv': No such file or directory" mi-bounds -o nowhere/t.tsv good.h5
    [ "$(id -u)" -ne 0 ] || return 0
    mkdir locked
    chmod 555 locked
    fails 73 "cannot create 'locked/t.tsv': Permission denied" mi-bounds -o locked/t.tsv good.h5
}

@test "SIGTERM removes what is half-written and ends the tool by SIGTERM" {
    mkfifo in
    mi-bounds -o out.tsv --keep-going run.h5 - <in &
    tool=$!
    exec 8>in
    sleep 0.5
    kill -TERM $tool
    run wait $tool
    exec 8>&-
    wait $tool && code=0 || code=$?
    same "$code" 143
    same "$(ls out.tsv* 2>/dev/null)" ""
}
