"""The environment of containers: what they declare, resolved when they start, and what every container has."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.kubelet import downward
from sanb.kubelet.stages import Life
from sanb.kubelet.texts import Texts
from sanb.values import Lazy, Obj, dig

PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KUBERNETES: Final = ("10.96.0.1", 443, "https")
REFERENCE: Final = re.compile(r"\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)")

Variables = tuple[tuple[str, Any], ...]
"""(name, text) pairs; a text may be lazy."""


class Unresolvable(Exception):
    """A variable refers to what is not there; the text is the container's message (CreateContainerConfigError)."""


def declared(api: Api, pod: Obj, container: Obj, life: Life, texts: Texts) -> Variables:
    """The variables that a container's `envFrom` and `env` give, in that order.

    Raises:
        Unresolvable: a Secret, a ConfigMap or a key is missing and not optional.
    """
    found: dict[str, Any] = {}
    for source in container.get("envFrom") or ():
        prefix = source.get("prefix") or ""
        for kind in ("configMapRef", "secretRef"):
            if kind in source:
                values = _object(api, pod, kind, source[kind], texts)
                found |= {prefix + key: values[key] for key in sorted(values)}
    addresses = {
        "status.podIP": life.ip, "status.hostIP": life.host, "status.podIPs": life.ip, "status.hostIPs": life.host
    }
    for variable in container.get("env") or ():
        text = _value(api, pod, container, variable, found, addresses, texts)
        if text is not None:
            found[variable["name"]] = text
    return tuple(found.items())


def _value(
    api: Api, pod: Obj, container: Obj, variable: Obj, known: Mapping[str, Any], addresses: Mapping[str, str],
    texts: Texts,
) -> Any:
    source = variable.get("valueFrom")
    if not source:
        return expand(str(variable.get("value") or ""), known)
    if "fieldRef" in source:
        return downward.field(pod, source["fieldRef"]["fieldPath"], addresses)
    if "resourceFieldRef" in source:
        return downward.resource(pod, source["resourceFieldRef"], container["name"])
    for kind, title in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        if kind in source:
            ref = source[kind]
            values = _object(api, pod, kind, ref, texts)
            if ref["key"] in values:
                return values[ref["key"]]
            if not ref.get("optional"):
                place = f"{pod['metadata']['namespace']}/{ref.get('name', '')}"
                raise Unresolvable(f"couldn't find key {ref['key']} in {title} {place}")
    return None


def _object(api: Api, pod: Obj, kind: str, ref: Obj, texts: Texts) -> dict[str, Any]:
    """All values of the Secret or ConfigMap that a reference names."""
    namespace, name = pod["metadata"]["namespace"], ref.get("name") or ""
    secret = kind.startswith("secret")
    obj = api.cached("secrets" if secret else "configmaps", namespace, name)
    if obj is None:
        if ref.get("optional"):
            return {}
        raise Unresolvable((texts.secret_missing if secret else texts.configmap_missing).format(name=name))
    data = obj.get("data") or {}
    return {key: decoded(value) for key, value in data.items()} if secret else dict(data)


def decoded(value: Any) -> Any:
    """The text of a base64 value, worked out when it is read."""
    return Lazy(_decode, value)


def _decode(value: Any) -> str:
    return base64.b64decode(str(value)).decode("utf-8", "surrogateescape")


def expand(text: str, known: Mapping[str, Any]) -> str:
    """`$(NAME)` replaced where NAME is known; `$$` is a dollar sign."""
    if "$" not in text:
        return text
    return REFERENCE.sub(
        lambda m: "$" if m[0] == "$$" else str(known[m[1]]) if m[1] in known else m[0], text
    )


def service_variables(services: Iterable[Obj]) -> dict[str, str]:
    """The variables that name the Services of the namespace, and always the API server."""
    found = _service("KUBERNETES", *KUBERNETES)
    for service in services:
        address = dig(service, "spec", "clusterIP", default="")
        ports = dig(service, "spec", "ports", default=())
        if address and address != "None" and ports:
            name, first = service["metadata"]["name"].upper().replace("-", "_"), ports[0]
            found |= _service(name, address, first["port"], first.get("name") or "", first.get("protocol", "TCP"))
    return found


def _service(name: str, address: str, port: int, label: str = "", protocol: str = "TCP") -> dict[str, str]:
    lower = protocol.lower()
    url, stem = f"{lower}://{address}:{port}", f"{name}_PORT_{port}_{protocol}"
    found = {f"{name}_SERVICE_HOST": address, f"{name}_SERVICE_PORT": str(port)}
    if label:
        found[f"{name}_SERVICE_PORT_{label.upper().replace('-', '_')}"] = str(port)
    more = {f"{name}_PORT": url, stem: url, f"{stem}_PROTO": lower, f"{stem}_PORT": str(port), f"{stem}_ADDR": address}
    return found | more
