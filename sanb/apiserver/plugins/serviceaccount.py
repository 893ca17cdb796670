"""ServiceAccount: gives every Pod an account and its credentials, and refuses what the account may not do (SEM 7.3).

The plugin's cache is the table at head (see namespacelifecycle.py); its waits for the default account are real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sanb.apiserver import status
from sanb.apiserver.admission import CREATE, PODS, UPDATE, Attributes, Plugin
from sanb.apiserver.plugins import mountable
from sanb.apiserver.plugins.mounting import MOUNTERS
from sanb.apiserver.plugins.namespacelifecycle import WAITED
from sanb.apiserver.request import Wait
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.values import Obj

MIRROR: Final = "kubernetes.io/config.mirror"
DEFAULT: Final = "default"
LOOKUPS: Final = 10
"""How often the default account is looked for; any other account once."""
NAME_REQUIRED: Final = {"1.10": False, "1.27": True}
"""Whether validation by itself refuses a Pod that names no account (mutation always gives it one)."""


def plugin(profile: Profile, *, limit_secrets: bool = False) -> Plugin:
    """The plugin of a profile. `limit_secrets` is the server-wide switch for mountable Secrets, which no flag sets."""
    mount = MOUNTERS[profile["mount"]](profile)
    limit = mountable.limiter(env_from=profile["env_from_checked"], everywhere=limit_secrets)
    limit_ephemeral = mountable.EPHEMERAL[profile["ephemeral_admission"]]
    name_required: bool = profile.pick(NAME_REQUIRED)

    def check(view: View, attributes: Attributes, pod: Obj) -> Wait | None:
        """Validation of a new Pod."""
        if _mirror(pod):
            mountable.check_mirror(attributes, pod)
            return None
        account = _account_to_check(view, attributes, pod, name_required)
        if isinstance(account, Wait):
            return account
        limit(attributes, account, pod)
        return None

    def mutate(view: View, attributes: Attributes) -> Obj | Wait | None:
        if attributes.operation != CREATE or not _concerns_pods(attributes) or attributes.subresource:
            return None
        pod = attributes.obj
        assert pod is not None
        if _mirror(pod):
            return check(view, attributes, pod)
        name = pod["spec"].get("serviceAccountName") or DEFAULT
        account = look_up(view, attributes, name)
        if isinstance(account, Wait):
            return account
        pod = _admitted(view, pod, name, account, mount)
        limit(attributes, account, pod)
        return pod

    def validate(view: View, attributes: Attributes) -> Wait | None:
        if not _concerns_pods(attributes):
            return None
        pod = attributes.obj
        assert pod is not None
        if attributes.operation == CREATE and not attributes.subresource:
            return check(view, attributes, pod)
        if attributes.operation == UPDATE and attributes.subresource == "ephemeralcontainers" and limit_ephemeral:
            account = _account_to_check(view, attributes, pod, name_required)
            if isinstance(account, Wait):
                return account
            limit_ephemeral(account, pod, everywhere=limit_secrets)
        return None

    return Plugin("ServiceAccount", mutate, validate, PODS, frozenset({"pods", "pods/ephemeralcontainers"}))


def _concerns_pods(attributes: Attributes) -> bool:
    return attributes.resource == "pods" and attributes.obj is not None


def _mirror(pod: Obj) -> bool:
    annotations = pod["metadata"].get("annotations")
    return annotations is not None and MIRROR in annotations


# ---------------------------------------------------------------------- the account


def look_up(view: View, attributes: Attributes, name: str) -> Obj | Wait:
    """The account; the default one is waited for, because a controller is about to make it.

    Raises:
        ApiError: 403, it is not there.
    """
    account = view.get("serviceaccounts", attributes.namespace, name)
    if account is not None:
        return account
    made = attributes.attempt % WAITED
    if name == DEFAULT and made < LOOKUPS - 1:
        return Wait(_interval(view, attributes), f"serviceaccount {attributes.namespace}/{name} to appear")
    why = f'error looking up service account {attributes.namespace}/{name}: serviceaccount "{name}" not found'
    raise status.forbidden(attributes.resource, attributes.admitted_name, why)


def _interval(view: View, attributes: Attributes) -> float:
    """Seconds between look-ups: 100 to 199 ms, the same throughout one request."""
    return (100 + view.draw("account interval", attributes.namespace, attributes.name) % 100) / 1000


def _account_to_check(view: View, attributes: Attributes, pod: Obj, name_required: bool) -> Obj | Wait:
    name = pod["spec"].get("serviceAccountName") or ""
    if not name and name_required:
        why = f"no service account specified for pod {attributes.namespace}/{pod['metadata'].get('name', '')}"
        raise status.forbidden(attributes.resource, attributes.admitted_name, why)
    return look_up(view, attributes, name)


# ---------------------------------------------------------------------- the Pod as admission leaves it


def _admitted(view: View, pod: Obj, name: str, account: Obj, mount: Callable[[View, Obj, Obj], Obj]) -> Obj:
    """The Pod with account, token volume and pull secrets."""
    spec = {**pod["spec"], "serviceAccountName": name, "serviceAccount": name}
    automount = spec.get("automountServiceAccountToken")
    if automount is None:
        automount = account.get("automountServiceAccountToken")
    if automount is not False:
        spec = mount(view, spec, account)
    pull_secrets = account.get("imagePullSecrets")
    if pull_secrets and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": reference.get("name", "")} for reference in pull_secrets]
    return {**pod, "spec": spec}


