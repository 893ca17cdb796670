"""Descriptions of roles and bindings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sanb.values import Obj, dig
from sanb.views.describe.common import Reader, heading

Row = tuple[str, str, str, str]


def role(obj: Obj, reader: Reader) -> str:
    """A Role or ClusterRole with its rules, compacted and sorted."""
    body = heading(obj, reader, namespace=False)
    body += "PolicyRule:\n  Resources\tNon-Resource URLs\tResource Names\tVerbs\n"
    body += "  ---------\t-----------------\t--------------\t-----\n"
    return body + "".join("  " + "\t".join(row) + "\n" for row in compact(obj.get("rules") or ()))


def binding(obj: Obj, reader: Reader) -> str:
    """A RoleBinding or ClusterRoleBinding with its subjects."""
    body = heading(obj, reader, namespace=False)
    body += f"Role:\n  Kind:\t{dig(obj, 'roleRef', 'kind')}\n  Name:\t{dig(obj, 'roleRef', 'name')}\n"
    body += "Subjects:\n  Kind\tName\tNamespace\n  ----\t----\t---------\n"
    subjects = obj.get("subjects") or ()
    return body + "".join(f"  {one['kind']}\t{one['name']}\t{one.get('namespace', '')}\n" for one in subjects)


def compact(rules: Iterable[Obj]) -> list[Row]:
    """Rules as rows of resources, URLs, names and verbs: one row per resource, sorted as kubectl sorts."""
    merged: dict[Any, list[str]] = {}
    for number, rule in enumerate(rules):
        for key in _keys(rule, number):
            verbs = merged.setdefault(key, [])
            verbs.extend(verb for verb in rule.get("verbs") or () if verb not in verbs)
    return [_row(key, verbs) for key, verbs in sorted(merged.items(), key=_order)]


def _keys(rule: Obj, number: int) -> list[tuple[str, str, str, str, int]]:
    """(group, resource, name, URL, tie): rules about URLs are never put together, so these have a tie of their own."""
    names: Sequence[str] = rule.get("resourceNames") or ("",)
    groups, resources = rule.get("apiGroups") or (), rule.get("resources") or ()
    keys = [(group, resource, name, "", 0) for group in groups for resource in resources for name in names]
    return keys + [("", "", "", url, number + 1) for url in rule.get("nonResourceURLs") or ()]


def _order(item: tuple[tuple[str, str, str, str, int], list[str]]) -> str:
    (group, resource, name, url, _), verbs = item
    parts = (" ".join(verbs), group, resource, name, url)
    return "".join(f"[{part}]," for part in parts)


def _row(key: tuple[str, str, str, str, int], verbs: list[str]) -> Row:
    group, resource, name, url, _ = key
    if group and resource:
        plural, slash, sub = resource.partition("/")
        resource = f"{plural}.{group}{slash}{sub}"
    return resource, f"[{url}]", f"[{name}]", f"[{' '.join(verbs)}]"
