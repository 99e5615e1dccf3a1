# Rows at the edge of what doubles hold, in the tools that are about rows: right, or refused with a reason and exit code 65.
# Values were found by a program of long doubles (NumPy), the formulas written out.
load common

# set FILE ROW...: features z1 of these rows.
set_of() {
    local file=$1
    shift
    printf '%s\n' "$@" >"$file.csv"
    mi-import z1="$file.csv" -o "$file.h5"
}

# is COMMAND... -- WANTED...: the last row's numbers, to a part in 10^7 of themselves.
is() {
    local command=() found
    while [ "$1" != -- ]; do command+=("$1"); shift; done
    shift
    found=$("${command[@]}" --digits 15 | tail -1)
    awk -v found="$found" -v wanted="$*" 'BEGIN { n = split(wanted, w, " "); if (split(found, f, "\t") != n) exit 1
        for (k = 1; k <= n; k++) if (!(f[k] == w[k] || (f[k] - w[k]) ^ 2 <= 1e-14 * w[k] ^ 2)) { print found; exit 1 } }'
}

# Six rows of three numbers.
rows_of() {
    awk -v offset="$1" -v size="$2" 'BEGIN { split("3 1 4 1 5 9 2 6 5 3 5 8 9 7 9 3 2 3", d, " ")
        for (i = 0; i < 6; i++) printf "%.17g,%.17g,%.17g\n", offset + size * d[3 * i + 1], offset + size * d[3 * i + 2], offset + size * d[3 * i + 3] }'
}

@test "effective ranks of numbers of any size and far from 0" {
    rows_of 0 1 >plain.csv
    mi-import z1=plain.csv -o plain.h5
    mi-spectrum --of z1 --kernel gaussian:1 --columns participation_ratio,effective_rank,condition,participation_ratio_corrected --digits 15 plain.h5 >plain
    for shape in "0 4.9406564584124654e-324" "0 1e-320" "0 1e-300" "1e12 1" "-1e6 0.0009765625" "4503599627370496 1"; do
        rows_of $shape >edge.csv
        mi-import z1=edge.csv -o edge.h5
        mi-spectrum --of z1 --kernel gaussian:1 --columns participation_ratio,effective_rank,condition,participation_ratio_corrected --digits 15 edge.h5 >edge
        "$MI_NEAR" plain edge 1e-3 # 1e-320 has three digits
        case $shape in *1|*25|*e-300) "$MI_NEAR" plain edge 1e-9 ;; esac
        rm edge.h5
    done
    # more columns than rows: the same six rows, a column four times
    for offset in 0 1e12; do
        rows_of $offset 1 | awk -F , '{ print $1 "," $1 "," $1 "," $1 "," $2 "," $2 "," $2 "," $2 "," $3 "," $3 "," $3 "," $3 }' >edge.csv
        mi-import z1=edge.csv -o edge.h5
        mi-spectrum --of z1 --kernel gaussian:1 --columns participation_ratio,effective_rank,condition,participation_ratio_corrected --digits 15 edge.h5 >edge
        "$MI_NEAR" plain edge 1e-9
        rm edge.h5
    done
    # of two rows there is one direction, whatever their mean rounds to
    set_of two 1e4,2e4,30001 1e4,20003,3e4
    is mi-spectrum --of z1 --kernel gaussian:1 --columns condition,nesum two.h5 -- 1 1
    mi-spectrum --columns lidar --kernel gaussian:1 scaled-560x.h5 >wanted
    mi-spectrum --columns lidar --kernel gaussian:1 scaled-1060x.h5 >found
    "$MI_NEAR" wanted found 1e-4
}

