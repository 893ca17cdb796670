"""The indexes file what the relations find, though they walk by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.apiserver.relations import INDEXERS, PARTS, RELATIONS
from sanb.store.index import IndexPlan
from sanb.values import Obj

NAMES = st.sampled_from(["a", "b", "c"])


def _ref(*keys: str) -> Any:
    return st.sampled_from(keys).flatmap(lambda key: NAMES.map(lambda name: {key: {"name": name}}))


SOURCES: Any = st.one_of(_ref("secret", "configMap"), st.just({"downwardAPI": {}}))
VOLUMES = st.one_of(
    NAMES.map(lambda name: {"secret": {"secretName": name}}), _ref("configMap"), st.just({"emptyDir": {}}),
    st.lists(SOURCES, max_size=3).map(lambda sources: {"projected": {"sources": sources}}),
)
CONTAINERS = st.lists(
    st.fixed_dictionaries({}, optional={
        "envFrom": st.lists(_ref("secretRef", "configMapRef"), max_size=2),
        "env": st.lists(
            _ref("secretKeyRef", "configMapKeyRef", "fieldRef").map(lambda value: {"valueFrom": value}), max_size=2
        ),
    }),
    max_size=2,
)
SPECS = st.fixed_dictionaries({"containers": CONTAINERS}, optional={
    "volumes": st.lists(VOLUMES, max_size=3), "initContainers": CONTAINERS, "ephemeralContainers": CONTAINERS,
    "imagePullSecrets": st.lists(NAMES.map(lambda name: {"name": name}), max_size=2),
    "nodeName": NAMES, "serviceAccountName": NAMES,
})


@given(SPECS)
def test_an_index_of_pods_files_what_the_relations_find(spec: Obj) -> None:
    pod = {"metadata": {"namespace": "shop", "name": "web"}, "spec": spec}
    for index, target in (("secret", "secrets"), ("configmap", "configmaps"), ("account", "serviceaccounts")):
        rows = [row for row in RELATIONS if (row.resource, row.target) == ("pods", target)]
        found = [place for row in rows for place in row.find(pod)]
        filed = INDEXERS["pods"][index](pod)
        listed = filed if isinstance(filed, list) else [] if filed is None else [filed]
        assert sorted(listed) == sorted(set(found))
        assert filed != []


@pytest.mark.parametrize("resource", PARTS)
def test_the_indexers_look_at_no_part_that_is_not_listed(resource: str) -> None:
    """An object of which only the listed parts are left is filed in the same way."""
    obj: Obj = {
        "metadata": {"namespace": "shop", "name": "x", "labels": {"a": "b"}, "uid": "u", "resourceVersion": "1",
                     "ownerReferences": [{"uid": "o", "controller": True}],
                     "annotations": {"kubernetes.io/service-account.name": "web"}},
        "spec": {"nodeName": "n", "serviceAccountName": "web", "volumes": [{"secret": {"secretName": "s"}}]},
        "status": {"phase": "Running"}, "type": "kubernetes.io/service-account-token", "data": {"token": "eA=="},
        "secrets": [{"name": "s"}], "involvedObject": {"uid": "o"},
    }
    kept = {"namespace", "ownerReferences", "annotations"}
    bare = {"metadata": {k: v for k, v in obj["metadata"].items() if k in kept}}
    bare.update((part, obj[part]) for part in PARTS[resource])
    plan = IndexPlan(INDEXERS)
    assert list(plan.entries(resource, obj)) == list(plan.entries(resource, bare))
    assert len(list(plan.entries(resource, obj))) >= 1
