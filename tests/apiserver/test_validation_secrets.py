"""Secrets and ConfigMaps (SEM 3.2)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sanb.values import Lazy
from tests.apiserver.made import faults, made, update_faults

ACCOUNT = "kubernetes.io/service-account.name"
TOKEN = "kubernetes.io/service-account-token"


def secret(kind: str = "Opaque", annotations: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    return made("Secret", "s", type=kind, metadata={"uid": "u", "annotations": annotations or {}}, **fields)


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("annotations", [{}, {ACCOUNT: ""}])
def test_a_token_secret_names_its_account(annotations: dict[str, str]) -> None:
    assert faults(secret(TOKEN, annotations)) == [f"metadata.annotations[{ACCOUNT}]: Required value"]
    assert faults(secret(TOKEN, {ACCOUNT: "nobody"})) == []


def test_the_name_annotation_of_a_token_secret_cannot_be_removed() -> None:
    old = secret(TOKEN, {ACCOUNT: "a"})
    assert update_faults(secret(TOKEN), old) == [f"metadata.annotations[{ACCOUNT}]: Required value"]


def test_the_type_of_a_secret_is_immutable() -> None:
    assert update_faults(secret("example.com/other"), secret()) == [
        'type: Invalid value: "example.com/other": field is immutable'
    ]


def test_keys_of_secrets_are_names_of_files() -> None:
    assert faults(secret(data={"a b": "Yw=="})) == [
        'data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters,'
        " '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name',"
        " regex used for validation is '[-._a-zA-Z0-9]+')"
    ]
    assert faults(secret(data={"..": "Yw=="})) == ["data[..]: Invalid value: \"..\": must not be '..'"]
    assert faults(secret(data={"..a": "Yw=="})) == ["data[..a]: Invalid value: \"..a\": must not start with '..'"]


@pytest.mark.parametrize(
    ("kind", "data", "missing"),
    [
        ("kubernetes.io/dockerconfigjson", {}, ["data[.dockerconfigjson]: Required value"]),
        ("kubernetes.io/dockercfg", {}, ["data[.dockercfg]: Required value"]),
        ("kubernetes.io/tls", {"tls.key": ""}, ["data[tls.crt]: Required value"]),
        ("kubernetes.io/basic-auth", {}, ["data[username]: Required value", "data[password]: Required value"]),
        ("kubernetes.io/basic-auth", {"password": ""}, []),
        ("kubernetes.io/ssh-auth", {"ssh-privatekey": ""}, ["data[ssh-privatekey]: Required value"]),
        ("kubernetes.io/dockerconfigjson", {".dockerconfigjson": coded("{}")}, []),
        ("kubernetes.io/dockerconfigjson", {".dockerconfigjson": coded("x")},
         ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": '
          "invalid character 'x' looking for beginning of value"]),
    ],
)
def test_a_typed_secret_has_the_keys_of_its_type(kind: str, data: dict[str, str], missing: list[str]) -> None:
    assert faults(secret(kind, data=data)) == missing


def test_1_10_slips_in_the_path_of_missing_keys() -> None:
    assert faults(secret("kubernetes.io/ssh-auth"), "1.10") == ["data[%s][ssh-privatekey]: Required value"]


def test_an_immutable_secret_stays_what_it_is() -> None:
    old = secret(data={"a": "Yg=="}, immutable=True)
    assert update_faults(secret(data={"a": "Yw=="}, immutable=True), old) == [
        "data: Forbidden: field is immutable when `immutable` is set"
    ]
    assert update_faults(secret(data={"a": "Yg=="}, immutable=False), old) == [
        "immutable: Forbidden: field is immutable when `immutable` is set"
    ]


@pytest.mark.parametrize(
    ("minor", "words"),
    [("1.10", "must have at most 1048576 characters"), ("1.23", "must have at most 1048576 bytes"),
     ("1.36", "may not be more than 1048576 bytes")],
)
def test_the_data_of_a_secret_are_one_mebibyte_at_most(minor: str, words: str) -> None:
    assert faults(secret(data={"a": coded("x" * (1 << 20))}), minor) == []
    assert faults(secret(data={"a": coded("x" * (1 << 20)), "b": coded("y")}), minor) == [f"data: Too long: {words}"]


def test_a_token_that_is_not_signed_yet_is_not_signed_by_validation() -> None:
    signed = []
    late = Lazy(lambda: signed.append(1) or "x")
    assert faults(secret(TOKEN, {ACCOUNT: "a"}, data={"token": late})) == []
    assert signed == []


def test_a_key_is_in_one_kind_of_data_of_a_config_map() -> None:
    assert faults(made("ConfigMap", data={"a": "x"}, binaryData={"a": "eA=="})) == [
        'data[a]: Invalid value: "a": duplicate of key present in binaryData',
        'binaryData[a]: Invalid value: "a": duplicate of key present in data',
    ]


def test_a_config_map_above_one_mebibyte_is_too_long_as_a_whole() -> None:
    assert faults(made("ConfigMap", data={"a": "x" * (1 << 20)})) == []
    assert faults(made("ConfigMap", data={"a": "x" * ((1 << 20) + 1)}), "1.23") == [
        "[]: Too long: must have at most 1048576 bytes"
    ]


def test_an_immutable_config_map_stays_what_it_is() -> None:
    old = made("ConfigMap", data={"a": "x"}, immutable=True)
    assert update_faults(made("ConfigMap", data={"a": "y"}), old) == [
        "immutable: Forbidden: field is immutable when `immutable` is set",
        "data: Forbidden: field is immutable when `immutable` is set",
    ]
