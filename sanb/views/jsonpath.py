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
_INDEX: Final = re.compile(r"\s*(\*|-?\d*(:-?\d*){0,2}|-?\d+(,-?\d+)+)\s*")
_TEST: Final = re.compile(r"""^\s*@(?P<path>[^=!<>]*?)\s*(?:(?P<op>==|!=|<=|>=|<|>)\s*(?P<value>.+?)\s*)?$""")


class JsonPathError(ValueError):
    """The template cannot be read or finds nothing."""


class JsonPathRunError(JsonPathError):
    """The template can be read, but not on this object."""


def render(template: str, data: Any) -> str:
    """The template with each `{...}` replaced by what it finds.

    Raises:
        JsonPathError: it is no template, or a key is missing.
    """
    pieces = list(_pieces(template))
    text, rest = _render(pieces, 0, data, data)
    if rest != len(pieces) or _ends(pieces):
        raise JsonPathRunError("not in range, nothing to end")
    return text


def _ends(pieces: list[tuple[str, str]]) -> bool:
    """Whether there is an end without its range."""
    depth = 0
    for kind, text in pieces:
        if kind == "action":
            depth += text.startswith("range") - (text == "end")
            if depth < 0:
                return True
    return False


def find(path: str, data: Any, *, missing: bool = True) -> list[Any]:
    """All values at a path such as `.spec.containers[*].name`; `missing` keys are no error."""
    path = path.strip()
    path = path.removeprefix("$")
    path = path if path.startswith((".", "[")) or not path else f".{path}"
    if path.startswith(".\\"):
        raise JsonPathError("unrecognized character in action: U+005C '\\'")
    found = [data]
    for step in _steps(path):
        found = [value for one in found for value in _follow(one, step, missing)]
    return found


def _steps(path: str) -> list[re.Match[str]]:
    """The steps of a path, all read before the first is taken."""
    steps, place = [], 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None or step.end() == place:
            letter = path[place : place + 1]
            if letter == "[" or path[place : place + 2] == ".[":
                raise JsonPathError("unterminated array")
            raise JsonPathError(f"unrecognized character in action: U+{ord(letter):04X} '{letter}'")
        if step["quote"] == '"':
            raise JsonPathError(f'invalid array index "{step["quoted"]}"')
        if step["index"] is not None and not _INDEX.fullmatch(step["index"]):
            raise JsonPathError(f"invalid array index {step['index']}")
        steps.append(step)
        place = step.end()
    return steps


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
        return json.dumps(value, separators=(",", ":"), default=json_default, sort_keys=True)
    return str(value)


def _follow(value: Any, step: re.Match[str], missing: bool) -> list[Any]:
    if step["deep"] is not None:
        return list(_deep(value, step["deep"]))
    if step["filter"] is not None:
        items = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        return [one for one in items if _passes(one, step["filter"])]
    if step["index"] is not None:
        return _items(value, step["index"])
    if step["quoted"] is not None and "','" in step["quoted"]:
        names = step["quoted"].split("','")
        return [value[name] for name in names if isinstance(value, dict) and name in value]
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
        if value is None or index == "*":
            return []
        raise JsonPathRunError(f"{_KINDS.get(type(value), 'string')} is not array or slice")
    if index == "*":
        return list(value)
    if ":" in index:
        ends = [int(part) if part.strip() else None for part in index.split(":")]
        return value[slice(*ends)]
    return [value[_within(int(one), len(value))] for one in index.split(",")]


def _within(number: int, length: int) -> int:
    if not -length <= number < length:
        raise JsonPathRunError(f"array index out of bounds: index {number}, length {length}")
    return number


_KINDS: Final = {dict: "map", bool: "bool", int: "int64", float: "float64"}


def _deep(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        for inner in value.values():
            yield from _deep(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _deep(inner, name)


def _wanted(text: str, value: Any) -> str:
    """The right side of a comparison, as text."""
    if text[:1] in ("'", '"'):
        return text.strip("'\"")
    if text.startswith(("@", "$", ".")):
        found = find(text.lstrip("@$"), value)
        return show(found[0]) if found else ""
    if not re.fullmatch(r"[-+]?[\d.]+([eE][-+]?\d+)?|true|false|null", text):
        raise JsonPathRunError(f"unrecognized identifier {text}")
    return text


def _passes(value: Any, text: str) -> bool:
    test = _TEST.match(text)
    if test is None:
        raise JsonPathError(f"unrecognized filter {text}")
    found = find(test["path"], value)
    if test["op"] is None:
        return bool(found)
    wanted = _wanted(test["value"].strip(), value)
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
