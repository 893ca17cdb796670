"""What the cells of tables say about an object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sanb.apiserver.ages import age
from sanb.apiserver.view import View
from sanb.times import parse
from sanb.values import Obj, dig

Cell = Callable[[Obj, View], Any]
NONE: Final = "<none>"


def name(obj: Obj, view: View) -> str:
    """metadata.name."""
    return str(obj["metadata"]["name"])


def object_age(obj: Obj, view: View) -> str:
    """How old the object is."""
    return age(obj["metadata"].get("creationTimestamp"), view.now, view.profile)


def created_at(obj: Obj, view: View) -> str:
    """When the object was made."""
    return str(obj["metadata"].get("creationTimestamp", ""))


def at(*path: str | int, default: Any = "") -> Cell:
    """A cell that is the value at a path."""

    def cell(obj: Obj, view: View) -> Any:
        return dig(obj, *path, default=default)

    return cell


def count(*path: str) -> Cell:
    """A cell that is the number of entries of the list or dictionary at a path."""

    def cell(obj: Obj, view: View) -> int:
        return len(dig(obj, *path, default=()))

    return cell


def config_data(obj: Obj, view: View) -> int:
    """How many keys a ConfigMap has."""
    return len(obj.get("data") or ()) + len(obj.get("binaryData") or ())


# ---------------------------------------------------------------------- Pods


def outside(obj: Obj, view: View) -> str:
    """The addresses of a Service outside the cluster."""
    spec = obj.get("spec") or {}
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName") or NONE)
    given = list(spec.get("externalIPs") or ())
    if spec.get("type") != "LoadBalancer":
        return ",".join(given) or NONE
    found = [one.get("ip") or one.get("hostname") or "" for one in dig(obj, "status", "loadBalancer", "ingress", default=())]
    return ",".join([*filter(None, found), *given]) or "<pending>"


def node_address(kind: str) -> Cell:
    """The address of a Node of one kind."""

    def cell(obj: Obj, view: View) -> str:
        found = dig(obj, "status", "addresses", default=())
        return next((str(one["address"]) for one in found if one.get("type") == kind), NONE)

    return cell


def node_info(field: str) -> Cell:
    """What a Node says of its system."""

    def cell(obj: Obj, view: View) -> str:
        return str(dig(obj, "status", "nodeInfo", field, default="") or "<unknown>")

    return cell


def pod_ready(obj: Obj, view: View) -> str:
    """Ready containers of all containers, sidecars among them."""
    total = len(dig(obj, "spec", "containers", default=()))
    statuses = dig(obj, "status", "containerStatuses", default=())
    ready = sum(1 for one in statuses if one.get("ready") and "running" in (one.get("state") or {})) if statuses else 0
    if sidecars := _sidecars(obj):
        total += len(sidecars)
        ready += sum(1 for one in _of_sidecars(obj, sidecars) if one.get("started") and one.get("ready"))
    return f"{ready}/{total}"


def _sidecars(obj: Obj) -> frozenset[str]:
    """The names of init containers that run as long as the others."""
    found = dig(obj, "spec", "initContainers", default=())
    return frozenset(one["name"] for one in found if one.get("restartPolicy") == "Always") if found else NO_NAMES


def _of_sidecars(obj: Obj, names: frozenset[str]) -> list[Mapping[str, Any]]:
    return [one for one in dig(obj, "status", "initContainerStatuses", default=()) if one["name"] in names]


NO_NAMES: Final[frozenset[str]] = frozenset()


def pod_restarts(obj: Obj, view: View) -> str:
    """Restarts of the containers, and when the last one was."""
    statuses = dig(obj, "status", "containerStatuses", default=())
    if sidecars := _sidecars(obj):
        statuses = [*statuses, *_of_sidecars(obj, sidecars)]
    total = sum([one.get("restartCount", 0) for one in statuses])
    if not total:
        return "0"
    finished = [dig(one, "lastState", "terminated", "finishedAt", default="") for one in statuses]
    last = max((text for text in finished if text), default="")
    if last and view.profile.pick(RESTART_AGE):
        return f"{total} ({age(last, view.now, view.profile)} ago)"
    return str(total)


RESTART_AGE: Final = {"1.10": False, "1.22": True}


def pod_status(obj: Obj, view: View) -> str:
    """The word of the STATUS column: the reason of a container that does not run, or the phase."""
    status = obj.get("status") or {}
    word = str(status.get("reason") or status.get("phase") or "")
    initializing = _initializing(obj)
    if initializing:
        word = initializing
    else:
        word = _containers(status.get("containerStatuses") or (), word, status)
    if obj["metadata"].get("deletionTimestamp"):
        return "Unknown" if status.get("reason") == "NodeLost" else "Terminating"
    return word


def _initializing(obj: Obj) -> str:
    statuses = dig(obj, "status", "initContainerStatuses", default=())
    if not statuses:
        return ""
    sidecars = _sidecars(obj)
    for position, one in enumerate(statuses):
        state = one.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting")
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if one["name"] in sidecars and one.get("started"):
            continue
        if ended is not None:
            return f"Init:{_ended(ended)}"
        if waiting is not None and waiting.get("reason") not in (None, "", "PodInitializing"):
            return f"Init:{waiting['reason']}"
        return f"Init:{position}/{len(dig(obj, 'spec', 'initContainers', default=()))}"
    return ""


def _containers(statuses: Sequence[Mapping[str, Any]], word: str, status: Mapping[str, Any]) -> str:
    running = False
    for one in reversed(statuses):
        state = one.get("state") or {}
        waiting, ended = state.get("waiting"), state.get("terminated")
        if waiting is not None and waiting.get("reason"):
            word = waiting["reason"]
        elif ended is not None:
            word = _ended(ended)
        elif one.get("ready") and "running" in state:
            running = True
    if word == "Completed" and running:
        ready = any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or ())
        return "Running" if ready else "NotReady"
    return word


def _ended(ended: Mapping[str, Any]) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def readiness_gates(obj: Obj, view: View) -> str:
    """Fulfilled readiness gates of all."""
    gates = dig(obj, "spec", "readinessGates", default=())
    if not gates:
        return NONE
    true = {c["type"] for c in dig(obj, "status", "conditions", default=()) if c["status"] == "True"}
    return f"{sum(1 for gate in gates if gate['conditionType'] in true)}/{len(gates)}"


# ---------------------------------------------------------------------- workloads


def deployment_ready(obj: Obj, view: View) -> str:
    """Ready replicas of those wanted."""
    return f"{dig(obj, 'status', 'readyReplicas', default=0)}/{dig(obj, 'spec', 'replicas', default=0)}"


def containers(obj: Obj, view: View) -> str:
    """Names of the containers of a Pod template."""
    return ",".join(c["name"] for c in dig(obj, "spec", "template", "spec", "containers", default=()))


def images(obj: Obj, view: View) -> str:
    """Images of the containers of a Pod template."""
    return ",".join(c.get("image", "") for c in dig(obj, "spec", "template", "spec", "containers", default=()))


def selector(obj: Obj, view: View) -> str:
    """The label selector as text."""
    labels = dig(obj, "spec", "selector", "matchLabels", default=None)
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) if labels else NONE


def service_selector(obj: Obj, view: View) -> str:
    """The selector of a Service as text."""
    labels = dig(obj, "spec", "selector", default=None)
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) if labels else NONE


def ports(obj: Obj, view: View) -> str:
    """The ports of a Service."""
    shown = []
    for port in dig(obj, "spec", "ports", default=()):
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        shown.append(f"{port['port']}{node}/{port.get('protocol', 'TCP')}")
    return ",".join(shown) or NONE


# ---------------------------------------------------------------------- nodes, bindings, events


def node_status(obj: Obj, view: View) -> str:
    """Ready, NotReady or Unknown, and whether Pods may be scheduled."""
    ready = next((c for c in dig(obj, "status", "conditions", default=()) if c["type"] == "Ready"), None)
    word = "Unknown" if ready is None else "Ready" if ready["status"] == "True" else "NotReady"
    return f"{word},SchedulingDisabled" if dig(obj, "spec", "unschedulable", default=False) else word


def node_roles(obj: Obj, view: View) -> str:
    """Roles from the node's labels."""
    prefix = "node-role.kubernetes.io/"
    labels = obj["metadata"].get("labels") or {}
    return ",".join(sorted(label[len(prefix):] for label in labels if label.startswith(prefix))) or NONE


