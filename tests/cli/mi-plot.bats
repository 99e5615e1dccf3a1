#!/usr/bin/env bats
# mi-plot: every option, every message, exit codes, and nothing left behind.

bats_require_minimum_version 1.5.0

setup() {
    PATH="$MI_TOOLS:$PATH"
    cd "$BATS_TEST_TMPDIR"
    {
        printf 'file\tgroup\tepoch\tmethod\tprojector\taccuracy\tn\talpha\tbase\tlower\tupper\tlower_se\n'
        for e in 0 10 20 30; do
            printf 'r.h5\t/e%s\t%s\tsimclr\tmlp\t%s\t64\t2\te\t%s\t%s\t0.2\n' \
                $e $e $((40 + e)) $((e / 10 - 3)) $((e / 10 + 1))
        done
    } >trend.tsv
    {
        printf 'projector\taccuracy\tbase\tlower\tupper\n'
        printf 'mlp\t60\t2\t-1\t2\nlinear\t55\t2\t-2\t1\nnone\t50\t2\t-2.5\t1.5\n'
    } >scatter.tsv
}

# One message, one line, and no file of that name or a temporary one.
refuses() { # code message args...
    local code=$1 message=$2
    shift 2
    run --separate-stderr -"$code" mi-plot "$@"
    [ "$output" = "" ]
    [ "$stderr" = "mi-plot: $message" ] || { echo "$stderr"; false; }
    [ -z "$(compgen -G '.mi-*' || compgen -G '*.svg')" ]
}

# ---- what it writes ----

@test "text on standard output, 79 by 24" {
    run -0 --separate-stderr mi-plot trend trend.tsv
    [ "$stderr" = "" ]
    [ "${#lines[@]}" -le 24 ]
    [ "$(mi-plot trend trend.tsv | wc -L)" -eq 79 ]
    [ "$(mi-plot trend trend.tsv | wc -l)" -eq 24 ]
    [[ "$output" == *"bounds of I(Y;Z1) [nats] | accuracy [%]"* ]]
    [[ "$output" == *"lower bound"*"accuracy (right axis)"* ]]
    # a line is made of the letter that the key has, without gaps
    [[ "$output" == *"#B##"*"**A**lower bound"*"##B##upper bound"* ]]
    { cat trend.tsv; tail -n +2 trend.tsv | sed 's/simclr/barlow/; s/\t-3\t/\t-2\t/'; } >two.tsv
    mi-plot trend --by method two.tsv >text
    grep -q '##########' text
}

@test "a terminal is filled, up to the prompt" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    run -0 script -qec "stty cols 60 rows 20; mi-plot trend trend.tsv" /dev/null
    [ "$(printf '%s\n' "$output" | tr -d '\r' | wc -L)" -eq 60 ]
    [ "$(printf '%s\n' "$output" | wc -l)" -ge 18 ]
    [ "$(printf '%s\n' "$output" | wc -l)" -le 20 ]
}