@test "gaussian kernels of rows far from others, which are near each other or not" {
    for far in 1e9 1e20; do
        awk -v far=$far 'BEGIN { srand(5); for (i = 0; i < 20; i++) printf "%.17g,%.17g\n", i == 3 ? far : rand(), rand() }' >far.csv
        mi-import z1=far.csv -o far.h5
        wanted=$(awk -F , '{ x[NR] = $1; y[NR] = $2 } END {
            for (i = 1; i <= NR; i++) for (j = 1; j <= NR; j++) sum += exp(-(x[i] - x[j]) ^ 2 - (y[i] - y[j]) ^ 2)
            printf "%.12g", 2 * log(NR) - log(sum) }' far.csv)
        for route in auto tiles dense lanczos; do
            found=$(mi-entropy --kernel gaussian:1 --route $route --columns S --digits 15 far.h5 | tail -1)
            awk -v found="$found" -v wanted="$wanted" 'BEGIN { if ((found - wanted) ^ 2 > 1e-12) { print found, wanted; exit 1 } }'
        done
        rm far.h5
    done
    # two clusters: 0, 1, 2 and 1e15, 1e15 + 1, 1e15 + 2: the median of the distances is 1e15 - 1, exactly
    set_of apart 0 1 2 1000000000000000 1000000000000001 1000000000000002
    wanted=$(awk 'BEGIN { printf "%.15g", 2 * log(6) - log(2 * (3 + 4 * exp(-1) + 2 * exp(-4))) }')
    for route in auto tiles dense; do
        is mi-entropy --kernel gaussian:1 --route $route --columns S apart.h5 -- "$wanted"
    done
    # q25: the fourth and fifth of 15 distances 1, 1, 1, 1, 2, 2 and nine of 1e15
    is mi-entropy --kernel gaussian:q0.25 --columns kernel apart.h5 -- z1=gaussian:1.5
}

@test "alikeness of numbers of any size, far from 0, beside a row far away" {
    for power in -1000 -560 -300 130; do
        for option in "--inner raw" "--inner cosine"; do
            mi-align $option --neighbours 3 --columns cka,cka_debiased,cknna,mutual_knn,svcca,procrustes --digits 15 scaled0x.h5 >wanted
            run --separate-stderr mi-align $option --neighbours 3 --columns cka,cka_debiased,cknna,mutual_knn,svcca,procrustes --digits 15 scaled${power}x.h5
            case $power in
                -1000|-560) same "$status" 65 ;;
                *) same "$status" 0; "$MI_NEAR" wanted <(echo "$output") 1e-9 ;;
            esac
        done
    done
    rows_of 0 1 >near.csv
    rows_of 1e12 1 >offset.csv
    rows_of 1e12 1 | awk -F , '{ print $0 "," $0 "," $0 }' >wide.csv
    awk 'BEGIN { for (i = 0; i < 6; i++) print i * i % 5 "," i + 1 }' >other.csv
    mi-import z1=near.csv z2=other.csv -o near.h5
    mi-import z1=offset.csv z2=other.csv -o offset.h5
    mi-import z1=wide.csv z2=other.csv -o wide.h5
    for kernel in "linear --inner raw" gaussian:median laplacian:median; do
        mi-align --neighbours 2 --se --columns cka,cka_debiased,mutual_knn,svcca,procrustes,cka_se --digits 15 --kernel $kernel near.h5 >wanted
        for found in offset wide; do
            mi-align --neighbours 2 --se --columns cka,cka_debiased,mutual_knn,svcca,procrustes,cka_se --digits 15 --kernel $kernel $found.h5 >found
            "$MI_NEAR" wanted found 1e-7
        done
    done
    # gaussian:1 of 0, 1, 2, 3 and a row far away, which has no kernel with them: the same as far away as one likes
    for far in 1e3 1e9 1e20 1e100; do
        printf "0\n1\n2\n3\n%s\n" $far >far.csv
        printf '0\n1\n4\n9\n7\n' >other.csv
        mi-import z1=far.csv z2=other.csv -o far.h5
        is mi-align --kernel gaussian:1 --neighbours 2 --columns cka,cka_debiased far.h5 -- 0.89960372654174 0.67012289633078
        rm far.h5
    done
}

