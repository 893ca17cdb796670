"""A custom kind for tests: a CustomResourceDefinition, and an API server that has it."""

from __future__ import annotations

from typing import Any

from sanb.values import Obj
from tests.apiserver.alone import Alone

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
WIDGETS = "widgets.example.com"
SPEC: Obj = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "string", "enum": ["s", "m"]},
        "replicas": {"type": "integer", "minimum": 1, "maximum": 9, "default": 1},
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string", "maxLength": 3}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "port": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        "when": {"type": "string", "format": "date-time"},
        "code": {"type": "string", "pattern": "^[a-z]+$"},
    },
}
STATUS: Obj = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def schema(spec: Obj = SPEC) -> Obj:
    return {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec, "status": STATUS}}}


def definition(**changes: Any) -> Obj:
    """Widgets: v1 with a schema, status and scale. `names` and `version` add to the names and the version."""
    names = {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"], **changes.pop("names", {})}
    version = {
        "name": "v1", "served": True, "storage": True, "schema": schema(),
        "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}},
        **changes.pop("version", {}),
    }
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version], **changes}
    name = f"{spec['names']['plural']}.{spec['group']}"
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": name}, "spec": spec}


def alone(minor: str = "1.36", body: Obj | None = None) -> Alone:
    """An API server in which the kind is defined."""
    server = Alone(minor)
    server.ask("create", DEFINITIONS, body=body or definition())
    return server


def widget(name: str = "a", **spec: Any) -> Obj:
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": name}, "spec": {"size": "s", **spec}}
