"""HTTP as values: a message in, a `Request` out; a `Response` or a refusal in, a message out. No sockets here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from sanb.apiserver import discovery, status, strictness
from sanb.apiserver.queryoptions import LONGEST_MANAGER, flag
from sanb.apiserver.request import ADMIN, Request, Response, UserInfo
from sanb.apiserver.schema import FIELD_VALIDATION
from sanb.apiserver.types.refusals import DECODERS
from sanb.apiserver.verbs_update import APPLY_SERVED
from sanb.apiserver.watching import Watcher
from sanb.errors import ApiError, SanbError
from sanb.http import gojson, paths
from sanb.http.limits import sound
from sanb.http.text import Texts, dumps
from sanb.profiles.profile import Profile

JSON: Final = "application/json"
YAML: Final = "application/yaml"
PLAIN: Final = "text/plain; charset=utf-8"
NOSNIFF: Final = (("Content-Type", PLAIN), ("X-Content-Type-Options", "nosniff"))
PATCH_TYPES: Final[Mapping[str, str]] = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/apply-patch+yaml": "apply",
}
UNKNOWN_FORMAT: Final = (
    "the body of the request was in an unknown format - accepted media types include: "
    "application/json, application/yaml, application/vnd.kubernetes.protobuf"
)
REPRESENTATIONS: Final = {
    "1.10": "",
    "1.25": "\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf",
}
UNREADABLE_YAML: Final = "the object provided is unrecognized (must be of type {kind}): {error} ({summary})"
STREAMS: Final = ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"
BODILESS: Final = ("attach", "exec", "log", "portforward")
"""Subresources whose options stand in the query, whatever the method."""
TEXTS: Final = Texts(128 * 1024 * 1024)
"""The items of lists are kept for the next list, up to so many bytes."""
NOT_OPTIONS: Final = ("watch", "timeout", "pretty", "as", "asVersion", "accept", "patchType", "text", "duplicates")
"""Names that a query may have, but that mean something else, or that only the server gives."""
IMPERSONATE: Final = re.compile("impersonate-")
NO_STRING: Final = "json: cannot unmarshal {got} into Go struct field .{name} of type string"
SUMMARY: Final = 30
"""So many bytes of a body that cannot be read are quoted."""


class Message(NamedTuple):
    """An HTTP response. `stream` is there instead of a body when the answer is a watch."""

    code: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    stream: Watcher | None = None


class NotServed(SanbError):
    """The path belongs to no group that the server serves."""


def parse(
    profile: Profile, method: str, target: str, headers: Mapping[str, str], body: bytes = b"", user: UserInfo = ADMIN,
    custom: discovery.Custom = (),
) -> Request:
    """The request that an HTTP message is.

    `target` is the path with its query; `user` is who was authenticated, before impersonation; `custom` are
    the kinds of CustomResourceDefinitions.

    Raises:
        ApiError: the message cannot be a request: 400, 404, 405, 406, 415.
        NotServed: the path belongs to no group.
    """
    return parsed(profile, method, target, {name.lower(): value for name, value in headers.items()}, body, user, custom)


def parsed(
    profile: Profile, method: str, target: str, given: Mapping[str, str], body: bytes, user: UserInfo, custom: discovery.Custom
) -> Request:
    """The same for headers whose names are in lower case."""
    path, query = _split(target)
    place = paths.locate(profile, path, custom)
    if not place.group_version or place.root:
        raise NotServed(path)
    if not place.resource:
        # who may ask is decided before it is known that there is no such resource
        place = paths.unknown(place.group_version, path)
    verb = _verb(method, place, query)
    options = _accepted(profile, given.get("accept", ""), query, verb, bool(place.name))
    content = _content(profile, verb, place, given.get("content-type", ""), body, options)
    if verb in ("create", "update", "patch") and options.get("patchType") != "apply" and "user-agent" in given:
        # a client that does not say who it is manages fields under the first word of its User-Agent
        options.setdefault("fieldManager", given["user-agent"].partition("/")[0][:LONGEST_MANAGER])
    return Request(
        verb, place.resource, place.namespace, _name(verb, place, options), place.subresource, content, options, user,
        place.group_version, impersonated(given),
    )


def _split(target: str) -> tuple[str, dict[str, str]]:
    """The path and the query of a target."""
    if target[:1] == "/" and target[:2] != "//" and "#" not in target:  # as nearly all: then there is nothing else to it
        path, _, text = target.partition("?")
    else:
        split = urlsplit(target)
        path, text = split.path, split.query
    return unquote(path) if "%" in path else path, dict(parse_qsl(text, keep_blank_values=True)) if text else {}


def _verb(method: str, place: paths.Place, query: Mapping[str, str]) -> str:
    if place.subresource:
        verb = paths.SUBRESOURCE_VERBS.get(method)
    elif place.name:
        verb = paths.ITEM_VERBS.get(method)
    else:
        verb = paths.COLLECTION_VERBS.get(method)
    if verb is None:
        raise status.method_not_allowed()
    watching = place.watch or flag(query.get("watch"))
    return "watch" if watching and verb in ("list", "get") else verb


def _name(verb: str, place: paths.Place, options: dict[str, Any]) -> str:
    """The name of the request; a watch of one object is a watch of the collection that selects it."""
    if verb == "watch" and place.name:
        options["fieldSelector"] = f"metadata.name={place.name}"
        return ""
    return place.name


# ---------------------------------------------------------------------- negotiation


def _accepted(profile: Profile, accept: str, query: Mapping[str, str], verb: str, item: bool) -> dict[str, Any]:
    """The options of the request, with the form of answer that the client accepts.

    Raises:
        ApiError: 406, it accepts nothing that the server can write.
    """
    options: dict[str, Any] = dict(query)
    for name in NOT_OPTIONS:
        options.pop(name, None)
    for part in accept.split(",") if accept else ():
        media, *parameters = (piece.strip() for piece in part.split(";"))
        wanted = dict(p.split("=", 1) for p in parameters if "=" in p)
        if media not in (JSON, YAML, "*/*", "application/*"):
            continue
        if wanted.get("as", "Table") != "Table":
            continue
        if "as" in wanted:
            options["as"], options["asVersion"] = "Table", wanted.get("v", "v1")
        if media == YAML:
            options["accept"] = YAML
        return options
    if accept:
        raise _not_acceptable(profile, item)
    return options


def _not_acceptable(profile: Profile, item: bool) -> ApiError:
    listed = profile.pick(REPRESENTATIONS)
    more = STREAMS if listed and not item else ""
    return status.failure(406, "NotAcceptable", f"406: Not Acceptable{listed}{more}", {})


# ---------------------------------------------------------------------- bodies


def _content(
    profile: Profile, verb: str, place: paths.Place, content_type: str, body: bytes, options: dict[str, Any]
) -> Any:
    if place.subresource in BODILESS:
        return None
    media = content_type.split(";")[0].strip() or JSON
    if verb == "patch":
        kind = PATCH_TYPES.get(media)
        if kind is None or (kind == "apply" and not profile.pick(APPLY_SERVED)):
            raise status.failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
        options["patchType"] = kind
        return _yaml(profile, body, options) if kind == "apply" else _patch(profile, kind, body, options)
    if verb in ("create", "update"):
        if media == JSON and profile.pick(DECODERS):
            options["text"] = body.decode(errors="replace")  # the older decoders quote it
        return _object(profile, media, body, place.kind, options)
    return _delete_options(media, body) if verb in ("delete", "deletecollection") and body.strip() else None


def _object(profile: Profile, media: str, body: bytes, kind: str, options: dict[str, Any]) -> Any:
    """The object of a create or an update.

    Raises:
        ApiError: 400, it cannot be read; 415, the server does not know the format.
    """
    if media not in (JSON, YAML):
        raise status.failure(415, "UnsupportedMediaType", UNKNOWN_FORMAT)
    text = body.decode(errors="replace")
    try:
        found = ordered(_yaml_value(text)) if media == YAML else _json(text, options)
    except ValueError as error:
        if media == YAML:
            raise status.bad_request(UNREADABLE_YAML.format(kind=kind, error=error, summary=summary(body))) from None
        raise unrecognized(kind, body, _why(text, error)) from None
    if media == YAML:
        _note_lines(profile, text, options)
    if not isinstance(found, dict) and found is not None:
        raise unrecognized(kind, body, gojson.unmarshal(_go_kind(found)))
    for name, value in (found or {}).items():
        if name in ("kind", "apiVersion") and not isinstance(value, str | None):
            raise unrecognized(kind, body, NO_STRING.format(got=_go_kind(value), name=name))
    return found or {}


def ordered(value: Any) -> Any:
    """The value with the keys of its objects in order: YAML is read by making sorted JSON of it."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value)}
    return [ordered(item) for item in value] if isinstance(value, list) else value


