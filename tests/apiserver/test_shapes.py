"""Fields of new objects are found once for all that look alike, and are those that would be found each time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.apiserver import shapes
from sanb.apiserver.managers import track_managers
from sanb.apiserver.resources import RESOURCES
from sanb.profiles.profile import Profile
from tests.apiserver.alone import Alone

PODS = RESOURCES["pods"]
NOW = "2026-01-01T00:00:00Z"


def _pod(name: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "c", "image": "i", "ports": [{"containerPort": 80}]}]
    return {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name}, "spec": {"containers": containers, **spec}}


def _fields(obj: dict[str, Any]) -> Any:
    made = track_managers(PODS, {}, obj, "me", NOW, Profile.of("1.36"))
    return [entry["fieldsV1"] for entry in made["metadata"].get("managedFields", ())]


@pytest.fixture(autouse=True)
def _forgetful() -> None:
    shapes._known.clear()


VALUES = st.none() | st.booleans() | st.sampled_from(["a", "b"]) | st.just({}) | st.just([])
CONTAINERS = st.lists(st.fixed_dictionaries({"name": st.sampled_from("ab"), "image": st.sampled_from("ij")}), max_size=2)
SPECS = st.fixed_dictionaries({}, optional={
    "containers": CONTAINERS, "nodeName": VALUES, "tolerations": st.just([]) | st.just([{"key": "k"}]),
    "securityContext": st.dictionaries(st.sampled_from(["runAsUser", "fsGroup"]), VALUES),
    "nodeSelector": st.dictionaries(st.sampled_from("xy"), st.sampled_from("pq")),
})


@given(st.lists(SPECS, min_size=1, max_size=6))
def test_what_is_remembered_is_what_would_be_found(specs: list[dict[str, Any]]) -> None:
    alone = []
    for spec in specs:
        shapes._known.clear()
        alone.append(_fields({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a"}, "spec": spec}))
    shapes._known.clear()
    assert [_fields({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "b"}, "spec": spec}) for spec in specs] == alone


def test_one_shape_is_remembered_for_all_that_differ_in_names_only() -> None:
    assert _fields(_pod("a", nodeName="x")) == _fields(_pod("b", nodeName="y"))
    assert len(shapes._known) == 1
    assert _fields(_pod("a", nodeName="x")) != _fields(_pod("a", hostNetwork=True))
    assert len(shapes._known) == 2


def test_few_are_remembered_and_none_that_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "MOST", 3)
    for number in range(8):
        _fields(_pod("a", nodeSelector={str(number): "x"}))
    assert len(shapes._known) == 2
    before = dict(shapes._known)
    monkeypatch.setattr(shapes, "LARGEST", 50)
    for large in ({"containers": [{"name": "c", "image": "i" * 60}]}, {"nodeSelector": {str(n): "x" for n in range(51)}}):
        assert "f:spec" in _fields(_pod("a", **large))[0]
    assert shapes._known == before


def test_kinds_and_subresources_have_fields_of_their_own() -> None:
    server = Alone("1.36")
    body = {"metadata": {"name": "a"}}
    for resource, own in (("configmaps", {}), ("secrets", {"f:type": {}}), ("serviceaccounts", {})):
        made = server.ask("create", resource, "shop", body=body, fieldManager="me").body
        assert [entry["fieldsV1"] for entry in made["metadata"].get("managedFields", ())] == ([own] if own else [])
    assert {key[0] for key in shapes._known} == {"configmaps", "secrets", "serviceaccounts"}
