"""Arrays as the library takes them: features where they lie, ids and labels as 64-bit integers."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ._door import UsageError


def is_tensor(x: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, torch.Tensor)


def _numpy(name: str, x: Any) -> np.ndarray[Any, Any]:
    """The array of a tensor, or what NumPy makes of anything else; memory is shared where it can be."""
    if not is_tensor(x):
        if isinstance(x, np.ma.MaskedArray):
            raise UsageError(f"{name} is a masked array, wanted one without a mask: leave those rows out")
        return np.asarray(x)
    if x.requires_grad:
        raise UsageError(
            f"{name} requires gradients, which a number has not: {name}.detach(), or libmi.torch.information to train with it"
        )
    if x.device.type != "cpu":
        raise UsageError(f"{name} is on {x.device}, wanted on the CPU: {name}.cpu()")
    if x.layout != sys.modules["torch"].strided:
        raise UsageError(f"{name} is {x.layout}, wanted dense: {name}.to_dense()")
    if x.is_floating_point() and x.element_size() < 4:
        raise UsageError(f"{name} is {x.dtype}, wanted float32 or float64: {name}.float()")
    return x.numpy()


def reals(name: str, x: Any) -> np.ndarray[Any, Any]:
    """Features (n,d) of float32 or float64, without a copy; trailing axes become one."""
    a = _numpy(name, x)
    if a.dtype not in (np.float32, np.float64) or not a.dtype.isnative:
        kind = "; labels are y=, ids are r=" if a.dtype.kind in "iub" else ""
        raise UsageError(f"{name} is {a.dtype}, wanted float32 or float64: {name}.astype('float32') makes a copy{kind}")
    if a.ndim == 0:
        raise UsageError(f"{name} is one number, wanted n rows of features")
    if not a.flags.aligned:
        raise UsageError(f"{name} is not aligned in memory: {name}.copy()")
    if a.ndim == 1:
        return a[:, None]
    if a.ndim > 2:
        a = a.view()
        try:
            a.shape = (a.shape[0], int(np.prod(a.shape[1:])))
        except AttributeError:
            raise UsageError(
                f"{name} of shape {a.shape} has axes that do not lie one after the other in memory: make it contiguous"
            ) from None
    return a


def symbols(name: str, x: Any) -> np.ndarray[Any, Any]:
    """Ids or labels (n) as int64: integers, booleans, text, or floats that are whole."""
    a = _numpy(name, x)
    if a.ndim == 2 and a.shape[1] == 1:
        a = a[:, 0]
    if a.ndim != 1:
        raise UsageError(f"{name} has the shape {a.shape}, wanted one value a row")
    if a.dtype.kind == "f":
        if not np.array_equal(a, np.floor(a)):
            row = int(np.flatnonzero(a != np.floor(a))[0])
            raise UsageError(f"{name}: row {row} is {a[row]}, wanted integers, booleans or text")
    elif a.dtype.kind not in "biu":
        a = np.unique(a.astype(str), return_inverse=True)[1]
    return np.ascontiguousarray(a, dtype=np.int64)


def weights(name: str, x: Any) -> np.ndarray[Any, Any]:
    """Weights of rows (n) as doubles."""
    a = _numpy(name, x)
    if a.ndim == 2 and a.shape[1] == 1:
        a = a[:, 0]
    if a.ndim != 1 or a.dtype.kind not in "fiu":
        raise UsageError(f"{name} is {a.dtype} of the shape {a.shape}, wanted one number a row")
    return np.ascontiguousarray(a, dtype=np.float64)


def is_real(x: Any) -> bool:
    """Whether r is a real-valued target, not ids."""
    return x.is_floating_point() if is_tensor(x) else np.asarray(x).dtype.kind == "f"
