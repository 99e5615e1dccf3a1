#!/usr/bin/python3
"""Makes the files of odd/ and broken/, and the tables odd.tsv and broken.tsv, which say what must come of each.

Run by hand, in this directory: python3 make.py. The files here were made by Python 3.11, NumPy 1.24.2, SciPy 1.10.1 and
h5py 3.7.0 of Debian 12. What is written with format.write_array or savez is theirs byte by byte; `raw` marks headers that
were written by hand after numpy/lib/format.py, as other programs and older versions write them.

odd.tsv: address, type and axes, values in the order of C (text with | between).
broken.tsv: address, exit code, message.
"""
import io
import struct
import zipfile

import h5py
import numpy as np
import scipy.io

odd, broken = [], []
ramp = 10.0 * np.arange(6)[:, None] + np.arange(4)  # element i,k is 10 i + k


def name_of(a):
    return {"f": "f", "i": "i", "u": "u"}.get(a.dtype.kind, "?") + str(8 * a.dtype.itemsize)


def expect(address, a, elem=None):
    a = np.asarray(a)
    if a.dtype.kind in "US":
        elem, values = "str", "|".join(x.decode() if isinstance(x, bytes) else x for x in a.ravel())
    else:
        elem = elem or ("bool" if a.dtype.kind == "b" else name_of(a))
        values = " ".join("%.17g" % x for x in a.ravel())
    odd.append(f"{address}\t{elem}[{','.join(map(str, a.shape))}]\t{values}")


def put(path, data):
    with open(path, "wb") as f:
        f.write(data)


def npy(a, version=(1, 0)):
    out = io.BytesIO()
    np.lib.format.write_array(out, a, version=version, allow_pickle=True)
    return out.getvalue()


def save(name, a, version=(1, 0), want=None, elem=None):
    put(f"odd/{name}.npy", npy(a, version))
    expect(f"odd/{name}.npy", a if want is None else want, elem)


def raw(text, data, version=1):
    text = text.encode() if isinstance(text, str) else text
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + data


def fails(name, data, message, code=65, part=""):
    put(f"broken/{name}", data)
    broken.append(f"broken/{name}{part}\t{code}\t{message}")


# ---- .npy: types, byte orders, orders of the axes, versions of the format ----
for t in "<f2 >f2 <f4 >f4 <f8 >f8 |i1 <i2 >i2 <i4 >i4 <i8 >i8 |u1 <u2 >u2 <u4 >u4 <u8 >u8".split():
    a = ramp.astype(t)
    save(t[1:] + {"<": "", "|": "", ">": "be"}[t[0]], a)
save("bool", ramp % 2 == 1)
for t in "|i1 <f2 <f4 >f8".split():
    save("fortran-" + t[1:], np.asfortranarray(ramp.astype(t)))
save("fortran-3axes", np.asfortranarray(np.arange(36.0).reshape(6, 2, 3)))
save("fortran-text", np.asfortranarray(np.array([["a", "bb"], ["ccc", "é"]])))
save("fortran-one-row", np.asfortranarray(ramp[:1]))
save("fortran-one-column", np.asfortranarray(ramp[:, :1]))
save("version2", ramp, (2, 0))
save("version3", ramp, (3, 0))
save("one-axis", np.arange(5.0))
save("eight-axes", np.arange(6.0).reshape(3, 1, 1, 2, 1, 1, 1, 1))
save("no-rows", np.zeros((0, 4)))
save("no-columns", np.zeros((4, 0)))
save("largest", np.array([2**63 - 1, -(2**63)], "i8"), want=np.array([2**63 - 1, -(2**63)]))
save("unsigned", np.array([2**64 - 1, 0], "u8"))
save("special-f8", np.array([np.inf, -np.inf, 5e-324, -0.0, 1.7976931348623157e308]))
save("special-f2", np.array([np.inf, 6e-8, 65504, -0.0], "f2"))
save("text", np.array(["cat", "dög", "", "猫", "𝔘x"]))
save("text-be", np.array(["cat", "dög"]).astype(">U3"))
save("text-empty", np.array(["", ""]), want=np.array(["", ""]))
save("bytes", np.array([b"cat", b"do", b""]))
bits = (ramp.astype("f4").view("u4") >> 16).astype("u2")
save("bfloat16", bits.view("V2"), want=(bits.astype("u4") << 16).view("f4"), elem="bf16")
old = "{'descr': '<f8', 'fortran_order': False, 'shape': (6L, 4L), }"
put("odd/python2.npy", raw(old + "\n", ramp.tobytes()))
expect("odd/python2.npy", ramp)
put("odd/spaces.npy", raw('  {"shape":(6,4),"fortran_order":False ,"descr":"=f8"}', ramp.tobytes()))
expect("odd/spaces.npy", ramp)
put("odd/question.npy", raw("{'descr': '?', 'fortran_order': False, 'shape': (3,)}", b"\0\1\1"))
expect("odd/question.npy", np.array([False, True, True]))

