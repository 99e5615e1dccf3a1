"""libmi in PyTorch: the bounds while a model trains, checkpoints as feature files, and I(Z1;Z2) as a regulariser.

    monitor = libmi.torch.Monitor(model, encoder="backbone", projector="head", data=loader, log=wandb.log)
    for epoch in range(100):
        train(model)
        monitor(epoch)                                     # {"libmi/lower": ..., "libmi/lower_se": ..., "epoch": ...}

    libmi.torch.export(model, loader, "run.h5", "epoch_100", encoder="backbone", projector="head", epoch=100)

    loss = contrastive_loss(z) + 0.1 * libmi.torch.information(h, z)
"""

from __future__ import annotations

import contextlib
import ctypes
import difflib
import math
import random
import warnings
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy
import torch

from ._door import Error, UsageError, call, lib
from ._estimate import PLAIN, TERMS, Bounds, Session, bounds
from ._features import save

Tensor = torch.Tensor

# ---- the regulariser ----


def _rows(z: Tensor) -> Tensor:
    """What the library reads: on the CPU, single or double precision, the elements of a row side by side."""
    z = z.detach().cpu()
    z = z if z.dtype in (torch.float32, torch.float64) else z.float()
    return z if z.stride(1) == 1 else z.contiguous()


class _Information(torch.autograd.Function):
    """Value and gradient in one call: the library's, in double precision."""

    @staticmethod
    def forward(ctx: Any, z1: Tensor, z2: Tensor, options: Dict[str, Any]) -> Tensor:
        kept = [_rows(z1), _rows(z2)]
        gradient = [
            torch.empty(z.shape, dtype=z.dtype) if wanted else None for z, wanted in zip(kept, ctx.needs_input_grad)
        ]
        value = ctypes.c_double()
        with Session({"z1": kept[0], "z2": kept[1]}, options) as s:
            call(
                lib.door_gradient,
                s.handle,
                ctypes.byref(value),
                *(None if g is None else g.data_ptr() for g in gradient),
            )
        ctx.gradient = [None if g is None else g.to(z.device, z.dtype) for g, z in zip(gradient, (z1, z2))]
        return torch.tensor(value.value, dtype=kept[0].dtype, device=z1.device)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> Tuple[Optional[Tensor], Optional[Tensor], None]:
        g1, g2 = (None if g is None else g * upstream.to(g.dtype) for g in ctx.gradient)
        return g1, g2, None


def information(z1: Tensor, z2: Tensor, alpha: float = 2, **options: Any) -> Tensor:
    """I_alpha(Z1;Z2) of a batch in nats, differentiable with respect to both: loss + 0.1 * information(h, z).

    z1 (n,d1...), z2 (n,d2...): features of the same n rows, of any floating-point type and on any device; they are
    computed on the CPU, in double precision. Linear kernels. O(n^2 (d1 + d2)) at order 2, O(n^3) at others. A row that is
    all zero is an error. options: threads, memory (bytes).
    """
    if z1.dim() < 2 or z2.dim() < 2:
        raise UsageError(f"z1 {tuple(z1.shape)} and z2 {tuple(z2.shape)}, wanted rows of features, (n,d1) and (n,d2)")
    for name, z in (("z1", z1), ("z2", z2)):
        if not z.is_floating_point():
            raise UsageError(f"{name} is {z.dtype}, wanted floating-point features")
    return _Information.apply(z1.flatten(1), z2.flatten(1), {"alpha": float(alpha), **options})


# ---- features of a model ----


class Features(NamedTuple):
    """Rows of a model's two modules: z1 (n,d1), z2 (n,d2), r (n) ids or (n,dr) a target, y (n) labels or None."""

    z1: Tensor
    z2: Tensor
    r: Tensor
    y: Optional[Tensor]


Views = Tuple[Sequence[Tensor], Optional[Tensor]]


