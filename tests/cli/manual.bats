# The pages of the manual: nothing missing, nothing that is not, and every example runs. MI_MANUAL: where the pages are.
load common

pages=$MI_SOURCE/tools/manual

# Pages name other tools and their options: all must be there.
what_is_missing() {
    [ -f "$MI_MANUAL/mi-guide.7" ] || echo "scdoc is missing"
    command -v groff >/dev/null || echo "groff is missing"
    for name in mi-probe mi-images mi-train; do
        [ -x "$MI_TOOLS/$name" ] || echo "$name is not built"
    done
}

setup() {
    local missing
    missing=$(what_is_missing)
    [ -z "$missing" ] || skip "$missing"
    work_folder
}

tools() {
    find "$MI_TOOLS" -maxdepth 1 -name 'mi-*' -type f -executable -printf '%f\n' | sort
}

# once NAME COMMAND...: what the command prints, which it is asked for once for all tests here.
once() {
    local kept=$BATS_FILE_TMPDIR/$1
    [ -f "$kept" ] || { "${@:2}" >"$kept.new" && mv "$kept.new" "$kept"; }
    cat "$kept"
}

# What a page reads like, without line breaks inside a paragraph.
plain() {
    once "${1##*/}" groff -man -t -Tascii -P-bcou -rLL=3000n "$1"
}

# The long options of a tool.
options_of() {
    once "options of $1" "$1" --describe | awk -F '\t' '$1 == "option" { print $2 } END { print "help\nusage\nversion" }'
}

# absent LIST ALL: lines of LIST that are none of ALL
absent() {
    comm -23 <(sort -u <<<"$1") <(sort -u <<<"$2")
}

@test "every tool has a page, with prose of its own and each of its options" {
    for tool in $(tools); do
        [ -s "$pages/$tool.scd" ] || { echo "tools/manual/$tool.scd is missing"; return 1; }
        named=$(plain "$MI_MANUAL/$tool.1" | grep -oE -- '^ +--[a-z][a-z0-9-]*([=, ]|$)' | tr -d ' =,' | sed 's/^--//')
        same "$tool.1 lacks $(absent "$(options_of "$tool")" "$named")" "$tool.1 lacks "
    done
}

@test "the guide gives the advice that mi-validate and mi-report give" {
    local guide advice
    guide=$(plain "$MI_MANUAL/mi-guide.7")
    advice=$(mi-bounds --decompose "$MI_SOURCE/datasets/samples/final-barlow.h5" | mi-validate --text | tail -1)
    advice=${advice##*on this checkpoint; }
    advice=${advice%%; *}
    [ -n "$advice" ] && grep -qF -- "$advice" <<<"$guide"
    mi-bounds --se --decompose --r positive "$MI_SOURCE/tests/oracle/epochs.h5:/epoch_10" | mi-report >r.html
    advice=$(sed -n 's/.*<li>Where a bound is undecided: \(.*\)\.<.*/\1/p' r.html)
    [ -n "$advice" ] && grep -qF -- "$advice" <<<"$guide"
}

@test "no page names an option that there is not" {
    local all
    all=$(for tool in $(tools); do options_of "$tool"; done)
    for page in "$MI_MANUAL"/*.[1-8]; do
        named=$(plain "$page" | grep -v pkg-config | grep -oE -- '(^|[^-[:alnum:]])--[a-z][a-z0-9-]*' | sed 's/^.*--//')
        same "${page##*/}: $(absent "$named" "$all")" "${page##*/}: "
    done
}

@test "commands in the pages have options of their tool" {
    local named
    named=$(cat "$pages"/*.scd | tr '|&;' '\n\n\n' | sed 's/^\$ //' | awk '$1 ~ /^mi-[a-z]+$/ {
        for (k = 2; k <= NF; k++) if ($k ~ /^--[a-z]/) { sub(/=.*/, "", $k); print $1, substr($k, 3) } }' |
        grep -E "^($(tools | paste -sd '|')) ") # those that are built
    same "$(absent "$named" "$(for tool in $(tools); do options_of "$tool" | sed "s/^/$tool /"; done)")" ""
    [ "$(sort -u <<<"$named" | wc -l)" -gt 30 ]
}

