"""Decoding and defaulting against what real servers of three minors made of the same bodies."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sanb.apiserver.defaults import default
from sanb.apiserver.resources import RESOURCES
from sanb.apiserver.schema import decode
from sanb.profiles.profile import Profile

TRACES = Path(__file__).parent.parent / "conformance" / "traces"
BY_PLURAL = {row.plural: row for row in RESOURCES.values()}
OTHERS = {
    "preemptionPolicy", "priority", "serviceAccount", "serviceAccountName", "tolerations", "imagePullSecrets",
    "finalizers",
}
"""What admission and strategy add to a spec."""


def posts(minor: str) -> Iterator[tuple[str, Any, dict[str, Any], dict[str, Any]]]:
    """The objects that were sent and those that the server made of them."""
    for path in sorted((TRACES / minor).glob("*.json")):
        text = path.read_text().replace("<time>", "2026-01-01T00:00:00Z")
        for number, step in enumerate(json.loads(text)["steps"]):
            request, answer = step.get("request", {}), step.get("response", {})
            row = BY_PLURAL.get(request.get("path", "").partition("?")[0].rpartition("/")[2])
            sent, got = request.get("body"), answer.get("body")
            created = request.get("method") == "POST" and answer.get("status") == 201 and "pick" not in step
            if row and created and isinstance(sent, dict) and got.get("kind") == row.kind:
                yield f"{path.stem} {number}", row, sent, got


def ours(row: Any, sent: dict[str, Any], minor: str) -> dict[str, Any]:
    """The object after decoding and defaulting."""
    profile = Profile.of(minor)
    body = {"apiVersion": row.api_version, "kind": row.kind, **sent}
    return default(row, decode(row, body, profile)[0], profile, body["apiVersion"])


def comparable(obj: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Without metadata, status and what admission adds."""
    rest = {key: value for key, value in obj.items() if key not in ("metadata", "status", "data")}
    rest["data"] = {key: _plain(value) for key, value in (obj.get("data") or {}).items()}
    spec, given = rest.get("spec") or {}, sent.get("spec") or {}
    spec = {key: value for key, value in spec.items() if key not in OTHERS}
    if obj["kind"] == "Pod":
        for name in ("containers", "initContainers"):
            if name in spec:
                spec[name] = [_own_mounts(one, had) for one, had in zip(spec[name], given[name])]
        named = {volume["name"] for volume in given.get("volumes") or []}
        spec["volumes"] = [volume for volume in spec.get("volumes") or [] if volume["name"] in named]
    return {**rest, "spec": spec}


def _own_mounts(container: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    mounts = container.get("volumeMounts", [])[:len(given.get("volumeMounts") or [])]
    return {**container, "volumeMounts": mounts}


def _plain(value: Any) -> Any:
    return value["<b64>"] if isinstance(value, dict) else b64decode(value).decode()


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_specs_are_those_of_real_servers(minor: str) -> None:
    seen = 0
    for where, row, sent, got in posts(minor):
        assert comparable(ours(row, sent, minor), sent) == comparable(got, sent), where
        seen += 1
    assert seen >= 30
