"""What the cells of tables say about workloads, volumes, networking and policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanb.apiserver.ages import age, human
from sanb.apiserver.cells import NONE, Cell
from sanb.apiserver.view import View
from sanb.times import parse
from sanb.values import Obj, dig

MOST: Final = 3
"""So many of a list are shown before it says how many more there are."""
UNKNOWN: Final = "<unknown>"
UNSET: Final = "<unset>"
MODES: Final[Mapping[str, str]] = {
    "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
}


def or_text(*path: str | int, text: str) -> Cell:
    """The value at a path, or a text where there is none."""

    def cell(obj: Obj, view: View) -> Any:
        value = dig(obj, *path, default=None)
        return text if value in (None, "") else value

    return cell


def truth(*path: str, default: bool = False) -> Cell:
    """True or False."""

    def cell(obj: Obj, view: View) -> str:
        return str(bool(dig(obj, *path, default=default)))

    return cell


def fact(*path: str, default: bool = False) -> Cell:
    """true or false."""

    def cell(obj: Obj, view: View) -> str:
        return str(bool(dig(obj, *path, default=default))).lower()

    return cell


def joined(*path: str, empty: str = NONE) -> Cell:
    """The texts of a list, with commas."""

    def cell(obj: Obj, view: View) -> str:
        return ",".join(dig(obj, *path, default=()) or ()) or empty

    return cell


def audiences(obj: Obj, view: View) -> str:
    """The audiences of the tokens that a driver of volumes wants."""
    return ",".join(str(one.get("audience", "")) for one in dig(obj, "spec", "tokenRequests", default=()) or ()) or UNSET


def parameter_kind(obj: Obj, view: View) -> str:
    """The kind of what a policy for admission is given."""
    found = dig(obj, "spec", "paramKind", default=None)
    return f"{found.get('apiVersion', '')}/{found.get('kind', '')}" if found else UNSET


def parameter(obj: Obj, view: View) -> str:
    """What a policy for admission is given."""
    found = dig(obj, "spec", "paramRef", default=None)
    if not found:
        return UNSET
    place = f"{found['namespace']}/" if found.get("namespace") else "*/"
    return place + str(found.get("name") or "*")


def _labels(found: Mapping[str, str] | None) -> str:
    return ",".join(f"{key}={found[key]}" for key in sorted(found)) if found else NONE


def labels(*path: str) -> Cell:
    """The labels at a path, as text."""

    def cell(obj: Obj, view: View) -> str:
        return _labels(dig(obj, *path, default=None))

    return cell


def dangling(obj: Obj, view: View) -> str:
    """Whether a FlowSchema leads nowhere, as far as anybody found out."""
    conditions = dig(obj, "status", "conditions", default=()) or ()
    return next((str(one["status"]) for one in conditions if one.get("type") == "Dangling"), "?")


def health(obj: Obj, view: View) -> str:
    """How a component of the control plane is."""
    found = dig(obj, "conditions", 0, "status", default="Unknown")
    return {"True": "Healthy", "False": "Unhealthy"}.get(str(found), "Unknown")


def _selector(selector: Obj | None) -> str:
    """A label selector as text."""
    if not selector or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        return NONE
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for one in selector.get("matchExpressions") or ():
        key, operator, values = one["key"], one["operator"], ",".join(sorted(one.get("values") or ()))
        texts = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
        parts.append(texts.get(operator, f"!{key}"))
    return ",".join(sorted(parts))


def chosen(*path: str) -> Cell:
    """A label selector at a path."""

    def cell(obj: Obj, view: View) -> str:
        return _selector(dig(obj, *path, default=None))

    return cell


def labelled(*path: str) -> Cell:
    """A map of labels at a path."""

    def cell(obj: Obj, view: View) -> str:
        return _labels(dig(obj, *path, default=None))

    return cell


def template(what: str, *path: str) -> Cell:
    """Names or images of the containers in a template at a path."""

    def cell(obj: Obj, view: View) -> str:
        return ",".join(str(one.get(what, "")) for one in dig(obj, *path, "spec", "containers", default=()))

    return cell


def ratio(part: str, *whole: str) -> Cell:
    """A count of the status out of what is wanted."""

    def cell(obj: Obj, view: View) -> str:
        return f"{dig(obj, 'status', part, default=0)}/{dig(obj, *whole, default=0)}"

    return cell


# ---------------------------------------------------------------------- Jobs


def job_status(obj: Obj, view: View) -> str:
    """How a Job stands."""
    true = [one["type"] for one in dig(obj, "status", "conditions", default=()) if one["status"] == "True"]
    for kind, word in (("Complete", "Complete"), ("Failed", "Failed")):
        if kind in true:
            return word
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    for kind, word in (("Suspended", "Suspended"), ("FailureTarget", "FailureTarget"),
                       ("SuccessCriteriaMet", "SuccessCriteriaMet")):
        if kind in true:
            return word
    return "Running"


def job_completions(obj: Obj, view: View) -> str:
    """Finished Pods of those wanted."""
    done, wanted = dig(obj, "status", "succeeded", default=0), dig(obj, "spec", "completions", default=None)
    if wanted is not None:
        return f"{done}/{wanted}"
    workers = dig(obj, "spec", "parallelism", default=0)
    return f"{done}/1 of {workers}" if workers > 1 else f"{done}/1"


def job_duration(obj: Obj, view: View) -> str:
    """How long a Job took, or has been going on."""
    start, end = dig(obj, "status", "startTime", default=""), dig(obj, "status", "completionTime", default="")
    if not start:
        return ""
    return human((parse(end) if end else view.now) - parse(start))


def job_desired(obj: Obj, view: View) -> str:
    """How many Pods a Job wants to finish, as old servers show it."""
    wanted = dig(obj, "spec", "completions", default=None)
    return NONE if wanted is None else str(wanted)


def last_schedule(obj: Obj, view: View) -> str:
    """When a CronJob last made a Job."""
    last = dig(obj, "status", "lastScheduleTime", default="")
    return age(last, view.now, view.profile) if last else NONE


# ---------------------------------------------------------------------- networking


def _and_more(texts: list[str], total: int) -> str:
    shown = ",".join(texts)
    return f"{shown} + {total - MOST} more..." if total > MOST else shown


def endpoints(obj: Obj, view: View) -> str:
    """Addresses with their ports, the first three."""
    found: list[str] = []
    for subset in obj.get("subsets") or ():
        ports = subset.get("ports") or ()
        for address in subset.get("addresses") or ():
            if ports:
                found.extend(_joined(address["ip"], port.get("port", 0)) for port in ports)
            else:
                found.append(address["ip"])
    return _and_more(found[:MOST], len(found)) if found else NONE


def _joined(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def slice_ports(obj: Obj, view: View) -> str:
    """The ports of an EndpointSlice."""
    found = [str(port["port"]) if port.get("port") is not None else "*" for port in obj.get("ports") or ()]
    return _and_more(found[:MOST], len(found)) if found else UNSET


def slice_endpoints(obj: Obj, view: View) -> str:
    """The addresses of an EndpointSlice."""
    found = [address for one in obj.get("endpoints") or () for address in one.get("addresses") or ()]
    return _and_more(found[:MOST], len(found)) if found else UNSET


def hosts(obj: Obj, view: View) -> str:
    """The hosts of an Ingress; * for all."""
    found = [rule["host"] for rule in dig(obj, "spec", "rules", default=()) if rule.get("host")]
    return _and_more(found[:MOST], len(found)) if found else "*"


def balanced(obj: Obj, view: View) -> str:
    """Where a load balancer can be reached."""
    found = dig(obj, "status", "loadBalancer", "ingress", default=())
    return ",".join(one.get("ip") or one.get("hostname") or "" for one in found)


def ingress_ports(obj: Obj, view: View) -> str:
    """80, and 443 if there is TLS."""
    return "80, 443" if dig(obj, "spec", "tls", default=()) else "80"


def parameters(obj: Obj, view: View) -> str:
    """What an IngressClass points to."""
    found = dig(obj, "spec", "parameters", default=None)
    if found is None:
        return NONE
    group = f".{found['apiGroup']}" if found.get("apiGroup") else ""
    return f"{found.get('kind', '')}{group}/{found.get('name', '')}"


# ---------------------------------------------------------------------- volumes


def modes(*path: str) -> Cell:
    """Access modes in short."""

    def cell(obj: Obj, view: View) -> str:
        found = dig(obj, *path, default=()) or ()
        return ",".join(short for mode, short in MODES.items() if mode in found)

    return cell


def claim_phase(obj: Obj, view: View) -> str:
    """The phase of a volume or a claim, or that it goes."""
    return "Terminating" if obj["metadata"].get("deletionTimestamp") else str(dig(obj, "status", "phase", default=""))


def bound(what: str) -> Cell:
    """What a claim has once it is bound."""

    in_short = modes("status", "accessModes")

    def cell(obj: Obj, view: View) -> str:
        if not dig(obj, "spec", "volumeName", default=""):
            return ""
        if what == "capacity":
            return str(dig(obj, "status", "capacity", "storage", default="0"))
        return str(in_short(obj, view))

    return cell


def claimed(obj: Obj, view: View) -> str:
    """The claim of a volume."""
    found = dig(obj, "spec", "claimRef", default=None)
    return f"{found.get('namespace', '')}/{found.get('name', '')}" if found else ""


def mode_name(obj: Obj, view: View) -> str:
    """The mode of a volume."""
    return str(dig(obj, "spec", "volumeMode", default=UNSET))


def default_class(obj: Obj, view: View) -> str:
    """The name of a storage class, and whether it is the default."""
    notes = obj["metadata"].get("annotations") or {}
    keys = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
    default = any(notes.get(key) == "true" for key in keys)
    return f"{obj['metadata']['name']} (default)" if default else str(obj["metadata"]["name"])


# ---------------------------------------------------------------------- policies, extensions


def _used(obj: Obj, limits: bool) -> str:
    hard, used = dig(obj, "status", "hard", default={}), dig(obj, "status", "used", default={})
    names = sorted(name for name in hard if name.startswith("limits.") is limits)
    return ", ".join(f"{name}: {used.get(name, '0')}/{hard[name]}" for name in names)


def quota_requests(obj: Obj, view: View) -> str:
    """What is used of what a quota allows, limits apart."""
    return _used(obj, False)


def quota_limits(obj: Obj, view: View) -> str:
    """What is used of the limits that a quota allows."""
    return _used(obj, True)


def scale_target(obj: Obj, view: View) -> str:
    """What an autoscaler scales."""
    found = dig(obj, "spec", "scaleTargetRef", default={})
    return f"{found.get('kind', '')}/{found.get('name', '')}"


def targets(obj: Obj, view: View) -> str:
    """What an autoscaler measures against what it aims at."""
    spec = obj.get("spec") or {}
    if "targetCPUUtilizationPercentage" in spec:
        current = dig(obj, "status", "currentCPUUtilizationPercentage", default=None)
        shown = UNKNOWN if current is None else f"{current}%"
        return f"{shown}/{spec['targetCPUUtilizationPercentage']}%"
    found = [_metric(one, number, obj) for number, one in enumerate(spec.get("metrics") or ())]
    total = len(found)
    return (f"{', '.join(found[:2])} + {total - 2} more..." if total > 2 else ", ".join(found)) if found else NONE


def _metric(metric: Obj, number: int, obj: Obj) -> str:
    kind = metric.get("type", "")
    field = kind[:1].lower() + kind[1:]
    source = metric.get(field) or {}
    target = source.get("target") or {}
    now = dig(obj, "status", "currentMetrics", number, field, "current", default={}) or {}
    prefix = f"{source.get('name', '')}: " if kind in ("Resource", "ContainerResource") else ""
    if target.get("averageUtilization") is not None:
        share = now.get("averageUtilization")
        return f"{prefix}{UNKNOWN if share is None else f'{share}%'}/{target['averageUtilization']}%"
    if target.get("averageValue") is not None:
        return f"{prefix}{now.get('averageValue', UNKNOWN)}/{target['averageValue']} (avg)"
    return f"{prefix}{now.get('value', UNKNOWN)}/{target.get('value', UNKNOWN)}"


def bounded(*path: str) -> Cell:
    """A count of a budget, N/A where it is not said."""
    return or_text(*path, text="N/A")


def controller_name(obj: Obj, view: View) -> str:
    """Who controls a ControllerRevision."""
    for one in obj["metadata"].get("ownerReferences") or ():
        if one.get("controller"):
            group = one["apiVersion"].rpartition("/")[0]
            kind = one["kind"].lower()
            return f"{kind}.{group}/{one['name']}" if group else f"{kind}/{one['name']}"
    return NONE


def api_service(obj: Obj, view: View) -> str:
    """Who answers for an APIService."""
    found = dig(obj, "spec", "service", default=None)
    return f"{found.get('namespace', '')}/{found.get('name', '')}" if found else "Local"


def available(obj: Obj, view: View) -> str:
    """Whether an APIService answers, and why not."""
    for one in dig(obj, "status", "conditions", default=()):
        if one["type"] == "Available":
            return "True" if one["status"] == "True" else f"{one['status']} ({one.get('reason', '')})"
    return "Unknown"
