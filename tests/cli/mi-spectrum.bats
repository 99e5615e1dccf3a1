load common

@test "columns of effective ranks, a row a variable and order" {
    mi-spectrum --alpha 1,2 --of z1,z2,z1+z2,y good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group n instances d1 d2 classes variables alpha kernel r_kind estimator batch batches seed route tolerance half_width base zero_rows rows_dropped zeroed_mass epsilon delta fit_low fit_high S exp_S participation_ratio rankme alpha_req alpha_req_r2 lidar"
    same "$(column variables t.tsv | tr '\n' ' ')$(column alpha t.tsv | tr '\n' ' ')" "z1 z1 z2 z2 z1+z2 z1+z2 y y 1 2 1 2 1 2 1 2 "
    same "$(column rankme t.tsv | tail -4 | sort -u) $(column fit_low t.tsv | tail -1)" "nan nan"
    same "$(column exp_S t.tsv | tail -2 | sort -u)" 3
    run ! grep -q nan <(column lidar t.tsv | head -4)
}

# /usr/bin/python3, NumPy 1.24.2, SciPy 1.10.1, of z1 and z2 of small.h5: with s = numpy.linalg.svd(x), c = the same of
# x - x.mean(0), squared: c.sum()**2/(c**2).sum(); exp(entropy(s/s.sum() + 1e-7)); numpy.linalg.solve of the weighted normal
# equations of log c on log k, ranks 4 to all, weights 1/k; its weighted R^2; exp(entropy(l/l.sum() + 1e-7)) of
# scipy.linalg.eigh(B, W + 1e-4 I), l below 0 set to 0.
@test "effective ranks are those of NumPy" {
    mi-spectrum --digits 12 "$MI_SOURCE/tests/oracle/small.h5" >t.tsv
    for c in participation_ratio rankme alpha_req alpha_req_r2 lidar; do column $c t.tsv; done >found
    printf '%s\n' 4.28099343679 3.86275617159 13.4345939193 9.38177351373 2.42557100531 3.19524323295 \
        0.969472072247 0.937679365777 6.97457326068 6.11136680864 >wanted
    "$MI_NEAR" found wanted 1e-10
    same "$(column fit_high t.tsv | tr '\n' ' ')" "24 16 "
    mi-spectrum --digits 12 --fit 2:9 "$MI_SOURCE/tests/oracle/small.h5" >t.tsv
    printf '%s\n' 1.89843239163 2.26061906721 >wanted
    "$MI_NEAR" <(column alpha_req t.tsv) wanted 1e-10
    same "$(column fit_low t.tsv | tr '\n' ' ')$(column fit_high t.tsv | tr '\n' ' ')" "2 2 9 9 "
}

@test "S is that of mi-entropy, and exp_S of it, in any base" {
    mi-spectrum --digits 15 --of z1,z1+z2 --alpha 0.5,2 --base 2 good.h5 >s.tsv
    mi-entropy --digits 15 --of z1,z1+z2 --alpha 0.5,2 --base 2 good.h5 >e.tsv
    cmp <(column S s.tsv) <(column S e.tsv)
    mi-spectrum --digits 15 --of z1,z1+z2 --alpha 0.5,2 good.h5 >n.tsv
    "$MI_NEAR" <(column exp_S s.tsv) <(column exp_S n.tsv) 1e-13
}

@test "eigenvalues: a row each, the largest first, summing to 1" {
    mi-spectrum --eigenvalues --of z1,z1+z2,y good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group n instances d1 d2 classes variables alpha kernel r_kind estimator batch batches seed route tolerance half_width base zero_rows rows_dropped zeroed_mass index eigenvalue cumulative"
    same "$(column variables t.tsv | uniq -c | awk '{ printf "%s %s ", $1, $2 }')" "6 z1 24 z1+z2 3 y "
    same "$(column index t.tsv | head -7 | tr '\n' ' ')" "1 2 3 4 5 6 1 "
    same "$(column cumulative t.tsv | sed -n '6p;30p;33p' | tr '\n' ' ')" "1 1 1 "
    same "$(column eigenvalue t.tsv | tail -3 | sort -u)" 0.333333333
    same "$(column alpha t.tsv | sort -u)" nan
    column eigenvalue t.tsv | head -6 >l
    sort -gr l | cmp - l
}

