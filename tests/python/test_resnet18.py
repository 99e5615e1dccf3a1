"""plots/resnet18.py: runs of runs.txt with PyTorch, in the files that the figures read."""

import os
import subprocess
import sys

from common import SOURCE, Case, needs, np, rows, tool

torch = needs("torch")
h5py = needs("h5py")

RUNS = """# NAME IMAGES OPTION...
lam-0-s1 cifar10 --epochs 4 --flip 0 --projector mlp:16 --save base-weights.h5
lam-1-s1 cifar10 --epochs 4 --projector mlp:16:3 --lambda 1
fsq-8-s1 cifar10 --epochs 4 --projector mlp:16,fsq:8
sae-2-s1 cifar10 --epochs 4 --projector linear,sae:2:24,mlp:16
barlow-identity cifar10 --epochs 4 --loss barlow --projector identity
frozen-4 cifar10 --epochs 4 --init base-weights.h5 --freeze encoder --projector mlp:4
mnist-mlp cifar100 --epochs 4 --projector mlp
"""
SMALL = "--width 4 --batch 16 --eval 12 --warmup 1 --epochs 1 --every 0".split()


class ResNet18(Case):
    def setUp(self):
        super().setUp()
        draw = np.random.default_rng(1)
        with h5py.File("images.h5", "w") as f:
            for part, n in (("train", 64), ("test", 32)):
                y = np.arange(n) % 4
                f["x_" + part] = (draw.integers(0, 128, (n, 3, 8, 8)) + 40 * y[:, None, None, None] % 256).astype("u1")
                f["y_" + part] = y.astype("u1")
        with open("runs.txt", "w") as f:
            f.write(RUNS)

    def train(self, *more):
        program = os.path.join(SOURCE, "plots", "resnet18.py")
        command = [sys.executable, program, "images.h5", "--runs", "runs.txt", *SMALL, *more]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def test_every_kind_of_run(self):
        said = self.train()
        names = "lam-0-s1 lam-1-s1 fsq-8-s1 sae-2-s1 barlow-identity frozen-4".split()
        self.assertEqual([line.split()[0] for line in said.splitlines()], names)
        table = rows(tool("mi-bounds", "--last", "--zero-rows", "drop", *(n + ".h5" for n in names)))
        self.assertEqual([r["epoch"] for r in table], ["1"] * 6)
        self.assertEqual([r["lambda"] for r in table], ["0", "1", "0", "0", "0", "0"])
        self.assertEqual((table[2]["fsq_levels"], table[3]["k"]), ("8", "2"))
        with h5py.File("lam-0-s1.h5") as f, h5py.File("frozen-4.h5") as g:
            self.assertEqual(f["epoch_001/z1"].shape, (24, 32))
            self.assertTrue(np.array_equal(f["epoch_001/z1"][:], g["epoch_001/z1"][:]))  # the encoder stays as it was
        self.assertEqual(self.train(), "")  # all is done

    def test_checkpoints_and_only(self):
        self.train("--only", "lam-1.*", "--epochs", "3", "--every", "2")
        self.assertFalse(os.path.exists("lam-0-s1.h5"))
        with h5py.File("lam-1-s1.h5") as f:
            self.assertEqual(sorted(k for k in f if k != "r" and k != "y"), ["epoch_000", "epoch_002", "epoch_003"])
            self.assertEqual(f["epoch_003"].attrs["step"], 12)
