"""The page of commands and kinds."""

from __future__ import annotations

from pathlib import Path

from sanb.apiserver.resources import RESOURCES
from sanb.kubectl.commands import COMMANDS
from sanb.kubectl.docs import page
from sanb.kubectl.refused import REASONS
from sanb.kubectl.usage import ABOUT

PAGE = Path(__file__).parents[2] / "docs" / "kubectl.md"


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text() == page(), "stale: python -m sanb.kubectl.docs > docs/kubectl.md"


def test_every_command_and_every_kind_is_on_the_page() -> None:
    text = page()
    missing = [name for name in COMMANDS if f"`kubectl {name}" not in text and not name.startswith("config")]
    assert missing == []
    assert [row.plural for row in RESOURCES.values() if f"| `{row.plural}` |" not in text] == []


def test_every_command_that_does_something_says_what_it_is_for() -> None:
    told = {*ABOUT, *REASONS}
    assert [name for name in COMMANDS if name not in told and not name.startswith("config ")] == []
