load common

@test "the columns are those of the contract, in its order" {
    mi-bounds good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group n instances d1 d2 classes alpha kernel r_kind i_z1_r_by preset estimator batch batches seed route tolerance half_width degrees se_by base zero_rows rows_dropped zeroed_mass H_Z1 H_Z2 H_R H_Y I_Z1_R I_Z1_Z2 I_Z1_Z2_null I_R_Y I_Y_Z1 I_Y_Z2 lower upper"
    same "$(sed -n 2p t.tsv | cut -f 1-25 | tr '\t' ' ')" "good.h5 / 24 12 6 4 3 2 z1=linear,z2=linear positive matrix theorem v nan nan nan tiles nan 0 nan nan e error 0 nan"
}

@test "--decompose adds its columns at the end" {
    mi-bounds --decompose good.h5 >t.tsv
    same "$(head -1 t.tsv | cut -f 38- | tr '\t' ' ')" "H_Z1_given_Y_Z2 I_Y_Z2_given_Z1 I_Y_Z1_given_R I_Y_R_given_Z1 I_Z1_Z2_given_R I_Z1_R_given_Z2 slack_lower slack_upper gap dpi_Z1_R dpi_Y dpi_R rank_Z2 distinct_Z2"
    same "$(column rank_Z2 t.tsv) $(column distinct_Z2 t.tsv)" "4 24"
}

@test "a row for each set and order, groups in natural order, attributes as columns" {
    mi-bounds --alpha 2,1 run.h5 >t.tsv
    same "$(column group t.tsv | tr '\n' ' ')" "/epoch_0 /epoch_0 /epoch_2 /epoch_2 /epoch_4 /epoch_4 /epoch_6 /epoch_6 /epoch_8 /epoch_8 /epoch_10 /epoch_10 "
    same "$(column epoch t.tsv | uniq | tr '\n' ' ')" "0 2 4 6 8 10 "
    same "$(column projector t.tsv | uniq)" mlp
    same "$(column accuracy t.tsv | uniq | tail -1)" 0.6
    same "$(column alpha t.tsv | sort -u | tr '\n' ' ')" "1 2 "
}

@test "several orders in one run equal one run each" {
    mi-bounds --digits 17 --alpha 0.5,1,2,inf --decompose good.h5 >all.tsv
    for alpha in 0.5 1 2 inf; do
        mi-bounds --digits 17 --route dense --alpha $alpha --decompose good.h5 >one.tsv
        for name in H_Z1 I_Z1_R I_Z1_Z2 lower upper I_Z1_R_given_Z2; do
            column $name one.tsv >one
            column $name all.tsv | sed -n "$(column alpha all.tsv | grep -nx $alpha | cut -d: -f1)p" >same
            "$MI_NEAR" one same 1e-6
        done
    done
}

@test "a row can be reproduced from itself: the settings that change a number are columns" {
    mi-bounds --alpha 1 --kernel z1=gaussian:median,z2=linear --r positive --i-z1-r infonce:0.3 --batch 4 --seed 9 \
        --zero-rows drop --base 2 --route dense zero-rows.h5 >t.tsv
    same "$(column n t.tsv) $(column rows_dropped t.tsv)" "22 2"
    kernel=$(column kernel t.tsv)
    [[ $kernel == z1=gaussian:[0-9]*,z2=linear ]]
    same "$(for c in r_kind i_z1_r_by batch batches seed route base zero_rows; do column $c t.tsv; done | tr '\n' ' ')" "positive infonce:0.3 4 2 9 dense 2 drop "
    mi-bounds --digits 17 --alpha 1 --kernel "$kernel" --zero-rows drop zero-rows.h5 | column I_Z1_Z2 >again
    mi-bounds --digits 17 --alpha 1 --kernel z1=gaussian:median,z2=linear --zero-rows drop zero-rows.h5 | column I_Z1_Z2 >once
    "$MI_NEAR" again once 1e-8
}

