"""Field selectors: which fields each kind can be selected by, on each minor, and those that a definition names."""

from __future__ import annotations

import pytest

from sanb import Cluster
from sanb.apiserver import fields
from sanb.apiserver.resources import served
from sanb.profiles.profile import Profile
from tests.definitions import definition

SCHEMA = "{type: object, properties: {spec: {type: object, properties: {color: {type: string}, lit: {type: boolean}}}}}"
SELECTABLE = "selectableFields: [{jsonPath: .spec.color}, {jsonPath: .spec.lit}]"
DEFINITION = definition("lamps.home.example", "Lamp", SCHEMA, version=SELECTABLE) + """\
---
{apiVersion: home.example/v1, kind: Lamp, metadata: {name: a}, spec: {color: red, lit: true}}
---
{apiVersion: home.example/v1, kind: Lamp, metadata: {name: b}, spec: {color: blue, lit: false}}
---
{apiVersion: home.example/v1, kind: Lamp, metadata: {name: c}, spec: {}}
"""


@pytest.mark.parametrize(("selector", "names"), [
    ("spec.color=red", "lamp.home.example/a"),
    ("spec.color!=red", "lamp.home.example/b lamp.home.example/c"),
    ("spec.lit=false", "lamp.home.example/b"),
    ("spec.color=blue,spec.lit=false", "lamp.home.example/b"),
    ("metadata.name=c", "lamp.home.example/c"),
    ("spec.color=", "lamp.home.example/c"),
])
def test_custom_objects_are_selected_by_the_fields_that_their_definition_names(selector: str, names: str) -> None:
    c = Cluster("1.36")
    c.apply(DEFINITION)
    done = c.kubectl(["get", "lamps", "-o", "name", "--field-selector", selector])
    assert (done.stdout.split(), done.stderr) == (names.split(), "")


def test_a_field_that_the_definition_does_not_name_is_refused() -> None:
    c = Cluster("1.36")
    c.apply(DEFINITION)
    assert c.kubectl("get lamps --field-selector=spec.size=3").stderr == (
        'Error from server (BadRequest): Unable to find "home.example/v1, Resource=lamps" that match label selector "", field '
        'selector "spec.size=3": field label not supported: spec.size\n'
    )


SUPPORTED = [
    ("1.36", "jobs.batch", "status.successful"), ("1.10", "jobs.batch", "status.successful"),
    ("1.36", "replicationcontrollers", "status.replicas"), ("1.36", "replicasets.apps", "status.replicas"),
    ("1.36", "pods", "spec.serviceAccountName"), ("1.36", "pods", "spec.hostNetwork"),
    ("1.36", "namespaces", "status.phase"), ("1.36", "nodes", "spec.unschedulable"), ("1.36", "secrets", "type"),
]


@pytest.mark.parametrize(("minor", "resource", "field"), SUPPORTED)
def test_a_kind_is_selected_by_its_own_fields(minor: str, resource: str, field: str) -> None:
    profile = Profile.of(minor)
    assert field in fields.supported(served(profile)[resource], profile)


@pytest.mark.parametrize(("resource", "field", "value"), [
    ("jobs.batch", "status.successful", "0"), ("replicationcontrollers", "status.replicas", "0"),
    ("replicasets.apps", "status.replicas", "0"), ("pods", "spec.hostNetwork", "false"), ("pods", "spec.nodeName", ""),
    ("nodes", "spec.unschedulable", "false"), ("secrets", "type", ""), ("namespaces", "status.phase", ""),
])
def test_a_field_that_an_object_lacks_has_the_value_that_go_gives_it(resource: str, field: str, value: str) -> None:
    profile = Profile.of("1.36")
    assert fields.supported(served(profile)[resource], profile)[field]({"metadata": {"name": "a"}}) == value


@pytest.mark.parametrize(("minor", "field", "there"), [
    ("1.10", "spec.serviceAccountName", False), ("1.13", "spec.serviceAccountName", True),
    ("1.27", "spec.hostNetwork", False), ("1.28", "spec.hostNetwork", True),
])
def test_fields_of_pods_came_with_their_minors(minor: str, field: str, there: bool) -> None:
    profile = Profile.of(minor)
    assert (field in fields.supported(served(profile)["pods"], profile)) is there


def test_only_kinds_with_a_namespace_are_selected_by_it() -> None:
    profile = Profile.of("1.36")
    assert "metadata.namespace" in fields.supported(served(profile)["configmaps"], profile)
    assert "metadata.namespace" not in fields.supported(served(profile)["nodes"], profile)


def test_jobs_and_controllers_are_selected_by_their_counts() -> None:
    c = Cluster("1.36")
    c.apply("""\
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: rc}
spec: {replicas: 2, selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}
""")
    c.run()
    for words, name in (
        ("get jobs --field-selector=status.successful=1", "job.batch/j"),
        ("get jobs --field-selector=status.successful=0", ""),
        ("get rc --field-selector=status.replicas=2", "replicationcontroller/rc"),
        ("get rc --field-selector=status.replicas!=2", ""),
    ):
        assert c.kubectl(f"{words} -o name").stdout.strip() == name
