load common

# One thread: where other tests run beside, two that wait for each other are many times slower.
small=(images.h5 --width 16 --out 8 --batch 16 --epochs 3 --eval 16 --threads 1 --no-history)

@test "a group a checkpoint, which the other tools read" {
    mi-train "${small[@]}" -o run.h5
    same "$(mi-ls -q run.h5 | column group | tr '\n' ' ')" "/epoch_000 /epoch_001 /epoch_002 /epoch_003 "
    same "$(mi-ls -q run.h5 | column z2 | sort -u)" "f16[32,8]"
    same "$(mi-ls run.h5 | column views_max | sort -u)" 2
    mi-bounds run.h5 >t.tsv
    same "$(column epoch t.tsv | tr '\n' ' ')" "0 1 2 3 "
    same "$(column method t.tsv | sort -u)" simclr
    same "$(column accuracy_n t.tsv | sort -u)" 32
    mi-plot trend t.tsv -o t.svg
    [ ! -e run.h5.resume ]
}

@test "checkpoints within epochs are named by their step" {
    mi-train "${small[@]}" --epochs 1 --every 0.5 -o run.h5
    same "$(mi-ls -q run.h5 | column group | tr '\n' ' ')" "/step_000000 /step_000002 /step_000004 "
    same "$(mi-ls -q run.h5 | column epoch | tr '\n' ' ')" "0 0.5 1 "
}

@test "the same command makes the same bytes; another seed others" {
    mi-train "${small[@]}" -o a.h5
    mi-train "${small[@]}" -o b.h5
    cmp a.h5 b.h5
    mi-train "${small[@]}" --seed 2 -o b.h5
    ! cmp -s a.h5 b.h5
}

