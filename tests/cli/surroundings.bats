# What stands around a computation has no part in its result: locale, time zone, the state of the processor, how many threads
# there are, how a file lays the values out; and what is drawn at random is the seed's alone.
load common

# All tools that read or write numbers, or draw some. `out.*` is what a command writes beside standard output.
commands='mi-ls good.h5 storage.h5 subnormal.h5
mi-bounds --se --decompose --alpha 0.5,1,2,3,inf run.h5
mi-bounds --se --permutations 5 --batch 4 --seed 3 run.h5
mi-bounds --se --batch 50 --seed 9 big.h5
mi-bounds --kernel gaussian:median --learning-curve big.h5
mi-bounds --kernel laplacian:median --alpha 1,2 good.h5
mi-bounds --i-z1-r infonce --zero-rows drop zero-rows.h5
mi-bounds --route lanczos --alpha 0.5,1 big.h5
mi-bounds --route sample --tolerance 0.05 --se big.h5
mi-bounds --alpha 0.5,2 subnormal.h5
mi-entropy --of z1,z1+z2,y --alpha 1,2 --ci 0.9 --extrapolate big.h5
mi-mutual --of z1:z2,z1:y --normalize --permutations 9 --alpha 1,2 good.h5
mi-mutual --xy 2,1 samples.csv
mi-spectrum --se --by-class --alpha 1,2 --truncate 3 good.h5
mi-spectrum --eigenvalues good.h5 subnormal.h5
mi-geometry --se --by-class big.h5
mi-geometry subnormal.h5
mi-align --permutations 9 --se good.h5
mi-align --all-pairs run.h5
mi-align subnormal.h5
mi-shannon --of z1:y,z2,y,y:z2 --permutations 9 --se good.h5
mi-shannon --of z1:y,z1 subnormal.h5
mi-probe --hidden 4 good.h5
mi-compare --permutations 3 --alpha 1,2 run.h5:/epoch_0 run.h5:/epoch_2
mi-corr -x lower,upper -y accuracy --ci 0.95 --permutations 99 bounds.tsv
mi-validate bounds.tsv
mi-validate --text bounds.tsv
mi-plot trend bounds.tsv
mi-plot trend bounds.tsv -o -
mi-plot scatter -x lower bounds.tsv -o out.svg
mi-plot sweep -x lambda -y lower sweep.tsv -o out.svg
mi-report bounds.tsv -o out.html
mi-report good.h5 -o out.html
mi-import --no-history z1=samples.csv -o out.h5
mi-export subnormal.h5 -o out.csv
mi-export good.h5 -o out.npz
mi-transform --no-history --subsample 6 --seed 4 --standardize z1 --pca z1:2 --fsq z2:5 --type f64 good.h5 -o out.h5
mi-transform --no-history --l2 z1 subnormal.h5 -o out.h5
mi-synth classes --no-history --n 60 --separation 2.5 -o out.h5'

setup_file() {
    export SOURCE_DATE_EPOCH=1
    cd "$BATS_FILE_TMPDIR"
    mkdir given && cd given
    PATH=$MI_TOOLS:$PATH
    "$MI_FIXTURES" . && "$MI_LAYOUTS" .
    mi-synth classes --n 400 --d1 24 --d2 12 -o big.h5
    mi-bounds --se --decompose run.h5 >bounds.tsv
    printf 'lambda\taccuracy\tlower\n0.001\t0.5\t1.25\n0.01\t0.625\t1.5\n0.1\t0.75\t1.75\n' >sweep.tsv
    for i in $(seq 40); do echo "$i.5e-1,-2.$((i * 7 % 11)),0.$((i * i % 13))"; done >samples.csv
    results ../plain
}

setup() {
    PATH=$MI_TOOLS:$PATH
    cd "$BATS_FILE_TMPDIR/given"
}

# results FOLDER PREFIX...: what the commands print, say and write, and their exit codes.
results() {
    local folder=$1 k=0 command
    shift
    mkdir "$folder"
    while read -r command; do
        k=$((k + 1))
        "$@" $command >"$folder/$k.out" 2>"$folder/$k.err" || echo "exit $?" >>"$folder/$k.err"
        for file in out.*; do
            [ ! -e "$file" ] || mv "$file" "$folder/$k.$file"
        done
    done <<<"$commands"
}

# unchanged PREFIX...: the commands do the same as in plain surroundings, byte for byte.
unchanged() {
    results "$BATS_TEST_TMPDIR/found" "$@"
    diff -r ../plain "$BATS_TEST_TMPDIR/found"
}

