"""The columns of every frame: names, dtypes, meaning, and the function that gives an object's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any, Final, NamedTuple

from sanb.values import Obj

Row = tuple[Any, ...]
NOTHING: Final[Obj] = {}
HOUR: Final = 3600
"""Seconds that a token is valid if nobody says otherwise."""
AT_ONCE: Final = 256
"""Objects that are taken apart together: the processor still has what one column has read when the next one reads it."""
CATEGORY, TEXT, TIME, INTEGER, BOOL = "category", "object", "datetime64[ns, UTC]", "Int64", "boolean"


class Column(NamedTuple):
    """One column: `dtype` as pandas spells it."""

    name: str
    dtype: str
    doc: str


class Frame(NamedTuple):
    """One frame: the resource it folds, and the rows of one object in order of the columns.

    `bulk` gives the columns after namespace and name of many objects at once, for frames with exactly one row an object that
    begins with these two: the same values sooner.
    """

    resource: str
    columns: tuple[Column, ...]
    rows: Callable[[Obj], Iterable[Row]]
    doc: str = ""
    bulk: Callable[[list[Obj]], tuple[list[Any], ...]] | None = None


class Journal(NamedTuple):
    """Rows of the world's `journal` or `actions`, and the rows of one entry in order of the columns."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[Any], Iterator[Row]]
    doc: str = ""


_NAMESPACE = Column("namespace", CATEGORY, "metadata.namespace")
_NAME = Column("name", TEXT, "metadata.name")
_CREATED = Column("created", TIME, "metadata.creationTimestamp")
_UID = Column("uid", TEXT, "metadata.uid")


def _namespaces(obj: Obj) -> Iterator[Row]:
    meta = obj["metadata"]
    yield meta["name"], obj.get("status", {}).get("phase"), meta.get("uid"), meta.get("creationTimestamp")


def _serviceaccounts(obj: Obj) -> Iterator[Row]:
    meta = obj["metadata"]
    yield (meta["namespace"], meta["name"], len(obj.get("secrets") or ()), len(obj.get("imagePullSecrets") or ()),
           obj.get("automountServiceAccountToken"), meta.get("uid"), meta.get("creationTimestamp"))


def _secrets(obj: Obj) -> Iterator[Row]:
    meta = obj["metadata"]
    account = (meta.get("annotations") or {}).get("kubernetes.io/service-account.name")
    yield (meta["namespace"], meta["name"], obj.get("type"), account, len(obj.get("data") or ()),
           meta.get("uid"), meta.get("creationTimestamp"))


def _configmaps(obj: Obj) -> Iterator[Row]:
    meta = obj["metadata"]
    keys = len(obj.get("data") or ()) + len(obj.get("binaryData") or ())
    yield meta["namespace"], meta["name"], keys, meta.get("uid"), meta.get("creationTimestamp")


def _pods(obj: Obj) -> Iterable[Row]:
    """The rows of the largest frame: no generator, which would cost as much as the row."""
    meta, spec, status = obj["metadata"], obj["spec"], obj.get("status") or NOTHING
    return ((meta["namespace"], meta["name"], status.get("phase"), spec.get("nodeName"), spec.get("serviceAccountName"),
             len(spec.get("containers") or ()), meta.get("uid"), meta.get("creationTimestamp")),)


def _all_pods(objects: list[Obj]) -> tuple[list[Any], ...]:
    """The columns of all Pods: column by column without any Python in between, of so many at once as a cache holds."""
    found: tuple[list[Any], ...] = ([], [], [], [], [], [])
    get: Callable[..., Any] = dict.get
    for start in range(0, len(objects), AT_ONCE):
        some = objects[start:start + AT_ONCE]
        metas, specs = list(map(get, some, repeat("metadata"))), list(map(get, some, repeat("spec")))
        statuses = [status or NOTHING for status in map(get, some, repeat("status"))]
        columns: tuple[Iterable[Any], ...] = (
            map(get, statuses, repeat("phase")), map(get, specs, repeat("nodeName")),
            map(get, specs, repeat("serviceAccountName")),
            [len(containers or ()) for containers in map(get, specs, repeat("containers"))],
            map(get, metas, repeat("uid")), map(get, metas, repeat("creationTimestamp")))
        for column, values in zip(found, columns, strict=True):
            column += values
    return found


def _containers(obj: Obj) -> Iterator[Row]:
    meta, spec, status = obj["metadata"], obj.get("spec", {}), obj.get("status", {})
    for init, field, statuses in ((True, "initContainers", "initContainerStatuses"),
                                  (False, "containers", "containerStatuses")):
        known = {one["name"]: one for one in status.get(statuses) or ()}
        for one in spec.get(field) or ():
            seen = known.get(one["name"], {})
            yield (meta["namespace"], meta["name"], one["name"], one.get("image"), init,
                   next(iter(seen.get("state") or ()), None), seen.get("ready"), seen.get("restartCount"))