@test "the released preset is the code's formulas and settings, options override" {
    mi-bounds --preset released --batch 4 good.h5 >t.tsv
    same "$(for c in alpha i_z1_r_by preset batch batches; do column $c t.tsv; done | tr '\n' ' ')" "2 nce:0.2 released 4 3 "
    paste <(column lower t.tsv) <(column I_Z1_R t.tsv) <(column I_Z1_Z2 t.tsv) <(column upper t.tsv) <(column H_Z1 t.tsv) |
        awk '{ exit !(($1 - ($2 - $3))^2 < 1e-14 && ($4 - ($5 - $3))^2 < 1e-14) }'
    mi-bounds --preset released --batch 4 --i-z1-r barlow good.h5 >t.tsv
    same "$(column i_z1_r_by t.tsv)" "barlow:0.0051:0.1"
    fails 65 "good.h5:/: a batch of 256 is larger than the 12 instances there are; try --batch 12 or less" \
        mi-bounds --preset released -o t2.tsv good.h5
}

@test "missing r and y give nan and one warning; --require makes it an error" {
    run --separate-stderr mi-bounds no-r-no-y.h5
    same "$status" 0
    same "$stderr" "mi-bounds: warning: no-r-no-y.h5:/: no r and no y: the columns that need them are nan"
    mi-bounds no-r-no-y.h5 2>/dev/null >t.tsv
    same "$(column lower t.tsv) $(column H_Y t.tsv) $(column r_kind t.tsv) $(column instances t.tsv)" "nan nan nan nan"
    [ "$(column I_Z1_Z2 t.tsv)" != nan ]
    [ "$(column I_Z1_Z2_null t.tsv)" != nan ]
    run --separate-stderr mi-bounds --require r no-r-no-y.h5
    same "$status" 65
    [[ $stderr == "mi-bounds: no-r-no-y.h5:/: no r"* ]]
}

@test "JSON has the same values, null for nan" {
    mi-bounds --digits 17 good.h5 >t.tsv
    mi-bounds --digits 17 --json good.h5 >t.json
    grep -q '"batch":null' t.json
    grep -q '"file":"good.h5","group":"/","n":24,' t.json
    value=$(sed 's/.*"I_Z1_Z2":\([^,]*\),.*/\1/' t.json)
    same "$value" "$(column I_Z1_Z2 t.tsv)"
}

@test "--output writes the same table, whole or not at all" {
    mi-bounds good.h5 >a.tsv
    mi-bounds -o b.tsv good.h5
    cmp a.tsv b.tsv
    run --separate-stderr mi-bounds -o c.tsv run-with-nan.h5
    same "$status" 65
    [ ! -e c.tsv ]
}

@test "a set that fails ends the run after the rows before it; --keep-going goes on and keeps the code" {
    run --separate-stderr mi-bounds run-with-nan.h5
    same "$status" 65
    same "${#lines[@]}" 3
    same "$stderr" "mi-bounds: run-with-nan.h5:/epoch_4: z2: row 1 has NaN or infinity (1 of 24 rows do), wanted finite numbers; mi-transform --drop-nonfinite removes them"
    run --separate-stderr mi-bounds --keep-going run-with-nan.h5
    same "$status" 65
    same "${#lines[@]}" 6
}

@test "one and two threads give the same values to 1e-6" {
    mi-bounds --digits 17 --decompose --threads 1 --alpha 2 run.h5 >one.tsv
    mi-bounds --digits 17 --decompose --threads 2 --alpha 2 run.h5 >two.tsv
    "$MI_NEAR" one.tsv two.tsv 1e-6
    mi-bounds --digits 17 --threads 1 --alpha 1 run.h5 >one.tsv
    mi-bounds --digits 17 --threads 2 --alpha 1 run.h5 >two.tsv
    "$MI_NEAR" one.tsv two.tsv 1e-9
}

@test "sets, kernels and batches at the same time: the same rows and messages to the last bit, in order" {
    for t in 1 3; do
        mi-bounds --digits 17 --threads $t --alpha 1,3 --se --kernel linear --kernel gaussian:median --batch 4,all run.h5 >$t.tsv
        code=0
        mi-mutual --digits 17 --threads $t --alpha 1 --keep-going run-with-nan.h5 good.h5 zero-rows.h5 >>$t.tsv 2>$t.err || code=$?
        same "$code" 65
    done
    cmp 1.tsv 3.tsv
    cmp 1.err 3.err
    same "$(grep -c . 1.err)" 2
}

