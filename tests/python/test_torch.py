"""PyTorch: a small model trains with the Monitor, its checkpoints are exported, I(Z1;Z2) is differentiated."""

import inspect
import math
import random

from common import Case, needs, np, rows, tool

import libmi

torch = needs("torch")


class Model(torch.nn.Module):
    """A backbone with what behaves otherwise in training (dropout, batch statistics), and a head."""

    def __init__(self, uses_head=True):
        super().__init__()
        self.backbone = torch.nn.Sequential(
            torch.nn.Linear(10, 24), torch.nn.BatchNorm1d(24), torch.nn.ReLU(), torch.nn.Dropout(0.1)
        )
        self.head = torch.nn.Linear(24, 6)
        self.uses_head = uses_head

    def forward(self, x):
        h = self.backbone(x)
        return self.head(h) if self.uses_head else h


class Loader:
    """Two noisy views of points of 4 classes, drawn anew in every pass from the global generator."""

    def __init__(self, shape="((a, b), y)"):
        self.centres = 2 * torch.randn(4, 10, generator=torch.Generator().manual_seed(3))
        self.shape = shape

    def __iter__(self):
        for _ in range(4):
            y = torch.randint(4, (32,))
            a, b = (self.centres[y] + torch.randn(32, 10) + random.random() + np.random.rand() for _ in range(2))
            yield {"((a, b), y)": ((a, b), y), "(i, [a, b], y)": (torch.arange(32), [a, b], y), "(a, b)": (a, b)}[
                self.shape
            ]


def train(model, loader, epochs, after=lambda epoch: None, weight=0.0):
    """SimCLR in a few lines."""
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    for epoch in range(epochs):
        for (a, b), _ in loader:
            h = model.backbone(torch.cat([a, b]))
            z = torch.nn.functional.normalize(model.head(h))
            za, zb = z.chunk(2)
            loss = torch.nn.functional.cross_entropy(za @ zb.T / 0.2, torch.arange(len(za)))
            if weight:
                loss = loss + weight * libmi.torch.information(h, z)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        after(epoch)
    return float(loss)


