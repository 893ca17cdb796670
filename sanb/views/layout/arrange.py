"""Items and edges become a Layout: each namespace a frame, frames in rows, cluster-scoped objects in a strip below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.views.layout.layers import Columns, columns
from sanb.views.layout.model import PLACES, ROOMY, TIGHT, Box, Edge, Group, Item, Layout, Route, Sizes, natural
from sanb.views.layout.routes import Crossing, Room, inner, outer
from sanb.views.layout.units import ACROSS, Unit, bundles, places, units

ROOMY_UP_TO: Final = 40
"""Items up to which cards are large."""
ROUTED_UP_TO: Final = 24
"""Edges between frames up to which they are drawn: more of them only hide the rest."""
PROPORTION: Final = 1.5
"""Width by height that the picture tends to."""
WIDEST: Final = 1280.0
"""Wider pictures are shrunk by notebooks until nobody can read them."""
NARROWEST: Final = 192.0
STRIP_HEAD: Final = 80.0
"""Room for the title at the left of the strip."""


class Plan(NamedTuple):
    """A frame with its own origin, not packed yet."""

    namespace: str
    room: Room
    units: tuple[Unit, ...]
    runs: bool = False
    """Whether edges leave it."""


def arrange(items: Iterable[Item], edges: Iterable[Edge], sizes: Sizes | None = None) -> Layout:
    """Place all items; edges whose ends are not among them, or that join a thing to its own frame, are dropped."""
    shown = [item for item in items if item.kind in PLACES or item.kind == "Namespace"]
    sizes = sizes or (ROOMY if len(shown) <= ROOMY_UP_TO else TIGHT)
    inside = {item.id: item for item in shown if item.kind in PLACES}
    kept = [edge for edge in edges if edge.source in inside and edge.target in inside and edge.source != edge.target]
    spaces: dict[str, list[Item]] = {item.name: [] for item in shown if item.kind == "Namespace"}
    for item in inside.values():
        spaces.setdefault(item.namespace, []).append(item)
    cluster = spaces.pop("", [])
    near: dict[str, list[Edge]] = {space: [] for space in spaces}
    for edge in kept:
        for space in {inside[edge.source].namespace: 0, inside[edge.target].namespace: 0}:
            if space in near:
                near[space].append(edge)
    plans = [_plan(space, tuple(spaces[space]), tuple(near[space]), sizes) for space in spaces]
    packed, gutters, around = _pack(sorted(plans, key=_frame_order), sizes)
    spread = sum(inside[edge.source].namespace != inside[edge.target].namespace != "" for edge in kept)
    if not cluster:
        return _finish(packed, sizes, (), spread)
    strip = _strip(cluster, around.w, sizes)
    bottom = around.bottom + sizes.margin if packed else sizes.margin
    strip = _moved(strip, sizes.margin, bottom, strip.room.frame.w, strip.room.frame.h)
    crossing = _crossing(packed, strip, kept, gutters)
    single = len({box.y for box in strip.room.boxes.values()}) == 1
    drawn = crossing if single and len(crossing) <= ROUTED_UP_TO else []
    routes = outer(drawn, strip.room, around.bottom + 6.0, around.right)
    return _finish([*packed, strip], sizes, routes, spread + len(crossing) - len(drawn))


def _frame_order(plan: Plan) -> tuple[Any, ...]:
    """Namespaces with something that runs first, the system's after the others."""
    return not plan.runs, plan.namespace.startswith("kube-"), natural(plan.namespace), plan.namespace


