#!/usr/bin/env bats
# mi-plot sweep, learning, plane, spectrum, flow, sensitivity, compare and matrix: what each draws by itself, its options, its messages, and that text stays text.

load common

setup() {
    PATH=$MI_TOOLS:$PATH
    mkdir "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work"
    table bounds.tsv 'file group epoch projector lambda accuracy alpha base H_Z1 H_Z2 H_R H_Y I_Z1_R I_Z1_Z2 I_R_Y I_Y_Z1 I_Y_Z2 lower upper' \
        'r.h5 /e0 0 mlp 0 0.50 2 2 0.5 2.5 5.5 2.25 0.4 0.004 2.25 -0.01 0.5 2.5 0.9' \
        'r.h5 /e1 1 mlp 0.01 0.51 2 2 0.6 2.6 5.5 2.25 0.5 0.2 2.25 0.1 0.6 2.4 0.8' \
        'r.h5 /e2 2 mlp 1 0.52 2 2 0.7 2.7 5.5 2.25 0.6 0.3 2.25 nan 0.7 2.3 0.7'
    # four values: a curve
    { cat bounds.tsv; tail -n 1 bounds.tsv | sed 's/\t1\t0.52/\t10\t0.53/; s/0.7$/0.6/'; } >sweep.tsv
    table learning.tsv 'file group n instances batch I_Z1_Z2 I_Z1_Z2_se I_Z1_Z2_null lower upper' \
        'a.h5 / 32 16 8 0.5 0.1 0.1 1 2' 'a.h5 / 32 16 nan 0.4 nan 0.05 1.1 1.9' \
        'b.h5 / 32 16 8 0.6 0.1 0.1 1 2' 'b.h5 / 32 16 nan 0.5 nan 0.05 1.1 1.9'
    table sensitivity.tsv 'x y by alpha kernel given spearman spearman_lo spearman_hi' 'lower accuracy g 1 linear nan 0.5 0.2 0.8' \
        'lower accuracy g inf linear nan -0.5 -0.8 -0.2' 'lower accuracy g 1 delta nan 0.4 0.1 0.7'
    table spectrum.tsv 'file group epoch variables index eigenvalue' \
        'r.h5 /e0 0 z1 1 0.7' 'r.h5 /e0 0 z1 2 0.3' 'r.h5 /e0 0 z1 3 0' 'r.h5 /e0 0 z1+z2 1 0.6' 'r.h5 /e0 0 z1+z2 2 0.4'
}

# table FILE ROW...: cells stand between blanks
table() {
    local file=$1
    shift
    printf '%s\n' "$@" | tr ' ' '\t' >"$file"
}

# of NAME FILE: the value of a gnuplot assignment in a script
of() {
    sed -n "s/^$1 = \(\"[^\"]*\"\|[^;\"]*\).*/\1/p; s/.*; $1 = \([^;]*\).*/\1/p" "$2"
}

is_picture() {
    same "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" 89504e470d0a1a0a
}

# ---- sweep ----

@test "sweep: values that span a factor of 10 stand on a logarithmic axis, 0 beyond its break" {
    mi-plot sweep sweep.tsv -o s.gp
    grep -qx 'set logscale x' s.gp
    same "$(of 'MI_ZERO_AT' s.gp | cut -c 1-7)" 0.00288
    same "$(of 'MI_TIC_TEXT\[1\]' s.gp) $(of 'MI_TIC_TEXT\[2\]' s.gp) $(of 'MI_TIC_TEXT\[3\]' s.gp)" '"0" "0.01" "1"'
    same "$(of 'MI_YLABEL' s.gp) $(of 'MI_Y2LABEL' s.gp) $(of 'MI_XLABEL\[1\]' s.gp)" '"information [bits]" "accuracy" "λ"'
    diff - <(head -6 s.dat) <<'EOF'
# lower against lambda (x y low high)
0 2.5 nan nan

0.01 2.4 nan nan
1 2.3 nan nan
10 2.3 nan nan
EOF
    same "$(grep '^#' s.dat | cut -d ' ' -f 2 | tr '\n' ' ')" "lower upper I_Z1_Z2 accuracy "
}

@test "sweep: --log none, and values below 0 or close together, are linear" {
    mi-plot sweep sweep.tsv --log none -o a.gp
    mi-plot sweep bounds.tsv --where epoch=2 -o b.gp
    sed 's/\t0.01\t/\t-1\t/' sweep.tsv | mi-plot sweep -o c.gp
    for f in a b c; do
        [ "$(grep -c '^set logscale' $f.gp)" -eq 0 ] || false
        same "$(of MI_ZERO_AT $f.gp)" 0
    done
    same "$(sed -n 2p c.dat)" "-1 2.4 nan nan"
}

@test "sweep: the number in a projector's name is swept when nothing else varies" {
    table fsq.tsv 'projector lambda lower upper I_Z1_Z2' 'fsq:17 0 1 2 3' 'fsq:3 0 1 2 3' 'fsq:5 0 1 2 3' 'fsq:9 0 1 2 3'
    run --separate-stderr mi-plot sweep fsq.tsv -o f.gp
    same "$stderr" "mi-plot: warning: no accuracy in the table, so no second axis; mi-probe --write records one"
    same "$(of 'MI_XLABEL\[1\]' f.gp)" '"levels L of FSQ"'
    same "$(sed -n 2,3p f.dat | tr '\n' ' ')" "3 1 nan nan 5 1 nan nan "
    sed 's/fsq:/sae:/' fsq.tsv | mi-plot sweep --y2 none -o k.gp
    same "$(of 'MI_XLABEL\[1\]' k.gp)" '"k of sae"'
    # other words: names, in the order of their words and then of their numbers
    sed 's/fsq:3/sae:3/' fsq.tsv | mi-plot sweep --y2 none -o l.gp
    same "$(of 'MI_XLABEL\[1\]' l.gp)" '"projector"'
    same "$(sed -n 's/.*MI_TIC_TEXT.*= //p' l.gp | tr '\n' ' ')" '"fsq:5" "fsq:9" "fsq:17" "sae:3" '
}

