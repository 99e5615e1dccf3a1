# What was probably not meant: said once on standard error, counted in mi-ls, and the table is as it was.
load common

# says MESSAGE COMMAND...: the command succeeds and warns of this alone.
says() {
    local message=$1
    shift
    run --separate-stderr "$@"
    same "$status" 0
    same "$stderr" "$1: warning: $message"
}

@test "nothing is said of views that are alike and have one label" {
    run --separate-stderr mi-bounds views.h5
    same "$status $stderr" "0 "
    same "$(mi-ls views.h5 2>&1 | column mixed_labels)" 0
}

@test "views with different labels, and the layouts that r and y have" {
    message="views of one instance have different labels, in 64 of 64 instances: by r the rows are stacked (all first views, then all second ones), by y interleaved (the views of one next to each other)"
    run --separate-stderr mi-bounds crossed.h5
    same "$status" 0
    same "$(head -1 <<<"$stderr")" "mi-bounds: warning: crossed.h5:/: $message"
    same "$(sed -n '2s/-*[0-9]\.[0-9]*/X/gp' <<<"$stderr")" "mi-bounds: warning: crossed.h5:/: in z2 views of one instance are no more alike than rows of different ones (mean cosine X and X, of 64 instances): by r the rows are stacked (all first views, then all second ones), by z2 interleaved (the views of one next to each other)"
    run --separate-stderr mi-ls crossed.h5 crossed.h5
    same "$(grep -c "$message" <<<"$stderr")" 1
    same "$(column mixed_labels <<<"$output" | tr '\n' ' ')" "64 64 "
    says "mixed-labels.h5:/: views of one instance have different labels, in 2 of 64 instances: are r and y in the order of the rows, interleaved or stacked both?" mi-bounds mixed-labels.h5
    same "$(mi-ls mixed-labels.h5 2>/dev/null | column mixed_labels)" 2
}

@test "views no more alike than strangers" {
    run --separate-stderr mi-bounds strangers.h5
    same "$(sed 's/-*[0-9]\.[0-9]*/X/g' <<<"$stderr")" "mi-bounds: warning: strangers.h5:/: in z2 views of one instance are no more alike than rows of different ones (mean cosine X and X, of 64 instances): is r in the order of the rows?"
    run --separate-stderr mi-entropy --r id --of 'z1|r' strangers.h5
    same "$(sed 's/-*[0-9]\.[0-9]*/X/g' <<<"$stderr")" "mi-entropy: warning: strangers.h5:/: in z1 views of one instance are no more alike than rows of different ones (mean cosine X and X, of 64 instances): is r in the order of the rows?"
}

@test "ids that are shifted by a row" {
    message="shifted.h5:/: 2 of 65 instances have one row and the others more, so ids do not mark views and R is the id; are r and the rows in one order, and none of them missing?"
    run --separate-stderr mi-bounds shifted.h5
    same "$(head -1 <<<"$stderr")" "mi-bounds: warning: $message"
    [[ $(tail -1 <<<"$stderr") == *"views of one instance have different labels, in 63 of 65 instances"* ]]
    run --separate-stderr mi-ls shifted.h5
    same "$(head -1 <<<"$stderr")" "mi-ls: warning: $message"
}

@test "ids that are all different" {
    says "own-instances.h5:/: r has an id of its own for each of the 24 rows, so no instance has two views; views of one instance want one number" mi-bounds own-instances.h5
}

@test "-1 as the only negative label" {
    message="unlabelled.h5:/: y is -1 in 102 of 128 rows and never below, and counts as a class like the others; where it means no label, mi-transform --drop-class -1 leaves those rows out"
    says "$message" mi-bounds unlabelled.h5
    says "$message" mi-ls unlabelled.h5
    mi-transform --drop-class -1 unlabelled.h5 -o labelled.h5
    run --separate-stderr mi-bounds labelled.h5
    same "$status $stderr" "0 "
}

@test "constant columns" {
    says "constant.h5:/: 2 of the 6 columns of z1 are constant, the same in all rows" mi-bounds constant.h5
    same "$(mi-ls constant.h5 2>/dev/null | column constant_z1)" 2
}

