"""Reading bodies: types, pruning, canonical forms, unknown fields (SEM 4.1)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from sanb.apiserver.resources import RESOURCES, ROWS
from sanb.apiserver.schema import VALUES, at, decode, type_of
from sanb.errors import ApiError
from sanb.profiles.profile import MINORS, Profile
from sanb.values import Lazy

POD, SECRET, ACCOUNT = RESOURCES["pods"], RESOURCES["secrets"], RESOURCES["serviceaccounts"]
DEPLOYMENT, SERVICE = RESOURCES["deployments.apps"], RESOURCES["services"]
ROLE = RESOURCES["roles.rbac.authorization.k8s.io"]
NEWEST = Profile.of("1.36")


def pod(spec: Any = None, **container: Any) -> dict[str, Any]:
    """A Pod with one container."""
    containers = [{"name": "c", "image": "i", **container}]
    spec = {"containers": containers, **(spec or {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def read(resource: Any, obj: dict[str, Any], minor: str = "1.36", **options: Any) -> dict[str, Any]:
    """What a minor's server understands."""
    return decode(resource, obj, Profile.of(minor), **options)[0]


def container(minor: str = "1.36", **fields: Any) -> dict[str, Any]:
    """What a minor's server understands of the fields of a container, besides those that are always there."""
    found = read(POD, pod(**fields), minor)["spec"]["containers"][0]
    return {key: value for key, value in found.items() if key in fields}


def refusal(resource: Any, obj: dict[str, Any], minor: str, **options: Any) -> str:
    """The message of the 400 that a body gets."""
    with pytest.raises(ApiError) as caught:
        decode(resource, obj, Profile.of(minor), **options)
    assert (caught.value.code, caught.value.reason) == (400, "BadRequest")
    return caught.value.message


# ---------------------------------------------------------------------- what is kept


def test_what_needs_no_change_is_the_same_object() -> None:
    once = read(POD, pod(ports=[{"containerPort": 80}]))
    assert read(POD, once) is once


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_every_kind_is_read_by_every_minor(row: Any, minor: str) -> None:
    profile = Profile.of(minor)
    once, warnings = decode(row, {"apiVersion": row.api_version, "kind": row.kind, "metadata": {"name": "x"}}, profile)
    assert decode(row, once, profile)[0] is once
    assert warnings == ()


def test_a_kind_that_is_not_in_the_tables_passes_unchanged() -> None:
    row = POD._replace(kind="Widget", plural="widgets")
    body = {"kind": "Widget", "spec": {"size": None}}
    assert decode(row, body, NEWEST) == (body, ())


def test_what_go_always_writes_is_there() -> None:
    assert read(POD, {"metadata": {"name": "p"}, "spec": {}}) == {
        "metadata": {"name": "p"}, "spec": {"containers": None}, "status": {},
    }
    assert read(ROLE, {"metadata": {"name": "r"}})["rules"] is None
    assert read(SERVICE, {"metadata": {"name": "s"}})["status"] == {"loadBalancer": {}}


@pytest.mark.parametrize(("minor", "there"), [("1.10", True), ("1.33", True), ("1.34", False), ("1.36", False)])
def test_an_empty_creation_time_of_a_template_is_written_as_null_before_1_34(minor: str, there: bool) -> None:
    body = {"metadata": {"name": "d"}, "spec": {"template": {"metadata": {"labels": {"a": "b"}}, "spec": {}}}}
    found = read(DEPLOYMENT, body, minor)["spec"]["template"]["metadata"]
    assert found == ({"labels": {"a": "b"}, "creationTimestamp": None} if there else {"labels": {"a": "b"}})


