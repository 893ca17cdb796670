"""Edges as polylines: through the gaps between columns inside a frame, through the gutters between frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sanb.views.layout.layers import Columns
from sanb.views.layout.model import Box, Point, Route
from sanb.views.layout.units import Bundle

SPREAD: Final = 7.0
"""Distance of the places where edges of several types meet the same side of a card."""
LOOP: Final = 14.0
LANE: Final = 2.5
LANES: Final = 6


class Room(NamedTuple):
    """A frame that is laid out, with all positions final."""

    frame: Box
    columns: Columns
    boxes: dict[str, Box]
    """Unit -> its place; threads have no width."""
    edges: tuple[tuple[float, float], ...]
    """Left and right end of each column."""


Port = tuple[str, bool]
"""(type of link, whether it ends here): links of one type share a port."""


def inner(room: Room) -> list[Route]:
    """The routes of the edges inside a frame."""
    column = {name: number for number, each in enumerate(room.columns.order) for name in each}
    ports = _ports(room, column)
    found = []
    for bundle, path in room.columns.paths.items():
        if column[bundle.source] == column[bundle.target]:
            points = _loop(room, bundle, column, ports)
            found.append(Route(bundle.source, bundle.target, bundle.kind, bundle.many, points, True))
        else:
            points = _threaded(room, bundle, path, column, ports)
            found.append(Route(bundle.source, bundle.target, bundle.kind, bundle.many, points))
    return found


def _ports(room: Room, column: dict[str, int]) -> dict[tuple[str, int, Port], float]:
    """(unit, side, port) -> height; ports of a side stand in the order of the heights at which their links go on."""
    ends: dict[tuple[str, int], dict[Port, list[float]]] = {}
    for bundle, path in room.columns.paths.items():
        for here, there, inward in ((path[0], path[1], False), (path[-1], path[-2], True)):
            side = 1 if column[there] >= column[here] else -1
            port = (bundle.kind, inward)
            ends.setdefault((here, side), {}).setdefault(port, []).append(room.boxes[there].middle[1])
    found = {}
    for (name, side), heights in ends.items():
        ranked = sorted(heights, key=lambda port, heights=heights: (sum(heights[port]) / len(heights[port]), port))  # type: ignore[misc]
        box = room.boxes[name]
        step = min(SPREAD, (box.h - 8.0) / max(1, len(ranked) - 1))
        for place, port in enumerate(ranked):
            found[name, side, port] = box.middle[1] + (place - (len(ranked) - 1) / 2) * step
    return found


def _threaded(
    room: Room, bundle: Bundle, path: Sequence[str], column: dict[str, int], ports: dict[tuple[str, int, Port], float]
) -> tuple[Point, ...]:
    ahead = 1 if column[path[-1]] > column[path[0]] else -1
    points: list[Point] = []
    for place, name in enumerate(path):
        near, far = room.edges[column[name]][:: ahead]
        box = room.boxes[name]
        enter, leave = (box.x, box.right) if ahead > 0 else (box.right, box.x)
        if place == 0:
            height = ports[name, ahead, (bundle.kind, False)]
            points += [(leave, height), (far, height)]
        elif place == len(path) - 1:
            height = ports[name, -ahead, (bundle.kind, True)]
            points += [(near, height), (enter, height)]
        else:
            points += [(near, box.middle[1]), (far, box.middle[1])]
    return _distinct(points)


def _loop(
    room: Room, bundle: Bundle, column: dict[str, int], ports: dict[tuple[str, int, Port], float]
) -> tuple[Point, ...]:
    side = room.edges[column[bundle.source]][1]
    one, two = room.boxes[bundle.source], room.boxes[bundle.target]
    start, stop = (ports[bundle.source, 1, (bundle.kind, False)], ports[bundle.target, 1, (bundle.kind, True)])
    return _distinct([(one.right, start), (side + LOOP, start), (side + LOOP, stop), (two.right, stop)])


class Crossing(NamedTuple):
    """An edge from a frame to the strip of cluster-scoped objects; `gutter` is below its row of frames."""

    bundle: Bundle
    room: Room
    gutter: float


def outer(crossing: Sequence[Crossing], strip: Room, last: float, right: float) -> list[Route]:
    """Routes to the strip at the bottom: by the gutter of the frame's row, past the right end of all rows, from above.

    Edges to the same object share a lane. `last` is the gutter above the strip, `right` the right end of all rows.
    """
    targets = [name for each in strip.columns.order for name in each]
    found = []
    for bundle, room, gutter in crossing:
        place = targets.index(bundle.target)
        lane = min(place, LANES) * LANE
        box, target = room.boxes[bundle.source], strip.boxes[bundle.target]
        column = next(number for number, each in enumerate(room.columns.order) if bundle.source in each)
        down = room.edges[column][1] + 8.0 + lane
        start = min(box.bottom - 4.0, box.middle[1] + 9.0)
        points = [(box.right, start), (down, start), (down, gutter + lane)]
        if gutter != last:
            points += [(right + 8.0 + lane, gutter + lane), (right + 8.0 + lane, last + lane)]
        points += [(target.middle[0], last + lane), (target.middle[0], target.y)]
        found.append(Route(bundle.source, bundle.target, bundle.kind, bundle.many, _distinct(points), True))
    return found


def _distinct(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(point for number, point in enumerate(points) if number == 0 or points[number - 1] != point)
