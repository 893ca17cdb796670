"""`c.apply`: every object of a manifest through kubectl's apply, and a table of what became of it."""

from __future__ import annotations

import json
from html import escape
from typing import Any, NamedTuple

from sanb.kubectl import run
from sanb.manifests import Document, read
from sanb.values import dig, json_default


class Row(NamedTuple):
    """What became of one object: `result` is created, configured, unchanged or refused; `why` is the refusal."""

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
        return "\n".join([head, *(f"  {row.place}: {row.kind} {row.name}: {row.why}" for row in self.refused)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(r.kind)}</td><td>{escape(r.namespace)}</td><td>{escape(r.name)}</td>"
            f"<td>{escape(r.result)}</td><td style='text-align:left'>{escape(r.why)}</td></tr>"
            for r in self
        )
        head = "".join(f"<th>{name}</th>" for name in ("kind", "namespace", "name", "result", "why"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def apply_all(cp: Any, source: Any, namespace: str = "default") -> Applied:
    """Apply the objects of `source` one after the other; a refusal does not keep the rest from being applied.

    Raises:
        UsageError: the source cannot be read.
    """
    return Applied(_one(cp, document, namespace) for document in read(source))


def _one(cp: Any, document: Document, namespace: str) -> Row:
    obj = document.obj
    text = json.dumps(obj, default=json_default)
    space = dig(obj, "metadata", "namespace", default=namespace)
    done = run(cp, ["apply", "-n", str(space), "-f", "-"], text)
    words = done.stdout.split()
    result = words[-1] if done.exit_code == 0 and words else "refused"
    why = done.stderr.strip() if result == "refused" else ""
    return Row(
        document.file, document.number, document.line, str(obj.get("kind", "")), str(space),
        str(dig(obj, "metadata", "name", default="")), result, why,
    )
