"""A deleted CustomResourceDefinition takes its objects with it; custom objects own and are owned."""

from __future__ import annotations

from typing import Any

from sanb.controllers import definitions, garbage
from sanb.profiles.profile import Profile
from sanb.values import Obj
from tests.apiserver.crd.widgets import DEFINITIONS, WIDGETS, definition, widget
from tests.controllers.harness import Bench

PROFILE = Profile.of("1.36")


def bench(*controllers: Any) -> Bench:
    found = Bench(PROFILE, *controllers)
    found.ask("create", DEFINITIONS, body=definition())
    return found


def owned(owner: Obj, version: str, kind: str, body: Obj) -> Obj:
    fields = owner["metadata"]
    reference = {"apiVersion": version, "kind": kind, "name": fields["name"], "uid": fields["uid"]}
    return {**body, "metadata": {**body["metadata"], "ownerReferences": [reference]}}


def made(found: Bench, resource: str, namespace: str, body: Obj) -> Obj:
    found.ask("create", resource, namespace, body=body)
    obj = found.get(resource, namespace, body["metadata"]["name"])
    assert obj is not None
    return obj


def test_the_objects_go_first() -> None:
    found = bench(definitions.controller(PROFILE, None, 7))
    for namespace in ("a", "b"):
        made(found, WIDGETS, namespace, widget())
    found.ask("delete", DEFINITIONS, "", WIDGETS)
    found.run()
    assert (found.names(WIDGETS), found.names(DEFINITIONS)) == ([], [])
    deletions = [call for call in found.calls() if call.startswith(("deletecollection", "update"))]
    assert [call.split()[0] for call in deletions] == ["update", "deletecollection", "update", "update"]


def test_a_finalizer_on_an_object_holds_the_definition() -> None:
    found = bench(definitions.controller(PROFILE, None, 7))
    body = widget()
    body["metadata"]["finalizers"] = ["example.com/mine"]
    made(found, WIDGETS, "a", body)
    found.ask("delete", DEFINITIONS, "", WIDGETS)
    found.run_for(60)
    assert found.names(DEFINITIONS) == [WIDGETS]
    found.ask("patch", WIDGETS, "a", "a", body={"metadata": {"finalizers": None}}, patchType="merge")
    found.run_for(2000)
    assert found.names(DEFINITIONS) == []


def test_what_a_custom_object_owns_goes_with_it() -> None:
    found = bench(garbage.controller(PROFILE, None, 7))
    owner = made(found, WIDGETS, "shop", widget())
    made(found, "configmaps", "shop", owned(owner, "example.com/v1", "Widget", {"metadata": {"name": "c"}}))
    found.run()
    assert found.names("configmaps") == ["c"]
    found.ask("delete", WIDGETS, "shop", "a")
    found.run()
    assert found.names("configmaps") == []


def test_a_custom_object_goes_with_its_owner() -> None:
    found = bench(garbage.controller(PROFILE, None, 7))
    owner = made(found, "configmaps", "shop", {"metadata": {"name": "c"}})
    made(found, WIDGETS, "shop", owned(owner, "v1", "ConfigMap", widget()))
    found.run()
    assert found.names(WIDGETS) == ["a"]
    found.ask("delete", "configmaps", "shop", "c")
    found.run()
    assert found.names(WIDGETS) == []


def test_a_fork_learns_of_its_own_kinds() -> None:
    found = Bench(PROFILE, garbage.controller(PROFILE, None, 7))
    found.run()
    other = found.world.fork()
    found.ask("create", DEFINITIONS, body=definition())
    assert f"kube-controller-manager/{WIDGETS}" in found.world.informers
    assert f"kube-controller-manager/{WIDGETS}" not in other.informers
    other.committed("pods")


def test_an_owner_of_a_kind_that_the_minor_does_not_have_is_left_alone() -> None:
    old = Profile.of("1.10")
    found = Bench(old, garbage.controller(old, None, 7))
    reference = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "name": "x", "uid": "u"}
    found.ask("create", "configmaps", "shop", body={"metadata": {"name": "c", "ownerReferences": [reference]}})
    found.run()
    assert found.names("configmaps") == ["c"]
