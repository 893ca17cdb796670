"""Names and metadata: the rules of SEM 3.1, 4.2 and the words of the minors."""

from __future__ import annotations

import pytest

from sanb.apiserver import status
from sanb.apiserver.resources import BY_KIND
from sanb.apiserver.validation import validate_update
from sanb.apiserver.validation.names import Names
from sanb.profiles.profile import Profile
from tests.apiserver.made import faults, made, pod, update_faults

SUBDOMAIN = (
    " subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an"
    " alphanumeric character (e.g. 'example.com', regex used for validation is"
    " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
KEY = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"
    " character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
    " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@pytest.mark.parametrize(("minor", "words"), [("1.10", "a DNS-1123"), ("1.23", "a lowercase RFC 1123")])
def test_a_name_with_capitals_is_refused_in_the_words_of_the_minor(minor: str, words: str) -> None:
    assert faults(made("ServiceAccount", "Upper_Case"), minor) == [
        f'metadata.name: Invalid value: "Upper_Case": {words}{SUBDOMAIN}'
    ]


def test_an_object_without_a_name_needs_one() -> None:
    assert faults(made("ServiceAccount", "")) == ["metadata.name: Required value: name or generateName is required"]


def test_a_namespace_is_named_by_a_label() -> None:
    [fault] = faults(made("Namespace", "a.b"), "1.23")
    assert fault.startswith('metadata.name: Invalid value: "a.b": a lowercase RFC 1123 label must consist of')


def test_the_dash_at_the_end_of_a_generate_name_is_none_of_the_name() -> None:
    assert faults(made("ServiceAccount", "a-12345", metadata={"generateName": "a-"})) == []


def test_a_generate_name_and_its_name_are_refused_separately() -> None:
    got = faults(made("ServiceAccount", "Ab-12345", metadata={"generateName": "Ab-"}))
    assert [fault.split(":")[0] for fault in got] == ["metadata.generateName", "metadata.name"]


def test_a_name_of_254_characters_is_too_long() -> None:
    assert faults(made("ConfigMap", "a" * 254), "1.23") == [
        f'metadata.name: Invalid value: "{"a" * 254}": must be no more than 253 characters'
    ]


def test_a_role_may_have_any_name_that_fits_into_a_path() -> None:
    assert faults(made("Role", "system:Über")) == []
    assert faults(made("Role", "a/b")) == ['metadata.name: Invalid value: "a/b": may not contain \'/\'']


def test_a_bad_label_key_on_update_has_four_causes_and_one_sentence() -> None:
    """An update looks at metadata four times; the message lists equal sentences once."""
    old = made("ServiceAccount", metadata={"uid": "u"})
    new = made("ServiceAccount", metadata={"uid": "u", "labels": {"bad key!": "x"}})
    errors = validate_update(BY_KIND["ServiceAccount"], new, old, Profile.of("1.36"))
    assert [(e.field, e.detail) for e in errors] == [("metadata.labels", f'Invalid value: "bad key!": {KEY}')] * 4
    message = status.invalid("ServiceAccount", "", "a", errors).message
    assert message == f'ServiceAccount "a" is invalid: metadata.labels: Invalid value: "bad key!": {KEY}'


def test_the_value_of_a_label_is_empty_or_a_word() -> None:
    assert faults(pod(metadata={"labels": {"a": ""}})) == []
    [fault] = faults(pod(metadata={"labels": {"a": "-"}}))
    assert fault.startswith('metadata.labels: Invalid value: "-": a valid label must be an empty string or consist of')


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("example.com/a", ()),
        ("/a", ("prefix part must be non-empty",)),
        ("a/", ("name part must be non-empty", KEY)),
        ("a" * 64, ("name part must be no more than 63 bytes",)),
    ],
)
def test_a_key_is_a_name_with_an_optional_prefix(key: str, texts: tuple[str, ...]) -> None:
    assert Names(Profile.of("1.36")).qualified(key) == texts


def test_annotations_together_are_256_kibibytes_at_most() -> None:
    whole = {"a": "x" * (256 * 1024 - 1)}
    assert faults(pod(metadata={"annotations": whole})) == []
    assert faults(pod(metadata={"annotations": {**whole, "b": ""}}), "1.23") == [
        "metadata.annotations: Too long: must have at most 262144 bytes"
    ]


def test_the_key_of_an_annotation_may_have_capitals_in_its_prefix() -> None:
    assert faults(pod(metadata={"annotations": {"Example.COM/a": "x"}})) == []


def test_an_owner_reference_is_complete() -> None:
    assert faults(pod(metadata={"ownerReferences": [{"kind": "ReplicaSet"}]})) == [
        'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences.name: Invalid value: "": must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    ]


def test_only_one_owner_is_a_controller() -> None:
    one = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "a", "uid": "u", "controller": True}
    [fault] = faults(pod(metadata={"ownerReferences": [one, one | {"name": "b"}]}))
    assert fault.startswith('metadata.ownerReferences: Invalid value: [{"apiVersion":"apps/v1","kind":"ReplicaSet",')
    assert fault.endswith(
        "Only one reference can have Controller set to true."
        ' Found "true" in references for ReplicaSet/a and ReplicaSet/b'
    )


def test_a_finalizer_without_a_prefix_is_a_standard_one() -> None:
    assert faults(pod(metadata={"finalizers": ["orphan", "example.com/wait"]})) == []
    assert faults(pod(metadata={"finalizers": ["wait"]})) == [
        'metadata.finalizers[0]: Invalid value: "wait":'
        " name is neither a standard finalizer name nor is it fully qualified"
    ]


def test_an_object_that_is_being_deleted_gets_no_new_finalizers() -> None:
    gone = {"uid": "u", "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["example.com/a"]}
    old = made("ServiceAccount", metadata=gone)
    new = made("ServiceAccount", metadata={**gone, "finalizers": ["example.com/a", "example.com/b"]})
    assert set(update_faults(new, old)) == {
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted,"
        ' found new finalizers []string{"example.com/b"}'
    }
    assert update_faults(made("ServiceAccount", metadata={**gone, "finalizers": []}), old) == []


def test_an_update_without_a_change_has_no_fault_even_if_rules_became_stricter() -> None:
    old = made("ServiceAccount", "Upper_Case", metadata={"uid": "u"})
    assert update_faults(old, old) == []