def _mounts(obj: Obj) -> Iterator[Row]:
    meta, spec = obj["metadata"], obj.get("spec", {})
    sources = {volume["name"]: list(_credentials(volume)) for volume in spec.get("volumes") or ()}
    for field in ("initContainers", "containers"):
        for container in spec.get(field) or ():
            for mount in container.get("volumeMounts") or ():
                for kind, source, expiry in sources.get(mount["name"], ()):
                    yield (meta["namespace"], meta["name"], container["name"], mount["mountPath"], mount["name"],
                           kind, source, spec.get("serviceAccountName"), expiry)


def _credentials(volume: Obj) -> Iterator[tuple[str, str | None, int | None]]:
    """(source kind, Secret or audience, seconds until expiry) of what a volume holds."""
    if "secret" in volume:
        yield "Secret", volume["secret"].get("secretName"), None
    for source in (volume.get("projected") or {}).get("sources") or ():
        if "serviceAccountToken" in source:
            token = source["serviceAccountToken"]
            yield "ServiceAccountToken", token.get("audience"), token.get("expirationSeconds", 3600)
        elif "secret" in source:
            yield "Secret", source["secret"].get("name"), None


def _tokens(obj: Obj) -> Iterator[Row]:
    """Only the type and annotations are read: a lazy token stays unsigned."""
    if obj.get("type") != "kubernetes.io/service-account-token":
        return
    meta = obj["metadata"]
    account = (meta.get("annotations") or {}).get("kubernetes.io/service-account.name")
    yield meta["namespace"], account, "legacy", meta["name"], None, None, meta.get("creationTimestamp"), None


def _bound(call: Any) -> Iterator[Row]:
    """The token that a TokenRequest was answered with: what was asked for, since answers are not kept."""
    request = call.request
    if request.subresource != "token" or request.verb != "create" or call.code != 201:
        return
    spec = (request.body or {}).get("spec") or {}
    bound = spec.get("boundObjectRef") or {}
    holder = f"{bound['kind'].lower()}/{bound['name']}" if bound.get("name") else None
    audiences = ",".join(spec.get("audiences") or ()) or None
    expires = call.time + (spec.get("expirationSeconds") or HOUR)
    yield request.namespace, request.name, "bound", None, audiences, holder, call.time, expires


def _deployments(obj: Obj) -> Iterator[Row]:
    meta, spec, status = obj["metadata"], obj.get("spec", {}), obj.get("status", {})
    account = spec.get("template", {}).get("spec", {}).get("serviceAccountName")
    yield (meta["namespace"], meta["name"], spec.get("replicas"), status.get("readyReplicas", 0),
           account, meta.get("uid"), meta.get("creationTimestamp"))


def _events(obj: Obj) -> Iterator[Row]:
    meta, about = obj["metadata"], obj.get("involvedObject", {})
    yield (meta["namespace"], meta["name"], obj.get("type"), obj.get("reason"), about.get("kind"), about.get("name"),
           obj.get("message"), obj.get("count"), (obj.get("source") or {}).get("component"),
           obj.get("lastTimestamp") or obj.get("eventTime") or meta.get("creationTimestamp"))


def _category(name: str, doc: str) -> Column:
    return Column(name, CATEGORY, doc)


def _count(name: str, doc: str) -> Column:
    return Column(name, INTEGER, doc)


_ACCOUNT = _category("service_account", "name of the ServiceAccount")
_PHASE = _category("phase", "status.phase")
_OWN = (_UID, _CREATED)
_POD = Column("pod", TEXT, "name of the Pod")
_TOKENS = (
    _NAMESPACE, _ACCOUNT, _category("kind", "legacy (in a Secret) or bound (by a TokenRequest)"),
    Column("secret", TEXT, "the Secret that holds it; missing: none"),
    _category("audience", "who should accept it, separated by commas; missing: the API server"),
    Column("bound_to", TEXT, "the object it dies with, kind/name; missing: only the ServiceAccount"),
    Column("issued", TIME, "time of issue"), Column("expires", TIME, "end of its life as asked for; missing: never"))

