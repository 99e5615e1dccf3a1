"""The door to the library: functions of plain pointers, called by ctypes, which lets other Python threads run meanwhile."""

from __future__ import annotations

import collections
import ctypes
import os
import re
import warnings
from ctypes import POINTER, c_char_p, c_double, c_int, c_int64, c_size_t, c_void_p
from typing import Any, Deque


class Error(Exception):
    """What the library says of a call that it cannot carry out."""


class UsageError(Error, ValueError):
    """An argument is wrong in itself: a shape, a type, an option."""


class DataError(Error, ValueError):
    """The data cannot be what the computation needs: a row that is not finite, an instance with one view."""


class FileError(Error, OSError):
    """A file cannot be opened, created or written."""


class MemoryLimitError(Error, MemoryError):
    """It would take more memory than allowed or than there is."""


class InternalError(Error, RuntimeError):
    """A library under libmi failed: LAPACK, HDF5."""


# In the order of mi_status.
_ERRORS = (UsageError, DataError, FileError, MemoryLimitError, MemoryLimitError, FileError, FileError, InternalError)

_HERE = os.path.dirname(os.path.abspath(__file__))
try:
    lib = ctypes.CDLL(os.path.join(_HERE, "door.so"))
except OSError as error:
    raise ImportError(f"libmi: its library cannot be loaded: {error}") from error

_WARNING = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)


def _declare() -> None:
    handle, text, doubles = c_void_p, c_char_p, POINTER(c_double)
    signatures = {
        "door_detail": (text,),
        "door_version": (None, text, c_size_t),
        "door_messages": (None, _WARNING, text, text),
        "door_t_factor": (c_double, c_double, c_double),
        "door_open": (handle, c_size_t),
        "door_close": (None, handle),
        "door_option": (c_int, handle, text, text),
        "door_reals": (c_int, handle, text, c_void_p, c_size_t, c_size_t, c_int64, c_int64),
        "door_symbols": (c_int, handle, text, c_void_p),
        "door_weights": (c_int, handle, c_void_p),
        "door_terms": (c_int,),
        "door_terms_plain": (c_int,),
        "door_term_name": (text, c_int),
        "door_bounds": (c_int, handle, doubles),
        "door_route": (text, handle, c_size_t),
        "door_se_by": (text, handle, c_size_t),
        "door_measure": (c_int, handle, text, c_int, doubles),
        "door_orders": (c_size_t, handle),
        "door_order": (c_double, handle, c_size_t),
        "door_counts": (None, handle, POINTER(c_int64)),
        "door_text": (text, handle, text),
        "door_gradient": (c_int, handle, doubles, c_void_p, c_void_p),
        "door_fork_begin": (None,),
        "door_fork_end": (None,),
        "door_forked": (None,),
        "door_table_read": (c_int, POINTER(handle), text, c_size_t, text),
        "door_table_close": (None, handle),
        "door_table_size": (None, handle, POINTER(c_size_t)),
        "door_table_name": (text, handle, c_size_t),
        "door_table_cell": (text, handle, c_size_t, c_size_t),
        "door_validate": (c_int, handle, c_size_t, c_double),
        "door_report": (text, handle),
        "door_conclusion": (text, handle),
        "door_verdict": (text, handle),
        "door_checks": (c_size_t, handle),
        "door_check": (None, handle, c_size_t, POINTER(text), doubles),
        "door_save": (c_int, text, text, POINTER(text), c_size_t, POINTER(text), text, POINTER(text), text),
    }
    for name, (result, *arguments) in signatures.items():
        function = getattr(lib, name)
        function.restype = result
        function.argtypes = arguments


_declare()

_SPELLING = (b"", b"mi-")  # borrowed by the library
_said: Deque[str] = collections.deque()


@_WARNING
def _note(_: Any, said: bytes) -> None:
    _said.append(said.decode("utf-8", "replace"))


lib.door_messages(_note, *_SPELLING)
os.register_at_fork(before=lib.door_fork_begin, after_in_parent=lib.door_fork_end, after_in_child=lib.door_forked)


def call(function: Any, *arguments: Any, hide: str = "(?!)") -> None:
    """Call a function that returns a status; raise what it says. `hide`: a pattern that messages leave out."""
    status = function(*arguments)
    while _said:
        warnings.warn(re.sub(hide, "", _said.popleft()), stacklevel=4)
    if status:
        raise _ERRORS[status - 1](re.sub(hide, "", lib.door_detail().decode("utf-8", "replace")))


def version() -> str:
    """The version of the library: "0.1.0"."""
    return version_text().split()[0]


def version_text() -> str:
    """Versions of the library and of those it runs on, and the file that provides cblas_sgemm."""
    buffer = ctypes.create_string_buffer(4096)
    lib.door_version(buffer, len(buffer))
    return buffer.value.decode()
