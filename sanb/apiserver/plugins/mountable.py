"""Which Secrets a Pod may name: those its account lists, if the account says so; a mirror Pod none (SEM 7.3.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from sanb.apiserver import status
from sanb.apiserver.admission import Attributes
from sanb.apiserver.relations import INDEXERS
from sanb.apiserver.tokensecrets import listed_names
from sanb.errors import ApiError
from sanb.values import Obj

ENFORCE: Final = "kubernetes.io/enforce-mountable-secrets"
TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")
_secrets_of: Final[Callable[[Obj], Any]] = INDEXERS["pods"]["secret"]

Limit = Callable[[Attributes, Obj, Obj], None]


class EphemeralLimit(Protocol):
    """Refuses ephemeral containers that name a Secret outside the account's list."""

    def __call__(self, account: Obj, pod: Obj, *, everywhere: bool) -> None: ...


def enforced(account: Obj) -> bool:
    """Whether the account's annotation limits its Pods to the Secrets it lists; what is no boolean counts as false."""
    annotations = account["metadata"].get("annotations")
    return annotations is not None and annotations.get(ENFORCE) in TRUE


# ---------------------------------------------------------------------- new Pods


def limiter(*, env_from: bool, everywhere: bool) -> Limit:
    """The check of a new Pod; `everywhere` enforces the lists of all accounts."""

    def limit(attributes: Attributes, account: Obj, pod: Obj) -> None:
        if everywhere or enforced(account):
            why = _fault(account, pod["spec"], env_from)
            if why:
                raise status.forbidden(attributes.resource, attributes.admitted_name, why)

    return limit


def _fault(account: Obj, spec: Obj, env_from: bool) -> str:
    """What is wrong with the first reference that is not allowed, in Kubernetes' order; empty if nothing is."""
    allowed, name = listed_names(account), account["metadata"]["name"]
    for volume in spec.get("volumes") or ():
        secret = (volume.get("secret") or {}).get("secretName")
        if "secret" in volume and (secret or "") not in allowed:
            return f"volume with {_denied(secret or '', name)}"
    for field, word in (("initContainers", "init container"), ("containers", "container")):
        why = _container_fault(spec.get(field) or (), word, allowed, name, env_from)
        if why:
            return why
    pull_secrets = [reference.get("name") for reference in account.get("imagePullSecrets") or ()]
    for position, reference in enumerate(spec.get("imagePullSecrets") or ()):
        secret = reference.get("name", "")
        if secret not in pull_secrets:
            return (
                f'imagePullSecrets[{position}].name="{secret}" is not allowed because service account {name}'
                " does not reference that imagePullSecret"
            )
    return ""


def _container_fault(containers: Any, word: str, allowed: list[str], account: str, env_from: bool) -> str:
    for container in containers:
        for variable in container.get("env") or ():
            reference = (variable.get("valueFrom") or {}).get("secretKeyRef")
            if reference is not None and reference.get("name", "") not in allowed:
                denied = _denied(reference.get("name", ""), account)
                return f"{word} {container.get('name')} with envVar {variable.get('name')} referencing {denied}"
        for source in (container.get("envFrom") or ()) if env_from else ():
            reference = source.get("secretRef")
            if reference is not None and reference.get("name", "") not in allowed:
                denied = _denied(reference.get("name", ""), account)
                return f"{word} {container.get('name')} with envFrom referencing {denied}"
    return ""


def _denied(secret: str, account: str) -> str:
    why = f"is not allowed because service account {account} does not reference that secret"
    return f'secret.secretName="{secret}" {why}'


# ---------------------------------------------------------------------- ephemeral containers


def _ephemeral(*, env_from: bool) -> EphemeralLimit:
    def limit(account: Obj, pod: Obj, *, everywhere: bool) -> None:
        """Raises:
        ApiError: 500 with the bare text: upstream does not wrap this one as Forbidden.
        """
        if not everywhere and not enforced(account):
            return
        containers = pod["spec"].get("ephemeralContainers") or ()
        name = account["metadata"]["name"]
        why = _container_fault(containers, "ephemeral container", listed_names(account), name, env_from)
        if why:
            raise status.failure(500, "", why)

    return limit


EPHEMERAL: Final[Mapping[str, EphemeralLimit | None]] = {
    "no": None, "env": _ephemeral(env_from=False), "env+envFrom": _ephemeral(env_from=True),
}
"""By the switch `ephemeral_admission`."""


# ---------------------------------------------------------------------- mirror Pods


def check_mirror(attributes: Attributes, pod: Obj) -> None:
    """A mirror Pod stands for one that a kubelet runs without the API server: it may not ask for credentials.

    Raises:
        ApiError: 403, it names an account, a Secret or a token.
    """
    spec = pod["spec"]
    if spec.get("serviceAccountName"):
        raise _mirror(attributes, "may not reference service accounts")
    if _secrets_of(pod):
        raise _mirror(attributes, "may not reference secrets")
    for volume in spec.get("volumes") or ():
        for source in (volume.get("projected") or {}).get("sources") or ():
            if "serviceAccountToken" in source:
                raise _mirror(attributes, "may not use ServiceAccountToken volume projections")


def _mirror(attributes: Attributes, why: str) -> ApiError:
    return status.forbidden(attributes.resource, attributes.admitted_name, f"a mirror pod {why}")
