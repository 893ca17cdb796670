"""Kinds that nobody defined, stored all the same: a CustomResourceDefinition without a schema is made for them."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.request import Request
from sanb.errors import ApiError
from sanb.values import Obj, dig

DEFINITIONS: Final = "customresourcedefinitions.apiextensions.k8s.io"
PATIENCE: Final = 10.0
"""How long a definition may take to be served, in virtual seconds."""
NOTE: Final = "stored as it is: no CustomResourceDefinition tells what a {} is"


def define(cp: Any, obj: Obj) -> str:
    """Make the kind of an object known; what is said about it, empty if that cannot be."""
    group, _, version = str(obj["apiVersion"]).rpartition("/")
    if "." not in group or not obj.get("kind"):
        return ""
    kind = str(obj["kind"])
    plural = _plural(kind.lower())
    cluster = dig(obj, "metadata", "namespace") is None and kind.startswith("Cluster")
    try:
        definition = _definition(cp, group, version, kind, plural, "Cluster" if cluster else "Namespaced")
        cp.request(Request("create", DEFINITIONS, body=definition))
    except ApiError:
        return ""
    wait(cp, f"{plural}.{group}")
    return NOTE.format(kind)


def wait(cp: Any, name: str) -> None:
    """Let time pass until the kind of a definition is served."""
    cp.run_until(lambda: name in cp.resources(), PATIENCE)


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def _definition(cp: Any, group: str, version: str, kind: str, plural: str, scope: str) -> Obj:
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    served: Any = cp.resources()[DEFINITIONS].served
    spec: Obj = {"group": group, "scope": scope, "names": names}
    if "apiextensions.k8s.io/v1" in served:
        schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
        spec["versions"] = [{"name": version, "served": True, "storage": True, "schema": schema}]
    else:
        spec["version"] = version
    return {
        "apiVersion": served[0],
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": spec,
    }
