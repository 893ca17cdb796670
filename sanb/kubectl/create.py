"""kubectl create (SEM 12.4)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.errors import ApiError
from sanb.kubectl import dryrun, failures, manifest
from sanb.kubectl.flags import MANY, NUMBER, REPEAT, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj

WRAPPED: Final[dict[str, dict[str, bool]]] = {
    "serviceaccount": {"1.10": False, "1.21": True},
    "secret": {"1.10": False, "1.21": True},
    "configmap": {"1.10": False, "1.20": True},
    "deployment": {"1.10": False, "1.19": True},
    "rolebinding": {"1.10": False, "1.20": True},
    "clusterrolebinding": {"1.10": False, "1.19": True},
}
"""Whether the server's refusal is put behind `failed to create <kind>:`."""
SOURCES: Final[Flags] = {
    "from-literal": Flag(REPEAT),
    "from-file": Flag(REPEAT),
    "from-env-file": Flag(REPEAT),
    "append-hash": Flag(SWITCH),
}
SOURCE_FIRST: Final = {"1.10": False, "1.15": True}
HELP: Final = "Create a resource from a file or from stdin."
SEE: Final = "See 'kubectl create -h' for help and examples"
STRICT: Final = {"1.10": "", "1.25": "Strict"}
FILE_FLAGS: Final[Flags] = {
    **manifest.FLAGS,
    **dryrun.FLAGS,
    "selector": Flag(TEXT, "l"),
    "edit": Flag(SWITCH),
    "raw": Flag(),
    "record": Flag(SWITCH),
}


def from_files(session: Session) -> None:
    """kubectl create -f."""
    if not session.parsed.many("filename"):
        if session.profile.pick(SOURCE_FIRST):
            session.complain("Error: must specify one of -f and -k\n\n")
        words = " ".join(session.parsed.arguments)
        raise Failure(f'error: unknown command "{words}"\n{SEE}' if words else HELP)
    if session.parsed.arguments:
        raise error(f"Unexpected args: [{' '.join(session.parsed.arguments)}]\n{SEE}")
    problems: list[str] = []
    dry = dryrun.mode(session)
    for document in manifest.documents(session):
        place = manifest.located(session, document)
        body = _saved(place.obj) if session.parsed.on("save-config") else place.obj
        options: dict[str, Any] = {"fieldManager": session.parsed.text("field-manager") or "kubectl-create"}
        if session.profile.pick(STRICT) and session.parsed.text("validate") not in ("false", "ignore", "warn"):
            options["fieldValidation"] = session.profile.pick(STRICT)
        if dry == "server":
            options["dryRun"] = "All"
        try:
            made = (
                body
                if dry == "client"
                else session.ask("create", place.resource, place.namespace, body=body, options=options)
            )
        except ApiError as refusal:
            problems.append(failures.text(refusal, f'error when creating "{place.source}"'))
            continue
        dryrun.report(session, place.resource, made, f"created{dryrun.SUFFIX[dry]}")
    manifest.first(problems)


def _saved(obj: Obj) -> Obj:
    from sanb.kubectl.apply import with_last_applied

    return with_last_applied(obj)


def simple(word: str, resource: str, build: Callable[[Session, str], Obj]) -> Callable[[Session], None]:
    """A `create <kind> NAME` whose body `build` makes."""

    def command(session: Session) -> None:
        name = one_name(session, f"kubectl create {word}")
        obj = build(session, name)
        kind = word.split()[0]
        try:
            dryrun.make(session, RESOURCES[resource], obj, session.namespace)
        except ApiError as refusal:
            if session.profile.pick({"1.10": False, **WRAPPED.get(kind, {})}):
                # kubectl's text for Secrets has no colon
                raise error(f"failed to create {kind}{'' if kind == 'secret' else ':'} {refusal.message}") from None
            raise

    return command


def one_name(session: Session, usage: str) -> str:
    """The NAME of a create command.

    Raises:
        Failure: there is none, or more than one.
    """
    arguments = session.parsed.arguments
    if len(arguments) != 1:
        raise error(f"exactly one NAME is required, got {len(arguments)}\nSee '{usage} -h' for help and examples")
    return arguments[0]


def _object(kind: str, name: str, **more: Any) -> Obj:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


def namespace(session: Session, name: str) -> Obj:
    """kubectl create namespace."""
    if dryrun.mode(session) == "client":
        return _object("Namespace", name, spec={}, status={})
    return _object("Namespace", name)


def serviceaccount(session: Session, name: str) -> Obj:
    """kubectl create serviceaccount."""
    return _object("ServiceAccount", name)


def secret_generic(session: Session, name: str) -> Obj:
    """kubectl create secret generic."""
    data = {key: base64.b64encode(value).decode() for key, value in _data(session).items()}
    body = _object("Secret", name, **({"data": data} if data else {}))
    return {**body, "type": session.parsed.text("type")} if session.parsed.text("type") else body


