"""Feature gates by minor: one row per gate, `{minor: on by default}` (SEM 13.1)."""

from __future__ import annotations

from typing import Final

GATES: Final[dict[str, dict[str, bool]]] = {
    "TokenRequest": {"1.12": True},
    "BoundServiceAccountTokenVolume": {"1.21": True},
}
