load common

# Directories of Debian's three builds of OpenBLAS, as many as are installed.
flavours() {
    ls -d /usr/lib/*/openblas-pthread /usr/lib/*/openblas-openmp /usr/lib/*/openblas-serial 2>/dev/null
}

@test "the tile pass is right under the pthread, OpenMP and serial OpenBLAS" {
    sample=$MI_SOURCE/datasets/samples/final-barlow.h5
    mi-bounds --digits 17 --route dense --threads 1 --se "$sample" >dense.tsv
    count=0
    for directory in $(flavours); do
        kind=$(basename "$directory" | sed 's/openblas-//; s/openmp/OpenMP/')
        export LD_LIBRARY_PATH=$directory
        mi-bounds --version | grep -q "^BLAS .*($kind), checked$"
        for threads in 1 2 5; do
            mi-bounds --digits 17 --threads $threads --se "$sample" >tiles.tsv
            same "$(column route tiles.tsv)" tiles
            for name in H_Z1 H_Z2 I_Z1_Z2 I_Z1_R I_Y_Z1 lower upper lower_se; do
                "$MI_NEAR" <(column $name tiles.tsv) <(column $name dense.tsv) 2e-5
            done
        done
        unset LD_LIBRARY_PATH
        count=$((count + 1))
    done
    [ "$count" -ge 1 ]
}

# From several threads OpenBLAS 0.3.29 with OpenMP was wrong in one run of five.
@test "eigenvalues are right under each, from several threads, every time" {
    sample=$MI_SOURCE/datasets/samples/final-barlow.h5
    mi-bounds --digits 17 --alpha 1 --threads 1 "$sample" >one.tsv
    for directory in $(flavours); do
        for repeat in {1..20}; do
            LD_LIBRARY_PATH=$directory mi-bounds --digits 17 --alpha 1 --threads 5 "$sample" >five.tsv
            "$MI_NEAR" one.tsv five.tsv 1e-9
        done
    done
}

# wrong SHAPE COMMAND...: with a BLAS that is wrong in one element of this shape, the command ends in one line, not in numbers.
wrong() {
    local shape=$1 routine m n k
    read -r routine m n k <<<"$shape"
    shift
    run --separate-stderr env LD_PRELOAD="$MI_WRONG_BLAS_SO" MI_WRONG_BLAS="$shape" "$@"
    same "$status" 70
    same "$output" ""
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ $stderr == "$1: "*" computes wrong here: $routine, $m x $n"*"; try other kernels of it (OPENBLAS_CORETYPE="* ]]
}

@test "a BLAS that is wrong in one element of one shape is found before there are numbers" {
    sample=$MI_SOURCE/datasets/samples/final-barlow.h5
    LD_PRELOAD="$MI_WRONG_BLAS_SO" mi-bounds "$sample" >right.tsv
    mi-bounds "$sample" | diff - right.tsv
    for shape in 1\ 1\ 1 7\ 5\ 3 33\ 18\ 65 97\ 83\ 129; do
        wrong "sgemm $shape" mi-bounds "$sample"
        wrong "dgemm $shape" mi-bounds --route dense "$sample"
    done
    for shape in 1\ 1\ 1 7\ 7\ 3 33\ 33\ 65 97\ 97\ 129; do
        wrong "ssyrk $shape" mi-mutual "$sample"
        wrong "dsyrk $shape" mi-spectrum "$sample"
    done
    wrong "dsyevd 41 41 41" mi-entropy --alpha 1 "$sample"
    mi-synth gaussian --n 2000 --d1 8 -o large.h5
    wrong "dsytrd_sb2st 41 41 41" mi-entropy --of z1 --kernel gaussian:1 --alpha 1 --route dense large.h5
    # 512 rows of 256 and 128 features: the tile of the pass
    wrong "sgemm 96 96 256" mi-bounds "$sample"
    wrong "ssyrk 96 96 256" mi-bounds "$sample"
    run --separate-stderr env LD_PRELOAD="$MI_WRONG_BLAS_SO" MI_WRONG_BLAS="sgemm 1 1 1" mi-bounds --version
    same "$status" 0
    [[ $output == *"computes wrong here"* ]]
}

@test "every tool that multiplies finds it in what it uses, and writes nothing" {
    while IFS='|' read -r shape command; do
        command -v "${command%% *}" >/dev/null || continue # mi-probe, which a build may leave out
        wrong "$shape" $command
        [ ! -e out.h5 ]
    done <<'END'
dsyrk 97 97 129|mi-spectrum good.h5
dsyevd 41 41 41|mi-spectrum --eigenvalues good.h5
sgemm 7 5 3|mi-probe --probe knn run.h5
sgemm 7 5 3|mi-geometry good.h5
dgemm 7 5 3|mi-shannon --of z1 good.h5
dgemm 7 5 3|mi-align --kernel gaussian:1 good.h5
dgemm 33 18 65|mi-probe --probe linear run.h5
dsyrk 7 7 3|mi-transform --pca z1:2 good.h5 -o out.h5
ssyrk 1 1 1|mi-entropy --kernel gaussian:1 good.h5
dgemm 97 83 129|mi-bounds --i-z1-r barlow good.h5
dsyrk 33 33 65|mi-bounds --kernel gaussian:median good.h5
sgemm 97 83 129|mi-bounds --alpha 0.5 --route lanczos good.h5
END
}

@test "OpenBLAS gets no more threads than can be started, for which it would wait for ever" {
    chmod 755 .
    export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
    somebody="setpriv --reuid=54321 --clear-groups" # to whom the limit applies, and who runs nothing else
    $somebody "$MI_TOOLS/mi-ls" good.h5 >/dev/null 2>&1 || skip "the tools cannot be run as another user"
    mi-spectrum good.h5 >all.tsv
    export LSAN_OPTIONS=detect_leaks=0 # which looks from a process of its own
    timeout 60 $somebody prlimit --nproc=1 "$MI_TOOLS/mi-spectrum" --threads 4 good.h5 >few.tsv
    cmp all.tsv few.tsv
}
