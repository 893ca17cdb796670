"""kubectl delete."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.resources import Resource
from sanb.errors import ApiError
from sanb.kubectl import dryrun, failures, manifest
from sanb.kubectl.flags import NUMBER, SWITCH, TEXT, Flag
from sanb.kubectl.result import error
from sanb.kubectl.session import DAY, Session
from sanb.kubectl.spans import seconds_of

FLAGS: Final = {
    **manifest.FLAGS,
    "selector": Flag(TEXT, "l"),
    "field-selector": Flag(),
    "all": Flag(SWITCH),
    "all-namespaces": Flag(SWITCH, "A"),
    "cascade": Flag(TEXT, "", "background"),
    "grace-period": Flag(NUMBER),
    "now": Flag(SWITCH),
    "wait": Flag(SWITCH),
    "force": Flag(SWITCH),
    "ignore-not-found": Flag(SWITCH),
    "output": Flag(TEXT, "o"),
    "timeout": Flag(),
    "dry-run": Flag(TEXT, "", "unchanged"),
    "interactive": Flag(SWITCH, "i"),
    "raw": Flag(),
}
PLACE: Final = {"1.10": "", "1.34": " from {} namespace"}
WAITS: Final = {"1.10": False, "1.11": True}
CASCADES: Final = {
    "true": "Background",
    "background": "Background",
    "foreground": "Foreground",
    "false": "Orphan",
    "orphan": "Orphan",
}
IMMEDIATE: Final = (
    "Immediate deletion does not wait for confirmation that the running resource has been terminated. "
    "The resource may continue to run on the cluster indefinitely."
)
CLUSTER_SCOPED: Final = "deleting cluster-scoped resources, not scoped to the provided namespace"
WARNING: Final = {"1.10": "warning: ", "1.21": "Warning: "}
UNNAMED: Final = {"1.10": "no name, label selector, or --all flag specified", "1.22": "no name was specified"}
NO_TARGET: Final = (
    "You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n   '-f rsrc.yaml'\n"
    "   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"
)

Target = tuple[Resource, str, str]


def delete(session: Session) -> None:
    """Delete objects and wait until they are gone."""
    parsed = session.parsed
    parsed.values.setdefault("grace-period", -1)
    options, force = _options(session), parsed.on("force")
    problems: list[str] = []
    found = _found(session, problems)
    if force:
        session.complain(session.profile.pick(WARNING) + IMMEDIATE)
    if parsed.text("namespace") and any(not target[0].namespaced for target, _ in found):
        session.complain(session.profile.pick(WARNING) + CLUSTER_SCOPED)
    done: list[tuple[Target, str]] = []
    dry = dryrun.mode(session)
    for target, source in found:
        resource, namespace, name = target
        try:
            body: Any = {} if dry == "client" else session.ask("delete", resource, namespace, name, options)
        except ApiError as refusal:
            if refusal.code != 404 or not parsed.on("ignore-not-found"):
                problems.append(failures.text(refusal, f'error when deleting "{source}"' if source else ""))
            continue
        _report(session, target, ("force " if force else "") + "deleted", dryrun.SUFFIX[dry])
        done.append((target, str((body.get("details") or body.get("metadata") or {}).get("uid", ""))))
    if not found and not problems:
        session.print("No resources found\n")
    if parsed.values.get("wait", True) and session.profile.pick(WAITS) and dry == "none":
        _wait(session, done)
    manifest.first(problems)


def _wait(session: Session, done: list[tuple[Target, str]]) -> None:
    """Let time pass until the objects are gone.

    Raises:
        Failure: --timeout passes before.
    """
    seconds = seconds_of(session.parsed.text("timeout"), "timeout", "kubectl delete")
    if not session.wait(lambda: not any(_there(session, *one) for one in done), seconds or DAY) and seconds:
        left = next(target for target, uid in done if _there(session, target, uid))
        raise error(f"timed out waiting for the condition on {left[0].plural}/{left[2]}")


def remove(session: Session, target: Target) -> None:
    """Delete one object and report it, with the options of the command."""
    session.ask("delete", *target[:2], target[2], _options(session))
    _report(session, target, "deleted", "")


def gone(session: Session, target: Target) -> bool:
    """Whether there is no such object any more."""
    return not _there(session, target, "")


def _report(session: Session, target: Target, done: str, suffix: str) -> None:
    resource, namespace, name = target
    if session.parsed.text("output") == "name":
        session.print(f"{session.named(resource)}/{name}\n")
        return
    place = session.profile.pick(PLACE).format(namespace) if resource.namespaced else ""
    session.print(f'{session.named(resource)} "{name}" {done}{place}{suffix}\n')


def _there(session: Session, target: Target, uid: str) -> bool:
    resource, namespace, name = target
    try:
        body = session.ask("get", resource, namespace, name)
    except ApiError:
        return False
    return not uid or body["metadata"].get("uid") == uid


def _options(session: Session) -> dict[str, Any]:
    parsed = session.parsed
    cascade = CASCADES.get(parsed.text("cascade", "background"))
    if cascade is None:
        raise error(
            f'invalid cascade value ({parsed.text("cascade")}). Must be "background", "foreground", or "orphan"'
        )
    if parsed.on("now") and parsed.values["grace-period"] >= 0:
        raise error("--now and --grace-period cannot be specified together")
    grace = 1 if parsed.on("now") else parsed.values["grace-period"]
    if parsed.on("force") and grace > 0:
        raise error("--force and --grace-period greater than 0 cannot be specified together")
    if parsed.on("force") and grace < 0:
        grace = 0
    if grace == 0 and not parsed.on("force"):
        # kubectl turns an unforced zero into one second, so that the object is waited for
        grace = 1
    options: dict[str, Any] = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": cascade}
    return {**options, "gracePeriodSeconds": grace} if grace >= 0 else options


def _found(session: Session, problems: list[str]) -> list[tuple[Target, str]]:
    """What is to be deleted, and the file that names it."""
    parsed = session.parsed
    if parsed.many("filename"):
        return [((place.resource, place.namespace, place.name), place.source) for place in manifest.each(session)]
    if not parsed.arguments:
        raise error(NO_TARGET)
    found: list[tuple[Target, str]] = []
    for resource, names in session.targets(parsed.arguments):
        selecting = parsed.on("all") or parsed.text("selector") or parsed.text("field-selector")
        if names and selecting:
            raise error("name cannot be provided when a selector is specified")
        if not names and not selecting:
            raise error(f"resource(s) were provided, but {session.profile.pick(UNNAMED)}")
        found.extend(((resource, session.namespace, name), "") for name in names)
        if not names:
            found.extend((target, "") for target in _selected(session, resource, problems))
    return found


def _selected(session: Session, resource: Resource, problems: list[str]) -> list[Target]:
    parsed = session.parsed
    options = {"labelSelector": parsed.text("selector"), "fieldSelector": parsed.text("field-selector")}
    namespace = "" if parsed.on("all-namespaces") else session.namespace
    try:
        items = session.ask("list", resource, namespace, options={k: v for k, v in options.items() if v})["items"] or ()
    except ApiError as refusal:
        problems.append(failures.text(refusal))
        return []
    return [(resource, item["metadata"].get("namespace", ""), item["metadata"]["name"]) for item in items]
