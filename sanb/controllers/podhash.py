"""The hash of a Pod template that Deployments put into names and labels (SEM 6.3)."""

from __future__ import annotations

from typing import Final

from sanb.controllers.gostructs import dump
from sanb.entropy import safe_encode
from sanb.profiles.profile import Profile
from sanb.values import Obj

OFFSET: Final = 0x811C9DC5
PRIME: Final = 0x01000193
MASK: Final = 0xFFFFFFFF
HASH_LABEL: Final = "pod-template-hash"


def fnv32a(data: bytes, state: int = OFFSET) -> int:
    """The 32-bit FNV-1a hash of `data`."""
    for byte in data:
        state = (state ^ byte) * PRIME & MASK
    return state


def template_hash(profile: Profile, template: Obj, collisions: int | None) -> int:
    """The hash of a template as the minor computes it; another for every count of collisions."""
    state = fnv32a(dump(profile, template).encode())
    return state if collisions is None else fnv32a(collisions.to_bytes(4, "little") + bytes(4), state)


def encoded(number: int) -> str:
    """The hash as it stands in names."""
    return safe_encode(str(number))
