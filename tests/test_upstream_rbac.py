"""Upstream's integration tests of RBAC (table 22, UT numbers) against a whole cluster."""

from __future__ import annotations

from typing import Any

import pytest

import sanb
from sanb.apiserver.request import ADMIN, Request, UserInfo
from sanb.values import Obj

GROUP = "rbac.authorization.k8s.io"
SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}
"""Upstream writes Jobs; any kind in a namespace does."""


def rule(verbs: str, resources: str, group: str = GROUP) -> Obj:
    return {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()}


def user(name: str) -> UserInfo:
    return UserInfo(name, groups=("system:authenticated",))


class Server:
    """A cluster whose requests are told by their codes."""

    def __init__(self) -> None:
        self.c = sanb.Cluster("1.36", seed=1, controllers="")
        for name in ("job-namespace", "forbidden-namespace"):
            self.code("create", "namespaces", body={"metadata": {"name": name}})

    def code(
        self, verb: str, resource: str, namespace: str = "", name: str = "", body: Any = None, who: UserInfo = ADMIN,
        **options: Any,
    ) -> int:
        try:
            return self.c.request(Request(verb, resource, namespace, name, "", body, options, who)).code
        except sanb.ApiError as error:
            return error.code

    def role(self, name: str, *rules: Obj) -> None:
        body = {"metadata": {"name": name}, "rules": list(rules)}
        assert self.code("create", f"clusterroles.{GROUP}", body=body) == 201

    def bind(self, name: str, role: str, who: str, namespace: str = "", asking: UserInfo = ADMIN) -> int:
        body = {
            "metadata": {"name": name}, "subjects": [{"kind": "User", "apiGroup": GROUP, "name": who}],
            "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": role},
        }
        resource = f"rolebindings.{GROUP}" if namespace else f"clusterrolebindings.{GROUP}"
        return self.code("create", resource, namespace, body=body, who=asking)


@pytest.fixture
def writers() -> Server:
    """Who may write, who may bind, and where."""
    server = Server()
    server.role("write-jobs", SECRETS)
    server.role("create-rolebindings", rule("create", "rolebindings"))
    server.role("bind-any-clusterrole", rule("bind", "clusterroles"))
    for who, roles, namespace in (
        ("job-writer", ("write-jobs", "create-rolebindings"), ""),
        ("job-writer-namespace", ("write-jobs", "create-rolebindings"), "job-namespace"),
        ("nonescalating-rolebinding-writer", ("create-rolebindings",), ""),
        ("any-rolebinding-writer", ("create-rolebindings", "bind-any-clusterrole"), ""),
        ("any-rolebinding-writer-namespace", ("create-rolebindings", "bind-any-clusterrole"), "job-namespace"),
    ):
        for role in roles:
            assert server.bind(f"{who}-{role}", role, who, namespace) == 201
    return server


def test_the_superuser_needs_no_role() -> None:
    """UT-452."""
    server = Server()
    pod = {"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    server.code("create", "serviceaccounts", "job-namespace", body={"metadata": {"name": "default"}})
    place = ("pods", "job-namespace")
    codes = [server.code("get", *place, "a"), server.code("create", *place, body=pod), server.code("get", *place, "a")]
    assert codes == [404, 201, 200]


def test_who_has_no_permission_is_refused(writers: Server) -> None:
    """UT-453."""
    nobody = user("user-with-no-permissions")
    assert writers.code("create", "secrets", "job-namespace", body={"metadata": {"name": "a"}}, who=nobody) == 403
    assert writers.code("get", "secrets", "job-namespace", "a", who=nobody) == 403


@pytest.mark.parametrize(("who", "namespace"), [
    ("job-writer", "forbidden-namespace"),  # UT-455
    ("job-writer-namespace", "job-namespace"),  # UT-456
])
def test_a_writer_writes_where_he_may(writers: Server, who: str, namespace: str) -> None:
    place, asking = ("secrets", namespace), user(who)
    assert [
        writers.code("list", *place, who=asking), writers.code("get", *place, "a", who=asking),
        writers.code("create", *place, body={"metadata": {"name": "a"}}, who=asking),
        writers.code("get", *place, "a", who=asking),
    ] == [200, 404, 201, 200]


def test_a_writer_of_one_namespace_writes_nowhere_else(writers: Server) -> None:
    asking = user("job-writer-namespace")
    assert writers.code("create", "secrets", "forbidden-namespace", body={"metadata": {"name": "a"}}, who=asking) == 403


@pytest.mark.parametrize(("who", "namespace", "code"), [
    ("user-with-no-permissions", "job-namespace", 403),  # UT-457
    ("any-rolebinding-writer-namespace", "forbidden-namespace", 403),  # UT-458
    ("job-writer", "forbidden-namespace", 201),  # UT-460
    ("nonescalating-rolebinding-writer", "job-namespace", 403),  # UT-461
    ("any-rolebinding-writer", "job-namespace", 201),  # UT-462
    ("any-rolebinding-writer-namespace", "job-namespace", 201),  # UT-463
])
def test_who_may_bind_what_where(writers: Server, who: str, namespace: str, code: int) -> None:
    assert writers.bind("pi", "write-jobs", "job-writer", namespace, user(who)) == code


def test_an_apply_that_creates_needs_the_verb_create() -> None:
    """UT-465, with ConfigMaps in the place of LimitRanges."""
    server = Server()
    server.role("patcher", rule("patch", "configmaps", ""))
    assert server.bind("patcher", "patcher", "patcher") == 201
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}

    def apply() -> int:
        return server.code(
            "patch", "configmaps", "job-namespace", "a", body, user("patcher"), patchType="apply", fieldManager="m")

    assert apply() == 403
    assert server.code("create", "configmaps", "job-namespace", body={"metadata": {"name": "a"}}) == 201
    assert apply() == 200
