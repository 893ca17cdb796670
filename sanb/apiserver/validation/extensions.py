"""APIServices and webhook configurations."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata, selectors, shown
from sanb.apiserver.validation.names import path_segment, port_number
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

GROUP_PRIORITY: Final = 20_000
VERSION_PRIORITY: Final = 1000
EFFECTS: Final = {"v1": ("None", "NoneOnDryRun"), "v1beta1": ("None", "NoneOnDryRun", "Some", "Unknown")}
OPERATIONS: Final = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
SCOPES: Final = ("*", "Cluster", "Namespaced")
REVIEWS: Final = ("v1", "v1beta1")


# ---------------------------------------------------------------------- APIServices


def api_service(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new APIService: its name is that of its version and group."""
    spec = obj.get("spec") or {}
    metadata.created(out, obj["metadata"], False, path_segment, rules)
    group, version, name = spec.get("group") or "", spec.get("version") or "", obj["metadata"].get("name") or ""
    wanted = f"{version}.{group}"
    if name and name != wanted:
        text = f'must be `spec.version+"."+spec.group`: {status.quoted(wanted)}'
        out.append(status.invalid_value("metadata.name", name, text))
    if group:
        out.extend(status.invalid_value("spec.group", group, text) for text in rules.names.subdomain(group))
    elif version != "v1":
        out.append(status.required("spec.group", "only v1 may have an empty group and it better be legacy kube"))
    out.extend(status.invalid_value("spec.version", version, text) for text in rules.names.service(version))
    for field, most in (("groupPriorityMinimum", GROUP_PRIORITY), ("versionPriority", VERSION_PRIORITY)):
        value = spec.get(field) or 0
        if not 0 < value <= most:
            out.append(status.invalid_value(f"spec.{field}", value, f"must be positive and less than {most}"))
    _aggregated(out, spec)


def _aggregated(out: list[FieldError], spec: Obj) -> None:
    service, bundle, skips = spec.get("service"), spec.get("caBundle"), spec.get("insecureSkipTLSVerify")
    if service is None:
        if bundle:
            out.append(status.invalid_shown("spec.caBundle", f"{len(bundle)} bytes", "local APIServices may not have a caBundle"))
        if skips:
            text = "local APIServices may not have insecureSkipTLSVerify"
            out.append(status.invalid_value("spec.insecureSkipTLSVerify", True, text))
        return
    for field in ("namespace", "name"):
        if not service.get(field):
            out.append(status.required(f"spec.service.{field}"))
    port = service.get("port")
    if port is not None:
        out.extend(status.invalid_value("spec.service.port", port, text) for text in port_number(port))
    if skips and bundle:
        text = "may not be true if caBundle is present"
        out.append(status.invalid_value("spec.insecureSkipTLSVerify", True, text))


def api_service_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed APIService."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    api_service(out, new, rules)


# ---------------------------------------------------------------------- webhooks


