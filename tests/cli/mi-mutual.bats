load common

@test "columns; pairs, conditions, total correlation" {
    mi-mutual --of 'z1:z2,z1:y,z1:z2|y,z1:z2:y' good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group n instances d1 d2 classes variables alpha kernel r_kind estimator batch batches seed route tolerance half_width degrees se_by base zero_rows rows_dropped zeroed_mass I"
    same "$(column variables t.tsv | tr '\n' ' ')" "z1:z2 z1:y z1:z2|y z1:z2:y "
}

@test "the informations are those of mi-bounds" {
    mi-bounds --digits 17 --alpha 1 --decompose good.h5 >b.tsv
    mi-mutual --digits 17 --alpha 1 --of 'z1:z2,z1:r,r:y,y:z1,y:z2,y:z2|z1,z1:z2|r,z1:r|z2' good.h5 >m.tsv
    "$MI_NEAR" <(column I m.tsv) <(for c in I_Z1_Z2 I_Z1_R I_R_Y I_Y_Z1 I_Y_Z2 I_Y_Z2_given_Z1 I_Z1_Z2_given_R I_Z1_R_given_Z2; do column $c b.tsv; done) 1e-9
}

@test "normalised forms of a variable with itself under the delta kernel are 1" {
    mi-mutual --normalize --of y:y,r:r --r id --alpha 1 good.h5 >t.tsv
    for c in I_min I_mean I_geo I_joint; do
        same "$(column $c t.tsv | sort -u)" 1
    done
}

@test "a negative information is not clipped" {
    mi-mutual --digits 17 --of z1:z2 --alpha 50 --kernel gaussian:0.9 good.h5 | column I >i
    [ "$(wc -l <i)" -eq 1 ]
    mi-entropy --digits 17 --of z1,z2,z1+z2 --alpha 50 --kernel gaussian:0.9 good.h5 | column S | paste -s | awk '{ printf "%.12f\n", $1 + $2 - $3 }' >j
    "$MI_NEAR" i j 1e-9
}

@test "expressions that are none" {
    fails 2 "--of: 'z1' is an entropy, wanted a mutual information: z1:z2 or z1:z2|y" mi-mutual --of z1 good.h5
    fails 2 "--of: 'z1:y|r|z2' goes on after its condition, wanted one '|' part at the end" mi-mutual --of 'z1:y|r|z2' good.h5
}

@test "standard errors and intervals: of the value, and of its ratios and what is above chance" {
    mi-mutual --digits 17 --se --ci 0.9 --normalize --permutations 20 --of z1:z2 good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' '\n' | sed -n '/^I$/,$p' | paste -sd' ')" "I I_min I_mean I_geo I_joint permutations I_null I_null_sd I_p I_calibrated I_se I_min_se I_mean_se I_geo_se I_joint_se I_calibrated_se I_lo I_min_lo I_mean_lo I_geo_lo I_joint_lo I_calibrated_lo I_hi I_min_hi I_mean_hi I_geo_hi I_joint_hi I_calibrated_hi"
    mi-bounds --digits 17 --se --ci 0.9 good.h5 >b.tsv
    "$MI_NEAR" <(column I_se t.tsv) <(column I_Z1_Z2_se b.tsv) 1e-6
    "$MI_NEAR" <(column I_lo t.tsv) <(column I_Z1_Z2_lo b.tsv) 1e-6
    same "$(column degrees t.tsv)" "$(column degrees b.tsv)"
}

@test "standard errors at other orders and in batches" {
    mi-mutual --digits 17 --se --of z1:z2,z1:y --alpha 1,2 good.h5 >t.tsv
    mi-bounds --digits 17 --se --alpha 1,2 good.h5 >b.tsv
    "$MI_NEAR" <(column I_se t.tsv) <(column I_Z1_Z2_se b.tsv; column I_Y_Z1_se b.tsv) 1e-6
    mi-mutual --digits 17 --se --batch 4 good.h5 >t.tsv
    mi-bounds --digits 17 --se --batch 4 good.h5 >b.tsv
    "$MI_NEAR" <(column I_se t.tsv) <(column I_Z1_Z2_se b.tsv) 1e-6
    same "$(column degrees t.tsv)" 2
}

@test "a variable with itself: less than its entropy, equal for delta kernels alone, and a terminal is told" {
    mi-mutual --digits 17 --of z1:z1,y:y good.h5 | column I >i
    mi-entropy --digits 17 --of z1,y good.h5 | column S >s
    paste i s | awk 'NR == 1 { exit !($1 < $2 - 0.1) }'
    "$MI_NEAR" <(tail -1 i) <(tail -1 s) 1e-12
    # the figures of libmi/README.md
    same "$(mi-mutual --digits 3 --of z1:z1 "$MI_SOURCE/tests/oracle/small.h5" | column I) $(mi-entropy --digits 3 --of z1 "$MI_SOURCE/tests/oracle/small.h5" | column S)" "0.673 1.23"
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    script -qc "mi-mutual --of z1:z2,z1:z1 good.h5" /dev/null </dev/null | tr -d '\r' >shown
    same "$(tail -1 shown)" "mi-mutual: hint: z1:z1: a matrix information of a variable with itself is not its entropy (equal for delta kernels alone): libmi/README.md, Quantities that look alike"
    grep -qx "### Quantities that look alike" "$MI_SOURCE/libmi/README.md"
    script -qc "mi-mutual --of z1:z2,y:y good.h5" /dev/null </dev/null | run ! grep hint
}
