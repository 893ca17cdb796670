"""kubectl label and annotate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sanb.kubectl import choose, dryrun
from sanb.kubectl.choose import Target
from sanb.kubectl.flags import SWITCH, Flag, Flags
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.store import selectors
from sanb.values import Obj

FLAGS: Final[Flags] = {**choose.FLAGS, "overwrite": Flag(SWITCH), "list": Flag(SWITCH)}
REMOVED: Final = {"1.10": False, "1.22": True}
"""Whether taking a label away is reported as `unlabeled`."""
NO_RESOURCE: Final = "one or more resources must be specified as <resource> <name> or <resource>/<name>"
ANNOTATED: Final = {"1.10": "annotated", "1.26": "annotate", "1.28": "annotated"}
"""1.26 and 1.27 lost a letter."""
THINGS: Final = {"labels": "label", "annotations": "annotation"}


def marker(field: str) -> Callable[[Session], None]:
    """kubectl label or annotate: `field` is the dictionary in the metadata."""

    def command(session: Session) -> None:
        words = session.parsed.arguments
        marks = [word for word in words if _is_mark(word)]
        rest = [word for word in words if not _is_mark(word)]
        if not rest and not session.parsed.many("filename"):
            raise error(NO_RESOURCE)
        if not marks and not session.parsed.on("list"):
            raise error(f"at least one {THINGS[field]} update is required")
        changes = _changes(marks, field)
        choose.each(session, rest, lambda target: _mark(session, target, field, changes))

    return command


def _is_mark(word: str) -> bool:
    return "=" in word or (word.endswith("-") and len(word) > 1)


def _changes(marks: list[str], field: str) -> dict[str, str | None]:
    changes: dict[str, str | None] = {}
    for mark in marks:
        key, equals, value = mark.partition("=")
        key = key if equals else key.removesuffix("-")
        if not key:
            raise error(f"invalid {THINGS[field]} format: {mark}")
        faults = selectors.value_faults(value) if field == "labels" and equals else []
        if faults:
            raise error(f'invalid label value: "{mark}": {";".join(faults)}')
        if key in changes and (changes[key] is None) != (not equals):
            raise error(
                f"can not both modify and remove {'a' if field == 'labels' else 'an'} {THINGS[field]} in the same command"
            )
        changes[key] = value if equals else None
    return changes


def _mark(session: Session, target: Target, field: str, changes: dict[str, str | None]) -> None:
    resource, namespace, name = target
    current = session.fetch(resource, namespace, name)
    old = current["metadata"].get(field) or {}
    if session.parsed.on("list"):
        _list(session, target, field, {**old, **{key: value for key, value in changes.items() if value is not None}})
        return
    if not session.parsed.on("overwrite"):
        _refuse_taken(old, changes, field)
    for key, value in changes.items():
        if value is None and key not in old and field == "labels":
            session.print(f'{THINGS[field]} "{key}" not found.\n')
    real = {key: value for key, value in changes.items() if old.get(key) != value}
    body = _send(session, target, field, real, current)
    dryrun.report(session, resource, body, _done(session, field, real) + dryrun.SUFFIX[dryrun.mode(session)])


def _list(session: Session, target: Target, field: str, old: Obj) -> None:
    row, _, name = target
    single = len(session.targets(session.parsed.arguments)[0][1]) == 1
    indent = "" if single else " "
    if not single:
        session.print(f"Listing {field} for {row.kind}.{row.group}/{name}:\n")
    session.print("".join(f"{indent}{key}={old[key]}\n" for key in sorted(old)))


def _refuse_taken(old: Obj, changes: dict[str, str | None], field: str) -> None:
    taken = [
        f"'{key}' already has a value ({old[key]}), and --overwrite is false"
        for key, value in changes.items()
        if value is not None and key in old and old[key] != value
    ]
    if taken:
        text = taken[0] if len(taken) == 1 else "[" + ", ".join(taken) + "]"
        if field == "annotations":
            text = f"--overwrite is false but found the following declared annotation(s): {'; '.join(taken)}"
        raise error(text.replace(", and --overwrite is false", "") if field == "annotations" else text)


def _send(session: Session, target: Target, field: str, real: dict[str, str | None], current: Obj) -> Obj:
    resource, namespace, name = target
    version = session.parsed.text("resource-version")
    if not real or dryrun.mode(session) == "client":
        return current
    options = choose.options(session, "merge", f"kubectl-{'label' if field == 'labels' else 'annotate'}")
    metadata: Obj = {field: real, **({"resourceVersion": version} if version else {})}
    body: Obj = session.ask("patch", resource, namespace, name, {"metadata": metadata}, options=options)
    return body


def _done(session: Session, field: str, real: dict[str, str | None]) -> str:
    if field == "annotations":
        return str(session.profile.pick(ANNOTATED))
    if not real:
        return "not labeled"
    removed = all(value is None for value in real.values()) and session.profile.pick(REMOVED)
    return "unlabeled" if removed else "labeled"
