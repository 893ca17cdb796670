"""Claims get the default class, and a finalizer."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.admission import Chain
from sanb.apiserver.plugins import storage
from sanb.profiles.profile import Profile
from tests.apiserver.alone import Alone

CLASSES = "storageclasses.storage.k8s.io"


def server(minor: str = "1.36", *defaults: str) -> Alone:
    found = Alone(minor, chain=Chain((storage.default_class(Profile.of(minor)),)))
    for name in defaults:
        notes = {"storageclass.kubernetes.io/is-default-class": "true"}
        found.ask("create", CLASSES, body={"metadata": {"name": name, "annotations": notes}, "provisioner": "x.io/y"})
        found.now += 60
    found.ask("create", CLASSES, body={"metadata": {"name": "slow"}, "provisioner": "x.io/y"})
    return found


def claim(**spec: Any) -> dict[str, Any]:
    resources = {"requests": {"storage": "1Gi"}}
    return {"metadata": {"name": "c"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": resources, **spec}}


def test_a_claim_without_class_gets_the_default() -> None:
    found = server("1.36", "fast")
    made = found.body("create", "persistentvolumeclaims", "shop", body=claim())
    assert made["spec"]["storageClassName"] == "fast"


def test_a_claim_that_wants_none_or_another_keeps_it() -> None:
    found = server("1.36", "fast")
    for space, name in (("a", ""), ("b", "slow")):
        made = found.body("create", "persistentvolumeclaims", space, body=claim(storageClassName=name))
        assert made["spec"]["storageClassName"] == name


def test_without_a_default_nothing_is_chosen() -> None:
    made = server().body("create", "persistentvolumeclaims", "shop", body=claim())
    assert "storageClassName" not in made["spec"]


def test_of_several_defaults_the_newest_counts_and_before_1_26_none() -> None:
    made = server("1.26", "old", "new").body("create", "persistentvolumeclaims", "shop", body=claim())
    assert made["spec"]["storageClassName"] == "new"
    refused = server("1.25", "old", "new").refused("create", "persistentvolumeclaims", "shop", body=claim())
    assert refused["message"] == (
        'persistentvolumeclaims "c" is forbidden: Internal error occurred: 2 default StorageClasses were found'
    )


@pytest.mark.parametrize(("minor", "finalizers"), [("1.10", None), ("1.11", ["kubernetes.io/pvc-protection"])])
def test_claims_are_protected_from_1_11(minor: str, finalizers: list[str] | None) -> None:
    plugin = storage.protection(Profile.of(minor))
    found = Alone(minor, chain=Chain(() if plugin is None else (plugin,)))
    made = found.body("create", "persistentvolumeclaims", "shop", body=claim())
    assert made["metadata"].get("finalizers") == finalizers
