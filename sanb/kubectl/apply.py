"""kubectl apply: what was applied last, what shall be and what is, made into one strategic merge patch."""

from __future__ import annotations

import json
from typing import Any, Final

from sanb.errors import ApiError
from sanb.kubectl import dryrun, failures, manifest
from sanb.kubectl.flags import NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.manifest import Located
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj, dig, json_default

LAST: Final = "kubectl.kubernetes.io/last-applied-configuration"
FLAGS: Final[Flags] = {
    **manifest.FLAGS,
    **dryrun.FLAGS,
    "selector": Flag(TEXT, "l"),
    "prune": Flag(SWITCH),
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
}
KEYS: Final = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "imagePullSecrets": "name",
    "secrets": "name",
    "hostAliases": "ip",
    "conditions": "type",
    "ownerReferences": "uid",
}
"""Lists that are merged by a key of their elements."""
PORT_KEYS: Final = ("containerPort", "port")
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
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts"""
"""What kubectl adds to a conflict of server-side apply."""
STRICT: Final = {"1.10": "", "1.25": "Strict"}


def with_last_applied(obj: Obj) -> Obj:
    """The object with the annotation that remembers it."""
    metadata = {**(obj.get("metadata") or {})}
    notes = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST}
    bare = {**obj, "metadata": {**metadata, "annotations": notes}}
    text = json.dumps(bare, separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=json_default) + "\n"
    return {**bare, "metadata": {**metadata, "annotations": {**notes, LAST: text}}}


def apply(session: Session) -> None:
    """Create or change the objects of -f."""
    if not session.parsed.many("filename"):
        raise error("must specify one of -f and -k")
    problems: list[str] = []
    for document in manifest.documents(session):
        place = manifest.located(session, document)
        if place.resource.namespaced:
            metadata = {**(place.obj.get("metadata") or {}), "namespace": place.namespace}
            place = place._replace(obj={**place.obj, "metadata": metadata})
        try:
            (_server_side if session.parsed.on("server-side") else _one)(session, place)
        except ApiError as refusal:
            problems.append(_refused(session, refusal, place))
    manifest.first(problems)


def _refused(session: Session, refusal: ApiError, place: Located) -> str:
    """The lines about one object that the server refused."""
    if refusal.has_cause("FieldManagerConflict") and session.parsed.on("server-side"):
        return f"error: {refusal.message}\n{OTHER_MANAGERS}"
    return failures.text(refusal, f'error when {_doing(refusal)} "{place.source}"')


def _doing(refusal: ApiError) -> str:
    return getattr(refusal, "doing", "creating")


def _server_side(session: Session, place: Located) -> None:
    options = {
        "patchType": "apply",
        "fieldManager": session.parsed.text("field-manager") or "kubectl",
        "force": "true" if session.parsed.on("force-conflicts") else "false",
    }
    body = session.ask("patch", place.resource, place.namespace, place.name, place.obj, options=options)
    dryrun.report(session, place.resource, body, "serverside-applied")


def _one(session: Session, place: Located) -> None:
    dry = dryrun.mode(session)
    wanted = with_last_applied(place.obj)
    options: dict[str, Any] = {"fieldManager": session.parsed.text("field-manager") or "kubectl-client-side-apply"}
    if session.profile.pick(STRICT) and session.parsed.text("validate") not in ("false", "ignore", "warn"):
        options["fieldValidation"] = session.profile.pick(STRICT)
    if dry == "server":
        options["dryRun"] = "All"
    if not place.name:
        raise error(
            "error when retrieving current configuration of:\n"
            f'from server for: "{place.source}": resource name may not be empty'
        )
    try:
        current = session.ask("get", place.resource, place.namespace, place.name)
    except ApiError as refusal:
        if refusal.code != 404:
            raise
        body = wanted
        if dry != "client":
            body = session.ask("create", place.resource, place.namespace, body=wanted, options=options)
        dryrun.report(session, place.resource, body, f"created{dryrun.SUFFIX[dry]}")
        return
    _change(session, place, wanted, current, options, dry)


def _change(session: Session, place: Located, wanted: Obj, current: Obj, options: dict[str, Any], dry: str) -> None:
    last = dig(current, "metadata", "annotations", LAST)
    if last is None:
        subject = f"{place.resource.plural}/{place.name}"
        session.complain(session.profile.pick(NOT_APPLIED).format(command="kubectl", subject=subject))
    patch = three_way(json.loads(last) if last else {}, wanted, current)
    for field in ("apiVersion", "kind", "status"):
        patch.pop(field, None)
    if not patch:
        dryrun.report(session, place.resource, current, f"unchanged{dryrun.SUFFIX[dry]}")
        return
    body = current
    if dry != "client":
        try:
            body = session.ask(
                "patch",
                place.resource,
                place.namespace,
                place.name,
                patch,
                options={**options, "patchType": "strategic"},
            )
        except ApiError as refusal:
            text = json.dumps(patch, separators=(",", ":"), sort_keys=True, default=json_default)
            resource = place.resource
            version = resource.api_version
            shown = (
                f'Resource: "{version}, Resource={resource.plural}", '
                f'GroupVersionKind: "{version}, Kind={resource.kind}"'
            )
            refusal.doing = (  # type: ignore[attr-defined]
                f'applying patch:\n{text}\nto:\n{shown}\nName: "{place.name}", Namespace: "{place.namespace}"\nfor:'
            )
            raise
    same = dig(body, "metadata", "resourceVersion") == dig(current, "metadata", "resourceVersion") and dry == "none"
    dryrun.report(session, place.resource, body, f"{'unchanged' if same else 'configured'}{dryrun.SUFFIX[dry]}")


def three_way(last: Any, wanted: Any, current: Any) -> Obj:
    """The patch that makes `current` have all of `wanted` and lose what only `last` had."""
    patch: Obj = {}
    for key, value in wanted.items():
        if key not in current or current[key] is None:
            if value is not None:
                patch[key] = value
            continue
        now, before = current[key], (last or {}).get(key)
        if isinstance(value, dict) and isinstance(now, dict):
            inner = three_way(before if isinstance(before, dict) else {}, value, now)
            if inner:
                patch[key] = inner
        elif isinstance(value, list) and isinstance(now, list):
            _list(patch, key, before if isinstance(before, list) else [], value, now)
        elif value != now:
            patch[key] = value
    for key in last or {}:
        if key not in wanted and key in current:
            patch[key] = None
    return patch


def _list(patch: Obj, field: str, last: list[Any], wanted: list[Any], current: list[Any]) -> None:
    key = _merge_key(field, [*wanted, *current])
    if key is None:
        if wanted != current:
            patch[field] = wanted
        return
    now = {one.get(key): one for one in current}
    before = {one.get(key): one for one in last if isinstance(one, dict)}
    changes: list[Obj] = []
    for one in wanted:
        inner = three_way(before.get(one.get(key), {}), one, now.get(one.get(key), {}))
        if inner:
            changes.append({**inner, key: one.get(key)})
    names = [one.get(key) for one in wanted]
    changes += [{"$patch": "delete", key: name} for name in before if name not in names and name in now]
    if changes:
        patch[field] = changes


def _merge_key(field: str, items: list[Any]) -> str | None:
    if not all(isinstance(one, dict) for one in items):
        return None
    if field == "ports":
        return next((key for key in PORT_KEYS if items and all(key in one for one in items)), None)
    key = KEYS.get(field)
    return key if key and all(key in one for one in items) else None


def merge(obj: Any, more: Any) -> Any:
    """The object with a JSON merge patch applied."""
    if not isinstance(more, dict) or not isinstance(obj, dict):
        return more
    kept = {key: value for key, value in obj.items() if not (key in more and more[key] is None)}
    return {**kept, **{key: merge(obj.get(key), value) for key, value in more.items() if value is not None}}
