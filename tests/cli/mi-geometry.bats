load common

samples=$MI_SOURCE/datasets/samples

numbers='alignment uniformity positive_cosine positive_cosine_sd cosine cosine_sd self_clustering unit_sd norm norm_sd hubness twonn mle gride_2 gride_4 gride_8 gride_16 gride_32'

@test "columns, a row a variable" {
    mi-geometry good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group variable class n instances d t k tolerance seed asked half_width zero_rows equal_rows dead_columns constant_columns norm_min norm_max points equal_points $numbers"
    same "$(column variable t.tsv | tr '\n' ' ')" "z1 z2 "
    same "$(column n t.tsv | uniq) $(column instances t.tsv | uniq) $(column points t.tsv | uniq) $(column d t.tsv | tr '\n' ' ')" "24 12 12 6 4 "
    same "$(mi-geometry --of z2 good.h5 | cut -f3- | tail -1)" "$(tail -1 t.tsv | cut -f3-)"
    mi-geometry --se --ci 0.9 good.h5 >e.tsv
    for e in se lo hi; do for x in $numbers; do printf '%s ' "${x}_$e"; done; done >wanted
    same "$(head -1 e.tsv | tr '\t' '\n' | tail -54 | tr '\n' ' ')" "$(cat wanted)"
    cut -f1-39 e.tsv | cmp - t.tsv
    same "$(column degrees e.tsv | tr '\n' ' ')" "11 11 "
}

# tests/oracle/geometry.tsv: values of the peers' own programs, with their versions.
@test "values are those of DADApy, scikit-dimension, req-metrics and NumPy" {
    mi-import z1="$samples/molclr-bbbp-z1.npy" z2="$samples/molclr-bbbp-z2.npy" -o molclr-bbbp.h5
    cp "$samples/final-barlow.h5" .
    for set in molclr-bbbp final-barlow; do
        mi-geometry --digits 12 $set.h5 >$set.tsv
        awk -F '\t' -v set=$set '$1 == set { print $2, $3, $4 }' "$MI_SOURCE/tests/oracle/geometry.tsv" >rows
        [ "$(wc -l <rows)" -gt 25 ]
        while read -r variable quantity value; do
            awk -F '\t' -v v=$variable -v q=$quantity 'NR == 1 { for (k = 1; k <= NF; k++) c[$k] = k; next } $c["variable"] == v { print $c[q] }' $set.tsv >found
            "$MI_NEAR" found <(echo "$value") "$([ $quantity = uniformity ] && echo 2e-6 || echo 1e-7)" || { echo "$set $variable $quantity"; return 1; }
        done <rows
    done
}

@test "threads, pipes and chunks of a small memory change nothing" {
    mi-geometry --se --by-class --digits 15 --threads 1 "$samples/final-barlow.h5" | cut -f2- >one.tsv
    mi-geometry --se --by-class --digits 15 --threads 2 "$samples/final-barlow.h5" | cut -f2- | cmp - one.tsv
    mi-geometry --se --by-class --digits 15 <"$samples/final-barlow.h5" | cut -f2- | cmp - one.tsv
    mi-synth gaussian --n 3000 --d1 64 --d2 8 -o big.h5
    mi-geometry --se --of z1 --threads 1 --digits 12 big.h5 >whole.tsv
    mi-geometry --se --of z1 --threads 1 --digits 12 --memory "$(above 7000)" big.h5 >panels.tsv
    "$MI_NEAR" whole.tsv panels.tsv 1e-9
}

@test "a class is as if its rows were alone" {
    mi-geometry --by-class --of z1 --digits 12 good.h5 >t.tsv
    same "$(column class t.tsv | tr '\n' ' ')" "nan 0 1 2 "
    mi-transform --class 1 good.h5 -o one.h5
    mi-geometry --of z1 --digits 12 one.h5 | cut -f5- >alone.tsv
    awk -F '\t' -v OFS='\t' 'NR == 1 || $4 == 1' t.tsv | cut -f5- | diff - alone.tsv
    run --separate-stderr mi-geometry --by-class no-r-no-y.h5
    same "$status" 65
    [[ $stderr == "mi-geometry: no-r-no-y.h5:/: no y"* ]]
}

