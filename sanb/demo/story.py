"""The story as data: what is typed, how long one waits before, and what to look at; told on any minor."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from sanb.cluster import Cluster

MOUNT: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
MANUAL: Final = """\
apiVersion: v1
kind: Secret
metadata:
  name: by-hand
  namespace: name1
  annotations:
    kubernetes.io/service-account.name: test
type: kubernetes.io/service-account-token
"""


class Step(NamedTuple):
    """One command of the story. `wait` passes before it; `{pod}` and `{secret}` are looked up when it is typed."""

    why: str
    command: str
    wait: str = "0s"
    stdin: str | None = None
    when: Callable[[Cluster], bool] = lambda cluster: True


def _auto(cluster: Cluster) -> bool:
    return bool(cluster.profile["auto_token_secrets"])


STEPS: Final = (
    Step("Somebody creates a namespace, and nothing else.", "kubectl create namespace name1"),
    Step(
        "The ServiceAccount controller has seen it: every namespace gets an account `default`.",
        "kubectl get serviceaccounts -n name1", "24s",
    ),
    Step("An account of one's own. Accounts belong to a namespace …", "kubectl create serviceaccount test -n name1"),
    Step("… and a name can be taken only once in it.", "kubectl create serviceaccount test -n name1"),
    Step(
        "Up to 1.23 the token controller signs a token for every account and puts it into a Secret. From 1.24 on it "
        "does not: a token is made when a Pod needs it, and it expires.",
        "kubectl get secrets -n name1", "4s",
    ),
    Step(
        "That Secret holds the token, the cluster's certificate and the namespace.",
        "kubectl describe secret {secret} -n name1", when=_auto,
    ),
    Step(
        "A token Secret can still be made by hand, on every minor; the token controller fills it in.",
        "kubectl apply -f -", stdin=MANUAL,
    ),
    Step("See?", "kubectl get secret by-hand -n name1", "2s"),
    Step(
        "Now a program. `kubectl run` made a Deployment once; today it makes a Pod.",
        "kubectl run nginx --image=nginx -n name1",
    ),
    Step("Its image is being pulled.", "kubectl get pods -n name1", "2s"),
    Step("A little later it runs.", "kubectl get pods -n name1", "20s"),
    Step(
        "Nobody wrote a word about tokens, and yet the container has one.",
        f"kubectl exec {{pod}} -n name1 -- ls {MOUNT}",
    ),
    Step(
        "Admission added the volume and the mount when the Pod was created.",
        "kubectl get pod {pod} -n name1 -o yaml",
    ),
)


class Typed(NamedTuple):
    """A step that was made."""

    step: Step
    command: str
    output: str


class Tale:
    """The story on one minor: what was typed, and the cluster that it leads to."""

    def __init__(self, cluster: Cluster, typed: list[Typed]) -> None:
        self.cluster = cluster
        self.typed = typed

    @property
    def title(self) -> str:
        """The heading."""
        return f"Kubernetes {self.cluster.minor}"

    @property
    def pod(self) -> str:
        """The name of the story's Pod."""
        return str(self.cluster.list("pods", namespace="name1")[0]["metadata"]["name"])

    def token(self) -> str:
        """The token that the Pod's container reads."""
        return self.cluster.kubectl(f"exec {self.pod} -n name1 -- cat {MOUNT}/token").stdout.strip()

    def claims(self) -> dict[str, Any]:
        """What the token says."""
        middle = self.token().split(".")[1]
        found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        return found

    def draw(self, out: Path) -> list[Path]:
        """Write the pictures of this telling; returns their paths."""
        picture, lanes = out / f"story-{self.cluster.minor}.png", out / f"timeline-{self.cluster.minor}.png"
        self.cluster.draw("name1", path=picture)
        self.cluster.draw_timeline(path=lanes)
        return [picture, lanes]


def tell(minor: str, seed: int) -> Tale:
    """Play the story on a minor."""
    cluster = Cluster(minor, seed=seed)
    cluster.run()
    typed = []
    for step in STEPS:
        cluster.run(for_=step.wait)
        if not step.when(cluster):
            continue
        command = step.command.format(**_names(cluster)) if "{" in step.command else step.command
        result = cluster.kubectl(command, stdin=step.stdin)
        typed.append(Typed(step, command, (result.stdout + result.stderr).rstrip("\n")))
    return Tale(cluster, typed)


def _names(cluster: Cluster) -> dict[str, str]:
    pods = [pod["metadata"]["name"] for pod in cluster.list("pods", namespace="name1")]
    secrets = [
        secret["metadata"]["name"] for secret in cluster.list("secrets", namespace="name1")
        if secret["metadata"]["name"].startswith("test-token-")
    ]
    return {"pod": (pods or ["?"])[0], "secret": (secrets or ["?"])[0]}


class Change(NamedTuple):
    """One question with the answers of the tellings."""

    question: str
    answers: tuple[str, ...]


def changes(tales: list[Tale]) -> list[Change]:
    """What differs between the tellings, read off their clusters."""
    return [Change(question, tuple(answer(tale) for tale in tales)) for question, answer in QUESTIONS]


def _secrets(tale: Tale) -> str:
    names = [s["metadata"]["name"] for s in tale.cluster.list("secrets", namespace="name1")]
    return ", ".join(names) or "none"


def _volume(tale: Tale) -> str:
    volume = tale.cluster.get("pod", tale.pod, namespace="name1")["spec"]["volumes"][0]
    kind = "Secret" if "secret" in volume else "projected"
    return f"{volume['name']} ({kind})"


def _lifetime(tale: Tale) -> str:
    claims = tale.claims()
    if "exp" not in claims:
        return "for ever"
    days = (claims["exp"] - claims["iat"]) / 86400
    soon = claims.get("kubernetes.io", {}).get("warnafter", claims["exp"]) - claims["iat"]
    return f"{days:.0f} days at most; replaced within {soon / 3600:.0f} hour"


def _bound(tale: Tale) -> str:
    inner = tale.claims().get("kubernetes.io", {})
    return ", ".join(f"{kind} {inner[kind]['name']}" for kind in ("pod", "node") if kind in inner) or "its Secret"


def _issuer(tale: Tale) -> str:
    return str(tale.claims()["iss"])


def _audience(tale: Tale) -> str:
    return ", ".join(tale.claims().get("aud", ["anybody"]))


QUESTIONS: Final[tuple[tuple[str, Callable[[Tale], str]], ...]] = (
    ("Secrets in the namespace", _secrets),
    ("The Pod's token comes from the volume", _volume),
    ("The token is valid", _lifetime),
    ("It dies with", _bound),
    ("It is meant for", _audience),
    ("Its issuer", _issuer),
)
