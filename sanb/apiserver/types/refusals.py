"""What the server's decoder says about a value of the wrong type: three decoders in the history of the API."""

from __future__ import annotations

import json
from typing import Final

from sanb.apiserver.types.base import Type
from sanb.apiserver.types.readers import Wrong, go_type, json_kind
from sanb.values import json_default

DECODERS: Final = {"1.10": ": ", "1.11": ".", "1.23": ""}
"""What stands between type and field in the texts of the first two; the third names only the innermost struct."""
_BLANK: Final = " \t\r\n"
_NEAR, _FAR = 10, 50
_OPERATIONS: Final = {
    "string": ("ReadString", 'expects " or n, but found '),
    "bool": ("ReadBool", "expect t or f, but found "),
}


def sentence(wrong: Wrong, root: Type, body: object, joint: str, text: str = "") -> str:
    """Why the body cannot be read. `joint` is the row of DECODERS; `text` the body's JSON text if it is known."""
    if joint:
        return _long(wrong, root, body, joint, text)
    if wrong.text:
        return wrong.text
    structs = [step for step in wrong.path if isinstance(step, tuple)]
    found = json_kind(wrong.value)
    if found == "number" and wrong.wanted.startswith("int"):
        found = f"number {wrong.value!r}"
    if not structs:
        return f"json: cannot unmarshal {found} into Go value of type {wrong.wanted}"
    path = ".".join(field.name for _, field in reversed(structs))
    return f"json: cannot unmarshal {found} into Go struct field {structs[0][0].name}.{path} of type {wrong.wanted}"


def _long(wrong: Wrong, root: Type, body: object, joint: str, text: str) -> str:
    """The text of the decoder that led through all types and showed the surroundings."""
    text = text or json.dumps(body, separators=(",", ":"), ensure_ascii=False, default=json_default)
    start = _position(text, [step[1].name if isinstance(step, tuple) else step for step in reversed(wrong.path)])
    operation, complaint, head = _complaint(wrong, text, start)
    near, far = text[max(0, head - _NEAR):head + _NEAR], text[max(0, head - _FAR):head + _FAR]
    return (
        f"{_trail(wrong, joint)}{operation}: {complaint}, error found in #{min(head, _NEAR)} byte of ...|{near}|..., "
        f"bigger context ...|{far}|..."
    )


def _trail(wrong: Wrong, joint: str) -> str:
    parts = []
    for step in reversed(wrong.path):
        if isinstance(step, tuple):
            struct, field = step
            parts.append(f"v1.{struct.name}{joint}{field.go}: ")
            kind = field
        elif isinstance(step, int):
            parts.append(f"{go_type(kind)}: ")
    return "".join(parts)


def _complaint(wrong: Wrong, text: str, start: int) -> tuple[str, str, int]:
    """The reading step that failed, its complaint, and how far the text had been read."""
    first = text[start:start + 1]
    if wrong.text:
        _, end = json.JSONDecoder().raw_decode(text, start)
        operation = "decode base64" if wrong.wanted == "[]uint8" else "unmarshalerDecoder"
        return operation, wrong.text, end
    if wrong.wanted in ("int32", "int64"):
        bits = wrong.wanted[3:]
        if isinstance(wrong.value, float):
            head = start + len(repr(int(wrong.value)))
            return "assertInteger", "can not decode float as int", head
        return f"readUint{bits}", "unexpected character: \ufffd", start + 1
    if wrong.wanted.startswith("[]"):
        return "decode slice", f"expect [ or n, but found {first}", start + 1
    if wrong.wanted.startswith("map[") or wrong.wanted == "v1.ResourceList":
        return "ReadMapCB", f"expect {{ or n, but found {first}", start + 1
    if wrong.wanted.startswith("v1.") and _is_struct(wrong):
        return "readObjectStart", f"expect {{ or n, but found {first}", start + 1
    operation, complaint = _OPERATIONS["bool" if wrong.wanted == "bool" else "string"]
    return operation, complaint + first, start + 1


def _is_struct(wrong: Wrong) -> bool:
    """Whether a struct was expected (and not a text whose type has a name of its own)."""
    fields = [step[1] for step in wrong.path if isinstance(step, tuple)]
    return not fields or fields[0].type is not None


def _position(text: str, path: list[str | int]) -> int:
    """Where in a JSON text the value at a path begins."""
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    for step in path:
        at = _skip(text, at + 1)
        key: str | int = 0
        while True:
            if isinstance(step, str):
                key, at = decoder.raw_decode(text, at)
                at = _skip(text, _skip(text, at) + 1)
            if key == step:
                break
            _, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
            key = key + 1 if isinstance(key, int) else key
    return at


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at
