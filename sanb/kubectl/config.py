"""kubectl config and cluster-info: there is one cluster, one context and no file."""

from __future__ import annotations

from typing import Any, Final

from sanb.kubectl.documents import to_json, to_yaml
from sanb.kubectl.flags import MANY, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.profiles.profile import Profile
from sanb.views import text

NAME: Final = "sanb"
USER: Final = "admin"
ADDRESS: Final = "https://127.0.0.1:6443"
VIEW_FLAGS: Final[Flags] = {
    "minify": Flag(SWITCH),
    "raw": Flag(SWITCH),
    "flatten": Flag(SWITCH),
    "output": Flag(TEXT, "o"),
    "merge": Flag(SWITCH),
    "template": Flag(),
    "allow-missing-template-keys": Flag(SWITCH),
}
LIST_FLAGS: Final[Flags] = {"no-headers": Flag(SWITCH), "output": Flag(TEXT, "o")}
DUMP_FLAGS: Final[Flags] = {
    "all-namespaces": Flag(SWITCH, "A"), "output": Flag(TEXT, "o"), "output-directory": Flag(), "namespaces": Flag(MANY),
}
SET_FLAGS: Final[Flags] = {"current": Flag(SWITCH)}
NO_FILE: Final = (
    "there is no kubeconfig here, and a command keeps nothing for the next one: give each command its namespace with -n "
    "and somebody else's name with --as, or serve the cluster (`c.serve()`) and use a real kubectl"
)
PREFERENCES: Final = {"1.10": True, "1.34": False}
COLOURS: Final = {"1.10": ("\x1b[0;32m", "\x1b[0;33m", "\x1b[0m"), "1.32": ("", "", "")}
"""Older kubectls colour these words, whether they print to a terminal or not."""
MASTER: Final = {"1.10": "Kubernetes master", "1.20": "Kubernetes control plane"}
FURTHER: Final = "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'."


def _body(profile: Profile) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "clusters": [{"cluster": {"certificate-authority-data": "DATA+OMITTED", "server": ADDRESS}, "name": NAME}],
        "contexts": [{"context": {"cluster": NAME, "user": USER}, "name": NAME}],
        "current-context": NAME,
        "kind": "Config",
        **({"preferences": {}} if profile.pick(PREFERENCES) else {}),
        "users": [{"name": USER, "user": {"token": "REDACTED"}}],
    }


def view(session: Session) -> None:
    """kubectl config view."""
    form = session.parsed.text("output") or "yaml"
    if form not in ("yaml", "json"):
        raise error(
            f'unable to match a printer suitable for the output format "{form}", allowed formats are: json,yaml'
        )
    session.print((to_yaml if form == "yaml" else to_json)(_body(session.profile)))


def current_context(session: Session) -> None:
    """kubectl config current-context."""
    session.print(f"{NAME}\n")


def get_contexts(session: Session) -> None:
    """kubectl config get-contexts."""
    for name in session.parsed.arguments:
        if name != NAME:
            raise error(f"context {name} not found")
    if session.parsed.text("output") == "name":
        session.print(f"{NAME}\n")
        return
    head = [] if session.parsed.on("no-headers") else [["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]]
    session.print(text.lines([*head, ["*", NAME, NAME, USER, ""]], session.profile))


def get_clusters(session: Session) -> None:
    """kubectl config get-clusters."""
    session.print(f"NAME\n{NAME}\n")


def get_users(session: Session) -> None:
    """kubectl config get-users."""
    session.print(f"NAME\n{USER}\n")


def use_context(session: Session) -> None:
    """kubectl config use-context."""
    name = (session.parsed.arguments or [""])[0]
    if name != NAME:
        raise error(f'no context exists with the name: "{name}"')
    session.print(f'Switched to context "{NAME}".\n')


def refused(session: Session) -> None:
    """kubectl config set, set-context, set-cluster, …"""
    raise error(NO_FILE)


def cluster_info(session: Session) -> None:
    """kubectl cluster-info."""
    if session.parsed.arguments:
        raise Failure(
            f"error: unknown command \"{session.parsed.arguments[0]}\"\nSee 'kubectl cluster-info -h' for help and examples"
        )
    green, yellow, plain = session.profile.pick(COLOURS)
    name = f"{green}{session.profile.pick(MASTER)}{plain}"
    session.print(f"{name} is running at {yellow}{ADDRESS}{plain}\n\n{FURTHER}\n")


def dump(session: Session) -> None:
    """kubectl cluster-info dump: the objects of kube-system and the namespace, as JSON.

    Raises:
        Failure: files are asked for.
    """
    if session.parsed.text("output-directory") not in ("", "-"):
        raise error("a dump is not written to files here: leave --output-directory out and keep what is printed")
    for space in dict.fromkeys(("kube-system", session.namespace)):
        for resource in ("nodes", "events", "services", "pods"):
            session.print(to_json(session.ask("list", resource, space if resource != "nodes" else "")))
