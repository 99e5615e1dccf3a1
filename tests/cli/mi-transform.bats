load common

# shapes FILE: the shapes of the members of its first set
shapes() {
    mi-ls -q "$1" >ls.tsv
    echo "$(for m in z1 z2 r y split; do column $m ls.tsv | head -1; done | tr '\n' ' ')"
}

@test "transform | transform | bounds is the same through files, byte for byte but for the file column" {
    for input in run.h5 good.h5 run.h5:/epoch_4; do
        mi-transform --subsample 10 --standardize z1 --pca z1:3 $input |
            mi-transform --class 0,1 --fsq z2:5 | mi-bounds --digits 17 --alpha 1,2 --decompose >pipe.tsv
        mi-transform --subsample 10 --standardize z1 --pca z1:3 $input -o a.h5
        mi-transform --class 0,1 --fsq z2:5 a.h5 -o b.h5
        mi-bounds --digits 17 --alpha 1,2 --decompose b.h5 >file.tsv
        cmp <(cut -f 2- pipe.tsv) <(cut -f 2- file.tsv)
        mi-transform --subsample 10 --standardize z1 --pca z1:3 --class 0,1 --fsq z2:5 $input |
            mi-bounds --digits 17 --alpha 1,2 --decompose >one.tsv
        "$MI_NEAR" <(cut -f 2- pipe.tsv) <(cut -f 2- one.tsv) 1e-5 # z1 is rounded to f32 in between
    done
}

@test "file and pipe have the same bytes, and so have two runs" {
    mi-transform --no-history --l2 z1 run.h5 -o a.h5
    mi-transform --no-history --l2 z1 run.h5 -o b.h5
    cmp a.h5 b.h5
    mi-transform --no-history --l2 z1 run.h5 >c.h5
    mi-transform --no-history --l2 z1 -o - <run.h5 >d.h5
    cmp c.h5 d.h5
    cmp <(mi-bounds a.h5 | cut -f 2-) <(mi-bounds c.h5 | cut -f 2-)
}

@test "options apply in the order given" {
    same "$(shapes <(mi-transform --rows :6 --class 0 good.h5))" "f32[2,6] f32[2,4] i32[2] i32[2] nan "
    same "$(shapes <(mi-transform --class 0 --rows :6 good.h5))" "f32[6,6] f32[6,4] i32[6] i32[6] nan "
}

@test "each choice of rows" {
    n() { mi-transform "$@" good.h5 | mi-ls | column n; }
    same "$(n --rows 2:12:3)" 4
    same "$(n --rows -5:)" 5
    same "$(n --ids 3,7,7)" 4
    same "$(n --class 1)" 8
    same "$(n --drop-class 1)" 16
    same "$(n --per-class 2)" 12
    same "$(n --subsample 5)" 10
    same "$(n --drop-nonfinite)" 24
    same "$(mi-transform --drop-nonfinite nan.h5 | mi-ls | column n)" 22
    same "$(mi-transform --class cat,dog storage.h5 | mi-ls | column classes)" 2
    same "$(mi-transform --drop-class 'a longer animal' storage.h5 | mi-ls | column n)" 16
}

@test "random choices follow the seed, views stay together" {
    ids() { mi-transform --no-history "$@" good.h5 | md5sum; }
    same "$(ids --subsample 6)" "$(ids --subsample 6 --seed 1)"
    [ "$(ids --subsample 6)" != "$(ids --subsample 6 --seed 2)" ]
    same "$(mi-transform --subsample 6 good.h5 | mi-ls | column views_min)" 2
    same "$(mi-transform --per-class 3 good.h5 | mi-ls | column views_min)" 2
}

