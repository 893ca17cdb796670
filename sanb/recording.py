"""Requests as JSON and back: what a trace keeps of them."""

from __future__ import annotations

from typing import Any

from sanb.apiserver.request import Request, UserInfo
from sanb.values import plain


def written(request: Request) -> dict[str, Any]:
    """A request as JSON, without the fields that are empty."""
    user = request.user
    row = {
        **request._asdict(),
        "body": plain(request.body),
        "options": dict(request.options),
        "user": [user.name, user.uid, list(user.groups), [[key, list(values)] for key, values in user.extra]],
    }
    return {name: value for name, value in row.items() if value not in ("", None, {})}


def request_of(row: dict[str, Any]) -> Request:
    """The request that `written` was given."""
    name, uid, groups, extra = row["user"]
    user = UserInfo(name, uid, tuple(groups), tuple((key, tuple(values)) for key, values in extra))
    return Request(**{**row, "user": user})
