"""Events as client-go's recorder writes them: one object per kind of happening, counted when it happens again.

They are half of all that a busy cluster stores, and nobody ever looks at most of them. So what a recorder sends is
`Late`: a name, and a function that makes the body when somebody wants it. The server knows such a body to be complete
and valid (`record`); where anything at all is unusual it goes the way of all bodies.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from zlib import crc32

from sanb import entropy
from sanb.apiserver.metadata import link_of
from sanb.apiserver.request import NOTHING, Decision, Request, Response, UserInfo, Write
from sanb.apiserver.resources import RESOURCES
from sanb.apiserver.view import View
from sanb.times import rfc3339
from sanb.values import Late, Obj, pack

SOURCES: Final = {
    "kube-scheduler": "default-scheduler", "replicationcontroller-controller": "replication-controller",
    "endpoints-controller": "endpoint-controller", "endpointslice-controller": "endpoint-slice-controller",
    "disruption-controller": "controllermanager", "persistentvolume-binder-controller": "persistentvolume-controller",
}
"""Components whose events name another source than the component."""
REPORTING: Final = {"1.10": False, "1.27": True}
"""Whether `reportingComponent` is filled in."""
LATE: Final = {"kubelet": 500_000}
"""Nanoseconds by which a component's events come after those that others tell in the same instant."""
REMEMBERED: Final = 2048
"""A recorder remembers so many objects, and at most as many older ones."""
SPAM_BURST: Final = 25.0
SPAM_SECONDS: Final = 300.0


PLAIN: Final = ("NamespaceLifecycle",)
"""The admission plugins that `record` stands for: while no others have a say about events."""


class Told(NamedTuple):
    """What a recorder remembers of one object: a bucket of tokens as of `since`, and the events it has recorded.

    `number` is that of the last one made at `instant`; `known` gives the name and count of each.
    """

    tokens: float
    since: float
    instant: float
    number: int
    known: dict[tuple[str, ...], tuple[str, int]]


class Recorder:
    """Composes the requests that record events of one component."""

    __slots__ = ("_late", "_old", "_reporting", "_shared", "_source", "_young")

    def __init__(self, component: str, *, reporting: bool) -> None:
        self._source = SOURCES.get(component, component)
        self._late = LATE.get(component, 0)
        self._reporting = reporting
        self._young: dict[str, Told] = {}
        self._old: dict[str, Told] = {}
        self._shared = False

    def compose(
        self, user: UserInfo, involved: Obj, kind: str, type_: str, reason: str, message: str, now: float, path: str = ""
    ) -> Request | None:
        """The request for one event: a create, a count patch when it was seen before, None when it is spam.

        `path` is the field of the object that it is about.
        """
        metadata = involved["metadata"]
        uid = metadata.get("uid") or ""
        told = self._young.get(uid) or self._old.get(uid)
        tokens, since, instant, number, known = told or (SPAM_BURST, now, now, -1, {})
        if since != now:
            tokens = min(SPAM_BURST, tokens + (now - since) / SPAM_SECONDS)
        if tokens < 1.0:
            self._remember(uid, Told(tokens, now, instant, number, known))
            return None
        place, namespace = (kind, path, type_, reason, message), metadata.get("namespace") or "default"
        if place in known:
            name, count = known[place]
            self._remember(uid, Told(tokens - 1.0, now, instant, number, {**known, place: (name, count + 1)}))
            body = {"count": count + 1, "lastTimestamp": rfc3339(now)}
            return Request("patch", "events", namespace, name, "", body, {"patchType": "strategic"}, user)
        number = number + 1 if instant == now else 0
        name = f"{metadata['name']}.{self._nanoseconds(uid, number, now):x}"
        self._remember(uid, pack(Told, (tokens - 1.0, now, now, number, {**known, place: (name, 1)})))
        reference = (
            kind, metadata.get("namespace"), metadata["name"], uid, involved.get("apiVersion", "v1"),
            metadata.get("resourceVersion"), path,
        )
        host = (involved.get("spec") or {}).get("nodeName", "") if self._source == "kubelet" else ""
        late = Late(event, name, namespace, reference, (self._source, host, self._reporting), type_, reason, message, now)
        return Request("create", "events", namespace, name, "", late, NOTHING, user)

    def _nanoseconds(self, uid: str, number: int, now: float) -> int:
        """The time in the name: those of one object sort as they were told, also within one instant.

        Its last digits come from the uid, which is drawn already: a draw for every event would be felt.
        """
        milliseconds = int(now * 1000)
        last = (crc32(uid.encode()) + 331 * number + milliseconds) % 1000
        return milliseconds * 10**6 + self._late + number % 500 * 1000 + last

    def _remember(self, uid: str, told: Told) -> None:
        """Two generations, so that the oldest go without anybody having to look for them."""
        if self._shared:
            self._young, self._shared = dict(self._young), False
        self._young[uid] = told
        if len(self._young) >= REMEMBERED:
            self._old, self._young = self._young, {}

    def fork(self) -> Recorder:
        """A recorder that remembers the same."""
        other = Recorder("", reporting=self._reporting)
        other._source, other._late, other._young, other._old = self._source, self._late, self._young, self._old
        self._shared = other._shared = True
        return other


def event(
    rev: int, name: str, namespace: str, reference: tuple[str | None, ...], source: tuple[str, str, bool], type_: str,
    reason: str, message: str, now: float,
) -> Obj:
    """The body of an event, in the form in which servers store it."""
    component, host, reporting = source
    stamp = rfc3339(now)
    involved = {field: value for field, value in zip(_REFERENCE, reference, strict=True) if value}
    return {
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": namespace},
        "involvedObject": involved, "reason": reason, "message": message,
        "source": {"component": component, "host": host} if host else {"component": component},
        "firstTimestamp": stamp, "lastTimestamp": stamp, "count": 1, "type": type_, "eventTime": None,
        "reportingComponent": component if reporting else "", "reportingInstance": host if reporting else "",
    }


_REFERENCE: Final = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")


def written_out(request: Request) -> Request:
    """The request as another client would have sent it: with its body, and without a name that the body has."""
    late = request.body
    return request._replace(name="", body=late.make(0, *late.args))


def record(view: View, request: Request, linked: bool) -> Decision | None:
    """The decision that stores an event of a recorder, if nothing is unusual about it; else None.

    `linked`: it carries a selfLink. No plugin and no rule has anything to say about such a body but
    that its namespace must be there to stay. Its name holds the time, so its uid needs no counter.
    """
    namespace, name = request.namespace, request.name
    space = view.get("namespaces", "", namespace)
    if space is None or (space.get("status") or {}).get("phase") == "Terminating":
        return None
    key = ("events", namespace, name)
    if view.table.get(key) is not None:
        return None
    late = Late(_stored, request.body, view.seed, view.now, linked)
    return Decision(pack(Response, (201, request.body, ())), (pack(Write, (key, late)),))


def _stored(rev: int, body: Late, seed: int, now: float, linked: bool) -> Obj:
    obj: dict[str, Any] = body.make(rev, *body.args)
    given = obj["metadata"]
    uid = entropy.uid(seed, "uid", "events", given["namespace"], given["name"], 0)
    metadata = {**given, "uid": uid, "creationTimestamp": rfc3339(now)}
    if linked:
        metadata["selfLink"] = link_of(RESOURCES["events"], given["namespace"], given["name"])
    metadata["resourceVersion"] = str(rev)
    return {**obj, "metadata": metadata}