def _note_lines(profile: Profile, text: str, options: dict[str, Any]) -> None:
    """Note the lines of a YAML text that name a key again, where the server looks for them."""
    if profile.pick(FIELD_VALIDATION) and options.get("fieldValidation") != "Ignore":
        from sanb.yamlvalues import repeated

        if text[:1] == "{":  # most are JSON after all, which is read much faster
            found: dict[str, Any] = {}
            with suppress(ValueError):
                _json(text, found)
                if not found:
                    return
        lines = repeated(text)
        if lines:
            options["duplicates"] = lines


def _json(text: str, options: dict[str, Any] | None = None) -> Any:
    """The value of a JSON text; the option `duplicates` is set to it if keys are there twice.

    Raises:
        ValueError: it is none, or nested too deep for anybody to have meant it.
    """
    twice: list[bool] = []

    def made(pairs: list[tuple[str, Any]]) -> Any:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.append(True)
        return found

    try:
        found = sound(json.loads(text, object_pairs_hook=made), text)
    except RecursionError:
        raise ValueError(gojson.TOO_DEEP) from None
    if twice and options is not None:
        options["duplicates"] = text
    return found


def _yaml_value(text: str) -> Any:
    """The value of a YAML text.

    Raises:
        ValueError: it is none, nested too deep, or made large by aliases.
    """
    from sanb.yamlvalues import read_yaml  # yaml is slow to import

    return sound(read_yaml(text), text)


