"""Pictures of the cluster: namespaces as frames, objects as cards, relations as typed curves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path as File
from typing import Any, Final, Protocol

from sanb.errors import UsageError
from sanb.times import rfc3339
from sanb.views import palette, pen
from sanb.views.frames import HasStore
from sanb.views.layout import COUNTS, Box, Item, Layout, Scene, arrange, scene
from sanb.views.layout.model import ROOMY
from sanb.views.pen import Pen, Picture
from sanb.views.relate import MISSING, resources

TITLE: Final = 44.0
"""Height of the picture's title."""
LEGEND_LINE: Final = 26.0
LEAST_WIDTH: Final = 560.0
CALM: Final = ("Running", "Active", "")
"""Phases that need no words on a small card."""


class HasWorld(HasStore, Protocol):
    """What a picture needs of a control plane."""

    @property
    def profile(self) -> Any:
        """Its minor."""

    @property
    def now(self) -> float:
        """Virtual time."""


def draw(cp: HasWorld, namespace: str | None = None, path: str | File | None = None) -> Picture:
    """A picture of all objects or of one namespace; `path` writes it to a file as well (PNG, SVG or PDF by its ending).

    Above 300 objects it shows counts by namespace and kind. The figure is of no pyplot state, so it is safe in threads.

    Raises:
        UsageError: there is no such namespace; the text lists those that there are.
    """
    known(cp, namespace)
    shown = scene(cp.store.head, namespace, people=True)
    layout = arrange(shown.items, shown.edges, COUNTS if shown.summarised else None)
    figure = picture(shown, layout, title_of(cp))
    if path is not None:
        figure.savefig(path)
    return figure


def known(cp: HasWorld, namespace: str | None) -> None:
    """Refuse a namespace of which there is no trace.

    Raises:
        UsageError: there is no such namespace; the text lists those that there are.
    """
    table = cp.store.head
    if namespace is None or any(table.scan(resource, namespace) for resource in resources()):
        return
    names = [version.key[2] for version in table.scan("namespaces")]
    if namespace not in names:
        listed = ", ".join(names[:20]) or "none"
        raise UsageError(f"there is no namespace {namespace!r} to draw; there are {listed}")


def title_of(cp: HasWorld) -> str:
    """The minor and virtual time."""
    return f"Kubernetes {cp.profile.minor}  ·  {rfc3339(cp.now).replace('T', ' ').removesuffix('Z')} UTC"


def picture(shown: Scene, layout: Layout, title: str) -> Picture:
    """The picture of a scene that is laid out."""
    items = {item.id: item for item in shown.items}
    width = max(layout.width, LEAST_WIDTH)
    legend = _legend(shown, layout, width)
    height = TITLE + layout.height - layout.sizes.margin + LEGEND_LINE * len(legend) + 16.0
    pencil = Pen(width, height, f"Picture: {title}  ·  {_amount(shown)}")
    _title(pencil, title, _amount(shown), width)
    down = TITLE - layout.sizes.margin / 2
    _frames(pencil, layout, items, down)
    _edges(pencil, layout, down)
    for name, group in layout.groups.items():
        _group(pencil, group.box.moved(0.0, down), [items[member] for member in group.members], layout, name)
    for name, item in items.items():
        if item.kind != "Namespace":
            _card(pencil, layout.nodes[name].moved(0.0, down), item, layout)
    _draw_legend(pencil, legend, height - LEGEND_LINE * len(legend) - 8.0)
    return pencil.figure


def _amount(shown: Scene) -> str:
    parts = [_many(shown.objects, "object"), _many(shown.namespaces, "namespace")]
    if shown.left_out:
        parts.append(f"{_many(shown.left_out, 'smaller namespace')} not shown")
    return "  ·  ".join(parts)


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _title(pencil: Pen, title: str, amount: str, width: float) -> None:
    right = width - 24.0
    used = pencil.text(right, TITLE / 2 + 3, amount, 9.0, palette.SOFT, align="right")
    pencil.text(24.0, TITLE / 2 + 3, title, 13.0, bold=True, room=right - used - 48.0)


