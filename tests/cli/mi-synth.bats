load common

# check FILE.tsv TERM...: exact_TERM (or what $PREFIX says) beside TERM, within $1
check() {
    local tolerance=$1 table=$2 term
    shift 2
    for term in "$@"; do
        "$MI_NEAR" <(column "$PREFIX"_$term $table) <(column $term $table) $tolerance
    done
}

@test "a chain: every term of mi-bounds at order 1, as symbols and one-hot" {
    PREFIX=exact
    for seed in 1 2 3; do
        mi-synth chain --seed $seed --classes 5 --states 6 --n 640 | mi-bounds --digits 17 --alpha 1 >t.tsv
        same "$(column route t.tsv)" counts
        check 1e-12 t.tsv H_Z1 H_Z2 H_R H_Y I_Z1_R I_Z1_Z2 I_R_Y I_Y_Z1 I_Y_Z2 lower upper
        for type in f16 f32 f64; do
            mi-synth chain --type $type --seed $seed --classes 5 --states 6 --n 640 | mi-bounds --digits 17 --alpha 1 >t.tsv
            check 1e-9 t.tsv H_Z1 H_Z2 H_R H_Y I_Z1_R I_Z1_Z2 I_R_Y I_Y_Z1 I_Y_Z2 lower upper
        done
        awk -F '\t' 'NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next }
            { exit !($at["lower"] <= $at["I_Y_Z1"] + 1e-12 && $at["I_Y_Z1"] <= $at["upper"] + 1e-12) }' t.tsv
    done
}

@test "a chain: mi-mutual finds the same, and what the premises say" {
    mi-synth chain -o c.h5
    mi-mutual --alpha 1 --digits 17 --of 'z1:z2,z1:y,z2:y,z1:r,y:z2|z1,z1:r|z2' c.h5 >t.tsv
    "$MI_NEAR" <(column I t.tsv | head -4) <(for c in I_Z1_Z2 I_Y_Z1 I_Y_Z2 I_Z1_R; do column exact_$c t.tsv | head -1; done) 1e-12
    "$MI_NEAR" <(column I t.tsv | tail -2) <(printf '0\n0\n') 1e-12
}

@test "independent features meet their closed forms" {
    PREFIX=expected
    mi-synth gaussian --n 5000 --d1 200 --d2 60 | mi-bounds --digits 17 >t.tsv
    check 3e-3 t.tsv H_Z1 H_Z2 I_Z1_Z2 I_Z1_Z2_null
    mi-synth lowrank --n 5000 --rank 6 --type f64 | mi-bounds --decompose >t.tsv
    check 5e-3 t.tsv H_Z1 H_Z2 I_Z1_Z2 I_Z1_Z2_null
    PREFIX=exact
    check 0 t.tsv rank_Z2
}

@test "labels and instances are exact where they are balanced" {
    PREFIX=exact
    for kind in gaussian classes lowrank heavy; do
        mi-synth $kind --n 240 --views 3 --classes 5 | mi-bounds --r id --digits 17 >t.tsv
        check 1e-9 t.tsv H_R H_Y I_R_Y
    done
    ! mi-synth classes --n 241 | mi-bounds | head -1 | grep -q exact
}

@test "sizes and types are what was asked for" {
    mi-synth heavy --n 33 --d1 7 --d2 5 --views 4 --classes 3 --type f16 | mi-ls >t.tsv
    same "$(for c in z1 z2 r y instances views_min views_max classes; do column $c t.tsv; done | tr '\n' ' ')" "f16[33,7] f16[33,5] i64[33] i64[33] 9 1 4 3 "
    same "$(mi-synth chain --n 256 | mi-ls -q | column z1)" "i64[256,1]"
    same "$(mi-synth chain --n 256 --type f32 | mi-ls -q | column z1)" "f32[256,4]"
}

@test "the same command makes the same bytes" {
    mi-synth classes --no-history >a.h5
    mi-synth classes --no-history >b.h5
    mi-synth classes --no-history --seed 2 >c.h5
    cmp a.h5 b.h5
    ! cmp -s a.h5 c.h5
    mi-synth classes -o d.h5
    grep -aq 'mi-synth classes -o d.h5' d.h5
}

@test "every error message" {
    fails 2 "0 kinds, wanted one of chain, gaussian, classes, lowrank or heavy" mi-synth
    fails 2 "'foo' is no kind, wanted chain, gaussian, classes, lowrank or heavy" mi-synth foo -o a.h5
    fails 2 "a chain of 1000 rows, wanted a multiple of 256 (64 for each class), such as 1024" mi-synth chain --n 1000 -o a.h5
    fails 2 "--d1: a chain has none; its size is --classes and --states" mi-synth chain --d1 8 -o a.h5
    fails 2 "rank 40 of 64 and 32 columns, wanted 1 to 32" mi-synth lowrank --rank 40 -o a.h5
    fails 2 "--correlation '2': out of range, wanted -1 to 1" mi-synth gaussian --correlation 2 -o a.h5
    fails 2 "--n '1': out of range, wanted 2 or more" mi-synth gaussian --n 1 -o a.h5
    fails 2 "--n 'x': not a whole number" mi-synth gaussian --n x -o a.h5
    fails 65 "row 0 of the result has -181978, more than its type can hold (65520); try a wider --type" mi-synth classes --separation 1e5 --type f16 -o a.h5
    fails 73 "cannot create 'nowhere/a.h5': No such file or directory" mi-synth gaussian -o nowhere/a.h5
    [ ! -c /dev/full ] || fails 74 "cannot write '/dev/full': No space left on device" mi-synth gaussian -o /dev/full
}

# --default-signal: the tests may run under nohup, where SIGHUP is ignored.
@test "a file that is being written has another name; signals that end the tool remove it" {
    for signal in TERM=143 INT=130 HUP=129 QUIT=131; do
        env --default-signal mi-synth gaussian --n 4000000 --d1 256 -o big.h5 &
        tool=$!
        for wait in $(seq 100); do
            [ -z "$(ls .mi-* 2>/dev/null)" ] || break
            sleep 0.02
        done
        [ -n "$(ls .mi-*)" ]
        [ ! -e big.h5 ]
        kill -${signal%=*} $tool
        wait $tool && code=0 || code=$?
        same "$code" ${signal#*=}
        same "$(ls big.h5* 2>/dev/null)" ""
    done
}

@test "a limit on the size of files is an error, and leaves nothing" {
    run --separate-stderr bash -c 'ulimit -f 100; mi-synth gaussian --n 20000 -o big.h5'
    same "$status" 74
    same "$stderr" "mi-synth: cannot write 'big.h5': File too large"
    same "$(ls -A | grep -c 'big\|^\.mi-')" 0
}
