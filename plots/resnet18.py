#!/usr/bin/env python3
"""The runs of runs.txt on CIFAR-10 with PyTorch, by ResNet-18: files as mi-train makes them, in the current folder.

    resnet18.py cifar10.h5                                       all of them, one after another
    resnet18.py cifar10.h5 --only epochs --epochs 90 --every 3   options behind a run's own; --only takes a regular expression
    for i in 1 2 3 4; do resnet18.py cifar10.h5 & done; wait     several at once: each takes a run that none has

The images are those of mi-images. A run is claimed by a lock and its file appears when it is whole, so what was stopped is begun anew and what
is finished is passed over. With a GPU the networks compute in bfloat16; features are always of single precision.
"""
import argparse, contextlib, fcntl, functools, math, os, re, time

import h5py, numpy as np, torch
import torch.nn as nn
import torch.nn.functional as F

MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)
GREY = (0.299, 0.587, 0.114)
TEMPERATURE, RATE = 0.2, 0.06


# ---- networks ----


def conv(i, o, k=3, stride=1):
    return nn.Conv2d(i, o, k, stride, k // 2, bias=False)


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.c1, self.b1, self.c2, self.b2 = conv(i, o, 3, stride), nn.BatchNorm2d(o), conv(o, o), nn.BatchNorm2d(o)
        self.skip = nn.Identity() if stride == 1 and i == o else nn.Sequential(conv(i, o, 1, stride), nn.BatchNorm2d(o))

    def forward(self, x):
        return F.relu(self.b2(self.c2(F.relu(self.b1(self.c1(x))))) + self.skip(x))


def resnet18(width):
    """With the stem for small images; 8 x width features."""
    layers, i = [conv(3, width), nn.BatchNorm2d(width), nn.ReLU()], width
    for o, stride in ((width, 1), (2 * width, 2), (4 * width, 2), (8 * width, 2)):
        layers += [Block(i, o, stride), Block(o, o, 1)]
        i = o
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Levels(nn.Module):
    """fsq:L, straight-through."""

    def __init__(self, levels):
        super().__init__()
        self.levels = levels

    def forward(self, z):
        h, offset = (self.levels - 1) * (1 - 1e-3) / 2, 0.0 if self.levels % 2 else 0.5
        b = torch.tanh(z.float() + math.tan(offset / h)) * h - offset
        return (b + (torch.round(b) - b).detach()) / (self.levels // 2)


class Sparse(nn.Module):
    """sae:K:WIDTH: the K largest of WIDTH rectified units, decoded."""

    def __init__(self, d, width, k):
        super().__init__()
        self.encode, self.decode, self.k = nn.Linear(d, width), nn.Linear(width, d), k

    def forward(self, x):
        a = F.relu(self.encode(x - self.decode.bias.to(x.dtype)))
        v, i = a.topk(self.k, 1)
        return self.decode(torch.zeros_like(a).scatter(1, i, v))


def mlp(d, width, depth, out):
    layers = []
    for _ in range(depth - 1):
        layers += [nn.Linear(d, width), nn.BatchNorm1d(width), nn.ReLU()]
        d = width
    return nn.Sequential(*layers, nn.Linear(d, out))


def projector(chain, d, out):
    links = [link.split(":") for link in chain.split(",")]
    dense = [i for i, link in enumerate(links) if link[0] in ("linear", "mlp")]
    layers = []
    for i, (kind, *a) in enumerate(links):
        a = [int(v) for v in a]
        to = out if dense and i == dense[-1] else d
        if kind == "linear":
            layers.append(nn.Linear(d, to))
        if kind == "mlp":
            layers.append(mlp(d, a[0] if a else d, a[1] if len(a) > 1 else 2, to))
        if kind == "fsq":
            layers.append(Levels(a[0]))
        if kind == "sae":
            layers.append(Sparse(d, a[1] if len(a) > 1 else 8 * d, a[0]))
        d = to if kind in ("linear", "mlp") else d
    return nn.Sequential(*layers)


# ---- views and losses ----


@functools.lru_cache(None)
def channels(values, device):
    return torch.tensor(values, device=device).view(1, 3, 1, 1)


def normalised(x):
    return ((x - channels(MEAN, x.device)) / channels(DEVIATION, x.device)).contiguous(
        memory_format=torch.channels_last
    )


def view(x):
    """A random view of every image: crop, flip, colours, grey."""
    n, on = len(x), dict(device=x.device)
    x = x.float() / 255
    area = torch.empty(n, **on).uniform_(0.2, 1)
    ratio = torch.exp(torch.empty(n, **on).uniform_(math.log(3 / 4), math.log(4 / 3)))
    w, h = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
    theta = torch.zeros(n, 2, 3, **on)
    theta[:, 0, 0], theta[:, 1, 1] = w * torch.where(torch.rand(n, **on) < 0.5, -1.0, 1.0), h
    theta[:, 0, 2], theta[:, 1, 2] = (torch.rand(n, **on) * 2 - 1) * (1 - w), (torch.rand(n, **on) * 2 - 1) * (1 - h)
    x = F.grid_sample(
        x, F.affine_grid(theta, list(x.shape), align_corners=False), align_corners=False, padding_mode="reflection"
    )
    grey = lambda v: (v * channels(GREY, v.device)).sum(1, keepdim=True)
    jitter = (torch.rand(n, **on) < 0.8).float().view(-1, 1, 1, 1)
    factor = lambda s: 1 + jitter * (torch.rand(n, 1, 1, 1, **on) * 2 - 1) * s
    x = x * factor(0.4)
    m = grey(x).mean((2, 3), keepdim=True)
    x = (x - m) * factor(0.4) + m
    g = grey(x)
    x = (x - g) * factor(0.4) + g
    x = x + jitter * (torch.rand(n, 3, 1, 1, **on) - 0.5) * 0.1  # in place of a turn of the hue
    x = torch.where(torch.rand(n, 1, 1, 1, **on) < 0.2, grey(x).expand_as(x), x)
    return normalised(x.clamp(0, 1))


def unit(z):
    """Rows over their norms; a row of zeros stays one and has no gradient."""
    norm = z.norm(dim=1, keepdim=True)
    return torch.where(norm > 0, z / norm.where(norm > 0, torch.ones_like(norm)), torch.zeros_like(z))


def info_nce(a, b):
    z = unit(torch.cat([a, b]).float())
    s = (z @ z.T / TEMPERATURE).fill_diagonal_(-1e9)
    return F.cross_entropy(s, torch.arange(len(z), device=z.device).roll(len(a)))


def barlow(a, b, weight=0.0051, scale=0.1):
    a, b = [(v.float() - v.float().mean(0)) / (v.float().std(0, unbiased=False) + 1e-5) for v in (a, b)]
    c = a.T @ b / len(a)
    d = torch.diagonal(c)
    return scale * ((d - 1).pow(2).sum() + weight * (c.pow(2).sum() - d.pow(2).sum()))


def information(a, b):
    """I_2 of a batch's two cosine Gram matrices."""
    k1, k2 = [(z @ z.T).pow(2) for z in (unit(v.float()) for v in (a, b))]
    return math.log(len(a) ** 2) + torch.log((k1 * k2).sum()) - torch.log(k1.sum()) - torch.log(k2.sum())


# ---- one run ----


def half(on):
    return torch.autocast("cuda", torch.bfloat16) if on else contextlib.nullcontext()


class Run:
    """What a line of runs.txt trains, on the images d, into a file."""

    def __init__(self, o, d, path):
        torch.manual_seed(o.seed)
        self.o, self.d, self.path, self.device = o, d, path, d["x"].device
        self.encoder = resnet18(o.width).to(self.device).to(memory_format=torch.channels_last)
        self.head = projector(o.projector, 8 * o.width, o.out).to(self.device)
        self.is_frozen = o.freeze == "encoder"
        if o.init:
            self.encoder.load_state_dict(torch.load(o.init, map_location=self.device))
        learnt = [self.head] if self.is_frozen else [self.head, self.encoder]
        self.sgd = torch.optim.SGD(
            [p for net in learnt for p in net.parameters()], lr=1.0, momentum=0.9, weight_decay=5e-4
        )
        self.step, self.steps = 0, len(d["x"]) // o.batch
        self.loss = torch.full((), math.nan)
        with h5py.File(path, "w") as f:
            f.attrs.update(self.settings())

    def settings(self):
        o = self.o
        words = dict(
            dataset="cifar10", encoder="resnet18", encoder_width=o.width, projector=o.projector, projector_out=o.out
        )
        words.update(
            method=o.loss, temperature=TEMPERATURE, optimiser="sgd", rate=RATE, momentum=0.9, weight_decay=5e-4
        )
        words.update(
            warmup=o.warmup, epochs=o.epochs, train_batch=o.batch, train_images=len(self.d["x"]), train_seed=o.seed
        )
        words.update({"lambda": o.weight}, eval_images=o.eval, made_by="PyTorch " + torch.__version__)
        for kind, *a in (link.split(":") for link in o.projector.split(",")):
            if kind in ("fsq", "sae"):
                words["fsq_levels" if kind == "fsq" else "k"] = int(a[0])
        if self.device.type == "cuda":
            words["device"] = torch.cuda.get_device_name()
        return words

    def rate(self):
        """Of a batch of 256: a warm-up, then a cosine."""
        warm, total = max(1, round(self.o.warmup * self.steps)), self.o.epochs * self.steps
        if self.step < warm:
            return RATE * self.step / warm
        return RATE * 0.5 * (1 + math.cos(math.pi * (self.step - warm) / max(1, total - warm)))

    def batch(self, x):
        for g in self.sgd.param_groups:
            g["lr"] = self.rate() * self.o.batch / 256
        with half(self.device.type == "cuda"):
            with torch.set_grad_enabled(not self.is_frozen):
                z1 = self.encoder(view(torch.cat([x, x])))
            z2 = self.head(z1)
        loss = info_nce(*z2.chunk(2)) if self.o.loss == "simclr" else barlow(*z2.chunk(2))
        if self.o.weight:
            loss = loss + self.o.weight * information(z1, z2)
        self.sgd.zero_grad(set_to_none=True)
        loss.backward()
        self.sgd.step()
        self.loss = loss.detach()
        self.step += 1

    def epoch(self):
        self.encoder.train(not self.is_frozen), self.head.train()
        order = torch.randperm(len(self.d["x"]), device=self.device)
        for s in range(self.steps):
            self.batch(self.d["x"][order[s * self.o.batch : (s + 1) * self.o.batch]])

    @torch.no_grad()
    def accuracy(self):
        """Of a ridge classifier on the features of the images as they are."""

        def features(x):
            f = unit(torch.cat([self.encoder(normalised(v.float() / 255)).float() for v in x.split(1000)]))
            return torch.cat([f, torch.ones_like(f[:, :1])], 1).double()

        f, g = features(self.d["x"]), features(self.d["xt"])
        ridge = 1e-3 * len(f) / f.shape[1] * torch.eye(f.shape[1], dtype=f.dtype, device=f.device)
        w = torch.linalg.solve(f.T @ f + ridge, f.T @ F.one_hot(self.d["y"]).double())
        return ((g @ w).argmax(1) == self.d["yt"]).double().mean().item()

    @torch.no_grad()
    def save(self, epoch):
        """A checkpoint: features of the same views of the same test images in every run."""
        self.encoder.eval(), self.head.eval()
        x, y = self.d["xt"][: self.o.eval], self.d["yt"][: self.o.eval].cpu().numpy()
        with torch.random.fork_rng():
            torch.manual_seed(12345)
            z1 = torch.cat([self.encoder(view(x)).float() for _ in "ab"])
        says = dict(epoch=epoch, step=self.step, accuracy=self.accuracy(), accuracy_n=len(self.d["xt"]))
        if epoch:
            says["loss"] = self.loss.item()
        with h5py.File(self.path, "a") as f:
            g = f.create_group("epoch_%03d" % epoch)
            for k, v in (("z1", z1), ("z2", self.head(z1).float())):
                g.create_dataset(k, data=v.cpu().numpy().astype("f2"), compression="gzip", shuffle=True)
            g.attrs.update(says)
            if "r" not in f:
                f["r"], f["y"] = np.tile(np.arange(len(y)), 2), np.tile(y, 2)
        return says

    def train(self, name):
        """To the end; False where the loss is no number."""
        for e in range(self.o.epochs + 1):
            if e:
                self.epoch()
            if not e or math.isfinite(self.loss.item()):
                if e == self.o.epochs or self.o.every and e % self.o.every == 0:
                    print(name, *("%s=%.6g" % w for w in self.save(e).items()), flush=True)
            else:
                print("%s: the loss of epoch %d is %g" % (name, e, self.loss.item()), flush=True)
                return False
        if self.o.save:
            torch.save(self.encoder.state_dict(), self.o.save)
        return True


# ---- all of them ----


def arguments(words):
    """The options of mi-train that are known here; others are passed over."""
    p = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("projector=mlp", "loss=simclr", "init=", "freeze=", "save="):
        p.add_argument("--" + name.split("=")[0], default=name.split("=")[1])
    for name, default in dict(out=128, seed=1, epochs=100, every=1, eval=512, width=64, batch=256).items():
        p.add_argument("--" + name, type=int, default=default)
    p.add_argument("--train-images", type=int)
    p.add_argument("--warmup", type=float, default=10)
    p.add_argument("--lambda", dest="weight", type=float, default=0.0)
    o = p.parse_known_args(words)[0]
    o.init, o.save = [re.sub(r"\.h5$", ".pt", path) for path in (o.init, o.save)]
    return o


def images(path, n):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with h5py.File(path) as f:
        d = {k: torch.from_numpy(f[name][:n]).to(device) for k, name in (("x", "x_train"), ("y", "y_train"))}
        d.update({k: torch.from_numpy(f[name][:]).to(device) for k, name in (("xt", "x_test"), ("yt", "y_test"))})
    return dict(d, y=d["y"].long(), yt=d["yt"].long())


def claim(name):
    """The lock on a run, or None where another has it or it is done."""
    f = open(name + ".lock", "w")
    try:
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    return None if os.path.exists(name + ".h5") else f


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("images")
    p.add_argument("--runs", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "runs.txt"))
    p.add_argument("--only", default=".*")
    a, more = p.parse_known_args()
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    for line in open(a.runs):
        name, *words = line.split()
        if name == "#" or words[0] != "cifar10" or not re.fullmatch(a.only, name):
            continue
        lock = claim(name)
        if not lock:
            continue
        o = arguments(words[1:] + more)
        while o.init and not os.path.exists(o.init):
            time.sleep(1)  # the run that saves it goes on beside this one
        if Run(o, images(a.images, o.train_images), name + ".tmp").train(name):
            os.rename(name + ".tmp", name + ".h5")
        lock.close()


main()