@test "forced routes agree and are named" {
    for route in dual tiles dense; do
        mi-bounds --route $route good.h5 >$route.tsv
        same "$(column route $route.tsv)" $route
    done
    mi-bounds --route bf16 --se good.h5 >bf16.tsv
    same "$(column route bf16.tsv) $(column half_width bf16.tsv)" "bf16 0" # so few rows are all checked
    "$MI_NEAR" <(column I_Z1_Z2 bf16.tsv) <(column I_Z1_Z2 dense.tsv) 2e-5
    "$MI_NEAR" <(column I_Z1_Z2 dual.tsv) <(column I_Z1_Z2 dense.tsv) 1e-9
    "$MI_NEAR" <(column I_Z1_Z2 tiles.tsv) <(column I_Z1_Z2 dense.tsv) 2e-5
    fails 2 "good.h5:/: route 'counts' is for discrete variables (integers, or delta kernels); try --route auto" mi-bounds --route counts -o t good.h5
    fails 2 "good.h5:/: route 'tiles' computes order 2 of real variables only; try --alpha 2, or --route dense" mi-bounds --route tiles --alpha 1 -o t good.h5
    fails 2 "good.h5:/: route 'bf16' computes order 2 of real variables only; try --alpha 2, or --route auto" mi-bounds --route bf16 --alpha 1 -o t good.h5
    fails 2 "good.h5:/: route 'bf16' has too few digits for laplacian kernels; try --route tiles" mi-bounds --route bf16 --kernel laplacian:2 -o t good.h5
    fails 71 "good.h5:/: route 'bf16' needs the features in memory, 0.00096 MB for one joint alone; try route tiles, or a larger --memory" mi-bounds --route bf16 --memory "$(above 3)" --threads 1 -o t good.h5
}

@test "the sample run of 13 checkpoints gives 13 finite rows" {
    mi-bounds "$MI_SOURCE/datasets/samples/simclr-cifar10-epochs.h5" >t.tsv
    same "$(column epoch t.tsv | tr '\n' ' ')" "0 1 2 3 4 5 6 7 8 9 10 11 12 "
    ! column lower t.tsv | grep -q nan
}

@test "--se and --ci add their columns; the interval is value and t quantile" {
    mi-bounds --digits 17 --se --ci 0.95 good.h5 >t.tsv
    same "$(head -1 t.tsv | cut -f 38- | tr '\t' ' ')" "H_Z1_se H_Z2_se H_R_se H_Y_se I_Z1_R_se I_Z1_Z2_se I_Z1_Z2_null_se I_R_Y_se I_Y_Z1_se I_Y_Z2_se lower_se upper_se H_Z1_lo H_Z2_lo H_R_lo H_Y_lo I_Z1_R_lo I_Z1_Z2_lo I_Z1_Z2_null_lo I_R_Y_lo I_Y_Z1_lo I_Y_Z2_lo lower_lo upper_lo H_Z1_hi H_Z2_hi H_R_hi H_Y_hi I_Z1_R_hi I_Z1_Z2_hi I_Z1_Z2_null_hi I_R_Y_hi I_Y_Z1_hi I_Y_Z2_hi lower_hi upper_hi"
    # 12 instances: 11 degrees of freedom, t = 2.200985160
    paste <(column lower t.tsv) <(column lower_se t.tsv) <(column lower_lo t.tsv) <(column lower_hi t.tsv) |
        awk '{ exit !(($1 - 2.200985160 * $2 - $3)^2 < 1e-16 && ($1 + 2.200985160 * $2 - $4)^2 < 1e-16) }'
    mi-bounds --ci 0.9 good.h5 >t.tsv
    ! head -1 t.tsv | grep -q _se
    head -1 t.tsv | grep -q upper_hi
}

@test "se_by: how the errors were found, and degrees how many were left out" {
    sample=$MI_SOURCE/datasets/samples/final-barlow.h5
    mi-bounds --se --alpha 1,2,3,20 "$sample" >t.tsv
    same "$(column se_by t.tsv | tr '\n' ' ')$(column degrees t.tsv | tr '\n' ' ')" "jackknife influence jackknife jackknife 255 255 255 99 "
    mi-bounds --se --alpha 1 --route lanczos "$sample" >t.tsv
    same "$(column se_by t.tsv) $(column degrees t.tsv)" "jackknife 255"
    mi-bounds --se --alpha 0.9 --route lanczos "$sample" >t.tsv
    same "$(column se_by t.tsv) $(column degrees t.tsv)" "jackknife 99"
    mi-bounds --se --alpha 1 --i-z1-r infonce "$sample" >t.tsv
    same "$(column se_by t.tsv) $(column degrees t.tsv)" "jackknife 99"
    mi-bounds --se --alpha 1 --batch 64 "$sample" >t.tsv
    same "$(column se_by t.tsv) $(column degrees t.tsv)" "batches 3"
}

