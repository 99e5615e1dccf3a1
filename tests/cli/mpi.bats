load common

# Ranks on one machine. MI_MPIRUN: where mpirun is. Not run without it, or without MPI in this build.

# ranks N COMMAND...; a run that fails ends without mpirun's second of grace. On standard error only the tools are heard:
# mpirun, hwloc and others remark on failures and on containers, each version in its own words.
ranks() {
    local n=$1
    shift
    {
        OMPI_MCA_odls_base_sigkill_timeout=0 timeout 120 "$MI_MPIRUN" -n "$n" "$@" 2>&1 >&4 3>&- 4>&- |
            sed -n '/^mi-/p' >&2 3>&- 4>&-
        return "${PIPESTATUS[0]}"
    } 4>&1
}

# alike COMMAND...: one, two and three ranks of one thread make the table of one process to 1e-9, and say the same.
alike() {
    "$@" --digits 17 --threads 1 >alone.tsv 2>alone.err
    for n in 1 2 3; do
        ranks $n "$@" --digits 17 --threads 1 >ranks.tsv 2>ranks.err
        "$MI_NEAR" alone.tsv ranks.tsv 1e-9 || { echo "of $n ranks: $*"; return 1; }
        diff alone.err ranks.err
    done
}

# alike_failure N CODE COMMAND...: the same code, rows and message with N ranks.
alike_failure() {
    local n=$1 code=$2
    shift 2
    run --separate-stderr "$@"
    same "$status" "$code"
    local alone_output=$output alone_stderr=$stderr
    run --separate-stderr ranks "$n" "$@"
    same "$status" "$code"
    same "$stderr" "$alone_stderr"
    same "$output" "$alone_output"
}

@test "several sets, a set a rank and the rest together" {
    alike mi-bounds --se --decompose run.h5
    alike mi-bounds run.h5:/epoch_0 run.h5:/epoch_2 run.h5:/epoch_4 run.h5:/epoch_6
    alike mi-bounds --json run.h5
    alike mi-bounds --columns upper,group run.h5
    alike mi-entropy --of z1,z2+y run.h5 good.h5
}

@test "one set: the tiles of order 2, other orders, kernels, contrastive losses" {
    alike mi-bounds --se --decompose good.h5
    mi-synth classes --n 2000 --d1 32 --d2 16 -o big.h5
    alike mi-bounds --se --decompose big.h5
    alike mi-bounds --alpha 1,2,3,4,inf --decompose good.h5
    alike mi-bounds --kernel gaussian:6 --i-z1-r infonce big.h5
    alike mi-bounds --alpha 1 --se good.h5
}

@test "a set that stays in the file" {
    mi-synth classes --n 3000 --d1 384 --d2 256 -o big.h5
    alike mi-bounds --se --threads 1 --memory "$(above 5000)" big.h5
}

@test "estimates: Lanczos on each form of its product, sampled tiles and losses" {
    mi-synth classes --n 1500 --d1 64 --d2 48 --classes 2 -o big.h5
    alike mi-bounds --alpha 0.5,1 --route lanczos big.h5
    alike mi-bounds --se --alpha 1,3 --route lanczos big.h5
    alike mi-entropy --se --of z1+z2+y --alpha 1 --route lanczos --kernel gaussian:6 big.h5
    alike mi-entropy --of z1+z2,z1+z2+y --alpha 1 --route lanczos --kernel gaussian:6 big.h5
    alike mi-entropy --of z1+z2 --alpha 1 --route lanczos --threads 1 --memory "$(above 16000)" --tolerance 0.02 big.h5
    seq 1 1500 >w.csv
    mi-import z1=big.h5:z1 z2=big.h5:z2 r=big.h5:r y=big.h5:y w=w.csv -o weighted.h5
    alike mi-mutual --weights --se --of z1:z2 --alpha 1 --route lanczos weighted.h5
    mi-synth classes --n 6000 --d1 32 --d2 16 -o big.h5
    alike mi-bounds --se --route sample --tolerance 0.01 big.h5
    seq 1 6000 >w.csv
    mi-import z1=big.h5:z1 z2=big.h5:z2 r=big.h5:r w=w.csv -o weighted.h5
    alike mi-mutual --weights --se --of z1:z2 --route sample weighted.h5
    alike mi-bounds --route sample --tolerance 0.01 --i-z1-r infonce big.h5
    alike mi-bounds --se --route bf16 big.h5
}

@test "batches, more of them than ranks and fewer" {
    alike mi-bounds --batch 2,6 --se --alpha 1,2 good.h5
    alike mi-mutual --of z1:z2,z1:y --normalize --batch 3 good.h5
    alike mi-spectrum --batch 3 --se good.h5
    alike mi-spectrum --se --by-class good.h5
    alike mi-spectrum --eigenvalues --of z1+z2 --batch 3 good.h5
    alike mi-bounds --learning-curve "$MI_SOURCE/datasets/samples/final-barlow.h5"
}

@test "geometry, exact and from a sample" {
    alike mi-geometry --se --by-class good.h5
    mi-synth gaussian --n 100200 --d1 4 --d2 3 -o big.h5
    alike mi-geometry --se --of z1 --tolerance 0.02 big.h5
}

@test "re-pairings" {
    alike mi-mutual --of z1:z2 --permutations 19 --alpha 1,2 good.h5
    alike mi-bounds --permutations 19 --alpha 1,2 good.h5
}

@test "eigenvalues, and large duals whose rows are shared" {
    alike mi-spectrum --eigenvalues good.h5
    mi-synth gaussian --n 1500 --d1 40 --d2 33 -o wide.h5
    alike mi-entropy --of z1+z2,z1 --route dual --alpha 2,3 wide.h5
}

