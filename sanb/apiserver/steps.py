"""The steps of a write that verbs share: decode, default, strategy, validate (SEM 4.1)."""

from __future__ import annotations

from sanb.apiserver import registered, status
from sanb.apiserver.context import Context
from sanb.apiserver.conversions import converted
from sanb.apiserver.crd import definitions, objects
from sanb.apiserver.defaults import default
from sanb.apiserver.resources import RESOURCES, Resource
from sanb.apiserver.schema import decode
from sanb.apiserver.status import FieldError
from sanb.apiserver.strictness import Duplicates
from sanb.apiserver.versions import SHAPES
from sanb.profiles.profile import Profile
from sanb.values import Obj


def read_body(context: Context) -> Obj:
    """The request's object: checked for kind and types, pruned, defaulted.

    Raises:
        ApiError: 400, the body is no object of the resource.
    """
    return reread(context, context.request.body)


def reread(context: Context, body: object) -> Obj:
    """The same for an object that the server itself put together: a patched one."""
    request, resource = context.request, context.resource
    if type(body) is not dict:
        raise status.bad_request(f"the object provided is unrecognized (must be of type {resource.kind})")
    profile, version = context.view.profile, body.get("apiVersion") or request.api_version
    body = typed(resource, body, request.api_version, profile)
    strict, text = _option(context, "fieldValidation"), _option(context, "text")
    duplicates = _duplicates(context)
    if resource.custom is not None:
        obj, warnings = objects.read(resource, body, profile, strict, version, duplicates)
    else:
        obj, warnings = decode(resource, body, profile, strict, text, version, duplicates)
        obj = default(resource, obj, profile, version or resource.api_version)
        if request.resource == definitions.DEFINITIONS and request.verb == "create":
            definitions.check_kept(obj, version or resource.api_version)
        if version and resource.kind in SHAPES:
            obj = converted(resource.kind, version, resource.api_version, obj)
    if warnings:
        context.warnings = (*context.warnings, *warnings)
    return obj


def _duplicates(context: Context) -> Duplicates | None:
    """What is to be said about keys that the body names twice; a list after whose items unknown fields are sorted."""
    if context.request.verb != "patch":
        return context.options.get("duplicates") if context.options else None
    return [] if context.options.get("patchType") == "apply" else context.options.get("duplicates") or []


def typed(resource: Resource, body: Obj, served: str, profile: Profile) -> Obj:
    """The body with apiVersion and kind, which must be those of the resource where the client gives them.

    Raises:
        ApiError: 400, they are others.
    """
    kind, version = body.get("kind"), body.get("apiVersion")
    newest = resource.api_version
    if kind == resource.kind and version == newest:
        return body
    kind, version = str(kind or ""), str(version or "")
    if resource.custom is None and resource.id in RESOURCES and not registered.expected(resource, kind, version):
        raise registered.wrong(resource, kind, version or served, profile)
    if version and version not in (newest, served) and not resource.serves(version):
        raise status.bad_request(
            f"the API version in the data ({version}) does not match the expected API version ({served or newest})"
        )
    if kind and kind != resource.kind:
        short = (version or newest).rpartition("/")[2]
        raise status.bad_request(f'{kind} in version "{short}" cannot be handled as a {resource.kind}')
    return {**body, "apiVersion": newest, "kind": resource.kind}


def _option(context: Context, name: str) -> str:
    options = context.options
    return str(options.get(name, "")) if options else ""


def invalid(resource: Resource, obj: Obj, errors: list[FieldError]) -> Exception:
    """422 with the errors of an object."""
    return status.invalid(resource.kind, resource.group, obj["metadata"].get("name") or "", errors)
