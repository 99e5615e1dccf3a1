load common

# Each row: what is wrong, the exit code, the whole message.

@test "files that cannot be opened" {
    fails 66 "cannot open 'nope.h5': No such file or directory" mi-bounds nope.h5
    fails 66 "cannot open '.': it is a directory" mi-bounds .
    # The lock that HDF5 takes on a file it writes.
    exec 8<good.h5
    flock -x 8
    fails 66 "good.h5 is locked by a process that writes it; wait until that is done, or read a copy of the file" mi-bounds good.h5
    exec 8<&-
}

@test "files that are not HDF5" {
    printf 'PK\003\004aaaadata.pkl' >model.pt
    printf '\223NUMPY\001\000' >a.npy
    printf 'PK\003\004aaaa' >a.zip
    printf '\037\213\010aaaaaa' >a.gz
    printf '\200\004\225aaaa.' >a.pkl
    echo 'a,b,c' >a.csv
    : >a.h5
    fails 65 "model.pt: not HDF5 but a PyTorch archive; load it with torch.load in Python and write z1, z2, r, y with h5py" mi-bounds model.pt
    fails 65 "a.npy: not HDF5 but a NumPy array; mi-import z1=a.npy makes features of it" mi-bounds a.npy
    fails 65 "a.zip: not HDF5 but a zip archive; unpack it with unzip a.zip" mi-bounds a.zip
    fails 65 "a.gz: not HDF5 but gzip-compressed; try gzip -dc a.gz piped into the tool" mi-bounds a.gz
    fails 65 "a.pkl: not HDF5 but a Python pickle; load it in Python and write z1, z2, r, y with h5py" mi-bounds a.pkl
    fails 65 "a.csv: not HDF5 but comma-separated text; mi-import z1=a.csv makes features of it" mi-bounds a.csv
    fails 65 "a.h5 is empty" mi-bounds a.h5
}

@test "commands that are suggested quote names" {
    printf '\x1f\x8b' >"it's; touch pwned"
    fails 65 "it's; touch pwned: not HDF5 but gzip-compressed; try gzip -dc 'it'\\''s; touch pwned' piped into the tool" mi-ls "it's; touch pwned"
    cp rows-apart.h5 'rows apart.h5'
    run --separate-stderr mi-ls 'rows apart.h5'
    same "${stderr##*; }" "if each is a row, mi-import 'z1=rows apart.h5:*' -o rows.h5 makes one set of them"
    cp views-axis.h5 'views axis.h5'
    run --separate-stderr mi-mutual --of z1:z2 'views axis.h5'
    [[ $stderr == *"mi-import 'z1=views axis.h5:/z1' 'z2=views axis.h5:/z2' 'y=views axis.h5:/y' --views 2 -o unstacked.h5 makes rows"* ]]
}

@test "control characters in arguments do not reach the terminal" {
    fails 2 "'--\x1b[31mfoo': no such option" mi-bounds $'--\e[31mfoo' good.h5
    fails 2 "'-\x1b[31mfoo': no such option" mi-bounds $'-\e[31mfoo' good.h5
    fails 2 "'--foo=\x1b[31mfoo': no such option" mi-synth $'--foo=\e[31mfoo'
    fails 2 "'--foo=\xc2\x9b31mfoo': no such option" mi-bounds $'--foo=\xc2\x9b31mfoo' good.h5
    fails 2 "--base '\x1b[31m': not a base, wanted e or a number above 1" mi-bounds --base $'\e[31m' good.h5
    fails 2 "--threads '\xc2\x9b1': not a whole number" mi-bounds --threads $'\xc2\x9b1' good.h5
}

@test "a truncated file" {
    size=$(stat -c %s good.h5)
    head -c 3000 good.h5 >short.h5
    fails 65 "short.h5: truncated: has 3000 bytes, its header says $size" mi-bounds short.h5
}

