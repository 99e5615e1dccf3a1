load common

# The twelve points of tests/unit/correlate/test_correlate.c, in two groups, with what can go wrong beside them.
table() {
    printf 'lower\taccuracy\tepoch\tdataset\talpha\tflat\tword\n'
    printf '%s\n' \
        '1.5 2 0.5 a 2 1 x' '2 1 1 a 2 1 x' '2 3 0.5 a 2 1 x' '3.25 3 2 a 2 1 x' '4 2.5 2 a 2 1 x' '4 5 3 a 2 1 x' \
        '4 5 1 b 2 1 x' '5.5 4 3.5 b 2 1 x' '6 7 2.5 b 2 1 x' '7.75 6.5 5 b 2 1 x' '8 7 4 b 2 1 x' '9.5 6 4 b 2 1 x' |
        tr ' ' '\t'
}

@test "columns and values; SciPy 1.10.1: pearsonr, spearmanr, kendalltau" {
    table >t.tsv
    mi-corr --digits 15 t.tsv >c.tsv
    same "$(head -1 c.tsv | tr '\t' ' ')" "x y by given n level resamples permutations seed pearson spearman kendall"
    tail -1 c.tsv >found
    printf 'lower\taccuracy\tnan\tnan\t12\tnan\tnan\tnan\tnan\t0.8384455507857022\t0.8563883632051673\t0.672021505032247\n' >wanted
    "$MI_NEAR" found wanted 1e-14
}

@test "intervals, p-values and ranks have columns of their own" {
    table >t.tsv
    mi-corr --ci 0.9 --permutations 99 --rank kendall t.tsv >c.tsv
    same "$(head -1 c.tsv | tr '\t' ' ')" "x y by given n level resamples permutations seed pearson spearman kendall pearson_lo pearson_hi pearson_bca_lo pearson_bca_hi pearson_p spearman_lo spearman_hi spearman_bca_lo spearman_bca_hi spearman_p kendall_lo kendall_hi kendall_bca_lo kendall_bca_hi kendall_p rank"
    same "$(column level c.tsv) $(column resamples c.tsv) $(column permutations c.tsv) $(column seed c.tsv)" "0.9 2000 99 1"
    for k in pearson spearman kendall; do
        paste <(column ${k}_lo c.tsv) <(column ${k}_bca_lo c.tsv) <(column $k c.tsv) <(column ${k}_hi c.tsv) <(column ${k}_bca_hi c.tsv) <(column ${k}_p c.tsv) |
            awk '!($1 < $3 && $2 < $3 && $3 < $4 && $3 < $5 && $6 >= 0.01 && $6 < 0.05) { exit 1 }'
    done
    cmp <(mi-corr --ci 0.9 --seed 1 t.tsv) <(mi-corr --ci 0.9 t.tsv)
    run ! cmp -s <(mi-corr --ci 0.9 --seed 2 t.tsv) <(mi-corr --ci 0.9 t.tsv)
}

@test "partial correlations given a third column" {
    table | mi-corr --digits 15 --given epoch >c.tsv
    printf '%s\n' 0.6021132463991389 0.6682665583039546 0.45474004854350275 >wanted
    { column pearson c.tsv; column spearman c.tsv; column kendall c.tsv; } >found
    "$MI_NEAR" found wanted 1e-14
    same "$(column given c.tsv)" epoch
}

@test "groups, several columns, and the rows in order" {
    table >t.tsv
    mi-corr -x lower,epoch -y accuracy,lower --by dataset,alpha t.tsv >c.tsv
    same "$(head -1 c.tsv | tr '\t' ' ')" "x y by dataset alpha given n level resamples permutations seed pearson spearman kendall"
    same "$(cut -f 4-5 c.tsv | tail -n +2 | uniq | tr '\t\n' ' ;')" "a 2;b 2;"
    same "$(cut -f 1-3,7 c.tsv | tail -n +2 | tr '\t\n' ' ;')" "lower accuracy dataset=a,alpha=2 6;epoch accuracy dataset=a,alpha=2 6;lower lower dataset=a,alpha=2 6;epoch lower dataset=a,alpha=2 6;lower accuracy dataset=b,alpha=2 6;epoch accuracy dataset=b,alpha=2 6;lower lower dataset=b,alpha=2 6;epoch lower dataset=b,alpha=2 6;"
    same "$(mi-corr -x lower --by dataset t.tsv | column pearson | head -1)" "$(head -7 t.tsv | mi-corr -x lower | column pearson)"
}

