"""Questions to the authorizer: access reviews and the review of one's own rules (SEM 10.6). Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from sanb.apiserver import status
from sanb.apiserver.access import Access, Verdict
from sanb.apiserver.managers import TRACKED, track_managers
from sanb.apiserver.request import Decision, Request, Response, UserInfo
from sanb.apiserver.resources import Resource
from sanb.apiserver.schema import decode
from sanb.apiserver.status import FieldError
from sanb.apiserver.steps import typed
from sanb.apiserver.validation import shown, shownmeta
from sanb.apiserver.validation.rules import Rules, rules_of
from sanb.apiserver.view import View
from sanb.values import Obj

if TYPE_CHECKING:
    from sanb.apiserver.server import ApiServer

GROUP: Final = "authorization.k8s.io"
V1: Final = {"1.10": ("v1",)}
ONE_KIND: Final = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
NOT_BOTH: Final = "cannot be specified in combination with resourceAttributes"
NOBODY: Final = "at least one of user or group must be specified"
Answer = Callable[["ApiServer", View, Request, Obj], Obj]


def review(server: ApiServer, view: View, request: Request, row: Resource, answer: Answer) -> Decision:
    """Read a review, answer it and hand it back with its status.

    Raises:
        ApiError: 400, 422: the review is not valid.
    """
    if request.verb != "create" or request.subresource:
        raise status.method_not_allowed()
    if type(request.body) is not dict:
        raise status.bad_request(f"the object provided is unrecognized (must be of type {row.kind})")
    options = request.options
    body, warnings = decode(
        row, typed(row, request.body, request.api_version, view.profile), view.profile, str(options.get("fieldValidation", "")),
        str(options.get("text", "")), duplicates=options.get("duplicates"),
    )
    if row.namespaced:
        fields = body["metadata"]
        body = {**body, "metadata": {**fields, "namespace": fields.get("namespace") or request.namespace}}
    if options.get("fieldManager") and view.profile.pick(TRACKED):
        body = track_managers(row, {}, body, str(options["fieldManager"]), view.now_text, view.profile)
    return Decision(Response(201, answer(server, view, request, body), warnings))


# ---------------------------------------------------------------------- the kinds


def _subject(server: ApiServer, view: View, request: Request, body: Obj) -> Obj:
    """SubjectAccessReview: may somebody do something?"""
    errors = _spec_errors(view, body["spec"])
    _people(errors, body["spec"])
    _metadata(errors, view, body["metadata"])
    _check(errors)
    return _answered(server, view, body, _somebody(body["spec"]))


def _local(server: ApiServer, view: View, request: Request, body: Obj) -> Obj:
    """LocalSubjectAccessReview: the same for whoever may ask in one namespace only."""
    spec, namespace = body["spec"], body["metadata"].get("namespace") or ""
    if namespace != request.namespace:
        raise status.bad_request(f"spec.resourceAttributes.namespace must match namespace: {request.namespace}")
    errors = _spec_errors(view, spec)
    _people(errors, spec)
    _metadata(errors, view, body["metadata"], "must be empty except for namespace")
    wanted = spec.get("resourceAttributes")
    if wanted is not None and wanted.get("namespace", "") != namespace:
        path, why = "spec.resourceAttributes.namespace", "must match metadata.namespace"
        errors.append(status.invalid_value(path, wanted.get("namespace", ""), why))
    if (url := spec.get("nonResourceAttributes")) is not None:
        why = "disallowed on this kind of request"
        errors.append(status.invalid_shown("spec.nonResourceAttributes", _shown_url(url, rules_of(view.profile)), why))
    _check(errors)
    return _answered(server, view, body, _somebody(spec))


def _self(server: ApiServer, view: View, request: Request, body: Obj) -> Obj:
    """SelfSubjectAccessReview: may I?"""
    errors = _spec_errors(view, body["spec"])
    _metadata(errors, view, body["metadata"])
    _check(errors)
    return _answered(server, view, body, request.user)


def _rules(server: ApiServer, view: View, request: Request, body: Obj) -> Obj:
    """SelfSubjectRulesReview: what may I do in a namespace?"""
    namespace = body["spec"].get("namespace") or ""
    if not namespace:
        raise status.bad_request("no namespace on request")
    fields = {"creationTimestamp": None} if "creationTimestamp" in body["metadata"] else {}
    return {
        "kind": body["kind"], "apiVersion": body["apiVersion"], "metadata": fields, "spec": {},
        "status": server.authorize.rules(view, request.user, namespace),
    }


REVIEWS: Final[Mapping[str, tuple[Resource, Answer]]] = {
    row.id: (row, answer)
    for row, answer in (
        (Resource("subjectaccessreviews", GROUP, "SubjectAccessReview", False, V1), _subject),
        (Resource("localsubjectaccessreviews", GROUP, "LocalSubjectAccessReview", True, V1), _local),
        (Resource("selfsubjectaccessreviews", GROUP, "SelfSubjectAccessReview", False, V1), _self),
        (Resource("selfsubjectrulesreviews", GROUP, "SelfSubjectRulesReview", False, V1), _rules),
    )
}


# ---------------------------------------------------------------------- parts


def _somebody(spec: Obj) -> UserInfo:
    extra = tuple((key, tuple(values or ())) for key, values in sorted((spec.get("extra") or {}).items()))
    return UserInfo(spec.get("user", ""), spec.get("uid", ""), tuple(spec.get("groups") or ()), extra)


def asked(spec: Obj, user: UserInfo) -> Access:
    """The access that the spec of a review describes."""
    wanted = spec.get("resourceAttributes")
    if wanted is None:
        url = spec["nonResourceAttributes"]
        return Access(user, url.get("verb", ""), path=url.get("path", ""))
    names = ("verb", "group", "resource", "subresource", "namespace", "name")
    verb, group, resource, subresource, namespace, name = (wanted.get(field, "") for field in names)
    selector = (wanted.get("fieldSelector") or {}).get("rawSelector", "")
    return Access(user, verb, group, resource, subresource, namespace, name, fields=selector)


def _answered(server: ApiServer, view: View, body: Obj, user: UserInfo) -> Obj:
    return {**body, "status": told(server.authorize.decide(view, asked(body["spec"], user)))}


def told(verdict: Verdict) -> Obj:
    """A verdict as the status of a review."""
    found: Obj = {"allowed": verdict.allowed}
    if verdict.reason:
        found["reason"] = verdict.reason
    if verdict.error:
        found["evaluationError"] = verdict.error
    return found


def _spec_errors(view: View, spec: Obj) -> list[FieldError]:
    rules = rules_of(view.profile)
    wanted, url = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if wanted is not None and url is not None:
        return [status.invalid_shown("spec.nonResourceAttributes", _shown_url(url, rules), NOT_BOTH)]
    if wanted is None and url is None:
        return [status.invalid_shown("spec.resourceAttributes", rules.null, ONE_KIND)]
    return []


def _people(errors: list[FieldError], spec: Obj) -> None:
    if not spec.get("user") and not spec.get("groups"):
        errors.append(status.invalid_value("spec.user", "", NOBODY))


def _metadata(errors: list[FieldError], view: View, given: Obj, why: str = "must be empty") -> None:
    """Reviews have no metadata, but for the namespace of local ones."""
    free = ("managedFields", "creationTimestamp", *(("namespace",) if "namespace" in why else ()))
    if any(value for key, value in given.items() if key not in free):
        text = shownmeta.metadata(given, rules_of(view.profile), view.profile)
        errors.append(status.invalid_shown("metadata", text, why))


def _shown_url(url: Obj, rules: Rules) -> str:
    fields = {"Path": url.get("path", ""), "Verb": url.get("verb", "")}
    if rules.json_values:
        return shown.as_json(fields)
    words = ", ".join(f"{name}:{status.quoted(value)}" for name, value in fields.items())
    return f"authorization.NonResourceAttributes{{{words}}}"


def _check(errors: list[FieldError]) -> None:
    if errors:
        raise status.invalid("", GROUP, "", errors)