@test "standard input reaches rank 0 alone, and through it all" {
    mi-bounds --digits 17 <run.h5 >alone.tsv
    for n in 2 3; do
        ranks $n mi-bounds --digits 17 <run.h5 >ranks.tsv
        "$MI_NEAR" alone.tsv ranks.tsv 1e-9
    done
}

@test "an output file is written once, by rank 0" {
    mi-bounds run.h5 >alone.tsv
    ranks 3 mi-bounds -o ranks.tsv run.h5
    "$MI_NEAR" alone.tsv ranks.tsv 1e-9
    same "$(ls ranks.tsv*)" ranks.tsv
}

@test "an error in one set: the rows before it, its message, its code" {
    alike_failure 3 65 mi-bounds run-with-nan.h5
    alike_failure 2 65 mi-bounds --keep-going run-with-nan.h5 run.h5
}

@test "one message and the right code: no such file, usage, a batch too large, no place for the output" {
    alike_failure 3 66 mi-bounds missing.h5
    alike_failure 2 2 mi-bounds --alpha x good.h5
    alike_failure 2 65 mi-mutual --of z1:z2 --batch 100 good.h5
    alike_failure 2 73 mi-bounds -o nowhere/t.tsv good.h5
}

@test "what takes one process, and rows with commas" {
    run --separate-stderr ranks 2 mi-bounds --annotate good.h5
    same "$status" 2
    same "$stderr" "mi-bounds: --annotate works in one process; leave out mpirun"
    run --separate-stderr ranks 2 mi-mutual --xy 1,1 a.csv
    same "$status" 2
    same "$stderr" "mi-mutual: --xy works in one process; leave out mpirun"
    ranks 3 mi-bounds --csv --digits 6 run.h5 | mi-export --table --format tsv >ranks.tsv
    mi-bounds --digits 6 run.h5 >alone.tsv
    "$MI_NEAR" alone.tsv ranks.tsv 1e-5
}

@test "an interrupted run leaves nothing behind" {
    mi-synth classes --n 60000 --d1 256 --d2 128 -o big.h5
    "$MI_MPIRUN" -n 2 mi-bounds -o out.tsv big.h5 3>&- &
    sleep 3
    kill -TERM $!
    wait $! && code=0 || code=$?
    [ $code -ne 0 ]
    same "$(ls out.tsv* 2>/dev/null)" ""
}

@test "a rank whose file is missing, or is another, is named" {
    mkdir own
    cp good.h5 own/other.h5
    cat >apart <<'EOF'
#!/bin/sh
[ "$OMPI_COMM_WORLD_RANK" = 1 ] && cd own
exec "$@"
EOF
    chmod +x apart
    run --separate-stderr ranks 2 ./apart mi-bounds good.h5
    same "$status $output" "66 "
    same "$stderr" "mi-bounds: rank 1 of 2: cannot open 'good.h5': No such file or directory"
    for other in run.h5 crossed.h5; do
        cp $other own/good.h5
        run --separate-stderr ranks 2 ./apart mi-bounds good.h5
        same "$status $output" "66 "
        same "$stderr" "mi-bounds: rank 1 of 2 reads another 'good.h5' than rank 0; all must read the same file"
    done
}

@test "a rank that is killed ends the others" {
    mi-synth classes --n 60000 --d1 256 --d2 128 -o big.h5
    printf '#!/bin/sh\n[ "$OMPI_COMM_WORLD_RANK" = 1 ] && echo $$ >pid\nexec "$@"\n' >told
    chmod +x told
    timeout 60 "$MI_MPIRUN" -n 2 ./told mi-bounds --alpha 1.5 -o out.tsv big.h5 3>&- &
    sleep 3
    kill -KILL "$(cat pid)"
    wait $! && code=0 || code=$?
    [ $code -ne 0 ] && [ $code -ne 124 ]
    [ ! -e out.tsv ]
}

@test "tools that work in one process, and ranks that were asked different things, say so" {
    run --separate-stderr ranks 2 mi-ls good.h5
    same "$status" 2
    same "$output" ""
    same "$stderr" "mi-ls: this tool works in one process, found 2 that were started together; leave out mpirun (srun --mpi=none keeps several apart)"
    # mpirun of OpenMPI 5.0.7 crashes on "A : B", its own way to start different programs
    run --separate-stderr ranks 2 sh -c '[ $OMPI_COMM_WORLD_RANK = 0 ] && exec mi-bounds good.h5 || exec mi-bounds run.h5'
    same "$status" 2
    same "$stderr" "mi-bounds: processes that were started together have different command lines: 'mi-bounds good.h5' and 'mi-bounds run.h5'; start them apart (srun --mpi=none)"
}

@test "a libmi without its module for MPI says so, and needs it for several processes only" {
    mkdir without
    cp "$MI_TOOLS"/../libmi/libmi.so.0 without
    export LD_LIBRARY_PATH=$PWD/without
    mi-bounds good.h5 >alone.tsv
    run --separate-stderr ranks 2 mi-bounds good.h5
    same "$status" 2
    same "$output" ""
    same "$stderr" "mi-bounds: 2 processes were started together, and this libmi has no MPI (libmi-mpi.so: cannot open shared object file: No such file or directory); build with meson -Dmpi=enabled, or start one process"
    touch without/libmi-mpi.so
    run --separate-stderr ranks 2 mi-bounds good.h5
    same "$stderr" "mi-bounds: 2 processes were started together, and this libmi has no MPI ($PWD/without/libmi-mpi.so: file too short); build with meson -Dmpi=enabled, or start one process"
}
