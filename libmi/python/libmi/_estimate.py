"""Entropies, informations and both bounds of arrays in memory."""

from __future__ import annotations

import ctypes
import html
import math
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union, overload

import numpy as np

from . import _arrays
from ._door import MemoryLimitError, UsageError, call, lib
from ._table import Validation, validate_text

Order = Union[float, Sequence[float]]
# The two orders of a result: one order gives one number, a sequence of them a list.


class Estimate(NamedTuple):
    """A value with its error, both in nats (or units of `base`)."""

    value: float
    se: float  #: standard error, the instances being independent; nan: there is none
    half_width: float  #: of the 95 % interval that an estimating route leaves; 0: exact
    degrees: float  #: of freedom of `se`


def _orders(alpha: Order) -> str:
    return ",".join(format(float(a), ".17g") for a in np.ravel(alpha))


def _kernel(kernel: Union[str, Mapping[str, str]]) -> str:
    return kernel if isinstance(kernel, str) else ",".join(f"{m}={k}" for m, k in kernel.items())


class Session:
    """Arrays and options on the other side of the door, while they are worked on."""

    def __init__(self, members: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        self.kept: Dict[str, np.ndarray[Any, Any]] = {}
        for name, x in members.items():
            if x is not None:
                real = name in ("z1", "z2") or (name == "r" and _arrays.is_real(x))
                taken = _arrays.weights if name == "w" else _arrays.reals if real else _arrays.symbols
                self.kept[name] = taken(name, x)
        if not self.kept:
            raise UsageError("no arrays, wanted such as z1=features")
        first = next(iter(self.kept))
        self.n = len(self.kept[first])
        for name, a in self.kept.items():
            if len(a) != self.n:
                raise UsageError(f"{name} has {len(a)} rows, {first} has {self.n}: wanted as many")
        self.handle: Optional[int] = lib.door_open(self.n)
        if not self.handle:
            raise MemoryLimitError("out of memory")
        try:
            self._lend()
            self._set(options)
        except BaseException:
            self.close()
            raise

    def _lend(self) -> None:
        for name, a in self.kept.items():
            if name == "w":
                call(lib.door_weights, self.handle, a.ctypes.data)
            elif a.ndim == 2:
                call(lib.door_reals, self.handle, name.encode(), a.ctypes.data, a.shape[1], a.itemsize, *a.strides)
            else:
                call(lib.door_symbols, self.handle, name.encode(), a.ctypes.data)

    def _set(self, options: Mapping[str, Any]) -> None:
        for name, value in options.items():
            if value is None:
                continue
            if name == "alpha":
                text = _orders(value)
            elif name == "kernel":
                text = _kernel(value)
            else:
                text = str(int(value)) if isinstance(value, bool) else str(value)
            call(lib.door_option, self.handle, name.encode(), text.encode())

    def close(self) -> None:
        lib.door_close(self.handle)
        self.handle = None

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def orders(self) -> List[float]:
        return [lib.door_order(self.handle, k) for k in range(lib.door_orders(self.handle))]

    def text(self, name: str) -> str:
        return lib.door_text(self.handle, name.encode()).decode()


def _measure(of: str, is_entropy: bool, members: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
    with Session(members, options) as s:
        out = np.empty((lib.door_orders(s.handle), 4))
        call(lib.door_measure, s.handle, of.encode(), is_entropy, out.ctypes.data_as(ctypes.POINTER(ctypes.c_double)))
    found: List[Any] = [Estimate(*map(float, row)) if options.get("se") else float(row[0]) for row in out]
    return found if np.ndim(options["alpha"]) else found[0]


@overload
def entropy(z: Any, alpha: float = 2, **options: Any) -> float:
    ...


@overload
def entropy(z: Any, alpha: Sequence[float], **options: Any) -> List[float]:
    ...


def entropy(
    z: Any,
    alpha: Order = 2,
    *,
    z1: Any = None,
    z2: Any = None,
    r: Any = None,
    y: Any = None,
    w: Any = None,
    se: bool = False,
    **options: Any,
) -> Any:
    """Matrix-based Renyi entropy S_alpha in nats.

    z: features (n,d) of float32 or float64, or n integers or texts (labels: their discrete entropy). Or an expression of
    the arrays that follow by name: entropy("z1+z2", z1=h, z2=z) is that of a joint, "z1|y" is conditional.
    alpha: the order, above 0, or inf; a sequence gives a list. se: Estimates with a standard error instead of floats; r
    are then the ids of the instances, which are what is independent. w (n): weights of the rows, above 0 and of any sum.

    options: kernel="linear" | "gaussian:S" | "gaussian:median" | "gaussian:0.5m:m:2m" | "laplacian:S" | "polynomial:P:C" | "precomputed" | "delta", or {"z1": ..., "z2": ...}; r_kind, base, batch,
    seed, drop_zero_rows, route, tolerance (nats), threads, memory (bytes), jackknife_groups: as those of mi-entropy.

    >>> round(entropy([0, 1, 2, 3]), 6)
    1.386294
    """
    options.update(alpha=alpha, se=se)
    if isinstance(z, str):
        return _measure(z, True, {"z1": z1, "z2": z2, "r": r, "y": y, "w": w}, options)
    if z1 is not None or z2 is not None or y is not None:
        raise UsageError('with z1=, z2= or y= the first argument is an expression, such as "z1+z2"')
    of = "z1" if _arrays.is_real(z) or np.ndim(z) > 1 else "y"
    return _measure(of, True, {of: z, "r": r, "w": w}, options)


def information(
    of: str,
    *,
    z1: Any = None,
    z2: Any = None,
    r: Any = None,
    y: Any = None,
    w: Any = None,
    alpha: Order = 2,
    se: bool = False,
    **options: Any,
) -> Any:
    """Mutual, conditional or total information of an expression, in nats: information("z1:z2|y", z1=h, z2=z, y=labels).

    of: parts between ':', each a joint of names between '+', and a condition after '|'; three parts are their total
    correlation. z1 (n,d1), z2 (n,d2): features of float32 or float64; r (n): ids of instances, or a real-valued target
    (n,dr); y (n): labels; w (n): weights of the rows. Only names in the expression matter, but r, which also tells which
    rows are of one instance, and w.
    alpha, se and options: as in entropy(). A float, or an Estimate with se=True; a list for several orders.
    """
    options.update(alpha=alpha, se=se)
    return _measure(of, False, {"z1": z1, "z2": z2, "r": r, "y": y, "w": w}, options)


TERMS: Tuple[str, ...] = tuple(lib.door_term_name(k).decode() for k in range(lib.door_terms()))
PLAIN: int = lib.door_terms_plain()  # as many stand before those of decompose=True
_COUNTS = ("n", "rows_dropped", "instances", "d1", "d2", "classes")


def _symbol(term: str) -> str:
    """ "I_Y_Z2_given_Z1" as I(Y;Z2|Z1)."""
    head, _, given = term.partition("_given_")
    kind, *of = head.split("_")
    if kind not in ("H", "I") or of[-1] == "null":
        return term
    return f"{kind}({';'.join(of)}{'|' + given.replace('_', ',') if given else ''})"


class Bounds:
    """Every quantity of the paper, and both bounds of I(Y;Z1), at one order. In nats, or units of `base`.

    Each quantity is a field: b.I_Z1_Z2, b.lower, b.upper. What needs an array that was not given is nan. `value`, `se` and
    `half_width` have them all by name: b.se["lower"].
    """

    H_Z1: float
    H_Z2: float
    H_R: float
    H_Y: float
    I_Z1_R: float
    I_Z1_Z2: float
    I_Z1_Z2_null: float  #: I(Z1;Z2) when instances are paired at random
    I_R_Y: float
    I_Y_Z1: float
    I_Y_Z2: float
    lower: float  #: I(Z1;R) - I(Z1;Z2) + I(R;Y)
    upper: float  #: I(Y;Z2) - I(Z1;Z2) + H(Z1)
    H_Z1_given_Y_Z2: float
    I_Y_Z2_given_Z1: float
    I_Y_Z1_given_R: float
    I_Y_R_given_Z1: float
    I_Z1_Z2_given_R: float
    I_Z1_R_given_Z2: float
    slack_lower: float  #: I(Y;Z1) - lower
    slack_upper: float  #: upper - I(Y;Z1)
    gap: float
    dpi_Z1_R: float
    dpi_Y: float
    dpi_R: float
    rank_Z2: float
    distinct_Z2: float

    value: Dict[str, float]  #: by name
    se: Dict[str, float]  #: standard errors; nan: there is none
    half_width: Dict[str, float]  #: of the 95 % intervals that estimating routes leave; 0: exact
    null: Dict[str, float]  #: chance levels of the informations, by permutations=; of I_Z1_Z2 at order 2 always
    null_sd: Dict[str, float]  #: their standard deviation over the permutations
    p: Dict[str, float]  #: one-sided, small where the information is larger than chance; not in batches
    settings: Dict[str, Any]  #: what the numbers are of, in the columns of mi-bounds: n, alpha, kernel, r_kind ...

    def __init__(self, numbers: np.ndarray[Any, Any], settings: Dict[str, Any], terms: Tuple[str, ...]) -> None:
        parts = numbers[: 6 * len(TERMS)].reshape(6, -1)
        self.value, self.se, self.half_width = (dict(zip(terms, map(float, part))) for part in parts[:3])
        self.null, self.null_sd, self.p = ({t: float(x) for t, x in zip(TERMS, part) if x == x} for part in parts[3:])
        self.degrees, batches, self.zeroed_mass = map(float, numbers[6 * len(TERMS) :])
        self.settings = dict(settings, batches=int(batches) or math.nan)

    def __getattr__(self, name: str) -> Any:
        for part in ("value", "settings"):
            if name in self.__dict__.get(part, ()):
                return self.__dict__[part][name]
        why = "; decompose=True adds it" if name in TERMS else ""
        raise AttributeError(f"bounds without '{name}'{why}")

    def __dir__(self) -> List[str]:
        return sorted({*super().__dir__(), *self.value, *self.settings})

    def interval(self, name: str, level: float = 0.95) -> Tuple[float, float]:
        """The two-sided interval of a quantity by Student's t: interval("lower") -> (lo, hi)."""
        if name not in self.se:
            raise KeyError(f"no quantity '{name}', there are: {', '.join(self.se)}")
        half = lib.door_t_factor(level, self.degrees) * self.se[name]
        return self.value[name] - half, self.value[name] + half

    def row(self) -> Dict[str, Any]:
        """The row of mi-bounds --se --decompose, by column: pandas.DataFrame([b.row() for b in ...])."""
        whole = max((w for w in self.half_width.values() if not math.isnan(w)), default=math.nan)
        cells = dict(self.settings, half_width=whole, degrees=self.degrees, zeroed_mass=self.zeroed_mass, **self.value)
        cells.update({f"{t}_se": e for t, e in self.se.items() if t not in ("rank_Z2", "distinct_Z2")})
        for ending, of in ("null", self.null), ("null_sd", self.null_sd), ("p", self.p):
            cells.update({f"{t}_{ending}": x for t, x in of.items()})
        return cells

    def validate(self, level: float = 0.95) -> Validation:
        """Which statements of the theory hold on these numbers, how surely, and why not: as mi-validate says it."""
        row = {"file": "memory", "group": "/", **self.row()}
        lines = ("\t".join(row), "\t".join(_cell(v) for v in row.values()))
        return validate_text("\n".join(lines) + "\n", level)

    def __repr__(self) -> str:
        def about(t: str) -> str:
            error = self.se[t]
            return f"{self.value[t]:.4g}" + (f" +- {error:.2g}" if error == error else "")

        s = self.settings
        return (
            f"Bounds(lower {about('lower')}, I(Y;Z1) {about('I_Y_Z1')}, upper {about('upper')}, "
            f"I(Z1;Z2) {about('I_Z1_Z2')}; n={s['n']}, alpha={s['alpha']:g}, r_kind={s['r_kind']})"
        )

    def _repr_html_(self) -> str:
        s = self.settings
        caption = f"n = {s['n']}, order {s['alpha']:g}, {s['kernel']}, R = {s['r_kind']}, in {_unit(s['base'])}"
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(_symbol(t))}</th>"
            f"<td>{v:.4g}</td><td>{'' if self.se[t] != self.se[t] else f'&plusmn; {self.se[t]:.2g}'}</td></tr>"
            for t, v in self.value.items()
            if v == v
        )
        return f"<table><caption>{html.escape(caption)}</caption>{rows}</table>"


