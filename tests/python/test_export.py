"""datasets/export_features.py: checkpoints of other trainings, told by the names of their weights."""

import contextlib
import importlib.util
import io
import os

from common import SOURCE, Case, needs, np, rows, tool

import libmi

torch = needs("torch")
h5py = needs("h5py")
spec = importlib.util.spec_from_file_location("export_features", f"{SOURCE}/datasets/export_features.py")
export_features = importlib.util.module_from_spec(spec)
spec.loader.exec_module(export_features)

NET = """
import torch

class Encoder(torch.nn.Module):
    '''Named as torchvision's ResNets.'''
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 8, 3, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(8)
        self.relu = torch.nn.ReLU()
        self.layer1 = torch.nn.Sequential(torch.nn.Conv2d(8, 12, 3), torch.nn.ReLU())
        self.avgpool = torch.nn.AdaptiveAvgPool2d(1)
        self.fc = torch.nn.Linear(12, 10)

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        return self.fc(self.avgpool(self.layer1(x)).flatten(1))

class Whole(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 16), torch.nn.ReLU())
        self.head = torch.nn.Linear(16, 4)

    def forward(self, x):
        return self.head(self.backbone(x))

def loader():
    x, y = torch.randn(40, 3, 8, 8), torch.arange(40) % 4
    return [((x, x + 0.1), y)]

number = 3
"""


def prefixed(prefix, state):
    return {f"{prefix}{name}": value for name, value in state.items()}


