"""`sanb demo`: the story of a ServiceAccount, told twice, and a manifest; printed, drawn, and written as a page."""

from __future__ import annotations

from pathlib import Path

from sanb.demo.page import write_page
from sanb.demo.shop import open_shop
from sanb.demo.story import tell
from sanb.demo.terminal import Terminal

__all__ = ["show"]


def show(out: Path, seed: int) -> None:
    """Print everything and write the pictures and the page into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    screen = Terminal()
    tales = [tell(minor, seed) for minor in ("1.10", "1.36")]
    for tale in tales:
        screen.tale(tale)
    screen.changes(tales)
    shop = open_shop(seed)
    screen.shop(shop)
    pictures = [*(path for tale in tales for path in tale.draw(out)), *shop.draw(out)]
    page = write_page(out / "story.html", tales, shop)
    screen.files([*pictures, page])