def _unit(base: Any) -> str:
    return {"e": "nats", 2.0: "bits"}.get(base, f"logarithms of base {base}")


def _cell(value: Any) -> str:
    return format(value, ".17g") if isinstance(value, float) else str(value)


def _settings(s: Session, options: Mapping[str, Any]) -> Dict[str, Any]:
    count = (ctypes.c_int64 * 6)()
    lib.door_counts(s.handle, count)
    found: Dict[str, Any] = {name: n if n >= 0 else math.nan for name, n in zip(_COUNTS, count)}
    for name in ("kernel", "r_kind", "i_z1_r_by", "preset", "estimator"):
        found[name] = s.text(name)
    found["batch"] = options.get("batch") or math.nan
    found["base"] = "e" if options.get("base") is None else float(options["base"])
    found["seed"] = math.nan if options.get("seed") is None else options["seed"]
    if options.get("permutations"):
        found["permutations"] = options["permutations"]
    found["tolerance"] = math.nan if options.get("tolerance") is None else options["tolerance"]
    found["zero_rows"] = "drop" if options.get("drop_zero_rows") else "error"
    return found


@overload
def bounds(z1: Any, z2: Any, r: Any = None, y: Any = None, alpha: float = 2, se: bool = True, **options: Any) -> Bounds:
    ...