# ---- .npz ----
np.savez("odd/plain.npz", z1=ramp, y=np.arange(6), f=np.asfortranarray(ramp))
np.savez_compressed("odd/packed.npz", z1=ramp, y=np.arange(6), f=np.asfortranarray(ramp))
for n in "plain", "packed":
    expect(f"odd/{n}.npz:z1", ramp)
    expect(f"odd/{n}.npz:z1.npy", ramp)
    expect(f"odd/{n}.npz:f", ramp)
    expect(f"odd/{n}.npz:y", np.arange(6))
np.savez("odd/single.npz", ramp)
expect("odd/single.npz", ramp)
with zipfile.ZipFile("odd/others.npz", "w") as z:
    z.writestr("README", "an entry that is no array")
    z.writestr("epoch_1/z1.npy", npy(ramp))
    z.writestr("größe.npy", npy(np.arange(3)))
expect("odd/others.npz:epoch_1/z1", ramp)
expect("odd/others.npz:größe", np.arange(3))

# ---- text ----
def text(name, data, part, a):
    put(f"odd/{name}", data.encode() if isinstance(data, str) else data)
    expect(f"odd/{name}{part}", a)


text("plain.csv", "a,b\n1,2.5\n3,4\n", "", [[1, 2.5], [3, 4.0]])
text("no-header.csv", "1,2\n3,4\n", "", [[1.0, 2], [3, 4]])
text("crlf.csv", "\ufeffa,b\r\n1,2\r\n3,4", "", [[1.0, 2], [3, 4]])
text("quoted.csv", 'id,"la ""b"" el"\r\n1,"x, y"\r\n2,"two\r\nlines"\r\n3,""\r\n4,"q""q"\r\n', ':la "b" el',
     ["x, y", "two\r\nlines", "", 'q"q'])
text("integers.csv", "y\n3\n-1\n9007199254740993\n", ":y", np.array([3, -1, 9007199254740993]))
text("columns.csv", "id,f_0,f_1,note\n7,1,2,x\n8,3,4,y\n", ":f_*", [[1.0, 2], [3, 4]])
expect("odd/columns.csv:3,1", [[2.0, 7], [4, 8]])
expect("odd/columns.csv:note", ["x", "y"])
text("pandas.csv", ",a,b\n0,1,2\n1,3,4\n", "", [[1.0, 2], [3, 4]])
text("pandas-unnamed.csv", ",0,1,2\n0,1,2,5\n1,3,4,6\n", "", [[1.0, 2, 5], [3, 4, 6]])
text("pandas-no-index.csv", "0,1,2\n1,2,5\n3,4,6\n", "", [[1.0, 2, 5], [3, 4, 6]])
text("semicolons.csv", "a;b\n1;2\n3;4\n", "", [[1.0, 2], [3, 4]])
text("tabs.tsv", "a\tb\n1\t 2\n3 \t4\n", "", [[1.0, 2], [3, 4]])
text("blank-end.csv", "1\n2\n\n\r\n", "", np.array([1, 2]))
text("missing.csv", "a\n1\n\"\"\nnan\n-inf\n", ":a", [1, np.nan, np.nan, -np.inf])
text("exact.csv", "x\n0.1\n1e-320\n123456789012345678\n", "", [0.1, 1e-320, 123456789012345678.0])

# ---- MATLAB ----
scipy.io.savemat("odd/matlab5.mat", {"feat": ramp, "single": ramp.astype("f4"), "cube": np.arange(36.0).reshape(6, 2, 3),
    "label": np.arange(6)[:, None] + 1.0, "flag": ramp % 2 == 1, "small": ramp.astype("u1"),
    "names": np.array(["cat", "dög", ""], dtype=object)[:, None]}, do_compression=True)
