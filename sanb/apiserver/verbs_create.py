"""create: the pipeline of a new object (SEM 4.1)."""

from __future__ import annotations

from sanb.apiserver import escalation, metadata, status, steps, strategy, validation
from sanb.apiserver.admission import CREATE
from sanb.apiserver.context import Context
from sanb.apiserver.crd.definitions import DEFINITIONS, accepted
from sanb.apiserver.escalation import GUARDED
from sanb.apiserver.managers import TRACKED, track_managers
from sanb.apiserver.request import Outcome, Wait
from sanb.apiserver.warnings import warn
from sanb.values import Obj

RV_ON_CREATE = "resourceVersion should not be set on objects to be created"


def create(context: Context) -> Outcome:
    """Make one object."""
    obj = metadata.ensure_namespace(context, steps.read_body(context))
    if context.options and context.options.get("fieldManager"):
        obj = followed(context, obj)
    return create_object(context, obj)


def followed(context: Context, obj: Obj) -> Obj:
    """The object with the field manager that its client names.

    Real servers follow every client. Here only those are followed that say who they are (kubectl, HTTP), until the
    first apply: what controllers and programs make by the thousand stays small.
    """
    view = context.view
    if not view.profile.pick(TRACKED):
        return obj
    manager = str(context.options["fieldManager"])
    return track_managers(context.resource, {}, obj, manager, view.now_text, view.profile)


def create_object(context: Context, obj: Obj) -> Outcome:
    """Admit, complete, validate and store a decoded object."""
    request, view, resource = context.request, context.view, context.resource
    _scope(context, obj)
    attributes = context.attributes(CREATE, obj, None)
    chain = context.server.chain
    admitted = chain.mutate(view, attributes)
    if isinstance(admitted, Wait):
        return admitted
    obj = admitted.obj or obj
    if request.resource in GUARDED:
        escalation.check(context, obj, None)
    obj, tally = metadata.created(context, obj)
    obj = strategy.prepare_create(resource, obj, view.profile)
    errors = validation.validate(resource, obj, view.profile)
    if errors:
        raise steps.invalid(resource, obj, errors)
    if request.resource == DEFINITIONS:
        obj = accepted(view, obj, None)
    warn(context, obj, None)
    waiting = chain.validate(view, admitted._replace(obj=obj))
    if waiting is not None:
        return waiting
    key = metadata.place(context, obj)
    if obj["metadata"].get("resourceVersion", "") not in ("", "0"):
        raise status.failure(500, "", RV_ON_CREATE)
    if view.table.get(key) is not None:
        raise _exists(context, obj, request.resource)
    return context.store(201, key, obj, tally)


def _scope(context: Context, obj: Obj) -> None:
    """Key the draws of admission by the object's name, or by how often its generateName was used."""
    request, view = context.request, context.view
    given = obj["metadata"]
    name = given.get("name")
    counter = ("uid" if name else "name", request.resource, request.namespace, name or given.get("generateName") or "")
    view.scope = (*counter, view.store.tally.get(counter))


def _exists(context: Context, obj: Obj, resource: str) -> Exception:
    name = obj["metadata"]["name"]
    generated = obj["metadata"].get("generateName") and not (context.request.body.get("metadata") or {}).get("name")
    return status.generated_name_exists(resource, name) if generated else status.already_exists(resource, name)
