"""kubectl run (SEM 12.5)."""

from __future__ import annotations

import json
from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.kubectl import dryrun
from sanb.kubectl.apply import merge
from sanb.kubectl.flags import NUMBER, REPEAT, SWITCH, TEXT, Flag
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj

FLAGS: Final = {
    **dryrun.FLAGS,
    "image": Flag(),
    "restart": Flag(),
    "overrides": Flag(),
    "labels": Flag(TEXT, "l"),
    "env": Flag(REPEAT),
    "port": Flag(NUMBER),
    "command": Flag(SWITCH),
    "stdin": Flag(SWITCH, "i"),
    "tty": Flag(SWITCH, "t"),
    "rm": Flag(SWITCH),
    "attach": Flag(SWITCH),
    "quiet": Flag(SWITCH, "q"),
    "image-pull-policy": Flag(),
    "annotations": Flag(REPEAT),
    "privileged": Flag(SWITCH),
    "override-type": Flag(),
    "expose": Flag(SWITCH),
    "pod-running-timeout": Flag(),
    "wait": Flag(SWITCH),
}
OLD_FLAGS: Final = {"serviceaccount": Flag(), "requests": Flag(), "limits": Flag()}
OLD: Final = {"1.10": True, "1.24": False}
"""Whether run has --serviceaccount."""
GENERATOR_FLAGS: Final = {"replicas": Flag(NUMBER, "r"), "generator": Flag()}
GENERATOR: Final = {"1.10": "deployment/apps.v1", "1.18": ""}
"""What run makes when it may restart: a Deployment, or (empty) always a Pod."""
LATE_NOTICE: Final = {"1.10": False, "1.12": True, "1.18": False}
NOTICE: Final = (
    "kubectl run --generator=deployment/apps.v1 is DEPRECATED and will be removed in a future version. "
    "Use kubectl run --generator=run-pod/v1 or kubectl create instead."
)


def run(session: Session) -> None:
    """Make a Pod, or in old minors a Deployment, that runs an image."""
    parsed = session.parsed
    if not parsed.arguments:
        raise error("NAME is required for run\nSee 'kubectl run -h' for help and examples")
    if not parsed.text("image"):
        raise error('required flag(s) "image" not set')
    restart = parsed.text("restart", "Always")
    if restart not in ("Always", "OnFailure", "Never"):
        raise error(f"invalid restart policy: {restart}\nSee 'kubectl run -h' for help and examples")
    name, words = parsed.arguments[0], parsed.arguments[1:]
    generator = parsed.text("generator") or (session.profile.pick(GENERATOR) if restart == "Always" else "run-pod/v1")
    if generator.startswith("deployment"):
        if session.profile.pick(LATE_NOTICE):
            session.complain(NOTICE)
        resource, obj = RESOURCES["deployments.apps"], _deployment(session, name, words)
    else:
        resource, obj = RESOURCES["pods"], _pod(session, name, words, restart)
    dryrun.make(session, resource, _overridden(session, obj), session.namespace)


def _overridden(session: Session, obj: Obj) -> Obj:
    text = session.parsed.text("overrides")
    if not text:
        return obj
    try:
        more = json.loads(text)
    except ValueError:
        raise error("Invalid JSON Patch") from None
    merged: Obj = merge(obj, more)
    return merged


def _labels(session: Session, name: str) -> dict[str, str]:
    text = session.parsed.text("labels")
    if not text:
        return {"run": name}
    if not all("=" in part for part in text.split(",")):
        raise error(f"unexpected label spec: {text}")
    return dict(part.split("=", 1) for part in text.split(","))


def _container(session: Session, name: str, words: list[str]) -> Obj:
    parsed = session.parsed
    container: dict[str, Any] = {"image": parsed.text("image"), "name": name, "resources": {}}
    if words:
        container["command" if parsed.on("command") else "args"] = words
    env = [part.partition("=") for part in parsed.many("env")]
    if any(not equals for _, equals, _ in env):
        raise error(f"invalid env: {parsed.many('env')[0]}")
    if env:
        container["env"] = [{"name": key, "value": value} for key, _, value in env]
    if "port" in parsed.values:
        container["ports"] = [{"containerPort": parsed.values["port"]}]
    if parsed.text("image-pull-policy"):
        container["imagePullPolicy"] = parsed.text("image-pull-policy")
    for flag in ("stdin", "tty"):
        if parsed.on(flag):
            container[flag] = True
    if parsed.on("stdin"):
        container["stdinOnce"] = True
    return container


def _spec(session: Session, name: str, words: list[str]) -> Obj:
    spec: Obj = {"containers": [_container(session, name, words)]}
    if session.parsed.text("serviceaccount"):
        spec["serviceAccountName"] = session.parsed.text("serviceaccount")
    return spec


def _pod(session: Session, name: str, words: list[str], restart: str) -> Obj:
    spec = {**_spec(session, name, words), "dnsPolicy": "ClusterFirst", "restartPolicy": restart}
    metadata: Obj = {"labels": _labels(session, name), "name": name}
    if session.parsed.many("annotations"):
        metadata["annotations"] = dict(part.split("=", 1) for part in session.parsed.many("annotations"))
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {}}


def _deployment(session: Session, name: str, words: list[str]) -> Obj:
    labels = _labels(session, name)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": labels, "name": name},
        "spec": {
            "replicas": session.parsed.values.get("replicas", 1),
            "selector": {"matchLabels": labels},
            "strategy": {},
            "template": {
                "metadata": {"creationTimestamp": None, "labels": labels},
                "spec": _spec(session, name, words),
            },
        },
        "status": {},
    }
