"""Lists: selection, pages with continue tokens, and what a resourceVersion asks for."""

from __future__ import annotations

import base64
import binascii
import json
import posixpath
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sanb.apiserver import fields, queryoptions, status, tables
from sanb.apiserver.context import Context
from sanb.errors import ApiError
from sanb.store import selectors
from sanb.store.store import Compacted
from sanb.store.table import Table
from sanb.values import Obj

START_PREFIX: Final = {"1.10": "", "1.33": "/"}
"""What precedes the name in a continue token."""
PLAIN_ERRORS: Final = {"1.10": True, "1.22": False}
"""Whether complaints about label selectors are without the field that is wrong."""
TOO_OLD: Final = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You can start a new list without the continue parameter"
)
INCONSISTENT: Final = (
    ", or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token "
    "results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was "
    "returned and now may show up in the list."
)
RESUMED: Final = {"1.10": False, "1.13": True}
"""Whether a page that is too old comes with a token that goes on from there in what there is now."""
OLD_LIST: Final = "The resourceVersion for the provided list is too old."
BOTH: Final = "specifying resource version is not allowed when using continue"
TOKEN: Final = "meta.k8s.io/v1"
MATCHED: Final = {"1.10": False, "1.19": True}
"""Whether the server knows `resourceVersionMatch`."""
Match = Callable[[Obj], bool]


class Selection(NamedTuple):
    """What a request's selectors choose: `match` None means everything."""

    match: Match | None = None
    name: str = ""
    """Where metadata.name is required to be one value: that value."""
    node: str = ""
    """Where spec.nodeName is."""


def selection(context: Context) -> Selection:
    """The selectors of the request.

    Raises:
        ApiError: 400, a selector cannot be parsed or names a field that cannot be selected by.
    """
    options = context.options
    label_text, field_text = options.get("labelSelector") or "", options.get("fieldSelector") or ""
    if not label_text and not field_text:
        return Selection()
    try:
        labels = selectors.parse_labels(label_text, context.view.profile.pick(PLAIN_ERRORS)) if label_text else None
        wanted = selectors.parse_fields(field_text) if field_text else None
    except ValueError as error:
        raise status.bad_request(str(error)) from None
    if wanted is None and labels is not None:
        return Selection(lambda obj: labels.matches(obj["metadata"].get("labels") or {}))
    return _with_fields(context, labels, wanted)


def _with_fields(context: Context, labels: Any, wanted: Any) -> Selection:
    known = fields.supported(context.resource, context.view.profile)
    tests = []
    exact: dict[str, str] = {}
    for field, operator, value in wanted.requirements:
        if field not in known:
            raise status.bad_request(fields.unknown(context.resource, field))
        tests.append((known[field], operator != "!=", value))
        if operator != "!=":
            exact[field] = value

    def match(obj: Obj) -> bool:
        if labels is not None and not labels.matches(obj["metadata"].get("labels") or {}):
            return False
        return all((extract(obj) == value) is equal for extract, equal, value in tests)

    return Selection(match, exact.get("metadata.name", ""), exact.get("spec.nodeName", ""))


def candidates(context: Context, table: Table, chosen: Selection) -> list[Obj]:
    """The objects that may match, narrowed by the table's indexes."""
    resource, namespace = context.request.resource, context.request.namespace or None
    if chosen.name and (namespace or not context.resource.namespaced):
        version = table.get((resource, namespace or "", chosen.name))
        found = [] if version is None else [version]
    elif chosen.node and resource == "pods":
        found = [v for v in table.by("pods", "node", chosen.node) if namespace in (None, v.key[1])]
    else:
        found = table.scan(resource, namespace)
    return [version.obj for version in found if version.obj is not None]


def selected(context: Context, table: Table | None = None) -> list[Obj]:
    """All objects of the request's resource and namespace that its selectors choose."""
    chosen = selection(context)
    found = candidates(context, table or context.view.table, chosen)
    return found if chosen.match is None else [obj for obj in found if chosen.match(obj)]


def page(context: Context) -> Obj:
    """The list, or the page of it, that the request asks for."""
    options = context.options
    if not options:
        return listed(context, selected(context))
    limit = queryoptions.number(options.get("limit")) or 0
    queryoptions.number(options.get("timeoutSeconds"))  # whether it is one
    token = options.get("continue") or ""
    if token and options.get("resourceVersion") not in (None, "", "0"):
        raise status.bad_request(BOTH)
    rev, start = _token(token) if token else (_revision(context, limit), "")
    table = context.view.table if rev == 0 else _past(context, rev, start)
    found = selected(context, table)
    if start:
        first = start.lstrip("/").rstrip("\0")
        found = [obj for obj in found if _place(context, obj) > first]
    rest = 0
    if 0 < limit < len(found):
        found, rest = found[:limit], len(found) - limit
    body = listed(context, found, rev, rest)
    return tables.table(context, found, body=body) if options.get("as") == "Table" else body


