"""What libmi computes of arrays is what the tools compute of the same features in a file, to the last digit."""

import inspect
import math

from common import SOURCE, Case, features, np, python, rows, tool

import libmi

CONSTANTS = ("file", "group", "epoch", "kernel_asked")


class Values(Case):
    def setUp(self):
        super().setUp()
        self.z1, self.z2, self.r, self.y = features()
        libmi.save("f.h5", z1=self.z1, z2=self.z2, r=self.r, y=self.y)

    def same_row(self, words, b):
        """Each cell of mi-bounds is that of the result, as the tool prints it."""
        (row,) = rows(tool("mi-bounds", "--se", "--decompose", *words, "f.h5"))
        mine = {k: format(v, ".9g") if isinstance(v, float) else str(v) for k, v in b.row().items()}
        self.assertEqual(mine, {k: v for k, v in row.items() if k not in CONSTANTS and k in mine})
        self.assertEqual(set(row) - set(mine), set(CONSTANTS) & set(row))

    def bounds(self, **options):
        return libmi.bounds(self.z1, self.z2, self.r, self.y, **options)

    def test_bounds_at_order_2(self):
        self.same_row([], self.bounds())

    def test_weights(self):
        w = 0.5 + np.arange(len(self.z1)) % 3
        libmi.save("w.h5", z1=self.z1, z2=self.z2, r=self.r, y=self.y, w=w)
        for alpha in 1, 2:
            b = self.bounds(alpha=alpha, w=w, r_kind="id", se=True)
            (row,) = rows(tool("mi-bounds", "--weights", "--se", "--r", "id", "--alpha", str(alpha), "w.h5"))
            for name in "I_Z1_Z2", "lower", "upper":
                self.assertEqual(format(b.value[name], ".9g"), row[name])
                self.assertEqual(format(b.se[name], ".9g"), row[name + "_se"])
            self.assertNotAlmostEqual(b.lower, self.bounds(alpha=alpha, r_kind="id").lower, 4)
        self.assertAlmostEqual(libmi.entropy(self.z1, w=[7] * len(self.z1)), libmi.entropy(self.z1), 6)
        once = libmi.information("z1:y", z1=self.z1, y=self.y, w=w)
        self.assertAlmostEqual(once, libmi.information("z1:y", z1=self.z1, y=self.y, w=100 * w[:, None]), 12)
        w[5] = 0
        with self.assertRaisesRegex(libmi.DataError, "^w: row 5 is 0, wanted a weight above 0$"):
            libmi.entropy(self.z1, w=w)
        with self.assertRaisesRegex(libmi.UsageError, r"^w is <U1 of the shape \(1,\), wanted one number a row$"):
            libmi.entropy(self.z1, w=["a"])
        with self.assertRaisesRegex(libmi.UsageError, "^w has 3 rows, z1 has .*: wanted as many$"):
            libmi.entropy(self.z1, w=[1, 2, 3])

    def test_bounds_at_other_orders(self):
        for alpha, text in ((1, "1"), (0.5, "0.5"), (math.inf, "inf"), (3, "3")):
            with self.subTest(alpha=alpha):
                self.same_row(["--alpha", text], self.bounds(alpha=alpha))

    def test_bounds_with_options(self):
        cases = (
            (["--kernel", "gaussian:median"], {"kernel": "gaussian:median"}),
            (["--kernel", "z1=gaussian:2,z2=linear"], {"kernel": {"z1": "gaussian:2", "z2": "linear"}}),
            (["--r", "id"], {"r_kind": "id"}),
            (["--estimator", "u"], {"estimator": "u"}),
            (["--i-z1-r", "infonce:0.1"], {"i_z1_r": "infonce:0.1"}),
            (["--batch", "20"], {"batch": 20}),
            (["--batch", "20", "--seed", "7"], {"batch": 20, "seed": 7}),
            (["--base", "2"], {"base": 2}),
            (["--zero-rows", "drop"], {"drop_zero_rows": True}),
            (["--preset", "released", "--batch", "50"], {"preset": "released", "batch": 50}),
            (["--threads", "1"], {"threads": 1}),
            (["--route", "dense"], {"route": "dense"}),
        )
        for words, options in cases:
            with self.subTest(words=words):
                self.same_row(words, self.bounds(**options))

    def test_double_precision(self):
        self.z1, self.z2 = self.z1.astype("f8"), self.z2.astype("f8")
        libmi.save("f.h5", z1=self.z1, z2=self.z2)
        self.same_row([], self.bounds())

    def test_a_sample_of_a_real_training(self):
        try:
            import h5py
        except ImportError:
            self.skipTest("h5py is missing")
        path = f"{SOURCE}/datasets/samples/final-barlow.h5"
        with h5py.File(path) as f:
            z1, z2 = (f["epoch_006"][m][:].astype("f4") for m in ("z1", "z2"))
            b = libmi.bounds(z1, z2, f["r"][:], f["y"][:])
        (row,) = rows(tool("mi-bounds", "--se", "--decompose", path))
        for name, value in b.value.items():
            self.assertEqual(format(value, ".9g"), row[name], name)

    def test_a_target(self):
        target = self.z2[:, :2] * 3
        libmi.save("f.h5", r=target)
        b = libmi.bounds(self.z1, self.z2, target, self.y)
        self.assertEqual(b.r_kind, "target")
        self.same_row([], b)

    def test_several_orders_are_a_list(self):
        two = self.bounds(alpha=[1, 2])
        self.assertEqual([b.alpha for b in two], [1, 2])
        self.assertEqual(two[1].value["lower"], self.bounds().lower)

    def test_information(self):
        for of in ("z1:z2", "z1:z2|y", "z1:r", "z1+z2:y", "z1:z2:y"):
            with self.subTest(of=of):
                (row,) = rows(tool("mi-mutual", "--se", "--of", of, "f.h5"))
                e = libmi.information(of, z1=self.z1, z2=self.z2, r=self.r, y=self.y, se=True)
                self.assertEqual(format(e.value, ".9g"), row["I"])
                self.assertEqual(format(e.se, ".9g"), row["I_se"])
                self.assertEqual(format(e.degrees, ".9g"), row["degrees"])
                plain = libmi.information(of, z1=self.z1, z2=self.z2, r=self.r, y=self.y)
                self.assertEqual(plain, e.value)

    def test_entropy(self):
        for of, alpha in (("z1", 2), ("z1", 1), ("z1+z2", 0.5), ("z1|y", 2), ("y", math.inf)):
            with self.subTest(of=of, alpha=alpha):
                (row,) = rows(tool("mi-entropy", "--alpha", str(alpha), "--of", of, "f.h5"))
                h = libmi.entropy(of, alpha, z1=self.z1, z2=self.z2, y=self.y)
                self.assertEqual(format(h, ".9g"), row["S"])
        self.assertEqual(libmi.entropy(self.z1), libmi.entropy("z1", z1=self.z1))
        self.assertEqual(libmi.entropy(self.y), libmi.entropy("y", y=self.y))
        self.assertAlmostEqual(libmi.entropy(["a", "b", "a", "b"]), math.log(2), 12)
        self.assertAlmostEqual(libmi.entropy(np.eye(8)), math.log(8), 12)

    def test_labels_of_any_kind(self):
        wanted = self.bounds().value
        for y in (self.y.astype("u1"), self.y.astype("f4"), [f"class {k}" for k in self.y], self.y[:, None] + 2**40):
            with self.subTest(y=type(y)):
                self.assertEqual(libmi.bounds(self.z1, self.z2, self.r, y).value, wanted)

    def test_without_r_and_y(self):
        b = libmi.bounds(self.z1, self.z2)
        self.assertTrue(math.isnan(b.lower) and math.isnan(b.I_Y_Z1) and math.isnan(b.instances))
        self.assertEqual(b.I_Z1_Z2, self.bounds().I_Z1_Z2)


