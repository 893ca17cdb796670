"""YAML as Kubernetes writes it: keys sorted, words that look like something else in quotes."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from sanb.values import plain

_AMBIGUOUS: Final = re.compile(r"^(y|n|yes|no|on|off|Y|N|Yes|No|On|Off|YES|NO|ON|OFF)$")
_STRING: Final = "tag:yaml.org,2002:str"


class _Dumper(yaml.SafeDumper):
    """Writes everything out; no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if "\n" in value and not re.search(r"[ \t]\n|^\s", value):
        return dumper.represent_scalar(_STRING, value, style="|")
    tag = dumper.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    style = '"' if tag != _STRING or _AMBIGUOUS.match(value) or not value else None
    return dumper.represent_scalar(_STRING, value, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(value: Any) -> str:
    """A value as YAML with sorted keys."""
    text: str = yaml.dump(plain(value), Dumper=_Dumper, sort_keys=True, width=10**9, allow_unicode=True)
    return text
