"""NamespaceLifecycle: missing, terminating and undeletable namespaces."""

from __future__ import annotations

import pytest

from sanb.apiserver.admission import Chain
from sanb.apiserver.plugins import namespacelifecycle
from sanb.apiserver.plugins.namespacelifecycle import WAITED
from sanb.apiserver.request import Wait
from sanb.profiles.profile import Profile
from tests.apiserver.alone import Alone, config
from tests.apiserver.plugins.desk import Desk


def desk_of(minor: str = "1.36", phase: str = "") -> Desk:
    desk = Desk(minor, namespacelifecycle.plugin(Profile.of(minor)))
    if phase:
        desk.put("namespaces", "test", {"status": {"phase": phase}}, namespace="")
    return desk


@pytest.mark.parametrize("operation", ["CREATE", "UPDATE"])
def test_a_missing_namespace_is_waited_for_once_then_not_found(operation: str) -> None:
    desk = desk_of()
    wait = desk.admit(config("c"), resource="configmaps", namespace="test", operation=operation)
    assert isinstance(wait, Wait)
    assert (wait.seconds, wait.counts) == (0.05, WAITED)
    error = desk.refused(config("c"), resource="configmaps", namespace="test", operation=operation, attempt=WAITED)
    assert (error.code, error.message) == (404, 'namespaces "test" not found')


def test_waits_of_others_do_not_count_as_having_waited_for_the_namespace() -> None:
    assert isinstance(desk_of().admit(config("c"), resource="configmaps", namespace="test", attempt=3), Wait)


def test_the_server_waits_fifty_milliseconds_of_virtual_time() -> None:
    alone = Alone(chain=Chain((namespacelifecycle.plugin(Profile.of("1.36")),)))
    begin = alone.now
    refusal = alone.refused("create", "configmaps", "nowhere", body=config("c"))
    assert refusal["message"] == 'namespaces "nowhere" not found'
    assert alone.now == begin + 0.05


def test_an_active_namespace_takes_anything() -> None:
    given = config("c")
    assert desk_of(phase="Active").admit(given, resource="configmaps", namespace="test") is given


def test_nothing_is_made_in_a_terminating_namespace() -> None:
    """UT-483."""
    error = desk_of(phase="Terminating").refused({"metadata": {"name": "p"}}, namespace="test", name="p")
    assert error.code == 403
    assert error.message == (
        'pods "p" is forbidden: unable to create new content in namespace test because it is being terminated'
    )
    (cause,) = error.status["details"]["causes"]
    message = "namespace test is being terminated"
    assert cause == {"reason": "NamespaceTerminating", "message": message, "field": "metadata.namespace"}


def test_1_10_gives_no_cause() -> None:
    error = desk_of("1.10", "Terminating").refused({"metadata": {"name": "p"}}, namespace="test", name="p")
    assert error.status["details"] == {"name": "p", "kind": "pods"}


def test_changes_in_a_terminating_namespace_are_allowed() -> None:
    given = config("c")
    found = desk_of(phase="Terminating").admit(given, resource="configmaps", namespace="test", operation="UPDATE")
    assert found is given


def test_objects_without_namespace_are_left_alone() -> None:
    given = {"metadata": {"name": "n"}}
    assert desk_of().admit(given, resource="nodes", namespace="") is given


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_the_first_namespaces_cannot_be_deleted(name: str) -> None:
    """UT-485."""
    options = {"resource": "namespaces", "operation": "DELETE", "namespace": "", "name": name}
    error = desk_of().refused(None, phase="validate", **options)
    assert (error.code, error.message) == (403, f'namespaces "{name}" is forbidden: this namespace may not be deleted')


@pytest.mark.parametrize(("resource", "name"), [("namespaces", "kube-node-lease"), ("configmaps", "default")])
def test_other_deletes_are_allowed(resource: str, name: str) -> None:
    desk = desk_of()
    assert desk.validate(None, resource=resource, operation="DELETE", namespace="", name=name) is None