def _why(text: str, error: ValueError) -> str:
    """Why a text is refused as JSON: as Go's parser says it, or because of a limit."""
    return gojson.fault(text) or str(error).partition(":")[0]


def unrecognized(kind: str, body: bytes, why: str) -> ApiError:
    """400: the body is no object at all."""
    return status.bad_request(
        f"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; "
        f"json parse error: {why} ({summary(body)})"
    )


def summary(body: bytes) -> str:
    """The beginning of a body as the server quotes it: as text if it looks like JSON, else in hexadecimal."""
    if not body:
        return "<empty>"
    shown, more = body[:SUMMARY], " ..." if len(body) > SUMMARY else ""
    return (shown.decode(errors="replace") if body[:1] == b"{" else shown.hex()) + more


def _go_kind(value: Any) -> str:
    if isinstance(value, list | dict):
        return "array" if isinstance(value, list) else "object"
    return "bool" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"


def _patch(profile: Profile, kind: str, body: bytes, options: dict[str, Any]) -> Any:
    text = body.decode(errors="replace")
    try:
        found = _json(text, options)
    except ValueError as error:
        raise status.bad_request(f"error decoding patch: {_why(text, error)}") from None
    twice = options.pop("duplicates", "")
    if profile.pick(FIELD_VALIDATION) and options.get("fieldValidation") != "Ignore":
        complaints = strictness.operations(text) if kind == "json" else strictness.repeated(twice) if twice else ()
        if complaints:
            options["duplicates"] = complaints
    return found


def _delete_options(media: str, body: bytes) -> Any:
    if media not in (JSON, YAML):
        return None
    text = body.decode(errors="replace")
    try:
        return _json(text)
    except ValueError as error:
        raise unrecognized("DeleteOptions", body, _why(text, error)) from None


def _yaml(profile: Profile, body: bytes, options: dict[str, Any]) -> Any:
    text = body.decode(errors="replace")
    try:
        found = _yaml_value(text)
    except ValueError as error:
        raise status.bad_request(f"error decoding YAML: error converting YAML to JSON: {error}") from None
    _note_lines(profile, text, options)
    return found


# ---------------------------------------------------------------------- who


def impersonated(headers: Mapping[str, str]) -> UserInfo | None:
    """Whom the Impersonate headers want the request to act as, or None."""
    if not any(map(IMPERSONATE.match, headers)):
        return None
    name, uid = headers.get("impersonate-user", ""), headers.get("impersonate-uid", "")
    groups = tuple(group.strip() for group in headers.get("impersonate-group", "").split(",") if group.strip())
    prefix = "impersonate-extra-"
    extra = tuple((unquote(key[len(prefix):]), (value,)) for key, value in headers.items() if key.startswith(prefix))
    return UserInfo(name, uid, groups, extra) if name or uid or groups or extra else None


# ---------------------------------------------------------------------- answers


def render(response: Response, accept: str = JSON) -> Message:
    """The HTTP message that a response is."""
    warnings = warned(response.warnings)
    if isinstance(response.body, Watcher):
        return Message(response.code, (("Content-Type", JSON), *warnings), b"", response.body)
    if isinstance(response.body, str):
        return Message(response.code, (("Content-Type", PLAIN), *warnings), response.body.encode())
    return Message(response.code, (("Content-Type", JSON), *warnings), encode(response.body))


def warned(texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The Warning headers that texts become."""
    return tuple(("Warning", f"299 - {json.dumps(text, ensure_ascii=False)}") for text in texts)


def refuse(error: ApiError, target: str = "") -> Message:
    """The HTTP message that a refusal is; `target` is the path that was asked for."""
    if error.plain is not None:
        media, text = error.plain
        return Message(error.code, (("Content-Type", media),), text.replace("{path}", urlsplit(target).path).encode())
    headers = [("Content-Type", JSON), *warned(error.warnings)]
    retry = (error.status.get("details") or {}).get("retryAfterSeconds")
    if retry:
        headers.append(("Retry-After", str(retry)))
    return Message(error.code, tuple(headers), encode(error.status))


def encode(body: Any) -> bytes:
    """An object as the server writes it; items of a list do not repeat apiVersion and kind."""
    items = body.get("items") if isinstance(body, dict) else None
    if isinstance(items, list) and items and str(body.get("kind", "")).endswith("List"):
        head = dumps({key: value for key, value in body.items() if key != "items"})
        return b'%s,"items":[%s]}\n' % (head[:-1], b",".join(TEXTS.of(item, untyped) for item in items))
    return dumps(body) + b"\n"


def untyped(item: Any) -> Any:
    """An object without apiVersion and kind."""
    found = dict(item)
    found.pop("kind", None)
    found.pop("apiVersion", None)
    return found
