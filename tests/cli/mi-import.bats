load common

setup_file() {
    export CORPUS=$MI_SOURCE/tests/exchange
}

# Which formats this build reads.
reads_npz() {
    nm -D "$MI_TOOLS"/../libmi/libmi.so | grep -q zip_open
}
reads_matlab5() {
    nm -D "$MI_TOOLS"/../libmi/libmi.so | grep -q Mat_Open
}

# arrays: z1.npy, z2.npy, r.npy, y.npy and all.npz of good.h5, whose views stand next to each other
arrays() {
    for m in z1 z2 r y; do mi-export --of $m good.h5 -o $m.npy; done
    mi-export good.h5 -o all.npz
}

# sees FILE: what mi-bounds sees in it, but for the file's name
sees() {
    mi-bounds --digits 17 --decompose "$@" | cut -f 3-
}

@test "arrays | bounds is what the features give, from .npy, .npz, .csv and .tsv" {
    arrays
    sees good.h5 >wanted
    mi-import z1=z1.npy z2=z2.npy r=r.npy y=y.npy | sees >found
    cmp found wanted
    if reads_npz; then
        mi-import z1=all.npz:z1 z2=all.npz:z2 r=all.npz:r y=all.npz:y -o a.h5
        sees a.h5 | cmp - wanted
    fi
    for e in csv tsv; do
        mi-export good.h5 -o all.$e
        mi-import "z1=all.$e:z1_*" "z2=all.$e:z2_*" r=all.$e:r y=all.$e:y --type f32 -o a.h5
        sees a.h5 | cmp - wanted
    done
}

@test "any dataset of HDF5, MATLAB's, one dataset a row" {
    sees good.h5 >wanted
    mi-import z1=no-set.h5:enc/feat z2=no-set.h5:proj r=no-set.h5:instance y=no-set.h5:labels -o a.h5
    sees a.h5 | cmp - wanted
    mi-import z1="$CORPUS/odd/matlab73.mat:feat" -o a.h5
    same "$(mi-ls a.h5 | column z1)" "f64[6,4]"
    mi-import "z1=$CORPUS/odd/data.h5:rows/*" -o a.h5
    same "$(mi-ls a.h5 | column z1)" "f32[4,4]"
}

@test "MATLAB 5, with labels that are text" {
    reads_matlab5 || skip "built without libmatio"
    mi-import "z1=$CORPUS/odd/matlab5.mat:feat" "y=$CORPUS/odd/matlab5.mat:label" -o a.h5
    same "$(mi-ls a.h5 | column z1) $(mi-ls a.h5 | column y)" "f64[6,4] i64[6]"
}

@test "views: ids are made, by the layout told, or by that of the labels" {
    mi-transform --rows :20 good.h5 -o good20.h5 # ten instances: the labels fit one layout alone
    mv good20.h5 good.h5
    arrays
    sees good.h5 >wanted
    mi-import z1=z1.npy z2=z2.npy y=y.npy --views 2 --layout interleaved -o a.h5
    sees a.h5 | cmp - wanted
    run --separate-stderr mi-import z1=z1.npy z2=z2.npy y=y.npy --views 2 -o a.h5
    same "$status" 0
    same "$stderr" "mi-import: warning: --layout interleaved, as the labels tell"
    sees a.h5 | cmp - wanted
    run --separate-stderr mi-import z1=z1.npy z2=z2.npy y=y.npy --views 2 --layout stacked -o a.h5
    same "$stderr" "mi-import: warning: views of an instance have different labels in y=y.npy; --layout interleaved would fit them, if the features stand so too; else it is the labels that want another order"
    fails 2 "--views 2: where do the views of an instance stand? --layout stacked: all first views, then all second ones; --layout interleaved: next to each other" \
        mi-import z1=z1.npy --views 2 -o b.h5
    printf 'label\n' >labels.csv
    mi-export --of y --format csv good.h5 | awk 'NR > 1 && NR % 2 == 0 { print "class " $1 }' >>labels.csv
    mi-import z1=z1.npy z2=z2.npy y=labels.csv:label --views 2 --layout interleaved -o a.h5
    sees a.h5 | cmp - wanted
}