@test "a run that is stopped goes on to the same values" {
    for signal in TERM=143 INT=130; do
        rm -f run.h5*
        mi-train "${small[@]}" --epochs 400 --every 100 -o run.h5 2>stopped &
        tool=$!
        for wait in $(seq 100); do
            [ ! -e run.h5 ] || break
            sleep 0.02
        done
        kill -${signal%=*} $tool
        wait $tool && code=0 || code=$?
        same "$code" ${signal#*=}
        same "$(cat stopped)" "mi-train: warning: stopped; the same command with --resume goes on"
        mi-ls -q run.h5 >before
        mi-train "${small[@]}" --epochs 400 --every 100 -o run.h5 --resume
        [ ! -e run.h5.resume ]
    done
    mi-train "${small[@]}" --epochs 400 --every 100 -o whole.h5
    cmp <(mi-bounds whole.h5 | cut -f 2-) <(mi-bounds run.h5 | cut -f 2-)
}

@test "signals at any moment: handlers stay away from the threads of oneDNN" {
    rm run.h5
    mi-train "${small[@]}" --width 32 --threads 2 --epochs 1000 --every 1000 -o run.h5 &
    tool=$!
    while [ ! -e run.h5 ]; do sleep 0.01; done
    for signal in $(seq 200); do
        [ ! -e run.h5.resume ] || kill -PROF $tool
        sleep 0.002
    done
    wait $tool
    [ ! -e run.h5.resume ]
}

@test "a run that is killed leaves a file that is whole, and goes on" {
    mi-train "${small[@]}" --epochs 400 --every 20 -o run.h5 &
    tool=$!
    while [ ! -e run.h5.resume ]; do sleep 0.01; done
    sleep 0.2
    kill -KILL $tool
    wait $tool || true
    [ ! -e run.h5 ] || mi-ls -q run.h5 >t.tsv
    [ -e run.h5.resume ]
    mi-train "${small[@]}" --epochs 400 --every 20 -o run.h5 --resume
    mi-train "${small[@]}" --epochs 400 --every 20 -o whole.h5
    cmp <(mi-bounds whole.h5 | cut -f 2-) <(mi-bounds run.h5 | cut -f 2-)
}

@test "weights, progress, the paper's settings" {
    mi-train "${small[@]}" --save w.h5 --progress -o run.h5 2>lines
    same "$(wc -l <lines)" 4
    grep -qE '^epoch 3.00 of 3, loss [0-9.]+, rate 0, accuracy [0-9.]+ %, 0 s left$' lines
    [ -s w.h5 ]
    mi-train images.h5 --preset paper-cifar --encoder small --width 16 --projector mlp --out 8 --batch 16 --epochs 1 --eval 16 --threads 1 -o p.h5 2>said
    same "$(cat said)" "mi-train: --encoder small --width 16 --projector mlp --out 8 --loss infonce --temperature 0.2 --optimiser lars --rate 0.4 --trust 0.02 --momentum 0.9 --weight-decay 0.0001 --epochs 1 --warmup 10 --batch 16"
}

@test "a frozen encoder: the projector alone is trained" {
    mi-train "${small[@]}" --save w.h5 -o a.h5
    mi-train "${small[@]}" --init w.h5 --freeze encoder --projector mlp:32,fsq:5 --out 4 -o b.h5
    mi-bounds --zero-rows drop b.h5 >t.tsv
    same "$(column frozen t.tsv | sort -u)" encoder
    same "$(column init t.tsv | sort -u)" w.h5
    same "$(column fsq_levels t.tsv | sort -u)" 5
    same "$(column accuracy t.tsv | sort -u)" "$(mi-bounds a.h5 | column accuracy | tail -1)"
    same "$(column I_Z1_Z2 t.tsv | sort -u | wc -l)" 4
    mi-train "${small[@]}" --freeze encoder --projector sae:4:32,mlp -o c.h5
    same "$(mi-ls c.h5 | column frozen | sort -u)" encoder
    same "$(mi-ls c.h5 | column k | sort -u)" 4
    fails 65 "'a.h5' holds no weights of an encoder, as --save writes them" mi-train "${small[@]}" --init a.h5 -o d.h5
    fails 65 "'w.h5' holds the weights of encoder small, wanted resnet8" mi-train "${small[@]}" --encoder resnet8 --init w.h5 -o d.h5
    fails 2 "a frozen encoder and projector 'identity' leave nothing to train" mi-train "${small[@]}" --freeze encoder --projector identity -o d.h5
    fails 2 "--freeze 'all': wanted one of none|encoder" mi-train "${small[@]}" --freeze all -o d.h5
}

@test "bf16: an attribute says it; refused on a CPU without" {
    DNNL_MAX_CPU_ISA=AVX512_CORE fails 2 "precision bf16: this CPU has none (avx512_bf16), and emulated it is slower than float32" mi-train "${small[@]}" --precision bf16 -o a.h5
    [ ! -e a.h5 ]
    fails 2 "--precision 'f16': wanted one of float32|bf16" mi-train "${small[@]}" --precision f16 -o a.h5
    grep -q avx512_bf16 /proc/cpuinfo || skip "this CPU has no bf16"
    mi-train "${small[@]}" --precision bf16 -o a.h5
    mi-train "${small[@]}" --precision bf16 -o b.h5
    cmp a.h5 b.h5
    same "$(mi-bounds a.h5 | column train_precision | sort -u)" bf16
    mi-train "${small[@]}" -o b.h5
    ! cmp -s <(mi-bounds a.h5 | column I_Z1_Z2) <(mi-bounds b.h5 | column I_Z1_Z2)
    ! mi-bounds b.h5 | head -1 | grep -q train_precision
    mi-train "${small[@]}" --precision bf16 --epochs 4000 -o c.h5 &
    tool=$!
    while [ ! -e c.h5 ]; do sleep 0.01; done
    kill -KILL $tool
    wait $tool || true
    fails 2 "the run in 'c.h5' has train_precision=bf16, this command none: a run goes on with the options that it began with" mi-train "${small[@]}" --epochs 4000 --resume -o c.h5
}

@test "projectors and the bottleneck, freely combined" {
    for chain in identity linear mlp:16:3 mlp,fsq:5 sae:4:32,linear sae:4:32,mlp,fsq:3; do
        mi-train "${small[@]}" --epochs 1 --every 1 --lambda 0.1 --projector $chain -o run.h5
        mi-bounds --zero-rows drop run.h5 | column I_Z1_Z2 >values
        ! grep -q nan values
    done
    mi-train "${small[@]}" --epochs 1 --lambda 0.1 --alpha 1.5 --loss barlow -o run.h5
}

@test "--memory: counted before it is taken, and kept" {
    peaks_count
    large=("${small[@]}" --epochs 1 --width 64 --projector mlp:1024:3 --out 1024)
    megabytes=64
    until mi-train "${large[@]}" --memory ${megabytes}M -o counted.h5 2>messages; do
        grep -q "^mi-train: training needs .* MB or more, allowed are .* MB; a smaller --batch, encoder or projector needs less$" messages
        [ ! -e counted.h5 ]
        megabytes=$((megabytes + megabytes / 16))
    done
    [ $megabytes -gt 80 ]
    rm counted.h5
    kilobytes=$("$MI_HEAVY" peak mi-train "${large[@]}" --memory ${megabytes}M -o counted.h5)
    [ "$kilobytes" -le $((megabytes * 1229)) ]
    fails 71 "training needs 1.2e+05 MB or more, allowed are 4.23e+03 MB; a smaller --batch, encoder or projector needs less" mi-train images.h5 --threads 1 --batch 16 --eval 16 --projector mlp:100000:2 --out 100000 --memory 4G -o a.h5
}

@test "what cannot be" {
    fails 2 "no file for the features: -o FILE (they grow as the run goes on)" mi-train images.h5
    fails 2 "2 files of images, wanted one" mi-train images.h5 good.h5 -o a.h5
    fails 2 "'images.h5' is the file of images too" mi-train images.h5 -o images.h5
    fails 66 "cannot open 'nope.h5': No such file or directory" mi-train nope.h5 -o a.h5
    fails 65 "good.h5: no dataset 'x_train'" mi-train good.h5 -o a.h5
    fails 65 "images has 64 training images, fewer than a batch of 256" mi-train images.h5 -o a.h5
    fails 65 "images has 32 test images, fewer than the 512 of --eval" mi-train images.h5 --batch 16 -o a.h5
    fails 2 "'vgg' is no encoder, wanted small, resnet18, or resnetN with N = 6k+2 (8, 14, 20, 32, 44, 56, 110)" mi-train "${small[@]}" --encoder vgg -o a.h5
    fails 2 "'fsq:1' is no projector, wanted fsq:L" mi-train "${small[@]}" --projector fsq:1 -o a.h5
    fails 2 "crop is 0, wanted above 0 and at most 1" mi-train "${small[@]}" --crop 0 -o a.h5
    fails 66 "cannot open 'a.h5.resume': No such file or directory" mi-train "${small[@]}" --resume -o a.h5
    fails 2 "--preset 'mine': wanted paper-cifar" mi-train "${small[@]}" --preset mine -o a.h5
}

@test "a loss that is not finite ends the run; its checkpoints stay" {
    run --separate-stderr mi-train "${small[@]}" --type f32 --epochs 100 --rate 1e6 --weight-decay 1000 --warmup 0 -o nan.h5
    same "$status" 65
    [[ $stderr == "mi-train: the loss is "*"'nan.h5' keeps the checkpoints before it; a smaller rate or a longer warm-up may help" ]]
    mi-ls -q nan.h5 | column group | head -1 | grep -qx /epoch_000
}

@test "a disk that is full" {
    run --separate-stderr bash -c 'ulimit -f 20; mi-train images.h5 --width 16 --out 8 --batch 16 --epochs 1 --eval 16 --threads 1 -o big.h5'
    same "$status" 74
    same "$stderr" "mi-train: cannot write 'big.h5.resume': File too large"
    same "$(ls -A | grep -c 'big\|^\.mi-')" 0
}
