"""kubectl patch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sanb import manifests
from sanb.kubectl import choose, dryrun
from sanb.kubectl.choose import Target
from sanb.kubectl.flags import TEXT, Flag, Flags
from sanb.kubectl.result import error
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
SUBRESOURCES: Final = ("status", "scale", "resize")
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
    wanted = parsed.text("subresource")
    if wanted and wanted not in SUBRESOURCES:
        raise error(f'invalid subresource value: "{wanted}". Must be one of [status scale resize]')
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
    except ValueError:
        pass
    try:
        values = [value for value, _ in manifests.documents(text)]
    except ValueError as problem:
        raise error(f'unable to parse "{text}": {problem}') from None
    return values[0] if values else None


def _one(session: Session, target: Target, body: Any, form: str) -> None:
    resource, namespace, name = target
    before = session.ask("get", resource, namespace, name)
    after = before
    dry = dryrun.mode(session)
    if dry != "client":
        options = choose.options(session, form, "kubectl-patch")
        after = session.ask("patch", resource, namespace, name, body, session.parsed.text("subresource"), options)
    same = dig(before, "metadata", "resourceVersion") == dig(after, "metadata", "resourceVersion") and dry == "none"
    done = session.profile.pick(UNPATCHED) if same else "patched"
    dryrun.report(session, resource, after, done + dryrun.SUFFIX[dry])
