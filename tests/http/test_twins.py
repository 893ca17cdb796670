"""Every verb in Python and its twin over HTTP give the same object or the same Status."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sanb import Cluster
from sanb.errors import ApiError
from sanb.http.calls import Call, Watched
from sanb.http.front import Front
from sanb.http.pace import Fast
from sanb.values import plain

Step = tuple[str, Callable[[Cluster], Any], str, str, Any, dict[str, str]]
MERGE = {"content-type": "application/merge-patch+json"}
CORE, APPS = "/api/v1/namespaces/default", "/apis/apps/v1/namespaces/default"
POD = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
STEPS: list[Step] = [
    ("create", lambda c: c.create("pod", body=POD), "POST", f"{CORE}/pods", POD, {}),
    ("create again", lambda c: c.create("pod", body=POD), "POST", f"{CORE}/pods", POD, {}),
    ("get", lambda c: c.get("pod", "web"), "GET", f"{CORE}/pods/web", None, {}),
    ("get nothing", lambda c: c.get("pod", "nope"), "GET", f"{CORE}/pods/nope", None, {}),
    ("patch", lambda c: c.patch("pod", "web", {"metadata": {"labels": {"a": "b"}}}, type="merge"), "PATCH",
     f"{CORE}/pods/web", {"metadata": {"labels": {"a": "b"}}}, MERGE),
    ("patch of a wrong type", lambda c: c.patch("pod", "web", {"spec": 3}, type="merge"), "PATCH", f"{CORE}/pods/web",
     {"spec": 3}, MERGE),
    ("delete", lambda c: c.delete("pod", "web", grace=0), "DELETE", f"{CORE}/pods/web", {"gracePeriodSeconds": 0}, {}),
    ("delete nothing", lambda c: c.delete("pod", "web"), "DELETE", f"{CORE}/pods/web", None, {}),
    ("create a bad one", lambda c: c.create("pod", body={**POD, "metadata": {"name": "A_b"}}), "POST", f"{CORE}/pods",
     {**POD, "metadata": {"name": "A_b"}}, {}),
    ("delete an account", lambda c: c.delete("sa", "default"), "DELETE", f"{CORE}/serviceaccounts/default", None, {}),
    ("another kind", lambda c: c.get("deployment", "web"), "GET", f"{APPS}/deployments/web", None, {}),
]


def call(
    front: Front, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """One call over the counter: its code and its body."""
    given = {"authorization": "Bearer secret", "content-type": "application/json", **(headers or {})}
    answer = front.answer(Call(method, path, given, b"" if body is None else json.dumps(body).encode()))
    assert not isinstance(answer, Watched) and hasattr(answer, "body")
    return answer.code, json.loads(answer.body)


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_python_and_http_agree_step_by_step(minor: str) -> None:
    python, served = Cluster(minor, seed=5), Cluster(minor, seed=5)
    python.run()
    served.run()
    front = Front(served, "secret", Fast())
    for name, ask, method, path, body, headers in STEPS:
        try:
            wanted: Any = plain(dict(ask(python)))
            wanted_code = None
        except ApiError as error:
            wanted, wanted_code = error.status, error.code
        python.run()
        code, got = call(front, method, path, body, headers)
        assert got == json.loads(json.dumps(wanted)), name
        assert wanted_code in (None, code), name
    assert python.fingerprint() == served.fingerprint()