@test "sweep: columns of choice, and 200 values" {
    mi-plot sweep -x epoch -y I_Y_Z1,I_Y_Z2 --y2 upper bounds.tsv -o s.gp
    same "$(grep '^#' s.dat | cut -d ' ' -f 2-4 | tr '\n' ' ')" "I_Y_Z1 against epoch I_Y_Z2 against epoch upper against epoch "
    { printf 'k\tlower\n'; seq 200 | sed 's/.*/&\t&/'; } | mi-plot sweep -y lower --y2 none -o m.gp
    [ "$(grep -c '^array TIC' m.gp)" -eq 0 ] || false
    gnuplot -e "MI_FORMAT = 'png'" m.gp
    is_picture m.png
}

# ---- learning ----

@test "learning: a panel for each set, instances on a logarithmic axis with tics at its values" {
    mi-plot learning learning.tsv -o l.gp
    grep -qx 'set logscale x' l.gp
    grep -qx 'MI_PANELS = 2; MI_COLUMNS = 2; MI_ROWS = 1' l.gp
    same "$(of 'MI_PANEL\[1\]' l.gp) $(of 'MI_PANEL\[2\]' l.gp)" '"a.h5" "b.h5"'
    same "$(of 'MI_TIC_TEXT\[1\]' l.gp) $(of 'MI_TIC_TEXT\[2\]' l.gp) $(of 'MI_XLABEL\[1\]' l.gp)" '"8" "16" "instances per batch"'
    same "$(of MI_KEYS l.gp) $(of 'MI_KEY\[1\]' l.gp) $(of 'MI_KEY\[2\]' l.gp)" '4 "I(Z1;Z2)" "chance level"'
    diff - <(head -3 l.dat) <<'EOF'
# I_Z1_Z2 against batch, a.h5 (x y low high)
8 0.5 0.304003601546 0.695996398454
16 0.4 nan nan
EOF
    mi-plot learning learning.tsv --log none -y upper -o m.gp
    [ "$(grep -c '^set logscale' m.gp)" -eq 0 ] || false
    same "$(grep -c '^#' m.dat)" 2
}

@test "learning draws what mi-bounds --learning-curve writes, of several orders too" {
    mi-bounds --se --learning-curve --alpha 1,2 "$MI_SOURCE"/datasets/samples/final-lam-3.h5 | mi-plot learning -o l.gp
    same "$(of 'MI_PANEL\[1\]' l.gp) $(of 'MI_PANEL\[2\]' l.gp)" '"order α = 1" "order α = 2"'
    same "$(sed -n 2,5p l.dat | cut -d ' ' -f 1 | tr '\n' ' ')" "32 64 128 256 "
    same "$(grep -c '^#' l.dat)" 7 # no chance level at order 1
}

# ---- plane ----

@test "plane: points in the order of the epoch, which colours them" {
    { head -1 bounds.tsv; tail -n +2 bounds.tsv | tac; } | mi-plot plane -o p.gp
    diff - p.dat <<'EOF'
# I_Y_Z1 against I_Z1_Z2 (x y x_low x_high y_low y_high epoch middle_x middle_y)
0.004 -0.01 nan nan nan nan 0 0.102 0.045
0.2 0.1 nan nan nan nan 1 nan nan
EOF
    same "$(of MI_BAR p.gp) $(of MI_BAR_TITLE p.gp) $(of MI_BAR_LOW p.gp) $(of MI_BAR_HIGH p.gp)" '1 "epoch" 0 1'
    same "$(of 'MI_XLABEL\[1\]' p.gp) $(of MI_YLABEL p.gp)" '"I(Z1;Z2) [bits]" "I(Y;Z1) [bits]"'
}

@test "plane: runs have marks of their own, intervals become crosses" {
    table runs.tsv 'file group epoch n I_Z1_Z2 I_Z1_Z2_lo I_Z1_Z2_hi I_Y_Z1 I_Y_Z1_se' \
        'a.h5 /0 0 8 1 0.5 1.5 2 1' 'a.h5 /1 1 8 2 1.5 2.5 3 1' 'b.h5 /0 0 8 3 2 4 4 0' 'b.h5 /1 1 8 4 3 5 5 0'
    mi-plot plane runs.tsv -o p.gp
    same "$(sed -n 2p p.dat)" "1 2 0.5 1.5 0.0400360154599 3.95996398454 0 1.5 2.5"
    same "$(of 'MI_MARK_OF\[1\]' p.gp) $(of 'MI_MARK_OF\[2\]' p.gp) $(of 'MI_KEY\[1\]' p.gp) $(of 'MI_KEY\[2\]' p.gp)" '1 2 "a.h5" "b.h5"'
}

@test "plane: one colour has no bar, a text has none either and shows the epochs themselves" {
    mi-plot plane bounds.tsv --where epoch=1 -o p.gp
    same "$(of MI_BAR p.gp) $(of 'MI_KEY\[1\]' p.gp)" '0 "epoch 1"'
    run -0 mi-plot plane bounds.tsv
    [[ $output == *"epoch 0 to 1"* ]]
    [[ $output == *"I(Y;Z1) [bits]"* ]]
}

# ---- spectrum ----

@test "spectrum: a line for each variable of one set, both axes logarithmic" {
    mi-plot spectrum spectrum.tsv -o s.gp
    grep -qx 'set logscale xy' s.gp
    diff - s.dat <<'EOF'
# eigenvalue against index, Z1 (x y low high)
1 0.7 nan nan
2 0.3 nan nan


# eigenvalue against index, (Z1,Z2) (x y low high)
1 0.6 nan nan
2 0.4 nan nan
EOF
    same "$(of 'MI_KEY\[1\]' s.gp) $(of 'MI_KEY\[2\]' s.gp)" '"Z1" "(Z1,Z2)"'
    mi-plot spectrum spectrum.tsv --log none -o linear.gp
    same "$(grep -c '^3 0 ' linear.dat)" 1
}

@test "spectrum: several sets have a panel for each variable, many a colour bar" {
    for n in 3 200; do
        {
            head -1 spectrum.tsv
            for e in $(seq $n); do printf "r.h5\t/e$e\t$e\tz1\t1\t0.7\nr.h5\t/e$e\t$e\tz1\t2\t0.3\nr.h5\t/e$e\t$e\tz2\t1\t1\n"; done
        } >$n.tsv
        mi-plot spectrum $n.tsv -o $n.gp
        grep -qx 'MI_PANELS = 2; MI_COLUMNS = 2; MI_ROWS = 1' $n.gp
    done
    same "$(of MI_BAR 3.gp) $(of MI_KEYS 3.gp) $(of 'MI_KEY\[3\]' 3.gp)" '0 3 "epoch = 3"'
    same "$(of MI_BAR 200.gp) $(of MI_KEYS 200.gp) $(of MI_BAR_HIGH 200.gp) $(of 'MI_SHADE_OF\[7\]' 200.gp)" '1 0 200 7'
    mi-plot spectrum 200.tsv -o s.png
    is_picture s.png
}

