"""Types of the authentication group: reviews that are answered and not stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

STRUCTS: Final[Mapping[str, str]] = {
    "TokenReview": HEAD + "spec TokenReviewSpec !\nstatus TokenReviewStatus",
    "TokenReviewSpec": "token string\naudiences []string since=1.12",
    "TokenReviewStatus": "authenticated bool\nuser raw\naudiences []string\nerror string",
    "SelfSubjectReview": HEAD + "status raw",
}
