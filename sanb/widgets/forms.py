"""FORMS: what the Lab can create by filling in fields. A further kind is a further row.

A form stands for a command of kubectl and does exactly what the command does.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from sanb.apiserver.relations import ACCOUNT_NAME, TOKEN_TYPE
from sanb.profiles.profile import Profile
from sanb.values import Obj
from sanb.yamltext import to_yaml

Values = Mapping[str, str]


class Field(NamedTuple):
    """One field of a form.

    `kind` is how it is filled in: "text", "number", "pairs" (key=value lines) or a reference "ref:<resource>".
    `path` is where the server complains about it; there may be several, separated by spaces.
    """

    key: str
    label: str
    path: str
    kind: str = "text"
    default: str = ""
    hint: str = ""
    needed: bool = False


class Order(NamedTuple):
    """What a filled form stands for: a command and what it reads from stdin."""

    argv: tuple[str, ...]
    stdin: str | None = None

    @property
    def line(self) -> str:
        """The command as one types it."""
        return shown(self.argv)


class Form(NamedTuple):
    """One thing to create: `order` gives the command for what was filled in."""

    key: str
    kind: str
    title: str
    about: str
    fields: tuple[Field, ...]
    order: Callable[[Profile, Values], Order]


def shown(argv: tuple[str, ...] | list[str]) -> str:
    """Words as a command line of kubectl."""
    return " ".join(["kubectl", *(shlex.quote(word) for word in argv)])


# ---------------------------------------------------------------------- orders


def _space(values: Values) -> tuple[str, ...]:
    space = values.get("namespace", "")
    return ("-n", space) if space and space != "default" else ()


def _namespace(profile: Profile, values: Values) -> Order:
    return Order(("create", "namespace", values.get("name", "")))


def _account(profile: Profile, values: Values) -> Order:
    name, automount = values.get("name", ""), values.get("automount", "")
    if automount:
        return _applied("v1", "ServiceAccount", values, automountServiceAccountToken=automount == "true")
    return Order(("create", "serviceaccount", name, *_space(values)))


def _opaque(profile: Profile, values: Values) -> Order:
    pairs = [f"--from-literal={line.strip()}" for line in values.get("data", "").splitlines() if line.strip()]
    return Order(("create", "secret", "generic", values.get("name", ""), *pairs, *_space(values)))


def _token(profile: Profile, values: Values) -> Order:
    return _applied("v1", "Secret", values, annotations={ACCOUNT_NAME: values.get("account", "")}, type=TOKEN_TYPE)


GENERATOR: Final = {"1.10": ("--generator=run-pod/v1",), "1.18": ()}
"""How old kubectl is told to make a Pod and not a Deployment."""
RUN_ACCOUNT: Final = {"1.10": True, "1.24": False}
"""Whether kubectl run has --serviceaccount."""


def _pod(profile: Profile, values: Values) -> Order:
    name, image, account = values.get("name", ""), values.get("image", ""), values.get("account", "")
    words = ("run", name, f"--image={image}", *profile.pick(GENERATOR), *_space(values))
    if not account:
        return Order(words)
    if profile.pick(RUN_ACCOUNT):
        return Order((*words, f"--serviceaccount={account}"))
    return _applied("v1", "Pod", values, spec={
        "containers": [{"name": name, "image": image}], "serviceAccountName": account})


REPLICAS: Final = {"1.10": False, "1.19": True}
"""Whether kubectl create deployment has --replicas."""


def _deployment(profile: Profile, values: Values) -> Order:
    name, image, account = values.get("name", ""), values.get("image", ""), values.get("account", "")
    count = values.get("replicas", "") or "1"
    plain = not account and (count == "1" or profile.pick(REPLICAS))
    if plain or not count.isdigit():
        replicas = (f"--replicas={count}",) if count != "1" else ()
        return Order(("create", "deployment", name, f"--image={image}", *replicas, *_space(values)))
    labels = {"app": name}
    pod: Obj = {"containers": [{"name": name, "image": image}], **({"serviceAccountName": account} if account else {})}
    return _applied("apps/v1", "Deployment", values, labels=labels, spec={
        "replicas": int(count), "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod}})


def _applied(
    version: str, kind: str, values: Values, annotations: Obj | None = None, labels: Obj | None = None, **fields: Any
) -> Order:
    """What no other command of kubectl can say is applied as YAML."""
    metadata: Obj = {"name": values.get("name", "")}
    if _space(values):
        metadata["namespace"] = values["namespace"]
    metadata |= {name: value for name, value in (("annotations", annotations), ("labels", labels)) if value}
    return Order(("apply", "-f", "-"), to_yaml({"apiVersion": version, "kind": kind, "metadata": metadata, **fields}))


# ---------------------------------------------------------------------- the table

_NAME: Final = Field("name", "Name", "metadata.name", needed=True, hint="lower case letters, digits and -")
_SPACE: Final = Field("namespace", "Namespace", "metadata.namespace", "ref:namespaces", "default")
_IMAGE: Final = Field("image", "Image", "spec.containers[0].image", default="nginx", needed=True)
_ACCOUNT: Final = Field("account", "ServiceAccount", "spec.serviceAccountName", "ref:serviceaccounts", hint="empty: default")

FORMS: Final[tuple[Form, ...]] = (
    Form("namespace", "Namespace", "Namespace", "A room for names. Controllers put a ServiceAccount into it, named default.",
         (_NAME._replace(default="shop"),), _namespace),
    Form("account", "ServiceAccount", "ServiceAccount", "An identity for programs.",
         (_NAME._replace(default="web"), _SPACE,
          Field("automount", "Mount its token", "automountServiceAccountToken", "choice:,true,false", hint="empty: not said")),
         _account),
    Form("secret", "Secret", "Secret", "Texts that Pods may read: passwords, keys.",
         (_NAME._replace(default="db"), _SPACE,
          Field("data", "Data", "data", "pairs", "password=s3cret", hint="one key=value a line")), _opaque),
    Form("token", "Secret", "Token Secret", "A token that never expires, for a ServiceAccount: what Kubernetes made by itself "
         "before 1.24. The token controller fills it in.",
         (_NAME._replace(default="web-token"), _SPACE,
          Field("account", "ServiceAccount", "metadata.annotations", "ref:serviceaccounts", "default", needed=True)), _token),
    Form("pod", "Pod", "Pod", "Containers that run. Admission gives it an account and mounts a token.",
         (_NAME._replace(default="web", path="metadata.name metadata.labels spec.containers[0].name"), _SPACE, _IMAGE,
          _ACCOUNT), _pod),
    Form("deployment", "Deployment", "Deployment", "So many Pods, always.",
         (_NAME._replace(default="web", path="metadata.name metadata.labels spec.selector spec.template.metadata.labels"),
          _SPACE, _IMAGE._replace(path="spec.template.spec.containers[0].image"),
          Field("replicas", "Replicas", "spec.replicas", "number", "2"),
          _ACCOUNT._replace(path="spec.template.spec.serviceAccountName")), _deployment),
)
BY_KEY: Final = {form.key: form for form in FORMS}


def described() -> list[dict[str, Any]]:
    """The table for the browser."""
    return [{"key": form.key, "kind": form.kind, "title": form.title, "about": form.about,
             "fields": [field._asdict() for field in form.fields]} for form in FORMS]


def place_of(form: Form, path: str) -> str:
    """The field that a complaint of the server about `path` belongs to; "" if none."""
    best = ""
    found = ""
    for field in form.fields:
        for own in field.path.split():
            if (path == own or path.startswith((f"{own}.", f"{own}["))) and len(own) > len(best):
                best, found = own, field.key
    return found
