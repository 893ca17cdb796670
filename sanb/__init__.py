"""sanb: the part of Kubernetes that gives programs an identity, simulated on virtual time for notebooks and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sanb.cluster import Cluster, replay
    from sanb.comparison import compare
    from sanb.errors import ApiError, NondeterminismError, SanbError, UsageError
    from sanb.views.plotvalidity import Lives

__version__ = "0.1.0"
__all__ = ["ApiError", "Cluster", "Lives", "NondeterminismError", "SanbError", "UsageError", "compare", "replay"]

_HOMES = {
    "Cluster": "sanb.cluster",
    "replay": "sanb.cluster",
    "compare": "sanb.comparison",
    "Lives": "sanb.views.plotvalidity",
    "ApiError": "sanb.errors",
    "NondeterminismError": "sanb.errors",
    "SanbError": "sanb.errors",
    "UsageError": "sanb.errors",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used, so that `import sanb` costs nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'sanb' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
