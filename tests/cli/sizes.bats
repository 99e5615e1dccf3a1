# Inputs whose size is in an odd place: time and memory grow as the input does, or a message says what is too much.
load common.bash

# Twenty times what it takes, and a small part of what it would take if each looked at all others.
soon() {
    timeout 60 "$@"
}

@test "mi-corr --by: 32,000 groups" {
    awk 'BEGIN { print "accuracy\tlower\tg"; for (i = 0; i < 128000; i++) print (i * 7919) % 1009 "\t" (i * 104729) % 997 "\tg" int(i / 4) }' >t.tsv
    soon mi-corr -x lower --by g t.tsv 2>messages >c.tsv
    same "$(wc -l <c.tsv)" 32001
    same "$(sed -n '2p;$p' c.tsv | cut -f 3,6)" "$(printf 'g=g0\t4\ng=g31999\t4')"
    # As of one group alone.
    awk 'NR == 1 || $3 == "g777"' t.tsv | mi-corr -x lower --by g >one.tsv
    same "$(tail -1 one.tsv)" "$(grep '^[^	]*	[^	]*	g=g777	' c.tsv)"
}

@test "mi-corr --over, mi-plot: 40,000 rows" {
    awk 'BEGIN { print "projector\tseed\tepoch\taccuracy\tlower"; for (i = 0; i < 40000; i++) print "p" int(i / 4) "\t" i % 4 "\t" int(i / 4) % 3 "\t" (i * 7919) % 1009 "\t" (i * 104729) % 999983 }' >t.tsv
    soon mi-corr -x lower --over seed t.tsv >c.tsv
    same "$(column n c.tsv)" 10000
    soon mi-plot trend --by seed -x epoch -y lower t.tsv -o t.gp 2>messages
    grep -q "several rows at epoch 0" messages
}

# In so many seconds of the processor, whatever else the machine does; the address sanitizer takes its own.
spends() {
    (ulimit -t "$(($1 * $(is_sanitized && echo 8 || echo 1)))" && shift && "$@")
}

@test "mi-corr --ci: 10,000 points, each left out once" {
    awk 'BEGIN { print "accuracy\tlower"; for (i = 0; i < 10000; i++) print (i * 7919) % 1009 "\t" (i * 104729) % 997 + i / 50 }' >t.tsv
    spends 20 mi-corr -x lower --ci 0.9 --resamples 100 t.tsv >c.tsv
    same "$(column n c.tsv)" 10000
    awk -v lo="$(column kendall_bca_lo c.tsv)" -v r="$(column kendall c.tsv)" -v hi="$(column kendall_bca_hi c.tsv)" 'BEGIN { exit !(lo < r && r < hi) }'
}

@test "mi-corr: groups without a correlation are told for the first ones, and counted" {
    awk 'BEGIN { print "accuracy\tlower\tg"; for (i = 0; i < 40000; i++) print i % 7 "\t" i % 11 "\tg" i; for (i = 0; i < 3; i++) print i "\t" i * i "\tlast" }' >t.tsv
    mi-corr -x lower --by g t.tsv 2>messages >c.tsv
    same "$(wc -l <messages)" 21
    same "$(tail -n 1 messages)" "mi-corr: warning: 39980 more pairs and groups have no correlation"
    same "$(wc -l <c.tsv)" 40002
    # On a terminal: what tells 40,001 rows apart is found by sorting them.
    spends 4 script -qec "stty cols 60 && mi-corr -x lower --by g t.tsv 2>/dev/null" /dev/null </dev/null >shown
    grep -q last shown
}

@test "mi-corr --over: 80,000 groups" {
    awk 'BEGIN { print "projector\tseed\taccuracy\tlower"; for (i = 0; i < 160000; i++) print "p" int(i / 2) "\t" i % 2 "\t" (i * 7919) % 1009 "\t" (i * 104729) % 999983 }' >t.tsv
    spends 10 mi-corr -x lower --over seed t.tsv >c.tsv
    same "$(column n c.tsv)" 80000
}

@test "mi-plot: 20,000 rows with an accuracy, in two runs, of many files" {
    awk 'BEGIN { print "file\tprojector\tseed\tepoch\taccuracy\tlower\tupper"; for (i = 0; i < 20000; i++) print "r" i ".h5\t" (i < 2 ? "p" : "nan") "\t" i % 2 "\t" int(i / 2) "\t0." (i * 7919) % 1009 "\t" i % 97 "\t" i % 89 }' >t.tsv
    spends 10 mi-plot trend --by seed t.tsv -o t.gp
    spends 10 mi-plot scatter t.tsv -o s.gp
    grep -q "r2.h5 and 19997 more" s.gp
    awk -F '\t' -v OFS='\t' 'NR > 1 { $7 = $4 % 50 } 1' t.tsv >same.tsv
    spends 10 mi-plot trend --by seed same.tsv -o same.gp
    grep -q "in all" same.dat
}