@test "estimators leave out pairs; u and c are for order 2" {
    mi-bounds --estimator c --r id good.h5 >t.tsv
    same "$(column estimator t.tsv) $(column H_R t.tsv) $(column lower t.tsv)" "c nan nan"
    [ "$(column I_Z1_Z2 t.tsv)" != nan ]
    fails 2 "good.h5:/: estimator u is for order 2, found order 1; try --alpha 2" mi-bounds --estimator u --alpha 1 good.h5
}

@test "--learning-curve: parts of the instances in batches, then all" {
    sample=$MI_SOURCE/datasets/samples/final-barlow.h5
    mi-bounds --digits 17 --learning-curve "$sample" >t.tsv
    same "$(column batch t.tsv | tr '\n' ' ')" "32 64 128 nan "
    same "$(column batches t.tsv | tr '\n' ' ')" "8 4 2 nan "
    mi-bounds --digits 17 --batch 64 --seed 1 "$sample" >batch.tsv
    same "$(sed -n 3p t.tsv)" "$(sed -n 2p batch.tsv)"
    # Finite-sample bias falls with n.
    column I_Z1_Z2 t.tsv | sort -rg | cmp - <(column I_Z1_Z2 t.tsv)
    fails 65 "good.h5:/: a learning curve needs 16 or more instances, found 12" mi-bounds --learning-curve good.h5
    fails 2 "--learning-curve chooses its own batches; leave out --batch" mi-bounds --learning-curve --batch 4 good.h5
}

@test "--route lanczos: an estimate with its half-width, the dense value inside, narrower on demand, seeded" {
    mi-synth gaussian --n 400 --d1 32 --d2 16 --correlation 0.5 -o g.h5
    mi-bounds --digits 17 --alpha 1 --route dense g.h5 >dense.tsv
    mi-bounds --digits 17 --alpha 1 --route lanczos g.h5 >lanczos.tsv
    same "$(column route lanczos.tsv) $(column half_width dense.tsv)" "lanczos 0"
    paste <(column I_Z1_Z2 dense.tsv) <(column I_Z1_Z2 lanczos.tsv) <(column half_width lanczos.tsv) |
        awk '{ exit !($3 > 0 && ($1 - $2)^2 <= $3^2 && $1 != $2) }'
    mi-bounds --alpha 1 --route lanczos --tolerance 0.001 g.h5 | column half_width | awk '{ exit !($1 > 0 && $1 <= 0.001) }'
    mi-bounds --digits 17 --alpha 1 --route lanczos --threads 1 g.h5 | column I_Z1_Z2 >again
    "$MI_NEAR" again <(column I_Z1_Z2 lanczos.tsv) 1e-6
}

