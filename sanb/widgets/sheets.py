"""Drawings for saved notebooks: the last reconcile and tables, drawn like the other pictures, and several on one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import matplotlib
from PIL import Image

from sanb.views import palette, pen
from sanb.views.layout import Box
from sanb.views.pen import Pen, Picture, arrow_head, width_of
from sanb.widgets.sequence import Line, people

EDGE: Final = 24.0
TITLE: Final = 44.0
HEAD: Final = 28.0
STEP: Final = 30.0
ROW: Final = 19.0
SIZE: Final = 9.0
LINES: Final = 40
"""Rows of a table that are drawn; the rest is counted."""
WIDEST: Final = 380.0
"""The widest column of a table."""
INKS: Final = {"asks": palette.INK, "hears": palette.SOFT, "refuses": palette.FAILED}


def sequence(told: Sequence[Line]) -> Picture:
    """The last reconcile: a column for everybody who took part, and an arrow for each call and what came of it."""
    names = people(list(told))
    place = {name: number for number, name in enumerate(names)}
    room = max([112.0, *(width_of(name, SIZE, bold=True) + 44 for name in names),
                *((width_of(line.words, SIZE) + 24) / max(1, abs(place[line.source] - place[line.target])) for line in told)])
    left = EDGE + max(width_of(name, SIZE, bold=True) for name in names) / 2 + 14
    own = any(line.source == line.target == names[-1] for line in told)
    width = 2 * left + room * (len(names) - 1 + own)
    top = TITLE + HEAD
    height = top + STEP * len(told) + 26
    said = "; ".join(f"{line.source} to {line.target}: {line.words}" for line in told)
    pencil = Pen(width, height, f"The last reconcile: {said}")
    pencil.text(EDGE, TITLE / 2 + 3, "The last reconcile", 13.0, bold=True, room=width - 2 * EDGE)
    for name, number in place.items():
        x, half = left + room * number, width_of(name, SIZE, bold=True) / 2 + 12
        pencil.paths([pen.curve([(x, top), (x, height - 14)])], palette.RULE, 1.2, (3.0, 3.0), 1.0)
        pencil.box(Box(x - half, TITLE, 2 * half, HEAD - 4), fill=palette.FRAME, line=palette.RULE, order=1.5)
        pencil.text(x, TITLE + (HEAD - 4) / 2, name, SIZE, bold=True, align="center")
    for number, line in enumerate(told):
        y = top + STEP * (number + 1) - 6
        ends = [(left + room * place[line.source], y), (left + room * place[line.target], y)]
        if line.source == line.target:  # its own doing: a short line to it
            ends[0] = (ends[1][0] + room, y)
        ink = INKS[line.how]
        pencil.paths([pen.curve(ends)], ink, 1.4, () if line.how == "asks" else (4.0, 3.0))
        pencil.polygons([arrow_head(ends, 8.0)], ink)
        middle, half = (ends[0][0] + ends[1][0]) / 2, width_of(line.words, SIZE) / 2 + 3
        pencil.box(Box(middle - half, y - 14, 2 * half, 12), fill=palette.CARD, radius=2.0, order=1.2)
        pencil.text(middle, y - 8, line.words, SIZE, ink, align="center")
    return pencil.figure


def table(title: str, rows: Sequence[Sequence[str]], most: int = LINES) -> Picture:
    """A table whose first row has the names of the columns."""
    shown = rows[: most + 1]
    more = len(rows) - len(shown)
    rooms = [min(WIDEST, max(width_of(row[at], SIZE, bold=True) for row in shown)) + 18 for at in range(len(rows[0]))]
    width = max(2 * EDGE + sum(rooms), 2 * EDGE + width_of(title, 13.0, bold=True))
    pencil = Pen(width, TITLE + ROW * (len(shown) + bool(more)) + 18, title)
    pencil.text(EDGE, TITLE / 2 + 3, title, 13.0, bold=True)
    for number, row in enumerate(shown):
        y, x = TITLE + ROW * (number + 0.5), EDGE
        if number % 2:
            pencil.box(Box(EDGE - 8, y - ROW / 2, width - 2 * EDGE + 16, ROW), fill=palette.FRAME, radius=3.0, order=0.5)
        for cell, room in zip(row, rooms, strict=True):
            pencil.text(x, y, cell, SIZE, palette.INK if number else palette.SOFT, bold=not number, room=room - 12)
            x += room
    if more:
        pencil.text(EDGE, TITLE + ROW * (len(shown) + 0.5), f"and {more:,} more", SIZE, palette.SOFT)
    return pencil.figure


def vectors(figure: Picture) -> str:
    """A picture as SVG with its texts as texts: the same each time."""
    out = BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "sanb", "svg.fonttype": "none"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    whole = out.getvalue().decode()
    about, end = whole.index("<metadata>"), whole.index("</metadata>") + len("</metadata>")
    whole = whole[:about] + whole[end:]
    # Verdana is as wide, where the font of the other pictures is not installed
    return whole[whole.index("<svg"):].replace(f"'{pen.FAMILY}'", f"'{pen.FAMILY}', Verdana, sans-serif")


def sheet(*pictures: Any, first: int = 1, scale: float = pen.DOTS) -> tuple[bytes, int, int]:
    """Pictures on one sheet as PNG, with its width and height in points: `first` of them, then what fits beside each other."""
    scale = min([scale, *(float(each.dpi) for each in pictures)])
    parts = [_opened(each, scale) for each in pictures]
    gap = round(scale / 9)
    width = max(sum(each.width for each in parts[:first]) + gap * (first - 1), *(each.width for each in parts))
    places: list[tuple[int, int]] = []
    left = top = below = 0
    for number, each in enumerate(parts):
        if left and (left + each.width > width or number == first):
            left, top = 0, below + gap
        places.append((left, top))
        left, below = left + each.width + gap, max(below, top + each.height)
    whole = Image.new("RGBA", (width, below))
    for each, place in zip(parts, places, strict=True):
        whole.paste(each, place)
    out = BytesIO()
    whole.save(out, "png", optimize=True)
    return out.getvalue(), round(width * 72 / scale), round(below * 72 / scale)


def _opened(figure: Any, dots: float) -> Image.Image:
    file = BytesIO()
    figure.savefig(file, format="png", dpi=dots)
    return Image.open(file).convert("RGBA")
