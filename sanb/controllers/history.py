"""ControllerRevisions: the history of templates that StatefulSets and DaemonSets keep, and roll back to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.apiserver.relations import controller_of
from sanb.controllers.ownership import chooser, reference
from sanb.controllers.podhash import MASK, PRIME, encoded
from sanb.errors import ApiError
from sanb.values import Obj

RESOURCE: Final = "controllerrevisions.apps"
OFFSET: Final = 0x811C9DC5
NAME_HEAD: Final = 223
"""So much of its owner's name a revision's name has at most."""
NULL_TIME: Final = {"1.10": True, "1.34": False}
"""Whether Go writes `creationTimestamp: null` into the template of a revision."""


class Wanted(NamedTuple):
    """A revision as it should be: `data` is the patch that leads back to the template."""

    name: str
    labels: Obj
    annotations: Obj
    data: Obj


def template_patch(api: Api, owner: Obj) -> Obj:
    """The patch that gives an object this template again: the data of its revision."""
    template = owner["spec"]["template"]
    metadata = dict(template.get("metadata") or {})
    if api.profile.pick(NULL_TIME):
        metadata = {"creationTimestamp": None, **metadata}
    return {"spec": {"template": {**template, "metadata": metadata, "$patch": "replace"}}}


def data_hash(data: Obj, collisions: int) -> str:
    """The hash of a revision's data as Kubernetes computes it: FNV-1 of its JSON and of the count of collisions."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e") + str(collisions)
    state = OFFSET
    for byte in text.encode():
        state = (state * PRIME & MASK) ^ byte
    return encoded(state)


def named(owner: Obj, digest: str) -> str:
    """The name of a revision."""
    return f"{owner['metadata']['name'][:NAME_HEAD]}-{digest}"


def age(revision: Obj) -> tuple[int, str, str]:
    """The order from old to new."""
    metadata = revision["metadata"]
    return int(revision.get("revision") or 0), metadata.get("creationTimestamp") or "", metadata["name"]


def sort(revisions: Iterable[Obj]) -> list[Obj]:
    """Revisions from old to new."""
    return sorted(revisions, key=age)


def next_number(revisions: list[Obj]) -> int:
    """The number of the next revision, of revisions in order."""
    return int(revisions[-1].get("revision") or 0) + 1 if revisions else 1


async def owned(api: Api, owner: Obj, kind: str) -> list[Obj]:
    """The revisions of an object, old to new; orphans that its selector chooses are adopted."""
    uid, wanted = owner["metadata"]["uid"], chooser(owner["spec"].get("selector"))
    found: list[Obj] = list(api.cached_by(RESOURCE, "owner", uid))
    for one in api.cached_list(RESOURCE, owner["metadata"]["namespace"]):
        if controller_of(one) is None and wanted(one) and not owner["metadata"].get("deletionTimestamp"):
            metadata, references = one["metadata"], [reference(api.profile, owner, kind)]
            body = {"metadata": {"ownerReferences": references, "uid": metadata["uid"]}}
            found.append(await api.patch(RESOURCE, metadata["namespace"], metadata["name"], body, kind="strategic"))
    return sort(found)


async def update_number(api: Api, revision: Obj, number: int) -> Obj:
    """The revision with another number: what an object goes back to becomes its newest."""
    if revision.get("revision") == number:
        return revision
    updated: Obj = await api.update(RESOURCE, {**revision, "revision": number})
    return updated


async def create(api: Api, owner: Obj, kind: str, wanted: Wanted, number: int) -> Obj:
    """Store a revision.

    Raises:
        ApiError: it cannot be stored; AlreadyExists if another one has its name.
    """
    metadata: Obj = {
        "name": wanted.name, "namespace": owner["metadata"]["namespace"], "labels": wanted.labels,
        "ownerReferences": [reference(api.profile, owner, kind)],
    }
    if wanted.annotations:
        metadata["annotations"] = wanted.annotations
    body = {
        "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": metadata, "data": wanted.data,
        "revision": number,
    }
    made: Obj = await api.create(RESOURCE, owner["metadata"]["namespace"], body)
    return made


def same(revision: Obj, data: Obj) -> bool:
    """Whether a revision holds this data."""
    return bool(_bare(revision.get("data")) == _bare(data))


def _bare(data: Any) -> Any:
    template = ((data or {}).get("spec") or {}).get("template") or {}
    metadata = {k: v for k, v in (template.get("metadata") or {}).items() if v is not None}
    return {**template, "metadata": metadata}


async def truncate(api: Api, revisions: list[Obj], live: set[str], limit: int) -> None:
    """Delete the oldest revisions that nothing uses beyond the limit; `live` are names of those that are used."""
    spare = [one for one in revisions if one["metadata"]["name"] not in live]
    for one in spare[: max(0, len(spare) - limit)]:
        metadata = one["metadata"]
        try:
            await api.delete(RESOURCE, metadata["namespace"], metadata["name"])
        except ApiError as error:
            if error.code != 404:
                raise
