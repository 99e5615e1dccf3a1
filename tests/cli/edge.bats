# Numbers at the edge of their types: right, or refused with a reason and exit code 65.
load common

# same_or_refused TOLERANCE REFUSALS COMMAND...: of features times powers of two the command prints what it prints of them as
# they are, or refuses so many of the eight with a sentence that says what to do.
same_or_refused() {
    local tolerance=$1 wanted=$2 refused=0 power
    shift 2
    "$@" --digits 17 scaled0x.h5 | cut -f 3- >plain
    [ -s plain ]
    for power in -1060 -1000 -560 -300 130 560 1000 1020; do
        run --separate-stderr "$@" --digits 17 scaled${power}x.h5
        if [ "$status" -eq 0 ]; then
            cut -f 3- <<<"$output" >found
            "$MI_NEAR" plain found "$tolerance" || { echo "$* of 2^$power"; return 1; }
        else
            same "$status" 65
            [[ $stderr == *"; multiply all rows by one number" ]] || { echo "$stderr"; return 1; }
            refused=$((refused + 1))
        fi
    done
    same "$* $refused" "$* $wanted"
}

@test "features of any size have the information that they have" {
    same_or_refused 1e-12 1 mi-bounds --se --decompose
    same_or_refused 1e-12 1 mi-bounds --se --alpha 1e-6,0.5,1,1.5,3,1e6,inf
    same_or_refused 1e-12 1 mi-bounds --i-z1-r infonce
    same_or_refused 1e-12 1 mi-bounds --estimator u --se
    same_or_refused 1e-12 1 mi-bounds --route lanczos --alpha 1.5
    same_or_refused 1e-12 1 mi-bounds --permutations 5 --alpha 1
    same_or_refused 1e-12 1 mi-bounds --batch 4
    same_or_refused 1e-12 1 mi-mutual --of 'z1:z2,z1:z2|y'
    same_or_refused 1e-12 1 mi-spectrum --eigenvalues
    same_or_refused 1e-9 6 mi-probe --probe linear
}

@test "gaussian kernels of features whose squares are no numbers, and of bandwidths so" {
    fails 2 "--kernel 'gaussian:1e-300': '1e-300' is no bandwidth, wanted 1e-140 to 1e+140" mi-bounds --kernel gaussian:1e-300 good.h5
    fails 2 "--kernel 'gaussian:1e300': '1e300' is no bandwidth, wanted 1e-140 to 1e+140" mi-bounds --kernel gaussian:1e300 good.h5
    run --separate-stderr mi-bounds --kernel gaussian:1 scaled560x.h5
    same "$status" 65
    [[ $stderr == *"whose distances cannot be squared; multiply all rows by one number" ]]
    for rule in median scott; do
        for power in -1060 -560 560 1000; do
            run --separate-stderr mi-bounds --kernel gaussian:$rule scaled${power}x.h5
            same "$status" 65
        done
    done
    # all rows apart: log 24; all the same: 0
    for alpha in 1e-6 0.5 1 2 3 1e6 inf; do
        mi-entropy --of z1,z2,z1+z2 --alpha $alpha --kernel gaussian:1e-140 --columns S scaled0x.h5 | tail -3 |
            awk '{ if (($1 - log(24)) ^ 2 > 1e-16) exit 1 }'
        mi-entropy --of z1,z2,z1+z2 --alpha $alpha --kernel gaussian:1e140 --columns S scaled0x.h5 | tail -3 |
            awk '{ if ($1 ^ 2 > 1e-16) exit 1 }'
    done
    # a bandwidth goes with the features
    mi-bounds --alpha 1,2 --kernel gaussian:1 --columns lower,upper,I_Z1_Z2,H_Z1 scaled0x.h5 >plain
    mi-bounds --alpha 1,2 --kernel gaussian:1361129467683753853853498429727072845824 --columns lower,upper,I_Z1_Z2,H_Z1 scaled130x.h5 >found
    "$MI_NEAR" plain found 1e-8
}

@test "orders from 1e-6 to 1e6: of eigenvalues 1/2, 1/4, 1/8, 1/8 by their formula, and no order is taken for another" {
    printf '0\n0\n0\n0\n1\n1\n2\n3\n' >y.csv
    seq 8 | sed 's/$/,1/' >z.csv
    mi-import z1=z.csv y=y.csv -o e.h5
    for alpha in 1e-6 0.001 0.5 0.999999 1.000001 2 3 50 1e4 1e5 1e6 1e9 1e15; do
        mi-entropy --of y --alpha $alpha --digits 15 --columns alpha,S e.h5 | tail -1 | awk -v a=$alpha '{
            sum = exp(a * log(0.5) - a * log(0.5)) + exp(a * log(0.5)) + 2 * exp(a * log(0.25))
            wanted = (a * log(0.5) + log(sum)) / (1 - a)
            if ($1 != a || ($2 - wanted) ^ 2 > 1e-16) { print a, $0, wanted; exit 1 } }'
    done
}

