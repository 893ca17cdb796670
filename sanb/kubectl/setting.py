"""kubectl set: image, serviceaccount, resources, selector, subject (set env is in `setenv`)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

from sanb.apiserver.resources import RBAC, Resource
from sanb.errors import ApiError
from sanb.kubectl import choose, dryrun
from sanb.kubectl.choose import Target
from sanb.kubectl.createpolicy import amounts
from sanb.kubectl.flags import REPEAT, TEXT, Flag, Flags
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.kubectl.words import pairs
from sanb.values import Obj, dig

FLAGS: Final[Flags] = choose.FLAGS
RESOURCE_FLAGS: Final[Flags] = {**choose.FLAGS, "containers": Flag(TEXT, "c"), "limits": Flag(), "requests": Flag()}
SUBJECT_FLAGS: Final[Flags] = {
    **choose.FLAGS,
    "user": Flag(REPEAT),
    "group": Flag(REPEAT),
    "serviceaccount": Flag(REPEAT),
}
BAD_AMOUNT: Final = "Invalid argument syntax"
NO_RESOURCE: Final = "one or more resources must be specified as <resource> <name> or <resource>/<name>"
LISTS: Final = ("initContainers", "containers")

Change = Callable[[Obj, Resource], Obj]


def spec_path(resource: Resource) -> tuple[str, ...]:
    """Where the PodSpec of a kind is."""
    if resource.kind == "Pod":
        return ("spec",)
    if resource.kind == "CronJob":
        return ("spec", "jobTemplate", "spec", "template", "spec")
    return ("spec", "template", "spec")


def change(session: Session, target: Target, make: Callable[[Obj], Obj], done: str, *, always: bool = False) -> None:
    """Change the PodSpec of an object: `make` gives the patch for it. What stays the same is reported only if `always`.

    Raises:
        ApiError: the server refuses.
        Failure: the object has no PodSpec.
    """
    resource, namespace, name = target
    before = session.fetch(resource, namespace, name)
    path = spec_path(resource)
    if dig(before, *path) is None or "containers" not in dig(before, *path):
        raise error(f"the object is not a pod or does not have a pod template: {resource.kind}")
    patch = choose.nested(path, make(dig(before, *path)))
    send(session, target, before, patch, done, always=always)


def send(session: Session, target: Target, before: Obj, patch: Obj, done: str, *, always: bool = False) -> None:
    """Send a patch and report it, if it changed anything or `always`."""
    resource, namespace, name = target
    dry = dryrun.mode(session)
    body = before
    if dry != "client":
        options = choose.options(session, "strategic", "kubectl-set")
        body = session.ask("patch", resource, namespace, name, patch, options=options)
    if always or dry != "none" or dig(before, "metadata", "resourceVersion") != dig(body, "metadata", "resourceVersion"):
        dryrun.report(session, resource, body, done + dryrun.SUFFIX[dry])


def set_serviceaccount(session: Session) -> None:
    """kubectl set serviceaccount."""
    *words, account = session.parsed.arguments or [""]
    if not account:
        raise error("serviceaccount is required")
    if not words and not session.parsed.many("filename"):
        raise error(choose.NO_TARGET)
    choose.each(session, words, lambda target: _account(session, target, account))


def _account(session: Session, target: Target, account: str) -> None:
    wanted = {"serviceAccountName": account}
    try:
        change(session, target, lambda spec: wanted, "serviceaccount updated", always=True)
    except ApiError as refusal:
        raise error(f"failed to patch ServiceAccountName {refusal.message}") from None


def set_image(session: Session) -> None:
    """kubectl set image."""
    images = dict(word.split("=", 1) for word in session.parsed.arguments if "=" in word)
    words = [word for word in session.parsed.arguments if "=" not in word]
    late = next((word for before, word in pairwise(session.parsed.arguments) if "=" in before and "=" not in word), "")
    if late:
        raise error(f"all resources must be specified before image changes: {late}")
    if not words and not session.parsed.many("filename"):
        raise error(NO_RESOURCE)
    if not images:
        raise error("at least one image update is required")
    choose.each(
        session, words, lambda target: change(session, target, lambda spec: _images(spec, images), "image updated")
    )


def _images(spec: Obj, images: dict[str, str]) -> Obj:
    names = [one["name"] for field in LISTS for one in spec.get(field) or ()]
    for container in images:
        if container not in (*names, "*"):
            raise error(f'unable to find container named "{container}"')
    patch: Obj = {}
    for field in LISTS:
        found = [
            {"name": one["name"], "image": images.get(one["name"], images.get("*"))}
            for one in spec.get(field) or ()
            if one["name"] in images or "*" in images
        ]
        if found:
            patch[field] = found
    return patch


def set_resources(session: Session) -> None:
    """kubectl set resources."""
    parsed = session.parsed
    if not parsed.arguments and not parsed.many("filename"):
        raise error(NO_RESOURCE)
    if not parsed.text("limits") and not parsed.text("requests"):
        raise error("you must specify an update to requests or limits (in the form of --requests/--limits)")
    complaint = BAD_AMOUNT
    wanted = {flag: amounts(parsed.text(flag), complaint) for flag in ("limits", "requests") if parsed.text(flag)}
    done = "resource requirements updated"
    choose.each(
        session, parsed.arguments, lambda t: change(session, t, lambda spec: _resources(session, spec, wanted), done)
    )


def _resources(session: Session, spec: Obj, wanted: Obj) -> Obj:
    pattern = session.parsed.text("containers") or "*"
    found = [one["name"] for one in spec["containers"] if pattern in ("*", one["name"])]
    if not found:
        raise error(f"unable to find container named {pattern}")
    return {"containers": [{"name": name, "resources": wanted} for name in found]}


def set_selector(session: Session) -> None:
    """kubectl set selector, of Services."""
    words = session.parsed.arguments
    files = bool(session.parsed.many("filename"))
    if not words or (len(words) < 2 and not files):
        raise error(NO_RESOURCE if words else "one selector is required")
    wanted = pairs(words[-1])

    def one(target: Target) -> None:
        resource, namespace, name = target
        before = session.fetch(resource, namespace, name)
        if resource.kind != "Service":
            raise error(f"selector for {resource.kind.lower()} cannot be changed")
        old = dict.fromkeys(dig(before, "spec", "selector", default={}))
        send(session, target, before, {"spec": {"selector": {**old, **wanted}}}, "selector updated")

    choose.each(session, words[:-1], one)


def set_subject(session: Session) -> None:
    """kubectl set subject, of RoleBindings and ClusterRoleBindings."""
    parsed = session.parsed
    if not parsed.arguments and not parsed.many("filename"):
        raise error(NO_RESOURCE)
    added: list[Obj] = [{"apiGroup": RBAC, "kind": "User", "name": name} for name in parsed.many("user")]
    added += [{"apiGroup": RBAC, "kind": "Group", "name": name} for name in parsed.many("group")]
    for text in parsed.many("serviceaccount"):
        space, _, name = text.partition(":")
        if not space or not name or ":" in name:
            raise error("serviceaccount must be <namespace>:<name>")
        added.append({"kind": "ServiceAccount", "name": name, "namespace": space})
    if not added:
        raise error("you must specify at least one value of user, group or serviceaccount")
    choose.each(session, parsed.arguments, lambda target: _subjects(session, target, added))


def _subjects(session: Session, target: Target, added: list[Obj]) -> None:
    resource, namespace, name = target
    before: Any = session.fetch(resource, namespace, name)
    if resource.kind not in ("RoleBinding", "ClusterRoleBinding"):
        raise error("setting subjects is only supported for RoleBinding/ClusterRoleBinding")
    there = list(before.get("subjects") or ())
    new = [one for one in added if one not in there]
    send(session, target, before, {"subjects": [*there, *new]}, "subjects updated")
