"""The graph for the browser: boxes, frames and lines by id, from the same layout as still pictures."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from sanb.apiserver.resources import BY_KIND
from sanb.values import quiet_gc
from sanb.views import palette
from sanb.views.layout import COUNTS, Box, Layout, Scene, arrange, scene
from sanb.views.layout.model import LAYERS
from sanb.views.plot import HasWorld
from sanb.views.relate import MISSING, thing_id
from sanb.widgets.sections import Section

NAMES: Final = ("canvas", "frames", "nodes", "edges", "groups")
SPACES: Final = 500
"""Namespaces that the filter offers."""
EACH: Final = 1000
"""So many objects are shown one by one; of more there are counts by namespace and kind."""
OWN: Final = "~"
"""Given in place of a namespace: all but those of the system, which are the same in every cluster."""


def looks() -> dict[str, Any]:
    """Colours, letters and strokes of kinds, links and verbs: one visual language for still and live pictures."""
    return {
        "kinds": {name: list(style) for name, style in palette.KINDS.items()},
        "other": list(palette.OTHER),
        "strokes": {name: list(stroke) for name, stroke in palette.STROKES.items()},
        "plain": list(palette.PLAIN),
        "verbs": dict(palette.VERBS),
    }


class Picture:
    """The graph sections of one cluster; laid out anew only when an object that is shown may have changed."""

    def __init__(self) -> None:
        self.namespace = OWN
        """What is shown: one namespace, "" for all, or OWN."""
        self._seen: tuple[Any, ...] = ()
        self._made: dict[str, Section] = {name: {} for name in NAMES}

    def sections(self, cp: HasWorld) -> dict[str, Section]:
        """The sections as of now."""
        store = cp.store
        resources = [BY_KIND[kind].id for kind in (*LAYERS, "Namespace") if kind in BY_KIND]
        seen = (self.namespace, id(store), *map(store.tape_length, resources))
        if seen != self._seen:
            with quiet_gc():  # it makes thousands of small values that stay
                self._made, self._seen = self._drawn(store.head), seen
        return self._made

    def _drawn(self, table: Any) -> dict[str, Section]:
        shown = scene(table, None if self.namespace in ("", OWN) else self.namespace, above=EACH)
        if self.namespace == OWN and not shown.summarised:
            shown = _without_system(shown)
        return _sections(shown, arrange(shown.items, shown.edges, COUNTS if shown.summarised else None))


def _without_system(shown: Scene) -> Scene:
    items = tuple(item for item in shown.items if not (item.namespace or item.name).startswith("kube-"))
    return shown._replace(items=items, objects=len(items), namespaces=sum(item.kind == "Namespace" for item in items))


def _sections(shown: Scene, layout: Layout) -> dict[str, Section]:
    items = {item.id: item for item in shown.items}
    phases = {item.name: item.phase for item in shown.items if item.kind == "Namespace"}
    canvas = {
        "size": [layout.width, layout.height], "objects": shown.objects, "namespaces": shown.namespaces,
        "summarised": shown.summarised, "leftOut": shown.left_out, "unrouted": layout.unrouted,
        "roomy": layout.sizes.card[1] >= 40,
    }
    frames = {space: [*box, layout.sizes.head, phases.get(space, MISSING if space else "")]
              for space, box in layout.frames.items()}
    nodes = {item.id: [item.kind, item.namespace, item.name, item.phase, item.many, *layout.nodes[item.id]]
             for item in items.values() if item.kind != "Namespace" and item.id in layout.nodes}
    edges = {f"{route.source}|{route.target}|{route.kind}": [
        route.source, route.target, route.kind, route.many, route.angular, [each for point in route.points for each in point],
    ] for route in layout.edges}
    groups = {name: _group(group.box, [items[member] for member in group.members])
              for name, group in layout.groups.items()}
    return dict(zip(NAMES, (canvas, frames, nodes, edges, groups), strict=True))


def _group(box: Box, members: list[Any]) -> list[Any]:
    counts = Counter("missing" if item.phase == MISSING else item.phase for item in members if item.phase)
    phases = " · ".join(f"{count} {phase}" for phase, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return [*box, members[0].kind, [item.id for item in members], phases]


def spaces(cp: HasWorld) -> list[str]:
    """The namespaces that the filter offers."""
    return [version.key[2] for version in cp.store.head.scan("namespaces")[:SPACES]]


def changed(cp: HasWorld, since: int) -> dict[str, str]:
    """The objects that were written above a revision, and how: "created", "changed" or "deleted"."""
    if since < cp.store.oldest:
        return {}
    found: dict[str, str] = {}
    for version in cp.store.since(since):
        row = _KINDS.get(version.key[0])
        if row is not None:
            before = version.prev
            fresh = before is None or before.obj is None
            name = thing_id(row, version.key[1], version.key[2])
            was = found.get(name)
            found[name] = "deleted" if version.obj is None else "created" if fresh or was == "created" else "changed"
    return found


_KINDS: Final = {row.id: kind for kind, row in BY_KIND.items() if row.id != "events"}
