"""-o: objects as YAML, JSON, names, JSONPath, Go templates or columns of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from sanb.apiserver.resources import BY_KIND
from sanb.kubectl.documents import ESCAPED, to_json, to_yaml
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import REMOVE, Obj, evolve, json_default, plain
from sanb.views import gosyntax, gotemplate, jsonpath, text

NOT_RUN: Final = (
    'error executing jsonpath "{template}": Error executing template: {why}. Printing more information for debugging the '
    "template:\n\ttemplate was:\n\t\t{template}\n\tobject given to jsonpath engine was:\n\t\t{given}\n\n\n"
)
"""A template that does not fit the object: kubectl prints both."""
UNFILLED: Final = (
    "Error executing template: {why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{template}\n"
    "\traw data was:\n\t\t{raw}\n\tobject given to template engine was:\n\t\t{given}\n\n"
)
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
KYAML: Final = {"1.10": (), "1.34": ("kyaml",)}
"""A format that newer kubectl has; it is named among the others and not made here."""
AS_JSON: Final = {"1.10": (), "1.20": ("jsonpath-as-json",)}
CHANGES: Final = (
    "go-template",
    "go-template-file",
    "json",
    "jsonpath",
    "jsonpath-as-json",
    "jsonpath-file",
    "name",
    "template",
    "templatefile",
    "yaml",
)
TEMPLATES: Final = ("go-template", "template", "go-template-file", "templatefile")
"""Formats of commands that change something: neither wide nor columns."""


def bad_format(session: Session, wanted: str) -> Exception:
    """An output format that kubectl does not have."""
    known = FORMATS if session.parsed.text("as-command") in ("get", "events") else CHANGES
    known = tuple(sorted(one for one in (*known, *session.profile.pick(KYAML)) if _has(session, one)))
    return error(
        f'unable to match a printer suitable for the output format "{wanted}", allowed formats are: {",".join(known)}'
    )


def _has(session: Session, form: str) -> bool:
    return form != "jsonpath-as-json" or bool(session.profile.pick(AS_JSON))


def shown(session: Session, obj: Obj) -> Obj:
    """The object as it is printed: without managedFields from 1.21."""
    hidden = session.profile.pick(MANAGED_HIDDEN) and not session.parsed.on("show-managed-fields")
    if hidden and "managedFields" in obj.get("metadata", {}):
        obj = evolve(obj, ("metadata", "managedFields"), REMOVE)
    return obj


def name(session: Session, obj: Obj) -> str:
    """`serviceaccount/test`, `deployment.apps/nginx`."""
    kind = obj.get("kind", "")
    row = session.find(kind, obj.get("apiVersion", "")) or BY_KIND.get(kind)
    return f"{session.named(row) if row else kind.lower()}/{(obj.get('metadata') or {}).get('name', '')}"


def write(session: Session, wanted: str, objects: Sequence[Obj], *, single: bool = True) -> None:
    """Print objects in the format; `single` says that one object was asked for, not a list.

    Raises:
        Failure: the format or its template is wrong.
    """
    word, equals, template = wanted.partition("=")
    objects = [shown(session, obj) for obj in objects] if word in ("json", "yaml", "kyaml") else list(objects)
    template = template if equals else session.parsed.text("template")
    if word == "name":
        session.print("".join(f"{name(session, obj)}\n" for obj in objects))
    elif word in ("custom-columns", "custom-columns-file") and session.parsed.text("as-command") in ("get", "events"):
        session.print(_columns(session, word, template, objects))
    else:
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
        try:
            session.print(_one(session, wanted, word, template, body))
        except Unfilled as failure:
            session.print(failure.written)
            raise


class Unfilled(Failure):
    """A template that could not be filled in: `written` is what went to stdout all the same."""

    def __init__(self, text: str, written: str) -> None:
        super().__init__(text)
        self.written = written


def _compact(body: Any) -> str:
    text = json.dumps(body, separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=json_default)
    for letter, code in ESCAPED:
        text = text.replace(letter, code)
    return text


def _one(session: Session, wanted: str, word: str, template: str, body: Any) -> str:
    if word in _WRITERS and wanted == word:
        return _WRITERS[word](body)
    if word in _RENDERERS and _has(session, word):
        if not template:
            raise error("template format specified but no template given")
        return _RENDERERS[word](_file(template) if word.endswith("file") else template, plain(body))
    raise bad_format(session, wanted)


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError:
        raise error(f"error reading --template {path}, open {path}: no such file or directory\n") from None


def _go(template: str, body: Any) -> str:
    try:
        return gotemplate.render(template, body)
    except gotemplate.NotRun as problem:
        where = f"template: output:1:{problem}"
        told = UNFILLED.format(why=where, template=template, raw=_compact(body), given=gotemplate.show(body))
        raise Unfilled(f"error: error executing template {json.dumps(template)}: {where}", problem.done + told) from None
    except gotemplate.TemplateError as problem:
        raise error(f"error parsing template {template}, template: output:1: {problem}") from None


def _jsonpath(template: str, body: Any) -> str:
    try:
        return jsonpath.render(template, body)
    except jsonpath.JsonPathRunError as problem:
        raise error(NOT_RUN.format(template=template, why=problem, given=gosyntax.source(body))) from None
    except jsonpath.JsonPathError as problem:
        raise error(f"error parsing jsonpath {template}, {problem}") from None


def _as_json(template: str, body: Any) -> str:
    path = template.strip().removeprefix("{").removesuffix("}")
    try:
        found = jsonpath.find(path, body, missing=False)
    except jsonpath.JsonPathError as problem:
        raise error(f"error parsing jsonpath {template}, {problem}") from None
    return to_json(found)


_WRITERS: Final[dict[str, Callable[[Any], str]]] = {"yaml": to_yaml, "json": to_json}
_RENDERERS: Final[dict[str, Callable[[str, Any], str]]] = {
    "jsonpath": _jsonpath,
    "jsonpath-file": _jsonpath,
    "jsonpath-as-json": _as_json,
    **dict.fromkeys(TEMPLATES, _go),
}


def _columns(session: Session, word: str, template: str, objects: Sequence[Obj]) -> str:
    if not template:
        raise error(f"{word} format specified but no custom columns given")
    heads, paths = _file_columns(template) if word.endswith("file") else _spec(template)
    rows = [] if session.parsed.on("no-headers") else [heads]
    for obj in objects:
        body = plain(obj)
        found = [jsonpath.find(path, body) for path in paths]
        rows.append([",".join(_cell(value) for value in values) if values else "<none>" for values in found])
    return text.lines(rows, session.profile)


def _spec(template: str) -> tuple[list[str], list[str]]:
    heads, paths = [], []
    for part in template.split(","):
        head, colon, path = part.partition(":")
        if not colon:
            raise error(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        heads.append(head)
        paths.append(path.strip("{}"))
    return heads, paths


def _file_columns(path: str) -> tuple[list[str], list[str]]:
    """Columns from a file: a line of headers and one of paths."""
    lines = _file(path).splitlines()
    heads, paths = (lines[0].split(), lines[1].split()) if len(lines) > 1 else ([], [])
    if not heads or len(heads) != len(paths):
        raise error(f"number of headers ({len(heads)}) and field specifications ({len(paths)}) don't match")
    return heads, [one.strip("{}") for one in paths]


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{_cell(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(_cell(one) for one in value) + "]"
    return text.cell(value)
