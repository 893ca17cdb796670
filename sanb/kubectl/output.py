"""-o: objects as YAML, JSON, names, JSONPath or columns of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sanb.apiserver.resources import BY_KIND
from sanb.kubectl.documents import to_json, to_yaml
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import REMOVE, Obj, evolve, plain
from sanb.views import jsonpath, text

MANAGED_HIDDEN: Final = {"1.10": False, "1.21": True}
LIST_METADATA: Final[dict[str, Obj]] = {
    "1.10": {"resourceVersion": "", "selfLink": ""},
    "1.24": {"resourceVersion": ""},
}
FORMATS: Final = (
    "custom-columns",
    "custom-columns-file",
    "go-template",
    "go-template-file",
    "json",
    "jsonpath",
    "jsonpath-as-json",
    "jsonpath-file",
    "name",
    "template",
    "templatefile",
    "wide",
    "yaml",
)


def bad_format(wanted: str) -> Exception:
    """An output format that kubectl does not have."""
    return error(
        f'unable to match a printer suitable for the output format "{wanted}", allowed formats are: {",".join(FORMATS)}'
    )


def shown(session: Session, obj: Obj) -> Obj:
    """The object as it is printed: without managedFields from 1.21."""
    hidden = session.profile.pick(MANAGED_HIDDEN) and not session.parsed.on("show-managed-fields")
    if hidden and "managedFields" in obj.get("metadata", {}):
        return evolve(obj, ("metadata", "managedFields"), REMOVE)
    return obj


def name(session: Session, obj: Obj) -> str:
    """`serviceaccount/test`, `deployment.apps/nginx`."""
    row = BY_KIND.get(obj.get("kind", ""))
    return f"{session.named(row) if row else obj.get('kind', '').lower()}/{obj['metadata'].get('name', '')}"


def write(session: Session, wanted: str, objects: Sequence[Obj], *, single: bool = True) -> None:
    """Print objects in the format; `single` says that one object was asked for, not a list.

    Raises:
        Failure: the format or its template is wrong.
    """
    objects = [shown(session, obj) for obj in objects]
    word, equals, template = wanted.partition("=")
    if word == "name":
        session.print("".join(f"{name(session, obj)}\n" for obj in objects))
        return
    if word == "custom-columns":
        session.print(_columns(session, template, objects))
        return
    body: Any = (
        objects[0]
        if single and len(objects) == 1
        else {
            "apiVersion": "v1",
            "items": list(objects),
            "kind": "List",
            "metadata": session.profile.pick(LIST_METADATA),
        }
    )
    if word in ("jsonpath", "jsonpath-as-json"):
        if not equals:
            raise error("template format specified but no template given")
        session.print(_jsonpath(template, plain(body)))
        return
    if word not in _WRITERS or equals:
        raise bad_format(wanted)
    session.print(_WRITERS[word](body))


_WRITERS: Final[dict[str, Callable[[Any], str]]] = {"yaml": to_yaml, "json": to_json}


def _jsonpath(template: str, body: Any) -> str:
    template = template if "{" in template else "{" + template + "}"
    try:
        return jsonpath.render(template, body)
    except jsonpath.JsonPathError as problem:
        raise error(f"error parsing jsonpath {template}, {problem}") from None


def _columns(session: Session, template: str, objects: Sequence[Obj]) -> str:
    if not template:
        raise error("custom-columns format specified but no custom columns given")
    heads, paths = [], []
    for part in template.split(","):
        head, colon, path = part.partition(":")
        if not colon:
            raise error(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        heads.append(head)
        paths.append(path.strip("{}"))
    rows = [] if session.parsed.on("no-headers") else [heads]
    for obj in objects:
        body = plain(obj)
        found = [jsonpath.find(path, body) for path in paths]
        rows.append([",".join(_cell(value) for value in values) if values else "<none>" for values in found])
    return text.lines(rows, session.profile)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{_cell(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(_cell(one) for one in value) + "]"
    return text.cell(value)
