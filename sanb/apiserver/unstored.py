"""Kinds that are answered and never stored: reviews, bindings, and the health of the components."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sanb.apiserver import accessreviews, fields, status, subresources, tables, tokenreviews
from sanb.apiserver.context import Context
from sanb.apiserver.discovery import reviews
from sanb.apiserver.listing import collection_link
from sanb.apiserver.request import Decision, Outcome, Request
from sanb.apiserver.resourcerows import V1
from sanb.apiserver.resources import Resource
from sanb.apiserver.resources import served as stored
from sanb.profiles.profile import Profile
from sanb.store import selectors
from sanb.values import Obj

if TYPE_CHECKING:
    from sanb.apiserver.server import ApiServer
    from sanb.apiserver.view import View

BINDING: Final = Resource("bindings", "", "Binding", True, V1, verbs=("create",), stored="v1", served=("v1",))
COMPONENT: Final = Resource(
    "componentstatuses", "", "ComponentStatus", False, V1, ("cs",), verbs=("get", "list"), stored="v1", served=("v1",),
)
DEPRECATED: Final = {"1.10": "", "1.19": "v1 ComponentStatus is deprecated in v1.19+"}
ETCD: Final = {"1.10": '{"health": "true"}', "1.13": '{"health":"true"}', "1.22": '{"health":"true","reason":""}', "1.27": "ok"}
"""What etcd answers to whoever asks how it is."""
NULL_TIME: Final = {"1.10": True, "1.34": False}
"""Whether an object that was never created says `creationTimestamp: null`."""


def known(profile: Profile) -> Mapping[str, Resource]:
    """The kinds of a minor that are answered and not stored, by id."""
    return _known(profile)


@lru_cache(maxsize=64)
def _known(profile: Profile) -> Mapping[str, Resource]:
    found = {row.id: row for row in (BINDING, COMPONENT)}
    rows = [row for row, _ in (*tokenreviews.REVIEWS.values(), *accessreviews.REVIEWS.values())]
    for row in rows:
        versions = reviews(profile).get(row.plural)
        if versions:
            found[row.id] = row._replace(stored=versions[0], served=versions, verbs=("create",))
    return found


def answer(server: ApiServer, view: View, request: Request, attempt: int) -> Outcome:
    """Answer a request about such a kind.

    Raises:
        ApiError: 404, there is no such kind; 405, it is not asked so; or what the kind refuses.
    """
    row = known(server.profile).get(request.resource)
    if row is None:
        raise status.unknown_resource()
    if request.verb not in row.verbs or request.subresource:
        raise status.method_not_allowed()
    if row.plural == BINDING.plural:
        return _bind(server, view, request, attempt)
    if row.plural == COMPONENT.plural:
        return _component(Context(server, view, request, row, attempt))
    return _review(server, view, request)


# ---------------------------------------------------------------------- reviews


def _review(server: ApiServer, view: View, request: Request) -> Outcome:
    """Whether a token is good, or what somebody may do."""
    _, answered = tokenreviews.REVIEWS.get(request.resource, (None, None))
    if answered is not None:
        return answered(server, view, request)
    return accessreviews.review(server, view, request, *accessreviews.REVIEWS[request.resource])


# ---------------------------------------------------------------------- bindings


def _bind(server: ApiServer, view: View, request: Request, attempt: int) -> Outcome:
    """Assign the Pod that the Binding has the name of: the old way, beside the subresource of Pods."""
    body: Any = request.body
    if type(body) is not dict:
        raise status.bad_request("the object provided is unrecognized (must be of type Binding)")
    name = str((body.get("metadata") or {}).get("name") or "")
    pods = stored(server.profile)["pods"]
    inner = request._replace(resource="pods", name=name, subresource="binding", api_version="")
    return subresources.bind(Context(server, view, inner, pods, attempt))


# ---------------------------------------------------------------------- components


def _component(context: Context) -> Outcome:
    """The health of the parts of the control plane, all of which are always well here."""
    deprecated = context.view.profile.pick(DEPRECATED)
    context.warnings = (deprecated,) if deprecated else ()
    found = list(_components(context))
    if context.request.verb == "get":
        one = next((obj for obj in found if obj["metadata"]["name"] == context.request.name), None)
        if one is None:
            raise status.failure(500, "", f"Component not found: {context.request.name}")
        return _answered(context, [one], one)
    chosen = [obj for obj in found if _chosen(context, obj)]
    metadata = {"selfLink": collection_link(context)} if context.server.self_link else {}
    body = {"kind": "ComponentStatusList", "apiVersion": "v1", "metadata": metadata, "items": chosen}
    return _answered(context, chosen, body)


def _answered(context: Context, objects: list[Obj], body: Obj) -> Decision:
    if context.options and context.options.get("as") == "Table":
        found = tables.rows(context.resource, context.view, context.options, objects)
        body = {"kind": found["kind"], "apiVersion": found["apiVersion"], "metadata": {}, **found}
    return context.answer(200, body)


def _components(context: Context) -> list[Obj]:
    profile = context.view.profile
    told = {"controller-manager": "ok", "scheduler": "ok", "etcd-0": profile.pick(ETCD)}
    made: list[Obj] = []
    for name, message in told.items():
        metadata: Obj = {"name": name}
        if context.server.self_link:
            metadata["selfLink"] = f"{collection_link(context)}/{name}"
        if profile.pick(NULL_TIME):
            metadata["creationTimestamp"] = None
        condition = {"type": "Healthy", "status": "True", "message": message}
        made.append({"kind": "ComponentStatus", "apiVersion": "v1", "metadata": metadata, "conditions": [condition]})
    return made


def _chosen(context: Context, obj: Obj) -> bool:
    """Whether the selectors of a list choose a component, which has a name and nothing else."""
    options = context.options or {}
    labels, wanted = options.get("labelSelector") or "", options.get("fieldSelector") or ""
    try:
        if labels and not selectors.parse_labels(labels).matches({}):
            return False
        tests = selectors.parse_fields(wanted).requirements if wanted else ()
    except ValueError as error:
        raise status.bad_request(str(error)) from None
    for field, operator, value in tests:
        if field != "metadata.name":
            raise status.bad_request(fields.unknown(context.resource, field))
        if (obj["metadata"]["name"] == value) is (operator == "!="):
            return False
    return True


