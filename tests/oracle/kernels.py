"""Golden values of kernels and weights: usage kernels.py DIRECTORY, which gets kernels.h5 and kernels.json

Plain NumPy in float64: whole Gram matrices, full eigen-decompositions. z1 is a Gram matrix itself, of histograms under the
kernel of their intersection, sum_k min(a_k, b_k), with another diagonal in every row (Barla, Odone and Verri, 2003)."""
import json
import sys

import h5py
import numpy as np

ORDERS = [0.5, 1, 1.5, 2, 3]
VARIABLES = {"Z1": "z1", "Z2": "z2", "R": "r", "Y": "y"}


def data():
    rng = np.random.default_rng(20)
    n = 40
    y = np.repeat(rng.integers(0, 3, n // 2), 2)
    mean = rng.normal(size=(3, 6))
    shared = np.repeat(rng.normal(size=(n // 2, 6)), 2, axis=0)
    base = mean[y] + 0.7 * shared + 0.4 * rng.normal(size=(n, 6))
    histogram = np.exp(base @ rng.normal(size=(6, 9)))
    gram = np.minimum(histogram[:, None, :], histogram[None, :, :]).sum(-1)
    z2 = (base @ rng.normal(size=(6, 5)) + 0.3 * rng.normal(size=(n, 5))).astype(np.float32)
    w = np.repeat(rng.uniform(0.2, 3, n // 2), 2) * rng.uniform(0.8, 1.2, n)
    return {"z1": gram, "z2": z2, "r": np.repeat(np.arange(n // 2), 2), "y": y, "w": w}


def precomputed(x):
    return x / np.sqrt(np.outer(np.diag(x), np.diag(x)))


def cosine(x):
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    return x @ x.T


def distances(x):
    return np.sqrt(((x[:, None, :] - x[None, :, :]) ** 2).sum(-1))


def gaussians(x, bandwidths):
    q = distances(x) ** 2
    return sum(np.exp(-q / (2 * s * s)) for s in bandwidths) / len(bandwidths)


def laplacians(x, bandwidths):
    return sum(np.exp(-distances(x) / s) for s in bandwidths) / len(bandwidths)


def median(x):
    return np.median(distances(x)[np.tril_indices(len(x), -1)])


def entropy(k, p, alpha):
    a = np.sqrt(np.outer(p, p)) * k
    l = np.linalg.eigvalsh(a)
    l = l[l > len(l) * np.finfo(float).eps * l.max()]
    l = l / l.sum()
    if alpha == 1:
        return -(l * np.log(l)).sum()
    return np.log((l**alpha).sum()) / (1 - alpha)


def terms(k, p, alpha):
    """k: Gram matrices by variable."""
    s = lambda *names: entropy(np.prod([k[v] for v in names], axis=0), p, alpha)
    mutual = lambda a, b: s(a) + s(b) - s(a, b)
    v = {f"H_{a}": s(a) for a in k}
    for a, b in [("Z1", "R"), ("Z1", "Z2"), ("R", "Y"), ("Y", "Z1"), ("Y", "Z2")]:
        v[f"I_{a}_{b}"] = mutual(a, b)
    v["lower"] = v["I_Z1_R"] - v["I_Z1_Z2"] + v["I_R_Y"]
    v["upper"] = v["I_Y_Z2"] - v["I_Z1_Z2"] + v["H_Z1"]
    return v


def grams(d, z1, z2):
    same = lambda c: (c[:, None] == c[None, :]).astype(float)
    return {"Z1": z1, "Z2": z2, "R": same(d["r"]), "Y": same(d["y"])}


def errors(k, p, instance):
    """Standard errors at order 2 from influences: tr A^2 is a ratio of two sums over pairs of rows, of the weighted squares and
    of the weights; without instance c both lose what has a row in it, to the first order."""
    names = np.unique(instance)
    weights = np.outer(p, p)

    def influence(product):
        t = weights * product**2
        out = []
        for c in names:
            inside = instance == c
            lost = lambda m: (2 * m[inside].sum() - m[np.ix_(inside, inside)].sum()) / m.sum()
            out.append(lost(t) - lost(weights))
        psi = -np.array(out)
        return psi - psi.mean()

    s = lambda *v: influence(np.prod([k[x] for x in v], axis=0))
    mutual = lambda a, b: s(a) + s(b) - s(a, b)
    v = {f"H_{a}": s(a) for a in k}
    for a, b in [("Z1", "Z2"), ("Y", "Z1"), ("Y", "Z2"), ("Z1", "R"), ("R", "Y")]:
        v[f"I_{a}_{b}"] = mutual(a, b)
    v["lower"] = v["I_Z1_R"] - v["I_Z1_Z2"] + v["I_R_Y"]
    v["upper"] = v["I_Y_Z2"] - v["I_Z1_Z2"] + v["H_Z1"]
    g = len(names)
    return {f"{name}_se": float(np.sqrt(g / (g - 1) * (psi**2).sum())) for name, psi in v.items()}


def main(directory):
    d = data()
    n = len(d["y"])
    with h5py.File(f"{directory}/kernels.h5", "w") as f:
        for name, value in d.items():
            f.create_dataset(name, data=value, track_times=False)
    z2, m = d["z2"].astype(float), median(d["z2"].astype(float))
    cases = [
        ("z1=precomputed", precomputed(d["z1"]), cosine(z2)),
        ("z1=precomputed,z2=gaussian:1:2:5", precomputed(d["z1"]), gaussians(z2, [1, 2, 5])),
        ("z1=precomputed,z2=gaussian:0.5m:m:2m", precomputed(d["z1"]), gaussians(z2, [m / 2, m, 2 * m])),
        ("z1=precomputed,z2=laplacian:0.5m:3m", precomputed(d["z1"]), laplacians(z2, [m / 2, 3 * m])),
        ("z1=gaussian:20:60,z2=gaussian:0.7m", gaussians(d["z1"], [20, 60]), gaussians(z2, [0.7 * m])),
    ]
    entries = []
    for kernel, z1, k2 in cases:
        for weighted in [False, True]:
            p = d["w"] / d["w"].sum() if weighted else np.full(n, 1 / n)
            k = grams(d, z1, k2)
            for alpha in ORDERS:
                options = {"kernel": kernel, "alpha": alpha}
                values = terms(k, p, alpha)
                if weighted:
                    options["weights"] = True
                if alpha == 2:
                    options["se"] = True
                    values.update(errors(k, p, d["r"]))
                entries.append({"file": "kernels.h5", "group": "", "options": options, "values": values})
    with open(f"{directory}/kernels.json", "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(e) for e in entries) + "\n]\n")


main(sys.argv[1])
