"""Arrays are read where they lie; what cannot be read is said in a sentence."""

import math

from common import Case, features, np, python

import libmi

# Peak memory in MB before and after: SETUP makes z, of 200 MB; a first call brings in what is loaded once.
PEAK = """
import resource
import numpy as np, libmi
SETUP
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
libmi.entropy(z[:64])
before = peak()
CALL
print(peak() - before)
"""
BIG = """
z = np.empty((100000, 640), "f4")[:, :512]
few = np.random.default_rng(0).standard_normal((1000, 512), dtype="f4")
for k in range(100):
    z[1000 * k : 1000 * (k + 1)] = few
"""


class Arrays(Case):
    def grown(self, setup, call):
        return float(python(PEAK.replace("SETUP", setup).replace("CALL", call)))

    def test_no_copy_of_rows_with_gaps(self):
        self.assertLess(self.grown(BIG, "libmi.entropy(z)"), 20)
        self.assertLess(self.grown(BIG, "libmi.information('z1:y', z1=z, y=np.arange(len(z)) % 10)"), 30)

    def test_a_copy_would_be_noticed(self):
        self.assertGreater(self.grown(BIG, "libmi.entropy(z.copy())"), 190)

    def test_no_copy_of_a_tensor(self):
        try:
            import torch
        except ImportError:
            self.skipTest("torch is missing")
        del torch
        self.assertLess(self.grown("import torch\n" + BIG + "\nz = torch.from_numpy(z)", "libmi.entropy(z)"), 20)

    def test_strided_rows_give_the_same(self):
        z1, z2, r, y = features()
        wanted = libmi.bounds(z1, z2, r, y).value
        wide = np.zeros((400, 40), "f4")
        wide[::2, 3:15] = z1
        self.assertEqual(libmi.bounds(wide[::2, 3:15], z2, r, y).value, wanted)
        self.assertEqual(libmi.bounds(z1, np.asfortranarray(z2).copy("C"), r, y).value, wanted)
        image = z1.reshape(200, 3, 2, 2)
        self.assertEqual(libmi.bounds(image, z2, r, y).value, wanted)

    def test_arrays_stay_as_they_are(self):
        z1, z2, r, y = features()
        kept = z1.copy()
        z1.flags.writeable = False
        libmi.bounds(z1, z2, r, y, kernel="gaussian:median")
        self.assertTrue(np.array_equal(z1, kept))

    def test_lists_and_one_column(self):
        self.assertAlmostEqual(libmi.entropy([[1.0, 0.0], [0.0, 1.0]]), math.log(2), 12)
        self.assertGreater(libmi.entropy(np.random.default_rng(0).normal(size=50)), 0.1)  # gaussian:median


