load common

# cell COLUMN CHECK [FILE]: one cell of a table of verdicts
cell() {
    awk -F '\t' -v name="$1" -v check="$2" 'NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next }
        $at["check"] == check { print $at[name] }' "${3:--}"
}

oracle=$MI_SOURCE/tests/oracle

@test "an exact chain at order 1: all holds, with standard errors and without" {
    for se in "" --se; do
        mi-bounds --alpha 1 --decompose $se "$oracle/chain.h5" | mi-validate --strict >v.tsv
        same "$(column verdict v.tsv | sort -u)" holds
        same "$(cell note conclusion v.tsv)" "all holds: this is an exact chain, for which both bounds are theorems at order 1 with delta kernels"
        for check in slack_lower slack_upper gap dpi_Z1_R dpi_Y dpi_R; do
            same "$(cell status $check v.tsv)" theorem
        done
    done
}

@test "an instance id as R: the lower bound fails, exit 1, and the last line says why" {
    run mi-validate --text <(mi-bounds --se --decompose --r id "$oracle/small.h5")
    same "$status" 1
    same "${lines[-1]}" "lower bound does not hold here: lower is above I(Y;Z1) by 0.980 +/- 0.156; the matrix form of the premise I(Z1;R|Z2) = 0 fails: I(Z1;R|Z2) = 0.540 +/- 0.066, R shares with Z1 what Z2 has not kept; so lower is no floor under I(Y;Z1) on this checkpoint; R is an id here: try --r positive, the next view"
    ! grep -i broken <<<"$output"
}

@test "order 1 and delta kernels are not enough: z1 = r = id and a constant z2 make no chain" {
    seq 1 256 >id.csv
    sed 's/.*/1/' id.csv >one.csv
    awk '{ print $1 % 8 }' id.csv >y.csv
    mi-import z1=id.csv z2=one.csv r=id.csv y=y.csv -o c.h5
    mi-bounds --alpha 1 --kernel delta --decompose c.h5 >c.tsv
    mi-validate c.tsv >v.tsv || same "$?" 1
    cell value slack_lower v.tsv | awk '{ exit !(($1 + log(256))^2 < 1e-16) }'
    same "$(cell verdict slack_lower v.tsv), $(cell status slack_lower v.tsv)" "fails, observation"
    same "$(cell note slack_lower v.tsv)" "a theorem at order 1 with delta kernels and an exact chain; here I(Z1;R|Z2) = 5.545; values compared, no standard error"
    same "$(cell status dpi_Y v.tsv)" theorem
    same "$(cell note conclusion v.tsv)" "lower bound does not hold here: lower is above I(Y;Z1) by 5.545; the premise I(Z1;R|Z2) = 0 fails: I(Z1;R|Z2) = 5.545, R shares with Z1 what Z2 has not kept; so lower is no floor under I(Y;Z1) on this checkpoint; R is an id here, which stands before Z1 and not behind Z2: try an R that is made from Z2 (--r positive, where instances have two views)"
}

@test "the next view as R" {
    run mi-validate --text <(mi-bounds --se --decompose --r positive "$oracle/epochs.h5:/epoch_0")
    same "$status" 1
    same "${lines[-1]}" "lower bound does not hold here: lower is above I(Y;Z1) by 0.263 +/- 0.113; the matrix form of the premise I(Y;R|Z1) = 0 fails: I(Y;R|Z1) = 0.502 +/- 0.100, R tells of Y what Z1 does not; so lower is no floor under I(Y;Z1) on this checkpoint; centre the features (mi-transform --center z1,z2), then try order 1 (--alpha 1), and look again"
}

