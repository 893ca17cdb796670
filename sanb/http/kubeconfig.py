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
    """A kubeconfig with one cluster, one user and one context."""
    authority = b64encode(ca_pem.encode()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": {"server": url, "certificate-authority-data": authority}}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": user, "namespace": namespace}}],
        "current-context": NAME,
    }


def write(path: Path, config: Obj) -> None:
    """Write a kubeconfig that only its owner can read; JSON is YAML too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=SECRET_MODE)
    path.chmod(SECRET_MODE)
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