def _unwrapped(model: torch.nn.Module) -> torch.nn.Module:
    """The model inside DataParallel, DistributedDataParallel or torch.compile."""
    for wrapper in ("module", "_orig_mod"):
        inner = getattr(model, wrapper, None)
        if isinstance(inner, torch.nn.Module) and len(list(model.children())) == 1:
            model = inner
    return model


def _module(model: torch.nn.Module, name: str) -> torch.nn.Module:
    modules = dict(model.named_modules())
    if name not in modules:
        near = difflib.get_close_matches(name, modules, 5, 0.3) or [n for n, _ in model.named_children()][:10]
        raise UsageError(f"the model has no module '{name}', wanted one of its names, such as {', '.join(near)}")
    return modules[name]


def _tensor(output: Any) -> Optional[Tensor]:
    """The tensor of what a module returns: the pooled one of several, else the first."""
    if isinstance(output, Tensor):
        return output
    for name in ("pooler_output", "image_embeds"):
        if getattr(output, name, None) is not None:
            return getattr(output, name)
    values = output.values() if hasattr(output, "values") else output if isinstance(output, (list, tuple)) else ()
    return next((v for v in values if isinstance(v, Tensor)), None)


class _Taps:
    """What named modules returned last, by forward hooks."""

    def __init__(self, model: torch.nn.Module, names: Iterable[str]) -> None:
        self.output: Dict[str, Tensor] = {}
        self.handles = [_module(model, n).register_forward_hook(self._keep(n)) for n in names]

    def _keep(self, name: str) -> Callable[..., None]:
        def keep(_: Any, __: Any, output: Any) -> None:
            found = _tensor(output)
            if found is not None:
                self.output[name] = found

        return keep

    def __enter__(self) -> "_Taps":
        return self

    def __exit__(self, *_: Any) -> None:
        for handle in self.handles:
            handle.remove()


@contextlib.contextmanager
def _evaluating(model: torch.nn.Module) -> Iterator[None]:
    """Without gradients and in evaluation mode; every module is afterwards in the mode it was in."""
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for m, was in modes:
            m.training = was


@contextlib.contextmanager
def _own_draws(device: torch.device) -> Iterator[None]:
    """What is drawn inside is the same every time, and the generators outside go on as if nothing had been."""
    others = random.getstate(), numpy.random.get_state()
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(1)
        random.seed(1)
        numpy.random.seed(1)
        try:
            yield
        finally:
            random.setstate(others[0])
            numpy.random.set_state(others[1])


def _pooled(z: Tensor, pool: str) -> Tensor:
    """Rows (n,d): axes behind the first flattened, averaged (all but the channels), or the first token."""
    if z.dim() > 2 and pool == "mean":
        z = z.mean(dim=1) if z.dim() == 3 else z.flatten(2).mean(dim=2)
    elif z.dim() > 2 and pool == "first":
        z = z[:, 0]
    elif pool not in ("flatten", "mean", "first"):
        raise UsageError(f"pool is '{pool}', wanted flatten, mean or first")
    return z.flatten(1).detach().cpu()


def views_of(batch: Any) -> Views:
    """Views and labels of a batch as loaders of two views give it.

    ((a, b), labels ...) of torchvision and lightly, (index, [a, b], labels) of solo-learn, or (a, b, labels): views are
    tensors of one shape, labels one integer a row; there may be none. Smaller crops besides are passed over.
    """
    parts = list(batch) if isinstance(batch, (list, tuple)) else [batch]
    inner = next((k for k, p in enumerate(parts) if isinstance(p, (list, tuple)) and len(p) > 1), None)
    found = parts if inner is None or not isinstance(parts[inner][0], Tensor) else list(parts[inner])
    views = [v for v in found if isinstance(v, Tensor) and v.dim() > 1]
    views = [v for v in views if v.shape == views[0].shape]
    if len(views) < 2:
        raise UsageError(
            f"a batch has {len(views)} views, wanted two or more, as ((a, b), labels); unpack= takes yours apart"
        )
    rest = parts[(0 if inner is None else inner + 1) :]
    labels = [v for v in rest if isinstance(v, Tensor) and v.dim() == 1 and not v.is_floating_point()]
    labels = [v for v in labels if len(v) == len(views[0])]
    return views, labels[0] if labels else None