@test "types, chunks, trailing axes, labels, split and attributes go along" {
    same "$(shapes storage.h5)" "f16[24,6] f32be[24,2,1,2] i32[24] str[24] i32[24] "
    mi-transform --rows ::2 --l2 z1 storage.h5 -o a.h5
    same "$(shapes a.h5)" "f16[12,6] f32be[12,2,1,2] i32[12] str[12] i32[12] "
    same "$(mi-transform --fsq z2:3 storage.h5 | mi-ls | column z2)" "f32be[24,2,1,2]"
    same "$(mi-transform --pool z2 storage.h5 | mi-ls | column z2)" "f32be[24,2]"
    same "$(mi-transform --pca z1,z2:3 storage.h5 | mi-ls -q | cut -f 4,5 | tail -1)" "$(printf 'f16[24,3]\tf32be[24,3]')"
    same "$(mi-transform --type f64 storage.h5 | mi-ls -q | cut -f 4,5 | tail -1)" "$(printf 'f64[24,6]\tf64[24,2,1,2]')"
    same "$(column method ls.tsv)" simclr
    mi-transform storage.h5 -o b.h5
    cmp <(mi-ls storage.h5 | cut -f 2-) <(mi-ls b.h5 | cut -f 2-)
    mi-bounds --digits 17 storage.h5 2>/dev/null | cut -f 2- >before
    mi-bounds --digits 17 b.h5 2>/dev/null | cut -f 2- | cmp - before
}

@test "--map writes members under their own names" {
    mi-transform --map z1=enc/feat,z2=proj,y=labels,r=instance --fsq z2:3 no-set.h5 -o a.h5
    same "$(shapes a.h5)" "f32[24,6] f32[24,4] i32[24] i32[24] nan "
}

@test "what sets inherit stays at the ancestor when they keep the same rows, else each gets its own" {
    mi-transform --subsample 6 run.h5 -o same.h5
    mi-transform --drop-nonfinite run-with-nan.h5 -o own.h5
    for f in same.h5 own.h5; do
        mi-ls $f >$f.tsv
        same "$(column projector $f.tsv | uniq)" mlp
        same "$(column classes $f.tsv | uniq)" 3
    done
    same "$(column n same.h5.tsv | uniq)" 12
    same "$(column n own.h5.tsv | tr '\n' ' ')" "24 24 23 24 24 24 "
    # Without the root's members a group is a set on its own only if it has them itself.
    run --separate-stderr mi-ls --require r same.h5
    same "$status" 0
    [ "$(wc -c <own.h5)" -gt "$(wc -c <same.h5)" ]
}

@test "fsq_levels, history" {
    same "$(mi-transform --fsq z2:7 good.h5 | mi-bounds | column fsq_levels)" 7
    mi-transform --l2 z1 good.h5 | mi-transform --fsq 'z2:3' -o a.h5
    grep -aq 'mi-transform --l2 z1 good.h5' a.h5
    grep -aq 'mi-transform --fsq z2:3 -o a.h5' a.h5
    mi-transform --no-history --l2 z2 a.h5 -o b.h5
    ! grep -aq 'l2 z2' b.h5
    grep -aq 'l2 z1' b.h5
}

@test "an epoch that the file's name told is kept when the name changes" {
    cp good.h5 checkpoint-17.h5
    same "$(mi-transform --l2 z1 checkpoint-17.h5 | mi-ls | column epoch)" 17
}

@test "--fit takes means and components from another set" {
    mi-transform --rows :12 good.h5 -o train.h5
    mi-transform --standardize z1 --pca z1:2 --fit train.h5 train.h5 -o a.h5
    mi-transform --standardize z1 --pca z1:2 train.h5 -o b.h5
    cmp <(mi-bounds --digits 17 a.h5 | cut -f 2-) <(mi-bounds --digits 17 b.h5 | cut -f 2-)
    mi-transform --standardize z1 --pca z1:2 --fit train.h5 good.h5 | mi-transform --rows :12 -o c.h5
    cmp <(mi-bounds --digits 17 a.h5 | cut -f 2-) <(mi-bounds --digits 17 c.h5 | cut -f 2-)
}

@test "a file may replace itself" {
    cp good.h5 a.h5
    mi-transform --rows :6 a.h5 -o a.h5
    same "$(mi-ls a.h5 | column n)" 6
    same "$(ls a.h5*)" a.h5
}

