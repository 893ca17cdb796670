"""Anything at all to every path that discovery names: the answer is never a fault of the server."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("uvicorn", reason="serving needs the extra serve")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sanb
from sanb.apiserver import discovery
from sanb.http.calls import Call, Watched
from sanb.http.front import Front
from sanb.http.pace import Manual
from sanb.profiles.profile import Profile

EXAMPLES = 400
MERGE, APPLY, YAML = "application/merge-patch+json", "application/apply-patch+yaml", "application/yaml"
STREAMED = ("attach", "exec", "portforward", "proxy", "log")


def _paths() -> list[tuple[str, str]]:
    """Every method with every path that discovery names, with names filled in."""
    profile = Profile.of("1.36")
    found: list[tuple[str, str]] = []
    for root in discovery.paths(profile, ()):
        listed = discovery.answer(profile, root, ())
        for row in listed.get("resources", ()) if isinstance(listed, dict) else ():
            name, _, sub = row["name"].partition("/")
            if sub in STREAMED:
                continue
            space = "/namespaces/default" if row["namespaced"] else ""
            place = f"{root}{space}/{name}"
            item = f"{place}/kubernetes" + (f"/{sub}" if sub else "")
            found += [("POST", item if sub else place), ("GET", item if sub else place), ("PUT", item), ("PATCH", item)]
    return sorted(set(found))


NAMES = st.sampled_from([
    "metadata", "spec", "status", "name", "namespace", "labels", "annotations", "items", "kind", "apiVersion", "data",
    "containers", "selector", "template", "rules", "subjects", "roleRef", "finalizers", "ownerReferences", "managedFields", "uid",
    "ports", "volumes", "image", "type", "resourceVersion", "generateName", "secrets", "replicas", "token", "user",
    "audiences", "target",
])
WORDS = st.sampled_from(["v1", "x", "kubernetes", "default", "-1", "*", "10Mi", "2026-01-01T00:00:00Z"])
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8) | WORDS
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5).map(lambda one: {"metadata": {"name": "kubernetes"}, **one}) | VALUES
QUERIES = st.dictionaries(
    st.sampled_from([
        "limit", "continue", "labelSelector", "fieldSelector", "resourceVersion", "resourceVersionMatch", "dryRun",
        "fieldManager", "force", "fieldValidation", "gracePeriodSeconds", "propagationPolicy", "timeoutSeconds",
        "pretty", "sendInitialEvents",
    ]),
    st.text(max_size=6) | st.sampled_from(["All", "1", "-1", "a=b", "a in (", "metadata.name=x", "true", "Strict", "0"]),
    max_size=3,
)
MEDIA = st.sampled_from([
    "application/json", YAML, MERGE, APPLY, "application/json-patch+json", "application/strategic-merge-patch+json",
    "application/vnd.kubernetes.protobuf", "text/plain", "",
])


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    call=st.sampled_from(_paths()), body=OBJECTS.map(lambda one: json.dumps(one).encode()) | st.binary(max_size=40),
    query=QUERIES, media=MEDIA,
    accept=st.sampled_from(["application/json", YAML, "*/*", "application/json;as=Table;v=v1;g=meta.k8s.io", "a/b"]),
)
def test_whatever_is_sent_is_answered_without_a_fault(
    call: tuple[str, str], body: bytes, query: dict[str, str], media: str, accept: str
) -> None:
    method, path = call
    front = Front(_cluster().fork(), "secret", Manual(), "127.0.0.1:1")
    headers = {"authorization": "Bearer secret", "content-type": media, "accept": accept}
    sent = b"" if method == "GET" else body
    answer = front.answer(Call(method, f"{path}?{urlencode(query)}", headers, sent))
    assert not isinstance(answer, Watched)
    assert hasattr(answer, "code"), f"{answer} is not there at once"
    if answer.code == 500 and b"strconv.ParseUint" in answer.body:
        return  # what real servers answer to a resourceVersion that is no number
    assert answer.code < 500 and b"Traceback" not in answer.body and b"fault of sanb" not in answer.body, answer


@cache
def _cluster() -> sanb.Cluster:
    """What every example has a copy of."""
    cluster = sanb.Cluster("1.36", seed=3)
    cluster.run()
    return cluster
