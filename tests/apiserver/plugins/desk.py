"""Admission of single objects: a table with accounts and Secrets, and one plugin."""

from __future__ import annotations

from typing import Any

from sanb.apiserver.admission import CREATE, Attributes, Plugin
from sanb.apiserver.plugins import serviceaccount
from sanb.apiserver.request import ADMIN, Wait
from sanb.apiserver.view import View
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.values import Obj

NOW = 1_767_225_600.0
SPACE, NAME = "myns", "myname"
TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"


class Desk:
    """Admits Pods of namespace `myns` with the ServiceAccount plugin of a minor, or with another plugin."""

    def __init__(
        self, minor: str = "1.36", plugin: Plugin | None = None, *, limit: bool = False, gates: Any = None
    ) -> None:
        self.profile = Profile.of(minor, gates)
        self.store = Store({})
        self.plugin = plugin or serviceaccount.plugin(self.profile, limit_secrets=limit)

    def put(self, resource: str, name: str, obj: Obj, namespace: str = SPACE) -> None:
        fields = {"name": name, "namespace": namespace, "uid": "12345", **obj.get("metadata", {})}
        self.store.commit((resource, namespace, name), {**obj, "metadata": fields})

    def account(self, name: str = "default", annotations: dict[str, str] | None = None, **fields: Any) -> None:
        """An account with UID 12345."""
        self.put("serviceaccounts", name, {"metadata": {"annotations": annotations or {}}, **fields})

    def token(self, name: str, account: str = "default", uid: str = "12345") -> None:
        """A token Secret."""
        annotations = {"kubernetes.io/service-account.name": account, "kubernetes.io/service-account.uid": uid}
        secret = {"metadata": {"annotations": annotations}, "type": "kubernetes.io/service-account-token"}
        self.put("secrets", name, secret)

    def attributes(
        self, obj: Obj | None, operation: str = CREATE, resource: str = "pods", subresource: str = "", attempt: int = 0,
        old: Obj | None = None, namespace: str = SPACE, name: str = NAME,
    ) -> Attributes:
        return Attributes(operation, resource, subresource, namespace, name, obj, old, ADMIN, attempt=attempt)

    def admit(self, obj: Obj | None, **options: Any) -> Any:
        """What mutation makes of an object (the object itself if it is left alone), or a Wait.

        An admitted object is admitted a second time, which must not change it.
        """
        assert self.plugin.mutate is not None
        view, attributes = View(self.store, NOW, self.profile, 7), self.attributes(obj, **options)
        outcome = self.plugin.mutate(view, attributes)
        if outcome is None:
            return obj
        if not isinstance(outcome, Wait):
            assert self.plugin.mutate(view, attributes._replace(obj=outcome)) in (None, outcome)
        return outcome

    def validate(self, obj: Obj | None, **options: Any) -> Any:
        assert self.plugin.validate is not None
        return self.plugin.validate(View(self.store, NOW, self.profile, 7), self.attributes(obj, **options))

    def refused(self, obj: Obj | None, *, phase: str = "admit", **options: Any) -> ApiError:
        """The error of an object that must be refused."""
        try:
            outcome = getattr(self, phase)(obj, **options)
        except ApiError as error:
            return error
        raise AssertionError(f"was not refused: {outcome}")


def pod(annotations: dict[str, str] | None = None, **spec: Any) -> Obj:
    """A Pod with nothing but what is given."""
    fields: Obj = {"name": "p", "namespace": SPACE}
    if annotations:
        fields["annotations"] = annotations
    return {"metadata": fields, "spec": spec}


def container(name: str = "c", *, env: str = "", env_from: str = "", mounts: Any = ()) -> Obj:
    """A container that reads the Secret `env` into a variable, or all of the Secret `env_from`."""
    made: Obj = {"name": name, "image": "i"}
    if env:
        made["env"] = [{"name": "E", "valueFrom": {"secretKeyRef": {"name": env, "key": "k"}}}]
    if env_from:
        made["envFrom"] = [{"secretRef": {"name": env_from}}]
    if mounts:
        made["volumeMounts"] = list(mounts)
    return made