@test "zero rows are counted and have no direction" {
    mi-geometry --of z2 --digits 12 zero-rows.h5 >t.tsv
    same "$(column zero_rows t.tsv) $(column equal_rows t.tsv) $(column norm_min t.tsv)" "2 1 0"
    mi-transform --ids 0,1,3,4,5,6,7,8,9,10,11 zero-rows.h5 -o without.h5
    mi-geometry --of z2 --digits 12 without.h5 >u.tsv
    for c in alignment uniformity cosine cosine_sd unit_sd; do
        cmp <(column $c t.tsv) <(column $c u.tsv)
    done
}

@test "constant, dead and equal: what collapse looks like" {
    mi-geometry --of z1 constant.h5 2>/dev/null >t.tsv
    same "$(column constant_columns t.tsv)" 2
    mi-geometry --of z1 equal-columns.h5 2>/dev/null >t.tsv
    same "$(column self_clustering t.tsv) $(column cosine t.tsv)" "1 1"
    mi-geometry --of z1 zero-median.h5 >t.tsv
    same "$(column equal_rows t.tsv) $(column points t.tsv) $(column equal_points t.tsv)" "21 2 10"
    same "$(column twonn t.tsv) $(column hubness t.tsv)" "nan nan"
    run --separate-stderr mi-geometry one-row.h5
    same "$status" 65
}

@test "without ids every row is its own" {
    run --separate-stderr mi-geometry --se no-r-no-y.h5
    same "$status" 0
    same "$stderr" "mi-geometry: warning: no-r-no-y.h5:/: no r: the standard errors take the 24 rows as independent"
    same "$(column alignment <<<"$output" | uniq) $(column instances <<<"$output" | uniq) $(column points <<<"$output" | uniq)" "nan nan 24"
}

@test "more than 50,000 rows, with a tolerance from samples" {
    mi-synth gaussian --n 100200 --d1 4 --d2 2 -o big.h5 # two views an instance
    mi-geometry --se --of z1 --tolerance 0.02 big.h5 2>/dev/null >t.tsv
    same "$(column asked t.tsv) $(column seed t.tsv) $(column tolerance t.tsv) $(column hubness t.tsv)" "10000 1 0.02 nan"
    awk -v h="$(column half_width t.tsv)" 'BEGIN { exit !(h > 0 && h <= 0.02) }'
    mi-geometry --se --of z1 --tolerance 0.02 --threads 1 big.h5 | cmp - t.tsv
    mi-geometry --of z1 --tolerance 0.02 --seed 2 big.h5 >u.tsv
    run ! cmp -s <(column twonn t.tsv) <(column twonn u.tsv)
    mi-geometry --of z1 --tolerance 0.02 good.h5 | column half_width | grep -qx 0
}

@test "a trend of it" {
    mi-geometry --se "$samples/simclr-cifar10-epochs.h5" | mi-plot trend -y alignment,uniformity -o g.gp
    grep -q 'uniformity' g.gp
    same "$(grep -c . g.dat | awk '{ print ($1 > 50) }')" 1
}

@test "what cannot be asked for" {
    fails 2 "--of 'y': wanted z1, z2 or both" mi-geometry --of y good.h5
    fails 2 "--k '1': out of range, wanted 2 to 500" mi-geometry --k 1 good.h5
    fails 2 "--t '0': out of range, wanted 1e-06 to 20" mi-geometry --t 0 good.h5
    fails 2 "--tolerance '0': out of range, wanted 1e-09 to 10" mi-geometry --tolerance 0 good.h5
    run --separate-stderr mi-geometry no-z1.h5
    same "$status" 65
    [[ $stderr == "mi-geometry: no-z1.h5:/: no z1"* ]]
    run --separate-stderr mi-geometry nan.h5
    same "$status" 65
    [[ $stderr == *"nan.h5"*"z1"* ]]
    run --separate-stderr mi-geometry --memory 1K good.h5
    same "$status" 71
    run --separate-stderr mi-geometry --keep-going nan.h5 good.h5
    same "$status" 65
    same "$(column file <<<"$output" | uniq)" good.h5
}
