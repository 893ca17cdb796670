"""A controller made with the official client: Secrets labelled `copy-to: NAMESPACE` are copied there, and kept the same."""

from __future__ import annotations

from typing import Any

from kubernetes import client, watch

LABEL = "copy-to"


def reconcile(core: client.CoreV1Api, secret: Any) -> bool:
    """Make the copy what it should be; whether it was not."""
    target = secret.metadata.labels[LABEL]
    wanted = {"metadata": {"name": secret.metadata.name}, "type": secret.type, "data": secret.data or {}}
    try:
        found = core.read_namespaced_secret(secret.metadata.name, target)
    except client.ApiException as error:
        if error.status != 404:
            raise
        core.create_namespaced_secret(target, wanted)
        return True
    if found.data == wanted["data"]:
        return False
    core.patch_namespaced_secret(secret.metadata.name, target, {"data": wanted["data"]})
    return True


def run(core: client.CoreV1Api, namespace: str, seconds: int) -> int:
    """Follow the Secrets of a namespace for a time; how many copies were written."""
    stream = watch.Watch().stream(core.list_namespaced_secret, namespace, label_selector=LABEL, timeout_seconds=seconds)
    return sum(reconcile(core, event["object"]) for event in stream if event["type"] != "DELETED")
