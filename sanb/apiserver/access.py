"""Access: one thing that somebody wants to do, what an authorizer says to it, and how a refusal reads (SEM 10.2)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sanb.apiserver import status
from sanb.apiserver.request import Request, UserInfo
from sanb.errors import ApiError
from sanb.profiles.profile import Profile

MASTERS: Final = "system:masters"
"""The group that may do everything, whatever roles say."""
NAMED_BY_SELECTOR: Final = {"1.10": False, "1.11": True}
"""Whether a list that a field selector narrows to one name is asked about that name."""
COLLECTIONS: Final = ("list", "watch", "deletecollection")


class Access(NamedTuple):
    """What is asked: a verb on a resource, or (with `path`) on a URL that is no resource."""

    user: UserInfo
    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    fields: str = ""
    """The field selector of the request, as written."""

    @property
    def target(self) -> str:
        """The resource as rules name it: with its subresource."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


class Verdict(NamedTuple):
    """What an authorizer says. Nobody denies: whoever does not allow has no opinion, and may say why."""

    allowed: bool
    reason: str = ""
    error: str = ""


ALLOWED: Final = Verdict(True)


def access_of(request: Request, profile: Profile) -> Access:
    """What a request asks for."""
    resource, _, group = request.resource.partition(".")
    namespace, name = request.namespace, request.name
    fields = str(request.options.get("fieldSelector") or "") if request.options else ""
    if resource == "namespaces" and not group and name:
        namespace = name  # a namespace is in itself
    if fields and not name and request.verb in COLLECTIONS and profile.pick(NAMED_BY_SELECTOR):
        name = selected(fields, "metadata.name")
    return Access(
        request.user, request.verb, group, resource, request.subresource, namespace, name, request.path, fields
    )


def selected(fields: str, field: str) -> str:
    """The value that a field selector demands of a field, or ""."""
    for part in fields.split(","):
        key, equals, value = part.partition("=")
        if equals and key == field:
            return value.removeprefix("=")
    return ""


def refused(access: Access, profile: Profile, reason: str = "") -> ApiError:
    """The 403 of the authorization filter."""
    why = _old(access) if profile["forbidden_wording"] == "old" else _new(access)
    if reason:
        why = f"{why}: {reason}"
    resource = f"{access.resource}.{access.group}" if access.group else access.resource
    return status.forbidden(resource, access.name, why)


def _scope(access: Access) -> str:
    return f"in the namespace {status.quoted(access.namespace)}" if access.namespace else "at the cluster scope"


def _new(access: Access) -> str:
    who = f"User {status.quoted(access.user.name)} cannot {access.verb}"
    if access.path:
        return f"{who} path {status.quoted(access.path)}"
    return f"{who} resource {status.quoted(access.target)} in API group {status.quoted(access.group)} {_scope(access)}"


def _old(access: Access) -> str:
    who = f"User {status.quoted(access.user.name)} cannot {access.verb}"
    if access.path:
        return f"{who} path {status.quoted(access.path)}"
    resource = f"{access.resource}.{access.group}" if access.group else access.resource
    return f"{who} {f'{resource}/{access.subresource}' if access.subresource else resource} {_scope(access)}"


def attributes(access: Access) -> dict[str, Any]:
    """The access as the spec of a review names it."""
    if access.path:
        return {"nonResourceAttributes": {"path": access.path, "verb": access.verb}}
    shown = {
        "namespace": access.namespace, "verb": access.verb, "group": access.group, "resource": access.resource,
        "subresource": access.subresource, "name": access.name,
    }
    return {"resourceAttributes": {key: value for key, value in shown.items() if value}}
