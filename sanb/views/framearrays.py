"""Columns of frames as arrays that can be patched: what makes an update much cheaper than a new frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sanb.times import parse
from sanb.views.framecolumns import BOOL, CATEGORY, INTEGER, TIME, Column

NEVER: Final = -(2**63)
"""numpy's NaT as an integer."""


@cache
def load_pandas() -> Any:
    """pandas, or an error that says how to get it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("frames need pandas: install the package 'pandas'") from error
    return pandas


@cache
def _numpy() -> Any:
    load_pandas()
    import numpy

    return numpy


class Cells:
    """The values of one column."""

    __slots__ = ("_names", "array", "column")

    def __init__(self, column: Column, values: Sequence[Any] = ()) -> None:
        self.column = column
        self._names: dict[Any, int] = {}
        self.array: Any = self._encoded(values)

    def patch(self, places: Sequence[int], values: Sequence[Any]) -> None:
        """New values for some rows."""
        self.array[places] = self._encoded(values)

    def splice(self, gone: Sequence[int], places: Sequence[int], values: Sequence[Any]) -> None:
        """Take rows out, then put new ones before the rows that then stand at `places`."""
        numpy = _numpy()
        kept = numpy.delete(self.array, gone)
        self.array = numpy.insert(kept, places, self._encoded(values))

    def extend(self, values: Sequence[Any]) -> None:
        """New rows at the end."""
        self.array = _numpy().concatenate([self.array, self._encoded(values)])

    def _encoded(self, values: Sequence[Any]) -> Any:
        numpy, dtype = _numpy(), self.column.dtype
        if dtype == CATEGORY:
            names = self._names
            for value in dict.fromkeys(values):
                names.setdefault(value, -1 if value is None else len(names) - (None in names))
            return numpy.array([names[value] for value in values], numpy.int32)
        if dtype == TIME:
            known = {value: _nanoseconds(value) for value in dict.fromkeys(values)}
            return numpy.array([known[value] for value in values], numpy.int64)
        if dtype in (INTEGER, BOOL):
            found = numpy.zeros(len(values), [("value", numpy.int64), ("missing", bool)])
            if None in values:
                found["missing"] = [value is None for value in values]
                values = [value or 0 for value in values]
            found["value"] = values
            return found
        found = numpy.empty(len(values), dtype=object)
        found[:] = values
        return found

    def series(self) -> Any:
        """The column for pandas; it shares no memory that anybody writes."""
        pd, numpy, dtype, array = load_pandas(), _numpy(), self.column.dtype, self.array
        if dtype == CATEGORY:
            names = [name for name in self._names if name is not None]
            used = numpy.flatnonzero(numpy.bincount(array + 1, minlength=len(names) + 1)[1:])
            order = sorted(used.tolist(), key=names.__getitem__)
            places = numpy.full(len(names) + 1, -1, numpy.int32)
            places[order] = numpy.arange(len(order), dtype=numpy.int32)
            categories = pd.Index([names[place] for place in order], dtype=object)
            return pd.Categorical.from_codes(places[array], categories)
        if dtype == TIME:
            return pd.DatetimeIndex(array.view("M8[ns]")).tz_localize("UTC")
        if dtype == INTEGER:
            return pd.arrays.IntegerArray(array["value"].copy(), array["missing"].copy())
        if dtype == BOOL:
            return pd.arrays.BooleanArray(array["value"].astype(bool), array["missing"].copy())
        return pd.Series(array, dtype=object)


def _nanoseconds(value: float | str | None) -> int:
    if value is None:
        return NEVER
    seconds = parse(value) if isinstance(value, str) else value
    return round(seconds * 1_000_000) * 1000


def table(columns: Sequence[Cells]) -> Any:
    """A DataFrame of its own."""
    return load_pandas().DataFrame({cells.column.name: cells.series() for cells in columns})
