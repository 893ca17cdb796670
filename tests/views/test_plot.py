"""Pictures: every text is inside what it belongs to, and the file is the same every time."""

from __future__ import annotations

from base64 import b64decode
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from sanb.apiserver.relations import RELATIONS
from sanb.apiserver.request import Request
from sanb.apiserver.resources import RESOURCES
from sanb.errors import UsageError
from sanb.kernel.journal import Cause, Served
from sanb.views import palette
from sanb.views.layout import Box, arrange, scene
from sanb.views.layout.model import PLACES
from sanb.views.marks import label, lanes, marks, place
from sanb.views.pen import Picture, curve, elbows, fitted, width_of
from sanb.views.plot import TITLE, draw
from sanb.views.plottimeline import clock, draw_timeline
from tests.views.planes import Plane, busy, plane, small


def _texts(figure: Picture) -> list[tuple[str, Box]]:
    """Every text with its place in points, as the renderer has it."""
    figure.canvas.draw()
    height = figure.get_figheight() * 72
    found = []
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        scale = 72 / figure.dpi
        found.append((text.get_text(), Box(extent.x0 * scale, height - extent.y1 * scale, extent.width * scale,
                                           extent.height * scale)))
    return found


@pytest.mark.parametrize("make", [small, busy, plane])
def test_no_text_leaves_its_card_its_frame_or_the_picture(make: Any) -> None:
    cp = make()
    shown = scene(cp.store.head)
    layout = arrange(shown.items, shown.edges)
    figure = draw(cp)
    picture = Box(0, 0, figure.get_figwidth() * 72, figure.get_figheight() * 72)
    down = TITLE - layout.sizes.margin / 2
    cards = [box.moved(0, down) for name, box in layout.nodes.items() if not name.startswith("namespace/")]
    frames = [box.moved(0, down) for box in layout.frames.values()]
    texts = _texts(figure)
    assert texts
    for words, box in texts:
        assert picture.holds(box), words
        for around in (*cards, *frames):
            assert not around.overlaps(box) or around.holds(box), words


@pytest.mark.parametrize("make", [small, busy])
def test_no_two_texts_overlap(make: Any) -> None:
    texts = _texts(draw(make()))
    assert [(one, two) for (one, here), (two, there) in combinations(texts, 2) if here.overlaps(there)] == []


def test_names_that_are_too_long_are_shortened_in_the_middle() -> None:
    words = [text for text, _ in _texts(draw(busy()))]
    [name] = [text for text in words if text.startswith("a-serv") and text.endswith("its-card")]
    assert "…" in name


def test_what_is_missing_and_what_is_pending_is_said_in_words() -> None:
    words = [text for text, _ in _texts(draw(busy()))]
    assert {"Secret · missing", "Pod · Pending", "Pod · Running"} <= set(words)


def test_the_legend_lists_exactly_the_kinds_and_links_of_the_picture() -> None:
    words = [text for text, _ in _texts(draw(small()))]
    assert words[-17:] == [
        "ns", "Namespace", "sa", "ServiceAccount", "sec", "Secret", "cm", "ConfigMap", "pod", "Pod", "node", "Node",
        "uses", "mounts", "lists", "issued for", "runs on"]


def test_a_namespace_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no namespace 'shop' to draw; there are name1"):
        draw(small(), "shop")


def test_one_namespace_can_be_drawn_alone() -> None:
    words = {text for text, _ in _texts(draw(busy(), "default"))}
    assert "default-token-x4b2q" in words
    assert not words & {"shop", "kube-system", "cluster"}


def test_the_title_says_minor_time_and_amount() -> None:
    figure = draw(small())
    assert repr(figure) == "Picture: Kubernetes 1.23  ·  2026-01-01 00:00:05 UTC  ·  6 objects  ·  1 namespace"
    assert [text for text, _ in _texts(figure)][:2] == [
        "6 objects  ·  1 namespace", "Kubernetes 1.23  ·  2026-01-01 00:00:05 UTC"]


def test_a_picture_is_the_same_bytes_every_time_and_needs_no_pyplot() -> None:
    one, size = draw(busy())._repr_png_()
    two, _ = draw(busy())._repr_png_()
    assert one == two
    assert one.startswith(b"\x89PNG")
    assert set(size) == {"width", "height"}


def test_notebooks_show_a_picture_in_its_size_with_words_for_who_cannot_see_it() -> None:
    figure = draw(small())
    data, metadata = DisplayFormatter().format(figure)  # type: ignore[no-untyped-call]
    png, size = figure._repr_png_()
    assert b64decode(data["image/png"]) == png
    assert data["text/plain"] == metadata["image/png"]["alt"] == repr(figure)
    assert (metadata["image/png"]["width"], metadata["image/png"]["height"]) == (size["width"], size["height"])


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_picture_is_written_to_a_file_of_the_format_that_its_name_says(
    tmp_path: Path, ending: str, start: bytes
) -> None:
    draw(small(), path=tmp_path / f"picture.{ending}")
    assert (tmp_path / f"picture.{ending}").read_bytes().startswith(start)


# ---------------------------------------------------------------------- pen and palette


def test_every_relation_that_is_drawn_has_a_look_of_its_own() -> None:
    """All but that to a namespace, which is the frame."""
    assert {row.name for row in RELATIONS} - {"in-namespace"} <= set(palette.STROKES)


def test_every_kind_that_has_a_place_in_pictures_has_a_look_of_its_own() -> None:
    assert set(PLACES) <= set(palette.KINDS)


