"""update and patch: optimistic locking, no-op updates, the status split (SEM 4.2)."""

from __future__ import annotations

import pytest

from tests.apiserver.alone import Alone, config, pod


def _changed(obj: dict, **data: str) -> dict:
    return {**obj, "data": data}


def test_an_update_makes_the_next_revision_and_keeps_uid_and_time() -> None:
    server = Alone()
    made = server.body("create", "configmaps", "shop", body=config("a"))
    server.now += 60
    new = server.ask("update", "configmaps", "shop", "a", _changed(made, k="v"))
    assert new.code == 200 and new.body["data"] == {"k": "v"}
    assert new.body["metadata"] == {**made["metadata"], "resourceVersion": "2"}


def test_an_update_of_an_old_revision_is_a_409_conflict() -> None:
    server = Alone()
    made = server.body("create", "configmaps", "shop", body=config("a"))
    server.ask("update", "configmaps", "shop", "a", _changed(made, k="1"))
    status = server.refused("update", "configmaps", "shop", "a", _changed(made, k="2"))
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert status["message"] == (
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_a_revision_that_is_no_number_is_an_error_of_the_server() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    body = {**config("a", k="v"), "metadata": {"name": "a", "resourceVersion": "abc"}}
    refused = server.refused("update", "configmaps", "shop", "a", body)
    assert (refused["code"], refused["message"]) == (500, 'strconv.ParseUint: parsing "abc": invalid syntax')


@pytest.mark.parametrize("version", ["", None, "0"])
def test_an_update_without_a_revision_is_unconditional(version: str | None) -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    body = config("a", k="v")
    if version is not None:
        body["metadata"]["resourceVersion"] = version
    assert server.body("update", "configmaps", "shop", "a", body)["data"] == {"k": "v"}


def test_an_update_that_changes_nothing_makes_no_revision() -> None:
    server = Alone()
    made = server.body("create", "configmaps", "shop", body=config("a", k="v"))
    again = server.body("update", "configmaps", "shop", "a", {**made})
    assert again["metadata"]["resourceVersion"] == "1" and server.store.rev == 1


def test_an_update_of_nothing_is_a_404() -> None:
    status = Alone().refused("update", "configmaps", "shop", "a", config("a"))
    assert status["message"] == 'configmaps "a" not found'
    assert status["details"] == {"name": "a", "kind": "configmaps"}


def test_an_update_under_another_name_is_a_400() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    status = server.refused("update", "configmaps", "shop", "a", config("b"))
    assert status["message"] == "the name of the object (b) does not match the name on the URL (a)"


def test_an_update_with_another_uid_is_a_409() -> None:
    server = Alone()
    made = server.body("create", "configmaps", "shop", body=config("a"))
    body = config("a")
    body["metadata"]["uid"] = "other"
    status = server.refused("update", "configmaps", "shop", "a", body)
    assert status["message"] == (
        'Operation cannot be fulfilled on configmaps "a": Precondition failed: '
        f"UID in precondition: other, UID in object meta: {made['metadata']['uid']}"
    )


def test_an_update_cannot_undo_a_deletion() -> None:
    server = Alone()
    body = config("a")
    body["metadata"]["finalizers"] = ["example.com/hold"]
    server.ask("create", "configmaps", "shop", body=body)
    server.ask("delete", "configmaps", "shop", "a")
    new = server.body("update", "configmaps", "shop", "a", {**body, "data": {"k": "v"}})
    assert new["metadata"]["deletionTimestamp"] and new["data"] == {"k": "v"}


def test_the_last_finalizer_taken_from_a_deleted_object_removes_it() -> None:
    server = Alone()
    body = config("a")
    body["metadata"]["finalizers"] = ["example.com/hold"]
    server.ask("create", "configmaps", "shop", body=body)
    marked = server.body("get", "configmaps", "shop", "a") and server.ask("delete", "configmaps", "shop", "a") and server.body(
        "get", "configmaps", "shop", "a"
    )
    gone = server.body("patch", "configmaps", "shop", "a", {"metadata": {"finalizers": None}}, patchType="merge")
    assert gone["metadata"]["resourceVersion"] == marked["metadata"]["resourceVersion"]
    assert server.refused("get", "configmaps", "shop", "a")["code"] == 404


def test_a_status_update_leaves_the_spec_alone() -> None:
    server = Alone()
    made = server.body("create", "pods", "shop", body=pod("p"))
    body = {**made, "spec": {**made["spec"], "nodeName": "n"}, "status": {**made["status"], "phase": "Running"}}
    new = server.body("update", "pods", "shop", "p", body, "status")
    assert new["status"]["phase"] == "Running" and new["spec"] == made["spec"]


def test_an_update_leaves_the_status_alone() -> None:
    server = Alone()
    made = server.body("create", "pods", "shop", body=pod("p"))
    labels = {**made["metadata"], "labels": {"a": "b"}}
    new = server.body("update", "pods", "shop", "p", {**made, "metadata": labels, "status": {"phase": "Running"}})
    assert new["status"]["phase"] == "Pending" and new["metadata"]["labels"] == {"a": "b"}


def test_a_status_update_checks_the_revision() -> None:
    server = Alone()
    made = server.body("create", "pods", "shop", body=pod("p"))
    server.ask("patch", "pods", "shop", "p", {"status": {"phase": "Running"}}, "status", patchType="merge")
    stale = {**made, "status": {**made["status"], "phase": "Failed"}}
    assert server.refused("update", "pods", "shop", "p", stale, "status")["reason"] == "Conflict"


def test_a_merge_patch_that_changes_nothing_makes_no_revision() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a", k="v"))
    same = server.body("patch", "configmaps", "shop", "a", {"data": {"k": "v"}}, patchType="merge")
    assert same["metadata"]["resourceVersion"] == "1"


def test_a_patch_with_an_old_revision_is_a_conflict() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    patch = {"metadata": {"resourceVersion": "99"}, "data": {"k": "v"}}
    assert server.refused("patch", "configmaps", "shop", "a", patch, patchType="merge")["reason"] == "Conflict"


def test_a_patch_of_nothing_is_a_404() -> None:
    assert Alone().refused("patch", "configmaps", "shop", "a", {}, patchType="merge")["message"] == 'configmaps "a" not found'


def test_a_dry_update_writes_nothing() -> None:
    server = Alone()
    made = server.body("create", "configmaps", "shop", body=config("a"))
    assert server.body("update", "configmaps", "shop", "a", _changed(made, k="v"), dryRun="All")["data"] == {"k": "v"}
    assert server.store.rev == 1


def test_the_generation_counts_changes_of_the_spec_only() -> None:
    server = Alone()
    made = server.body("create", "pods", "shop", body=pod("p"))
    labelled = server.body("patch", "pods", "shop", "p", {"metadata": {"labels": {"a": "b"}}}, patchType="merge")
    assert labelled["metadata"].get("generation") == made["metadata"].get("generation")