@test "--permutations adds the spread of the null at every order, the mean at order 2 stays exact" {
    mi-bounds --digits 17 --alpha 1,2 good.h5 >plain.tsv
    mi-bounds --digits 17 --alpha 1,2 --permutations 50 good.h5 >t.tsv
    same "$(head -1 t.tsv | cut -f "$(head -1 plain.tsv | wc -w | awk '{ print $1 + 1 }')-" | tr '\t' ' ')" "permutations I_Z1_R_null I_Z1_R_null_sd I_Z1_R_p I_Z1_Z2_null_sd I_Z1_Z2_p I_R_Y_null I_R_Y_null_sd I_R_Y_p I_Y_Z1_null I_Y_Z1_null_sd I_Y_Z1_p I_Y_Z2_null I_Y_Z2_null_sd I_Y_Z2_p"
    same "$(column permutations t.tsv | tr '\n' ' ')" "50 50 "
    same "$(column I_Z1_Z2_null plain.tsv | head -1)" nan
    same "$(column I_Z1_Z2_null plain.tsv | tail -1)" "$(column I_Z1_Z2_null t.tsv | tail -1)"
    mi-mutual --digits 17 --alpha 1,2 --permutations 50 good.h5 >m.tsv
    "$MI_NEAR" <(column I_Z1_Z2_null_sd t.tsv) <(column I_null_sd m.tsv) 1e-12
    "$MI_NEAR" <(column I_Z1_Z2_null t.tsv | head -1) <(column I_null m.tsv | head -1) 1e-12
    # The same numbers as those of mi-mutual, whose pairings are drawn alike.
    for pair in Z1_R:z1:r Z1_Z2:z1:z2 R_Y:r:y Y_Z1:y:z1 Y_Z2:y:z2; do
        mi-mutual --digits 17 --alpha 1,2 --of "${pair#*:}" --permutations 50 good.h5 >m.tsv
        "$MI_NEAR" <(column "I_${pair%%:*}_p" t.tsv) <(column I_p m.tsv) 1e-12
        "$MI_NEAR" <(column "I_${pair%%:*}_null_sd" t.tsv) <(column I_null_sd m.tsv) 1e-12
        "$MI_NEAR" <(column "I_${pair%%:*}_null" t.tsv | head -1) <(column I_null m.tsv | head -1) 1e-12
    done
    # A loss in place of I(Z1;R), and what the set lacks, have none; nor has a mean over batches a p.
    same "$(mi-bounds --permutations 9 --i-z1-r nce good.h5 | column I_Z1_R_p)" nan
    same "$(mi-bounds --permutations 9 no-r-no-y.h5 2>/dev/null | column I_Y_Z1_null)" nan
    same "$(mi-bounds --permutations 9 --batch 4 good.h5 | column I_Z1_Z2_p)" nan
    # With batches: of the mean over them, each re-paired by itself.
    mi-bounds --digits 17 --permutations 50 --batch 4 good.h5 | column I_Z1_Z2_null_sd >batches
    [ "$(cat batches)" != nan ]
    fails 71 "good.h5:/: re-pairings under estimator c need 0.00922 MB for 24 rows, allowed are 0.00669 MB; try --batch, or leave out --permutations" \
        mi-bounds --estimator c --permutations 9 --memory "$(above 10)" --threads 1 good.h5
}

# one of all.tsv against a run of its own: same SELECTOR OPTIONS... FILE
same_rows() {
    local wanted=$1
    shift
    mi-bounds --digits 17 "$@" >one.tsv
    awk -F '\t' -v want="$wanted" 'NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; print; next }
        { if ($at["kernel_asked"] "/" $at["batch"] == want) print }' all.tsv | cmp - one.tsv
}

@test "features larger than --memory stay in the file: the same values, from a pipe too" {
    mi-synth classes --n 3000 --d1 384 --d2 256 --type f16 -o big.h5
    for options in "--se --decompose" "--r id --ci 0.9" "--kernel gaussian:median" "--batch 200 --seed 3" \
        "--i-z1-r infonce" "--preset released"; do
        mi-bounds --route tiles $options big.h5 >memory.tsv
        mi-bounds --route tiles --memory "$(above 5000)" --threads 1 $options big.h5 >file.tsv
        "$MI_NEAR" memory.tsv file.tsv 2e-6
    done
    mi-bounds --memory "$(above 9000)" --threads 1 <big.h5 | column I_Z1_Z2 >piped
    mi-bounds big.h5 | column I_Z1_Z2 >plain
    "$MI_NEAR" plain piped 2e-6
    mi-mutual --of 'z1:z2|y' --memory "$(above 5000)" --threads 1 big.h5 | column I >conditional
    mi-mutual --of 'z1:z2|y' big.h5 | column I >plain
    "$MI_NEAR" plain conditional 2e-6
    rm big.h5
    mi-synth classes --n 3000 --d1 96 --d2 64 --type f16 -o big.h5
    fails 71 "big.h5:/: orders other than 2 need the features in memory, 1.15 MB for one joint alone; try order 2, or a larger --memory" \
        mi-bounds --memory "$(above 1800)" --threads 1 --alpha 1 big.h5
    fails 71 "big.h5:/: a pass over 3000 rows from the file needs 0.203 MB, allowed are 0.0926 MB; try a larger --memory" \
        mi-bounds --r id --memory "$(above 360)" --threads 1 big.h5
}

