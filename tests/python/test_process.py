"""In one process with others: threads, fork, NumPy's and PyTorch's own threads, HDF5 of h5py."""

import concurrent.futures
import glob
import multiprocessing
import os
import shutil
import subprocess
import threading
import time

from common import Case, features, np, python

import libmi

MIXED = """
import os, sys
order = sys.argv[1].split(",")
for name in order:
    __import__(name)
import numpy as np, libmi
z = np.random.default_rng(0).standard_normal((600, 300)).astype("f4")
y = np.arange(600) % 5
def others(): # have threads of their own, some of which do not survive a fork, whoever else is there
    product = float((z @ z.T).sum())
    if "torch" in order:
        import torch
        torch.set_num_threads(2)
        t = torch.from_numpy(z)
        product += float((t @ t.T).sum()) + float(torch.linalg.svdvals(t)[0])
    return product
def ours():
    return [b.value["I_Z1_Z2"] for b in libmi.bounds(z, z[:, :50], y=y, alpha=[1, 2], se=False)]
first = others(), ours()
assert np.allclose(first[0], others(), rtol=1e-4)
child = os.fork()
if child == 0:
    os._exit(0 if np.allclose(first[1], ours(), rtol=1e-5) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert np.allclose(first[0], others(), rtol=1e-4) and np.allclose(first[1], ours(), rtol=1e-5)
print("done")
"""

COMMA = """
import locale, sys, numpy as np, libmi
if sys.argv[1:]:
    locale.setlocale(locale.LC_ALL, sys.argv[1])
    assert locale.str(0.5) == "0,5"
z = np.random.default_rng(0).standard_normal((60, 5))
y = np.arange(60) % 3
b = libmi.bounds(z, z[:, :3], y=y, kernel="z1=gaussian:1.5,z2=laplacian:q0.25", alpha=0.5, i_z1_r="infonce:0.25")
print(b.row(), b.validate())
libmi.save("f.h5", z1=z, y=y, temperature=0.25)
t = libmi.read("t.tsv")
print(t["a"][0], t["b"][1])
try:
    libmi.bounds(z, z, kernel="gaussian:0,5")
except libmi.Error as error:
    print(error)
"""

# Of a library that was built with -ffast-math, loaded by whoever asks for it.
FLUSH = """
import ctypes, os, sys, numpy as np, libmi
z = (np.random.default_rng(0).standard_normal((60, 5)) * 1e-42).astype("f4")
y = np.arange(60) % 3
if sys.argv[1:]:
    ctypes.CDLL(sys.argv[1])
    assert not (z * 1).any()
b = libmi.bounds(z, z[:, :3], y=y, alpha=0.5)
libmi.save("f.h5", z1=z, y=y)
print(b.row(), libmi.information("z1:y", z1=z, y=y), libmi.entropy(z, 1, kernel="gaussian:1.5e-42"))
if sys.argv[1:]:
    assert not (z * 1).any()  # as it was
"""

DENSE = """
import ctypes, os, re, signal, numpy as np, libmi
blas = next(line.split()[-1] for line in open("/proc/self/maps") if "libopenblas" in line)
config = ctypes.CDLL(blas).openblas_get_config
config.restype = ctypes.c_char_p
version = tuple(map(int, re.search(r"(\\d+)\\.(\\d+)\\.(\\d+)", config().decode()).groups()))
if version >= (0, 3, 29):
    print("hangs")
    raise SystemExit
z = np.random.default_rng(0).standard_normal((1200, 300)).astype("f4")
def dense():
    return libmi.entropy(z, 1, kernel="gaussian:20", route="dense")
found = dense()
child = os.fork()
if child == 0:
    signal.alarm(60)
    os._exit(abs(dense() - found) > 1e-6)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

BLAS = """
import ctypes, numpy as np, libmi
blas = next((line.split()[-1] for line in open("/proc/self/maps") if "libopenblas" in line), None)
if blas is None or ctypes.CDLL(blas).openblas_get_num_threads() < 2:
    print("skip")
else:
    threads = ctypes.CDLL(blas).openblas_get_num_threads
    before = threads()
    z = np.random.default_rng(0).standard_normal((300, 20))
    libmi.bounds(z, z[:, :5], alpha=[1, 2], se=False)
    try:
        libmi.entropy(z * np.nan)
    except libmi.Error:
        pass
    print(before, threads())
