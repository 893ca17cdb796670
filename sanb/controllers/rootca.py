"""Root CA publisher: every namespace has the ConfigMap `kube-root-ca.crt` with the cluster's CA (SEM 5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers.identity import PROCESS, account_user
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME: Final = "root-ca-certificate-publisher-controller"
CONFIG: Final = "kube-root-ca.crt"
DESCRIPTION: Final = "kubernetes.io/description"
TEXT: Final = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the"
    " internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes"
    " clusters."
)


def controller(profile: Profile, authority: Any, seed: int) -> Controller | None:
    """The controller; None where the minor has none."""
    mode = profile["root_ca"]
    if mode == "off":
        return None
    annotations = {DESCRIPTION: TEXT} if mode == "annotated" else {}
    data = {"ca.crt": authority.ca_pem}

    async def reconcile(api: Api, key: str) -> None:
        """Make the ConfigMap of a namespace, or put it right; the namespace itself is not looked at."""
        found = api.cached("configmaps", key, CONFIG)
        if found is None:
            await _create(api, key, data, annotations)
        elif found.get("data") != data or (annotations and not _described(found)):
            await api.update("configmaps", _corrected(found, data, annotations))

    return Controller(
        name=NAME, component=NAME, process=PROCESS, user=account_user("root-ca-cert-publisher"), reconcile=reconcile,
        watches=(
            Watch("namespaces", _name, on=frozenset({"add"})),
            Watch("namespaces", _name_if_active, on=frozenset({"update"})),
            Watch("configmaps", _namespace_of_ours, on=frozenset({"update", "delete"})),
        ),
    )


def _name(namespace: Obj) -> Iterator[str]:
    yield namespace["metadata"]["name"]


def _name_if_active(namespace: Obj) -> Iterator[str]:
    if (namespace.get("status") or {}).get("phase") == "Active":
        yield namespace["metadata"]["name"]


def _namespace_of_ours(config: Obj) -> Iterator[str]:
    if config["metadata"]["name"] == CONFIG:
        yield config["metadata"]["namespace"]


def _described(config: Obj) -> bool:
    return bool((config["metadata"].get("annotations") or {}).get(DESCRIPTION))


async def _create(api: Api, namespace: str, data: Obj, annotations: Obj) -> None:
    fields: Obj = {"name": CONFIG, "namespace": namespace}
    if annotations:
        fields["annotations"] = annotations
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": fields, "data": data}
    try:
        await api.create("configmaps", namespace, body)
    except ApiError as error:
        if error.reason != "NotFound" and not error.has_cause("NamespaceTerminating"):
            raise


def _corrected(config: Obj, data: Obj, annotations: Obj) -> Obj:
    """The ConfigMap with our data alone; labels, other annotations and binaryData stay."""
    if not annotations:
        return {**config, "data": data}
    fields = config["metadata"]
    merged = {**(fields.get("annotations") or {}), **annotations}
    return {**config, "metadata": {**fields, "annotations": merged}, "data": data}