@test "an order of almost 0 counts the rank, and rounding is none of it" {
    awk 'BEGIN { srand(3)
        for (i = 0; i < 7; i++) for (k = 0; k < 15; k++) b[i, k] = rand() - 0.5
        for (r = 0; r < 15; r++) { for (i = 0; i < 7; i++) a[i] = rand() - 0.5
            for (k = 0; k < 15; k++) { s = 0; for (i = 0; i < 7; i++) s += a[i] * b[i, k]; printf "%.17g%s", s, k < 14 ? "," : "\n" } } }' >z.csv
    mi-import z1=z.csv -o rank7.h5
    for route in auto dense lanczos; do
        mi-entropy --of z1 --alpha 1e-6 --route $route --columns S rank7.h5 2>/dev/null | tail -1 |
            awk '{ if (($1 - log(7)) ^ 2 > 1e-8) { print; exit 1 } }'
    done
}

@test "numbers that no axis can hold" {
    for kind in "trend lower" "scatter lower"; do
        for value in 1e308 -1e300 1e-320 5e-324; do
            printf 'epoch\taccuracy\tlower\tupper\tI_Z1_Z2\tI_Y_Z2\tI_Z1_R\n1\t0.5\t1\t2\t3\t1\t1\n2\t0.6\t%s\t2\t%s\t1\t1\n3\t0.7\t1\t2\t3\t1\t1\n' $value $value >t.tsv
            run --separate-stderr mi-plot ${kind% *} t.tsv -o p.svg
            same "$status $stderr" "65 mi-plot: t.tsv: line 3, column '${kind#* }': $value, wanted a number of size 1e-100 to 1e+100 in a chart"
            [ ! -e p.svg ]
        done
    done
    printf 'variables\tindex\teigenvalue\nz1\t1\t5e-324\nz1\t2\t5e-324\n' >t.tsv
    fails 65 "t.tsv: line 2, column 'eigenvalue': 5e-324, wanted a number of size 1e-100 to 1e+100 in a chart" mi-plot spectrum t.tsv -o p.svg
    printf 'variables\tindex\teigenvalue\nz1\t1\t0\nz1\t2\t-1\n' >t.tsv
    fails 65 "t.tsv: no row has all the numbers that a point needs" mi-plot spectrum t.tsv -o p.svg
}

@test "Pearson's correlation of numbers whose squares are none, and a base with a tail" {
    for size in 1e-300 1e-170 1 1e170 1e307; do
        awk -v s=$size 'BEGIN { print "a\tb"; for (i = 1; i <= 9; i++) printf "%.17g\t%.17g\n", (i - 5) * s, (i * i % 7 - 3) * s }' >t.tsv
        same "$(mi-corr --x a --y b --columns pearson t.tsv | tail -1)" -0.0594088526
    done
    fails 2 "--base '2.7x': not a base, wanted e or a number above 1" mi-bounds --base 2.7x good.h5
}

@test "sweep: left of the axis' break a point has its interval as a bar" {
    printf 'lambda\tlower\tlower_lo\tlower_hi\tI_Z1_Z2\n0\t1\t0.8\t1.2\t1\n0.01\t1.1\t0.9\t1.3\t1\n0.1\t1.2\t1\t1.4\t1\n1\t1.3\t1.1\t1.5\t1\n' >with.tsv
    sed '2s/0.8\t1.2/nan\tnan/' with.tsv >without.tsv
    for table in with without; do
        mi-plot sweep -x lambda -y lower $table.tsv -o $table.svg 2>/dev/null
        grep -oE 'M([0-9.]+),[0-9.]+ L\1,[0-9.]+' $table.svg | wc -l # upright strokes
    done >strokes
    same $(($(head -1 strokes) - $(tail -1 strokes))) 1
}

@test "Pearson's correlation of numbers that are nearly one" {
    awk 'BEGIN { print "a\tb"; for (i = 1; i <= 9; i++) printf "%.17g\t%.17g\n", 1 + (i - 5) * 2 ^ -50, 1e15 + (i * i % 7 - 3) }' >t.tsv
    same "$(mi-corr --x a --y b --columns pearson t.tsv | tail -1)" -0.0594088526
}