@test "the pages render without a warning" {
    for page in "$MI_MANUAL"/*.[1-8]; do
        same "$(groff -ww -man -t -Tutf8 "$page" 2>&1 >/dev/null)" ""
        if command -v mandoc >/dev/null; then # scdoc's empty paragraphs, and matters of style, aside
            same "$(mandoc -T lint "$page" | grep -E 'WARNING|ERROR|UNSUPP' | grep -v 'skipping paragraph macro')" ""
        fi
    done
}

@test "pages that are referred to are there" {
    for page in "$MI_MANUAL"/*.[1-8]; do
        while read -r name section; do
            [ "$name" = gnuplot ] || [ -f "$MI_MANUAL/$name.$section" ] || { echo "$page: $name($section)"; return 1; }
        done < <(plain "$page" | sed -n '/^SEE ALSO/,$p' | grep -oE '[a-z-]+\([1-8]\)' | tr '()' '  ')
    done
}

# Commands that print every column that a table tool has, a line a command.
commands='
mi-ls good.h5
mi-bounds --se --ci 0.95 --decompose --permutations 2 --kernel linear good.h5
mi-entropy --se --ci 0.95 --kernel linear good.h5
mi-entropy --weights weighted.h5
mi-entropy --extrapolate --columns S_limit,S_limit_se,S_limit_fit enough.h5
mi-mutual --extrapolate --columns I_limit,I_limit_se,I_limit_fit enough.h5
mi-mutual --of z1:z2 --normalize --se --ci 0.95 --permutations 3 --kernel linear good.h5
mi-spectrum --se --ci 0.95 good.h5
mi-shannon --se --ci 0.95 --permutations 2 --of y good.h5
mi-spectrum --eigenvalues good.h5
mi-geometry --se --ci 0.95 good.h5
mi-probe --probe linear good.h5
mi-compare --terms lower good.h5 good.h5
mi-align --permutations 2 --se --ci 0.95 good.h5
mi-corr --rank pearson --ci 0.95 --permutations 9 -x lower -y upper bounds.tsv
mi-validate --tsv decomposed.tsv
mi-validate --tsv --enough learning.tsv'

# Columns of mi-bounds whose names end in _se, _lo or _hi are made of others.
all_columns() {
    local all=$BATS_FILE_TMPDIR/columns.txt
    [ -s "$all" ] || make_columns "$all"
    grep -vE '^(expected|exact|shannon|population)_' "$all"
}

make_columns() {
    "$MI_FIXTURES" .
    mi-bounds --decompose good.h5 >decomposed.tsv
    for seed in 1 2 3; do mi-synth classes --seed "$seed" --n 48 | mi-bounds; done | awk 'NR == 1 || !/^file/' >bounds.tsv
    mi-synth classes --n 48 | mi-bounds --se --learning-curve >learning.tsv
    mi-synth gaussian --n 128 -o enough.h5
    cp "$MI_SOURCE/tests/oracle/kernels.h5" weighted.h5
    while read -r command; do
        [ -z "$command" ] || $command 2>/dev/null | head -1 | tr '\t' '\n'
    done <<<"$commands" | sort -u >"$1"
}

# Column names that mi-formats explains: bold ones with an indented line below.
explained() {
    awk '/^\t/ && before ~ /^\*/ { print before } { before = $0 }' "$pages/mi-formats.5.scd" | grep -oE '\*[^*]+\*' | tr -d '*' | sort -u
}

@test "every column that a tool can print is in mi-formats" {
    local names columns missing
    names=$(explained)
    columns=$(all_columns)
    missing=$(absent "$columns" "$names" | sed -E 's/_(se|lo|hi)$//')
    same "mi-formats lacks $(absent "$missing" "$names")" "mi-formats lacks "
    [ "$(wc -w <<<"$columns")" -gt 150 ]
}

@test "every tool that writes a table is asked for its columns here" {
    for tool in $(tools); do
        ! options_of "$tool" | grep -qx columns || grep -q "^$tool " <<<"$commands" || { echo "$tool"; return 1; }
    done
}

@test "mi-formats explains no column that there is not" {
    local columns
    columns=$(all_columns; printf '%s\n' z1 z2 r y split X_se X_lo X_hi epoch dataset method projector lambda temperature accuracy conclusion)
    same "no tool prints $(absent "$(explained)" "$columns")" "no tool prints "
}

# ---- examples ----

