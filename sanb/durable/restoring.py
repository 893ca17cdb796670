"""Loading: a cluster as it was saved, whose components start anew, as after a crash of everything but the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from sanb.controlplane import ControlPlane
from sanb.durable import file
from sanb.durable.codec import read, unpacked
from sanb.errors import UsageError
from sanb.renewal import Certified
from sanb.store.store import Store
from sanb.tokens.authority import Authority
from sanb.tokens.keys import Key

P = TypeVar("P", bound=ControlPlane)


def load(cls: type[P], path: Path, controllers: str | Sequence[str] | None = None) -> P:
    """The cluster that a file holds; `controllers` says what runs from now on, if it is not what ran before.

    Raises:
        UsageError: there is no such file, or it is no saved cluster, newer, damaged or in use.
    """
    with file.reading(path) as db:
        try:
            return _loaded(cls, path, db, {} if controllers is None else {"controllers": controllers})
        except UsageError:
            raise
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise file.damaged(path, error) from error


def _loaded(cls: type[P], path: Path, db: sqlite3.Connection, changed: dict[str, Any]) -> P:
    known = file.meta(db)
    setup, state = {**known["setup"], **changed}, known["state"]
    authority = _authority(known["authority"])
    plane = cls.restored(setup, authority, str(path), lambda store, keys: _fill(store, db, keys, state), state["now"])
    plane.certificates = tuple(Certified(name, tuple(groups), *times) for name, groups, *times in state["certificates"])
    for component, name, value in file.rows(db, "memory", "component, name"):
        if component in plane.world.workers:  # what runs may be chosen anew
            bucket, key = unpacked(name, plane.authority)
            plane.world.workers[component].memory.put(bucket, key, unpacked(value, plane.authority))
    return plane


def _fill(store: Store, db: sqlite3.Connection, authority: Authority, state: dict[str, Any]) -> None:
    """Put in what was there, in the order in which it came."""
    for resource, namespace, name, at, form, body in file.rows(db, "objects", "rev"):
        store.restore(at, (resource, namespace, name), read(form, body, authority))
    store.rev = state["rev"]
    store.compact(store.rev)
    store.tally.floor = state.get("floor", 0)
    for name, count in file.rows(db, "counters", "name"):
        store.tally.set(unpacked(name, authority), count)


def _authority(known: dict[str, Any]) -> Authority:
    """The keys; what follows from the minor is added by whoever knows it."""
    return Authority(
        Key(*known["signing"]), Key(*known["ca"]), tuple(known["issuers"]), tuple(known["audiences"]), False, False, "",
        known["seed"], known["started"], tuple(Key(*one) for one in known["verifying"]), known["max_expiration"],
        known["max_extended"], known["extend"],
    )