def role_ref(obj: Obj, view: View) -> str:
    """The role of a binding, as Kind/name."""
    return f"{dig(obj, 'roleRef', 'kind', default='')}/{dig(obj, 'roleRef', 'name', default='')}"


def subjects(kind: str) -> Cell:
    """A cell with the subjects of one kind; accounts as namespace/name."""

    def cell(obj: Obj, view: View) -> str:
        found = [one for one in obj.get("subjects") or () if one.get("kind") == kind]
        names = (f"{s.get('namespace', '')}/{s['name']}" if kind == "ServiceAccount" else s["name"] for s in found)
        return ", ".join(names)

    return cell


def event_last_seen(obj: Obj, view: View) -> str:
    """When the event was last seen."""
    return age(obj.get("lastTimestamp") or obj.get("eventTime") or obj.get("firstTimestamp"), view.now, view.profile)


def event_first_seen(obj: Obj, view: View) -> str:
    """When the event was first seen."""
    return age(obj.get("firstTimestamp") or obj.get("eventTime"), view.now, view.profile)


def event_object(obj: Obj, view: View) -> str:
    """What the event is about, as kind/name."""
    return f"{dig(obj, 'involvedObject', 'kind', default='').lower()}/{dig(obj, 'involvedObject', 'name', default='')}"


def event_source(obj: Obj, view: View) -> str:
    """Who reported the event, and from where."""
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent") or ""
    return f"{component}, {source['host']}" if source.get("host") else component


def event_message(obj: Obj, view: View) -> str:
    """What happened, without blanks around it."""
    return str(obj.get("message") or "").strip()


def newest_first(obj: Obj) -> float:
    """The order of events in a table."""
    text = obj.get("lastTimestamp") or obj.get("eventTime") or obj["metadata"].get("creationTimestamp")
    return -parse(text) if text else 0.0
