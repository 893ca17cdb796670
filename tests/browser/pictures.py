"""Screenshots are compared loosely with the pictures of the documentation, so that those never go stale.

A picture is looked at through a grid. What is compared is where there is something to see, and the colour of each field;
letters are not: other fonts and lines that break elsewhere make no difference, an empty panel or the wrong theme does.
Screenshots of a run are kept in `out/screenshots`; SANB_SCREENSHOTS names another folder, and SANB_ACCEPT=1 makes what is
seen the picture of the documentation, to be looked at and committed.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

ROOT: Final = Path(__file__).parents[2]
REFERENCES: Final = ROOT / "docs/images"
CELL: Final = 24
"""Pixels of a field's side."""
BUSY: Final = 5.0
"""From this deviation of lightness (of 255) on there is something to see in a field."""
REGION: Final = 6
"""Fields of a region's side: a region that is empty is missed, however large the rest is."""
FEW: Final = 8
"""A region with fewer busy fields may be empty: words may have moved out of it."""
LOST: Final = 0.6
"""So many of a region's busy fields may be empty."""
SIZE: Final = 0.15
"""How far widths and heights may differ."""
HUE: Final = 60.0
"""How far the colours of a field may differ (of 255) until it counts as another one."""
HUES: Final = 0.2
"""So many fields may have another colour."""
TONE: Final = 30.0
"""How far the colours may differ in the mean."""

Pixels = Any


def kept() -> Path:
    """The folder of this run's screenshots."""
    folder = Path(os.environ.get("SANB_SCREENSHOTS") or ROOT / "out/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def judged(name: str, png: bytes) -> str:
    """Keep a screenshot and compare it with the documentation's; returns what is wrong, "" if it is like it."""
    (kept() / f"{name}.png").write_bytes(png)
    reference = REFERENCES / f"{name}.png"
    if os.environ.get("SANB_ACCEPT"):
        small(Image.open(BytesIO(png)).convert("RGB")).save(reference, optimize=True)
        return ""
    if not reference.exists():
        return f"{name}: there is no {reference.relative_to(ROOT)}; SANB_ACCEPT=1 makes it"
    wrong = unlike(pixels(reference.read_bytes()), pixels(png))
    return f"{name}: {wrong}; compare {kept() / name}.png with {reference.relative_to(ROOT)}" if wrong else ""


def small(image: Image.Image) -> Image.Image:
    """The image in 256 colours, so that it has a third of the bytes: what is frequent or vivid as it is, a choice of the rest."""
    colours, counts = np.unique(np.asarray(image).reshape(-1, 3) @ (1, 256, 65536), return_counts=True)
    every = np.stack([colours & 255, colours >> 8 & 255, colours >> 16], axis=1).astype(np.uint8)
    order = counts.argsort()[::-1]
    vivid = order[np.ptp(every[order].astype(int), axis=1) > 40]  # the colours of kinds
    kept = every[np.concatenate([order[:64], vivid[:96]])]
    rest = Image.fromarray(every[None]).quantize(96).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*kept.flatten().tolist(), *rest][:768])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def pixels(png: bytes) -> Pixels:
    """A picture as an array of RGB."""
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"), dtype=np.float32)


def unlike(wanted: Pixels, seen: Pixels) -> str:
    """How two pictures differ for somebody who does not read them; "" if they do not."""
    for axis, side in enumerate(("height", "width")):
        if abs(seen.shape[axis] - wanted.shape[axis]) > SIZE * wanted.shape[axis]:
            return f"its {side} is {seen.shape[axis]} and not {wanted.shape[axis]} pixels"
    if seen.shape != wanted.shape:
        seen = np.asarray(Image.fromarray(seen.astype(np.uint8)).resize(wanted.shape[1::-1]), dtype=float)
    rows, columns = wanted.shape[0] // CELL, wanted.shape[1] // CELL
    old, new = (_fields(each, rows, columns) for each in (wanted, seen))
    hues = np.abs(old.mean(axis=(1, 3)) - new.mean(axis=(1, 3))).max(axis=2)
    if hues.mean() > TONE:
        return f"its colours differ by {hues.mean():.0f} of 255 in the mean"
    if (hues > HUE).mean() > HUES:
        return f"{(hues > HUE).mean():.0%} of it has another colour"
    for sign, one, other in (("nothing to see", old, new), ("something to see where nothing was", new, old)):
        place = _missing(_busy(one), _busy(other))
        if place:
            return f"{sign} around {place[0]}, {place[1]}"
    return ""


def _fields(picture: Pixels, rows: int, columns: int) -> Pixels:
    return picture[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL, 3)


def _busy(fields: Pixels) -> Pixels:
    return fields.mean(axis=4).std(axis=(1, 3)) > BUSY


def _missing(wanted: Pixels, seen: Pixels) -> tuple[int, int] | None:
    """The middle of a region most of whose busy fields are empty, and all around them; as pixels from left and top."""
    around = np.pad(seen, 1)
    near = np.zeros_like(wanted)
    for down in range(3):
        for right in range(3):
            near |= around[down : down + seen.shape[0], right : right + seen.shape[1]]
    lost = wanted & ~near
    step = REGION // 2
    for top in range(0, max(1, wanted.shape[0] - step), step):
        for left in range(0, max(1, wanted.shape[1] - step), step):
            part = np.s_[top : top + REGION, left : left + REGION]
            if wanted[part].sum() >= FEW and lost[part].sum() > LOST * wanted[part].sum():
                return (left + step) * CELL, (top + step) * CELL
    return None
