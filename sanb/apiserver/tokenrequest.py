"""TokenRequest: a token for a ServiceAccount, for an audience, for a time, for as long as an object lives (SEM 8.4)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb import entropy
from sanb.apiserver import status
from sanb.apiserver.metadata import NAMESPACE_MISMATCH
from sanb.apiserver.request import Request, Response
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.times import rfc3339
from sanb.tokens import claims
from sanb.tokens.authority import Authority
from sanb.values import Obj

GROUP: Final = "authentication.k8s.io"
KIND: Final = "TokenRequest"
API_VERSION: Final = f"{GROUP}/v1"
DEFAULT_SECONDS: Final = 3600
SHORTEST: Final = 600
LONGEST: Final = 1 << 32
WARN_ONLY_SECONDS: Final = 3607
"""What the ServiceAccount plugin asks for: the mark of a Pod that did not choose, whose token is extended."""
EXTENDED_SECONDS: Final = 365 * 24 * 3600

LIMITED: Final = {"1.10": False, "1.12": True}
"""Whether expirationSeconds has a shortest and a longest value."""
FILLED: Final[dict[str, tuple[str, ...]]] = {
    "1.10": (),
    "1.24": ("name", "namespace"),
    "1.34": ("name", "namespace", "uid"),
}
"""Metadata that the answer takes from the account. A minor that fills in the name also checks it."""
SHORTENED_WARNING: Final = {"1.10": False, "1.25": True}
OTHER_ACCOUNT: Final = {
    "1.10": 'cannot bind token for serviceaccount "{0}" to pod running with serviceaccount "{1}"',
    "1.12": 'cannot bind token for serviceaccount "{0}" to pod running with different serviceaccount name.',
}
STALE_REFERENCE: Final = {
    "1.10": "the UID in the bound object reference ({0}) does not match the UID in record ({1})."
    " The object might have been deleted and then recreated",
    "1.12": "the UID in the bound object reference ({0}) does not match the UID in record."
    " The object might have been deleted and then recreated",
}
NODE_SINCE: Final = {"1.10": False, "1.29": True}
NO_NODES: Final = 'cannot bind token to a Node object as the "ServiceAccountTokenNodeBinding" feature-gate is disabled'
OTHER_UID: Final = "the UID in the token request ({0}) does not match the UID of the service account ({1})"
UID_WARNING: Final = (
    OTHER_UID + " but TokenRequestServiceAccountUIDValidation is not enabled."
    " In the future, this will return a conflict error"
)


class Rules(NamedTuple):
    """What a profile does about token requests."""

    limited: bool
    filled: tuple[str, ...]
    uid_refused: bool
    shortened_warning: bool
    extension: str
    jti: bool
    node_info: bool
    node_bound: bool
    node_known: bool
    other_account: str
    stale_reference: str


class Binding(NamedTuple):
    """The objects that a token is bound to, as (name, uid)."""

    pod: claims.Ref | None = None
    secret: claims.Ref | None = None
    node: claims.Ref | None = None


@lru_cache(maxsize=64)
def rules(profile: Profile) -> Rules:
    """The rules of a profile."""
    pick = profile.pick
    return Rules(
        pick(LIMITED), pick(FILLED), profile["token_uid_precondition"], pick(SHORTENED_WARNING), profile["extension"],
        profile["jti"], profile["node_info"], profile["node_bound"], pick(NODE_SINCE), pick(OTHER_ACCOUNT),
        pick(STALE_REFERENCE),
    )


def counter(request: Request, profile: Profile) -> tuple[tuple[Hashable, ...], ...]:
    """The counters of entropy that issuing a token advances: each gets another jti, in minors that have one."""
    return (("jti", request.namespace, request.name),) if rules(profile).jti else ()


def create_token(view: View, profile: Profile, authority: Authority, request: Request) -> Response:
    """Issue a token for a request whose body is decoded. Nothing is stored; the token is signed when somebody reads it.

    Raises:
        ApiError: the request, the account or the bound object is not as it has to be.
    """
    rule = rules(profile)
    body = request.body
    spec, metadata = body["spec"], body["metadata"]
    if not rule.filled and rule.limited:
        _check_seconds(spec["expirationSeconds"])
    _check_names(rule, metadata, request)
    account = view.get("serviceaccounts", request.namespace, request.name)
    if account is None:
        raise status.not_found("serviceaccounts", request.name)
    warnings: tuple[str, ...] = ()
    metadata = _metadata(rule, metadata, account, view)
    if "uid" in rule.filled and metadata["uid"] != account["metadata"]["uid"]:
        warnings = (_other_uid(rule, request.name, metadata["uid"], account["metadata"]["uid"]),)
    if rule.filled and rule.limited:
        _check_seconds(spec["expirationSeconds"])
    binding = _bind(view, rule, request, spec["boundObjectRef"])
    spec, more = _settle(authority, rule, spec)
    token = authority.bound_token(_claims(view, authority, rule, request, account, spec, binding))
    answer = {
        "kind": KIND, "apiVersion": API_VERSION, "metadata": metadata, "spec": spec,
        "status": {"token": token, "expirationTimestamp": rfc3339(int(view.now) + spec["expirationSeconds"])},
    }
    return Response(201, answer, warnings + more)


# ---------------------------------------------------------------------- reading the request


def decode(request: Request) -> Obj:
    """The request's TokenRequest with its defaults; a status is dropped.

    Raises:
        ApiError: 400, the body is none or names another namespace.
    """
    body = request.body
    if type(body) is not dict:
        raise status.bad_request(f"the object provided is unrecognized (must be of type {KIND})")
    kind, version = body.get("kind") or KIND, body.get("apiVersion") or API_VERSION
    if version != API_VERSION:
        raise status.bad_request(
            f"the API version in the data ({version}) does not match the expected API version ({API_VERSION})"
        )
    if kind != KIND:
        raise status.bad_request(f'{kind} in version "v1" cannot be handled as a {KIND}')
    metadata, spec = _member(body, "metadata", "ObjectMeta"), _member(body, "spec", "TokenRequestSpec")
    _check_namespace(metadata, request)
    audiences, seconds, reference = spec.get("audiences"), spec.get("expirationSeconds"), spec.get("boundObjectRef")
    if audiences is not None and type(audiences) is not list:
        raise _wrong("spec.audiences", "[]string", audiences)
    for one in audiences or ():
        if type(one) is not str:
            raise _wrong("spec.audiences", "string", one)
    if seconds is None:
        seconds = DEFAULT_SECONDS
    elif type(seconds) is not int:
        raise _wrong("spec.expirationSeconds", "int64", seconds)
    if reference is not None and type(reference) is not dict:
        raise _wrong("spec.boundObjectRef", "v1.BoundObjectReference", reference)
    granted = {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": reference}
    return {"metadata": metadata, "spec": granted}


def _member(body: Obj, name: str, kind: str) -> Obj:
    """A member that must be an object where it is given."""
    value: Any = body.get(name)
    if value is None:
        return {}
    if type(value) is not dict:
        raise _wrong(name, f"v1.{kind}", value)
    return value


def _wrong(path: str, target: str, value: object) -> Exception:
    """400: a member has the wrong type, in the words of Go's decoder."""
    names: Mapping[type, str] = {str: "string", bool: "bool", list: "array", dict: "object"}
    found = names.get(type(value), f"number {value}" if target == "int64" else "number")
    struct = "TokenRequestSpec" if path.startswith("spec.") else KIND
    return status.bad_request(
        f'{KIND} in version "v1" cannot be handled as a {KIND}: json: cannot unmarshal {found}'
        f" into Go struct field {struct}.{path} of type {target}"
    )


