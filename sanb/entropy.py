"""Keyed randomness: a draw depends on the seed and on what it is for, never on what was drawn before."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

ALPHABET: Final = "bcdfghjklmnpqrstvwxz2456789"
"""The 27 characters Kubernetes draws name suffixes from (SEM 2.2)."""


def draw(seed: int, *key: object) -> int:
    """A 64-bit number that only `seed` and `key` decide."""
    text = "\x1f".join(map(str, (seed, *key)))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def uid(seed: int, *key: object) -> str:
    """A version 4 UUID in text form."""
    text = "\x1f".join(map(str, (seed, "uid", *key)))
    digits = blake2b(text.encode(), digest_size=16).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def suffix(seed: int, *key: object, length: int = 5) -> str:
    """`length` characters of `ALPHABET`, as `generateName` appends them."""
    number = draw(seed, "suffix", *key)
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def safe_encode(text: str) -> str:
    """Kubernetes' SafeEncodeString: each byte b becomes `ALPHABET[b mod 27]` (SEM 4.4)."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in text.encode())