expect("odd/matlab5.mat:feat", ramp)
expect("odd/matlab5.mat:single", ramp.astype("f4"))
expect("odd/matlab5.mat:cube", np.arange(36.0).reshape(6, 2, 3))
expect("odd/matlab5.mat:label", np.arange(6)[:, None] + 1.0)
expect("odd/matlab5.mat:flag", ramp % 2 == 1)
expect("odd/matlab5.mat:small", ramp.astype("u1"))
expect("odd/matlab5.mat:names", np.array([["cat"], ["dög"], [""]]))
scipy.io.savemat("odd/matlab5-single.mat", {"feat": ramp}, do_compression=False)
expect("odd/matlab5-single.mat", ramp)
def element(kind, data):
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def matrix(kind, shape, body):
    return element(14, element(6, struct.pack("<II", kind, 0)) + element(5, struct.pack("<ii", *shape)) + body)


# As MATLAB itself writes text: 16 bits a character. `length`: what the cell claims to have.
def cell_of_text(words, length=len, errors="strict"):
    return cell_of_cells([matrix(4, (1, length(word)), element(1, b"") + element(4, word.encode("utf-16-le", errors))) for word in words])


def len_of_pairs(word):
    return len(word.encode("utf-16-le", "surrogatepass")) // 2


# Bytes that say that they are UTF-8.
def cell_of_bytes(words):
    return cell_of_cells([matrix(4, (1, len(word)), element(1, b"") + element(16, word)) for word in words])


def cell_of_cells(cells):
    head = b"MATLAB 5.0 MAT-file".ljust(116) + bytes(8) + struct.pack("<H", 0x100) + b"IM"
    return head + matrix(1, (len(cells), 1), element(1, b"names") + b"".join(cells))


integers = ("i1", "i2", "i4", "i8", "u2", "u4", "u8")
scipy.io.savemat("odd/matlab5-integers.mat", {name: ramp.astype(name) for name in integers}, do_compression=False)
for name in integers:
    expect(f"odd/matlab5-integers.mat:{name}", ramp.astype(name))
put("odd/matlab5-text.mat", cell_of_text(["cat", "dög", "日本", "x"]))
expect("odd/matlab5-text.mat:names", np.array([["cat"], ["dög"], ["日本"], ["x"]]))
# Characters beyond 16 bits are pairs; halves of pairs are none.
put("odd/matlab5-pairs.mat", cell_of_text(["a\U0001F408b", "\uD83D", "\uDC08\uD83Dx", "\uD83D\uD83D\uDC08"], len_of_pairs, "surrogatepass"))
expect("odd/matlab5-pairs.mat:names", np.array([["a\U0001F408b"], ["\uFFFD"], ["\uFFFD\uFFFDx"], ["\uFFFD\U0001F408"]]))
put("odd/matlab5-bytes.mat", cell_of_bytes([b"cat", b"d\xc3\xb6g", b"\xff\xc3", b"\xf0\x9f\x90\x88"]))
expect("odd/matlab5-bytes.mat:names", np.array([["cat"], ["dög"], ["\uFFFD\uFFFD"], ["\U0001F408"]]))
with h5py.File("odd/matlab73.mat", "w", userblock_size=512) as f:
    for n, a in ("feat", ramp), ("cube", np.arange(36.0).reshape(6, 2, 3)):
        f.create_dataset(n, data=np.ascontiguousarray(a.T)).attrs["MATLAB_class"] = np.string_(b"double")
with open("odd/matlab73.mat", "r+b") as f:
    f.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64 HDF5 schema 1.00 .".ljust(124) + b"\0\2IM")
expect("odd/matlab73.mat:feat", ramp)
expect("odd/matlab73.mat:cube", np.arange(36.0).reshape(6, 2, 3))

# ---- HDF5 ----
with h5py.File("odd/data.h5", "w") as f:
    f["deep/feat"] = ramp.astype(">f4")
    f["half"] = ramp.astype("f2")
    f["bool"] = ramp % 2 == 1
    f["opaque"] = bits.view("V2")
    f["words"] = ["cat", "dög", ""]
    f["fixed"] = np.array([b"cat", b"do"])
    f.create_dataset("packed", data=ramp, chunks=(2, 3), compression="gzip", shuffle=True)
    for k in range(4):
        f[f"rows/P{k}"] = ramp[k].astype("f4")
