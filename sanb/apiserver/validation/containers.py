"""Containers of Pods: regular, init and ephemeral ones."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import environment, probes, resourcenames
from sanb.apiserver.validation.names import between, port_number
from sanb.apiserver.validation.rules import Rules
from sanb.apiserver.validation.volumes import local_path

Obj = dict[str, Any]
MESSAGE_POLICIES: Final = ("File", "FallbackToLogsOnError")
PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")
PROPAGATIONS: Final = ("Bidirectional", "HostToContainer", "None")
NO_SIDECAR: Final = "may not be set for init containers without restartPolicy=Always"
PLAIN_INIT: Final = "must not be set for init containers"
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_EPHEMERAL_REFUSED: Final = ("ports", "resources", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle")
_USUAL: Final = frozenset(("name", "image", "resources", "volumeMounts", "terminationMessagePath",
                           "terminationMessagePolicy", "imagePullPolicy", "command", "args", "workingDir"))
"""Of a container that has no other fields, little needs to be checked."""


def regular(out: list[FieldError], given: list[Obj], volumes: dict[str, Obj], grace: int | None, path: str,
            rules: Rules) -> None:
    """The containers of a Pod: there must be some, under different names."""
    if not given:
        out.append(status.required(path))
        return
    taken: set[str] = set()
    for index, container in enumerate(given):
        here = f"{path}[{index}]"
        if rules.common_first:
            _common(out, container, volumes, here, rules)
            _unique(out, container, taken, here)
            _run(out, container, grace, here, rules)
            if container.get("restartPolicy") is not None:
                detail = "may not be set for non-init containers"
                out.append(status.field_forbidden(f"{here}.restartPolicy", detail))
        else:
            _mixed(out, container, volumes, taken, here, rules)
    _host_ports(out, given, path)


def _unique(out: list[FieldError], container: Obj, taken: set[str], path: str) -> None:
    name = container.get("name") or ""
    if name in taken:
        out.append(status.duplicate(f"{path}.name", name))
    else:
        taken.add(name)


def _run(out: list[FieldError], container: Obj, grace: int | None, path: str, rules: Rules) -> None:
    """Hooks and probes of a container that runs as long as its Pod."""
    if (found := container.get("lifecycle")) is not None:
        probes.lifecycle(out, found, grace, path, rules)
    for kind in _PROBES:
        if (found := container.get(kind)) is not None:
            probes.probe(out, found, kind, path, rules)


def _mixed(out: list[FieldError], container: Obj, volumes: dict[str, Obj], taken: set[str], path: str,
           rules: Rules) -> None:
    """The order of old minors: probes among the rest."""
    _name(out, container, path, rules)
    _unique(out, container, taken, path)
    _image(out, container, path)
    if (found := container.get("lifecycle")) is not None:
        probes.lifecycle(out, found, None, path, rules)
    if (found := container.get("livenessProbe")) is not None:
        probes.probe(out, found, "livenessProbe", path, rules)
    _message_policy(out, container, path)
    if (found := container.get("readinessProbe")) is not None:
        probes.probe(out, found, "readinessProbe", path, rules)
    if (found := container.get("startupProbe")) is not None:
        probes.probe(out, found, "startupProbe", path, rules)
    _rest(out, container, volumes, path, rules)


def _common(out: list[FieldError], container: Obj, volumes: dict[str, Obj], path: str, rules: Rules) -> None:
    """What holds for every sort of container."""
    _name(out, container, path, rules)
    _image(out, container, path)
    _message_policy(out, container, path)
    _rest(out, container, volumes, path, rules)


def _name(out: list[FieldError], container: Obj, path: str, rules: Rules) -> None:
    name = container.get("name")
    if not name:
        out.append(status.required(f"{path}.name"))
    elif texts := rules.names.label(name):
        out.extend(status.invalid_value(f"{path}.name", name, text) for text in texts)


def _image(out: list[FieldError], container: Obj, path: str) -> None:
    if not container.get("image"):
        out.append(status.required(f"{path}.image"))


def _message_policy(out: list[FieldError], container: Obj, path: str) -> None:
    policy = container.get("terminationMessagePolicy", "File")
    if policy not in MESSAGE_POLICIES:
        out.append(status.unsupported(f"{path}.terminationMessagePolicy", policy, MESSAGE_POLICIES))


def _rest(out: list[FieldError], container: Obj, volumes: dict[str, Obj], path: str, rules: Rules) -> None:
    if not _USUAL.issuperset(container):
        ports(out, container.get("ports") or (), f"{path}.ports", rules)
        environment.variables(out, container.get("env") or [], f"{path}.env", rules)
        environment.bags(out, container.get("envFrom") or [], f"{path}.envFrom", rules)
    if mounts := container.get("volumeMounts"):
        _mounts(out, mounts, container, volumes, f"{path}.volumeMounts", rules)
    policy = container.get("imagePullPolicy", "Always")
    if policy not in PULL_POLICIES:
        out.append(status.unsupported(f"{path}.imagePullPolicy", policy, PULL_POLICIES))
    if found := container.get("resources"):
        resources(out, found, f"{path}.resources", rules)
    if found := container.get("securityContext"):
        security(out, found, f"{path}.securityContext")


def ports(out: list[FieldError], given: Any, path: str, rules: Rules) -> None:
    """The ports of one container."""
    taken: set[str] = set()
    for index, item in enumerate(given):
        here, name = f"{path}[{index}]", item.get("name")
        if name:
            texts = rules.names.port_name(name)
            out.extend(status.invalid_value(f"{here}.name", name, text) for text in texts)
            if not texts and name in taken:
                out.append(status.duplicate(f"{here}.name", name))
            taken.add(name)
        number, outer = item.get("containerPort") or 0, item.get("hostPort") or 0
        if not number:
            out.append(status.required(f"{here}.containerPort"))
        else:
            out.extend(status.invalid_value(f"{here}.containerPort", number, text) for text in port_number(number))
        if outer:
            out.extend(status.invalid_value(f"{here}.hostPort", outer, text) for text in port_number(outer))
        protocol(out, item.get("protocol", "TCP"), f"{here}.protocol", rules)


def protocol(out: list[FieldError], value: str, path: str, rules: Rules) -> None:
    """The protocol of a port."""
    if not value:
        out.append(status.required(path))
    elif value not in rules.protocols:
        out.append(status.unsupported(path, value, rules.protocols))


def _host_ports(out: list[FieldError], given: list[Obj], path: str) -> None:
    """Two ports of one Pod cannot be the same port of the node."""
    taken: set[str] = set()
    for index, container in enumerate(given):
        for number, item in enumerate(container.get("ports") or ()):
            if not (outer := item.get("hostPort")):
                continue
            text = f"{item.get('protocol', 'TCP')}/{item.get('hostIP', '')}/{outer}"
            if text in taken:
                out.append(status.duplicate(f"{path}[{index}].ports[{number}].hostPort", text))
            taken.add(text)


def _mounts(out: list[FieldError], given: list[Obj], container: Obj, volumes: dict[str, Obj], path: str,
            rules: Rules) -> None:
    taken: set[str] = set()
    for index, mount in enumerate(given):
        name, target = mount.get("name") or "", mount.get("mountPath") or ""
        if not name:
            out.append(status.required(f"{path}[{index}].name"))
        if name not in volumes:
            out.append(status.field_not_found(f"{path}[{index}].name", name))
        if not target:
            out.append(status.required(f"{path}[{index}].mountPath"))
        if target in taken:
            out.append(status.invalid_value(f"{path}[{index}].mountPath", target, "must be unique"))
        taken.add(target)
        if len(mount) > 3:
            _mount_options(out, mount, container, f"{path}[{index}]", path)


def _mount_options(out: list[FieldError], mount: Obj, container: Obj, here: str, path: str) -> None:
    """Sub-paths and propagation; upstream reports them under the list."""
    sub, expression = mount.get("subPath") or "", mount.get("subPathExpr") or ""
    if sub:
        local_path(out, sub, f"{path}.subPath", False)
    if expression:
        if sub:
            detail = "subPathExpr and subPath are mutually exclusive"
            out.append(status.invalid_value(f"{here}.subPathExpr", expression, detail))
        local_path(out, expression, f"{path}.subPathExpr", False)
    propagation = mount.get("mountPropagation")
    if propagation is None:
        return
    if propagation not in PROPAGATIONS:
        out.append(status.unsupported(f"{path}.mountPropagation", propagation, PROPAGATIONS))
    if propagation == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
        detail = "Bidirectional mount propagation is available only to privileged containers"
        out.append(status.field_forbidden(f"{path}.mountPropagation", detail))


def resources(out: list[FieldError], given: Obj, path: str, rules: Rules) -> None:
    """Requests and limits."""
    limits, requests = given.get("limits") or {}, given.get("requests") or {}
    if limits or requests:
        resourcenames.asked(out, requests, limits, path, rules)


def security(out: list[FieldError], given: Obj, path: str) -> None:
    """The ids a container runs with, and escalation."""
    for key in ("runAsUser", "runAsGroup"):
        value = given.get(key)
        if value is not None and not 0 <= value < 1 << 31:
            out.append(status.invalid_value(f"{path}.{key}", value, between(0, (1 << 31) - 1)))
    if given.get("allowPrivilegeEscalation") is False and given.get("privileged"):
        detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        out.append(status.invalid_value(path, "", detail))


def initial(out: list[FieldError], given: list[Obj], others: list[Obj], volumes: dict[str, Obj], grace: int | None,
            path: str, rules: Rules) -> None:
    """Init containers: names are unique among all, probes are for sidecars."""
    taken = {container.get("name") or "" for container in others}
    if not rules.common_first:
        regular(out, given, volumes, grace, path, rules)
    for index, container in enumerate(given):
        here = f"{path}[{index}]"
        policy = container.get("restartPolicy")
        if rules.common_first:
            _common(out, container, volumes, here, rules)
            if policy not in (None, "Always"):
                out.append(status.unsupported(f"{here}.restartPolicy", policy, ("Always",)))
        _unique(out, container, taken, here)
        if rules.common_first:
            _host_ports(out, [container], path)
        if policy == "Always":
            _run(out, container, grace, here, rules)
            continue
        for kind in ("lifecycle", *_PROBES):
            if container.get(kind) is not None:
                out.append(status.field_forbidden(f"{here}.{kind}", NO_SIDECAR if rules.common_first else PLAIN_INIT))


def ephemeral(out: list[FieldError], given: list[Obj], others: list[Obj], volumes: dict[str, Obj], path: str,
              rules: Rules) -> None:
    """Ephemeral containers: nothing that a lasting part of a Pod would need."""
    known = {container.get("name") or "" for container in others}
    taken = set(known)
    for index, container in enumerate(given):
        here = f"{path}[{index}]"
        _common(out, container, volumes, here, rules)
        trimmed(out, container, here)
        _unique(out, container, taken, here)
        target = container.get("targetContainerName")
        if target and target not in known:
            out.append(status.field_not_found(f"{here}.targetContainerName", target))
        refused = "cannot be set for an Ephemeral Container"
        for kind in _EPHEMERAL_REFUSED:
            if container.get(kind):
                out.append(status.field_forbidden(f"{here}.{kind}", refused))
        for number, mount in enumerate(container.get("volumeMounts") or ()):
            for kind in ("subPath", "subPathExpr"):
                if mount.get(kind):
                    out.append(status.field_forbidden(f"{here}.volumeMounts[{number}].{kind}", refused))


def trimmed(out: list[FieldError], container: Obj, path: str) -> None:
    """An image of a Pod has no blanks around it; in a template nobody minds."""
    image = container.get("image") or ""
    if image != image.strip():
        out.append(status.invalid_value(f"{path}.image", image, "must not have leading or trailing whitespace"))
