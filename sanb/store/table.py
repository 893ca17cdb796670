"""The newest version of every key, with indexes: the fold of a log, or of the part of it somebody has been told."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from sanb.store.cow import MASK, CowMap
from sanb.store.index import IndexPlan
from sanb.store.version import LateVersion, Version
from sanb.values import Key, Late, Obj


class Table:
    """Copy-on-write: `fork()` is constant in the number of objects."""

    __slots__ = ("_heads", "_index", "_plan", "_spaces")

    def __init__(self, plan: IndexPlan) -> None:
        self._plan = plan
        self._heads: CowMap[Version] = CowMap()
        self._index: CowMap[None] = CowMap()  # keys only: so a version that is filed as before touches no index
        self._spaces: CowMap[int] = CowMap()

    def get(self, key: Key) -> Version | None:
        """The newest version, or None where there is no such object."""
        resource, namespace, name = key
        place = (resource, namespace)
        shard = self._heads.shards[hash(place) & MASK]
        if shard is None:
            return None
        bucket = shard.get(place)
        return None if bucket is None else bucket.get(name)

    def by(self, resource: str, index: str, value: Hashable) -> list[Version]:
        """Objects filed under `value`, in order of (namespace, name)."""
        bucket = self._index.bucket((resource, index, value))
        if not bucket:
            return []
        get = self._heads.get
        return [get(key[:2], key[2]) for key in bucket.sorted()]  # type: ignore[misc]

    def some(self, resource: str, index: str, value: Hashable, fulfilled: Callable[[Version], bool]) -> bool:
        """Whether any object filed under `value` fulfils something; their order does not matter, so none is made."""
        bucket = self._index.bucket((resource, index, value))
        get = self._heads.get
        return bucket is not None and any(fulfilled(get(key[:2], key[2])) for key in bucket)  # type: ignore[arg-type]

    def tally(self, resource: str, index: str, value: Hashable) -> int:
        """How many objects are filed under `value`."""
        return len(self._index.bucket((resource, index, value)) or ())

    def scan(self, resource: str, namespace: str | None = None) -> list[Version]:
        """All objects of a resource, in order of (namespace, name)."""
        if namespace is not None:
            return self._space(resource, namespace)
        found: list[Version] = []
        for space in self.namespaces(resource):
            found.extend(self._space(resource, space))
        return found

    def spaces(self, resource: str) -> Iterator[tuple[str, list[str], list[Version]]]:
        """Each namespace in order, with its objects' names and versions in order: `scan` for who needs the names too."""
        for space in self.namespaces(resource):
            bucket = self._heads.bucket((resource, space))
            if bucket is not None:
                names = bucket.sorted()
                yield space, names, list(map(bucket.__getitem__, names))

    def _space(self, resource: str, namespace: str) -> list[Version]:
        bucket = self._heads.bucket((resource, namespace))
        return list(map(bucket.__getitem__, bucket.sorted())) if bucket else []

    def namespaces(self, resource: str) -> list[str]:
        """Namespaces that hold objects of a resource ("" for cluster-scoped ones), sorted."""
        return sorted(self._spaces.bucket(resource) or ())

    def resources(self) -> list[str]:
        """Resources that have objects, sorted."""
        return sorted(str(name) for name in self._spaces.names())

    def count(self, resource: str, namespace: str | None = None) -> int:
        """How many objects there are."""
        if namespace is not None:
            return len(self._heads.bucket((resource, namespace)) or ())
        spaces = self._spaces.bucket(resource) or ()
        return sum(len(self._heads.bucket((resource, space)) or ()) for space in spaces)

    def commit(self, rev: int, key: Key, obj: Obj | Late | None) -> Version:
        """Make the next version of `key` and fold it in: `apply` without looking twice."""
        resource, namespace, name = key
        place = (resource, namespace)
        version: Version
        if obj is None:
            version = Version(rev, key, None, self._heads.get(place, name))
            self.apply(version)
            return version
        bucket = self._heads.writable(place)
        old = bucket.get(name)
        if obj.__class__ is Late:
            version = LateVersion(rev, key, obj, old)
        else:
            version = Version(rev, key, obj, old)  # type: ignore[arg-type]
        bucket[name] = version
        if old is not None:
            self._file(version, old)
            return version
        bucket.order = None
        if len(bucket) == 1:
            self._spaces.put(resource, namespace, 1)
        if obj.__class__ is not Late:
            self._file_new(key, obj)  # type: ignore[arg-type]
        return version

    def apply(self, version: Version) -> Version | None:
        """Fold one version in; returns the one it replaces."""
        resource, namespace, name = version.key
        place = (resource, namespace)
        old = self._heads.get(place, name)
        if version.obj is None:
            self._remove(version, old)
            return old
        self._heads.put(place, name, version)
        if old is None:
            self._spaces.put(resource, namespace, 1)
        self._file(version, old)
        return old

    def _remove(self, version: Version, old: Version | None) -> None:
        if old is None or old.obj is None:
            return
        resource, namespace, name = version.key
        self._heads.drop((resource, namespace), name)
        if not self._heads.bucket((resource, namespace)):
            self._spaces.drop(resource, namespace)
        for entry in self._plan.entries(resource, old.obj):
            self._index.drop((resource, *entry), version.key)

    def _file(self, version: Version, old: Version | None) -> None:
        """Bring the indexes from the old version, if there was one, to the new one."""
        if old is None:
            if version.__class__ is not LateVersion:
                self._file_new(version.key, version.obj)  # type: ignore[arg-type]
            return
        assert version.obj is not None and old.obj is not None
        if not self._plan.kept(version.key[0], version.obj, old.obj):
            self._refile(version.key, version.obj, old.obj)

    def _file_new(self, key: Key, obj: Obj) -> None:
        resource, writable = key[0], self._index.writable
        for name, indexer in self._plan.of(resource):
            value = indexer(obj)
            if value is None:
                continue
            for one in value if value.__class__ is list else (value,):
                bucket = writable((resource, name, one))
                bucket[key] = bucket.order = None

    def _refile(self, key: Key, new: Obj, old: Obj) -> None:
        resource = key[0]
        for name, indexer in self._plan.of(resource):
            before, after = indexer(old), indexer(new)
            if before == after:
                continue
            before, after = _values(before), _values(after)
            for value in before:
                if value not in after:
                    self._index.drop((resource, name, value), key)
            for value in after:
                if value not in before:
                    self._index.put((resource, name, value), key, None)

    def fork(self) -> Table:
        """A table with the same contents that changes independently."""
        other: Table = Table.__new__(Table)
        other._plan = self._plan
        other._heads = self._heads.fork()
        other._index = self._index.fork()
        other._spaces = self._spaces.fork()
        return other

    def contents(self) -> list[tuple[Key, Any]]:
        """(key, identity of the content) of everything, sorted: what a fingerprint needs."""
        return [(v.key, v.ident) for resource in self.resources() for v in self.scan(resource)]


def _values(found: Any) -> list[Any]:
    """What an indexer gave, as a list."""
    return found if found.__class__ is list else [] if found is None else [found]
