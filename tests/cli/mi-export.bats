load common

@test "by the ending, or as told; a pipe has the bytes of the file" {
    mi-export --of z1 good.h5 -o z1.npy
    same "$(head -c 6 z1.npy | tail -c 5)" NUMPY
    mi-export --of z1 --format npy good.h5 | cmp - z1.npy
    mi-export --of z1 --format npy <good.h5 | cmp - z1.npy
    mi-export good.h5 -o all.npz
    same "$(head -c 2 all.npz)" PK
    mi-export --format npz good.h5 | cmp - all.npz
    mi-export good.h5 -o a.csv
    same "$(head -1 a.csv)" "z1_0,z1_1,z1_2,z1_3,z1_4,z1_5,z2_0,z2_1,z2_2,z2_3,r,y"
    same "$(wc -l <a.csv)" 25
    mi-export --of r,y good.h5 -o a.tsv
    same "$(head -2 a.tsv | tr '\t\n' '  ')" "r y 0 0 "
}

@test "all sets of a run go into one archive" {
    mi-export run.h5 -o run.npz
    nm -D "$MI_TOOLS"/../libmi/libmi.so | grep -q zip_open || skip "built without libzip"
    mi-import z1=run.npz:epoch_4/z1 z2=run.npz:epoch_4/z2 y=run.npz:epoch_4/y r=run.npz:epoch_4/r -o a.h5
    for c in lower upper I_Z1_Z2; do
        same "$(mi-bounds --digits 17 a.h5 | column $c)" "$(mi-bounds --digits 17 run.h5:/epoch_4 | column $c)"
    done
    run mi-import z1=run.npz:none -o b.h5
    [[ $output == *"no array 'none'; it holds epoch_0/z1, epoch_0/z2, "* ]]
}

@test "every type and storage comes back as it was" {
    mi-export storage.h5 -o s.npz
    nm -D "$MI_TOOLS"/../libmi/libmi.so | grep -q zip_open || skip "built without libzip"
    mi-import z1=s.npz:z1 z2=s.npz:z2 r=s.npz:r y=s.npz:y split=s.npz:split -o a.h5
    mi-bounds --digits 17 storage.h5 2>/dev/null | cut -f 3- >wanted
    for c in z1 z2 r y split classes n instances; do column $c <(mi-ls storage.h5); done | sed 's/f32be/f32/' >wanted
    for c in z1 z2 r y split classes n instances; do column $c <(mi-ls a.h5); done >found
    cmp found wanted
    same "$(mi-bounds --digits 17 a.h5 2>/dev/null | column lower)" "$(mi-bounds --digits 17 storage.h5 2>/dev/null | column lower)"
}

@test "tables: text keeps its cells, arrays their types" {
    mi-bounds run.h5 >t.tsv
    mi-export t.tsv -o t.csv
    grep -q ',"z1=linear,z2=linear",' t.csv
    mi-corr -x epoch -y accuracy t.tsv >wanted
    mi-corr -x epoch -y accuracy t.csv | cmp - wanted
    cut -f 1-6 t.tsv >plain.tsv
    mi-export plain.tsv --format csv | tr ',' '\t' | cmp - plain.tsv
    mi-bounds run.h5 | mi-export --table -o u.csv
    cmp t.csv u.csv
    mi-export t.tsv -o t.tsv.tsv
    cmp t.tsv.tsv t.tsv
    mi-export t.tsv -o t.npy
    head -c 400 t.npy | grep -aq "('group', '<U"
    head -c 4000 t.npy | grep -aq "('lower', '<f8'), "
    mi-export t.tsv -o t.npz
    nm -D "$MI_TOOLS"/../libmi/libmi.so | grep -q zip_open || skip "built without libzip"
    mi-import z1=t.npz:lower y=t.npz:group -o a.h5
    same "$(mi-ls a.h5 | column z1) $(mi-ls a.h5 | column y)" "f64[6] str[6]"
    mi-export a.h5 --of z1 --format csv | tail -n +2 | cmp - <(column lower t.tsv)
}

@test "a quote, a comma and a line end in a cell" {
    printf 'name\tn\na "b", c\t1\nd\\ne\t2\n' >t.tsv
    mi-export t.tsv -o t.csv
    printf 'name,n\n"a ""b"", c",1\n"d\ne",2\n' | cmp - t.csv
}

