"""Columns of units: threads for edges that pass through, an order with few crossings, heights near the neighbours."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from sanb.views.layout.model import GRID, Sizes
from sanb.views.layout.units import Bundle, Unit

SWEEPS: Final = 6
LATE: Final = 1000
"""Threads stand below what has a name, if nothing else decides."""


class Columns(NamedTuple):
    """Units by column, top to bottom, with the height of each one's middle; `paths` are the units bundles visit."""

    units: dict[str, Unit]
    order: list[list[str]]
    middle: dict[str, float]
    paths: dict[Bundle, tuple[str, ...]]


def columns(units: Sequence[Unit], bundles: Iterable[Bundle], sizes: Sizes) -> Columns:
    """The columns of one frame; empty layers take no room."""
    layers = sorted({unit.layer for unit in units})
    place = {layer: number for number, layer in enumerate(layers)}
    known = {unit.id: unit for unit in units}
    column = {unit.id: place[unit.layer] for unit in units}
    paths = {bundle: _path(bundle, known, column, sizes) for bundle in bundles}
    order: list[list[str]] = [[] for _ in layers]
    for unit in sorted(known.values(), key=lambda unit: unit.order):
        order[column[unit.id]].append(unit.id)
    joined = _joined(paths.values(), column)
    order = _untangled(order, joined, known)
    return Columns(known, order, _heights(order, joined, column, known, sizes), paths)


def _path(bundle: Bundle, known: dict[str, Unit], column: dict[str, int], sizes: Sizes) -> tuple[str, ...]:
    """The units between the ends: one thread per column, shared by all links of a type to the same target."""
    start, stop = column[bundle.source], column[bundle.target]
    step = 1 if stop > start else -1
    threads = []
    for number in range(start + step, stop, step) if start != stop else ():
        name = f"thread:{bundle.kind}:{bundle.target}:{number}"
        if name not in known:
            target = known[bundle.target]
            known[name] = Unit(name, -1, 0.0, sizes.thread, (), (LATE, *target.order[1:], name))
            column[name] = number
        threads.append(name)
    return (bundle.source, *threads, bundle.target)


def _joined(paths: Iterable[tuple[str, ...]], column: dict[str, int]) -> dict[str, tuple[list[str], list[str]]]:
    """Unit -> (its neighbours in the column to the left, to the right)."""
    found: dict[str, tuple[list[str], list[str]]] = {name: ([], []) for name in column}
    for path in paths:
        for one, two in pairwise(path):
            if column[one] == column[two]:
                continue
            left, right = (one, two) if column[one] < column[two] else (two, one)
            if right not in found[left][1]:
                found[left][1].append(right)
                found[right][0].append(left)
    return found


def _untangled(
    order: list[list[str]], joined: dict[str, tuple[list[str], list[str]]], known: dict[str, Unit]
) -> list[list[str]]:
    """Sweeps of barycentres; the order with the fewest crossings, the earliest of several."""
    best, fewest = [list(each) for each in order], _crossings(order, joined)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        side = sweep % 2
        numbers = range(1, len(order)) if side == 0 else range(len(order) - 2, -1, -1)
        for number in numbers:
            beside = order[number - 1] if side == 0 else order[number + 1]
            position = {name: place for place, name in enumerate(beside)}
            wanted = {name: _mean([position[other] for other in joined[name][side]], own)
                      for own, name in enumerate(order[number])}
            order[number].sort(key=lambda name, wanted=wanted: (wanted[name], known[name].order))  # type: ignore[misc]
        _swap(order, joined)
        crossings = _crossings(order, joined)
        if crossings < fewest:
            best, fewest = [list(each) for each in order], crossings
    return best


def _swap(order: list[list[str]], joined: dict[str, tuple[list[str], list[str]]]) -> None:
    """Exchange neighbours in a column as long as that saves crossings."""
    for _ in range(SWEEPS):
        position = {name: place for each in order for place, name in enumerate(each)}
        better = False
        for each in order:
            for place in range(len(each) - 1):
                one, two = each[place], each[place + 1]
                if _crossed(one, two, joined, position) > _crossed(two, one, joined, position):
                    each[place], each[place + 1] = two, one
                    position[one], position[two] = place + 1, place
                    better = True
        if not better:
            return


def _crossed(
    upper: str, lower: str, joined: dict[str, tuple[list[str], list[str]]], position: dict[str, int]
) -> int:
    return sum(position[one] > position[two] for side in (0, 1)
               for one in joined[upper][side] for two in joined[lower][side])


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else float(otherwise)


def _crossings(order: list[list[str]], joined: dict[str, tuple[list[str], list[str]]]) -> int:
    total = 0
    for left, right in pairwise(order):
        position = {name: place for place, name in enumerate(right)}
        seen: list[int] = []
        for name in left:
            ends = sorted(position[other] for other in joined[name][1])
            total += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _heights(
    order: list[list[str]], joined: dict[str, tuple[list[str], list[str]]], column: dict[str, int],
    known: dict[str, Unit], sizes: Sizes,
) -> dict[str, float]:
    """The middle of every unit: as near to its neighbours' as the order and the room between units allow."""
    offsets = [_offsets([known[name] for name in each], sizes) for each in order]
    middle = {name: offset for each, ahead in zip(order, offsets, strict=True)
              for name, offset in zip(each, ahead, strict=True)}
    last = len(order) - 1
    rounds = [*range(last, -1, -1), *range(last + 1)] * 2
    for number in rounds:
        each, ahead = order[number], offsets[number]
        wanted = [_mean([middle[other] for side in joined[name] for other in side], middle[name]) for name in each]
        pulls = [3.0 if joined[name][0] or joined[name][1] else 0.1 for name in each]
        slack = _rising([want - offset for want, offset in zip(wanted, ahead, strict=True)], pulls)
        for name, offset, free in zip(each, ahead, slack, strict=True):
            middle[name] = offset + round(free / GRID) * GRID
    top = min((middle[name] - known[name].h / 2 for name in middle), default=0.0)
    return {name: height - top for name, height in middle.items()}


def _offsets(units: Sequence[Unit], sizes: Sizes) -> list[float]:
    """The middles of units that are stacked as tightly as allowed."""
    found, bottom = [], 0.0
    for number, unit in enumerate(units):
        threads = not unit.members and number > 0 and not units[number - 1].members
        bottom += 0.0 if number == 0 or threads else sizes.gap
        found.append(bottom + unit.h / 2)
        bottom += unit.h
    return found


def _rising(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing sequence nearest to `values` (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        count = 1
        while pools and pools[-1][0] >= value:
            before, heavy, many = pools.pop()
            value = (before * heavy + value * weight) / (heavy + weight)
            weight, count = heavy + weight, many + count
        pools.append((value, weight, count))
    return [value for value, _, count in pools for _ in range(count)]
