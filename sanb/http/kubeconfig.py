"""The file that tells clients where a served cluster is and who they are."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Final

from sanb.values import Obj

NAME: Final = "sanb"
SECRET_MODE: Final = 0o600


def kubeconfig(url: str, ca_pem: str, token: str, user: str = "admin", namespace: str = "default") -> Obj:
    """A kubeconfig with one cluster, one user with a token and one context."""
    return config(url, ca_pem, user, {"token": token}, namespace)


def certified(url: str, ca_pem: str, user: str, certificate: str, key: str, namespace: str = "default") -> Obj:
    """The same for a user with a certificate; certificate and key are PEM texts."""
    return config(url, ca_pem, user, {"client-certificate-data": _b64(certificate), "client-key-data": _b64(key)}, namespace)


def _b64(text: str) -> str:
    return b64encode(text.encode()).decode()


def config(url: str, ca_pem: str, user: str, credential: Obj, namespace: str = "default") -> Obj:
    """A kubeconfig with one cluster, one user and one context."""
    authority = _b64(ca_pem)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": {"server": url, "certificate-authority-data": authority}}],
        "users": [{"name": user, "user": credential}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": user, "namespace": namespace}}],
        "current-context": NAME,
    }


def write(path: Path, config: Obj) -> None:
    """Write a kubeconfig that only its owner can read; JSON is YAML too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=SECRET_MODE)
    path.chmod(SECRET_MODE)
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
