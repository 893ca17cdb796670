"""Objects of custom kinds: read, prepared and validated as their definition says."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status, strictness
from sanb.apiserver.crd import prune, validate
from sanb.apiserver.resources import Resource
from sanb.apiserver.status import FieldError
from sanb.apiserver.strategybase import bumped, generation, kept
from sanb.apiserver.types import TYPES
from sanb.apiserver.types.readers import Compiler, Wrong
from sanb.apiserver.validation import metadata
from sanb.apiserver.validation.rules import Rules, rules_of
from sanb.profiles.profile import Profile
from sanb.values import Obj

FIELD_VALIDATION: Final = {"1.10": False, "1.25": True}
_COMPILERS: Final[dict[str, Compiler]] = {}
_OUTSIDE: Final = ("metadata", "status")


def version_of(resource: Resource, api_version: str) -> Any:
    """What the definition says about the version in which an object is sent."""
    custom = resource.custom
    return custom.versions.get(api_version) or custom.versions[resource.api_version]


def read(
    resource: Resource, body: Obj, profile: Profile, strict: str, version: str, duplicates: strictness.Duplicates | None = None
) -> tuple[Obj, tuple[str, ...]]:
    """The object pruned and completed, and the warnings about fields that the schema does not have.

    Raises:
        ApiError: 400, its metadata cannot be read; with Strict also: a field is unknown.
    """
    found = {**body, "metadata": _metadata(resource, body, profile)}
    about = version_of(resource, version)
    node = about.node
    unknown: list[str] = []
    if node is not None:
        if not resource.custom.preserve:
            found = prune.pruned(found, node, "", unknown, True)
        found = prune.defaulted(found, node)
    if not (unknown or duplicates) or strict == "Ignore" or not profile.pick(FIELD_VALIDATION):
        return found, ()
    twice = strictness.repeated(duplicates) if isinstance(duplicates, str) else duplicates or ()
    complaints = (*twice, *(f'unknown field "{path}"' for path in unknown))
    if strict == "Strict":
        raise _refused(resource, body, strictness.sentence(complaints))
    return found, complaints


def _refused(resource: Resource, body: Obj, why: str) -> Exception:
    short = str(body.get("apiVersion") or resource.api_version).rpartition("/")[2]
    return status.bad_request(f'{resource.kind} in version "{short}" cannot be handled as a {resource.kind}: {why}')


def _metadata(resource: Resource, body: Obj, profile: Profile) -> Obj:
    compiler = _COMPILERS.get(profile.minor)
    if compiler is None:
        compiler = _COMPILERS[profile.minor] = Compiler(profile.minor)
    given = body.get("metadata")
    try:
        found: Obj = compiler.struct(TYPES["ObjectMeta"])(given if given is not None else {})
    except Wrong as wrong:
        raise _refused(resource, body, f"metadata: {wrong}") from None
    return found


# ---------------------------------------------------------------------- strategy


def prepare_create(resource: Resource, obj: Obj) -> Obj:
    """A status that is a subresource starts empty."""
    if _has_status(resource) and "status" in obj:
        obj = {key: value for key, value in obj.items() if key != "status"}
    return generation(obj, 1)


def prepare_update(resource: Resource, new: Obj, old: Obj) -> Obj:
    """What is neither metadata nor status counts."""
    outside = _OUTSIDE if _has_status(resource) else _OUTSIDE[:1]
    if _has_status(resource):
        new = kept(new, old, "status")
    fields = [field for field in dict.fromkeys((*new, *old)) if field not in outside]
    same = all(new.get(field) is old.get(field) or new.get(field) == old.get(field) for field in fields)
    return new if same else bumped(new, old)


def _has_status(resource: Resource) -> bool:
    return "status" in resource.subresources


# ---------------------------------------------------------------------- validation


def faults(resource: Resource, obj: Obj, profile: Profile) -> list[FieldError]:
    """The faults of a new object."""
    rules = rules_of(profile)
    out: list[FieldError] = []
    metadata.created(out, obj["metadata"], resource.namespaced, rules.names.subdomain, rules, own=False)
    _by_schema(out, resource, obj, rules)
    return out


def update_faults(resource: Resource, new: Obj, old: Obj, profile: Profile) -> list[FieldError]:
    """The faults of a changed object."""
    rules = rules_of(profile)
    out: list[FieldError] = []
    metadata.updated(out, new["metadata"], old["metadata"], rules, own=False)
    _by_schema(out, resource, new, rules)
    return out


def _by_schema(out: list[FieldError], resource: Resource, obj: Obj, rules: Rules) -> None:
    about = version_of(resource, obj["apiVersion"])
    if about.schema is None:
        return
    wrong = validate.faults(about.schema, {key: obj[key] for key in obj if key != "metadata"}, rules)
    out.extend(wrong)
    checked: bool = rules.profile.pick(validate.RULES_CHECKED)
    if wrong and checked and about.ruled:
        out.append(status.invalid_shown("<nil>", rules.null, validate.NOT_CHECKED))
