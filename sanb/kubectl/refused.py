"""Commands that cannot do here what they do elsewhere: they say so, why, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sanb.kubectl.result import error
from sanb.kubectl.session import Session

NO_METRICS: Final = "Metrics API not available"
REASONS: Final[Mapping[str, str]] = {
    "top pod": NO_METRICS,
    "top node": NO_METRICS,
    "kustomize": "sanb does not build kustomizations: build them outside (`kubectl kustomize DIR > all.yaml`) and apply the "
    "result with `kubectl apply -f all.yaml`",
    "edit": "there is no editor here: use `kubectl patch`, `kubectl apply -f -` or `kubectl replace -f -`",
    "apply edit-last-applied": "there is no editor here: use `kubectl apply set-last-applied -f -`",
    "attach": "nothing reads from the terminal of a simulated container: look at it with `kubectl logs` and `kubectl exec`",
    "port-forward": "containers are simulated and listen on no port: look into them with `kubectl exec`",
    "proxy": "serve the cluster over HTTPS instead: `with c.serve() as api:` in Python, `sanb serve` in a terminal",
    "debug": "ephemeral debug containers are not simulated: look into the Pod with `kubectl exec`",
    "plugin list": "unable to find any kubectl plugins in your PATH",
    "completion": "completion works by itself: press Tab behind %kubectl in a notebook",
    "certificate approve": "CertificateSigningRequests are not simulated: certificates are not signed here",
    "certificate deny": "CertificateSigningRequests are not simulated: certificates are not signed here",
    "rolling-update": "use a Deployment: `kubectl set image` and `kubectl rollout status`",
}

SPANS: Final[Mapping[str, tuple[str, str]]] = {
    "rolling-update": ("1.10", "1.18"), "kustomize": ("1.14", ""), "debug": ("1.20", ""), "plugin list": ("1.12", ""),
}
"""The first minor that has the command, and the first that has it no more."""


WORDS: Final[Mapping[str, tuple[int, str]]] = {
    "port-forward": (
        2, "TYPE/NAME and list of ports are required for port-forward\nSee 'kubectl port-forward -h' for help and examples"
    ),
}
"""How many arguments a command needs, and what it says before anything else when there are fewer."""


OF_OBJECTS: Final = ("edit", "attach", "port-forward", "debug")
"""Commands that look first whether there is what they are about."""


def _look(session: Session, name: str) -> None:
    """Refuse what is about an object that is not there.

    Raises:
        ApiError: there is none.
        Failure: there is no such kind.
    """
    words = session.parsed.arguments[:1] if name != "edit" else session.parsed.arguments
    if name != "edit" and "/" not in words[0]:
        words = [f"pod/{words[0]}"]
    for row, names in session.targets(words):
        for one in names:
            session.fetch(row, session.namespace, one)


def command(name: str) -> Callable[[Session], None]:
    """A command that ends with its reason."""
    least, missing = WORDS.get(name, (0, ""))

    def run(session: Session) -> None:
        if name in OF_OBJECTS and len(session.parsed.arguments) >= max(1, least):
            _look(session, name)
        raise error(missing if len(session.parsed.arguments) < least else REASONS[name])

    return run
