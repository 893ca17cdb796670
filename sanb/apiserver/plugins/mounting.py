"""How the ServiceAccount plugin mounts an account's token: as a Secret, or as a projected bound token (SEM 7.3.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.tokensecrets import belongs, listed_names
from sanb.apiserver.view import View
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.values import Obj

MOUNT_PATH: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
PREFIX: Final = "kube-api-access-"
FILE_MODE: Final = 420
EXPIRATION: Final = 3607
"""Seconds of the automatic token; the odd number is how the API server knows it from one that a user asked for."""
MAX_NAME_BASE: Final = 58
PROJECTED: Final[Obj] = {
    "defaultMode": FILE_MODE,
    "sources": [
        {"serviceAccountToken": {"expirationSeconds": EXPIRATION, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [
            {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}},
        ]}},
    ],
}
"""The source of the token volume, one value shared by all Pods."""

Mount = Callable[[View, Obj, Obj], Obj]
"""(view, the Pod's spec, the account) -> the spec with the mounts; the given spec is fresh and may be written to."""


# ---------------------------------------------------------------------- containers


def _mounted_in(containers: list[Obj], mount: list[Obj]) -> list[Obj]:
    """The containers, each with the mount unless it already has something there; the same list if none was changed."""
    result: list[Obj] = []
    changed = False
    for container in containers:
        mounts = container.get("volumeMounts")
        if not mounts:
            container = {**container, "volumeMounts": mount}
            changed = True
        elif not any(one.get("mountPath") == MOUNT_PATH for one in mounts):
            container = {**container, "volumeMounts": [*mounts, *mount]}
            changed = True
        result.append(container)
    return result if changed else containers


def _mount_everywhere(spec: Obj, volume: str) -> bool:
    """Mount a volume in every init container and container that has room for it; tells whether any had."""
    mount = [{"name": volume, "readOnly": True, "mountPath": MOUNT_PATH}]
    needed = False
    for field in ("initContainers", "containers"):
        before = spec.get(field)
        if before:
            after = _mounted_in(before, mount)
            if after is not before:
                spec[field] = after
                needed = True
    return needed


def _with_volume(spec: Obj, name: str, exists: bool, source: Obj) -> Obj:
    if _mount_everywhere(spec, name) and not exists:
        spec["volumes"] = [*(spec.get("volumes") or ()), {"name": name, **source}]
    return spec


# ---------------------------------------------------------------------- the two modes


def _projected(profile: Profile) -> Mount:
    source: Obj = {"projected": PROJECTED}

    def mount(view: View, spec: Obj, account: Obj) -> Obj:
        """A volume called like ours is taken for ours, whatever is in it: so a second run changes nothing."""
        for volume in spec.get("volumes") or ():
            if str(volume.get("name", "")).startswith(PREFIX):
                return _with_volume(spec, volume["name"], True, source)
        return _with_volume(spec, PREFIX + view.suffix("token volume"), False, source)

    return mount


def _secret(profile: Profile) -> Mount:
    dashed = profile["dotted_volume"] == "dashed"

    def mount(view: View, spec: Obj, account: Obj) -> Obj:
        """Mount the account's first token Secret.

        Raises:
            ApiError: 500, it has none yet.
        """
        secret = token_secret(view, account)
        if secret is None:
            raise _no_token(account)
        name, exists = _secret_volume(view, spec, secret, secret.replace(".", "-") if dashed else secret)
        source: Obj = {"secret": {"secretName": secret, "defaultMode": FILE_MODE}}
        return _with_volume(spec, name, exists, source)

    return mount


def _secret_volume(view: View, spec: Obj, secret: str, wanted: str) -> tuple[str, bool]:
    """The name of the volume for a Secret, and whether the Pod already has it."""
    taken: dict[Any, None] = {}
    for volume in spec.get("volumes") or ():
        source = volume.get("secret")
        if source is not None and source.get("secretName") == secret:
            return volume["name"], True
        taken[volume.get("name")] = None
    if wanted in taken:
        return f"{wanted}-"[:MAX_NAME_BASE] + view.suffix("token volume"), False
    return wanted, False


def token_secret(view: View, account: Obj) -> str | None:
    """The first Secret in the account's list that is a token of it."""
    fields = account["metadata"]
    space, name, uid = fields["namespace"], fields["name"], fields.get("uid", "")
    for listed in listed_names(account):
        secret = view.get("secrets", space, listed)
        if secret is not None and belongs(secret, name, uid):
            return listed
    return None


def _no_token(account: Obj) -> ApiError:
    message = (
        f'No API token found for service account "{account["metadata"]["name"]}",'
        " retry after the token is automatically created and added to the service account"
    )
    return status.server_timeout("serviceaccounts", "create pod", message, 1)


MOUNTERS: Final[Mapping[str, Callable[[Profile], Mount]]] = {"secret": _secret, "projected": _projected}
"""By the switch `mount`."""
