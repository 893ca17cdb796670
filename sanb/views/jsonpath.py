"""kubectl's JSONPath templates, as far as `-o jsonpath` is used in practice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from sanb.values import json_default

_STEP: Final = re.compile(
    r"""\.\.(?P<deep>[\w-]+)|\.?\[(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\]|\.?\[\?\((?P<filter>.*?)\)\]"""
    r"""|\.?\[(?P<index>[^\]]*)\]|\.(?P<name>(?:\\.|[^.\[\]\\{}])+|\*)|\.$"""
)
_TEST: Final = re.compile(r"""^\s*@(?P<path>[^=!<>]*?)\s*(?:(?P<op>==|!=|<=|>=|<|>)\s*(?P<value>.+?)\s*)?$""")


class JsonPathError(ValueError):
    """The template cannot be read or finds nothing."""


def render(template: str, data: Any) -> str:
    """The template with each `{...}` replaced by what it finds.

    Raises:
        JsonPathError: it is no template, or a key is missing.
    """
    pieces = list(_pieces(template))
    text, rest = _render(pieces, 0, data, data)
    if rest != len(pieces):
        raise JsonPathError("not in range, nothing to end")
    return text


def find(path: str, data: Any, *, missing: bool = True) -> list[Any]:
    """All values at a path such as `.spec.containers[*].name`; `missing` keys are no error."""
    path = path.strip()
    path = path.removeprefix("$")
    path = path if path.startswith((".", "[")) or not path else f".{path}"
    found, place = [data], 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None or step.end() == place:
            raise JsonPathError(f"unrecognized character in action: {path[place : place + 1]!r}")
        found = [value for one in found for value in _follow(one, step, missing)]
        place = step.end()
    return found


def _pieces(template: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(template):
        start = template.find("{", place)
        if start < 0:
            yield "text", template[place:]
            return
        if start > place:
            yield "text", template[place:start]
        end = _closing(template, start)
        yield "action", template[start + 1 : end].strip()
        place = end + 1


def _closing(template: str, start: int) -> int:
    quote = ""
    for place in range(start + 1, len(template)):
        letter = template[place]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "}":
            return place
    raise JsonPathError("unclosed action")


def _render(pieces: list[tuple[str, str]], place: int, here: Any, root: Any) -> tuple[str, int]:
    out = []
    while place < len(pieces):
        kind, text = pieces[place]
        place += 1
        if kind == "text":
            out.append(text)
        elif text == "end":
            return "".join(out), place
        elif text.startswith("range"):
            after = place
            for one in find(text[5:], here):
                shown, after = _render(pieces, place, one, root)
                out.append(shown)
            place = after if after != place else _skip(pieces, place)
        else:
            out.append(_action(text, here, root))
    return "".join(out), place


def _skip(pieces: list[tuple[str, str]], place: int) -> int:
    depth = 1
    while place < len(pieces) and depth:
        kind, text = pieces[place]
        depth += (kind == "action" and text.startswith("range")) - (kind == "action" and text == "end")
        place += 1
    return place


def _action(text: str, here: Any, root: Any) -> str:
    if text[:1] in "'\"" and text:
        return text[1:-1].replace("\\n", "\n").replace("\\t", "\t")
    start, path = (root, text[1:]) if text.startswith("$") else (here, text.removeprefix("@"))
    return " ".join(show(value) for value in find(path, start, missing=False))


def show(value: Any) -> str:
    """One value as text: strings bare, the rest as JSON."""
    if isinstance(value, (dict, list, bool)) or value is None:
        return json.dumps(value, separators=(",", ":"), default=json_default)
    return str(value)


def _follow(value: Any, step: re.Match[str], missing: bool) -> list[Any]:
    if step["deep"] is not None:
        return list(_deep(value, step["deep"]))
    if step["filter"] is not None:
        items = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        return [one for one in items if _passes(one, step["filter"])]
    if step["index"] is not None:
        return _items(value, step["index"])
    name = step["quoted"] if step["quoted"] is not None else re.sub(r"\\(.)", r"\1", step["name"] or "")
    if not name:
        return [value]
    if name == "*":
        return _items(value, "*")
    if isinstance(value, dict) and name in value:
        return [value[name]]
    if not missing and not isinstance(value, dict):
        raise JsonPathError(f"{name} is not found")
    return []


def _items(value: Any, index: str) -> list[Any]:
    if index == "*" and isinstance(value, dict):
        return list(value.values())
    if not isinstance(value, list):
        return []
    if index == "*":
        return list(value)
    try:
        if ":" in index:
            first, _, last = index.partition(":")
            return value[int(first) if first else None : int(last) if last else None]
        number = int(index)
    except ValueError:
        raise JsonPathError(f"invalid array index {index}") from None
    if not -len(value) <= number < len(value):
        raise JsonPathError(f"array index out of bounds: index {number}, length {len(value)}")
    return [value[number]]


def _deep(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        for inner in value.values():
            yield from _deep(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _deep(inner, name)


def _passes(value: Any, text: str) -> bool:
    test = _TEST.match(text)
    if test is None:
        raise JsonPathError(f"unrecognized filter {text}")
    found = find(test["path"], value)
    if test["op"] is None:
        return bool(found)
    wanted = test["value"].strip("'\"")
    got = show(found[0]) if found else ""
    match test["op"]:
        case "==":
            return bool(found) and got == wanted
        case "!=":
            return bool(found) and got != wanted
    try:
        left, right = float(got), float(wanted)
    except ValueError:
        return False
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[test["op"]]