@test "what cannot be" {
    fails 2 "'a.mat': its ending says no format, wanted .npy, .npz, .csv or .tsv, or --format" mi-export good.h5 -o a.mat
    fails 2 "standard output has no ending, wanted --format npy, npz, csv or tsv" mi-export good.h5
    fails 2 "good.h5:/: several members, of which .npy holds one; --of z1 names it, or write .npz" mi-export good.h5 -o a.npy
    fails 2 "run.h5: 6 feature sets, of which this format holds one; name it: run.h5:/epoch_0, or write .npz" mi-export run.h5 -o a.csv
    fails 65 "good.h5:/: none of the members wanted" mi-export --of split good.h5 -o a.npz
    fails 65 "z2 has 23 rows, z1 has 24" mi-export row-counts.h5 -o a.csv
    fails 65 "compound.h5:/: z1: compound type, wanted numbers" mi-export compound.h5 -o a.npz
    fails 66 "cannot open 'none.h5': No such file or directory" mi-export none.h5 -o a.npz
    fails 2 "2 files, wanted one: 'good.h5' and 'run.h5'" mi-export good.h5 run.h5 -o a.npz
    fails 73 "cannot create 'no/a.npz': No such file or directory" mi-export good.h5 -o no/a.npz
    cp good.h5 b.csv
    fails 73 "cannot create 'b.csv': it is an HDF5 file, which would be lost; name another" mi-export good.h5 -o b.csv
    [ -c /dev/full ] || skip "no /dev/full here"
    fails 74 "cannot write '/dev/full': No space left on device" mi-export good.h5 --format csv -o /dev/full
}

@test "arrays do not go to a terminal" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    run script -qec "mi-export --format npz good.h5" /dev/null
    same "$status" 2
    [[ $output == "mi-export: standard output is a terminal, which arrays are not for; give -o FILE or pipe them"* ]]
}

@test "round trips through NumPy and h5py are exact, for each type, byte order and order of the axes" {
    /usr/bin/python3 -c 'import numpy, h5py' 2>/dev/null || skip "no NumPy or h5py here"
    cat >trip.py <<'EOF'
import subprocess, sys
import h5py, numpy as np

def run(*args):
    subprocess.run(args, check=True, stderr=subprocess.DEVNULL)

rng = np.random.default_rng(1)
words = np.array(["kät", "dog", "", "猫"])[np.arange(30) % 4]
for t in "<f2 >f2 <f4 >f4 <f8 >f8 i1 <i2 >i2 <i4 >i4 <i8 >i8 u1 <u2 >u2 <u4 >u4 <u8 >u8 ?".split():
    bits = rng.integers(0, 256, 30 * 2 * 3 * np.dtype(t).itemsize, "u1").tobytes()
    a = np.frombuffer(bits, t).reshape(30, 2, 3) if t != "?" else rng.random((30, 2, 3)) < 0.5
    if a.dtype.kind == "f":
        a = np.where(np.isfinite(a), a, np.array(-0.0, t)).astype(t)  # any finite number, the smallest too
    for order in "CF":
        np.save("a.npy", np.array(a, order=order))
        np.save("y.npy", words)
        run("mi-import", "z1=a.npy", "y=y.npy", "-o", "a.h5")
        with h5py.File("a.h5") as f:
            assert f["z1"].dtype == a.dtype.newbyteorder("<") and np.array_equal(f["z1"][...], a), (t, order, "h5py")
            assert list(f["y"].asstr()[...]) == list(words)
        run("mi-export", "--of", "z1", "a.h5", "-o", "b.npy")
        run("mi-export", "a.h5", "-o", "b.npz")
        run("mi-export", "a.h5", "-o", "b.csv")
        z = np.load("b.npz")
        for b in np.load("b.npy"), z["z1"]:
            assert b.dtype == a.dtype.newbyteorder("<") and b.shape == a.shape, (t, order)
            assert b.tobytes() == a.astype(b.dtype).tobytes(), (t, order)
        assert list(z["y"]) == list(words)
        text = np.genfromtxt("b.csv", delimiter=",", skip_header=1, usecols=range(6), dtype=a.dtype if t != "?" else "i4")
        assert np.array_equal(text.reshape(a.shape), a), (t, order, "csv")
EOF
    /usr/bin/python3 trip.py
}
