"""kubectl apply: what was applied last, what shall be and what is, made into one patch."""

from __future__ import annotations

import json
from typing import Any, Final

from sanb.errors import ApiError
from sanb.kubectl import dryrun, failures, manifest, prune
from sanb.kubectl.create import without_version
from sanb.kubectl.documents import ESCAPED
from sanb.kubectl.flags import NUMBER, REPEAT, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.manifest import Located
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.kubectl.threeway import json_way, merge, three_way
from sanb.values import Obj, dig, json_default

__all__ = ["LAST", "apply", "merge", "pretended", "with_last_applied"]

LAST: Final = "kubectl.kubernetes.io/last-applied-configuration"
FLAGS: Final[Flags] = {
    **manifest.FLAGS,
    **dryrun.FLAGS,
    "selector": Flag(TEXT, "l"),
    "prune": Flag(SWITCH),
    "prune-allowlist": Flag(REPEAT),
    "prune-whitelist": Flag(REPEAT),
    "applyset": Flag(),
    "all": Flag(SWITCH),
    "force": Flag(SWITCH),
    "overwrite": Flag(SWITCH),
    "server-side": Flag(SWITCH),
    "force-conflicts": Flag(SWITCH),
    "wait": Flag(SWITCH),
    "timeout": Flag(),
    "grace-period": Flag(NUMBER),
    "cascade": Flag(TEXT, "", "background"),
    "record": Flag(SWITCH),
    "openapi-patch": Flag(SWITCH),
    "server-dry-run": Flag(SWITCH),
    "subresource": Flag(),
}
NOT_APPLIED: Final = {
    "1.10": "Warning: {command} apply should be used on resource created by either {command} create --save-config or "
    "{command} apply",
    "1.20": "Warning: resource {subject} is missing the kubectl.kubernetes.io/last-applied-configuration "
    "annotation which is required by {command} apply. {command} apply "
    "should only be used on resources created declaratively by either "
    "{command} create --save-config or {command} apply. The missing annotation will be patched automatically.",
}
OTHER_MANAGERS: Final = """\
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See {}"""
"""What kubectl adds to a conflict of server-side apply."""
CONFLICTS: Final = {
    "1.10": "http://k8s.io/docs/reference/using-api/api-concepts/#conflicts",
    "1.22": "https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts",
}


def without_memory(obj: Obj) -> Obj:
    """The object as the annotation has it."""
    metadata = {**(obj.get("metadata") or {})}
    notes = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST}
    return {**obj, "metadata": {**metadata, "annotations": notes}}


def with_last_applied(obj: Obj) -> Obj:
    """The object with the annotation that remembers it."""
    bare = without_memory(obj)
    metadata, notes = bare["metadata"], bare["metadata"]["annotations"]
    text = json.dumps(bare, separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=json_default) + "\n"
    for letter, code in ESCAPED:
        text = text.replace(letter, code)
    return {**bare, "metadata": {**metadata, "annotations": {**notes, LAST: text}}}


