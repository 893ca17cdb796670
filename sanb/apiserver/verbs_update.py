"""update and patch: the pipeline of a changed object (SEM 4.1, 4.2)."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import escalation, metadata, status, steps, strategy, validation
from sanb.apiserver.admission import UPDATE
from sanb.apiserver.apply import server_side_apply
from sanb.apiserver.context import Context
from sanb.apiserver.conversions import converted
from sanb.apiserver.crd.definitions import DEFINITIONS, accepted
from sanb.apiserver.escalation import GUARDED
from sanb.apiserver.managers import manager_of, track_managers
from sanb.apiserver.patch import apply_patch, misfit
from sanb.apiserver.queryoptions import flag
from sanb.apiserver.request import Outcome, Wait
from sanb.apiserver.resources import Resource
from sanb.apiserver.strictness import yaml_error
from sanb.apiserver.verbs_create import create_object
from sanb.apiserver.verbs_delete import finished
from sanb.apiserver.versions import SHAPES
from sanb.apiserver.warnings import warn
from sanb.errors import ApiError
from sanb.values import Obj

APPLY_SERVED: Final = {"1.10": False, "1.16": True}
"""Whether the server knows apply patches and their options."""
UNKNOWN_FORMAT: Final = (
    "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, "
    "application/merge-patch+json, application/apply-patch+yaml"
)
NO_FORCE: Final = "may not be specified for non-apply patch"


def update(context: Context) -> Outcome:
    """Replace an object; an empty resourceVersion replaces it unconditionally."""
    new = metadata.ensure_name(context, metadata.ensure_namespace(context, steps.read_body(context)))
    return update_object(context, new, context.live())


def update_object(context: Context, new: Obj, old: Obj) -> Outcome:
    """Admit, complete, validate and store a new value of an object; nothing changes if it is equal to the old one."""
    metadata.check_uid(context, new, old)
    view, resource, chain = context.view, context.resource, context.server.chain
    admitted = chain.mutate(view, context.attributes(UPDATE, new, old))
    if isinstance(admitted, Wait):
        return admitted
    new = admitted.obj or new
    if context.request.resource in GUARDED:
        escalation.check(context, new, old)
    metadata.check_revision(context, new, old)
    part = context.request.subresource
    new = strategy.prepare_update(resource, metadata.updated(new, old), old, view.profile, part)
    errors = validation.validate_update(resource, new, old, view.profile, part)
    if errors:
        raise steps.invalid(resource, new, errors)
    if context.request.resource == DEFINITIONS and not part:
        new = accepted(view, new, old)
    warn(context, new, old)
    waiting = chain.validate(view, admitted._replace(obj=new))
    if waiting is not None:
        return waiting
    return write(context, new, old)


def write(context: Context, new: Obj, old: Obj) -> Outcome:
    """Store a new value, unless it is the old one; an object that only waited for its finalizers goes."""
    if new is old:
        return context.answer(200, old)
    followed = "managedFields" in old["metadata"] or "managedFields" in new["metadata"]
    if followed and context.options.get("patchType") != "apply":
        new = _managed(context, new, old)
    if new == old:
        return context.answer(200, old)
    if finished(new):
        return context.remove(200, context.key, new)
    return context.store(200, context.key, new)


def _managed(context: Context, new: Obj, old: Obj) -> Obj:
    """Field managers of an object that somebody applied, or that a client made who says who it is."""
    request, view = context.request, context.view
    manager = manager_of(context.options, request.user)
    return track_managers(context.resource, old, new, manager, view.now_text, view.profile, request.subresource)


def patch(context: Context) -> Outcome:
    """Change an object by a patch of `options["patchType"]`: json, merge, strategic or apply."""
    kind = context.options.get("patchType") or "strategic"
    if kind == "apply":
        return _apply(context)
    if context.options.get("force") is not None and context.view.profile.pick(APPLY_SERVED):
        raise status.options_invalid("PatchOptions", status.field_forbidden("force", NO_FORCE))
    if kind == "strategic" and context.resource.custom is not None:
        raise status.failure(415, "UnsupportedMediaType", UNKNOWN_FORMAT, {})
    old = context.live()
    return update_object(context, patched(context, kind, old), old)


def patched(context: Context, kind: str, old: Obj) -> Obj:
    """The object as the patch makes it: decoded and defaulted."""
    row, shown = asked(context, old)
    if kind == "apply":
        new = _configured(context, shown, row)
    else:
        new = apply_patch(kind, row, shown, context.request.body, context.view.profile)
    if new is shown and not context.options.get("duplicates"):
        return old
    new = metadata.ensure_name(context, metadata.ensure_namespace(context, _named(new, old)))
    try:
        return steps.reread(context, new)
    except ApiError as error:
        if kind == "apply" or error.reason != "BadRequest":
            raise
        raise misfit(kind, context.request.body, new, error, context.view.profile) from None


def asked(context: Context, live: Obj) -> tuple[Resource, Obj]:
    """The resource and the object in the version that the client works with."""
    row, version = context.resource, context.request.api_version
    body = context.request.body
    if row.kind in SHAPES and not version and isinstance(body, dict):
        version = str(body.get("apiVersion") or "")
    if not version or version == row.api_version or not row.serves(version):
        return row, live
    if row.custom is not None:
        return row._replace(stored=version), {**live, "apiVersion": version}
    return row._replace(stored=version), converted(row.kind, row.api_version, version, live)


def _named(new: Any, old: Obj) -> Obj:
    """A patched object whose metadata is still a dictionary."""
    return new if isinstance(new.get("metadata"), dict) else {**new, "metadata": {"name": old["metadata"]["name"]}}


def _apply(context: Context) -> Outcome:
    """Server-side apply: creates what is not there."""
    version = context.view.table.get(context.key)
    live = version.obj if version is not None else None
    row, shown = asked(context, live or {})
    new = _configured(context, shown if live is not None else None, row)
    if live is not None and new is shown:
        return context.answer(200, live)
    new = metadata.ensure_name(context, steps.reread(context, metadata.ensure_namespace(context, new)))
    if live is not None:
        return update_object(context, new, live)
    context.server.authorize(context.view, context.request._replace(verb="create"))
    return create_object(context, new)


def _configured(context: Context, live: Obj | None, row: Resource) -> Obj:
    """The live object, or nothing, with the applied configuration laid over it."""
    request, view, options = context.request, context.view, context.options
    manager = str(options.get("fieldManager") or "")
    if not manager:
        raise status.missing_field_manager()
    force = flag(options.get("force"))
    new = server_side_apply(
        row, live, request.body, manager, force, view.now_text, view.profile, request.subresource
    )
    if options.get("duplicates"):
        _complain(context, options["duplicates"])
    return new


def _complain(context: Context, lines: list[str]) -> None:
    """Lines of a configuration that name a key twice.

    Raises:
        ApiError: 400, if the client wants to be refused then.
    """
    level = context.options.get("fieldValidation")
    if level == "Strict":
        raise status.bad_request(f"error strict decoding YAML: error converting YAML to JSON: {yaml_error(lines)}")
    if level != "Ignore":
        context.warnings = (*context.warnings, *lines)
