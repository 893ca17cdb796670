"""Lists: selectors, pages, revisions."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.apiserver.alone import Alone, config, pod

V1 = "meta.k8s.io/v1"


@pytest.fixture
def server() -> Alone:
    made = Alone()
    for number in range(7):
        body = config(f"cm-{number}")
        body["metadata"]["labels"] = {"even": str(number % 2 == 0).lower()}
        made.ask("create", "configmaps", "shop", body=body)
    made.ask("create", "configmaps", "other", body=config("x"))
    return made


def _names(body: dict) -> list[str]:
    return [item["metadata"]["name"] for item in body["items"]]


def test_a_list_has_kind_version_and_revision(server: Alone) -> None:
    body = server.body("list", "configmaps", "shop")
    assert (body["kind"], body["apiVersion"], body["metadata"]) == ("ConfigMapList", "v1", {"resourceVersion": "8"})
    assert _names(body) == [f"cm-{n}" for n in range(7)]


def test_a_list_of_all_namespaces_is_in_order_of_namespace_and_name(server: Alone) -> None:
    assert _names(server.body("list", "configmaps"))[:2] == ["x", "cm-0"]


def test_lists_carry_a_self_link_in_1_10() -> None:
    assert Alone("1.10").body("list", "pods", "shop")["metadata"]["selfLink"] == "/api/v1/namespaces/shop/pods"


def test_pages_continue_where_the_last_one_ended(server: Alone) -> None:
    seen, token, rest = [], "", []
    while True:
        body = server.body("list", "configmaps", "shop", **{"limit": "3", "continue": token})
        seen.append(_names(body))
        rest.append(body["metadata"].get("remainingItemCount"))
        token = body["metadata"].get("continue", "")
        if not token:
            break
    assert seen == [["cm-0", "cm-1", "cm-2"], ["cm-3", "cm-4", "cm-5"], ["cm-6"]]
    assert rest == [4, 1, None]


def test_pages_over_all_namespaces_continue_by_namespace_and_name(server: Alone) -> None:
    first = server.body("list", "configmaps", limit=2)
    second = server.body("list", "configmaps", **{"limit": 2, "continue": first["metadata"]["continue"]})
    assert (_names(first), _names(second)) == (["x", "cm-0"], ["cm-1", "cm-2"])


def test_a_page_is_of_the_revision_at_which_the_list_began(server: Alone) -> None:
    first = server.body("list", "configmaps", "shop", limit=3)
    server.ask("delete", "configmaps", "shop", "cm-6")
    rest = server.body("list", "configmaps", "shop", **{"continue": first["metadata"]["continue"]})
    assert _names(rest) == ["cm-3", "cm-4", "cm-5", "cm-6"] and rest["metadata"]["resourceVersion"] == "8"


@pytest.mark.parametrize(("minor", "start"), [("1.10", "a\0"), ("1.36", "/a\0")])
def test_a_continue_token_is_encoded_json(minor: str, start: str) -> None:
    server = Alone(minor)
    for name in ("a", "b"):
        server.ask("create", "configmaps", "shop", body=config(name))
    token = server.body("list", "configmaps", "shop", limit=1)["metadata"]["continue"]
    content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    assert content == {"v": "meta.k8s.io/v1", "rv": 2, "start": start}


@pytest.mark.parametrize(("minor", "told"), [("1.15", False), ("1.16", True)])
def test_the_remaining_count_is_told_from_1_16(minor: str, told: bool) -> None:
    server = Alone(minor)
    for name in ("a", "b"):
        server.ask("create", "configmaps", "shop", body=config(name))
    assert ("remainingItemCount" in server.body("list", "configmaps", "shop", limit=1)["metadata"]) is told


def test_the_remaining_count_is_not_told_with_selectors(server: Alone) -> None:
    body = server.body("list", "configmaps", "shop", limit=1, labelSelector="even=true")
    assert "continue" in body["metadata"] and "remainingItemCount" not in body["metadata"]


def test_a_bad_continue_token_is_a_400(server: Alone) -> None:
    status = server.refused("list", "configmaps", "shop", **{"continue": "garbage"})
    assert status["message"] == (
        "invalid continue token: continue key is not valid: invalid character '\\u0081' looking for beginning of value"
    )


@pytest.mark.parametrize(("content", "why"), [
    ({"v": "v2", "rv": 5, "start": "a"}, 'server does not recognize this encoded version "v2"'),
    ({"rv": 5, "start": "a"}, 'server does not recognize this encoded version ""'),
    ({"v": V1, "start": "a"}, f"incorrect encoded start resourceVersion (version {V1})"),
    ({"v": V1, "rv": 5}, f"encoded start key empty (version {V1})"),
    ({"v": V1, "rv": 5, "start": "../nodes"}, "../nodes"),
    ({"v": V1, "rv": 5, "start": "a/../b"}, "a/../b"),
    ({"v": V1, "rv": 5, "start": "a//b"}, "a//b"),
    ({"v": V1, "rv": 5, "start": "a/"}, "a/"),
])
def test_tokens_that_no_server_gave_are_told_apart(server: Alone, content: dict[str, Any], why: str) -> None:
    token = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    status = server.refused("list", "configmaps", "shop", **{"continue": token})
    assert (status["code"], status["reason"]) == (400, "BadRequest")
    assert status["message"] == f"invalid continue token: continue key is not valid: {why}"


FIRST = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You can start a new list without the continue parameter"
)


@pytest.mark.parametrize(("minor", "rest"), [
    ("1.10", "."), ("1.12", "."),
    *((minor, ", or use the continue token in this response to retrieve the remainder of the results. Continuing with the "
       "provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the "
       "first chunk was returned and now may show up in the list.") for minor in ("1.13", "1.36")),
])
def test_a_page_of_a_compacted_revision_is_a_410_with_which_newer_clients_can_go_on(minor: str, rest: str) -> None:
    server = Alone(minor)
    for name in "bdf":
        server.ask("create", "configmaps", "shop", body=config(name))
    token = server.body("list", "configmaps", "shop", limit=1)["metadata"]["continue"]
    for name in "ae":
        server.ask("create", "configmaps", "shop", body=config(name))
    server.store.compact(server.store.rev)
    status = server.refused("list", "configmaps", "shop", **{"limit": 1, "continue": token})
    assert (status["code"], status["reason"], status["message"]) == (410, "Expired", FIRST + rest)
    if rest == ".":
        assert status["metadata"] == {}
        return
    again = status["metadata"]["continue"]
    body = server.body("list", "configmaps", "shop", **{"limit": 2, "continue": again})
    assert [item["metadata"]["name"] for item in body["items"]] == ["d", "e"]
    assert body["metadata"]["resourceVersion"] == str(server.store.rev)
    assert _names(server.body("list", "configmaps", "shop", **{"continue": body["metadata"]["continue"]})) == ["f"]


def test_a_list_of_a_compacted_revision_is_a_410(server: Alone) -> None:
    server.store.compact(5)
    for options in ({"resourceVersionMatch": "Exact"}, {"limit": 3}):
        status = server.refused("list", "configmaps", "shop", resourceVersion="4", **options)
        why = "The resourceVersion for the provided list is too old."
        assert (status["code"], status["reason"], status["message"]) == (410, "Expired", why)


def test_a_page_is_of_exactly_the_revision_that_it_names_and_a_whole_list_is_not(server: Alone) -> None:
    page = server.body("list", "configmaps", "shop", resourceVersion="3", limit=2)
    assert page["metadata"]["resourceVersion"] == "3" and page["metadata"]["remainingItemCount"] == 1
    for options in ({}, {"limit": 2, "resourceVersionMatch": "NotOlderThan"}):
        body = server.body("list", "configmaps", "shop", resourceVersion="3", **options)
        assert body["metadata"]["resourceVersion"] == str(server.store.rev)


def test_a_page_that_goes_on_names_no_revision_beside(server: Alone) -> None:
    token = server.body("list", "configmaps", "shop", limit=1)["metadata"]["continue"]
    status = server.refused("list", "configmaps", "shop", **{"continue": token, "resourceVersion": "3"})
    assert (status["code"], status["message"]) == (400, "specifying resource version is not allowed when using continue")
    body = server.body("list", "configmaps", "shop", **{"continue": token, "resourceVersion": "0"})
    assert len(body["items"]) == 6


@pytest.mark.parametrize("limit", ["0", "-1", ""])
def test_no_limit_is_the_whole_list(server: Alone, limit: str) -> None:
    assert len(server.body("list", "configmaps", "shop", limit=limit)["items"]) == 7


def test_an_exact_revision_lists_the_past(server: Alone) -> None:
    body = server.body("list", "configmaps", "shop", resourceVersion="3", resourceVersionMatch="Exact")
    assert _names(body) == ["cm-0", "cm-1", "cm-2"]


def test_not_older_than_lists_the_present(server: Alone) -> None:
    assert len(server.body("list", "configmaps", "shop", resourceVersion="3", resourceVersionMatch="NotOlderThan")["items"]) == 7


def test_exact_and_zero_do_not_go_together(server: Alone) -> None:
    status = server.refused("list", "configmaps", "shop", resourceVersion="0", resourceVersionMatch="Exact")
    assert (status["code"], status["reason"]) == (422, "Invalid")
    assert status["message"] == (
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
    )


def test_a_future_revision_is_a_timeout(server: Alone) -> None:
    status = server.refused("list", "configmaps", "shop", resourceVersion="99")
    assert (status["code"], status["message"]) == (504, "Timeout: Too large resource version: 99, current: 8")
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    assert status["details"] == {"causes": [cause], "retryAfterSeconds": 1}
    old = Alone("1.10").refused("list", "configmaps", "shop", resourceVersion="99")
    assert (old["code"], old["details"]) == (504, {"retryAfterSeconds": 1})


@pytest.mark.parametrize(
    ("selector", "names"),
    [("even=true", ["cm-0", "cm-2", "cm-4", "cm-6"]), ("even!=true", ["cm-1", "cm-3", "cm-5"]), ("nope", [])],
)
def test_label_selectors_choose(server: Alone, selector: str, names: list[str]) -> None:
    assert _names(server.body("list", "configmaps", "shop", labelSelector=selector)) == names


def test_a_label_selector_that_cannot_be_parsed_is_a_400(server: Alone) -> None:
    status = server.refused("list", "configmaps", "shop", labelSelector="app===x")
    assert (status["code"], status["message"]) == (400, "unable to parse requirement: found '=', expected: identifier")


def test_a_name_is_found_by_a_field_selector(server: Alone) -> None:
    assert _names(server.body("list", "configmaps", "shop", fieldSelector="metadata.name=cm-3")) == ["cm-3"]
    assert _names(server.body("list", "configmaps", fieldSelector="metadata.name!=cm-3,metadata.namespace=other")) == ["x"]


def test_pods_are_found_by_node_and_phase() -> None:
    server = Alone()
    for name, node in (("a", "one"), ("b", "two"), ("c", "")):
        server.ask("create", "pods", "shop", body=pod(name, **({"nodeName": node} if node else {})))
    assert _names(server.body("list", "pods", fieldSelector="spec.nodeName=two")) == ["b"]
    assert _names(server.body("list", "pods", fieldSelector="spec.nodeName=,status.phase=Pending")) == ["c"]


@pytest.mark.parametrize(
    ("resource", "field", "message"),
    [
        ("serviceaccounts", "secrets", '"secrets" is not a known field selector: only "metadata.name", "metadata.namespace"'),
        ("pods", "spec.color", "field label not supported: spec.color"),
    ],
)
def test_an_unknown_field_is_a_400(resource: str, field: str, message: str) -> None:
    assert Alone().refused("list", resource, "shop", fieldSelector=f"{field}=x")["message"] == message


def test_pods_are_not_selected_by_account_in_1_10() -> None:
    assert Alone("1.10").refused("list", "pods", "shop", fieldSelector="spec.serviceAccountName=a")["code"] == 400
    assert Alone("1.23").body("list", "pods", "shop", fieldSelector="spec.serviceAccountName=a")["items"] == []