class Monitoring(Case):
    def setUp(self):
        super().setUp()
        torch.manual_seed(0)
        self.model = Model()

    def test_a_training_run(self):
        said = []
        monitor = libmi.torch.Monitor(
            self.model,
            encoder="backbone",
            projector="head",
            every=2,
            data=Loader(),
            log=said.append,
            instances=100,
            path="run.h5",
        )
        train(self.model, Loader(), 5, monitor)
        self.assertEqual([d["epoch"] for d in said], [0, 2, 4])
        self.assertEqual(monitor.history, said)
        for name in ("lower", "upper", "I_Z1_Z2", "I_Y_Z1", "slack_lower"):
            self.assertTrue(all(math.isfinite(d[f"libmi/{name}"]) and d[f"libmi/{name}_se"] > 0 for d in said))
        self.assertNotEqual(said[0]["libmi/lower"], said[-1]["libmi/lower"])
        self.assertEqual((monitor.bounds.n, monitor.bounds.instances, monitor.bounds.r_kind), (200, 100, "positive"))
        table = rows(tool("mi-bounds", "--se", "run.h5"))
        self.assertEqual([row["epoch"] for row in table], ["0", "2", "4"])
        self.assertEqual(
            [(row["lower"], row["lower_se"]) for row in table],
            [tuple(format(d[f"libmi/{k}"], ".9g") for k in ("lower", "lower_se")) for d in said],
        )

    def test_training_is_not_touched(self):
        """The same weights and losses with and without; modes and hooks are as before."""
        losses, weights = [], []
        for watched in (False, True):
            torch.manual_seed(1), random.seed(1), np.random.seed(1)
            model = Model()
            after = libmi.torch.Monitor(model, data=Loader()) if watched else lambda epoch: None
            losses.append(train(model, Loader(), 3, after))
            weights.append(torch.nn.utils.parameters_to_vector(model.parameters()))
            self.assertTrue(all(m.training for m in model.modules()))
            self.assertFalse(any(m._forward_hooks for m in model.modules()))
        self.assertEqual(losses[0], losses[1])
        self.assertTrue(torch.equal(*weights))

    def test_the_part_is_fixed(self):
        monitor = libmi.torch.Monitor(self.model, data=Loader())
        self.assertEqual(monitor(0), monitor(0))

    def test_modes_are_restored_one_by_one(self):
        self.model.backbone[1].eval()
        libmi.torch.Monitor(self.model, data=Loader())(0)
        self.assertEqual([m.training for m in self.model.backbone], [True, False, True, True])

    def test_forms_of_batches(self):
        for shape in ("((a, b), y)", "(i, [a, b], y)", "(a, b)"):
            with self.subTest(shape=shape):
                said = libmi.torch.Monitor(self.model, data=Loader(shape))(0)
                self.assertEqual("libmi/I_Y_Z1" in said, shape != "(a, b)")
        own = libmi.torch.Monitor(
            self.model, data=[{"x": torch.randn(9, 10)}], unpack=lambda b: ([b["x"], b["x"] + 1], None)
        )
        self.assertEqual(own.features().z1.shape, (18, 24))

    def test_a_projector_that_forward_leaves_out(self):
        model = Model(uses_head=False)
        f = libmi.torch.Monitor(model, data=Loader()).features()
        self.assertTrue(torch.allclose(f.z2, model.head(f.z1)))

    def test_wrapped_models(self):
        f = libmi.torch.Monitor(torch.nn.DataParallel(self.model), data=Loader()).features()
        self.assertEqual(f.z2.shape, (256, 6))

    def test_feature_maps(self):
        model = torch.nn.ModuleDict()
        model = torch.nn.Sequential()
        model.backbone = torch.nn.Conv2d(3, 7, 3)
        model.head = torch.nn.Linear(7, 4)
        x = torch.randn(8, 3, 6, 6)
        f = libmi.torch.features(
            model, [((x, x + 1), None)], pool="mean", forward=lambda m, v: m.head(m.backbone(v).mean((2, 3)))
        )
        self.assertEqual((f.z1.shape, f.z2.shape), ((16, 7), (16, 4)))
        self.assertTrue(torch.allclose(f.z1[:8], model.backbone(x).mean((2, 3)), atol=1e-6))

    def test_features_that_cannot_be_measured_are_a_warning(self):
        monitor = libmi.torch.Monitor(self.model, data=Loader())
        torch.nn.init.zeros_(self.model.head.weight)
        torch.nn.init.zeros_(self.model.head.bias)
        with self.assertWarnsRegex(UserWarning, "^epoch 3: not measured: z2: row 0 is all zero"):
            self.assertIsNone(monitor(3))

    def test_what_cannot_be(self):
        monitor = libmi.torch.Monitor
        with self.assertRaisesRegex(
            libmi.UsageError, "^the model has no module 'bakbone', wanted one of its names, such as backbone"
        ):
            monitor(self.model, "bakbone", data=Loader())
        self.says("every is 0, wanted 1 or more", monitor, self.model, every=0, data=Loader())
        self.says(
            "a batch has 1 views, wanted two or more, as ((a, b), labels); unpack= takes yours apart",
            monitor, self.model, data=[(torch.randn(4, 10), torch.arange(4))],
        )  # fmt: skip
        self.says("the loader gave no batches", libmi.torch.features, self.model, [])
        self.says(
            "pool is 'max', wanted flatten, mean or first", libmi.torch.features, self.model, Loader(), pool="max"
        )
        self.model.other = torch.nn.Linear(2, 2)
        self.says(
            "module 'other' was not used by the model; forward= calls it as it is meant",
            libmi.torch.features, self.model, Loader(), encoder="other",
        )  # fmt: skip

    def test_under_ten_lines(self):
        """What a training loop gets: the lines of the documentation."""
        lines = [line for line in libmi.torch.__doc__.splitlines() if "onitor" in line or "export" in line]
        self.assertLess(len(lines), 10)
        self.assertIn("data", inspect.signature(libmi.torch.Monitor).parameters)