@test "svg, png and pdf by the ending, of 84 mm" {
    mi-plot scatter scatter.tsv -o a.svg
    mi-plot scatter scatter.tsv -o a.png
    mi-plot scatter scatter.tsv -o a.pdf
    grep -q '<svg' a.svg
    grep -q '</svg>' a.svg
    [ "$(head -c 8 a.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
    [ "$(od -An -tu1 -j16 -N4 a.png | awk '{print $3 * 256 + $4}')" -eq 992 ]
    [ "$(head -c 5 a.pdf)" = %PDF- ]
    [ "$(ls | tr '\n' ' ')" = "a.pdf a.png a.svg scatter.tsv trend.tsv " ]
}

@test "a script and its data draw the same picture, from any directory" {
    mkdir -p "in a dir"
    mi-plot trend trend.tsv -o "in a dir/it's \$(x) \`y\`.gp"
    mi-plot trend trend.tsv -o direct.svg
    [ "$(ls 'in a dir' | wc -l)" -eq 2 ]
    gnuplot "in a dir/it's \$(x) \`y\`.gp"
    # gnuplot writes its output's name into the title element
    diff <(grep -v '<title>\|<desc>' "in a dir/it's \$(x) \`y\`.svg") <(grep -v '<title>\|<desc>' direct.svg)
    (cd "in a dir" && gnuplot -e "MI_FORMAT = 'pdf'" ./*.gp && [ "$(head -c 4 ./*.pdf)" = %PDF ])
}

@test "the data are readable" {
    mi-plot trend trend.tsv -y lower --y2 none -o t.gp
    diff t.dat - <<'EOF'
# lower against epoch (x y low high)
0 -3 -3.39199279691 -2.60800720309
10 -2 -2.39199279691 -1.60800720309
20 -1 -1.39199279691 -0.608007203092
30 0 -0.391992796908 0.391992796908
EOF
}

@test "standard input, JSON lines, and several tables" {
    mi-plot scatter -o a.gp <scatter.tsv
    mi-plot scatter -o b.gp - <scatter.tsv
    cmp a.dat b.dat
    cat scatter.tsv scatter.tsv | mi-plot scatter -o two.gp
    mi-plot scatter -o both.gp scatter.tsv scatter.tsv
    cmp two.dat both.dat
    grep -q 'n = 6' two.gp
    echo '{"lower": 1, "accuracy": null}
{"accuracy": 0.5, "lower": 2}' | mi-plot scatter -o j.gp
    grep -q '^2 0.5 nan nan nan nan$' j.dat
}

# ---- options that change the chart ----

@test "titles, ranges and logarithms reach the script" {
    mi-plot scatter scatter.tsv --title "A title" --xlabel XX --ylabel YY --xrange=-3: \
        --yrange :90 --log y -o a.gp
    grep -qx 'MI_TITLE\[1\] = "A title"' a.gp
    grep -qx 'MI_XLABEL\[1\] = "XX"' a.gp
    grep -qx 'MI_YLABEL = "YY"' a.gp
    [[ "$(grep '^MI_XLOW\[' a.gp)" == 'MI_XLOW[1] = -3; MI_XHIGH[1] = -0.94; '* ]]
    [[ "$(grep '^MI_YLOW' a.gp)" == *'; MI_YHIGH = 90; MI_YSTEP = 10; '* ]]
    grep -qx 'set logscale y' a.gp
    gnuplot a.gp
    mi-plot trend trend.tsv --y2 upper --y2label Y2 --y2range 0:5 -o b.gp
    grep -qx 'MI_Y2LABEL = "Y2"' b.gp
    [[ "$(grep '^MI_Y2LOW' b.gp)" == 'MI_Y2LOW = 0; MI_Y2HIGH = 5; '* ]]
    gnuplot b.gp
}

@test "--width and --height: millimetres of a picture, characters of a text" {
    mi-plot trend trend.tsv --width 100 --height 50 -o a.gp
    grep -qx 'MI_WIDTH = 100' a.gp
    grep -qx 'MI_HEIGHT = 50' a.gp
    [ "$(mi-plot trend trend.tsv --width 60 --height 15 | wc -L)" -eq 60 ]
    [ "$(mi-plot trend trend.tsv --width 60 --height 15 | wc -l)" -eq 15 ]
}

@test "--by and --no-fit" {
    mi-plot scatter scatter.tsv --by base --no-fit -o a.gp
    grep -q 'MI_KEY\[1\] = "2"' a.gp
    grep -q 'MI_FIT\[1\] = 0' a.gp
    run ! grep -q 'least-squares' a.dat
    mi-plot scatter scatter.tsv -o b.gp
    grep -q 'MI_KEY\[1\] = "mlp"' b.gp
    grep -q 'least-squares' b.dat
}

@test "--x with several columns: panels beside each other" {
    mi-plot scatter scatter.tsv -x lower,upper -o a.gp
    grep -q 'MI_PANELS = 2; MI_COLUMNS = 2; MI_ROWS = 1' a.gp
    grep -qx 'MI_WIDTH = 174' a.gp
    gnuplot a.gp
    [ "$(grep -c 'of I(Y;Z1) \[bits\]' a.svg)" -eq 2 ]
}

@test "--template draws with a changed copy, MI_PLOTS with a changed directory" {
    sed 's/with linespoints/with impulses/' "$MI_SOURCE/plots/trend.gp" >mine.gp
    mi-plot trend trend.tsv --template mine.gp -o a.gp
    grep -q 'with impulses' a.gp
    mkdir plots
    cp "$MI_SOURCE"/plots/*.gp plots
    echo '# changed style' >>plots/style.gp
    MI_PLOTS=plots mi-plot trend trend.tsv -o b.gp
    grep -q 'changed style' b.gp
}

@test "no accuracy: a note, and no second axis" {
    cut -f1-5,7- trend.tsv >less.tsv
    run -0 --separate-stderr mi-plot trend less.tsv -o a.gp
    [ "$stderr" = "mi-plot: warning: no accuracy in the table, so no second axis; mi-probe --write records one" ]
    grep -qx 'MI_Y2LABEL = ""' a.gp
}

# ---- styles ----

@test "of 24 series two of one colour differ in dash and mark, and no two share dash and mark" {
    { sed -n '/^array MI_COLORS/p; /^array MI_MARKS/p; /^array MI_DASHES/p; /^mi_color/p; /^mi_mark/p; /^mi_dash/p' "$MI_SOURCE/plots/style.gp"
        echo 'do for [k = 1:24] { print mi_color(k), mi_dash(k), mi_mark(k) }'; } >styles.gp
    gnuplot -e 'MI_IS_TEXT = 0' styles.gp 2>styles
    [ "$(wc -l <styles)" -eq 24 ]
    [ "$(cut -d ' ' -f 2,3 styles | sort -u | wc -l)" -eq 24 ]
    [ "$(cut -d ' ' -f 1,2 styles | sort -u | wc -l)" -eq 24 ]
    [ "$(cut -d ' ' -f 1,3 styles | sort -u | wc -l)" -eq 24 ]
}

# ---- text stays text ----

@test "hostile labels are drawn and not executed" {
    {
        printf 'projector\taccuracy\tlower\n'
        n=0
        for label in '`touch pwned`' '$(touch pwned)' "';system('touch pwned');'" \
            "''';system('touch pwned')#" '";system("touch pwned");"' '@A {/Symbol a}_2^3' \
            'back\\slash\\n' 'two\nlines' '\\' '\\140touch pwned\\140' '%s%n' '# no' 'проектор'; do
            n=$((n + 1))
            printf '%s\t%s\t%s\n' "$label" $n $n
        done
    } >hostile.tsv
    title="';system('touch pwned') \`touch pwned\` \"@A"
    mi-plot scatter hostile.tsv --title "$title" --ylabel "$title" -o a.svg
    mi-plot scatter hostile.tsv --title "$title" --xlabel "$title" -o b.gp
    mi-plot scatter hostile.tsv --by projector >text
    gnuplot b.gp
    [ ! -e pwned ]
    for wanted in '`touch pwned`' '$(touch pwned)' "&apos;;system(&apos;touch pwned&apos;);&apos;\|';system('touch pwned');'" \
        '@A {/Symbol a}_2^3' 'back\\slash\\n' 'two lines' '\\140touch pwned\\140' '%s%n' '# no' 'проектор'; do
        grep -q -- "$wanted" a.svg || { echo "not drawn: $wanted"; false; }
    done
    grep -qF '`touch pwned`' text
}

@test "a name of a file that gnuplot would take for a command" {
    mkdir sub
    cd sub
    mi-plot scatter ../scatter.tsv -o '|touch pwned;.svg'
    mi-plot scatter ../scatter.tsv -o '<touch pwned;.gp'
    gnuplot './<touch pwned;.gp'
    [ ! -e pwned ]
    [ -s './<touch pwned;.svg' ]
    grep -q '</svg>' '|touch pwned;.svg'
}

# ---- refusals ----

@test "kinds" {
    refuses 2 "'pie' is no kind of chart, wanted one of: trend scatter sweep learning plane spectrum flow sensitivity compare matrix" pie trend.tsv -o a.svg
    refuses 2 "no kind of chart given, wanted one of: trend scatter sweep learning plane spectrum flow sensitivity compare matrix" </dev/null
    run -0 mi-plot --help
    [[ "$output" == *"  trend       "*"  scatter     "* ]]
}

@test "columns" {
    refuses 65 "scatter.tsv: no column 'epoch', there are: projector accuracy base lower upper" \
        trend scatter.tsv -o a.svg
    refuses 65 "scatter.tsv: no column 'foo', there are: projector accuracy base lower upper" \
        scatter scatter.tsv -x foo -o a.svg
    refuses 65 "scatter.tsv: no column 'foo', there are: projector accuracy base lower upper" \
        scatter scatter.tsv --by foo -o a.svg
    refuses 2 "'lower,': wanted column names with commas between them" scatter scatter.tsv -x lower, -o a.svg
    refuses 65 "scatter.tsv: line 2, column 'projector': 'mlp' is not a number" \
        scatter scatter.tsv -y projector -o a.svg
    refuses 2 "a scatter chart has one vertical axis: --y2 is for trend" scatter scatter.tsv --y2 upper -o a.svg
}

@test "tables" {
    : >empty.tsv
    head -1 trend.tsv >header.tsv
    printf 'a\tb\n1\n' >ragged.tsv
    refuses 66 "cannot open 'none.tsv': No such file or directory" trend none.tsv -o a.svg
    refuses 66 "cannot read '.': Is a directory" trend . -o a.svg
    refuses 65 "empty.tsv: empty input, wanted a table with a header line" trend empty.tsv -o a.svg
    refuses 65 "header.tsv: a table without rows, nothing to draw" trend header.tsv -o a.svg
    refuses 65 "ragged.tsv: line 2: 1 cells, wanted 2 as in the header" trend ragged.tsv -o a.svg
    refuses 65 "standard input: empty input, wanted a table with a header line" trend -o a.svg </dev/null
    refuses 65 "$MI_SOURCE/tests/oracle/small.h5: an HDF5 file, wanted a table such as mi-bounds writes" \
        trend "$MI_SOURCE/tests/oracle/small.h5" -o a.svg
    sed 's/-3/x/' trend.tsv >text.tsv
    refuses 65 "text.tsv: line 2, column 'lower': 'x' is not a number" trend trend.tsv text.tsv -o a.svg
}

@test "no table and a terminal" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    run -2 script -qec "mi-plot trend" /dev/null
    [ "$output" = $'mi-plot: no table: name a file, or pipe one in\r' ] ||
        [ "$output" = "mi-plot: no table: name a file, or pipe one in" ]
}

@test "values of options" {
    refuses 2 "--output 'a.jpg': unknown ending, wanted .svg .png .pdf or .gp" trend trend.tsv -o a.jpg
    refuses 2 "--output 'svg': unknown ending, wanted .svg .png .pdf or .gp" trend trend.tsv -o svg
    refuses 2 "--xrange '5:1': the low end is not below the high one" trend trend.tsv --xrange 5:1
    refuses 2 "--yrange 'a:1': the low end is not a number" trend trend.tsv --yrange a:1
    refuses 2 "--y2range '1:b': the high end is not a number" trend trend.tsv --y2range 1:b
    refuses 2 "--xrange '5': wanted LOW:HIGH, either may be left out" trend trend.tsv --xrange 5
    refuses 2 "--xrange '0:inf': wanted finite ends" trend trend.tsv --xrange 0:inf
    refuses 2 "--xrange 'nan:1': nan is no end; either may be left out" trend trend.tsv --xrange nan:1
    refuses 2 "--yrange '0:nan': nan is no end; either may be left out" trend trend.tsv --yrange 0:nan
    refuses 2 "--xrange '0:1e308': wanted ends of size 1e-100 to 1e+100, or 0" trend trend.tsv --xrange 0:1e308
    refuses 2 "--y2range '1e-320:1': wanted ends of size 1e-100 to 1e+100, or 0" trend trend.tsv --y2range 1e-320:1
    refuses 2 "--yrange '1:1.0000000000001': the ends are the same in nine digits" trend trend.tsv --yrange 1:1.0000000000001
    refuses 2 "--xrange: a logarithmic axis ends above 0; --log none for another" trend trend.tsv --log x --xrange=-5:-4
    refuses 2 "--yrange: a logarithmic axis ends above 0; --log none for another" scatter scatter.tsv --log y --yrange=:0
    refuses 2 "--log 'z': wanted x, y, xy or none" trend trend.tsv --log z
    refuses 2 "--width '1': out of range, wanted 20 to 2000" trend trend.tsv --width 1
    refuses 2 "--height 'x': not a number" trend trend.tsv --height x
}

@test "numbers that are alike in nine digits, or that have a hundred, have an axis that can be read" {
    for at in 1e12 1 -3e9 5e-90; do
        awk -v at=$at 'BEGIN { print "accuracy\tlower\tupper\tepoch"; for (i = 0; i < 9; i++) printf "%.17g\t%.17g\t%.17g\t%d\n", i, at * (1 + i * 1e-12), at, i }' >near.tsv
        mi-plot scatter near.tsv -o near.svg
        mi-plot trend near.tsv -o near.svg
    done
    printf 'accuracy\tlower\n1\t1e99\n2\t3e99\n3\t5e99\n' | mi-plot scatter -o far.svg
    grep -q '>2e+99<' far.svg || grep -q '2e+99' far.svg
    run ! grep -q 00000000000 far.svg
}

@test "a logarithmic axis without a power of ten on it has labels" {
    printf 'accuracy\tlower\n45\t2.2\n50\t3\n55\t4.1\n60\t17\n' >log.tsv
    mi-plot scatter --log xy log.tsv >log.txt
    grep -q '^ *50 ' log.txt
    grep -qE '^ +2 +5 +10' log.txt
    mi-plot scatter --log xy --xrange=0:20 log.tsv 2>messages >log.txt
    [ "$(cat messages)" = "mi-plot: warning: --xrange: a logarithmic axis begins above 0, here with the points" ]
}

@test "more names than a column has room for: a wide page" {
    awk 'BEGIN { print "projector\taccuracy\tlower\tupper\tI_Z1_Z2"; for (i = 0; i < 17; i++) print "name_" i "\t60\t1\t2\t3" }' >names.tsv
    mi-plot sweep names.tsv -o names.gp
    grep -q '^MI_WIDTH = 174$' names.gp
    head -n 17 names.tsv | mi-plot sweep -o few.gp
    grep -q '^MI_WIDTH = 84$' few.gp
}

@test "outputs that cannot be" {
    refuses 73 "cannot create 'no/dir/a.svg': No such file or directory" trend trend.tsv -o no/dir/a.svg
    refuses 73 "cannot create 'no/dir/a.gp': No such file or directory" trend trend.tsv -o no/dir/a.gp
    run --separate-stderr -74 bash -c 'mi-plot trend trend.tsv >/dev/full'
    [ "$stderr" = "mi-plot: cannot write 'standard output': No space left on device" ]
    ln -s /dev/full full.svg
    run --separate-stderr -74 mi-plot trend trend.tsv -o full.svg
    [ "$stderr" = "mi-plot: cannot write 'full.svg': No space left on device" ]
    if [ "$(id -u)" -ne 0 ]; then
        mkdir -m 555 locked
        refuses 73 "cannot create 'locked/a.svg': Permission denied" trend trend.tsv -o locked/a.svg
    fi
}

@test "an older picture survives a failure" {
    echo old >a.svg
    run -65 mi-plot trend trend.tsv -y foo -o a.svg
    echo 'plot nonsense' >t.gp
    run -70 mi-plot trend trend.tsv --template t.gp -o a.svg
    [ "$(cat a.svg)" = old ]
    [ "$(ls | tr '\n' ' ')" = "a.svg scatter.tsv t.gp trend.tsv " ]
}

@test "templates" {
    echo 'plot nonsense' >t.gp
    refuses 70 "gnuplot: undefined variable: nonsense" trend trend.tsv --template t.gp -o a.svg
    refuses 70 "gnuplot: undefined variable: nonsense" trend trend.tsv --template t.gp
    refuses 66 "cannot open template 'none.gp': No such file or directory" \
        trend trend.tsv --template none.gp -o a.svg
    MI_PLOTS=nowhere refuses 66 "cannot open template 'nowhere/style.gp': No such file or directory" \
        trend trend.tsv -o a.svg
}

@test "gnuplot missing, or without a terminal, or ended" {
    tool=$(command -v mi-plot)
    mkdir bin
    run --separate-stderr -70 env PATH=bin "$tool" trend trend.tsv -o a.svg
    [ "$stderr" = "mi-plot: cannot run gnuplot: No such file or directory (Debian and Ubuntu: apt install gnuplot-nox)" ]
    printf '#!/bin/sh\necho " dumb svg pngcairox " >&2\n' >bin/gnuplot
    chmod +x bin/gnuplot
    PATH="bin:$PATH" refuses 70 "this gnuplot has no terminal pngcairo (Debian and Ubuntu: apt install gnuplot-nox)" \
        trend trend.tsv -o a.png
    printf '#!/bin/sh\necho " dumb svg " >&2\n' >bin/gnuplot
    PATH="bin:$PATH" refuses 70 "gnuplot drew nothing" trend trend.tsv -o a.svg
    printf '#!/bin/sh\necho " svg " >&2\nkill -9 $$\n' >bin/gnuplot
    PATH="bin:$PATH" refuses 70 "gnuplot was ended by signal 9" trend trend.tsv -o a.svg
    # a script needs no gnuplot
    rm bin/gnuplot
    env PATH=bin "$tool" trend trend.tsv -o a.gp
}

@test "gnuplot starts once, and not in the terminal of the user's GNUTERM" {
    printf '#!/bin/sh\necho start >>starts\nexec %s "$@"\n' "$(command -v gnuplot)" >gnuplot
    chmod +x gnuplot
    for terminal in x11 qt aqua ''; do
        GNUTERM=$terminal PATH=".:$PATH" mi-plot trend trend.tsv -o a.svg
        grep -q '</svg>' a.svg
    done
    [ "$(wc -l <starts)" -eq 4 ]
}

@test "a chart does not take the place of a feature file, nor its data" {
    "$MI_FIXTURES" .
    cp good.h5 a.png
    cp good.h5 b.dat
    cp good.h5 c.gp
    refuses 73 "cannot create 'a.png': it is an HDF5 file, which would be lost; name another" trend trend.tsv -o a.png
    refuses 73 "cannot create 'b.dat': it is an HDF5 file, which would be lost; name another" trend trend.tsv -o b.gp
    refuses 73 "cannot create 'c.gp': it is an HDF5 file, which would be lost; name another" trend trend.tsv -o c.gp
    cmp a.png good.h5
    cmp b.dat good.h5
    cmp c.gp good.h5
    # After a block of the user's, as MATLAB's -v7.3 has it.
    for bytes in 512 4096; do
        { head -c $bytes /dev/zero && cat good.h5; } >a.png
        cp a.png before
        refuses 73 "cannot create 'a.png': it is an HDF5 file, which would be lost; name another" trend trend.tsv -o a.png
        cmp a.png before
    done
}
