"""mi-geometry, mi-align and mi-shannon against what one writes down first in Python, NumPy and scikit-learn: whole matrices.

measures_python.py TOOLS [N]: makes sets of N rows with mi-synth; each side is a process of its own, in turn. Times are of the
computation in Python, of the whole process of a tool, which reads the file too. Values must agree.
"""
import csv
import importlib.util
import io
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

for module in "h5py", "numpy", "sklearn":
    if not importlib.util.find_spec(module):
        print(f"skipped: there is no {module}")
        sys.exit(77)

import plain_python

ROUNDS = 3


def read(path):
    import h5py

    with h5py.File(path) as f:
        return f["z1"][:], f["z2"][:]


def unit(z):
    import numpy as np

    return z / np.linalg.norm(z, axis=1, keepdims=True)


def geometry(path):
    """Uniformity (Wang and Isola, 2020) and nearest neighbours, which intrinsic dimensions are made of."""
    import numpy as np
    from sklearn.neighbors import NearestNeighbors

    z, _ = read(path)
    start = time.perf_counter()
    x = unit(z)
    n = len(x)
    e = np.exp(-2 * (2 - 2 * (x @ x.T)))
    uniformity = np.log((e.sum(dtype=np.float64) - n) / n / (n - 1))
    NearestNeighbors(n_neighbors=65, algorithm="brute").fit(z).kneighbors()
    return time.perf_counter() - start, {"uniformity": uniformity}


def align(path):
    """Both forms of CKA of cosines, and mutual nearest neighbours."""
    import numpy as np
    from sklearn.neighbors import NearestNeighbors

    z1, z2 = read(path)
    start = time.perf_counter()
    n = len(z1)
    k, l = (unit(z) @ unit(z).T for z in (z1.astype(np.float64), z2.astype(np.float64)))
    centred = [m - m.mean(0) - m.mean(1)[:, None] + m.mean() for m in (k, l)]
    dot = lambda a, b: (a * b).sum()
    cka = lambda f, a, b: f(a, b) / np.sqrt(f(a, a) * f(b, b))
    for m in k, l:
        np.fill_diagonal(m, 0)
    hsic = lambda a, b: (dot(a, b) + a.sum() * b.sum() / (n - 1) / (n - 2) - 2 / (n - 2) * a.sum(0) @ b.sum(1)) / n / (n - 3)
    near = [NearestNeighbors(n_neighbors=10, metric="cosine").fit(z).kneighbors(return_distance=False) for z in (z1, z2)]
    mutual = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*near)])
    return time.perf_counter() - start, {"cka": cka(dot, *centred), "cka_debiased": cka(hsic, k, l), "mutual_knn": mutual}


def shannon(path):
    """Nearest neighbours (Kraskov, Stoegbauer and Grassberger, 2004) of one column each."""
    from sklearn.feature_selection import mutual_info_regression

    z1, z2 = read(path)
    start = time.perf_counter()
    value = mutual_info_regression(z1, z2[:, 0], n_neighbors=3, random_state=0)[0]
    return time.perf_counter() - start, {"value": value}


def compare(name, function, command, path, target, tolerance):
    """Medians of both in turn; a tool that is slower than `target` times says NO."""
    ratios, times = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        text = subprocess.run([*command, path], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        own = time.perf_counter() - start
        seconds, values, _ = plain_python.apart(function, path)
        row = next(csv.DictReader(io.StringIO(text), delimiter="\t"))
        for column, value in values.items():
            if not abs(float(row[column]) - value) < tolerance:
                sys.exit(f"{name}: {column} is {row[column]}, in Python {value}")
        times.append((own, seconds))
        ratios.append(seconds / own)
    own, other = (statistics.median(t[k] for t in times) for k in (0, 1))
    ratio = statistics.median(ratios)
    line = "{:<44} {:>12.4g} {:>12.4g} {:>8.3f} >{:>7.3g}  {}"
    print(line.format(name + " [s]", own, other, ratio, target, "yes" if ratio >= target else "NO"), flush=True)


def main():
    tools = pathlib.Path(sys.argv[1])
    n = sys.argv[2] if len(sys.argv) > 2 else "8192"
    print("{:<44} {:>12} {:>12} {:>8} {:>8}  {}".format("case", "ours", "reference", "ratio", "target", "met"))
    with tempfile.TemporaryDirectory() as folder:
        wide, narrow = pathlib.Path(folder) / "wide.h5", pathlib.Path(folder) / "narrow.h5"
        make = [tools / "mi-synth", "gaussian", "--n", n, "--views", "1", "--correlation", "0.8"]
        subprocess.run([*make, "--d1", "256", "--d2", "128", "-o", wide], check=True)
        subprocess.run([*make, "--d1", "1", "--d2", "1", "-o", narrow], check=True)
        compare("mi-geometry, NumPy and scikit-learn", geometry, [tools / "mi-geometry", "--of", "z1"], wide, 1, 1e-5)
        terms = "cka,cka_debiased,mutual_knn"
        compare("mi-align, NumPy and scikit-learn", align, [tools / "mi-align", "--terms", terms], wide, 1, 1e-5)
        command = [tools / "mi-shannon", "--of", "z1:z2", "--estimator", "ksg:3"]
        compare("mi-shannon, scikit-learn", shannon, command, narrow, 1, 0.02)


if __name__ == "__main__":
    main()
