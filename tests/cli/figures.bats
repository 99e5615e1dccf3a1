load common

# Every run of plots/runs.txt on images of 8 x 8, then every figure of them.
setup_file() {
    PATH=$MI_TOOLS:$PATH
    mkdir "$BATS_FILE_TMPDIR/images" "$BATS_FILE_TMPDIR/runs" "$BATS_FILE_TMPDIR/to"
    cd "$BATS_FILE_TMPDIR/images"
    "$MI_FIXTURES" .
    ln noisy-images.h5 cifar10.h5
    ln noisy-images.h5 mnist.h5
    cd ../runs
    "$MI_SOURCE/plots/train.sh" ../images \
        --train-images 128 --width 16 --batch 16 --epochs 4 --eval 256 --probe 512 --threads 1
    "$MI_SOURCE/plots/figures.sh" . ../to 2>../said
}

setup() {
    work_folder
}

# What is written in a chart: axes, keys, caption, correlations.
words() {
    sed 's/<[^>]*>//g' "$1" | grep -v '^[[:space:]]*$\|GNUPLOT'
}

# The names of the figures.
figures() {
    ls "$MI_SOURCE"/plots/*/*.sh | sed 's|.*/\(.*\)\.sh|\1|'
}

@test "what train.sh trained is not trained again" {
    cd "$BATS_FILE_TMPDIR/runs"
    same "$(ls ./*.h5 | wc -l)" "$(($(grep -vc '^#' "$MI_SOURCE/plots/runs.txt") + 1))" # and the weights of one
    ls -l --time-style=full-iso ./*.h5 >"$BATS_TEST_TMPDIR/before"
    "$MI_SOURCE/plots/train.sh" /nowhere
    diff "$BATS_TEST_TMPDIR/before" <(ls -l --time-style=full-iso ./*.h5)
}

@test "every figure has its tables and charts, the same as those that are kept" {
    for figure in $(figures); do
        same "$(ls "$BATS_FILE_TMPDIR/to/$figure")" "$(ls "$MI_SOURCE/plots/$figure" | grep -v '\.sh$')"
    done
}

@test "the tables that are kept have the columns that the scripts make" {
    for figure in $(figures); do
        for table in "$BATS_FILE_TMPDIR/to/$figure"/*.tsv; do
            same "$(head -1 "$MI_SOURCE/plots/$figure/$(basename "$table")")" "$(head -1 "$table")"
        done
    done
}

@test "the charts that are kept are drawn from the tables that are kept" {
    # The lines of a script that read a table, with mi-bounds and mi-probe, which made it, left out.
    for figure in $(figures); do
        mkdir "$figure"
        cp "$MI_SOURCE/plots/$figure"/*.tsv "$figure"
        grep -vE '^(mi-bounds|mi-probe|sed|cp|cd|set --|copies=|family=|trap) ?' "$MI_SOURCE/plots/$figure/$figure.sh" >again.sh
        sh again.sh "$PWD/$figure" 2>>said
        for table in "$figure"/*.tsv; do
            "$MI_NEAR" "$table" "$MI_SOURCE/plots/$table" 1e-6
        done
        for chart in "$figure"/*.svg; do
            diff <(words "$chart") <(words "$MI_SOURCE/plots/$chart")
        done
    done
}

@test "the pages say what the tables say" {
    for folder in "$MI_SOURCE/plots" "$MI_SOURCE/plots/resnet18"; do
        diff "$folder/README.md" <("$MI_SOURCE/plots/results.sh" "$folder/README.md" "$folder")
    done
}

@test "the tables of ResNet-18 are of the same figures and columns" {
    for table in "$MI_SOURCE"/plots/resnet18/*/*.tsv; do
        own=$(head -1 "$MI_SOURCE/plots/${table#*/resnet18/}" | tr '\t' '\n')
        for column in lower upper I_Z1_Z2 accuracy x y pearson pearson_p spearman; do
            same "$(grep -cx "$column" <<<"$own")" "$(head -1 "$table" | tr '\t' '\n' | grep -cx "$column")"
        done
    done
}

@test "results.sh: means with t intervals, correlations with theirs; a table that is not there" {
    mkdir -p f
    printf 'k\taccuracy\tI_Z1_Z2\tI_Z1_R\tlower\tupper\n2\t0.4\t1\t1\t1\t1\n2\t0.5\t1\t1\t1\t1\n2\t0.6\t1\t1\t1\t1\n8\t0.7\t2\t2\t2\t2\n' >f/t.tsv
    printf 'accuracy\tlower\n1\t2\n2\t3\n3\t5\n4\t4\n' | mi-corr -x lower --ci 0.95 --permutations 99 >f/c.tsv
    printf 'a\n<!-- means f/t.tsv k -->\nold\n<!-- end -->\nb\n<!-- correlations f/c.tsv -->\n<!-- end -->\n' >page
    "$MI_SOURCE/plots/results.sh" page . >now
    same "$(sed -n '1p;5,8p' now)" "a
| 2 | 3 | 0.500 ± 0.248 | 1.000 ± 0.000 | 1.000 ± 0.000 | 1.000 ± 0.000 | 1.000 ± 0.000 |
| 8 | 1 | 0.700 | 2.000 | 2.000 | 2.000 | 2.000 |
<!-- end -->
b"
    same "$(grep '`lower`' now)" "| \`lower\` | \`accuracy\` |  | $(awk -F '\t' 'NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next }
        { printf "%.2f (%.2f to %.2f) | %.2g | %.2f (%.2f to %.2f)", $at["pearson"], $at["pearson_lo"], $at["pearson_hi"], $at["pearson_p"],
            $at["spearman"], $at["spearman_lo"], $at["spearman_hi"] }' f/c.tsv) | 4 |"
    "$MI_SOURCE/plots/results.sh" now . | cmp - now
    rm f/c.tsv
    run "$MI_SOURCE/plots/results.sh" page .
    same "$status" 1
}
