"""System metadata: what the server fills in on create and keeps on update (SEM 4.2, 4.4)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from sanb import entropy
from sanb.apiserver import status
from sanb.apiserver.context import Context
from sanb.apiserver.resources import Resource
from sanb.times import rfc3339
from sanb.values import Key, Obj

MAX_GENERATED: Final = 58
"""`generateName` is cut to this length, so that five characters still fit."""
SELF_LINK: Final = {"1.10": True, "1.20": False}
"""Whether objects carry `metadata.selfLink` (gate RemoveSelfLink)."""
KEPT: Final = ("creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation", "namespace")
"""What an update cannot change: taken from the stored object."""
DROPPED: Final = ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink")
"""What a create cannot set."""
NAMESPACE_MISMATCH: Final = "the namespace of the provided object does not match the namespace sent on the request"


def ensure_namespace(context: Context, body: Obj) -> Obj:
    """The body with the namespace of the request.

    Raises:
        ApiError: 400, the body names another one.
    """
    metadata = body.get("metadata") or {}
    wanted = context.request.namespace
    given = metadata.get("namespace") or ""
    if given == wanted and "metadata" in body:
        return body
    if given and given != wanted:
        raise status.bad_request(NAMESPACE_MISMATCH)
    return {**body, "metadata": {**metadata, "namespace": wanted} if wanted else metadata}


def ensure_name(context: Context, body: Obj) -> Obj:
    """The body of an update, whose name must be the one of the URL; an absent one is filled in.

    Raises:
        ApiError: 400, the names differ.
    """
    metadata = body.get("metadata") or {}
    name = metadata.get("name") or ""
    wanted = context.request.name
    if name == wanted:
        return body
    if name:
        raise status.bad_request(f"the name of the object ({name}) does not match the name on the URL ({wanted})")
    raise status.bad_request("name must be provided")


def created(context: Context, obj: Obj) -> tuple[Obj, tuple[tuple[str, ...], ...]]:
    """The object with uid, creationTimestamp, name and selfLink, and the counters of entropy that this advances."""
    view = context.view
    metadata = dict(obj["metadata"])
    for field in DROPPED:
        metadata.pop(field, None)
    resource, namespace = context.request.resource, context.request.namespace
    tally: tuple[tuple[str, ...], ...] = ()
    name = metadata.get("name") or ""
    if not name and metadata.get("generateName"):
        name, tally = _generate(context, metadata["generateName"])
        metadata["name"] = name
    counter = ("uid", resource, namespace, name)
    metadata["uid"] = entropy.uid(view.seed, "uid", resource, namespace, name, view.store.tally.get(counter))
    metadata["creationTimestamp"] = rfc3339(view.now)
    if context.server.self_link:
        metadata["selfLink"] = self_link(context, name)
    return {**obj, "metadata": metadata}, (*tally, counter)


def _generate(context: Context, prefix: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """A name that is free, or the last one tried; each try counts."""
    view = context.view
    resource, namespace = context.request.resource, context.request.namespace
    counter = ("name", resource, namespace, prefix)
    first, name = view.store.tally.get(counter), ""
    tries = context.server.name_tries
    for number in range(first, first + tries):
        name = prefix[:MAX_GENERATED] + entropy.suffix(view.seed, "name", resource, namespace, prefix, number)
        if view.table.get((resource, namespace, name)) is None:
            return name, (counter,) * (number - first + 1)
    return name, (counter,) * tries


def updated(obj: Obj, old: Obj) -> Obj:
    """The new object with the metadata that an update cannot change."""
    new, before = obj["metadata"], old["metadata"]
    if new is before:
        return obj
    metadata = dict(new)
    for field in KEPT:
        if field in before:
            metadata[field] = before[field]
        else:
            metadata.pop(field, None)
    if not metadata.get("uid"):
        metadata["uid"] = before["uid"]
    metadata["resourceVersion"] = before["resourceVersion"]
    return {**obj, "metadata": metadata}


def self_link(context: Context, name: str) -> str:
    """The path under which the object is served."""
    return link_of(context.resource, context.request.namespace, name)


def link_of(resource: Resource, namespace: str, name: str) -> str:
    """The path under which an object is served, as older servers write it into the object."""
    version = resource.api_version.rpartition("/")[2]
    root = f"/apis/{resource.group}/{version}" if resource.group else f"/api/{version}"
    space = f"/namespaces/{namespace}" if namespace else ""
    return f"{root}{space}/{resource.plural}/{quote(name, safe='')}"


def check_uid(context: Context, obj: Obj, old: Obj) -> None:
    """An update that names a uid means that very object.

    Raises:
        ApiError: 409, the uid is another one.
    """
    uid = obj["metadata"].get("uid")
    if uid and uid != old["metadata"]["uid"]:
        raise status.conflict(context.request.resource, context.request.name, uid_mismatch(uid, old["metadata"]["uid"]))


def uid_mismatch(wanted: str, stored: str) -> str:
    """Why an update or a binding that names another uid is refused."""
    return f"Precondition failed: UID in precondition: {wanted}, UID in object meta: {stored}"


def check_revision(context: Context, obj: Obj, old: Obj) -> None:
    """Optimistic locking: a resourceVersion, where given, must be the stored one.

    Raises:
        ApiError: 409, it is not; 500, it is no number.
    """
    version = obj["metadata"].get("resourceVersion")
    if version and version != "0" and version != old["metadata"]["resourceVersion"]:
        if not (version.isascii() and version.isdigit()):
            raise status.failure(500, "", f'strconv.ParseUint: parsing {status.quoted(version)}: invalid syntax')
        raise status.conflict(context.request.resource, context.request.name)


def place(context: Context, obj: Obj) -> Key:
    """The key under which a created object is stored."""
    return context.request.resource, context.request.namespace, obj["metadata"]["name"]
