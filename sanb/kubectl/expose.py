"""kubectl expose: a Service for what a workload, a Pod or another Service selects."""

from __future__ import annotations

import json
from typing import Any, Final

from sanb.apiserver.resources import RESOURCES, Resource
from sanb.kubectl import choose, dryrun
from sanb.kubectl.apply import merge
from sanb.kubectl.choose import Target
from sanb.kubectl.flags import NUMBER, TEXT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.kubectl.words import pairs
from sanb.values import Obj, dig

FLAGS: Final[Flags] = {
    **choose.FLAGS,
    "port": Flag(),
    "target-port": Flag(),
    "type": Flag(),
    "name": Flag(),
    "selector": Flag(),
    "protocol": Flag(),
    "labels": Flag(TEXT, "l"),
    "external-ip": Flag(),
    "load-balancer-ip": Flag(),
    "cluster-ip": Flag(),
    "session-affinity": Flag(),
    "overrides": Flag(),
    "override-type": Flag(),
    "generator": Flag(),
    "container-port": Flag(NUMBER),
}
NO_PORT: Final = "couldn't find port via --port flag or introspection"
EXPOSED: Final = ("Service", "Pod", "Deployment", "ReplicaSet", "ReplicationController")


def expose(session: Session) -> None:
    """Make a Service for each object."""
    for target in choose.chosen(session, session.parsed.arguments):
        _one(session, target)


def _one(session: Session, target: Target) -> None:
    row, namespace, name = target
    source = session.fetch(row, namespace, name)
    if row.kind not in EXPOSED:
        group = f".{row.group}" if row.group else ""
        raise error(f"cannot expose a {row.kind}{group}")
    body = service(session, row, source)
    text = session.parsed.text("overrides")
    if text:
        try:
            body = merge(body, json.loads(text))
        except ValueError as problem:
            raise error(f"{problem}") from None
    dry = dryrun.mode(session)
    if dry == "client":
        body = dryrun.local(session, RESOURCES["services"], body, session.parsed.text("namespace"))
    else:
        options: dict[str, Any] = {"fieldManager": session.parsed.text("field-manager") or "kubectl-expose"}
        options |= {"dryRun": "All"} if dry == "server" else {}
        body = session.ask("create", "services", namespace, body=body, options=options)
    session.parsed.values["as-command"] = "run"
    dryrun.report(session, RESOURCES["services"], body, f"exposed{dryrun.SUFFIX[dry]}")


def service(session: Session, row: Resource, source: Obj) -> Obj:
    """The Service for an object.

    Raises:
        Failure: nothing tells its ports or what it selects.
    """
    parsed = session.parsed
    selector = pairs(parsed.text("selector")) if parsed.text("selector") else _selector(row, source)
    ports = _ports(session, row, source)
    labels = pairs(parsed.text("labels")) if parsed.text("labels") else source["metadata"].get("labels")
    spec: Obj = {"ports": ports, "selector": selector}
    for flag, field in (
        ("type", "type"),
        ("load-balancer-ip", "loadBalancerIP"),
        ("session-affinity", "sessionAffinity"),
    ):
        if parsed.text(flag):
            spec[field] = parsed.text(flag)
    if parsed.text("external-ip"):
        spec["externalIPs"] = [parsed.text("external-ip")]
    if parsed.text("cluster-ip"):
        spec["clusterIP"] = parsed.text("cluster-ip")
    metadata: Obj = {"name": parsed.text("name") or source["metadata"]["name"]}
    if labels:
        metadata["labels"] = labels
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}}


def _selector(row: Resource, source: Obj) -> Obj:
    if row.kind == "Pod":
        found = source["metadata"].get("labels") or {}
        if not found:
            raise error(
                "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed"
            )
        return dict(found)
    if row.kind in ("Service", "ReplicationController"):
        found = dig(source, "spec", "selector", default={})
    else:
        found = dig(source, "spec", "selector", "matchLabels", default={})
        expressions = dig(source, "spec", "selector", "matchExpressions", default=())
        if expressions:
            raise error(
                "couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions "
                f'- "{expressions}" to map-based selector format'
            )
    if not found:
        raise error(
            "couldn't retrieve selectors via --selector flag or introspection: invalid deployment: no selectors, "
            "therefore cannot be exposed"
        )
    return dict(found)


def _ports(session: Session, row: Resource, source: Obj) -> list[Obj]:
    parsed = session.parsed
    known = _known(row, source)
    wanted = [one for one in parsed.text("port").split(",") if one] or [str(number) for number, _ in known]
    if not wanted:
        raise Failure(f"error: {NO_PORT}")
    protocols = dict(known)
    found: list[Obj] = []
    for place, text in enumerate(wanted):
        if not text.isdigit():
            raise error(f'strconv.Atoi: parsing "{text}": invalid syntax')
        number = int(text)
        protocol = parsed.text("protocol") or protocols.get(number, "TCP")
        entry: Obj = {"name": f"port-{place + 1}"} if len(wanted) > 1 else {}
        target = parsed.text("target-port")
        goal: Any = (int(target) if target.isdigit() else target) if target else number
        found.append({**entry, "port": number, "protocol": protocol, "targetPort": goal})
    return found


def _known(row: Resource, source: Obj) -> list[tuple[int, str]]:
    """Ports that the object itself tells, with their protocols."""
    if row.kind == "Service":
        return [(one["port"], one.get("protocol", "TCP")) for one in dig(source, "spec", "ports", default=())]
    path = ("spec",) if row.kind == "Pod" else ("spec", "template", "spec")
    return [
        (port["containerPort"], port.get("protocol", "TCP"))
        for container in dig(source, *path, "containers", default=())
        for port in container.get("ports") or ()
    ]
