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
        mi-bounds --version | grep -q "^BLAS .*($kind)$"
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

@test "eigenvalues are right under each, from several threads" {
    sample=$MI_SOURCE/datasets/samples/final-barlow.h5
    mi-bounds --digits 17 --alpha 1 --threads 1 "$sample" >one.tsv
    for directory in $(flavours); do
        LD_LIBRARY_PATH=$directory mi-bounds --digits 17 --alpha 1 --threads 5 "$sample" >five.tsv
        "$MI_NEAR" one.tsv five.tsv 1e-9
    done
}
