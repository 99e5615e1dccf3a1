load common

# value COLUMN [FILE]: the cell of the first row
value() {
    column "$1" "${2:-t.tsv}" | head -1
}

oracle=$MI_SOURCE/tests/oracle

@test "columns; a row a pair and order" {
    mi-align --alpha 1,2 good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file_a group_a epoch_a file_b group_b epoch_b variables class n instances_a instances_b shared d_a d_b alpha kernel_a kernel_b inner neighbours variance components_a components_b permutations seed route tolerance half_width degrees se_by base zero_rows I I_calibrated I_adjusted cka cka_debiased cknna mutual_knn cycle_knn jaccard_knn svcca procrustes I_null"
    same "$(column alpha t.tsv | tr '\n' ' ')$(column variables t.tsv | sort -u)" "1 2 z1:z2"
    same "$(column cka t.tsv | sort -u | wc -l)" 1
    same "$(column I_null t.tsv | head -1)" nan
    mi-align --terms cka,I --permutations 3 --se --ci 0.9 good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' '\n' | sed -n '/^zero_rows$/,$p' | tr '\n' ' ')" "zero_rows I cka I_null cka_null I_null_sd cka_null_sd I_p cka_p I_se cka_se I_lo cka_lo I_hi cka_hi "
    same "$(value permutations) $(value seed) $(value se_by)" "3 1 influence"
}

@test "values of other programs" {
    mkdir wide && cd wide
    while IFS=$'\t' read -r a b options column wanted program; do
        [ "$b" = - ] && b= || b=$oracle/$b
        [ "$options" = - ] && options=
        # shellcheck disable=SC2086
        mi-align --digits 15 $options "$oracle/$a" $b >t.tsv
        tolerance=1e-7
        case $column in I*) tolerance=2e-5 ;; esac
        "$MI_NEAR" <(value "$column") <(echo "$wanted") $tolerance || { echo "$a $b $options $column: $program"; return 1; }
    done < <(tail -n +2 "$oracle/align.tsv")
    same "$(tail -n +2 "$oracle/align.tsv" | wc -l)" 36
}

@test "the information is mi-mutual's" {
    mi-align --digits 17 --alpha 1,2 --se --permutations 9 --seed 3 good.h5 >t.tsv
    mi-mutual --digits 17 --of z1:z2 --alpha 1,2 --se good.h5 >m.tsv
    mi-mutual --digits 17 --of z1:z2 --alpha 1,2 --permutations 9 --seed 3 good.h5 >p.tsv
    for c in I I_se se_by; do cmp <(column $c t.tsv) <(column $c m.tsv); done
    for c in I_null I_null_sd I_p I_calibrated; do "$MI_NEAR" <(column $c t.tsv) <(column $c p.tsv) 1e-6; done
}

@test "sets of one file, of two, each with each" {
    mi-align --terms cka run.h5 >t.tsv
    cmp <(column group_a t.tsv) <(column group_b t.tsv)
    same "$(column epoch_a t.tsv | tr '\n' ' ')" "0 2 4 6 8 10 "
    mi-align --terms cka --digits 17 run.h5:/epoch_0 run.h5 >t.tsv
    same "$(column variables t.tsv | sort -u) $(column epoch_b t.tsv | tr '\n' ' ')" "z1:z1 0 2 4 6 8 10 "
    same "$(value cka | cut -c 1-8)" 1
    mi-align --terms cka --digits 17 --all-pairs run.h5 >all.tsv
    same "$(tail -n +2 all.tsv | wc -l)" 36
    cmp <(column cka t.tsv) <(column cka all.tsv | head -6)
    mi-align --terms cka --all-pairs --of z1:z2,z2:z2 run.h5:/epoch_0 good.h5 2>/dev/null >t.tsv
    same "$(tail -n +2 t.tsv | wc -l)" 8
}

@test "a pipe, one thread and two: the same table" {
    mi-align --permutations 5 --se run.h5 | cut -f 2-3,5- >t.tsv
    mi-align --permutations 5 --se <run.h5 | cut -f 2-3,5- | cmp - t.tsv
    mi-align --permutations 5 --se --threads 1 run.h5 | cut -f 2-3,5- | cmp - t.tsv
    mi-align --permutations 5 --se --kernel gaussian:2 --threads 1 good.h5 >one.tsv
    mi-align --permutations 5 --se --kernel gaussian:2 --threads 2 good.h5 | cmp - one.tsv
}

@test "sets that stay in memory, and sets that are read for each pair" {
    mi-align --digits 17 --terms mutual_knn,cka,svcca --all-pairs run.h5 >t.tsv
    mi-align --digits 17 --terms mutual_knn,cka,svcca --all-pairs --memory 31M --threads 1 run.h5 | cmp - t.tsv
    # stacked views: all rows are shared in their order
    samples=$MI_SOURCE/datasets/samples/simclr-cifar10-epochs.h5
    mi-align --digits 12 --terms mutual_knn,cka --all-pairs "$samples:/epoch_001" "$samples:/epoch_002" >t.tsv
    mi-align --digits 12 --terms mutual_knn,cka --all-pairs --memory 36M --threads 1 "$samples:/epoch_001" "$samples:/epoch_002" >u.tsv
    "$MI_NEAR" t.tsv u.tsv 1e-10
}