# The folder of a locale whose numbers have a comma.
comma_locale() {
    command -v localedef >/dev/null && localedef -i de_DE -f UTF-8 "$BATS_TEST_TMPDIR/de_DE.UTF-8" 2>/dev/null ||
        skip "localedef cannot make de_DE.UTF-8 here (package locales)"
    export LOCPATH=$BATS_TEST_TMPDIR
    same "$(LC_ALL=de_DE.UTF-8 bash -c 'printf %.1f 0,5')" 0,5
}

@test "the commands succeed" {
    same "$(grep -h '^exit' ../plain/*.err | sort | uniq -c | xargs)" ""
    same "$(ls ../plain/*.out | wc -l)" "$(wc -l <<<"$commands")"
}

@test "twice the same: all that is drawn at random is the seed's" {
    unchanged env
}

@test "a locale whose numbers have a comma" {
    comma_locale
    unchanged env LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8
}

@test "time zones" {
    unchanged env TZ=Asia/Kathmandu
}

@test "a processor that takes subnormal numbers for zeros" {
    unchanged env LD_PRELOAD="$MI_FLUSH_SO"
}

@test "one thread to four: the same to 1e-9, and bit by bit when it is run again" {
    commands=$(grep -E '^mi-(bounds|entropy|mutual|spectrum|geometry|align|shannon|probe|compare) ' <<<"$commands" | sed 's/$/ --digits 17 --threads $T/')
    for T in 1 2 3 4; do
        commands=${commands//\$T/$T} results "$BATS_TEST_TMPDIR/$T"
        for table in "$BATS_TEST_TMPDIR/1"/*; do
            [ ! -s "$table" ] || "$MI_NEAR" "$table" "$BATS_TEST_TMPDIR/$T/${table##*/}" 1e-9
        done
    done
    commands=${commands//\$T/3} results "$BATS_TEST_TMPDIR/again"
    diff -r "$BATS_TEST_TMPDIR/3" "$BATS_TEST_TMPDIR/again"
}

@test "ranks: bit by bit when they are run again" {
    [ -n "$MI_MPIRUN" ] || skip "no mpirun"
    for command in "mi-bounds --se --decompose" "mi-bounds --alpha 1 --se --permutations 5" "mi-mutual --permutations 9" \
        "mi-entropy --ci 0.9 --alpha 1,2" "mi-spectrum --se" "mi-geometry --se"; do
        for k in 1 2; do
            timeout 120 "$MI_MPIRUN" -n 2 $command --digits 17 --threads 2 run.h5 2>/dev/null >"$BATS_TEST_TMPDIR/$k"
        done
        [ "$(wc -l <"$BATS_TEST_TMPDIR/1")" -gt 1 ]
        cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/2"
    done
}

# The type of features is a column of mi-ls alone; half and single precision are computed with as single, which they fill exactly.
@test "element types, byte orders, chunks, filters, storage elsewhere" {
    for layout in layout-*.h5; do
        {
            mi-align --allow-external $layout 2>&1 | sed "s/$layout/layout/g"
            mi-transform --allow-external --type f64 $layout | mi-export --format csv -o -
            mi-transform --allow-external --no-history --standardize z1,z2 --pca z1:3 --type f64 $layout -o "$BATS_TEST_TMPDIR/out.h5"
            mi-spectrum --columns variables,S,effective_rank "$BATS_TEST_TMPDIR/out.h5"
        } >"$BATS_TEST_TMPDIR/$layout"
    done
    # these take all of them in one run
    for command in "mi-bounds --se --decompose --alpha 0.5,1,2" "mi-bounds --kernel gaussian:median" mi-geometry mi-spectrum \
        mi-shannon "mi-probe --probe linear" "mi-compare --terms H_Z1,lower --columns file_b,a,b layout-half-columns.h5:/"; do
        $command --allow-external layout-*.h5 >"$BATS_TEST_TMPDIR/all.tsv" 2>"$BATS_TEST_TMPDIR/said"
        same "$(<"$BATS_TEST_TMPDIR/said")" ""
        awk -F '\t' -v OFS='\t' -v folder="$BATS_TEST_TMPDIR" -v command="$command" 'NR == 1 { head = $0; next }
            { file = folder "/" $1 }
            !has[file]++ { files++; print command "\n" head >>file }
            { $1 = "layout"; print >>file }
            END { exit files != wanted }' wanted="$(ls layout-*.h5 | wc -l)" "$BATS_TEST_TMPDIR/all.tsv"
    done
    cd "$BATS_TEST_TMPDIR"
    for layout in layout-*.h5; do
        "$MI_NEAR" layout-single-contiguous.h5 $layout 1e-6
        [[ $layout == *double* ]] || cmp layout-single-contiguous.h5 $layout
        [[ $layout != *double* || $layout == *linked* ]] || cmp layout-double-contiguous.h5 $layout
    done
}
