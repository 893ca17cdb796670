"""`create KIND NAME`: what all generators share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sanb.apiserver.resources import RESOURCES
from sanb.errors import ApiError
from sanb.kubectl import dryrun
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj

Build = Callable[[Session, str], Obj]
WRAPPED: Final[dict[str, dict[str, bool]]] = {
    "serviceaccount": {"1.10": False, "1.21": True},
    "secret": {"1.10": False, "1.21": True},
    "configmap": {"1.10": False, "1.20": True},
    "deployment": {"1.10": False, "1.19": True},
    "rolebinding": {"1.10": False, "1.20": True},
    "clusterrolebinding": {"1.10": False, "1.19": True},
    "job": {"1.10": False, "1.18": True},
    "cronjob": {"1.10": False, "1.18": True},
    "quota": {"1.10": False, "1.21": True},
    "poddisruptionbudget": {"1.10": False, "1.21": True},
    "priorityclass": {"1.10": False, "1.21": True},
    "ingress": {"1.19": True},
    "service": {"1.10": False, "1.20": True},
}
"""Whether the server's refusal is put behind `failed to create <kind>:`."""
SHOWN: Final = {
    "service clusterip": "ClusterIP service",
    "service nodeport": "NodePort service",
    "service loadbalancer": "LoadBalancer service",
    "service externalname": "ExternalName service",
    "quota": "quota",
    "poddisruptionbudget": "poddisruptionbudgets",
}
"""How the refusal names what was not made, where it is not the word of the command."""


def simple(word: str, resource: str, build: Build) -> Callable[[Session], None]:
    """A `create <kind> NAME` whose body `build` makes."""

    def command(session: Session) -> None:
        name = one_name(session, f"kubectl create {word}")
        obj = build(session, name)
        kind = word.split()[0]
        try:
            dryrun.make(session, RESOURCES[resource], obj, session.namespace)
        except ApiError as refusal:
            if session.profile.pick({"1.10": False, **WRAPPED.get(kind, {})}):
                # kubectl's text for Secrets has no colon
                shown = SHOWN.get(word, kind)
                raise error(f"failed to create {shown}{'' if kind == 'secret' else ':'} {refusal.message}") from None
            raise

    return command


def one_name(session: Session, usage: str) -> str:
    """The NAME of a create command.

    Raises:
        Failure: there is none, or more than one.
    """
    arguments = session.parsed.arguments
    if len(arguments) != 1:
        raise error(f"exactly one NAME is required, got {len(arguments)}\nSee '{usage} -h' for help and examples")
    return arguments[0]


def needed(session: Session, *flags: str) -> None:
    """Refuse a command that lacks flags that it needs.

    Raises:
        Failure: it does.
    """
    missing = [f'"{flag}"' for flag in sorted(flags) if flag not in session.parsed.values]
    if missing:
        raise error(f"required flag(s) {', '.join(missing)} not set")


def bare(kind: str, name: str, version: str = "v1", **more: object) -> Obj:
    """An object with nothing but its name and what is given."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **more}