@test "eigenvalues give the entropy that mi-entropy prints" {
    mi-spectrum --digits 17 --eigenvalues --of z1+z2 good.h5 | column eigenvalue | awk '{ s -= $1 * log($1) } END { printf "%.12f\n", s }' >found
    mi-entropy --digits 17 --of z1+z2 --alpha 1 good.h5 | column S >wanted
    "$MI_NEAR" found wanted 1e-11
}

@test "batches are means" {
    mi-spectrum --digits 15 --batch 12 --of z1 good.h5 >one.tsv
    mi-spectrum --digits 15 --of z1 good.h5 >whole.tsv
    for c in rankme lidar alpha_req participation_ratio; do
        "$MI_NEAR" <(column $c one.tsv) <(column $c whole.tsv) 1e-12
    done
    same "$(column batches one.tsv) $(column batches whole.tsv)" "1 nan"
    same "$(mi-spectrum --eigenvalues --batch 6 --of z1 good.h5 | column batches | sort -u)" 2
}

@test "lidar without views, and why" {
    run --separate-stderr mi-spectrum no-r-no-y.h5
    same "$status" 0
    same "$stderr" "mi-spectrum: warning: no-r-no-y.h5:/: lidar is nan: it needs instance ids, there is no integer r"
    same "$(echo "$output" | column lidar | sort -u)" nan
    run --separate-stderr mi-spectrum --map r=z2 --r target good.h5
    same "$stderr" "mi-spectrum: warning: good.h5:/: lidar is nan: it needs instance ids, there is no integer r"
    run --separate-stderr mi-spectrum own-instances.h5
    same "$(tail -1 <<<"$stderr")" "mi-spectrum: warning: own-instances.h5:/: lidar is nan: it needs two views or more of an instance"
    run --separate-stderr mi-spectrum --of z1 equal-columns.h5
    same "$status" 0
    same "$stderr" "mi-spectrum: warning: equal-columns.h5:/: lidar is nan: the covariances between or within instances are singular; a larger --delta may help"
    same "$(mi-spectrum --of z1 --delta 1e10 --epsilon 0 equal-columns.h5 | column lidar)" 1
}

@test "a number of the features does not change with the kernel" {
    mi-spectrum --of z1 good.h5 >linear.tsv
    mi-spectrum --of z1 --kernel gaussian:1 good.h5 >gaussian.tsv
    for c in rankme lidar alpha_req participation_ratio; do
        cmp <(column $c linear.tsv) <(column $c gaussian.tsv)
    done
    same "$(mi-spectrum --of z1 --kernel delta good.h5 | column rankme)" nan
}

@test "what cannot be asked for" {
    fails 2 "--of: 'z3' is no variable, wanted z1, z2, r or y, joined by '+'" mi-spectrum --of z3 good.h5
    fails 2 "--of: 'z1:z2' is a mutual information, wanted an entropy: z1, z1+z2 or z1|y" mi-spectrum --of z1:z2 good.h5
    fails 2 "--of: 'z1|y' has a condition, a conditional entropy has no eigenvalues" mi-spectrum --eigenvalues --of 'z1|y' good.h5
    fails 2 "--alpha goes with effective ranks, --eigenvalues has no orders" mi-spectrum --eigenvalues --alpha 1 good.h5
    for fit in 4 4:5 0:9 9:4 4:x a:b -4:9 4:9:10; do
        fails 2 "--fit '$fit': not a range of ranks, wanted LOW:HIGH with LOW from 1 and three ranks or more" mi-spectrum --fit=$fit good.h5
    done
    fails 2 "--epsilon '1': out of range, wanted 0 to 0.1" mi-spectrum --epsilon 1 good.h5
    fails 2 "--delta '0': out of range, wanted 1e-300 to 1e+300" mi-spectrum --delta 0 good.h5
    run --separate-stderr mi-spectrum --of z1 no-z1.h5
    same "$status" 65
    [[ $stderr == "mi-spectrum: no-z1.h5:/: no z1"* ]]
    run --separate-stderr mi-spectrum --memory 1K --of z1 good.h5
    same "$status" 71
}
