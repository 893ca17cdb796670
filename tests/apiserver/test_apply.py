"""Server-side apply: owners, conflicts, force, letting go (and managedFields as the API shows them)."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from sanb.apiserver.admission import Chain
from sanb.apiserver.request import Request, UserInfo
from sanb.apiserver.server import ApiServer
from sanb.apiserver.status import forbidden
from sanb.apiserver.view import View
from tests.apiserver.alone import NOW_TEXT, Alone

WHO = {"apiVersion": "v1", "kind": "ConfigMap"}


def _map(**data: str) -> dict:
    return {**WHO, "metadata": {"name": "a"}, "data": data}


def _apply(server: Alone, manager: str, body: dict, resource: str = "configmaps", **options: Any) -> dict:
    return server.body(
        "patch", resource, "shop", body["metadata"]["name"], body, patchType="apply", fieldManager=manager, **options)


def _refused(server: Alone, manager: str, body: dict, resource: str = "configmaps", **options: Any) -> dict:
    return server.refused(
        "patch", resource, "shop", body["metadata"]["name"], body, patchType="apply", fieldManager=manager, **options)


def _owners(obj: dict) -> dict[str, Any]:
    return {f"{e['manager']}/{e['operation']}": e["fieldsV1"] for e in obj["metadata"].get("managedFields", ())}


def test_apply_creates_what_is_not_there_and_owns_it() -> None:
    made = _apply(Alone(), "one", _map(k="1"))
    assert made["metadata"]["managedFields"] == [{
        "manager": "one", "operation": "Apply", "apiVersion": "v1", "time": NOW_TEXT, "fieldsType": "FieldsV1",
        "fieldsV1": {"f:data": {"f:k": {}}},
    }]


def test_a_field_of_another_manager_is_a_conflict() -> None:
    server = Alone()
    _apply(server, "one", _map(k="1"))
    status = _refused(server, "two", _map(k="2"))
    assert status == {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Conflict", "code": 409,
        "message": 'Apply failed with 1 conflict: conflict with "one": .data.k',
        "details": {"causes": [
            {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".data.k"}]},
    }


def test_several_conflicts_are_listed_by_manager() -> None:
    server = Alone()
    _apply(server, "one", _map(j="1", k="1"))
    server.ask("patch", "configmaps", "shop", "a", {"data": {"m": "1"}}, patchType="merge", fieldManager="tool")
    assert _refused(server, "two", _map(j="2", k="2", m="2"))["message"] == (
        'Apply failed with 3 conflicts: conflicts with "one":\n- .data.j\n- .data.k\n'
        'conflicts with "tool" using v1:\n- .data.m'
    )


def test_force_takes_the_field_over() -> None:
    server = Alone()
    _apply(server, "one", _map(j="1", k="1"))
    new = _apply(server, "two", _map(k="2"), force="true")
    assert new["data"] == {"j": "1", "k": "2"}
    assert _owners(new) == {"one/Apply": {"f:data": {"f:j": {}}}, "two/Apply": {"f:data": {"f:k": {}}}}


def test_the_same_value_is_owned_by_both_and_goes_when_both_let_go() -> None:
    server = Alone()
    _apply(server, "one", _map(k="1"))
    both = _apply(server, "two", _map(k="1"))
    assert list(_owners(both)) == ["one/Apply", "two/Apply"]
    assert _apply(server, "one", _map())["data"] == {"k": "1"}
    assert "data" not in _apply(server, "two", _map())


def test_what_is_not_applied_any_more_is_removed_and_what_others_own_stays() -> None:
    server = Alone()
    _apply(server, "one", _map(j="1", k="1"))
    server.ask("patch", "configmaps", "shop", "a", {"data": {"x": "1"}}, patchType="merge", fieldManager="tool")
    new = _apply(server, "one", _map(k="1"))
    assert new["data"] == {"k": "1", "x": "1"}
    assert _owners(new) == {"one/Apply": {"f:data": {"f:k": {}}}, "tool/Update": {"f:data": {"f:x": {}}}}


def test_applying_the_same_again_makes_no_revision() -> None:
    server = Alone()
    made = _apply(server, "one", _map(k="1"))
    server.now += 60
    assert _apply(server, "one", _map(k="1")) == made and server.store.rev == 1


def test_a_change_takes_the_field_from_its_applier() -> None:
    server = Alone()
    _apply(server, "one", _map(j="1", k="1"))
    server.now += 60
    new = server.body("patch", "configmaps", "shop", "a", {"data": {"k": "2"}}, patchType="merge", fieldManager="tool")
    assert _owners(new) == {"one/Apply": {"f:data": {"f:j": {}}}, "tool/Update": {"f:data": {"f:k": {}}}}
    assert [entry["time"] for entry in new["metadata"]["managedFields"]] == [NOW_TEXT, "2020-09-13T12:27:40Z"]


def test_lists_with_keys_are_owned_item_by_item() -> None:
    server = Alone()
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
        {"name": "c", "image": "nginx", "ports": [{"containerPort": 80}]}]}}
    made = _apply(server, "one", body, "pods")
    assert _owners(made) == {"one/Apply": {"f:spec": {"f:containers": {'k:{"name":"c"}': {
        ".": {}, "f:image": {}, "f:name": {},
        "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
    }}}}}
    other = {**body, "spec": {"containers": [{"name": "c", "image": "httpd"}]}}
    assert _refused(server, "two", other, "pods")["message"] == (
        'Apply failed with 1 conflict: conflict with "one": .spec.containers[name="c"].image')


def test_a_list_without_keys_is_owned_as_a_whole() -> None:
    server = Alone()
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}
    _apply(server, "one", {**account, "imagePullSecrets": [{"name": "x"}]}, "serviceaccounts")
    new = _apply(server, "two", {**account, "imagePullSecrets": [{"name": "y"}]}, "serviceaccounts", force="true")
    assert new["imagePullSecrets"] == [{"name": "y"}]
    assert _owners(new) == {"two/Apply": {"f:imagePullSecrets": {}}}


def test_items_of_others_stay_in_a_list_with_keys() -> None:
    server = Alone()
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}
    _apply(server, "one", {**account, "secrets": [{"name": "x"}]}, "serviceaccounts")
    new = _apply(server, "two", {**account, "secrets": [{"name": "y"}]}, "serviceaccounts")
    assert new["secrets"] == [{"name": "x"}, {"name": "y"}]
    assert _apply(server, "one", account, "serviceaccounts")["secrets"] == [{"name": "y"}]


def test_a_controller_is_known_by_its_user() -> None:
    server = Alone("1.23")
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a", "labels": {"x": "1"}}}
    made = _apply(server, "one", account, "serviceaccounts")
    user = UserInfo("system:kube-controller-manager")
    new = server.body("update", "serviceaccounts", "shop", "a", {**made, "secrets": [{"name": "t"}]}, user=user)
    assert _owners(new)["kube-controller-manager/Update"] == {"f:secrets": {".": {}, 'k:{"name":"t"}': {}}}


def test_a_client_that_says_who_it_is_is_followed_from_the_creation_on() -> None:
    server = Alone()
    body = {"metadata": {"name": "a", "labels": {"x": "1"}}, "data": {"k": "1"}}
    made = server.body("create", "configmaps", "shop", body=body, fieldManager="kubectl-create")
    assert _owners(made) == {
        "kubectl-create/Update": {"f:data": {".": {}, "f:k": {}}, "f:metadata": {"f:labels": {".": {}, "f:x": {}}}}}
    assert _refused(server, "two", _map(k="2"))["message"] == (
        'Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.k')


@pytest.mark.parametrize("minor", ["1.10", "1.16"])
def test_before_1_18_creations_are_not_followed(minor: str) -> None:
    made = Alone(minor).body("create", "configmaps", "shop", body=_map(k="1"), fieldManager="kubectl-create")
    assert "managedFields" not in made["metadata"]


def test_what_nobody_followed_belongs_to_one_that_came_before() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=_map(k="1"))
    assert _refused(server, "two", _map(k="2"))["message"] == (
        'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.k')


def test_an_empty_list_takes_the_managers_away() -> None:
    server = Alone()
    _apply(server, "one", _map(k="1"))
    patch = {"metadata": {"managedFields": [{}]}}
    new = server.body("patch", "configmaps", "shop", "a", patch, patchType="merge")
    assert "managedFields" not in new["metadata"]


def test_a_client_that_leaves_the_managers_out_does_not_delete_them() -> None:
    server = Alone()
    _apply(server, "one", _map(k="1"))
    new = server.body("update", "configmaps", "shop", "a", _map(k="1"), fieldManager="old-tool")
    assert list(_owners(new)) == ["one/Apply"] and new["metadata"]["resourceVersion"] == "1"


def test_the_status_has_managers_of_its_own() -> None:
    server = Alone()
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
        {"name": "c", "image": "nginx"}]}, "status": {"phase": "Failed"}}
    made = _apply(server, "one", body, "pods")
    assert "f:status" not in _owners(made)["one/Apply"]
    state = {**made, "status": {**made["status"], "phase": "Running"}}
    new = server.body("update", "pods", "shop", "p", state, "status", UserInfo("system:node:n"))
    entry = new["metadata"]["managedFields"][-1]
    assert (entry["manager"], entry["subresource"]) == ("kubelet", "status")
    assert entry["fieldsV1"] == {"f:status": {"f:phase": {}}}


def test_kubectl_takes_over_what_it_applied_on_the_client_side() -> None:
    server = Alone()
    last = json.dumps({**WHO, "metadata": {"name": "a", "annotations": {}}, "data": {"k": "1"}})
    note = "kubectl.kubernetes.io/last-applied-configuration"
    body = {**_map(k="1"), "metadata": {"name": "a", "annotations": {note: last}}}
    server.ask("create", "configmaps", "shop", body=body, fieldManager="kubectl-client-side-apply")
    assert _refused(server, "helm", _map(k="2"))["reason"] == "Conflict"
    new = _apply(server, "kubectl", _map(k="2"))
    assert new["data"] == {"k": "2"}
    assert json.loads(new["metadata"]["annotations"][note]) == _map(k="2")


@pytest.mark.parametrize(
    ("minor", "body", "code", "message"),
    [
        ("1.23", {"metadata": {"name": "a"}}, 400,
         "Incorrect version specified in apply patch. Specified patch version: , expected: v1"),
        ("1.36", {"metadata": {"name": "a"}}, 400, "invalid object type: /, Kind="),
        ("1.36", {**_map(), "kind": "Secret"}, 400, "invalid object type: /v1, Kind=Secret"),
        ("1.36", {**WHO, "metadata": {"name": "a", "managedFields": []}}, 400, "metadata.managedFields must be nil"),
        ("1.36", {**_map(), "nope": 1}, 500,
         "failed to create typed patch object (/a; /v1, Kind=ConfigMap): .nope: field not declared in schema"),
    ],
)
def test_a_configuration_of_another_type_is_refused(minor: str, body: dict, code: int, message: str) -> None:
    status = _refused(Alone(minor), "one", body)
    assert (status["code"], status["message"]) == (code, message)


def test_two_items_with_one_key_are_refused() -> None:
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
        {"name": "c", "image": "x"}, {"name": "c", "image": "y"}]}}
    assert _refused(Alone(), "one", body, "pods")["message"] == (
        "failed to create typed patch object (/p; /v1, Kind=Pod): "
        '.spec.containers: duplicate entries for key [name="c"]')


def test_of_more_than_ten_updaters_the_oldest_become_one() -> None:
    server = Alone()
    _apply(server, "one", _map(k="1"))
    for number in range(12):
        server.now += 60
        patch = {"data": {f"x{number:02}": "1"}}
        server.ask("patch", "configmaps", "shop", "a", patch, patchType="merge", fieldManager=f"tool-{number:02}")
    new = server.body("get", "configmaps", "shop", "a")
    names = [entry["manager"] for entry in new["metadata"]["managedFields"]]
    assert names == ["one", "ancient-changes", *(f"tool-{number:02}" for number in range(3, 12))]
    assert _owners(new)["ancient-changes/Update"] == {"f:data": {"f:x00": {}, "f:x01": {}, "f:x02": {}}}


def test_apply_leaves_the_live_object_alone() -> None:
    server = Alone()
    made = _apply(server, "one", _map(k="1"))
    held = copy.deepcopy(made)
    _apply(server, "two", _map(k="2"), force="true")
    assert made == held


def test_creating_by_apply_needs_the_right_to_create() -> None:
    """UT-465: patch alone is not enough for what is not there."""
    def only_patch(view: View, request: Request) -> None:
        if request.verb != "patch":
            raise forbidden(request.resource, request.name, "no")

    server = Alone()
    server.server = ApiServer(server.server.profile, 7, authorize=only_patch, chain=Chain(()))
    assert _refused(server, "one", _map(k="1"))["message"] == 'configmaps "a" is forbidden: no'
    server.server = ApiServer(server.server.profile, 7, chain=Chain(()))
    _apply(server, "one", _map(k="1"))
    server.server = ApiServer(server.server.profile, 7, authorize=only_patch, chain=Chain(()))
    assert _apply(server, "one", _map(k="2"))["data"] == {"k": "2"}
