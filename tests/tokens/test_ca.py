"""The CA: deterministic bytes that real TLS accepts."""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sanb.tokens import ca, keys

NOW = 1767225600.0
KEY, LEAF = keys.pool()[0], keys.pool()[1]


def parsed(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def test_the_root_is_a_self_signed_authority_for_ten_years() -> None:
    root = parsed(ca.root(KEY, 7, NOW))
    root.verify_directly_issued_by(root)
    assert root.subject.rfc4514_string() == "CN=kubernetes"
    constraints = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical and constraints.value.ca
    usage = root.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.key_cert_sign and usage.value.digital_signature
    assert root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert root.not_valid_before_utc == datetime(2025, 1, 1, tzinfo=UTC)
    assert (root.not_valid_after_utc - root.not_valid_before_utc).days == 3650


def test_the_root_is_the_same_bytes_for_the_same_seed_and_time_and_key() -> None:
    one = ca.root(KEY, 7, NOW)
    ca.root.cache_clear()
    assert ca.root(KEY, 7, NOW) == one
    assert len({one, ca.root(KEY, 8, NOW), ca.root(KEY, 7, NOW + 1), ca.root(LEAF, 7, NOW)}) == 4


def test_the_root_is_about_a_kilobyte_of_text() -> None:
    text = ca.root(KEY, 7, NOW)
    assert 1000 < len(text) < 1150
    assert text.startswith("-----BEGIN CERTIFICATE-----\n") and text.endswith("-----END CERTIFICATE-----\n")


def test_a_serving_certificate_is_for_its_names_and_addresses() -> None:
    root = ca.root(KEY, 7, NOW)
    made = parsed(ca.serving(root, KEY, LEAF, ["localhost", "127.0.0.1", "kubernetes.default.svc"], NOW))
    made.verify_directly_issued_by(parsed(root))
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "kubernetes.default.svc"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    purposes = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_client_certificate_carries_user_and_groups() -> None:
    root = ca.root(KEY, 7, NOW)
    made = parsed(ca.client(root, KEY, LEAF, "admin", ["system:masters", "ops"], NOW))
    made.verify_directly_issued_by(parsed(root))
    parts = [(one.oid, one.value) for one in made.subject]
    groups = [(NameOID.ORGANIZATION_NAME, "system:masters"), (NameOID.ORGANIZATION_NAME, "ops")]
    assert parts == [*groups, (NameOID.COMMON_NAME, "admin")]
    purposes = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_a_leaf_never_outlives_the_root() -> None:
    root = ca.root(KEY, 7, NOW)
    late = NOW + 8.9 * 365 * 86400
    assert parsed(ca.serving(root, KEY, LEAF, ["x"], late)).not_valid_after_utc == parsed(root).not_valid_after_utc


def test_two_leaves_have_different_serial_numbers() -> None:
    root = ca.root(KEY, 7, NOW)
    made = [
        ca.client(root, KEY, LEAF, "a", [], NOW), ca.client(root, KEY, LEAF, "b", [], NOW),
        ca.client(root, KEY, LEAF, "a", [], NOW + 1), ca.serving(root, KEY, LEAF, ["a"], NOW),
    ]
    assert len({parsed(one).serial_number for one in made}) == 4


def test_a_tls_handshake_with_the_certificates_succeeds_in_both_directions(tmp_path) -> None:
    """OpenSSL itself is the judge: memory buffers, no sockets. Start time = the machine's, as `serve()` has it."""
    now = datetime.now(UTC).timestamp()
    root = ca.root(KEY, 7, now)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load(server, tmp_path / "server.pem", ca.serving(root, KEY, LEAF, ["localhost", "127.0.0.1"], now))
    server.load_verify_locations(cadata=root)
    server.verify_mode = ssl.CERT_REQUIRED
    client = ssl.create_default_context(cadata=root)
    load(client, tmp_path / "client.pem", ca.client(root, KEY, LEAF, "admin", ["system:masters"], now))
    a, b, c, d = (ssl.MemoryBIO() for _ in range(4))
    near, far = client.wrap_bio(a, b, server_hostname="127.0.0.1"), server.wrap_bio(c, d, server_side=True)
    for _ in range(4):
        for side in (near, far):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
            c.write(b.read())
            a.write(d.read())
    peer = far.getpeercert()
    assert peer is not None
    assert peer["subject"] == ((("organizationName", "system:masters"),), (("commonName", "admin"),))


def load(context: ssl.SSLContext, path, certificate: str) -> None:
    path.write_text(certificate + LEAF.pem)
    context.load_cert_chain(path)
