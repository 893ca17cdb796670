"""Keys: the pool, key ids, key sets."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sanb.errors import UsageError
from sanb.tokens import keys

EC_X, EC_Y = "H6cuzP8XuD5wal6wf9M6xDljTOPLX2i8uIp_C_ASqiI", "BlHnikLV9PyEd6gl8k4T_3Wwoh6xd79XLoQTh2PAi1Y"
EC_KID = "SoABiieYuNx4UdqYvZRVeuC6SihxgLrhLy9peHMHpTc"


def number(text: str) -> int:
    from base64 import urlsafe_b64decode

    return int.from_bytes(urlsafe_b64decode(text + "="), "big")


def elliptic() -> keys.Key:
    """The public key of UT-147."""
    public = ec.EllipticCurvePublicNumbers(number(EC_X), number(EC_Y), ec.SECP256R1()).public_key()
    return keys.given(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def test_the_key_id_of_upstreams_elliptic_curve_key_is_upstreams() -> None:
    """UT-147."""
    assert elliptic().kid == EC_KID


def test_a_key_set_entry_of_an_elliptic_curve_key_has_its_curve_and_point() -> None:
    """UT-155."""
    assert elliptic().jwk == {
        "use": "sig", "kty": "EC", "kid": EC_KID, "crv": "P-256", "alg": "ES256", "x": EC_X, "y": EC_Y,
    }


def test_a_key_set_entry_of_a_private_key_is_that_of_its_public_half() -> None:
    """UT-156, UT-168."""
    key = keys.pool()[0]
    public = key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert keys.given(public).jwk == key.jwk
    assert list(key.jwk) == ["use", "kty", "kid", "alg", "n", "e"]
    assert key.jwk["e"] == "AQAB"


@pytest.mark.parametrize(
    ("curve", "name", "size"),
    [(ec.SECP256R1(), "ES256", 43), (ec.SECP384R1(), "ES384", 64), (ec.SECP521R1(), "ES512", 88)],
)
def test_curves_have_their_algorithm_and_coordinates_of_full_length(curve, name, size) -> None:
    pem = ec.derive_private_key(5, curve).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    key = keys.given(pem)
    assert key.algorithm == name
    assert len(key.jwk["x"]) == size and len(key.jwk["y"]) == size


def test_a_curve_that_jose_does_not_know_here_is_refused() -> None:
    pem = ec.derive_private_key(5, ec.SECP224R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(UsageError, match="cannot sign tokens"):
        _ = keys.given(pem.decode()).algorithm


def test_text_that_is_no_key_is_refused() -> None:
    with pytest.raises(UsageError, match="no usable key"):
        _ = keys.given("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").public


def test_the_pool_holds_sixteen_different_keys_of_2048_bits_that_are_really_rsa_keys() -> None:
    found = keys.pool()
    assert [key.name for key in found] == [f"insecure-{number}" for number in range(16)]
    assert len({key.kid for key in found}) == 16
    for key in found:
        checked = keys.given(key.pem).private  # untrusted: cryptography checks the numbers
        assert isinstance(checked, rsa.RSAPrivateKey) and checked.key_size == 2048


def test_the_file_of_the_pool_says_that_it_is_insecure() -> None:
    from importlib.resources import files

    text = files("sanb.tokens").joinpath(keys.POOL_FILE).read_text()
    assert text.startswith("# INSECURE")


def test_a_seed_draws_two_different_keys_and_always_the_same() -> None:
    draws = [keys.seeded(seed) for seed in range(300)]
    assert all(first != second for first, second in draws)
    assert len(set(draws)) > 100
    assert keys.seeded(7) == keys.seeded(7)


def test_the_next_key_goes_round_the_pool() -> None:
    found = keys.pool()
    assert keys.following(found[3]) == found[4]
    assert keys.following(found[15]) == found[0]


def test_random_keys_are_new_ones() -> None:
    one, other = keys.generate(), keys.generate()
    assert one.kid != other.kid and one.name.startswith("random-")
    assert keys.following(one).kid not in {key.kid for key in (*keys.pool(), one)}


def test_a_key_never_shows_its_secret() -> None:
    assert repr(keys.pool()[0]) == "Key(name='insecure-0')"
