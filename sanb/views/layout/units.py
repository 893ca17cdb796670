"""Units: what stands in a column. Items with the same links become one block, so that their edges are drawn once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, sqrt
from typing import Any, Final, NamedTuple

from sanb.views.layout.model import GRID, PLACES, RANK, Box, Edge, Item, Sizes, natural

ALIKE: Final = 3
"""From this many on, items with the same links are a block."""
ACROSS: Final = frozenset({"runs-on"})
"""Links to other frames: they do not make items differ."""
SMALLER: Final = 0.8
"""Width of a letter in the second line of a card by that of its name."""
FLATNESS: Final = 3.0
"""How much wider than high a block of cards tends to be."""


class Unit(NamedTuple):
    """One card or one block; `id` is the item's, or `group:<first member's>`."""

    id: str
    layer: int
    w: float
    h: float
    members: tuple[Item, ...]
    order: tuple[Any, ...]
    """Where it stands if nothing else decides."""
    card: float = 0.0
    """The width of a block's cards."""


class Bundle(NamedTuple):
    """Links of one type between two units."""

    source: str
    target: str
    kind: str
    many: int


def units(items: Sequence[Item], edges: Iterable[Edge], sizes: Sizes) -> list[Unit]:
    """The units of one frame, in order."""
    ends: dict[str, set[tuple[str, str, str]]] = {item.id: set() for item in items}
    for edge in edges:
        if edge.kind not in ACROSS:
            if edge.source in ends:
                ends[edge.source].add(("to", edge.kind, edge.target))
            if edge.target in ends:
                ends[edge.target].add(("from", edge.kind, edge.source))
    alike: dict[tuple[str, frozenset[tuple[str, str, str]]], list[Item]] = {}
    for item in sorted(items, key=_order):
        alike.setdefault((item.kind, frozenset(ends[item.id])), []).append(item)
    found = []
    widths = _widths(items, sizes)
    for same in alike.values():
        width = widths[PLACES[same[0].kind]]
        found += [_block(same, width, sizes)] if len(same) >= ALIKE else [_card(item, width, sizes) for item in same]
    return sorted(found, key=lambda unit: unit.order)


def _order(item: Item) -> tuple[Any, ...]:
    return RANK[item.kind], natural(item.name), item.name


def _widths(items: Iterable[Item], sizes: Sizes) -> dict[int, float]:
    """Layer -> width of its cards: enough for the longest name and phase, within limits."""
    longest: dict[int, int] = {}
    for item in items:
        layer = PLACES[item.kind]
        below = ceil(SMALLER * len(f"{item.kind} · {item.phase}"))
        longest[layer] = max(longest.get(layer, 0), len(item.name), below)
    wanted = {layer: ceil((sizes.badge + sizes.letter * letters) / GRID) * GRID for layer, letters in longest.items()}
    return {layer: min(sizes.card[0], max(sizes.narrow, width)) for layer, width in wanted.items()}


def _card(item: Item, width: float, sizes: Sizes) -> Unit:
    return Unit(item.id, PLACES[item.kind], width, sizes.card[1], (item,), _order(item))


def _columns(count: int, width: float, sizes: Sizes) -> int:
    step = sizes.gap / 2
    return min(count // 2, max(1, round(sqrt(FLATNESS * count * (sizes.card[1] + step) / (width + step)))))


def _block(items: Sequence[Item], card: float, sizes: Sizes) -> Unit:
    columns = _columns(len(items), card, sizes)
    rows = ceil(len(items) / columns)
    step = sizes.gap / 2
    width = columns * (card + step) - step + 2 * sizes.group_pad
    height = rows * (sizes.card[1] + step) - step + sizes.group_head + sizes.group_pad
    height = ceil(height / GRID) * GRID
    return Unit(f"group:{items[0].id}", PLACES[items[0].kind], width, height, tuple(items), _order(items[0]), card)


def places(unit: Unit, box: Box, sizes: Sizes) -> dict[str, Box]:
    """Where the members of a unit stand when it fills `box`; a block is filled row by row."""
    if len(unit.members) == 1:
        return {unit.members[0].id: box}
    height, step = sizes.card[1], sizes.gap / 2
    columns = _columns(len(unit.members), unit.card, sizes)
    found = {}
    for number, item in enumerate(unit.members):
        row, column = divmod(number, columns)
        found[item.id] = Box(box.x + sizes.group_pad + column * (unit.card + step),
                             box.y + sizes.group_head + row * (height + step), unit.card, height)
    return found


def bundles(edges: Iterable[Edge], home: dict[str, str]) -> list[Bundle]:
    """Edges between units; `home` maps an item to its unit."""
    counts: dict[tuple[str, str, str], int] = {}
    for edge in edges:
        place = home[edge.source], home[edge.target], edge.kind
        counts[place] = counts.get(place, 0) + edge.many
    return [Bundle(*place, count) for place, count in sorted(counts.items())]