@test "a violation below the noise is undecided: 0, with --strict 1, without standard errors a failure" {
    mi-bounds --se --decompose --r positive "$oracle/epochs.h5:/epoch_10" >t.tsv
    mi-validate t.tsv >v.tsv
    same "$(cell verdict slack_lower v.tsv)" undecided
    cell value slack_lower v.tsv | awk '{ exit !($1 < 0) }'
    same "$(cell note conclusion v.tsv)" "lower bound is undecided here: I(Y;Z1) - lower = -0.018 +/- 0.086 has 0 in its interval, which more instances would narrow"
    run mi-validate --strict t.tsv
    same "$status" 1
    run mi-validate <(mi-bounds --decompose --r positive "$oracle/epochs.h5:/epoch_10")
    same "$status" 1
    mi-bounds --decompose --r positive "$oracle/epochs.h5:/epoch_10" | mi-validate >v.tsv || same "$?" 1
    same "$(cell verdict slack_lower v.tsv)" fails
    same "$(cell note slack_lower v.tsv)" "a theorem at order 1 with delta kernels and an exact chain; values compared, no standard error"
}

@test "noise: both bounds hold, and the conclusion says that it is no evidence" {
    mi-synth gaussian --n 400 --d1 16 --d2 8 -o noise.h5
    mi-bounds --se --decompose --permutations 99 noise.h5 | mi-validate >v.tsv
    same "$(cell verdict slack_upper v.tsv)" holds
    same "$(cell verdict chance_Z1_Z2 v.tsv)" undecided
    cell note chance_Z1_Z2 v.tsv | grep -q '^p = 0\.[0-9]* of 99 pairings$'
    cell note conclusion v.tsv | grep -q "not told from chance: "
}

@test "the level of the intervals" {
    mi-bounds --digits 17 --se --decompose good.h5 >t.tsv
    mi-validate --digits 17 --level 0.9 t.tsv >v.tsv || same "$?" 1
    same "$(column level v.tsv | sort -u)" 0.90000000000000002
    # 12 instances: 11 degrees of freedom, t = 1.795884819
    paste <(cell value gap v.tsv) <(cell lo gap v.tsv) <(cell hi gap v.tsv) <(column gap_se t.tsv) |
        awk '{ t = 1.795884819 * $4; exit !(($1 - t - $2)^2 < 1e-18 && ($1 + t - $3)^2 < 1e-18) }'
    fails 2 "--level '1': out of range, wanted 0.5 to 0.9999" mi-validate --level 1 t.tsv
}

@test "the columns: those of the row that are no terms, then the verdict's" {
    mi-bounds --se --ci 0.9 --decompose run.h5 | mi-validate >v.tsv || same "$?" 1
    same "$(head -1 v.tsv | tr '\t' ' ')" "file group epoch projector accuracy n instances d1 d2 classes alpha kernel r_kind i_z1_r_by preset estimator batch batches seed route tolerance half_width degrees se_by base zero_rows rows_dropped zeroed_mass level check statement value lo hi zero_within verdict status note"
    same "$(column check v.tsv | head -16 | tr '\n' ' ')" "slack_lower slack_upper gap dpi_Z1_R dpi_Y dpi_R I_Y_R_given_Z1 I_Z1_R_given_Z2 I_Y_Z2_given_Z1 H_Z1_given_Y_Z2 I_Y_Z1_given_R I_Z1_Z2_given_R slack_lower_terms slack_upper_terms chance_Z1_Z2 conclusion "
    same "$(column group v.tsv | uniq | tr '\n' ' ')" "/epoch_0 /epoch_2 /epoch_4 /epoch_6 /epoch_8 /epoch_10 "
    same "$(column epoch v.tsv | uniq | tr '\n' ' ')" "0 2 4 6 8 10 "
}

@test "an attribute that is called as one of the columns gets a prefix" {
    mi-bounds --decompose good.h5 | awk -F '\t' -v OFS='\t' '{ print $0, NR == 1 ? "status" : "007" }' >t.tsv
    mi-validate t.tsv >v.tsv || same "$?" 1
    same "$(column attr_status v.tsv | sort -u)" 007
    mi-validate --json t.tsv | head -1 | grep -q '"attr_status":"007"'
}

@test "JSON out and in" {
    mi-bounds --json --se --decompose good.h5 | mi-validate --json >v.json || same "$?" 1
    grep -q '^{"file":"good.h5","group":"/","n":24,.*"batch":null,.*"check":"gap","statement":"lower <= upper","value":' v.json
    mi-bounds --se --decompose good.h5 | mi-validate --json | cmp - v.json
}

