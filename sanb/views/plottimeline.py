"""A picture of what happened: who wrote what when, and which write made somebody else act."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as File
from typing import Final, NamedTuple

from matplotlib.path import Path

from sanb.times import rfc3339
from sanb.views import palette, pen
from sanb.views.layout import Box
from sanb.views.layout.model import Point
from sanb.views.marks import MOST, SLOT, Mark, Placed, label, lanes, marks, place
from sanb.views.pen import Pen, Picture
from sanb.views.plot import TITLE, HasWorld, title_of

WIDTH: Final = 1160.0
EDGE: Final = 24.0
NAMES: Final = 168.0
"""Room for the names of lanes."""
LANE: Final = 50.0
AXIS: Final = 26.0
BETWEEN: Final = 18.0
FOOT: Final = 40.0
BADGE: Final = 17.0
LIFT: Final = 9.0
"""How far a badge stands above the middle of its lane; its name is below it."""
HALO: Final = "#F9FAF8"
LOOKS: Final = (("create", "created"), ("update", "changed"), ("delete", "deleted"), ("failed", "refused"))


def draw_timeline(cp: HasWorld, *, namespace: str | None = None, path: str | File | None = None) -> Picture:
    """A picture of all writes, issued tokens and refusals, or of those in one namespace; `path` writes it to a file.

    A lane is a component or user. Virtual time goes to the right and on to the next band; quiet times are cut out. An
    arrow leads from a write to what it made somebody do. Of more than 240 marks the latest are shown.
    """
    everything = marks(cp, namespace)
    found = everything[-MOST:]
    bands = _bands(place(found, WIDTH - 2 * EDGE - NAMES), lanes(found))
    height = bands[-1].bottom + FOOT
    title = title_of(cp)
    amount = f"{sum(len(mark.names) for mark in found):,} calls"
    if len(everything) > len(found):
        amount += f"  ·  {len(everything) - len(found):,} earlier marks not shown"
    pencil = Pen(WIDTH, height, f"Timeline: {title}  ·  {amount}")
    used = pencil.text(WIDTH - EDGE, TITLE / 2 + 3, amount, 9.0, palette.SOFT, align="right")
    pencil.text(EDGE, TITLE / 2 + 3, title, 13.0, bold=True, room=WIDTH - 3 * EDGE - used)
    for band in bands:
        _lanes(pencil, band)
        _times(pencil, band)
        _marks(pencil, band, namespace is None)
        _arrows(pencil, band)
    _legend(pencil, height - FOOT / 2 - 2.0)
    if path is not None:
        pencil.figure.savefig(path)
    return pencil.figure


class Band(NamedTuple):
    """A stretch of time: its marks, and the lanes that have some."""

    top: float
    rows: tuple[str, ...]
    marks: tuple[Placed, ...]

    @property
    def bottom(self) -> float:
        return self.top + AXIS + max(1, len(self.rows)) * LANE

    def height(self, one: Placed) -> float:
        """The height of a mark's badge."""
        return self.top + AXIS + (self.rows.index(one.mark.lane) + 0.5) * LANE - LIFT


def _bands(placed: Sequence[Placed], rows: Sequence[str]) -> list[Band]:
    found: list[Band] = []
    top = TITLE + 8.0
    for number in range(placed[-1].band + 1 if placed else 1):
        inside = tuple(one for one in placed if one.band == number)
        busy = {one.mark.lane for one in inside}
        found.append(Band(top, tuple(row for row in rows if row in busy), inside))
        top = found[-1].bottom + BETWEEN
    return found


def _lanes(pencil: Pen, band: Band) -> None:
    for number, name in enumerate(band.rows):
        y = band.top + AXIS + number * LANE
        fill = palette.FRAME if number % 2 == 0 else "#F3F4F1"
        pencil.box(Box(EDGE, y, WIDTH - 2 * EDGE, LANE), fill=fill, radius=4.0, order=0.5)
        pencil.text(EDGE + 10.0, y + LANE / 2, name, 8.5, bold=True, room=NAMES - 20.0)
    if not band.rows:
        pencil.text(WIDTH / 2, band.top + AXIS + LANE / 2, "nothing happened", 9.0, palette.SOFT, align="center")


def _left(one: Placed) -> float:
    return EDGE + NAMES + one.x


def _times(pencil: Pen, band: Band) -> None:
    """A rule and a label where time goes on; labels that would touch the one before are left out."""
    before: float | None = None
    free = 0.0
    for one in band.marks:
        if one.mark.time == before:
            continue
        x = _left(one) - 21.0
        rule = Path([(x, band.top + AXIS - 4.0), (x, band.bottom)])
        pencil.paths([rule], palette.RULE, 0.8, (2.0, 2.0), 0.8)
        text = clock(one.mark.time)
        if x >= free:
            free = x + pencil.text(x, band.top + AXIS / 2, text, 7.5, palette.SOFT) + 8.0
        before = one.mark.time