# Of a page: the commands (lines that begin with $) and, in files, what is shown below each. A line ... ends what is shown.
extract() {
    sed 's/\\\(.\)/\1/g' "$1" | awk '
        /^```/ { literal = !literal; open = 0; next }
        literal && /^\$ / { n++; open = 1; print substr($0, 3) > ("command." n); next }
        literal && open { print > ("shown." n) }'
}

# Numbers of a shown table are rounded, and columns are aligned.
cells() {
    sed -E 's/^[[:space:]]+//; s/[[:space:]]+$//; s/[[:space:]]+/\t/g'
}

# run_examples PAGE: in the working folder, beside the samples
run_examples() {
    cp "$MI_SOURCE"/datasets/samples/*.h5 .
    extract "$1"
    [ -f command.1 ] || return 0
    for ((k = 1; ; k++)); do
        [ -f "command.$k" ] || break
        code=0
        bash "command.$k" >"printed.$k" 2>"said.$k" || code=$?
        if [ ! -f "shown.$k" ]; then
            [ $code -eq 0 ] || { cat "command.$k" "said.$k"; return 1; }
            continue
        fi
        if grep -qx '\.\.\.' "shown.$k"; then
            sed -i '/^\.\.\.$/d' "shown.$k"
            head -n "$(wc -l <"shown.$k")" "printed.$k" >first && mv first "printed.$k"
        fi
        cells <"shown.$k" >wanted
        cells <"printed.$k" >found
        "$MI_NEAR" found wanted 0.01 || { cat "command.$k" "printed.$k" "said.$k"; return 1; }
    done
}

@test "examples of the guide" {
    run_examples "$pages/mi-guide.7.scd"
    [ -f command.20 ]
}

@test "examples of the tools' pages" {
    for tool in $(tools); do
        mkdir "$tool"
        (cd "$tool" && run_examples "$pages/$tool.scd") || { echo "$tool"; return 1; }
        rm -r "$tool"
    done
}

@test "the program in libmi(3) compiles, runs, and names functions that there are" {
    sed 's/\\\(.\)/\1/g' "$pages/libmi.3.scd" |
        awk '/^```/ { literal = !literal; text = ""; next } literal { text = text $0 "\n" } text ~ /int main/ { program = text } END { printf "%s", program }' >program.c
    cc -std=gnu11 -Wall -Werror -I"$MI_SOURCE" program.c -o program -L"$MI_TOOLS/../libmi" -lmi -Wl,-rpath,"$MI_TOOLS/../libmi"
    grep -qE '^I\(Z1;Z2\) [0-9.]+, upper [0-9.]+ \+- [0-9.]+$' <<<"$(./program)"
    same "$(absent "$(grep -oE 'mi_[a-z_0-9]+\*?\(\)' "$pages/libmi.3.scd" | tr -d '*()')" \
        "$(grep -ohrwE --include='*.h' 'mi_[a-z_0-9]+' "$MI_SOURCE/libmi")")" ""
}

# ---- examples of --help, with files of the names that they use ----

prepare() {
    local samples=$MI_SOURCE/datasets/samples
    mkdir projectors runs
    cp "$samples/simclr-cifar10-epochs.h5" run.h5
    cp "$samples/final-proj-linear.h5" "$samples/final-proj-fsq17.h5" "$samples/final-barlow.h5" projectors
    cp "$samples/final-proj-linear.h5" linear.h5
    cp "$samples/final-proj-fsq17.h5" fsq.h5
    cp linear.h5 a.h5
    cp fsq.h5 b.h5
    cp linear.h5 test.h5
    for name in lambda-0.03:lam-0.03 lambda-0.3:lam-0.3 lambda-3:lam-3; do cp "$samples/final-${name#*:}.h5" "${name%:*}.h5"; done
    mi-export --of z1 linear.h5 -o enc.npy
    mi-export --of z2 linear.h5 -o proj.npy
    mi-export --of y linear.h5 -o lab.npy
    mi-import z1=enc.npy z2=proj.npy y=lab.npy --views 2 --layout stacked --group epoch_100 --attr epoch=100 --attr accuracy=0.5 -o run.h5
    for name in a:1 b:2 c:3 d:4; do # two settings with two seeds each
        mi-synth classes --n 64 --seed "${name#*:}" -o z.h5
        mi-export --of z1 z.h5 -o z1.npy
        mi-export --of y z.h5 -o y.npy
        mi-import z1=z1.npy z2=z1.npy y=y.npy --views 2 --layout stacked --attr seed=$((${name#*:} % 2)) --attr projector=$((${name#*:} / 3)) \
            --attr accuracy="0.${name#*:}" -o "runs/${name%:*}.h5"
    done
    mi-bounds run.h5 >t.tsv
    cp t.tsv bounds.tsv
    awk 'BEGIN { for (k = 0; k < 50; k++) print sin(k) "," cos(k) "," k % 7 "," sin(2 * k) "," k % 5 }' >samples.csv
    mi-bounds --se --learning-curve linear.h5 >curve.tsv
    mi-compare a.h5 b.h5 >differences.tsv
}

@test "examples of --help run" {
    local n=0
    prepare
    for tool in $(tools); do
        case $tool in mi-images | mi-train | mi-import) continue ;; esac # their data are not here
        "$tool" --describe | awk -F '\t' '$1 == "after" && $2 ~ /^Examples?:/ { in_it = 1; sub(/^Examples?: */, "", $2) }
            $1 == "after" && in_it && $2 != "" { printf "%s%s", $2, $2 ~ /\|$/ ? " " : "\n" }' >examples
        while read -r example; do
            n=$((n + 1))
            code=0
            bash -c "$example" >printed 2>said </dev/null || code=$?
            [ $code -eq 0 ] || [ "$code$tool" = 1mi-validate ] || { echo "$example"; cat said; return 1; }
        done <examples
    done
    [ $n -gt 30 ]
}
