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
    same "$(tail -1 shown)" "mi-mutual: hint: z1:z1: a matrix information of a variable with itself is not its entropy (equal for delta kernels alone): man mi-guide"
    grep -qx "# WHY I(Z;Z) IS NOT H(Z)" "$MI_SOURCE/tools/manual/mi-guide.7.scd"
    script -qc "mi-mutual --of z1:z2,y:y good.h5" /dev/null </dev/null | run ! grep hint
}

@test "--xy: the information of two sides of an array of samples, one number" {
    mi-export --of z1,z2 good.h5 -o a.csv
    for how in "" "--alpha 1" "--kernel gaussian:median" "--base 2" "--kernel z1=gaussian:2,z2=linear --alpha 3"; do
        mi-mutual --digits 12 $how good.h5 | column I >wanted
        mi-mutual --digits 12 $how --xy 6,4 a.csv >found
        same "$(wc -l <found)" 1
        "$MI_NEAR" found wanted 1e-6
    done
    mi-mutual --xy 6,4 <a.csv | cmp - <(mi-mutual --xy 6,4 -o n.txt a.csv; cat n.txt)
    # another array, and columns of it; a single column has a gaussian kernel by default
    mi-export --of z1 good.h5 -o z1.npy
    mi-mutual --xy 4,2 z1.npy >whole
    "$MI_NEAR" whole <(mi-mutual --xy 4,2 a.csv:1,2,3,4,5,6) 1e-6
    mi-mutual --xy 1,1 a.csv:1,7 | cmp - <(mi-mutual --xy 1,1 --kernel gaussian:median a.csv:1,7)
}

@test "--xy: what it refuses" {
    printf '1,2,3\n4,5,7\n8,9,1\n' >a.csv
    fails 2 "--xy '3': no columns of X and of Y, wanted two numbers such as 3,2" mi-mutual --xy 3 a.csv
    fails 2 "--xy '0,1': no columns of X and of Y, wanted two numbers such as 3,2" mi-mutual --xy 0,1 a.csv
    fails 2 "--xy '1,-1': no columns of X and of Y, wanted two numbers such as 3,2" mi-mutual --xy 1,-1 a.csv
    fails 2 "--xy writes one number; leave out --se" mi-mutual --xy 1,1 --se a.csv
    fails 2 "--xy writes one number; leave out --json" mi-mutual --xy 1,1 --json a.csv
    fails 2 "--xy writes one number, found 2 orders" mi-mutual --xy 1,1 --alpha 1,2 a.csv
    fails 2 "--xy writes one number, found 2 kernels" mi-mutual --xy 1,1 --kernel linear --kernel gaussian:1 a.csv
    fails 2 "2 files, wanted one: 'a.csv' and 'b.csv'" mi-mutual --xy 1,1 a.csv b.csv
    fails 65 "a.csv: 3 columns, wanted 2 of X and 2 of Y" mi-mutual --xy 2,2 a.csv
    cp "$MI_SOURCE/tests/exchange/odd/fortran-text.npy" words.npy
    fails 65 "words.npy: text, wanted numbers" mi-mutual --xy 1,1 words.npy
    printf '1,2\n3,nan\n4,5\n' >nan.csv
    run --separate-stderr mi-mutual --xy 1,1 nan.csv
    same "$status" 65
    case $stderr in "mi-mutual: nan.csv: "*"row 1"*) ;; *) same "$stderr" "" ;; esac
    fails 66 "cannot open 'missing.csv': No such file or directory" mi-mutual --xy 1,1 missing.csv
    fails 71 "a.csv: 3 rows of 3 doubles are more than --memory allows" mi-mutual --xy 1,1 --memory 1 a.csv
}
