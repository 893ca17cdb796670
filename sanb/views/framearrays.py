"""Columns of frames as arrays that can be patched: what makes an update much cheaper than a new frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


class _Codes(dict[Any, int]):
    """Category -> its number, in order of appearance; one lookup a value, and no test whether it is new."""

    def __missing__(self, value: Any) -> int:
        code = self[value] = len(self)
        return code


class _Moments(dict[Any, int]):
    """Time as text or seconds -> nanoseconds; most objects share their times with others."""

    def __missing__(self, value: Any) -> int:
        seconds = parse(value) if isinstance(value, str) else value
        found = self[value] = NEVER if value is None else round(seconds * 1_000_000) * 1000
        return found


class Cells:
    """The values of one column, and the pandas Series that was made of them last.

    Frames share the memory of that Series, and pandas knows it: who writes into a frame gets a copy. So does `patch`.
    """

    __slots__ = ("_codes", "_series", "array", "column")

    def __init__(self, column: Column, values: Sequence[Any] = ()) -> None:
        self.column = column
        self._codes = _Codes()
        self._series: Any = None
        self.array: Any = self._encoded(values)

    @classmethod
    def runs(cls, column: Column, values: Sequence[Any], lengths: Sequence[int]) -> Cells:
        """A column of categories in which each value stands so many times in a row."""
        cells, numpy = cls(column), _numpy()
        codes = numpy.fromiter(map(cells._codes.__getitem__, values), numpy.int32, len(values))
        cells.array = codes.repeat(numpy.asarray(lengths, numpy.int64))
        return cells

    @classmethod
    def parts(cls, column: Column, values: Iterable[Sequence[Any]], length: int) -> Cells:
        """A column of objects that come in parts: each is written while the processor still has it at hand."""
        cells = cls(column)
        cells.array, end = _numpy().empty(length, object), 0
        for part in values:
            end += len(part)
            cells.array[end - len(part):end] = part
        return cells

    def patch(self, places: Sequence[int], values: Sequence[Any]) -> None:
        """New values for some rows."""
        new = self._encoded(values)
        if not (self.array[places] == new).all():
            if self._series is not None:
                self.array, self._series = self.array.copy(), None
            self.array[places] = new

    def splice(self, gone: Sequence[int], places: Sequence[int], values: Sequence[Any]) -> None:
        """Take rows out, then put new ones before the rows that then stand at `places`."""
        numpy = _numpy()
        kept = numpy.delete(self.array, gone)
        self.array, self._series = numpy.insert(kept, places, self._encoded(values)), None

    def extend(self, values: Sequence[Any]) -> None:
        """New rows at the end."""
        self.array, self._series = _numpy().concatenate([self.array, self._encoded(values)]), None

    def _encoded(self, values: Sequence[Any]) -> Any:
        numpy, dtype = _numpy(), self.column.dtype
        if dtype == CATEGORY:
            return numpy.fromiter(map(self._codes.__getitem__, values), numpy.int32, len(values))
        if dtype == TIME:
            return numpy.fromiter(map(_Moments().__getitem__, values), numpy.int64, len(values))
        if dtype in (INTEGER, BOOL):
            found = numpy.zeros(len(values), [("value", numpy.int64), ("missing", bool)])
            if None in values:
                found["missing"] = [value is None for value in values]
                values = [value or 0 for value in values]
            found["value"] = numpy.fromiter(values, numpy.int64, len(values))
            return found
        return numpy.fromiter(values, object, len(values))

    def series(self) -> Any:
        """The column for pandas, the same one while nothing changes."""
        if self._series is None:
            self._series = load_pandas().Series(self._values(), copy=False)
        return self._series

    def _values(self) -> Any:
        pd, numpy, dtype, array = load_pandas(), _numpy(), self.column.dtype, self.array
        if dtype == CATEGORY:
            names = list(self._codes)
            used = numpy.flatnonzero(numpy.bincount(array, minlength=len(names))).tolist()
            order = sorted((code for code in used if names[code] is not None), key=names.__getitem__)
            places = numpy.full(len(names), -1, numpy.int32)
            places[order] = numpy.arange(len(order), dtype=numpy.int32)
            categories = pd.Index([names[code] for code in order], dtype=object)
            return pd.Categorical.from_codes(places[array], categories)
        if dtype == TIME:
            return pd.DatetimeIndex(array.view("M8[ns]")).tz_localize("UTC")
        if dtype == INTEGER:
            return pd.arrays.IntegerArray(array["value"].copy(), array["missing"].copy())
        if dtype == BOOL:
            return pd.arrays.BooleanArray(array["value"].astype(bool), array["missing"].copy())
        return pd.Series(array, dtype=object, copy=False)


def arrange(columns: Sequence[Cells], places: Any) -> None:
    """Put the n-th row of each column at `places[n]`."""
    for cells in columns:
        moved = _numpy().empty_like(cells.array)
        moved[places] = cells.array
        cells.array = moved


def in_memory(objects: Sequence[object]) -> Any:
    """The places of these objects in the order in which they lie in memory: they are read three times as fast in it.

    It differs from run to run, so nothing but the time that something takes may depend on it.
    """
    numpy = _numpy()
    return numpy.fromiter(map(id, objects), numpy.int64, len(objects)).argsort()


def table(columns: Sequence[Cells]) -> Any:
    """A DataFrame of these columns, which shares their memory until somebody writes."""
    return load_pandas().DataFrame({cells.column.name: cells.series() for cells in columns}, copy=False)