@test "ceilings of a quantised Z2" {
    mi-bounds --alpha 1 --decompose "$oracle/chain.h5" >t.tsv
    mi-validate t.tsv >v.tsv
    same "$(column check v.tsv | grep ceiling | tr '\n' ' ')" "ceiling_H_Z2 ceiling_rank ceiling_distinct "
    awk -F '\t' -v OFS='\t' '{ print $0, NR == 1 ? "fsq_levels" : 4 }' t.tsv | mi-validate >v.tsv
    same "$(cell verdict ceiling_levels v.tsv) $(cell status ceiling_levels v.tsv)" "holds theorem"
}

@test "another estimator of I(Z1;R): the identities are void" {
    mi-bounds --se --decompose --i-z1-r nce good.h5 | mi-validate >v.tsv
    for check in slack_lower_terms slack_upper_terms; do
        same "$(cell verdict $check v.tsv), $(cell note $check v.tsv)" "not applicable, an identity of matrix entropies, I(Z1;R) is by nce:0.2"
    done
}

@test "sets without r and y: nothing to check, exit 0" {
    mi-bounds --decompose no-r-no-y.h5 2>/dev/null | mi-validate --strict >v.tsv
    same "$(cell note conclusion v.tsv)" "the bounds cannot be checked here: the set has no r and no y"
}

@test "identities hold at every order and route of the table's own digits" {
    for digits in 4 9 17; do
        mi-bounds --digits $digits --alpha 0.5,1,2,3,inf --decompose run.h5 | mi-validate >v.tsv || same "$?" 1
        same "$(cell verdict slack_lower_terms v.tsv | sort | uniq -c | tr -s ' ')" " 30 holds"
        same "$(cell verdict slack_upper_terms v.tsv | sort | uniq -c | tr -s ' ')" " 30 holds"
    done
}

@test "several tables, standard input by -, a report a row, --output" {
    mi-bounds --se --decompose --r id good.h5 >a.tsv
    mi-bounds --decompose --alpha 1 "$oracle/chain.h5" >b.tsv
    run mi-validate --text a.tsv - <b.tsv
    same "$status" 1
    same "$(grep -c '^  bounds$' <<<"$output")" 2
    same "${lines[-1]}" "all holds: this is an exact chain, for which both bounds are theorems at order 1 with delta kernels"
    mi-validate --text -o report.txt a.tsv b.tsv || same "$?" 1
    mi-validate --text a.tsv b.tsv | cmp - report.txt
}

@test "tables that cannot be validated" {
    mi-bounds good.h5 >plain.tsv
    mi-bounds --decompose good.h5 >t.tsv
    head -1 t.tsv >header.tsv
    mi-entropy good.h5 --of z1 >entropy.tsv
    cut -f 1,3- t.tsv >cut.tsv
    sed '2s/\t[^\t]*$/\tmany/' t.tsv >words.tsv
    fails 65 "plain.tsv: no column 'H_Z1_given_Y_Z2'; mi-bounds --decompose adds it" mi-validate plain.tsv
    fails 65 "entropy.tsv: no column 'H_Z1', wanted a table of mi-bounds --decompose" mi-validate entropy.tsv
    fails 65 "cut.tsv: no column 'group', wanted a table of mi-bounds --decompose" mi-validate cut.tsv
    fails 65 "words.tsv: line 2, column 'distinct_Z2': 'many' is not a number" mi-validate words.tsv
    fails 65 "header.tsv: no rows, wanted one for each feature set" mi-validate header.tsv
    fails 65 "good.h5: an HDF5 file, wanted a table such as mi-bounds writes" mi-validate good.h5
    fails 66 "cannot open 'nope.tsv': No such file or directory" mi-validate nope.tsv
    fails 73 "cannot create 'nowhere/v.tsv': No such file or directory" mi-validate -o nowhere/v.tsv t.tsv
    run --separate-stderr mi-validate </dev/null
    same "$status: $stderr" "65: mi-validate: standard input: empty input, wanted a table with a header line"
}

