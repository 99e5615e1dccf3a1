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
