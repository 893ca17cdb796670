"""Label selectors as objects carry them: their faults."""

from __future__ import annotations

from typing import Any

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation.metadata import labels
from sanb.apiserver.validation.rules import Rules

VALUES_NEEDED = "must be specified when `operator` is 'In' or 'NotIn'"
VALUES_REFUSED = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"


def label_selector(out: list[FieldError], selector: dict[str, Any], path: str, rules: Rules) -> None:
    """The faults of a selector."""
    labels(out, selector.get("matchLabels") or {}, f"{path}.matchLabels", rules)
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        _expression(out, expression, f"{path}.matchExpressions[{index}]", rules)


def _expression(out: list[FieldError], expression: dict[str, Any], path: str, rules: Rules) -> None:
    operator, values = expression.get("operator", ""), expression.get("values") or []
    if operator in ("In", "NotIn"):
        if not values:
            out.append(status.required(f"{path}.values", VALUES_NEEDED))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            out.append(status.field_forbidden(f"{path}.values", VALUES_REFUSED))
    else:
        out.append(status.invalid_value(f"{path}.operator", operator, "not a valid selector operator"))
    key = expression.get("key", "")
    out.extend(status.invalid_value(f"{path}.key", key, text) for text in rules.names.qualified(key))
    if rules.selector_values:
        for index, value in enumerate(values):
            texts = rules.names.label_value(value)
            out.extend(status.invalid_value(f"{path}.values[{index}]", value, text) for text in texts)


def usable(selector: dict[str, Any]) -> bool:
    """Whether the selector can be turned into a test: its operators are known and have the values they need."""
    for expression in selector.get("matchExpressions") or ():
        operator, values = expression.get("operator"), expression.get("values")
        if operator not in ("In", "NotIn", "Exists", "DoesNotExist") or bool(values) != (operator in ("In", "NotIn")):
            return False
    return True
