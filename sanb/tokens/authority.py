"""A cluster's token authority: it issues tokens, which are signed when somebody reads them, and verifies them (SEM 8).

It knows no cluster: whether an account still exists is somebody else's question.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from sanb.errors import UsageError
from sanb.profiles.profile import Profile
from sanb.tokens import ca, claims, keys
from sanb.tokens.keys import Key
from sanb.values import Lazy

ISSUER: Final = "https://kubernetes.default.svc.cluster.local"
HEADER: Final = len('{"alg":"RS256","kid":""}')
KID: Final = 43
SIGNATURE: Final = 256
"""Sizes in bytes, of which the length of a token follows before it is signed: an RSA key of 2048 bits signs 256."""
GO_ESCAPES: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
CRYPTO: Final = {
    "1.10": "square/go-jose: error in cryptographic primitive",
    "1.33": "go-jose/go-jose: error in cryptographic primitive",
}
NO_KID: Final = "/no-kid"
RECALLED: Final = {"_legacy": "legacy_token", "_value": "legacy_secret_value", "_bound": "bound_token"}
"""What computes a token, which saved files name, and what makes one that is computed when it is read."""
NO_KEYS: Final = "invalid signature, no keys found"
COMPACT: Final = re.compile(r"[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){2}")


class NotOurs(ValueError):
    """The text is no token of this authority: another authenticator may know it."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Keys and settings of one cluster; a value that forks share.

    `issuers`: the first signs, all are accepted. `verifying`: keys that are accepted beside the signing one.
    `max_expiration` shortens what is asked for (0: no limit). `extend` gives Pods' tokens of 3607 seconds a year, or
    `max_extended` seconds.
    """

    signing: Key
    ca_key: Key
    issuers: tuple[str, ...]
    api_audiences: tuple[str, ...]
    kid: bool
    by_kid: bool
    bad_signature: str
    seed: int
    started: float
    verifying: tuple[Key, ...] = ()
    max_expiration: int = 0
    max_extended: int = 0
    extend: bool = True
    tag: str = field(init=False, repr=False, compare=False)
    """Stands for the key and the header in the identity of a token."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tag", self.signing.name if self.kid else f"{self.signing.name}{NO_KID}")

    @classmethod
    def make(
        cls, profile: Profile, seed: int, now: float, keys: str = "seeded", *, issuers: Sequence[str] = (ISSUER,),
        audiences: Sequence[str] = (), max_expiration: int = 0, extend: bool = True,
    ) -> Authority:
        """The authority of a cluster that starts at `now`.

        `keys`: "seeded" takes them from a public pool, the same for the same seed; "random" makes new ones.

        Raises:
            UsageError: another word for `keys`, or issuers that the minor cannot have.
        """
        signing, ca_key = _keys(keys, seed)
        _check_issuers(profile, issuers)
        return cls(
            signing, ca_key, tuple(issuers), tuple(audiences) or tuple(issuers), profile["kid"], profile["key_by_kid"],
            profile.pick(CRYPTO), seed, now, max_expiration=max_expiration, extend=extend,
        )

    def adopted(self, profile: Profile) -> Authority:
        """The same keys and settings under another profile: what a cluster has after an upgrade."""
        _check_issuers(profile, self.issuers)
        return replace(
            self, kid=profile["kid"], by_kid=profile["key_by_kid"], bad_signature=profile.pick(CRYPTO),
        )

    def rotated(self, *, keep: bool = True) -> Authority:
        """The authority with the next signing key; `keep`: tokens of the key before are still accepted."""
        old = (self.signing, *self.verifying) if keep else ()
        return replace(self, signing=keys.following(self.signing), verifying=old)

    @property
    def issuer(self) -> str:
        """The `iss` of new bound tokens."""
        return self.issuers[0]

    @property
    def ca_pem(self) -> str:
        """The root certificate, PEM text."""
        return ca.root(self.ca_key, self.seed, self.started)

    # ------------------------------------------------------------------ issuing

    def legacy_token(self, namespace: str, secret: str, account: str, account_uid: str) -> Lazy:
        """The token of a Secret."""
        return Lazy(self._legacy, self.tag, namespace, secret, account, account_uid, size=self._legacy_size)

    def legacy_secret_value(self, namespace: str, secret: str, account: str, account_uid: str) -> Lazy:
        """The same in base64, as it stands in the Secret's `data.token`."""
        return Lazy(self._value, self.tag, namespace, secret, account, account_uid, size=self._value_size)

    def bound_token(self, contents: Mapping[str, Any]) -> Lazy:
        """The token with these claims (`sanb.tokens.claims.bound`), which must not be changed afterwards."""
        return Lazy(self._bound, self.tag, contents, size=self._bound_size)

    def noted(self, token: Lazy) -> tuple[str, tuple[Any, ...]] | None:
        """What makes a token anew: a kind and arguments for `recalled`; None if it was not made by this authority."""
        own = bool(token.args) and token.args[0] == self.tag
        kind = token.maker
        return (kind, token.args[1:]) if own and kind in RECALLED else None

    def recalled(self, kind: str, args: tuple[Any, ...]) -> Lazy:
        """A token that was noted.

        Raises:
            KeyError: there is no such kind.
        """
        made: Lazy = getattr(self, RECALLED[kind])(*args)
        return made

    def sign(self, contents: Mapping[str, Any]) -> str:
        """A compact token with these claims, signed now."""
        key = self.signing
        header = {"typ": None, "kid": key.kid if self.kid else ""}
        return str(_jws().encode(payload(contents), key.private, key.algorithm, header))

    def _legacy(self, tag: str, *subject: str) -> str:
        return self.sign(claims.legacy(*subject))

    def _value(self, tag: str, *subject: str) -> str:
        return b64encode(self.sign(claims.legacy(*subject)).encode()).decode()

    def _bound(self, tag: str, contents: Mapping[str, Any]) -> str:
        return self.sign(contents)

    def _size(self, contents: Mapping[str, Any]) -> int:
        """The length of a token, without signing it."""
        return _b64(HEADER + KID * self.kid) + _b64(len(payload(contents))) + _b64(SIGNATURE) + 2

    def _legacy_size(self, tag: str, *subject: str) -> int:
        return self._size(claims.legacy(*subject))

    def _value_size(self, tag: str, *subject: str) -> int:
        return (self._size(claims.legacy(*subject)) + 2) // 3 * 4

    def _bound_size(self, tag: str, contents: Mapping[str, Any]) -> int:
        return self._size(contents)

    # ------------------------------------------------------------------ verifying

    def verify(self, token: str | Lazy) -> dict[str, Any]:
        """The claims of a token whose issuer and signature are right; times and objects are not looked at.

        Raises:
            NotOurs: no token, or of an issuer that is not accepted.
            ValueError: the signature is wrong; the text is what the server reports.
        """
        token = str(token)
        header, contents = _parts(token)
        self._check_issuer(contents.get("iss"))
        candidates = self._candidates(header.get("kid"))
        if not candidates:
            raise ValueError(NO_KEYS)
        if "crit" not in header:  # extensions that must be understood, of which there are none
            for key in candidates:
                if header.get("alg") == key.algorithm and _signed_by(key, token):
                    return contents
        raise ValueError(self.bad_signature)

    def vouch(self, tag: str, issuer: Any) -> None:
        """Refuse a token of this authority as `verify` would, without signing it: `tag` is that of the one who issued it.

        Raises:
            NotOurs: the issuer is not accepted (any more).
            ValueError: its key is not accepted any more.
        """
        self._check_issuer(issuer)
        name = tag.removesuffix(NO_KID)
        if all(key.name != name for key in (self.signing, *self.verifying)):
            raise ValueError(NO_KEYS if self.by_kid and name == tag else self.bad_signature)

    def _check_issuer(self, issuer: Any) -> None:
        if issuer != claims.LEGACY_ISSUER and issuer not in self.issuers:
            raise NotOurs(f"issuer {issuer!r} is not one of {', '.join((claims.LEGACY_ISSUER, *self.issuers))}")

    def _candidates(self, kid: str | None) -> tuple[Key, ...]:
        every = (self.signing, *self.verifying)
        return tuple(key for key in every if key.kid == kid) if kid and self.by_kid else every

    # ------------------------------------------------------------------ publishing

    def jwks(self) -> dict[str, Any]:
        """The key set at /openid/v1/jwks: the public halves of all keys that verify."""
        return {"keys": [key.jwk for key in (self.signing, *self.verifying)]}

    def discovery(self, address: str, jwks_uri: str = "") -> dict[str, Any]:
        """The document at /.well-known/openid-configuration of a server reached at `address` (host:port).

        Raises:
            UsageError: the issuer is no https URL without query and fragment, or `jwks_uri` is no https URL: neither
                document is served then.
        """
        if not self.issuer.startswith("https://") or "?" in self.issuer or "#" in self.issuer:
            raise UsageError(
                f"issuer {self.issuer!r} cannot be discovered: use an https URL without query or fragment"
            )
        where = jwks_uri or f"https://{address}/openid/v1/jwks"
        if not where.startswith("https://"):
            raise UsageError(f"key set address {where!r} cannot be published: it must be https")
        return {
            "issuer": self.issuer, "jwks_uri": where, "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": sorted({one["alg"] for one in self.jwks()["keys"]}),
        }

    # ------------------------------------------------------------------ certificates

    def serving_certificate(self, key: Key, names: Sequence[str], now: float) -> str:
        """A certificate of this CA for a server, PEM text."""
        return ca.serving(self.ca_pem, self.ca_key, key, names, now)

    def client_certificate(self, key: Key, user: str, groups: Sequence[str], now: float) -> str:
        """A certificate of this CA for a client, PEM text."""
        return ca.client(self.ca_pem, self.ca_key, key, user, groups, now)


