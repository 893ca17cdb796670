"""healthz, livez and readyz by minor."""

from __future__ import annotations

import pytest

from sanb.apiserver import health
from sanb.profiles.profile import Profile


def told(minor: str, path: str, query: str = "") -> str | None:
    return health.answer(Profile.of(minor), path, query)


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/healthz/ping", "/livez/etcd", "/readyz/informer-sync"])
def test_all_is_well(path: str) -> None:
    assert told("1.36", path) == "ok"


def test_verbose_lists_what_was_looked_at() -> None:
    assert told("1.36", "/readyz", "verbose") == (
        "[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]etcd-readiness ok\n[+]informer-sync ok\n[+]shutdown ok\nreadyz check passed\n"
    )
    assert told("1.10", "/healthz", "verbose") == "[+]ping ok\n[+]etcd ok\nhealthz check passed\n"


def test_checks_can_be_left_out_and_unknown_ones_are_told() -> None:
    assert told("1.36", "/livez", "verbose=1&exclude=etcd&exclude=nope") == (
        "[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\n"
        'warn: some health checks cannot be excluded: no matches for "nope"\nlivez check passed\n'
    )


@pytest.mark.parametrize(("minor", "path"), [
    ("1.10", "/livez"), ("1.15", "/readyz"), ("1.36", "/healthz/nope"), ("1.36", "/healthz/ping/pong"),
    ("1.20", "/readyz/etcd-readiness"),
])
def test_what_a_minor_does_not_have_is_not_found(minor: str, path: str) -> None:
    assert told(minor, path) is None
