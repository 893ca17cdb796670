"""Options that are wrong in themselves."""

from __future__ import annotations

import pytest

from sanb.apiserver.queryoptions import flag
from tests.apiserver.alone import Alone, config


@pytest.mark.parametrize(
    ("minor", "verb", "options", "told"),
    [
        ("1.36", "create", {"dryRun": "Foo"},
         'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Foo"]: supported values: "All"'),
        ("1.36", "delete", {"dryRun": "Foo"},
         'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Foo"]: supported values: "All"'),
        ("1.23", "delete", {"dryRun": "Foo"},
         'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"Foo"}: supported values: "All"'),
        ("1.36", "update", {"fieldValidation": "Foo"},
         'UpdateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Foo": '
         'supported values: "", "Ignore", "Strict", "Warn"'),
        ("1.36", "patch", {"fieldManager": "m" * 129, "patchType": "merge"},
         'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes'),
        ("1.23", "create", {"fieldManager": "m" * 129},
         'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: must have at most 128 bytes'),
        ("1.36", "create", {"dryRun": "Foo", "fieldValidation": "Foo"},
         'CreateOptions.meta.k8s.io "" is invalid: [dryRun: Unsupported value: ["Foo"]: supported values: "All", '
         'fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"]'),
    ],
)
def test_options_that_nobody_can_mean_are_refused(minor: str, verb: str, options: dict[str, str], told: str) -> None:
    server = Alone(minor)
    server.ask("create", "configmaps", "shop", body=config("a"))
    name = "" if verb == "create" else "a"
    refusal = server.refused(verb, "configmaps", "shop", name, body=config("b" if verb == "create" else "a"), **options)
    assert (refusal["code"], refusal["message"]) == (422, told)


def test_a_field_manager_of_letters_that_cannot_be_printed_is_refused() -> None:
    refusal = Alone("1.36").refused("create", "configmaps", "shop", body=config("a"), fieldManager="a\tb")
    assert refusal["message"].endswith('fieldManager: Invalid value: "a\\tb": invalid character U+0009 (at position 1)')


def test_old_servers_do_not_look_at_options_that_they_do_not_know() -> None:
    asked = {"fieldValidation": "Foo", "fieldManager": "m" * 200}
    assert Alone("1.10").ask("create", "configmaps", "shop", body=config("a"), **asked).code == 201


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"dryRun": 5}, "json: cannot unmarshal number into Go struct field DeleteOptions.dryRun of type []string"),
        ({"preconditions": "x"},
         "json: cannot unmarshal string into Go struct field DeleteOptions.preconditions of type v1.Preconditions"),
        ({"gracePeriodSeconds": "x"},
         "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64"),
        (5, "json: cannot unmarshal number into Go value of type v1.DeleteOptions"),
        ([], "json: cannot unmarshal array into Go value of type v1.DeleteOptions"),
    ],
)
@pytest.mark.parametrize("verb", ["delete", "deletecollection"])
def test_a_body_that_is_no_delete_options_deletes_nothing(verb: str, body: object, told: str) -> None:
    server = Alone("1.36")
    server.ask("create", "configmaps", "shop", body=config("a"))
    refusal = server.refused(verb, "configmaps", "shop", "a" if verb == "delete" else "", body=body)
    assert (refusal["code"], refusal["message"]) == (400, told)
    assert server.ask("get", "configmaps", "shop", "a").code == 200


def test_the_body_of_a_deletion_counts_more_than_its_query() -> None:
    server = Alone("1.36")
    server.ask("create", "configmaps", "shop", body=config("a"))
    answer = server.ask(
        "delete", "configmaps", "shop", "a", body={"propagationPolicy": "Foreground"}, propagationPolicy="Background"
    )
    assert answer.code == 202


@pytest.mark.parametrize(("value", "meant"), [
    (None, False), ("false", False), ("FALSE", False), ("0", False), (False, False), (True, True), ("true", True), ("1", True),
    ("", True), ("maybe", True), ("no", True),
])
def test_whatever_is_there_and_is_not_false_or_0_is_a_yes(value: object, meant: bool) -> None:
    """Convert_Slice_string_To_bool: only absence, "false" and "0" are a no."""
    assert flag(value) is meant


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
@pytest.mark.parametrize("verb", ["list", "watch"])
def test_a_timeout_that_is_no_number_is_a_400(minor: str, verb: str) -> None:
    status = Alone(minor).refused(verb, "configmaps", "shop", timeoutSeconds="abc")
    assert (status["code"], status["message"]) == (400, 'strconv.ParseInt: parsing "abc": invalid syntax')


def test_older_minors_do_not_know_how_a_revision_is_meant() -> None:
    for minor, code in (("1.18", None), ("1.19", 422)):
        server = Alone(minor)
        if code is None:
            assert server.body("list", "configmaps", "shop", resourceVersionMatch="Exact")["items"] == []
        else:
            assert server.refused("list", "configmaps", "shop", resourceVersionMatch="Exact")["code"] == code
