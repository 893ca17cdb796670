"""delete: what goes at once, what is marked, what is refused (SEM 4.2)."""

from __future__ import annotations

import pytest

from tests.apiserver.alone import NOW_TEXT, Alone, config, pod


def _held(name: str = "a", *finalizers: str) -> dict:
    body = config(name)
    body["metadata"]["finalizers"] = list(finalizers or ("example.com/hold",))
    return body


def test_a_config_map_goes_at_once_and_a_status_is_the_answer() -> None:
    server = Alone()
    made = server.body("create", "configmaps", "shop", body=config("a"))
    answer = server.ask("delete", "configmaps", "shop", "a")
    assert answer.code == 200
    assert answer.body == {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": {"name": "a", "kind": "configmaps", "uid": made["metadata"]["uid"]},
    }
    assert server.refused("get", "configmaps", "shop", "a")["code"] == 404


def test_a_service_account_goes_at_once_and_is_itself_the_answer() -> None:
    server = Alone()
    made = server.body("create", "serviceaccounts", "shop", body={"metadata": {"name": "a"}})
    assert server.body("delete", "serviceaccounts", "shop", "a") == made


def test_deleting_nothing_is_a_404() -> None:
    assert Alone().refused("delete", "pods", "shop", "p")["message"] == 'pods "p" not found'


def test_finalizers_keep_an_object_marked() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=_held())
    marked = server.body("delete", "configmaps", "shop", "a")
    assert marked["metadata"]["deletionTimestamp"] == NOW_TEXT
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 0
    assert server.body("get", "configmaps", "shop", "a") is marked


def test_a_second_delete_of_a_marked_object_changes_nothing() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=_held())
    marked = server.body("delete", "configmaps", "shop", "a")
    server.now += 10
    assert server.body("delete", "configmaps", "shop", "a") is marked and server.store.rev == 2


def test_an_unscheduled_pod_goes_at_once() -> None:
    server = Alone()
    server.ask("create", "pods", "shop", body=pod("p"))
    gone = server.body("delete", "pods", "shop", "p")
    assert gone["metadata"]["deletionGracePeriodSeconds"] == 0 and gone["metadata"]["deletionTimestamp"] == NOW_TEXT
    assert server.refused("get", "pods", "shop", "p")["code"] == 404


def test_a_pod_on_a_node_gets_its_grace_period_and_goes_with_grace_zero() -> None:
    server = Alone()
    server.ask("create", "pods", "shop", body=pod("p", nodeName="n", terminationGracePeriodSeconds=10))
    marked = server.body("delete", "pods", "shop", "p")
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 10
    assert marked["metadata"]["deletionTimestamp"] == "2020-09-13T12:26:50Z"
    server.now += 3
    server.ask("delete", "pods", "shop", "p", {"gracePeriodSeconds": 0})
    assert server.refused("get", "pods", "shop", "p")["code"] == 404


def test_a_grace_period_can_be_shortened_and_not_lengthened() -> None:
    server = Alone()
    server.ask("create", "pods", "shop", body=pod("p", nodeName="n"))
    server.ask("delete", "pods", "shop", "p")
    assert server.body("delete", "pods", "shop", "p", {"gracePeriodSeconds": 99})["metadata"]["deletionGracePeriodSeconds"] == 30
    assert server.body("delete", "pods", "shop", "p", {"gracePeriodSeconds": 5})["metadata"]["deletionGracePeriodSeconds"] == 5


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_has_ended_goes_at_once(phase: str) -> None:
    server = Alone()
    server.ask("create", "pods", "shop", body=pod("p", nodeName="n"))
    server.ask("patch", "pods", "shop", "p", {"status": {"phase": phase}}, "status", patchType="merge")
    server.ask("delete", "pods", "shop", "p")
    assert server.refused("get", "pods", "shop", "p")["code"] == 404


def test_a_uid_precondition_names_the_kind() -> None:
    server = Alone()
    made = server.body("create", "pods", "shop", body=pod("p"))
    status = server.refused("delete", "pods", "shop", "p", {"preconditions": {"uid": "other"}})
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert status["message"] == (
        'Operation cannot be fulfilled on Pod "p": the UID in the precondition (other) does not match the UID in record '
        f"({made['metadata']['uid']}). The object might have been deleted and then recreated"
    )


def test_a_revision_precondition_is_compared() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    status = server.refused("delete", "configmaps", "shop", "a", {"preconditions": {"resourceVersion": "9"}})
    assert "the ResourceVersion in the precondition (9) does not match the ResourceVersion in record (1)" in status["message"]
    server.ask("delete", "configmaps", "shop", "a", {"preconditions": {"resourceVersion": "1"}})


