"""Rules of names, labels and keys, in the words of one minor; every answer is remembered."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sanb.profiles.profile import Profile

Texts = tuple[str, ...]

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035: Final = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE: Final = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
_CONFIG_KEY: Final = "[-._a-zA-Z0-9]+"
_ENV_NAME: Final = "[-._a-zA-Z][-._a-zA-Z0-9]*"
_HEADER: Final = "[-A-Za-z0-9]+"
_PERCENT: Final = "[0-9]+%"
_RULES: Final = (_LABEL, _SUBDOMAIN, _LABEL_1035, _QUALIFIED, _LABEL_VALUE, _CONFIG_KEY, _ENV_NAME, _HEADER, _PERCENT)
_COMPILED: Final = {rule: re.compile(rule) for rule in _RULES}

_ALPHANUMERIC: Final = "and must start and end with an alphanumeric character"
_EMPTY: Final = "must be non-empty"

LENGTH_UNIT: Final = {"1.10": "characters", "1.32": "bytes"}
"""What a limit of length is counted in, in the words of the message."""
DOTS_NAMED: Final = {"1.10": False, "1.33": True}
"""Whether a label that would be a fine subdomain is refused with "must not contain dots"."""
RELAXED_ENV: Final = {"1.10": False, "1.32": True}
"""Whether a variable's name may be any printable ASCII but "=" (gate RelaxedEnvironmentVariableValidation)."""
CACHED: Final = 1 << 15


def _fits(rule: str, value: str) -> bool:
    return _COMPILED[rule].fullmatch(value) is not None


def _told(sentence: str, rule: str, *examples: str) -> str:
    """The sentence with examples and the rule itself, put together as Kubernetes does it."""
    listed = " or ".join(f"'{example}', " for example in examples)
    return f"{sentence} (e.g. {listed}regex used for validation is '{rule}')"


