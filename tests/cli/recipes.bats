load common

# recipe NAME: the block under that heading of tools/README.md
recipe() {
    awk -v heading="## $1" '/^#/ { here = $0 == heading } here && sub(/^    /, "")' "$MI_SOURCE/tools/README.md"
}

# with NAME PROGRAM: the block, in ./recipe; skipped where the program is missing. Debian's modules of Python belong to /usr/bin/python3.
with() {
    PATH=$MI_TOOLS:/usr/bin:$PATH
    command -v "$2" >/dev/null || skip "no $2 here"
    recipe "$1" >recipe
    [ -s recipe ]
    cp "$MI_SOURCE/datasets/samples/simclr-cifar10-epochs.h5" run.h5
}

@test "pandas" {
    with pandas python3
    python3 -c 'import pandas' 2>/dev/null || skip "no pandas here"
    bash recipe >found
    same "$(awk 'NR > 2 { print $1 }' found | paste -sd' ')" "$(mi-bounds run.h5 | column epoch | paste -sd' ')"
    mi-bounds --columns epoch,lower,upper run.h5 >wanted
    "$MI_NEAR" <(awk 'NR > 2 { print $2 }' found) <(column lower wanted) 1e-5
}

@test "Miller" {
    with Miller mlr
    same "$(bash recipe | tail -n 1 | tr -s ' ')" "$(mi-bounds --columns epoch,lower,upper run.h5 | tail -n +2 | sort -t $'\t' -k 2,2 -g -r -s | head -n 1 | tr '\t' ' ')"
}

@test "datamash" {
    with datamash datamash
    bash recipe >found
    same "$(head -1 found)" $'mean(lower)\tsstdev(lower)'
    mi-bounds run.h5 | column lower | awk '{ s += $1; q += $1 * $1 } END { printf "%.3f\n%.3f\n", s / NR, sqrt(s * s < q * NR ? (q - s * s / NR) / (NR - 1) : 0) }' >wanted
    "$MI_NEAR" <(tail -1 found | tr '\t' '\n') wanted 0.0011
}

@test "jq" {
    with jq jq
    bash recipe >found
    mi-bounds --digits 12 --columns epoch,lower,upper run.h5 | awk -F '\t' '$1 >= 8 && NR > 1 { printf "%d\t%.9f\n", $1, $3 - $2 }' >wanted
    same "$(wc -l <found)" 5
    "$MI_NEAR" found wanted 1e-7
}

@test "Make, and what is interrupted leaves no target" {
    with Make make
    mv recipe Makefile
    make -s run.svg
    grep -q '</svg>' run.svg
    mi-bounds --se run.h5 | cmp - run.tsv
    make -s run.svg | run ! grep .
    run make -s nan.svg
    same "$status" 2
    same "$(ls nan.* | paste -sd' ')" "nan.h5"
}

@test "Snakemake" {
    with Snakemake snakemake
    mv recipe Snakefile
    HOME=$PWD snakemake --quiet --cores 1 run.tsv >log 2>&1 || { cat log; false; }
    mi-bounds --se run.h5 | cmp - run.tsv
}

@test "a suite that compares estimators" {
    with "A suite that compares estimators" sh
    chmod +x recipe
    mi-export --of z1,z2 good.h5 -o samples.csv
    ./recipe samples.csv 6 4 >found
    mi-mutual --alpha 1.01 --kernel gaussian:median good.h5 | column I >wanted
    "$MI_NEAR" found wanted 1e-6
}