@test "spectrum draws what mi-spectrum writes" {
    mi-spectrum --eigenvalues --of z1,z2,z1+z2 "$MI_SOURCE/datasets/samples/final-lam-3.h5" | mi-plot spectrum -o s.gp
    same "$(grep -c '^#' s.dat)" 3
    same "$(of 'MI_KEY\[3\]' s.gp)" '"(Z1,Z2)"'
}

# ---- flow ----

@test "flow: the last row, its widths as shares of the largest" {
    mi-plot flow bounds.tsv -o f.gp
    diff - f.dat <<'EOF'
# entropies, in the order of NODE (node H low high)
1 2.25 nan nan
2 nan nan nan
3 0.7 nan nan
4 2.7 nan nan
5 5.5 nan nan


# information, share: of the largest (from to I low high share)
1 2 nan nan nan nan
2 3 nan nan nan nan
4 5 nan nan nan nan
3 4 0.3 nan nan 0.133333333333
3 5 0.6 nan nan 0.266666666667
1 3 nan nan nan nan
1 4 0.7 nan nan 0.311111111111
1 5 2.25 nan nan 1
EOF
    same "$(of 'MI_EDGE_TEXT\[4\]' f.gp) $(of 'MI_EDGE_TEXT\[6\]' f.gp) $(of 'MI_KEY\[1\]' f.gp)" \
        '"0.30" "" "circles: H, lines: I [bits], epoch 2"'
}

@test "flow: --row and --where choose it; what is negative has no width" {
    mi-plot flow --row 1 bounds.tsv -o a.gp
    mi-plot flow --where epoch=0.0,projector=mlp bounds.tsv -o b.gp
    cmp a.dat b.dat
    same "$(of 'MI_EDGE_TEXT\[6\]' a.gp) $(sed -n '15p' a.dat)" '"-0.01" 1 3 -0.01 nan nan 0'
    same "$(of 'MI_EDGE_TEXT\[4\]' a.gp)" '"0.004"'
}

@test "flow: the caption is of the row that is drawn" {
    sed '1s/$/\tn\tinstances\tr_kind/; 2,$s/$/\t512\t256\tid/; $s/512\t256\tid$/100\t50\tpositive/' bounds.tsv >two.tsv
    mi-plot flow two.tsv -o f.gp
    [[ $(of "MI_CAPTION\[1\]" f.gp) == '"n = 100 (50 instances), '*'R = positive"' ]]
    mi-plot flow --row 1 two.tsv -o f.gp
    [[ $(of "MI_CAPTION\[1\]" f.gp) == '"n = 512 (256 instances), '*'R = id"' ]]
}

@test "flow: intervals stand below their values" {
    sed '1s/$/\tI_Z1_Z2_se/; 2,$s/$/\t0.1/' bounds.tsv | mi-plot flow -o f.gp
    same "$(of 'MI_EDGE_HALF\[4\]' f.gp) $(of 'MI_EDGE_HALF\[5\]' f.gp)" '"0.20" ""'
    [[ $(of 'MI_KEY\[1\]' f.gp) == '"circles: H, lines: I ± 95 \0045 [bits], epoch 2"' ]]
}

# ---- grids in other charts ----

@test "a grid of kernels: trend draws a line for each, scatter warns of the mixture" {
    for e in 0 1 2; do
        printf "r.h5\t/e$e\t$e\t0.$e\t8\tz1=linear,z2=linear\tlinear\t$e\n"
        printf "r.h5\t/e$e\t$e\t0.$e\t8\tz1=gaussian:$e.5\tgaussian:median\t1$e\n"
    done | { printf 'file\tgroup\tepoch\taccuracy\tn\tkernel\tkernel_asked\tlower\n'; cat; } >grid.tsv
    mi-plot trend -y lower --y2 none grid.tsv -o t.gp
    same "$(of MI_KEYS t.gp) $(of 'MI_KEY\[1\]' t.gp) $(of 'MI_KEY\[2\]' t.gp)" '2 "linear" "gaussian:median"'
    run --separate-stderr mi-plot scatter grid.tsv -o s.svg
    same "$stderr" "mi-plot: warning: rows of different kernel_asked are drawn together: --where kernel_asked=linear keeps one"
    for option in "--by kernel_asked --no-fit" "--where kernel_asked=linear"; do
        run --separate-stderr mi-plot scatter $option grid.tsv -o s.svg
        same "$stderr" ""
    done
}

@test "a setting that differs within a series is warned of, in every kind" {
    head -1 bounds.tsv >mixed.tsv
    tail -n +2 bounds.tsv >>mixed.tsv
    tail -n +2 bounds.tsv | sed 's/^r.h5/q.h5/' >>mixed.tsv
    awk -F '\t' -v OFS='\t' '{ print $0, (NR == 1 ? "r_kind" : NR > 4 ? "id" : "positive") }' mixed.tsv >kinds.tsv
    local wanted="mi-plot: warning: rows of different r_kind are drawn together: --where r_kind=positive keeps one"
    for kind in trend sweep plane; do
        run --separate-stderr mi-plot $kind kinds.tsv --by projector -o m.svg
        same "$(head -1 <<<"$stderr")" "$wanted"
    done
    run --separate-stderr mi-plot scatter kinds.tsv -o m.svg
    same "$stderr" "$wanted"
    run --separate-stderr mi-plot trend kinds.tsv --by r_kind -o m.gp
    same "$stderr" ""
    same "$(of 'MI_KEY\[1\]' m.gp) $(of 'MI_KEY\[2\]' m.gp)" '"R = positive" "R = id"'
}

@test "--where takes a value with commas and equal signs in it" {
    awk -F '\t' -v OFS='\t' '{ print $0, NR == 1 ? "kernel" : "z1=" (NR > 2 ? "linear" : "delta") ",z2=linear" }' bounds.tsv >kernels.tsv
    mi-plot flow --where kernel=z1=delta,z2=linear,projector=mlp kernels.tsv -o a.gp
    mi-plot flow --row 1 kernels.tsv -o b.gp
    cmp a.dat b.dat
    # a value that no row has is named whole; what stands behind it is a condition where it is of a column
    fails 65 "kernels.tsv: no row has kernel=z1=none,z2=linear" mi-plot flow --where kernel=z1=none,z2=linear kernels.tsv -o a.svg
    fails 65 "kernels.tsv: no row has kernel=z1=none,z2=linear,projector=mlp" mi-plot flow --where kernel=z1=none,z2=linear,projector=mlp kernels.tsv -o a.svg
    fails 65 "kernels.tsv: no column 'projecto', the nearest of 20: projector group epoch lower file" mi-plot flow --where epoch=1,projecto=mlp kernels.tsv -o a.svg
}