class Export(Case):
    def setUp(self):
        super().setUp()
        torch.manual_seed(0)
        with open("net.py", "w") as f:
            f.write(NET)
        self.encoder = export_features.made("net.py:Encoder")
        self.head = torch.nn.Sequential(
            torch.nn.Linear(12, 9, bias=False), torch.nn.BatchNorm1d(9), torch.nn.ReLU(), torch.nn.Linear(9, 5)
        )
        for batch in torch.randn(20, 16, 3, 8, 8):  # running means that are not 0 and 1
            h = self.encoder.avgpool(
                self.encoder.layer1(self.encoder.relu(self.encoder.bn1(self.encoder.conv1(batch))))
            )
            self.head(h.flatten(1))
        self.views = torch.randn(2, 30, 3, 8, 8)
        np.savez("views.npz", a=self.views[0].numpy(), b=self.views[1].numpy(), y=np.arange(30) % 3)

    def run_(self, *words):
        """Exit code and standard error of the script, and its standard output."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = export_features.main(list(words))
            except SystemExit as stop:
                code = stop.code
        return code, err.getvalue(), out.getvalue()

    def exported(self, state, *words, z2=True):
        """What a checkpoint gives, beside what its parts give when they are called one after the other."""
        torch.save(state, "run.ckpt")
        code, err, _ = self.run_("net.py:Encoder", "--state", "run.ckpt", "--data", "views.npz", "-o", "run.h5", *words)
        self.assertEqual(code, 0, err)
        self.encoder.eval(), self.head.eval()
        with torch.no_grad():
            h = self.encoder.layer1(
                self.encoder.relu(self.encoder.bn1(self.encoder.conv1(torch.cat(list(self.views)))))
            )
            h = h.mean((2, 3))
            z = self.head(h)
        with h5py.File("run.h5") as f:
            self.assertTrue(np.allclose(f["z1"][:], h, atol=1e-5))
            self.assertEqual("z2" in f, z2)
            if z2:
                self.assertTrue(np.allclose(f["z2"][:], z, atol=1e-5))
            self.assertEqual(f["r"][:].tolist(), list(range(30)) * 2)
            self.assertEqual(f["y"][:].tolist(), [k % 3 for k in range(30)] * 2)
        return err

    def body(self, but=("fc.",)):
        return {k: v for k, v in self.encoder.state_dict().items() if not k.startswith(but)}

    def test_solo_learn(self):
        state = {**prefixed("backbone.", self.body()), **prefixed("projector.", self.head.state_dict())}
        state.update(prefixed("momentum_backbone.", self.body()), **{"classifier.weight": torch.zeros(3, 12)})
        err = self.exported({"epoch": 3, "state_dict": state})
        self.assertIn("run.ckpt: named as by solo-learn: 8 tensors of the encoder; projector: Linear(", err)
        self.assertIn("run.h5: 60 rows, z1 12, z2 5\n", err)

    def test_lightly(self):
        children = [name for name, _ in self.encoder.named_children()]
        body = {f"{children.index(k.split('.')[0])}.{k.split('.', 1)[1]}": v for k, v in self.body().items()}
        state = {**prefixed("backbone.", body), **prefixed("projection_head.layers.", self.head.state_dict())}
        self.assertIn("named as by lightly", self.exported({"state_dict": state}))

    def test_vissl(self):
        heads = {}
        for path, new in (("0", "0.clf.0"), ("1", "0.clf.1"), ("3", "1.clf.0")):
            for k, v in self.head.state_dict().items():
                if k.startswith(f"{path}."):
                    heads[f"{new}.{k.split('.', 1)[1]}"] = v
        trunk = prefixed("_feature_blocks.", self.body())
        state = {"classy_state_dict": {"base_model": {"model": {"trunk": trunk, "heads": heads}}}}
        self.assertIn("named as by VISSL", self.exported(state))

    def test_moco(self):
        state = {
            **prefixed("module.encoder_q.", self.body()),
            **prefixed("module.encoder_q.fc.", self.head.state_dict()),
        }
        state.update(prefixed("module.encoder_k.", self.body()), **{"module.queue": torch.zeros(5, 4)})
        self.assertIn("named as by MoCo", self.exported({"arch": "resnet", "state_dict": state}))

    def test_torchvision(self):
        err = self.exported(self.encoder.state_dict(), "--encoder", "avgpool", z2=False)
        self.assertIn(
            "run.ckpt: the weights of net.py:Encoder\nexport_features: no projector: z1 alone is written, for mi-spectrum --of z1",
            err,
        )
        os.remove("run.h5")
        err = self.exported(self.encoder.state_dict(), z2=False)  # with its classifier, and without a word more
        self.assertIn("z1 is what net.py:Encoder gives in front of 'fc'; --encoder says else\n", err)
        for words in (
            ("mi-spectrum", "--of", "z1"),
            ("mi-entropy", "--of", "z1"),
            ("mi-mutual", "--of", "z1:y"),
            ("mi-probe", "--of", "z1"),
        ):
            self.assertTrue(rows(tool(*words, "run.h5")), words)
        os.remove("run.h5")
        err = self.exported(self.body(), z2=False)
        self.assertIn("named as by torchvision: 8 tensors of the encoder; projector: none", err)

    def test_a_classifier_of_several_layers(self):
        for last in (torch.nn.Linear(12, 10), torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Linear(12, 10))):
            net = torch.nn.Sequential()
            net.add_module("features", torch.nn.Linear(4, 12))
            net.add_module("classifier", last)
            self.assertEqual(export_features.without_classifier(net), "classifier")
            self.assertEqual(net(torch.zeros(2, 4)).shape, (2, 12))
        net = torch.nn.Sequential(torch.nn.Sequential(torch.nn.Linear(4, 12), torch.nn.ReLU(), torch.nn.Linear(12, 3)))
        self.assertIsNone(export_features.without_classifier(net))

    def test_an_encoder_alone(self):
        self.assertIn(
            "run.ckpt: named backbone.*: 8 tensors", self.exported(prefixed("backbone.", self.body()), z2=False)
        )

    def test_attributes_groups_and_again(self):
        model = export_features.made("net.py:Whole")
        torch.save(model.state_dict(), "whole.ckpt")
        words = (
            "net.py:Whole",
            "--state",
            "whole.ckpt",
            "--data",
            "net.py:loader",
            "-o",
            "w.h5",
            "--group",
            "epoch_010",
        )
        for epoch in ("9", "10"):
            code, err, _ = self.run_(*words, "--attr", f"epoch={epoch}", "--attr", "lambda=0.5", "--attr", "method=x")
            self.assertEqual(code, 0, err)
        (row,) = rows(tool("mi-bounds", "w.h5"))
        self.assertEqual((row["group"], row["epoch"], row["lambda"], row["method"]), ("/epoch_010", "10", "0.5", "x"))
        self.assertEqual((row["d1"], row["d2"], row["instances"], row["r_kind"]), ("16", "4", "40", "positive"))

    def test_list(self):
        code, _, out = self.run_("--list", "net.py:Whole")
        self.assertEqual((code, out.splitlines()[-1]), (0, "head\tLinear\t68"))

    def test_crops_of_images(self):
        with h5py.File("images.h5", "w") as f:
            f["x_test"] = np.random.default_rng(0).integers(0, 256, (50, 3, 8, 8), "u1")
            f["y_test"] = np.arange(50, dtype="u1") % 5
        words = ("net.py:Whole", "--data", "images.h5", "--instances", "40", "--batch", "16", "-o")
        torch.manual_seed(0)
        self.assertEqual(self.run_(*words, "a.h5")[:2], (0, "export_features: a.h5: 80 rows, z1 16, z2 4\n"))
        torch.manual_seed(0)
        self.run_(*words, "b.h5")
        with h5py.File("a.h5") as a, h5py.File("b.h5") as b:
            self.assertEqual(sorted(a["r"][:]), sorted(list(range(40)) * 2))
            self.assertFalse(np.array_equal(a["z1"][:16], a["z1"][16:32]))
            self.assertTrue(np.array_equal(a["z1"][:], b["z1"][:]))

    def test_messages(self):
        torch.save({"conv1.weight": torch.zeros(8, 3, 5, 5)}, "shape.ckpt")
        torch.save({"a.weight": torch.zeros(2)}, "names.ckpt")
        torch.save({**prefixed("backbone.", self.body()), "projector.0.weight": torch.zeros(2, 3, 4, 5)}, "conv.ckpt")
        torch.save({"opt": 3}, "none.ckpt")
        with open("text.ckpt", "w") as f:
            f.write("not a checkpoint")
        cases = (
            (("net.py:Encoder", "none.ckpt"), "'none.ckpt' has no weights by name, wanted a state dict"),
            (("net.py:Encoder", "gone.ckpt"), "cannot open 'gone.ckpt': no such file"),
            (("net.py:Encoder", "text.ckpt"), "'text.ckpt' is no checkpoint of tensors alone"),
            (("net.py:Encoder", "names.ckpt"), "the encoder's weights do not fit MODEL: 7 it wants are missing, such as conv1.weight; 1 are not its own, such as a.weight"),
            (("net.py:Encoder", "shape.ckpt"), "the encoder's weights do not fit MODEL: Error(s) in loading state_dict for Encoder: size mismatch for conv1.weight"),
            (("net.py:Encoder", "conv.ckpt"), "the projector's '0' is no linear layer or normalisation; give FILE.py:NAME that builds the model"),
            (("net.py:number", "none.ckpt"), "'net.py:number' makes a int, wanted a network (torch.nn.Module)"),
            (
                ("torch.nn.Linear", "none.ckpt"),
                "'torch.nn.Linear' wants arguments (in_features, out_features), wanted what takes none",
            ),
            (("net.py:Nothing", "none.ckpt"), "'net.py:Nothing' is not to be had, wanted FILE.py:NAME or package.NAME: "),
        )  # fmt: skip
        for (model, state), message in cases:
            with self.subTest(message=message):
                code, err, _ = self.run_(model, "--state", state, "--data", "views.npz", "-o", "x.h5")
                self.assertEqual(code, 65)
                self.assertTrue(err.startswith(f"export_features: {message}"), err)
        np.savez("c.npz", c=np.zeros(3))
        code, err, _ = self.run_("net.py:Whole", "--data", "c.npz", "-o", "x.h5")
        self.assertEqual(
            (code, err),
            (65, "export_features: 'c.npz' has the arrays c, wanted a and b, the two views, and perhaps y\n"),
        )
        code, err, _ = self.run_("net.py:Whole")
        self.assertEqual(code, 2)
        self.assertIn("wanted --data and -o, or --list", err)
        code, err, _ = self.run_("net.py:Whole", "--data", "a", "-o", "b", "--attr", "epoch")
        self.assertIn("'epoch' is no attribute, wanted NAME=VALUE, such as epoch=10", err)
        self.assertFalse(os.path.exists("x.h5"))
