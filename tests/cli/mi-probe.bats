load common

# A part of the columns, to compare results without the time of a whole table.
results() {
    for c in variable probe accuracy cross_entropy I_V l2 k temperature; do column $c "$1"; done
}

@test "a row a variable and probe; columns" {
    mi-probe good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group variable probe n instances d classes n_train n_val n_test split test_share val_share n_eff accuracy accuracy_lo accuracy_hi level H_Y cross_entropy I_V l2 k hidden temperature seed"
    same "$(column variable t.tsv | tr '\n' ' ')" "z1 z1 z1 z2 z2 z2 "
    same "$(column probe t.tsv | tr '\n' ' ')" "linear knn mlp linear knn mlp "
    same "$(column n_train t.tsv | sort -u) $(column n_val t.tsv | sort -u) $(column n_test t.tsv | sort -u)" "12 6 6"
    same "$(column hidden t.tsv | tr '\n' ' ')" "nan nan 32 nan nan 32 "
}

@test "a row says what is asked for" {
    mi-probe --of z2 --probe knn,linear --k 3 --l2 0.5 --level 0.9 --seed 7 good.h5 >t.tsv
    same "$(column variable t.tsv | tr '\n' ' ')$(column probe t.tsv | tr '\n' ' ')" "z2 z2 linear knn "
    same "$(column l2 t.tsv | tr '\n' ' ')$(column k t.tsv | tr '\n' ' ')" "0.5 nan nan 3 "
    same "$(column level t.tsv | sort -u) $(column seed t.tsv | sort -u)" "0.9 7"
}

@test "I_V is H(Y) less the cross-entropy, the interval holds the accuracy" {
    mi-probe --digits 17 run.h5 >t.tsv
    paste <(column H_Y t.tsv) <(column cross_entropy t.tsv) | awk '{ printf "%.12f\n", $1 - $2 }' >difference
    column I_V t.tsv >i_v
    "$MI_NEAR" difference i_v 1e-11
    paste <(column accuracy_lo t.tsv) <(column accuracy t.tsv) <(column accuracy_hi t.tsv) |
        awk '$1 < 0 || $1 > $2 || $2 > $3 || $3 > 1 { exit 1 }'
}

@test "a seed gives its numbers again, whatever the threads; another gives others" {
    mi-probe --digits 17 --threads 1 --seed 5 run.h5 >a.tsv
    mi-probe --digits 17 --threads 3 --seed 5 run.h5 >b.tsv
    mi-probe --digits 17 --seed 6 run.h5 >c.tsv
    cmp a.tsv b.tsv
    [ "$(results a.tsv)" != "$(results c.tsv)" ]
}

@test "the member split, and what --split says of it" {
    mi-probe split.h5 >member.tsv
    same "$(column split member.tsv | sort -u) $(column n_test member.tsv | sort -u) $(column test_share member.tsv | sort -u)" "member 12 nan"
    mi-probe --split seeded split.h5 | cut -f 2- >ignored.tsv
    mi-probe good.h5 | cut -f 2- >seeded.tsv
    cmp ignored.tsv seeded.tsv
    mi-probe --split member split.h5 | cmp - member.tsv
    fails 65 "good.h5:/: no split, wanted y and split; it holds no other dataset" mi-probe --split member good.h5
}

@test "splits that cannot be" {
    fails 65 "split-straddles.h5:/: split: instance 1 has training and test rows (2 and 3), wanted all on one side; --split seeded splits by instance" mi-probe split-straddles.h5
    fails 65 "split-all-training.h5:/: split: no row is 1 (test), wanted training (0) and test (1) rows" mi-probe split-all-training.h5
    fails 65 "split-all-test.h5:/: split: no row is 0 (training), wanted training (0) and test (1) rows" mi-probe split-all-test.h5
    fails 65 "split-other.h5:/: split: row 5 is 2, wanted 0 (training) or 1 (test)" mi-probe split-other.h5
    mi-probe --split seeded split-other.h5 >/dev/null
}

@test "labels that cannot be told apart" {
    fails 65 "no-r-no-y.h5:/: no y, wanted y; it holds no other dataset" mi-probe no-r-no-y.h5
    fails 65 "rare-class.h5:/: y: class 9 has 1 instance, wanted 3 or more: one each to train, validate and test" mi-probe rare-class.h5
    run --separate-stderr mi-probe --probe linear --of z1 one-class.h5
    same "$status" 0
    same "$stderr" "mi-probe: warning: one-class.h5:/: y has one class: every probe is right and I_V is 0"
    same "$(echo "$output" | column accuracy) $(echo "$output" | column I_V) $(echo "$output" | column cross_entropy)" "1 0 0"
}

