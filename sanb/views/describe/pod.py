"""Descriptions of Pods and of the Pod templates of workloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sanb.values import Obj, dig
from sanb.views.describe.common import (
    Reader,
    controlled_by,
    date,
    events,
    labels,
    line,
    notes,
    several,
)

ACCOUNT: Final = {"1.10": False, "1.25": True}
ADDRESSES: Final = {"1.10": False, "1.16": True}
CONFIG_OPTIONAL: Final = {"1.10": ("ConfigMapOptional", "<nil>"), "1.33": ("Optional", "false")}
OPERATOR: Final = {"1.10": False, "1.20": True}
TEMPLATE_PLACES: Final = {"1.10": False, "1.31": True}
TEMPORARY: Final = "EmptyDir (a temporary directory that shares a pod's lifetime)"


def pod(obj: Obj, reader: Reader) -> str:
    """A Pod with its containers, volumes and events."""
    spec, status, metadata = obj["spec"], obj.get("status") or {}, obj["metadata"]
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"]) + _placed(obj, reader)
    body += labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile)
    if metadata.get("deletionTimestamp"):
        body += line("Status", f"Terminating (lasts {_lasts(metadata, reader)})")
        body += line("Termination Grace Period", f"{metadata.get('deletionGracePeriodSeconds', 0)}s")
    else:
        body += line("Status", status.get("phase", ""))
    body += "".join(line(key.capitalize(), status[key]) for key in ("reason", "message") if status.get(key))
    body += _addresses(status, reader) + controlled_by(obj)
    body += _containers(
        "Init Containers", spec.get("initContainers") or (), status.get("initContainerStatuses") or (), ""
    )
    body += _containers("Containers", spec.get("containers") or (), status.get("containerStatuses") or (), "")
    body += _conditions(status.get("conditions") or ()) + volumes(spec.get("volumes") or (), reader)
    body += line("QoS Class", status.get("qosClass", "")) + _places(spec, reader)
    return body + events(obj, reader)


def _lasts(metadata: Obj, reader: Reader) -> str:
    from sanb.apiserver.ages import age

    return age(metadata["deletionTimestamp"], reader.now, reader.profile)


def _placed(obj: Obj, reader: Reader) -> str:
    spec, status = obj["spec"], obj.get("status") or {}
    body = line("Priority", spec["priority"]) if spec.get("priority") is not None else ""
    if spec.get("priorityClassName"):
        body += line("Priority Class Name", spec["priorityClassName"])
    if reader.profile.pick(ACCOUNT):
        body += line("Service Account", spec.get("serviceAccountName", ""))
    node = spec.get("nodeName")
    body += line("Node", f"{node}/{status.get('hostIP', '')}" if node else "<none>")
    return body + (line("Start Time", date(status["startTime"])) if status.get("startTime") else "")


def _addresses(status: Obj, reader: Reader) -> str:
    body = line("IP", status.get("podIP", ""))
    if not reader.profile.pick(ADDRESSES):
        return body
    found = status.get("podIPs") or ()
    return body + ("IPs:\n" + "".join(f"  IP:\t{one['ip']}\n" for one in found) if found else line("IPs", "<none>"))


def _containers(title: str, containers: Sequence[Obj], statuses: Sequence[Obj], space: str) -> str:
    """Containers; `space` is before the lines of a template."""
    if not containers:
        return ""
    known = {status["name"]: status for status in statuses}
    indent = " " if space else ""
    parts = [f"{space}{title}:\n"]
    for container in containers:
        parts.append(f"  {indent}{container['name']}:\n")
        parts.extend(f"    {one}\n" for one in _container(container, known.get(container["name"])))
    return "".join(parts)


def _container(container: Obj, status: Obj | None) -> list[str]:
    rows: list[str] = []
    if status is not None:
        rows.append(f"Container ID:\t{status.get('containerID', '')}")
    rows.append(f"Image:\t{container.get('image', '')}")
    if status is not None:
        rows.append(f"Image ID:\t{status.get('imageID', '')}")
    ports = container.get("ports") or ()
    plural = "s" if len(ports) > 1 else ""
    for title, key in (("Port", "containerPort"), ("Host Port", "hostPort")):
        shown = ", ".join(f"{port.get(key, 0)}/{port.get('protocol', 'TCP')}" for port in ports) or "<none>"
        rows.append(f"{title}{plural}:\t{shown}")
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
    return rows + _environment(container) + _mounts(container)


def _state(title: str, state: Obj) -> list[str]:
    if "running" in state:
        return [f"{title}:\tRunning", f"  Started:\t{date(dig(state, 'running', 'startedAt'))}"]
    if "terminated" in state:
        ended: dict[str, Any] = state["terminated"]
        rows = [f"{title}:\tTerminated"]
        rows += [f"  {key.capitalize()}:\t{ended[key]}" for key in ("reason", "message") if ended.get(key)]
        rows.append(f"  Exit Code:\t{ended.get('exitCode', 0)}")
        return [*rows, f"  Started:\t{date(ended.get('startedAt'))}", f"  Finished:\t{date(ended.get('finishedAt'))}"]
    reason = dig(state, "waiting", "reason")
    return [f"{title}:\tWaiting", *([f"  Reason:\t{reason}"] if reason else [])]


def _environment(container: Obj) -> list[str]:
    env = container.get("env") or ()
    if not env:
        return ["Environment:\t<none>"]
    return ["Environment:", *(f"  {one['name']}:\t{_variable(one)}" for one in env)]


def _variable(one: Obj) -> str:
    source = one.get("valueFrom") or {}
    if "fieldRef" in source:
        return f" ({source['fieldRef'].get('apiVersion', 'v1')}:{source['fieldRef']['fieldPath']})"
    for kind, name in (("secretKeyRef", "secret"), ("configMapKeyRef", "config map")):
        if kind in source:
            found = source[kind]
            return (
                f"<set to the key '{found['key']}' {'in' if name == 'secret' else 'of'} {name} '{found['name']}'>  "
                f"Optional: {str(found.get('optional', False)).lower()}"
            )
    return str(one.get("value", ""))


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


def _conditions(conditions: Sequence[Obj]) -> str:
    if not conditions:
        return ""
    return "Conditions:\n  Type\tStatus\n" + "".join(f"  {one['type']} \t{one['status']} \n" for one in conditions)


def volumes(found: Sequence[Obj], reader: Reader, space: str = "") -> str:
    """Volumes and what fills them."""
    if not found:
        return f"{space}Volumes:\t<none>\n"
    indent = " " if space else ""
    parts = [f"{space}Volumes:\n"]
    for volume in found:
        parts.append(f"  {indent}{volume['name']}:\n")
        parts.extend(f"    {key}:\t{value}\n" for key, value in _volume(volume, reader))
    return "".join(parts)


def _volume(volume: Obj, reader: Reader) -> list[tuple[str, Any]]:
    if "secret" in volume:
        optional = str(volume["secret"].get("optional", False)).lower()
        name = volume["secret"].get("secretName", "")
        return [("Type", "Secret (a volume populated by a Secret)"), ("SecretName", name), ("Optional", optional)]
    if "configMap" in volume:
        optional = str(volume["configMap"].get("optional", False)).lower()
        name = volume["configMap"].get("name", "")
        return [("Type", "ConfigMap (a volume populated by a ConfigMap)"), ("Name", name), ("Optional", optional)]
    if "projected" in volume:
        rows: list[tuple[str, Any]] = [
            ("Type", "Projected (a volume that contains injected data from multiple sources)")
        ]
        for source in volume["projected"].get("sources") or ():
            rows += _source(source, reader)
        return rows
    if "emptyDir" in volume:
        limit = dig(volume, "emptyDir", "sizeLimit", default="<unset>")
        return [("Type", TEMPORARY), ("Medium", dig(volume, "emptyDir", "medium", default="")), ("SizeLimit", limit)]
    if "hostPath" in volume:
        path = volume["hostPath"]
        return [
            ("Type", "HostPath (bare host directory volume)"),
            ("Path", path["path"]),
            ("HostPathType", path.get("type", "")),
        ]
    return [("Type", "<unknown>")]


def _source(source: Obj, reader: Reader) -> list[tuple[str, Any]]:
    if "serviceAccountToken" in source:
        return [("TokenExpirationSeconds", source["serviceAccountToken"].get("expirationSeconds", 3600))]
    if "downwardAPI" in source:
        return [("DownwardAPI", "true")]
    if "configMap" in source:
        key, missing = reader.profile.pick(CONFIG_OPTIONAL)
        optional = source["configMap"].get("optional")
        return [
            ("ConfigMapName", source["configMap"]["name"]),
            (key, missing if optional is None else str(optional).lower()),
        ]
    if "secret" in source:
        optional = source["secret"].get("optional")
        shown = "<nil>" if optional is None else str(optional).lower()
        return [("SecretName", source["secret"]["name"]), ("SecretOptionalName", shown)]
    return []


def _places(spec: Obj, reader: Reader, space: str = "") -> str:
    selector = spec.get("nodeSelector") or {}
    body = several(f"{space}Node-Selectors", [f"{key}={selector[key]}" for key in sorted(selector)])
    return body + several(f"{space}Tolerations", [_toleration(one, reader) for one in spec.get("tolerations") or ()])


def _toleration(one: Obj, reader: Reader) -> str:
    text = str(one.get("key", ""))
    text += f"={one['value']}" if one.get("value") else ""
    text += f":{one['effect']}" if one.get("effect") else ""
    if one.get("operator") == "Exists" and not one.get("value") and reader.profile.pick(OPERATOR):
        text += " op=Exists" if text else "op=Exists"
    return text + (f" for {one['tolerationSeconds']}s" if one.get("tolerationSeconds") is not None else "")


def template(found: Obj, reader: Reader) -> str:
    """The Pod template of a workload."""
    metadata, spec = found.get("metadata") or {}, found.get("spec") or {}
    body = "Pod Template:\n" + labels(metadata.get("labels"), "  Labels")
    if metadata.get("annotations"):
        body += notes(metadata["annotations"], reader.profile, "  Annotations")
    if spec.get("serviceAccountName"):
        body += line("  Service Account", spec["serviceAccountName"])
    body += _containers("Init Containers", spec.get("initContainers") or (), (), "  ")
    body += _containers("Containers", spec.get("containers") or (), (), "  ")
    body += volumes(spec.get("volumes") or (), reader, "  ")
    return body + (_places(spec, reader, "  ") if reader.profile.pick(TEMPLATE_PLACES) else "")
