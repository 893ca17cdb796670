"""Forms of answers: JSON, YAML, Kubernetes' protobuf, Tables, metadata only, compressed; and bodies in protobuf."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.apiserver.discovery import Custom
from sanb.apiserver.request import Request, Response, UserInfo
from sanb.apiserver.watching import Watcher
from sanb.errors import ApiError
from sanb.http import wire
from sanb.http.wire import JSON, YAML, Message
from sanb.profiles.profile import Profile
from sanb.values import Obj, plain

PROTOBUF: Final = "application/vnd.kubernetes.protobuf"
ANY: Final = ("*/*", "application/*")
METADATA: Final = ("PartialObjectMetadata", "PartialObjectMetadataList")
COMPRESSED_FROM: Final = 128 * 1024
"""Smaller answers are not compressed, as in the API server."""
LEVEL: Final = 1


class Form(NamedTuple):
    """What a client accepts: a media type, and Table or PartialObjectMetadata instead of the object itself."""

    media: str = JSON
    shape: str = ""
    version: str = "v1"


class Clause(NamedTuple):
    """One alternative of an Accept header."""

    media: str
    parameters: Mapping[str, str]


@lru_cache(maxsize=256)
def clauses(accept: str) -> tuple[Clause, ...]:
    """The alternatives of an Accept header, best first."""
    found = []
    for part in accept.split(","):
        media, *rest = (piece.strip() for piece in part.split(";"))
        parameters = dict(p.split("=", 1) for p in rest if "=" in p)
        if media:
            found.append((-_quality(parameters.pop("q", "1")), Clause(media, parameters)))
    return tuple(clause for _, clause in sorted(found, key=lambda item: item[0]))


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


@lru_cache(maxsize=256)
def form(accept: str) -> Form | None:
    """The form to answer in; None if the client accepts none that the server has."""
    if not accept:
        return Form()
    protobuf: Form | None = None
    for media, parameters in clauses(accept):
        shape, version = parameters.get("as", ""), parameters.get("v", "v1")
        if shape and (shape not in ("Table", *METADATA) or parameters.get("g") not in (None, "meta.k8s.io")):
            continue
        shape = METADATA[0] if shape in METADATA else shape
        if media in (JSON, *ANY):
            return Form(JSON, shape, version)
        if media == YAML:
            return Form(YAML, shape, version)
        if media == PROTOBUF and protobuf is None and "stream" not in parameters:
            protobuf = Form(PROTOBUF, shape, version)  # only where nothing else is accepted
    return protobuf


# ---------------------------------------------------------------------- requests


def request_of(
    profile: Profile, method: str, target: str, headers: Mapping[str, str], body: bytes, user: UserInfo,
    custom: Custom = (),
) -> Request:
    """The request that an HTTP message is; header names are in lower case.

    Raises:
        ApiError: the message cannot be a request: 400, 404, 405, 406, 415.
        NotServed: the path belongs to no group.
    """
    given = dict(headers)
    accept = given.get("accept")
    chosen = form(accept) if accept else Form()
    if accept and chosen is not None:
        table = f"{JSON};as=Table;v={chosen.version};g=meta.k8s.io"
        given["accept"] = table if chosen.shape == "Table" else JSON
    if body and given.get("content-type", "").partition(";")[0].strip() == PROTOBUF:
        from sanb.http import protobuf

        given["content-type"], body = JSON, json.dumps(protobuf.decode(body)).encode()
    request = wire.parsed(profile, method, target, given, body, user, custom)
    if request.verb == "watch" and chosen is not None and chosen.shape == METADATA[0]:
        return request._replace(options={**request.options, "as": METADATA[0]})
    return request


# ---------------------------------------------------------------------- answers


def answered(request: Request, response: Response, headers: Mapping[str, str]) -> Message:
    """The HTTP message that a response is, in the form that the client accepts."""
    chosen = form(headers.get("accept", "")) or Form()
    body = response.body
    if chosen.shape == METADATA[0] and request.verb in ("get", "list") and isinstance(body, dict):
        response = response._replace(body=partial(body, chosen.version))
    message = wire.render(response)
    if isinstance(body, Watcher | str):
        return message
    if chosen.media != JSON:
        message = _recoded(message, plain(response.body), chosen.media)
    return compressed(message, headers) if request.verb in ("get", "list") else message


def refused(headers: Mapping[str, str], error: ApiError, target: str = "") -> Message:
    """The HTTP message that a refusal is, in the form that the client accepts; `target` is what was asked for."""
    message, chosen = wire.refuse(error, target), form(headers.get("accept", ""))
    if error.plain is not None or chosen is None or chosen.media == JSON:
        return message
    return _recoded(message, error.status, chosen.media)


def _recoded(message: Message, body: Any, media: str) -> Message:
    if media == PROTOBUF:
        from sanb.http import protobuf

        content: bytes | None = protobuf.encode(body)
    else:
        from sanb.yamltext import to_yaml  # yaml is slow to import

        content = to_yaml(body).encode()
    if content is None:  # a kind without a protobuf form, for example a Table
        return message
    kept = tuple(header for header in message.headers if header[0] != "Content-Type")
    return message._replace(body=content, headers=(("Content-Type", media), *kept))


def partial(body: Obj, version: str = "v1") -> Obj:
    """The object, or the list, with nothing but its metadata."""
    api_version = f"meta.k8s.io/{version}"
    if "items" in body:
        items = [{"metadata": item["metadata"]} for item in body["items"] or ()]
        return {"kind": METADATA[1], "apiVersion": api_version, "metadata": body["metadata"], "items": items}
    return {"kind": METADATA[0], "apiVersion": api_version, "metadata": body["metadata"]}


def compressed(message: Message, headers: Mapping[str, str]) -> Message:
    """The message, compressed if it is large and the client can read that."""
    if len(message.body) < COMPRESSED_FROM or "gzip" not in _names(headers.get("accept-encoding", "").split(",")):
        return message
    extra = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return message._replace(body=gzip.compress(message.body, LEVEL, mtime=0), headers=(*message.headers, *extra))


def _names(parts: Iterable[str]) -> list[str]:
    return [part.partition(";")[0].strip() for part in parts]
