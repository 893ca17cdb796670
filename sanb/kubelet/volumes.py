"""Volumes: where the content of their files comes from, read when they are mounted (SEM 11.1, 11.2).

Only what was read is kept; the tree of files is made of it when somebody looks (`filesystem`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.kubelet import downward, tokenmanager
from sanb.kubelet.texts import Texts
from sanb.kubelet.tokenmanager import TokenError, TokenKey
from sanb.values import Obj

HOUR: Final = 3600
"""Seconds that a projected token lives where its source does not say."""
SECRET_KEY_MISSING: Final = "references non-existent secret key: {key}"
CONFIG_KEY_MISSING: Final = "configmap references non-existent config key: {key}"


class Unmountable(Exception):
    """A source of a volume is not to be had; the text is what the FailedMount Event says."""


class Source(NamedTuple):
    """One source as read: `kind` is secret, configMap, downwardAPI or token; `spec` is its place in the Pod.

    `data` is the keys' values (of a Secret in base64), the texts of the downward API by path, or the token's Entry.
    """

    kind: str
    spec: Obj
    data: Any


class Mounted(NamedTuple):
    """A volume and its sources; `since` is when these were first written."""

    volume: str
    sources: tuple[Source, ...]
    since: float


Reader = Callable[[Api, Obj, Obj, Texts], Awaitable[tuple[Source, ...]]]


async def read(api: Api, pod: Obj, volume: Obj, texts: Texts) -> tuple[Source, ...]:
    """What a volume's files are made of; nothing for a volume that is only a directory.

    Raises:
        Unmountable: a source is missing.
    """
    for kind, reader in READERS.items():
        if kind in volume:
            return await reader(api, pod, volume[kind], texts)
    return ()


async def _secret(api: Api, pod: Obj, spec: Obj, texts: Texts) -> tuple[Source, ...]:
    return (secret_source(api, pod, spec, spec.get("secretName") or "", texts),)


async def _configmap(api: Api, pod: Obj, spec: Obj, texts: Texts) -> tuple[Source, ...]:
    return (configmap_source(api, pod, spec, texts),)


async def _downward(api: Api, pod: Obj, spec: Obj, texts: Texts) -> tuple[Source, ...]:
    return (downward_source(pod, spec),)


async def _projected(api: Api, pod: Obj, spec: Obj, texts: Texts) -> tuple[Source, ...]:
    """All sources; every one must succeed."""
    found: list[Source] = []
    failures: list[str] = []
    for source in spec.get("sources") or ():
        try:
            if (one := source.get("serviceAccountToken")) is not None:
                found.append(Source("token", one, await _token(api, pod, one)))
            elif (one := source.get("configMap")) is not None:
                found.append(configmap_source(api, pod, one, texts))
            elif (one := source.get("downwardAPI")) is not None:
                found.append(downward_source(pod, one))
            elif (one := source.get("secret")) is not None:
                found.append(secret_source(api, pod, one, one.get("name") or "", texts))
        except (Unmountable, TokenError) as failure:
            failures.append(str(failure))
    if failures:
        raise Unmountable(failures[0] if len(failures) == 1 else f"[{', '.join(dict.fromkeys(failures))}]")
    return tuple(found)


READERS: Final[Mapping[str, Reader]] = {
    "projected": _projected,
    "secret": _secret,
    "configMap": _configmap,
    "downwardAPI": _downward,
}


async def _token(api: Api, pod: Obj, spec: Obj) -> tokenmanager.Entry:
    fields, audience = pod["metadata"], spec.get("audience")
    key = TokenKey(
        pod["spec"].get("serviceAccountName") or "default", fields["namespace"], (audience,) if audience else (),
        spec.get("expirationSeconds") or HOUR, fields["name"], fields["uid"],
    )
    return await tokenmanager.token(api, key)


def secret_source(api: Api, pod: Obj, spec: Obj, name: str, texts: Texts) -> Source:
    """The keys of a Secret.

    Raises:
        Unmountable: the Secret or one of the keys asked for is missing and not optional.
    """
    secret = api.cached("secrets", pod["metadata"]["namespace"], name)
    if secret is None:
        if spec.get("optional"):
            return Source("secret", spec, {})
        raise Unmountable(texts.secret_missing.format(name=name))
    data = secret.get("data") or {}
    _check(spec, data, SECRET_KEY_MISSING)
    return Source("secret", spec, data)


def configmap_source(api: Api, pod: Obj, spec: Obj, texts: Texts) -> Source:
    """The keys of a ConfigMap: a pair of texts and of binary values.

    Raises:
        Unmountable: the ConfigMap or one of the keys asked for is missing and not optional.
    """
    name = spec.get("name") or ""
    config = api.cached("configmaps", pod["metadata"]["namespace"], name)
    if config is None:
        if spec.get("optional"):
            return Source("configMap", spec, ({}, {}))
        raise Unmountable(texts.configmap_missing.format(name=name))
    data, binary = config.get("data") or {}, config.get("binaryData") or {}
    _check(spec, {**data, **binary} if binary else data, CONFIG_KEY_MISSING)
    return Source("configMap", spec, (data, binary))


def _check(spec: Obj, keys: Mapping[str, Any], text: str) -> None:
    items = spec.get("items")
    if items and not spec.get("optional"):
        for item in items:
            if item["key"] not in keys:
                raise Unmountable(text.format(key=item["key"]))


def downward_source(pod: Obj, spec: Obj) -> Source:
    """The texts of the items of a downward API source, by path."""
    found = {}
    for item in spec.get("items") or ():
        ref = item.get("fieldRef")
        text = downward.field(pod, ref["fieldPath"]) if ref else downward.resource(pod, item["resourceFieldRef"])
        found[item["path"]] = text
    return Source("downwardAPI", spec, found)


def same(old: tuple[Source, ...], new: tuple[Source, ...]) -> bool:
    """Whether two readings come to the same files; tokens are told apart without being signed."""
    return len(old) == len(new) and all(
        a.data is b.data or (a.kind != "token" and a.kind == b.kind and a.data == b.data)
        for a, b in zip(old, new, strict=True)
    )


def refresh_due(mounts: tuple[Mounted, ...]) -> float:
    """The earliest time at which a token in these volumes may be due for refresh; infinite if there is none."""
    earliest = float("inf")
    for mounted in mounts:
        for source in mounted.sources:
            if source.kind == "token":
                earliest = min(earliest, tokenmanager.limit(source.data) - tokenmanager.JITTER + 1)
    return earliest
