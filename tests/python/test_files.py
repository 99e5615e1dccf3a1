"""Feature files that libmi writes are whole, hold what they were given, and are what the tools read; tables come back."""

import math
import os
import stat
import sys
import unittest.mock

from common import Case, features, needs, np, rows, tool

import libmi

h5py = needs("h5py")


class Save(Case):
    def setUp(self):
        super().setUp()
        self.z1, self.z2, self.r, self.y = features()
        self.set = {"z1": self.z1, "z2": self.z2, "r": self.r, "y": self.y}

    def test_what_comes_back(self):
        libmi.save("run.h5", "epoch_010", **self.set, epoch=10, accuracy=np.float32(0.5), method="simclr", frozen=True)
        with h5py.File("run.h5") as f:
            for name, a in self.set.items():
                self.assertEqual(f["epoch_010"][name].dtype, a.dtype)
                self.assertTrue(np.array_equal(f["epoch_010"][name][:], a))
            attrs = dict(f["epoch_010"].attrs)
        self.assertEqual(attrs, {"epoch": 10, "accuracy": 0.5, "method": b"simclr", "frozen": 1})
        (row,) = rows(tool("mi-ls", "run.h5"))
        self.assertEqual((row["group"], row["epoch"], row["views_max"], row["classes"]), ("/epoch_010", "10", "2", "4"))

    def test_types(self):
        for kind in ("f2", "f4", "f8", ">f4"):
            libmi.save("t.h5", kind.strip(">"), z1=self.z1.astype(kind))
        libmi.save("t.h5", "text", z1=self.z1, y=[f"class {k}" for k in self.y])
        libmi.save("t.h5", "objects", z1=self.z1, y=np.array([f"{k}ö" for k in self.y], object))
        libmi.save("t.h5", "image", z1=self.z1.reshape(200, 3, 2, 2)[:, :, ::-1])
        with h5py.File("t.h5") as f:
            self.assertEqual([f[k]["z1"].dtype for k in ("f2", "f4", "f8")], ["f2", "f4", "f8"])
            self.assertEqual(f["text"]["y"][3], b"class 3")
            self.assertEqual(f["objects"]["y"][3].decode(), "3ö")
            self.assertTrue(np.array_equal(f["image"]["z1"][:], self.z1.reshape(200, 3, 2, 2)[:, :, ::-1]))

    def test_again_replaces_what_is_given(self):
        libmi.save("run.h5", "a", **self.set, epoch=1, note="first")
        libmi.save("run.h5", "b", **self.set)
        libmi.save("run.h5", "a", z1=2 * self.z1, epoch=2)
        with h5py.File("run.h5") as f:
            self.assertTrue(np.array_equal(f["a/z1"][:], 2 * self.z1))
            self.assertTrue(np.array_equal(f["a/z2"][:], self.z2))
            self.assertTrue(np.array_equal(f["b/z1"][:], self.z1))
            self.assertEqual(dict(f["a"].attrs), {"epoch": 2, "note": b"first"})
            self.assertEqual(f.attrs["history"].decode().count("\n"), 2)

    def test_shared_members_at_the_root(self):
        libmi.save("run.h5", r=self.r, y=self.y, dataset="toy")
        for epoch in (0, 1):
            libmi.save("run.h5", f"epoch_{epoch}", z1=self.z1, z2=self.z2)
        table = rows(tool("mi-bounds", "run.h5"))
        self.assertEqual([row["dataset"] for row in table], ["toy", "toy"])
        self.assertEqual(table[0]["lower"], format(libmi.bounds(**self.set).lower, ".9g"))

    def test_a_failure_leaves_the_file(self):
        libmi.save("run.h5", "a", **self.set)
        with open("run.h5", "rb") as f:
            before = f.read()
        z = self.z1.copy()
        z[7, 3] = np.inf
        nan = "z1: row 7 has NaN or infinity (1 of 200 rows do), wanted finite numbers; x[numpy.isfinite(x).all(axis=1)] leaves them out"
        self.says(nan, libmi.save, "run.h5", "b", z1=z, error=libmi.DataError)
        self.says("z2 has 199 rows, z1 has 200: wanted as many", libmi.save, "run.h5", "b", z1=self.z1, z2=self.z2[1:])
        self.says("run.h5:/a: z2 has 200 rows there, what comes has 100", libmi.save, "run.h5", "a", z1=self.z1[:100])
        self.says("nothing to save, wanted such as z1=features", libmi.save, "run.h5")
        self.says("attribute a is list, wanted a number or text", libmi.save, "run.h5", "b", z1=z, a=[1])
        self.says(
            "'history' is where the library writes what was done, wanted another name",
            libmi.save, "run.h5", "b", z1=z, history="x",
        )  # fmt: skip
        self.says("z1 is one value, wanted n rows", libmi.save, "run.h5", z1=np.float32(1))
        with open("run.h5", "rb") as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(os.listdir(), ["run.h5"])

    def test_files_that_cannot_be(self):
        said = "cannot create '/nowhere/run.h5': No such file or directory"
        self.says(said, libmi.save, "/nowhere/run.h5", z1=self.z1, error=OSError)
        with open("other", "w") as f:
            f.write("no HDF5 here " * 100)
        with self.assertRaises(libmi.DataError) as caught:
            libmi.save("other", z1=self.z1)
        self.assertTrue(str(caught.exception).startswith("cannot write into 'other': "), caught.exception)

    def test_mode_and_path_objects(self):
        import pathlib

        libmi.save(pathlib.Path("run.h5"), "a", z1=self.z1)
        os.chmod("run.h5", 0o600)
        libmi.save(pathlib.Path("run.h5"), "b", z1=self.z1)
        self.assertEqual(stat.S_IMODE(os.stat("run.h5").st_mode), 0o600)

    def test_integers_as_features_are_warned_of(self):
        with self.assertWarnsRegex(UserWarning, "a row of integers is one symbol"):
            libmi.save("run.h5", z1=np.stack([self.r, self.y], 1))


