"""Secrets of the token type: which account they belong to, and how the legacy token in them is identified (SEM 3.2)."""

from __future__ import annotations

from sanb.apiserver.relations import ACCOUNT_NAME, ACCOUNT_UID, TOKEN_TYPE
from sanb.values import Obj


def annotated_account(secret: Obj) -> tuple[str, str]:
    """Name and UID of the account that a Secret's annotations name; empty where an annotation is absent."""
    annotations = secret["metadata"].get("annotations") or {}
    return annotations.get(ACCOUNT_NAME) or "", annotations.get(ACCOUNT_UID) or ""


def belongs(secret: Obj, account_name: str, account_uid: str) -> bool:
    """Whether a Secret is a token of the account; one that says no UID belongs to every account of the name."""
    if secret.get("type") != TOKEN_TYPE:
        return False
    name, uid = annotated_account(secret)
    return name == account_name and (not uid or uid == account_uid)


def listed_names(account: Obj) -> list[str]:
    """The names of the Secrets that an account lists."""
    return [reference.get("name") or "" for reference in account.get("secrets") or ()]
