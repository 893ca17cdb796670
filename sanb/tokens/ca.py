"""The cluster's certificate authority: its root certificate, serving and client certificates. RSA with SHA-256 only.

A signature of RSA PKCS#1 v1.5 has no random part: the same key, names and times give the same bytes.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from sanb import entropy
from sanb.tokens.keys import Key

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, CertificateBuilder, GeneralName, Name

COMMON_NAME: Final = "kubernetes"
VALIDITY: Final = timedelta(days=3650)
LEAF_VALIDITY: Final = timedelta(days=365)
BACKDATED: Final = timedelta(days=365)
"""The root is valid from a year before the cluster starts: its time is virtual, the clock of a TLS client is not."""
LEAF_BACKDATED: Final = timedelta(hours=1)


@lru_cache(maxsize=256)
def root(key: Key, seed: int, now: float) -> str:
    """The self-signed certificate of a cluster that starts at `now`, as PEM text."""
    from cryptography import x509

    start = _time(now) - BACKDATED
    public = key.public
    name = _name(COMMON_NAME)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(entropy.draw(seed, "ca serial") >> 1 | 1)
        .not_valid_before(start)
        .not_valid_after(start + VALIDITY)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(COMMON_NAME)]), critical=False)
    )
    return _signed(builder, key)


def serving(ca_pem: str, ca_key: Key, key: Key, names: Sequence[str], now: float) -> str:
    """A certificate for a server reached under `names`: host names and IP addresses; the first is its subject."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    builder = _leaf(ca_pem, key, _name(names[0]), now, ExtendedKeyUsageOID.SERVER_AUTH)
    alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
    return _signed(builder.add_extension(alternatives, critical=False), ca_key)


def client(ca_pem: str, ca_key: Key, key: Key, user: str, groups: Sequence[str], now: float) -> str:
    """A certificate that authenticates `user` (its common name) in `groups` (its organizations)."""
    from cryptography.x509.oid import ExtendedKeyUsageOID

    return _signed(_leaf(ca_pem, key, _name(user, groups), now, ExtendedKeyUsageOID.CLIENT_AUTH), ca_key)


def times(certificate: str) -> tuple[float, float]:
    """Between which times a certificate (PEM) counts."""
    found = _parsed(certificate)
    return found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp()


def _leaf(ca_pem: str, key: Key, subject: Name, now: float, purpose: Any) -> CertificateBuilder:
    """What serving and client certificates share. The serial number follows from the contents."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    issuer = _parsed(ca_pem)
    public = key.public
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = b"".join((der, subject.public_bytes(), repr((purpose.dotted_string, now)).encode()))
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject)
        .public_key(public)
        .serial_number(int.from_bytes(sha256(text).digest()[:8], "big") >> 1 | 1)
        .not_valid_before(_time(now) - LEAF_BACKDATED)
        .not_valid_after(min(_time(now) + LEAF_VALIDITY, issuer.not_valid_after_utc))
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )


@lru_cache(maxsize=16)
def _parsed(pem: str) -> Certificate:
    from cryptography import x509

    return x509.load_pem_x509_certificate(pem.encode())


def _signed(builder: CertificateBuilder, key: Key) -> str:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    return builder.sign(key.private, SHA256()).public_bytes(Encoding.PEM).decode()


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _name(common: str, organizations: Sequence[str] = ()) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, one) for one in organizations]
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _alternative(name: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, certificates: bool) -> Any:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True, key_encipherment=True, key_cert_sign=certificates, content_commitment=False,
        data_encipherment=False, key_agreement=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )
