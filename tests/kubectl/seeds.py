"""What controllers would make, put in by hand for tests without controllers."""

from __future__ import annotations

import base64
from typing import Any

from sanb.apiserver.request import Request
from tests.kubectl.fake import FakeControlPlane


def make(cp: FakeControlPlane, resource: str, namespace: str, name: str, **body: Any) -> Any:
    """Create an object and return it."""
    metadata = {"name": name, **body.pop("metadata", {})}
    return cp.request(Request("create", resource, namespace, body={"metadata": metadata, **body})).body


def account(cp: FakeControlPlane, namespace: str, name: str, token: str) -> None:
    """A ServiceAccount with its token Secret, or the Secret of one that is there."""
    try:
        made = cp.request(Request("get", "serviceaccounts", namespace, name)).body
    except Exception:  # it is not there yet
        made = make(cp, "serviceaccounts", namespace, name)
    notes = {
        "kubernetes.io/service-account.name": name,
        "kubernetes.io/service-account.uid": made["metadata"]["uid"],
    }
    texts = {"ca.crt": "c" * 1042, "namespace": namespace, "token": "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.x"}
    data = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
    make(
        cp,
        "secrets",
        namespace,
        token,
        type="kubernetes.io/service-account-token",
        data=data,
        metadata={"annotations": notes},
    )
    cp.request(
        Request(
            "patch",
            "serviceaccounts",
            namespace,
            name,
            body={"secrets": [{"name": token}]},
            options={"patchType": "merge"},
        )
    )
