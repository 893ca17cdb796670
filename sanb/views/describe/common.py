"""Pieces of `kubectl describe` that all kinds share (SEM 12.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from sanb.apiserver.ages import age
from sanb.profiles.profile import Profile
from sanb.times import parse
from sanb.values import Obj, dig

NOTE: Final = {"1.10": "{}={}", "1.12": "{}: {}"}
LONG: Final = 140
HOST: Final = {"1.10": True, "1.19": False}
"""Whether it is told on which Node an Event was recorded."""
FIELD: Final = {"1.10": False, "1.36": True}
"""Whether it is told which part of an object an Event is about."""
HIDDEN: Final = ("kubectl.kubernetes.io/last-applied-configuration",)
HIDES: Final = {"1.10": False, "1.17": True}


class Reader(Protocol):
    """What a description needs beside its object: other objects, the minor and the time."""

    @property
    def profile(self) -> Profile: ...
    @property
    def now(self) -> float: ...
    def objects(self, resource: str, namespace: str = "", **selectors: str) -> list[Obj]: ...


def line(key: str, value: Any = "") -> str:
    """`Key:  value`, to be aligned."""
    return f"{key}:\t{value}\n"


def several(key: str, values: Iterable[str]) -> str:
    """A key with one value per line, or <none>."""
    found = list(values)
    if not found:
        return line(key, "<none>")
    return line(key, found[0]) + "".join(f"\t{value}\n" for value in found[1:])


def labels(found: Mapping[str, str] | None, key: str = "Labels") -> str:
    """The labels, one per line."""
    return several(key, [f"{name}={found[name]}" for name in sorted(found)] if found else [])


def notes(found: Mapping[str, str] | None, profile: Profile, key: str = "Annotations") -> str:
    """The annotations, one per line; long ones start on a line of their own."""
    if not found:
        return line(key, "<none>")
    hidden = HIDDEN if profile.pick(HIDES) else ()
    shown = []
    for name in sorted(one for one in found if one not in hidden):
        value = str(found[name]).removesuffix("\n")
        if len(name) + len(value) + 2 > LONG or "\n" in value:
            shown.append(
                f"{name}:"
                + "".join(f"\n\t  {part[:LONG - 2] + '...' if len(part) > LONG - 2 else part}" for part in value.split("\n"))
            )
        else:
            shown.append(profile.pick(NOTE).format(name, value))
    return several(key, shown)


def heading(obj: Obj, reader: Reader, *, namespace: bool = True) -> str:
    """Name, namespace, labels and annotations."""
    metadata = obj["metadata"]
    place = line("Namespace", metadata["namespace"]) if namespace and metadata.get("namespace") else ""
    marks = labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile)
    return line("Name", metadata["name"]) + place + marks


def events(obj: Obj, reader: Reader) -> str:
    """The events about an object; none where the reader does not want them."""
    if not getattr(reader, "with_events", True):
        return ""
    metadata = obj["metadata"]
    found = [
        event
        for event in reader.objects("events", metadata.get("namespace", "") or "default")
        if dig(event, "involvedObject", "uid") == metadata.get("uid")
    ]
    if not found:
        return "Events:\t<none>\n"
    found.sort(key=lambda event: parse(event.get("lastTimestamp") or event["metadata"]["creationTimestamp"]))
    rows = "".join(_event(event, reader) for event in found)
    return "Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n" + rows


def _event(event: Obj, reader: Reader) -> str:
    last = age(event.get("lastTimestamp") or event.get("eventTime"), reader.now, reader.profile)
    if event.get("count", 1) > 1:
        last = f"{last} (x{event['count']} over {age(event.get('firstTimestamp'), reader.now, reader.profile)})"
    source = event.get("source") or {}
    origin = source.get("component") or event.get("reportingComponent") or ""
    if source.get("host") and reader.profile.pick(HOST):
        origin = f"{origin}, {source['host']}"
    message = str(event.get("message", "")).strip()
    place = dig(event, "involvedObject", "fieldPath", default="")
    if place and reader.profile.pick(FIELD):
        message = f"{place}: {message}"
    cells = (event.get("type", ""), event.get("reason", ""), last, origin, message)
    return "  " + "\t".join(cells) + "\n"


def date(text: str | None) -> str:
    """A time as describe prints it."""
    return datetime.fromtimestamp(parse(text), UTC).strftime("%a, %d %b %Y %H:%M:%S +0000") if text else "<unset>"


def controlled_by(obj: Obj) -> str:
    """The controller of an object, if it has one."""
    for owner in obj["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            return line("Controlled By", f"{owner['kind']}/{owner['name']}")
    return ""