class _Reader:
    """How features are read off a model."""

    def __init__(
        self,
        model: torch.nn.Module,
        encoder: str,
        projector: str,
        target: Optional[str] = None,
        forward: Optional[Callable[..., Any]] = None,
        pool: str = "flatten",
    ) -> None:
        self.model = _unwrapped(model)
        self.names = [encoder, projector] + ([target] if target is not None else [])
        for name in self.names:
            _module(self.model, name)
        self.forward = forward
        self.pool = pool

    def device(self) -> torch.device:
        parameter = next(self.model.parameters(), None)
        return torch.device("cpu") if parameter is None else parameter.device

    def _run(self, taps: _Taps, batch: Any) -> List[Tensor]:
        taps.output.clear()
        if self.forward:
            self.forward(self.model, batch)
        elif isinstance(batch, dict):
            self.model(**batch)
        elif isinstance(batch, (list, tuple)):
            self.model(*batch)
        else:
            self.model(batch)
        encoder, projector = self.names[:2]
        if encoder in taps.output and projector not in taps.output:
            _module(self.model, projector)(taps.output[encoder].flatten(1))
        for name in self.names:
            if name not in taps.output:
                raise UsageError(f"module '{name}' was not used by the model; forward= calls it as it is meant")
        return [_pooled(taps.output[name], self.pool) for name in self.names]

    def _to(self, x: Any) -> Any:
        if isinstance(x, Tensor):
            return x.to(self.device())
        if isinstance(x, dict):
            return {k: self._to(v) for k, v in x.items()}
        return type(x)(map(self._to, x)) if isinstance(x, (list, tuple)) else x

    def of_views(self, batches: Iterable[Views]) -> Features:
        """Views of a batch one after the other; rows of an instance share an id."""
        z1: List[Tensor] = []
        z2: List[Tensor] = []
        r: List[Tensor] = []
        y: List[Tensor] = []
        n = 0
        with _Taps(self.model, self.names) as taps, _evaluating(self.model):
            for views, labels in batches:
                ids = torch.arange(n, n + len(views[0]))
                for view in views:
                    first, second = self._run(taps, self._to(view))
                    z1.append(first)
                    z2.append(second)
                    r.append(ids)
                    y.extend([] if labels is None else [labels.cpu()])
                n += len(ids)
        return _joined(z1, z2, r, y)

    def of_pairs(self, batches: Iterable[Any]) -> Features:
        """Two towers: a batch is what the model is called with, r is what its target module returns."""
        z1: List[Tensor] = []
        z2: List[Tensor] = []
        r: List[Tensor] = []
        with _Taps(self.model, self.names) as taps, _evaluating(self.model):
            for batch in batches:
                for to, rows in zip((z1, z2, r), self._run(taps, self._to(batch))):
                    to.append(rows)
        return _joined(z1, z2, r, [])


def _joined(z1: List[Tensor], z2: List[Tensor], r: List[Tensor], y: List[Tensor]) -> Features:
    if not z1:
        raise UsageError("the loader gave no batches")
    return Features(torch.cat(z1), torch.cat(z2), torch.cat(r), torch.cat(y) if len(y) == len(z1) else None)


def _head(batches: Iterable[Any], unpack: Callable[[Any], Views], instances: Optional[int]) -> Iterator[Views]:
    """Batches up to so many instances, the last one cut."""
    left = math.inf if instances is None else instances
    for batch in batches:
        views, labels = unpack(batch)
        take = int(min(left, len(views[0])))
        yield [v[:take] for v in views], None if labels is None else labels[:take]
        left -= take
        if left <= 0:
            return


