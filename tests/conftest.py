"""What all tests run with: a detector of mutated values, and in CI no skips."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from sanb.store.store import Store
from sanb.store.version import Version
from sanb.values import Late, Obj, ident

WATCHED = 3000
"""So many versions of each test are watched: hashing every one of a bulk test would dominate it."""


@pytest.fixture(autouse=True)
def stored_values_do_not_change(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test after which a stored object is not what was committed."""
    seen: list[tuple[Version, Any, int]] = []
    commit = Store.commit

    def watched(self: Store, key: Any, obj: Obj | Late | None) -> Version:
        version = commit(self, key, obj)
        if obj is not None and len(seen) < WATCHED:
            value = obj.args if isinstance(obj, Late) else obj
            seen.append((version, value, ident(value)))
        return version

    monkeypatch.setattr(Store, "commit", watched)
    yield
    for version, value, before in seen:
        assert ident(value) == before, f"{version} was mutated after it was committed"


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """In CI a skip is a failure: say so at the end."""
    skipped = terminalreporter.stats.get("skipped", [])
    if os.environ.get("CI") and skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped: in CI everything that tests need is installed")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skip fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