@test "an axis of views becomes rows" {
    mi-import "z1=$CORPUS/odd/fortran-3axes.npy" --views 2 -o a.h5
    mi-ls a.h5 >ls.tsv
    same "$(column z1 ls.tsv) $(column r ls.tsv) $(column views_min ls.tsv)" "f64[12,3] i64[12] 2"
}

@test "checkpoints are added as groups, with attributes; r and y may stand at the root" {
    arrays
    mi-import r=r.npy y=y.npy --attr dataset=cifar10 -o new.h5
    for e in 0 10; do
        mi-import z1=z1.npy z2=z2.npy --group epoch_$e --attr epoch=$e --attr accuracy=0.$e --attr "note=a b" -o new.h5
    done
    mi-bounds new.h5 >t.tsv
    same "$(column group t.tsv | tr '\n' ' ')" "/epoch_0 /epoch_10 "
    same "$(column accuracy t.tsv | tr '\n' ' ')" "0 0.1 "
    same "$(column note t.tsv | sort -u)$(column dataset t.tsv | sort -u)" "a bcifar10"
    paste <(column lower t.tsv | tail -1) <(mi-bounds good.h5 | column lower) | awk '$1 != $2 { exit 1 }'
    grep -aq 'mi-import z1=z1.npy z2=z2.npy --group epoch_10' new.h5
    grep -aq 'mi-import r=r.npy y=y.npy' new.h5
    cp new.h5 kept.h5
    fails 73 "cannot create 'new.h5': it has feature sets in groups (2, the last is /epoch_10), which would be lost; --group adds to it" mi-import z1=z1.npy -o new.h5
    fails 65 "new.h5:/epoch_10: z1 is there already; --replace puts another in its place" mi-import z1=z1.npy --group epoch_10 -o new.h5
    fails 65 "new.h5:/: r has 24 rows there, what comes has 6" mi-import "z1=$CORPUS/odd/f4.npy" --group epoch_20 -o new.h5
    cmp new.h5 kept.h5
    mi-import z1=z2.npy --replace --group /epoch_10/ -o new.h5
    same "$(mi-ls -q new.h5 | column z1 | tr '\n' ' ')" "f32[24,6] f32[24,4] "
}

@test "many at once add to one file, which is not there before, and nothing is lost" {
    arrays
    for e in 1 2 3 4 5 6; do mi-import z1=z1.npy z2=z2.npy --group epoch_$e -o many.h5 & done
    wait
    same "$(mi-ls -q many.h5 | column group | tr '\n' ' ')" "/epoch_1 /epoch_2 /epoch_3 /epoch_4 /epoch_5 /epoch_6 "
    same "$(ls -A | grep -c '^\.mi-')" 0
}

@test "standard input is an array, standard output features" {
    arrays
    mi-import z1=z1.npy z2=z2.npy --no-history -o a.h5
    mi-import z1=- z2=z2.npy --no-history <z1.npy >b.h5
    cmp a.h5 b.h5
    ! reads_npz || cat all.npz | mi-import z1=-:z1 z2=all.npz:z2 --no-history -o - | cmp - a.h5
    mi-import z1=<(cat z1.npy) z2=z2.npy --no-history | cmp - a.h5
    fails 2 "standard input is given 2 times, it can be read once" mi-import z1=- z2=- -o c.h5
}

