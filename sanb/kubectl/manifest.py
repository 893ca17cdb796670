"""Objects of -f: which resource and namespace each belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from sanb.apiserver.resources import Resource
from sanb.kubectl import failures, schema, shape
from sanb.kubectl.documents import Document, read
from sanb.kubectl.flags import MANY, SWITCH, Flag
from sanb.kubectl.result import Failure, Unreadable, error
from sanb.kubectl.session import Session
from sanb.values import Obj, dig

FLAGS: Final = {
    "filename": Flag(MANY, "f"),
    "recursive": Flag(SWITCH, "R"),
    "validate": Flag("text", "", "true"),
    "kustomize": Flag("text", "k"),
}
NO_MATCH: Final = {
    "1.10": 'unable to recognize "{source}": no matches for kind "{kind}" in version "{version}"',
    "1.24": 'resource mapping not found for name: "{name}" namespace: "{namespace}" from "{source}": '
    'no matches for kind "{kind}" in version "{version}"\nensure CRDs are installed first',
}


class Located(NamedTuple):
    """An object of a manifest with its place in the API."""

    resource: Resource
    namespace: str
    name: str
    obj: Obj
    source: str


def documents(session: Session) -> list[Document]:
    """The objects of all -f.

    Raises:
        Failure: a file is missing or cannot be parsed, or there is no object at all.
    """
    found = [
        one
        for path in session.parsed.many("filename")
        for one in read(path, session.stdin, session.parsed.on("recursive"))
    ]
    if not found:
        raise error(f"no objects passed to {session.parsed.text('as-command') or 'create'}")
    return found


def each(session: Session) -> Iterator[Located]:
    """The objects of all -f with their places."""
    for document in documents(session):
        yield located(session, document)


def places(session: Session, problems: list[str]) -> Iterator[Located]:
    """The same, but what cannot be placed is told in `problems`; an object that cannot be read ends its file."""
    ended: list[str] = []
    for document in documents(session):
        if document.source in ended:
            continue
        try:
            yield located(session, document)
        except Unreadable as failure:
            problems.append(failure.text)
            ended.append(document.source)
        except Failure as failure:
            problems.append(failure.text)


def located(session: Session, document: Document) -> Located:
    """Where an object belongs.

    Raises:
        Failure: it has no kind, one that the server does not have, or another namespace than -n.
    """
    obj, source = document.obj, document.source
    shape.check_head(obj, source)
    kind, version = str(obj["kind"]), str(obj["apiVersion"])
    name, namespace = str(dig(obj, "metadata", "name", default="")), str(dig(obj, "metadata", "namespace", default=""))
    row = session.find(kind, version)
    if row is None:
        text = session.profile.pick(NO_MATCH)
        raise error(text.format(name=name, namespace=namespace, source=source, kind=kind, version=version))
    shape.check_metadata(obj, source)
    if session.parsed.text("validate", "true") not in ("false", "ignore"):
        schema.check(session.profile, row, obj, source)
    if not row.namespaced:
        return Located(row, "", name, obj, source)
    if namespace and session.parsed.text("namespace") and namespace != session.namespace:
        raise error(
            f'the namespace from the provided object "{namespace}" does not match the namespace "{session.namespace}". '
            f"You must pass '--namespace={namespace}' to perform this operation."
        )
    return Located(row, namespace or session.namespace, name, obj, source)


STRICT: Final = {"1.10": "", "1.25": "Strict"}
"""What old servers are not asked for: to refuse unknown fields."""
LEVELS: Final = {
    "false": "Ignore",
    "ignore": "Ignore",
    "warn": "Warn",
    "true": "Strict",
    "strict": "Strict",
    "": "Strict",
}


def strictness(session: Session) -> str:
    """The fieldValidation that --validate asks the server for; empty where kubectl checks by itself."""
    if not session.profile.pick(STRICT):
        return ""
    return LEVELS.get(session.parsed.text("validate").lower(), "Strict")


first = failures.end
