"""NamespaceLifecycle: nothing is made in a namespace that is missing or on its way out (SEM 7.2).

The plugin's cache is the table at head: that the API server's own informers may lag behind its storage is not modelled.
So a namespace is refused from the very request that deletes it on, as upstream ensures by live look-ups for 30 s.
"""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.admission import CREATE, DELETE, UPDATE, Attributes, Plugin
from sanb.apiserver.request import Wait
from sanb.apiserver.view import View
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.values import Obj

IMMORTAL: Final = ("default", "kube-system", "kube-public")
PATIENCE: Final = 0.05
"""Seconds that a write waits for a namespace that is not there yet."""
WAITED: Final = 1000
"""What this plugin's wait adds to the attempt: other plugins can tell their own waits in the same request from it."""


def plugin(profile: Profile) -> Plugin:
    """The plugin of a profile."""
    with_cause: bool = profile["namespace_terminating_cause"]

    def mutate(view: View, attributes: Attributes) -> Wait | None:
        space = attributes.namespace
        if not space or attributes.operation not in (CREATE, UPDATE):
            return None
        namespace = view.get("namespaces", "", space)
        if namespace is None:
            if attributes.attempt < WAITED:
                return Wait(PATIENCE, f"namespace {space} to appear", WAITED)
            raise status.not_found("namespaces", space)
        if attributes.operation == CREATE and _terminating(namespace):
            raise _terminated(attributes, with_cause)
        return None

    return Plugin("NamespaceLifecycle", mutate, _undeletable, validated=frozenset({"namespaces"}))


def _terminating(namespace: Obj) -> bool:
    return (namespace.get("status") or {}).get("phase") == "Terminating"


def _terminated(attributes: Attributes, with_cause: bool) -> ApiError:
    space = attributes.namespace
    why = f"unable to create new content in namespace {space} because it is being terminated"
    message = f"namespace {space} is being terminated"
    cause = {"reason": "NamespaceTerminating", "message": message, "field": "metadata.namespace"}
    return status.forbidden(attributes.resource, attributes.admitted_name, why, [cause] if with_cause else ())


def _undeletable(view: View, attributes: Attributes) -> None:
    """Some namespaces stay for ever; a delete meets only the validating phase."""
    if attributes.operation == DELETE and attributes.resource == "namespaces" and attributes.name in IMMORTAL:
        raise status.forbidden("namespaces", attributes.name, "this namespace may not be deleted")