@test "types: as they are, as asked for, bfloat16, pixels" {
    type() { mi-import "$@" 2>/dev/null | mi-ls -q | column z1; }
    same "$(type "z1=$CORPUS/odd/f2be.npy")" "f16[6,4]"
    same "$(type "z1=$CORPUS/odd/f2be.npy" --type f64)" "f64[6,4]"
    same "$(type "z1=$CORPUS/odd/bfloat16.npy")" "f32[6,4]"
    same "$(type "z1=$CORPUS/odd/u2.npy")" "u16[6,4]"
    same "$(type "z1=$CORPUS/odd/u2.npy" --bf16 z1)" "f32[6,4]"
    run --separate-stderr mi-import "z1=$CORPUS/odd/u1.npy" -o a.h5
    same "$stderr" "mi-import: warning: z1=$CORPUS/odd/u1.npy is u8[6,4]: a row of integers is one symbol; --type f32 makes them numbers"
}

@test "arrays that do not fit" {
    arrays
    cd "$CORPUS/odd"
    out=$BATS_TEST_TMPDIR/none.h5
    fails 65 "z2: one-axis.npy: 5 rows, wanted 6 as z1=f4.npy has" mi-import z1=f4.npy z2=one-axis.npy -o "$out"
    fails 65 "y: f4.npy: f32[6,4], wanted one value a row; one-hot labels are classes by argmax(1)" mi-import z1=f8.npy y=f4.npy -o "$out"
    fails 65 "z1: special-f8.npy: row 0 has NaN or infinity (2 of 5 rows do), wanted finite numbers; --keep-nonfinite keeps them, for mi-transform --drop-nonfinite" mi-import z1=special-f8.npy -o "$out"
    fails 65 "z1: special-f2.npy: row 0 has NaN or infinity (1 of 4 rows do), wanted finite numbers; --keep-nonfinite keeps them, for mi-transform --drop-nonfinite" mi-import z1=special-f2.npy -o "$out"
    fails 65 "y: exact.csv: row 0 is 0.1, wanted whole numbers or text" mi-import y=exact.csv -o "$out"
    fails 65 "z1: text.npy: text, wanted numbers" mi-import z1=text.npy -o "$out"
    fails 65 "z1: no-rows.npy: 0 rows, wanted 2 or more" mi-import z1=no-rows.npy -o "$out"
    fails 65 "z1: no-columns.npy: f64[4,0] has no columns" mi-import z1=no-columns.npy -o "$out"
    fails 65 "z1: fortran-one-row.npy: 1 row, wanted 2 or more" mi-import z1=fortran-one-row.npy -o "$out"
    [ ! -e "$out" ]
    cd - >/dev/null
    mi-import "z1=$CORPUS/odd/special-f8.npy" --keep-nonfinite | mi-transform --drop-nonfinite -o a.h5
    same "$(mi-ls a.h5 | column n)" 3
}

@test "every broken file: its message, its exit code, and nothing left behind" {
    while IFS=$'\t' read -r address code message; do
        [[ $address != *.npz* ]] || reads_npz || continue
        [[ $address != *.mat* ]] || reads_matlab5 || continue
        cp "$CORPUS/${address%%:*}" .
        message=${message/transform map/mi-transform --map} # as the tools spell it
        fails "$code" "z1: ${address#broken/}: $message" mi-import "z1=${address#broken/}" -o out.h5
    done <"$CORPUS/broken.tsv"
}

@test "a .mat text that claims more characters than it has is an error, whatever libmatio makes of it" {
    reads_matlab5 || skip "built without libmatio"
    run --separate-stderr mi-import "z1=$CORPUS/broken/long-text.mat" -o out.h5
    same "$status $output" "65 "
    same "${#stderr_lines[@]}" 1
    [ ! -e out.h5 ]
}

@test "what Python alone can read comes with the line that saves it" {
    printf 'PK\003\004aaaadata.pkl' >model.pt
    fails 65 "z1: model.pt: a PyTorch file, which Python alone can read; this saves what is in it as features.npz, for mi-import z1=features.npz:NAME: python3 -c \"import torch, numpy; x = torch.load('model.pt', map_location='cpu'); numpy.savez('features.npz', **{k: v.detach().cpu().float().numpy() if hasattr(v, 'detach') else v for k, v in (x if isinstance(x, dict) else {'z1': x}).items()})\"" \
        mi-import z1=model.pt -o a.h5
}