class Exporting(Case):
    def setUp(self):
        super().setUp()
        torch.manual_seed(0)

    def test_a_checkpoint(self):
        model = Model().half().double()
        loader = [((a.double(), b.double()), y) for (a, b), y in Loader()]
        f = libmi.torch.export(model, loader, "run.h5", "epoch_007", epoch=7, method="simclr")
        (row,) = rows(tool("mi-ls", "run.h5"))
        self.assertEqual(
            (row["z1"], row["z2"], row["epoch"], row["views_max"]), ("f64[256,24]", "f64[256,6]", "7", "2")
        )
        (row,) = rows(tool("mi-bounds", "run.h5"))
        self.assertEqual(row["lower"], format(libmi.bounds(*f).lower, ".9g"))
        self.assertTrue(model.training)

    def test_instances_are_cut(self):
        f = libmi.torch.export(Model(), Loader(), "run.h5", instances=40)
        self.assertEqual(sorted(f.r.tolist()), sorted(list(range(40)) * 2))

    def test_two_towers(self):
        class Towers(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.vision_model, self.text_model = torch.nn.Linear(10, 8), torch.nn.Linear(7, 9)
                self.visual_projection, self.text_projection = torch.nn.Linear(8, 4), torch.nn.Linear(9, 4)

            def forward(self, pixels, words):
                return self.visual_projection(self.vision_model(pixels)), self.text_projection(self.text_model(words))

        loader = [{"pixels": torch.randn(20, 10), "words": torch.randn(20, 7)} for _ in range(3)]
        names = dict(encoder="vision_model", projector="visual_projection", target="text_projection")
        f = libmi.torch.export(Towers(), loader, "clip.h5", **names)
        self.assertEqual([tuple(x.shape) for x in (f.z1, f.z2, f.r)], [(60, 8), (60, 4), (60, 4)])
        (row,) = rows(tool("mi-bounds", "clip.h5"))
        self.assertEqual(row["r_kind"], "target")
        said = "instances are counted in views; with target= cut the loader itself"
        self.says(said, libmi.torch.export, Towers(), loader, "c.h5", instances=3, **names)

    def test_outputs_with_names(self):
        class Output(dict):
            @property
            def pooler_output(self):
                return self["pooled"]

        class Encoder(torch.nn.Linear):
            def forward(self, x):
                return Output(tokens=x[:, None], pooled=super().forward(x))

        model = Model(uses_head=False)
        model.backbone = Encoder(10, 24)
        self.assertEqual(libmi.torch.features(model, Loader()).z1.shape, (256, 24))

    def test_tensors_of_any_kind_are_saved(self):
        z = torch.randn(6, 4)
        for name, x in (
            ("grad", z.clone().requires_grad_()),
            ("half", z.half()),
            ("bf16", z.bfloat16()),
            ("turned", z.T.contiguous().T),
            ("sparse", z.to_sparse()),
        ):
            with self.subTest(name=name):
                libmi.save("t.h5", name, z1=x)
                stored = {"half": "f16"}.get(name, "f32")
                self.assertEqual(rows(tool("mi-ls", f"t.h5:{name}"))[0]["z1"], f"{stored}[6,4]")
        names_of = libmi.torch.names(Model())
        self.assertIn("backbone.0", names_of)


class Regularising(Case):
    def setUp(self):
        super().setUp()
        torch.manual_seed(0)

    def test_gradient(self):
        z1, z2 = (torch.randn(20, d, dtype=torch.float64, requires_grad=True) for d in (5, 3))
        for alpha in (0.7, 1, 2, 3):
            self.assertTrue(torch.autograd.gradcheck(lambda a, b: libmi.torch.information(a, b, alpha), (z1, z2)))
        value = libmi.torch.information(z1, z2)
        self.assertAlmostEqual(value.item(), libmi.information("z1:z2", z1=z1.detach(), z2=z2.detach()), 6)

    def test_one_side_and_shapes(self):
        z1, z2 = torch.randn(20, 2, 3, requires_grad=True), torch.randn(20, 4)
        (3 * libmi.torch.information(z1, z2)).backward()
        once = z1.grad.clone()
        z1.grad = None
        libmi.torch.information(z1, z2).backward()
        self.assertTrue(torch.allclose(once, 3 * z1.grad))
        self.assertEqual(z1.grad.shape, z1.shape)
        self.assertFalse(libmi.torch.information(z1.detach(), z2).requires_grad)

    def test_types(self):
        z = torch.randn(16, 4)
        for kind in (torch.float32, torch.float64, torch.bfloat16, torch.float16):
            x = z.to(kind, copy=True).requires_grad_()
            libmi.torch.information(x, x * x).backward()
            self.assertEqual(x.grad.dtype, kind)
            self.assertGreater(x.grad.float().norm().item(), 0)
        turned = torch.randn(4, 16).T.detach().requires_grad_()
        libmi.torch.information(turned, z).backward()
        self.assertEqual(turned.grad.shape, (16, 4))

    def test_training_with_it_lowers_it(self):
        found = []
        for weight in (0, 1):
            torch.manual_seed(2)
            model = Model()
            train(model, Loader(), 4, weight=weight)
            f = libmi.torch.features(model, Loader())
            found.append(libmi.information("z1:z2", z1=f.z1, z2=f.z2))
        self.assertLess(found[1], found[0])

    def test_what_cannot_be(self):
        z = torch.randn(8, 3)
        information = libmi.torch.information
        self.says("z1 (8,) and z2 (8, 3), wanted rows of features, (n,d1) and (n,d2)", information, z[:, 0], z)
        self.says("z2 is torch.int64, wanted floating-point features", information, z, z.long())
        self.says("z2 has 7 rows, z1 has 8: wanted as many", information, z, z[1:])
        self.says(
            "z2: row 0 is all zero (8 of 8 rows are), which has no cosine; try zero-rows drop, or a gaussian, laplacian or delta kernel",
            information,
            z,
            0 * z,
        )
        self.says("'0' is no order, wanted a number above 0, or inf", information, z, z, 0)
