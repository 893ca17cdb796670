"""kubectl explain: fields of kinds, from the type tables and upstream's descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sanb.apiserver import descriptions
from sanb.apiserver.resources import Resource
from sanb.apiserver.types import TYPES, Field, Type
from sanb.apiserver.types.readers import Compiler
from sanb.kubectl import explainschema
from sanb.kubectl.flags import SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.kubectl.wrapping import wrap

FLAGS: Final[Flags] = {
    "recursive": Flag(SWITCH),
    "api-version": Flag(),
    "output": Flag(TEXT, "o"),
}
NEW: Final = {"1.10": False, "1.27": True}
"""Whether the newer layout is printed."""
GAP: Final = {"1.10": "\n", "1.30": "\n\n"}
NO_TYPE: Final = (
    'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported '
    "resources."
)
MISSING: Final = 'couldn\'t find resource for "{}"'
WIDTH: Final = 76
OLD_WIDTH: Final = 80
SCALARS: Final[Mapping[str, str]] = {
    "bool": "boolean",
    "int32": "integer",
    "int64": "integer",
    "raw": "Object",
    "bytes": "string",
}
NOTHING: Final = "<no description>"
EMPTY: Final = "<empty>"


def explain(session: Session) -> None:
    """Print what a kind or one of its fields is."""
    words = session.parsed.arguments
    if not words:
        raise error(NO_TYPE)
    if len(words) > 1:
        raise error("We accept only this format: explain RESOURCE")
    kind, *path = words[0].split(".")
    row, path = _resource(session, kind, path)
    version = session.parsed.text("api-version") or row.served[0]
    if session.parsed.text("api-version") and version not in row.served:
        group, _, name = version.rpartition("/")
        raise error(MISSING.format(f"{group}/{name}, Resource={row.plural}"))
    Page(session, row, version).write([one for one in path if one])


def _resource(session: Session, kind: str, path: list[str]) -> tuple[Resource, list[str]]:
    """The resource, which may be written with its group, and the rest of the path."""
    for size in range(len(path), 0, -1):
        word = ".".join([kind, *path[:size]])
        if any(word == row.id for row in session.rows()):
            return session.resolve(word), path[size:]
    try:
        return session.resolve(kind), path
    except Failure as failure:
        raise Failure(failure.text.removeprefix("error: ")) from None


class Page:
    """What is printed about one kind."""

    def __init__(self, session: Session, row: Resource, version: str) -> None:
        self.session = session
        self.profile = session.profile
        self.new = self.profile.pick(NEW) and session.parsed.text("output") != "plaintext-openapiv2"
        self.row = row
        self.version = version
        self.knows = Compiler(self.profile.minor).knows
        self.recursive = session.parsed.on("recursive")

    def write(self, path: list[str]) -> None:
        """Print the page of the kind, or of the field at a path.

        Raises:
            Failure: there is no such field.
        """
        group, _, version = self.version.rpartition("/")
        if self.new:
            head = f"GROUP:      {group}\n" if group else ""
            head += f"KIND:       {self.row.kind}\nVERSION:    {version}\n\n"
        else:
            head = f"KIND:     {self.row.kind}\nVERSION:  {self.version}\n\n"
        at = _of_kind(self.row, version)
        for number, name in enumerate(path):
            at = next((one for one in self.fields(at) if one.name == name), None) or self._unknown(head, name)
            if number == len(path) - 1:
                head += self._field_head(at)
        self.session.print(head + (self._new(at) if self.new else self._old(at)))

    def _unknown(self, head: str, name: str) -> Any:
        if self.new:
            self.session.print(head)
        raise error(f'field "{name}" does not exist')

    def _field_head(self, at: Node) -> str:
        if self.new:
            return f"FIELD: {at.name} <{at.type_name(True)}>\n" + self.profile.pick(GAP)
        word = "RESOURCE:" if self.fields(at) else "FIELD:   "
        return f"{word} {at.name} <{at.type_name(False)}>\n\n"

    def fields(self, at: Node) -> list[Node]:
        """The fields of a struct that this minor knows, sorted."""
        return [
            one for one in sorted(at.inner(), key=lambda node: node.name) if one.field is None or self.knows(one.field)
        ]

    # ------------------------------------------------------------------ the layout since 1.27

    def _new(self, at: Node) -> str:
        texts = [text for text in at.texts() if text]
        body = _indent(wrap("".join(f"{text}\n" for text in texts), WIDTH), 4) if texts else f"    {EMPTY}"
        found = self.fields(at)
        page = f"DESCRIPTION:\n{body}\n"
        if not found:
            return page + "\n"
        if self.recursive:
            return page + "FIELDS:\n" + self._tree(found, 1, ()) + "\n"
        rows = []
        for one in found:
            text = one.text() or NOTHING
            rows.append(f"  {one.name}\t<{one.type_name(True)}>{one.required}\n{_indent(wrap(text, WIDTH), 4)}\n\n")
        return page + "FIELDS:\n" + "".join(rows) + "\n"

    def _tree(self, found: Iterable[Node], depth: int, above: tuple[str, ...]) -> str:
        rows = []
        for one in found:
            rows.append(f"{'  ' * depth}{one.name}\t<{one.type_name(True)}>{one.required}\n")
            if one.struct is not None and one.struct.name not in above:
                rows.append(self._tree(self.fields(one), depth + 1, (*above, one.struct.name)))
        return "".join(rows)

    # ------------------------------------------------------------------ the layout before

    def _old(self, at: Node) -> str:
        texts = [text for text in at.texts() if text] or [EMPTY]
        shown = "\n".join(_indent(wrap(text, OLD_WIDTH - 5), 5) + "\n" for text in texts)
        found = self.fields(at)
        page = f"DESCRIPTION:\n{shown}"
        if not found:
            return page
        if self.recursive:
            return page + "\nFIELDS:\n" + self._old_tree(found, 1, ())
        rows = []
        for one in found:
            text = one.text()
            mark = f"\t<{one.type_name(False)}>{one.required}"
            rows.append(f"   {one.name}{mark}\n" + (f"{_indent(wrap(text, OLD_WIDTH - 5), 5)}\n" if text else ""))
        return page + "\nFIELDS:\n" + "\n".join(rows) + "\n"

    def _old_tree(self, found: Iterable[Node], depth: int, above: tuple[str, ...]) -> str:
        rows = []
        for one in found:
            rows.append(f"{'   ' * depth}{one.name}\t<{one.type_name(False)}>\n")
            if one.struct is not None and one.struct.name not in above:
                rows.append(self._old_tree(self.fields(one), depth + 1, (*above, one.struct.name)))
        return "".join(rows)


class Node:
    """One field, or a kind: `struct` is what it holds, `owner` the type that has it."""

    def __init__(self, name: str, struct: Type | None, field: Field | None = None, owner: str = "") -> None:
        self.name = name
        self.struct = struct
        self.field = field
        self.owner = owner

    @property
    def required(self) -> str:
        """The mark of a field that must be there."""
        needed = self.field is not None and self.name in descriptions.required(self.owner)
        return " -required-" if needed else ""

    def inner(self) -> list[Node]:
        """The fields it has."""
        if self.struct is None:
            return []
        return [Node(one.name, one.type, one, self.struct.name) for one in self.struct.fields.values()]

    def text(self) -> str:
        """What the field is for."""
        return descriptions.of_field(self.owner, self.name) if self.field is not None else ""

    def texts(self) -> list[str]:
        """What the field is for and what its type is."""
        own = descriptions.of_type(self.struct.name) if self.struct is not None else ""
        return [self.text(), own]

    def type_name(self, new: bool) -> str:
        """The type as explain writes it: `[]Container`, in the older layout `[]Object`."""
        field = self.field
        if field is None:
            return "Object"
        inner = _plain(field.type.name) if field.type is not None and new else "Object"
        word = field.item or field.kind
        scalar = inner if field.type is not None else _scalar(word, new)
        if field.kind == "list":
            return f"[]{scalar}"
        return f"map[string]{scalar}" if field.kind == "map" else scalar


def _plain(name: str) -> str:
    return name.partition(".")[0]


def _scalar(word: str, new: bool) -> str:
    if new and word in ("quantity", "int-or-string"):
        return {"quantity": "Quantity", "int-or-string": "IntOrString"}[word]
    return SCALARS.get(word, "string")


def _of_kind(row: Resource, version: str) -> Any:
    if row.custom is not None:
        metadata = Node("metadata", TYPES[explainschema.META]).inner()
        return explainschema.root(row.kind, row.custom.versions[f"{row.group}/{version}"].schema, metadata)
    return Node(row.kind, TYPES.get(f"{row.kind}.{version}") or TYPES.get(row.kind))


def _indent(text: str, blanks: int) -> str:
    return "\n".join(" " * blanks + line for line in text.split("\n"))
