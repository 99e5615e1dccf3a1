# What the sweeps of faults and signals share; sourced with MOST [TOOL...] as arguments. MI_TOOLS, MI_FIXTURES: as in the tests.
here=$(cd "${BASH_SOURCE%/*}" && pwd)
PATH=$MI_TOOLS:$PATH
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive LC_ALL=C SOURCE_DATE_EPOCH=1 PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH=${MI_TOOLS%/tools}/libmi/python
most=$1
shift
wanted=" $* "
place=$(mktemp -d)
# Not of a subshell that a signal meets before it has become a command.
trap '[ "$BASHPID" != $$ ] || { umount -q "$place/work" 2>/dev/null; rm -rf "$place"; }' EXIT
cd "$place" || exit 2
exec </dev/null
mkdir given work whole

# idx NAME: six images of 8 x 8, as MNIST has them, and their labels.
idx() {
    { printf '\0\0\10\3\0\0\0\6\0\0\0\10\0\0\0\10' && head -c 384 /dev/zero | tr '\0' '\200'; } >"$1-images-idx3-ubyte"
    printf '\0\0\10\1\0\0\0\6\0\1\2\0\1\2' >"$1-labels-idx1-ubyte"
}

(cd given && "$MI_FIXTURES" . && mi-bounds --se --decompose run.h5 >bounds.tsv && seq 48 | paste -d, - - >z.csv &&
    mi-spectrum --eigenvalues run.h5 >spectrum.tsv && mkdir idx && idx idx/train && idx idx/t10k &&
    find . -type f ! -name good.h5 ! -name run.h5 ! -name images.h5 ! -name '*.tsv' ! -name z.csv ! -path './idx/*' -delete) 2>/dev/null

# OUTPUT|COMMAND: what it writes, "-" for standard output.
commands='-|mi-ls run.h5
out.tsv|mi-bounds --se run.h5 -o out.tsv
-|mi-bounds --se --alpha 1 good.h5
out.tsv|mi-entropy --of z1,z2 good.h5 -o out.tsv
out.tsv|mi-entropy --threads 2 --of z1,z2 run.h5 good.h5 run.h5 -o out.tsv
out.tsv|mi-mutual --of z1:z2 --permutations 3 good.h5 -o out.tsv
out.tsv|mi-spectrum good.h5 -o out.tsv
out.tsv|mi-geometry --se good.h5 -o out.tsv
out.tsv|mi-shannon good.h5 -o out.tsv
out.tsv|mi-align --permutations 3 good.h5 -o out.tsv
out.tsv|mi-compare run.h5:/epoch_0 run.h5:/epoch_2 -o out.tsv
out.tsv|mi-probe --probe linear good.h5 -o out.tsv
out.tsv|mi-probe --memory 64M --probe linear run.h5 -o out.tsv
good.h5|mi-probe --no-history --write --probe linear good.h5
run.h5|mi-bounds --no-history --annotate run.h5
out.h5|mi-import z1=z.csv --no-history -o out.h5
run.h5|mi-import z1=good.h5:/z1 z2=good.h5:/z2 --no-history --group epoch_77 -o run.h5
out.npz|mi-export good.h5 -o out.npz
out.csv|mi-export good.h5 -o out.csv
out.h5|mi-transform --no-history --center z1 --pca z1:2 good.h5 -o out.h5
out.h5|mi-transform --no-history --memory 64M --l2 z1 run.h5 -o out.h5
-|mi-transform --no-history --l2 z1 good.h5 -o -
out.h5|mi-synth gaussian --n 40 --no-history -o out.h5
out.tsv|mi-corr -x lower,upper -y accuracy --ci 0.95 bounds.tsv -o out.tsv
out.tsv|mi-validate bounds.tsv -o out.tsv
out.svg|mi-plot trend bounds.tsv -o out.svg
out.gp|mi-plot spectrum spectrum.tsv -o out.gp
-|mi-plot trend bounds.tsv
out.html|mi-report bounds.tsv -o out.html
out.html|mi-report good.h5 -o out.html
out.h5|mi-images idx idx --no-history -o out.h5
out.h5|mi-train images.h5 --width 16 --out 8 --batch 16 --epochs 1 --eval 16 --threads 1 --no-history -o out.h5
run.h5|/usr/bin/python3 '$here/save.py

# each FUNCTION: for each command that is wanted and can run here, with output and command set, and in first/ what it makes.
each() {
    local tool code
    while IFS='|' read -r -u 9 output command; do
        tool=$(basename "${command%% *}")
        [ "$wanted" = "  " ] || [[ $wanted == *" $tool "* ]] || continue
        begin
        (cd work && exec $command >/dev/null 2>../err)
        code=$?
        case $code in
        0 | 1) ;; # 1: a verdict
        77 | 127) echo "$command: not built, or without its libraries here" && continue ;;
        *) echo "$command: exit $code without a fault: $(cat err)" && exit 2 ;;
        esac
        rm -rf first
        cp -a work first
        "$1"
    done 9<<<"$commands"
}

# The n of 1..TOTAL that are tried: all, or MOST spread over them.
some() {
    awk -v total="$1" -v most="$most" 'BEGIN {
        if (total <= most) for (n = 1; n <= total; n++) print n
        else for (k = 0; k < most; k++) print 1 + int(k * (total - 1) / (most > 1 ? most - 1 : 1)) }'
}

# The folder as it was; under the output's name stands an older file.
begin() {
    rm -rf work/* work/.[!.]*
    cp -a given/. work
    [ "$output" = - ] || [ -e "work/$output" ] || echo old >"work/$output"
}

# Files that neither were there nor are the command's to write.
left_behind() {
    local path name beside=$output names=()
    [ "${output%.gp}" = "$output" ] || beside=${output%.gp}.dat
    for path in work/* work/.[!.]*; do
        name=${path#work/}
        case $name in "$output" | "$output.resume" | "$beside") continue ;; esac
        [ ! -e "$path" ] && [ ! -L "$path" ] || [ -e "given/$name" ] || names+=("$name")
    done
    echo "${names[*]}"
}

# What is under the output's name is the old file, or the whole new one; of a training that was cut off, what --resume makes of it.
is_old_or_whole() {
    [ ! -e "work/$output.resume" ] || (cd work && $command --resume >../resumed 2>&1) || return
    [ "$output" = - ] || cmp -s "work/$output" "whole/$output" ||
        if [ -e "given/$output" ]; then cmp -s "work/$output" "given/$output"; else [ "$(cat "work/$output")" = old ]; fi
}
