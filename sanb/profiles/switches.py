"""What differs between minors: one row per switch (SEM 14), `{minor: value}` or a function of the gates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Gates = Mapping[str, bool]

SWITCHES: Final[dict[str, dict[str, Any] | Callable[[Gates], Any]]] = {
    "mount": lambda gates: "projected" if gates["BoundServiceAccountTokenVolume"] else "secret",
}
