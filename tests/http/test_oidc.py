"""The token issuer's documents (SEM 8.5; upstream's table 8), and tokens that others verify with them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jws
from joserfc.jwk import KeySet

from sanb import Cluster
from sanb.http.nonresource import Site
from sanb.http.wire import Message
from sanb.tokens import keys
from sanb.tokens.authority import ISSUER

CONFIGURATION, KEYS = "/.well-known/openid-configuration", "/openid/v1/jwks"
ELLIPTIC = ec.derive_private_key(11, ec.SECP256R1())
PRIVATE = ELLIPTIC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = ELLIPTIC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def site(minor: str = "1.36", **settings: Any) -> Site:
    cluster = Cluster(minor, seed=7, nodes=0)
    cluster.authority = replace(cluster.authority, **settings)
    return Site(cluster, lambda: "192.0.2.1:80")


def got(path: str, accept: str = "*/*", minor: str = "1.36", **settings: Any) -> Message:
    return site(minor, **settings).answer("GET", path, {"accept": accept})


def header(message: Message, name: str) -> str:
    return dict(message.headers).get(name, "")


def test_the_configuration_names_issuer_keys_and_algorithms() -> None:
    """UT-166."""
    message = got(CONFIGURATION)
    assert (message.code, header(message, "Content-Type")) == (200, "application/json")
    assert header(message, "Cache-Control") == "public, max-age=3600"
    assert json.loads(message.body) == {
        "issuer": ISSUER, "jwks_uri": "https://192.0.2.1:80/openid/v1/jwks", "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
    }


@pytest.mark.parametrize("pem", [PUBLIC, PRIVATE])
def test_the_key_set_has_the_public_halves_of_all_keys(pem: str) -> None:
    """UT-155, UT-156, UT-168: of private keys only the public members are there."""
    message = got(KEYS, verifying=(keys.given(pem),))
    assert (message.code, header(message, "Content-Type")) == (200, "application/jwk-set+json")
    assert header(message, "Cache-Control") == "public, max-age=3600"
    rsa, elliptic = json.loads(message.body)["keys"]
    assert list(rsa) == ["use", "kty", "kid", "alg", "n", "e"] and rsa["alg"] == "RS256"
    assert list(elliptic) == ["use", "kty", "kid", "crv", "alg", "x", "y"] and elliptic["alg"] == "ES256"
    assert [one["use"] for one in (rsa, elliptic)] == ["sig", "sig"]
    both = json.loads(got(CONFIGURATION, verifying=(keys.given(pem),)).body)
    assert both["id_token_signing_alg_values_supported"] == ["ES256", "RS256"]


@pytest.mark.parametrize(("path", "code"), [
    ("/.well-known", 404), (f"{CONFIGURATION}/foo", 404), (f"{KEYS}/foo", 404), ("/openid/v1", 404),
    (f"{KEYS}?format=yaml", 200), (f"{KEYS}#issuer", 200), (f"{CONFIGURATION}?a=b", 200),
])
def test_queries_are_ignored_and_paths_below_are_nothing(path: str, code: int) -> None:
    """UT-161 to UT-164."""
    assert got(path).code == code


@pytest.mark.parametrize(("accept", "code"), [
    ("", 200), ("*/*", 200), ("application/*", 200), ("application/jwk-set+json", 200), ("text/html, */*;q=0.1", 200),
    ("application/json", 406), ("text/html", 406),
])
def test_the_key_set_has_a_media_type_of_its_own(accept: str, code: int) -> None:
    assert got(KEYS, accept).code == code


@pytest.mark.parametrize("issuer", ["https://a?b=c", "https://a#b", "issuer", "http://a"])
def test_an_issuer_that_is_no_place_publishes_nothing(issuer: str) -> None:
    """UT-171, UT-172, UT-174."""
    assert (got(CONFIGURATION, issuers=(issuer,)).code, got(KEYS, issuers=(issuer,)).code) == (404, 404)


def test_the_issuer_is_printed_as_it_is() -> None:
    """UT-167."""
    assert json.loads(got(CONFIGURATION, issuers=("https://192.0.2.1:80",)).body)["issuer"] == "https://192.0.2.1:80"


@pytest.mark.parametrize(("minor", "code"), [("1.10", 404), ("1.18", 404), ("1.20", 200), ("1.36", 200)])
def test_they_are_published_since_1_20(minor: str, code: int) -> None:
    assert (got(CONFIGURATION, minor=minor).code, got(KEYS, minor=minor).code) == (code, code)


def test_others_verify_a_token_with_the_keys_that_they_discover() -> None:
    cluster = Cluster("1.36", seed=7, nodes=0)
    cluster.create("sa", "web")
    token = cluster.kubectl("create token web --audience vault").stdout
    asked = Site(cluster, lambda: "192.0.2.1:80")
    document = json.loads(asked.answer("GET", CONFIGURATION, {}).body)
    path = document["jwks_uri"].removeprefix("https://192.0.2.1:80")
    published = json.loads(asked.answer("GET", path, {}).body)

    header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    key = jwt.PyJWKSet.from_dict(published)[header["kid"]]
    options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}  # virtual time is not this machine's
    found = jwt.decode(
        token, key, document["id_token_signing_alg_values_supported"], audience="vault", issuer=document["issuer"],
        options=options,
    )
    assert found == claims and found["sub"] == "system:serviceaccount:default:web"
    other = jws.deserialize_compact(token, KeySet.import_key_set(published))
    assert json.loads(other.payload) == claims


def test_a_rotated_key_is_published_and_the_old_one_as_long_as_it_is_kept() -> None:
    cluster = Cluster("1.36", seed=7, nodes=0)
    asked = Site(cluster, lambda: "x")

    def ids() -> list[str]:
        return [one["kid"] for one in json.loads(asked.answer("GET", KEYS, {}).body)["keys"]]

    old = ids()
    cluster.rotate_keys()
    assert len(ids()) == 2 and ids()[1:] == old
    cluster.rotate_keys(keep=False)
    assert len(ids()) == 1 and ids() != old
