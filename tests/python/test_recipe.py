"""The Python of README.md and datasets/README.md works as pasted."""

import io
import re
import contextlib

from common import SOURCE, Case, features, needs, np, rows, tool

import libmi

h5py = needs("h5py")


def blocks(file):
    """Indented blocks that are Python."""
    with open(f"{SOURCE}/{file}") as f:
        text = f.read()
    found = [re.sub("^    ", "", b, flags=re.M) for b in re.findall(r"(?:^(?:    .*)?\n)+", text, re.M)]
    return [b for b in found if re.search(r"^(import|from|def|    def|for .*:$|libmi\.|monitor)", b.strip(), re.M)]


class Recipe(Case):
    def test_numpy_alone(self):
        (block,) = [b for b in blocks("datasets/README.md") if "require_group" in b]
        names = {}
        exec(block, names)
        z1, z2, r, y = features()
        for label in (y, [f"class {k}" for k in y]):
            names["save"]("run.h5", "epoch_010", {"epoch": 10}, z1=z1.astype("f2"), z2=z2, r=r, y=label)
        (row,) = rows(tool("mi-ls", "run.h5"))
        self.assertEqual((row["epoch"], row["z1"], row["classes"]), ("10", "f16[200,12]", "4"))

    def test_numpy_with_libmi(self):
        z1, z2, r, y = features()
        (block,) = [b for b in blocks("datasets/README.md") if "libmi.save(" in b]
        exec(block, {"z1": z1, "z2": z2, "r": r, "y": y})
        (row,) = rows(tool("mi-bounds", "run.h5"))
        self.assertEqual(row["lower"], format(libmi.bounds(z1, z2, r, y).lower, ".9g"))

    def test_readme(self):
        z1, z2, r, y = features()
        (block,) = [b for b in blocks("README.md") if "libmi.bounds(" in b]
        with open("bounds.tsv", "w") as f:
            f.write("n\tlower\n3\t0.5\n")
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(block, {"z1": z1, "z2": z2, "ids": r, "labels": y})
        self.assertIn("I(Y;Z1) <= upper", said.getvalue())
        self.assertEqual(rows(tool("mi-ls", "run.h5"))[0]["epoch"], "10")


class Torch(Case):
    def setUp(self):
        super().setUp()
        try:
            import torch
        except ImportError:
            self.skipTest("torch is missing")
        torch.manual_seed(0)
        self.torch = torch
        self.model = torch.nn.Sequential()
        self.model.backbone = torch.nn.Sequential(
            torch.nn.Linear(10, 8), torch.nn.BatchNorm1d(8), torch.nn.Dropout(0.5)
        )
        self.model.head = torch.nn.Linear(8, 4)
        x, y = torch.randn(4, 16, 10), torch.arange(64).reshape(4, 16) % 4
        self.loader = [((a, a + 0.1 * torch.randn(16, 10)), b) for a, b in zip(x, y)]

    def test_torch_alone(self):
        """The long recipe writes what libmi.torch.export writes, and leaves the modes as they were."""
        names = {}
        for part in ("require_group", "save_checkpoint"):
            (block,) = [b for b in blocks("datasets/README.md") if part in b and "def " in b]
            exec(block, names)
        self.model.head.eval()
        names["save_checkpoint"]("run.h5", 10, self.model.backbone, self.model.head, self.loader, accuracy=0.5)
        self.assertEqual((self.model.backbone.training, self.model.head.training), (True, False))
        libmi.torch.export(self.model, self.loader, "other.h5", "epoch_010", epoch=10, accuracy=0.5)
        with h5py.File("run.h5") as a, h5py.File("other.h5") as b:
            for m in ("z1", "z2", "r", "y"):
                self.assertTrue(np.array_equal(a["epoch_010"][m][:], b["epoch_010"][m][:]), m)
            self.assertEqual(dict(a["epoch_010"].attrs), dict(b["epoch_010"].attrs))

    def test_torch_with_libmi(self):
        said = io.StringIO()
        names = {"model": self.model, "loader": self.loader, "train": lambda model, epoch: None}
        with contextlib.redirect_stdout(said):
            for part in ("libmi.torch.export", "libmi.torch.Monitor"):
                (block,) = [b for b in blocks("datasets/README.md") if part in b]
                exec(block, {**names, "libmi": libmi})
        self.assertEqual(said.getvalue().count("'libmi/lower_se': "), 2)
        self.assertEqual(rows(tool("mi-ls", "run.h5"))[0]["group"], "/epoch_100")
