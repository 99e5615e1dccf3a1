"""Tables of the tools, and verdicts on a row of bounds."""

from __future__ import annotations

import ctypes
import html
import math
import os
from typing import Any, Dict, Iterator, List, NamedTuple, Union

import numpy as np

from ._door import FileError, call, lib


class Check(NamedTuple):
    """One statement of the theory on one row of bounds."""

    name: str  #: "slack_lower"
    statement: str  #: "lower <= I(Y;Z1)"
    family: str  #: "bounds", "data processing" ...
    verdict: str  #: "holds", "fails", "undecided", "not applicable"
    standing: str  #: "theorem", "observation", "identity"
    note: str
    value: float
    lo: float
    hi: float
    tolerance: float  #: what is nearer to 0 counts as 0


class Validation:
    """Verdicts on one row of bounds; printed, it is the report of mi-validate."""

    def __init__(self, verdict: str, conclusion: str, checks: List[Check], report: str) -> None:
        self.verdict = verdict  #: of both bounds and their order: the worst
        self.conclusion = conclusion  #: which bound fails, by which premise, what it means and what to try
        self.checks = checks
        self.report = report

    def __getitem__(self, name: str) -> Check:
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(f"no check '{name}', there are: {', '.join(c.name for c in self.checks)}")

    def __repr__(self) -> str:
        return f"Validation(verdict='{self.verdict}', {len(self.checks)} checks)"

    def __str__(self) -> str:
        return self.report

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{html.escape(c.statement)}</td><td>{c.verdict}</td>"
            f"<td>{'' if math.isnan(c.value) else format(c.value, '.3g')}</td><td>{html.escape(c.note)}</td></tr>"
            for c in self.checks
        )
        return f"<table>{rows}</table><p>{html.escape(self.conclusion)}</p>"


class Table(Dict[str, Any]):
    """Columns by name: arrays of numbers, or lists of text."""

    @property
    def rows(self) -> int:
        return len(next(iter(self.values()))) if self else 0

    def records(self) -> Iterator[Dict[str, Any]]:
        """Row after row, each by column."""
        for k in range(self.rows):
            yield {name: column[k] for name, column in self.items()}

    def __repr__(self) -> str:
        return f"Table({self.rows} rows of {', '.join(self)})"


class _Handle:
    """A table on the other side of the door."""

    def __init__(self, text: bytes, name: str) -> None:
        handle = ctypes.c_void_p()
        call(lib.door_table_read, ctypes.byref(handle), text, len(text), os.fsencode(name))
        self.handle = handle

    def __enter__(self) -> ctypes.c_void_p:
        return self.handle

    def __exit__(self, *_: Any) -> None:
        lib.door_table_close(self.handle)


def _column(cells: List[str]) -> Any:
    """Integers where all are, numbers where all are (nan, null and nothing are nan), else text."""
    if any("_" in c for c in cells):  # Python would take 1_000 for a number
        return cells
    for kind in (int, float):
        try:
            return np.array([kind(c if c not in ("null", "") or kind is int else "nan") for c in cells])
        except (ValueError, OverflowError):
            continue
    return cells


def _columns(t: ctypes.c_void_p) -> Table:
    size = (ctypes.c_size_t * 2)()
    lib.door_table_size(t, size)
    return Table(
        (
            lib.door_table_name(t, c).decode("utf-8", "surrogateescape"),
            _column([lib.door_table_cell(t, r, c).decode("utf-8", "surrogateescape") for r in range(size[0])]),
        )
        for c in range(size[1])
    )


def read(table: Union[str, "os.PathLike[str]", Any]) -> Any:
    """A table of the tools (tab- or comma-separated, or JSON lines) as a pandas DataFrame, or without pandas a Table.

    table: a path, or a file that is open. Tables put one after the other read as one.
    """
    if hasattr(table, "read"):
        text, name = table.read(), str(getattr(table, "name", "-"))
    else:
        name = os.fspath(table)
        try:
            with open(name, "rb") as stream:
                text = stream.read()
        except OSError as error:
            raise FileError(f"cannot open '{name}': {error.strerror}") from error
    with _Handle(text.encode() if isinstance(text, str) else text, name) as t:
        columns = _columns(t)
    try:
        import pandas  # type: ignore[import]
    except ImportError:
        return columns
    return pandas.DataFrame(dict(columns))


def _check(t: ctypes.c_void_p, k: int) -> Check:
    text, number = (ctypes.c_char_p * 6)(), (ctypes.c_double * 4)()
    lib.door_check(t, k, text, number)
    name, statement, family, verdict, standing, note = ((s or b"").decode() for s in text)
    return Check(name, statement, family, verdict, standing, note, *number)


def validate_text(text: str, level: float) -> Validation:
    """Verdicts on the one row of a table of bounds."""
    with _Handle(text.encode(), "memory") as t:
        call(lib.door_validate, t, 0, level)
        checks = [_check(t, k) for k in range(lib.door_checks(t))]
        return Validation(
            lib.door_verdict(t).decode(), lib.door_conclusion(t).decode(), checks, lib.door_report(t).decode()
        )