class Results(Case):
    def setUp(self):
        super().setUp()
        self.z1, self.z2, self.r, self.y = features()
        self.b = libmi.bounds(self.z1, self.z2, self.r, self.y)

    def test_fields_are_the_terms_of_the_library(self):
        fields = [n for n, t in inspect.get_annotations(libmi.Bounds).items() if t == "float"]
        self.assertEqual(fields, list(self.b.value))
        self.assertEqual(self.b.lower, self.b.value["lower"])
        self.assertEqual((self.b.n, self.b.instances, self.b.d1, self.b.classes), (200, 100, 12, 4))
        self.assertIn("I_Z1_Z2", dir(self.b))
        with self.assertRaisesRegex(AttributeError, "bounds without 'nothing'"):
            self.b.nothing

    def test_plain_bounds_say_what_adds_the_rest(self):
        plain = libmi.bounds(self.z1, self.z2, self.r, self.y, decompose=False, se=False)
        self.assertEqual(plain.lower, self.b.lower)
        self.assertTrue(math.isnan(plain.se["lower"]))
        with self.assertRaisesRegex(AttributeError, "decompose=True adds it"):
            plain.slack_lower
        self.assertIn("bounds(..., decompose=True) adds it", str(self.assertRaises_(plain.validate)))

    def assertRaises_(self, function):
        with self.assertRaises(libmi.DataError) as caught:
            function()
        return caught.exception

    def test_interval(self):
        lo, hi = self.b.interval("lower", 0.9)
        self.assertAlmostEqual((lo + hi) / 2, self.b.lower, 12)
        self.assertAlmostEqual((hi - lo) / 2 / self.b.se["lower"], 1.6604, 3)  # t, 99 degrees

    def test_verdicts_are_those_of_mi_validate(self):
        libmi.save("f.h5", z1=self.z1, z2=self.z2, r=self.r, y=self.y)
        table = tool("mi-bounds", "--se", "--decompose", "--digits", "17", "f.h5")
        import subprocess

        from common import TOOLS

        done = subprocess.run(
            [f"{TOOLS}/mi-validate", "--text"], input=table, capture_output=True, text=True, check=False
        )
        report = done.stdout.replace("f.h5:/", "memory:/")
        for said, here in (
            ("mi-bounds --permutations 999", "bounds(..., permutations=999)"),
            ("mi-bounds --permutations", "permutations=999"),
            ("mi-transform --center z1,z2", "z - z.mean(axis=0)"),
            ("--alpha 1", "alpha=1"),
        ):
            report = report.replace(said, here)
        v = self.b.validate()
        self.assertEqual(str(v).strip(), report.strip())
        self.assertEqual(done.returncode, v.verdict == "fails")
        self.assertEqual(v["slack_lower"].statement, "lower <= I(Y;Z1)")
        self.assertEqual(v["slack_lower"].value, self.b.slack_lower)
        self.assertIn(v["slack_upper"].verdict, ("holds", "fails", "undecided"))
        with self.assertRaisesRegex(KeyError, "no check 'x'"):
            v["x"]
        self.says("level 2 of intervals, wanted between 0 and 1", self.b.validate, 2, error=libmi.UsageError)

    def test_noise_is_no_evidence(self):
        rng = np.random.default_rng(3)
        z1, z2 = rng.normal(size=(200, 8)), rng.normal(size=(200, 4))
        b = libmi.bounds(z1, z2, np.arange(200) // 2, rng.integers(4, size=200), permutations=99)
        v = b.validate()
        self.assertEqual((v["slack_lower"].verdict, v["slack_upper"].verdict), ("holds", "holds"))
        self.assertEqual(v["chance_Y_Z1"].verdict, "undecided")
        self.assertEqual(v["chance_Y_Z1"].note, f"p = {b.p['I_Y_Z1']:.2g} of 99 pairings")
        self.assertIn("not told from chance: I(Z1;R), I(Z1;Z2), I(R;Y), I(Y;Z1), I(Y;Z2); a statement", v.conclusion)
        self.assertGreater(b.p["I_Z1_Z2"], 0.05)
        unknown = libmi.bounds(z1, z2, np.arange(200) // 2, rng.integers(4, size=200)).validate()
        self.assertIn("not told from chance: I(Z1;Z2); a statement", unknown.conclusion)

    def test_chance_levels_are_those_of_mi_bounds(self):
        libmi.save("f.h5", z1=self.z1, z2=self.z2, r=self.r, y=self.y)
        b = libmi.bounds(self.z1, self.z2, self.r, self.y, permutations=20)
        row = dict(
            zip(
                *(
                    line.split("\t")
                    for line in tool("mi-bounds", "--permutations", "20", "--digits", "17", "f.h5").splitlines()
                )
            )
        )
        for term in ("I_Z1_R", "I_Z1_Z2", "I_R_Y", "I_Y_Z1", "I_Y_Z2"):
            self.assertEqual(b.null[term], float(row[f"{term}_null"]))
            self.assertEqual(b.null_sd[term], float(row[f"{term}_null_sd"]))
            self.assertEqual(b.p[term], float(row[f"{term}_p"]))
        self.assertEqual(sorted(libmi.bounds(self.z1, self.z2).null), ["I_Z1_Z2"])

    def test_shown(self):
        self.assertRegex(
            repr(self.b), r"^Bounds\(lower [-\d.]+ \+- [\d.]+, I\(Y;Z1\) .*n=200, alpha=2, r_kind=positive\)$"
        )
        html = self.b._repr_html_()
        self.assertIn("I(Y;Z2|Z1)", html)
        self.assertIn("in nats", html)
        self.assertIn("<p>", self.b.validate()._repr_html_())
        self.assertIn("in bits", libmi.bounds(self.z1, self.z2, base=2)._repr_html_())

    def test_documentation_runs(self):
        import doctest

        import libmi._estimate

        self.assertEqual(doctest.testmod(libmi._estimate).failed, 0)
        for name in ("entropy", "information", "bounds", "save", "read"):
            self.assertTrue(inspect.getdoc(getattr(libmi, name)))

    def test_version(self):
        self.assertEqual(libmi.__version__, tool("mi-bounds", "--version").split()[1].rstrip(","))

    def test_torch_and_pandas_are_not_loaded_by_import(self):
        self.assertEqual(
            python("import libmi, sys; print('torch' in sys.modules, 'pandas' in sys.modules)"), "False False\n"
        )
