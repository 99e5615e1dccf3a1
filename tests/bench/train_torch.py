"""mi-train against PyTorch: views a second and peak memory of SimCLR, batches of 256 images x 2 views of 32 x 32, in float32
and, where the CPU has it, in bf16 (PyTorch in float32), and what the bottleneck adds to a step.

train_torch.py TOOLS [THREADS]: images are drawn. mi-train is a whole process, augmentation included; the time of a step is the
difference of a run of 24 steps and one of 4, so that start, evaluation and files do not count. PyTorch has the same networks
in its faster layout (channels_last) with views made by batched tensor operations, which are counted as well; its step is the
median of 8. Both take turns. Ratios are given by the clock and by processor time: where other programs want the same cores,
that of one thread says more. Without PyTorch its part is left out.
"""
import importlib.util
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

for module in "h5py", "numpy":
    if not importlib.util.find_spec(module):
        print(f"skipped: there is no {module}")
        sys.exit(77)

BATCH, FEW, MANY, ROUNDS = 256, 4, 24, 3
WANTED = {"float32": 1.8, "bf16": 3}  # times PyTorch's views a second
CPU = pathlib.Path("/proc/cpuinfo").read_text()


def run(command):
    """Seconds by the clock and of the processor, peak MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit("failed: " + " ".join(map(str, command)))
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def ours(tools, folder, threads, *options):
    """Seconds a step, by the clock and of the processor, peak MB."""
    clock, processor = {}, {}
    for steps in FEW, MANY:
        clock[steps], processor[steps], peak = run([tools / "mi-train", folder / "images.h5", "--train-images", str(BATCH * steps), "--epochs", "1",
                                 "--eval", "16", "--probe", "16", "--threads", str(threads), "-o", folder / "run.h5", *options])
    return *((took[MANY] - took[FEW]) / (MANY - FEW) for took in (clock, processor)), peak


# ---- PyTorch, in a process of its own: train_torch.py --torch NET THREADS ----


def torch_side(name, threads):
    import resource

    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    torch.manual_seed(0)

    def unit(i, o, k, s, relu=True):
        layers = [nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o)]
        return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))

    class Block(nn.Module):
        def __init__(self, i, o, s):
            super().__init__()
            self.a, self.b = unit(i, o, 3, s), unit(o, o, 3, 1, False)
            self.c = unit(i, o, 1, s, False) if s != 1 or i != o else nn.Identity()

        def forward(self, x):
            return F.relu_(self.b(self.a(x)) + self.c(x))

    if name == "small":
        encoder, d = nn.Sequential(unit(3, 32, 3, 1), unit(32, 64, 3, 2), unit(64, 128, 3, 2), unit(128, 256, 3, 2)), 256
    else:
        widths = [(16, 16, 1)] + [(16, 16, 1)] * 2 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2
        encoder, d = nn.Sequential(unit(3, 16, 3, 1), *[Block(*w) for w in widths]), 64
    projector = nn.Sequential(nn.Linear(d, d, bias=False), nn.BatchNorm1d(d), nn.ReLU(inplace=True), nn.Linear(d, 128))
    model = nn.ModuleList([encoder, projector]).to(memory_format=torch.channels_last)
    sgd = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    images = torch.randint(0, 256, (BATCH, 3, 32, 32), dtype=torch.uint8)
    positive = torch.cat([torch.arange(BATCH, 2 * BATCH), torch.arange(BATCH)])
    grey_of = lambda x: (x * torch.tensor([.299, .587, .114]).view(1, 3, 1, 1)).sum(1, keepdim=True)

    def views():
        x = torch.cat([images, images]).float() / 255
        n = len(x)
        area, ratio = .2 + .8 * torch.rand(n), torch.exp(torch.empty(n).uniform_(-.2877, .2877))
        w, h = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
        theta = torch.zeros(n, 2, 3)
        theta[:, 0, 0], theta[:, 1, 1] = w * torch.where(torch.rand(n) < .5, -1., 1.), h
        theta[:, 0, 2], theta[:, 1, 2] = (2 * torch.rand(n) - 1) * (1 - w), (2 * torch.rand(n) - 1) * (1 - h)
        x = F.grid_sample(x, F.affine_grid(theta, x.shape, align_corners=False), align_corners=False)
        jitter = (torch.rand(n, 1, 1, 1) < .8).float()
        factor = lambda: 1 + jitter * (torch.rand(n, 1, 1, 1) * 2 - 1) * .4
        x = x * factor()
        mean = grey_of(x).mean((2, 3), keepdim=True)
        x = (x - mean) * factor() + mean
        g = grey_of(x)
        x = (x - g) * factor() + g
        return torch.where(torch.rand(n, 1, 1, 1) < .2, grey_of(x).expand_as(x), x).contiguous(memory_format=torch.channels_last)

    def step():
        sgd.zero_grad()
        z = F.normalize(projector(encoder(views()).mean((2, 3))), dim=1)
        s = (z @ z.T / .2).fill_diagonal_(-1e9)
        F.cross_entropy(s, positive).backward()
        sgd.step()

    took = []
    for k in range(10):
        start = time.perf_counter(), time.process_time()
        step()
        took.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    print(*(statistics.median(t[k] for t in took[2:]) for k in (0, 1)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def theirs(name, threads):
    text = subprocess.run([sys.executable, __file__, "--torch", name, str(threads)], check=True, capture_output=True, text=True).stdout
    return tuple(map(float, text.split()))


# ---- the table ----


def line(name, own, other, ratio, target, at_least=True):
    met = ratio >= target if at_least else ratio <= target
    print("{:<50} {:>12.4g} {:>12.4g} {:>8.3f} {}{:>7.3g}  {}".format(name, own, other, ratio, ">" if at_least else "<", target,
                                                                     "yes" if met else "NO"), flush=True)


def against_torch(tools, folder, threads, name):
    found = {p: [] for p in WANTED if p == "float32" or "avx512_bf16" in CPU}
    for _ in range(ROUNDS):
        other = theirs(name, threads)
        for p, rounds in found.items():
            rounds.append((ours(tools, folder, threads, "--encoder", name, "--precision", p), other))
    for p, rounds in found.items():
        middle = lambda of: statistics.median(of(own, other) for own, other in rounds)
        for k, what in enumerate(("by the clock", "by processor time")):
            line(f"{name}, {p}, views a second {what}", middle(lambda own, other: 2 * BATCH / own[k]),
                 middle(lambda own, other: 2 * BATCH / other[k]), middle(lambda own, other: other[k] / own[k]), WANTED[p])
        line(f"{name}, {p}, peak memory [MB]", middle(lambda own, other: own[2]), middle(lambda own, other: other[2]),
             middle(lambda own, other: own[2] / other[2]), 0.7, False)


def bottleneck(tools, folder, threads):
    found = []
    for _ in range(ROUNDS):
        found.append((ours(tools, folder, threads, "--lambda", "0.1"), ours(tools, folder, threads)))
    for k, what in enumerate(("by the clock", "by processor time")):
        with_term, plain = (statistics.median(f[which][k] for f in found) for which in (0, 1))
        ratio = statistics.median(f[0][k] / f[1][k] for f in found)
        line(f"bottleneck, order 2, {what} [s a step]", with_term, plain, ratio, 1.1, False)


def main():
    if sys.argv[1] == "--torch":
        return torch_side(sys.argv[2], int(sys.argv[3]))
    import h5py
    import numpy as np

    tools, threads = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else len(os.sched_getaffinity(0))
    print("{:<50} {:>12} {:>12} {:>8} {:>8}  {}".format("case", "ours", "reference", "ratio", "target", "met"))
    with tempfile.TemporaryDirectory() as name:
        folder, draw = pathlib.Path(name), np.random.default_rng(1)
        with h5py.File(folder / "images.h5", "w") as f:
            for part, n in ("train", BATCH * MANY), ("test", 64):
                f["x_" + part] = draw.integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)
                f["y_" + part] = draw.integers(0, 10, n)
        bottleneck(tools, folder, threads)
        for net in "small", "resnet20":
            if importlib.util.find_spec("torch"):
                against_torch(tools, folder, threads, net)
            else:
                print(f"{net} against PyTorch: skipped, there is no torch")


if __name__ == "__main__":
    main()
