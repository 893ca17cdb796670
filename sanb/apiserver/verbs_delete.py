"""delete and deletecollection: grace periods, finalizers, preconditions, propagation (SEM 4.2)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sanb.apiserver import listing, queryoptions, status
from sanb.apiserver.admission import DELETE
from sanb.apiserver.context import Context
from sanb.apiserver.crd import definitions
from sanb.apiserver.request import Decision, Outcome, Response, Write
from sanb.times import rfc3339
from sanb.values import Key, Obj

ORPHAN: Final = "orphan"
FOREGROUND: Final = "foregroundDeletion"
RETURNED: Final = frozenset({"Pod", "ServiceAccount", "Namespace"})
"""Kinds whose deletion answers with the object; the others answer with a Status."""
PURGING: Final = (
    "The system is ensuring all content is removed from this namespace."
    "  Upon completion, this namespace will automatically be purged by the system."
)
SECOND_DELETE: Final = {"1.10": "conflict", "1.16": "object"}
"""What deleting a namespace answers while it is Terminating."""
ENDED: Final = ("Succeeded", "Failed")


class Options(NamedTuple):
    """DeleteOptions; `grace` None is the kind's default, `propagation` "" likewise."""

    grace: int | None = None
    propagation: str = ""
    uid: str = ""
    resource_version: str = ""


def delete(context: Context) -> Outcome:
    """Delete one object, or mark it for deletion."""
    old = context.live()
    options = read_options(context)
    waiting = context.server.chain.validate(context.view, context.attributes(DELETE, None, old))
    if waiting is not None:
        return waiting
    _check(context, old, options)
    if context.request.resource == definitions.DEFINITIONS:
        old = definitions.marked(context.view, old)
    new = marked(context, old, options)
    if new is None:
        return context.remove(200, context.key, _answer(context, _final(context, old, options)))
    code = 202 if options.propagation == "Foreground" else 200
    if new is old:
        return context.answer(code, old)
    return context.store(code, context.key, new)


def read_options(context: Context) -> Options:
    """What the options say of a deletion.

    Raises:
        ApiError: 400, the grace period is no number; 422, a propagation policy that does not exist.
    """
    asked = context.options or {}
    conditions = asked.get("preconditions") or {}
    grace = queryoptions.number(asked.get("gracePeriodSeconds"))
    propagation = queryoptions.propagation(asked.get("propagationPolicy") or "", asked.get("orphanDependents"))
    return Options(
        None if grace is None else max(0, grace), propagation, conditions.get("uid") or "",
        conditions.get("resourceVersion") or "",
    )


def _check(context: Context, old: Obj, options: Options) -> None:
    metadata, kind, name = old["metadata"], context.resource.kind, context.request.name
    if options.uid and options.uid != metadata["uid"]:
        raise status.precondition_uid(kind, name or metadata["name"], options.uid, metadata["uid"])
    if options.resource_version and options.resource_version != metadata["resourceVersion"]:
        raise status.precondition_version(kind, name or metadata["name"], options.resource_version, metadata["resourceVersion"])


def marked(context: Context, old: Obj, options: Options) -> Obj | None:
    """The object as it stays, marked for deletion; None if it goes at once; itself if nothing changes."""
    if context.resource.kind == "Namespace":
        return _namespace(context, old)
    finalizers = _finalizers(context, old, options)
    grace = _grace(context, old, options)
    before = old["metadata"]
    if before.get("deletionTimestamp"):
        grace = min(grace, before.get("deletionGracePeriodSeconds") or 0)
    if not finalizers and grace == 0:
        return None
    return _mark(context, old, finalizers, grace)