@test "integers that are symbols, and all differ" {
    says "pixels.h5:/: z1 u8[24,6]: each row of integers is one symbol, and all 24 differ, so they say nothing; --kernel z1=linear takes them as numbers" mi-bounds pixels.h5
    says "pixels.h5:/: z1 u8[24,6]: each row of integers is one symbol, and all 24 differ, so they say nothing; --kernel z1=linear takes them as numbers" mi-ls pixels.h5
    run --separate-stderr mi-bounds --kernel z1=linear pixels.h5
    same "$status $stderr" "0 "
    says "bits.h5:/: z1 u16[24,6]: each row of integers is one symbol, and all 24 differ, so they say nothing; --kernel z1=linear takes them as numbers; of the bits of bfloat16 mi-import --bf16 z1 makes numbers" mi-bounds bits.h5
}

@test "half precision that overflowed" {
    message="half-overflow.h5:/: z1: 24 of 24 rows have infinity: half precision, which it is saved in, ends at 65504; save it in single precision (x.float() in PyTorch)"
    fails 65 "$message" mi-bounds half-overflow.h5
    run --separate-stderr mi-ls half-overflow.h5
    same "$status" 0
    same "$(tail -1 <<<"$stderr")" "mi-ls: warning: $message"
    fails 65 "nan.h5:/: z1: row 5 has NaN or infinity (2 of 24 rows do), wanted finite numbers; mi-transform --drop-nonfinite removes them" mi-bounds nan.h5
}

@test "standard errors without r" {
    run --separate-stderr mi-bounds --se no-r-no-y.h5
    same "$(tail -1 <<<"$stderr")" "mi-bounds: warning: no-r-no-y.h5:/: no r: the standard errors take the 24 rows as independent"
    says "no-r-no-y.h5:/: no r: the standard errors take the 24 rows as independent" mi-mutual --se --of z1:z2 no-r-no-y.h5 no-r-no-y.h5
    run --separate-stderr mi-mutual --of z1:z2 no-r-no-y.h5
    same "$status $stderr" "0 "
}

@test "bfloat16 as h5py writes it" {
    fails 65 "opaque.h5:/: z1: opaque16 type, wanted floats or integers; of the bits of bfloat16 mi-import --bf16 z1 makes numbers" mi-bounds opaque.h5
    mi-import z1=opaque.h5:z1 --bf16 z1 --keep-nonfinite -o numbers.h5
    same "$(mi-ls numbers.h5 | column z1)" "f32[24,6]"
}

@test "an axis of views, and the command that makes rows of it" {
    command="mi-import z1=views-axis.h5:/z1 z2=views-axis.h5:/z2 y=views-axis.h5:/y --views 2 -o unstacked.h5"
    run --separate-stderr mi-mutual --of z1:z2 views-axis.h5
    same "$(head -1 <<<"$stderr")" "mi-mutual: warning: views-axis.h5:/: z1 f32[24,2,3] is read as 24 rows of 6: the trailing axes are flattened; if axis 1 is of views, $command makes rows of them"
    same "$(tail -1 <<<"$stderr")" "mi-mutual: warning: views-axis.h5:/: z2 f32[24,2,2] is read as 24 rows of 4: the trailing axes are flattened"
    run --separate-stderr mi-ls views-axis.h5
    same "$(head -1 <<<"$stderr")" "mi-ls: warning: views-axis.h5:/: z1 f32[24,2,3] is read as 24 rows of 6: the trailing axes are flattened; if axis 1 is of views, $command makes rows of them"
    $command
    same "$(mi-ls unstacked.h5 | cut -f 3-6,8-12 | tail -1 | tr '\t' ' ')" "f32[48,3] f32[48,2] i64[48] i32[48] 48 24 2 2 3"
}

@test "a dataset a row, and the command that makes one set of them" {
    command="mi-import 'z1=rows-apart.h5:*' -o rows.h5"
    run --separate-stderr mi-ls rows-apart.h5
    same "$status" 65
    same "${stderr##*; }" "if each is a row, $command makes one set of them"
    eval "$command"
    same "$(mi-ls rows.h5 | column z1)" "f32[24,6]"
}

@test "--map of what no set holds" {
    run --separate-stderr mi-bounds --map y=nope views.h5
    same "$status" 0
    same "$(head -1 <<<"$stderr")" "mi-bounds: warning: views.h5: no set holds 'nope', which --map names for y"
    run --separate-stderr mi-bounds --map z2=nope views.h5
    same "$status" 65
    same "$(head -1 <<<"$stderr")" "mi-bounds: warning: views.h5: no set holds 'nope', which --map names for z2"
    run --separate-stderr mi-bounds --map y=y views.h5
    same "$status $stderr" "0 "
}