# ---- compare ----

@test "compare: differences of mi-compare with their intervals, and no difference in sight" {
    table diff.tsv 'file_a group_a file_b group_b alpha base term difference lo hi' \
        'x/a.h5 / y/b.h5 / 2 2 lower 0.5 0.4 0.6' 'x/a.h5 / y/b.h5 / 2 2 upper 0.7 0.6 0.8' 'x/a.h5 / y/b.h5 / 2 2 H_Z1 0.6 nan nan'
    mi-plot compare diff.tsv -o c.gp
    diff c.dat - <<'EOF'
# difference against term (x y low high)
1 0.5 0.4 0.6
2 0.7 0.6 0.8
3 0.6 nan nan
EOF
    same "$(of 'MI_YLABEL' c.gp) $(of 'MI_KEY\[1\]' c.gp)" '"difference a − b [bits]" "a.h5 − b.h5"'
    [[ $(grep '^MI_YLOW' c.gp) == 'MI_YLOW = -0.032; '* ]]
    for ending in svg png pdf; do
        mi-plot compare diff.tsv -o c.$ending
        [ -s c.$ending ] || false
    done
    same "$(mi-plot compare diff.tsv | wc -l)" 24
    fails 65 "bounds.tsv: no column 'term' (mi-compare writes it), the nearest of 19: H_R file base H_Z1 H_Z2" mi-plot compare bounds.tsv
    fails 2 "a compare chart has terms or orders along x and one vertical axis: --x and --y2 are for other kinds" mi-plot compare -x term diff.tsv
}

@test "compare: counts do not stand on the axis of nats; alone they are drawn" {
    table diff.tsv 'file_a group_a file_b group_b alpha base term difference lo hi' \
        'x/a.h5 / y/b.h5 / 2 e lower 0.5 0.4 0.6' 'x/a.h5 / y/b.h5 / 2 e rank_Z2 40 nan nan' 'x/a.h5 / y/b.h5 / 2 e distinct_Z2 300 nan nan'
    run --separate-stderr mi-plot compare diff.tsv -o c.gp
    same "$stderr" "mi-plot: warning: rank_Z2 and distinct_Z2 are counts and left out; --where term=rank_Z2 draws them"
    same "$(grep -c '^[0-9]' c.dat) $(tail -1 c.dat)" "1 1 0.5 0.4 0.6"
    mi-plot compare --where term=rank_Z2 diff.tsv -o r.gp
    same "$(tail -1 r.dat)" "1 40 nan nan"
}

# ---- over ----

@test "--over: runs that differ in a seed are one, with the spread between them" {
    table seeds.tsv 'file epoch projector attr_seed accuracy lower upper' 'a 0 mlp 0 0.5 1 2' 'b 0 mlp 1 0.6 3 2' 'c 0 none 0 0.5 2 2' 'd 0 none 1 0.5 2.5 2'
    mi-plot scatter --over seed seeds.tsv -o s.gp
    same "$(sed -n 2p s.dat | cut -d ' ' -f 1-3)" "2 0.55 -10.7062047362"
    same "$(of 'MI_KEY\[1\]' s.gp) $(of 'MI_KEY\[2\]' s.gp)" '"mlp" "none"'
    same "$(of 'MI_CAPTION\[1\]' s.gp)" '"95 \0045 intervals, means over seed (2 runs)"'
    # of runs that lost different rows
    table lost.tsv 'file k attr_seed n accuracy lower' 'a 1 0 10 0.5 1' 'b 1 1 11 0.6 3' 'c 2 0 12 0.5 2' 'd 2 1 12 0.5 2.5'
    mi-plot sweep --over seed -x k -y lower lost.tsv -o l.gp
    same "$(of 'MI_CAPTION\[1\]' l.gp)" '"n = 10 to 12, 95 \0045 intervals, means over seed (2 runs)"'
    mi-plot trend --over seed -y lower seeds.tsv -o t.gp
    mi-plot sweep --over seed -y lower seeds.tsv -o w.gp
    fails 2 "--over is for trend, scatter and sweep, not for plane" mi-plot plane --over seed seeds.tsv
    fails 65 "seeds.tsv: 'epoch' is the same in all rows, nothing to take together" mi-plot trend --over epoch seeds.tsv
    table own.tsv 'epoch seed name lower accuracy' '0 0 x 1 2' '0 1 y 2 3'
    fails 65 "own.tsv: no two rows differ in 'seed' alone: they differ in 'name' too" mi-plot scatter --over seed own.tsv
    table twice.tsv 'epoch seed lower accuracy' '0 0 1 2' '0 0 1.5 2.5' '0 1 2 3'
    run --separate-stderr mi-plot scatter --over seed twice.tsv -o w.gp
    same "$stderr" "mi-plot: warning: several rows of one setting have seed 0: each counts as a run"
    fails 65 "seeds.tsv: no column 'run', there are: file epoch projector attr_seed accuracy lower upper" mi-plot trend --over run seeds.tsv
}

# ---- sensitivity ----

@test "sensitivity draws what mi-corr makes of a grid of orders and kernels" {
    mi-bounds --alpha 1,2,inf --kernel linear --kernel gaussian:median "$MI_SOURCE"/datasets/samples/final-*.h5 |
        mi-corr --by alpha,kernel -x lower,I_Z1_Z2 --ci 0.95 | tee c.tsv | mi-plot sensitivity -o s.gp
    grep -qx 'MI_PANELS = 2; MI_COLUMNS = 2; MI_ROWS = 1' s.gp
    same "$(of 'MI_PANEL\[1\]' s.gp) $(of 'MI_PANEL\[2\]' s.gp)" '"lower bound and accuracy" "I(Z1;Z2) and accuracy"'
    same "$(of MI_KEYS s.gp) $(of 'MI_KEY\[1\]' s.gp) $(of 'MI_KEY\[2\]' s.gp)" '2 "linear" "gaussian:median"'
    same "$(of 'MI_TIC_TEXT\[3\]' s.gp) $(of MI_INFINITE_AT s.gp | head -1) $(of MI_YLABEL s.gp)" '"∞" 3 "Spearman ρ"'
    same "$(sed -n 2p s.dat)" "1 $(awk -F '\t' 'NR == 2 { print $14, $20, $21 }' c.tsv)"
    same "$(head -2 c.tsv | tail -1 | cut -f 14)" "$(column spearman c.tsv | head -1)"
    mi-plot sensitivity -y kendall --by kernel_asked c.tsv --yrange 0: -o k.gp
    same "$(of MI_YLABEL k.gp)" '"Kendall τ"'
    [[ "$(grep '^MI_YLOW' k.gp)" == 'MI_YLOW = 0; MI_YHIGH = 1; '* ]]
}

