"""mi-probe's linear probe against scikit-learn's logistic regression, on the same splits.

probe_sklearn.py TOOLS SAMPLES: each sample file in turn gets seeded splits by instance (the member `split`); mi-probe and
LogisticRegression (standardised columns, C chosen on the same kind of validation part, then fitted on all training
rows) are judged on the same test rows. Prints both mean accuracies and fails when they are more than a point apart.
"""
import csv
import io
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SEEDS = 5
FILES = ["final-barlow.h5", "final-lam-0.3.h5", "final-proj-linear.h5", "final-proj-sae8.h5"]


def read(path):
    """z1, z2, r, y of the one feature set in a file."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name.split("/")[-1]: item[()]})
                        if isinstance(item, h5py.Dataset) else None)
    return [found[name] for name in ("z1", "z2", "r", "y")]


def halves(r, y, share, seed):
    """Masks (training, rest): by instance, stratified by class."""
    rng, rest = np.random.default_rng(seed), np.zeros(len(r), bool)
    for label in np.unique(y):
        ids = rng.permutation(np.unique(r[y == label]))
        rest |= np.isin(r, ids[:max(1, round(share * len(ids)))])
    return ~rest, rest


def fit(x, y, c):
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=c, max_iter=2000).fit(scaler.transform(x), y)
    return lambda z: model.predict_log_proba(scaler.transform(z)), model


def theirs(x, r, y, test, seed):
    train, rest = ~test, np.flatnonzero(~test)
    inner, val = halves(r[rest], y[rest], 0.2, seed)
    inner, val = rest[inner], rest[val]
    losses = {}
    for c in 10.0 ** np.arange(-4, 1, 0.5):
        log_q, model = fit(x[inner], y[inner], c)
        column = np.searchsorted(model.classes_, y[val])
        losses[c] = -log_q(x[val])[np.arange(len(val)), column].mean()
    log_q, model = fit(x[train], y[train], min(losses, key=losses.get))
    return (model.classes_[log_q(x[test]).argmax(1)] == y[test]).mean()


def ours(tools, z1, z2, r, y, test):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "split.h5"
        with h5py.File(path, "w") as file:
            file["z1"], file["z2"], file["r"], file["y"], file["split"] = z1, z2, r, y, test.astype("i4")
        text = subprocess.run([f"{tools}/mi-probe", "--probe", "linear", path], check=True, capture_output=True, text=True)
    return [float(row["accuracy"]) for row in csv.DictReader(io.StringIO(text.stdout), delimiter="\t")]


def main(tools, samples):
    mine, other = [], []
    for name in FILES:
        z1, z2, r, y = read(pathlib.Path(samples) / name)
        for seed in range(SEEDS):
            _, test = halves(r, y, 0.25, seed)
            mine += ours(tools, z1, z2, r, y, test)
            other += [theirs(z.astype("f8"), r, y, test, seed) for z in (z1, z2)]
    apart = np.mean(mine) - np.mean(other)
    print(f"linear probe: {np.mean(mine):.4f}, scikit-learn: {np.mean(other):.4f}, apart by {apart:+.4f}; "
          f"{len(mine)} pairs, standard error of the difference {np.std(np.subtract(mine, other)) / len(mine) ** 0.5:.4f}")
    sys.exit(1 if abs(apart) > 0.01 else 0)


main(*sys.argv[1:])