@pytest.mark.parametrize(
    ("policy", "finalizers", "code"), [("Orphan", ["orphan"], 200), ("Foreground", ["foregroundDeletion"], 202)]
)
def test_propagation_policies_add_their_finalizer(policy: str, finalizers: list[str], code: int) -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    answer = server.ask("delete", "configmaps", "shop", "a", {"propagationPolicy": policy})
    assert answer.code == code and answer.body["metadata"]["finalizers"] == finalizers


def test_background_takes_the_finalizers_of_other_policies_away() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=_held("a", "foregroundDeletion"))
    server.ask("delete", "configmaps", "shop", "a", {"propagationPolicy": "Background"})
    assert server.refused("get", "configmaps", "shop", "a")["code"] == 404


def test_orphan_dependents_in_the_query_is_the_old_word_for_orphan() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    answer = server.body("delete", "configmaps", "shop", "a", orphanDependents="true")
    assert answer["metadata"]["finalizers"] == ["orphan"]


def test_an_unknown_propagation_policy_is_a_422() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    assert server.refused("delete", "configmaps", "shop", "a", {"propagationPolicy": "Sideways"})["code"] == 422


def test_a_namespace_is_marked_terminating_until_it_is_finalized() -> None:
    server = Alone()
    server.ask("create", "namespaces", body={"metadata": {"name": "shop"}})
    marked = server.body("delete", "namespaces", "", "shop")
    assert marked["status"]["phase"] == "Terminating" and marked["spec"] == {"finalizers": ["kubernetes"]}
    assert "deletionGracePeriodSeconds" not in marked["metadata"]
    server.ask("update", "namespaces", "", "shop", {**marked, "spec": {}}, "finalize")
    assert server.refused("get", "namespaces", "", "shop")["code"] == 404


@pytest.mark.parametrize(("minor", "refused"), [("1.10", True), ("1.23", False)])
def test_a_second_delete_of_a_namespace(minor: str, refused: bool) -> None:
    server = Alone(minor)
    server.ask("create", "namespaces", body={"metadata": {"name": "shop"}})
    server.ask("delete", "namespaces", "", "shop")
    if refused:
        status = server.refused("delete", "namespaces", "", "shop")
        assert status["message"].startswith('Operation cannot be fulfilled on namespaces "shop": The system is ensuring all')
    else:
        assert server.body("delete", "namespaces", "", "shop")["status"]["phase"] == "Terminating"


def test_deletecollection_deletes_what_the_selectors_choose() -> None:
    server = Alone()
    for name in ("a", "b", "c"):
        body = config(name)
        body["metadata"]["labels"] = {"keep": str(name == "b").lower()}
        server.ask("create", "configmaps", "shop", body=body)
    server.ask("create", "configmaps", "other", body=config("a"))
    answer = server.body("deletecollection", "configmaps", "shop", labelSelector="keep=false")
    assert [item["metadata"]["name"] for item in answer["items"]] == ["a", "c"]
    assert [v.key for v in server.store.head.scan("configmaps")] == [("configmaps", "other", "a"), ("configmaps", "shop", "b")]


def test_deletecollection_numbers_the_objects_that_stay() -> None:
    server = Alone()
    for name in ("a", "b"):
        server.ask("create", "configmaps", "shop", body=_held(name))
    server.ask("deletecollection", "configmaps", "shop")
    for name in ("a", "b"):
        version = server.store.head.get(("configmaps", "shop", name))
        assert version is not None and version.obj is not None
        assert version.obj["metadata"]["resourceVersion"] == str(version.rev)


def test_a_dry_delete_writes_nothing() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    server.ask("delete", "configmaps", "shop", "a", dryRun="All")
    assert server.body("get", "configmaps", "shop", "a")["metadata"]["name"] == "a"


def test_a_dry_run_in_the_body_deletes_nothing() -> None:
    server = Alone("1.36")
    server.ask("create", "configmaps", "shop", body=config("a"))
    assert server.ask("delete", "configmaps", "shop", "a", body={"dryRun": ["All"]}).code == 200
    assert server.ask("get", "configmaps", "shop", "a").code == 200


def test_two_ways_to_say_what_happens_to_dependents_are_one_too_many() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    refusal = server.refused(
        "delete", "configmaps", "shop", "a", body={"orphanDependents": True, "propagationPolicy": "Orphan"}
    )
    assert refusal["message"] == (
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": '
        "orphanDependents and deletionPropagation cannot be both set"
    )
