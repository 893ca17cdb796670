"""Pictures of what credentials are worth over time."""

from __future__ import annotations

from base64 import b64decode
from itertools import combinations
from pathlib import Path

import pytest

import sanb
from sanb import Lives
from sanb.apiserver.request import Request
from sanb.views import palette
from sanb.views.plotvalidity import KINDS, Span, ticks

to_rgba = pytest.importorskip("matplotlib.colors").to_rgba
BEGIN = 1767225600.0
GONE, EXPIRED = 'serviceaccounts "web" not found', "service account token has expired"


@pytest.fixture
def c() -> sanb.Cluster:
    cluster = sanb.Cluster("1.29", seed=7, nodes=0)
    cluster.create("sa", "web")
    return cluster


def test_spans_are_the_looks_between_which_nothing_changed(c: sanb.Cluster) -> None:
    lives, jane = Lives(), c.users.create("jane")
    token = c.kubectl("create token web --duration=1h").stdout
    for _ in range(3):
        lives.look(c, {"a token": token, "jane": jane, "nothing": None})
        c.advance(3600)
    c.delete("sa", "web")
    lives.look(c, {"a token": token, "jane": jane})
    later = BEGIN + 3 * 3600
    assert lives.spans() == {
        "a token": [
            Span(BEGIN, BEGIN + 2 * 3600, "requested token", ""), Span(BEGIN + 2 * 3600, later, "requested token", EXPIRED),
        ],
        "jane": [Span(BEGIN, later, "certificate", "")],
    }


def test_another_credential_under_the_same_label_begins_a_span_of_its_own(c: sanb.Cluster) -> None:
    lives = Lives()
    for one in (c.kubectl("create token web").stdout, c.users.create("jane")):
        lives.look(c, {"what I have": one})
        c.advance(60)
    assert lives.spans()["what I have"] == [
        Span(BEGIN, BEGIN + 60, "requested token", ""), Span(BEGIN + 60, BEGIN + 60, "certificate", "")]


def test_a_token_is_of_the_kind_that_it_says() -> None:
    c = sanb.Cluster("1.22", seed=7)
    c.run()
    c.create("pod", "web")
    c.run()
    secret = b64decode(str(c.list("secrets", namespace="default")[0]["data"]["token"])).decode()
    mounted = c.pod("default", "web").exec("cat /var/run/secrets/kubernetes.io/serviceaccount/token").stdout
    asked = c.request(Request("create", "serviceaccounts", "default", "default", "token", {"spec": {}})).body["status"]["token"]
    lives = Lives()
    lives.look(c, {"secret": secret, "mounted": mounted, "asked": asked})
    assert [look.kind for look in lives.looks] == ["token Secret", "mounted token", "requested token"]
    assert [look.why for look in lives.looks] == ["", "", ""]


def test_a_look_leaves_no_trace(c: sanb.Cluster) -> None:
    token = c.kubectl("create token web").stdout
    state, calls = c.fingerprint(), len(c.world.journal)
    Lives().look(c, {"a token": token, "garbage": "garbage"})
    assert (c.fingerprint(), len(c.world.journal)) == (state, calls)


def test_what_is_refused_is_told_in_the_servers_words(c: sanb.Cluster) -> None:
    lives, vault = Lives(), c.kubectl("create token web --audience=vault").stdout
    jane = c.users.create("jane")
    lives.look(c, {"for others": vault, "garbage": "garbage", "jane": jane})
    c.delete("sa", "web")
    c.advance(366 * 86400)
    lives.look(c, {"for others": vault, "garbage": "garbage", "jane": jane})
    assert [(look.label, look.why) for look in lives.looks] == [
        ("for others", ""), ("garbage", "invalid bearer token"), ("jane", ""),
        ("for others", EXPIRED), ("garbage", "invalid bearer token"), ("jane", "the certificate has expired"),
    ]


