"""Probes and lifecycle hooks of containers."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation.names import header, port_number
from sanb.apiserver.validation.rules import Rules

Obj = dict[str, Any]
NOT_NEGATIVE: Final = "must be greater than or equal to 0"
_NUMBERS: Final = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def not_negative(out: list[FieldError], value: int | None, path: str) -> None:
    """A number of something."""
    if value is not None and value < 0:
        out.append(status.invalid_value(path, value, NOT_NEGATIVE))


def port(out: list[FieldError], value: int | str, path: str, rules: Rules) -> None:
    """A port by number or by name."""
    texts = rules.names.port_name(value) if isinstance(value, str) else port_number(value)
    out.extend(status.invalid_value(path, value, text) for text in texts)


def handler(out: list[FieldError], given: Obj, kinds: tuple[str, ...], grace: int | None, path: str,
            rules: Rules) -> None:
    """Exactly one of the kinds of handler."""
    found = ""
    for kind in kinds:
        action = given.get(kind)
        if action is None:
            continue
        if found:
            out.append(status.field_forbidden(f"{path}.{kind}", "may not specify more than 1 handler type"))
        else:
            found = kind
            _ACTIONS[kind](out, action, grace, f"{path}.{kind}", rules)
    if not found:
        out.append(status.required(path, "must specify a handler type"))


def _exec(out: list[FieldError], action: Obj, grace: int | None, path: str, rules: Rules) -> None:
    if not action.get("command"):
        out.append(status.required(f"{path}.command"))


def _http(out: list[FieldError], action: Obj, grace: int | None, path: str, rules: Rules) -> None:
    if not action.get("path"):
        out.append(status.required(f"{path}.path"))
    port(out, action.get("port", 0), f"{path}.port", rules)
    scheme = action.get("scheme", "")
    if scheme not in ("HTTP", "HTTPS"):
        out.append(status.unsupported(f"{path}.scheme", scheme, ("HTTP", "HTTPS")))
    for item in action.get("httpHeaders") or ():
        name = item.get("name", "")
        out.extend(status.invalid_value(f"{path}.httpHeaders", name, text) for text in header(name))


def _socket(out: list[FieldError], action: Obj, grace: int | None, path: str, rules: Rules) -> None:
    port(out, action.get("port", 0), f"{path}.port", rules)


def _sleep(out: list[FieldError], action: Obj, grace: int | None, path: str, rules: Rules) -> None:
    seconds = action.get("seconds", 0)
    if grace is not None and not 0 <= seconds <= grace:
        detail = f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
        out.append(status.invalid_value(path, seconds, detail))


_ACTIONS: Final = {"exec": _exec, "httpGet": _http, "tcpSocket": _socket, "grpc": _socket, "sleep": _sleep}


def probe(out: list[FieldError], given: Obj, kind: str, path: str, rules: Rules) -> None:
    """One probe; `kind` is its field: livenessProbe, readinessProbe or startupProbe."""
    path = f"{path}.{kind}"
    handler(out, given, rules.handlers, None, path, rules)
    for field in _NUMBERS:
        not_negative(out, given.get(field), f"{path}.{field}")
    grace = given.get("terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        out.append(status.invalid_value(f"{path}.terminationGracePeriodSeconds", grace, "must be greater than 0"))
    if kind == "readinessProbe":
        if grace is not None:
            detail = "must not be set for readinessProbes"
            out.append(status.invalid_value(f"{path}.terminationGracePeriodSeconds", grace, detail))
    elif (threshold := given.get("successThreshold", 1)) != 1:
        out.append(status.invalid_value(f"{path}.successThreshold", threshold, "must be 1"))


def lifecycle(out: list[FieldError], given: Obj, grace: int | None, path: str, rules: Rules) -> None:
    """The hooks after start and before stop."""
    for hook in ("postStart", "preStop"):
        if (found := given.get(hook)) is not None:
            handler(out, found, rules.hooks, grace, f"{path}.lifecycle.{hook}", rules)
