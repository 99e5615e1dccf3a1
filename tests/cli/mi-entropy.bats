load common

@test "a row a variable list, in the order asked for" {
    mi-entropy --of 'z1,z2,z1+z2,y,z1|y' good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group n instances d1 d2 classes variables alpha kernel r_kind estimator batch batches seed route tolerance half_width degrees se_by base zero_rows rows_dropped zeroed_mass S"
    same "$(column variables t.tsv | tr '\n' ' ')" "z1 z2 z1+z2 y z1|y "
    same "$(column route t.tsv | tr '\n' ' ')" "tiles tiles tiles counts classes "
}

@test "the entropies are those of mi-bounds" {
    mi-bounds --digits 17 --alpha 1 good.h5 >b.tsv
    mi-entropy --digits 17 --alpha 1 --of z1,z2,r,y good.h5 >e.tsv
    "$MI_NEAR" <(column S e.tsv) <(for c in H_Z1 H_Z2 H_R H_Y; do column $c b.tsv; done) 1e-12
}

@test "three balanced classes have log 3 nats at every order" {
    mi-entropy --of y --alpha 0.5,1,2,inf good.h5 | column S | sort -u >s
    same "$(cat s)" 1.09861229
    same "$(mi-entropy --of y --base 3 good.h5 | column S)" 1
}

@test "a set that has only z1 is enough for z1" {
    mi-entropy --of z1 no-z2.h5 | column S | grep -qv nan
    run --separate-stderr mi-entropy --of z2 no-z2.h5
    same "$status" 65
    [[ $stderr == "mi-entropy: no-z2.h5:/: no z2"* ]]
}

@test "limits, with their errors and reasons where there are none" {
    mi-synth gaussian --n 512 --d1 32 --d2 16 --views 1 -o wide.h5
    mi-mutual --of z1:z2,z1:r --alpha 2,1 --extrapolate --ci 0.9 wide.h5 >t.tsv 2>said
    same "$(head -1 t.tsv | tr '\t' '\n' | tail -8 | tr '\n' ' ')" "I I_lo I_hi I_limit I_limit_fit I_limit_se I_limit_lo I_limit_hi "
    same "$(column seed t.tsv | uniq)" 1
    same "$(column I_limit t.tsv | sed 's/^-*0\.0[0-9]*.*/0/' | tr '\n' ' ')" "0 nan nan nan "
    [[ $(<said) == *"wide.h5:/: z1:z2 at order 1 has no limit that 512 rows would show: exp S of one of its joints is above a third of the instances; try more of them, or order 2"* ]]
    same "$(grep -c "z1:r has no limit: one of its variables has a value of its own for more than half of the instances, and its entropy grows as log n" said)" 1
    mi-entropy --extrapolate --digits 17 wide.h5 2>&- | column S_limit >one
    mi-entropy --extrapolate --digits 17 --threads 1 - <wide.h5 2>&- | column S_limit | cmp - one
    mi-entropy --extrapolate --digits 17 --seed 2 wide.h5 2>&- | column S_limit >two
    ! cmp -s one two
    fails 2 "--extrapolate has batches of its own; leave out --batch" mi-entropy --extrapolate --batch 64 wide.h5
    fails 65 "good.h5:/: a limit needs 64 or more instances, found 12" mi-entropy --extrapolate good.h5
    fails 2 "--xy writes one number; leave out --extrapolate" mi-mutual --xy 1,1 --extrapolate x.csv
}

@test "expressions that are none" {
    fails 2 "--of: 'z3' is no variable, wanted z1, z2, r or y, joined by '+'" mi-entropy --of z3 good.h5
    fails 2 "--of: 'z1:z2' is a mutual information, wanted an entropy: z1, z1+z2 or z1|y" mi-entropy --of z1:z2 good.h5
}

@test "batches are means" {
    mi-entropy --digits 17 --batch 12 good.h5 >whole.tsv
    mi-entropy --digits 17 good.h5 >plain.tsv
    "$MI_NEAR" <(column S whole.tsv) <(column S plain.tsv) 1e-6
    same "$(mi-entropy --batch 5 good.h5 | column batches)" 2
}

@test "standard errors of entropies are those of mi-bounds" {
    mi-entropy --digits 17 --se --ci 0.95 --of z1,z2,y --alpha 2,1 good.h5 >t.tsv
    mi-bounds --digits 17 --se --ci 0.95 --alpha 2,1 good.h5 >b.tsv
    for c in se lo hi; do
        "$MI_NEAR" <(column S_$c t.tsv) <(for v in H_Z1 H_Z2 H_Y; do column ${v}_$c b.tsv; done) 1e-6
    done
}