class Names:
    """What is wrong with a name, rule by rule: an empty tuple, or the texts of its faults."""

    def __init__(self, profile: Profile) -> None:
        lower = "a DNS-1123" if profile["name_rule"] == "DNS-1123" else "a lowercase RFC 1123"
        self._unit = profile.pick(LENGTH_UNIT)
        self._dots = profile.pick(DOTS_NAMED)
        self._relaxed = profile.pick(RELAXED_ENV)
        self._label_text = f"{lower} label must consist of lower case alphanumeric characters or '-', {_ALPHANUMERIC}"
        self._subdomain_text = (
            f"{lower} subdomain must consist of lower case alphanumeric characters, '-' or '.', {_ALPHANUMERIC}"
        )
        cached = lru_cache(CACHED)
        self.label = cached(self._label)
        self.subdomain = cached(self._subdomain)
        self.service = cached(self._service)
        self.qualified = cached(self._qualified)
        self.label_value = cached(self._label_value)
        self.annotation = cached(self._annotation)
        self.config_key = cached(self._config_key)
        self.variable = cached(self._variable)

    def too_long(self, limit: int) -> str:
        """The text about a value that is longer than `limit`."""
        return f"must be no more than {limit} {self._unit}"

    def _label(self, value: str) -> Texts:
        """A DNS label: containers, volumes, namespaces."""
        faults = [self.too_long(63)] if len(value) > 63 else []
        if not _fits(_LABEL, value):
            dotted = self._dots and _fits(_SUBDOMAIN, value)
            faults.append("must not contain dots" if dotted else _told(self._label_text, _LABEL, "my-name", "123-abc"))
        return tuple(faults)

    def _subdomain(self, value: str) -> Texts:
        """A DNS subdomain: the name of most kinds."""
        faults = [self.too_long(253)] if len(value) > 253 else []
        if not _fits(_SUBDOMAIN, value):
            faults.append(_told(self._subdomain_text, _SUBDOMAIN, "example.com"))
        return tuple(faults)

    def _service(self, value: str) -> Texts:
        """A label that begins with a letter: Services."""
        faults = [self.too_long(63)] if len(value) > 63 else []
        if not _fits(_LABEL_1035, value):
            sentence = (
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-',"
                " start with an alphabetic character, and end with an alphanumeric character"
            )
            faults.append(_told(sentence, _LABEL_1035, "my-name", "abc-123"))
        return tuple(faults)

    def _qualified(self, value: str) -> Texts:
        """A name with an optional prefix: keys of labels, finalizers."""
        sentence = f"must consist of alphanumeric characters, '-', '_' or '.', {_ALPHANUMERIC}"
        told = _told(sentence, _QUALIFIED, "MyName", "my.name", "123-abc")
        prefix, slash, name = value.rpartition("/")
        if "/" in prefix:
            optional = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            return (f"a qualified name {told}{optional}",)
        faults = []
        if slash:
            wrong = self.subdomain(prefix) if prefix else (_EMPTY,)
            faults += [f"prefix part {text}" for text in wrong]
        if not name:
            faults.append(f"name part {_EMPTY}")
        elif len(name) > 63:
            faults.append(f"name part {self.too_long(63)}")
        if not _fits(_QUALIFIED, name):
            faults.append(f"name part {told}")
        return tuple(faults)

    def _annotation(self, value: str) -> Texts:
        """The key of an annotation: case does not matter."""
        return self.qualified(value.lower())

    def _label_value(self, value: str) -> Texts:
        """The value of a label."""
        faults = [self.too_long(63)] if len(value) > 63 else []
        if not _fits(_LABEL_VALUE, value):
            sentence = (
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                f" {_ALPHANUMERIC}"
            )
            faults.append(_told(sentence, _LABEL_VALUE, "MyValue", "my_value", "12345"))
        return tuple(faults)

    def _config_key(self, value: str) -> Texts:
        """A key of a Secret or a ConfigMap."""
        faults = [self.too_long(253)] if len(value) > 253 else []
        if not _fits(_CONFIG_KEY, value):
            sentence = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
            faults.append(_told(sentence, _CONFIG_KEY, "key.name", "KEY_NAME", "key-name"))
        return (*faults, *_climbing(value))

    def _variable(self, value: str) -> Texts:
        """The name of an environment variable."""
        if self._relaxed:
            if all(" " <= character <= "~" and character != "=" for character in value):
                return ()
            return ("a valid environment variable name must consist only of printable ASCII characters other than '='",)
        faults = []
        if not _fits(_ENV_NAME, value):
            sentence = (
                "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.',"
                " and must not start with a digit"
            )
            faults.append(_told(sentence, _ENV_NAME, "my.env-name", "MY_ENV.NAME", "MyEnvName1"))
        return (*faults, *_climbing(value))

    def port_name(self, value: str) -> Texts:
        """The name of a port."""
        faults = [self.too_long(15)] if len(value) > 15 else []
        if not re.fullmatch("[-a-z0-9]+", value):
            faults.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        if not re.search("[a-z]", value):
            faults.append("must contain at least one letter (a-z)")
        if "--" in value:
            faults.append("must not contain consecutive hyphens")
        if value.startswith("-") or value.endswith("-"):
            faults.append("must not begin or end with a hyphen")
        return tuple(faults)


def _climbing(value: str) -> Texts:
    """Names that could leave a directory."""
    if value in (".", ".."):
        return (f"must not be '{value}'",)
    return ("must not start with '..'",) if value.startswith("..") else ()


def path_segment(value: str) -> Texts:
    """A name that can stand in a URL: the only rule for roles and their bindings."""
    if value in (".", ".."):
        return (f"may not be '{value}'",)
    return tuple(f"may not contain '{character}'" for character in "/%" if character in value)


def port_number(value: int) -> Texts:
    """A port."""
    return () if 1 <= value <= 65535 else (between(1, 65535),)


def header(value: str) -> Texts:
    """The name of an HTTP header."""
    if _fits(_HEADER, value):
        return ()
    return (_told("a valid HTTP header must consist of alphanumeric characters or '-'", _HEADER, "X-Header-Name"),)


def percent(value: str) -> Texts:
    """A share, such as 25%."""
    if _fits(_PERCENT, value):
        return ()
    return (
        _told("a valid percent string must be a numeric string followed by an ending '%'", _PERCENT, "1%", "93%"),
    )


def between(low: int, high: int) -> str:
    """The text about a number out of its range."""
    return f"must be between {low} and {high}, inclusive"


def masked(prefix: str) -> str:
    """A generateName as a name: a dash at its end would be followed by something."""
    return prefix[:-2] + "a" if prefix.endswith("-") and len(prefix) > 1 else prefix