@test "on a terminal: the report, and a hint of mi-bounds when lower is above upper" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    mi-bounds --se --decompose good.h5 >t.tsv
    script -qc "mi-validate t.tsv" /dev/null </dev/null | grep -q '^  bounds'
    script -qc "mi-bounds --r id good.h5" /dev/null </dev/null | tr -d '\r' >shown
    same "$(tail -1 shown)" "mi-bounds: hint: lower is above upper in 1 row; what holds and why: mi-bounds --r id good.h5 --se --decompose | mi-validate"
    script -qc "mi-bounds --alpha 1 $oracle/chain.h5" /dev/null </dev/null | run ! grep hint
    script -qc "mi-bounds --se --decompose good.h5 | mi-validate" /dev/null </dev/null >shown
    run ! grep hint shown
}

# ---- enough instances? ----

sample=$MI_SOURCE/datasets/samples/final-proj-linear.h5

@test "a learning curve: what changes by more than its error, and the errors to be expected" {
    mi-bounds --digits 17 --se --learning-curve "$sample" >c.tsv
    mi-validate --digits 17 --wanted-error 0.005 c.tsv >t.tsv || same "$?" 1
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group alpha kernel r_kind i_z1_r_by preset estimator base instances degrees level term value se half change lo hi verdict se_2n se_4n wanted_error instances_wanted"
    same "$(column term t.tsv | tr '\n' ' ')" "H_Z1 H_Z2 H_R H_Y I_Z1_R I_Z1_Z2 I_R_Y I_Y_Z1 I_Y_Z2 lower upper "
    same "$(awk -F '\t' '$13 == "I_Z1_Z2" { print $20 }' t.tsv)" "within error"
    same "$(awk -F '\t' '$13 == "lower" { print $20 }' t.tsv)" "beyond error"
    column I_Z1_Z2 c.tsv | tail -1 >all
    "$MI_NEAR" <(awk -F '\t' '$13 == "I_Z1_Z2" { print $14 }' t.tsv) all 1e-15
    column I_Z1_Z2 c.tsv | tail -2 | paste -s | awk '{ printf "%.17g\n", $2 - $1 }' >change
    "$MI_NEAR" <(awk -F '\t' '$13 == "I_Z1_Z2" { print $17 }' t.tsv) change 1e-12
    # 256 instances, errors as 1 / sqrt(n)
    awk -F '\t' '$13 == "upper" { exit !(($21 - $15 / sqrt(2)) ^ 2 < 1e-20 && ($22 - $15 / 2) ^ 2 < 1e-20 && $24 - 256 * ($15 / 0.005) ^ 2 < 1) }' t.tsv
}

@test "the report of a learning curve; exit 1 while something moves" {
    mi-bounds --se --learning-curve --decompose "$sample" >c.tsv
    run mi-validate --enough --text c.tsv
    same "$status" 1
    same "${lines[0]}" "$sample:/epoch_006  order 2, R = positive, z1=linear,z2=linear, 256 instances"
    [[ "${lines[-1]}" == *"terms change by more than their error ("*"lower, upper"*"they still move with the number of instances"* ]]
    # no change beyond its error is not yet convergence: that of lower is 23 % of it
    mi-bounds --se --learning-curve "$MI_SOURCE/datasets/samples/final-proj-none.h5" >w.tsv
    run mi-validate --enough --text w.tsv
    same "$status ${lines[-1]}" "0 no change can be told from 0, which does not show that the values have converged: that of lower is 23 % of its value; more instances would narrow the intervals"
    mi-validate --enough c.tsv >t.tsv || same "$?" 1
    # terms of --decompose have errors too, and verdicts stay what they were without --enough
    column term t.tsv | grep -qx slack_lower
    mi-validate c.tsv >v.tsv || same "$?" 1
    same "$(cell verdict conclusion v.tsv | wc -l)" 4
}

@test "tables that are no learning curve" {
    mi-bounds --se good.h5 >t.tsv
    fails 65 "t.tsv: no learning curve, wanted rows of half the instances and of all; mi-bounds --se --learning-curve writes them" mi-validate --enough t.tsv
    mi-bounds --learning-curve "$sample" >u.tsv
    fails 65 "u.tsv: line 5: no standard errors, which a change is measured by; mi-bounds --se adds them" mi-validate u.tsv
    fails 2 "--wanted-error '0': out of range, wanted 1e-09 to 1e+09" mi-validate --wanted-error 0 t.tsv
}
