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

@test "a closed standard stream: warnings do not get into a table, and input or output that is not there is said" {
    mi-bounds - <crossed.h5 -o table.tsv 2>&-
    same "$(head -1 table.tsv | cut -f 1-2)" "file	group"
    run --separate-stderr bash -c 'mi-bounds good.h5 >&-'
    same "$status $stderr" "74 mi-bounds: cannot write 'standard output': Bad file descriptor"
    run --separate-stderr bash -c 'mi-bounds - <&-'
    same "$status $stderr" "66 mi-bounds: cannot read standard input: Bad file descriptor"
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
value,estimator mi-shannon --of y,z1:y good.h5
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

@test "every table as comma-separated text and as JSON lines, which tools read as they read the table" {
    mi-bounds --se --decompose run.h5 >t.tsv
    while read -r command; do
        command -v "${command%% *}" >/dev/null || continue # a build may leave it out
        $command >table.tsv || same "$?" 1
        $command --csv >table.csv || same "$?" 1
        same "$(head -1 table.csv)" "$(head -1 table.tsv | tr '\t' ,)"
        mi-export --format tsv table.csv | cmp - table.tsv
        $command --json >table.json || same "$?" 1
        same "$(wc -l <table.json)" "$(tail -n +2 table.tsv | wc -l)"
        mi-export --format tsv table.json | diff <(sed 's/\\//g' table.tsv) -
    done <<'EOF'
mi-bounds --se run.h5
mi-entropy good.h5
mi-mutual --of z1:z2,z1:y good.h5
mi-shannon --of y,z1:y good.h5
mi-spectrum good.h5
mi-ls run.h5
mi-probe --probe knn good.h5
mi-compare run.h5:/epoch_0 run.h5:/epoch_2
mi-corr t.tsv
mi-validate t.tsv
EOF
    mi-bounds --csv -o t.csv run.h5
    mi-bounds --csv run.h5 | cmp - t.csv
    # kernels that differ have a comma in their cell
    mi-bounds --csv --kernel z1=linear,z2=gaussian:1 good.h5 | tail -1 | grep -q ',"z1=linear,z2=gaussian:1",'
    # a table of one column is told from tabs by its quotes
    same "$(mi-bounds --csv --columns epoch run.h5 | mi-export --table --format csv | head -2 | paste -sd' ')" "epoch 0"
}

# shown WIDTH COMMAND: what stands on a terminal of that width
shown() {
    script -qec "stty cols $1; $2" /dev/null </dev/null | tr -d '\r'
}

@test "on a terminal: aligned columns of what differs and of what was measured, as wide as it is" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    unset COLUMNS
    shown 200 "mi-bounds run.h5" >wide
    same "$(head -1 wide | tr -s ' ')" "group epoch accuracy H_Z1 H_Z2 H_R H_Y I_Z1_R I_Z1_Z2 I_Z1_Z2_null I_R_Y I_Y_Z1 I_Y_Z2 lower upper"
    same "$(wc -l <wide)" 7
    # the numbers are those of the table
    mi-bounds --digits 4 --columns group,epoch,accuracy,H_Z1,upper run.h5 | tail -n +2 | tr '\t' ' ' >wanted
    tail -n +2 wide | awk '{ print $1, $2, $3, $4, $NF }' | diff - wanted
    for width in 60 80 123; do
        shown $width "mi-bounds --se --decompose run.h5" >text
        [ "$(wc -L <text)" -le $width ]
        [ "$(wc -L <text)" -gt $((width - 20)) ]
        same "$(grep -c ^group text)" "$(grep -c ^/epoch_10 text)"
    done
    # terms, variables and files begin every panel, too
    shown 60 "mi-compare good.h5 good.h5" >text
    [ "$(grep -c ^term text)" -gt 1 ]
    same "$(grep -c ^term text)" "$(grep -c ^upper text)"
    mkdir -p "$PWD/a/rather/long/folder"
    cp good.h5 "$PWD/a/rather/long/folder/one.h5"
    cp good.h5 "$PWD/a/rather/long/folder/two.h5"
    shown 80 "mi-spectrum --of z1,z2 $PWD/a/rather/long/folder/*.h5" >text
    [ "$(grep -c '^file *variables' text)" -gt 1 ]
    same "$(grep -c '^file *variables' text)" "$(grep -c '^[.][.][.]/two.h5  *z2' text)"
    shown 200 "COLUMNS=60 mi-bounds --se --decompose run.h5" >text
    [ "$(wc -L <text)" -le 60 ]
    # grids: what differs in them is shown, what is the same is not
    same "$(shown 200 "mi-mutual --of z1:z2,z1:y --alpha 1,2 --columns variables,alpha good.h5" | head -2 | tr -s ' ' | paste -sd,)" "variables alpha,z1:z2 1"
    shown 200 "mi-mutual --of z1:z2,z1:y --alpha 1,2 good.h5" | head -1 | grep -q '^variables *alpha .* I$'
    # what came before an error is still seen
    shown 80 "mi-bounds good.h5 nan.h5 2>/dev/null; true" >text
    shown 80 "mi-bounds good.h5" | diff - text
}

@test "on a terminal: --long is a block a row, of the columns chosen; --tsv, --json and a pipe are as ever" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    shown 80 "mi-bounds --long good.h5" >text
    same "$(head -1 text)" "good.h5:/"
    grep -q '^  n .* 24 ' text
    same "$(shown 80 "mi-bounds --long --columns group,alpha,n good.h5")" "$(printf '/\n  alpha 2   n 24')"
    mi-bounds good.h5 >t.tsv
    shown 80 "mi-bounds --tsv good.h5" | cmp - t.tsv
    shown 80 "mi-bounds good.h5 | cat" | cmp - t.tsv
    shown 80 "mi-bounds --long good.h5 | cat" | cmp - t.tsv
    shown 80 "mi-bounds --json good.h5" | cmp - <(mi-bounds --json good.h5)
    shown 80 "mi-bounds --csv good.h5" | cmp - <(mi-bounds --csv good.h5)
    mi-bounds --decompose good.h5 >t.tsv
    same "$(shown 80 "mi-validate --columns check,verdict t.tsv; true" | head -1 | tr -s ' ')" "check verdict"
}
