#!/usr/bin/env python3
"""Features of a checkpoint, as a set that the mi-* tools read.

  export_features.py --list net.py:make_model --state run.ckpt                    what is in it
  export_features.py net.py:make_model --state run.ckpt --encoder backbone --projector head \\
      --data net.py:make_loader -o run.h5 --group epoch_100 --attr epoch=100
  export_features.py torchvision.models.resnet50 --state simclr.pth --data cifar10.h5 -o run.h5

MODEL is FILE.py:NAME or package.NAME: what, called without arguments, returns the network.

--state is a checkpoint. Where its weights are those of MODEL they are loaded into it. Where they are those of a whole
training, they are told by the prefixes of their names: MODEL is then the encoder, whose classifier is left out, and the
projector is built from its weights (linear layers and normalisations as they stand, ReLU where a number is missing between
them or a new part begins):

  solo-learn, VICReg, Barlow Twins   backbone.conv1.weight            projector.0.weight
  lightly                            backbone.0.weight                projection_head.layers.0.weight
  VISSL                              trunk._feature_blocks.conv1...   heads.0.clf.0.weight
  MoCo, SimSiam                      encoder_q. encoder. base_encoder.   their fc.0.weight
  torchvision                        conv1.weight                     none: z1 alone is written

--data is FILE.py:NAME, which returns a loader of batches ((view, view), labels); a file of mi-images, of whose test images
two random crops are made; or a .npz with the arrays a, b (the views) and, if there are, y.
"""

from __future__ import annotations

import argparse
import collections
import importlib
import importlib.util
import inspect
import os
import re
import sys
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

MISSING = ""  # what is not there, which --help does without
try:
    import numpy as np
    import torch

    import libmi
    import libmi.torch
except ImportError as error:
    MISSING = (
        f"{error}; wanted NumPy, PyTorch and libmi (where its folder is not found, PYTHONPATH names the one above it)"
    )

State = Dict[str, "torch.Tensor"]


class Failure(Exception):
    """What the user has to be told."""


# ---- things by name ----


def named(address: str) -> Any:
    """FILE.py:NAME, or package.NAME."""
    file, colon, name = address.rpartition(":")
    if not colon:
        file, _, name = address.rpartition(".")
    try:
        if file.endswith(".py"):
            spec = importlib.util.spec_from_file_location(os.path.basename(file)[:-3], file)
            module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
            sys.path.insert(0, os.path.dirname(os.path.abspath(file)))
            spec.loader.exec_module(module)  # type: ignore[union-attr]
        else:
            module = importlib.import_module(file)
        return getattr(module, name)
    except (ImportError, FileNotFoundError, AttributeError, ValueError) as error:
        raise Failure(f"'{address}' is not to be had, wanted FILE.py:NAME or package.NAME: {error}") from error


def made(address: str) -> Any:
    thing = named(address)
    if isinstance(thing, torch.nn.Module) or not callable(thing):
        return thing
    wanted = [
        p for p in inspect.signature(thing).parameters.values() if p.default is p.empty and p.kind < p.VAR_POSITIONAL
    ]
    if wanted:
        raise Failure(f"'{address}' wants arguments ({', '.join(p.name for p in wanted)}), wanted what takes none")
    return thing()


# ---- weights ----

# Prefixes of the encoder's and the projector's weights; the first whose encoder is there.
LAYOUTS = (
    ("lightly", "backbone.", "projection_head."),
    ("solo-learn", "backbone.", "projector."),
    ("VISSL", "trunk._feature_blocks.", "heads."),
    ("MoCo", "encoder_q.", "encoder_q.fc."),
    ("MoCo v3", "base_encoder.", "base_encoder.fc."),
    ("SimSiam", "encoder.", "encoder.fc."),
    ("torchvision", "", None),
)
# Around the weights, in files of training loops.
WRAPPERS = ("state_dict", "classy_state_dict", "base_model", "model_state_dict", "model", "net")


def flat(tree: Any, at: str = "") -> State:
    """Tensors of nested dictionaries by their names with dots."""
    found: State = {}
    for name, value in tree.items():
        if isinstance(value, torch.Tensor):
            found[f"{at}{name}"] = value
        elif isinstance(value, dict):
            found.update(flat(value, f"{at}{name}."))
    return found


