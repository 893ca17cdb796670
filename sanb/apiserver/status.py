"""Every Status body the API server answers with, in one place (SEM 4.3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sanb.errors import ApiError

OPTIMISTIC_LOCK = "the object has been modified; please apply your changes to the latest version and try again"


class FieldError(NamedTuple):
    """One entry of a 422: `text` is the whole sentence, path included."""

    field: str
    reason: str
    detail: str

    @property
    def text(self) -> str:
        return f"{self.field}: {self.detail}" if self.field else self.detail


def failure(code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> ApiError:
    """A Failure Status as an exception."""
    status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    status["message"] = message
    if reason:
        status["reason"] = reason
    if details is not None:
        status["details"] = details
    status["code"] = code
    return ApiError(status)


def _details(name: str, group: str, kind: str, causes: Sequence[dict[str, Any]] = (), retry: int = 0) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if name:
        details["name"] = name
    if group:
        details["group"] = group
    if kind:
        details["kind"] = kind
    if causes:
        details["causes"] = list(causes)
    if retry:
        details["retryAfterSeconds"] = retry
    return details


def _split(resource: str) -> tuple[str, str]:
    plural, _, group = resource.partition(".")
    return plural, group


def bad_request(message: str) -> ApiError:
    return failure(400, "BadRequest", message)


def unauthorized() -> ApiError:
    return failure(401, "Unauthorized", "Unauthorized")


def forbidden(resource: str, name: str, why: str, causes: Sequence[dict[str, Any]] = ()) -> ApiError:
    """403; without a resource (a URL that is none) only the reason is told."""
    if not resource:
        return failure(403, "Forbidden", f"forbidden: {why}", {})
    plural, group = _split(resource)
    quoted = f'{resource} "{name}"' if name else resource
    return failure(403, "Forbidden", f"{quoted} is forbidden: {why}", _details(name, group, plural, causes))


def not_found(resource: str, name: str) -> ApiError:
    plural, group = _split(resource)
    return failure(404, "NotFound", f'{resource} "{name}" not found', _details(name, group, plural))


def already_exists(resource: str, name: str) -> ApiError:
    plural, group = _split(resource)
    return failure(409, "AlreadyExists", f'{resource} "{name}" already exists', _details(name, group, plural))


def conflict(resource: str, name: str, why: str = OPTIMISTIC_LOCK) -> ApiError:
    plural, group = _split(resource)
    message = f'Operation cannot be fulfilled on {resource} "{name}": {why}'
    return failure(409, "Conflict", message, _details(name, group, plural))


def invalid(kind: str, group: str, name: str, errors: Sequence[FieldError]) -> ApiError:
    """422: `group` as printed after the kind, empty for the core group."""
    texts = list(dict.fromkeys(error.text for error in errors))
    listed = texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
    causes = [{"reason": e.reason, "message": e.detail, "field": e.field} for e in errors]
    quoted = f"{kind}.{group}" if group else kind
    return failure(422, "Invalid", f'{quoted} "{name}" is invalid: {listed}', _details(name, group, kind, causes))


def internal(why: str) -> ApiError:
    details = {"causes": [{"message": why}]}
    return failure(500, "InternalError", f"Internal error occurred: {why}", details)


def server_timeout(resource: str, operation: str, message: str, retry: int) -> ApiError:
    plural, group = _split(resource)
    return failure(500, "ServerTimeout", message, _details(operation, group, plural, retry=retry))


def too_many_requests(retry: int = 1) -> ApiError:
    """429: so many things are under way that the client must come back later."""
    details = {"retryAfterSeconds": retry}
    return failure(429, "TooManyRequests", "Too many requests, please try again later.", details)


def too_large_request(limit: int) -> ApiError:
    """413: the body has more bytes than the server takes."""
    return failure(413, "RequestEntityTooLarge", f"Request entity too large: limit is {limit}")


def method_not_allowed() -> ApiError:
    """405: the path is there, the method is not."""
    return failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def unknown_resource() -> ApiError:
    """404 for a path below a group that the server has, but without such a resource."""
    return failure(404, "NotFound", "the server could not find the requested resource", {})


def generated_name_exists(resource: str, name: str) -> ApiError:
    """409: every generated name that was tried is taken."""
    plural, group = _split(resource)
    message = f'{resource} "{name}" already exists, the server was not able to generate a unique name for the object'
    return failure(409, "AlreadyExists", message, _details(name, group, plural, retry=1))


def precondition_uid(kind: str, name: str, wanted: str, stored: str) -> ApiError:
    """409: a delete names the uid of another object (the Kind stands where the resource should, SEM 4.3)."""
    why = (
        f"the UID in the precondition ({wanted}) does not match the UID in record ({stored})."
        " The object might have been deleted and then recreated"
    )
    return _precondition(kind, name, why)


def precondition_version(kind: str, name: str, wanted: str, stored: str) -> ApiError:
    """409: a delete names another resourceVersion."""
    why = (
        f"the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record ({stored})."
        " The object might have been modified"
    )
    return _precondition(kind, name, why)


def _precondition(kind: str, name: str, why: str) -> ApiError:
    message = f'Operation cannot be fulfilled on {kind} "{name}": {why}'
    return failure(409, "Conflict", message, {"name": name, "kind": kind})


def options_invalid(kind: str, *errors: FieldError) -> ApiError:
    """422 about query options: `kind` is ListOptions, PatchOptions or DeleteOptions."""
    return invalid(kind, "meta.k8s.io", "", errors)


def missing_field_manager() -> ApiError:
    """422: an apply patch does not say who applies."""
    return options_invalid("PatchOptions", required("fieldManager", "is required for apply patch"))


def expired(message: str, reason: str = "Expired") -> ApiError:
    """410: a resourceVersion or a continue token that is too old."""
    return failure(410, reason, message)


def too_large(wanted: int, current: int, cause: bool = True) -> ApiError:
    """504: a resourceVersion that the server has not reached; newer minors name the cause."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Timeout: Too large resource version: {wanted}, current: {current}"
    return failure(504, "Timeout", message, {**({"causes": causes} if cause else {}), "retryAfterSeconds": 1})


