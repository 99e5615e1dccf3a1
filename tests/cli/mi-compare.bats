load common

# value COLUMN TERM [ALPHA] [FILE]: one cell of a table of differences
value() {
    awk -F '\t' -v name="$1" -v term="$2" -v alpha="${3:-2}" 'NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next }
        $at["term"] == term && $at["alpha"] == alpha { print $at[name] }' "${4:-t.tsv}"
}

samples=$MI_SOURCE/datasets/samples

# Two epochs of the run, whose instances and labels are the same.
run=(run.h5:/epoch_0 run.h5:/epoch_10)

@test "columns; a row a pair, order and term" {
    mi-compare --alpha 1,2 "${run[@]}" >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file_a group_a file_b group_b n instances_a instances_b shared d1_a d1_b d2_a d2_b classes alpha kernel_a kernel_b r_kind i_z1_r_by preset estimator batch seed tolerance permutations base zero_rows level term a b difference difference_se unpaired_se degrees se_by lo hi p"
    same "$(column term t.tsv | sort | uniq -c | awk '{ print $1 }' | sort -u)" 2
    same "$(column term t.tsv | head -13 | tr '\n' ' ')" "H_Z1 H_Z2 H_R H_Y I_Z1_R I_Z1_Z2 I_Z1_Z2_null I_R_Y I_Y_Z1 I_Y_Z2 lower upper I_Z1_Z2_calibrated "
    same "$(column group_a t.tsv | sort -u) $(column group_b t.tsv | sort -u)" "/epoch_0 /epoch_10"
    same "$(column shared t.tsv | sort -u) $(column n t.tsv | sort -u)" "12 24"
}

@test "values and unpaired errors are those of mi-bounds; the interval is Student's t" {
    mi-compare --digits 17 --terms all --level 0.9 "${run[@]}" >t.tsv
    mi-bounds --digits 17 --se --decompose "${run[@]}" >b.tsv
    for term in lower slack_upper I_Y_Z1 I_Z1_Z2_null; do
        column $term b.tsv | paste -s >wanted
        "$MI_NEAR" <(paste <(value a $term) <(value b $term)) wanted 1e-9
        column ${term}_se b.tsv | paste -s | awk '{ printf "%.17g\n", sqrt($1 ^ 2 + $2 ^ 2) }' >wanted
        "$MI_NEAR" <(value unpaired_se $term) wanted 1e-9
    done
    # 12 instances: 11 degrees of freedom, t(0.95) = 1.795884819
    paste <(value difference lower) <(value lo lower) <(value hi lower) <(value difference_se lower) <(value degrees lower) |
        awk '{ t = 1.795884819 * $4; exit !(($1 - t - $2)^2 < 1e-16 && ($1 + t - $3)^2 < 1e-16 && $5 == 11) }'
}

@test "two projectors: paired below unpaired, and a sign that turns with the order" {
    mi-compare --alpha 1,2 --terms I_Z1_Z2,lower,upper "$samples"/final-proj-linear.h5 "$samples"/final-proj-fsq17.h5 >t.tsv
    paste <(column difference_se t.tsv) <(column unpaired_se t.tsv) | awk '!($1 > 0 && $1 < 0.7 * $2) { exit 1 }'
    value difference I_Z1_Z2 1 | awk '{ exit !($1 < 0) }'
    paste <(value difference I_Z1_Z2) <(value p I_Z1_Z2) <(value lo I_Z1_Z2) | awk '{ exit !($1 > 0 && $2 < 0.01 && $3 > 0) }'
}

@test "the first against each other, or all pairs" {
    mi-compare --terms lower run.h5 >t.tsv
    same "$(column group_b t.tsv | tr '\n' ' ')" "/epoch_2 /epoch_4 /epoch_6 /epoch_8 /epoch_10 "
    mi-compare --terms lower --all-pairs run.h5 >a.tsv
    same "$(tail -n +2 a.tsv | wc -l)" 15
    head -6 a.tsv | cmp - t.tsv
    mi-compare --terms lower <run.h5 | cut -f 2,4- >s
    cut -f 2,4- t.tsv | cmp - s
}