@test "sensitivity: another x, the orders are lines then" {
    table batches.tsv 'x y by alpha batch given pearson' 'lower acc g 1 64 nan 0.5' 'lower acc g 2 64 nan 0.4' \
        'lower acc g 1 128 nan 0.6' 'lower acc g 2 128 nan 0.3'
    mi-plot sensitivity -x batch -y pearson batches.tsv -o s.gp
    same "$(of 'MI_KEY\[1\]' s.gp) $(of 'MI_KEY\[2\]' s.gp) $(of 'MI_XLABEL\[1\]' s.gp)" '"α = 1" "α = 2" "instances in a batch"'
    run --separate-stderr mi-plot sensitivity -y pearson --by y batches.tsv -o s.svg
    same "$stderr" "mi-plot: warning: rows of different batch are drawn together: --where batch=64 keeps one
mi-plot: warning: several rows at alpha 1: choose a column that tells them apart with --by"
}

# ---- all of them ----

@test "each kind draws svg, png, pdf and text, and one point" {
    for kind in sweep learning plane flow spectrum sensitivity; do
        t=$kind.tsv
        [ -e $t ] || t=bounds.tsv
        for ending in svg png pdf; do
            run -0 --separate-stderr mi-plot $kind $t -o $kind.$ending
            same "$stderr" ""
            [ -s $kind.$ending ] || false
        done
        if [ $kind != learning ]; then
            head -2 $t | mi-plot $kind -o $kind.one.png
            is_picture $kind.one.png
        fi
        same "$(mi-plot $kind $t | wc -L)" 79
        same "$(mi-plot $kind $t | wc -l)" 24
    done
}

@test "each kind as a script draws the same picture; a changed template is used" {
    for kind in sweep learning plane flow spectrum sensitivity; do
        t=$kind.tsv
        [ -e $t ] || t=bounds.tsv
        mi-plot $kind $t -o direct.svg
        mi-plot $kind $t -o $kind.gp
        gnuplot $kind.gp
        diff <(grep -v '<title>\|<desc>' $kind.svg) <(grep -v '<title>\|<desc>' direct.svg)
        sed "\$a print 'changed'" "$MI_SOURCE/plots/$kind.gp" >mine.gp
        mi-plot $kind $t --template mine.gp -o $kind.mine.gp
        grep -qx "print 'changed'" $kind.mine.gp
    done
}

# ---- matrix ----

# Pairs of the epochs 2 10 of one file, as mi-align --all-pairs has them.
pairs_table() {
    table "$1" 'file_a group_a epoch_a file_b group_b epoch_b variables n alpha cka svcca' \
        'x/a.h5 /e10 10 x/a.h5 /e10 10 z1:z1 8 2 1 1' 'x/a.h5 /e10 10 x/a.h5 /e2 2 z1:z1 8 2 0.25 -0.5' \
        'x/a.h5 /e2 2 x/a.h5 /e10 10 z1:z1 8 2 0.5 nan' 'x/a.h5 /e2 2 x/a.h5 /e2 2 z1:z1 8 2 0.125 1'
}

@test "matrix: a cell a pair in natural order, with colours over the values" {
    pairs_table m.tsv
    mi-plot matrix m.tsv -o m.gp
    diff m.dat - <<'EOF'
# cka (x y value)
1 1 0.125
2 1 0.5
1 2 0.25
2 2 1
EOF
    same "$(of 'MI_TIC_TEXT\[1\]' m.gp) $(of 'MI_TIC_TEXT\[2\]' m.gp) $(of 'MI_LINE_TEXT\[1\]' m.gp) $(of 'MI_LINE_TEXT\[2\]' m.gp)" '"2" "10" "2" "10"'
    same "$(of 'MI_XLABEL\[1\]' m.gp) $(of MI_YLABEL m.gp) $(of MI_BAR_TITLE m.gp)" '"epoch" "epoch" "CKA"'
    same "$(of MI_CELL_LOW m.gp) $(of MI_CELL_HIGH m.gp) $(of MI_CELL_FORMAT m.gp) $(of MI_CELL_SHOWN m.gp)" '0.125 1 "%.2f" 1'
    mi-plot matrix m.tsv -y cka,svcca --yrange 0:1 -o two.gp
    same "$(of MI_PANELS two.gp) $(of 'MI_PANEL\[2\]' two.gp) $(of MI_CELL_LOW two.gp)" '2 "SVCCA" 0'
    grep -qx '2 1 nan' two.dat
    for ending in svg png pdf; do
        mi-plot matrix m.tsv -y svcca -o m.$ending
        [ -s m.$ending ] || false
    done
    is_picture m.png
    for value in 0.12 0.50 0.25 1.00; do mi-plot matrix m.tsv -o m.svg && grep -q ">$value<" m.svg || grep -q "$value" m.svg; done
    mi-plot matrix m.tsv -y svcca >text
    same "$(wc -l <text)" 24
    grep -qE -- '10 \+? *-0\.50 +1\.00' text
    # one cell, whose value is one end of the colours
    mi-plot matrix m.tsv --where group_a=/e2,group_b=/e2 -o one.svg
    grep -q 0.12 one.svg
}

