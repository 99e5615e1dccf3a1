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

@test "--columns: these alone, in this order, of every tool that writes a table" {
    mi-bounds --se --decompose run.h5 >t.tsv
    mi-bounds --se --learning-curve "$MI_SOURCE/datasets/samples/final-proj-linear.h5" >c.tsv
    while read -r wanted command; do
        $command >whole.tsv 2>/dev/null || same "$?" 1
        $command --columns "$wanted" >some.tsv 2>/dev/null || same "$?" 1
        same "$(head -1 some.tsv | tr '\t' ,)" "$wanted"
        for name in ${wanted//,/ }; do
            same "$(column "$name" some.tsv)" "$(column "$name" whole.tsv)"
        done
    done <<'EOF'
upper,group,lower mi-bounds run.h5
upper_se,epoch mi-bounds --se run.h5
S,variables mi-entropy --of z1,y good.h5
I,route mi-mutual --of z1:z2 good.h5
rankme,d1 mi-spectrum good.h5
z1,file mi-ls run.h5
accuracy,variable,probe mi-probe --probe knn good.h5
p,term,difference mi-compare run.h5:/epoch_0 run.h5:/epoch_2
spearman,x mi-corr t.tsv
verdict,check,epoch mi-validate t.tsv
verdict,term mi-validate --enough c.tsv
EOF
    mi-bounds --json --columns lower,group run.h5 | head -1 | grep -q '^{"lower":[0-9.-]*,"group":"/epoch_0"}$'
    # the whole of a table is what it was
    mi-bounds run.h5 >whole.tsv
    mi-bounds --columns "$(head -1 whole.tsv | tr '\t' ,)" run.h5 | cmp - whole.tsv
}
