"""Feature sets into files, as the tools read them."""

from __future__ import annotations

import ctypes
import numbers
import os
import re
import shlex
import sys
import tempfile
from typing import Any, Dict, List, Optional, Tuple, Union

import numpy as np

from . import _arrays
from ._door import UsageError, call, lib

_MEMBERS = ("z1", "z2", "r", "y", "split", "w")


def _stored(name: str, x: Any) -> np.ndarray[Any, Any]:
    """On the CPU, without gradients, of a type that files hold: half stays half, bfloat16 becomes float32."""
    if _arrays.is_tensor(x):
        x = x.detach()
        x = (x.to_dense() if x.layout != sys.modules["torch"].strided else x).cpu()
        if x.dtype == sys.modules["torch"].bfloat16:
            x = x.float()
        x = x.numpy()
    a = np.asarray(x)
    if a.dtype.kind == "O":
        a = a.astype(str)
    if a.ndim == 0:
        raise UsageError(f"{name} is one value, wanted n rows")
    return a


def _attribute(name: str, value: Any) -> Tuple[str, str]:
    """The kind and the text of an attribute."""
    if name == "history":
        raise UsageError("'history' is where the library writes what was done, wanted another name")
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, numbers.Integral):
        return "i", str(int(value))
    if isinstance(value, numbers.Real):
        return "f", format(float(value), ".17g")
    if isinstance(value, str):
        return "s", value
    raise UsageError(f"attribute {name} is {type(value).__name__}, wanted a number or text")


def _texts(texts: List[Optional[bytes]]) -> Any:
    return (ctypes.c_char_p * len(texts))(*texts)


def save(
    path: Union[str, "os.PathLike[str]"],
    group: Optional[str] = None,
    *,
    z1: Any = None,
    z2: Any = None,
    r: Any = None,
    y: Any = None,
    split: Any = None,
    w: Any = None,
    **attrs: Any,
) -> None:
    """Write one feature set, a checkpoint, into the HDF5 file `path`: save("run.h5", "epoch_010", z1=h, z2=z, r=ids, y=labels, epoch=10).

    z1 (n,d1...), z2 (n,d2...): encoder and projector features; r (n): ids that the views of an instance share, or a
    real-valued target (n,dr); y (n): labels, which may be text; split (n): 0 training, 1 test rows; w (n): weights of
    rows, for mi-bounds --weights. NumPy arrays, or
    tensors on any device, half or bfloat16, with gradients or not. Types are kept; bfloat16 becomes float32.
    attrs: numbers or text, which become columns of every table: epoch, accuracy, lambda ...

    The file appears whole or stays as it was: a copy of it is changed and takes its place, under a lock. Run again, it
    replaces the members and attributes that it is given, and leaves all else in the file. group: made if it is not
    there; None: the root. r and y that all checkpoints share may be saved once, at the root.
    """
    given = {m: _stored(m, x) for m, x in zip(_MEMBERS, (z1, z2, r, y, split, w)) if x is not None}
    if not given and not attrs:
        raise UsageError("nothing to save, wanted such as z1=features")
    for name, x in given.items():
        if len(x) != len(next(iter(given.values()))):
            raise UsageError(
                f"{name} has {len(x)} rows, {next(iter(given))} has {len(next(iter(given.values())))}: wanted as many"
            )
    notes = {name: _attribute(name, value) for name, value in attrs.items()}
    where = "/" + (group or "").strip("/")
    with tempfile.TemporaryDirectory(prefix="libmi-") as at:
        address: Dict[str, bytes] = {}
        for name, x in given.items():
            file = os.path.join(at, name)
            with open(file, "wb") as stream:
                np.save(stream, x, allow_pickle=False)
            address[name] = os.fsencode(file)
        call(
            lib.door_save,
            os.fsencode(path),
            where.encode(),
            _texts([address.get(m) for m in _MEMBERS]),
            len(notes),
            _texts([name.encode() for name in notes]),
            "".join(kind for kind, _ in notes.values()).encode(),
            _texts([text.encode() for _, text in notes.values()]),
            _history(path, where, given),
            hide=re.escape(at) + r"/\w+(: )?",
        )


def _history(path: Any, group: str, given: Dict[str, Any]) -> bytes:
    members = "".join(f", {m}=..." for m in given)
    return f"libmi.save({shlex.quote(os.fspath(path))}, {group!r}{members})".encode()