@test "--kernel given again and --batch with a list: a grid, each value as in a run of its own" {
    fails 2 "--kernel 'foo': 'foo' is no kernel, wanted linear, gaussian[:S], laplacian[:S], polynomial[:P[:C]], precomputed or delta" mi-bounds --kernel linear --kernel foo good.h5
    mi-bounds --digits 17 --alpha 1,2 --kernel linear --kernel gaussian:median --kernel z1=gaussian:scott --batch 4,all \
        --seed 3 run.h5 >all.tsv
    same "$(wc -l <all.tsv)" $((1 + 6 * 3 * 2 * 2))
    same "$(head -9 all.tsv | column kernel_asked | uniq | tr '\n' ' ')" "linear gaussian:median "
    same "$(head -9 all.tsv | column batch | tr '\n' ' ')" "4 4 nan nan 4 4 nan nan "
    for kernel in linear gaussian:median z1=gaussian:scott; do
        asked=$kernel
        [ $kernel != z1=gaussian:scott ] || asked=z1=gaussian:scott,z2=linear
        same_rows $asked/4 --alpha 1,2 --kernel $kernel --batch 4 --seed 3 run.h5
        same_rows $asked/nan --alpha 1,2 --kernel $kernel --batch all --seed 3 run.h5
    done
}

@test "a grid from a pipe, of integers as symbols and as numbers, and of rows that only one kernel drops" {
    mi-bounds --digits 17 --kernel linear --kernel gaussian:2 - <good.h5 >all.tsv
    same_rows gaussian:2/nan --kernel gaussian:2 - <good.h5
    mi-bounds --digits 17 --kernel gaussian:2 --kernel delta --kernel z1=delta integers.h5 >all.tsv
    for kernel in gaussian:2 delta; do
        same_rows $kernel/nan --kernel $kernel integers.h5
    done
    mi-bounds --digits 17 --zero-rows drop --kernel linear --kernel gaussian:1 zero-rows.h5 >all.tsv
    same "$(column rows_dropped all.tsv | tr '\n' ' ')" "2 0 "
    same_rows linear/nan --zero-rows drop --kernel linear zero-rows.h5
    same_rows gaussian:1/nan --zero-rows drop --kernel gaussian:1 zero-rows.h5
    mi-bounds --digits 17 --r positive --kernel linear --kernel delta good.h5 >all.tsv
    same_rows delta/nan --r positive --kernel delta good.h5
    # What is said of a set is said once.
    run --separate-stderr mi-bounds --kernel linear --kernel delta --batch 4,all no-r-no-y.h5
    same "$stderr" "mi-bounds: warning: no-r-no-y.h5:/: no r and no y: the columns that need them are nan"
}

@test "kernels as they were asked for: a column with --kernel" {
    same "$(mi-bounds good.h5 | head -1 | tr '\t' '\n' | grep -c kernel)" 1
    mi-bounds --kernel gaussian good.h5 >t.tsv
    same "$(column kernel_asked t.tsv)" gaussian:median
    same "$(head -1 t.tsv | tr '\t' '\n' | grep -A 1 -x kernel | tail -1)" kernel_asked
    same "$(mi-bounds --kernel z2=gaussian:3 good.h5 | column kernel_asked)" "z1=linear,z2=gaussian:3"
    same "$(mi-mutual --kernel linear --kernel delta good.h5 | column kernel_asked | tr '\n' ' ')" "linear delta "
    same "$(mi-entropy --kernel linear --kernel gaussian:2 --batch 4,6 good.h5 | column kernel_asked | tr '\n' ' ')" "linear linear gaussian:2 gaussian:2 "
    same "$(mi-spectrum --kernel linear --kernel gaussian:2 good.h5 | column kernel_asked | sort -u | tr '\n' ' ')" "gaussian:2 linear "
}