@test "arguments that are wrong in themselves" {
    arrays
    fails 2 "no arrays, wanted such as z1=enc.npy z2=proj.npy y=labels.csv" mi-import -o a.h5
    fails 2 "'z1.npy' is no member, wanted z1=FILE, z2=FILE, y=FILE, r=FILE, split=FILE or w=FILE" mi-import z1.npy -o a.h5
    fails 2 "'z9=z1.npy' is no member, wanted z1=FILE, z2=FILE, y=FILE, r=FILE, split=FILE or w=FILE" mi-import z9=z1.npy -o a.h5
    fails 2 "'z1=z2.npy': z1 is given twice" mi-import z1=z1.npy z1=z2.npy -o a.h5
    fails 2 "--attr 'epoch': 'epoch' is no attribute, wanted NAME=VALUE, such as epoch=10" mi-import z1=z1.npy --attr epoch -o a.h5
    fails 2 "--attr 'history=1': 'history' is where the tools write their command lines, wanted another name" mi-import z1=z1.npy --attr history=1 -o a.h5
    fails 2 "--replace is for --group; without it the whole file is made anew" mi-import z1=z1.npy --replace -o a.h5
    fails 2 "--layout 'both': wanted one of auto|stacked|interleaved" mi-import z1=z1.npy --layout both -o a.h5
    fails 66 "z1: cannot open 'none.npy': No such file or directory" mi-import z1=none.npy -o a.h5
    fails 73 "cannot create 'no/where.h5': No such file or directory" mi-import z1=z1.npy -o no/where.h5
    fails 73 "cannot create 'no/where.h5': No such file or directory" mi-import z1=z1.npy --group a -o no/where.h5
    fails 2 "--group adds to a file, wanted -o FILE" mi-import z1=z1.npy --group a -o -
}

@test "a file that is no HDF5 is not added to" {
    arrays
    cp z1.npy text.h5
    run --separate-stderr mi-import z1=z1.npy --group a -o text.h5
    same "$status" 65
    [[ $stderr == "mi-import: cannot write into 'text.h5': "* ]]
    cmp z1.npy text.h5
}

# recipe START: the lines of Python that follow the line START... of datasets/README.md, up to the next text
recipe() {
    awk -v start="$1" 'index($0, start) == 1 { on = 1; next } on && /^    / { print substr($0, 5); had = 1; next }
        on && /^$/ { print; next } on && had { exit }' "$MI_SOURCE/datasets/README.md"
}

