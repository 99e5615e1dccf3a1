load common

@test "shapes, types, and what the values show" {
    mi-ls good.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group z1 z2 r y split n instances views_min views_max classes zero_z1 zero_z2 nonfinite_z1 nonfinite_z2 constant_z1 constant_z2 mixed_labels"
    same "$(tail -1 t.tsv | tr '\t' ' ')" "good.h5 / f32[24,6] f32[24,4] i32[24] i32[24] nan 24 12 2 2 3 0 0 0 0 0 0 0"
}

@test "zero rows, rows that are not finite, uneven views" {
    same "$(mi-ls zero-rows.h5 | column zero_z2)" 2
    same "$(mi-ls nan.h5 | column nonfinite_z1)" 2
    same "$(mi-ls one-view.h5 | cut -f 9-11 | tail -1 | tr '\t' ' ')" "13 1 2"
}

@test "--quick reads no values and has the same columns" {
    mi-ls --quick good.h5 >t.tsv
    same "$(head -1 t.tsv)" "$(mi-ls good.h5 | head -1)"
    same "$(tail -1 t.tsv | tr '\t' ' ')" "good.h5 / f32[24,6] f32[24,4] i32[24] i32[24] nan 24 nan nan nan nan nan nan nan nan nan nan nan"
    mi-ls --quick compound.h5 # nothing is read, nothing is wrong
}

@test "members that are missing are nan, unless required" {
    mi-ls no-r-no-y.h5 >t.tsv
    same "$(tail -1 t.tsv | tr '\t' ' ')" "no-r-no-y.h5 / f32[24,6] f32[24,4] nan nan nan 24 nan nan nan nan 0 0 0 0 0 0 nan"
    fails 65 "no-r-no-y.h5:/: no y, wanted y; it holds no other dataset" mi-ls --require y no-r-no-y.h5
}

@test "sets whose shapes disagree, that are empty or of one row, are described" {
    same "$(mi-ls row-counts.h5 | column z2)" "f32[23,4]"
    same "$(mi-ls empty.h5 | column n)" 0
    same "$(mi-ls one-row.h5 | column classes)" 1
    same "$(mi-ls one-hot.h5 | column y)" "f32[24,3]"
}

@test "a set that cannot be read has its row, its message and its exit code" {
    run --separate-stderr mi-ls compound.h5 good.h5
    same "$status" 65
    same "$stderr" "mi-ls: compound.h5:/: z1: compound type, wanted numbers"
    same "$(tail -n +2 <<<"$output" | tr '\t' ' ')" "compound.h5 / compound[24] f32[24,4] i32[24] i32[24] nan 24 12 2 2 3 nan 0 nan 0 nan 0 0"
    run --separate-stderr mi-ls --keep-going compound.h5 good.h5
    same "$status" 65
    same "$(column file <<<"$output" | tr '\n' ' ')" "compound.h5 good.h5 "
}

@test "external storage is read when that is allowed" {
    run --separate-stderr mi-ls external.h5
    same "$status" 65
    same "$stderr" "mi-ls: external.h5:/: z1: its data lie in 'external.raw', which is not opened; --allow-external opens it"
    same "$(mi-ls --allow-external external.h5 | column zero_z1)" 0
    fails 65 "external-link.h5: '/z2' leads through an external link to 'no-z1.h5', which is not followed; --allow-external follows it" mi-ls external-link.h5
    same "$(mi-ls --allow-external external-link.h5 | column z2)" "f32[24,4]"
}

@test "--last takes where a training ended, of every file and group" {
    run=$MI_SOURCE/datasets/samples/simclr-cifar10-epochs.h5
    same "$(mi-ls --quick --last "$run" good.h5 "$run:/epoch_003" | column group | tr '\n' ' ')" "/epoch_012 / /epoch_003 "
    same "$(mi-ls --quick --last - <"$run" | tail -n +2)" "$(mi-ls --quick - <"$run" | tail -1)"
    same "$(mi-bounds --last "$run")" "$(mi-bounds "$run:/epoch_012")"
}

@test "a pipe is as good as a file" {
    same "$(mi-ls <good.h5 | cut -f 2-)" "$(mi-ls good.h5 | cut -f 2-)"
    same "$(cat good.h5 | mi-ls - | cut -f 2-)" "$(mi-ls good.h5 | cut -f 2-)"
    same "$(cat good.h5 | mi-ls -:/ | column file)" "-"
    same "$(mi-ls <(cat good.h5) | column zero_z1)" 0
}

@test "--map names the members" {
    same "$(mi-ls --map z1=enc/feat,z2=proj,r=instance,y=labels no-set.h5 | column instances)" 12
    fails 2 "--map 'z3=a': 'z3' is no member, wanted z1, z2, r, y, split or w" mi-ls --map z3=a good.h5
}