@test "mi-report: 3,000 rows" {
    awk 'BEGIN { print "file\tgroup\taccuracy\tlower\tupper\tI_Z1_Z2"; for (i = 0; i < 3000; i++) print "r" i % 1500 ".h5\t/g" i "\t0." (i * 7919) % 1009 "\t" i % 97 "\t" i % 89 "\t" i % 101 }' >t.tsv
    spends 20 mi-report t.tsv -o r.html
    grep -q "Information in 3000 feature sets" r.html
    grep -q "The first 1000 of 1500 files" r.html
    grep -q "The first 1000 of 3000 rows" r.html
}

@test "tables of 200,000 columns" {
    awk 'BEGIN { for (r = 0; r < 4; r++) for (i = 0; i < 200000; i++) printf "%s%s", r ? (r * i) % 7 : "c" i, i < 199999 ? "\t" : "\n" }' >t.tsv
    soon mi-corr -x c1 -y c8 t.tsv t.tsv >c.tsv
    same "$(column n c.tsv) $(column pearson c.tsv)" "6 1"
}

@test "JSON lines that each have keys of their own" {
    awk 'BEGIN { for (i = 0; i < 1500; i++) print "{\"k" i "\":" i ",\"accuracy\":" i % 5 "}" }' >some.json
    soon mi-corr -x accuracy -y accuracy some.json >c.tsv
    same "$(column n c.tsv)" 1500
    awk 'BEGIN { for (i = 0; i < 20000; i++) print "{\"k" i "\":" i "}" }' >many.json
    fails 65 "many.json: 20000 rows of 20000 different columns, of which 1 in a row are there; wanted the same columns in most rows" \
        mi-corr -x k1 -y k2 many.json
    # Of several tables too.
    for k in $(seq 3000); do printf 'a%s\n1\n' "$k" >"t$k.tsv"; done
    fails 65 "the tables: 3000 rows of 3000 different columns, of which 1 in a row are there; wanted the same columns in most rows" \
        mi-corr -x a1 -y a2 t*.tsv
}

@test "mi-spectrum: 8 rows of 20,000 columns need no matrix of 20,000 x 20,000" {
    mi-synth gaussian --n 8 --d1 20000 --d2 4 -o w.h5
    soon mi-spectrum --memory 200M --of z1 w.h5 >s.tsv
    same "$(awk "BEGIN { print ($(column rankme s.tsv) > 7 && $(column rankme s.tsv) < 8.2) }")" 1
}

@test "100,000 classes" {
    mi-synth classes --n 200000 --d1 2 --d2 2 --classes 100000 -o c.h5
    soon mi-transform --per-class 1 c.h5 -o k.h5
    same "$(soon mi-ls k.h5 | column classes) $(mi-ls k.h5 | column n)" "100000 200000"
    same "$(soon mi-bounds --se --base 100000 c.h5 | column H_Y)" 1
    same "$(soon mi-mutual --r id --of y:r --base 100000 c.h5 | column I)" 1
    same "$(soon mi-shannon --of y --estimator plugin --base 100000 c.h5 | column value)" 1
}

# kept MB COMMAND...: done, or refused in a line, within 1.2 times --memory.
kept() {
    local megabytes=$1 kilobytes code=0
    shift
    kilobytes=$("$MI_HEAVY" peak "$@" --memory "${megabytes}M" 2>messages) || code=$?
    if [ "$code" != 0 ]; then
        same "$code" 71
        grep -q "allowed\|--memory" messages
    fi
    [ "$kilobytes" -le $((megabytes * 1229)) ] || same "$* took $kilobytes kB" "$((megabytes * 1024)) kB"
    codes="$codes $code"
}

# Chunks of eight columns, squares, and the first ones packed.
@test "--memory is kept whatever the chunks are" {
    peaks_count
    "$MI_HEAVY" make columns.h5 0 8
    "$MI_HEAVY" make squares.h5 128 128
    "$MI_HEAVY" make packed.h5 0 64 gzip
    for f in columns squares packed; do
        codes=
        kept 48 mi-bounds $f.h5
        kept 48 mi-entropy --kernel gaussian:9 $f.h5
        kept 64 mi-transform --l2 z1 $f.h5 -o o.h5
        same "$codes" " 0 0 0"
        kept 48 mi-spectrum --of z2 $f.h5
        kept 48 mi-mutual --alpha 1 $f.h5
    done
}

@test "packed chunks that are unpacked again and again: what keeps them is said, once, and does" {
    "$MI_HEAVY" make packed.h5 0 64 gzip
    mi-bounds --threads 1 --memory 48M packed.h5 2>messages >few.tsv
    same "$(grep -c 'z1 is packed in chunks of many rows, which are unpacked anew for each part that is read; [0-9.]* MB more of --memory keep them, and h5repack -l makes them smaller$' messages)" 1
    more=$(sed -n 's/.*is read; \([0-9.]*\) MB more.*/\1/p' messages)
    mi-bounds --threads 1 --memory "$(awk "BEGIN { printf \"%d\", 49.5 + $more * 1e6 / 1048576 }")M" packed.h5 2>messages >more.tsv
    same "$(grep -c 'unpacked anew' messages)" 0
    "$MI_NEAR" few.tsv more.tsv 1e-8
}