expect("odd/data.h5:deep/feat", ramp.astype("f4"))
expect("odd/data.h5:/half", ramp.astype("f2"))
expect("odd/data.h5:bool", ramp % 2 == 1)
expect("odd/data.h5:opaque", (bits.astype("u4") << 16).view("f4"), "bf16")
expect("odd/data.h5:words", ["cat", "dög", ""])
expect("odd/data.h5:fixed", ["cat", "do"])
expect("odd/data.h5:packed", ramp)
expect("odd/data.h5:rows/*", ramp[:4].astype("f4"))
expect("odd/data.h5:rows/P[13]", ramp[[1, 3]].astype("f4"))

# ---- broken: .npy ----
whole = npy(ramp)
fails("cut.npy", whole[:-1], "truncated: has 319 bytes, its header says 320")
fails("cut-header.npy", whole[:50], "truncated: ends after 50 bytes")
fails("cut-magic.npy", whole[:7], "truncated: ends after 7 bytes")
fails("version4.npy", whole[:6] + b"\4" + whole[7:], "version 4.0 of NumPy's format, wanted 1.0 to 3.0")
fails("long-header.npy", b"\x93NUMPY\2\0\xff\xff\xff\x7f", "damaged: a header of 2147483647 bytes")
fails("no-dict.npy", raw("[1, 2]", b""), "damaged: its header has '[1, 2]' where it should not")
fails("no-shape.npy", raw("{'descr': '<f8', 'fortran_order': False}", b""), "damaged: its header lacks 'shape'")
fails("no-descr.npy", raw("{'fortran_order': False, 'shape': (2,)}", b""), "damaged: its header lacks 'descr'")
fails("other-key.npy", raw("{'descr': '<f8', 'more': 1}", b""), "damaged: its header has ''more': 1}' where it should not")
fails("negative.npy", raw("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}", b""),
      "damaged: its header has '-2,)}' where it should not")
fails("huge.npy", raw("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807)}", b""),
      "damaged: more elements than memory can hold")
fails("nine-axes.npy", npy(np.zeros((1,) * 9)), "more than 8 axes")
fails("scalar.npy", npy(np.array(1.0)), "a scalar, wanted a value a row")
fails("objects.npy", npy(np.array([{}], dtype=object)),
      "Python objects (pickled) ('|O'), wanted numbers or text; save numbers, or strings by np.save(FILE, a.astype(str))")
fails("complex.npy", npy(np.zeros(2, "c8")),
      "complex numbers ('<c8'), wanted numbers or text; save a.real and a.imag beside each other")
fails("long-double.npy", npy(np.zeros(2, "longdouble")), "long doubles ('<f16'), wanted numbers or text; save a.astype('f8')")
fails("dates.npy", npy(np.zeros(2, "M8[D]")), "dates ('<M8[D]'), wanted numbers or text; save a.astype('i8')")
fails("records.npy", npy(np.zeros(2, [("a", "f4"), ("b", "i4")])),
      "a structured array, wanted one number an element; save a field of it: np.save(FILE, a['FIELD'])")
fails("void.npy", npy(np.zeros(2, "V5")),
      "type '|V5', wanted floats of 16, 32 or 64 bits, integers, booleans or text")
fails("part.npy", whole, "one array without a name, 'z1' is none of it", part=":z1")

