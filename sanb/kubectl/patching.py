"""kubectl patch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sanb import yamlvalues
from sanb.errors import ApiError
from sanb.kubectl import choose, dryrun
from sanb.kubectl.choose import Target
from sanb.kubectl.flags import TEXT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import dig

FLAGS: Final[Flags] = {
    **choose.FLAGS,
    "patch": Flag(TEXT, "p"),
    "type": Flag(),
    "patch-file": Flag(),
    "subresource": Flag(),
}
TYPES: Final = ("json", "merge", "strategic")
SUBRESOURCES: Final[dict[str, tuple[str, ...]]] = {"1.10": ("status", "scale"), "1.32": ()}
"""What --subresource may name; empty for anything."""
UNPATCHED: Final = {"1.10": "not patched", "1.12": "patched (no change)"}
NO_PATCH: Final = {
    "1.10": "must specify -p to patch",
    "1.20": "must specify --patch or --patch-file containing the contents of the patch",
}


def patch(session: Session) -> None:
    """Change a part of objects."""
    parsed = session.parsed
    text = parsed.text("patch")
    if not text and not parsed.text("patch-file"):
        raise error(session.profile.pick(NO_PATCH))
    if parsed.text("patch-file"):
        text = _file(parsed.text("patch-file"))
    form = parsed.text("type", "strategic")
    if form not in TYPES:
        raise error(f'--type must be one of [{" ".join(TYPES)}], not "{form}"')
    known, wanted = session.profile.pick(SUBRESOURCES), parsed.text("subresource")
    if known and wanted and wanted not in known:
        raise error(f'invalid subresource value: "{wanted}". Must be one of [{" ".join(known)}]')
    body = _body(text)
    choose.each(session, parsed.arguments, lambda target: _one(session, target, body, form))


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError:
        raise error(f"unable to read patch file: open {path}: no such file or directory") from None


def _body(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as problem:
        if text.lstrip().startswith("{"):
            raise Failure(f"Error from server (BadRequest): error decoding patch: {_go(problem)}") from None
    try:
        values = [value for value, _ in yamlvalues.documents(text)]
    except ValueError as problem:
        raise error(f'unable to parse "{text}": {problem}') from None
    return values[0] if values else None


def _go(problem: ValueError) -> str:
    """What is wrong with JSON, in the server's words."""
    found = getattr(problem, "doc", ""), getattr(problem, "pos", 0)
    if found[1] >= len(found[0].rstrip()):
        return "unexpected end of JSON input"
    wanted = "object key string" if "property name" in str(problem) else "value"
    return f"invalid character '{found[0][found[1]]}' looking for beginning of {wanted}"


def _one(session: Session, target: Target, body: Any, form: str) -> None:
    resource, namespace, name = target
    before = session.fetch(resource, namespace, name)
    after = before
    dry = dryrun.mode(session)
    if dry != "client":
        options = choose.options(session, form, "kubectl-patch")
        try:
            after = session.ask("patch", resource, namespace, name, body, session.parsed.text("subresource"), options)
        except ApiError as refusal:
            if refusal.reason != "UnsupportedMediaType" or form != "strategic":
                raise
            kind = f"{resource.api_version}, Kind={resource.kind}"
            raise error(f"application/strategic-merge-patch+json is not supported by {kind}: {refusal.message}") from None
    same = dig(before, "metadata", "resourceVersion") == dig(after, "metadata", "resourceVersion") and dry == "none"
    done = session.profile.pick(UNPATCHED) if same else "patched"
    if after.get("kind") == "Scale" and not session.parsed.text("output"):
        session.print(f"scale.autoscaling/{name} {done}{dryrun.SUFFIX[dry]}\n")
        return
    dryrun.report(session, resource, after, done + dryrun.SUFFIX[dry])
