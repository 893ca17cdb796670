"""The plain data of layouts. Lengths are points (1/72 inch) or pixels; y grows downwards."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

Point = tuple[float, float]

LAYERS: Final = {
    "Role": 0, "RoleBinding": 1, "ServiceAccount": 2, "Secret": 3, "ConfigMap": 3, "Pod": 4, "ReplicaSet": 5,
    "Deployment": 6, "Node": 0,
}
"""Kind -> column in its frame. Pods stand between credentials and owners: then nearly every edge joins neighbours."""
PLACES: Final = {**LAYERS, "ClusterRole": 0, "ClusterRoleBinding": 1, "User": 2, "Group": 2}
"""The same with what belongs to no namespace and is shown in the frames where it matters."""
RANK: Final = {kind: place for place, kind in enumerate((
    "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "User", "Group", "ServiceAccount", "Secret", "ConfigMap", "Pod",
    "ReplicaSet", "Deployment", "Node",
))}
_DIGITS: Final = re.compile(r"(\d+)")
GRID: Final = 8.0
"""All positions are multiples of half of it."""


class Box(NamedTuple):
    """A rectangle; (x, y) is its upper left corner."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def middle(self) -> Point:
        return self.x + self.w / 2, self.y + self.h / 2

    def moved(self, x: float, y: float) -> Box:
        """The same box elsewhere."""
        return Box(self.x + x, self.y + y, self.w, self.h)

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than a border."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def holds(self, other: Box) -> bool:
        """Whether the other lies inside."""
        return (self.x <= other.x and self.y <= other.y
                and other.right <= self.right and other.bottom <= self.bottom)


class Item(NamedTuple):
    """Something to place; `many` above 1 stands for as many objects."""

    id: str
    kind: str
    namespace: str
    name: str
    phase: str = ""
    many: int = 1


class Edge(NamedTuple):
    """A link to route, by the ids of its ends; `many` links of one type may be one edge."""

    source: str
    target: str
    kind: str
    many: int = 1


class Route(NamedTuple):
    """A routed edge. Its ends may be groups. `angular`: along horizontals and verticals, otherwise gentle curves."""

    source: str
    target: str
    kind: str
    many: int
    points: tuple[Point, ...]
    angular: bool = False


class Group(NamedTuple):
    """Items with the same links, drawn as one block."""

    box: Box
    members: tuple[str, ...]


class Sizes(NamedTuple):
    """Lengths of the layout; all multiples of GRID."""

    card: tuple[float, float] = (176.0, 40.0)
    """Greatest width, and height."""
    narrow: float = 104.0
    """Least width of a card."""
    letter: float = 5.9
    """About the width of one letter of a name."""
    badge: float = 56.0
    """What a card needs beside the name."""
    gap: float = 16.0
    """Between cards above each other."""
    column: float = 48.0
    """Between columns."""
    pad: float = 16.0
    """Between a frame and what it holds."""
    head: float = 40.0
    """Height of a frame's title."""
    margin: float = 32.0
    """Between frames."""
    group_head: float = 24.0
    group_pad: float = 8.0
    thread: float = 8.0
    """Room for an edge that passes through a column."""


ROOMY: Final = Sizes()
TIGHT: Final = Sizes(card=(144.0, 24.0), narrow=80.0, letter=4.9, badge=36.0, gap=8.0, column=40.0, pad=16.0, head=32.0,
                     margin=24.0, group_head=16.0)
COUNTS: Final = TIGHT._replace(card=(72.0, 24.0), narrow=72.0, column=32.0, pad=8.0)
"""For summaries, whose cards hold a number."""


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts team-2 before team-10."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in _DIGITS.split(name) if part)


class Layout(NamedTuple):
    """The picture. A namespace's frame is its node's place too: `nodes["namespace/shop"]` is the frame's title."""

    width: float
    height: float
    nodes: dict[str, Box]
    frames: dict[str, Box]
    """Namespace -> box; "" holds cluster-scoped objects."""
    groups: dict[str, Group]
    edges: tuple[Route, ...]
    sizes: Sizes
    unrouted: int = 0
    """Edges between frames that were left out because there are too many."""