def secret_docker(session: Session, name: str) -> Obj:
    """kubectl create secret docker-registry."""
    parsed = session.parsed
    missing = [flag for flag in ("docker-username", "docker-password") if not parsed.text(flag)]
    if missing and not parsed.many("from-file"):
        raise error(
            "either --from-file or the combination of --docker-username, --docker-password and --docker-server "
            "is required"
        )
    user, password = parsed.text("docker-username"), parsed.text("docker-password")
    entry: Obj = {"username": user, "password": password}
    if parsed.text("docker-email"):
        entry["email"] = parsed.text("docker-email")
    entry["auth"] = base64.b64encode(f"{user}:{password}".encode()).decode()
    server = parsed.text("docker-server", "https://index.docker.io/v1/")
    config = json.dumps({"auths": {server: entry}}, separators=(",", ":"))
    data = {".dockerconfigjson": base64.b64encode(config.encode()).decode()}
    return _object("Secret", name, data=data, type="kubernetes.io/dockerconfigjson")


def secret_tls(session: Session, name: str) -> Obj:
    """kubectl create secret tls."""
    data = {}
    for flag, key in (("cert", "tls.crt"), ("key", "tls.key")):
        if not session.parsed.text(flag):
            raise error("key and cert must be specified")
        data[key] = base64.b64encode(_file(session.parsed.text(flag))).decode()
    return _object("Secret", name, data=data, type="kubernetes.io/tls")


def configmap(session: Session, name: str) -> Obj:
    """kubectl create configmap."""
    data = {key: value.decode(errors="replace") for key, value in _data(session).items()}
    return _object("ConfigMap", name, **({"data": data} if data else {}))


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        raise error(f"error reading {path}: no such file or directory") from None


def _data(session: Session) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for source in session.parsed.many("from-file"):
        key, equals, path = source.partition("=")
        found[key if equals else Path(source).name] = _file(path if equals else source)
    for source in session.parsed.many("from-env-file"):
        for line in _file(source).decode().splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                key, _, value = line.strip().partition("=")
                found[key] = value.encode()
    for literal in session.parsed.many("from-literal"):
        key, equals, value = literal.partition("=")
        if not equals or not key:
            raise error(f"invalid literal source {literal}, expected key=value")
        if key in found:
            raise error(f'cannot add key "{key}", another key by that name already exists in Data for object')
        found[key] = value.strip("'\"").encode() if value[:1] in "'\"" and value[:1] == value[-1:] else value.encode()
    return found


def deployment(session: Session, name: str) -> Obj:
    """kubectl create deployment."""
    images = session.parsed.many("image")
    if not images:
        raise error('required flag(s) "image" not set')
    labels = {"app": name}
    containers = []
    for image in images:
        short = image.rpartition("/")[2].partition(":")[0].partition("@")[0]
        container: Obj = {"image": image, "name": short, "resources": {}}
        if session.parsed.dash >= 0 or session.parsed.values.get("command"):
            container["command"] = session.parsed.values["command"]
        if "port" in session.parsed.values:
            container["ports"] = [{"containerPort": session.parsed.values["port"]}]
        containers.append(container)
    template: Obj = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    if session.profile.pick(dryrun.NULL_TIME):
        template["metadata"]["creationTimestamp"] = None
    body = _object(
        "Deployment",
        name,
        apiVersion="apps/v1",
        spec={
            "replicas": session.parsed.values.get("replicas", 1),
            "selector": {"matchLabels": labels},
            "strategy": {},
            "template": template,
        },
        status={},
    )
    body["metadata"]["labels"] = labels
    return body


CREATES: Final[dict[str, tuple[Callable[[Session], None], Flags]]] = {
    "namespace": (simple("namespace", "namespaces", namespace), {}),
    "serviceaccount": (simple("serviceaccount", "serviceaccounts", serviceaccount), {}),
    "secret generic": (simple("secret generic", "secrets", secret_generic), {**SOURCES, "type": Flag()}),
    "secret docker-registry": (
        simple("secret docker-registry", "secrets", secret_docker),
        {**SOURCES, **{f"docker-{part}": Flag() for part in ("server", "username", "password", "email")}},
    ),
    "secret tls": (
        simple("secret tls", "secrets", secret_tls),
        {"cert": Flag(), "key": Flag(), "append-hash": Flag(SWITCH)},
    ),
    "configmap": (simple("configmap", "configmaps", configmap), SOURCES),
    "deployment": (
        simple("deployment", "deployments.apps", deployment),
        {"image": Flag(MANY), "replicas": Flag(NUMBER, "r"), "port": Flag(NUMBER)},
    ),
}
ALIASES: Final = {"ns": "namespace", "sa": "serviceaccount", "cm": "configmap", "deploy": "deployment"}