@test "expressions, their ratios, and what is above chance" {
    mi-compare --digits 17 --of 'z1:z2,z1|y,z1:z2|y' --normalize "${run[@]}" >t.tsv
    same "$(column term t.tsv | tr '\n' ' ')" "I(z1:z2) I_min(z1:z2) I_mean(z1:z2) I_geo(z1:z2) I_joint(z1:z2) I_calibrated(z1:z2) S(z1|y) I(z1:z2|y) I_min(z1:z2|y) I_mean(z1:z2|y) I_geo(z1:z2|y) I_joint(z1:z2|y) "
    mi-mutual --digits 17 --se --normalize "${run[@]}" >m.tsv
    for c in I I_geo; do
        column ${c}_se m.tsv | paste -s | awk '{ printf "%.17g\n", sqrt($1 ^ 2 + $2 ^ 2) }' >wanted
        "$MI_NEAR" <(value unpaired_se "$c(z1:z2)") wanted 1e-9
    done
    mi-compare --digits 17 --terms I_Z1_Z2,I_Z1_Z2_calibrated --of z1:z2 "${run[@]}" >t.tsv
    same "$(column term t.tsv | tr '\n' ' ')" "I_Z1_Z2 I_Z1_Z2_calibrated I(z1:z2) I_calibrated(z1:z2) "
    "$MI_NEAR" <(value difference_se I_Z1_Z2) <(value difference_se 'I(z1:z2)') 1e-6
    "$MI_NEAR" <(value difference_se I_Z1_Z2_calibrated) <(value difference_se 'I_calibrated(z1:z2)') 1e-6
}

@test "instances that are not shared are counted and said; their order does not matter" {
    mi-transform --rows 4:20:1 run.h5:/epoch_10 -o part.h5
    run --separate-stderr mi-compare --digits 17 --terms lower,I_Y_Z1 run.h5:/epoch_0 part.h5
    same "$status" 0
    same "$stderr" "mi-compare: warning: run.h5:/epoch_0 against part.h5:/epoch_10: 8 instances are shared, of 12 and 8; the others are left out"
    echo "$output" >t.tsv
    same "$(column instances_a t.tsv | head -1) $(column instances_b t.tsv | head -1) $(column shared t.tsv | head -1)" "12 8 8"
    mi-transform --rows 4:20:1 run.h5:/epoch_0 -o first.h5
    mi-compare --digits 17 --terms lower,I_Y_Z1 first.h5 part.h5 >u.tsv
    cmp <(column difference t.tsv) <(column difference u.tsv)
}

@test "batches, kernels, orders: a grid; seeds, bases" {
    mi-compare --terms lower --batch 3,all --kernel linear --kernel gaussian:median --alpha 1,2 "${run[@]}" >t.tsv
    same "$(tail -n +2 t.tsv | wc -l)" 8
    same "$(column batch t.tsv | tr '\n' ' ')" "3 3 nan nan 3 3 nan nan "
    same "$(column degrees t.tsv | head -4 | tr '\n' ' ')" "3 3 11 11 "
    mi-compare --digits 17 --terms lower --base 2 "${run[@]}" >two.tsv
    mi-compare --digits 17 --terms lower "${run[@]}" >e.tsv
    "$MI_NEAR" <(column difference_se two.tsv) <(column difference_se e.tsv | awk '{ printf "%.17g\n", $1 / log(2) }') 1e-12
}

@test "chance levels at other orders" {
    mi-compare --terms I_Z1_Z2_null,I_Z1_Z2_calibrated --alpha 1 "${run[@]}" >t.tsv
    same "$(column difference t.tsv | sort -u)" nan
    mi-compare --terms I_Z1_Z2_null,I_Z1_Z2_calibrated --alpha 1 --permutations 5 "${run[@]}" >t.tsv
    same "$(column permutations t.tsv | sort -u)" 5
    ! column difference_se t.tsv | grep nan
}

