"""mi-bounds at order 2 against what one writes down first in Python: all terms, one set of 8,192 rows; and S(Z1,Z2) at order 1
from the eigenvalues of the whole matrix.

plain_python.py TOOLS [N]: makes a set with mi-synth, then computes every term of mi-bounds
  - in NumPy: whole Gram matrices as float32 products, element-wise squares and products, sums;
  - in PyTorch: the definition, S_2(A) = -log tr(A A) with the matrix product A A, for each joint;
  - in NumPy: eigvalsh of the joint's matrix (its time alone), which mi-entropy --route dense does, of 2,048 and N rows.
Each runs as a process of its own, in turn with mi-bounds; times are of the computation in Python and of the whole process
of mi-bounds, which reads the file too; memory is the peak of the process. Values must agree.
"""
import csv
import importlib.util
import io
import multiprocessing
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

# The modules are loaded in the processes that use them: what this one holds counts as the peak of those it starts.
for module in "h5py", "numpy":
    if not importlib.util.find_spec(module):
        print(f"skipped: there is no {module}")
        sys.exit(77)

ROUNDS = 3
Z1, Z2, R, Y = 1, 2, 4, 8
JOINTS = [Z1, Z2, R, Y, Z1 | R, Z1 | Z2, R | Y, Y | Z1, Y | Z2]


def terms(entropy):
    """The columns of mi-bounds from the entropies of the joints."""
    s = dict(zip(JOINTS, entropy))
    t = {
        "H_Z1": s[Z1],
        "I_Z1_R": s[Z1] + s[R] - s[Z1 | R],
        "I_Z1_Z2": s[Z1] + s[Z2] - s[Z1 | Z2],
        "I_R_Y": s[R] + s[Y] - s[R | Y],
        "I_Y_Z1": s[Y] + s[Z1] - s[Y | Z1],
        "I_Y_Z2": s[Y] + s[Z2] - s[Y | Z2],
    }
    t["lower"] = t["I_Z1_R"] - t["I_Z1_Z2"] + t["I_R_Y"]
    t["upper"] = t["I_Y_Z2"] - t["I_Z1_Z2"] + t["H_Z1"]
    return t


def read(path):
    import h5py

    with h5py.File(path) as f:
        return f["z1"][:], f["z2"][:], f["r"][:], f["y"][:]


def numpy_terms(path):
    import numpy as np

    z1, z2, r, y = read(path)
    start = time.perf_counter()
    k = {}
    for bit, z in (Z1, z1), (Z2, z2):
        z = z / np.linalg.norm(z, axis=1, keepdims=True)
        k[bit] = z @ z.T
        k[bit] *= k[bit]
    for bit, label in (R, r), (Y, y):
        k[bit] = (label[:, None] == label[None, :]).astype(np.float32)
    n = len(r)
    entropy = []
    for joint in JOINTS:
        parts = [k[bit] for bit in (Z1, Z2, R, Y) if joint & bit]
        product = parts[0] if len(parts) == 1 else parts[0] * parts[1]
        entropy.append(2 * np.log(n) - np.log(product.sum(dtype=np.float64)))
    return time.perf_counter() - start, terms(entropy)


def torch_terms(path):
    import torch

    z1, z2, r, y = (torch.from_numpy(a) for a in read(path))
    start = time.perf_counter()
    n = len(r)
    k = {}
    for bit, z in (Z1, z1), (Z2, z2):
        z = torch.nn.functional.normalize(z, dim=1)
        k[bit] = z @ z.T
    for bit, label in (R, r), (Y, y):
        k[bit] = (label[:, None] == label[None, :]).float()
    entropy = []
    for joint in JOINTS:
        a = torch.ones(n, n)
        for bit in (Z1, Z2, R, Y):
            if joint & bit:
                a = a * k[bit]
        a = a / torch.trace(a)
        entropy.append(float(-torch.log(torch.trace(torch.linalg.matrix_power(a, 2)))))
    return time.perf_counter() - start, terms(entropy)


def numpy_order_1(path):
    import numpy as np

    z1, z2, _, _ = read(path)
    a = np.ones((len(z1), len(z1)))
    for z in z1, z2:
        z = z.astype(float) / np.linalg.norm(z.astype(float), axis=1, keepdims=True)
        a *= z @ z.T
    a /= len(z1)
    start = time.perf_counter()
    l = np.linalg.eigvalsh(a)
    seconds = time.perf_counter() - start
    l = l[l > 1e-12]
    return seconds, {"S": -np.sum(l * np.log(l))}


def in_process(queue, function, path):
    seconds, values = function(path)
    queue.put((seconds, values, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def apart(function, path):
    """Seconds, values and peak MB of a function in a fresh process."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=in_process, args=(queue, function, path))
    process.start()
    result = queue.get()
    process.join()
    return result


def ours(command):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(f"{command[0]} failed")
    row = next(csv.DictReader(io.StringIO(text), delimiter="\t"))
    return seconds, row, used.ru_maxrss / 1024


def compare(name, function, path, command, rounds, target, memory_target, tolerance=1e-3):
    ratios, memory, times = [], [], []
    for _ in range(rounds):
        own_seconds, row, own_mb = ours(command)
        seconds, values, mb = apart(function, path)
        ratios.append(seconds / own_seconds)
        memory.append(mb / own_mb)
        times.append((own_seconds, seconds))
        worst = max(abs(float(row[t]) - v) for t, v in values.items())
        if not worst < tolerance:
            sys.exit(f"{name}: values differ by {worst}")
    own, other = (statistics.median(t[k] for t in times) for k in (0, 1))
    ratio, lighter = statistics.median(ratios), statistics.median(memory)
    line = "{:<44} {:>12.4g} {:>12.4g} {:>8.3f} >{:>7.3g}  {}"
    print(line.format(name + " [s]", own, other, ratio, target, "yes" if ratio >= target else "NO"), flush=True)
    if memory_target:
        print(line.format(name + ": memory, times less", own_mb, mb, lighter, memory_target,
                          "yes" if lighter >= memory_target else "NO"), flush=True)


def make_set(tools, path, n):
    subprocess.run([tools / "mi-synth", "classes", "--n", n, "--d1", "512", "--d2", "256", "--classes", "10",
                    "-o", path], check=True)


def compare_order_1(tools, path, n):
    command = [tools / "mi-entropy", "--of", "z1+z2", "--alpha", "1", "--route", "dense", path]
    compare(f"NumPy, eigvalsh of {n} rows, order 1", numpy_order_1, path, command, ROUNDS, 1.25, 0, 1e-7)


def main():
    tools = pathlib.Path(sys.argv[1])
    n = sys.argv[2] if len(sys.argv) > 2 else "8192"
    print("{:<44} {:>12} {:>12} {:>8} {:>8}  {}".format("case", "ours", "reference", "ratio", "target", "met"))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "set.h5"
        make_set(tools, path, n)
        bounds = [tools / "mi-bounds", "--r", "id", path]
        compare("NumPy, whole Gram matrices", numpy_terms, path, bounds, ROUNDS, 2, 5)
        if importlib.util.find_spec("torch"):
            compare("PyTorch, the definition", torch_terms, path, bounds, 1, 100, 0)
        else:
            print("PyTorch, the definition: skipped, there is no torch")
        compare_order_1(tools, path, n)
        make_set(tools, path, "2048")
        compare_order_1(tools, path, "2048")


if __name__ == "__main__":
    main()
