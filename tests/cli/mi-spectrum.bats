load common

@test "columns of effective ranks, a row a variable and order" {
    mi-spectrum --alpha 1,2 --of z1,z2,z1+z2,y good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group n instances d1 d2 classes variables class alpha kernel r_kind estimator batch batches seed route tolerance half_width base zero_rows rows_dropped zeroed_mass epsilon delta fit_low fit_high truncate S exp_S S_over_log_n S_over_log_d S_over_log_min exp_S_truncated participation_ratio participation_ratio_corrected rankme effective_rank stable_rank nesum components_90 components_95 components_99 condition alpha_req alpha_req_r2 lidar"
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

# The same NumPy and SciPy: with c as above p = c / c.sum(): exp(entropy(p)); (s**2).sum() / s[0]**2; c.sum() / c[0];
# sqrt(c[0] / c[-1]); first rank at which p.cumsum() reaches 0.9, 0.95, 0.99. Corrected participation ratio: the closed form of
# req-metrics 2febca8, equal to the mean over all 4-tuples of different rows on 9 rows. reptrix f93c9b6 has 6.4598263 and
# 5.2629348 for the first, 1e-7 being added to each share.
@test "numbers of the covariance are those of NumPy, req-metrics and reptrix" {
    mi-spectrum --digits 12 "$MI_SOURCE/tests/oracle/small.h5" >t.tsv
    for c in effective_rank stable_rank nesum condition participation_ratio_corrected; do column $c t.tsv; done >found
    printf '%s\n' 6.459825717154232 5.262934732783128 1.890216468463967 1.8325635402652622 2.5494013247774836 2.4971758588892365 \
        35.27031762018313 37.36099909483682 4.470088216596315 4.016946771188406 >wanted
    "$MI_NEAR" found wanted 1e-10
    same "$(for s in 90 95 99; do column components_$s t.tsv; done | tr '\n' ' ')" "7 5 9 7 17 11 "
}

# truncated-vendi ba4d734 (TruncatedVendi.compute_score, kernel "cosine"), NumPy 1.24.2, torch 1.13.0.
@test "truncated Vendi scores are those of truncated-vendi" {
    mi-spectrum --digits 12 --alpha 2 --truncate 4 "$MI_SOURCE/tests/oracle/small.h5" >t.tsv
    "$MI_NEAR" <(column exp_S_truncated t.tsv) <(printf '%s\n' 2.8460589788815516 3.059004019351303) 1e-9
    same "$(column truncate t.tsv | uniq)" 4
    mi-spectrum --digits 12 --truncate 100000 "$MI_SOURCE/tests/oracle/small.h5" >t.tsv
    "$MI_NEAR" <(column exp_S_truncated t.tsv) <(column exp_S t.tsv) 1e-7
    same "$(mi-spectrum good.h5 | column exp_S_truncated | uniq)" nan
    mi-spectrum --of z1+z2 --truncate 1 good.h5 | column exp_S_truncated >found
    "$MI_NEAR" found <(echo 1) 1e-12
    fails 2 "--truncate is of whole sets, not of means over batches" mi-spectrum --truncate 3 --batch 3 good.h5
    fails 2 "--truncate goes with effective ranks, --eigenvalues prints them all" mi-spectrum --truncate 3 --eigenvalues good.h5
    fails 2 "--truncate '0': out of range, wanted 1 to 1000000000" mi-spectrum --truncate 0 good.h5
    fails 2 "--of: 'z1|y' has a condition, a conditional entropy has no eigenvalues" mi-spectrum --truncate 3 --of 'z1|y' good.h5
}

@test "S over its largest values, of whole sets and of batches, in any base" {
    for base in e 2; do
        mi-spectrum --digits 12 --base $base --of z1,z1+z2,y good.h5 >t.tsv
        n=$(column n t.tsv | head -1) d=$(column d1 t.tsv | head -1)
        column S t.tsv | awk -v n=$n -v d=$d -v b=$base 'BEGIN { b = b == "e" ? 1 : log(2) } { print $1 * b / log(n) } NR == 1 { print $1 * b / log(d); print $1 * b / log(d < n ? d : n) }' | sort -g >wanted
        { column S_over_log_n t.tsv; column S_over_log_d t.tsv | head -1; column S_over_log_min t.tsv | head -1; } | sort -g >found
        "$MI_NEAR" found wanted 1e-5
        same "$(column S_over_log_d t.tsv | tail -2 | uniq)" nan
    done
    mi-spectrum --digits 12 --batch 3 --of z1 good.h5 >t.tsv
    awk -v s="$(column S t.tsv)" -v v=$(($(column n t.tsv) / $(column instances t.tsv))) 'BEGIN { print s / log(3 * v) }' >wanted
    "$MI_NEAR" <(column S_over_log_n t.tsv) wanted 1e-5
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
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group n instances d1 d2 classes variables class alpha kernel r_kind estimator batch batches seed route tolerance half_width base zero_rows rows_dropped zeroed_mass index eigenvalue cumulative"
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
    for c in rankme lidar alpha_req participation_ratio effective_rank nesum components_95 stable_rank condition; do
        "$MI_NEAR" <(column $c one.tsv) <(column $c whole.tsv) 1e-12
    done
    same "$(column batches one.tsv) $(column batches whole.tsv)" "1 nan"
    same "$(mi-spectrum --eigenvalues --batch 6 --of z1 good.h5 | column batches | sort -u)" 2
}

@test "standard errors and intervals of all ranks" {
    mi-spectrum --se --ci 0.9 --alpha 1,2 --digits 12 --of z1,y good.h5 >t.tsv
    mi-spectrum --alpha 1,2 --digits 12 --of z1,y good.h5 >plain.tsv
    columns=$(head -1 plain.tsv | wc -w)
    for c in rankme effective_rank nesum lidar; do # S may come by another route
        cmp <(column $c t.tsv) <(column $c plain.tsv)
    done
    same "$(head -1 t.tsv | cut -f$((columns + 1))-$((columns + 4)) | tr '\t' ' ')" "degrees S_se exp_S_se S_over_log_n_se"
    same "$(column degrees t.tsv | tr '\n' ' ')" "11 11 nan nan "
    column rankme_se t.tsv | head -2 | awk '!($1 > 0) { exit 1 }'
    mi-entropy --se --alpha 1,2 --digits 12 --of z1,y good.h5 | column S_se >wanted
    "$MI_NEAR" <(column S_se t.tsv) wanted 1e-9
    paste <(column exp_S t.tsv) <(column S_se t.tsv) | awk '{ printf "%.9g\n", $1 * $2 }' >wanted
    "$MI_NEAR" <(column exp_S_se t.tsv) wanted 1e-8
    mi-spectrum --se --batch 3 --of z1 good.h5 >t.tsv
    same "$(column degrees t.tsv)" 3
    column lidar_se t.tsv | grep -qE '^[0-9]'
    fails 2 "--se and --ci go with effective ranks, not with --eigenvalues" mi-spectrum --se --eigenvalues good.h5
    run --separate-stderr mi-spectrum --se --of z1 no-r-no-y.h5
    [[ $stderr == *"no r: the standard errors take the 24 rows as independent"* ]]
}

@test "a class is as if its rows were alone" {
    mi-spectrum --by-class --digits 12 --alpha 1 --of z1,z2 good.h5 >t.tsv
    same "$(column class t.tsv | tr '\n' ' ')" "nan nan 0 0 1 1 2 2 "
    mi-transform --class 1 good.h5 -o one.h5
    mi-spectrum --digits 12 --alpha 1 --of z1,z2 one.h5 >alone.tsv
    for c in n S rankme participation_ratio_corrected effective_rank condition lidar; do
        awk -F '\t' -v name=$c 'NR == 1 { for (k = 1; k <= NF; k++) c[$k] = k; next } $c["class"] == 1 { print $c[name] }' t.tsv >found
        "$MI_NEAR" found <(column $c alone.tsv) 1e-10
    done
    mi-spectrum --by-class --eigenvalues --of z1 good.h5 >t.tsv
    same "$(column class t.tsv | uniq -c | awk '{ printf "%s ", $2 }')" "nan 0 1 2 "
    run --separate-stderr mi-spectrum --by-class --se --of z1 mixed-labels.h5
    same "$status" 0
    same "$(tail -1 <<<"$stderr")" "mi-spectrum: warning: mixed-labels.h5:/: class 3 has one row, which has no spectrum: left out"
    run --separate-stderr mi-spectrum --by-class --se --of z1 rare-class.h5
    same "$status" 0
    same "$(column rankme_se <<<"$output" | tail -1)" nan
    run --separate-stderr mi-spectrum --by-class no-r-no-y.h5
    same "$status" 65
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
    for fit in 4 4:5 0:9 9:4 4:x a:b -4:9 4:9:10 1000000000:2000000000 18446744073709551613:18446744073709551615; do
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
