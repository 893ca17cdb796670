"""Table output: what `kubectl get` asks the server for (meta.k8s.io/v1)."""

from __future__ import annotations

from sanb.apiserver.context import Context
from sanb.values import Obj


def table(context: Context, objects: list[Obj], revision: str = "", body: Obj | None = None) -> Obj:
    """The objects as a Table."""
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {}, "columnDefinitions": [], "rows": []}
