"""Requests as JSON and back: what a trace keeps of them."""

from __future__ import annotations

from typing import Any

from sanb.apiserver.request import Request, UserInfo
from sanb.values import plain


def written(request: Request) -> dict[str, Any]:
    """A request as JSON, without the fields that are empty."""
    row = {
        **request._asdict(),
        "body": plain(request.body),
        "options": dict(request.options),
        "token": str(request.token),
        "warnings": list(request.warnings) or None,
        "user": _person(request.user),
        "impersonate": None if request.impersonate is None else _person(request.impersonate),
    }
    return {name: value for name, value in row.items() if value not in ("", None, {})}


def request_of(row: dict[str, Any]) -> Request:
    """The request that `written` was given."""
    found = {**row, "user": _user(row["user"])}
    if "impersonate" in row:
        found["impersonate"] = _user(row["impersonate"])
    if "warnings" in row:
        found["warnings"] = tuple(row["warnings"])
    return Request(**found)


def _person(user: UserInfo) -> list[Any]:
    return [user.name, user.uid, list(user.groups), [[key, list(values)] for key, values in user.extra]]


def _user(written: list[Any]) -> UserInfo:
    name, uid, groups, extra = written
    return UserInfo(name, uid, tuple(groups), tuple((key, tuple(values)) for key, values in extra))
