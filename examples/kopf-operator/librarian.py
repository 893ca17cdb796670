"""An operator made with kopf: every Library gets a ServiceAccount, and a ConfigMap with its hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import kopf
from kubernetes import client, config


@kopf.on.startup()
def connect(settings: kopf.OperatorSettings, **_: Any) -> None:
    """Use the cluster that KUBECONFIG names, or the one that this program runs in."""
    settings.posting.enabled = False
    try:
        config.load_incluster_config()
    except config.ConfigException:
        config.load_kube_config()


def make(create: Callable[[str, dict[str, Any]], Any], namespace: str, body: dict[str, Any]) -> None:
    """Create an object that may be there already, because kopf calls a handler again when something went wrong."""
    try:
        create(namespace, body)
    except client.ApiException as error:
        if error.status != 409:
            raise


@kopf.on.create("example.org", "v1", "libraries", backoff=1)
def open_library(name: str, namespace: str, spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A Library is new: what is returned becomes part of its status."""
    core = client.CoreV1Api()
    account: dict[str, Any] = {"metadata": {"name": f"{name}-reader"}}
    hours: dict[str, Any] = {"metadata": {"name": f"{name}-hours"}, "data": {"hours": spec["hours"]}}
    for body in (account, hours):
        kopf.adopt(body)  # both go with their Library
    make(core.create_namespaced_service_account, namespace, account)
    make(core.create_namespaced_config_map, namespace, hours)
    return {"account": account["metadata"]["name"]}


@kopf.on.field("example.org", "v1", "libraries", field="spec.hours")
def change_hours(name: str, namespace: str, old: str | None, new: str, **_: Any) -> None:
    """The hours of a Library changed."""
    if old is not None:
        client.CoreV1Api().patch_namespaced_config_map(f"{name}-hours", namespace, {"data": {"hours": new}})