@test "the recipe for NumPy in datasets/README.md works as pasted, and can be run twice" {
    /usr/bin/python3 -c 'import numpy, h5py' 2>/dev/null || skip "no NumPy or h5py here"
    mkdir empty && cd empty
    recipe "Without libmi, from NumPy" >recipe.py
    cat >>recipe.py <<'EOF'
rng = np.random.default_rng(1)
for k in range(2):
    save("run.h5", "/", r=np.arange(20) // 2, y=np.array(["kät", "dog"])[np.arange(20) // 2 % 2])
    save("run.h5", "epoch_010", {"epoch": 10, "accuracy": 0.7}, z1=rng.normal(size=(20, 5)).astype("f4"), z2=rng.normal(size=(20, 3)))
np.save("z1.npy", rng.normal(size=(20, 5)))
np.savez("f.npz", h=rng.normal(size=(20, 5)), z=rng.normal(size=(20, 3)))
EOF
    /usr/bin/python3 recipe.py
    mi-bounds run.h5 >t.tsv
    same "$(column accuracy t.tsv) $(column classes t.tsv) $(column instances t.tsv) $(column epoch t.tsv)" "0.7 2 10 10"
    mi-import z1=z1.npy --group epoch_020 --attr epoch=20 -o run.h5
    /usr/bin/python3 - <<'EOF'
import h5py, numpy as np
with h5py.File("run.h5") as f:
    assert sorted(f) == ["epoch_010", "epoch_020", "r", "y"], sorted(f)
    assert np.array_equal(f["epoch_020/z1"][...], np.load("z1.npy"))
EOF
}

@test "the recipe for PyTorch in datasets/README.md works as pasted" {
    /usr/bin/python3 -c 'import torch, numpy, h5py' 2>/dev/null || skip "no PyTorch or h5py here"
    mkdir empty && cd empty
    { recipe "Without libmi, from NumPy"; recipe "From PyTorch"; } >recipe.py
    cat >>recipe.py <<'EOF'
torch.manual_seed(1)
encoder = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Dropout(0.5)).bfloat16()
projector = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(144, 5)).bfloat16()
x = torch.randn(2, 12, 3, 8, 8).bfloat16()
loader = [((x[0, i:i + 4], x[1, i:i + 4]), torch.arange(i, i + 4) % 3) for i in range(0, 12, 4)]
for k in range(2):
    save_checkpoint("run.h5", 10, encoder, projector, loader, method="simclr")
assert encoder.training and projector.training
EOF
    /usr/bin/python3 recipe.py
    mi-bounds run.h5 >t.tsv
    same "$(column group t.tsv) $(column n t.tsv) $(column instances t.tsv) $(column classes t.tsv) $(column d1 t.tsv) $(column method t.tsv)" \
        "/epoch_010 24 12 3 144 simclr"
    [ "$(column lower t.tsv)" != nan ]
}

@test "the line that saves a PyTorch file works as pasted" {
    reads_npz || skip "built without libzip"
    /usr/bin/python3 -c 'import torch, numpy' 2>/dev/null || skip "no PyTorch here"
    /usr/bin/python3 -c "import torch; torch.save({'h': torch.randn(6, 4, requires_grad=True).bfloat16(), 'y': torch.arange(6)}, 'f.pt')"
    run --separate-stderr mi-import z1=f.pt -o a.h5
    same "$status" 65
    PATH=/usr/bin:$PATH bash -c "${stderr#*NAME: }"
    mi-import z1=features.npz:h y=features.npz:y -o a.h5
    same "$(mi-ls a.h5 | column z1) $(mi-ls a.h5 | column y)" "f32[6,4] i64[6]"
}

@test "a build without a library says so" {
    reads_npz || { mi-export good.h5 -o a.npz
        fails 65 "z1: a.npz:z1: an archive (.npz), which this build does not read: it was made with -Dzip=disabled, or without libzip" mi-import z1=a.npz:z1 -o a.h5; }
    reads_matlab5 || { cp "$CORPUS/odd/matlab5.mat" .
        fails 65 "z1: matlab5.mat:feat: a MATLAB 5 file, which this build does not read: it was made with -Dmatio=disabled, or without libmatio; save it with -v7.3" mi-import z1=matlab5.mat:feat -o a.h5; }
}