# ---------------------------------------------------------------------- frames and cards


def _frames(pencil: Pen, layout: Layout, items: dict[str, Item], down: float) -> None:
    for space, box in layout.frames.items():
        frame, head = box.moved(0.0, down), layout.sizes.head
        item = items.get(f"namespace/{space}")
        gone = item is None or item.phase == MISSING
        pencil.box(frame, fill=palette.FRAME, line=palette.RULE, radius=12.0, width=1.2,
                   dashes=(4, 3) if space and gone else ())
        x, middle = frame.x + 14.0, frame.y + head / 2 + 2
        if not space:
            middle = frame.y + layout.sizes.pad + layout.sizes.card[1] / 2
        if space:
            x += _badge(pencil, "Namespace", x, middle, 18.0) + 8.0
        room = frame.right - x - 14.0
        phase = item.phase if item is not None and item.phase not in CALM else "missing" if space and gone else ""
        used = pencil.text(frame.right - 14.0, middle, phase, 8.0, palette.SOFT, align="right", room=room / 2)
        pencil.text(x, middle, space or "cluster", 10.5, palette.INK if space else palette.SOFT, bold=True,
                    room=room - (used + 8.0 if used else 0.0))


def _badge(pencil: Pen, kind: str, x: float, middle: float, height: float, *, colour: str = "") -> float:
    """A kind's badge with its left end at `x`; returns its width."""
    style = palette.kind(kind)
    size = height * 0.42
    width = max(height, pen.width_of(style.letters, size, bold=True) + height * 0.55)
    if style.shape in ("circle", "square"):
        width = max(height, pen.width_of(style.letters, size, bold=True) + 6.0)
    if style.shape == "tag":
        width += 4.0
    box = Box(x, middle - height / 2, width, height)
    pencil.shape(style.shape, box, colour or style.colour)
    shift = 2.0 if style.shape == "tag" else 0.0
    pencil.text(x + width / 2 - shift, middle, style.letters, size, "#FFFFFF", bold=True, align="center")
    return width


def _card(pencil: Pen, box: Box, item: Item, layout: Layout) -> None:
    style, roomy = palette.kind(item.kind), layout.sizes.card[1] >= ROOMY.card[1]
    missing, waiting = item.phase == MISSING, item.phase in ("Pending", "Terminating")
    fill = palette.FRAME if missing or waiting else palette.tint(style.colour, 0.10)
    hatch = palette.tint(style.colour, 0.18) if waiting else ""
    pencil.box(box, fill=fill, line=palette.tint(style.colour, 0.75), radius=7.0, width=1.1,
               dashes=(3.0, 2.5) if missing else (), hatch=hatch, order=3.0)
    height = 22.0 if roomy else 15.0
    x = box.x + (9.0 if roomy else 5.0)
    middle = box.middle[1]
    faint = palette.tint(style.colour, 0.75) if missing else ""
    x += _badge(pencil, item.kind, x, middle, height, colour=faint) + (8.0 if roomy else 5.0)
    room = box.right - x - 7.0
    words = "missing" if missing else item.phase
    if item.many > 1 or item.id.endswith("*"):
        pencil.text(box.right - 8.0, middle, f"{item.many:,}", 8.5, bold=True, align="right", room=room + 2.0)
    elif roomy:
        pencil.text(x, middle - 6.5, item.name, 9.0, bold=True, room=room)
        pencil.text(x, middle + 7.5, f"{item.kind} · {words}" if words else item.kind, 7.5, palette.SOFT, room=room,
                    keep_start=True)
    else:
        words = "" if words in CALM else words
        used = pencil.text(box.right - 6.0, middle, words, 6.0, palette.SOFT, align="right")
        pencil.text(x, middle, item.name, 7.5, room=room - (used + 3.0 if used else 0.0))