"""


def measure(seed):
    z1, z2, r, y = features(seed=seed)
    return libmi.bounds(z1, z2, r, y).value["lower"]


def fail(n):
    """A failure of its own text in each thread."""
    try:
        libmi.entropy(np.eye(3), kernel=f"kernel{n}")
    except libmi.UsageError as error:
        return str(error)


class Process(Case):
    def test_threads(self):
        wanted = [measure(seed) for seed in range(6)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            found = list(pool.map(measure, list(range(6)) * 4))
            said = list(pool.map(fail, range(40)))
        self.assertEqual(found, wanted * 4)
        self.assertEqual(
            said,
            [
                f"'kernel{n}' is no kernel, wanted linear, gaussian[:S], laplacian[:S], polynomial[:P[:C]], precomputed or delta"
                for n in range(40)
            ],
        )

    def test_a_locale_whose_numbers_have_a_comma(self):
        localedef = shutil.which("localedef")
        made = [localedef, "-i", "de_DE", "-f", "UTF-8", os.path.join(os.getcwd(), "de_DE.UTF-8")]
        if not localedef or subprocess.run(made, stderr=subprocess.DEVNULL).returncode:
            self.skipTest("localedef cannot make de_DE.UTF-8 here (package locales)")
        with open("t.tsv", "w", encoding="ascii") as f:
            f.write("a\tb\n0.5\t1\n2\t1e-3\n")
        wanted = python(COMMA)
        with open("f.h5", "rb") as f:
            file = f.read()
        os.remove("f.h5")
        self.assertEqual(python(COMMA, "de_DE.UTF-8", LOCPATH=os.getcwd()), wanted)
        with open("f.h5", "rb") as f:
            self.assertEqual(f.read(), file)

    def test_subnormal_numbers_that_the_process_takes_for_zeros(self):
        wanted = python(FLUSH)
        with open("f.h5", "rb") as f:
            file = f.read()
        os.remove("f.h5")
        self.assertEqual(python(FLUSH, os.environ["MI_FLUSH_SO"]), wanted)
        with open("f.h5", "rb") as f:
            self.assertEqual(f.read(), file)

    def test_other_threads_run_meanwhile(self):
        """While the library works in one thread, another gets its turns."""
        z = np.random.default_rng(0).standard_normal((1200, 300))
        turns, done = [], threading.Event()

        def count():
            while not done.wait(0.001):
                turns.append(time.monotonic())

        other = threading.Thread(target=count)
        other.start()
        began = time.monotonic()
        libmi.entropy(z, 1, kernel="gaussian:20", route="dense")
        ended = time.monotonic()
        done.set()
        other.join()
        within = [t for t in turns if began < t < ended]
        self.assertGreater(len(within), 20 * (ended - began))

    def test_fork(self):
        wanted = measure(1)
        with multiprocessing.get_context("fork").Pool(2) as pool:
            np.testing.assert_allclose(pool.map(measure, [1] * 6), wanted, rtol=1e-6)
        self.assertEqual(measure(1), wanted)

    def test_fork_while_a_thread_estimates(self):
        """It waits until the BLAS's locks are free, which the child inherits; without that one fork in 300 hangs."""
        wanted = measure(1)
        stop = threading.Event()

        def work():
            while not stop.is_set():
                measure(2)

        busy = threading.Thread(target=work)
        busy.start()
        try:
            for _ in range(40):
                child = os.fork()
                if child == 0:
                    os._exit(abs(measure(1) - wanted) > 1e-6)
                self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        finally:
            stop.set()
            busy.join()

    def test_blas_keeps_its_threads(self):
        said = python(BLAS).split()
        if said == ["skip"]:
            self.skipTest("the BLAS is not OpenBLAS with threads, or there is one processor")
        self.assertEqual(said[0], said[1])

    def test_beside_numpy(self):
        for order in ("numpy,libmi", "libmi,numpy"):
            self.assertEqual(python(MIXED, order), "done\n")

    def test_fork_with_an_openmp_blas(self):
        """Whose threads a child would wait for, if it took more than one."""
        found = glob.glob("/usr/lib/*/openblas-openmp")
        if not found:
            self.skipTest("libopenblas0-openmp is missing")
        path = f"{found[0]}:{os.environ.get('LD_LIBRARY_PATH', '')}"
        said = python(DENSE, LD_LIBRARY_PATH=path)
        if said == "hangs\n":
            self.skipTest("OpenBLAS of OpenMP threads from 0.3.29 on: in the child of a fork a dense matrix hangs")
        self.assertEqual(said, "0\n")

    def test_beside_torch(self):
        try:
            import torch
        except ImportError:
            self.skipTest("torch is missing")
        del torch
        for order in ("torch,libmi", "libmi,torch"):
            self.assertEqual(python(MIXED, order), "done\n")

    def test_beside_h5py(self):
        try:
            import h5py
        except ImportError:
            self.skipTest("h5py is missing")
        z1, z2, r, y = features()
        with h5py.File("open.h5", "w") as f:
            f["x"] = z1
            libmi.save("run.h5", "a", z1=z1, z2=z2, r=r)
            self.assertRaises(libmi.Error, libmi.save, "run.h5", "a", z1=z1 * np.nan)
            with h5py.File("run.h5") as g:
                self.assertTrue(np.array_equal(g["a/z1"][:], z1))
            f["y"] = z2
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda k: libmi.save("run.h5", f"k{k}", z1=z1, epoch=k), range(6)))
        with h5py.File("run.h5") as g:
            self.assertEqual(sorted(g), ["a"] + [f"k{k}" for k in range(6)])
