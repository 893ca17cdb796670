"""Saving: everything at once, or from then on what changes, before anybody is answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sanb.apiserver.taskapi import outlives
from sanb.controlplane import ControlPlane
from sanb.durable import file
from sanb.durable.codec import packed, written
from sanb.errors import SanbError, UsageError
from sanb.store.noted import NotedMap, NotedTally
from sanb.store.version import Version
from sanb.tokens.authority import Authority
from sanb.tokens.keys import Key
from sanb.values import Key as Place

MOMENT: Final = 1.0
"""Virtual seconds that may be lost if nothing but time went on."""
PART: Final = ".part"
Note = tuple[str, Hashable, Hashable]


def save(plane: ControlPlane, path: Path, *, follow: bool = False) -> Saved:
    """Write a cluster to a file; `follow`: go on writing what changes.

    Raises:
        UsageError: what stands there is no saved cluster, is newer, damaged or in use, or cannot be written.
    """
    with plane.lock:
        if path.exists():
            with file.reading(path):
                pass
        _write(plane, path)
        return Saved(plane, path, follow=follow)


def resume(plane: ControlPlane, path: Path) -> Saved:
    """Go on writing to the file that the cluster has just been loaded from.

    Raises:
        UsageError: another process has it.
    """
    with plane.lock:
        return Saved(plane, path, follow=True)


def _write(plane: ControlPlane, path: Path) -> None:
    """Write everything into a new file, which then takes the place of the old one."""
    part = path.with_name(path.name + PART)
    try:
        db = file.create(part)
        with _transaction(db):
            _everything(plane, db)
        db.close()
        file.clear(path)
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"cannot write {path}: {error}; choose a folder that exists and has room") from None


class Saved:
    """A cluster and its file; while it is followed, nobody is told what the file does not hold yet.

    Attributes:
        path: the file.
    """

    def __init__(self, plane: ControlPlane, path: Path, *, follow: bool) -> None:
        self.path = path
        self._plane = plane
        self._db: sqlite3.Connection | None = None
        if follow:
            self._follow()

    def _follow(self) -> None:
        self._db = file.follow(self.path)
        self._touched: dict[Note, None] = {}
        self._known()
        self._plane.observers.insert(0, self.flush)

    @property
    def following(self) -> bool:
        """Whether what changes is written."""
        return self._db is not None

    def close(self) -> None:
        """Write what is left and let go of the file. The cluster lives on."""
        with self._plane.lock:
            if self._db is None:
                return
            self.flush()
            self._plane.observers.remove(self.flush)
            self._db.close()
            self._db = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{'following' if self.following else 'saved'} {self.path}>"

    def flush(self) -> None:
        """Write what changed, in one transaction. Called by the cluster with its lock held.

        Raises:
            SanbError: it cannot be written; whoever waits for an answer is told, and the next one tries again.
        """
        plane, db = self._plane, self._db
        if db is None:
            return
        whole = self._renewed()
        if not whole and not self._changed():
            return
        try:
            with _transaction(db):
                if whole:
                    _everything(plane, db)
                else:
                    self._difference(db)
        except sqlite3.Error as error:
            raise SanbError(f"{self.path} cannot be written: {error}; nothing is answered until it can") from None
        self._known()

    def _renewed(self) -> bool:
        """Whether components or keys began anew: then what is written may look different."""
        plane = self._plane
        return plane.world.workers is not self._workers or plane.authority is not self._authority

    def _changed(self) -> bool:
        plane, tally = self._plane, self._tally
        return (
            plane.store.rev != self._rev or bool(self._touched or tally.touched or tally.forgotten)
            or plane.now - self._now >= MOMENT
            or plane.certificates is not self._certificates
        )

    def _known(self) -> None:
        """Remember what the file holds, and note what changes from now on."""
        plane = self._plane
        self._rev, self._now, self._certificates = plane.store.rev, plane.now, plane.certificates
        self._workers, self._authority = plane.world.workers, plane.authority
        tally = plane.store.tally
        self._tally = tally if isinstance(tally, NotedTally) else NotedTally(tally)
        plane.store.tally = self._tally
        self._tally.touched.clear()
        self._tally.forgotten.clear()
        self._touched.clear()
        for name, workers in plane.world.workers.items():
            memory = workers.memory
            if not isinstance(memory, NotedMap) or memory.touched is not self._touched:
                workers.memory = NotedMap(memory, name, self._touched)

    def _difference(self, db: sqlite3.Connection) -> None:
        plane = self._plane
        newest = {version.key: version for version in plane.store.written(self._rev)}
        file.put(db, "objects", _objects(newest, plane.authority))
        gone = [key for key, version in newest.items() if version.obj is None]
        if gone:
            file.drop(db, "objects", ("resource", "namespace", "name"), gone)
        authority = plane.authority
        if self._tally.touched:
            counts = ((packed(key, authority), plane.store.tally.get(key)) for key in self._tally.touched)
            file.put(db, "counters", counts)
        if self._tally.forgotten:
            file.drop(db, "counters", ("name",), [(packed(key, authority),) for key in self._tally.forgotten])
        if self._touched:
            self._memories(db, authority)
        file.put_meta(db, "state", _state(plane))

    def _memories(self, db: sqlite3.Connection, authority: Authority) -> None:
        kept: list[file.Row] = []
        gone: list[file.Row] = []
        for component, bucket, key in self._touched:
            workers = self._workers[component]
            if outlives(workers.controller, bucket, key):
                value, name = workers.memory.get(bucket, key), packed((bucket, key), authority)
                if value is None:
                    gone.append((component, name))
                else:
                    kept.append((component, name, packed(value, authority)))
        file.put(db, "memory", kept)
        file.drop(db, "memory", ("component", "name"), gone)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def _everything(plane: ControlPlane, db: sqlite3.Connection) -> None:
    """Write the whole cluster, in place of what the file holds."""
    authority, head = plane.authority, plane.store.head
    for table in file.TABLES:
        db.execute(f"DELETE FROM {table}")
    file.put_meta(db, "setup", plane.setup)
    file.put_meta(db, "authority", _keys(authority))
    for resource in head.resources():
        file.put(db, "objects", _objects({version.key: version for version in head.scan(resource)}, authority))
    file.put(db, "counters", ((packed(key, authority), count) for key, count in plane.store.tally.all().items()))
    for name, workers in plane.world.workers.items():
        entries = [
            (bucket, key, value) for bucket in sorted(workers.memory.names(), key=repr)
            for key, value in (workers.memory.bucket(bucket) or {}).items() if outlives(workers.controller, bucket, key)
        ]
        file.put(db, "memory", [(name, packed((b, k), authority), packed(v, authority)) for b, k, v in entries])
    file.put_meta(db, "state", _state(plane))


def _objects(versions: dict[Place, Version], authority: Authority) -> Iterator[file.Row]:
    for key, version in versions.items():
        if version.obj is not None:
            yield (*key, version.rev, *written(version.obj, authority))


def _state(plane: ControlPlane) -> dict[str, Any]:
    """What changes with every write."""
    certificates = [list(one) for one in plane.certificates]
    return {"rev": plane.store.rev, "now": plane.now, "certificates": certificates, "floor": plane.store.tally.floor}


def _keys(authority: Authority) -> dict[str, Any]:
    def key(one: Key) -> list[Any]:
        return [one.name, one.pem, one.trusted]

    return {
        "signing": key(authority.signing), "ca": key(authority.ca_key), "verifying": [key(one) for one in authority.verifying],
        "issuers": list(authority.issuers), "audiences": list(authority.api_audiences), "seed": authority.seed,
        "started": authority.started, "max_expiration": authority.max_expiration, "max_extended": authority.max_extended,
        "extend": authority.extend,
    }