@lru_cache(maxsize=256)  # whoever looks on sees most namespaces unchanged
def _plan(space: str, items: tuple[Item, ...], near: tuple[Edge, ...], sizes: Sizes) -> Plan:
    own = {item.id for item in items}
    found = units(items, near, sizes)
    home = {item.id: unit.id for unit in found for item in unit.members}
    links = bundles([edge for edge in near if edge.source in own and edge.target in own], home)
    links = [link for link in links if link.source != link.target]
    made = columns(found, links, sizes)
    x, boxes, ends = sizes.pad, {}, []
    for each in made.order:
        width = max(made.units[name].w for name in each)
        for name in each:
            unit = made.units[name]
            boxes[name] = Box(x, sizes.head + sizes.pad / 2 + made.middle[name] - unit.h / 2,
                              unit.w if unit.members else width, unit.h)
        ends.append((x, x + width))
        x += width + sizes.column
    right = max((box.right for box in boxes.values()), default=sizes.pad) + sizes.pad
    bottom = max((box.bottom for box in boxes.values()), default=sizes.head) + sizes.pad
    frame = Box(0.0, 0.0, max(NARROWEST, right), bottom)
    runs = any(edge.kind in ACROSS for edge in near)
    return Plan(space, Room(frame, made, boxes, tuple(ends)), tuple(found), runs)


# ---------------------------------------------------------------------- the cluster's strip


