"""A Pod template as Go prints it, type by type: the text whose hash Deployments put into names.

Kubernetes hashes the dump of the struct that the controller of its minor was compiled with: every field in the order of
the struct, with its Go type, also the fields that are not set. So another minor, which knows more fields, gives the
same template another hash. The table of types has fields, minors and most names; what Go knows beyond that is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.apiserver.types import TYPES, Field
from sanb.profiles.profile import Profile
from sanb.values import Obj

NIL: Final = "<nil>"
ZERO: Final = {"string": "", "bool": "false", "int32": "0", "int64": "0", "int-or-string": 0, "quantity": "0"}
NO_TIME: Final = "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"
SCALARS: Final = {"int-or-string": "intstr.IntOrString", "quantity": "resource.Quantity", "time": "v1.Time"}
"""Go types of scalars that are not called as in the table."""
LISTS: Final = {"quantity": "v1.ResourceList"}
"""Maps that have a name of their own, by the type of their values."""
NAMED: Final = {
    ("PodSecurityContext", "supplementalGroupsPolicy"): "v1.SupplementalGroupsPolicy",
    ("PodSecurityContext", "seLinuxChangePolicy"): "v1.PodSELinuxChangePolicy",
    ("PodReadinessGate", "conditionType"): "v1.PodConditionType",
    ("PodOS", "name"): "v1.OSName",
    ("TopologySpreadConstraint", "nodeAffinityPolicy"): "v1.NodeInclusionPolicy",
    ("TopologySpreadConstraint", "nodeTaintsPolicy"): "v1.NodeInclusionPolicy",
    ("Lifecycle", "stopSignal"): "v1.Signal",
    ("ContainerResizePolicy", "resourceName"): "v1.ResourceName",
    ("ContainerResizePolicy", "restartPolicy"): "v1.ResourceResizeRestartPolicy",
    ("ContainerRestartRule", "action"): "v1.ContainerRestartRuleAction",
    ("ContainerRestartRuleOnExitCodes", "operator"): "v1.ContainerRestartRuleOnExitCodesOperator",
    ("AzureDiskVolumeSource", "cachingMode"): "v1.AzureDataDiskCachingMode",
    ("AzureDiskVolumeSource", "kind"): "v1.AzureDataDiskKind",
}
"""Types of single fields that are strings with a name."""
BEHIND: Final = {("PodSpec", "topologySpreadConstraints"): "overhead"}
"""Fields that stand right behind another one."""
ONLY_GO: Final = {("ObjectMeta", "finalizers"): ("ZZZ_DeprecatedClusterName:(string)", "1.24", "1.25")}
"""What follows a field in Go alone, from one minor to another: left-overs that no JSON ever has."""
REFERENCE: Final = ("LocalObjectReference", ("name",))
EMBEDDED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    **dict.fromkeys(
        ("SecretProjection", "ConfigMapProjection", "ConfigMapVolumeSource", "ConfigMapEnvSource", "SecretEnvSource",
         "ConfigMapKeySelector", "SecretKeySelector"), REFERENCE,
    ),
    "Volume": ("VolumeSource", tuple(name for name in TYPES["Volume"].fields if name != "name")),
    "Probe": ("Handler", ("exec", "httpGet", "tcpSocket", "grpc")),
    "EphemeralContainer": ("EphemeralContainerCommon", tuple(TYPES["Container"].fields)),
}
"""Structs that hold some of their fields in an embedded one: its name and those fields."""
RENAMED: Final = {"1.10": {"LifecycleHandler": "Handler"}, "1.23": {"Handler": "ProbeHandler"}}
"""Structs that are not called as in the table."""


class Slot(NamedTuple):
    """One field of a Go struct: the text before its value, and what the value is; or an embedded struct of slots."""

    head: str
    field: Field | None
    pointer: bool = False
    embedded: tuple[Slot, ...] = ()


def dump(profile: Profile, template: Obj) -> str:
    """The text of a Pod template, as the printer writes it that Kubernetes hashes with."""
    return f"(v1.PodTemplateSpec){_struct(profile, 'PodTemplateSpec', template)}"


# ---------------------------------------------------------------------- structs


def _number(minor: str) -> int:
    return int(minor.partition(".")[2])


def _known(minor: str, since: str, until: str) -> bool:
    return (not since or _number(since) <= _number(minor)) and _number(minor) < _number(until)


@lru_cache
def _slots(minor: str, name: str) -> tuple[Slot, ...]:
    """The struct as the controllers of a minor have it."""
    fields = [field for field in _ordered(name) if _known(minor, field.since, field.until)]
    inner, held = EMBEDDED.get(name, ("", ()))
    apart = tuple(slot for field in fields if field.name in held for slot in _slot(minor, name, field))
    slots: list[Slot] = []
    for field in fields:
        if field.name not in held:
            slots += _slot(minor, name, field)
        elif not any(slot.embedded for slot in slots):
            called = _called(minor, inner)
            slots.append(Slot(f"{called}:(v1.{called})", None, embedded=apart))
    return tuple(slots)


def _ordered(name: str) -> list[Field]:
    fields = dict(TYPES[name].fields)
    for (struct, moved), anchor in BEHIND.items():
        if struct == name:
            field = fields.pop(moved)
            place = list(fields).index(anchor) + 1
            fields = dict([*list(fields.items())[:place], (moved, field), *list(fields.items())[place:]])
    return list(fields.values())


def _slot(minor: str, struct: str, field: Field) -> Iterator[Slot]:
    pointer = field.pointer or (field.kind in ("object", "time") and not field.always)
    kind = _go_type(minor, struct, field)
    yield Slot(f"{field.go}:({'*' if pointer else ''}{kind})", field, pointer)
    text, since, until = ONLY_GO.get((struct, field.name), ("", "", "1.0"))
    if _known(minor, since, until):
        yield Slot(text, None)


def _go_type(minor: str, struct: str, field: Field) -> str:
    named = NAMED.get((struct, field.name)) or field.named
    item = field.item or field.kind
    if item == "object" and field.type is not None:
        base = f"v1.{_called(minor, field.type.name)}"
    else:
        base = named or SCALARS.get(item, item)
    if field.kind == "list":
        return f"[]{base}"
    return LISTS.get(item, f"map[string]{base}") if field.kind == "map" else base


def _called(minor: str, name: str) -> str:
    best = max((row for row in RENAMED if _number(row) <= _number(minor)), key=_number)
    return RENAMED[best].get(name, name)


# ---------------------------------------------------------------------- values


def _struct(profile: Profile, name: str, value: Obj) -> str:
    return _filled(profile, _slots(profile.minor, name), value)


def _filled(profile: Profile, slots: tuple[Slot, ...], value: Obj) -> str:
    return "{" + " ".join(slot.head + _held(profile, slot, value) for slot in slots) + "}"


def _held(profile: Profile, slot: Slot, value: Obj) -> str:
    """The value of one slot."""
    if slot.embedded:
        return _filled(profile, slot.embedded, value)
    field = slot.field
    if field is None:
        return ""
    found = value.get(field.name)
    if found is None and slot.pointer:
        return NIL
    if field.kind == "list":
        return f"[{' '.join(_one(profile, field, field.item, one) for one in found)}]" if found else NIL
    if field.kind == "map":
        pairs = (f"{key}:{_one(profile, field, field.item, one)}" for key, one in sorted((found or {}).items()))
        return f"map[{' '.join(pairs)}]" if found else NIL
    return _one(profile, field, field.kind, found)


def _one(profile: Profile, field: Field, kind: str, value: Any) -> str:
    if kind == "object":
        assert field.type is not None, "an object has a type"
        return _struct(profile, field.type.name, value or {})
    if kind == "time":
        return NO_TIME
    value = ZERO.get(kind, "") if value is None else value
    if kind == "quantity":
        return _quantity(str(value))
    if kind == "int-or-string":
        number, text = (0, value) if isinstance(value, str) else (value, "")
        return f"{{Type:(intstr.Type){int(bool(text))} IntVal:(int32){number} StrVal:(string){text}}}"
    return str(value).lower() if kind == "bool" else str(value)


_QUANTITY: Final = re.compile(r"([+-]?[0-9]*)\.?([0-9]*)([A-Za-z]*)([+-]?[0-9]*)")
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


def _quantity(text: str) -> str:
    """A quantity in canonical form as its struct."""
    match = _QUANTITY.fullmatch(text)
    whole, rest, suffix, exponent = match.groups() if match else ("0", "", "", "")
    value, scale, form = int((whole or "0") + rest), -len(rest), "DecimalSI"
    if suffix in _BINARY:
        value, form = value << _BINARY[suffix], "BinarySI"
    elif exponent:
        scale, form = scale + int(exponent), "DecimalExponent"
    else:
        scale += _DECIMAL[suffix]
    amount = f"{{value:(int64){value} scale:(resource.Scale){scale}}}"
    nothing = "{Dec:(*inf.Dec)<nil>}"
    return (
        f"{{i:(resource.int64Amount){amount} d:(resource.infDecAmount){nothing} s:(string){text} "
        f"Format:(resource.Format){form}}}"
    )
