"""NodeRestriction: upstream's table 23 (UT numbers) and the Pods of other nodes."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.access import Access, Verdict
from sanb.apiserver.admission import CREATE, DELETE, UPDATE, Attributes
from sanb.apiserver.plugins import noderestriction
from sanb.apiserver.relations import INDEXERS
from sanb.apiserver.request import UserInfo
from sanb.apiserver.view import View
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.values import Obj

NODE = UserInfo("system:node:mynode", groups=("system:nodes",))
MIRROR = {"kubernetes.io/config.mirror": "x"}


def pod(name: str = "mypod", node: str = "mynode", audience: str = "", **spec: Any) -> Obj:
    source = {"serviceAccountToken": {"audience": audience}}
    volumes = [{"name": "t", "projected": {"sources": [source]}}] if audience else []
    return {
        "metadata": {"name": name, "namespace": "ns", "uid": f"{name}-uid"},
        "spec": {"nodeName": node, "volumes": volumes, **spec},
    }


def request(
    name: str = "mypod", uid: str = "mypod-uid", audiences: tuple[str, ...] = ("foo",), kind: str = "Pod"
) -> Obj:
    return {"spec": {"audiences": list(audiences), "boundObjectRef": {"kind": kind, "name": name, "uid": uid}}}


def admit(
    body: Obj | None, *pods: Obj, minor: str = "1.36", allow: bool = False, user: UserInfo = NODE,
    operation: str = CREATE, resource: str = "serviceaccounts", subresource: str = "token", name: str = "mysa",
    old: Obj | None = None,
) -> list[Access]:
    """Admit a request; returns what the authorizer was asked."""
    profile, store, asked = Profile.of(minor), Store(INDEXERS), []
    for one in pods:
        store.commit(("pods", "ns", one["metadata"]["name"]), one)

    def decide(view: View, access: Access) -> Verdict:
        asked.append(access)
        return Verdict(allow)

    plugin = noderestriction.plugin(profile, decide)
    attributes = Attributes(operation, resource, subresource, "ns", name, body, old, user)
    view = View(store, 0.0, profile, 7)
    for phase in (plugin.mutate, plugin.validate):
        assert phase is not None
        assert phase(view, attributes) is None
    return asked


@pytest.mark.parametrize(("body", "pods", "message"), [
    (request("nopod"), [], 'pods "nopod" not found'),  # UT-472
    (request(uid=""), [pod()], "pod binding without a uid"),  # UT-473
    (request(), [pod(node="other")], "pod scheduled on a different node"),  # UT-474
    (request(kind="Secret"), [pod()], "node requested token not bound to a pod"),
    ({"spec": {}}, [pod()], "node requested token not bound to a pod"),
    (request(uid="u-1"), [pod()], "the UID in the bound object reference (u-1) does not match the UID in record."),
    (request(audiences=("foo", "bar")), [pod(audience="foo")], "node may only request 0 or 1 audiences"),  # UT-477
    (request(), [pod()], 'serviceaccounts "mysa" is forbidden: audience "foo" not found in pod spec volume, '
     "system:node:mynode is not authorized to request tokens for this audience"),  # UT-478
])
def test_tokens_that_a_node_is_refused(body: Obj, pods: list[Obj], message: str) -> None:
    with pytest.raises(ApiError) as refusal:
        admit(body, *pods)
    assert message in refusal.value.message


def test_the_authorizer_may_allow_further_audiences() -> None:
    """UT-479."""
    asked = admit(request(), pod(), allow=True)
    assert asked == [Access(NODE, "request-serviceaccounts-token-audience", "", "foo", "", "ns", "mysa")]


def test_an_audience_of_a_volume_needs_nobodys_leave() -> None:
    assert admit(request(), pod(audience="foo")) == []


@pytest.mark.parametrize("minor", ["1.10", "1.31", "1.32"])
def test_older_minors_do_not_look_at_audiences(minor: str) -> None:
    assert admit(request(audiences=("foo", "bar")), pod(), minor=minor) == []


def test_who_is_no_node_is_not_restricted() -> None:
    assert admit({"spec": {}}, user=UserInfo("jane", groups=("system:masters",))) == []


@pytest.mark.parametrize(("body", "why"), [
    (pod(), 'pod does not have "kubernetes.io/config.mirror" annotation, node "mynode" can only create mirror pods'),
    ({**pod(node="other"), "metadata": {"name": "p", "annotations": MIRROR}},
     'node "mynode" can only create pods with spec.nodeName set to itself'),
    ({**pod(serviceAccountName="web"), "metadata": {"name": "p", "annotations": MIRROR}},
     'node "mynode" can not create pods that reference a service account'),
])
def test_a_node_makes_only_mirrors_of_its_own_pods(body: Obj, why: str) -> None:
    with pytest.raises(ApiError) as refusal:
        admit(body, resource="pods", subresource="", name="")
    assert refusal.value.message.endswith(f"is forbidden: {why}")


def test_a_node_leaves_the_pods_of_others_alone() -> None:
    admit(None, resource="pods", subresource="", name="mypod", operation=DELETE, old=pod())
    with pytest.raises(ApiError, match=r"can only delete pods with spec\.nodeName set to itself"):
        admit(None, resource="pods", subresource="", name="p", operation=DELETE, old=pod(node="other"))
    admit(pod(), resource="pods", subresource="status", name="mypod", operation=UPDATE, old=pod())
    with pytest.raises(ApiError, match=r"can only update pod status for pods with spec\.nodeName"):
        admit(pod(), resource="pods", subresource="status", name="p", operation=UPDATE, old=pod(node="other"))