def webhooks(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new configuration of webhooks."""
    metadata.created(out, obj["metadata"], False, rules.names.subdomain, rules)
    version = obj["apiVersion"].rpartition("/")[2]
    seen: set[str] = set()
    for index, hook in enumerate(obj.get("webhooks") or ()):
        path, name = f"webhooks[{index}]", hook.get("name") or ""
        _webhook(out, hook, path, version, rules)
        if version == "v1" and name:
            if name in seen:
                out.append(status.duplicate(f"{path}.name", name))
            seen.add(name)


def webhooks_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed configuration of webhooks."""
    webhooks(out, new, rules)


def _webhook(out: list[FieldError], hook: Obj, path: str, version: str, rules: Rules) -> None:
    name = hook.get("name") or ""
    faults = rules.names.subdomain(name) if name else ("",)
    if not name:
        out.append(status.required(f"{path}.name"))
    out.extend(status.invalid_value(f"{path}.name", name, text) for text in faults if text)
    if not faults and name.count(".") < 2:
        text = "should be a domain with at least three segments separated by dots"
        out.append(status.invalid_value(f"{path}.name", name, text))
    _reviews(out, hook, path, version)
    for number, rule in enumerate(hook.get("rules") or ()):
        _rule(out, rule, f"{path}.rules[{number}]")
    for field, allowed in (("failurePolicy", ("Fail", "Ignore")), ("matchPolicy", ("Equivalent", "Exact")),
                           ("reinvocationPolicy", ("IfNeeded", "Never"))):
        if (value := hook.get(field)) is not None and value not in allowed:
            out.append(status.unsupported(f"{path}.{field}", value, allowed))
    _effects(out, hook, path, version)
    seconds = hook.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= 30:
        text = "the timeout value must be between 1 and 30 seconds"
        out.append(status.invalid_value(f"{path}.timeoutSeconds", seconds, text))
    for field in ("namespaceSelector", "objectSelector"):
        if hook.get(field) is not None:
            selectors.label_selector(out, hook[field], f"{path}.{field}", rules)
    _client(out, hook.get("clientConfig") or {}, f"{path}.clientConfig")


def _effects(out: list[FieldError], hook: Obj, path: str, version: str) -> None:
    effects, allowed = hook.get("sideEffects"), EFFECTS[version]
    if effects is None and version == "v1":
        out.append(status.required(f"{path}.sideEffects", f"must specify one of {', '.join(allowed)}"))
    elif effects is not None and effects not in allowed:
        out.append(status.unsupported(f"{path}.sideEffects", effects, allowed))


def _reviews(out: list[FieldError], hook: Obj, path: str, version: str) -> None:
    found = hook.get("admissionReviewVersions") or ()
    where = f"{path}.admissionReviewVersions"
    if not found:
        if version == "v1":
            out.append(status.required(where, f"must specify one of {', '.join(REVIEWS)}"))
    elif not any(one in REVIEWS for one in found):
        text = f"must include at least one of {', '.join(REVIEWS)}"
        out.append(status.invalid_shown(where, shown.as_json(found), text))


def _rule(out: list[FieldError], rule: Obj, path: str) -> None:
    for field in ("apiGroups", "apiVersions", "resources"):
        found = rule.get(field) or []
        if not found:
            out.append(status.required(f"{path}.{field}"))
        elif "*" in found and len(found) > 1 and field != "resources":
            text = f"if '*' is present, must not specify other {'API groups' if field == 'apiGroups' else 'API versions'}"
            out.append(status.invalid_shown(f"{path}.{field}", shown.as_json(found), text))
    operations = rule.get("operations") or []
    if not operations:
        out.append(status.required(f"{path}.operations"))
    for number, operation in enumerate(operations):
        if operation not in OPERATIONS:
            out.append(status.unsupported(f"{path}.operations[{number}]", operation, OPERATIONS))
    scope = rule.get("scope")
    if scope is not None and scope not in SCOPES:
        out.append(status.unsupported(f"{path}.scope", scope, SCOPES))


def _client(out: list[FieldError], config: Obj, path: str) -> None:
    url, service = config.get("url"), config.get("service")
    if (url is None) == (service is None):
        out.append(status.required(path, "exactly one of url or service is required"))
    elif url is not None and not url.startswith("https://"):
        text = "'https' is the only allowed URL scheme; desired format: https://host[/path]"
        scheme = url.partition("://")[0] if "://" in url else ""
        out.append(status.invalid_value(f"{path}.url", scheme, text))
    if service is not None:
        for field in ("name", "namespace"):
            if not service.get(field):
                out.append(status.required(f"{path}.service.{field}", f"service {field} is required"))
        port = service.get("port")
        if port is not None:
            found = port_number(port)
            if found:
                text = f"port is not valid: {found[0]}"
                out.append(status.invalid_value(f"{path}.service.port", port, text))