def _group(pencil: Pen, box: Box, members: list[Item], layout: Layout, name: str) -> None:
    style = palette.kind(members[0].kind)
    pencil.box(box, fill=palette.tint(style.colour, 0.04), line=palette.tint(style.colour, 0.45), radius=9.0, width=1.0,
               order=2.6)
    counts = Counter("missing" if item.phase == MISSING else item.phase for item in members if item.phase)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    phases = "  ·  ".join(f"{count} {phase}" for phase, count in ranked)
    middle = box.y + layout.sizes.group_head / 2 + 0.5
    left = pencil.text(box.x + 10.0, middle, f"{len(members)} {members[0].kind}s", 8.0, style.colour, bold=True)
    pencil.text(box.right - 10.0, middle, phases, 7.0, palette.SOFT, align="right", room=box.w - left - 32.0)


# ---------------------------------------------------------------------- edges


def _edges(pencil: Pen, layout: Layout, down: float) -> None:
    """One look at a time; thick bundles of a summary are drawn thicker."""
    looks: dict[tuple[str, float], list[Any]] = {}
    heads: dict[str, list[Any]] = {}
    for route in layout.edges:
        points = [(x, y + down) for x, y in route.points]
        style = palette.stroke(route.kind)
        heavy = min(3.0, 0.4 * len(str(route.many))) if route.many > 9 else 0.0
        line = pen.elbows(points) if route.angular else pen.curve(points)
        looks.setdefault((route.kind, style.width + heavy), []).append(line)
        heads.setdefault(style.colour, []).append(pen.arrow_head(points, flat=not route.angular))
    for place, ((kind, width), lines) in enumerate(sorted(looks.items(), key=lambda pair: pair[0])):
        style = palette.stroke(kind)
        pencil.paths(lines, style.colour, width, style.dashes, 2.0 + place / 100, halo=palette.FRAME)
    for colour, triangles in sorted(heads.items()):
        pencil.polygons(triangles, colour, 2.9)


# ---------------------------------------------------------------------- legend

Entry = tuple[str, str, float]
"""("kind" | "edge" | "note", which, width)."""


def _legend(shown: Scene, layout: Layout, width: float) -> list[list[Entry]]:
    """The kinds and types of link that the picture has, broken into lines."""
    kinds = [kind for kind in palette.KINDS if any(item.kind == kind for item in shown.items)]
    types = [kind for kind in palette.STROKES if any(route.kind == kind for route in layout.edges)]
    types += sorted({route.kind for route in layout.edges} - set(types))
    entries: list[Entry] = [("kind", kind, pen.width_of(kind, 8.0) + 60.0) for kind in kinds]
    entries += [("edge", kind, pen.width_of(palette.stroke(kind).words, 8.0) + 60.0) for kind in types]
    if layout.unrouted:
        text = f"{_many(layout.unrouted, 'line')} between frames left out"
        entries.append(("note", text, pen.width_of(text, 8.0) + 20.0))
    lines: list[list[Entry]] = []
    room = 0.0
    for entry in entries:
        if entry[2] > room:
            lines.append([])
            room = width - 48.0
        lines[-1].append(entry)
        room -= entry[2]
    return lines


def _draw_legend(pencil: Pen, lines: list[list[Entry]], top: float) -> None:
    for number, line in enumerate(lines):
        x, y = 24.0, top + (number + 0.5) * LEGEND_LINE
        for what, name, width in line:
            if what == "kind":
                used = _badge(pencil, name, x, y, 15.0)
                pencil.text(x + used + 6.0, y, name, 8.0, palette.SOFT)
            elif what == "edge":
                style = palette.stroke(name)
                pencil.paths([pen.elbows([(x, y), (x + 26.0, y)])], style.colour, style.width, style.dashes)
                pencil.polygons([pen.arrow_head([(x, y), (x + 32.0, y)])], style.colour)
                pencil.text(x + 38.0, y, style.words, 8.0, palette.SOFT)
            else:
                pencil.text(x, y, name, 8.0, palette.SOFT)
            x += width
