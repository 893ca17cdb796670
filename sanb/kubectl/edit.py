"""kubectl label, annotate, patch, scale and set."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver.resources import Resource
from sanb.errors import ApiError
from sanb.kubectl import dryrun, failures, manifest
from sanb.kubectl.documents import parse as parse_text
from sanb.kubectl.flags import MANY, NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session, targets
from sanb.values import Obj, dig

_COMMON: Final[Flags] = {
    **manifest.FLAGS,
    **dryrun.FLAGS,
    "selector": Flag(TEXT, "l"),
    "all": Flag(SWITCH),
    "field-selector": Flag(),
    "record": Flag(SWITCH),
    "local": Flag(SWITCH),
    "resource-version": Flag(),
    "all-namespaces": Flag(SWITCH, "A"),
}
MARK_FLAGS: Final[Flags] = {**_COMMON, "overwrite": Flag(SWITCH), "list": Flag(SWITCH)}
PATCH_FLAGS: Final[Flags] = {
    **_COMMON,
    "patch": Flag(TEXT, "p"),
    "type": Flag(),
    "patch-file": Flag(),
    "subresource": Flag(),
}
SCALE_FLAGS: Final[Flags] = {**_COMMON, "replicas": Flag(NUMBER), "current-replicas": Flag(NUMBER), "timeout": Flag()}
SET_FLAGS: Final[Flags] = {**_COMMON, "containers": Flag(TEXT, "c"), "env": Flag(MANY, "e")}
UNPATCHED: Final = {"1.10": "not patched", "1.12": "patched (no change)"}
REMOVED: Final = {"1.10": False, "1.22": True}
"""Whether taking a label away is reported as `unlabeled`."""

Target = tuple[Resource, str, str]


def marker(field: str, done: str, thing: str) -> Callable[[Session], None]:
    """kubectl label or annotate: `field` is the dictionary in the metadata."""

    def command(session: Session) -> None:
        words = session.parsed.arguments
        marks = [word for word in words if _is_mark(word)]
        rest = [word for word in words if not _is_mark(word)]
        if not marks:
            raise error(f"at least one {thing} update is required")
        if not rest and not session.parsed.many("filename"):
            raise error("one or more resources must be specified as <resource> <name> or <resource>/<name>")
        changes: dict[str, str | None] = {}
        for mark in marks:
            key, equals, value = mark.partition("=")
            changes[key if equals else key.removesuffix("-")] = value if equals else None
        _each(session, rest, lambda target: _mark(session, target, field, done, changes))

    return command


def _is_mark(word: str) -> bool:
    return "=" in word or (word.endswith("-") and len(word) > 1)


def _mark(session: Session, target: Target, field: str, done: str, changes: dict[str, str | None]) -> None:
    resource, namespace, name = target
    current = session.ask("get", resource, namespace, name)
    old = current["metadata"].get(field) or {}
    if not session.parsed.on("overwrite"):
        taken = [
            f"'{k}' already has a value ({old[k]}), and --overwrite is false"
            for k, v in changes.items()
            if v is not None and k in old and old[k] != v
        ]
        if taken:
            raise error(taken[0] if len(taken) == 1 else "[" + ", ".join(taken) + "]")
    for key, value in changes.items():
        if value is None and key not in old:
            thing = "label" if field == "labels" else "annotation"
            session.print(f'{thing} "{key}" not found.\n')
    real = {key: value for key, value in changes.items() if old.get(key) != value}
    dry = dryrun.mode(session)
    body = current
    if real and dry != "client":
        options = {
            "patchType": "merge",
            "fieldManager": session.parsed.text("field-manager")
            or f"kubectl-{'label' if field == 'labels' else 'annotate'}",
        }
        if dry == "server":
            options["dryRun"] = "All"
        body = session.ask("patch", resource, namespace, name, {"metadata": {field: real}}, options=options)
    word = done
    if not real:
        word = "not " + done if field == "labels" else done
    elif field == "labels" and all(value is None for value in real.values()) and session.profile.pick(REMOVED):
        word = "unlabeled"
    dryrun.report(session, resource, body, word + dryrun.SUFFIX[dry])


def _each(session: Session, words: list[str], change: Callable[[Target], None]) -> None:
    """Do a change on every object that the words, -f or -l choose; refusals do not stop the others."""
    problems: list[str] = []
    for target in _targets(session, words):
        try:
            change(target)
        except ApiError as refusal:
            problems.append(failures.text(refusal))
        except Failure as refusal:
            problems.append(refusal.text)
    manifest.first(problems)


def _targets(session: Session, words: list[str]) -> list[Target]:
    if session.parsed.many("filename"):
        return [(place.resource, place.namespace, place.name) for place in manifest.each(session)]
    found: list[Target] = []
    for resource, names in targets(words):
        found.extend((resource, session.namespace, name) for name in names)
        if not names:
            selector = session.parsed.text("selector")
            if not selector and not session.parsed.on("all"):
                raise error("resource(s) were provided, but no name was specified")
            items = session.objects(resource, session.namespace, **({"labelSelector": selector} if selector else {}))
            found.extend((resource, session.namespace, item["metadata"]["name"]) for item in items)
    return found


def patch(session: Session) -> None:
    """kubectl patch."""
    parsed = session.parsed
    text = parsed.text("patch")
    if not text:
        raise error("must specify -p to patch")
    form = parsed.text("type", "strategic")
    if form not in ("json", "merge", "strategic"):
        raise error(f'--type must be one of [json merge strategic], not "{form}"')
    body = _patch_body(text)
    if not parsed.arguments:
        raise error("You must provide one or more resources by argument or filename.")
    _each(session, parsed.arguments, lambda target: _patch_one(session, target, body, form))


def _patch_body(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return parse_text(text, "patch")[0].obj
    except (Failure, IndexError):
        raise error(f'unable to parse "{text}": yaml: did not find expected key') from None


def _patch_one(session: Session, target: Target, body: Any, form: str) -> None:
    resource, namespace, name = target
    before = session.ask("get", resource, namespace, name)
    options = {"patchType": form, "fieldManager": session.parsed.text("field-manager") or "kubectl-patch"}
    if dryrun.mode(session) == "server":
        options["dryRun"] = "All"
    after = before
    if dryrun.mode(session) != "client":
        after = session.ask("patch", resource, namespace, name, body, session.parsed.text("subresource"), options)
    same = dig(before, "metadata", "resourceVersion") == dig(after, "metadata", "resourceVersion")
    dryrun.report(session, resource, after, session.profile.pick(UNPATCHED) if same else "patched")


def scale(session: Session) -> None:
    """kubectl scale."""
    parsed = session.parsed
    if "replicas" not in parsed.values:
        raise error('required flag(s) "replicas" not set')
    if parsed.values["replicas"] < 0:
        raise error("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if not parsed.arguments and not parsed.many("filename"):
        raise error("You must provide one or more resources by argument or filename.")
    _each(session, parsed.arguments, lambda target: _scale_one(session, target))


def _scale_one(session: Session, target: Target) -> None:
    resource, namespace, name = target
    if "scale" not in resource.subresources:
        raise error("Error from server (NotFound): the server could not find the requested resource")
    body = session.ask("get", resource, namespace, name)
    wanted = session.parsed.values["replicas"]
    if (
        "current-replicas" in session.parsed.values
        and dig(body, "spec", "replicas") != session.parsed.values["current-replicas"]
    ):
        have = dig(body, "spec", "replicas")
        raise error(f"Expected replicas to be {session.parsed.values['current-replicas']}, was {have}")
    session.ask("patch", resource, namespace, name, {"spec": {"replicas": wanted}}, "scale", {"patchType": "merge"})
    session.changed(resource, name, "scaled")


def set_serviceaccount(session: Session) -> None:
    """kubectl set serviceaccount."""
    *words, account = session.parsed.arguments or [""]
    if not words:
        raise error("serviceaccount is required")
    change = {"spec": {"template": {"spec": {"serviceAccountName": account}}}}
    _each(session, words, lambda target: _set(session, target, change, "serviceaccount updated"))


def set_image(session: Session) -> None:
    """kubectl set image."""
    pairs = dict(word.split("=", 1) for word in session.parsed.arguments if "=" in word)
    words = [word for word in session.parsed.arguments if "=" not in word]
    if not pairs:
        raise error("at least one image update is required")
    _each(session, words, lambda target: _image(session, target, pairs))


def _image(session: Session, target: Target, pairs: dict[str, str]) -> None:
    resource, namespace, name = target
    current = session.ask("get", resource, namespace, name)
    path = ("spec",) if resource.kind == "Pod" else ("spec", "template", "spec")
    there = [one["name"] for one in dig(current, *path, "containers", default=())]
    for container in pairs:
        if container not in (*there, "*"):
            raise error(f'unable to find container named "{container}"')
    images = [{"name": one, "image": pairs.get(one, pairs.get("*"))} for one in there if one in pairs or "*" in pairs]
    change: Obj = {"containers": images}
    for step in reversed(path):
        change = {step: change}
    _set(session, target, change, "image updated")


def _set(session: Session, target: Target, change: Obj, done: str) -> None:
    resource, namespace, name = target
    before = session.ask("get", resource, namespace, name)
    body = session.ask(
        "patch", resource, namespace, name, change, options={"patchType": "strategic", "fieldManager": "kubectl-set"}
    )
    if dig(before, "metadata", "resourceVersion") != dig(body, "metadata", "resourceVersion"):
        dryrun.report(session, resource, body, done)