def clock(time: float) -> str:
    """The time of day with as many digits of a second as it has, at most three."""
    fraction = f"{time % 1:.3f}"[1:].rstrip("0").rstrip(".")
    return rfc3339(time)[11:19] + fraction


# ---------------------------------------------------------------------- marks


def _look(mark: Mark) -> tuple[str, bool]:
    """(colour, filled): what begins or ends an object is filled, what changes it is outlined."""
    if mark.failed:
        return palette.FAILED, False
    return palette.VERBS.get(mark.verb, palette.SOFT), mark.verb in ("create", "delete", "deletecollection")


def _marks(pencil: Pen, band: Band, spaces: bool) -> None:
    """Badges with their names below; a lane does not repeat the name that it has just shown."""
    shown: dict[str, tuple[str, tuple[str, ...]]] = {}
    for number, one in enumerate(band.marks):
        mark, x, y = one.mark, _left(one), band.height(one)
        _badge(pencil, mark, x, y)
        subject = mark.namespace, mark.names
        if shown.get(mark.lane) == subject:
            continue
        shown[mark.lane] = subject
        room = min(_next(band.marks[number + 1 :], mark) - x - 5.0, WIDTH - EDGE - x + 18.0, 3.6 * SLOT)
        pencil.text(x - 20.0, y + LIFT + 7.5, label(mark), 7.0, palette.INK, room=room, halo=HALO)
        if spaces and mark.namespace:
            pencil.text(x - 20.0, y + LIFT + 16.5, mark.namespace, 6.2, palette.SOFT, room=room, halo=HALO)


def _next(later: Sequence[Placed], mark: Mark) -> float:
    """Where the next name in a mark's lane begins to need room."""
    subject = mark.namespace, mark.names
    return next((_left(other) for other in later
                 if other.mark.lane == mark.lane and (other.mark.namespace, other.mark.names) != subject), WIDTH * 2)


def _badge(pencil: Pen, mark: Mark, x: float, y: float) -> None:
    colour, filled = _look(mark)
    letters = "tok" if mark.subresource == "token" else "bind" if mark.subresource == "binding" else ""
    letters = letters or palette.kind(mark.kind).letters
    box = Box(x - 20.0, y - BADGE / 2, max(28.0, pen.width_of(letters, 7.2, bold=True) + 12.0), BADGE)
    pencil.box(box, fill=colour if filled else palette.FRAME, line=colour, radius=5.0, width=1.3, order=3.0,
               dashes=(2.0, 1.5) if mark.failed else ())
    pencil.text(box.middle[0], y, letters, 7.2, "#FFFFFF" if filled else colour, bold=True, align="center")
    if mark.failed:
        pencil.paths([Path([(box.x + 3.0, box.bottom - 2.0), (box.right - 3.0, box.y + 2.0)])], colour, 1.2, order=3.5)


# ---------------------------------------------------------------------- causes


def _arrows(pencil: Pen, band: Band) -> None:
    wrote = {rev: one for one in band.marks for rev in one.mark.effects}
    lines: list[Path] = []
    heads: list[list[Point]] = []
    for one in band.marks:
        source = wrote.get(one.mark.cause)
        if source is None or source is one:
            continue
        start = (_left(source) - 6.0, band.height(source))
        end = (_left(one) - 21.0, band.height(one))
        lines.append(_bow(start, end))
        heads.append(pen.arrow_head([(end[0] - 1.0, end[1]), end], 4.5))
    if lines:
        pencil.paths(lines, "#8A94A0", 1.0, order=2.0)
        pencil.polygons(heads, "#6B7280", 2.2)


def _bow(start: Point, end: Point) -> Path:
    """Down or up out of the cause, then flat into the effect; within a lane a flat bow above the badges."""
    (x0, y0), (x1, y1) = start, end
    if y0 == y1:
        high = y0 - BADGE / 2 - 5.0
        return Path([(x0, y0 - BADGE / 2), (x0 + 4.0, high), (x1 - 14.0, high), (x1, y1)],
                    [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    away = BADGE / 2 if y1 > y0 else -BADGE / 2
    return Path([(x0, y0 + away), (x0, y1), (max(x0 + 4.0, x1 - 16.0), y1), (x1, y1)],
                [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])


def _legend(pencil: Pen, y: float) -> None:
    x = EDGE
    for verb, words in LOOKS:
        mark = Mark("", 0.0, "update" if verb == "failed" else verb, "Pod", "", "", ("",), verb == "failed", (), 0)
        _badge(pencil, mark, x + 20.0, y)
        x += 36.0
        x += pencil.text(x, y, words, 8.0, palette.SOFT) + 22.0
    pencil.paths([pen.elbows([(x, y), (x + 24.0, y)])], "#8A94A0", 1.0)
    pencil.polygons([pen.arrow_head([(x, y), (x + 28.0, y)], 4.5)], "#6B7280")
    pencil.text(x + 34.0, y, "made it act", 8.0, palette.SOFT)
