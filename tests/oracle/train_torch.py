#!/usr/bin/env python3
"""Values of training by PyTorch, in double precision, that unit/train/test_torch compares libmi-train with.

    /usr/bin/python3 train_torch.py train.h5      (made with PyTorch 1.13.0a0, h5py 3.7.0 of Debian 12)

A ResNet-8 of width 16 on 8 x 8 images, projector mlp:32 to 16 columns, InfoNCE at temperature 0.2, SGD with momentum 0.9,
rate 0.05, weight decay 5e-4 of weights alone: four steps. Names are those of mi-train --save: encoder.LL is layer LL in the
order in which they are made, a join being one.
"""
import sys

import h5py
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
ROWS, STEPS, THIN = 8, 4, 5


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.count = nn.ModuleDict(), 0
        self.stem = self.unit(3, 16, 3, 1)
        self.blocks = [self.block(16, 16, 1), self.block(16, 32, 2), self.block(32, 64, 2)]
        self.first, self.norm, self.last = nn.Linear(64, 32, bias=False), nn.BatchNorm1d(32), nn.Linear(32, 16)

    def add(self, module):
        name = "%02d" % self.count
        self.count += 1
        self.layer[name] = module
        return module

    def unit(self, i, o, k, s):
        return self.add(nn.Conv2d(i, o, k, s, k // 2, bias=False)), self.add(nn.BatchNorm2d(o))

    def block(self, i, o, s):
        a, b = self.unit(i, o, 3, s), self.unit(o, o, 3, 1)
        c = self.unit(i, o, 1, s) if s != 1 or i != o else None
        self.count += 1
        return a, b, c

    def features(self, x):
        run = lambda u, v: u[1](u[0](v))
        x = F.relu(run(self.stem, x))
        for a, b, c in self.blocks:
            y = run(b, F.relu(run(a, x)))
            x = F.relu(y + (x if c is None else run(c, x)))
        return x.mean((2, 3))

    def forward(self, x):
        z1 = self.features(x)
        return z1, self.last(F.relu(self.norm(self.first(z1))))

    def named(self):
        """(name of mi-train, tensors that are stacked in it)"""
        parts = [("encoder." + k, m) for k, m in self.layer.items()]
        parts += [("projector.00", self.first), ("projector.01", self.norm), ("projector.02", self.last)]
        for name, m in parts:
            if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
                yield name + ".scale_shift", [m.weight, m.bias]
                yield name + ".running", [m.running_mean, m.running_var]
            else:
                yield name + ".weight", [m.weight]
                if getattr(m, "bias", None) is not None:
                    yield name + ".bias", [m.bias]


def put(group, pairs, step=1, dtype="f4"):
    """Every step-th element, in row-major order; all of them in their shape."""
    for name, tensors in pairs:
        value = tensors[0] if len(tensors) == 1 else torch.stack(list(tensors))
        value = value.detach().numpy()
        group.create_dataset(name, data=value if step == 1 else value.ravel()[::step], dtype=dtype)


net = Net()
for m in net.modules():
    if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
        nn.init.uniform_(m.weight, 0.5, 1.5), nn.init.uniform_(m.bias, -0.5, 0.5)
for p in net.parameters():
    p.data = p.data.half().double()  # what the file holds
weights = [p for p in net.parameters() if p.dim() > 1]
others = [p for p in net.parameters() if p.dim() == 1]
sgd = torch.optim.SGD([dict(params=weights, weight_decay=5e-4), dict(params=others)], lr=0.05, momentum=0.9)
images = torch.randn(STEPS, ROWS, 3, 8, 8).float().double()
positive = torch.cat([torch.arange(ROWS // 2, ROWS), torch.arange(ROWS // 2)])

with h5py.File(sys.argv[1], "w") as f:
    f.create_dataset("images", data=images.numpy(), dtype="f4")
    put(f.create_group("before"), net.named(), dtype="f2")
    losses = []
    for step in range(STEPS):
        z1, z2 = net(images[step])
        z = F.normalize(z2, dim=1)
        s = (z @ z.T / 0.2).masked_fill(torch.eye(ROWS, dtype=torch.bool), -1e18)
        loss = F.cross_entropy(s, positive)
        sgd.zero_grad()
        loss.backward()
        if step == 0:
            f.create_dataset("z1", data=z1.detach().numpy(), dtype="f4")
            f.create_dataset("z2", data=z2.detach().numpy(), dtype="f4")
            put(f.create_group("gradient"), [(n, [t.grad for t in ts]) for n, ts in net.named() if not n.endswith("running")], THIN)
        sgd.step()
        losses.append(loss.item())
    f.create_dataset("losses", data=losses, dtype="f8")
    put(f.create_group("after"), net.named(), THIN)
    net.eval()
    z1, z2 = net(images[0])
    f.create_dataset("z1_infer", data=z1.detach().numpy(), dtype="f4")
    f.create_dataset("z2_infer", data=z2.detach().numpy(), dtype="f4")
    f.attrs["torch"] = str(torch.__version__)
