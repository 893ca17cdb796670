"""kubectl scale and autoscale."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.errors import ApiError
from sanb.kubectl import choose, dryrun
from sanb.kubectl.choose import Target
from sanb.kubectl.flags import NUMBER, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj, dig

FLAGS: Final[Flags] = {**choose.FLAGS, "replicas": Flag(NUMBER), "current-replicas": Flag(NUMBER), "timeout": Flag()}
AUTO_FLAGS: Final[Flags] = {
    **choose.FLAGS,
    "min": Flag(NUMBER),
    "max": Flag(NUMBER),
    "cpu-percent": Flag(NUMBER),
    "name": Flag(),
    "generator": Flag(),
}
METRIC_FLAGS: Final[dict[str, Flags]] = {"1.10": {}, "1.34": {"cpu": Flag(), "memory": Flag()}}
NO_SCALE: Final = "Error from server (NotFound): the server could not find the requested resource"
IDLE: Final[dict[str, Obj]] = {
    "1.10": {"currentReplicas": 0, "desiredReplicas": 0}, "1.33": {"currentMetrics": None, "desiredReplicas": 0},
}
NOTHING_SCALED: Final = {
    "1.10": "", "1.27": "no objects passed to scale", "1.32": "no objects passed to scale {}", "1.36": "",
}
"""What is said when there is nothing to scale; empty for what the server says."""
NOT_OLD: Final = "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input"
"""What is said of a refused autoscaler without metrics, which kubectl cannot send as one of the old version either."""
OLD_FLAG: Final = (
    "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization "
    "or '500m' for milliCPU)."
)
AUTOSCALER: Final = {"1.10": "autoscaling/v1", "1.33": "autoscaling/v2"}


def scale(session: Session) -> None:
    """Set the replicas of objects."""
    parsed = session.parsed
    if "replicas" not in parsed.values:
        raise error('required flag(s) "replicas" not set')
    if parsed.values["replicas"] < 0:
        raise error("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if not choose.chosen(session, parsed.arguments):
        raise error("no objects passed to scale")
    choose.each(session, parsed.arguments, lambda target: _scale(session, target))


def _scale(session: Session, target: Target) -> None:
    resource, namespace, name = target
    parsed = session.parsed
    try:
        body = session.fetch(resource, namespace, name)
    except ApiError as refusal:
        text = session.profile.pick(NOTHING_SCALED)
        alone = len(choose.chosen(session, session.parsed.arguments)) == 1
        if refusal.code == 404 and text and alone:
            raise error(text.format(refusal.message)) from None
        raise
    if "scale" not in resource.subresources:
        raise Failure(NO_SCALE)
    have, expected = dig(body, "spec", "replicas", default=0), parsed.values.get("current-replicas", -1)
    if expected not in (-1, have):
        raise error(f"Expected replicas to be {expected}, was {have}")
    change: Obj = {"spec": {"replicas": parsed.values["replicas"]}}
    if parsed.text("resource-version"):
        change["metadata"] = {"resourceVersion": parsed.text("resource-version")}
    dry = dryrun.mode(session)
    if dry != "client":
        options = choose.options(session, "merge", "kubectl")
        session.ask("patch", resource, namespace, name, change, "scale", options)
    if parsed.text("output") and dry == "none":
        body = session.fetch(resource, namespace, name)
    dryrun.report(session, resource, body, f"scaled{dryrun.SUFFIX[dry]}")


def autoscale(session: Session) -> None:
    """Make HorizontalPodAutoscalers."""
    parsed = session.parsed
    if "cpu-percent" in parsed.values and session.profile.pick(METRIC_FLAGS):
        session.complain(OLD_FLAG)
    if "max" not in parsed.values:
        raise error('required flag(s) "max" not set')
    if parsed.values["max"] < 1:
        raise error(f"--max=MAXPODS is required and must be at least 1, max: {parsed.values['max']}")
    if parsed.values["max"] < parsed.values.get("min", -1):
        raise error(
            f"--max=MAXPODS must be larger or equal to --min=MINPODS, max: {parsed.values['max']}, min: {parsed.values['min']}"
        )
    choose.each(session, parsed.arguments, lambda target: _autoscale(session, target))


def _autoscale(session: Session, target: Target) -> None:
    resource, namespace, name = target
    session.fetch(resource, namespace, name)
    if "scale" not in resource.subresources:
        version = resource.api_version if "/" in resource.api_version else f"/{resource.api_version}"
        raise error(
            f"cannot autoscale a {resource.kind}: could not find scale subresource for {version}, "
            f"Resource={resource.plural} in discovery information"
        )
    version = session.profile.pick(AUTOSCALER)
    spec: Obj = {"maxReplicas": session.parsed.values["max"], **_limits(session, version)}
    if session.parsed.values.get("min", -1) > 0:
        spec["minReplicas"] = session.parsed.values["min"]
    spec["scaleTargetRef"] = {"apiVersion": resource.api_version, "kind": resource.kind, "name": name}
    metadata = {"name": session.parsed.text("name") or name}
    obj = {"apiVersion": version, "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}
    dry = dryrun.mode(session)
    row = RESOURCES["horizontalpodautoscalers.autoscaling"]
    body: Any = obj
    if dry == "client":
        body = dryrun.local(session, row, {**obj, "status": session.profile.pick(IDLE)}, session.parsed.text("namespace"))
    else:
        options: dict[str, Any] = {
            "fieldManager": "kubectl-autoscale",
            **({"dryRun": "All"} if dry == "server" else {}),
        }
        try:
            body = session.ask("create", row, namespace, body=obj, options=options)
        except ApiError:
            if session.profile.pick(METRIC_FLAGS) and "metrics" not in spec:
                raise error(NOT_OLD) from None
            raise
    session.parsed.values["as-command"] = "run"
    dryrun.report(session, row, body, f"autoscaled{dryrun.SUFFIX[dry]}")


def _limits(session: Session, version: str) -> Obj:
    parsed = session.parsed
    percent = parsed.values.get("cpu-percent", -1)
    cpu = parsed.text("cpu") or (f"{percent}%" if percent >= 0 else "")
    if version == "autoscaling/v1":
        return {"targetCPUUtilizationPercentage": percent} if percent >= 0 else {}
    metrics = [_metric(kind, amount) for kind, amount in (("cpu", cpu), ("memory", parsed.text("memory"))) if amount]
    return {"metrics": metrics} if metrics else {}


def _metric(kind: str, amount: str) -> Obj:
    share = amount.endswith("%")
    wanted: Obj = {"averageUtilization": int(amount[:-1])} if share else {"averageValue": amount}
    target = {**wanted, "type": "Utilization" if share else "AverageValue"}
    return {"resource": {"name": kind, "target": target}, "type": "Resource"}