@test "rows that are datasets: labels by name, in whatever order they stand" {
    cp "$CORPUS/odd/data.h5" .
    printf 'id,family,number\nP3,c,3\nP9,x,9\nP0,a,0\nP2,"b, c",2\nP1,a,1\n' >labels.csv
    mi-import 'z1=data.h5:rows/*' y=labels.csv:family r=labels.csv:number --key id -o a.h5
    same "$(mi-export --of r,y --format csv a.h5 | tr '\n' ' ')" 'r,y 0,a 1,a 2,"b, c" 3,c '
    fails 65 "y: labels.csv:family: 5 rows, wanted 4 as z1=data.h5:rows/* has" mi-import 'z1=data.h5:rows/*' y=labels.csv:family -o b.h5
    fails 65 "y: labels.csv:family: 'a' stands twice in column 'family'" mi-import 'z1=data.h5:rows/*' y=labels.csv:family --key family -o b.h5
    fails 65 "y: labels.csv:family: labels.csv:name: no column 'name'; it holds id, family, number" mi-import 'z1=data.h5:rows/*' y=labels.csv:family --key name -o b.h5
    grep -v P1 labels.csv >fewer.csv
    fails 65 "y: fewer.csv:family: column 'id' has no 'P1', which is the name of row 1" mi-import 'z1=data.h5:rows/*' y=fewer.csv:family --key id -o b.h5
    fails 2 "--key is for rows that have names: datasets that become a row each" mi-import z1=data.h5:packed y=labels.csv:family --key id -o b.h5
    fails 65 "z2: data.h5:rows/P[12]: 2 rows, wanted 4 as z1=data.h5:rows/* has" mi-import 'z1=data.h5:rows/*' 'z2=data.h5:rows/P[12]' -o b.h5
    fails 65 "z2: data.h5:rows/P[23]: row 0 is 'P2', wanted 'P0' as in z1=data.h5:rows/P[01]" mi-import 'z1=data.h5:rows/P[01]' 'z2=data.h5:rows/P[23]' -o b.h5
}

@test "data in other files are read when that is allowed" {
    fails 65 "z1: external.h5:z1: its data lie in 'external.raw', which is not opened; --allow-external opens it" mi-import z1=external.h5:z1 -o a.h5
    fails 65 "z1: external-link.h5:z2: 'z2' is a link into 'no-z1.h5', which --allow-external follows; it holds r, y, z1" mi-import z1=external-link.h5:z2 -o a.h5
    fails 65 "z1: rows-elsewhere.h5:*: 'b' is a link into 'no-z1.h5', which --allow-external follows" mi-import 'z1=rows-elsewhere.h5:*' -o a.h5
    mi-import --allow-external 'z1=rows-elsewhere.h5:*' -o a.h5
    same "$(mi-ls a.h5 2>/dev/null | column z1)" "f32[2,96]"
    rm external.raw
    fails 65 "z1: external.h5:z1: rows 0 to 23 lie in 'external.raw': No such file or directory" mi-import --allow-external z1=external.h5:z1 -o a.h5
}

@test "a write that fails leaves the file as it was, and nothing else" {
    arrays
    mi-export --of z1 "$MI_SOURCE/datasets/samples/simclr-cifar10-epochs.h5:/epoch_012" -o big.npy
    mi-import z1=z1.npy --group a -o own.h5
    cp own.h5 kept.h5
    ls -A >before
    run --separate-stderr bash -c "trap '' XFSZ; ulimit -f 64; mi-import z1=big.npy --group b -o own.h5"
    same "$status" 74
    same "$stderr" "mi-import: cannot write 'own.h5': File too large"
    cmp own.h5 kept.h5
    run --separate-stderr bash -c "trap '' XFSZ; ulimit -f 64; mi-import z1=big.npy -o new.h5"
    same "$status" 74
    run --separate-stderr bash -c 'mi-import z1=big.npy >/dev/full'
    same "$status" 74
    same "$stderr" "mi-import: cannot write 'standard output': No space left on device"
    ls -A | cmp - before
}

@test "a signal takes the unfinished file with it" {
    arrays
    mkfifo slow
    mi-import z1=z1.npy --group a -o own.h5
    cp own.h5 kept.h5
    ls -A >before
    # The writer is open, and locked, while the member is waited for.
    mi-import z1=slow --group b -o own.h5 &
    pid=$!
    for _ in $(seq 100); do [ "$(ls -A | grep -c '^\.mi-')" = 1 ] && break; sleep 0.05; done
    same "$(ls -A | grep -c '^\.mi-')" 1
    kill -TERM $pid
    wait $pid || true
    ls -A | cmp - before
    cmp own.h5 kept.h5
}
