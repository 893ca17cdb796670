"""What the server warns of when it accepts a write (SEM 3.1)."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.context import Context
from sanb.values import Obj

ENFORCE: Final = "kubernetes.io/enforce-mountable-secrets"
DEPRECATED: Final = (
    f"metadata.annotations[{ENFORCE}]: deprecated in v1.32+;"
    " prefer separate namespaces to isolate access to mounted secrets"
)


def warn(context: Context, obj: Obj, old: Obj | None) -> None:
    """Add the warnings that a valid object gives rise to; `old` is None on create."""
    if context.resource.kind != "ServiceAccount" or not context.view.profile["mountable_warning"]:
        return
    if _enforces(obj) and not (old is not None and _enforces(old)):
        context.warnings = (*context.warnings, DEPRECATED)


def _enforces(account: Obj) -> bool:
    return ENFORCE in (account["metadata"].get("annotations") or {})