@test "without ids rows are matched by their number; without labels terms are nan" {
    run --separate-stderr mi-compare --terms I_Z1_Z2,I_Y_Z1 no-r-no-y.h5 no-r-no-y.h5
    same "$status" 0
    same "${stderr_lines[0]}" "mi-compare: warning: no-r-no-y.h5:/ against no-r-no-y.h5:/: no ids: row i of the one is taken for row i of the other, and rows as independent"
    same "${stderr_lines[1]}" "mi-compare: warning: no-r-no-y.h5:/ against no-r-no-y.h5:/: no y in both: the terms that need it are nan"
    echo "$output" >t.tsv
    same "$(value difference I_Z1_Z2) $(value p I_Z1_Z2) $(value difference I_Y_Z1)" "0 1 nan"
}

@test "labels that differ are said, but not names of classes" {
    run --separate-stderr mi-compare --terms I_Y_Z1 views.h5 mixed-labels.h5
    same "$status" 0
    [[ $stderr == *"mi-compare: warning: views.h5:/ against mixed-labels.h5:/: the labels of the shared rows differ, and the terms of Y for that too"* ]]
    run --separate-stderr mi-compare --terms I_Y_Z1 views.h5 views.h5
    same "$stderr" ""
}

@test "kernels that differ are said" {
    run --separate-stderr mi-compare --of z1:z2 good.h5 integers.h5
    same "$stderr" "mi-compare: warning: good.h5:/ against integers.h5:/: kernels differ, linear and z1=delta,z2=linear, and the numbers for that too"
}

@test "sets that cannot be compared" {
    mi-transform --rows 0:16:1 good.h5 -o a.h5
    mi-transform --rows 16:24:1 good.h5 -o b.h5
    mi-transform --rows 12:24:1 good.h5 -o c.h5
    fails 2 "one feature set, wanted two or more of the same instances to compare" mi-compare good.h5
    fails 65 "a.h5:/ against b.h5:/: no instance is shared: 8 ids from 0 on in the first, 4 from 8 on in the second" mi-compare a.h5 b.h5
    fails 65 "a.h5:/ against c.h5:/: a comparison needs 3 or more shared instances, found 2" mi-compare a.h5 c.h5
    fails 65 "good.h5:/ against one-view.h5:/: R is 'positive' in the first and 'id' in the second, wanted one kind; try --r" mi-compare good.h5 one-view.h5
    fails 65 "good.h5:/ against one-view.h5:/: id 11 has 2 rows in the first and 1 in the second, wanted as many" mi-compare --r id good.h5 one-view.h5
    fails 65 "good.h5:/ against no-r-no-y.h5:/: the second has no instance ids and the first has" mi-compare good.h5 no-r-no-y.h5
    fails 65 "no-z1.h5:/: no z1, wanted z1 and z2; it holds no other dataset" mi-compare good.h5 no-z1.h5
    fails 66 "cannot open 'nope.h5': No such file or directory" mi-compare good.h5 nope.h5
    fails 65 "good.h5:/ against good.h5:/: a batch of 13 is larger than the 12 instances there are; try --batch 12 or less" mi-compare --batch 13 good.h5 good.h5
}

@test "options that are wrong" {
    fails 2 "--terms: 'foo' is no term, wanted columns of mi-bounds such as I_Z1_Z2 or lower, I_Z1_Z2_calibrated, or all" mi-compare --terms lower,foo good.h5 good.h5
    fails 2 "--of: 'x' is no variable, wanted z1, z2, r or y, joined by '+'" mi-compare --of z1:x good.h5 good.h5
    fails 2 "--level '1': out of range, wanted 0.5 to 0.9999" mi-compare --level 1 good.h5 good.h5
    fails 2 "good.h5:/ against good.h5:/: estimator u is for order 2, found order 1; try --alpha 2" mi-compare --estimator u --alpha 1 good.h5 good.h5
    fails 2 "good.h5:/ against good.h5:/: permutations are of the whole set, found batches; leave out one of them" mi-compare --of z1:z2 --batch 4 --permutations 5 good.h5 good.h5
}

@test "--keep-going: the code is that of the first error, the other rows are there" {
    mi-transform --rows 0:4:1 good.h5 -o few.h5
    run --separate-stderr mi-compare --keep-going --terms lower good.h5 few.h5 good.h5
    same "$status" 65
    same "$stderr" "mi-compare: good.h5:/ against few.h5:/: a comparison needs 3 or more shared instances, found 2"
    same "${#lines[@]}" 2
}