def read_state(path: str, trust: bool) -> State:
    """The weights in a checkpoint, without what training loops put around and before them."""
    try:
        options = (
            {} if trust or "weights_only" not in inspect.signature(torch.load).parameters else {"weights_only": True}
        )
        tree = torch.load(path, map_location="cpu", **options)
    except FileNotFoundError as error:
        raise Failure(f"cannot open '{path}': no such file") from error
    except Exception as error:  # of pickle and of zip, whose kinds differ from version to version
        hint = "" if trust else "; --trust loads objects, which may run code"
        raise Failure(f"'{path}' is no checkpoint of tensors alone{hint}: {str(error).splitlines()[0]}") from error
    while isinstance(tree, dict):
        inner = next((tree[w] for w in WRAPPERS if isinstance(tree.get(w), dict)), None)
        if inner is None:
            break
        tree = inner
    state = flat(tree) if isinstance(tree, dict) else {}
    for prefix in ("module.", "_orig_mod.", "model."):
        if state and all(name.startswith(prefix) for name in state):
            state = {name[len(prefix) :]: value for name, value in state.items()}
    if not state:
        raise Failure(f"'{path}' has no weights by name, wanted a state dict")
    return state


def below(state: State, prefix: str, but: Optional[str] = None) -> State:
    return {
        name[len(prefix) :]: value
        for name, value in state.items()
        if name.startswith(prefix) and not (but and name.startswith(but))
    }


def layout_of(state: State) -> Tuple[str, State, State]:
    """How the weights are named, the encoder's and the projector's weights."""
    for whose, encoder, projector in LAYOUTS:
        if projector and all(any(name.startswith(prefix) for name in state) for prefix in (encoder, projector)):
            return f"named as by {whose}", below(state, encoder, projector), below(state, projector)
    for whose, encoder, _ in LAYOUTS:  # one that was saved without its projector
        if any(name.startswith(encoder) for name in state):
            return f"named {encoder}*" if encoder else f"named as by {whose}", below(state, encoder), {}
    raise AssertionError("every name starts with the last prefix")


# ---- networks ----


def layer(part: State, path: str) -> torch.nn.Module:
    """A layer by the shapes of its weights."""
    weight, bias = part.get("weight"), part.get("bias")
    if "running_mean" in part:
        made_of: torch.nn.Module = torch.nn.BatchNorm1d(len(part["running_mean"]), affine=weight is not None)
    elif weight is not None and weight.dim() == 2:
        made_of = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    elif weight is not None and weight.dim() == 1:
        made_of = torch.nn.LayerNorm(len(weight))
    else:
        raise Failure(
            f"the projector's '{path}' is no linear layer or normalisation; give FILE.py:NAME that builds the model"
        )
    made_of.load_state_dict(part)
    return made_of


