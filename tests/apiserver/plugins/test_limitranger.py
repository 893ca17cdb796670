"""LimitRanger: defaults for containers, and limits that they must keep."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.admission import Chain
from sanb.apiserver.plugins import limitranger
from sanb.profiles.profile import Profile
from tests.apiserver.alone import Alone, pod


def server(*limits: dict[str, Any], minor: str = "1.36") -> Alone:
    found = Alone(minor, chain=Chain((limitranger.plugin(Profile.of(minor)),)))
    found.ask("create", "limitranges", "shop", body={"metadata": {"name": "l"}, "spec": {"limits": list(limits)}})
    return found


def sized(requests: dict[str, str] | None = None, limits: dict[str, str] | None = None) -> Any:
    resources = {"requests": requests or {}, "limits": limits or {}}
    return pod("p", containers=[{"name": "c", "image": "nginx", "resources": resources}])


def refused(found: Alone, body: Any) -> str:
    message: str = found.refused("create", "pods", "shop", body=body)["message"]
    return message.removeprefix('pods "p" is forbidden: ')


def test_containers_get_what_they_do_not_say() -> None:
    found = server({"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}, "defaultRequest": {"cpu": "100m"}})
    made = found.body("create", "pods", "shop", body=sized({"cpu": "50m"}))
    assert made["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "50m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"},
    }
    assert made["metadata"]["annotations"] == {
        "kubernetes.io/limit-ranger":
            "LimitRanger plugin set: memory request for container c; cpu, memory limit for container c",
    }


def test_a_range_says_less_than_it_means() -> None:
    found = server({"type": "Container", "max": {"cpu": "2"}, "min": {"memory": "1Mi"}})
    item = found.body("get", "limitranges", "shop", "l")["spec"]["limits"][0]
    assert (item["default"], item["defaultRequest"]) == ({"cpu": "2"}, {"memory": "1Mi", "cpu": "2"})


@pytest.mark.parametrize(("limits", "requests", "most", "text"), [
    ({"min": {"cpu": "100m"}, "defaultRequest": {"cpu": "200m"}}, {"cpu": "50m"}, {},
     "minimum cpu usage per Container is 100m, but request is 50m"),
    ({"max": {"cpu": "1"}}, {"cpu": "1"}, {"cpu": "2"}, "maximum cpu usage per Container is 1, but limit is 2"),
    ({"maxLimitRequestRatio": {"cpu": "2"}}, {"cpu": "1"}, {"cpu": "4"},
     "cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000"),
    ({"maxLimitRequestRatio": {"cpu": "2"}}, {}, {},
     "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0"),
])
def test_containers_keep_the_limits(limits: Any, requests: Any, most: Any, text: str) -> None:
    assert refused(server({"type": "Container", **limits}), sized(requests, most)) == text


def test_limits_of_pods_are_about_all_containers_together() -> None:
    found = server({"type": "Pod", "max": {"memory": "1Gi"}})
    one = {"name": "a", "image": "i", "resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "1Gi"}}}
    assert refused(found, pod("p", containers=[one, {**one, "name": "b"}])) == (
        "maximum memory usage per Pod is 1Gi, but limit is 2Gi"
    )
    assert refused(found, pod("p")) == "maximum memory usage per Pod is 1Gi.  No limit is specified"


def test_several_complaints_are_a_list_and_older_ones_are_sentences() -> None:
    limits = {"type": "Container", "maxLimitRequestRatio": {"cpu": "2", "memory": "2"}}
    text = "{0} max limit to request ratio per Container is 2, but no request is specified or request is 0"
    both = text.format("cpu"), text.format("memory")
    assert refused(server(limits), pod("p")) == f"[{both[0]}, {both[1]}]"
    assert refused(server(limits, minor="1.10"), pod("p")) == f"[{both[0]}., {both[1]}.]"


def test_claims_keep_their_limits() -> None:
    found = server({"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}, "min": {"storage": "1Mi"}})
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}
    refusal = found.refused("create", "persistentvolumeclaims", "shop", body={"metadata": {"name": "a"}, "spec": spec})
    assert refusal["message"] == (
        'persistentvolumeclaims "a" is forbidden: '
        "maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi"
    )


def test_other_namespaces_are_free() -> None:
    found = server({"type": "Pod", "max": {"memory": "1"}})
    found.ask("create", "pods", "other", body=pod("p"))