@test "rows are matched by id" {
    mi-transform --rows 4:20:1 run.h5:/epoch_10 -o part.h5
    run --separate-stderr mi-align --digits 17 --neighbours 3 run.h5:/epoch_0 part.h5
    same "$status" 0
    same "$stderr" "mi-align: warning: run.h5:/epoch_0 against part.h5:/epoch_10: 8 instances are shared, of 12 and 8; the others are left out"
    echo "$output" >t.tsv
    same "$(value instances_a) $(value instances_b) $(value shared) $(value n)" "12 8 8 16"
    mi-transform --rows 4:20:1 run.h5:/epoch_0 -o first.h5
    mi-align --digits 17 --neighbours 3 first.h5 part.h5 >u.tsv
    cmp <(column cka t.tsv) <(column cka u.tsv)
    cmp <(column procrustes t.tsv) <(column procrustes u.tsv)
}

@test "without ids rows are matched by their number, which is said once" {
    run --separate-stderr mi-align --terms cka --all-pairs no-r-no-y.h5
    same "$status" 0
    same "$stderr" ""
    cp no-r-no-y.h5 other.h5
    run --separate-stderr mi-align --terms cka --all-pairs no-r-no-y.h5 other.h5
    same "$stderr" "mi-align: warning: no-r-no-y.h5:/ against other.h5:/: no ids: row i of the one is taken for row i of the other, and rows as independent"
}

@test "kernels: rows for each, of each side" {
    mi-align --terms cka --kernel linear --kernel z1=gaussian:2,z2=gaussian:3 good.h5 >t.tsv
    same "$(column kernel_a t.tsv | tr '\n' ' ')$(column kernel_b t.tsv | tr '\n' ' ')" "linear gaussian:2 linear gaussian:3 "
    same "$(column cka t.tsv | sort -u | wc -l)" 2
    mi-align --terms cka,mutual_knn --inner raw good.h5 >t.tsv
    same "$(value inner)" raw
}

@test "--keep-going, columns, JSON" {
    same "$(mi-align --json --columns cka,svcca good.h5 | sed 's/[0-9.]\{3,\}/N/g')" '{"cka":N,"svcca":N}'
    run mi-align --keep-going --terms mutual_knn --neighbours 23 --all-pairs good.h5 run.h5:/epoch_0
    same "$status" 0
    run --separate-stderr mi-align --keep-going --terms mutual_knn --neighbours 24 good.h5 run.h5:/epoch_0
    same "$status" 65
    [[ $stderr == "mi-align: good.h5:/ against run.h5:/epoch_0: 24 neighbours of 24 rows, wanted fewer than there are rows; try --neighbours" ]]
}

@test "what is asked wrongly" {
    fails 2 "--terms 'cka,ckaa': 'ckaa' is no term, wanted one of I|I_calibrated|I_adjusted|cka|cka_debiased|cknna|mutual_knn|cycle_knn|jaccard_knn|svcca|procrustes|all" mi-align --terms cka,ckaa good.h5
    fails 2 "--of: 'z1' is no pair of variables, wanted one such as z1:z2" mi-align --of z1 good.h5
    fails 2 "--of: 'y' is no features, wanted z1, z2 or r" mi-align --of z1:y good.h5
    fails 2 "--of: '' is no features, wanted z1, z2 or r" mi-align --of z1: good.h5
    fails 2 "--of: more than 32 pairs of variables" mi-align --of "$(printf 'z1:z2,%.0s' {1..33})z1:z1" good.h5
    fails 2 "3 files, wanted one or two; try --all-pairs, each set with each" mi-align good.h5 good.h5 good.h5
}

@test "sets that cannot be aligned" {
    fails 65 "good.h5:/ against good.h5:/: 24 neighbours of 24 rows, wanted fewer than there are rows; try --neighbours" mi-align --neighbours 24 good.h5
    fails 65 "integers.h5:/ against integers.h5:/: z1 is discrete: rows are aligned that are features; the information of labels is for mi-mutual" mi-align integers.h5
    mi-transform --rows 0:16:1 good.h5 -o a.h5
    mi-transform --rows 16:24:1 good.h5 -o b.h5
    run --separate-stderr mi-align a.h5 b.h5
    same "$status" 65
    [[ $stderr == "mi-align: a.h5:/ against b.h5:/: no instance is shared: 8 ids from "* ]]
    mi-transform --rows 0:6:1 good.h5 -o three.h5
    mi-align --terms cka three.h5 >/dev/null
    mi-transform --rows 0:2:1 good.h5 -o one.h5
    fails 65 "one.h5:/ against one.h5:/: 2 rows, wanted 4 or more to be aligned" mi-align --terms cka one.h5
}

# A row of a class is the row of a file that holds that class alone; a class that zero rows took away has none, and the others
# keep their names.
@test "--by-class: all rows, then each class" {
    mi-align --by-class --neighbours 2 good.h5 >t.tsv
    same "$(column class t.tsv | tr '\n' ' ')" "nan $(mi-ls --columns classes good.h5 | tail -1 | xargs seq 0 1 | head -n -1 | tr '\n' ' ')"
    class=$(column class t.tsv | tail -1)
    mi-transform --class "$class" good.h5 -o one.h5
    mi-align --neighbours 2 one.h5 | cut -f 13- >alone
    tail -1 t.tsv | cut -f 13- >by_class
    tail -1 alone | cmp - by_class
    mi-align --by-class --neighbours 2 --zero-rows drop zero-rows.h5 | column class | tail -n +2 >left
    mi-spectrum --of z2 --by-class --zero-rows drop zero-rows.h5 | column class | tail -n +2 | cmp - left
    fails 65 "no-r-no-y.h5:/: no y, wanted z1, z2 and y; it holds no other dataset" mi-align --by-class no-r-no-y.h5
}