# ---- broken: .npz ----
def archive(compression, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as z:
        z.writestr("z1.npy", data)
    return out.getvalue()


stored = archive(zipfile.ZIP_STORED, whole)
fails("several.npz", open("odd/plain.npz", "rb").read(),
      "3 arrays, wanted one: name it behind a colon; it holds z1, y, f")
fails("no-part.npz", open("odd/plain.npz", "rb").read(), "no array 'q'; it holds z1, y, f", part=":q")
fails("flipped.npz", stored.replace(ramp.tobytes(), (ramp + 1).tobytes()), "damaged: CRC error")
fails("cut-entry.npz", archive(zipfile.ZIP_DEFLATED, whole[:-8]), "truncated: has 312 bytes, its header says 320")
fails("no-arrays.npz", archive(zipfile.ZIP_STORED, b"").replace(b"z1.npy", b"z1.txt"),
      "0 arrays; it holds nothing that could be read")
fails("not-npy.npz", archive(zipfile.ZIP_STORED, b"no array at all"),
      "no NumPy array, which begins with \\x93NUMPY")

# ---- broken: text ----
fails("ragged.csv", b"a,b\n1,2\n3\n", "line 3: 1 cells, wanted 2 as in the first")
fails("open-quote.csv", b'a\n"never closed\n', "line 2: a quote is not closed")
fails("behind-quote.csv", b'a,b\n"x"y,2\n', "line 2: 'y' behind a closing quote, wanted the next cell")
fails("words.csv", b"a,b\n1,2\n3,four\n",
      "line 3, column 'b': 'four' is not a number; text can be one column alone; name the columns of numbers behind a colon")
fails("spaces.csv", b"1.5 2.5,x\n3.5 4.5,y\n",
      "line 2, column '1.5 2.5': '3.5 4.5' is not a number; text can be one column alone; name the columns of numbers "
      "behind a colon, and separate them by commas")
fails("blank.csv", b"1\n\n2\n", "line 2 is empty")
fails("zero.csv", b"a\n1\n" + b"9" * 2000 + b"\0\n", "line 3: a zero byte, wanted text")
fails("no-column.csv", b"a,b\n1,2\n", "no column 'c'; it holds a, b", part=":c")
fails("no-number.csv", b"1,2\n3,4\n",
      "no column '3': its first line is data, not names, of 2 columns; name them by numbers", part=":3")
fails("empty.csv", b"", "empty")

# ---- broken: others ----
# What is said of it depends on libmatio, whose later versions find some text there.
put("broken/long-text.mat", cell_of_text(["cat"], lambda word: 100000))
fails("cut.mat", open("odd/matlab5-single.mat", "rb").read()[:150], "0 variables, wanted one: name it behind a colon; it holds nothing that could be read")
fails("struct.mat", (lambda b: (scipy.io.savemat(b, {"s": {"a": 1.0}}), b.getvalue())[1])(io.BytesIO()),
      "no array of real numbers and no cell array of text; full(x) and cellstr(x) make such")
fails("several.mat", open("odd/matlab5.mat", "rb").read(),
      "7 variables, wanted one: name it behind a colon; it holds feat, single, cube, label, flag, small, names")
fails("no-variable.mat", open("odd/matlab5-single.mat", "rb").read(), "no variable 'q'; it holds feat", part=":q")
data = open("odd/data.h5", "rb").read()
fails("several.h5", data, "11 datasets, wanted one: name it behind a colon; it holds bool, deep/feat, fixed, half, opaque, "
      "packed, rows/P0, rows/P1 and 3 more")
fails("no-dataset.h5", data, "no dataset 'deep'; it holds bool, deep/feat, fixed, half, opaque, packed, rows/P0, rows/P1 "
      "and 3 more", part=":deep")
fails("no-rows.h5", data, "no dataset 'rows/Q*'; it holds bool, deep/feat, fixed, half, opaque, packed, rows/P0, rows/P1 "
      "and 3 more", part=":rows/Q*")
with h5py.File("broken/others.h5", "w") as f:
    f["compound"] = np.zeros(2, [("a", "f4")])
    f["scalar"] = 1.0
    f["packed"] = np.arange(3, dtype="i2")
    f["packed"].attrs["scale_factor"] = 0.5
    f["rows/A"], f["rows/B"] = np.zeros(4, "f4"), np.zeros(5, "f4")
broken += ["broken/others.h5:compound\t65\tits type is no number and no text",
           "broken/others.h5:scalar\t65\ta scalar, wanted a value a row",
           "broken/others.h5:packed\t65\tits values are packed, or some are missing (attribute 'scale_factor'); transform "
           "map z1=PATH reads such files",
           "broken/others.h5:rows/*\t65\t'B' is f32[5], wanted f32[4] as 'A'; every dataset becomes a row"]
fails("packed.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0", "a packed file; unpack it first")
fails("pointer.npy", b"version https://git-lfs.github.com/spec/v1\noid sha256:9f2c1d\nsize 1048704\n", "a Git LFS pointer; git lfs pull fetches the file")
fails("noise.bin", b"\x7fELF\1\2\3\4", "data of an unknown kind, which begins with 7f 45 4c 46 01 02 03 04")

open("odd.tsv", "w").write("\n".join(x.replace("\r", "\\r").replace("\n", "\\n") for x in odd) + "\n")
open("broken.tsv", "w").write("\n".join(broken) + "\n")
