"""One version of one object."""

from __future__ import annotations

from typing import Any

from sanb.values import Key, Late, Obj, ident


class Version:
    """What the log holds: `obj` None says that the object was deleted at `rev`; `prev` is the version before."""

    __slots__ = ("_ident", "gone", "key", "obj", "prev", "rev")

    def __init__(self, rev: int, key: Key, obj: Obj | None, prev: Version | None) -> None:
        self.rev = rev
        self.key = key
        self.obj = obj
        self.prev = prev
        self.gone: Obj | None = None
        """The value before with this revision, as those see it whom this version takes it from: once for all of them."""
        self._ident: int | None = None

    @property
    def last(self) -> Obj:
        """The object itself, or for a deletion the last value it had."""
        if self.obj is not None:
            return self.obj
        assert self.prev is not None and self.prev.obj is not None, "a deletion follows a version"
        return self.prev.obj

    @property
    def ident(self) -> int:
        """Identity of the content, without the revision, computed once."""
        if self._ident is None:
            self._ident = ident(_content(self.obj))
        return self._ident

    def __repr__(self) -> str:
        return f"Version({self.rev}, {'/'.join(self.key)}{', deleted' if self.obj is None else ''})"


class LateVersion(Version):
    """A version whose object is made when it is first read: nobody ever looks at most of the Events."""

    __slots__ = ("_late",)

    def __init__(self, rev: int, key: Key, late: Late, prev: Version | None) -> None:
        self.rev = rev
        self.key = key
        self.prev = prev
        self.gone = None
        self._ident = None
        self._late = late

    def __getattr__(self, name: str) -> Any:
        # asked only for slots that are still empty: `obj` until it is made
        if name != "obj":
            raise AttributeError(name)
        self.obj = self._late.make(self.rev, *self._late.args)
        return self.obj


def _content(obj: Obj | None) -> Obj | None:
    if obj is None:
        return None
    metadata = {k: v for k, v in obj.get("metadata", {}).items() if k not in ("resourceVersion", "creationTimestamp")}
    return {**obj, "metadata": metadata}