def apply(session: Session) -> None:
    """Create or change the objects of -f."""
    parsed = session.parsed
    if not parsed.many("filename"):
        raise error("must specify one of -f and -k")
    if parsed.on("force-conflicts") and not parsed.on("server-side"):
        raise error("--force-conflicts only works with --server-side")
    if parsed.on("server-side") and dryrun.mode(session) == "client":
        raise error("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    if parsed.on("server-side") and parsed.on("force"):
        raise error("--force cannot be used with --server-side")
    prune.check(session)
    problems: list[str] = []
    done: list[Located] = []
    for found in manifest.places(session, problems):
        place = in_namespace(found)
        try:
            (_server_side if parsed.on("server-side") else _one)(session, place)
            done.append(place)
        except ApiError as refusal:
            problems.append(_refused(session, refusal, place))
        except Failure as failure:
            problems.append(failure.text)
    manifest.first(problems)
    if parsed.on("prune"):
        prune.prune(session, done)


def in_namespace(place: Located) -> Located:
    """The object with its namespace written into it."""
    if not place.resource.namespaced:
        return place
    metadata = {**(place.obj.get("metadata") or {}), "namespace": place.namespace}
    return place._replace(obj={**place.obj, "metadata": metadata})


def _refused(session: Session, refusal: ApiError, place: Located) -> str:
    """The lines about one object that the server refused."""
    if refusal.has_cause("FieldManagerConflict") and session.parsed.on("server-side"):
        return f"error: {refusal.message}\n{OTHER_MANAGERS.format(session.profile.pick(CONFLICTS))}"
    if session.parsed.on("server-side"):
        return failures.text(refusal)
    doing = getattr(refusal, "doing", f'error when creating "{place.source}"')
    return failures.text(refusal, doing)


def _server_side(session: Session, place: Located) -> None:
    options: dict[str, Any] = {
        "patchType": "apply",
        "fieldManager": session.parsed.text("field-manager") or "kubectl",
        "force": "true" if session.parsed.on("force-conflicts") else "false",
    }
    strict, dry = manifest.strictness(session), dryrun.mode(session)
    options |= {"fieldValidation": strict} if strict else {}
    options |= {"dryRun": "All"} if dry == "server" else {}
    body = session.ask("patch", place.resource, place.namespace, place.name, place.obj, options=options)
    dryrun.report(session, place.resource, body, f"serverside-applied{dryrun.SUFFIX[dry]}")


def _options(session: Session) -> dict[str, Any]:
    options: dict[str, Any] = {"fieldManager": session.parsed.text("field-manager") or "kubectl-client-side-apply"}
    strict = manifest.strictness(session)
    options |= {"fieldValidation": strict} if strict else {}
    return {**options, "dryRun": "All"} if dryrun.mode(session) == "server" else options


def _one(session: Session, place: Located) -> None:
    dry = dryrun.mode(session)
    wanted = with_last_applied(place.obj)
    if not place.name:
        generated = dig(place.obj, "metadata", "generateName", default="")
        if generated:
            raise error(f"from {generated}: cannot use generate name with apply")
        raise error(f"{_retrieving(place)}: resource name may not be empty")
    try:
        current = session.ask("get", place.resource, place.namespace, place.name)
    except ApiError as refusal:
        if refusal.code != 404:
            refusal.doing = _retrieving(place)  # type: ignore[attr-defined]
            raise
        body = wanted
        if dry != "client":
            made = without_version(wanted)
            body = session.ask("create", place.resource, place.namespace, body=made, options=_options(session))
        dryrun.report(session, place.resource, body, f"created{dryrun.SUFFIX[dry]}")
        return
    _change(session, place, wanted, current, dry)


def _retrieving(place: Located) -> str:
    return f'error when retrieving current configuration of:\n{_shown(place)}\nfrom server for: "{place.source}"'


def _shown(place: Located) -> str:
    row = place.resource
    version = row.api_version if "/" in row.api_version else f"/{row.api_version}"
    return (
        f'Resource: "{version}, Resource={row.plural}", GroupVersionKind: "{version}, Kind={row.kind}"\n'
        f'Name: "{place.name}", Namespace: "{place.namespace}"'
    )


def patch_of(place: Located, wanted: Obj, current: Obj) -> tuple[Obj, str]:
    """The patch to be sent, and its type."""
    last = dig(current, "metadata", "annotations", LAST)
    try:
        before = json.loads(last) if last else {}
    except ValueError:
        before = {}
    custom = bool(getattr(place.resource, "custom", None))
    patch = (json_way if custom else three_way)(before, wanted, current)
    for field in ("apiVersion", "kind", "status"):
        patch.pop(field, None)
    return patch, "merge" if custom else "strategic"


def _change(session: Session, place: Located, wanted: Obj, current: Obj, dry: str) -> None:
    if dig(current, "metadata", "annotations", LAST) is None:
        subject = f"{place.resource.plural}/{place.name}"
        session.complain(session.profile.pick(NOT_APPLIED).format(command="kubectl", subject=subject))
    patch, kind = patch_of(place, wanted, current)
    if not patch:
        dryrun.report(session, place.resource, current, f"unchanged{dryrun.SUFFIX[dry]}")
        return
    body = current
    if dry != "client":
        options = {**_options(session), "patchType": kind}
        try:
            body = session.ask("patch", place.resource, place.namespace, place.name, patch, options=options)
        except ApiError as refusal:
            text = json.dumps(patch, separators=(",", ":"), sort_keys=True, default=json_default)
            refusal.doing = (  # type: ignore[attr-defined]
                f'error when applying patch:\n{text}\nto:\n{_shown(place)}\nfor: "{place.source}"'
                f': error when patching "{place.source}"'
            )
            raise
    same = dig(body, "metadata", "resourceVersion") == dig(current, "metadata", "resourceVersion") and dry == "none"
    dryrun.report(session, place.resource, body, f"{'unchanged' if same else 'configured'}{dryrun.SUFFIX[dry]}")


def pretended(session: Session, place: Located, current: Obj | None) -> Obj:
    """What apply would make of an object; what it remembers is left out."""
    options = {"dryRun": "All", "fieldManager": session.parsed.text("field-manager") or "kubectl-client-side-apply"}
    target = (place.resource, place.namespace, place.name)
    made = without_memory(place.obj)
    if current is None:
        made = without_version(made)
        return dict(session.ask("create", place.resource, place.namespace, body=made, options=options))
    patch, kind = patch_of(place, made, current)
    if not patch:
        return current
    return dict(session.ask("patch", *target, patch, options={**options, "patchType": kind}))
