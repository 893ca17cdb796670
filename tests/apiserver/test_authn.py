"""Who shows a token: signature and issuer (upstream's table 7), Secrets' tokens, the cache, and what a use leaves behind."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.api_jws import PyJWS

from sanb.apiserver.authn import authenticate
from sanb.apiserver.authn_legacy import AUTO_GENERATED, INVALID_SINCE, LAST_USED
from sanb.apiserver.request import UserInfo
from sanb.apiserver.view import View
from sanb.errors import ApiError
from sanb.tokens import claims, keys
from sanb.tokens.authority import Authority, payload
from sanb.values import Obj
from tests.apiserver.alone import NOW, NOW_TEXT, Alone

ACCOUNT = "my-service-account"
USER = f"system:serviceaccount:test:{ACCOUNT}"
CRYPTO = "go-jose/go-jose: error in cryptographic primitive"
MARKED = (
    f"the token in secret test/s for service account test/{ACCOUNT} has been marked invalid. Use tokens from the "
    "TokenRequest API or manually created secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' "
    "label from the secret to temporarily allow use of this token"
)


class Desk(Alone):
    """A server with account test/my-service-account (UID 12345) and its token in Secret s, as in upstream's table."""

    def __init__(self, minor: str = "1.36", *, listed: bool = False, **options: Any) -> None:
        super().__init__(minor)
        several = {"issuers": ("https://first", "bar")} if minor == "1.36" else {}
        self.authority = replace(Authority.make(self.server.profile, 7, NOW, audiences=("api",), **several), **options)
        self.server.authority = self.authority
        self.token = str(self.authority.legacy_token("test", "s", ACCOUNT, "12345"))
        references = {"secrets": [{"name": "s"}]} if listed else {}
        self.put("serviceaccounts", ACCOUNT, "12345", **references)
        self.put("secrets", "s", "su", data={"token": b64encode(self.token.encode()).decode()})

    def put(self, resource: str, name: str, uid: str, labels: Any = None, deleted: str = "", **rest: Any) -> None:
        fields: Obj = {"name": name, "namespace": "test", "uid": uid, "resourceVersion": str(self.store.rev + 1)}
        if labels is not None:
            fields["labels"] = labels
        if deleted:
            fields["deletionTimestamp"] = deleted
        kind = {"kind": "Secret", "type": "Opaque"} if resource == "secrets" else {"kind": "ServiceAccount"}
        fields["creationTimestamp"] = NOW_TEXT
        self.store.commit((resource, "test", name), {"apiVersion": "v1", **kind, "metadata": fields, **rest})

    def drop(self, resource: str, name: str) -> None:
        self.store.commit((resource, "test", name), None)

    def said(self, token: str | None = None, *audiences: str, minor: str = "") -> str:
        """The user's name, what is wrong with the token, or "" if nobody knows it. Nothing is remembered."""
        view = View(self.store, self.now, self.server.profile, 7)
        verdict = authenticate(view, self.server, self.token if token is None else token, audiences)
        return verdict.error if verdict.user is None else verdict.user.name

    def labels(self) -> dict[str, str]:
        found = self.store.head.get(("secrets", "test", "s"))
        assert found is not None and found.obj is not None
        labels: dict[str, str] = found.obj["metadata"].get("labels") or {}
        return labels

    def whoami(self, token: str | None = None) -> Any:
        """A bearer's request: his user and the warnings, or 401."""
        try:
            answer = self.shown(self.token if token is None else token, "authenticate", "")
        except ApiError as error:
            return error.code
        return answer.body, answer.warnings


def signed(key: Any, contents: Obj, algorithm: str = "RS256", **header: Any) -> str:
    return PyJWS().encode(payload(contents), key, algorithm, {"typ": None, **header})


def legacy(**more: Any) -> Obj:
    return {**claims.legacy("test", "s", ACCOUNT, "12345"), **more}


