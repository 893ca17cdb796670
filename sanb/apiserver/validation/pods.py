"""Pods and the templates of Pods."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import containers, metadata
from sanb.apiserver.validation.names import between
from sanb.apiserver.validation.rules import Rules
from sanb.apiserver.validation.volumes import volumes
from sanb.values import Obj

MIRROR: Final = "kubernetes.io/config.mirror"
RESTARTS: Final = ("Always", "OnFailure", "Never")
DNS: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
PREEMPTION: Final = ("PreemptLowerPriority", "Never")
EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
ANY_TAINT: Final = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
USUAL_TOLERATIONS: Final = [
    {"key": f"node.kubernetes.io/{taint}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for taint in ("not-ready", "unreachable")
]
"""What admission adds to nearly every Pod: known to be without fault."""
_RARE: Final = frozenset(
    ("hostname", "subdomain", "priorityClassName", "runtimeClassName", "activeDeadlineSeconds", "dnsConfig",
     "nodeSelector", "schedulingGates", "readinessGates", "hostNetwork")
)
MAX_INT: Final = (1 << 31) - 1


def create(out: list[FieldError], pod: Obj, rules: Rules) -> None:
    """A new Pod."""
    whole(out, pod, rules)
    if pod["spec"].get("ephemeralContainers"):
        out.append(status.field_forbidden("spec.ephemeralContainers", "cannot be set on create"))


def whole(out: list[FieldError], pod: Obj, rules: Rules) -> None:
    """A Pod as such: metadata, spec, and what templates are free of."""
    fields, body = pod["metadata"], pod["spec"]
    metadata.created(out, fields, True, rules.names.subdomain, rules)
    mirror(out, fields, body, "metadata.annotations")
    spec(out, body, "spec", rules, True)
    if not body.get("serviceAccountName"):
        _tokens_without_account(out, body)
    _images(out, body.get("containers") or (), "spec.containers")
    if found := body.get("initContainers"):
        _images(out, found, "spec.initContainers")


def _images(out: list[FieldError], given: Any, path: str) -> None:
    for index, container in enumerate(given):
        if (image := container.get("image")) and image != image.strip():
            containers.trimmed(out, container, f"{path}[{index}]")


def mirror(out: list[FieldError], fields: Obj, body: Obj, path: str) -> None:
    """Mirror Pods belong to a node."""
    annotations = fields.get("annotations")
    if annotations and MIRROR in annotations and not body.get("nodeName"):
        detail = "must set spec.nodeName if mirror pod annotation is set"
        out.append(status.invalid_value(f"{path}[{MIRROR}]", annotations[MIRROR], detail))


def _tokens_without_account(out: list[FieldError], body: Obj) -> None:
    for index, volume in enumerate(body.get("volumes") or ()):
        for number, source in enumerate((volume.get("projected") or {}).get("sources") or ()):
            if source.get("serviceAccountToken") is not None:
                path = f"spec.volumes[{index}].projected.sources[{number}].serviceAccountToken"
                out.append(status.field_forbidden(path, "must not be specified when serviceAccountName is not set"))


def template(out: list[FieldError], given: Obj, path: str, rules: Rules) -> None:
    """The template of a workload's Pods."""
    fields = given.get("metadata") or {}
    body = given.get("spec") or {}
    metadata.labels(out, fields.get("labels") or {}, f"{path}.labels", rules)
    metadata.annotated(out, fields.get("annotations") or {}, f"{path}.annotations", rules)
    mirror(out, fields, body, f"{path}.annotations")
    spec(out, body, f"{path}.spec", rules, False)
    if body.get("ephemeralContainers"):
        detail = "ephemeral containers not allowed in pod template"
        out.append(status.field_forbidden(f"{path}.spec.ephemeralContainers", detail))


def spec(out: list[FieldError], body: Obj, path: str, rules: Rules, of_pod: bool) -> None:
    """What a Pod should be. Fields that few Pods have are looked for once."""
    rare = not _RARE.isdisjoint(body)
    _contents(out, body, path, rules)
    if rare and body.get("hostNetwork") and rules.grace_required:
        _host_network(out, body.get("containers") or [], path, of_pod)
    if (policy := body.get("restartPolicy", "Always")) != "Always":
        _choice(out, policy, RESTARTS, f"{path}.restartPolicy")
    if (policy := body.get("dnsPolicy", "ClusterFirst")) != "ClusterFirst":
        _choice(out, policy, DNS, f"{path}.dnsPolicy")
    if rare:
        _selection(out, body, path, rules)
    if found := body.get("securityContext"):
        containers.security(out, found, f"{path}.securityContext")
    if policy == "None":
        _dns(out, body, path)
    if rare:
        _gates(out, body, path, rules)
    _references(out, body, path, rules)
    if rare:
        _hosting(out, body, path, rules)
    if (found := body.get("tolerations")) and found != USUAL_TOLERATIONS:
        tolerations(out, found, f"{path}.tolerations", rules)
    if rare:
        _priorities(out, body, path, rules)
    if (policy := body.get("preemptionPolicy")) not in (None, "PreemptLowerPriority"):
        _choice(out, policy, PREEMPTION, f"{path}.preemptionPolicy")


