"""The columns of every frame: names, dtypes, meaning, and the function that gives an object's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from sanb.values import Obj

Row = tuple[Any, ...]
CATEGORY, TEXT, TIME, INTEGER, BOOL = "category", "object", "datetime64[ns, UTC]", "Int64", "boolean"


class Column(NamedTuple):
    """One column: `dtype` as pandas spells it."""

    name: str
    dtype: str
    doc: str


class Frame(NamedTuple):
    """One frame: the resource it folds, and the rows of one object in order of the columns."""

    resource: str
    columns: tuple[Column, ...]
    rows: Callable[[Obj], Iterator[Row]]


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


def _pods(obj: Obj) -> Iterator[Row]:
    meta, spec, status = obj["metadata"], obj.get("spec", {}), obj.get("status", {})
    yield (meta["namespace"], meta["name"], status.get("phase"), spec.get("nodeName"), spec.get("serviceAccountName"),
           len(spec.get("containers") or ()), meta.get("uid"), meta.get("creationTimestamp"))


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
    yield meta["namespace"], account, "legacy", meta["name"], None, meta.get("creationTimestamp"), None


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

FRAMES: Final[dict[str, Frame]] = {
    "namespaces": Frame("namespaces", (_NAME, _PHASE, *_OWN), _namespaces),
    "serviceaccounts": Frame("serviceaccounts", (
        _NAMESPACE, _NAME, _count("secrets", "listed Secrets"), _count("pull_secrets", "listed imagePullSecrets"),
        Column("automount", BOOL, "automountServiceAccountToken"), *_OWN), _serviceaccounts),
    "secrets": Frame("secrets", (
        _NAMESPACE, _NAME, _category("type", "type"), _ACCOUNT, _count("keys", "entries of data"), *_OWN), _secrets),
    "configmaps": Frame("configmaps", (
        _NAMESPACE, _NAME, _count("keys", "entries of data and binaryData"), *_OWN), _configmaps),
    "pods": Frame("pods", (
        _NAMESPACE, _NAME, _PHASE, _category("node", "spec.nodeName"), _ACCOUNT,
        _count("containers", "containers, without init containers"), *_OWN), _pods),
    "containers": Frame("pods", (
        _NAMESPACE, Column("pod", TEXT, "name of the Pod"), _category("container", "its name"),
        _category("image", "its image"), Column("init", BOOL, "is an init container"),
        _category("state", "waiting, running or terminated"), Column("ready", BOOL, "passes its readiness probe"),
        _count("restarts", "restartCount")), _containers),
    "mounts": Frame("pods", (
        _NAMESPACE, Column("pod", TEXT, "name of the Pod"), _category("container", "its name"),
        _category("path", "mountPath"), _category("volume", "name of the volume"),
        _category("source", "Secret or ServiceAccountToken"),
        Column("credential", TEXT, "the Secret's name, or the token's audience (missing: the API server's)"),
        _ACCOUNT, _count("expiry", "seconds a mounted token is valid; missing: for ever")), _mounts),
    "tokens": Frame("secrets", (
        _NAMESPACE, _ACCOUNT, _category("kind", "legacy"), Column("secret", TEXT, "the Secret that holds it"),
        _category("audience", "missing: the API server's"), Column("issued", TIME, "time of issue"),
        Column("expires", TIME, "missing: never")), _tokens),
    "deployments": Frame("deployments.apps", (
        _NAMESPACE, _NAME, _count("replicas", "wanted"), _count("ready", "ready"), _ACCOUNT, *_OWN), _deployments),
    "events": Frame("events", (
        _NAMESPACE, _NAME, _category("type", "Normal or Warning"), _category("reason", "reason"),
        _category("kind", "kind of the object it is about"), Column("object", TEXT, "name of that object"),
        Column("message", TEXT, "message"), _count("count", "how often"), _category("component", "who says so"),
        Column("last_seen", TIME, "lastTimestamp")), _events),
}

_TIMES = (_count("step", "number of the world's step"), Column("time", TIME, "virtual time"))
REQUESTS: Final = (
    *_TIMES, _category("actor", "who calls"), _category("verb", "verb"), _category("resource", "resource"), _NAMESPACE,
    _NAME, _count("code", "HTTP status"), _count("first_rev", "first revision written; 0: none"),
    _count("last_rev", "last revision written; 0: none"), _count("cause_rev", "revision that made a controller call"),
    Column("message", TEXT, "the error's text"))
ACTIONS: Final = (*_TIMES, _category("op", "what was done"), _category("actor", "by whom"), Column("item", TEXT, "on what"))


def request_row(entry: Any) -> Row:
    """One served call in order of REQUESTS."""
    request, cause = entry.request, entry.cause
    return (entry.step, entry.time, entry.actor, request.verb, request.resource, request.namespace, request.name,
            entry.code, entry.first_rev, entry.last_rev, None if cause is None else cause.rev, entry.message)


def action_row(entry: Any) -> Row:
    """One action of the world in order of ACTIONS."""
    return entry.step, entry.time, entry.op, entry.actor, str(entry.item)