def listed(context: Context, items: list[Obj], rev: int = 0, rest: int = 0) -> Obj:
    """A list object of `items`; `rest` more follow."""
    resource, view = context.resource, context.view
    metadata: dict[str, Any] = {"resourceVersion": str(rev or view.store.rev)}
    if rest:
        prefix = view.profile.pick(START_PREFIX)
        metadata["continue"] = _encode(rev or view.store.rev, f"{prefix}{_place(context, items[-1])}\0")
        if view.profile.pick(REMAINING) and not _selective(context):
            metadata["remainingItemCount"] = rest
    if context.server.self_link:
        metadata["selfLink"] = collection_link(context)
    return {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": metadata, "items": items}


REMAINING: Final = {"1.10": False, "1.16": True}
"""Whether a page says how many items follow (gate RemainingItemCount)."""


def collection_link(context: Context) -> str:
    """The path of the collection."""
    resource, namespace = context.resource, context.request.namespace
    root = f"/apis/{resource.api_version}" if resource.group else "/api/v1"
    return f"{root}/namespaces/{namespace}/{resource.plural}" if namespace else f"{root}/{resource.plural}"


def _selective(context: Context) -> bool:
    return bool(context.options.get("labelSelector") or context.options.get("fieldSelector"))


def _place(context: Context, obj: Obj) -> str:
    """Where an object stands in the list: its name, after its namespace if the list spans several."""
    metadata = obj["metadata"]
    if context.resource.namespaced and not context.request.namespace:
        return f"{metadata['namespace']}/{metadata['name']}"
    return str(metadata["name"])


def revision(context: Context) -> int:
    """The request's resourceVersion as a number; 0 if there is none.

    Raises:
        ApiError: 500 without a reason, as real servers answer: it is no number.
    """
    text = str(context.options.get("resourceVersion") or "")
    if not text.isdecimal() and text:
        message = f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        raise status.failure(500, "", message)
    return int(text or 0)


CAUSE: Final = {"1.10": False, "1.18": True}
"""Whether it is said in a machine's words that a resourceVersion is too large."""


def _revision(context: Context, limit: int) -> int:
    """The revision to list at: 0 for the newest. A page without a word about it is of exactly the revision it names."""
    match = (context.options.get("resourceVersionMatch") or "") if context.view.profile.pick(MATCHED) else ""
    wanted = revision(context)
    if match:
        _check_match(str(match), str(context.options.get("resourceVersion") or ""))
    current = context.view.store.rev
    if wanted > current:
        raise status.too_large(wanted, current, context.view.profile.pick(CAUSE))
    return wanted if match == "Exact" or (limit > 0 and not match) else 0


def _check_match(match: str, version: str) -> None:
    field = "resourceVersionMatch"
    if match not in ("Exact", "NotOlderThan"):
        error = status.unsupported(field, match, ("Exact", "NotOlderThan", ""))
    elif not version:
        error = status.field_forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided")
    elif match == "Exact" and version == "0":
        error = status.field_forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    else:
        return
    raise status.options_invalid("ListOptions", error)


def _past(context: Context, rev: int, start: str) -> Table:
    """The table of a revision; a page that begins at `start` is told where it can go on.

    Raises:
        ApiError: 410, it is not kept any more.
    """
    try:
        return context.view.store.at(rev)
    except Compacted:
        if not start:
            raise status.expired(OLD_LIST) from None
        if not context.view.profile.pick(RESUMED):
            raise status.expired(f"{TOO_OLD}.") from None
        error = status.expired(TOO_OLD + INCONSISTENT)
        error.status = {**error.status, "metadata": {"continue": _encode(-1, start)}}
        raise error from None


def _encode(rev: int, start: str) -> str:
    text = json.dumps({"v": TOKEN, "rv": rev, "start": start}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _token(text: str) -> tuple[int, str]:
    """The revision and the place after which a continue token goes on."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _bad_token("illegal base64 data at input byte 0") from None
    try:
        content = json.loads(raw)
        rev, start, version = int(content.get("rv") or 0), str(content.get("start") or ""), content.get("v")
    except (ValueError, AttributeError, TypeError):
        first = f"\\u{raw[0]:04x}" if raw and not 32 <= raw[0] < 127 else chr(raw[0]) if raw else ""
        raise _bad_token(f"invalid character '{first}' looking for beginning of value") from None
    if version != TOKEN:
        raise _bad_token(f'server does not recognize this encoded version "{version or ""}"')
    if not rev or not start:
        what = "encoded start key empty" if rev else "incorrect encoded start resourceVersion"
        raise _bad_token(f"{what} (version {TOKEN})")
    if start.startswith("//") or posixpath.normpath(f"/{start.lstrip('/')}") != f"/{start.lstrip('/')}":
        raise _bad_token(start)
    return max(0, rev), start


def _bad_token(why: str) -> ApiError:
    return status.bad_request(f"invalid continue token: continue key is not valid: {why}")
