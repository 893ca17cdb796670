"""Descriptions of Namespaces, ServiceAccounts, Secrets and ConfigMaps."""

from __future__ import annotations

import base64
from typing import Final

from sanb.values import Obj, dig
from sanb.views.describe.common import Reader, events, heading, line, several
from sanb.views.describe.policy import of_namespace

TOKEN_TYPE: Final = "kubernetes.io/service-account-token"
ACCOUNT_NAME: Final = "kubernetes.io/service-account.name"
ACCOUNT_UID: Final = "kubernetes.io/service-account.uid"
SECRETS_SHOWN: Final = {"1.10": True, "1.35": False}
BINARY: Final = {"1.10": False, "1.21": True}
GAP: Final = {"1.10": "", "1.31": "\n"}
"""What follows each value."""


def namespace(obj: Obj, reader: Reader) -> str:
    """A Namespace."""
    body = heading(obj, reader) + line("Status", dig(obj, "status", "phase", default=""))
    return body + of_namespace(obj["metadata"]["name"], reader)


def serviceaccount(obj: Obj, reader: Reader) -> str:
    """A ServiceAccount with the Secrets that belong to it."""
    body = heading(obj, reader)
    pulls = [one["name"] for one in obj.get("imagePullSecrets") or ()]
    if not reader.profile.pick(SECRETS_SHOWN):
        return body + several("Image pull secrets", pulls) + events(obj, reader)
    metadata = obj["metadata"]
    found = reader.objects("secrets", metadata["namespace"])
    there = {secret["metadata"]["name"] for secret in found}
    tokens = [secret["metadata"]["name"] for secret in found if _belongs(secret, obj)]
    mounts = [one["name"] for one in obj.get("secrets") or ()]

    def marked(names: list[str]) -> list[str]:
        return [name if name in there else f"{name} (not found)" for name in names]

    body += several("Image pull secrets", marked(pulls)) + several("Mountable secrets", marked(mounts))
    return body + several("Tokens", tokens) + events(obj, reader)


def _belongs(secret: Obj, account: Obj) -> bool:
    notes = secret["metadata"].get("annotations") or {}
    metadata = account["metadata"]
    mine = (notes.get(ACCOUNT_NAME), notes.get(ACCOUNT_UID)) == (metadata["name"], metadata.get("uid"))
    return secret.get("type") == TOKEN_TYPE and mine


def secret(obj: Obj, reader: Reader) -> str:
    """A Secret: sizes of its data, and a ServiceAccount's token in full."""
    data = obj.get("data") or {}
    rows = []
    for key in sorted(data):
        value = base64.b64decode(str(data[key]))
        shown = value.decode() if key == "token" and obj.get("type") == TOKEN_TYPE else f"{len(value)} bytes"
        rows.append(line(key, shown))
    return heading(obj, reader) + f"\nType:\t{obj.get('type', '')}\n\nData\n====\n" + "".join(rows)


def configmap(obj: Obj, reader: Reader) -> str:
    """A ConfigMap with its texts."""
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    more = reader.profile.pick(BINARY)
    gap = reader.profile.pick(GAP)
    body = (
        heading(obj, reader) + "\nData\n====\n" + "".join(f"{key}:\n----\n{data[key]}\n{gap}" for key in sorted(data))
    )
    if more:
        body += "\nBinaryData\n====\n"
        body += "".join(f"{key}: {len(base64.b64decode(binary[key]))} bytes\n" for key in sorted(binary)) + "\n"
    return body + events(obj, reader)