def test_kinds_that_other_kinds_name_have_looks_of_their_own_in_the_lab() -> None:
    ends = {end for row in RELATIONS for end in (row.resource, row.target)} - {"*"}
    plain = {"APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}
    assert {RESOURCES[end].kind for end in ends} - plain <= set(palette.KINDS)


@pytest.mark.parametrize("kind", palette.KINDS)
def test_badges_are_legible(kind: str) -> None:
    colour = palette.KINDS[kind].colour
    assert palette.contrast(colour, "#FFFFFF") >= 4.5
    assert palette.contrast(colour, palette.CARD) >= 3.0


@pytest.mark.parametrize("colour", [
    *(stroke.colour for stroke in palette.STROKES.values()), *palette.VERBS.values(), palette.FAILED, palette.SOFT])
def test_lines_and_marks_stand_out_from_the_background(colour: str) -> None:
    assert palette.contrast(colour, palette.CARD) >= 3.0
    assert palette.contrast(colour, palette.FRAME) >= 3.0


@pytest.mark.parametrize("kind", palette.KINDS)
def test_words_on_a_card_are_legible(kind: str) -> None:
    ground = palette.tint(palette.KINDS[kind].colour, 0.10)
    assert palette.contrast(palette.SOFT, ground) >= 4.5
    assert palette.contrast(palette.INK, ground) >= 7.0


def test_kinds_differ_in_more_than_their_colour() -> None:
    assert len({style.letters for style in palette.KINDS.values()}) == len(palette.KINDS)


def test_contrast_is_the_one_of_wcag() -> None:
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert palette.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("room", [0.0, 10.0, 40.0, 90.0, 500.0])
def test_a_shortened_text_fits_its_room(room: float) -> None:
    name = "default-token-x4b2q"
    text = fitted(name, 9.0, room)
    assert width_of(text, 9.0) <= room
    assert text == name or (not text or "…" in text)


def test_curves_are_flat_where_they_start_and_end() -> None:
    bow, bend = (np.asarray(path.vertices).tolist() for path in (
        curve([(0, 0), (10, 20)]), elbows([(0, 0), (20, 0), (20, 20)], 8.0)))
    assert bow == [[0, 0], [5, 0], [5, 20], [10, 20]]
    assert bend == [[0, 0], [12, 0], [20, 0], [20, 8], [20, 20]]


# ---------------------------------------------------------------------- timeline


def _told() -> Plane:
    """admin makes a namespace, the controller its account; later somebody is refused, then three Pods are made."""
    cp = plane()
    name = "serviceaccount-controller"

    def call(time: float, actor: str, request: Request, code: int = 201, cause: Cause | None = None) -> None:
        rev = cp.store.rev if code < 400 else 0
        cp.world.journal.append(Served(len(cp.world.journal), time, actor, request, code, rev, rev, cause, ""))

    cp.put("namespaces", "", "shop")
    call(0.0, "", Request("create", "namespaces", body={"metadata": {"name": "shop"}}))
    cp.put("serviceaccounts", "shop", "default")
    call(0.0, name, Request("create", "serviceaccounts", "shop"), cause=Cause(name, "shop", 1))
    call(5.25, "", Request("create", "pods", "shop", body={"metadata": {"name": "web"}}), 403)
    for number in range(3):
        cp.pod("shop", f"web-{number}")
        cause = Cause("replicaset-controller", "k", 2)
        call(6.0, "replicaset-controller", Request("create", "pods", "shop"), cause=cause)
    cp.put("events", "shop", "e")
    call(6.0, "", Request("create", "events", "shop"))
    return cp


def test_marks_are_writes_and_refusals_and_runs_of_a_kind_are_one() -> None:
    found = marks(_told())
    assert [(mark.lane, mark.verb, mark.kind, label(mark), mark.failed, mark.cause) for mark in found] == [
        ("admin", "create", "Namespace", "shop", False, 0),
        ("ServiceAccount controller", "create", "ServiceAccount", "default", False, 1),
        ("admin", "create", "Pod", "web", True, 0),
        ("ReplicaSet controller", "create", "Pod", "3 × web", False, 2)]
    assert lanes(found) == ["admin", "ServiceAccount controller", "ReplicaSet controller"]


def test_another_namespaces_marks_can_be_left_out() -> None:
    assert marks(_told(), "other") == []
    assert len(marks(_told(), "shop")) == 4


def test_quiet_time_takes_the_same_room_however_long_it_is() -> None:
    assert [(one.band, one.x) for one in place(marks(_told()), 400.0)] == [(0, 27.0), (0, 81.0), (0, 161.0), (0, 241.0)]
    assert [one.band for one in place(marks(_told()), 120.0)] == [0, 0, 1, 2]


def test_times_have_as_many_digits_as_they_need() -> None:
    assert [clock(time) for time in (0.0, 5.25, 3661.5)] == ["00:00:00", "00:00:05.25", "01:01:01.5"]


def test_texts_of_the_timeline_stay_inside_and_apart() -> None:
    figure = draw_timeline(_told())
    picture = Box(0, 0, figure.get_figwidth() * 72, figure.get_figheight() * 72)
    texts = _texts(figure)
    assert {"shop", "default", "3 × web", "admin", "00:00:05.25", "refused"} <= {words for words, _ in texts}
    assert [words for words, box in texts if not picture.holds(box)] == []
    assert [(one, two) for (one, here), (two, there) in combinations(texts, 2) if here.overlaps(there)] == []


def test_a_timeline_without_calls_says_so() -> None:
    assert "nothing happened" in [words for words, _ in _texts(draw_timeline(plane()))]
