"""kubectl create token (SEM 12.4)."""

from __future__ import annotations

from typing import Final

from sanb.errors import ApiError
from sanb.kubectl import output
from sanb.kubectl.create import one_name
from sanb.kubectl.flags import REPEAT, TEXT, Flag
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.kubectl.spans import seconds_of
from sanb.values import Obj

FLAGS: Final = {
    "audience": Flag(REPEAT),
    "duration": Flag(),
    "bound-object-kind": Flag(),
    "bound-object-name": Flag(),
    "bound-object-uid": Flag(),
    "output": Flag(TEXT, "o"),
    "allow-missing-template-keys": Flag(),
    "template": Flag(),
    "show-managed-fields": Flag("switch"),
}
KINDS: Final[dict[str, dict[str, str]]] = {
    "1.10": {"Pod": "v1", "Secret": "v1"},
    "1.31": {"Node": "v1", "Pod": "v1", "Secret": "v1"},
}


def create_token(session: Session) -> None:
    """Print a token of a ServiceAccount."""
    name = one_name(session, "kubectl create token")
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": _spec(session)}
    try:
        answer = session.ask("create", "serviceaccounts", session.namespace, name, body, "token")
    except ApiError as refusal:
        raise error(f"failed to create token: {refusal.message}") from None
    token = str((answer.get("status") or {}).get("token", ""))
    if not token:
        raise error("failed to create token: no token in server response")
    if session.parsed.text("output"):
        output.write(session, session.parsed.text("output"), [_whole(answer)])
    else:
        session.print(token)


def _whole(answer: Obj) -> Obj:
    """The answer with all the members that kubectl's type has, whether or not the server sent them."""
    spec = {"audiences": None, "boundObjectRef": None, "expirationSeconds": None, **(answer.get("spec") or {})}
    status = {"expirationTimestamp": None, **answer["status"]}
    head = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": {}}
    return {**head, **answer, "spec": spec, "status": status}


def _spec(session: Session) -> Obj:
    parsed = session.parsed
    spec: Obj = {}
    audiences = parsed.many("audience")
    if any(not one for one in audiences):
        raise error("--audience must not be an empty string")
    if audiences:
        spec["audiences"] = audiences
    seconds = seconds_of(parsed.text("duration", "0"), "duration", "kubectl create token")
    if seconds < 0:
        raise error("--duration must be greater than or equal to 0")
    if seconds != int(seconds):
        raise error("--duration cannot be expressed in units less than seconds")
    if seconds:
        spec["expirationSeconds"] = int(seconds)
    bound = _bound(session)
    return {**spec, "boundObjectRef": bound} if bound else spec


def _bound(session: Session) -> Obj:
    parsed = session.parsed
    kind, name, uid = (parsed.text(f"bound-object-{part}") for part in ("kind", "name", "uid"))
    known = session.profile.pick(KINDS)
    if not kind:
        for flag, value in (("name", name), ("uid", uid)):
            if value:
                raise error(f"--bound-object-{flag} can only be set if --bound-object-kind is provided")
        return {}
    if kind not in known:
        raise error(f"supported --bound-object-kind values are {', '.join(sorted(known))}")
    if not name:
        raise error("--bound-object-name is required if --bound-object-kind is provided")
    reference = {"kind": kind, "apiVersion": known[kind], "name": name}
    return {**reference, "uid": uid} if uid else reference
