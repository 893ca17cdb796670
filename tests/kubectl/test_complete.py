"""Completion of command lines, in text and in IPython."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sanb import Cluster
from sanb.kubectl.complete import complete
from sanb.kubectl.magic import Magics


@pytest.fixture(scope="module")
def c() -> Cluster:
    cluster = Cluster("1.36", seed=1)
    cluster.kubectl("run nginx --image=nginx")
    cluster.kubectl("create sa robot")
    cluster.kubectl("create deployment web --image=nginx")
    return cluster


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("kubectl ge", ["get"]),
        ("roll", ["rollout"]),
        ("rollout re", ["restart", "resume"]),
        ("create secret ", ["docker-registry", "generic", "tls"]),
        ("get serviceacc", ["serviceaccounts"]),
        ("get sa ", ["default", "robot"]),
        ("get sa r", ["robot"]),
        ("get sa/", ["sa/default", "sa/robot"]),
        ("get pods,serviceacc", ["pods,serviceaccounts"]),
        ("get pods -n kube-s", ["kube-system"]),
        ("-n kube-p", ["kube-public"]),
        ("get pods --dry", []),
        ("delete pod x --dry-run=", ["--dry-run=client", "--dry-run=none", "--dry-run=server"]),
        ("delete pod x --cascade=o", ["--cascade=orphan"]),
        ("get pods -o custom-c", ["custom-columns", "custom-columns-file", "custom-columns="]),
        ("logs n", ["nginx"]),
        ("exec nginx -c ", ["nginx"]),
        ("create token r", ["robot"]),
        ("create rolebinding b --serviceaccount=default:r", ["--serviceaccount=default:robot"]),
        ("explain pod.spec.serviceAccountN", ["pod.spec.serviceAccountName"]),
        ("rollout undo ", ["daemonsets", "deployments", "statefulsets"]),
        ("rollout undo deployments ", ["web"]),
        ("frobnicate ", []),
        ("get nosuchkind ", []),
    ],
)
def test_the_last_word_becomes_what_the_cluster_has(c: Cluster, line: str, found: list[str]) -> None:
    assert sorted(complete(c, line)) == sorted(found)


def test_commands_of_other_minors_are_not_offered() -> None:
    assert complete(Cluster("1.10"), "create tok") == []
    assert complete(Cluster("1.36"), "create tok") == ["token"]


def test_completing_leaves_no_trace_in_the_cluster(c: Cluster) -> None:
    before = (c.fingerprint(), len(c.trace.commands))
    complete(c, "get pods ")
    complete(c, "logs ")
    assert (c.fingerprint(), len(c.trace.commands)) == before


@pytest.mark.parametrize(
    ("line", "found"),
    [("%kubectl get sa ro", ["robot"]), ("%%kubectl delete pod x --cascade=o", ["orphan"]), ("%kubectl get sa/r", ["sa/robot"])],
)
def test_ipython_is_given_what_follows_its_own_delimiters(c: Cluster, line: str, found: list[str]) -> None:
    assert Magics(c).complete(None, SimpleNamespace(text_until_cursor=line)) == found


def test_without_a_cluster_nothing_is_offered() -> None:
    assert Magics().complete(None, SimpleNamespace(text_until_cursor="%kubectl get ")) == []
