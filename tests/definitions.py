"""Definitions of custom kinds, as manifests."""

from __future__ import annotations


def definition(name: str, kind: str, schema: str = "{type: object}", *, names: str = "", version: str = "") -> str:
    """The manifest of a namespaced kind with one version, `v1`.

    Args:
        name: PLURAL.GROUP.
        kind: what its objects are called.
        schema: theirs, in YAML between braces.
        names: more of the definition's names, in YAML: `shortNames: [bk]`.
        version: more of its version, in YAML: `selectableFields: [{jsonPath: .spec.color}]`.
    """
    plural, _, group = name.partition(".")
    called = ", ".join(filter(None, (f"plural: {plural}, singular: {kind.lower()}, kind: {kind}", names)))
    served = ", ".join(filter(None, (f"name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}", version)))
    return f"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {name}}}
spec: {{group: {group}, scope: Namespaced, names: {{{called}}}, versions: [{{{served}}}]}}
"""
