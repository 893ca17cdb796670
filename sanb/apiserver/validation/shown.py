"""Values as messages show them: Go's syntax in old minors, JSON in newer ones."""

from __future__ import annotations

import json
from typing import Any

from sanb.apiserver.status import quoted
from sanb.apiserver.validation.rules import Rules


def as_json(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def strings(values: list[str] | None, rules: Rules) -> str:
    """A list of strings."""
    if rules.json_values:
        return as_json(values)
    if values is None:
        return "[]string(nil)"
    return "[]string{" + ", ".join(quoted(value) for value in values) + "}"


def string_map(values: dict[str, str] | None, rules: Rules) -> str:
    """A map of strings: labels."""
    if rules.json_values:
        return as_json(dict(sorted(values.items())) if values is not None else None)
    if values is None:
        return "map[string]string(nil)"
    return "map[string]string{" + ", ".join(f"{quoted(k)}:{quoted(values[k])}" for k in sorted(values)) + "}"


def selector(value: dict[str, Any] | None, rules: Rules) -> str:
    """A label selector."""
    if value is None:
        return rules.null
    if rules.json_values:
        return as_json(value)
    labels, listed = string_map(value.get("matchLabels"), rules), _expressions(value.get("matchExpressions"), rules)
    return f"v1.LabelSelector{{MatchLabels:{labels}, MatchExpressions:{listed}}}"


def _expressions(listed: list[dict[str, Any]] | None, rules: Rules) -> str:
    if listed is None:
        return "[]v1.LabelSelectorRequirement(nil)"
    items = (
        f"v1.LabelSelectorRequirement{{Key:{quoted(item.get('key', ''))}, Operator:{quoted(item.get('operator', ''))},"
        f" Values:{strings(item.get('values'), rules)}}}"
        for item in listed
    )
    return "[]v1.LabelSelectorRequirement{" + ", ".join(items) + "}"


def role_ref(value: dict[str, Any], rules: Rules) -> str:
    """The role that a binding names."""
    fields = {"APIGroup": value.get("apiGroup", ""), "Kind": value.get("kind", ""), "Name": value.get("name", "")}
    return _struct("rbac.RoleRef", fields, rules)


def owner(value: dict[str, Any], rules: Rules) -> str:
    """One ownerReference."""
    if rules.json_values:
        keys = ("apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion")
        return as_json({key: value.get(key, "") for key in keys if key in value or key in keys[:4]})
    texts = [f"{name}:{quoted(value.get(key, ''))}" for name, key in
             (("APIVersion", "apiVersion"), ("Kind", "kind"), ("Name", "name"), ("UID", "uid"))]
    # Go shows the address of a pointer; there is none here.
    pointers = [f"{name}:(*bool)({'0xc000000000' if key in value else 'nil'})" for name, key in
                (("Controller", "controller"), ("BlockOwnerDeletion", "blockOwnerDeletion"))]
    return "v1.OwnerReference{" + ", ".join(texts + pointers) + "}"


def owners(values: list[dict[str, Any]], rules: Rules) -> str:
    """All ownerReferences."""
    items = [owner(value, rules) for value in values]
    return "[" + ",".join(items) + "]" if rules.json_values else "[]v1.OwnerReference{" + ", ".join(items) + "}"


def number_or_text(value: int | str, rules: Rules) -> str:
    """An IntOrString."""
    if rules.json_values:
        return as_json(value)
    if isinstance(value, str):
        return f"intstr.IntOrString{{Type:1, IntVal:0, StrVal:{quoted(value)}}}"
    return f'intstr.IntOrString{{Type:0, IntVal:{value}, StrVal:""}}'


def strategy(value: dict[str, Any], rules: Rules) -> str:
    """The strategy of a Deployment."""
    kind = quoted(value.get("type", ""))
    if rules.json_values:
        return f'{{"Type":{kind},"RollingUpdate":{as_json(value.get("rollingUpdate"))}}}'
    pointer = "0xc000000000" if value.get("rollingUpdate") else "nil"
    return f"apps.DeploymentStrategy{{Type:{kind}, RollingUpdate:(*apps.RollingUpdateDeployment)({pointer})}}"


def service_port(protocol: str, port: int, rules: Rules) -> str:
    """The protocol and number by which two ports of a Service are the same."""
    if rules.json_values:
        return (f'{{"Name":"","Protocol":{quoted(protocol)},"AppProtocol":null,"Port":{port},'
                '"TargetPort":0,"NodePort":0}')
    return (f'core.ServicePort{{Name:"", Protocol:{quoted(protocol)}, Port:{port}, '
            f"TargetPort:{number_or_text(0, rules)}, NodePort:0}}")


def _struct(name: str, fields: dict[str, str], rules: Rules) -> str:
    if rules.json_values:
        return as_json(fields)
    return f"{name}{{" + ", ".join(f"{key}:{quoted(value)}" for key, value in fields.items()) + "}"
