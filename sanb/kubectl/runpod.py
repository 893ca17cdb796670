"""kubectl run (SEM 12.5)."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from sanb.apiserver.resources import RESOURCES, Resource
from sanb.kubectl import dryrun, runattach
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
GENERATORS: Final = {"Always": "deployment/apps.v1", "OnFailure": "job/v1", "Never": "run-pod/v1"}
RESTARTS: Final = ("Always", "OnFailure", "Never")
BAD_RESTART: Final = "invalid restart policy: {}"
BAD_IMAGE: Final = 'Invalid image name "{}": {}'
HINT: Final = "\nSee 'kubectl run -h' for help and examples"
_PART: Final = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
IMAGE: Final = re.compile(
    rf"(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?/)?{_PART}(?:/{_PART})*(?::\w[\w.-]{{0,127}})?(?:@[A-Za-z]\w*:[0-9a-fA-F]{{32,}})?"
)
"""References of images, as the container tools write them."""
LATE_NOTICE: Final = {"1.10": False, "1.12": True, "1.18": False}
NOTICE: Final = (
    "kubectl run --generator={} is DEPRECATED and will be removed in a future version. "
    "Use kubectl run --generator=run-pod/v1 or kubectl create instead."
)


def run(session: Session) -> None:
    """Make a Pod, or in old minors a Deployment or Job, that runs an image."""
    parsed = session.parsed
    hint = HINT
    if not parsed.text("image"):
        raise error('required flag(s) "image" not set')
    if not parsed.arguments:
        raise error("NAME is required for run\nSee 'kubectl run -h' for help and examples")
    _check_image(session, parsed.text("image"))
    restart = parsed.text("restart", "Always")
    if restart not in RESTARTS:
        raise error(BAD_RESTART.format(restart) + hint)
    attached = parsed.on("attach") or parsed.on("stdin") or parsed.on("tty")
    if parsed.on("rm") and not attached:
        raise error(f"--rm should only be used for attached containers{hint}")
    if parsed.on("expose") and "port" not in parsed.values:
        raise error(f"--port must be set when exposing a service{hint}")
    if dryrun.mode(session) != "none" and attached and parsed.on("rm"):
        raise error(f"--rm and --dry-run cannot be combined{hint}")
    _make(session, restart, attached)


def _check_image(session: Session, name: str) -> None:
    if IMAGE.fullmatch(name):
        return
    why = "invalid reference format"
    if IMAGE.fullmatch(name.lower()):
        repository = name.partition("@")[0].rpartition(":")[0] or name
        why += f": repository name ({repository if '/' in repository else 'library/' + repository}) must be lowercase"
    raise error(BAD_IMAGE.format(name, why))


def _make(session: Session, restart: str, attached: bool) -> None:
    parsed = session.parsed
    name, words = parsed.arguments[0], parsed.arguments[1:]
    resource, obj = _object(session, name, words, restart)
    if parsed.on("expose"):
        _service(session, name)
    quiet = attached and parsed.on("rm")
    before = len(session.out)
    dryrun.make(session, resource, _overridden(session, obj), session.namespace, manager="kubectl-run")
    if quiet:
        del session.out[before:]
    if attached and resource.kind == "Pod" and dryrun.mode(session) == "none":
        runattach.attach(session, name, words)


def _object(session: Session, name: str, words: list[str], restart: str) -> tuple[Resource, Obj]:
    """What run makes: a Pod; up to 1.17 by default a Deployment, or a Job that restarts on failure."""
    default = session.profile.pick(GENERATOR)
    generator = session.parsed.text("generator") or (default and GENERATORS[restart])
    kind = generator.partition("/")[0]
    if kind in ("deployment", "job"):
        if session.profile.pick(LATE_NOTICE):
            session.complain(NOTICE.format(generator))
        if kind == "job":
            return RESOURCES["jobs.batch"], _job(session, name, words, restart)
        return RESOURCES["deployments.apps"], _deployment(session, name, words)
    return RESOURCES["pods"], _pod(session, name, words, restart)


def _service(session: Session, name: str) -> None:
    port = session.parsed.values["port"]
    spec = {"ports": [{"port": port, "protocol": "TCP", "targetPort": port}], "selector": _labels(session, name)}
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": spec,
        "status": {"loadBalancer": {}},
    }
    dryrun.make(session, RESOURCES["services"], body, session.namespace, manager="kubectl-run")


def _job(session: Session, name: str, words: list[str], restart: str) -> Obj:
    labels = _labels(session, name)
    spec = {**_spec(session, name, words), "restartPolicy": restart}
    template = {"metadata": {"creationTimestamp": None, "labels": labels}, "spec": spec}
    metadata = {"labels": labels, "name": name}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {"template": template}, "status": {}}


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