def unverified(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it.

    Raises:
        NotOurs: it is no token.
    """
    return _parts(token)[1]


def payload(contents: Mapping[str, Any]) -> bytes:
    """Claims as Kubernetes serializes them: keys sorted at each level, no spaces, Go's escapes."""
    text = json.dumps(contents, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character, escape in GO_ESCAPES.items():
        if character in text:
            text = text.replace(character, escape)
    return text.encode()


def _keys(word: str, seed: int) -> tuple[Key, Key]:
    if word == "seeded":
        return keys.seeded(seed)
    if word == "random":
        return keys.generate(), keys.generate()
    raise UsageError(f"no keys called {word!r}: choose \"seeded\" (the same for the same seed) or \"random\"")


def _check_issuers(profile: Profile, issuers: Sequence[str]) -> None:
    if not issuers:
        raise UsageError("a cluster needs an issuer for its tokens: give its URL, or leave the argument out")
    if len(issuers) > 1 and profile["issuers"] != "several":
        raise UsageError(f"Kubernetes {profile.minor} knows one issuer, not {len(issuers)}: several came with 1.23")


def _b64(size: int) -> int:
    """The length of base64url without padding."""
    return (size * 4 + 2) // 3


@lru_cache(maxsize=1)
def _jws() -> Any:
    from jwt.api_jws import PyJWS

    return PyJWS()


@lru_cache(maxsize=4096)
def _signed_by(key: Key, token: str) -> bool:
    """Whether the signature of a token, whose parts are base64url, is right for what precedes it."""
    text, _, signature = token.rpartition(".")
    # of PyJWT the algorithm alone: it was looked into the token before
    verify = _jws().get_algorithm_by_name(key.algorithm).verify
    return bool(verify(text.encode(), key.public, urlsafe_b64decode(signature + "=" * (-len(signature) % 4))))


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, unverified.

    Raises:
        NotOurs: this is no compact token.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise NotOurs(f"a token has three parts with dots between them, this text has {len(parts)}")
    # Python's decoder passes over characters that do not belong there, and takes padding
    if not COMPACT.fullmatch(token) or any(len(part) % 4 == 1 for part in parts):
        raise NotOurs("a part of the token is not base64url")
    header, contents = _json(parts[0], "header"), _json(parts[1], "payload")
    return header, contents


def _json(part: str, what: str) -> dict[str, Any]:
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except RecursionError:
        raise NotOurs(f"the {what} of the token is nested too deep") from None
    except (Base64Error, ValueError) as error:
        raise NotOurs(f"the {what} of the token is not base64url JSON: {error}") from None
    if not isinstance(value, dict):
        raise NotOurs(f"the {what} of the token is no JSON object")
    return value