# ---- during training ----


def _terms_of(terms: Optional[Sequence[str]], options: Dict[str, Any]) -> Optional[List[str]]:
    """The terms to log. Those of --decompose are left out of the computation where none of them is asked for."""
    if terms is None:
        return None
    found = [terms] if isinstance(terms, str) else list(terms)
    for name in found:
        if name not in TERMS:
            near = difflib.get_close_matches(name, TERMS, 5, 0.3) or TERMS[:5]
            raise UsageError(f"terms: there is no '{name}', wanted names such as {', '.join(near)}")
    options.setdefault("decompose", any(TERMS.index(name) >= PLAIN for name in found))
    return found


class Monitor:
    """Every term of the bounds, with standard errors, while a model trains.

    model: its modules named `encoder` and `projector` give z1 and z2; libmi.torch.names(model) lists names.
    every: measure at epochs that are multiples of it: with every=5 at 0, 5, 10, ... A call monitor() without an epoch is one
    epoch on. Epochs are as they are given: called at 1, 3, 5 only, every=2 never measures.
    data: a loader of two views, ((a, b), labels) or as views_of() takes it, or unpack(batch) -> (views, labels). Its first
    `instances` are read once, here, so that every checkpoint is measured on the same part; they stay in CPU memory. The
    generators of PyTorch, NumPy and Python go on as if nothing had been drawn: training is the same with and without.
    log: called with a dictionary: print, wandb.log, a TensorBoard or Lightning logger's method. Quantities that need
    labels are left out where there are none. terms: names of those to log, with their errors, such as
    ("lower", "I_Y_Z1", "upper", "I_Z1_Z2"); None: all of mi-bounds --decompose. Beside entropies H_* and informations I_*:
        lower, upper        the two bounds of I(Y;Z1); slack_lower, slack_upper: how far it is from each, below 0 where
                            that bound does not hold; gap: upper - lower, below 0 where they cross
        dpi_Z1_R            I(Z1;Z2) - I(Z1;R);  dpi_Y: I(Y;Z1) - I(Y;Z2);  dpi_R: I(Y;Z2) - I(R;Y). Each is 0 or more
                            where information is only lost on the way Y, Z1, Z2, R (data processing)
        I_Z1_Z2_null        what I(Z1;Z2) is when instances are paired at random: below it nothing is shared
        rank_Z2, distinct_Z2  eigenvalues of Z2 that are not 0; how many of its rows differ: fewer than there are rows say
                            that Z2 is quantised or has collapsed
    forward: model, view -> anything, where model(view) is not how both modules are used. pool: what is done with axes
    behind the first of feature maps or tokens: flatten, mean, first. path: keep the features of each checkpoint too.
    options: those of libmi.bounds, such as alpha, kernel, r_kind, threads.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        encoder: str = "backbone",
        projector: str = "head",
        every: int = 1,
        *,
        data: Iterable[Any],
        log: Optional[Callable[[Dict[str, float]], Any]] = None,
        instances: int = 512,
        prefix: str = "libmi/",
        unpack: Callable[[Any], Views] = views_of,
        forward: Optional[Callable[..., Any]] = None,
        pool: str = "flatten",
        path: Optional[str] = None,
        terms: Optional[Sequence[str]] = None,
        **options: Any,
    ) -> None:
        if every < 1:
            raise UsageError(f"every is {every}, wanted 1 or more")
        self.terms = _terms_of(terms, options)
        self._reader = _Reader(model, encoder, projector, None, forward, pool)
        with _own_draws(self._reader.device()):
            self._part = [
                ([v.detach().cpu().clone() for v in views], labels) for views, labels in _head(data, unpack, instances)
            ]
        self.every, self.log, self.prefix, self.path, self.options = every, log, prefix, path, options
        self.calls = 0
        self.history: List[Dict[str, float]] = []  #: what was logged
        self.bounds: Optional[Bounds] = None  #: of the last checkpoint

    def features(self) -> Features:
        """The features of the evaluation part as the model is now."""
        with _own_draws(self._reader.device()):
            return self._reader.of_views(self._part)

    def __call__(self, epoch: Optional[int] = None, **extra: float) -> Optional[Dict[str, float]]:
        """Measure the model as it is, if it is this call's turn; returns what was logged. Features that cannot be
        measured (collapsed to zero, not finite) are a warning, not the end of training."""
        at = self.calls if epoch is None else epoch
        self.calls += 1
        if at % self.every:
            return None
        f = self.features()
        try:
            self.bounds = found = bounds(f.z1.float(), f.z2.float(), f.r, f.y, **self.options)
        except Error as error:
            warnings.warn(f"epoch {at}: not measured: {error}", stacklevel=2)
            return None
        said: Dict[str, float] = {**extra, "epoch": at, **self._terms(found)}
        if self.path:
            save(self.path, f"epoch_{at:03d}", z1=f.z1, z2=f.z2, r=f.r, y=f.y, epoch=at, **extra)
        self.history.append(said)
        if self.log:
            self.log(said)
        return said

    def _terms(self, b: Bounds) -> Dict[str, float]:
        said: Dict[str, float] = {}
        for name in b.value if self.terms is None else self.terms:
            for key, number in ((name, b.value[name]), (f"{name}_se", b.se[name])):
                if not math.isnan(number):
                    said[self.prefix + key] = number
        return said


# ---- checkpoints ----


def names(model: torch.nn.Module) -> List[str]:
    """Names of the model's modules, for encoder= and projector=."""
    return [name for name, _ in _unwrapped(model).named_modules() if name]


