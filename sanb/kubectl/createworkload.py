"""kubectl create deployment, job and cronjob."""

from __future__ import annotations

from typing import Any, Final

from sanb.kubectl import dryrun
from sanb.kubectl.flags import MANY, NUMBER, Flag, Flags
from sanb.kubectl.maker import Build, needed, simple
from sanb.kubectl.result import error
from sanb.kubectl.session import Session, targets
from sanb.values import Obj

IMAGES: Final[Flags] = {"image": Flag(MANY), "replicas": Flag(NUMBER, "r"), "port": Flag(NUMBER)}
CRON_VERSION: Final = {"1.10": "batch/v1beta1", "1.21": "batch/v1"}
OWNED: Final = {"1.10": False, "1.16": True}
"""Whether a Job made from a CronJob belongs to it."""


def _null_time(session: Session, metadata: Obj) -> Obj:
    return {**metadata, "creationTimestamp": None} if session.profile.pick(dryrun.NULL_TIME) else metadata


def deployment(session: Session, name: str) -> Obj:
    """kubectl create deployment."""
    images = session.parsed.many("image")
    command = session.parsed.values.get("command")
    if not images:
        raise error('required flag(s) "image" not set')
    if command and len(images) > 1:
        raise error("cannot specify multiple --image options and command")
    labels = {"app": name}
    containers = []
    for image in images:
        container: Obj = {"image": image, "name": _short(image), "resources": {}}
        if command:
            container["command"] = command
        if session.parsed.values.get("port", -1) >= 0:
            container["ports"] = [{"containerPort": session.parsed.values["port"]}]
        containers.append(container)
    template = {"metadata": _null_time(session, {"labels": labels}), "spec": {"containers": containers}}
    selector, replicas = {"matchLabels": labels}, session.parsed.values.get("replicas", 1)
    spec = {"replicas": replicas, "selector": selector, "strategy": {}, "template": template}
    metadata = {"labels": labels, "name": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec, "status": {}}


def _short(image: str) -> str:
    """The name of a container, from its image."""
    return image.rpartition("/")[2].partition(":")[0].partition("@")[0].replace("_", "-")


def _template(session: Session, name: str, restart: str) -> Obj:
    """The Pod template of a Job."""
    container: Obj = {"image": session.parsed.text("image"), "name": name, "resources": {}}
    if session.parsed.values.get("command"):
        container["command"] = session.parsed.values["command"]
    return {"metadata": _null_time(session, {}), "spec": {"containers": [container], "restartPolicy": restart}}


def job(session: Session, name: str) -> Obj:
    """kubectl create job, of an image or from a CronJob."""
    parsed = session.parsed
    if bool(parsed.text("image")) == bool(parsed.text("from")):
        raise error("either --image or --from must be specified")
    if parsed.text("from"):
        if parsed.values.get("command"):
            raise error("cannot specify --from and command")
        return _from(session, name)
    spec = {"template": _template(session, name, "Never")}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec, "status": {}}


def _from(session: Session, name: str) -> Obj:
    row, names = targets([session.parsed.text("from")])[0]
    if row.kind != "CronJob" or not names:
        raise error("from must be an existing cronjob")
    source = session.fetch(row, session.namespace, names[0])
    template, before = source["spec"]["jobTemplate"], source["metadata"]
    given = template.get("metadata") or {}
    metadata: dict[str, Any] = {
        "annotations": {**(given.get("annotations") or {}), "cronjob.kubernetes.io/instantiate": "manual"},
        "name": name,
    }
    if given.get("labels"):
        metadata["labels"] = given["labels"]
    if session.profile.pick(OWNED):
        owner = {"apiVersion": source.get("apiVersion", row.api_version), "controller": True, "kind": "CronJob"}
        metadata["ownerReferences"] = [{**owner, "name": before["name"], "uid": before["uid"]}]
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template["spec"], "status": {}}


def cronjob(session: Session, name: str) -> Obj:
    """kubectl create cronjob."""
    parsed = session.parsed
    needed(session, "image", "schedule")
    restart = parsed.text("restart") or "OnFailure"
    inner = {"metadata": _null_time(session, {"name": name}), "spec": {"template": _template(session, name, restart)}}
    return {
        "apiVersion": session.profile.pick(CRON_VERSION),
        "kind": "CronJob",
        "metadata": {"name": name},
        "spec": {"jobTemplate": inner, "schedule": parsed.text("schedule")},
        "status": {},
    }


_ROWS: Final[tuple[tuple[str, str, Build, Flags], ...]] = (
    ("deployment", "deployments.apps", deployment, IMAGES),
    ("job", "jobs.batch", job, {"image": Flag(), "from": Flag()}),
    ("cronjob", "cronjobs.batch", cronjob, {"image": Flag(), "schedule": Flag(), "restart": Flag()}),
)
CREATES: Final = {word: (simple(word, resource, build), flags) for word, resource, build, flags in _ROWS}
SINCE: Final = {"cronjob": "1.14"}
