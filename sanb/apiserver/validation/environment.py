"""Environment variables: env, envFrom, and what fields and resources can be taken from a Pod."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation.names import masked
from sanb.apiserver.validation.rules import Rules

Obj = dict[str, Any]
NO_SOURCE: Final = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
NO_BAG: Final = "must specify one of: `configMapRef` or `secretRef`"
TWO_SOURCES: Final = "may not have more than one field specified at a time"
RESOURCES: Final = ("limits.cpu", "limits.ephemeral-storage", "limits.memory",
                    "requests.cpu", "requests.ephemeral-storage", "requests.memory")
_KNOWN_FIELDS: Final = frozenset(
    ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
     "spec.restartPolicy", "spec.serviceAccountName", "spec.schedulerName", "status.phase", "status.hostIP",
     "status.hostIPs", "status.podIP", "status.podIPs", "spec.host")
)


def variables(out: list[FieldError], given: list[Obj], path: str, rules: Rules) -> None:
    """The env of a container."""
    for index, item in enumerate(given):
        name = item.get("name")
        if not name:
            out.append(status.required(f"{path}[{index}].name"))
        elif texts := rules.names.variable(name):
            out.extend(status.invalid_value(f"{path}[{index}].name", name, text) for text in texts)
        if (source := item.get("valueFrom")) is not None:
            _value_from(out, source, item.get("value"), f"{path}[{index}].valueFrom", rules)


def _value_from(out: list[FieldError], source: Obj, value: str | None, path: str, rules: Rules) -> None:
    count = 0
    if (found := source.get("fieldRef")) is not None:
        count += 1
        field(out, found, rules.env_fields, f"{path}.fieldRef", rules)
    if (found := source.get("resourceFieldRef")) is not None:
        count += 1
        resource(out, found, f"{path}.resourceFieldRef", False)
    for kind in ("configMapKeyRef", "secretKeyRef"):
        if (found := source.get(kind)) is not None:
            count += 1
            _key(out, found, f"{path}.{kind}", rules)
    if not count:
        out.append(status.invalid_value(path, "", NO_SOURCE))
    elif value:
        out.append(status.invalid_value(path, "", "may not be specified when `value` is not empty"))
    elif count > 1:
        out.append(status.invalid_value(path, "", TWO_SOURCES))


def _key(out: list[FieldError], given: Obj, path: str, rules: Rules) -> None:
    name, key = given.get("name", ""), given.get("key")
    out.extend(status.invalid_value(f"{path}.name", name, text) for text in rules.names.subdomain(name))
    if not key:
        out.append(status.required(f"{path}.key"))
    elif texts := rules.names.config_key(key):
        out.extend(status.invalid_value(f"{path}.key", key, text) for text in texts)


def bags(out: list[FieldError], given: list[Obj], path: str, rules: Rules) -> None:
    """The envFrom of a container."""
    for index, item in enumerate(given):
        prefix = item.get("prefix")
        if prefix:
            texts = rules.names.variable(prefix)
            out.extend(status.invalid_value(f"{path}[{index}].prefix", prefix, text) for text in texts)
        count = 0
        for kind in ("configMapRef", "secretRef"):
            if (found := item.get(kind)) is None:
                continue
            count += 1
            name = found.get("name")
            if not name:
                out.append(status.required(f"{path}[{index}].{kind}.name"))
            else:
                texts = rules.names.subdomain(masked(name))
                out.extend(status.invalid_value(f"{path}[{index}].{kind}.name", name, text) for text in texts)
        if count != 1:
            out.append(status.invalid_value(path, "", TWO_SOURCES if count else NO_BAG))


def field(out: list[FieldError], given: Obj, allowed: tuple[str, ...], path: str, rules: Rules) -> None:
    """A fieldRef: a field of the Pod by its path."""
    version, wanted = given.get("apiVersion", ""), given.get("fieldPath", "")
    if not version or not wanted:
        out.append(status.required(f"{path}.{'fieldPath' if version else 'apiVersion'}"))
        return
    base, subscript = wanted, None
    if wanted.endswith("']") and "['" in wanted:
        base, _, rest = wanted.partition("['")
        subscript = rest[:-2]
    fault = _conversion(version, base, wanted, subscript is not None)
    if fault:
        out.append(status.invalid_value(f"{path}.fieldPath", wanted, f"error converting fieldPath: {fault}"))
    elif subscript is not None:
        key = subscript.lower() if base == "metadata.annotations" else subscript
        out.extend(status.invalid_value(path, key, text) for text in rules.names.qualified(key))
    elif base not in allowed:
        out.append(status.unsupported(f"{path}.fieldPath", base, allowed))


def _conversion(version: str, base: str, wanted: str, subscripted: bool) -> str:
    """Why a field path means nothing to the API, or ""."""
    if version != "v1":
        return f"unsupported pod version: {version}"
    if subscripted and base not in ("metadata.annotations", "metadata.labels"):
        return f"field label does not support subscript: {wanted}"
    return "" if base in _KNOWN_FIELDS else f"field label not supported: {wanted}"


def resource(out: list[FieldError], given: Obj, path: str, volume: bool) -> None:
    """A resourceFieldRef: a request or a limit of a container."""
    wanted = given.get("resource", "")
    if volume and not given.get("containerName"):
        out.append(status.required(f"{path}.containerName"))
    elif not wanted:
        out.append(status.required(f"{path}.resource"))
    elif wanted not in RESOURCES and not wanted.startswith(("limits.hugepages-", "requests.hugepages-")):
        out.append(status.unsupported(f"{path}.resource", wanted, RESOURCES))
