"""get --raw: a path of the API as the server answers it."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import parse_qsl

from sanb.apiserver import discovery, health
from sanb.apiserver.request import Request
from sanb.errors import ApiError
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import json_default

KIND: Final = ("apiVersion", "kind")
NOT_FOUND: Final = "Error from server (NotFound): the server could not find the requested resource"


def get(session: Session, path: str) -> str:
    """What the server answers for a path.

    Raises:
        ApiError: it refuses.
        Failure: there is nothing.
    """
    place, _, query = path.partition("?")
    if not place.startswith("/"):
        raise error(f'--raw must be a valid URL path: parse "{path}": invalid URI for request')
    found: Any = health.answer(session.profile, place, query) or discovery.answer(session.profile, place, session.custom())
    if found is None:
        found = _resource(session, [part for part in place.split("/") if part], dict(parse_qsl(query)))
    if isinstance(found, str):
        return found
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False, default=json_default) + "\n"


def _resource(session: Session, parts: list[str], options: dict[str, str]) -> object:
    if parts[:1] == ["api"] and len(parts) > 2:
        version, rest = parts[1], parts[2:]
    elif parts[:1] == ["apis"] and len(parts) > 3:
        version, rest = f"{parts[1]}/{parts[2]}", parts[3:]
    else:
        raise Failure(NOT_FOUND)
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    row = next((one for one in session.all_rows() if one.plural == rest[0] and version in one.served), None)
    if row is None:
        raise Failure(NOT_FOUND)
    name, subresource = ([*rest[1:], "", ""])[:2]
    verb = "get" if name else "list"
    request = Request(
        verb,
        row.id,
        namespace,
        name,
        subresource,
        options=options,
        user=session.user,
        api_version=version,
        impersonate=session.impersonate,
    )
    try:
        answer = session.cp.request(request)
        for warning in answer.warnings:
            session.warn(warning)
        return "" if answer.body is None else _bare(answer.body)
    except ApiError as refusal:
        if refusal.code == 404 and not refusal.reason:
            raise Failure(NOT_FOUND) from None
        raise


def _bare(body: Any) -> Any:
    """A list as it is sent: its items do not say what they are."""
    if not isinstance(body, dict) or not str(body.get("kind", "")).endswith("List"):
        return body
    return {**body, "items": [{key: value for key, value in one.items() if key not in KIND} for one in body.get("items") or ()]}