def public(key: Any) -> keys.Key:
    return keys.given(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


OTHER = keys.pool()[5]
ELLIPTIC = ec.derive_private_key(11, ec.SECP256R1())


# ---------------------------------------------------------------------- table 7


def test_a_key_of_another_kind_does_not_verify() -> None:
    """UT-134."""
    assert Desk(verifying=(OTHER,)).said(signed(ELLIPTIC, legacy(), "ES256")) == CRYPTO


def test_the_right_key_verifies_and_gives_the_user() -> None:
    """UT-135, UT-141: name, UID and groups in this order."""
    desk = Desk()
    view = View(desk.store, desk.now, desk.server.profile, 7)
    groups = ("system:serviceaccounts", "system:serviceaccounts:test", "system:authenticated")
    verdict = authenticate(view, desk.server, desk.token, ("api",))
    assert (verdict.user, verdict.audiences) == (UserInfo(USER, "12345", groups), ("api",))


def test_an_issuer_that_is_not_accepted_is_nobodys_business() -> None:
    """UT-136."""
    desk = Desk()
    assert desk.said(desk.authority.sign(legacy(iss="foo"))) == ""


def test_any_accepted_issuer_will_do() -> None:
    """UT-137."""
    desk = Desk()
    desk.put("serviceaccounts", ACCOUNT, "12345")
    contents = claims.bound("bar", "test", (ACCOUNT, "12345"), now=int(NOW), seconds=600, audiences=("api",))
    assert desk.said(desk.authority.sign(contents)) == USER


def test_all_keys_are_tried_where_the_token_names_none() -> None:
    """UT-139."""
    desk = Desk()
    desk.server.authority = replace(desk.authority, signing=OTHER, verifying=(public(ELLIPTIC), desk.authority.signing))
    assert desk.said() == USER


def test_keys_with_other_ids_are_not_tried_and_that_is_told() -> None:
    """Table 7: every success turns into `no keys found`."""
    desk = Desk()
    desk.server.authority = replace(desk.authority, signing=OTHER)
    assert desk.said() == "invalid signature, no keys found"


def test_an_account_that_is_gone_is_an_error() -> None:
    """UT-143."""
    desk = Desk()
    desk.drop("serviceaccounts", ACCOUNT)
    assert desk.said() == f'serviceaccounts "{ACCOUNT}" not found'


def test_a_token_in_json_form_is_nobodys_business() -> None:
    """UT-145."""
    part = urlsafe_b64encode(b'{"iss":"bar"}').decode().rstrip("=")
    assert Desk().said(f'{{"payload":"e30","other":".{part}."}}') == ""


def test_a_key_id_is_derived_from_the_public_key() -> None:
    """UT-147."""
    number = "H6cuzP8XuD5wal6wf9M6xDljTOPLX2i8uIp_C_ASqiI", "BlHnikLV9PyEd6gl8k4T_3Wwoh6xd79XLoQTh2PAi1Y"
    x, y = (int.from_bytes(urlsafe_b64decode(one + "=")) for one in number)
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert keys.given(pem).kid == "SoABiieYuNx4UdqYvZRVeuC6SihxgLrhLy9peHMHpTc"


# ---------------------------------------------------------------------- bad input


def broken() -> dict[str, tuple[str, str]]:
    """Tokens that somebody could try, and what TokenReview says to them."""
    desk = Desk()
    head, body, signature = desk.token.split(".")
    pem = desk.authority.signing.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def b64(data: bytes) -> str:
        return urlsafe_b64encode(data).decode().rstrip("=")

    sealed = b64(b'{"alg":"HS256"}') + "." + body
    seal = hmac.HMAC(pem, hashes.SHA256())
    seal.update(sealed.encode())
    return {
        "garbage": ("garbage", ""),
        "empty parts": ("..", ""),
        "two parts": (f"{head}.{body}", ""),
        "a part too many": (f"{desk.token}.x", ""),
        "truncated by two characters": (desk.token[:-2], CRYPTO),
        "truncated so that it is no base64": (desk.token[:-1], ""),
        "a character that is not base64url": (f"{head}.{body}.{signature[:-2]}+/", ""),
        "padding": (f"{desk.token}==", ""),
        "algorithm none": (b64(b'{"alg":"none"}') + f".{body}.", CRYPTO),
        "the public key as a secret": (f"{sealed}.{b64(seal.finalize())}", CRYPTO),
        "an unknown key id": (signed(desk.authority.signing.private, legacy(), kid="x"), "invalid signature, no keys found"),
        "signed by another key": (signed(OTHER.private, legacy()), CRYPTO),
        "another payload": (f"{head}.{b64(payload(legacy(sub='admin')))}.{signature}", CRYPTO),
        "another issuer": (desk.authority.sign(legacy(iss="https://evil")), ""),
        "an issuer that is no text": (desk.authority.sign(legacy(iss=["bar"])), ""),
        "a payload that is no object": (f"{head}.{b64(b'[1]')}.{signature}", ""),
        "very deep": (f"{head}.{b64(b'[' * 200_000)}.{signature}", ""),
        "a million characters": ("a" * 1_000_000, ""),
        "no subject": (desk.authority.sign(legacy(sub="")), "sub claim is missing"),
        "another subject": (desk.authority.sign(legacy(sub="system:serviceaccount:test:x")), "sub claim is invalid"),
        "another audience": (desk.authority.sign(legacy(aud=["vault"])),
                             'token audiences ["vault"] is invalid for the target audiences ["api"]'),
        "another copy": (desk.authority.sign(legacy(aud="api")), "Token does not match server's copy"),
    }


@pytest.mark.parametrize("name", broken())
def test_bad_tokens_get_the_answer_of_the_real_server(name: str) -> None:
    token, expected = broken()[name]
    desk = Desk()
    assert desk.said(token) == expected
    assert desk.whoami(token) == 401


@pytest.mark.parametrize(("field", "word"), [
    ("namespace", "namespace"), ("secret.name", "secretName"), ("service-account.name", "serviceAccountName"),
    ("service-account.uid", "serviceAccountUID"),
])
def test_each_claim_of_a_secrets_token_is_needed(field: str, word: str) -> None:
    desk = Desk()
    token = desk.authority.sign(legacy(**{f"kubernetes.io/serviceaccount/{field}": ""}))
    assert desk.said(token) == f"{word} claim is missing"


@pytest.mark.parametrize("minor", ["1.10", "1.21", "1.23", "1.36"])
def test_secrets_tokens_are_refused_in_the_same_words_in_all_minors(minor: str) -> None:
    desk = Desk(minor)
    later = "2020-09-13T12:26:41Z"
    desk.put("serviceaccounts", ACCOUNT, "other")
    assert desk.said() == "ServiceAccount UID (other) does not match claim (12345)"
    desk.put("serviceaccounts", ACCOUNT, "other", deleted=later)
    assert desk.said() == f"ServiceAccount test/{ACCOUNT} has been deleted"
    desk.put("secrets", "s", "su", data={"token": "!"})
    assert desk.said() == "Token does not match server's copy"
    desk.put("secrets", "s", "su", deleted=later)
    assert desk.said() == "Token has been invalidated"
    desk.drop("secrets", "s")
    assert desk.said() == "Token has been invalidated"


# ---------------------------------------------------------------------- audiences


def test_a_token_without_audiences_is_for_the_api_only() -> None:
    desk = Desk()
    assert desk.said(None, "vault") == 'token audiences ["api"] is invalid for the target audiences ["vault"]'
    assert desk.said(None, "vault", "api") == USER


def test_1_10_only_knows_its_own_audiences() -> None:
    desk = Desk("1.10")
    contents = claims.bound(
        desk.authority.issuer, "test", (ACCOUNT, "12345"), now=int(NOW), seconds=600, audiences=("vault",)
    )
    assert desk.said(desk.authority.sign(contents)) == "Token is invalid for this audience."


# ---------------------------------------------------------------------- the cache


def test_a_good_answer_is_given_again_for_ten_seconds() -> None:
    desk = Desk()
    assert desk.whoami()[0].name == USER
    desk.drop("secrets", "s")
    desk.now += 9.9
    assert desk.whoami()[0].name == USER
    desk.now += 0.1
    assert desk.whoami() == 401


def test_the_cache_is_asked_with_the_audiences() -> None:
    desk = Desk()
    desk.whoami()
    desk.drop("secrets", "s")
    assert desk.said(None, "api", "vault") == "Token has been invalidated"


def test_a_bad_answer_is_not_remembered() -> None:
    desk = Desk()
    desk.put("serviceaccounts", ACCOUNT, "other")
    assert desk.whoami() == 401
    desk.put("serviceaccounts", ACCOUNT, "12345")
    assert desk.whoami()[0].name == USER


def test_forks_remember_apart() -> None:
    desk = Desk()
    other = desk.store.fork()
    desk.whoami()
    assert desk.store.memory.ident(NOW) != () == other.memory.ident(NOW)


# ---------------------------------------------------------------------- what a use leaves behind


@pytest.mark.parametrize(("minor", "labels"), [("1.23", {}), ("1.26", {}), ("1.27", {LAST_USED: "2020-09-13"})])
def test_a_use_is_noted_since_1_27(minor: str, labels: dict[str, str]) -> None:
    desk = Desk(minor)
    desk.whoami()
    assert desk.labels() == labels


@pytest.mark.parametrize(("before", "after"), [
    ("2020-09-12", "2020-09-13"), ("2020-09-13", "2020-09-13"), ("2020-09-14", "2020-09-14"), ("2020-09-15", "2020-09-13"),
])
def test_a_use_is_noted_unless_today_or_tomorrow_is_there(before: str, after: str) -> None:
    desk = Desk()
    desk.put("secrets", "s", "su", {LAST_USED: before}, data={"token": b64encode(desk.token.encode()).decode()})
    desk.whoami()
    assert desk.labels() == {LAST_USED: after}


def test_an_auto_generated_token_is_warned_of_every_time() -> None:
    """UT-395, UT-396: the cache repeats the warning; a Secret that the account does not list gets none."""
    desk = Desk(listed=True)
    assert [desk.whoami()[1] for _ in range(3)] == [(AUTO_GENERATED,)] * 3
    assert Desk().whoami()[1] == ()
    assert Desk("1.26", listed=True).whoami()[1] == ()


def test_warnings_go_with_refusals_too() -> None:
    desk = Desk(listed=True)
    with pytest.raises(ApiError) as caught:
        desk.shown(desk.token, "get", "pods", "test", "nothing")
    assert (caught.value.code, caught.value.warnings) == (404, (AUTO_GENERATED,))


@pytest.mark.parametrize("since", ["2020-01-01", "whatever"])
def test_a_token_that_was_marked_is_refused_and_its_use_noted_all_the_same(since: str) -> None:
    """UT-403; any text blocks."""
    desk = Desk()
    data = {"token": b64encode(desk.token.encode()).decode()}
    desk.put("secrets", "s", "su", {INVALID_SINCE: since}, data=data)
    assert desk.said() == MARKED
    assert desk.whoami() == 401
    assert desk.labels() == {INVALID_SINCE: since, LAST_USED: "2020-09-13"}


@pytest.mark.parametrize(("minor", "label"), [("1.36", ""), ("1.28", "2020-01-01"), ("1.23", "2020-01-01")])
def test_an_empty_mark_or_an_older_minor_lets_the_token_pass(minor: str, label: str) -> None:
    """UT-399."""
    desk = Desk(minor)
    desk.put("secrets", "s", "su", {INVALID_SINCE: label}, data={"token": b64encode(desk.token.encode()).decode()})
    assert desk.said() == USER


def test_a_use_that_cannot_be_noted_is_no_reason_to_refuse() -> None:
    desk = Desk()
    inner = desk.server.handle

    def handle(store: Any, now: float, request: Any, attempt: int = 0) -> Any:
        if request.verb == "patch":
            raise ApiError({"code": 500, "message": "no"})
        return inner(store, now, request, attempt)

    desk.server = type("Server", (), {"handle": staticmethod(handle)})()
    assert desk.whoami()[0].name == USER
    assert desk.labels() == {}


# ---------------------------------------------------------------------- static tokens


def test_a_static_token_is_looked_up_first_and_never_expires() -> None:
    desk = Desk()
    desk.server.static = {"sesame": UserInfo("jane", "7", ("dev", "system:authenticated"))}
    assert desk.whoami("sesame") == (UserInfo("jane", "7", ("dev", "system:authenticated")), ())
    assert desk.said("sesame", "vault") == ""
    assert desk.said("sesame", "vault", "api") == "jane"


def test_a_server_without_keys_knows_no_tokens() -> None:
    alone = Alone()
    with pytest.raises(ApiError) as caught:
        alone.shown("a.b.c", "list", "pods")
    assert caught.value.message == "Unauthorized"