@overload
def bounds(
    z1: Any, z2: Any, r: Any = None, y: Any = None, *, alpha: Sequence[float], se: bool = True, **options: Any
) -> List[Bounds]:
    ...


def bounds(
    z1: Any,
    z2: Any,
    r: Any = None,
    y: Any = None,
    alpha: Order = 2,
    se: bool = True,
    *,
    w: Any = None,
    decompose: bool = True,
    **options: Any,
) -> Any:
    """Every quantity of the paper and both bounds of I(Y;Z1), in nats: a Bounds, or a list for several orders.

        lower = I(Z1;R) - I(Z1;Z2) + I(R;Y)        upper = I(Y;Z2) - I(Z1;Z2) + H(Z1)

    z1 (n,d1), z2 (n,d2): encoder and projector features, float32 or float64, arrays or CPU tensors; rows may have gaps
    between them, nothing is copied. r (n): the id of each row's instance, which its views share, or a real-valued target
    (n,dr) of floats. y (n): labels, integers or text. w (n): weights of the rows, above 0 and of any sum. What needs an
    array that is not given is nan.
    se: standard errors, which cost little at order 2 and a jackknife elsewhere. decompose: the terms of both slacks too,
    which validate() needs. permutations: so many random pairings of the instances give the chance level of each
    information, .null, and .p, which validate() judges by.

    options: kernel, r_kind="positive" | "id" | "target", estimator="v" | "u" | "c", i_z1_r="infonce:0.2", preset, batch
    (instances), seed, permutations, base, drop_zero_rows, route, tolerance (nats), threads, memory (bytes),
    jackknife_groups: as those of mi-bounds.
    """
    if options.get("preset") == "released":
        options = {"batch": 256, "i_z1_r": "nce:0.2", **options}
    options.update(alpha=alpha, se=se, decompose=decompose)
    terms = TERMS if decompose else TERMS[:PLAIN]
    with Session({"z1": z1, "z2": z2, "r": r, "y": y, "w": w}, options) as s:
        orders = s.orders()
        out = np.empty((len(orders), 6 * len(TERMS) + 3))
        call(lib.door_bounds, s.handle, out.ctypes.data_as(ctypes.POINTER(ctypes.c_double)))
        settings = _settings(s, options)
        found = []
        for k, a in enumerate(orders):
            how = {"route": lib.door_route(s.handle, k).decode(), "se_by": lib.door_se_by(s.handle, k).decode()}
            found.append(Bounds(out[k], dict(settings, alpha=a, **how), terms))
    return found if np.ndim(alpha) else found[0]