@test "matrix: what names the sets, and values that do not fit" {
    table f.tsv 'file_a group_a epoch_a file_b group_b epoch_b variables alpha cka' \
        'x/a.h5 / 1 x/b.h5 / 1 z1:z2 2 3' 'x/a.h5 / 1 x/c.h5 / 1 z1:z2 2 1234.5'
    mi-plot matrix f.tsv -o f.gp
    same "$(of 'MI_TIC_TEXT\[1\]' f.gp) $(of 'MI_TIC_TEXT\[2\]' f.gp) $(of 'MI_XLABEL\[1\]' f.gp) $(of MI_YLABEL f.gp) $(of MI_CELL_FORMAT f.gp)" '"b.h5" "c.h5" "z2" "epoch, z1" "%.3g"'
    table g.tsv 'file_a group_a file_b group_b cka' 'a.h5 /e1 b.h5 /e1 0.5' 'a.h5 /e2 b.h5 /e1 0.25'
    mi-plot matrix g.tsv -o g.gp
    same "$(of 'MI_LINE_TEXT\[1\]' g.gp) $(of 'MI_XLABEL\[1\]' g.gp) $(of MI_YLABEL g.gp)" '"e1" "b.h5" "a.h5"'
    pairs_table m.tsv
    mi-plot matrix m.tsv --width 20 -o n.gp
    same "$(of MI_CELL_SHOWN n.gp)" 2
    { sed -n 1p m.tsv; for k in {1..5}; do sed -n "2s/e10\tx/e10\tx/; 2s/e10\t10\tz1/e$k\t$k\tz1/p" m.tsv; done; } | mi-plot matrix --width 20 -o n.gp
    same "$(of MI_CELL_SHOWN n.gp)" 0
    mi-plot matrix -x x --by y -y spearman <(printf 'x\ty\tspearman\nlower\taccuracy\t0.5\nupper\taccuracy\t-1\n') -o c.gp
    same "$(of 'MI_TIC_TEXT\[2\]' c.gp) $(of 'MI_LINE_TEXT\[1\]' c.gp)" '"upper" "accuracy"'
}

@test "matrix: what cannot be drawn" {
    pairs_table m.tsv
    { cat m.tsv; sed -n 2p m.tsv; } >two.tsv
    fails 65 "two.tsv: lines 2 and 6 are of one cell, 10 against 10; choose with --where" mi-plot matrix two.tsv
    fails 65 "bounds.tsv: no column 'cka_debiased' (mi-align writes it), the nearest of 19: base lambda file accuracy alpha" mi-plot matrix bounds.tsv
    fails 2 "a matrix has one number in a cell: --y2 is for other kinds" mi-plot matrix --y2 cka m.tsv
    fails 2 "a matrix of chosen columns wants both: --x for its columns and --by for its rows" mi-plot matrix -x cka m.tsv
    sed 's/\t1\t1$/\tnan\t1/; s/0.25\|0.5\|0.125/nan/' m.tsv >nan.tsv
    fails 65 "nan.tsv: no row has a number in cka" mi-plot matrix nan.tsv
    { sed -n 1p m.tsv; for k in {1..33}; do sed -n "2s/e10/e$k/gp" m.tsv | sed "s/\t10\t/\t$k\t/g"; done; } >many.tsv
    fails 65 "many.tsv: more than 32 rows of a matrix, too many to tell apart in a chart" mi-plot matrix many.tsv
    { cat m.tsv; for k in {1..16}; do sed "1d; s/\t8\t2\t/\t8\t3.$k\t/" m.tsv; done; } >orders.tsv
    fails 65 "orders.tsv: more than 16 panels, too many to tell apart in a chart" mi-plot matrix orders.tsv
    { cat m.tsv; for k in {1..8}; do sed "1d; s/\t8\t2\t/\t8\t3.$k\t/" m.tsv; done; } >orders.tsv
    fails 65 "orders.tsv: 18 panels of a matrix, at most 16 can be read" mi-plot matrix -y cka,svcca orders.tsv
}

@test "a % in a name on an axis stays one" {
    table p.tsv 'method epoch lower' 'a%s 1 0.5' '50% 1 0.25' '%n 1 0.75'
    mi-plot sweep -x method -y lower --y2 none p.tsv -o p.svg
    grep -q 'a%s' p.svg && grep -q '50%' p.svg && grep -q '%n' p.svg
}

