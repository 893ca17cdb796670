"""The article's whole transcript on 1.10, line by line; values that are random there are placeholders here.

Lines are compared word by word, because the article's columns were squeezed.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Final

import pytest

from sanb import Cluster

SEED: Final = 7
JSON: Final = """
{
"kind": "Secret",
"apiVersion": "v1",
"metadata": {
"name": "mysecretname",
"annotations": {
"kubernetes.io/service-account.name": "test"
}
},
"type": "kubernetes.io/service-account-token"
}
"""
RANDOM: Final = "[bcdfghjklmnpqrstvwxz2456789]{5}"


def lines(text: str) -> list[list[str]]:
    """The words of each line."""
    return [line.split() for line in text.strip().splitlines()]


def agrees(got: str, wanted: str) -> None:
    """Every line of `got` matches the line of `wanted`, in which <name> stands for a random value."""
    patterns = {
        "rand": RANDOM, "uid": r"[0-9a-f-]{36}", "jwt": r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "hash": r"[bcdf4-9]+",
        "size": r"\d+",
    }
    got_lines, wanted_lines = lines(got), lines(wanted)
    assert len(got_lines) == len(wanted_lines), got
    for mine, theirs in zip(got_lines, wanted_lines, strict=True):
        pattern = re.escape(" ".join(theirs))
        for name, regex in patterns.items():
            pattern = pattern.replace(re.escape(f"<{name}>"), regex)
        assert re.fullmatch(pattern, " ".join(mine)), f"{' '.join(mine)!r} is not {' '.join(theirs)!r}"


@pytest.fixture(scope="module")
def c() -> Cluster:
    """A cluster whose namespace `default` is a week old, as in the article."""
    cluster = Cluster("1.10", seed=SEED)
    cluster.run(for_="7d")
    return cluster


def say(cluster: Cluster, command: str, stdin: str | None = None) -> str:
    result = cluster.kubectl(command, stdin=stdin)
    return result.stdout + result.stderr


def test_the_whole_transcript(c: Cluster) -> None:
    agrees(say(c, "kubectl create serviceaccount test"), 'serviceaccount "test" created')
    agrees(
        say(c, "kubectl create serviceaccount test"),
        'Error from server (AlreadyExists): serviceaccounts "test" already exists',
    )
    c.run(for_="4s")
    agrees(
        say(c, "kubectl get secret"),
        """
        NAME TYPE DATA AGE
        default-token-<rand> kubernetes.io/service-account-token 3 7d
        test-token-<rand> kubernetes.io/service-account-token 3 4s
        """,
    )
    agrees(say(c, "kubectl create namespace name1"), 'namespace "name1" created')
    c.run(for_="24s")
    agrees(
        say(c, "kubectl get serviceaccounts -n name1"),
        """
        NAME SECRETS AGE
        default 1 24s
        """,
    )
    agrees(say(c, "kubectl create serviceaccount test -n name1"), 'serviceaccount "test" created')


def test_the_secret_of_the_account(c: Cluster) -> None:
    name = c.get("serviceaccount", "test")["secrets"][0]["name"]
    agrees(
        say(c, f"kubectl describe secret {name}"),
        f"""
        Name: {name}
        Namespace: default
        Labels: <none>
        Annotations: kubernetes.io/service-account.name=test
        kubernetes.io/service-account.uid=<uid>

        Type: kubernetes.io/service-account-token

        Data
        ====
        ca.crt: <size> bytes
        namespace: 7 bytes
        token: <jwt>
        """,
    )


def test_a_secret_made_by_hand_is_filled_in(c: Cluster) -> None:
    agrees(say(c, "kubectl create -f -", JSON), 'secret "mysecretname" created')
    c.run()
    agrees(
        say(c, "kubectl get secret mysecretname"),
        """
        NAME TYPE DATA AGE
        mysecretname kubernetes.io/service-account-token 3 0s
        """,
    )


def test_a_deployment_gets_a_token_that_nobody_asked_for(c: Cluster) -> None:
    agrees(say(c, "kubectl run nginx --image=nginx"), 'deployment.apps "nginx" created')
    c.run(for_="4s")
    agrees(
        say(c, "kubectl get pods"),
        """
        NAME READY STATUS RESTARTS AGE
        nginx-<hash>-<rand> 0/1 ContainerCreating 0 4s
        """,
    )
    c.run()
    pod = c.list("pods")[0]["metadata"]["name"]
    account = "/var/run/secrets/kubernetes.io/serviceaccount"
    shell = c.kubectl(f"kubectl exec -it {pod} bash")
    assert (shell.exit_code, shell.stdout) == (0, "")
    assert shell.stderr.startswith("there is nobody here who types into a shell")  # a hint of ours, for notebooks
    assert say(c, f"kubectl exec {pod} -- ls {account}").split() == ["ca.crt", "namespace", "token"]
    text = say(c, f"kubectl exec {pod} -- cat {account}/token").split(".")[1]
    secret = c.get("serviceaccount", "default")["secrets"][0]["name"]
    assert json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == {
        "iss": "kubernetes/serviceaccount",
        "kubernetes.io/serviceaccount/namespace": "default",
        "kubernetes.io/serviceaccount/secret.name": secret,
        "kubernetes.io/serviceaccount/service-account.name": "default",
        "kubernetes.io/serviceaccount/service-account.uid": c.get("serviceaccount", "default")["metadata"]["uid"],
        "sub": "system:serviceaccount:default:default",
    }
    shown = [line.strip() for line in say(c, f"kubectl get pods {pod} -o yaml").splitlines()]
    article = [
        "apiVersion: v1", "kind: Pod", "metadata:", "namespace: default", "spec:", "containers:", "- image: nginx",
        "volumeMounts:", f"- mountPath: {account}", f"name: {secret}", "readOnly: true", "serviceAccount: default",
        "serviceAccountName: default", "volumes:", f"- name: {secret}", "secret:", "defaultMode: 420",
        f"secretName: {secret}",
    ]
    place = 0
    for line in article:
        place = shown.index(line, place) + 1
