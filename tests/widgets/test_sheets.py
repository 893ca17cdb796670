"""Drawings for saved notebooks: arrows, tables and sheets."""

from __future__ import annotations

from io import BytesIO

import pytest

pytest.importorskip("matplotlib")

from PIL import Image

from sanb.widgets import sheets
from sanb.widgets.sequence import Line

TOLD = [
    Line("admin", "API server", "create Pod shop/web", "asks"),
    Line("API server", "kubelet", "Pod shop/web is there", "hears"),
    Line("kubelet", "API server", "delete Node node-1", "asks"),
    Line("API server", "kubelet", "refused", "refuses"),
]


def test_a_sequence_has_every_name_and_every_word_and_says_itself() -> None:
    figure = sheets.sequence(TOLD)
    drawn = {text.get_text() for text in figure.axes[0].texts}
    assert drawn == {"The last reconcile", "admin", "API server", "kubelet", *(line.words for line in TOLD)}
    assert figure.words.startswith("The last reconcile: admin to API server: create Pod shop/web; API server to kubelet")


def test_no_word_of_a_sequence_leaves_the_picture() -> None:
    own = Line("API server", "API server", "create Namespace kube-node-lease", "asks")
    for told in (TOLD, [own], [own, Line("API server", "root CA publisher", "Namespace kube-node-lease is there", "hears")]):
        figure = sheets.sequence(told)
        width, height = figure.get_size_inches() * figure.dpi
        for text in figure.axes[0].texts:
            box = text.get_window_extent()
            assert 0 < box.x0 < box.x1 < width
            assert 0 < box.y0 < box.y1 < height


def test_of_a_long_table_the_rest_is_counted() -> None:
    rows = [("NAME", "NUMBER"), *((f"n-{number}", str(number)) for number in range(50))]
    drawn = [text.get_text() for text in sheets.table("Numbers", rows, most=20).axes[0].texts]
    assert drawn[:3] == ["Numbers", "NAME", "NUMBER"]
    assert drawn[-3:] == ["n-19", "19", "and 30 more"]
    assert "and" not in " ".join(text.get_text() for text in sheets.table("Numbers", rows[:20], most=20).axes[0].texts)


def test_a_sheet_has_what_fits_beside_each_other() -> None:
    wide, narrow = sheets.table("x" * 60, [("A",), ("1",)]), sheets.table("y", [("A",), ("1",)])
    sizes = {}
    for name, pictures, first in (("both", (wide, narrow, narrow), 1), ("beside", (wide, wide), 2), ("below", (wide, wide), 1)):
        png, width, height = sheets.sheet(*pictures, first=first, scale=72.0)
        with Image.open(BytesIO(png)) as image:
            assert image.size == (width, height)
        sizes[name] = width, height
    assert sizes["both"] == sizes["below"]
    assert sizes["beside"][0] == 2 * sizes["below"][0] + 8
    assert sizes["beside"][1] == (sizes["below"][1] - 8) / 2
