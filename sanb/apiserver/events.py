"""Events as client-go's recorder writes them: one object per kind of happening, counted when it happens again."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

from sanb.apiserver.request import Request, UserInfo
from sanb.entropy import draw
from sanb.times import rfc3339
from sanb.values import Obj

SOURCES: Final = {"kube-scheduler": "default-scheduler"}
"""Components whose events name another source than the component."""
REPORTING: Final = {"1.10": False, "1.27": True}
"""Whether `reportingComponent` is filled in."""
LATE: Final = {"kubelet": 500_000}
"""Nanoseconds by which a component's events come after those that others tell in the same instant."""
REMEMBERED: Final = 4096
SPAM_BURST: Final = 25
SPAM_SECONDS: Final = 300.0


class Recorder:
    """Composes the requests that record events of one component."""

    def __init__(self, component: str, user: UserInfo, seed: int, seen: dict[Hashable, Any], *, reporting: bool) -> None:
        self._source = SOURCES.get(component, component)
        self._user = user
        self._seed = seed
        self._seen = seen
        self._reporting = reporting

    def compose(self, involved: Obj, kind: str, type_: str, reason: str, message: str, now: float) -> Request | None:
        """The request for one event: a create, a count patch when it was seen before, None when it is spam."""
        metadata = involved["metadata"]
        identity = (self._source, metadata.get("uid", ""))
        if not self._admit(identity, now):
            return None
        place = (*identity, kind, involved.get("fieldPath"), type_, reason, message)
        namespace = metadata.get("namespace") or "default"
        known = self._seen.pop(place, None)
        if known is not None:
            name, count = known
            self._seen[place] = (name, count + 1)
            body = {"count": count + 1, "lastTimestamp": rfc3339(now)}
            return Request("patch", "events", namespace, name, "", body, {"patchType": "strategic"}, self._user)
        name = f"{metadata['name']}.{self._nanoseconds(identity, place, now):x}"
        self._remember(place, (name, 1))
        body = self._event(involved, kind, type_, reason, message, namespace, name, now)
        return Request("create", "events", namespace, "", "", body, {}, self._user)

    def _event(
        self, involved: Obj, kind: str, type_: str, reason: str, message: str, namespace: str, name: str, now: float
    ) -> Obj:
        metadata, stamp = involved["metadata"], rfc3339(now)
        reference = {"kind": kind, "namespace": metadata.get("namespace"), "name": metadata["name"], "uid": metadata.get("uid")}
        reference["apiVersion"] = involved.get("apiVersion", "v1")
        reference["resourceVersion"] = metadata.get("resourceVersion")
        if (path := involved.get("fieldPath")) is not None:
            reference["fieldPath"] = path
        source = {"component": self._source}
        if self._source == "kubelet":
            source["host"] = involved.get("spec", {}).get("nodeName", "")
        return {
            "apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": namespace},
            "involvedObject": {k: v for k, v in reference.items() if v}, "reason": reason, "message": message,
            "source": source, "firstTimestamp": stamp, "lastTimestamp": stamp, "count": 1, "type": type_, "eventTime": None,
            "reportingComponent": self._source if self._reporting else "",
            "reportingInstance": source.get("host", "") if self._reporting else "",
        }

    def _nanoseconds(self, identity: Hashable, place: tuple[object, ...], now: float) -> int:
        """The time in the name: those of one object sort as they were told, also within one instant."""
        last, number = self._seen.pop(("instant", identity), (now, -1))
        number = number + 1 if last == now else 0
        self._remember(("instant", identity), (now, number))
        late = LATE.get(self._source, 0) + number % 500 * 1000
        return int(now * 1000) * 10**6 + late + draw(self._seed, "event", *place, now) % 1000

    def _remember(self, place: Hashable, value: Any) -> None:
        if len(self._seen) >= REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[place] = value

    def _admit(self, identity: Hashable, now: float) -> bool:
        """A burst of 25 events about one object, then one every five minutes."""
        place = ("spam", identity)
        tokens, last = self._seen.pop(place, (float(SPAM_BURST), now))
        tokens = min(float(SPAM_BURST), tokens + (now - last) / SPAM_SECONDS)
        allowed = tokens >= 1.0
        self._remember(place, (tokens - 1.0 if allowed else tokens, now))
        return bool(allowed)