def _strip(items: Sequence[Item], width: float, sizes: Sizes) -> Plan:
    """Cluster-scoped objects side by side, broken into as many lines as `width` needs."""
    ordered = sorted(items, key=lambda item: (natural(item.name), item.name))
    found = [unit for item in ordered for unit in units([item], (), sizes)]
    card = max(unit.w for unit in found)
    step = card + sizes.gap
    across = max(1, int((width - STRIP_HEAD - sizes.pad + sizes.gap) // step))
    boxes = {}
    for number, unit in enumerate(found):
        line, place = divmod(number, across)
        boxes[unit.id] = Box(STRIP_HEAD + place * step, sizes.pad + line * (unit.h + sizes.gap), card, unit.h)
    bottom = max(box.bottom for box in boxes.values()) + sizes.pad
    frame = Box(0.0, 0.0, max(width, boxes[found[0].id].right + sizes.pad), bottom)
    made = Columns({unit.id: unit for unit in found}, [[unit.id for unit in found]], {}, {})
    return Plan("", Room(frame, made, boxes, ()), tuple(found))


# ---------------------------------------------------------------------- frames in rows

Stack = list[Plan]
"""Frames above each other: one, or several whose objects run nowhere."""


def _pack(plans: Sequence[Plan], sizes: Sizes) -> tuple[list[Plan], dict[str, float], Box]:
    """Plans at their places, the height of the gutter below each one's row, and the box around all."""
    y, right = sizes.margin, sizes.margin + NARROWEST
    packed: list[Plan] = []
    gutters: dict[str, float] = {}
    for row in _rows(plans, sizes):
        x, height = sizes.margin, max(_height(stack, sizes) for stack in row)
        for stack in row:
            packed += _stacked(stack, x, y, height, sizes)
            x += _width(stack) + sizes.margin
            gutters.update({plan.namespace: y + height + 6.0 for plan in stack})
        right, y = max(right, x - sizes.margin), y + height + sizes.margin
    return packed, gutters, Box(sizes.margin, sizes.margin, right - sizes.margin, max(0.0, y - 2 * sizes.margin))


def _stacks(plans: Sequence[Plan], sizes: Sizes) -> list[Stack]:
    """Small frames stand above each other as far as the highest frame allows."""
    limit = max((plan.room.frame.h for plan in plans), default=0.0)
    found: list[Stack] = []
    for plan in plans:
        last = found[-1] if found else None
        fits = last is not None and _height([*last, plan], sizes) <= limit
        if last is not None and fits and not plan.runs and not last[-1].runs:
            last.append(plan)
        else:
            found.append([plan])
    return found


def _height(stack: Stack, sizes: Sizes) -> float:
    return sum(plan.room.frame.h for plan in stack) + sizes.margin * (len(stack) - 1)


def _width(stack: Stack) -> float:
    return max(plan.room.frame.w for plan in stack)


def _stacked(stack: Stack, x: float, y: float, height: float, sizes: Sizes) -> Iterator[Plan]:
    """The frames of a stack as wide as its widest and together as high as their row."""
    more = (height - _height(stack, sizes)) / len(stack)
    for plan in stack:
        yield _moved(plan, x, y, _width(stack), plan.room.frame.h + more)
        y += plan.room.frame.h + more + sizes.margin


def _rows(plans: Sequence[Plan], sizes: Sizes) -> list[list[Stack]]:
    """The break into rows whose picture is nearest to the proportion and no wider than a notebook."""
    best: tuple[float, list[list[Stack]]] = (float("inf"), [])
    for stacks in ([[plan] for plan in plans], _stacks(plans, sizes)):
        width = 0.0
        for stack in stacks:
            width += _width(stack) + sizes.margin
            rows = _broken(stacks, width, sizes)
            best = min(best, (_ugliness(rows, sizes), rows), key=lambda pair: pair[0])
    return best[1]


def _ugliness(rows: list[list[Stack]], sizes: Sizes) -> float:
    wide = max(sum(_width(stack) + sizes.margin for stack in row) for row in rows)
    high = sum(max(_height(stack, sizes) for stack in row) + sizes.margin for row in rows)
    off = max(wide / high / PROPORTION, PROPORTION * high / wide)
    return float(off**0.5 * wide * high * max(1.0, wide / WIDEST) ** 4)


def _broken(stacks: Sequence[Stack], limit: float, sizes: Sizes) -> list[list[Stack]]:
    rows: list[list[Stack]] = []
    width = limit + 1
    for stack in stacks:
        step = _width(stack) + sizes.margin
        if width + step > limit:
            rows.append([])
            width = 0.0
        rows[-1].append(stack)
        width += step
    return rows


def _moved(plan: Plan, x: float, y: float, width: float, height: float) -> Plan:
    room = plan.room
    boxes = {name: box.moved(x, y) for name, box in room.boxes.items()}
    ends = tuple((left + x, right + x) for left, right in room.edges)
    return plan._replace(room=Room(Box(x, y, width, height), room.columns, boxes, ends))


# ---------------------------------------------------------------------- all together


def _finish(plans: Sequence[Plan], sizes: Sizes, routes: Sequence[Route], unrouted: int) -> Layout:
    nodes: dict[str, Box] = {}
    frames: dict[str, Box] = {}
    groups: dict[str, Group] = {}
    inside: list[Route] = []
    for plan in plans:
        frame = frames[plan.namespace] = plan.room.frame
        if plan.namespace:
            nodes[f"namespace/{plan.namespace}"] = Box(frame.x, frame.y, frame.w, sizes.head)
        for unit in plan.units:
            box = plan.room.boxes[unit.id]
            nodes.update(places(unit, box, sizes))
            if len(unit.members) > 1:
                groups[unit.id] = Group(box, tuple(item.id for item in unit.members))
        inside += inner(plan.room) if plan.namespace else []
    width = max((frame.right for frame in frames.values()), default=0.0) + sizes.margin
    height = max((frame.bottom for frame in frames.values()), default=0.0) + sizes.margin
    return Layout(width, height, nodes, frames, groups, (*inside, *routes), sizes, unrouted)


def _crossing(plans: Sequence[Plan], strip: Plan, edges: Sequence[Edge], gutters: dict[str, float]) -> list[Crossing]:
    """Edges from a namespace to the strip, those between the same ends as one."""
    home = {item.id: unit.id for plan in (*plans, strip) for unit in plan.units for item in unit.members}
    owner = {unit.id: plan for plan in plans for unit in plan.units}
    last = {item.id for unit in strip.units for item in unit.members}
    found = bundles([edge for edge in edges if edge.target in last and edge.source not in last], home)
    return [Crossing(one, owner[one.source].room, gutters[owner[one.source].namespace]) for one in found]