def test_empty_values_are_left_out_but_pointers_keep_zero() -> None:
    body = {
        "metadata": {"name": "d", "labels": {}, "annotations": {}, "finalizers": [], "generation": 0, "namespace": ""},
        "spec": {"replicas": 0, "paused": False, "minReadySeconds": 0, "revisionHistoryLimit": 0, "selector": {}},
    }
    found = read(DEPLOYMENT, body)
    assert found["metadata"] == {"name": "d"}
    assert found["spec"] == {
        "replicas": 0, "revisionHistoryLimit": 0, "selector": {}, "strategy": {},
        "template": {"metadata": {}, "spec": {"containers": None}},
    }


def test_tuples_and_other_mappings_become_lists_and_dictionaries() -> None:
    found = read(POD, MappingProxyType(pod(command=("a", "b"))))  # type: ignore[arg-type]
    assert type(found) is dict
    assert found["spec"]["containers"][0]["command"] == ["a", "b"]


def test_null_is_as_good_as_nothing() -> None:
    body = {"metadata": {"name": "a", "labels": None}, "secrets": None, "automountServiceAccountToken": None}
    assert read(ACCOUNT, body) == {"metadata": {"name": "a"}}
    assert container(command=None, resources=None, stdin=None) == {"resources": {}}


def test_null_in_a_list_or_map_is_the_zero_value() -> None:
    assert container(command=["a", None]) == {"command": ["a", ""]}
    assert read(ACCOUNT, {"metadata": {"name": "a"}, "secrets": [None]})["secrets"] == [{}]
    assert read(ACCOUNT, {"metadata": {"name": "a", "labels": {"x": None}}})["metadata"]["labels"] == {"x": ""}


def test_a_text_that_is_signed_late_is_not_read() -> None:
    def fail() -> str:
        raise AssertionError("somebody read the token")

    late = Lazy(fail)
    assert read(SECRET, {"metadata": {"name": "s"}, "data": {"token": late}})["data"]["token"] is late


# ---------------------------------------------------------------------- what a minor does not know


@pytest.mark.parametrize(
    ("field", "value", "last_without", "first_with"),
    [
        ("startupProbe", {"exec": {"command": ["true"]}}, "1.17", "1.18"),
        ("resizePolicy", [{"resourceName": "cpu", "restartPolicy": "NotRequired"}], "1.32", "1.33"),
        ("livenessProbe", {"grpc": {"port": 80}}, "1.22", "1.23"),
        ("securityContext", {"seccompProfile": {"type": "RuntimeDefault"}}, "1.18", "1.19"),
    ],
)
def test_a_field_of_a_container_is_kept_from_its_minor_on(
    field: str, value: Any, last_without: str, first_with: str
) -> None:
    empty: Any = {} if isinstance(value, dict) and field != "startupProbe" else None
    assert container(last_without, **{field: value}).get(field) == empty
    assert container(first_with, **{field: value})[field] == value


@pytest.mark.parametrize(
    ("field", "value", "last_without", "first_with"),
    [
        ("ephemeralContainers", [{"name": "d", "resources": {}}], "1.22", "1.23"),
        (
            "topologySpreadConstraints", [{"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule"}],
            "1.17", "1.18",
        ),
        ("schedulingGates", [{"name": "g"}], "1.26", "1.27"),
        ("priority", 7, "1.10", "1.11"),
        ("enableServiceLinks", False, "1.12", "1.13"),
        ("os", {"name": "linux"}, "1.23", "1.24"),
    ],
)
def test_a_field_of_a_pod_is_kept_from_its_minor_on(field: str, value: Any, last_without: str, first_with: str) -> None:
    assert field not in read(POD, pod({field: value}), last_without)["spec"]
    assert read(POD, pod({field: value}), first_with)["spec"][field] == value