@test "a ranking is by size, whatever the sign, nan last" {
    printf 'a\tb\tc\td\taccuracy\n1\t-1\t5\t7\t1\n2\t-2\t2\t7\t2\n3\t-3\t4\t7\t3\n4\t-5\t1\t7\t4\n2.5\t-4\t3\t7\t5\n' >t.tsv
    mi-corr -x d,c,a,b --rank pearson t.tsv >c.tsv 2>err
    same "$(column x c.tsv | tr '\n' ' ')$(column rank c.tsv | tr '\n' ' ')" "b a c d 1 2 3 nan "
}

@test "several files, JSON lines, what mi-bounds writes" {
    mi-bounds run.h5 >t.tsv
    mi-bounds --json run.h5:/epoch_0 run.h5:/epoch_2 run.h5:/epoch_4 >a.json
    mi-bounds run.h5:/epoch_6 run.h5:/epoch_8 run.h5:/epoch_10 >b.tsv
    mi-corr -x epoch t.tsv >whole
    mi-corr -x epoch a.json b.tsv >parts
    cmp whole parts
    same "$(column n whole)" 6
    same "$(mi-corr -x epoch --json t.tsv | tr ',' '\n' | grep '"n"')" '"n":6'
    mi-bounds run.h5 | mi-corr -x epoch - | cmp whole
}

@test "the default columns are those that hold numbers" {
    printf 'H_Z1\tupper\tlower\tI\taccuracy\n1\t2\tnan\t4\t1\n2\t1\tnan\t4.5\t2\n3\t4\tnan\t7\t3\n' >t.tsv
    same "$(mi-corr t.tsv | column x | tr '\n' ' ')" "upper H_Z1 I "
}

@test "rows that are not finite are left out and not counted" {
    { table; printf 'nan\t3\t1\ta\t2\t1\tx\n3\tinf\t1\ta\t2\t1\tx\n'; } >t.tsv
    cmp <(mi-corr t.tsv) <(table | mi-corr)
}

@test "why a correlation is nan" {
    table >t.tsv
    run --separate-stderr mi-corr -x flat,lower t.tsv
    same "$status" 0
    same "$stderr" "mi-corr: warning: flat and accuracy: flat is the same at all 12 points, so there is no correlation"
    same "$(echo "$output" | column pearson | head -1)" nan
    run --separate-stderr mi-corr -x lower --given lower t.tsv
    same "$stderr" "mi-corr: warning: lower and accuracy: lower determines one of them, so there is no correlation"
    head -9 t.tsv >two.tsv
    run --separate-stderr mi-corr --by dataset two.tsv
    same "$status" 0
    same "$stderr" "mi-corr: warning: lower and accuracy, dataset=b: 2 points, wanted 3 or more, so there is no correlation"
    same "$(echo "$output" | column kendall | tail -1)" nan
}

@test "rows of different orders are not mixed silently" {
    table | sed 's/\t2\t1\tx$/\t1\t1\tx/' >one.tsv
    table >two.tsv
    run --separate-stderr mi-corr one.tsv two.tsv
    same "$stderr" "mi-corr: warning: rows of different alpha are correlated together; --by alpha keeps them apart"
    run --separate-stderr mi-corr --by alpha one.tsv two.tsv
    same "$stderr" ""
}

@test "tables that cannot be correlated" {
    table >t.tsv
    head -3 t.tsv >two.tsv
    fails 65 "two.tsv: no pair of columns has more than 2 points, wanted 3 or more" mi-corr two.tsv
    head -4 t.tsv >three.tsv
    fails 65 "three.tsv: no pair of columns has more than 3 points, wanted 4 or more" mi-corr --given epoch three.tsv
    fails 65 "t.tsv: line 2, column 'word': 'x' is not a number" mi-corr -x word t.tsv
    fails 65 "t.tsv: no column 'height', there are: lower accuracy epoch dataset alpha flat word" mi-corr -x height t.tsv
    cut -f 2- t.tsv >none.tsv
    fails 65 "none.tsv: none of the columns that mi-bounds writes (lower, upper, I_Z1_Z2 ...) holds numbers; give --x" mi-corr none.tsv
    cut -f 1 t.tsv >no-y.tsv
    fails 65 "no-y.tsv: no column 'accuracy' (mi-probe --write records one), there are: lower" mi-corr no-y.tsv
    fails 66 "cannot open 'nowhere.tsv': No such file or directory" mi-corr nowhere.tsv
    fails 65 "good.h5: an HDF5 file, wanted a table such as mi-bounds writes" mi-corr good.h5
    run --separate-stderr mi-corr </dev/null
    same "$status" 65
    same "$stderr" "mi-corr: standard input: empty input, wanted a table with a header line"
}

