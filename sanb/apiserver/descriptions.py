"""What upstream's documentation says about types and fields: `kubectl explain` and the OpenAPI documents show it.

The texts are Kubernetes' own (1.36; `data/descriptions.json` names source and licence), made by `bench/descriptions.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

PATH: Final = Path(__file__).parent / "data" / "descriptions.json"
_CONVENTIONS: Final = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
SHARED: Final[Mapping[str, str]] = {
    "apiVersion": (
        "APIVersion defines the versioned schema of this representation of an object. Servers should convert "
        "recognized schemas to the latest internal value, and may reject unrecognized values. More info: "
        f"{_CONVENTIONS}#resources"
    ),
    "kind": (
        "Kind is a string value representing the REST resource this object represents. Servers may infer this from "
        "the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: "
        f"{_CONVENTIONS}#types-kinds"
    ),
}
"""Fields that say the same in every object that has both of them."""


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads(PATH.read_text(encoding="utf-8"))["types"]
    return found


def of_type(name: str) -> str:
    """What a type is for; empty if nothing is known."""
    return _types().get(name, {}).get("", "")


def of_field(struct: str, field: str) -> str:
    """What a field of a type is for; empty if nothing is known."""
    return _types().get(struct, {}).get(field) or SHARED.get(field, "")


def required(struct: str) -> tuple[str, ...]:
    """The fields of a type that must be given."""
    found = _types().get(struct, {}).get("!", "")
    return tuple(found.split(",")) if found else ()
