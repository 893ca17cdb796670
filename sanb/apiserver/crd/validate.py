"""Structural schemas at work on objects: the faults of values, in the words of real servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.crd import goregexp
from sanb.apiserver.crd.formats import fits
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import shown
from sanb.apiserver.validation.rules import Rules

Schema = Mapping[str, Any]
Faults = list[FieldError]
WRONG_TYPE: Final = {"1.10": "FieldValueInvalid", "1.21": "FieldValueTypeInvalid"}
NOT_CHECKED: Final = (
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete"
    " validation"
)
RULES_CHECKED: Final = {"1.10": False, "1.25": True}
"""Whether the minor knows validation rules (gate CustomResourceValidationExpressions)."""
MANY_ITEMS: Final = {"1.10": "must have at most {} items", "1.31": "must have at most {} items"}


def faults(schema: Schema, value: Any, rules: Rules, path: str = "") -> Faults:
    """The faults of a value; none if the schema fits."""
    out: Faults = []
    _value(out, schema, value, path, rules)
    return out


def has_rules(schema: Any) -> bool:
    """Whether a schema has validation rules, which are not evaluated here."""
    if isinstance(schema, Mapping):
        return "x-kubernetes-validations" in schema or any(has_rules(part) for part in schema.values())
    return isinstance(schema, list) and any(has_rules(part) for part in schema)


def _value(out: Faults, schema: Schema, value: Any, path: str, rules: Rules) -> None:
    if value is None and schema.get("nullable"):
        return
    _type(out, schema, value, path, rules)
    _combined(out, schema, value, path, rules)
    if isinstance(value, str):
        _string(out, schema, value, path, rules)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _number(out, schema, value, path)
    elif isinstance(value, list):
        _list(out, schema, value, path, rules)
    allowed = schema.get("enum")
    if allowed is not None and value not in allowed:
        out.append(status.unsupported_shown(path, _shown(value), [_printed(one) for one in allowed]))
    if isinstance(value, dict):
        _object(out, schema, value, path, rules)


def _shown(value: Any) -> str:
    return status.quoted(value) if isinstance(value, str) else shown.as_json(value)


def _printed(value: Any) -> str:
    return value if isinstance(value, str) else shown.as_json(value)


def _invalid(path: str, value: Any, why: str) -> FieldError:
    return status.invalid_shown(path or "<nil>", _shown(value), why)


_KINDS: Final[dict[Any, str]] = {str: "string", dict: "object", list: "array"}


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _KINDS.get(type(value), "string")


def _type(out: Faults, schema: Schema, value: Any, path: str, rules: Rules) -> None:
    wanted, found = schema.get("type"), _kind(value)
    if schema.get("x-kubernetes-int-or-string"):
        if found not in ("integer", "string"):
            _mistyped(out, found, "integer,string", path, rules)
    elif wanted and found != wanted and not (wanted == "number" and found == "integer"):
        _mistyped(out, found, str(wanted), path, rules)
    elif wanted == "string" and (form := schema.get("format")) and not fits(form, value):
        text = f"{path} in body must be of type {form}: {status.quoted(value)}"
        out.append(_typed(path, status.quoted(value), text, rules))


def _mistyped(out: Faults, found: str, wanted: str, path: str, rules: Rules) -> None:
    text = f"{path} in body must be of type {wanted}: {status.quoted(found)}"
    out.append(_typed(path, status.quoted(found), text, rules))


def _typed(path: str, value: str, text: str, rules: Rules) -> FieldError:
    return status.invalid_shown(path, value, text)._replace(reason=rules.profile.pick(WRONG_TYPE))


def _string(out: Faults, schema: Schema, value: str, path: str, rules: Rules) -> None:
    most, least, pattern = schema.get("maxLength"), schema.get("minLength"), schema.get("pattern")
    if most is not None and len(value) > most:
        out.append(status.too_long(path, rules.size.format(most)))
    if least is not None and len(value) < least:
        out.append(_invalid(path, value, f"{path} in body should be at least {least} chars long"))
    if pattern and (compiled := goregexp.read(pattern).python) is not None and compiled.search(value) is None:
        out.append(_invalid(path, value, f"{path} in body should match '{pattern}'"))


def _number(out: Faults, schema: Schema, value: float, path: str) -> None:
    step, most, least = schema.get("multipleOf"), schema.get("maximum"), schema.get("minimum")
    if step and value % step:
        out.append(_invalid(path, value, f"{path} in body should be a multiple of {_printed(step)}"))
    if most is not None and (value > most or (schema.get("exclusiveMaximum") and value == most)):
        word = "less than" if schema.get("exclusiveMaximum") else "less than or equal to"
        out.append(_invalid(path, value, f"{path} in body should be {word} {_printed(most)}"))
    if least is not None and (value < least or (schema.get("exclusiveMinimum") and value == least)):
        word = "greater than" if schema.get("exclusiveMinimum") else "greater than or equal to"
        out.append(_invalid(path, value, f"{path} in body should be {word} {_printed(least)}"))


def _list(out: Faults, schema: Schema, value: list[Any], path: str, rules: Rules) -> None:
    least, most, items = schema.get("minItems"), schema.get("maxItems"), schema.get("items")
    if isinstance(items, Mapping):
        for number, item in enumerate(value):
            _value(out, items, item, f"{path}[{number}]", rules)
    if least is not None and len(value) < least:
        out.append(_invalid(path, len(value), f"{path} in body should have at least {least} items"))
    if most is not None and len(value) > most:
        detail = f"Too many: {len(value)}: must have at most {most} items"
        out.append(FieldError(path, "FieldValueTooMany", detail))
    kind = schema.get("x-kubernetes-list-type")
    if kind in ("set", "map"):
        _distinct(out, value, schema.get("x-kubernetes-list-map-keys") if kind == "map" else None, path)


def _distinct(out: Faults, value: list[Any], keys: Sequence[str] | None, path: str) -> None:
    """Items of a set are distinct, those of a map by their keys."""
    seen: set[str] = set()
    for number, item in enumerate(value):
        what = item if keys is None or not isinstance(item, dict) else {key: item[key] for key in keys if key in item}
        text = shown.as_json(what)
        if text in seen:
            detail = f"Duplicate value: {_shown(what)}"
            out.append(FieldError(f"{path}[{number}]", "FieldValueDuplicate", detail))
        seen.add(text)


def _object(out: Faults, schema: Schema, value: dict[str, Any], path: str, rules: Rules) -> None:
    least, most = schema.get("minProperties"), schema.get("maxProperties")
    if least is not None and len(value) < least:
        out.append(_invalid(path, len(value), f"{path} in body should have at least {least} properties"))
    if most is not None and len(value) > most:
        detail = f"Too many: {len(value)}: must have at most {most} items"
        out.append(FieldError(path, "FieldValueTooMany", detail))
    for name in schema.get("required") or ():
        if name not in value:
            out.append(status.required(f"{path}.{name}" if path else name))
    properties, rest = schema.get("properties") or {}, schema.get("additionalProperties")
    for name, item in value.items():
        inner = properties.get(name)
        if inner is None and isinstance(rest, Mapping):
            inner = rest
        if inner is not None:
            _value(out, inner, item, f"{path}.{name}" if path else name, rules)


def _combined(out: Faults, schema: Schema, value: Any, path: str, rules: Rules) -> None:
    """anyOf, oneOf, allOf and not; what int-or-string is made of is left to the type."""
    if schema.get("x-kubernetes-int-or-string") and "anyOf" in schema:
        return
    any_of, one_of, all_of, no = (schema.get(word) for word in ("anyOf", "oneOf", "allOf", "not"))
    name = f'"{path}"'
    if any_of and not any(not faults(one, value, rules, path) for one in any_of):
        out.append(_unfit(path, f"{name} must validate at least one schema (anyOf)"))
        out.extend(_fewest(any_of, value, rules, path))
    if one_of:
        fitting = sum(not faults(one, value, rules, path) for one in one_of)
        if fitting != 1:
            found = "none valid" if not fitting else f"{fitting} valid alternatives"
            out.append(_unfit(path, f"{name} must validate one and only one schema (oneOf). Found {found}"))
            if not fitting:
                out.extend(_fewest(one_of, value, rules, path))
    if all_of:
        wrong = [fault for one in all_of if (fault := faults(one, value, rules, path))]
        if wrong:
            more = ". None validated" if len(wrong) == len(all_of) else ""
            out.append(_unfit(path, f"{name} must validate all the schemas (allOf){more}"))
            for some in wrong:
                out.extend(some)
    if no is not None and not faults(no, value, rules, path):
        out.append(_unfit(path, f"{name} must not validate the schema (not)"))


def _fewest(schemas: Sequence[Schema], value: Any, rules: Rules, path: str) -> Faults:
    """The faults of the schema that fits best."""
    found = [faults(one, value, rules, path) for one in schemas]
    return min(found, key=lambda some: len(some))


def _unfit(path: str, text: str) -> FieldError:
    return status.invalid_shown(path or "<nil>", '""', text)
