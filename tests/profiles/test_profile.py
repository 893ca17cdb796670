"""Profiles: every minor resolves, switches follow the specification's table, gates flip what depends on them."""

from __future__ import annotations

import copy
import pickle

import pytest

from sanb.errors import UsageError
from sanb.profiles.gates import GATES
from sanb.profiles.profile import MINORS, Profile
from sanb.profiles.switches import SWITCHES

COLUMNS = ("1.10", "1.20", "1.21", "1.23", "1.24", "1.27", "1.28", "1.29", "1.30", "1.32", "1.34", "1.35", "1.36")
Y, N = True, False
TABLE = {
    "auto_token_secrets": (Y, Y, Y, Y, N, N, N, N, N, N, N, N, N),
    "mount": ("secret", "secret") + ("projected",) * 11,
    "no_token_error": (Y, Y, N, N, N, N, N, N, N, N, N, N, N),
    "token_request": (N, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y),
    "root_ca": ("off", "plain", "plain") + ("annotated",) * 10,
    "extension": ("off", "off", "always", "always") + ("api-audiences",) * 9,
    "oidc": (N, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y),
    "issuers": ("optional", "one", "one") + ("several",) * 10,
    "tracking": (N, N, N, N, N, Y, Y, Y, Y, Y, Y, Y, Y),
    "invalid_since": (N, N, N, N, N, N, N, Y, Y, Y, Y, Y, Y),
    "cleaner": (N, N, N, N, N, N, N, Y, Y, Y, Y, Y, Y),
    "jti": (N, N, N, N, N, N, N, N, Y, Y, Y, Y, Y),
    "node_info": (N, N, N, N, N, N, N, N, Y, Y, Y, Y, Y),
    "node_bound": (N, N, N, N, N, N, N, N, N, Y, Y, Y, Y),
    "key_by_kid": (N, N, N, N, N, N, N, N, N, Y, Y, Y, Y),
    "kid": (N, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y),
    "deletion_grace": (0,) + (60,) * 12,
    "uid_before_deletion": (N, N, N, N, N, N, N, Y, Y, Y, Y, Y, Y),
    "pod_uid_compared": (N, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y),
    "token_error_wording": ("old",) * 3 + ("new",) * 10,
    "ephemeral_admission": ("no",) * 5 + ("env",) * 2 + ("env+envFrom",) * 6,
    "token_uid_precondition": (N, N, N, N, N, N, N, N, N, N, Y, Y, Y),
    "mountable_warning": (N, N, N, N, N, N, N, N, N, Y, Y, Y, Y),
    "edit_creates_tokens": (N, N, N, N, Y, Y, Y, Y, Y, Y, Y, Y, Y),
    "namespace_terminating_cause": (N, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y),
    "namespace_name_label": (N, N, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y),
    "pods_first": (N, N, N, N, N, N, N, N, N, N, Y, Y, Y),
    "hash_label": ("decimal",) + ("encoded",) * 12,
    "forbidden_wording": ("old",) + ("new",) * 12,
    "kubectl_created": ('x "n"',) + ("x/n",) * 12,
    "create_sa_duplicate": ("server", "server") + ("wrapped",) * 11,
    "kubectl_run": ("Deployment",) + ("Pod",) * 12,
    "create_token": (N, N, N, N, Y, Y, Y, Y, Y, Y, Y, Y, Y),
    "auth_whoami": (N, N, N, N, N, Y, Y, Y, Y, Y, Y, Y, Y),
    "secrets_shown": (Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, N, N),
    "deleted_from": (N, N, N, N, N, N, N, N, N, N, Y, Y, Y),
    "constrained_impersonation": (N, N, N, N, N, N, N, N, N, N, N, N, Y),
    "name_rule": ("DNS-1123",) + ("RFC 1123",) * 12,
}
"""SEM 14, all rows and columns; "off" (behind a gate that is off) is False."""


@pytest.mark.parametrize("switch", TABLE)
def test_a_switch_has_the_values_of_the_specification(switch: str) -> None:
    assert tuple(Profile.of(minor)[switch] for minor in COLUMNS) == TABLE[switch]


@pytest.mark.parametrize(
    ("switch", "minor", "before", "since"),
    [
        ("key_by_kid", "1.31", False, True),
        ("node_bound", "1.31", False, True),
        ("pods_first", "1.33", False, True),
        ("kubectl_run", "1.18", "Deployment", "Pod"),
        ("name_tries", "1.31", 1, 8),
        ("node_audience_restriction", "1.33", False, True),
        ("token_request", "1.12", False, True),
    ],
)
def test_a_switch_changes_between_the_columns_where_the_notes_say(switch, minor, before, since) -> None:
    older = MINORS[MINORS.index(minor) - 1]
    assert (Profile.of(older)[switch], Profile.of(minor)[switch]) == (before, since)


def test_every_minor_resolves_every_switch_and_gate() -> None:
    for minor in MINORS:
        profile = Profile.of(minor)
        assert profile.minor == minor
        assert list(profile.switches) == list(SWITCHES)
        assert list(profile.gates) == list(GATES)
        assert not [name for name, value in profile.switches.items() if callable(value) or isinstance(value, dict)]


def test_every_switch_has_at_least_two_values() -> None:
    for name in SWITCHES:
        assert len({Profile.of(minor)[name] for minor in MINORS}) > 1, name