@test "options that are wrong" {
    table >t.tsv
    fails 2 "--ci '95': out of range, wanted 0.5 to 0.9999" mi-corr --ci 95 t.tsv
    fails 2 "--resamples '10': out of range, wanted 100 to 10000000" mi-corr --resamples 10 t.tsv
    fails 2 "--permutations '0': out of range, wanted 1 to 10000000" mi-corr --permutations 0 t.tsv
    fails 2 "--rank 'best': wanted one of none|pearson|spearman|kendall" mi-corr --rank best t.tsv
    fails 2 "--given 'lower,epoch': 2 columns, wanted one" mi-corr --given lower,epoch t.tsv
}

@test "kernels are grouped as they were asked for, whatever bandwidths the sets have" {
    mi-bounds --kernel linear --kernel gaussian:median run.h5 >t.tsv
    mi-corr -x lower --by kernel t.tsv >c.tsv
    same "$(column by c.tsv | tr '\n' ' ')" "kernel_asked=linear kernel_asked=gaussian:median "
    same "$(column kernel_asked c.tsv | tr '\n' ' ')$(column n c.tsv | tr '\n' ' ')" "linear gaussian:median 6 6 "
    same "$(mi-bounds --kernel gaussian:median run.h5 | mi-corr -x lower | column spearman)" "$(column spearman c.tsv | tail -1)"
    run --separate-stderr mi-corr -x lower t.tsv
    same "$stderr" "mi-corr: warning: rows of different kernel_asked are correlated together; --by kernel_asked keeps them apart"
    # Without the column, as written.
    mi-bounds run.h5 | mi-corr -x lower --by kernel >c.tsv
    same "$(column kernel c.tsv)" "z1=linear,z2=linear"
}

@test "a column of --by that mi-corr has itself gets a prefix" {
    table | awk -F '\t' -v OFS='\t' 'NR == 1 { $4 = "Seed"; $5 = "spearman_lo" } 1' >t.tsv
    mi-corr -x lower --by Seed,spearman_lo,word t.tsv >c.tsv
    same "$(head -1 c.tsv | cut -f 3-7 | tr '\t' ' ')" "by by_Seed by_spearman_lo word given"
    same "$(cut -f 4-6 c.tsv | tail -n +2 | tr '\t\n' ' ;')" "a 2 x;b 2 x;"
}

@test "--over: runs that differ in a seed are one point" {
    printf 'projector\tseed\taccuracy\tlower\na\t0\t1\t1\na\t1\t3\t2\nb\t0\t4\t3\nb\t1\t5\t5\nc\t0\t9\t7\nc\t1\t7\t6\n' >seeds.tsv
    printf 'accuracy\tlower\n2\t1.5\n4.5\t4\n8\t6.5\n' >means.tsv
    same "$(mi-corr --over seed seeds.tsv | cut -f 1-13)" "$(mi-corr means.tsv | cut -f 1-13)"
    same "$(mi-corr --over seed seeds.tsv | column n)" 3
    # A rank is mostly the full one, and yet it was measured.
    awk -F '\t' -v OFS='\t' '{ print $0, NR == 1 ? "rank_Z2" : NR == 3 ? 127 : 128 }' seeds.tsv >ranks.tsv
    same "$(mi-corr --over seed -x lower ranks.tsv | column n)" 3
    # So are rows, where some were left out; without that, 100 rows and 90 are two settings.
    awk -F '\t' -v OFS='\t' '{ print $0, NR == 1 ? "n" : NR == 3 ? 90 : 100, NR == 1 ? "rows_dropped" : NR == 3 ? 10 : 0 }' seeds.tsv >rows.tsv
    same "$(mi-corr --over seed -x lower rows.tsv | column n)" 3
    same "$(cut -f 1-5 rows.tsv | mi-corr --over seed -x lower | column n)" 4
}

@test "r_kind: what R is, for each group, or that several are mixed" {
    printf 'accuracy\tlower\tdataset\tr_kind\n1\t2\ta\tpositive\n2\t3\ta\tpositive\n3\t5\ta\tpositive\n1\t2\tb\tid\n2\t1\tb\tpositive\n4\t5\tb\tid\n' >t.tsv
    same "$(mi-corr -x lower --by dataset t.tsv 2>/dev/null | column r_kind | tr '\n' ' ')" "positive mixed "
    same "$(mi-corr -x lower --by r_kind t.tsv 2>/dev/null | head -1 | tr '\t' '\n' | grep -c '^r_kind$')" 1
}