def test_a_credential_that_is_there_only_for_a_while_has_a_span_of_that_while(c: sanb.Cluster) -> None:
    lives, token = Lives(), c.kubectl("create token web --duration=24h").stdout
    for number in range(6):
        lives.look(c, {"always": token, "sometimes": token if number in (1, 2, 4) else None})
        c.advance(60)
    assert [(span.begins - BEGIN, span.ends - BEGIN) for span in lives.spans()["sometimes"]] == [(60, 180), (240, 300)]


def test_minors_are_bands_from_upgrade_to_upgrade(c: sanb.Cluster) -> None:
    lives, token = Lives(), c.kubectl("create token web").stdout
    for minor in ("1.29", "1.29", "1.31", "1.36"):
        c.upgrade(minor)
        lives.look(c, {"a token": token})
        c.advance(60)
    found = [(minor, begins - BEGIN, ends - BEGIN) for minor, begins, ends in lives.minors()]
    assert found == [("1.29", 0, 120), ("1.31", 120, 180), ("1.36", 180, 180)]


def test_the_picture_has_labels_minors_reasons_and_months(c: sanb.Cluster, tmp_path: Path) -> None:
    lives, token = Lives(), c.kubectl("create token web").stdout
    for minor in ("1.29", "1.36", "1.36"):
        c.upgrade(minor)
        lives.look(c, {"my token": token})
        c.advance(100 * 86400)
    figure = lives.draw(tmp_path / "lives.png")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert {"my token", "1.29", "1.36", EXPIRED, "requested token", "Jan 2026", "Apr 2026"} <= set(texts)
    assert figure.words == "What credentials are worth: Kubernetes 1.29 to 1.36  ·  2026-01-01 to 2026-07-20  ·  1 credential"
    assert (tmp_path / "lives.png").stat().st_size > 5000


def test_a_bar_is_full_where_a_credential_is_accepted_and_hatched_where_it_is_refused(c: sanb.Cluster) -> None:
    lives, token = Lives(), c.kubectl("create token web --duration=1h").stdout
    for _ in range(3):
        lives.look(c, {"a token": token})
        c.advance(3600)
    colour = KINDS["requested token"].colour
    hatch = to_rgba(palette.tint(colour, 0.25))
    bars = [patch for patch in lives.draw().axes[0].patches if patch.get_zorder() in (2.5, 3.0)]
    full = [bar for bar in bars if bar.get_facecolor() == to_rgba(colour)]
    hatched = [bar for bar in bars if bar.get_hatch() and bar.get_edgecolor() == hatch]
    assert [(len(full), len(hatched))] == [(1, 1)]
    assert full[0].get_x() + full[0].get_width() == pytest.approx(hatched[0].get_x())


def test_one_look_is_no_stretch_of_time(c: sanb.Cluster) -> None:
    lives = Lives()
    with pytest.raises(sanb.UsageError, match=r"look\(\) at least twice"):
        lives.draw()
    lives.look(c, {"garbage": "garbage"})
    with pytest.raises(sanb.UsageError, match=r"look\(\) at least twice"):
        lives.draw()


@pytest.mark.parametrize(("seconds", "expected"), [
    (600, ["00:00", "00:05", "00:10"]), (86400, ["00:00", "03:00", "06:00"]), (8 * 86400, ["01-01", "01-02", "01-03"]),
    (400 * 86400, ["Jan 2026", "Apr 2026", "Jul 2026"]), (4000 * 86400, ["Jan 2026", "Jan 2028", "Jan 2030"]),
])
def test_the_axis_has_round_times(seconds: float, expected: list[str]) -> None:
    found = ticks(BEGIN, BEGIN + seconds)
    assert [text for _, text in found][:3] == expected
    assert len(found) <= 10


def test_bars_can_be_told_from_the_card_and_by_more_than_colour() -> None:
    assert all(palette.contrast(colour, palette.CARD) >= 4.5 for colour, _, _ in KINDS.values())
    for one, two in combinations(KINDS.values(), 2):
        assert one[0] != two[0] and one[1] != two[1] and one[2] != two[2]