@test "a kernel that is flat but for its rounding has no CKA, and one a little less flat has" {
    # cosines of rows that are alike to 1e-5 and 1e-8 of their size, under (1 + c) / 2 squared
    awk 'BEGIN { srand(3); for (i = 0; i < 8; i++) printf "%.17g,%.17g,%.17g\n", 1 + 1e-4 * rand(), 1 + 1e-4 * rand(), 1 + 1e-4 * rand() }' >a.csv
    awk 'BEGIN { srand(3); for (i = 0; i < 8; i++) printf "%.17g,%.17g,%.17g\n", 1 + 1e-9 * rand(), 1 + 1e-9 * rand(), 1 + 1e-9 * rand() }' >b.csv
    mi-import z1=a.csv z2=a.csv -o a.h5
    mi-import z1=b.csv z2=b.csv -o b.h5
    is mi-align --kernel polynomial --neighbours 2 --columns cka,cka_debiased a.h5 -- 1 1
    is mi-align --kernel polynomial --neighbours 2 --columns cka,cka_debiased b.h5 -- nan nan
    # rows that are all as far from each other: off its diagonal the kernel is one number
    awk 'BEGIN { for (i = 0; i < 6; i++) { for (k = 0; k < 6; k++) printf "%d%s", i == k, k < 5 ? "," : "\n" } }' >one.csv
    mi-import z1=one.csv z2=one.csv -o one.h5
    is mi-align --kernel gaussian:1 --neighbours 2 --columns cka,cka_debiased one.h5 -- 1 nan
    is mi-align --neighbours 2 --columns cka,cka_debiased one.h5 -- 1 nan
}

@test "geometry of small rows beside large ones, and of instances whose views are alike and far from each other" {
    set_of small 1,0 0,1 1e-200,1e-200 3,4
    is mi-geometry --of z1 --columns zero_rows,norm_min,cosine small.h5 -- 0 1.4142135623731e-200 0.63402717603962
    set_of vanish 1e-200 2e-200 1 2
    fails 65 "vanish.h5:/: z1: rows 0 and 1 differ by less than a part in 1e140 of the largest number, which leaves no distance; drop the rows or columns that are so large" mi-geometry --of z1 vanish.h5
    printf '1e-200,1e-200\n2e-200,1e-200\n1,1\n2,1\n' >z.csv
    rm vanish.h5
    printf "0\n0\n1\n1\n" >r.csv
    mi-import z1=z.csv z2=z.csv r=r.csv -o vanish.h5
    fails 65 "vanish.h5:/ against vanish.h5:/: z1: rows 0 and 1 differ by less than a part in 1e140 of the largest number, which leaves no distance; drop the rows or columns that are so large" mi-align --inner raw --neighbours 2 --terms mutual_knn vanish.h5
    set_of equal 1e-200,0 1e-200,0 1,0 2,0 # equal rows are at distance 0 and no trouble
    is mi-geometry --of z1 --columns equal_rows,twonn,norm_min equal.h5 -- 1 1.5849625007212 1e-200
    printf '1,0\n1,0\n-1,0\n-1,0\n' >views.csv
    printf '0\n0\n1\n1\n' >r.csv
    mi-import z1=views.csv r=r.csv -o views.h5
    is mi-geometry --of z1 --columns uniformity,alignment,cosine views.h5 -- -8 0 -1
    is mi-geometry --of z1 --t 20 --columns uniformity views.h5 -- -80
    # without the first of these, which alone is near another, e^-80 is left of e^-0.1: nothing is told of the error
    set_of one 1,0 1,0.001 -1,0 -1,0.001
    is mi-geometry --of z1 --se --t 20 --columns uniformity_se one.h5 -- nan
}

