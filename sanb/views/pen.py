"""Drawing with matplotlib in points, y downwards: figures without pyplot, texts that fit, shapes and curves."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from typing import Any, Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.textpath import text_to_path

from sanb.views.layout.model import Box, Point
from sanb.views.palette import CARD, INK, RULE

FAMILY: Final = "DejaVu Sans"
"""Comes with matplotlib: the same picture everywhere."""
MIDDLE: Final = 0.36
"""From the middle of a line of text to its baseline, in sizes of the font."""
DOTS: Final = 144.0
"""Pixels per inch; a notebook shows them at half size."""
PIXELS: Final = 6000.0
"""The longest side of a rendered picture."""


class Picture(Figure):
    """A figure that shows itself in every notebook, whatever backend is set; `words` is its text fallback."""

    words: str = "Picture"

    def __repr__(self) -> str:
        return self.words

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """PNG for screens with two pixels per point; the notebook is told the size in points."""
        data = BytesIO()
        self.savefig(data, format="png", dpi=self.dpi)
        width, height = self.get_size_inches()
        return data.getvalue(), {"width": round(width * 72), "height": round(height * 72)}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        """Comes before what `%matplotlib inline` would do, which crops figures and does not know their size."""
        data, size = self._repr_png_()
        picture = {"image/png": b64encode(data).decode(), "text/plain": self.words}
        return picture, {"image/png": {**size, "alt": self.words}}


class Pen:
    """One picture of a fixed size."""

    def __init__(self, width: float, height: float, words: str) -> None:
        self.figure = Picture(figsize=(width / 72, height / 72), dpi=min(DOTS, 72 * PIXELS / max(width, height)))
        FigureCanvasAgg(self.figure)
        self.figure.words = words
        self.figure.patch.set_alpha(0.0)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_xlim(0.0, width)
        self.axes.set_ylim(height, 0.0)
        self.axes.set_axis_off()
        self.box(Box(1.0, 1.0, width - 2.0, height - 2.0), fill=CARD, line=RULE, radius=14.0, order=0.0)

    def box(
        self, box: Box, *, fill: str = "none", line: str = "none", radius: float = 6.0, width: float = 1.0,
        dashes: Sequence[float] = (), hatch: str = "", order: float = 1.0,
    ) -> None:
        """A rectangle with round corners."""
        radius = min(radius, box.w / 2, box.h / 2)
        style = f"round,pad=0,rounding_size={radius}"
        patch = FancyBboxPatch((box.x, box.y), box.w, box.h, boxstyle=style, facecolor=fill, edgecolor=line,
                               linewidth=width, linestyle=(0, tuple(dashes)) if dashes else "-", zorder=order)
        self.axes.add_patch(patch)
        if hatch:
            self.axes.add_patch(FancyBboxPatch((box.x, box.y), box.w, box.h, boxstyle=style, facecolor="none",
                                               edgecolor=hatch, linewidth=0.0, hatch="/////", zorder=order))

    def text(
        self, x: float, y: float, text: str, size: float = 9.0, colour: str = INK, *, bold: bool = False,
        align: str = "left", order: float = 5.0, room: float | None = None, keep_start: bool = False, halo: str = "",
    ) -> float:
        """A line of text with its middle at height `y`, shortened to `room`; returns its width."""
        if room is not None:
            text = fitted(text, size, room, bold=bold, keep_start=keep_start)
        if text:
            effects = [withStroke(linewidth=2.2, foreground=halo)] if halo else None
            self.axes.text(x, y + MIDDLE * size, text, fontsize=size, color=colour, ha=align, va="baseline",
                           family=FAMILY, weight="bold" if bold else "normal", zorder=order, parse_math=False,
                           path_effects=effects)
        return width_of(text, size, bold=bold)

    def shape(self, name: str, box: Box, fill: str, *, line: str = "none", order: float = 4.0) -> None:
        """One of SHAPES, filled."""
        if name in ("circle", "pill", "rounded"):
            self.box(box, fill=fill, line=line, radius=5.0 if name == "rounded" else box.h / 2, order=order)
            return
        corners = [(box.x + x * box.w, box.y + y * box.h) for x, y in SHAPES[name]]
        self.axes.add_patch(PathPatch(Path([*corners, corners[0]], closed=True), facecolor=fill, edgecolor=line,
                                      joinstyle="round", zorder=order))

    def paths(
        self, paths: Sequence[Path], colour: str, width: float, dashes: Sequence[float] = (), order: float = 2.0,
        halo: str = "",
    ) -> None:
        """Lines of one look; a halo separates them from what they cross."""
        if halo:
            self.axes.add_collection(PathCollection(paths, facecolors="none", edgecolors=halo, linewidths=width + 2.4,
                                                    zorder=order - 0.05), autolim=False)
        style: Any = (0, tuple(dashes)) if dashes else "-"
        self.axes.add_collection(PathCollection(paths, facecolors="none", edgecolors=colour, linewidths=width,
                                                linestyles=[style], capstyle="round", zorder=order), autolim=False)

    def polygons(self, polygons: Sequence[Sequence[Point]], colour: str, order: float = 3.0) -> None:
        """Filled polygons of one colour."""
        self.axes.add_collection(PolyCollection([list(each) for each in polygons], facecolors=colour, edgecolors="none",
                                                zorder=order), autolim=False)


SHAPES: Final[dict[str, tuple[Point, ...]]] = {
    "square": ((0.03, 0), (0.97, 0), (0.97, 1), (0.03, 1)),
    "hexagon": ((0.2, 0), (0.8, 0), (1, 0.5), (0.8, 1), (0.2, 1), (0, 0.5)),
    "octagon": ((0.22, 0), (0.78, 0), (1, 0.26), (1, 0.74), (0.78, 1), (0.22, 1), (0, 0.74), (0, 0.26)),
    "diamond": ((0.5, -0.15), (1.08, 0.5), (0.5, 1.15), (-0.08, 0.5)),
    "tag": ((0, 0), (0.78, 0), (1, 0.5), (0.78, 1), (0, 1)),
}
"""Corners in a unit square; "circle", "pill" and "rounded" are boxes with round corners."""


@lru_cache(maxsize=64)
def _font(size: float, bold: bool) -> FontProperties:
    return FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")


@lru_cache(maxsize=8192)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in points."""
    if not text:
        return 0.0
    return float(text_to_path.get_text_width_height_descent(text, _font(size, bold), False)[0])