class Refused(Case):
    def setUp(self):
        super().setUp()
        self.z1, self.z2, self.r, self.y = features()

    def test_shapes(self):
        z = self.z1
        self.says("z2 has 199 rows, z1 has 200: wanted as many", libmi.bounds, z, self.z2[:-1], error=libmi.UsageError)
        self.says("y has 3 rows, z1 has 200: wanted as many", libmi.bounds, z, self.z2, y=[1, 2, 3])
        self.says("1 rows, wanted 2 or more", libmi.entropy, z[:1], error=ValueError)
        self.says("z1: rows of 0 features, wanted 1 or more", libmi.entropy, z[:, :0])
        self.says(
            "y has the shape (200, 2), wanted one value a row", libmi.bounds, z, self.z2, y=np.zeros((200, 2), int)
        )
        self.says("z1 is one number, wanted n rows of features", libmi.information, "z1:y", z1=np.float32(1), y=self.y)
        self.says("no arrays, wanted such as z1=features", libmi.information, "z1:z2")

    def test_types(self):
        z = self.z1
        half = "z1 is float16, wanted float32 or float64: z1.astype('float32') makes a copy"
        self.says(half, libmi.entropy, z.astype("f2"), error=libmi.UsageError)
        self.says(half.replace("float16", ">f4"), libmi.entropy, z.astype(">f4"))
        whole = half.replace("float16", "int64") + "; labels are y=, ids are r="
        self.says(whole, libmi.bounds, z.astype("i8"), self.z2)
        self.says(half.replace("float16", "complex64"), libmi.bounds, z.astype("c8"), self.z2)
        self.says("y: row 1 is 0.5, wanted integers, booleans or text", libmi.bounds, z, self.z2, y=np.arange(200) / 2)
        masked = "z1 is a masked array, wanted one without a mask: leave those rows out"
        self.says(masked, libmi.entropy, np.ma.masked_array(z, z > 0))

    def test_memory_that_is_not_row_by_row(self):
        z = self.z1
        apart = "z1: the elements of a row are {} bytes apart, wanted 4, one after the other (a transposed or sliced array: make it contiguous)"
        self.says(apart.format(48), libmi.entropy, z.T, error=libmi.UsageError)
        self.says(apart.format(8), libmi.entropy, z[:, ::2])
        self.says(apart.format(-4), libmi.entropy, z[:, ::-1])
        rows = "z1: rows are {} bytes apart, wanted a multiple of 4 from 48 on (make it contiguous)"
        self.says(rows.format(-48), libmi.entropy, z[::-1])
        self.says(rows.format(0), libmi.entropy, np.broadcast_to(z[0], z.shape))
        axes = "z1 of shape (200, 2, 6) has axes that do not lie one after the other in memory: make it contiguous"
        self.says(axes, libmi.entropy, z.reshape(200, 6, 2).swapaxes(1, 2))
        odd = np.frombuffer(bytearray(200 * 12 * 4 + 1), "u1")[1:].view("f4").reshape(200, 12)
        self.says("z1 is not aligned in memory: z1.copy()", libmi.entropy, odd)

    def test_values(self):
        z = self.z1.copy()
        z[7, 3] = np.nan
        nan = "z1: row 7 has NaN or infinity (1 of 200 rows do), wanted finite numbers; x[numpy.isfinite(x).all(axis=1)] leaves them out"
        self.says(nan, libmi.entropy, z, error=libmi.DataError)
        r = np.arange(200) % 150
        self.says(
            "R = positive needs two or more views of every instance, id 50 (row 50) has one",
            libmi.bounds, self.z1, self.z2, r, r_kind="positive", error=libmi.DataError,
        )  # fmt: skip

    def test_options(self):
        z = self.z1
        self.says("'-1' is no order, wanted a number above 0, or inf", libmi.entropy, z, -1, error=libmi.UsageError)
        self.says(
            "'cosine' is no kernel, wanted linear, gaussian[:S], laplacian[:S], polynomial[:P[:C]], precomputed or delta",
            libmi.entropy,
            z,
            kernel="cosine",
        )
        with self.assertRaisesRegex(
            libmi.UsageError, "^there is no option 'colour', there are: alpha, kernel, r_kind, .*, base$"
        ):
            libmi.entropy(z, colour="red")
        self.says(
            "r_kind is 'foo': wanted one of auto|id|positive|target", libmi.bounds, z, self.z2, self.r, r_kind="foo"
        )
        self.says("preset is 'foo': wanted one of theorem|released", libmi.bounds, z, self.z2, preset="foo")
        with self.assertRaisesRegex(KeyError, "no quantity 'lowr', there are: H_Z1, .*lower, upper"):
            libmi.bounds(z, self.z2).interval("lowr")
        self.says("threads is '-3', wanted a whole number, 0 or more", libmi.entropy, z, threads=-3)
        self.says("tolerance is 'x', wanted a number", libmi.entropy, z, tolerance="x")
        self.says("'q' is no variable, wanted z1, z2, r or y, joined by '+'", libmi.information, "z1:q", z1=z)
        self.says("'z1:y,z1:y': 2 expressions, wanted one", libmi.information, "z1:y,z1:y", z1=z, y=self.y)
        self.says('with z1=, z2= or y= the first argument is an expression, such as "z1+z2"', libmi.entropy, z, z1=z)

    def test_memory_limit(self):
        with self.assertRaises(MemoryError) as caught:
            libmi.entropy(self.z1, 1, route="dense", memory=1000, kernel="gaussian:1")
        self.assertIsInstance(caught.exception, libmi.MemoryLimitError)
        self.assertIn("memory", str(caught.exception))

    def test_tensors(self):
        try:
            import torch
        except ImportError:
            self.skipTest("torch is missing")
        z = torch.from_numpy(self.z1)
        self.assertEqual(libmi.entropy(z), libmi.entropy(self.z1))
        self.says("z1 is torch.bfloat16, wanted float32 or float64: z1.float()", libmi.entropy, z.bfloat16())
        self.says("z1 is on meta, wanted on the CPU: z1.cpu()", libmi.entropy, torch.empty(4, 4, device="meta"))
        self.says(
            "z1 requires gradients, which a number has not: z1.detach(), or libmi.torch.information to train with it",
            libmi.entropy, z.clone().requires_grad_(),
        )  # fmt: skip
        self.says("z1 is torch.sparse_coo, wanted dense: z1.to_dense()", libmi.entropy, z.to_sparse())
        self.says(
            "z1: the elements of a row are 48 bytes apart, wanted 4, one after the other (a transposed or sliced array: make it contiguous)",
            libmi.entropy, z.T,
        )  # fmt: skip