@test "hostile text stays text in every kind" {
    export hostile='`touch a`"; system "touch b"\n$(touch c) @d {/Symbol e}_f^2 größe=λ'
    awk -F '\t' -v OFS='\t' 'NR > 1 { h = ENVIRON["hostile"]; $1 = h; $4 = h } 1' bounds.tsv >h.tsv
    awk -F '\t' -v OFS='\t' 'NR > 1 { h = ENVIRON["hostile"]; $1 = h NR; $4 = h $4 } 1' spectrum.tsv >hs.tsv
    { cat h.tsv; tail -n +2 h.tsv | sed 's/^/x/'; } >two.tsv
    mi-plot sweep two.tsv --by file --where base=2 -o two.svg
    mi-plot plane two.tsv --by projector -o two.png
    for kind in sweep plane flow; do
        mi-plot $kind h.tsv --title "$hostile" --xlabel "$hostile" --ylabel "$hostile" -o $kind.svg
        grep -q 'system &quot;touch b&quot;\|system "touch b"' $kind.svg
    done
    mi-plot spectrum hs.tsv --title "$hostile" -o spectrum.svg
    pairs_table m.tsv
    awk -F '\t' -v OFS='\t' 'NR > 1 { h = ENVIRON["hostile"]; $1 = h; $2 = $2 h; $3 = "nan"; $5 = $5 h; $7 = h ":" h } 1' m.tsv >hm.tsv
    mi-plot matrix hm.tsv --title "$hostile" --xlabel "$hostile" --ylabel "$hostile" -o matrix.svg
    mi-plot matrix hm.tsv >text
    awk -F '\t' -v OFS='\t' 'NR > 1 { h = ENVIRON["hostile"]; $1 = h; $5 = $5 h } 1' sensitivity.tsv | mi-plot sensitivity --title "$hostile" -o sensitivity.svg
    awk -F '\t' -v OFS='\t' 'NR > 1 { $1 = $1 ENVIRON["hostile"] } 1' learning.tsv | mi-plot learning --title "$hostile" -o learning.svg
    for f in a b c; do
        [ ! -e $f ] || false
    done
    mi-plot sweep h.tsv --title 'a]]>b]]>]]>' -o end.svg
    grep -q 'a\]\]&gt;b\]\]&gt;\]\]&gt;<' end.svg
    ! command -v xmllint >/dev/null || xmllint --noout ./*.svg
}

@test "messages" {
    local few='file group epoch variables index eigenvalue'
    awk 'NR == 1 || NR % 2' learning.tsv >one.tsv
    fails 65 "spectrum.tsv: no column 'lambda', there are: $few; mi-plot spectrum draws this table" mi-plot sweep spectrum.tsv -o a.svg
    fails 65 "spectrum.tsv: no column 'I_Z1_Z2' (mi-bounds writes it), there are: $few; mi-plot spectrum draws this table" mi-plot plane spectrum.tsv -o a.svg
    fails 65 "spectrum.tsv: no column 'H_Y' (mi-bounds writes it), there are: $few; mi-plot spectrum draws this table" mi-plot flow spectrum.tsv -o a.svg
    fails 65 "bounds.tsv: no column 'index' (mi-spectrum --eigenvalues writes it), the nearest of 19: file base I_R_Y lower upper" mi-plot spectrum bounds.tsv -o a.svg
    fails 65 "bounds.tsv: no column 'step', the nearest of 19: file group base H_Z1 H_Z2" mi-plot plane --color step bounds.tsv -o a.svg
    fails 65 "bounds.tsv: line 2, column 'file': 'r.h5' is not a number" mi-plot trend -x file bounds.tsv -o a.svg
    fails 65 "bounds.tsv: no row 4, the last is 3" mi-plot flow --row 4 bounds.tsv -o a.svg
    fails 65 "bounds.tsv: no row has epoch=7" mi-plot flow --where epoch=7 bounds.tsv -o a.svg
    fails 65 "bounds.tsv: no column 'step', the nearest of 19: file group base H_Z1 H_Z2" mi-plot flow --where step=7 bounds.tsv -o a.svg
    fails 2 "--where 'epoch': wanted COLUMN=VALUE, with commas between several" mi-plot flow --where epoch bounds.tsv -o a.svg
    fails 2 "--row '0': out of range, wanted 1 to 1000000000" mi-plot flow --row 0 bounds.tsv -o a.svg
    fails 2 "a flow chart has no axes: --x, --y, --y2, --by and --log are for other kinds" mi-plot flow -x epoch bounds.tsv -o a.svg
    fails 2 "a plane chart has one vertical axis: --y2 is for trend and sweep" mi-plot plane --y2 upper bounds.tsv -o a.svg
    fails 2 "a learning chart has instances along x and one vertical axis: --x and --y2 are for other kinds" mi-plot learning --y2 upper learning.tsv -o a.svg
    fails 2 "a learning chart has instances along x and one vertical axis: --x and --y2 are for other kinds" mi-plot learning -x n learning.tsv -o a.svg
    fails 65 "bounds.tsv: no column 'batch', the nearest of 19: epoch base alpha file group" mi-plot learning bounds.tsv -o a.svg
    fails 65 "one.tsv: no feature set has several numbers of instances, so no curve; mi-bounds --learning-curve writes one" mi-plot learning one.tsv -o a.svg
    { head -1 learning.tsv; for k in $(seq 17); do sed -n "2s/a/f$k/p" learning.tsv; done; } >sets.tsv
    fails 65 "sets.tsv: 17 feature sets in 1 order alpha make more than 16 panels; choose with --where" mi-plot learning sets.tsv -o a.svg
    fails 2 "a sensitivity chart has one vertical axis: --y2 is for trend and sweep" mi-plot sensitivity --y2 x sensitivity.tsv -o a.svg
    fails 65 "bounds.tsv: no column 'spearman' (mi-corr writes it), the nearest of 19: upper group epoch lambda accuracy" mi-plot sensitivity bounds.tsv -o a.svg
    { head -1 sensitivity.tsv; for k in $(seq 17); do sed -n "2s/lower/x$k/p" sensitivity.tsv; done; } >pairs.tsv
    fails 65 "pairs.tsv: more than 16 pairs of columns, too many to tell apart in a chart" mi-plot sensitivity pairs.tsv -o a.svg
    fails 2 "a spectrum chart has one vertical axis: --y2 is for trend and sweep" mi-plot spectrum --y2 index spectrum.tsv -o a.svg
    table words.tsv 'lambda projector' 'nan mlp'
    fails 65 "words.tsv: nothing was swept in a column lambda, fsq_levels, k, temperature, projector (fsq:17), method or alpha: choose one with --x" \
        mi-plot sweep words.tsv -o a.svg
    table many.tsv 'file group variables index eigenvalue' $(seq 41 | sed 's/.*/f&.h5:\/:z1:1:1/') && sed -i 's/:/\t/g' many.tsv
    fails 65 "many.tsv: more than 40 feature sets, too many to tell apart in a chart" mi-plot spectrum many.tsv -o a.svg
    table nan.tsv 'epoch I_Z1_Z2 I_Y_Z1' 'nan 1 1'
    fails 65 "nan.tsv: no row has all the numbers that a point needs" mi-plot plane nan.tsv -o a.svg
}

@test "epochs are whole numbers on axis and colour bar" {
    mi-plot trend --y2 none sweep.tsv -o t.gp
    same "$(of 'MI_XSTEP\[1\]' t.gp) $(of 'MI_XFORMAT\[1\]' t.gp)" '1 "%.0f"'
    mi-plot trend -x lambda --y2 none bounds.tsv -o t.gp
    same "$(of 'MI_XSTEP\[1\]' t.gp)" 0.2
    mi-plot plane bounds.tsv -o p.gp
    same "$(of 'MI_BAR_STEP' p.gp)" 1
}

@test "panels have frames of one height, though one has a note" {
    awk -F '\t' -v OFS='\t' 'NR == 1 { print; next } { $7 = 1; $18 = 0; print; $7 = 2; $18 = 9; print }' bounds.tsv >two.tsv
    mi-plot trend -y lower,upper two.tsv -o t.gp
    same "$(of 'MI_NOTE\[1\]' t.gp)$(of 'MI_NOTE\[2\]' t.gp)" '"""lower > upper at 3 of 3 points"'
    mi-plot trend -y lower,upper two.tsv -o t.svg
    grep -o 'M[0-9.]*,[0-9.]* L[0-9.]*,[0-9.]* L[0-9.]*,[0-9.]* L[0-9.]*,[0-9.]*' t.svg | sort -u >frames
    same "$(wc -l <frames)" 2
    same "$(sed -E 's/M[^,]*,([^ ]*) L[^,]*,([^ ]*) .*/\1 \2/' frames | sort -u | wc -l)" 1
}