def features(
    model: torch.nn.Module,
    loader: Iterable[Any],
    *,
    encoder: str = "backbone",
    projector: str = "head",
    target: Optional[str] = None,
    instances: Optional[int] = None,
    unpack: Callable[[Any], Views] = views_of,
    forward: Optional[Callable[..., Any]] = None,
    pool: str = "flatten",
) -> Features:
    """The features of a model over a loader, in evaluation mode, on the CPU; as export() says."""
    reader = _Reader(model, encoder, projector, target, forward, pool)
    if target is None:
        return reader.of_views(_head(loader, unpack, instances))
    if instances is not None:
        raise UsageError("instances are counted in views; with target= cut the loader itself")
    return reader.of_pairs(loader)


def export(
    model: torch.nn.Module,
    loader: Iterable[Any],
    path: str,
    group: Optional[str] = None,
    *,
    encoder: str = "backbone",
    projector: str = "head",
    target: Optional[str] = None,
    instances: Optional[int] = None,
    unpack: Callable[[Any], Views] = views_of,
    forward: Optional[Callable[..., Any]] = None,
    pool: str = "flatten",
    **attrs: Union[int, float, str],
) -> Features:
    """Write the features of a checkpoint as a set that every mi-* tool reads; returns them.

    loader: batches of two or more views, ((a, b), labels), as views_of() takes them, or unpack(batch) -> (views, labels).
    encoder, projector: names of the modules that give z1 and z2 (names(model)). Where model(view) does not use the
    projector, it is called with z1. The model is in evaluation mode meanwhile.
    target: a third module, whose output becomes r, a real-valued target: for two towers such as CLIP's, where a batch is
    what the model is called with: encoder="vision_model", projector="visual_projection", target="text_projection".
    path, group, attrs: as in libmi.save(); instances, forward, pool: as in Monitor.
    """
    f = features(
        model,
        loader,
        encoder=encoder,
        projector=projector,
        target=target,
        instances=instances,
        unpack=unpack,
        forward=forward,
        pool=pool,
    )
    save(path, group, z1=f.z1, z2=f.z2, r=f.r, y=f.y, **attrs)
    return f
