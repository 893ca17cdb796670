"""Root CA publisher: upstream's table 12, and the two shapes of the ConfigMap."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sanb.apiserver import status
from sanb.controllers import rootca
from sanb.profiles.profile import Profile
from tests.controllers.harness import Bench

AUTHORITY = SimpleNamespace(ca_pem="CA Data")
CONFIG = "kube-root-ca.crt"


def bench_of(minor: str = "1.36", **options: object) -> Bench:
    profile = Profile.of(minor)
    return Bench(profile, rootca.controller(profile, AUTHORITY, 7), **options)


def namespace(phase: str = "Active") -> dict:
    return {"kind": "Namespace", "metadata": {"name": "new", "uid": "n"}, "status": {"phase": phase}}


def config(name: str = CONFIG, ca: str = "CA Data", annotations: dict | None = None, **data: str) -> dict:
    fields: dict = {"name": name, "namespace": "new", "uid": name}
    if annotations is not None:
        fields["annotations"] = annotations
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": fields, "data": {"ca.crt": ca, **data}}


RIGHT = {"kubernetes.io/description": rootca.TEXT}


def test_1_19_has_no_publisher() -> None:
    assert rootca.controller(Profile.of("1.19"), AUTHORITY, 7) is None


@pytest.mark.parametrize(("minor", "annotations"), [("1.20", None), ("1.21", None), ("1.23", RIGHT), ("1.36", RIGHT)])
def test_a_new_namespace_gets_the_config_map(minor: str, annotations: dict | None) -> None:
    """UT-222, UT-554."""
    bench = bench_of(minor)
    bench.happens("namespaces", namespace())
    bench.run()
    assert bench.calls() == ["create configmaps new/kube-root-ca.crt"]
    made = bench.get("configmaps", "new", CONFIG)
    assert made is not None
    assert (made["data"], made["metadata"].get("annotations")) == ({"ca.crt": "CA Data"}, annotations)


def test_another_config_map_that_goes_is_nothing_to_us() -> None:
    """UT-223."""
    bench = bench_of()
    bench.known("configmaps", config("other"))
    bench.known("configmaps", config(annotations=RIGHT))
    bench.vanishes("configmaps", "new", "other")
    bench.run()
    assert bench.calls() == []


def test_a_deleted_one_is_made_again() -> None:
    """UT-224, UT-555."""
    bench = bench_of()
    bench.known("configmaps", config("other"))
    bench.known("configmaps", config(annotations=RIGHT))
    bench.vanishes("configmaps", "new", CONFIG)
    bench.run()
    assert bench.calls() == ["create configmaps new/kube-root-ca.crt"]


def test_a_changed_one_is_put_right() -> None:
    """UT-226, UT-556."""
    bench = bench_of()
    bench.known("configmaps", config(annotations=RIGHT))
    bench.happens("configmaps", config(ca="abc", annotations=RIGHT))
    bench.run()
    assert bench.calls() == ["update configmaps new/kube-root-ca.crt"]


def test_a_missing_annotation_is_one_update() -> None:
    """UT-229."""
    bench = bench_of()
    bench.known("configmaps", config())
    bench.happens("namespaces", namespace())
    bench.run()
    assert bench.calls() == ["update configmaps new/kube-root-ca.crt"]
    found = bench.get("configmaps", "new", CONFIG)
    assert found is not None
    assert (found["data"], found["metadata"]["annotations"]) == ({"ca.crt": "CA Data"}, RIGHT)


def test_a_right_one_is_left_alone() -> None:
    """UT-230; any description will do."""
    bench = bench_of()
    bench.known("configmaps", config(annotations={"kubernetes.io/description": "mine"}))
    bench.happens("namespaces", namespace())
    bench.run()
    assert bench.calls() == []


def test_further_keys_go_and_other_annotations_stay() -> None:
    bench = bench_of()
    bench.happens("configmaps", config(annotations={"a": "b"}))
    bench.hear("configmaps")
    bench.happens("configmaps", config(annotations={"a": "b"}, extra="x"))
    bench.run()
    found = bench.get("configmaps", "new", CONFIG)
    assert found is not None
    assert found["data"] == {"ca.crt": "CA Data"}
    assert found["metadata"]["annotations"] == {"a": "b", **RIGHT}


def test_an_update_of_a_terminating_namespace_is_not_looked_at() -> None:
    bench = bench_of()
    bench.known("namespaces", namespace())
    bench.happens("namespaces", namespace("Terminating"))
    bench.run()
    assert bench.calls() == []


@pytest.mark.parametrize("error", [
    status.not_found("namespaces", "new"),
    status.forbidden("configmaps", CONFIG, "terminated", [{"reason": "NamespaceTerminating"}]),
])
def test_a_namespace_on_its_way_out_ends_the_attempts(error: Exception) -> None:
    bench = bench_of(refuse=lambda request: error)
    bench.happens("namespaces", namespace())
    bench.run()
    assert bench.calls() == ["create configmaps new/kube-root-ca.crt"]