def deleted(resource: str, name: str, uid: str) -> dict[str, Any]:
    """The Success that a delete answers with, for kinds that do not answer with the object."""
    plural, group = _split(resource)
    details = {**_details(name, group, plural), "uid": uid}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def success(code: int = 0) -> dict[str, Any]:
    """A bare Success."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    if code:
        body["code"] = code
    return body


def required(field: str, detail: str = "") -> FieldError:
    return FieldError(field, "FieldValueRequired", f"Required value: {detail}" if detail else "Required value")


def invalid_value(field: str, value: Any, detail: str) -> FieldError:
    """`value` is printed as Kubernetes prints it: strings quoted, numbers bare."""
    shown = quoted(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return invalid_shown(field, shown, detail)


def invalid_shown(field: str, shown: str, detail: str) -> FieldError:
    """The same for a value that is already put into words: a struct, a list."""
    return FieldError(field, "FieldValueInvalid", f"Invalid value: {shown}: {detail}")


def quoted(text: str) -> str:
    """A string in quotes, as Go's %q shows it."""
    return json.dumps(text, ensure_ascii=False)


def field_forbidden(field: str, detail: str) -> FieldError:
    return FieldError(field, "FieldValueForbidden", f"Forbidden: {detail}")


def unsupported(field: str, value: str, supported: Sequence[str]) -> FieldError:
    return unsupported_shown(field, quoted(value), supported)


def unsupported_shown(field: str, shown: str, supported: Sequence[str]) -> FieldError:
    """The same for a value that is already put into words."""
    listed = ", ".join(f'"{item}"' for item in supported)
    return FieldError(field, "FieldValueNotSupported", f"Unsupported value: {shown}: supported values: {listed}")


def field_not_found(field: str, value: str) -> FieldError:
    return FieldError(field, "FieldValueNotFound", f"Not found: {quoted(value)}")


def duplicate(field: str, value: str) -> FieldError:
    return FieldError(field, "FieldValueDuplicate", f"Duplicate value: {quoted(value)}")


def too_long(field: str, detail: str) -> FieldError:
    """`detail` says how long it may be; the value is not shown."""
    return FieldError(field, "FieldValueTooLong", f"Too long: {detail}")