def test_every_gate_changes_exactly_once_from_off_to_on() -> None:
    for name in GATES:
        states = [Profile.of(minor).gate(name) for minor in MINORS]
        assert states == sorted(states) and states[0] is False and states[-1] is True, name


@pytest.mark.parametrize(
    ("minor", "gate", "on", "switch", "value"),
    [
        ("1.21", "BoundServiceAccountTokenVolume", False, "mount", "secret"),
        ("1.20", "BoundServiceAccountTokenVolume", True, "mount", "projected"),
        ("1.24", "LegacyServiceAccountTokenNoAutoGeneration", False, "auto_token_secrets", True),
        ("1.10", "TokenRequest", True, "token_request", True),
        ("1.13", "RootCAConfigMap", True, "root_ca", "plain"),
        ("1.36", "RootCAConfigMap", False, "root_ca", "off"),
        ("1.26", "LegacyServiceAccountTokenTracking", True, "tracking", True),
        ("1.28", "LegacyServiceAccountTokenCleanUp", True, "cleaner", True),
        ("1.28", "LegacyServiceAccountTokenCleanUp", True, "invalid_since", False),
        ("1.29", "LegacyServiceAccountTokenCleanUp", False, "invalid_since", False),
        ("1.29", "ServiceAccountTokenJTI", True, "jti", True),
        ("1.30", "ServiceAccountTokenNodeBinding", True, "node_bound", True),
        ("1.32", "OrderedNamespaceDeletion", True, "pods_first", True),
        ("1.34", "TokenRequestServiceAccountUIDValidation", False, "token_uid_precondition", False),
        ("1.35", "ConstrainedImpersonation", True, "constrained_impersonation", True),
    ],
)
def test_flipping_a_gate_changes_what_depends_on_it(minor, gate, on, switch, value) -> None:
    profile = Profile.of(minor, {gate: on})
    assert profile.gate(gate) is on
    assert profile[switch] == value
    others = {name for name in GATES if name != gate}
    assert all(profile.gate(name) == Profile.of(minor).gate(name) for name in others)


def test_pick_takes_the_nearest_minor_below_as_numbers_not_as_text() -> None:
    table = {"1.10": "a", "1.20": "b", "1.36": "c"}
    assert [Profile.of(minor).pick(table) for minor in ("1.10", "1.19", "1.20", "1.35", "1.36")] == list("aabbc")


def test_a_table_that_starts_too_late_is_an_error_and_not_a_wrong_value() -> None:
    with pytest.raises(UsageError, match=r"no value for 1\.11: the table starts with 1\.12"):
        Profile.of("1.11").pick({"1.12": True})


@pytest.mark.parametrize(
    ("minor", "hint"),
    [
        ("1.9", 'a profile is named like "1.23"'),
        ("1.37", 'a profile is named like "1.23"'),
        ("latest", 'a profile is named like "1.23"'),
        ("v1.23", 'did you mean "1.23"?'),
        ("1.23.4", 'did you mean "1.23"?'),
        (1.2, 'write "1.20" as text?'),
    ],
)
def test_an_unknown_minor_is_refused_with_the_known_ones_and_a_hint(minor, hint) -> None:
    with pytest.raises(UsageError) as caught:
        Profile.of(minor)
    assert hint in str(caught.value)
    assert "Known are 1.10 to 1.36" in str(caught.value)


def test_an_unknown_gate_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="unknown feature gate 'TokenReqest': did you mean 'TokenRequest'"):
        Profile.of("1.10", {"TokenReqest": True})
    with pytest.raises(UsageError, match=r"unknown feature gate 'RootCA'.*RootCAConfigMap"):
        Profile.of("1.36").gate("RootCA")


def test_an_unknown_switch_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="unknown switch 'mounts': did you mean 'mount'"):
        Profile.of("1.36")["mounts"]


def test_a_gate_cannot_be_switched_on_before_it_exists_but_off_it_is_anyway() -> None:
    with pytest.raises(UsageError, match=r"TokenJTI' cannot be switched on in 1\.23: it came with 1\.29"):
        Profile.of("1.23", {"ServiceAccountTokenJTI": True})
    assert Profile.of("1.23", {"ServiceAccountTokenJTI": False}) == Profile.of("1.23")


def test_profiles_are_values() -> None:
    profile = Profile.of("1.28", {"LegacyServiceAccountTokenCleanUp": True})
    assert profile == Profile.of("1.28", {"LegacyServiceAccountTokenCleanUp": True}) != Profile.of("1.28")
    assert hash(profile) == hash(copy.deepcopy(profile))
    assert pickle.loads(pickle.dumps(profile)) == profile
    with pytest.raises(TypeError):
        profile.gates["TokenRequest"] = False  # type: ignore[index]


def test_profiles_of_a_kind_are_one_object() -> None:
    assert Profile.of("1.23") is Profile.of("1.23")
    assert Profile.of("1.23", {"TokenRequest": True}) is not Profile.of("1.23")
    assert hash(Profile.of("1.23", {"TokenRequest": True})) == hash(Profile.of("1.23", {"TokenRequest": True}))


def test_an_answer_belongs_to_its_table_even_when_tables_come_and_go() -> None:
    profile = Profile.of("1.23")
    assert [profile.pick({"1.10": number}) for number in range(5000)] == list(range(5000))
