"""kubectl diff: what apply would change, as `diff -u -N` shows it."""

from __future__ import annotations

import difflib
from typing import Any, Final

from sanb import entropy
from sanb.errors import ApiError
from sanb.kubectl import apply, documents, failures, manifest
from sanb.kubectl.flags import NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.manifest import Located
from sanb.kubectl.result import Failure
from sanb.kubectl.session import Session
from sanb.times import rfc3339
from sanb.values import REMOVE, Obj, evolve

FLAGS: Final[Flags] = {
    **manifest.FLAGS,
    "selector": Flag(TEXT, "l"),
    "server-side": Flag(SWITCH),
    "force-conflicts": Flag(SWITCH),
    "field-manager": Flag(),
    "prune": Flag(SWITCH),
    "concurrency": Flag(NUMBER),
    "show-managed-fields": Flag(SWITCH),
}
MASK: Final = "***"


def diff(session: Session) -> None:
    """Print the differences; the exit code is 1 if there are some."""
    if not session.parsed.many("filename"):
        raise Failure("error: must specify one of -f and -k", 2)
    found = False
    for place in manifest.each(session):
        try:
            live, merged = _both(session, place)
        except ApiError as refusal:
            raise Failure(failures.text(refusal), 2) from None
        text = _text(session, place, live, merged)
        session.print(text)
        found = found or bool(text)
    if found:
        raise Failure("", 1)


def _both(session: Session, place: Located) -> tuple[Obj | None, Obj]:
    """The object as it is, and as it would be."""
    if place.resource.namespaced:
        metadata = {**(place.obj.get("metadata") or {}), "namespace": place.namespace}
        place = place._replace(obj={**place.obj, "metadata": metadata})
    try:
        live = session.ask("get", place.resource, place.namespace, place.name)
    except ApiError as refusal:
        if refusal.code != 404:
            raise
        live = None
    if session.parsed.on("server-side"):
        options = {
            "patchType": "apply",
            "fieldManager": session.parsed.text("field-manager") or "kubectl",
            "dryRun": "All",
        }
        options["force"] = "true" if session.parsed.on("force-conflicts") else "false"
        return live, session.ask("patch", place.resource, place.namespace, place.name, place.obj, options=options)
    return live, apply.pretended(session, place, live)


def _text(session: Session, place: Located, live: Obj | None, merged: Obj) -> str:
    before, after = _shown(session, live), _shown(session, merged)
    old_text, new_text = _lines(before), _lines(after)
    if place.resource.kind == "Secret":
        before, after = _masked(before, after)
        old_text, new_text = _lines(before) or ["null\n"], _lines(after)
    version = place.resource.api_version.replace("/", ".")
    name = f"{version}.{place.resource.kind}.{place.namespace}.{place.name}"
    number = entropy.draw(session.cp.seed if hasattr(session.cp, "seed") else 0, "kubectl diff") % 10**9
    old, new = f"/tmp/LIVE-{number:09d}/{name}", f"/tmp/MERGED-{(number * 7 + 1) % 10**9:09d}/{name}"
    stamp = rfc3339(session.now).replace("T", " ").replace("Z", ".000000000 +0000")
    lines = list(difflib.unified_diff(old_text, new_text, old, new, stamp, stamp))
    if not lines:
        return ""
    return f"diff -u -N {old} {new}\n" + "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _shown(session: Session, obj: Obj | None) -> Any:
    if obj is None or session.parsed.on("show-managed-fields"):
        return obj
    return evolve(obj, ("metadata", "managedFields"), REMOVE) if "managedFields" in obj["metadata"] else obj


def _lines(obj: Any) -> list[str]:
    return documents.to_yaml(obj).splitlines(keepends=True) if obj is not None else []


def _masked(before: Any, after: Any) -> tuple[Any, Any]:
    """Secrets with stars for their values; those that differ say which is which."""
    old, new = (before or {}).get("data") or {}, (after or {}).get("data") or {}
    hidden: list[dict[str, str]] = [{}, {}]
    for key in {**old, **new}:
        differs = key in old and key in new and old[key] != new[key]
        for place, (data, word) in enumerate(((old, "before"), (new, "after"))):
            if key in data:
                hidden[place][key] = f"{MASK} ({word})" if differs else MASK
    first = {**before, "data": hidden[0]} if before and old else before
    second = {**after, "data": hidden[1]} if after and new else after
    return first, second