def _check_namespace(metadata: Obj, request: Request) -> None:
    namespace = metadata.get("namespace")
    if namespace and namespace != request.namespace:
        raise status.bad_request(NAMESPACE_MISMATCH)


def _check_names(rule: Rules, metadata: Obj, request: Request) -> None:
    """422 if the body names another account."""
    name = metadata.get("name")
    if rule.filled and name and name != request.name:
        detail = "must match the service account name if specified"
        raise status.invalid(KIND, GROUP, request.name, [status.invalid_value("metadata.name", name, detail)])


def _check_seconds(seconds: int) -> None:
    """422 if the time asked for is too short or too long."""
    if seconds < SHORTEST:
        detail = "may not specify a duration less than 10 minutes"
    elif seconds > LONGEST:
        detail = "may not specify a duration larger than 2^32 seconds"
    else:
        return
    raise status.invalid(KIND, GROUP, "", [status.invalid_value("spec.expirationSeconds", seconds, detail)])


def _metadata(rule: Rules, given: Obj, account: Obj, view: View) -> Obj:
    """The answer's metadata: what the client sent and what the minor fills in."""
    if not rule.filled:
        return {**given, "creationTimestamp": given.get("creationTimestamp")}
    metadata = {**given, "creationTimestamp": rfc3339(view.now)}
    own = account["metadata"]
    for field in rule.filled:
        if not metadata.get(field):
            metadata[field] = own[field]
    return metadata


def _other_uid(rule: Rules, name: str, wanted: str, stored: str) -> str:
    """The warning that the client means an account of the past.

    Raises:
        ApiError: 409, where the minor insists.
    """
    if rule.uid_refused:
        raise status.conflict(f"{KIND}.{GROUP}", name, OTHER_UID.format(wanted, stored))
    return UID_WARNING.format(wanted, stored)


