"""NodeRestriction: a kubelet asks for tokens of the Pods on its node only, and writes no other Pods (SEM 7.4).

It is off unless `Cluster(admission=["NodeRestriction"])` turns it on, as installers do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sanb.apiserver import status
from sanb.apiserver.access import Access, Verdict
from sanb.apiserver.admission import CREATE, DELETE, UPDATE, Attributes, Plugin
from sanb.apiserver.nodeauthorizer import MIRROR, node_of
from sanb.apiserver.status import quoted
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME: Final = "NodeRestriction"
AUDIENCE_VERB: Final = "request-serviceaccounts-token-audience"
OTHER_UID: Final = (
    "the UID in the bound object reference ({}) does not match the UID in record."
    " The object might have been deleted and then recreated"
)
Decide = Callable[[View, Access], Verdict]
Check = Callable[[View, Attributes, str], None]


def plugin(profile: Profile, decide: Decide) -> Plugin:
    """The plugin; `decide` is the authorizer, which may allow a node further audiences."""
    checks: dict[tuple[str, str], Check] = {
        ("serviceaccounts", "token"): _tokens(decide, limited=bool(profile["node_audience_restriction"])),
        ("pods", ""): _pods,
        ("pods", "status"): _pod_status,
        ("pods", "eviction"): _eviction,
    }

    def admit(view: View, attributes: Attributes) -> None:
        """Refuse what a node has no business with.

        Raises:
            ApiError: 403; 404 and 409 for a Pod that is not there or another one.
        """
        check = checks.get((attributes.resource, attributes.subresource))
        if check is None:
            return
        node = node_of(attributes.user)
        if node:
            check(view, attributes, node)

    def delete(view: View, attributes: Attributes) -> None:
        if attributes.operation == DELETE:  # a delete meets only the validating phase
            admit(view, attributes)

    targets = frozenset(f"{resource}/{subresource}".rstrip("/") for resource, subresource in checks)
    return Plugin(NAME, admit, delete, targets)


def _forbidden(attributes: Attributes, why: str) -> Exception:
    return status.forbidden(attributes.resource, attributes.admitted_name, why)


# ---------------------------------------------------------------------- tokens


def _tokens(decide: Decide, *, limited: bool) -> Check:
    def check(view: View, attributes: Attributes, node: str) -> None:
        if attributes.operation != CREATE:
            return
        spec = (attributes.obj or {}).get("spec") or {}
        bound = spec.get("boundObjectRef") or {}
        name, uid = bound.get("name") or "", bound.get("uid") or ""
        if bound.get("kind") != "Pod" or not name:
            raise _forbidden(attributes, "node requested token not bound to a pod")
        if not uid:
            raise _forbidden(attributes, "node requested token with a pod binding without a uid")
        pod = view.get("pods", attributes.namespace, name)
        if pod is None:
            raise status.not_found("pods", name)
        if pod["metadata"]["uid"] != uid:
            raise status.conflict("pods", name, OTHER_UID.format(uid))
        if pod["spec"].get("nodeName") != node:
            raise _forbidden(attributes, "node requested token bound to a pod scheduled on a different node")
        if limited:
            _audiences(view, attributes, decide, pod, spec.get("audiences") or [])

    return check


def _audiences(view: View, attributes: Attributes, decide: Decide, pod: Obj, audiences: list[str]) -> None:
    if len(audiences) > 1:
        raise _forbidden(attributes, "node may only request 0 or 1 audiences")
    audience = audiences[0] if audiences else ""
    if audience in projected(pod):
        return
    access = Access(attributes.user, AUDIENCE_VERB, "", audience, "", attributes.namespace, attributes.name)
    if not decide(view, access).allowed:
        why = (
            f"audience {quoted(audience)} not found in pod spec volume, {attributes.user.name} is not authorized to "
            "request tokens for this audience"
        )
        raise _forbidden(attributes, why)


def projected(pod: Obj) -> list[str]:
    """The audiences for which a Pod has token volumes; the API server itself is ""."""
    return [
        source["serviceAccountToken"].get("audience") or ""
        for volume in pod["spec"].get("volumes") or ()
        for source in (volume.get("projected") or {}).get("sources") or ()
        if "serviceAccountToken" in source
    ]


# ---------------------------------------------------------------------- Pods


def _pods(view: View, attributes: Attributes, node: str) -> None:
    if attributes.operation == CREATE:
        _mirror(attributes, attributes.obj or {}, node)
    elif attributes.operation == DELETE:
        old = attributes.old or {}
        if (old.get("spec") or {}).get("nodeName") != node:
            raise _forbidden(attributes, f"node {quoted(node)} can only delete pods with spec.nodeName set to itself")


def _mirror(attributes: Attributes, pod: Obj, node: str) -> None:
    """A node creates nothing but the mirrors of its static Pods, and these refer to nothing in the API."""
    who = f"node {quoted(node)}"
    if MIRROR not in (pod["metadata"].get("annotations") or {}):
        raise _forbidden(attributes, f'pod does not have "{MIRROR}" annotation, {who} can only create mirror pods')
    if pod["spec"].get("nodeName") != node:
        raise _forbidden(attributes, f"{who} can only create pods with spec.nodeName set to itself")
    for reference in _references(pod["spec"]):
        raise _forbidden(attributes, f"{who} can not create pods that reference {reference}")


def _references(spec: Obj) -> Iterator[str]:
    if spec.get("serviceAccountName"):
        yield "a service account"
    volumes = spec.get("volumes") or ()
    sources = [*volumes, *(source for v in volumes for source in (v.get("projected") or {}).get("sources") or ())]
    if any("secret" in source for source in sources) or spec.get("imagePullSecrets"):
        yield "secrets"
    if any("configMap" in source for source in sources):
        yield "configmaps"


def _pod_status(view: View, attributes: Attributes, node: str) -> None:
    if attributes.operation == UPDATE and ((attributes.old or {}).get("spec") or {}).get("nodeName") != node:
        why = f"node {quoted(node)} can only update pod status for pods with spec.nodeName set to itself"
        raise _forbidden(attributes, why)


def _eviction(view: View, attributes: Attributes, node: str) -> None:
    pod = view.get("pods", attributes.namespace, attributes.name)
    if pod is not None and pod["spec"].get("nodeName") != node:
        raise _forbidden(attributes, f"node {quoted(node)} can only evict pods with spec.nodeName set to itself")