def _contents(out: list[FieldError], body: Obj, path: str, rules: Rules) -> None:
    """Volumes and containers."""
    grace = body.get("terminationGracePeriodSeconds")
    if grace is None and rules.grace_required:
        out.append(status.required(f"{path}.terminationGracePeriodSeconds"))
    given = body.get("containers") or []
    known = volumes(out, body.get("volumes") or [], f"{path}.volumes", rules)
    containers.regular(out, given, known, grace, f"{path}.containers", rules)
    if others := body.get("initContainers"):
        containers.initial(out, others, given, known, grace, f"{path}.initContainers", rules)
    if found := body.get("ephemeralContainers"):
        every = [*given, *(body.get("initContainers") or ())]
        containers.ephemeral(out, found, every, known, f"{path}.ephemeralContainers", rules)


def _choice(out: list[FieldError], value: str, allowed: tuple[str, ...], path: str) -> None:
    if value in allowed:
        return
    out.append(status.unsupported(path, value, allowed) if value else status.required(path))


def _selection(out: list[FieldError], body: Obj, path: str, rules: Rules) -> None:
    if found := body.get("nodeSelector"):
        metadata.labels(out, found, f"{path}.nodeSelector", rules)
    if body.get("hostNetwork") and not rules.grace_required:
        _old_host_network(out, body.get("containers") or [], path)


def _host_network(out: list[FieldError], given: list[Any], path: str, of_pod: bool) -> None:
    for index, container in enumerate(given):
        for number, item in enumerate(container.get("ports") or ()):
            outer = item.get("hostPort") or 0
            if (of_pod or outer) and outer != item.get("containerPort"):
                here = f"{path}.containers[{index}].ports[{number}].hostPort"
                out.append(status.invalid_value(here, outer, "must match `containerPort` when `hostNetwork` is true"))


def _old_host_network(out: list[FieldError], given: list[Any], path: str) -> None:
    for index, container in enumerate(given):
        for number, item in enumerate(container.get("ports") or ()):
            if (inner := item.get("containerPort")) != item.get("hostPort"):
                here = f"{path}.containers[{index}].ports[{number}].containerPort"
                out.append(status.invalid_value(here, inner, "must match `hostPort` when `hostNetwork` is true"))


def _dns(out: list[FieldError], body: Obj, path: str) -> None:
    if body.get("dnsPolicy") != "None":
        return
    config = body.get("dnsConfig")
    if config is None:
        detail = "must provide `dnsConfig` when `dnsPolicy` is None"
        out.append(status.required(f"{path}.dnsConfig", detail))
    elif not config.get("nameservers"):
        detail = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        out.append(status.required(f"{path}.dnsConfig.nameservers", detail))


def _gates(out: list[FieldError], body: Obj, path: str, rules: Rules) -> None:
    for index, gate in enumerate(body.get("readinessGates") or ()):
        kind = gate.get("conditionType") or ""
        here = f"{path}.readinessGates[{index}].conditionType"
        out.extend(status.invalid_value(here, kind, text) for text in rules.names.qualified(kind))
    seen: set[str] = set()
    for index, gate in enumerate(body.get("schedulingGates") or ()):
        name, here = gate.get("name") or "", f"{path}.schedulingGates[{index}]"
        out.extend(status.invalid_value(here, name, text) for text in rules.names.qualified(name))
        if name in seen:
            out.append(status.duplicate(here, name))
        seen.add(name)


def _references(out: list[FieldError], body: Obj, path: str, rules: Rules) -> None:
    for field in ("serviceAccountName", "nodeName"):
        if (name := body.get(field)) and (texts := rules.names.subdomain(name)):
            out.extend(status.invalid_value(f"{path}.{field}", name, text) for text in texts)


def _hosting(out: list[FieldError], body: Obj, path: str, rules: Rules) -> None:
    deadline = body.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= MAX_INT:
        out.append(status.invalid_value(f"{path}.activeDeadlineSeconds", deadline, between(1, MAX_INT)))
    for field in ("hostname", "subdomain"):
        if name := body.get(field):
            out.extend(status.invalid_value(f"{path}.{field}", name, text) for text in rules.names.label(name))


def _priorities(out: list[FieldError], body: Obj, path: str, rules: Rules) -> None:
    for field in ("priorityClassName", "runtimeClassName"):
        if name := body.get(field):
            out.extend(status.invalid_value(f"{path}.{field}", name, text) for text in rules.names.subdomain(name))


def tolerations(out: list[FieldError], given: list[Any], path: str, rules: Rules) -> None:
    """Which taints a Pod tolerates."""
    for index, item in enumerate(given):
        here, key, operator = f"{path}[{index}]", item.get("key") or "", item.get("operator") or ""
        value, effect = item.get("value") or "", item.get("effect") or ""
        if key:
            out.extend(status.invalid_value(f"{here}.key", key, text) for text in rules.names.qualified(key))
        elif operator != "Exists":
            out.append(status.invalid_value(f"{here}.operator", operator, ANY_TAINT))
        if item.get("tolerationSeconds") is not None and effect != "NoExecute":
            detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            out.append(status.invalid_value(f"{here}.effect", effect, detail))
        if operator in ("", "Equal"):
            if texts := rules.names.label_value(value):
                out.append(status.invalid_value(f"{here}.operator", value, ";".join(texts)))
        elif operator != "Exists":
            out.append(status.unsupported(f"{here}.operator", operator, ("Equal", "Exists")))
        elif value:
            detail = "value must be empty when `operator` is 'Exists'"
            out.append(status.invalid_value(f"{here}.operator", value, detail))
        if effect and effect not in EFFECTS:
            out.append(status.unsupported(f"{here}.effect", effect, EFFECTS))
