"""A trace is a text that leads to the same state again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanb.errors import UsageError
from sanb.kernel.action import Action
from sanb.kernel.trace import Command, Trace

TRACE = Trace(
    {"minor": "1.36", "seed": 7},
    (Command(0, "request", {"verb": "create"}), Command(2, "advance", 12.5)),
    (Action("serve", "kube-apiserver", 1), Action("start", "tokens", ("shop", "web"))),
)


def test_a_saved_trace_is_read_back_as_it_was(tmp_path: Path) -> None:
    assert Trace.load(TRACE.save(tmp_path / "run.json")) == TRACE


def test_the_text_has_a_line_for_each_entry_in_order() -> None:
    assert TRACE.dumps().splitlines() == [
        '{"format": 1, "setup": {"minor": "1.36", "seed": 7}}',
        '["request", {"verb": "create"}]',
        '["step", "serve", "kube-apiserver", 1]',
        '["step", "start", "tokens", ["shop", "web"]]',
        '["advance", 12.5]',
    ]


def test_a_broken_line_is_named() -> None:
    with pytest.raises(UsageError, match="the text, line 2: not a line of a trace"):
        Trace.loads('{"format": 1, "setup": {"minor": "1.36"}}\nnonsense\n')


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no trace at .*gone.json: No such file or directory; c.trace.save"):
        Trace.load(tmp_path / "gone.json")


def test_another_format_is_refused() -> None:
    with pytest.raises(UsageError, match="the text is a trace of format 9: this version reads 1"):
        Trace.loads('{"format": 9, "setup": {}}')
