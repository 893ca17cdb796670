"""Signing keys: drawn by the seed from a pool that ships with the package, or random (SEM 8.1)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any, Final

from sanb import entropy
from sanb.errors import UsageError

POOL_FILE: Final = "data/insecure_keys.pem"
END: Final = "-----END PRIVATE KEY-----\n"
BEGIN: Final = "-----BEGIN PRIVATE KEY-----"
CURVES: Final = {256: ("ES256", "P-256"), 384: ("ES384", "P-384"), 521: ("ES512", "P-521")}
"""By size in bits: the JOSE algorithm and curve of an elliptic curve key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as text: a private one signs, a public one only verifies. `name` tells it apart without parsing it."""

    name: str
    pem: str = field(repr=False)
    trusted: bool = field(default=False, repr=False, compare=False)
    """Made by us: the costly check that the numbers form an RSA key is left out."""

    @property
    def private(self) -> Any:
        """The private key of `cryptography`."""
        return _load(self.pem, self.trusted)

    @property
    def public(self) -> Any:
        """The public key of `cryptography`."""
        key = _load(self.pem, self.trusted)
        return key.public_key() if hasattr(key, "public_key") else key

    @property
    def kid(self) -> str:
        """The key's id in token headers and key sets."""
        return _kid(self)

    @property
    def algorithm(self) -> str:
        """The JOSE name of what the key signs with."""
        return algorithm(self.public)

    @property
    def jwk(self) -> dict[str, str]:
        """The public half as an entry of a key set, members in the order in which Kubernetes writes them."""
        public = self.public
        head = {"use": "sig", "kty": "RSA", "kid": self.kid, "alg": algorithm(public)}
        if not hasattr(public, "curve"):
            numbers = public.public_numbers()
            return {**head, "n": _number(numbers.n), "e": _number(numbers.e)}
        numbers, size = public.public_numbers(), (public.key_size + 7) // 8
        head = {"use": "sig", "kty": "EC", "kid": self.kid, "crv": CURVES[public.key_size][1], "alg": head["alg"]}
        return {**head, "x": _number(numbers.x, size), "y": _number(numbers.y, size)}


@lru_cache(maxsize=256)
def _load(pem: str, trusted: bool) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

    try:
        if "PRIVATE KEY" not in pem:
            return load_pem_public_key(pem.encode())
        return load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=trusted)
    except (ValueError, TypeError) as error:
        raise UsageError(f"no usable key: {error}; give an RSA or elliptic curve key as plain PEM text") from error


@lru_cache(maxsize=256)
def _kid(key: Key) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return b64url(sha256(key.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest())


def algorithm(public: Any) -> str:
    """The JOSE algorithm of a public key.

    Raises:
        UsageError: neither RSA nor one of the three NIST curves.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    if isinstance(public, RSAPublicKey):
        return "RS256"
    if isinstance(public, EllipticCurvePublicKey) and public.key_size in CURVES:
        return CURVES[public.key_size][0]
    raise UsageError(f"{type(public).__name__} cannot sign tokens: choose RSA or the curves P-256, P-384, P-521")


def b64url(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int, size: int = 0) -> str:
    return b64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


@lru_cache(maxsize=1)
def pool() -> tuple[Key, ...]:
    """The keys that ship with the package. They are public: nothing real may trust them."""
    from pkgutil import get_data

    text = (get_data("sanb.tokens", POOL_FILE) or b"").decode("ascii")
    found = [part[part.index(BEGIN) :] + END for part in text.split(END)[:-1]]
    return tuple(Key(f"insecure-{number}", pem, trusted=True) for number, pem in enumerate(found))


def seeded(seed: int) -> tuple[Key, Key]:
    """Two different keys of the pool: one for tokens, one for the CA."""
    keys = pool()
    first = entropy.draw(seed, "token key") % len(keys)
    other = entropy.draw(seed, "ca key") % (len(keys) - 1)
    return keys[first], keys[other + (other >= first)]


def following(key: Key) -> Key:
    """The next key of the pool after `key`; a random one after a random one."""
    keys = pool()
    for number, one in enumerate(keys):
        if one == key:
            return keys[(number + 1) % len(keys)]
    return generate()


def generate() -> Key:
    """A new RSA key from the system's randomness: no other run will have it."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = generate_private_key(65537, 2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Key("random-" + blake2b(pem.encode(), digest_size=6).hexdigest(), pem, trusted=True)


def given(pem: str) -> Key:
    """A key that somebody brings, private or public, as PEM text."""
    return Key("given-" + blake2b(pem.encode(), digest_size=6).hexdigest(), pem)
