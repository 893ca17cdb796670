"""Watch: a cursor on the log that turns versions into the events a client's selectors let it see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sanb.apiserver import listing, queryoptions, status
from sanb.apiserver.queryoptions import flag
from sanb.store.store import Compacted, Store
from sanb.store.version import Version
from sanb.values import Obj

if TYPE_CHECKING:
    from sanb.apiserver.context import Context

GONE: Final = {"1.10": "Gone", "1.17": "Expired"}
"""The reason of a 410 about a resourceVersion."""
INITIAL: Final = {
    "1.10": "ignored", "1.19": "unknown", "1.27": "forbidden", "1.32": "served", "1.33": "forbidden", "1.34": "served",
}
"""What `sendInitialEvents` is to a minor (gate WatchList); "unknown": not known, but what comes with it is refused."""
END_OF_INITIAL: Final = {"k8s.io/initial-events-end": "true"}
"""Marks the bookmark after which a watch has told everything that was there when it began."""


class Event(NamedTuple):
    """One watch event: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR."""

    type: str
    object: Obj


class Watcher:
    """Reads events from the store it is given, each time from where it stopped."""

    __slots__ = (
        "_bookmarks", "_ending", "_following", "_gone", "_kind", "_match", "_namespace", "_resource", "_rev", "_state", "closed",
    )

    def __init__(
        self, resource: str, namespace: str, rev: int, match: listing.Match | None = None, *, initial: bool = False,
        bookmarks: bool = False, kind: tuple[str, str] = ("v1", ""), gone: str = "Expired",
    ) -> None:
        self._resource = resource
        self._namespace = namespace
        self._rev = rev
        self._match = match
        self._state = initial
        self._bookmarks = bookmarks
        self._kind = kind
        self._gone = gone
        self._ending = self._following = False
        self.closed = False

    @classmethod
    def of(cls, context: Context) -> Watcher:
        """The watcher that a request asks for: without a resourceVersion (or with 0) it begins with what there is.

        From a revision that is yet to come it tells nothing until then; only who wants what there is first is told that
        there is no such state.
        """
        rev = listing.revision(context)
        queryoptions.number(context.options.get("timeoutSeconds"))  # whether it is one
        store, resource = context.view.store, context.resource
        chosen = listing.selection(context)
        bookmarks = flag(context.options.get("allowWatchBookmarks"))
        listing_first = _initial(context)
        begin = store.rev if listing_first and rev <= store.rev else rev or store.rev
        found = cls(
            resource.id, context.request.namespace, begin, chosen.match,
            initial=rev == 0 if listing_first is None else listing_first, bookmarks=bookmarks,
            kind=(resource.api_version, resource.kind), gone=context.view.profile.pick(GONE),
        )
        found._ending = bool(listing_first) and bookmarks
        return found

    def poll(self, store: Store) -> list[Event]:
        """The events since the last poll."""
        if self.closed:
            return []
        found: list[Event] = []
        if self._state:
            self._state = False
            if self._rev > store.rev:
                self.closed = True
                return [Event("ERROR", status.too_large(self._rev, store.rev).status)]
            past = store.head if self._rev >= store.rev else store.at(self._rev)
            objects = [v.obj for v in past.scan(self._resource, self._namespace or None) if v.obj is not None]
            found = [Event("ADDED", obj) for obj in objects if self._match is None or self._match(obj)]
            if self._ending:
                found.append(self._mark(END_OF_INITIAL))
        try:
            versions = (store.follow if self._following else store.since)(self._rev, self._resource)
        except Compacted as compacted:
            self.closed = True
            refusal = status.expired(f"too old resource version: {self._rev} ({compacted.oldest})", self._gone)
            return [Event("ERROR", refusal.status)]
        for version in versions:
            event = self._event(version)
            if event is not None:
                found.append(event)
        self._rev, self._following = max(self._rev, store.rev), True
        return found

    def bookmark(self) -> Event | None:
        """An event that only tells how far the watch has come, if the client asked for such."""
        return None if not self._bookmarks or self.closed else self._mark()

    def _mark(self, annotations: dict[str, str] | None = None) -> Event:
        api_version, kind = self._kind
        metadata: dict[str, Any] = {"resourceVersion": str(self._rev), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        return Event("BOOKMARK", {"kind": kind, "apiVersion": api_version, "metadata": metadata})

    def _event(self, version: Version) -> Event | None:
        if self._namespace and version.key[1] != self._namespace:
            return None
        match, before = self._match, version.prev
        old = None if before is None else before.obj
        new = version.obj
        was = old is not None and (match is None or match(old))
        now = new is not None and (match is None or match(new))
        if now and new is not None:
            return Event("MODIFIED" if was else "ADDED", new)
        if not was or old is None:
            return None
        if version.gone is None:
            version.gone = _at(old, version.rev)
        return Event("DELETED", version.gone)


def _initial(context: Context) -> bool | None:
    """Whether the client wants what there is before what comes; None if it leaves that to the server.

    Raises:
        ApiError: 422, the minor does not do that, or not together with the other options.
    """
    options, mode = context.options, context.view.profile.pick(INITIAL)
    wanted, match = options.get("sendInitialEvents"), options.get("resourceVersionMatch") or ""
    asked = wanted is not None
    if mode == "ignored":
        return None
    field = "resourceVersionMatch"
    if mode == "unknown":
        if match:
            why = f"{field} is forbidden for watch"
            raise status.options_invalid("ListOptions", status.field_forbidden(field, why))
        return None
    if asked and match != "NotOlderThan":
        why = f"sendInitialEvents requires setting {field} to NotOlderThan"
        raise status.options_invalid("ListOptions", status.field_forbidden(field, why))
    if asked and mode == "forbidden":
        why = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"
        raise status.options_invalid("ListOptions", status.field_forbidden("sendInitialEvents", why))
    if match and not asked:
        why = f"{field} is forbidden for watch unless sendInitialEvents is provided"
        raise status.options_invalid("ListOptions", status.field_forbidden(field, why))
    return flag(wanted) if asked else None


def _at(obj: Obj, rev: int) -> Obj:
    """The last value of an object that goes, with the revision at which it went."""
    return {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(rev)}}