def fitted(text: str, size: float, room: float, *, bold: bool = False, keep_start: bool = False) -> str:
    """The text, or as much of its start and end as fits around an ellipsis: names differ at both ends."""
    if width_of(text, size, bold=bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        keep = (low + high + 1) // 2
        if width_of(_elided(text, keep, keep_start), size, bold=bold) <= room:
            low = keep
        else:
            high = keep - 1
    return _elided(text, low, keep_start) if low else ""


def _elided(text: str, keep: int, keep_start: bool) -> str:
    tail = 0 if keep_start else keep // 2
    return text[: keep - tail].rstrip("-. ") + "…" + (text[-tail:].lstrip("-. ") if tail else "")


def curve(points: Sequence[Point]) -> Path:
    """Through all points, flat at each of them."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        if y0 == y1:
            vertices.append((x1, y1))
            codes.append(Path.LINETO)
        else:
            half = (x0 + x1) / 2
            vertices += [(half, y0), (half, y1), (x1, y1)]
            codes += [Path.CURVE4] * 3
    return Path(vertices, codes)


def elbows(points: Sequence[Point], radius: float = 8.0) -> Path:
    """Straight lines with round corners."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_toward(corner, before, radius), corner, _toward(corner, after, radius)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])


def _toward(start: Point, end: Point, most: float) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = abs(dx) + abs(dy)
    share = min(most, length / 2) / length if length else 0.0
    return start[0] + dx * share, start[1] + dy * share


def arrow_head(points: Sequence[Point], size: float = 6.0, *, flat: bool = True) -> list[Point]:
    """A triangle at the last point; `flat`: the line arrives horizontally, as curves do, else as its last stretch."""
    (x0, y0), (x1, y1) = points[-2:]
    if flat or y0 == y1:
        back = size if x1 < x0 else -size
        return [(x1, y1), (x1 + back, y1 - size * 0.45), (x1 + back, y1 + size * 0.45)]
    back = size if y1 < y0 else -size
    return [(x1, y1), (x1 - size * 0.45, y1 + back), (x1 + size * 0.45, y1 + back)]