class Read(Case):
    def setUp(self):
        super().setUp()
        z1, z2, r, y = features()
        libmi.save("run.h5", "epoch_1", z1=z1, z2=z2, r=r, y=y, name="a\tb", run="1_000")
        self.table = tool("mi-bounds", "--se", "run.h5")
        with open("t.tsv", "w") as f:
            f.write(self.table)

    def plainly(self, *arguments):
        """Read as if there were no pandas."""
        with unittest.mock.patch.dict(sys.modules, {"pandas": None}):
            return libmi.read(*arguments)

    def test_columns(self):
        t = self.plainly("t.tsv")
        (row,) = rows(self.table)
        self.assertIsInstance(t, libmi.Table)
        self.assertEqual((t.rows, list(t)), (1, list(row)))
        self.assertEqual(t["n"].dtype.kind, "i")
        self.assertEqual(t["lower"][0], float(row["lower"]))
        self.assertTrue(math.isnan(t["batch"][0]))
        self.assertEqual(t["route"], ["tiles"])
        self.assertEqual(t["name"], ["a\tb"])
        self.assertEqual(t["run"], ["1_000"])
        self.assertEqual([r["group"] for r in t.records()], ["/epoch_1"])
        self.assertIn("1 rows of file, group", repr(t))

    def test_formats_are_one_table(self):
        wanted = self.plainly("t.tsv")
        with open("t.json", "w") as f:
            f.write(tool("mi-bounds", "--se", "--json", "run.h5"))
        t = self.plainly("t.json")
        for name in ("lower", "n", "route", "upper_se"):
            self.assertEqual(list(t[name]), list(wanted[name]))
        with open("t.tsv") as f:
            self.assertEqual(list(self.plainly(f)["lower"]), list(wanted["lower"]))

    def test_pandas(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("pandas is missing")
        t = libmi.read("t.tsv")
        self.assertIsInstance(t, pandas.DataFrame)
        self.assertEqual(t.lower[0], self.plainly("t.tsv")["lower"][0])

    def test_what_is_no_table(self):
        import io

        self.says("cannot open 'none.tsv': No such file or directory", libmi.read, "none.tsv", error=OSError)
        self.says(
            "-: empty input, wanted a table with a header line", libmi.read, io.StringIO(""), error=libmi.DataError
        )
        with open("bad.tsv", "w") as f:
            f.write("a\tb\n1\n")
        with self.assertRaisesRegex(libmi.DataError, "^bad.tsv: line 2"):
            libmi.read("bad.tsv")