def natural(path: str) -> List[Any]:
    return [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", path)]


def projector_of(state: State) -> torch.nn.Sequential:
    """The layers in the order of their names; ReLU where a number is left out between two, or another part begins."""
    parts: Dict[str, State] = collections.defaultdict(dict)
    for name, value in state.items():
        path, _, kind = name.rpartition(".")
        parts[path][kind] = value
    layers: List[torch.nn.Module] = []
    before: Optional[Tuple[str, int]] = None
    for path in sorted(parts, key=natural):
        parent, _, last = path.rpartition(".")
        here = (parent, int(last)) if last.isdigit() else (path, 0)
        if before and (here[0] != before[0] or here[1] > before[1] + 1):
            layers.append(torch.nn.ReLU())
        layers.append(layer(parts[path], path))
        before = here
    return torch.nn.Sequential(*layers)


def without_classifier(encoder: torch.nn.Module) -> Optional[str]:
    """Leave out the last child where it is a linear layer, or some layers of that name that end in one; its name."""
    for name, last in list(encoder.named_children())[-1:]:
        end = list(last.modules())[-1] if name in ("fc", "classifier", "head", "heads") else last
        if isinstance(end, torch.nn.Linear):
            setattr(encoder, name, torch.nn.Identity())
            return name
    return None


def by_children(state: State, encoder: torch.nn.Module) -> State:
    """Names of nn.Sequential(*children), 0.weight, as those of the children, conv1.weight."""
    children = [name for name, _ in encoder.named_children()]
    if not all(re.match(r"\d+\.", name) for name in state) or (children and children[0] == "0"):
        return state
    renamed = {}
    for name, value in state.items():
        number, _, rest = name.partition(".")
        if int(number) >= len(children):
            raise Failure(f"the encoder of the checkpoint has a part {number}, MODEL has {len(children)}")
        renamed[f"{children[int(number)]}.{rest}"] = value
    return renamed


def load_encoder(encoder: torch.nn.Module, state: State) -> None:
    classifier = without_classifier(encoder)
    state = by_children(state, encoder)
    if classifier:
        state = {k: v for k, v in state.items() if not k.startswith(f"{classifier}.")}
    try:
        missing, unexpected = encoder.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise Failure(f"the encoder's weights do not fit MODEL: {' '.join(str(error).split())[:300]}") from error
    if missing or unexpected:
        lacks = f"{len(missing)} it wants are missing, such as {missing[0]}" if missing else ""
        more = f"{len(unexpected)} are not its own, such as {unexpected[0]}" if unexpected else ""
        raise Failure(f"the encoder's weights do not fit MODEL: {'; '.join(filter(None, (lacks, more)))}")


def with_projector(o: argparse.Namespace, encoder: torch.nn.Module, head: Optional[torch.nn.Module]) -> torch.nn.Module:
    """An encoder with a projector on it, or with nothing, and the names of both."""
    o.encoder, o.projector = "backbone", "head"
    parts = [("backbone", encoder), ("flat", torch.nn.Flatten()), ("head", head or torch.nn.Identity())]
    return torch.nn.Sequential(collections.OrderedDict(parts))


def model_of(o: argparse.Namespace) -> Tuple[torch.nn.Module, bool]:
    """The network with its weights, and whether it has a projector."""
    model = made(o.model)
    if not isinstance(model, torch.nn.Module):
        raise Failure(f"'{o.model}' makes a {type(model).__name__}, wanted a network (torch.nn.Module)")
    if not o.state:
        return model, True
    state = read_state(o.state, o.trust)
    if set(model.state_dict()) <= set(state):
        model.load_state_dict({k: state[k] for k in model.state_dict()})
        say(f"{o.state}: the weights of {o.model}")
        if o.encoder or o.list or has_module(model, "backbone"):
            return model, has_module(model, o.projector)
        classifier = without_classifier(model)  # a network whose parts have other names: it is the encoder
        say(
            f"z1 is what {o.model} gives"
            + (f" in front of '{classifier}'" if classifier else "")
            + "; --encoder says else"
        )
        return with_projector(o, model, None), False
    how, encoder, projector = layout_of(state)
    load_encoder(model, encoder)
    head = projector_of(projector) if projector else None
    kinds = " ".join(str(m) for m in head) if head else "none"
    say(f"{o.state}: {how}: {len(encoder)} tensors of the encoder; projector: {kinds}")
    return with_projector(o, model, head), bool(projector)


def has_module(model: torch.nn.Module, name: str) -> bool:
    return name in dict(model.named_modules())


# ---- data ----


def crops(x: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    """A random crop of each image, a fifth of its area or more, at its size again; half of them mirrored; brightness and
    contrast changed by up to 0.4."""
    n = len(x)
    side = (0.2 + 0.8 * torch.rand(n, generator=draw)).sqrt()
    shift = (1 - side)[:, None] * (2 * torch.rand(n, 2, generator=draw) - 1)
    mirror = 1 - 2 * torch.randint(2, (n,), generator=draw).float()
    where = torch.zeros(n, 2, 3)
    where[:, 0, 0], where[:, 1, 1], where[:, :, 2] = side * mirror, side, shift
    x = torch.nn.functional.grid_sample(
        x,
        torch.nn.functional.affine_grid(where, list(x.shape), align_corners=False),
        align_corners=False,
        padding_mode="reflection",
    )
    brightness, contrast = (0.6 + 0.8 * torch.rand(2, n, 1, 1, 1, generator=draw)).unbind()
    mean = x.mean((1, 2, 3), keepdim=True)
    return ((x * brightness - mean) * contrast + mean).clamp(0, 1)


def of_images(path: str, o: argparse.Namespace) -> Iterator[Any]:
    """Two crops of the test images in a file of mi-images, standardised as the network was trained."""
    import h5py

    mean, sd = (torch.tensor(v)[:, None, None] for v in (o.mean, o.sd))
    draw = torch.Generator().manual_seed(o.seed)
    with h5py.File(path, "r") as f:
        if "x_test" not in f:
            raise Failure(f"'{path}' has no x_test, wanted a file of mi-images")
        for at in range(0, min(o.instances, len(f["x_test"])), o.batch):
            x = torch.from_numpy(f["x_test"][at : at + o.batch]).float() / 255
            y = torch.from_numpy(np.asarray(f["y_test"][at : at + o.batch], dtype=np.int64))
            yield [(crops(x, draw) - mean) / sd for _ in range(2)], y


def of_arrays(path: str, o: argparse.Namespace) -> Iterator[Any]:
    with np.load(path) as f:
        if "a" not in f or "b" not in f:
            raise Failure(f"'{path}' has the arrays {', '.join(f)}, wanted a and b, the two views, and perhaps y")
        views = [torch.from_numpy(f[name]) for name in ("a", "b")]
        y = torch.from_numpy(f["y"].astype(np.int64)) if "y" in f else None
    for at in range(0, len(views[0]), o.batch):
        cut = slice(at, at + o.batch)
        yield [v[cut] for v in views], None if y is None else y[cut]


def data_of(o: argparse.Namespace) -> Tuple[Any, Callable[[Any], Any]]:
    """A loader, and what takes its batches apart."""
    if ".py:" in o.data or not os.path.exists(o.data):
        return made(o.data), libmi.torch.views_of
    source = of_arrays if o.data.endswith(".npz") else of_images
    return source(o.data, o), lambda batch: batch


# ---- command line ----


def say(text: str) -> None:
    print(f"export_features: {text}", file=sys.stderr)


def list_modules(o: argparse.Namespace) -> None:
    model, _ = model_of(o)
    for name, module in model.named_modules():
        if name:
            n = sum(p.numel() for p in module.parameters())
            print(f"{name}\t{type(module).__name__}\t{n}")


def attribute(text: str) -> Tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"'{text}' is no attribute, wanted NAME=VALUE, such as epoch=10")
    for kind in (int, float):
        try:
            return name, kind(value)
        except ValueError:
            continue
    return name, value


def numbers(text: str) -> List[float]:
    return [float(v) for v in text.split(",")]


def parse(words: Optional[List[str]]) -> argparse.Namespace:
    p = argparse.ArgumentParser(
        "export_features.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("model", metavar="MODEL", help="FILE.py:NAME or package.NAME")
    p.add_argument("--state", metavar="FILE", help="a checkpoint of torch.save")
    p.add_argument("--trust", action="store_true", help="load a checkpoint with objects in it, which may run code")
    p.add_argument("--list", action="store_true", help="print the modules: name, kind, number of parameters")
    p.add_argument(
        "--encoder", help="the module that gives z1 (default backbone; without one MODEL itself, less its classifier)"
    )
    p.add_argument("--projector", default="head", help="the module that gives z2 (default head)")
    p.add_argument(
        "--target", help="two towers: the module that gives r, as text_projection; batches are the model's own"
    )
    p.add_argument("--pool", default="flatten", choices=("flatten", "mean", "first"), help="axes behind the first")
    p.add_argument("--data", help="FILE.py:NAME, a file of mi-images, or a .npz with a, b, y")
    p.add_argument("--instances", type=int, default=5000, help="at most so many (default 5000)")
    p.add_argument("--batch", type=int, default=256, help="instances at a time, of files (default 256)")
    p.add_argument(
        "--mean", type=numbers, default=[0.485, 0.456, 0.406], help="of images, subtracted (default ImageNet's)"
    )
    p.add_argument("--sd", type=numbers, default=[0.229, 0.224, 0.225], help="of images, divided by")
    p.add_argument("--seed", type=int, default=1, help="of the crops (default 1)")
    p.add_argument("--device", default="cpu", help="as cuda:0 (default cpu)")
    p.add_argument("-o", "--output", metavar="FILE", help="the features file; a set that is there is replaced")
    p.add_argument("--group", help="as epoch_100 (default: the root)")
    p.add_argument("--attr", type=attribute, action="append", default=[], metavar="NAME=VALUE", help="as epoch=100")
    o = p.parse_args(words)
    if not o.list and not (o.data and o.output):
        p.error("wanted --data and -o, or --list")
    return o


def export(o: argparse.Namespace) -> None:
    model, has_projector = model_of(o)
    o.encoder = o.encoder or "backbone"
    if not has_projector and o.state:
        say(
            "no projector: z1 alone is written, for mi-spectrum --of z1, mi-entropy --of z1, mi-probe --of z1, and mi-mutual --of z1:y;"
        )
        say("the bounds of mi-bounds need a z2")
        o.projector = o.encoder
    loader, unpack = data_of(o)
    model.to(o.device)
    f = libmi.torch.features(
        model,
        loader,
        encoder=o.encoder,
        projector=o.projector,
        target=o.target,
        instances=None if o.target else o.instances,
        unpack=unpack,
        pool=o.pool,
    )
    z2 = f.z2 if has_projector else None
    libmi.save(o.output, o.group, z1=f.z1, z2=z2, r=f.r, y=f.y, **dict(o.attr))
    say(f"{o.output}: {len(f.z1)} rows, z1 {f.z1.shape[1]}" + (f", z2 {f.z2.shape[1]}" if has_projector else ""))


def main(words: Optional[List[str]] = None) -> int:
    o = parse(words)
    if MISSING:
        say(MISSING)
        return 69
    try:
        list_modules(o) if o.list else export(o)
    except (Failure, libmi.Error) as error:
        say(str(error))
        return 65
    return 0


if __name__ == "__main__":
    sys.exit(main())
