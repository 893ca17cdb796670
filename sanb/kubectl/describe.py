"""kubectl describe (SEM 12.3)."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.resources import Resource
from sanb.errors import ApiError
from sanb.kubectl import failures, manifest
from sanb.kubectl.flags import NUMBER, SWITCH, TEXT, Flag
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj
from sanb.views.describe import describe as text_of

FLAGS: Final = {
    **manifest.FLAGS,
    "selector": Flag(TEXT, "l"),
    "all-namespaces": Flag(SWITCH, "A"),
    "show-events": Flag(SWITCH),
    "chunk-size": Flag(NUMBER),
    "include-uninitialized": Flag(SWITCH),
}
NO_TYPE: Final = (
    'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported '
    "resources."
)
EVENTS_OF_MANY: Final = {"1.10": True, "1.36": False}
"""Whether events are told when several objects are described, if the command does not say."""
NEW_METRICS: Final = {"1.10": False, "1.19": True}
METRIC_VERSIONS: Final = ("autoscaling/v2", "autoscaling/v2beta2")
EMPTY: Final = {"1.10": "No resources found.", "1.17": ""}


def describe(session: Session) -> None:
    """Print what is known of objects."""
    found: list[Obj] = []
    problems: list[str] = []
    if session.parsed.many("filename"):
        wanted = [(place.resource, [place.name]) for place in manifest.each(session)]
    elif not session.parsed.arguments:
        raise error(NO_TYPE)
    else:
        wanted = session.targets(session.parsed.arguments)
    for resource, names in wanted:
        found.extend(_objects(session, _told(session, resource), names, problems))
    several = len(found) > 1 and not session.profile.pick(EVENTS_OF_MANY)
    session.with_events = bool(session.parsed.values.get("show-events", not several))
    session.print("\n\n".join(text_of(obj, session) for obj in found))
    failures.end(problems)
    if not found:
        old = session.profile.pick(EMPTY)
        everywhere = session.parsed.on("all-namespaces") or not any(row.namespaced for row, _ in wanted)
        session.complain(
            old or ("No resources found" if everywhere else f"No resources found in {session.namespace} namespace.")
        )


def _told(session: Session, row: Resource) -> Resource:
    """The kind in the version that it is described in: autoscalers in the newest one that describe knows."""
    if row.kind != "HorizontalPodAutoscaler" or not session.profile.pick(NEW_METRICS):
        return row
    return next((row._replace(stored=one) for one in METRIC_VERSIONS if one in row.served), row)


def _objects(session: Session, resource: Resource, names: list[str], problems: list[str]) -> list[Obj]:
    namespace = "" if session.parsed.on("all-namespaces") else session.namespace
    found: list[Obj] = []
    for name in names:
        try:
            found.append(session.fetch(resource, namespace, name))
        except ApiError as refusal:
            more = _starting_with(session, resource, namespace, name) if refusal.code == 404 else []
            found.extend(more)
            problems.extend([] if more else [failures.text(refusal)])
    if not names:
        selector = session.parsed.text("selector")
        try:
            options = {"labelSelector": selector} if selector else {}
            found.extend(session.ask("list", resource, namespace, options=options)["items"] or ())
        except ApiError as refusal:
            problems.append(failures.text(refusal))
    return [obj if obj.get("kind") else {**obj, "kind": resource.kind} for obj in found]


def _starting_with(session: Session, resource: Resource, namespace: str, prefix: str) -> list[Obj]:
    return [obj for obj in session.objects(resource, namespace) if obj["metadata"]["name"].startswith(prefix)]