FRAMES: Final[dict[str, Frame]] = {
    "namespaces": Frame("namespaces", (_NAME, _PHASE, *_OWN), _namespaces, "One row per Namespace."),
    "serviceaccounts": Frame("serviceaccounts", (
        _NAMESPACE, _NAME, _count("secrets", "listed Secrets"), _count("pull_secrets", "listed imagePullSecrets"),
        Column("automount", BOOL, "automountServiceAccountToken; missing: not set"), *_OWN), _serviceaccounts,
        "One row per ServiceAccount."),
    "secrets": Frame("secrets", (
        _NAMESPACE, _NAME, _category("type", "type"),
        _category("service_account", "the ServiceAccount that its annotation names"), _count("keys", "entries of data"),
        *_OWN), _secrets, "One row per Secret; values are never shown."),
    "configmaps": Frame("configmaps", (
        _NAMESPACE, _NAME, _count("keys", "entries of data and binaryData"), *_OWN), _configmaps,
        "One row per ConfigMap."),
    "pods": Frame("pods", (
        _NAMESPACE, _NAME, _PHASE, _category("node", "spec.nodeName"), _ACCOUNT,
        _count("containers", "containers, without init containers"), *_OWN), _pods, "One row per Pod.",
        _all_pods),
    "containers": Frame("pods", (
        _NAMESPACE, _POD, _category("container", "its name"),
        _category("image", "its image"), Column("init", BOOL, "is an init container"),
        _category("state", "waiting, running or terminated"), Column("ready", BOOL, "passes its readiness probe"),
        _count("restarts", "restartCount")), _containers, "One row per container."),
    "mounts": Frame("pods", (
        _NAMESPACE, _POD, _category("container", "its name"),
        _category("path", "mountPath"), _category("volume", "name of the volume"),
        _category("source", "Secret or ServiceAccountToken"),
        Column("credential", TEXT, "the Secret's name, or the token's audience; missing: the API server"),
        _ACCOUNT, _count("expiry", "seconds that a mounted token is valid; missing: for ever")), _mounts,
        "One row per container and credential that is mounted into it."),
    "tokens": Frame("secrets", _TOKENS, _tokens, "One row per legacy token Secret, then one per bound token issued."),
    "deployments": Frame("deployments.apps", (
        _NAMESPACE, _NAME, _count("replicas", "wanted"), _count("ready", "ready"), _ACCOUNT, *_OWN), _deployments,
        "One row per Deployment."),
    "events": Frame("events", (
        _NAMESPACE, _NAME, _category("type", "Normal or Warning"), _category("reason", "reason"),
        _category("kind", "kind of the object it is about"), Column("object", TEXT, "name of that object"),
        Column("message", TEXT, "message"), _count("count", "how often"), _category("component", "who says so"),
        Column("last_seen", TIME, "lastTimestamp")), _events, "One row per Event."),
}

_TIME = Column("time", TIME, "virtual time")
_TIMES = (_count("step", "number of the world's step"), _TIME)
REQUESTS: Final = (
    *_TIMES, _category("actor", "the component that calls; empty: a user or an event"), _category("user", "as whom"),
    _category("verb", "verb"), _category("resource", "resource"), _category("subresource", "subresource"), _NAMESPACE,
    _NAME, _count("code", "HTTP status"), _count("first_rev", "first revision written; 0: none"),
    _count("last_rev", "last revision written; 0: none"), _count("cause_rev", "revision that made a controller call"),
    Column("message", TEXT, "the error's text"))
ACTIONS: Final = (
    *_TIMES, _category("op", "what was done"), _category("actor", "by whom"), Column("item", TEXT, "on what"))
TIMELINE: Final = (
    _TIME, _count("revision", "resourceVersion"), _category("actor", "component or user"),
    _category("user", "as whom"), _category("did", "what"), Column("changed", TEXT, "paths of changed fields"),
    Column("why", TEXT, "chain of causes"))


def _request(entry: Any) -> Iterator[Row]:
    request, cause = entry.request, entry.cause
    yield (entry.step, entry.time, entry.actor, request.acting.name, request.verb, request.resource,
           request.subresource, request.namespace, request.name, entry.code, entry.first_rev, entry.last_rev,
           None if cause is None else cause.rev, entry.message)


def _denial(entry: Any) -> Iterator[Row]:
    """A call that was refused for who made it."""
    if entry.code in (401, 403):
        request = entry.request
        yield (entry.step, entry.time, entry.actor, request.acting.name, request.verb, request.resource or request.path,
               request.subresource, request.namespace, request.name, entry.code, entry.message)


def _action(entry: Any) -> Iterator[Row]:
    item = entry.item
    words = "" if item is None else "/".join(map(str, item)) if isinstance(item, tuple) else str(item)
    yield entry.step, entry.time, entry.op, entry.actor, words


DENIALS: Final = (
    *_TIMES, _category("actor", "the component that calls; empty: a user or an event"), _category("user", "as whom"),
    _category("verb", "verb"), _category("resource", "resource, or URL"), _category("subresource", "subresource"),
    _NAMESPACE, _NAME, _count("code", "HTTP status: 401 or 403"), Column("message", TEXT, "the error's text"))
JOURNALS: Final[dict[str, Journal]] = {
    "requests": Journal("journal", REQUESTS, _request, "One row per API call that was served, in order."),
    "denials": Journal("journal", DENIALS, _denial, "One row per API call that was refused for who made it, in order."),
    "actions": Journal("actions", ACTIONS, _action, "One row per step of the world, in order."),
}
BOUND: Final = Journal("journal", _TOKENS, _bound)
"""The second part of the frame `tokens`."""


def documented(frame: Any) -> str:
    """The documentation of a frame: what its rows are, and its columns with their dtypes."""
    width = max(len(column.name) for column in frame.columns)
    kinds = max(len(column.dtype) for column in frame.columns)
    lines = [f"    {column.name:{width}}  {column.dtype:{kinds}}  {column.doc}" for column in frame.columns]
    return "\n".join([frame.doc, "", "Columns:", *lines])