def _mark(context: Context, old: Obj, finalizers: list[str], grace: int) -> Obj:
    before = old["metadata"]
    metadata = {**before, "finalizers": finalizers}
    if not finalizers:
        del metadata["finalizers"]
    if not before.get("deletionTimestamp") or grace < (before.get("deletionGracePeriodSeconds") or 0):
        metadata["deletionTimestamp"] = rfc3339(context.view.now + grace)
        metadata["deletionGracePeriodSeconds"] = grace
        if before.get("generation"):
            metadata["generation"] = before["generation"] + 1
    return old if metadata == before else {**old, "metadata": metadata}


def _grace(context: Context, old: Obj, options: Options) -> int:
    """Seconds of grace: only a Pod that a node may be running has any."""
    if context.resource.kind != "Pod":
        return 0
    spec = old.get("spec") or {}
    if not spec.get("nodeName") or (old.get("status") or {}).get("phase") in ENDED:
        return 0
    if options.grace is not None:
        return options.grace
    return int(spec.get("terminationGracePeriodSeconds", 30))


def _finalizers(context: Context, old: Obj, options: Options) -> list[str]:
    """The object's finalizers with those that the propagation policy asks for."""
    current: list[str] = old["metadata"].get("finalizers") or []
    if not options.propagation and not current:
        return current
    if options.propagation:
        kept = [name for name in current if name not in (ORPHAN, FOREGROUND)]
        added = {"Orphan": [ORPHAN], "Foreground": [FOREGROUND]}.get(options.propagation, [])
        return [*kept, *added]
    return current


def _namespace(context: Context, old: Obj) -> Obj | None:
    """A namespace is marked Terminating and goes when its spec has no finalizers left."""
    spec_finalizers = (old.get("spec") or {}).get("finalizers")
    if old["metadata"].get("deletionTimestamp"):
        if not spec_finalizers and not old["metadata"].get("finalizers"):
            return None
        if context.view.profile.pick(SECOND_DELETE) == "conflict":
            raise status.conflict("namespaces", context.request.name, PURGING)
        return old
    if not spec_finalizers and not old["metadata"].get("finalizers"):
        return None
    metadata = {**old["metadata"], "deletionTimestamp": rfc3339(context.view.now)}
    return {**old, "metadata": metadata, "status": {**(old.get("status") or {}), "phase": "Terminating"}}


def _final(context: Context, old: Obj, options: Options) -> Obj:
    """The value in which a deleted Pod is shown for the last time: with its deletion time."""
    if context.resource.kind != "Pod":
        return old
    return _mark(context, old, [], 0)


def _answer(context: Context, obj: Obj) -> Obj:
    if context.resource.kind in RETURNED:
        return obj
    return status.deleted(context.request.resource, obj["metadata"]["name"], obj["metadata"]["uid"])


def finished(obj: Obj) -> bool:
    """Whether an updated object only waited for finalizers that are gone now."""
    metadata = obj["metadata"]
    if not metadata.get("deletionTimestamp") or metadata.get("finalizers"):
        return False
    if obj["kind"] == "Namespace":
        return not (obj.get("spec") or {}).get("finalizers")
    return not metadata.get("deletionGracePeriodSeconds")


def deletecollection(context: Context) -> Outcome:
    """Delete all objects that the selectors choose; answers with the list of them."""
    options = read_options(context)
    found = listing.selected(context)
    writes: list[Write] = []
    for old in found:
        one = _one(context, old, options, len(writes))
        if one is not None:
            writes.append(one)
    body = listing.listed(context, found)
    if context.dry_run:
        return context.answer(200, body)
    return Decision(Response(200, body, context.warnings), tuple(writes))


def _one(context: Context, old: Obj, options: Options, position: int) -> Write | None:
    """The write that deletes one object of a collection, or None if nothing changes."""
    before: dict[str, Any] = old["metadata"]
    _check(context, old, options)
    key: Key = (context.request.resource, before.get("namespace", ""), before["name"])
    new = marked(context, old, options)
    if new is None:
        return Write(key, None)
    if new is old:
        return None
    revision = str(context.view.store.rev + 1 + position)
    return Write(key, {**new, "metadata": {**new["metadata"], "resourceVersion": revision}})