@test "text: letters of lines differ from quantity to quantity, the key has the same; the lowest point stands above the axis" {
    for run in a b; do sed "s/^r.h5/$run.h5/" bounds.tsv; done | awk 'NR == 1 || !/^file/' >runs.tsv
    mi-plot trend -y lower,upper runs.tsv >text
    [[ "$(grep 'lower bound' text | tail -1)" == *'*****lower bound'* ]]
    [[ "$(grep 'accuracy (right' text)" == *'$$$$$accuracy (right axis)'* ]]
    table points.tsv 'projector lower accuracy' 'mlp 1 0.9' 'linear 2 0.8' 'none 3 0.1'
    mi-plot scatter --no-fit points.tsv >text
    same "$(sed '/ projector /,$d; /+----/,$d' text | grep -c '|.*C')" 1
}

@test "a line is fitted through rows of different settings, and of one epoch there is no trend: both are said" {
    table a.tsv 'file group epoch projector n lower accuracy r_kind' 'a.h5 / 6 mlp 8 1 0.5 id'
    table b.tsv 'file group epoch projector n lower accuracy r_kind' 'b.h5 / 6 linear 8 2 0.6 positive'
    run --separate-stderr mi-plot scatter a.tsv b.tsv -o s.svg
    same "$stderr" "mi-plot: warning: rows of different r_kind are drawn together: --where r_kind=id keeps one"
    run --separate-stderr mi-plot scatter --no-fit a.tsv b.tsv -o s.svg
    same "$stderr" ""
    run --separate-stderr mi-plot trend -y lower a.tsv b.tsv -o t.svg
    same "$stderr" "mi-plot: warning: all rows are at epoch 6, so there are no lines: mi-plot scatter and sweep compare runs"
    run --separate-stderr mi-plot trend -y lower a.tsv -o t.svg
    same "$stderr" ""
}

@test "compare: names are whole, each its own; in a text on lines of their own" {
    { printf 'file_a\tgroup_a\tfile_b\tgroup_b\talpha\tterm\tdifference\n'
      for term in H_Z1 H_Z2 I_Z1_Z2_null lower upper I_Z1_Z2_calibrated 'I_calibrated(z1:z2)' 'I_calibrated(y:z1)' 'I_geo(z1:z2)' 'I_min(z1:z2)' slack_lower slack_upper dpi_Z1_R; do
          printf 'a.h5\t/\tb.h5\t/\t2\t%s\t0.5\n' "$term"
      done; } >c.tsv
    mi-plot compare c.tsv -o c.gp
    sed -n 's/.*MI_TIC_TEXT[^=]* = "\(.*\)"$/\1/p' c.gp >names
    same "$(sed -n '6,9p;13p' names)" "I(Z1;Z2) − chance
I(z1:z2) − chance
I(y:z1) − chance
I(z1:z2) / geo. mean H
I(Z1;Z2) − I(Z1;R)"
    # the page is as much higher as turned names take
    [ "$(of MI_HEIGHT c.gp | cut -d . -f 1)" -gt 80 ]
    mi-plot compare c.tsv >text
    for name in 'H(Z1)' 'chance level' 'lower bound' 'I(Z1;Z2) − chance' 'I(y:z1) − chance' 'I(z1:z2) / geo. mean H' 'upper − I(Y;Z1)' 'I(Z1;Z2) − I(Z1;R)'; do
        grep -qF "$name" text
    done
    same "$(wc -l <text)" 24
}

@test "24 sets of points differ in their marks, and runs at names in mark where colours repeat" {
    { printf 'projector\tlower\taccuracy\n'; for k in $(seq 24); do printf "p$k\t$k\t0.$((k % 7 + 10))\n"; done; } >s.tsv
    mi-plot scatter --no-fit s.tsv -o s.gp
    same "$(for k in $(seq 24); do of "MI_MARK_OF\[$k\]" s.gp; done | sort -n | uniq | wc -l)" 24
    { cat s.gp; echo 'do for [k = 1:24] { print mi_mark(k) }'; } >marks.gp
    same "$(gnuplot -e "MI_DATA = 's.dat'" marks.gp 2>&1 >/dev/null | sort -u | wc -l)" 24
    { printf 'file\tgroup\tmethod\tprojector\tn\tlower\tupper\n'; for k in $(seq 9); do printf "$k.h5\t/\t$((k % 2 ? 1 : 2))x\tp$k\t8\t$k\t$k\n"; done; } >w.tsv
    mi-plot sweep -x method -y lower,upper --y2 none w.tsv -o w.gp
    same "$(sed -n 's/^MI_COLOR_OF\[[0-9]*\] = \([0-9]*\); MI_DASH_OF\[[0-9]*\] = 0; MI_MARK_OF\[[0-9]*\] = \([0-9]*\); MI_POINTS_OF\[[0-9]*\] = [1-9].*/\1 \2/p' w.gp | awk '{ print $1 % 8, $2 }' | sort -u | wc -l)" 18
    same "$(of 'MI_KEY_COLOR\[9\]' w.gp) $(of 'MI_KEY_MARK\[1\]' w.gp) $(of 'MI_KEY_MARK\[9\]' w.gp)" "9 1 6"
}

@test "plane: the names of first and last epoch hide no point; runs of one epoch are not joined" {
    table p.tsv 'file epoch I_Z1_Z2 I_Y_Z1' 'a 0 0.0 0.0' 'a 1 0.007 0.009' 'a 2 0.14 0.08' 'a 3 0.16 0.10' 'a 4 0.19 0.106' 'a 5 0.187 0.112' 'a 6 0.20 0.11' 'a 7 0.19 0.104'
    mi-plot plane p.tsv -o p.gp
    same "$(of 'MI_END\[1\]' p.gp) $(of 'MI_END\[2\]' p.gp)" '"epoch 0" "epoch 7"'
    # epoch 1 stands up and right of epoch 0, whose name therefore stands below it, or further away; nothing is below the last one
    awk -v x="$(of 'MI_END_DX\[1\]' p.gp)" -v y="$(of 'MI_END_DY\[1\]' p.gp)" 'BEGIN { exit !(x > 1.5 && y < 0.5) }'
    awk -v y="$(of 'MI_END_DY\[2\]' p.gp)" 'BEGIN { exit !(y < 0) }'
    table q.tsv 'file group epoch n I_Z1_Z2 I_Y_Z1' 'a / 6 8 0.1 0.2' 'b / 6 8 0.2 0.1' 'c / 6 8 0.3 0.1'
    mi-plot plane q.tsv -o q.gp
    same "$(grep -c '^#' q.dat) $(of MI_ENDS q.gp)" "3 0"
}
