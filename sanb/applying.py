"""`c.apply`: every object of a manifest through kubectl's apply, and a table of what became of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple

from sanb import opaque
from sanb.errors import UsageError
from sanb.kubectl import run, schema
from sanb.kubectl.documents import STDIN
from sanb.kubectl.documents import Document as Given
from sanb.manifests import Document, read
from sanb.values import dig

UNKNOWN: Final = ("refuse", "store")
MANY: Final = 200
"""From so many objects on there is a bar of progress."""
MOST: Final = 20
"""So many refusals are shown at once."""
TOO_LONG: Final = "metadata.annotations: Too long"
SERVER_SIDE: Final = {"1.10": False, "1.18": True}
"""Whether the server applies; before, what is too large for an annotation is refused."""
PATIENCE: Final = 1.0
"""Seconds before it is shown."""


class Row(NamedTuple):
    """What became of one object: `result` is created, configured, unchanged or refused; `why` is the refusal, or a note."""

    source: str
    document: int
    line: int
    kind: str
    namespace: str
    name: str
    result: str
    why: str = ""

    @property
    def place(self) -> str:
        """Where the object stands."""
        if not self.source:
            return f"object {self.document}"
        return f"{self.source}, document {self.document} (line {self.line})"


class Applied(list[Row]):
    """One row for each object of the manifest, in its order."""

    @property
    def refused(self) -> list[Row]:
        """The rows of objects that the server, or kubectl, did not take."""
        return [row for row in self if row.result == "refused"]

    def counts(self) -> dict[str, int]:
        """How many objects came to which result."""
        found: dict[str, int] = {}
        for row in self:
            found[row.result] = found.get(row.result, 0) + 1
        return found

    def __repr__(self) -> str:
        head = ", ".join(f"{number} {result}" for result, number in self.counts().items()) or "nothing to apply"
        shown = [f"  {row.place}: {row.kind} {row.name}: {row.why}".replace("\n", "\n    ") for row in self.refused]
        more = [f"  ... and {len(shown) - MOST} more: see .refused"] if len(shown) > MOST else []
        return "\n".join([head, *shown[:MOST], *more])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(r.kind)}</td><td>{escape(r.namespace)}</td><td>{escape(r.name)}</td>"
            f"<td>{escape(r.result)}</td><td style='text-align:left'>{escape(r.why)}</td></tr>"
            for r in self
        )
        head = "".join(f"<th>{name}</th>" for name in ("kind", "namespace", "name", "result", "why"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def apply_all(cp: Any, source: Any, namespace: str = "default", unknown: str = "refuse") -> Applied:
    """Apply the objects of `source` one after the other; a refusal does not keep the rest from being applied.

    Fields of later minors are dropped, as an old server drops them; the kubectl of an old minor would refuse them.

    `unknown` says what becomes of kinds that the server does not have: "refuse", as kubectl does, or "store", as opaque
    objects of a kind that is made for them.

    Raises:
        UsageError: the source cannot be read, or `unknown` is neither of the two.
    """
    if unknown not in UNKNOWN:
        raise UsageError(f"unknown={unknown!r}: choose \"refuse\" (as kubectl does) or \"store\" (as opaque objects)")
    documents = read(source if isinstance(source, (str, Path)) else deepcopy(source))
    return Applied(_one(cp, document, namespace, unknown == "store") for document in _shown(documents))


def _shown(documents: list[Document]) -> Iterable[Document]:
    """The documents, with a bar of progress if there are many and somebody looks on."""
    if len(documents) < MANY or not _watched():
        return documents
    from tqdm.auto import tqdm

    bar: Iterable[Document] = tqdm(documents, desc="apply", unit=" objects", delay=PATIENCE, leave=False)
    return bar


def _watched() -> bool:
    """Whether this is a terminal or a notebook."""
    if "ipykernel" in sys.modules:
        return True
    return sys.stderr is not None and sys.stderr.isatty()


def _one(cp: Any, document: Document, namespace: str, store: bool) -> Row:
    obj = document.obj
    kind, version = str(obj.get("kind", "")), str(obj.get("apiVersion", ""))
    space, name = str(dig(obj, "metadata", "namespace", default=namespace)), str(dig(obj, "metadata", "name", default=""))
    note = opaque.define(cp, obj) if store and version and not _known(cp, kind, version) else ""
    lenient = ["--validate=false"] if cp.profile.pick(schema.CHECKS) else []
    words = ["apply", "-n", space, *lenient, "-f", "-"]
    given = (Given(document.file or STDIN, obj),)
    done = run(cp, words, given)
    result = done.stdout.split()[-1] if done.exit_code == 0 and done.stdout else "refused"
    if TOO_LONG in done.stderr and cp.profile.pick(SERVER_SIDE):
        result, done, note = _large(cp, words, given)
    why = done.stderr.strip() if result == "refused" else note
    if kind == "CustomResourceDefinition" and result == "created":
        opaque.wait(cp, name)
    return Row(document.file, document.number, document.line, kind, space, name, result, why)


def _large(cp: Any, words: list[str], given: tuple[Given, ...]) -> tuple[str, Any, str]:
    """Apply an object that does not fit into the annotation of client-side apply: what became of it, and how."""
    there = run(cp, ["get", *words[1:3], "-f", "-", "-o", "name", "--ignore-not-found"], given).stdout
    before = cp.store.rev
    done = run(cp, [*words, "--server-side", "--force-conflicts"], given)
    if done.exit_code:
        return "refused", done, ""
    result = "unchanged" if cp.store.rev == before else "configured" if there else "created"
    return result, done, "too large to be remembered in an annotation: applied by the server"


def _known(cp: Any, kind: str, version: str) -> bool:
    return any(row.kind == kind and version in row.served for row in cp.resources().values())