@test "arguments that are wrong in themselves" {
    fails 2 "--fsq 'z2:1': the number is 1, wanted 2 or more" mi-transform --fsq z2:1 good.h5 -o a.h5
    fails 2 "--fsq 'z3:3': 'z3' is no variable, wanted z1, z2 or z1,z2" mi-transform --fsq z3:3 good.h5 -o a.h5
    fails 2 "--pca 'z1': no number, wanted one of 1 or more after a colon, such as z1:8" mi-transform --pca z1 good.h5 -o a.h5
    fails 2 "--l2 'z1:2': takes no number, wanted variables alone, such as z1" mi-transform --l2 z1:2 good.h5 -o a.h5
    fails 2 "--rows '1:2:0': a step of 0, wanted 1 or more" mi-transform --rows 1:2:0 good.h5 -o a.h5
    fails 2 "--rows '7': '7' is no range, wanted A:B or A:B:STEP" mi-transform --rows 7 good.h5 -o a.h5
    fails 2 "--rows 'a:b': 'a:b' is no range, wanted A:B or A:B:STEP in whole numbers" mi-transform --rows a:b good.h5 -o a.h5
    fails 2 "--subsample 'x': 'x' is no number, wanted a whole one of 1 or more" mi-transform --subsample x good.h5 -o a.h5
    fails 2 "--class '1,': an empty value, wanted a list such as 3,5" mi-transform --class 1, good.h5 -o a.h5
    fails 2 "--type 'f8': wanted one of same|f16|f32|f64" mi-transform --type f8 good.h5 -o a.h5
    fails 2 "2 files, wanted one: 'good.h5' and 'run.h5'" mi-transform --l2 z1 good.h5 run.h5 -o a.h5
}

@test "data that an option does not fit" {
    fails 65 "good.h5:/: --pca z1:7: z1: 7 components of 6 columns, wanted 1 to 6" mi-transform --pca z1:7 good.h5 -o a.h5
    fails 65 "good.h5:/: --whiten z2:9: z2: 9 components of 4 columns, wanted 1 to 4" mi-transform --whiten z2:9 good.h5 -o a.h5
    fails 65 "good.h5:/: --topk z1:7: z1: the largest 7 of 6 columns, wanted 1 to 6" mi-transform --topk z1:7 good.h5 -o a.h5
    fails 65 "good.h5:/: --whiten z1: z1: 4 rows have variance in 3 directions only, wanted 6; try 3 components" mi-transform --rows :4 --whiten z1 good.h5 -o a.h5
    fails 65 "good.h5:/: --pool z1: z1: 6 columns on one axis, wanted two trailing axes or more" mi-transform --pool z1 good.h5 -o a.h5
    fails 65 "integers.h5:/: --l2 z1: z1: i32: whole rows are symbols, wanted floats" mi-transform --l2 z1 integers.h5 -o a.h5
    fails 65 "nan.h5:/: z1: row 5 has NaN or infinity, wanted finite numbers; put --drop-nonfinite before --center" mi-transform --center z1 nan.h5 -o a.h5
    fails 65 "large.h5:/: z1: row 3 of the result has 100000, more than its type can hold (65520); try a wider --type" mi-transform --type f16 large.h5 -o a.h5
    fails 65 "row-counts.h5:/: z2: 23 rows, wanted 24 as in the members before it" mi-transform --l2 z1 row-counts.h5 -o a.h5
    fails 65 "compound.h5:/: z1: compound type, wanted numbers or text" mi-transform --l2 z2 compound.h5 -o a.h5
    fails 65 "no-z2.h5:/: no z2, wanted z2; it holds no other dataset" mi-transform --l2 z2 no-z2.h5 -o a.h5
}

