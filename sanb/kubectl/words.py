"""Words of command lines that several commands read the same way."""

from __future__ import annotations

from typing import Any

from sanb.kubectl.result import error
from sanb.store import selectors
from sanb.values import Obj


def pairs(text: str) -> dict[str, str]:
    """The pairs of `a=b,c=d`.

    Raises:
        Failure: a part has no sign of equality.
    """
    parts = [part for part in text.split(",") if part]
    if not all("=" in part and part.partition("=")[0] for part in parts):
        raise error(f"unexpected label spec: {text}")
    return dict(part.partition("=")[::2] for part in parts)


def selector_of(text: str) -> Obj:
    """The LabelSelector that a selector of the command line means.

    Raises:
        Failure: it is none.
    """
    try:
        found = selectors.parse_labels(text)
    except ValueError as problem:
        raise error(str(problem)) from None
    labels: Obj = {}
    expressions: list[Any] = []
    words = {"in": "In", "notin": "NotIn", "!=": "NotIn", "exists": "Exists", "!": "DoesNotExist"}
    for key, operator, values in found.requirements:
        if operator in ("=", "=="):
            labels[key] = next(iter(values))
        else:
            entry = {"key": key, "operator": words.get(operator, operator)}
            expressions.append({**entry, "values": sorted(values)} if values else entry)
    more = {"matchExpressions": expressions} if expressions else {}
    return {**more, **({"matchLabels": labels} if labels else {})}
