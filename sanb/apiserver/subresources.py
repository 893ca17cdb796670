"""Subresources: status, binding, eviction, scale, finalize, ephemeralcontainers, token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from sanb.apiserver import (
    eviction,
    metadata,
    status,
    steps,
    tokenrequest,
    verbs_read,
    verbs_update,
)
from sanb.apiserver.admission import CREATE
from sanb.apiserver.context import Context
from sanb.apiserver.crd import scales
from sanb.apiserver.crd.scales import Places
from sanb.apiserver.patch import apply_patch, misfit
from sanb.apiserver.request import Decision, Outcome, Request, Wait
from sanb.apiserver.resources import Resource
from sanb.apiserver.schema import decode_scale
from sanb.errors import ApiError
from sanb.store.selectors import as_text
from sanb.times import rfc3339
from sanb.values import Obj, dig

if TYPE_CHECKING:
    from sanb.apiserver.server import ApiServer

Verb = Callable[[Context], Outcome]
Join = Callable[[Obj, Obj], Obj]


# ---------------------------------------------------------------------- status, finalize, ephemeralcontainers


def _join_status(new: Obj, old: Obj) -> Obj:
    """The stored object with the new status; of the metadata, what a status update may change."""
    joined = dict(old)
    if "status" in new:
        joined["status"] = new["status"]
    else:
        joined.pop("status", None)
    if new["metadata"] is not old["metadata"]:
        joined["metadata"] = _status_metadata(new, old)
    return joined


def _status_metadata(new: Obj, old: Obj) -> Obj:
    fields = dict(new["metadata"])
    kept = ("ownerReferences", "labels") if old["kind"] == "Deployment" else ("ownerReferences",)
    for field in kept:
        if field in old["metadata"]:
            fields[field] = old["metadata"][field]
        else:
            fields.pop(field, None)
    return fields


def _join_finalize(new: Obj, old: Obj) -> Obj:
    """The stored namespace with the new spec.finalizers."""
    finalizers = (new.get("spec") or {}).get("finalizers")
    spec = {k: v for k, v in (old.get("spec") or {}).items() if k != "finalizers"}
    if finalizers:
        spec["finalizers"] = finalizers
    fields = {**old["metadata"], "resourceVersion": new["metadata"].get("resourceVersion")}
    return {**old, "metadata": fields, "spec": spec}


def _join_ephemeral(new: Obj, old: Obj) -> Obj:
    """The stored Pod with the new ephemeral containers."""
    spec = dict(old["spec"])
    if (containers := (new.get("spec") or {}).get("ephemeralContainers")) is not None:
        spec["ephemeralContainers"] = containers
    fields = {**old["metadata"], "resourceVersion": new["metadata"].get("resourceVersion")}
    return {**old, "metadata": fields, "spec": spec}


def _updating(join: Join) -> Verb:
    def update(context: Context) -> Outcome:
        """Replace the part of the object that the subresource is."""
        old = context.live()
        body = context.request.body
        if type(body) is dict and _known(body, old):
            new = body
        else:
            new = metadata.ensure_name(context, metadata.ensure_namespace(context, steps.read_body(context)))
        return verbs_update.update_object(context, join(new, old), old)

    return update


def _known(body: Obj, old: Obj) -> bool:
    """Whether a body was made from the stored object: whoever shares its metadata got it from the server."""
    return body.get("metadata") is old["metadata"] and body.get("spec") is old.get("spec")


def _patching(join: Join) -> Verb:
    def patch(context: Context) -> Outcome:
        """Patch the part of the object that the subresource is."""
        old = context.live()
        new = verbs_update.patched(context, context.options.get("patchType") or "strategic", old)
        return verbs_update.update_object(context, join(new, old), old)

    return patch


# ---------------------------------------------------------------------- binding


def bind(context: Context) -> Outcome:
    """Assign a Pod to a node: sets spec.nodeName and the PodScheduled condition, once."""
    request, pod = context.request, context.live()
    waiting = _admit(context, request.body)
    if waiting is not None:
        return waiting
    node = _target(request.body)
    name, spec, before = request.name, pod["spec"], pod["metadata"]
    uid = dig(request.body, "metadata", "uid", default="")
    if uid and uid != before["uid"]:
        raise status.conflict("pods/binding", name, metadata.uid_mismatch(uid, before["uid"]))
    if before.get("deletionTimestamp"):
        raise status.conflict("pods/binding", name, f"pod {name} is being deleted, cannot be assigned to a host")
    if spec.get("nodeName"):
        raise status.conflict("pods/binding", name, f'pod {name} is already assigned to node "{spec["nodeName"]}"')
    state = pod.get("status") or {}
    condition = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": rfc3339(context.view.now)}
    others = [c for c in state.get("conditions") or () if c["type"] != "PodScheduled"]
    new = {**pod, "spec": {**spec, "nodeName": node}, "status": {**state, "conditions": [*others, condition]}}
    return context.store(201, context.key, new, (), status.success(201))


def _target(binding: Obj) -> str:
    """The node that a binding names.

    Raises:
        ApiError: 500, as upstream's storage says it: it names none, or something else.
    """
    kind, node = (str(dig(binding, "target", field, default="") or "") for field in ("kind", "name"))
    faults = [] if kind in ("", "Node") else [status.unsupported("target.kind", kind, ("Node", "<empty>"))]
    if not node:
        faults.append(status.required("target.name"))
    if faults:
        texts = [fault.text for fault in faults]
        raise status.failure(500, "", texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]")
    return node


def _admit(context: Context, body: Obj) -> Wait | None:
    """Both phases of admission for a subresource whose object is not stored itself."""
    attributes = context.attributes(CREATE, body, None)
    admitted = context.server.chain.mutate(context.view, attributes)
    return admitted if isinstance(admitted, Wait) else context.server.chain.validate(context.view, admitted)


# ---------------------------------------------------------------------- scale


def get_scale(context: Context) -> Outcome:
    """How many replicas there are and should be."""
    return context.answer(200, _scale(context.live(), scales.places(context.resource)))


def _scale(obj: Obj, where: Places) -> Obj:
    before = obj["metadata"]
    fields = {k: before[k] for k in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp") if k in before}
    shown: Obj = {"replicas": dig(obj, *where.counted, default=0)}
    selector = dig(obj, *where.selector, default="") if where.selector else _chosen(obj)
    if selector:
        shown["selector"] = selector
    return {
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": fields,
        "spec": {"replicas": dig(obj, *where.wanted, default=0)}, "status": shown,
    }


def _chosen(obj: Obj) -> str:
    """The selector of a workload as text; that of a ReplicationController is the labels themselves."""
    selector = dig(obj, "spec", "selector", default=None) or {}
    return as_text({"matchLabels": selector} if obj["kind"] == "ReplicationController" else selector)


def _scaled(context: Context, scale: Obj, old: Obj) -> Outcome:
    replicas = dig(scale, "spec", "replicas", default=0)
    if replicas < 0:
        detail = "must be greater than or equal to 0"
        error = status.invalid_value("spec.replicas", replicas, detail)
        raise status.invalid("Scale", "autoscaling", context.request.name, [error])
    version = dig(scale, "metadata", "resourceVersion", default="")
    fields = {**old["metadata"], "resourceVersion": version} if version else old["metadata"]
    where = scales.places(context.resource)
    new = scales.put({**old, "metadata": fields}, where.wanted, replicas)
    outcome = verbs_update.update_object(context, new, old)
    if not isinstance(outcome, Decision):
        return outcome
    return outcome._replace(response=outcome.response._replace(body=_scale(outcome.response.body, where)))


def update_scale(context: Context) -> Outcome:
    """Set the replicas."""
    return _scaled(context, decode_scale(context.request.body or {}, context.view.profile), context.live())


def patch_scale(context: Context) -> Outcome:
    """Patch the Scale object, of which only the replicas can change."""
    old = context.live()
    kind = context.options.get("patchType") or "merge"
    if kind == "apply":  # of a Scale only the replicas can be applied: that is a merge
        kind = "merge"
    now = _scale(old, scales.places(context.resource))
    profile, body = context.view.profile, context.request.body
    scale = apply_patch(kind, context.resource, now, body, profile)
    try:
        return _scaled(context, decode_scale(scale, profile), old)
    except ApiError as error:
        if error.reason != "BadRequest":
            raise
        raise misfit(kind, body, scale, error, profile) from None


# ---------------------------------------------------------------------- token


def token(context: Context) -> Outcome:
    """Issue a token for a ServiceAccount (SEM 8.4)."""
    server = context.server
    request = context.request._replace(body=tokenrequest.decode(context.request))
    waiting = _admit(context, request.body)
    if waiting is not None:
        return waiting
    response = tokenrequest.create_token(context.view, server.profile, server.authority, request)
    return Decision(response, (), tokenrequest.counter(request, server.profile), (), response.body["status"]["token"])


# ---------------------------------------------------------------------- what the node answers


def passed(context: Context) -> Outcome:
    """Let a request pass that the kubelet answers: the server only sees to it that there is such a Pod."""
    context.live()
    return context.answer(200, None)


SUBRESOURCES: Final[Mapping[tuple[str, str], Verb]] = {
    ("status", "get"): verbs_read.get,
    ("status", "update"): _updating(_join_status),
    ("status", "patch"): _patching(_join_status),
    ("finalize", "update"): _updating(_join_finalize),
    ("ephemeralcontainers", "get"): verbs_read.get,
    ("ephemeralcontainers", "update"): _updating(_join_ephemeral),
    ("ephemeralcontainers", "patch"): _patching(_join_ephemeral),
    ("binding", "create"): bind,
    ("eviction", "create"): eviction.evict,
    ("scale", "get"): get_scale,
    ("scale", "update"): update_scale,
    ("scale", "patch"): patch_scale,
    ("token", "create"): token,
    ("log", "get"): passed,
    **{(name, verb): passed for name in ("attach", "exec", "portforward") for verb in ("create", "get")},
}


def find(server: ApiServer, request: Request, resource: Resource) -> Verb | None:
    """What serves a subresource, or None if its verb is not supported.

    Raises:
        ApiError: 404, the resource has no such subresource in this minor.
    """
    if request.subresource not in resource.subresources:
        raise status.unknown_resource()
    if request.subresource == "token" and (server.authority is None or not server.profile["token_request"]):
        raise status.unknown_resource()
    return SUBRESOURCES.get((request.subresource, request.verb))
