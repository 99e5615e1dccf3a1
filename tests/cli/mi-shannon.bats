load common

@test "estimators that there are for the variables, a row each" {
    mi-shannon --of y,y:z1,z1,z1:z2 good.h5 >t.tsv 2>said
    same "$(head -1 t.tsv | tr '\t' ' ')" "file group n instances units variables quantity estimator claim permutations seed base zero_rows rows_dropped most null null_sd p degrees value"
    same "$(column variables t.tsv | uniq -c | tr -s ' \n' ' ')" " 4 y 1 y:z1 6 z1 1 z1:z2 "
    same "$(column quantity t.tsv | uniq | tr '\n' ' ')" "H I I(views) I "
    same "$(column estimator t.tsv | tr '\n' ' ')" "plugin miller-madow grassberger shrinkage ksg:3 infonce:0.1 infonce:0.2 infonce:0.5 nwj:0.2 nwj:0.5 smile:0.2:5 ksg:3 "
    same "$(column claim t.tsv | sort | uniq -c | tr -s ' \n' ' ')" " 7 estimate 5 lower bound "
    ! column value t.tsv | grep nan
}

@test "the plug-in entropy is that of order 1, and of labels one row an instance is counted" {
    same "$(mi-shannon --of y --estimator plugin --digits 12 good.h5 | column value)" "$(mi-entropy --of y --alpha 1 --digits 12 good.h5 | column S)"
    same "$(mi-shannon --of y --estimator plugin --base 3 good.h5 | column value)" 1
    same "$(mi-shannon --of y --estimator plugin good.h5 | column units)" 12
}

@test "symbols, pairings, errors and intervals" {
    mi-transform --fsq z2:3 good.h5 >codes.h5
    mi-shannon --of y:z2 --discrete z2 --estimator miller-madow --permutations 50 --se --ci 0.9 codes.h5 >t.tsv
    same "$(head -1 t.tsv | tr '\t' '\n' | tail -5 | tr '\n' ' ')" "degrees value value_se value_lo value_hi "
    same "$(column permutations t.tsv)/$(column seed t.tsv)" 50/1
    awk -v p="$(column p t.tsv)" 'BEGIN { exit !(p >= 1 / 51 && p <= 1) }'
    mi-shannon --of y:z2 --discrete z2 --estimator miller-madow --permutations 50 --seed 2 codes.h5 | column null >two
    ! cmp -s two <(column null t.tsv)
}

@test "the same from a pipe and by any number of threads" {
    mi-shannon --of z1,z2,z1:y,y --se --permutations 5 --digits 17 good.h5 2>&- | cut -f2- >file.tsv
    mi-shannon --of z1,z2,z1:y,y --se --permutations 5 --digits 17 --threads 1 <good.h5 2>&- | cut -f2- | cmp - file.tsv
}

@test "what it refuses" {
    fails 2 "--of 'z1|y': wanted one of z1, z2, r, y, or two with ':'" mi-shannon --of 'z1|y' good.h5
    fails 2 "--of 'z1+z2': wanted one of z1, z2, r, y, or two with ':'" mi-shannon --of z1+z2 good.h5
    fails 2 "--of: 'z3' is no variable, wanted z1, z2, r or y, joined by '+'" mi-shannon --of z3 good.h5
    fails 2 "--estimator 'nce': 'nce' is no estimator, wanted plugin, miller-madow, grassberger, shrinkage, ksg[:K], infonce[:T], nwj[:T] or smile[:T[:C]]" mi-shannon --estimator nce good.h5
    fails 2 "--discrete 'y': wanted z1, z2 or both" mi-shannon --discrete y good.h5
    fails 2 "good.h5:/: z1: plugin is of discrete variables: integers, labels, codes" mi-shannon --estimator plugin good.h5
    fails 2 "good.h5:/: y: nwj is of one real variable in two or more views" mi-shannon --of y --estimator nwj:0.2 good.h5
    fails 65 "good.h5:/: z1:y: 22 neighbours of other instances, wanted 40 for ksg:40" mi-shannon --of z1:y --estimator ksg:40 good.h5
    fails 65 "zero-rows.h5:/: z2: row 4 is all zero (2 of 24 rows are), which has no cosine; try --zero-rows drop" mi-shannon --of z2 zero-rows.h5
    # neighbours ask for distances
    mi-shannon --of z1:z2,z2:y --estimator ksg zero-rows.h5 | column rows_dropped | sort -u | grep -qx 0
    mi-shannon --of z2 --zero-rows drop zero-rows.h5 | column rows_dropped | sort -u | grep -qx '[1-9][0-9]*'
    fails 65 "no-z2.h5:/: no z2, wanted z2; it holds no other dataset" mi-shannon --of z2 no-z2.h5
}

@test "many columns are too many for nearest neighbours, and it says so" {
    mi-synth classes --n 40 --d1 12 --d2 3 -o wide.h5
    mi-shannon --of z1:y,z2:y wide.h5 2>said >t.tsv
    [[ $(<said) == *"wide.h5:/: z1:y: ksg of 12 columns is far too small, its neighbours being hardly nearer than others; mi-transform --pca leaves few"* ]]
    same "$(grep -c ksg said)" 1
}

# More than half of their distances are 0, which is no bandwidth; a critic has none.
@test "critics of one column take its sign" {
    for k in 1.5 1.5 1.5 1.5 1.5 1.5 2 2 -3 -3; do echo $k; done >z.csv
    mi-import z1=z.csv z2=z.csv --views 2 --layout stacked -o one.h5
    run --separate-stderr mi-shannon --of z1 --estimator infonce one.h5
    same "$status $stderr" "0 "
}