@test "critics of instances of different numbers of views" {
    printf '1,0\n2,1\n3,1\n0,1\n1,4\n-1,2\n-2,2\n-1,-1\n-3,-2\n-1,-2\n' >z.csv
    printf '0\n0\n0\n1\n1\n2\n2\n3\n3\n3\n' >r.csv
    mi-import z1=z.csv r=r.csv -o v.h5
    # f = cosine / T; the positive is the next view; negatives are of other instances, for nwj of the same half
    paste -d , r.csv z.csv | awk -F , -v T=0.5 'function f(i, j) { return (x[i] * x[j] + y[i] * y[j]) / n[i] / n[j] / T }
        { r[NR] = $1; x[NR] = $2; y[NR] = $3; n[NR] = sqrt($2 ^ 2 + $3 ^ 2) }
        END { for (i = 1; i <= NR; i++) { if (r[i] == r[i + 1] && i < NR) p = i + 1; else for (p = i; p > 1 && r[p - 1] == r[i]; p--); fp[i] = f(i, p) }
            for (i = 1; i <= NR; i++) { h = r[i] % 2; rows[h]++; pos[h] += fp[i]; all += fp[i]
                for (j = 1; j <= NR; j++) if (r[i] != r[j]) { e = exp(f(i, j)); sum += e; count++; if (r[j] % 2 == h) { z[h] += e; m[h]++ } } }
            z[0] /= m[0]; z[1] /= m[1]
            for (h = 0; h < 2; h++) nwj += (pos[h] / rows[h] + 1 - log(z[1 - h]) - z[h] / z[1 - h]) / 2
            printf "%.12g\n%.12g\n", all / NR - log(sum / count), nwj }' >wanted
    mi-shannon --of z1 --estimator smile:0.5,nwj:0.5 --columns value --digits 12 v.h5 | tail -2 >found
    "$MI_NEAR" wanted found 1e-9
}

@test "what has no value says so: classes of one instance, features that are as alike under any pairing" {
    printf '1.5\n2\n3\n4\n' >z.csv
    seq 4 >y.csv
    mi-import z1=z.csv y=y.csv -o own.h5
    run --separate-stderr mi-shannon --of z1:y --columns value own.h5
    same "$status $output" $'0 value\nnan'
    [[ $stderr == *"mi-shannon: warning: own.h5:/: z1:y: ksg is nan: no class has rows of two instances"* ]]
    printf '1.5,1\n3,2\n4.5,3\n6,4\n7.5,5\n' >z.csv
    printf '1.5,1\n1.5,1\n1.5,1\n1.5,1\n1.5,1\n' >flat.csv
    mi-import z1=z.csv z2=flat.csv -o flat.h5
    run --separate-stderr mi-align --neighbours 2 --terms I_adjusted --columns I_adjusted flat.h5
    same "$status $output" $'0 I_adjusted\nnan'
    [[ $stderr == *"mi-align: warning: flat.h5:/ against flat.h5:/: I_adjusted is nan: any pairing has as much information as the features with themselves, but for rounding"* ]]
}

@test "a probe finds what is in a column of any size, beside others and far from 0" {
    awk 'BEGIN { for (i = 0; i < 48; i++) print i % 2 }' >y.csv
    for shape in "0 1e-200" "1 1e-12" "-1e9 1e-6" "0 1e140"; do
        awk -v shape="$shape" 'BEGIN { split(shape, s, " "); for (i = 0; i < 48; i++) printf "%.17g,%.17g,1\n", s[1] + s[2] * (i % 2 + i % 3 / 10), i * i % 7 }' >z.csv
        mi-import z1=z.csv y=y.csv -o probe.h5
        is mi-probe --of z1 --probe linear --columns accuracy probe.h5 -- 1
        rm probe.h5
    done
}

@test "re-pairings of repeated rows that are the same pairing are as alike, in whatever order sums are added up" {
    # three values twice each beside two values three times each: 12 of 20 ways to halve the six rows split two pairs
    printf '0.1,0.3\n0.1,0.3\n0.7,0.2\n0.7,0.2\n0.5,0.9\n0.5,0.9\n' >a.csv
    printf '1.3,0.7\n1.3,0.7\n1.3,0.7\n-0.2,0.4\n-0.2,0.4\n-0.2,0.4\n' >b.csv
    mi-import z1=a.csv z2=b.csv -o ab.h5
    for alpha in 1 2 3; do
        is mi-align --alpha $alpha --neighbours 2 --permutations 1999 --columns I_p,cka_p,cka_debiased_p,svcca_p ab.h5 -- 0.5975 0.5975 0.5975 0.5975
        is mi-align --alpha $alpha --kernel polynomial --neighbours 2 --permutations 1999 --columns I_p,cka_p,cka_debiased_p ab.h5 -- 0.5975 0.5975 0.5975
        is mi-mutual --of z1:z2 --alpha $alpha --permutations 1999 --columns I_p ab.h5 -- 0.5975
        is mi-bounds --alpha $alpha --permutations 1999 --columns I_Z1_Z2_p ab.h5 -- 0.5975
    done
}