@test "no feature set, no such group, a member that is missing" {
    fails 65 "no-set.h5:/: no feature set, no group holds 'z1' or 'z2'; found enc/feat f32[24,6], instance i32[24], labels i32[24], proj f32[24,4]; try --map z1=enc/feat,z2=proj,r=instance,y=labels" mi-bounds no-set.h5
    mi-bounds --map z1=enc/feat,z2=proj,r=instance,y=labels no-set.h5 | cut -f 3- >mapped
    mi-bounds good.h5 | cut -f 3- >named
    cmp mapped named
    fails 65 "no-dataset.h5:/: no feature set, no group holds 'z1' or 'z2'; found no dataset" mi-bounds no-dataset.h5
    fails 65 "good.h5: no group '/nope'; '/' holds r i32[24], y i32[24], z1 f32[24,6], z2 f32[24,4]" mi-bounds good.h5:/nope
    fails 65 "no-z1.h5:/: no z1, wanted z1 and z2; it holds no other dataset" mi-bounds no-z1.h5
    fails 65 "no-z2.h5:/: no z2, wanted z1 and z2; it holds no other dataset" mi-bounds no-z2.h5
}

@test "shapes that do not fit" {
    fails 65 "row-counts.h5:/: z2 has 23 rows, z1 has 24" mi-bounds row-counts.h5
    fails 65 "one-row.h5:/: z1: 1 row, wanted 2 or more" mi-bounds one-row.h5
    fails 65 "empty.h5:/: z1: 0 rows, wanted 2 or more" mi-bounds empty.h5
}

@test "values that cannot be used" {
    fails 65 "nan.h5:/: z1: row 5 has NaN or infinity (2 of 24 rows do), wanted finite numbers; mi-transform --drop-nonfinite removes them" mi-bounds nan.h5
    fails 65 "zero-rows.h5:/: z2: row 4 is all zero (2 of 24 rows are), which has no cosine; try --zero-rows drop, or a gaussian, laplacian or delta kernel" mi-bounds zero-rows.h5
    mi-bounds --zero-rows drop zero-rows.h5 >t.tsv
    same "$(column n t.tsv) $(column rows_dropped t.tsv)" "22 2"
    mi-bounds --kernel gaussian zero-rows.h5 | column n | grep -qx 24
    mi-bounds --kernel delta zero-rows.h5 | column n | grep -qx 24
    fails 65 "zero-median.h5:/: z1: the median distance between rows is 0, which is no gaussian bandwidth; give a number, gaussian:S" mi-bounds --kernel gaussian zero-median.h5
}

@test "labels that are none" {
    fails 65 "float-labels.h5:/: y: row 7 is 1.5, wanted whole numbers: a label or an id each" mi-bounds float-labels.h5
    fails 65 "one-hot.h5:/: y: 3 columns, wanted 1; it looks one-hot: use argmax" mi-bounds one-hot.h5
    fails 65 "reference.h5:/: y: reference type, wanted integers, booleans, an enum, strings or whole floats" mi-bounds reference.h5
    run --separate-stderr mi-bounds whole-float-labels.h5
    same "$status" 0
    same "$stderr" "mi-bounds: warning: whole-float-labels.h5:/: y holds floats; their values are whole and taken as labels"
}

@test "types and storage that cannot be read" {
    fails 65 "compound.h5:/: z1: compound type, wanted floats or integers" mi-bounds compound.h5
    fails 65 "external.h5:/: z1: its data lie in 'external.raw', which is not opened; --allow-external opens it" mi-bounds external.h5
    mi-bounds --allow-external external.h5 | cut -f 3- >external
    fails 65 "external-link.h5: '/z2' leads through an external link to 'no-z1.h5', which is not followed; --allow-external follows it" mi-bounds external-link.h5
    mi-bounds --allow-external external-link.h5 | cut -f 3- >linked
    mi-bounds good.h5 | cut -f 3- >good
    cmp external good
    cmp linked good
    fails 65 "unknown-filter.h5:/: z1: compressed by filter 32015 (zstd), which is not installed here; where it is: h5repack -f NONE 'unknown-filter.h5' plain.h5" mi-bounds unknown-filter.h5
}

@test "estimators that need views name the first id that has one" {
    for option in '--i-z1-r infonce:InfoNCE' '--i-z1-r nce:InfoNCE' '--i-z1-r barlow:Barlow' '--r positive:R = positive'; do
        fails 65 "one-view.h5:/: ${option#*:} needs two or more views of every instance, id 11 (row 22) has one" mi-bounds ${option%%:*} one-view.h5
    done
    mi-bounds --i-z1-r infonce no-r-no-y.h5 2>/dev/null | column I_Z1_R | grep -qx nan
}