@test "--tolerance: large sets from a sample, and what was reached" {
    mi-synth gaussian --n 20000 --d1 64 --d2 48 --no-history -o large.h5
    mi-bounds large.h5 >all.tsv
    mi-bounds --tolerance 0.01 large.h5 >some.tsv
    same "$(column route all.tsv) $(column tolerance all.tsv) $(column half_width all.tsv)" "tiles nan 0"
    same "$(column route some.tsv) $(column tolerance some.tsv)" "sample 0.01"
    column half_width some.tsv | awk '{ exit !($1 > 0 && $1 <= 0.01) }'
    paste <(column I_Z1_Z2 all.tsv) <(column I_Z1_Z2 some.tsv) | awk '{ exit !(($1 - $2)^2 < 1e-4) }'
    # The same draws for any number of threads, others by --seed.
    mi-bounds --tolerance 0.01 --threads 1 large.h5 | cmp - some.tsv
    mi-bounds --tolerance 0.01 --seed 7 large.h5 | column I_Z1_Z2 >other
    ! column I_Z1_Z2 some.tsv | cmp -s - other
    # The loss has an interval too, which the bounds that it is in take over.
    mi-bounds --tolerance 0.01 --i-z1-r infonce large.h5 >loss.tsv
    mi-bounds --i-z1-r infonce large.h5 >exact.tsv
    paste <(column lower loss.tsv) <(column lower exact.tsv) <(column half_width loss.tsv) |
        awk '{ exit !(($1 - $2)^2 < 4 * $3^2 && $3 <= 0.02) }'
    # Small sets are not worth it; --route takes the sample all the same, here of everything.
    same "$(mi-bounds --tolerance 0.01 good.h5 | column route)" tiles
    mi-bounds --digits 17 --route sample good.h5 >one.tsv
    mi-bounds --digits 17 good.h5 >two.tsv
    "$MI_NEAR" <(column I_Z1_Z2 one.tsv) <(column I_Z1_Z2 two.tsv) 1e-6
    fails 2 "good.h5:/: route 'sample' estimates order 2 of real variables only; try --alpha 2, or --route auto" mi-bounds --route sample --alpha 1 good.h5
    fails 71 "good.h5:/: route 'sample' needs the features in memory, 0.00096 MB for one joint alone; try route tiles, or a larger --memory" mi-bounds --route sample --memory "$(above 3)" --threads 1 good.h5
}

@test "--progress says how far it is where there is no terminal" {
    mi-synth gaussian --n 20000 --d1 64 --d2 48 --no-history -o large.h5
    mi-bounds --progress --tolerance 0.00001 large.h5 >t.tsv 2>talk
    grep -Eq '^set 1 of 1: +[0-9]+ %' talk
    mi-bounds --tolerance 0.01 large.h5 2>talk >t.tsv
    ! grep -q '^set' talk || false
}

@test "SIGINT ends a long estimate at once and leaves no file" {
    mi-synth gaussian --n 60000 --d1 128 --d2 128 --no-history -o large.h5
    mi-bounds --progress --tolerance 1e-8 -o t.tsv large.h5 2>talk &
    tool=$!
    for wait in $(seq 200); do
        grep -q '^set' talk && break
        sleep 0.02
    done
    start=$(date +%s%N)
    kill -INT $tool
    wait $tool && code=0 || code=$?
    [ $(($(date +%s%N) - start)) -lt 1000000000 ]
    same "$code" 130
    same "$(ls t.tsv* 2>/dev/null)" ""
}

@test "--annotate records the row of each set, and the next table shows it" {
    mi-bounds --annotate --se --decompose --digits 17 run.h5 >first.tsv
    mi-bounds --digits 17 run.h5 >second.tsv
    for q in lower lower_se upper I_Z1_Z2 I_Z1_R slack_upper_se alpha; do
        same "$(column bounds_$q second.tsv)" "$(column $q first.tsv)"
    done
    # the table itself, and the values, are as ever; a command again replaces them
    mi-bounds --digits 17 run.h5 | column lower | cmp - <(column lower first.tsv)
    mi-bounds --annotate --alpha 3 run.h5 >third.tsv
    same "$(mi-ls --columns bounds_alpha --quick run.h5 | sort -u | paste -sd' ')" "3 bounds_alpha"
    strings -n 8 run.h5 | grep -q 'mi-bounds --annotate --alpha 3 run.h5'
    mi-bounds --annotate --no-history --alpha 4 run.h5 >/dev/null
    strings -n 8 run.h5 | run ! grep -q 'alpha 4'
    # what does not apply to a set is no attribute
    mi-bounds --annotate no-r-no-y.h5 >/dev/null 2>&1
    mi-ls no-r-no-y.h5 | head -1 | tr '\t' '\n' | grep '^bounds_' >names
    grep -qx bounds_I_Z1_Z2 names
    run ! grep -qx bounds_I_Y_Z1 names
}

