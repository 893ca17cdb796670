"""kubectl create secret and configmap: data from literals, files and lists of variables."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sanb.kubectl.documents import ESCAPED
from sanb.kubectl.flags import REPEAT, SWITCH, Flag, Flags
from sanb.kubectl.maker import bare, simple
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj

SOURCES: Final[Flags] = {
    "from-literal": Flag(REPEAT),
    "from-file": Flag(REPEAT),
    "from-env-file": Flag(REPEAT),
    "append-hash": Flag(SWITCH),
}
REGISTRY: Final = "https://index.docker.io/v1/"
KEY: Final = re.compile(r"[-._a-zA-Z0-9]+")
BAD_KEY: Final = (
    '"{key}" is not valid key name for a {kind}{sign} a valid config key must consist of alphanumeric characters, '
    "'-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
TWICE: Final = {
    "Secret": "cannot add key {key}, another key by that name already exists",
    "ConfigMap": 'cannot add key "{key}", another key by that name already exists in Data for ConfigMap "{name}"',
}
VARIABLE: Final = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
QUOTES: Final = "'\""


def secret_generic(session: Session, name: str) -> Obj:
    """kubectl create secret generic."""
    data = {key: base64.b64encode(value).decode() for key, value in sorted(_data(session, "Secret").items())}
    body = {**bare("Secret", name), **({"data": data} if data else {})}
    return hashed(session, {**body, "type": session.parsed.text("type")} if session.parsed.text("type") else body)


def secret_docker(session: Session, name: str) -> Obj:
    """kubectl create secret docker-registry."""
    parsed = session.parsed
    server, user, password = (parsed.text(f"docker-{part}") for part in ("server", "username", "password"))
    server = server or REGISTRY
    if parsed.many("from-file"):
        data = {key: base64.b64encode(value).decode() for key, value in _data(session, "Secret").items()}
        return hashed(session, bare("Secret", name, data=data, type="kubernetes.io/dockerconfigjson"))
    if not user or not password:
        raise error(
            "either --from-file or the combination of --docker-username, --docker-password and --docker-server "
            "is required"
        )
    entry: Obj = {"username": user, "password": password}
    if parsed.text("docker-email"):
        entry["email"] = parsed.text("docker-email")
    entry["auth"] = base64.b64encode(f"{user}:{password}".encode()).decode()
    config = json.dumps({"auths": {server: entry}}, separators=(",", ":"), ensure_ascii=False)
    data = {".dockerconfigjson": base64.b64encode(config.encode()).decode()}
    return hashed(session, bare("Secret", name, data=data, type="kubernetes.io/dockerconfigjson"))


def secret_tls(session: Session, name: str) -> Obj:
    """kubectl create secret tls."""
    if not session.parsed.text("cert") or not session.parsed.text("key"):
        raise error("key and cert must be specified")
    cert, key = _key_file(session.parsed.text("cert")), _key_file(session.parsed.text("key"))
    if b"-----BEGIN" not in cert:
        raise error("tls: failed to find any PEM data in certificate input")
    if b"-----BEGIN" not in key:
        raise error("tls: failed to find any PEM data in key input")
    data = {name: base64.b64encode(value).decode() for name, value in (("tls.crt", cert), ("tls.key", key))}
    return hashed(session, bare("Secret", name, data=data, type="kubernetes.io/tls"))


def configmap(session: Session, name: str) -> Obj:
    """kubectl create configmap."""
    texts: Obj = {}
    binary: Obj = {}
    for key, value in sorted(_data(session, "ConfigMap").items()):
        try:
            texts[key] = value.decode()
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()
    more = {field: found for field, found in (("data", texts), ("binaryData", binary)) if found}
    return hashed(session, {**bare("ConfigMap", name), **more})


LETTERS: Final = str.maketrans("013ae", "ghkmt")
"""No hash is a word that somebody minds."""


def hashed(session: Session, obj: Obj) -> Obj:
    """The object with a hash of what it holds behind its name, if --append-hash asks for it."""
    if not session.parsed.on("append-hash"):
        return obj
    name = obj["metadata"]["name"]
    held = {"kind": obj["kind"], "name": name, "data": obj.get("data") or ({} if obj["kind"] == "Secret" else "")}
    held |= {field: obj[field] for field in ("binaryData", "type") if field in obj}
    if obj["kind"] == "Secret":
        held.setdefault("type", "")
    text = json.dumps(held, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for letter, code in ESCAPED:
        text = text.replace(letter, code)
    digest = hashlib.sha256(text.encode()).hexdigest()[:10].translate(LETTERS)
    return {**obj, "metadata": {**obj["metadata"], "name": f"{name}-{digest}"}}


def _key_file(path: str) -> bytes:
    try:
        return _file(path)
    except Failure as failure:
        raise error(f"Cannot read file {path}, {failure.text.removeprefix('error: ')}") from None


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except IsADirectoryError:
        raise error(f"read {path}: is a directory") from None
    except OSError:
        raise error(f"open {path}: no such file or directory") from None


def _data(session: Session, kind: str) -> dict[str, bytes]:
    if session.parsed.many("from-env-file") and (
        session.parsed.many("from-file") or session.parsed.many("from-literal")
    ):
        raise error("from-env-file cannot be combined with from-file or from-literal")
    found: dict[str, bytes] = {}
    for key, value in _pairs(session):
        if not KEY.fullmatch(key) or key in (".", ".."):
            raise error(BAD_KEY.format(key=key, kind=kind, sign="" if kind == "Secret" else f" {key}:"))
        if key in found:
            raise error(TWICE[kind].format(key=key, name=_name(session)))
        found[key] = value
    return found


def _name(session: Session) -> str:
    return session.parsed.arguments[0]


def _pairs(session: Session) -> Iterator[tuple[str, bytes]]:
    parsed = session.parsed
    for source in parsed.many("from-file"):
        yield from _from_file(source)
    for literal in parsed.many("from-literal"):
        key, equals, value = literal.partition("=")
        if not equals or not key:
            raise error(f"invalid literal source {literal}, expected key=value")
        quoted = len(value) >= 2 and value[0] in QUOTES and value[0] == value[-1]
        yield key, (value[1:-1] if quoted else value).encode()
    for source in parsed.many("from-env-file"):
        yield from _variables(source)


def _from_file(source: str) -> Iterator[tuple[str, bytes]]:
    key, equals, path = source.partition("=")
    if equals and (not key or not path):
        what = "key name" if not key else "file path"
        raise error(f"{what} for file path {path} missing" if not key else f"file path for key name {key} missing")
    if source.count("=") > 1:
        raise error("key names or file paths cannot contain '='")
    place = Path(path if equals else source)
    if not place.exists():
        raise error(f"error reading {place}: no such file or directory")
    if not place.is_dir():
        yield key if equals else place.name, _file(str(place))
        return
    if equals:
        raise error("cannot give a key name for a directory path")
    for one in sorted(place.iterdir()):
        if one.is_file() and KEY.fullmatch(one.name):
            yield one.name, _file(str(one))


def _variables(path: str) -> Iterator[tuple[str, bytes]]:
    """The variables of a file with lines NAME=value."""
    for line in _file(path).decode("utf-8-sig").splitlines():
        text = line.lstrip()
        if not text or text.startswith("#"):
            continue
        key, _, value = text.partition("=")
        if not VARIABLE.fullmatch(key):
            raise error(
                f'"{key}" is not a valid key name: a valid environment variable name must consist of alphabetic '
                "characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or "
                "'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
            )
        yield key, value.encode()


DOCKER: Final[Flags] = {
    **SOURCES,
    **{f"docker-{part}": Flag() for part in ("server", "username", "password", "email")},
}
TLS: Final[Flags] = {"cert": Flag(), "key": Flag(), "append-hash": Flag(SWITCH)}
CREATES: Final[dict[str, tuple[Any, Flags]]] = {
    "secret generic": (simple("secret generic", "secrets", secret_generic), {**SOURCES, "type": Flag()}),
    "secret docker-registry": (simple("secret docker-registry", "secrets", secret_docker), DOCKER),
    "secret tls": (simple("secret tls", "secrets", secret_tls), TLS),
    "configmap": (simple("configmap", "configmaps", configmap), SOURCES),
}