@test "option values that are wrong in themselves" {
    for alpha in 0 -1 nan two; do
        fails 2 "--alpha '$alpha': '$alpha' is no order, wanted a number above 0, or inf" mi-bounds --alpha $alpha good.h5
    done
    fails 2 "--kernel 'foo': 'foo' is no kernel, wanted linear, gaussian[:S], laplacian[:S], polynomial[:P[:C]], precomputed or delta" mi-bounds --kernel foo good.h5
    fails 65 "good.h5:/: z1: 24 rows of 6 numbers are no precomputed kernel, wanted as many numbers as rows: the inner products of rows" mi-bounds --kernel z1=precomputed good.h5
    for kernel in indefinite=1,1.5,1.5,1 lopsided=1,0.5,0.25,1; do
        cells=${kernel#*=}
        printf '%s\n' "${cells%,*,*}" "${cells#*,*,}" >gram.csv
        mi-import z1=gram.csv -o "${kernel%=*}.h5"
    done
    fails 65 "indefinite.h5:/: z1: the precomputed kernel has the eigenvalue -0.5 once its diagonal is 1, wanted a positive semidefinite matrix" mi-entropy --of z1 --kernel precomputed indefinite.h5
    fails 65 "lopsided.h5:/: z1: entry (0,1) of the precomputed kernel is 0.5, entry (1,0) is 0.25, wanted a symmetric matrix" mi-entropy --of z1 --kernel precomputed lopsided.h5
    fails 65 "$MI_SOURCE/tests/oracle/kernels.h5:/: Barlow needs the columns of z1, of which a precomputed kernel has the inner products alone" mi-bounds --r id --kernel z1=precomputed --i-z1-r barlow "$MI_SOURCE/tests/oracle/kernels.h5"
    fails 2 "--kernel 'gaussian:0': '0' is no bandwidth, wanted a number above 0, median, scott, silverman, half-d, a quantile as q0.25, or a list as 1:2:4 or 0.5m:m:2m" mi-bounds --kernel gaussian:0 good.h5
    fails 2 "--kernel 'y=linear': 'y' has no kernel to choose, wanted z1, z2 or r" mi-bounds --kernel y=linear good.h5
    fails 2 "--i-z1-r 'foo': 'foo' is no estimator of I(Z1;R), wanted matrix, infonce[:T], nce[:T] or barlow[:lambda[:scale]]" mi-bounds --i-z1-r foo good.h5
    fails 2 "--i-z1-r 'infonce:0': ':0' is not ':' and a number above 0" mi-bounds --i-z1-r infonce:0 good.h5
    fails 2 "--base '1': not a base, wanted e or a number above 1" mi-bounds --base 1 good.h5
    fails 2 "--base '2.718281828459045x': not a base, wanted e or a number above 1" mi-bounds --base 2.718281828459045x good.h5
    fails 2 "--r 'foo': wanted one of auto|id|positive|target" mi-bounds --r foo good.h5
    for batch in 0 x 4,,6 4.5; do
        wrong=$(echo $batch | sed 's/^4,,6//')
        fails 2 "--batch '$batch': '$wrong' is no batch, wanted a number of instances, 1 or more, or all" mi-bounds --batch $batch good.h5
    done
    fails 2 "--memory 'lots': not a size, wanted bytes such as 500M or 8G" mi-bounds --memory lots good.h5
    fails 2 "--memory '3 ': not a size, wanted bytes such as 500M or 8G" mi-bounds --memory '3 ' good.h5
    fails 2 "--map 'q=x': 'q' is no member, wanted z1, z2, r, y, split or w" mi-bounds --map q=x good.h5
    fails 2 "--require 'q': 'q' is no member, wanted z1, z2, r, y, split or w" mi-bounds --require q good.h5
    fails 2 "--digits '99': out of range, wanted 1 to 17" mi-bounds --digits 99 good.h5
    fails 2 "--alph: no such option; there is --alpha" mi-bounds --alph 2 good.h5
    fails 2 "--pre: no such option; there is --preset" mi-bounds --pre=released good.h5
    fails 2 "--se: no such option; there is --seed" mi-transform --se 1 good.h5 -o o.h5
}

@test "what the route lanczos cannot do" {
    fails 2 "good.h5:/: route 'lanczos' is for joints with a real variable; try --route auto" mi-entropy --of y --route lanczos good.h5
    fails 2 "good.h5:/: route 'lanczos' estimates entropies, not single eigenvalues; try --route auto" mi-spectrum --of z1 --eigenvalues --route lanczos good.h5
    fails 71 "good.h5:/: the Lanczos vectors of 24 rows need 0.0399 MB, and their product more, allowed are 0.0134 MB; try a larger --memory, or --batch" \
        mi-entropy --of z1+z2 --alpha 1 --memory "$(above 14)" --threads 1 --route lanczos good.h5
}

@test "a batch larger than the instances, a matrix larger than the memory allowed" {
    fails 65 "good.h5:/: a batch of 100 is larger than the 12 instances there are; try --batch 12 or less" mi-bounds --batch 100 good.h5
    fails 71 "good.h5:/: a joint entropy of 24 rows needs 0.0551 MB for a dense matrix, allowed are 0.0108 MB; try --batch with at most 5 rows a batch, or order 2" mi-bounds --memory "$(above 14)" --alpha 1 --kernel gaussian:1 --threads 1 good.h5
    mi-bounds --memory "$(above 14)" --alpha 1 --kernel gaussian:1 --threads 1 --batch 2 good.h5 | column n | grep -qx 24
}

@test "nothing is computed when one of several inputs is bad in shape" {
    fails 65 "row-counts.h5:/: z2 has 23 rows, z1 has 24" mi-bounds good.h5 row-counts.h5
    fails 66 "cannot open 'nope.h5': No such file or directory" mi-bounds good.h5 nope.h5
}

@test "no arguments on a terminal is a usage error" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    run script -qec "mi-bounds" /dev/null
    same "$status" 2
    [[ $output == *"Usage: mi-bounds [OPTION...] [FILE[:GROUP] ...]"* ]]
}

