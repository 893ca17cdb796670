"""What real kubectls of five minors print in fifteen sessions: `sessions/README.md` tells how they were recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sanb import Cluster
from tests.kubectl.play import SESSIONS, agree, steps_of, words_of

DATA = Path(__file__).parent / "data"
RECORDED = sorted(path.stem for path in DATA.glob("*-1.*.json"))
LEAST = {
    "create": 80, "get": 100, "change": 100, "apply": 80, "work": 90, "describe": 20, "custom": 30, "explain": 20, "bad": 27,
    "jsonpath": 28, "fluent": 120, "wrong": 40, "answered": 48, "yaml": 5, "kinds": 255,
}
"""How many steps of each session have words of the real kubectl, at least: the rest is left to chance or to the clock."""


@pytest.mark.parametrize("recording", RECORDED)
def test_commands_print_what_the_real_kubectl_printed(recording: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SESSIONS)
    session, minor = recording.split("-")
    steps = json.loads((DATA / f"{recording}.json").read_text())
    cluster = Cluster(minor, seed=1)
    cluster.run()
    wrong = []
    for step, (command, stdin) in zip(steps, steps_of(session), strict=True):
        assert step["command"] == command
        done = cluster.kubectl(words_of(command), stdin=stdin)
        cluster.run()
        if step["agrees"] and not agree(step, done):
            wrong.append((command, step, done))
    assert wrong == []
    assert sum(step["agrees"] for step in steps) >= LEAST[session]


def test_every_session_is_recorded_for_the_newest_minor() -> None:
    assert {path.stem for path in SESSIONS.glob("*.txt")} == {
        one.removesuffix("-1.36") for one in RECORDED if one.endswith("-1.36")
    }