@pytest.mark.parametrize(
    ("minor", "kept"), [("1.10", {}), ("1.11", {}), ("1.12", {"serviceAccountToken": {"path": "t"}})]
)
def test_a_projected_token_is_dropped_where_the_server_does_not_know_it(minor: str, kept: dict[str, Any]) -> None:
    body = pod({"volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}]})
    assert read(POD, body, minor)["spec"]["volumes"][0]["projected"]["sources"] == [kept]


def test_names_of_fields_are_read_case_by_case() -> None:
    assert container(Stdin=True) == {}


# ---------------------------------------------------------------------- unknown fields

ODD = pod({"foo": 1}, colour="red", env=[{"name": "a", "kind": "x"}])
COMPLAINTS = (
    'unknown field "spec.containers[0].colour"', 'unknown field "spec.containers[0].env[0].kind"',
    'unknown field "spec.foo"',
)


@pytest.mark.parametrize(
    ("minor", "mode"), [("1.10", "Strict"), ("1.24", "Strict"), ("1.25", "Ignore"), ("1.36", "Ignore")]
)
def test_unknown_fields_are_dropped_in_silence(minor: str, mode: str) -> None:
    found, warnings = decode(POD, ODD, Profile.of(minor), strict=mode)
    assert warnings == ()
    assert "foo" not in found["spec"]


@pytest.mark.parametrize("mode", ["", "Warn"])
@pytest.mark.parametrize("minor", ["1.25", "1.36"])
def test_unknown_fields_are_warned_of_from_1_25_on(minor: str, mode: str) -> None:
    found, warnings = decode(POD, ODD, Profile.of(minor), strict=mode)
    assert warnings == COMPLAINTS
    assert "foo" not in found["spec"]


def test_strict_validation_refuses_unknown_fields() -> None:
    assert refusal(POD, ODD, "1.36", strict="Strict") == (
        'Pod in version "v1" cannot be handled as a Pod: strict decoding error: ' + ", ".join(COMPLAINTS)
    )


def test_a_field_whose_gate_is_off_is_known_but_dropped() -> None:
    found, warnings = decode(POD, pod({"hostUsers": False}), Profile.of("1.32"), strict="Strict")
    assert warnings == ()
    assert "hostUsers" not in found["spec"]


# ---------------------------------------------------------------------- what patches must know


def test_lists_say_how_patches_merge_them() -> None:
    facts = {
        path: (field.merge, field.list_kind, field.keys)
        for path in (
            "spec.containers", "spec.containers.ports", "spec.containers.env", "spec.containers.volumeMounts",
            "spec.containers.command", "spec.volumes", "spec.hostAliases", "spec.tolerations",
            "metadata.ownerReferences",
            "metadata.finalizers", "spec.topologySpreadConstraints",
        )
        if (field := at(POD, *path.split(".")))
    }
    assert facts == {
        "spec.containers": ("name", "map", ("name",)),
        "spec.containers.ports": ("containerPort", "map", ("containerPort", "protocol")),
        "spec.containers.env": ("name", "map", ("name",)),
        "spec.containers.volumeMounts": ("mountPath", "map", ("mountPath",)),
        "spec.containers.command": ("", "atomic", ()),
        "spec.volumes": ("name", "map", ("name",)),
        "spec.hostAliases": ("ip", "map", ("ip",)),
        "spec.tolerations": ("", "atomic", ()),
        "metadata.ownerReferences": ("uid", "map", ("uid",)),
        "metadata.finalizers": (VALUES, "set", ()),
        "spec.topologySpreadConstraints": ("topologyKey", "map", ("topologyKey", "whenUnsatisfiable")),
    }


def test_objects_say_whether_they_are_owned_as_a_whole() -> None:
    names = ("template", "selector", "strategy")
    kinds = {name: field.list_kind for name in names if (field := at(DEPLOYMENT, "spec", name))}
    assert kinds == {"template": "granular", "selector": "atomic", "strategy": "granular"}
    volumes, strategy = at(POD, "spec", "volumes"), at(DEPLOYMENT, "spec", "strategy")
    assert volumes and volumes.retain and strategy and strategy.retain


def test_there_is_no_type_for_other_kinds_and_no_field_off_the_tables() -> None:
    assert type_of(POD._replace(kind="Widget")) is None
    assert at(POD, "spec", "nope") is None
    assert at(POD, "metadata", "name", "deeper") is None