@test "values that cannot be used; zero rows that can" {
    fails 65 "nan.h5:/: z1: row 5 has NaN or infinity (2 of 24 rows do), wanted finite numbers; mi-transform --drop-nonfinite removes them" mi-probe nan.h5
    mi-probe --of z2 nan.h5 >/dev/null
    mi-probe zero-rows.h5 | column accuracy >/dev/null
    for i in $(seq 24); do echo "$i,$([ "$i" = 8 ] && echo 1e200 || echo 0.5),$((i % 3))"; done >far.csv
    mi-import z1=far.csv:1 z2=far.csv:2 y=far.csv:3 -o far.h5
    fails 65 "far.h5:/: z2: the largest number is 1e+200, whose square is above what double precision holds; multiply all rows by one number" mi-probe far.h5
    fails 65 "good.h5:/: k = 50 neighbours of 12 rows to fit on, wanted at most 12" mi-probe --k 50 --probe knn good.h5
}

@test "a set with z1 alone is enough, unless z2 is asked for" {
    same "$(mi-probe no-z2.h5 | column variable | sort -u)" z1
    same "$(mi-probe no-z2.h5 | column instances | sort -u) $(mi-probe --map r=nowhere no-z2.h5 | column instances | sort -u)" "12 nan"
    fails 65 "no-z2.h5:/: no z2, wanted z2 and y; it holds no other dataset" mi-probe --of z2 no-z2.h5
}

@test "option values that are wrong in themselves" {
    fails 2 "--of 'r': 'r' is none of z1, z2" mi-probe --of r good.h5
    fails 2 "--probe 'svm': 'svm' is none of linear, knn, mlp" mi-probe --probe svm good.h5
    fails 2 "--split 'foo': wanted one of auto|member|seeded" mi-probe --split foo good.h5
    fails 2 "--test '0': out of range, wanted 0.01 to 0.9" mi-probe --test 0 good.h5
    fails 2 "--k '0': out of range, wanted 1 to 200" mi-probe --k 0 good.h5
    run --separate-stderr bash -c 'mi-probe --write <good.h5'
    same "$status" 2
    same "$stderr" "mi-probe: --write needs a file, found standard input"
}

@test "--write records the results, and the next table shows them" {
    mi-probe --write --digits 17 --probe linear,knn run.h5 >first.tsv
    mi-probe --digits 17 --probe linear --of z1 run.h5 >second.tsv
    for q in accuracy accuracy_lo accuracy_hi cross_entropy I_V; do
        awk -F '\t' -v q=$q 'NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next } $at["variable"] == "z1" && $at["probe"] == "linear" { print $at[q] }' first.tsv >told
        column probe_z1_linear_$q second.tsv >written
        cmp told written
    done
    same "$(mi-ls run.h5 | head -1 | tr '\t' '\n' | grep -c '^probe_')" 20
}

@test "--write changes nothing else: the bounds stay, so do permissions and links" {
    mi-bounds run.h5 | cut -f 1-2 >before
    mi-bounds --digits 17 run.h5 | column lower >lower
    chmod 640 run.h5
    ln -s run.h5 link.h5
    mi-probe --write --probe knn link.h5 >/dev/null
    [ -L link.h5 ]
    same "$(stat -c %a run.h5)" 640
    mi-bounds run.h5 | cut -f 1-2 | cmp - before
    mi-bounds --digits 17 run.h5 | column lower | cmp - lower
    mi-bounds run.h5 | head -1 | grep -q probe_z2_knn_accuracy
    same "$(ls -A | grep -c "^\.mi-")" 0
}

@test "--write adds the command line to the history, line after line, unless told not to" {
    mi-probe --write --probe knn --seed 3 good.h5 >/dev/null
    mi-probe --write --probe knn --no-history good.h5 >/dev/null
    mi-probe --write --probe linear good.h5 >/dev/null
    strings -n 8 good.h5 >text
    grep -q 'mi-probe --write --probe knn --seed 3 good.h5' text
    grep -q 'mi-probe --write --probe linear good.h5' text
    run grep -q 'no-history' text
    same "$status" 1
}