@test "two sets of rows that are all alike, with different roundings, do not differ" {
    # cosines of 1 in single precision: off by 1e-7 in all of these rows, exact in those
    awk 'BEGIN { for (i = 0; i < 6; i++) print "0.7,0.7,0.7" }' >a.csv
    awk 'BEGIN { for (i = 0; i < 6; i++) print "1,0,0" }' >b.csv
    seq 6 | awk '{ print $1 "," $1 * $1 % 7 }' >z.csv
    seq 6 >r.csv
    mi-import z1=z.csv z2=a.csv r=r.csv -o a.h5
    mi-import z1=z.csv z2=b.csv r=r.csv -o b.h5
    for base in e 1.01; do
        mi-compare --base $base --r id --terms H_Z2,I_Z1_Z2 --columns p,lo,hi a.h5 b.h5 | tail -2 |
            awk '{ if ($1 != 1 || $2 > 0 || $3 < 0) { print; exit 1 } }'
    done
}

@test "effective ranks that are no more than rounding are nan, and LiDAR of rows far from 0 is that of rows near it" {
    # rows that are all as far from each other: no covariance beside its bias, a flat spectrum
    printf '1,0,0,0,0,0\n0,1,0,0,0,0\n0,0,1,0,0,0\n0,0,0,1,0,0\n0,0,0,0,1,0\n' >one.csv
    for scale in 1 0.1 3; do
        awk -F , -v s=$scale '{ print $1 * s "," $2 * s "," $3 * s "," $4 * s "," $5 * s }' one.csv >z.csv
        mi-import z1=z.csv -o one.h5
        is mi-spectrum --of z1 --fit 1:4 --columns participation_ratio,participation_ratio_corrected,alpha_req_r2 one.h5 -- 4 nan nan
        rm one.h5
    done
    awk 'BEGIN { for (i = 0; i < 12; i++) print int(i / 3) }' >r.csv
    for offset in 0 1e6 1e9; do
        awk -v o=$offset 'BEGIN { for (i = 0; i < 12; i++) printf "%.17g,%.17g,%.17g\n", o + (i * i % 7 - 3) / 1024, o + (i * 5 % 11 - 2) / 1024, o + (i * i * i % 13 - 6) / 1024 }' >z.csv
        mi-import z1=z.csv r=r.csv -o far.h5
        mi-spectrum --of z1 --delta 1e-6 --columns lidar --digits 15 far.h5 >lidar$offset
        "$MI_NEAR" lidar0 lidar$offset 1e-9
        rm far.h5
    done
}

@test "a linear probe with a small penalty is fitted to its end" {
    # cross-entropies at the minimum that SciPy finds; of a fit that stops when the loss falls by 1e-6 they are 0.79 and 2.79
    for shape in "8 1.721" "21 3.711"; do
        awk -v m=${shape% *} 'BEGIN { for (i = 0; i < 16; i++)
            print (i + 1) * (i + 3) % 7 + i % 2 "," i * i * m % 11 "," (i * 5 + m) % 13 "," i * i * i % m }' >z.csv
        awk 'BEGIN { for (i = 0; i < 16; i++) print i % 2 }' >y.csv
        awk 'BEGIN { for (i = 0; i < 16; i++) print (i % 4 == 3 || i % 8 == 2) + 0 }' >s.csv
        seq 0 15 >r.csv
        mi-import z1=z.csv y=y.csv r=r.csv split=s.csv -o small.h5
        mi-probe --of z1 --probe linear --l2 1e-5 --columns cross_entropy small.h5 | tail -1 |
            awk -v wanted=${shape#* } '{ if (($1 - wanted) ^ 2 > 1e-5) { print; exit 1 } }'
        rm small.h5
    done
}
