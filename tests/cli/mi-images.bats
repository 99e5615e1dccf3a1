load common

# number N: big-endian in four bytes; grey N: N bytes.
number() {
    printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)))"
}

grey() {
    head -c "$1" /dev/zero | tr '\0' '\200'
}

# idx files of 6 and 4 images, 8 x 8, as MNIST has them.
make_idx() {
    mkdir -p idx
    { number $((0x803)); number 6; number 8; number 8; grey 384; } >idx/train-images-idx3-ubyte
    { number $((0x801)); number 6; printf '\0\1\2\0\1\2'; } >idx/train-labels-idx1-ubyte
    { number $((0x803)); number 4; number 8; number 8; grey 256; } >idx/t10k-images-idx3-ubyte
    { number $((0x801)); number 4; printf '\2\1\0\2'; } >idx/t10k-labels-idx1-ubyte
}

@test "idx files, plain and by gzip, make the same file" {
    make_idx
    mi-images idx idx -o a.h5 --no-history
    gzip idx/*
    mi-images idx idx -o b.h5 --no-history
    cmp a.h5 b.h5
    mi-images idx idx --no-history | cmp - <(mi-images idx idx --no-history -o -)
}

@test "nothing is left of what fails" {
    make_idx
    head -c 100 idx/train-images-idx3-ubyte >short && mv short idx/train-images-idx3-ubyte
    fails 65 "idx: 'train-images-idx3-ubyte' has 100 bytes, its header says 400" mi-images idx idx -o a.h5
    rm idx/train-images-idx3-ubyte
    fails 66 "cannot open 'idx/train-images-idx3-ubyte.gz': No such file or directory" mi-images idx idx -o a.h5
    make_idx
    fails 73 "cannot create 'nowhere/a.h5': No such file or directory" mi-images idx idx -o nowhere/a.h5
    [ ! -c /dev/full ] || fails 74 "cannot write '/dev/full': No space left on device" mi-images idx idx -o /dev/full
    run --separate-stderr bash -c 'ulimit -f 1; mi-images idx idx -o big.h5'
    same "$status" 74
    same "$(ls -A | grep -c 'big\|^\.mi-')" 0
}

@test "arguments that cannot be" {
    fails 2 "1 arguments, wanted a kind (cifar10, cifar100, idx, folders) and a path" mi-images idx -o a.h5
    fails 2 "'svhn' is no kind, wanted cifar10, cifar100, idx or folders" mi-images svhn . -o a.h5
    fails 2 "--size '4': out of range, wanted 8 to 1024" mi-images folders --size 4 . -o a.h5
    fails 66 "cannot open 'nope': No such file or directory" mi-images cifar10 nope -o a.h5
    fails 66 "cannot open './data_batch_1.bin': No such file or directory" mi-images cifar10 . -o a.h5
    fails 65 "good.h5: MD5 is $(md5sum <good.h5 | cut -d ' ' -f 1), published is c32a1d4ab5d03f1284b67883e8d87530: another archive, or a damaged one; --no-checksum takes it all the same" mi-images cifar10 good.h5 -o a.h5
    fails 65 "good.h5: no 'train.bin' in the archive" mi-images cifar100 --no-checksum good.h5 -o a.h5
}
