"""kubectl set env."""

from __future__ import annotations

import re
from typing import Any, Final

from sanb.kubectl import choose
from sanb.kubectl.choose import Target
from sanb.kubectl.flags import MANY, REPEAT, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.kubectl.setting import LISTS, NO_RESOURCE, change, spec_path
from sanb.values import Obj, dig

FLAGS: Final[Flags] = {
    **choose.FLAGS,
    "env": Flag(REPEAT, "e"),
    "from": Flag(),
    "prefix": Flag(),
    "keys": Flag(MANY),
    "containers": Flag(TEXT, "c"),
    "list": Flag(SWITCH),
    "resolve": Flag(SWITCH),
    "overwrite": Flag(SWITCH),
}
BAD_NAME: Final = (
    '"{name}" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '
    "'_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex "
    "used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
)
NAME: Final = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def set_env(session: Session) -> None:
    """Set, list or take away variables of containers."""
    parsed = session.parsed
    marks = [word for word in parsed.arguments if _is_mark(word)] + parsed.many("env")
    words = [word for word in parsed.arguments if not _is_mark(word)]
    if not words and not parsed.many("filename"):
        raise error(NO_RESOURCE)
    if parsed.on("list"):
        choose.each(session, words, lambda target: _list(session, target))
        return
    variables, removed = _variables(marks)
    variables += _from(session)
    if not variables and not removed:
        return
    choose.each(session, words, lambda target: _one(session, target, variables, removed))


def _one(session: Session, target: Target, variables: list[Obj], removed: list[str]) -> None:
    resource, namespace, name = target
    pattern = session.parsed.text("containers") or "*"
    spec = dig(session.fetch(resource, namespace, name), *spec_path(resource), default={})
    if not any(pattern in ("*", one["name"]) for field in LISTS for one in spec.get(field) or ()):
        session.complain(f'Warning: {resource.kind}/{name} does not have any containers matching "{pattern}"')
        return
    change(session, target, lambda spec: _patch(session, spec, variables, removed), "env updated")


def _is_mark(word: str) -> bool:
    return "=" in word or (word.endswith("-") and len(word) > 1)


def _variables(marks: list[str]) -> tuple[list[Obj], list[str]]:
    found: list[Obj] = []
    removed: list[str] = []
    for mark in marks:
        name, equals, value = mark.partition("=")
        if not equals:
            removed.append(name.removesuffix("-"))
            continue
        if not NAME.fullmatch(name):
            raise error(BAD_NAME.format(name=name))
        found.append({"name": name, "value": value})
    return found, removed


def _from(session: Session) -> list[Obj]:
    """Variables for the keys of a ConfigMap or Secret."""
    text = session.parsed.text("from")
    if not text:
        return []
    row, names = session.targets([text])[0]
    kinds = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}
    if row.kind not in kinds:
        raise error(f"unsupported resource specified in --from={text}")
    body = session.fetch(row, session.namespace, names[0])
    wanted = session.parsed.many("keys")
    found: list[Obj] = []
    for key in sorted(body.get("data") or ()):
        if not wanted or key in wanted:
            plain = re.sub(r"[^A-Z0-9_]", "_", key.upper())
            if plain != key:
                session.complain(f"Warning: key {key} transferred to {plain}")
            name = session.parsed.text("prefix") + plain
            found.append({"name": name, "valueFrom": {kinds[row.kind]: {"key": key, "name": names[0]}}})
    return found


def _patch(session: Session, spec: Obj, variables: list[Obj], removed: list[str]) -> Obj:
    pattern = session.parsed.text("containers") or "*"
    patch: Obj = {}
    for field in LISTS:
        chosen = [one for one in spec.get(field) or () if pattern in ("*", one["name"])]
        found = [{"name": one["name"], **_env(session, one, variables, removed)} for one in chosen]
        if found:
            patch[field] = found
    return patch


def _env(session: Session, container: Obj, variables: list[Obj], removed: list[str]) -> Obj:
    there = {one["name"]: one for one in container.get("env") or ()}
    if session.parsed.values.get("overwrite") is False:
        for one in variables:
            if one["name"] in there:
                raise error(
                    f"'{one['name']}' already has a value ({there[one['name']].get('value', '')}), and --overwrite is false"
                )
    changes: list[Obj] = []
    for one in variables:
        old = there.get(one["name"], {})
        gone: Any = {key: None for key in ("value", "valueFrom") if key in old and key not in one}
        changes.append({**one, **gone})
    changes += [{"$patch": "delete", "name": name} for name in removed if name in there]
    order = [{"name": name} for name in dict.fromkeys([*there, *(one["name"] for one in variables)]) if name not in removed]
    return {"$setElementOrder/env": order, "env": changes}


def _list(session: Session, target: Target) -> None:
    resource, namespace, name = target
    spec = dig(session.fetch(resource, namespace, name), *spec_path(resource), default={})
    for one in spec.get("containers") or ():
        session.print(f"# {resource.kind} {name}, container {one['name']}\n")
        session.print("".join(_listed(variable) for variable in one.get("env") or ()))


def _listed(variable: Obj) -> str:
    source = variable.get("valueFrom") or {}
    for field, what in (("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")):
        if field in source:
            return f"# {variable['name']} from {what} {source[field]['name']}, key {source[field]['key']}\n"
    if "fieldRef" in source:
        return f"# {variable['name']} from field path {source['fieldRef']['fieldPath']}\n"
    return f"{variable['name']}={variable.get('value', '')}\n"
