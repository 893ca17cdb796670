"""Who controllers are to the API server."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.request import UserInfo

PROCESS: Final = "kube-controller-manager"
MANAGER: Final = UserInfo("system:kube-controller-manager", groups=("system:authenticated",))
"""The controller manager's own identity, without an account."""
_GROUPS: Final = ("system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated")


def account_user(controller: str) -> UserInfo:
    """The ServiceAccount in kube-system that a controller acts as."""
    return UserInfo(f"system:serviceaccount:kube-system:{controller}", groups=_GROUPS)
