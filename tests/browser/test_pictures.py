"""The comparison of pictures is loose, and not blind: each picture of the documentation is spoilt in several ways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.pictures import REFERENCES, Pixels, judged, pixels, unlike

PANELS = sorted(each.stem for each in REFERENCES.glob("lab-*-light.png"))
SPOILT = [f"lab-{name}-light" for name in ("complaint", "graph", "timeline", "yaml")]


def picture(name: str) -> Pixels:
    return pixels((REFERENCES / f"{name}.png").read_bytes())


def paper(seen: Pixels) -> Pixels:
    """The colour of most of a picture."""
    codes = seen.reshape(-1, 3).astype(int) @ (1, 256, 65536)
    most = int(np.bincount(codes).argmax())
    return np.array([most & 255, most >> 8 & 255, most >> 16], dtype=float)


def test_every_panel_is_there_in_both_themes() -> None:
    assert len(PANELS) >= 18
    assert [name for name in PANELS if not (REFERENCES / f"{name.replace('light', 'dark')}.png").exists()] == []


@pytest.mark.parametrize("name", SPOILT)
def test_other_fonts_and_a_few_pixels_make_no_difference(name: str) -> None:
    seen = picture(name)
    assert unlike(seen, seen) == ""
    moved = np.pad(seen, ((12, 0), (8, 0), (0, 0)), mode="edge")[: seen.shape[0], : seen.shape[1]]
    assert unlike(seen, moved) == ""
    height, width, _ = seen.shape
    wider = Image.fromarray(seen.astype(np.uint8)).resize((round(width * 1.03), round(height * 1.04)))
    assert unlike(seen, np.asarray(wider, dtype=float)) == ""


@pytest.mark.parametrize("name", SPOILT)
def test_the_wrong_theme_is_seen(name: str) -> None:
    light, dark = picture(name), picture(name.replace("light", "dark"))
    assert "colours differ" in unlike(light, dark)
    assert "colours differ" in unlike(dark, light)


@pytest.mark.parametrize("name", SPOILT)
def test_an_empty_panel_is_seen(name: str) -> None:
    seen = picture(name)
    assert "nothing to see" in unlike(seen, np.full_like(seen, paper(seen)))
    upper = seen.copy()
    upper[: seen.shape[0] // 2] = paper(seen)
    assert "nothing to see" in unlike(seen, upper)
    assert "something to see where nothing was" in unlike(upper, seen)


@pytest.mark.parametrize("left, right, top, bottom", [(0, 290, 50, 600), (300, 1160, 110, 560), (10, 1160, 650, 960)])
def test_one_empty_panel_among_others_is_seen(left: int, right: int, top: int, bottom: int) -> None:
    seen = picture("lab-controllers-light")
    spoilt = seen.copy()
    spoilt[top:bottom, left:right] = spoilt[top, left]
    assert "nothing to see" in unlike(seen, spoilt)


def test_another_size_is_seen() -> None:
    seen = picture("lab-graph-light")
    assert unlike(seen, seen[:300]) == f"its height is 300 and not {seen.shape[0]} pixels"


def test_a_screenshot_is_kept_and_what_has_no_picture_yet_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANB_SCREENSHOTS", str(tmp_path))
    monkeypatch.delenv("SANB_ACCEPT", raising=False)
    graph = (REFERENCES / "lab-graph-light.png").read_bytes()
    assert judged("lab-graph-light", graph) == ""
    assert judged("lab-graph-dark", graph).startswith("lab-graph-dark: its colours differ")
    assert judged("lab-unheard-of", graph).endswith("there is no docs/images/lab-unheard-of.png; SANB_ACCEPT=1 makes it")
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "lab-graph-dark.png", "lab-graph-light.png", "lab-unheard-of.png",
    ]
