"""Endpoints and EndpointSlices."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import containers, metadata
from sanb.apiserver.validation.names import port_number
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

ADDRESS: Final = {
    "1.10": "must be a valid IP address, (e.g. 10.9.8.7)",
    "1.18": "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
}
KINDS: Final = ("FQDN", "IPv4", "IPv6")
MOST: Final = 1000
"""Endpoints of one slice."""
MOST_PORTS: Final = 100
_SPECIAL: Final = (
    ("is_unspecified", "may not be unspecified (0.0.0.0 or ::)"),
    ("is_loopback", "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
    ("is_link_local", "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
)
_MULTICAST: Final = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"


def endpoints(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new Endpoints."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    for index, subset in enumerate(obj.get("subsets") or ()):
        _subset(out, subset, f"subsets[{index}]", rules)


def endpoints_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed Endpoints."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    endpoints(out, new, rules)


def _subset(out: list[FieldError], subset: Obj, path: str, rules: Rules) -> None:
    if not subset.get("addresses") and not subset.get("notReadyAddresses"):
        out.append(status.required(path, "must specify `addresses` or `notReadyAddresses`"))
    for field in ("addresses", "notReadyAddresses"):
        for index, address in enumerate(subset.get(field) or ()):
            _address(out, address.get("ip") or "", f"{path}.{field}[{index}].ip", rules)
    ports = subset.get("ports") or ()
    for index, port in enumerate(ports):
        here, name, number = f"{path}.ports[{index}]", port.get("name") or "", port.get("port") or 0
        if not name and len(ports) > 1:
            out.append(status.required(f"{here}.name"))
        elif name:
            out.extend(status.invalid_value(f"{here}.name", name, text) for text in rules.names.label(name))
        out.extend(status.invalid_value(f"{here}.port", number, text) for text in port_number(number))
        containers.protocol(out, port.get("protocol", "TCP"), f"{here}.protocol", rules)


def _address(out: list[FieldError], text: str, path: str, rules: Rules) -> None:
    try:
        found: Any = ipaddress.ip_address(text)
    except ValueError:
        out.append(status.invalid_value(path, text, rules.profile.pick(ADDRESS)))
        return
    for kind, fault in _SPECIAL:
        if getattr(found, kind):
            out.append(status.invalid_value(path, text, fault))
    if found.is_multicast and (text.startswith("224.0.0.") or text.lower().startswith("ff02")):
        out.append(status.invalid_value(path, text, _MULTICAST))


def endpoint_slice(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new EndpointSlice."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _slice(out, obj, rules)


def endpoint_slice_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed EndpointSlice: the kind of its addresses stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _slice(out, new, rules)
    if new.get("addressType") != old.get("addressType"):
        out.append(status.invalid_value("addressType", new.get("addressType") or "", metadata.IMMUTABLE))


def _slice(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    kind = obj.get("addressType") or ""
    if not kind:
        out.append(status.required("addressType"))
    elif kind not in KINDS:
        out.append(status.unsupported("addressType", kind, KINDS))
    for field, most in (("endpoints", MOST), ("ports", MOST_PORTS)):
        count = len(obj.get(field) or ())
        if count > most:
            out.append(FieldError(field, "FieldValueTooMany", f"Too many: {count}: must have at most {most} items"))
            return
    for index, endpoint in enumerate(obj.get("endpoints") or ()):
        path = f"endpoints[{index}].addresses"
        if not endpoint.get("addresses"):
            out.append(status.required(path, "must contain at least 1 address"))
        for number, text in enumerate(endpoint.get("addresses") or ()):
            if kind == "FQDN":
                found = rules.names.subdomain(text)
                out.extend(status.invalid_value(f"{path}[{number}]", text, fault) for fault in found)
            elif kind in KINDS:
                _address(out, text, f"{path}[{number}]", rules)
