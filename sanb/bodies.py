"""What `c.create(kind, name, ...)` makes of its keywords: one builder per kind."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sanb.apiserver import accessreviews, tokenreviews
from sanb.apiserver.resources import RESOURCES, Resource
from sanb.errors import UsageError
from sanb.values import Obj

Texts = Mapping[str, str]
Builder = Callable[..., Obj]


def _clean(fields: Obj) -> Obj:
    return {name: value for name, value in fields.items() if value is not None}


def _encoded(data: Mapping[str, str | bytes] | None) -> Texts | None:
    if data is None:
        return None
    raw = {key: value if isinstance(value, bytes) else value.encode() for key, value in data.items()}
    return {key: base64.b64encode(value).decode() for key, value in raw.items()}


def _named(names: Sequence[str] | None) -> list[Obj] | None:
    return None if names is None else [{"name": name} for name in names]


def _container(name: str, image: str, command: Sequence[str] | None, env: Texts | None) -> Obj:
    variables = None if env is None else [{"name": key, "value": value} for key, value in env.items()]
    return _clean({
        "name": name, "image": image, "command": None if command is None else list(command), "env": variables,
    })


def _namespace() -> Obj:
    return {}


def _serviceaccount(
    *, automount: bool | None = None, secrets: Sequence[str] | None = None,
    image_pull_secrets: Sequence[str] | None = None,
) -> Obj:
    return _clean({
        "automountServiceAccountToken": automount, "secrets": _named(secrets),
        "imagePullSecrets": _named(image_pull_secrets),
    })


def _secret(
    *, type: str | None = None, data: Mapping[str, str | bytes] | None = None, service_account: str | None = None,
) -> Obj:
    """`data` holds plain texts or bytes; `service_account` makes it a token Secret of that account."""
    body = _clean({"type": type, "data": _encoded(data)})
    if service_account is not None:
        body["type"] = "kubernetes.io/service-account-token"
        body["metadata"] = {"annotations": {"kubernetes.io/service-account.name": service_account}}
    return body


def _configmap(*, data: Texts | None = None) -> Obj:
    return _clean({"data": None if data is None else dict(data)})


def _pod_spec(
    name: str, image: str, command: Sequence[str] | None, env: Texts | None, service_account: str | None,
    automount: bool | None, image_pull_secrets: Sequence[str] | None, node: str | None,
) -> Obj:
    return _clean({
        "containers": [_container(name, image, command, env)], "serviceAccountName": service_account,
        "automountServiceAccountToken": automount, "imagePullSecrets": _named(image_pull_secrets), "nodeName": node,
    })


def _pod(
    *, name: str, image: str = "nginx", command: Sequence[str] | None = None, env: Texts | None = None,
    service_account: str | None = None, automount: bool | None = None,
    image_pull_secrets: Sequence[str] | None = None, node: str | None = None,
) -> Obj:
    return {"spec": _pod_spec(name, image, command, env, service_account, automount, image_pull_secrets, node)}


def _deployment(
    *, name: str, image: str = "nginx", replicas: int | None = None, command: Sequence[str] | None = None,
    env: Texts | None = None, service_account: str | None = None, automount: bool | None = None,
    image_pull_secrets: Sequence[str] | None = None,
) -> Obj:
    labels = {"app": name}
    spec = _pod_spec(name, image, command, env, service_account, automount, image_pull_secrets, None)
    template = {"metadata": {"labels": labels}, "spec": spec}
    return {
        "metadata": {"labels": labels},
        "spec": _clean({"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}),
    }


def _service(*, name: str, port: int = 80, target_port: int | None = None, selector: Texts | None = None) -> Obj:
    ports = [_clean({"port": port, "targetPort": target_port})]
    return {"spec": {"ports": ports, "selector": dict(selector or {"app": name})}}


BUILDERS: Final[Mapping[str, Builder]] = {
    "namespaces": _namespace,
    "serviceaccounts": _serviceaccount,
    "secrets": _secret,
    "configmaps": _configmap,
    "pods": _pod,
    "deployments.apps": _deployment,
    "services": _service,
}
QUESTIONS: Final[Mapping[str, Resource]] = {
    word: row for row, _ in (*tokenreviews.REVIEWS.values(), *accessreviews.REVIEWS.values())
    for word in (row.singular, row.plural, row.id)
}
"""Kinds that are answered and never stored: TokenReview, SubjectAccessReview and their like."""
COMMON: Final = ("labels", "annotations", "generate_name", "body")


def resource_of(word: str, rows: Iterable[Resource] = tuple(RESOURCES.values())) -> Resource:
    """The resource among `rows` that a kind, a plural, a singular or a short name means.

    Raises:
        UsageError: there is none; the text lists those that there are. Or this is no word.
    """
    if not isinstance(word, str):
        raise UsageError(_no_word(word))
    lower = word.lower()
    for row in rows:
        if lower in (row.plural, row.singular, row.id, *row.short):
            return row
    listed = ", ".join(row.kind for row in rows)
    raise UsageError(f"unknown kind {word!r}: this version knows {listed}")


def _no_word(given: object) -> str:
    """What is said of something that stands where a kind should: mostly a whole object."""
    if not isinstance(given, Mapping):
        return f"a kind is a word like 'pod', not {type(given).__name__} {given!r}: write c.create('pod', 'web', image='nginx')"
    what = f"an object of kind {given['kind']}" if given.get("kind") else "an object"
    return (
        f"{what} was given where a kind is expected: whole objects are created with c.apply(...), as from a manifest, or with "
        "c.create('pod', 'web', body={...})"
    )


def question_of(kind: str, name: str | None, fields: Mapping[str, Any]) -> tuple[Resource, Obj] | None:
    """The kind and the body of a question to the API server; None if it is a kind of objects that are stored.

    Raises:
        UsageError: it has a name, or keywords beside `body`.
    """
    row = QUESTIONS.get(kind.lower()) if isinstance(kind, str) else None
    if row is None:
        return None
    if name is not None or [key for key in fields if key != "body"]:
        raise UsageError(f"create {row.singular}: it has no name and no keywords; ask with body={{'spec': {{...}}}}")
    return row, dict(fields.get("body") or {})


def body_of(row: Resource, name: str | None, fields: Mapping[str, Any]) -> Obj:
    """The object that these keywords describe; `body` is a whole or partial object that they are put on top of.

    Raises:
        UsageError: a keyword is unknown for the kind, or there is no name.
    """
    given = dict(fields)
    base: Obj = dict(given.pop("body", None) or {})
    metadata: Obj = {**(base.get("metadata") or {})}
    labels, annotations, prefix = (given.pop(key, None) for key in COMMON[:3])
    if name is not None:
        metadata["name"] = name
    elif prefix is not None:
        metadata["generateName"] = prefix
    elif not (metadata.get("name") or metadata.get("generateName")):
        raise UsageError(f"create {row.singular}: give it a name, or generate_name='prefix-'")
    built = _built(row, metadata.get("name") or (metadata.get("generateName") or "").rstrip("-"), base, given)
    metadata = {**(built.get("metadata") or {}), **metadata}
    for field, extra in (("labels", labels), ("annotations", annotations)):
        if extra is not None:
            metadata[field] = {**(metadata.get(field) or {}), **extra}
    return {"apiVersion": row.api_version, "kind": row.kind, **built, **base, "metadata": metadata}


def _built(row: Resource, name: str, base: Obj, given: dict[str, Any]) -> Obj:
    builder = BUILDERS.get(row.id)
    known = [] if builder is None else [key for key in inspect.signature(builder).parameters if key != "name"]
    unknown = [key for key in given if key not in known]
    if unknown:
        listed = ", ".join((*known, *COMMON))
        raise UsageError(
            f"create {row.singular}: unknown keyword {unknown[0]!r}; known are {listed} "
            "(what has no keyword goes into body={...} as in a manifest)"
        )
    if builder is None or ("spec" in base and not given):
        return {}
    if "name" in inspect.signature(builder).parameters:
        given["name"] = name
    return builder(**given)
