"""The file of a saved cluster: SQLite, one row for each object, counter and thing remembered, each with a checksum.

It says in its header that it is ours and in which format, so that a foreign, newer or damaged file is told before anything
is written. Reading never writes: a file that cannot be used stays as it is.
"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from sanb.errors import UsageError

FORMAT: Final = 1
OURS: Final = 0x53414E42
"""SQLite's application id: "SANB"."""
MAGIC: Final = b"SQLite format 3\x00"
HEADER: Final = 100
VERSION_AT, OURS_AT = 60, 68
"""Where the header of an SQLite file has the user's version and the application id."""
BESIDE: Final = ("-wal", "-shm")
TABLES: Final = {
    "meta": "name TEXT PRIMARY KEY, value TEXT",
    "objects": "resource TEXT, namespace TEXT, name TEXT, rev INTEGER, form INTEGER, body TEXT, sum INTEGER, "
               "PRIMARY KEY (resource, namespace, name)",
    "counters": "name TEXT PRIMARY KEY, count INTEGER, sum INTEGER",
    "memory": "component TEXT, name TEXT, value TEXT, sum INTEGER, PRIMARY KEY (component, name)",
}
SECRET_MODE: Final = 0o600
Row = tuple[Any, ...]


def checksum(*fields: Any) -> int:
    """A number that changes when the row is damaged."""
    return crc32("\x00".join(map(str, fields)).encode(errors="surrogatepass"))


def create(path: Path) -> sqlite3.Connection:
    """A new, empty file, readable by its owner only: it holds keys."""
    os.close(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, SECRET_MODE))
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA synchronous=OFF")  # nobody reads it before it is complete
    db.execute(f"PRAGMA application_id={OURS}")
    db.execute(f"PRAGMA user_version={FORMAT}")
    for name, columns in TABLES.items():
        db.execute(f"CREATE TABLE {name} ({columns}) WITHOUT ROWID")
    return db


def follow(path: Path) -> sqlite3.Connection:
    """A file that was checked, open for writing by us alone.

    Raises:
        UsageError: another process has it.
    """
    db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("BEGIN IMMEDIATE")
        db.execute("COMMIT")
    except sqlite3.Error as error:
        db.close()
        raise _unusable(path, error) from None
    return db


def check(path: Path) -> None:
    """Refuse a file that is not ours, newer, or cut off in its first bytes; it is not opened as a database for that.

    Raises:
        UsageError: the reason.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEADER)
    except OSError as error:
        raise UsageError(f"no saved cluster at {path}: {error.strerror}; c.save(path) writes one") from None
    if len(head) < HEADER or not head.startswith(MAGIC) or _number(head, OURS_AT) != OURS:
        raise UsageError(f"{path} is no saved cluster, or its beginning is damaged; it was left as it is: choose another file")
    version = _number(head, VERSION_AT)
    if version != FORMAT:
        raise UsageError(
            f"{path} was written by another version of sanb (format {version}, this one reads {FORMAT}); "
            "it was left as it is: use that version, or upgrade this one"
        )


def _number(head: bytes, place: int) -> int:
    return int(struct.unpack_from(">I", head, place)[0])


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A file that is ours, open for reading.

    Raises:
        UsageError: it is not ours, newer, damaged, or another process writes it.
    """
    check(path)
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise _unusable(path, error) from None
    try:
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise damaged(path, found)
        yield db
    except sqlite3.Error as error:
        raise _unusable(path, error) from None
    finally:
        with suppress(sqlite3.Error):
            db.close()


def damaged(path: Path, why: object) -> UsageError:
    """The file cannot be trusted."""
    return UsageError(f"{path} is damaged ({why}); it was left as it is: restore a copy of it, or begin with a new file")


def _unusable(path: Path, error: sqlite3.Error) -> UsageError:
    if "locked" in str(error):
        return UsageError(f"{path} is in use: another process writes it; stop that one first, or choose another file")
    return damaged(path, error)


def clear(path: Path) -> None:
    """Take away what SQLite keeps beside a file."""
    for suffix in BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


# ---------------------------------------------------------------------- rows


def meta(db: sqlite3.Connection) -> dict[str, Any]:
    """What is known once: the set-up, the keys, the revision and the time.

    Raises:
        ValueError: a row is damaged.
    """
    found: dict[str, Any] = {}
    for name, text in db.execute("SELECT name, value FROM meta"):
        total, _, value = text.partition(" ")
        if int(total) != checksum(name, value):
            raise ValueError(f"checksum of {name}")
        found[name] = json.loads(value)
    return found


def rows(db: sqlite3.Connection, table: str, order: str) -> Iterator[Row]:
    """The rows of a table without their checksums.

    Raises:
        ValueError: a row is damaged.
    """
    for *row, total in db.execute(f"SELECT * FROM {table} ORDER BY {order}"):
        if total != checksum(*row):
            raise ValueError(f"checksum of a row of {table}")
        yield tuple(row)


def put_meta(db: sqlite3.Connection, name: str, value: Any) -> None:
    """Note something that is known once."""
    text = json.dumps(value, separators=(",", ":"))
    db.execute("REPLACE INTO meta VALUES (?, ?)", (name, f"{checksum(name, text)} {text}"))


def put(db: sqlite3.Connection, table: str, found: Iterable[Row]) -> None:
    """Write rows, each in place of the one with the same key."""
    marks = ",".join("?" * (TABLES[table].partition(", PRIMARY")[0].count(",") + 1))
    db.executemany(f"REPLACE INTO {table} VALUES ({marks})", [(*row, checksum(*row)) for row in found])


def drop(db: sqlite3.Connection, table: str, columns: Sequence[str], keys: Iterable[Row]) -> None:
    """Take rows out."""
    where = " AND ".join(f"{column}=?" for column in columns)
    db.executemany(f"DELETE FROM {table} WHERE {where}", list(keys))
