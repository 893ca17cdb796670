"""Containers in descriptions: state, ports, variables, probes, mounts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

from sanb.apiserver.validation.quantities import quantity
from sanb.profiles.profile import Profile
from sanb.values import Obj, dig
from sanb.views.describe.common import date

PORT_NAMES: Final = {"1.10": False, "1.36": True}
THRESHOLDS: Final = "#success={} #failure={}"
PROBES: Final = (("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe"))
KEYS: Final = (("secretKeyRef", "in secret"), ("configMapKeyRef", "of config map"))
SOURCES: Final = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))


def containers(
    title: str, found: Sequence[Obj], statuses: Sequence[Obj], space: str, profile: Profile, pod: Obj | None = None
) -> str:
    """Containers; `space` is before the lines of a template, `pod` resolves variables."""
    if not found:
        return ""
    known = {status["name"]: status for status in statuses}
    indent = " " if space else ""
    parts = [f"{space}{title}:\n"]
    for one in found:
        parts.append(f"  {indent}{one['name']}:\n")
        parts.extend(f"    {row}\n" for row in _container(one, known.get(one["name"]), profile, pod))
    return "".join(parts)


def _container(container: Obj, status: Obj | None, profile: Profile, pod: Obj | None) -> list[str]:
    rows: list[str] = []
    if status is not None:
        rows.append(f"Container ID:\t{status.get('containerID', '')}")
    rows.append(f"Image:\t{container.get('image', '')}")
    if status is not None:
        rows.append(f"Image ID:\t{status.get('imageID', '')}")
    rows += _ports(container, profile)
    for title, key in (("Command", "command"), ("Args", "args")):
        if container.get(key):
            rows += [f"{title}:", *(f"  {part}" for word in container[key] for part in word.split("\n"))]
    if status is not None:
        rows += _state("State", status.get("state") or {})
        if status.get("lastState"):
            rows += _state("Last State", status["lastState"])
        rows += [f"Ready:\t{bool(status.get('ready'))}", f"Restart Count:\t{status.get('restartCount', 0)}"]
    for key in ("limits", "requests"):
        amounts = dig(container, "resources", key, default={})
        if amounts:
            rows += [f"{key.capitalize()}:", *(f"  {name}:\t{amounts[name]}" for name in sorted(amounts))]
    rows += [f"{title}:\t{_probe(container[key], profile)}" for title, key in PROBES if container.get(key)]
    return rows + _sources(container) + _environment(container, pod) + _mounts(container)


def _ports(container: Obj, profile: Profile) -> list[str]:
    ports = container.get("ports") or ()
    plural = "s" if len(ports) > 1 else ""
    named = profile.pick(PORT_NAMES)
    rows = []
    for title, key in (("Port", "containerPort"), ("Host Port", "hostPort")):
        shown = [
            f"{port.get(key, 0)}/{port.get('protocol', 'TCP')}"
            + (f" ({port['name']})" if named and port.get("name") else "")
            for port in ports
        ]
        rows.append(f"{title}{plural}:\t{', '.join(shown) or '<none>'}")
    return rows


def _state(title: str, state: Obj) -> list[str]:
    if "running" in state:
        return [f"{title}:\tRunning", f"  Started:\t{date(dig(state, 'running', 'startedAt'))}"]
    if "terminated" in state:
        ended: dict[str, Any] = state["terminated"]
        rows = [f"{title}:\tTerminated"]
        rows += [f"  {key.capitalize()}:\t{ended[key]}" for key in ("reason", "message") if ended.get(key)]
        rows.append(f"  Exit Code:\t{ended.get('exitCode', 0)}")
        if ended.get("signal"):
            rows.append(f"  Signal:\t{ended['signal']}")
        return [*rows, f"  Started:\t{date(ended.get('startedAt'))}", f"  Finished:\t{date(ended.get('finishedAt'))}"]
    waiting = state.get("waiting") or {}
    details = [f"  {key.capitalize()}:\t{waiting[key]}" for key in ("reason", "message") if waiting.get(key)]
    return [f"{title}:\tWaiting", *(details[:1])]


# ---------------------------------------------------------------------- probes


def _probe(probe: Obj, profile: Profile) -> str:
    limits = THRESHOLDS.format(probe.get("successThreshold", 1), probe.get("failureThreshold", 3))
    delay, timeout = probe.get("initialDelaySeconds", 0), probe.get("timeoutSeconds", 1)
    attributes = f"delay={delay}s timeout={timeout}s period={probe.get('periodSeconds', 10)}s {limits}"
    return f"{_handler(probe)} {attributes}"


def _handler(probe: Obj) -> str:
    if "exec" in probe:
        return f"exec [{' '.join(probe['exec'].get('command') or ())}]"
    if "httpGet" in probe:
        get = probe["httpGet"]
        port = f":{get['port']}" if get.get("port") else ""
        return f"http-get {get.get('scheme', 'HTTP').lower()}://{get.get('host', '')}{port}{get.get('path', '')}"
    if "tcpSocket" in probe:
        return f"tcp-socket {probe['tcpSocket'].get('host', '')}:{probe['tcpSocket']['port']}"
    if "grpc" in probe:
        return f"grpc <pod>:{probe['grpc']['port']} {probe['grpc'].get('service') or ''}"
    return "unknown"


# ---------------------------------------------------------------------- variables


def _sources(container: Obj) -> list[str]:
    if not container.get("envFrom"):
        return []
    rows = ["Environment Variables from:"]
    for one in container["envFrom"]:
        prefix = f" with prefix '{one['prefix']}'" if one.get("prefix") else ""
        for key, kind in SOURCES:
            if key in one:
                optional = str(one[key].get("optional", False)).lower()
                rows.append(f"  {one[key]['name']}\t{kind}{prefix}\tOptional: {optional}")
    return rows


def _environment(container: Obj, pod: Obj | None) -> list[str]:
    env = container.get("env") or ()
    if not env:
        return ["Environment:\t<none>"]
    return ["Environment:", *(f"  {one['name']}:\t{_variable(one, container, pod)}" for one in env)]


def _variable(one: Obj, container: Obj, pod: Obj | None) -> str:
    source = one.get("valueFrom") or {}
    if "fieldRef" in source:
        path = source["fieldRef"]["fieldPath"]
        return f"{_field(pod, path)} ({source['fieldRef'].get('apiVersion', 'v1')}:{path})"
    if "resourceFieldRef" in source:
        return f"{_resource(container, source['resourceFieldRef'])} ({source['resourceFieldRef']['resource']})"
    for key, where in KEYS:
        if key in source:
            found = source[key]
            optional = str(found.get("optional", False)).lower()
            return f"<set to the key '{found['key']}' {where} '{found['name']}'>\tOptional: {optional}"
    return str(one.get("value", "")).replace("\n", "\n\t\t")


def _field(pod: Obj | None, path: str) -> str:
    """What a field of the metadata holds; of others nothing is told."""
    parts = path.split(".")
    if pod is None or len(parts) != 2 or parts[0] != "metadata":
        return ""
    value = pod["metadata"].get(parts[1], "")
    return value if isinstance(value, str) else ""


def _resource(container: Obj, reference: Obj) -> str:
    kind, _, name = str(reference["resource"]).partition(".")
    amount = dig(container, "resources", kind, name)
    if amount is None:
        return "0"
    step = quantity(reference.get("divisor") or "1") or 1
    return str(ceil(quantity(amount) / step))


def _mounts(container: Obj) -> list[str]:
    mounts = sorted(container.get("volumeMounts") or (), key=lambda one: str(one["mountPath"]))
    if not mounts:
        return ["Mounts:\t<none>"]
    rows = ["Mounts:"]
    for mount in mounts:
        flags = ["ro" if mount.get("readOnly") else "rw"]
        flags += [f'path="{mount["subPath"]}"'] if mount.get("subPath") else []
        rows.append(f"  {mount['mountPath']} from {mount['name']} ({','.join(flags)})")
    return rows