@test "--annotate: one row a set, of files, all or nothing" {
    fails 2 "--annotate records one row of a set, found 2 orders" mi-bounds --annotate --alpha 1,2 good.h5
    fails 2 "--annotate records one row of a set, found 2 kernels" mi-bounds --annotate --kernel linear --kernel gaussian:1 good.h5
    fails 2 "--annotate records one row of a set, found 2 batch sizes" mi-bounds --annotate --batch 6,12 good.h5
    fails 2 "--annotate records one row of a set, found 4 sizes of a learning curve" mi-bounds --annotate --learning-curve good.h5
    fails 2 "--annotate needs a file, found standard input" mi-bounds --annotate good.h5 -:/a
    cp run-with-nan.h5 copy.h5
    run --separate-stderr mi-bounds --annotate copy.h5
    same "$status" 65
    cmp copy.h5 run-with-nan.h5
    run --separate-stderr mi-bounds --annotate --keep-going copy.h5
    same "$status" 65
    same "$(mi-ls --quick copy.h5 | column bounds_lower | grep -c nan)" 1
    [ -c /dev/full ] || return 0
    cp run.h5 copy.h5
    run --separate-stderr mi-bounds --annotate -o /dev/full copy.h5
    same "$status" 74
    cmp copy.h5 run.h5
}

@test "--weights: the dataset w of a set" {
    cp "$MI_SOURCE/tests/oracle/kernels.h5" k.h5
    mi-bounds --weights --r id k.h5 >t.tsv
    same "$(column weights t.tsv)" "/w"
    mi-bounds --r id k.h5 | head -1 | tr '\t' '\n' >plain
    head -1 t.tsv | tr '\t' '\n' | grep -vx weights | cmp - plain
    same "$(column I_Z1_Z2_null t.tsv)" nan
    # A pipe, one thread and rows that are selected: the weights come along.
    mi-bounds --weights --r id --threads 1 - <k.h5 | column upper | cmp - <(column upper t.tsv)
    mi-transform --rows 0:20 k.h5 -o half.h5
    [ "$(mi-bounds --weights --r id half.h5 | column n)" = 20 ]
    ! mi-bounds --weights --r id half.h5 | column upper | cmp -s - <(mi-bounds --r id half.h5 | column upper)
    # Weights that are alike change nothing.
    yes 0.25 | head -40 >w.csv
    mi-import z1=k.h5:z1 z2=k.h5:z2 r=k.h5:r y=k.h5:y w=w.csv -o alike.h5
    for order in 1 2; do
        mi-mutual --of z1:z2,z1:y --weights --se --alpha $order alike.h5 | column I >with
        mi-mutual --of z1:z2,z1:y --se --alpha $order alike.h5 | column I >without
        "$MI_NEAR" with without 1e-6
    done
}

@test "--weights: what is refused" {
    cp "$MI_SOURCE/tests/oracle/kernels.h5" k.h5
    for k in zero=0 negative=-1; do
        yes 1 | head -39 >w.csv
        echo "${k#*=}" >>w.csv
        mi-import z1=k.h5:z2 w=w.csv -o "${k%=*}.h5"
    done
    fails 65 "zero.h5:/: w: row 39 is 0, wanted a weight above 0" mi-entropy --weights zero.h5
    fails 65 "negative.h5:/: w: row 39 is -1, wanted a weight above 0" mi-entropy --weights negative.h5
    echo nan >>w.csv
    fails 65 "w: w.csv: row 40 has NaN or infinity (1 of 41 rows do), wanted finite numbers" mi-import w=w.csv -o nan.h5
    fails 65 "good.h5:/: no w, wanted z1 and w; it holds no other dataset" mi-entropy --weights good.h5
    fails 2 "k.h5:/: weights of rows are of the whole set as it is paired; leave out batches" mi-bounds --weights --r id --batch 5 k.h5
    fails 2 "k.h5:/: weights of rows are of the whole set as it is paired; leave out permutations" mi-mutual --of z1:z2 --weights --permutations 9 k.h5
    fails 2 "k.h5:/: weights of rows are for estimator v and for I(Z1;R) by matrix" mi-bounds --weights --r id --estimator u k.h5
    fails 2 "k.h5:/: route 'bf16' has too few digits for weights of rows; try --route tiles" mi-bounds --weights --r id --route bf16 k.h5
    fails 2 "k.h5:/: a limit does not take weights of rows" mi-entropy --weights --extrapolate k.h5
    for tool in mi-compare mi-spectrum mi-align mi-geometry mi-shannon mi-probe; do
        run --separate-stderr $tool --weights k.h5
        [ $status -eq 2 ]
        [[ $stderr == *"unrecognized option"* || $stderr == *"no such option"* ]]
    done
}