@test "--write is all or nothing" {
    cp run-with-nan.h5 copy.h5
    run --separate-stderr mi-probe --write --of z2 --probe knn copy.h5
    same "$status" 65
    cmp copy.h5 run-with-nan.h5
    run --separate-stderr mi-probe --write --keep-going --of z2 --probe knn copy.h5
    same "$status" 65
    same "$(mi-ls --quick copy.h5 | column probe_z2_knn_accuracy | grep -c nan)" 1
    same "$(ls -A | grep -c "^\.mi-")" 0
}

@test "--write into a directory that is not writable" {
    [ "$(id -u)" -ne 0 ] || skip "root may write anywhere"
    mkdir locked
    cp good.h5 locked
    chmod 555 locked
    run --separate-stderr mi-probe --write --probe knn locked/good.h5
    same "$status" 73
    cmp good.h5 locked/good.h5
}

@test "--write onto a full disk" {
    cp good.h5 copy.h5
    run --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 2; mi-probe --write --probe knn copy.h5 >/dev/null'
    same "$status" 74
    same "$stderr" "mi-probe: cannot write 'copy.h5': File too large"
    cmp good.h5 copy.h5
    same "$(ls -A | grep -c "^\.mi-")" 0
}

@test "--write twice at once: both keep what they found" {
    for k in 1 2 3; do
        cp good.h5 copy.h5
        mi-probe --write --probe knn --of z1 copy.h5 >/dev/null &
        mi-probe --write --probe linear --of z2 copy.h5 >/dev/null
        wait $!
        mi-ls copy.h5 --tsv | head -1 >columns
        grep -q probe_z1_knn_accuracy columns
        grep -q probe_z2_linear_accuracy columns
    done
}

# meanwhile CHANGE COMMAND...: its exit code, and what it says. Its table is longer than a pipe holds, so that it waits with
# its numbers until the change is made.
meanwhile() {
    local change=$1
    shift
    cp base.h5 copy.h5
    rm -f code
    { "$@" copy.h5 2>messages || echo $? >code; } | { read -r header && $change && cat >/dev/null; }
    [ ! -e code ] || cat code messages
}

replaced() { cp other.h5 new.h5 && mv new.h5 copy.h5; }
overwritten() { cp other.h5 copy.h5; }
added_to() { mi-probe --write --probe linear copy.h5 >/dev/null; }

@test "--write, --annotate: a set that was changed after it was read gets no numbers of the one before" {
    long=$(head -c 40000 /dev/zero | tr '\0' a)
    mi-import z1=good.h5:z1 z2=good.h5:z2 r=good.h5:r y=good.h5:y --attr a="$long" --attr b="$long" -o base.h5
    mi-transform --l2 z1 base.h5 -o other.h5
    for tool in "mi-probe --write --probe knn" "mi-bounds --annotate"; do
        for change in replaced overwritten; do
            same "$(meanwhile $change $tool)" "74
${tool%% *}: cannot write 'copy.h5': / was changed after it was read, and the numbers are of what was there before; run the command again"
            cmp copy.h5 other.h5
        done
        same "$(meanwhile added_to $tool)" ""
        mi-ls copy.h5 --tsv | head -1 >columns
        grep -q probe_z1_linear_accuracy columns
        grep -q 'probe_z1_knn_accuracy\|bounds_lower' columns
    done
}

@test "--write into a file with several names, and a history that is the user's" {
    ln good.h5 second.h5
    run --separate-stderr mi-probe --write --probe knn good.h5
    same "$status" 73
    same "$stderr" "mi-probe: cannot write into 'good.h5': the file has 2 names (hard links), of which one alone would be changed; write into a copy"
}

@test "on a terminal: I_V is kept apart from the matrix information of mi-bounds" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    script -qc "mi-probe --probe knn good.h5" /dev/null </dev/null | tr -d '\r' >shown
    same "$(tail -1 shown)" "mi-probe: hint: I_V is Shannon information, at most I(Y;Z); the I_Y_Z1 of mi-bounds is matrix information, which it need not be below: man mi-guide"
    grep -qx "# MATRIX INFORMATION AND DECODABLE INFORMATION" "$MI_SOURCE/tools/manual/mi-guide.7.scd"
    script -qc "mi-probe --probe knn good.h5 | cat >t.tsv" /dev/null </dev/null | run ! grep hint
}