@test "--memory is kept by what takes panels, doubles, sides and probes" {
    peaks_count
    "$MI_HEAVY" make f.h5 64 0
    codes=
    for m in 36 64 200; do
        kept $m mi-geometry f.h5
        kept $m mi-shannon --permutations 2 f.h5
        kept $m mi-align f.h5
        kept $m mi-compare f.h5 f.h5
    done
    same "${codes: -8}" " 0 0 0 0"
    codes=
    kept 64 mi-transform --pca z2:4 f.h5 -o o.h5
    same "$codes" " 71"
}

@test "--memory is kept by labels that are texts, and by errors of many instances" {
    peaks_count
    awk 'BEGIN { srand(3); for (i = 0; i < 100000; i++) printf "text id %d,label %d,%g,%g,%g,%g\n", i, i % 7, rand(), rand(), rand(), rand() }' >t.csv
    mi-import r=t.csv:1 y=t.csv:2 z1=t.csv:3,4 z2=t.csv:5,6 -o t.h5
    for m in 48 64 96 240; do
        codes=
        kept $m mi-bounds t.h5
        kept $m mi-bounds --se t.h5
        kept $m mi-mutual --se t.h5
        kept $m mi-compare t.h5 t.h5
    done
    same "$codes" " 0 0 0 0"
}

# Both sets and, since an instance is missing in one, the shared rows of both.
@test "--memory is kept by two sets and their shared rows" {
    peaks_count
    "$MI_HEAVY" make f.h5 64 0
    mi-transform --rows 2:400 f.h5 -o g.h5
    codes=
    kept 48 mi-compare f.h5 g.h5
    kept 64 mi-compare --kernel linear --kernel gaussian:9 g.h5 f.h5
    same "$codes" " 0 0"
}

@test "--memory: what would be taken is said before it is" {
    "$MI_HEAVY" make one.h5 0 0 gzip
    fails 71 "one.h5:/: transforming it needs 68.1 MB, allowed are 9.44 MB; try a larger --memory" mi-transform --memory "$(above 9216 "$(nproc)")" --l2 z1 one.h5 -o o.h5
    fails 71 "one.h5:/: reading it needs 51.2 MB, allowed are 51.2 MB; try a larger --memory" mi-bounds --threads 1 --memory "$(above 50005)" one.h5
    fails 71 "one.h5:/: reading two such sets needs 102 MB, allowed are 71.7 MB; try a larger --memory" mi-compare --threads 1 --memory "$(above 70000)" one.h5 one.h5
    "$MI_HEAVY" make f.h5 64 0
    fails 71 "f.h5:/: aligning it needs 50.1 MB, allowed are 9.44 MB; try a larger --memory, or columns by mi-transform --pca" mi-align --threads 1 --memory "$(above 9216)" f.h5
    fails 71 "f.h5:/: its features need 19.2 MB, allowed are 9.44 MB; try a larger --memory" mi-shannon --threads 1 --memory "$(above 9216)" f.h5
    run --separate-stderr mi-shannon --of z1:z2 --estimator ksg --threads 1 --memory 62M f.h5
    same "$status $(tail -1 <<<"$stderr")" "71 mi-shannon: f.h5:/: z1:z2: ksg of 400 rows needs 57.6 MB for copies of them, allowed are 15.4 MB; try a larger --memory"
    run --separate-stderr mi-transform --memory 10M one.h5
    same "$status" 71
    grep -q "^mi-transform: --memory of 10.5 MB: the program alone takes .* MB, and what it computes more$" <<<"$stderr"
}

@test "rows that are declared and not stored are refused at once, by every tool that reads features" {
    for rows in 8589934592 1099511627776; do
        "$MI_HEAVY" hollow h.h5 $rows
        for tool in mi-align mi-bounds "mi-compare h.h5" mi-entropy mi-geometry "mi-mutual --of z1:z2" mi-shannon mi-spectrum \
            "mi-transform --l2 z1 -o o.h5" "mi-export -o o.npz" "mi-report -o o.html" "mi-import z1=h.h5:/z1 -o o.h5" mi-probe; do
            [ -x "$MI_TOOLS/${tool%% *}" ] || continue # a build may lack them
            case $tool in mi-import*) of= ;; *) of=h.h5 ;; esac
            run --separate-stderr soon $tool $of
            [ "$status" -ge 65 ] && [ "$status" -le 74 ] || same "$tool: $status" "$tool: 65 to 74"
            grep -q "declares\|stored\|allowed are\|need" <<<"$stderr" || same "$tool: $stderr" "the rows that are declared"
            [ ! -e o.h5 ] && [ ! -e o.npz ] && [ ! -e o.html ]
        done
    done
}
