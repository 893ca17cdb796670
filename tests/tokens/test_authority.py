"""The token authority: bytes, laziness, verification, published documents; joserfc is the independent judge."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from sanb.errors import UsageError
from sanb.profiles.profile import Profile
from sanb.tokens import claims, keys
from sanb.tokens.authority import Authority, NotOurs, payload
from sanb.values import Lazy, ident, json_default, plain

NOW = 1767225600.0


def make(minor: str = "1.36", seed: int = 7, **settings: Any) -> Authority:
    return Authority.make(Profile.of(minor), seed, NOW, **settings)


def part(token: object, index: int) -> str:
    text = str(token).split(".")[index]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def bound(authority: Authority, **more: Any) -> dict[str, Any]:
    settings = {"now": int(NOW), "seconds": 3600, "audiences": ["api"], **more}
    return claims.bound(authority.issuer, "shop", ("web", "u1"), **settings)


def test_the_header_of_1_10_has_an_empty_kid_and_no_typ() -> None:
    assert part(make("1.10").legacy_token("d", "s", "a", "u"), 0) == '{"alg":"RS256","kid":""}'


def test_later_headers_have_the_kid_of_the_signing_key_and_no_typ() -> None:
    authority = make()
    kid = authority.signing.kid
    assert len(kid) == 43
    assert part(authority.legacy_token("d", "s", "a", "u"), 0) == f'{{"alg":"RS256","kid":"{kid}"}}'


def test_a_payload_is_json_with_sorted_keys_and_no_spaces() -> None:
    authority = make()
    assert part(authority.legacy_token("default", "test-token-wt6nr", "test", "u1"), 1) == (
        '{"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"default",'
        '"kubernetes.io/serviceaccount/secret.name":"test-token-wt6nr",'
        '"kubernetes.io/serviceaccount/service-account.name":"test",'
        '"kubernetes.io/serviceaccount/service-account.uid":"u1","sub":"system:serviceaccount:default:test"}'
    )
    scrambled = {"b": {"z": 1, "y": [2]}, "a": "<é&>"}
    assert payload(scrambled).decode() == '{"a":"\\u003cé\\u0026\\u003e","b":{"y":[2],"z":1}}'


def test_tokens_are_the_same_bytes_for_the_same_seed() -> None:
    one, other = make().legacy_token("d", "s", "a", "u"), make().legacy_token("d", "s", "a", "u")
    assert str(one) == str(other)
    assert str(make(seed=8).legacy_token("d", "s", "a", "u")) != str(one)
    assert sha256(str(one).encode()).hexdigest()[:32] == "2eeefdcbc0d99b5e5f9c87898507cd86"
    assert sha256(make().ca_pem.encode()).hexdigest()[:32] == "fec628708bfb9fb65d3bbde6bf9fc19e"


def test_random_keys_make_other_tokens_every_time() -> None:
    one, other = make(keys="random"), make(keys="random")
    assert str(one.legacy_token("d", "s", "a", "u")) != str(other.legacy_token("d", "s", "a", "u"))
    assert one.ca_pem != other.ca_pem


def test_another_library_accepts_the_tokens_with_the_published_keys() -> None:
    authority = make()
    published = KeySet.import_key_set(authority.jwks())  # type: ignore[arg-type]
    for token in (authority.legacy_token("d", "s", "a", "u"), authority.bound_token(bound(authority))):
        found = jws.deserialize_compact(str(token), published)
        assert json.loads(found.payload) == authority.verify(str(token))
    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(tampered(str(token)), published)


def tampered(token: str) -> str:
    head, _, signature = token.rpartition(".")
    return f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


# ---------------------------------------------------------------------- laziness


def unsigned(authority: Authority) -> list[Lazy]:
    return [
        authority.legacy_token("d", "s", "a", "u"),
        authority.legacy_secret_value("d", "s", "a", "u"),
        authority.bound_token(bound(authority, pod=("p", "pu"), jti="j", warn_after=3607)),
        authority.bound_token(bound(authority, audiences=["a&b", "ü"])),
    ]


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_the_length_is_known_before_anything_is_signed(minor: str) -> None:
    for lazy in unsigned(make(minor)):
        size = len(lazy)
        assert not lazy.read
        assert len(str(lazy)) == size


def test_nothing_is_signed_before_somebody_reads() -> None:
    for lazy in unsigned(make()):
        assert lazy and ident(lazy)
        assert not lazy.read
        str(lazy)
        assert lazy.read


def test_a_lazy_token_cannot_be_told_from_its_text() -> None:
    for lazy in unsigned(make()):
        text = str(lazy)
        assert lazy == text and text == lazy and hash(lazy) == hash(text)
        assert f"{lazy}" == text and repr(lazy) == repr(text)
        assert json.dumps({"token": lazy}, default=json_default) == json.dumps({"token": text})
        assert plain({"data": {"token": lazy}}) == {"data": {"token": text}}
        assert lazy.split(".") == text.split(".") and lazy[:5] == text[:5] and list(lazy) == list(text)
        assert text[3:9] in lazy and "x" + lazy == "x" + text and lazy + "x" == text + "x"
        assert lazy != text[:-1] and lazy != 5 and lazy not in {"other": 1}
        assert sorted(["~", lazy, ""]) == ["", text, "~"]


def test_a_lazy_token_is_no_dictionary_and_has_no_invented_attributes() -> None:
    lazy = make().legacy_token("d", "s", "a", "u")
    with pytest.raises(AttributeError, match="'str' object has no attribute 'keys'"):
        _ = lazy.keys
    assert not lazy.read


def test_equal_requests_give_equal_tokens_and_the_same_identity_without_signing() -> None:
    authority = make()
    one, other = authority.legacy_token("d", "s", "a", "u"), authority.legacy_token("d", "s", "a", "u")
    assert one == other and ident(one) == ident(other)
    assert not one.read and not other.read
    assert ident(one) != ident(authority.legacy_token("d", "s", "a", "u2"))
    assert one != authority.legacy_token("d", "s", "a", "u2")


def test_the_key_and_the_header_are_part_of_a_tokens_identity() -> None:
    authority = make()
    one = authority.legacy_token("d", "s", "a", "u")
    assert ident(authority.rotated().legacy_token("d", "s", "a", "u")) != ident(one)
    old = make("1.10").legacy_token("d", "s", "a", "u")
    assert ident(old) != ident(one) and str(old) != str(one)


def test_a_secret_value_is_base64_of_the_token() -> None:
    authority = make()
    token, value = authority.legacy_token("d", "s", "a", "u"), authority.legacy_secret_value("d", "s", "a", "u")
    assert b64decode(str(value)).decode() == str(token)


def test_copies_and_pickles_are_the_same_token() -> None:
    for lazy in unsigned(make()):
        assert copy.deepcopy(lazy) == lazy and pickle.loads(pickle.dumps(lazy)) == lazy


def test_neither_importing_nor_making_an_authority_loads_the_cryptography_library() -> None:
    code = (
        "import sys, sanb, sanb.tokens.authority as a; from sanb.profiles.profile import Profile;"
        "x = a.Authority.make(Profile.of('1.36'), 7, 0.0); x.legacy_secret_value('d', 's', 'a', 'u');"
        "sys.exit(bool({'jwt', 'cryptography'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---------------------------------------------------------------------- verifying


def foreign(key: Any, contents: dict[str, Any], algorithm: str = "ES256") -> str:
    from jwt.api_jws import PyJWS

    return PyJWS().encode(payload(contents), key, algorithm, {"typ": None})


def test_a_right_signature_gives_the_claims() -> None:
    """UT-135."""
    authority = make()
    contents = bound(authority, pod=("p", "pu"))
    assert authority.verify(str(authority.bound_token(contents))) == contents
    legacy = authority.verify(authority.legacy_token("d", "s", "a", "u"))
    assert legacy == claims.legacy("d", "s", "a", "u")


@pytest.mark.parametrize(
    ("minor", "library"), [("1.10", "square"), ("1.32", "square"), ("1.33", "go-jose"), ("1.36", "go-jose")]
)
def test_a_wrong_signature_is_reported_in_the_words_of_the_library(minor: str, library: str) -> None:
    authority = make(minor)
    token = tampered(str(authority.legacy_token("d", "s", "a", "u")))
    with pytest.raises(ValueError, match=rf"^{library}/go-jose: error in cryptographic primitive$") as caught:
        authority.verify(token)
    assert not isinstance(caught.value, NotOurs)


def test_an_elliptic_curve_token_is_refused_by_rsa_keys() -> None:
    """UT-134."""
    token = foreign(ec.derive_private_key(5, ec.SECP256R1()), claims.legacy("d", "s", "a", "u"))
    with pytest.raises(ValueError, match="error in cryptographic primitive"):
        make().verify(token)


def test_an_elliptic_curve_token_is_accepted_with_its_key() -> None:
    from dataclasses import replace

    private = ec.derive_private_key(5, ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    authority = replace(make(), verifying=(keys.given(pem),))
    contents = claims.legacy("d", "s", "a", "u")
    assert authority.verify(foreign(private, contents)) == contents
    assert [one["alg"] for one in authority.jwks()["keys"]] == ["RS256", "ES256"]


def test_a_token_of_another_issuer_is_not_ours_however_it_is_signed() -> None:
    """UT-136."""
    authority = make()
    with pytest.raises(NotOurs, match="issuer 'foo' is not one of kubernetes/serviceaccount, https://kubernetes"):
        authority.verify(authority.sign({**claims.legacy("d", "s", "a", "u"), "iss": "foo"}))


def test_any_configured_issuer_is_accepted_and_the_first_signs() -> None:
    """UT-137."""
    authority = make(issuers=("https://new", "bar"))
    assert authority.issuer == "https://new" and authority.api_audiences == ("https://new", "bar")
    contents = {**claims.legacy("d", "s", "a", "u"), "iss": "bar"}
    assert authority.verify(authority.sign(contents)) == contents


@pytest.mark.parametrize(
    "text",
    ["", "invalid token", "a.b", "a.b.c", "a.b.c.d", "e30.W10.x", "{\"payload\":\"e30\",\"x\":\"a.b.c\"}", "é.é.é",
     "e30.eyJhIjoxfQ.AAAA"],
)
def test_text_that_is_no_token_is_not_ours(text: str) -> None:
    """UT-145 and the `invalid token` of section 7."""
    with pytest.raises(NotOurs):
        make().verify(text)


def test_a_token_that_claims_to_need_no_signature_is_refused() -> None:
    header = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    body = urlsafe_b64encode(payload(claims.legacy("d", "s", "a", "u"))).decode().rstrip("=")
    for token in (f"{header}.{body}.", f"{header}.{body}.AAAA"):
        with pytest.raises(ValueError, match="error in cryptographic primitive"):
            make().verify(token)


def test_after_a_rotation_old_tokens_are_still_accepted_unless_the_old_key_is_dropped() -> None:
    """UT-139."""
    authority = make()
    token = str(authority.legacy_token("d", "s", "a", "u"))
    rotated = authority.rotated().rotated()
    assert rotated.signing not in rotated.verifying and len(rotated.verifying) == 2
    assert rotated.verify(token)["sub"] == "system:serviceaccount:d:a"
    assert [one["kid"] for one in rotated.jwks()["keys"]][2] == authority.signing.kid
    with pytest.raises(ValueError, match=r"^invalid signature, no keys found$"):
        authority.rotated(keep=False).verify(token)


def test_before_1_31_all_keys_are_tried_whatever_the_kid() -> None:
    old = make("1.30")
    token = str(old.legacy_token("d", "s", "a", "u"))
    with pytest.raises(ValueError, match="error in cryptographic primitive"):
        old.rotated(keep=False).verify(token)


def test_a_token_with_an_empty_kid_is_tried_with_all_keys_after_an_upgrade() -> None:
    old = make("1.10")
    token = str(old.legacy_token("d", "s", "a", "u"))
    upgraded = old.adopted(Profile.of("1.36"))
    assert upgraded.rotated().verify(token)["sub"] == "system:serviceaccount:d:a"
    assert upgraded.kid and upgraded.by_kid and upgraded.ca_pem == old.ca_pem


# ---------------------------------------------------------------------- settings and documents


def test_unknown_keys_and_impossible_issuers_are_refused() -> None:
    with pytest.raises(UsageError, match="no keys called 'secret': choose"):
        make(keys="secret")
    with pytest.raises(UsageError, match="needs an issuer"):
        make(issuers=())
    with pytest.raises(UsageError, match=r"Kubernetes 1\.20 knows one issuer, not 2"):
        make("1.20", issuers=("https://a", "https://b"))


def test_the_audiences_are_the_issuers_unless_given() -> None:
    assert make().api_audiences == ("https://kubernetes.default.svc.cluster.local",)
    assert make(audiences=("api",)).api_audiences == ("api",)


def test_the_discovery_document_names_issuer_key_set_and_algorithms() -> None:
    """UT-166, UT-167."""
    authority = make(issuers=("https://192.0.2.1:80",))
    assert authority.discovery("192.0.2.1:80") == {
        "issuer": "https://192.0.2.1:80", "jwks_uri": "https://192.0.2.1:80/openid/v1/jwks",
        "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    assert authority.discovery("x", "https://keys.example.com/set")["jwks_uri"] == "https://keys.example.com/set"


@pytest.mark.parametrize("issuer", ["https://a?b=c", "https://a#b", "https://a?", "issuer", "http://a"])
def test_an_issuer_that_cannot_be_discovered_is_refused(issuer: str) -> None:
    """UT-171, UT-172, UT-174."""
    with pytest.raises(UsageError, match="cannot be discovered"):
        make(issuers=(issuer,)).discovery("192.0.2.1:80")


def test_a_key_set_address_that_is_not_https_is_refused() -> None:
    """UT-175."""
    with pytest.raises(UsageError, match="must be https"):
        make().discovery("192.0.2.1:80", "http://192.0.2.1/set")


def test_authorities_are_values_that_never_show_their_keys() -> None:
    assert make() == make() != make(seed=8)
    assert pickle.loads(pickle.dumps(make())) == make()
    assert "PRIVATE" not in repr(make())


def test_certificates_come_from_the_root() -> None:
    from cryptography import x509

    authority = make()
    root = x509.load_pem_x509_certificate(authority.ca_pem.encode())
    key = keys.pool()[3]
    for pem in (
        authority.serving_certificate(key, ["localhost"], NOW), authority.client_certificate(key, "a", ["g"], NOW),
    ):
        x509.load_pem_x509_certificate(pem.encode()).verify_directly_issued_by(root)


def test_a_key_set_has_no_key_for_an_id_that_nobody_has() -> None:
    """UT-148: no keys beside the signing one, an empty list; an unknown id, none."""
    authority = make()
    assert authority.verifying == () and len(authority.jwks()["keys"]) == 1
    assert authority._candidates(authority.signing.kid) == (authority.signing,)
    assert authority._candidates("nobody's") == ()
