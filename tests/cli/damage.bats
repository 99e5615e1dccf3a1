# Files on which HDF5 crashes or never comes back: one line, exit code 65, nothing left behind.
load common

# hdf5 HOW CALL COMMAND...: with HDF5 broken so.
hdf5() {
    local how="$1 $2"
    shift 2
    run --separate-stderr env LD_PRELOAD="$MI_BAD_HDF5_SO" MI_BAD_HDF5="$how" "$@"
}

@test "a crash, an abort, a stack that overflows: while values or attributes are read" {
    before=$(ls -A)
    for how in crash abort overflow; do
        for call in H5Dread H5Aiterate2; do
            for tool in mi-bounds "mi-transform --pca z1:2 -o new.h5" "mi-bounds -o new.tsv" "mi-export -o new.npz"; do
                hdf5 $how $call $tool good.h5
                same "$status $stderr" "65 ${tool%% *}: good.h5: damaged: the library that reads it crashes"
                same "$output" ""
            done
        done
    done
    same "$(ls -A)" "$before"
}

@test "a file that is added to stays as it was" {
    cp good.h5 run.h5
    hdf5 crash H5Aiterate2 mi-probe --write run.h5
    same "$status" 65
    cmp good.h5 run.h5
    hdf5 crash H5Dread mi-import z1=good.h5:/z1 z2=good.h5:/z2 --group epoch_1 -o run.h5
    same "$status" 65
    cmp good.h5 run.h5
    # The file that is written into is the damaged one, not that which was read before.
    for how in crash loop; do
        hdf5 $how H5Dwrite mi-import z1=good.h5:/z1 z2=good.h5:/z2 --group epoch_1 -o run.h5
        [[ $status = 65 && $stderr = "mi-import: run.h5: damaged: the library that reads it "* ]]
        cmp good.h5 run.h5
    done
    same "$(find . -name '.mi-*')" ""
}

@test "a loop among names and attributes ends, and takes what was begun with it" {
    before=$(ls -A)
    hdf5 loop H5Aiterate2 mi-transform --pca z1:2 good.h5 -o new.h5
    same "$status $stderr" "65 mi-transform: good.h5: damaged: the library that reads it comes to no end"
    same "$(ls -A)" "$before"
}

@test "the same while sets are read beside those that are computed; a crash elsewhere then is no damage of the file" {
    before=$(ls -A)
    many=$(yes good.h5 | head -n 40)
    export MI_BAD_HDF5_BESIDE=1
    for how in crash abort overflow; do
        hdf5 $how H5Dread mi-bounds --threads 2 -o new.tsv $many
        same "$status $stderr" "65 mi-bounds: good.h5: damaged: the library that reads it crashes"
    done
    hdf5 loop H5Dread bash -c "mi-bounds --threads 2 -o new.tsv $(echo $many) & sleep 1; kill -SEGV \$!; wait \$!"
    same "$status" 139
    [[ $stderr != *damaged* ]]
    same "$(ls -A)" "$before"
}

@test "a signal that another process sends while a file is read is no damage of it" {
    before=$(ls -A)
    for signal in SEGV ABRT; do
        hdf5 loop H5Dread bash -c "mi-bounds -o new.tsv good.h5 & sleep 1; kill -$signal \$!; wait \$!"
        same "$status" $((128 + $(kill -l $signal)))
        [[ $stderr != *damaged* ]]
    done
    same "$(ls -A)" "$before"
}

@test "a name with control characters does not reach the terminal" {
    cp good.h5 $'a\e[31m.h5'
    hdf5 crash H5Dread mi-bounds $'a\e[31m.h5'
    same "$stderr" "mi-bounds: a?[31m.h5: damaged: the library that reads it crashes"
    cp good.h5 $'\xc3\xa9\xc2\x9b31m.h5'
    hdf5 crash H5Dread mi-bounds $'\xc3\xa9\xc2\x9b31m.h5'
    same "$stderr" $'mi-bounds: \xc3\xa9??31m.h5: damaged: the library that reads it crashes'
}

@test "a crash elsewhere is no damage of a file" {
    run --separate-stderr bash -c 'mi-bounds --permutations 1000000 good.h5 & sleep 0.5; kill -SEGV $!; wait $!'
    same "$status" 139
    [[ $stderr != *damaged* ]]
}

@test "HDF5 that ends the program, as it does without memory: one line, nothing left behind" {
    before=$(ls -A)
    for tool in mi-bounds "mi-transform --pca z1:2 -o new.h5" "mi-export -o new.npz"; do
        hdf5 exit H5Dread $tool good.h5
        same "$status $stderr" "71 ${tool%% *}: out of memory in HDF5, which ended the program; nothing was written"
    done
    same "$(ls -A)" "$before"
}

@test "one thread at a time is in HDF5: sets that are read beside others, rows that stay in their file" {
    mi-synth gaussian --n 64 --d1 2 --d2 20000 --type f64 -o wide.h5
    hdf5 alone H5Dread mi-bounds --threads 2 $(yes good.h5 | head -n 20)
    same "$status" 0
    hdf5 alone H5Dread mi-bounds --threads 2 --kernel laplacian:100 --batch 16,32 --memory 78M wide.h5 wide.h5 wide.h5 wide.h5
    same "$status" 0
    same "$(wc -l <<<"$output")" 9
}