# ---------------------------------------------------------------------- the bound object


def _bind(view: View, rule: Rules, request: Request, reference: Obj | None) -> Binding:
    """The objects that the reference stands for.

    Raises:
        ApiError: 404 there is none; 400 its kind or the Pod's account cannot be; 409 it is another one of that name.
    """
    if reference is None:
        return Binding()
    kind, version = reference.get("kind") or "", reference.get("apiVersion") or ""
    group, known = ("", True) if "/" not in version else (version.partition("/")[0], version.count("/") == 1)
    binder = BINDERS.get(kind) if not group and known else None
    if binder is None or (kind == "Node" and not rule.node_known):
        raise status.bad_request(f"cannot bind token to object of type {_printed(version)}, Kind={kind}")
    binding, uid = binder(view, rule, request, reference.get("name") or "")
    wanted = reference.get("uid")
    if wanted and wanted != uid:
        raise status.conflict(kind, reference.get("name") or "", rule.stale_reference.format(wanted, uid))
    return binding


def _printed(version: str) -> str:
    """group/version; nothing of a version that cannot be parsed."""
    parts = version.count("/")
    return version if parts == 1 else "/" + (version if parts == 0 else "")


def _found(view: View, resource: str, namespace: str, name: str) -> Obj:
    obj = view.get(resource, namespace, name)
    if obj is None:
        raise status.not_found(resource, name)
    return obj


def _bind_pod(view: View, rule: Rules, request: Request, name: str) -> tuple[Binding, str]:
    pod = _found(view, "pods", request.namespace, name)
    account = pod["spec"].get("serviceAccountName") or ""
    if account != request.name:
        raise status.bad_request(rule.other_account.format(request.name, account))
    uid = pod["metadata"]["uid"]
    node = pod["spec"].get("nodeName")
    if not node or not rule.node_info:
        return Binding(pod=(name, uid)), uid
    found = view.get("nodes", "", node)
    return Binding(pod=(name, uid), node=(node, "" if found is None else found["metadata"]["uid"])), uid


def _bind_secret(view: View, rule: Rules, request: Request, name: str) -> tuple[Binding, str]:
    uid = _found(view, "secrets", request.namespace, name)["metadata"]["uid"]
    return Binding(secret=(name, uid)), uid


def _bind_node(view: View, rule: Rules, request: Request, name: str) -> tuple[Binding, str]:
    if not rule.node_bound:
        raise status.bad_request(NO_NODES)
    uid = _found(view, "nodes", "", name)["metadata"]["uid"]
    return Binding(node=(name, uid)), uid


Binder = Callable[[View, Rules, Request, str], tuple[Binding, str]]
BINDERS: Final[Mapping[str, Binder]] = {"Pod": _bind_pod, "Secret": _bind_secret, "Node": _bind_node}


# ---------------------------------------------------------------------- the token


def _settle(authority: Authority, rule: Rules, spec: Obj) -> tuple[Obj, tuple[str, ...]]:
    """The spec as it is granted: audiences filled in, the time shortened to the server's maximum; and the warnings."""
    wanted, most = spec["expirationSeconds"], authority.max_expiration
    granted = {**spec, "audiences": spec["audiences"] or list(authority.api_audiences)}
    if not 0 < most < wanted:
        return granted, ()
    granted["expirationSeconds"] = most
    text = f"requested expiration of {wanted} seconds shortened to {most} seconds"
    return granted, (text,) if rule.shortened_warning else ()


def _extended(authority: Authority, rule: Rules, spec: Obj, binding: Binding) -> int:
    """The seconds that the token really lives if that is more than what was granted, else 0."""
    if binding.pod is None or spec["expirationSeconds"] != WARN_ONLY_SECONDS:
        return 0
    if rule.extension == "off" or not authority.extend:
        return 0
    if rule.extension == "api-audiences" and any(one not in authority.api_audiences for one in spec["audiences"]):
        return 0
    return min(EXTENDED_SECONDS, authority.max_extended or EXTENDED_SECONDS)


def _claims(
    view: View, authority: Authority, rule: Rules, request: Request, account: Obj, spec: Obj, binding: Binding
) -> dict[str, Any]:
    extended = _extended(authority, rule, spec, binding)
    namespace, name = request.namespace, request.name
    count = view.store.tally.get(("jti", namespace, name)) if rule.jti else 0
    return claims.bound(
        authority.issuer, namespace, (name, account["metadata"]["uid"]), now=int(view.now),
        seconds=extended or spec["expirationSeconds"], audiences=spec["audiences"],
        pod=binding.pod, secret=binding.secret, node=binding.node,
        jti=entropy.uid(view.seed, "jti", namespace, name, count) if rule.jti else "",
        warn_after=WARN_ONLY_SECONDS if extended else 0,
    )