@test "rows and classes that are not there" {
    fails 65 "good.h5:/: --rows 30:40: leaves none of 24 rows" mi-transform --rows 30:40 good.h5 -o a.h5
    fails 65 "good.h5:/: --drop-class 0,1,2: leaves none of 24 rows" mi-transform --drop-class 0,1,2 good.h5 -o a.h5
    fails 65 "good.h5:/: --class 1,7: no row has y 7; there are 0, 1, 2" mi-transform --class 1,7 good.h5 -o a.h5
    fails 65 "good.h5:/: --drop-class -1: no row has y -1; there are 0, 1, 2" mi-transform --drop-class -1 good.h5 -o a.h5
    fails 65 "good.h5:/: --ids 99: no row has r 99; there are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11" mi-transform --ids 99 good.h5 -o a.h5
    fails 65 "good.h5:/: --subsample 13: 13 instances of 12, wanted 12 or fewer" mi-transform --subsample 13 good.h5 -o a.h5
    fails 65 "good.h5:/: --per-class 5: class 0 has 4 instances; try --per-class 4" mi-transform --per-class 5 good.h5 -o a.h5
    fails 65 "no-r-no-y.h5:/: no y, wanted y; it holds no other dataset" mi-transform --class 1 no-r-no-y.h5 -o a.h5
}

@test "sets to fit on that do not fit" {
    fails 65 "--fit run.h5: 6 feature sets, wanted one; name it: --fit run.h5:/epoch_0" mi-transform --center z1 --fit run.h5 good.h5 -o a.h5
    mi-transform --pca z1:3 good.h5 -o narrow.h5
    fails 65 "good.h5:/: --center z1: z1: 6 columns, wanted 3 as in narrow.h5:/" mi-transform --center z1 --fit narrow.h5 good.h5 -o a.h5
    fails 66 "cannot open 'none.h5': No such file or directory" mi-transform --center z1 --fit none.h5 good.h5 -o a.h5
}

@test "HDF5 does not go to a terminal" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    run script -qec "mi-transform --l2 z1 good.h5" /dev/null
    same "$status" 2
    [[ $output == "mi-transform: standard output is a terminal, which HDF5 is not for; give -o FILE or pipe it into another tool"* ]]
}

@test "outputs that cannot be created or written" {
    fails 73 "cannot create 'nowhere/a.h5': No such file or directory" mi-transform --l2 z1 good.h5 -o nowhere/a.h5
    fails 73 "cannot create '.': Is a directory" mi-transform --l2 z1 good.h5 -o .
    [ -c /dev/full ] || skip "no /dev/full here"
    fails 74 "cannot write '/dev/full': No space left on device" mi-transform --l2 z1 good.h5 -o /dev/full
    run --separate-stderr bash -c 'mi-transform --l2 z1 good.h5 >/dev/full'
    same "$status" 74
    same "$stderr" "mi-transform: cannot write 'standard output': No space left on device"
}

@test "a file that grows past its limit is removed" {
    sample=$MI_SOURCE/datasets/samples/simclr-cifar10-epochs.h5
    run --separate-stderr bash -c "trap '' XFSZ; ulimit -f 64; mi-transform --type f64 $sample -o a.h5"
    same "$status" 74
    same "$stderr" "mi-transform: cannot write 'a.h5': File too large"
    same "$(ls a.h5* 2>/dev/null)" ""
}

@test "a pipe that is cut off, an input that is, nothing at all" {
    run --separate-stderr bash -c 'mi-transform --type f64 --l2 z1 "$MI_SOURCE"/datasets/samples/simclr-cifar10-epochs.h5 | head -c 10 >/dev/null; echo "${PIPESTATUS[0]}"'
    same "$output" 141
    same "$stderr" ""
    run --separate-stderr bash -c 'head -c 3000 good.h5 | mi-transform --l2 z1 -o a.h5'
    same "$status" 65
    same "$stderr" "mi-transform: standard input: truncated: has 3000 bytes, its header says $(wc -c <good.h5)"
    [ ! -e a.h5 ]
    run --separate-stderr bash -c 'mi-transform --l2 z1 -o a.h5 </dev/null'
    same "$stderr" "mi-transform: standard input is empty"
    same "$(ls a.h5* 2>/dev/null)" ""
}