@test "--help and --version go to standard output" {
    run --separate-stderr mi-bounds --help
    same "$status" 0
    same "$stderr" ""
    [[ $output == *"--alpha=A,B,..."* ]]
    run --separate-stderr mi-bounds --version
    same "$status" 0
    [[ $output == *"HDF5 "*"GSL "*"cblas_sgemm from "* ]]
}

@test "a table does not replace a feature file" {
    cp good.h5 copy.h5
    fails 73 "cannot create 'copy.h5': it is an HDF5 file, which would be lost; name another" mi-bounds -o copy.h5 good.h5
    cmp good.h5 copy.h5
    { head -c 512 /dev/zero && cat good.h5; } >v73.mat
    cp v73.mat before
    fails 73 "cannot create 'v73.mat': it is an HDF5 file, which would be lost; name another" mi-bounds -o v73.mat v73.mat
    cmp v73.mat before
}

@test "whole floats as r: a warning that they are taken as a target" {
    run --separate-stderr mi-bounds whole-float-ids.h5
    same "$status" 0
    same "$stderr" "mi-bounds: warning: whole-float-ids.h5:/: r holds whole floats, taken as a real-valued target; --r id takes them as instance ids, --r target says that it is meant so"
    mi-bounds --r id whole-float-ids.h5 2>/dev/null | cut -f 3- >ids
    mi-bounds --r id good.h5 | cut -f 3- | cmp - ids
}

@test "columns that are not there" {
    fails 65 "--columns: no column 'uper', the nearest of 37: upper seed H_R lower file" mi-bounds --columns lower,uper good.h5
    fails 65 "--columns: no column 'slack_lower' (mi-bounds --decompose writes it), the nearest of 37: lower classes zero_rows file alpha" mi-bounds --columns slack_lower good.h5
    fails 65 "--columns: no column 'accuracy' (mi-probe --write records one), the nearest of 37: alpha tolerance I_R_Y group classes" mi-bounds -o t.tsv --columns accuracy good.h5
    fails 2 "--columns: 'lower' stands twice" mi-bounds --columns lower,upper,lower good.h5
}

@test "a map of ids that are floats, as MATLAB saves them, comes with --r id where an estimate is made" {
    command -v h5copy >/dev/null || skip "h5copy is missing"
    for name in z1:feat z2:proj r:ids; do
        h5copy -i whole-float-ids.h5 -s "/${name%:*}" -o m.h5 -d "/${name#*:}"
    done
    mi-bounds m.h5 2>&1 | grep -qF -- "; try --map z1=feat,z2=proj,r=ids --r id"
    mi-bounds --map z1=feat,z2=proj,r=ids --r id m.h5 2>/dev/null | column instances >n
    same "$(cat n)" 12
    run mi-ls m.h5
    [[ $output == *"try --map z1=feat,z2=proj,r=ids"* && $output != *"--r id"* ]]
}
