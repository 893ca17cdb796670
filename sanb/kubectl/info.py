"""kubectl version, api-resources, api-versions, cluster-info."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sanb.apiserver import discovery
from sanb.apiserver.resources import Resource
from sanb.kubectl.documents import to_json, to_yaml
from sanb.kubectl.flags import GLOBAL, MANY, SWITCH, TEXT, Flag
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj
from sanb.views import text

VERSION_FLAGS: Final = {"output": Flag(TEXT, "o"), "client": Flag(SWITCH), "short": Flag(SWITCH)}
RESOURCE_FLAGS: Final = {
    "api-group": Flag(),
    "namespaced": Flag(TEXT, "", "true"),
    "no-headers": Flag(SWITCH),
    "output": Flag(TEXT, "o"),
    "verbs": Flag(MANY),
    "sort-by": Flag(),
    "categories": Flag(MANY),
    "cached": Flag(SWITCH),
}
SHORT_VERSION: Final = {"1.10": False, "1.28": True}
WITH_VERSION: Final = {"1.10": False, "1.20": True}
"""Whether api-resources has the column APIVERSION instead of APIGROUP."""
WITH_KUSTOMIZE: Final = {
    "1.10": "",
    "1.24": "v4.5.4",
    "1.25": "v4.5.7",
    "1.27": "v5.0.1",
    "1.28": "v5.0.4",
    "1.30": "v5.0.4",
    "1.31": "v5.4.2",
    "1.32": "v5.5.0",
    "1.33": "v5.6.0",
    "1.34": "v5.7.1",
    "1.36": "v5.8.1",
}
"""The version of kustomize inside kubectl, which it tells from 1.24 on."""


def version(session: Session) -> None:
    """The version of both ends."""
    found = discovery.version(session.profile)
    kustomize = session.profile.pick(WITH_KUSTOMIZE)
    body: Obj = {"clientVersion": found, **({"kustomizeVersion": kustomize} if kustomize else {})}
    if not session.parsed.on("client"):
        body["serverVersion"] = found
    form = session.parsed.text("output")
    if form in ("yaml", "json"):
        session.print(to_yaml(body) if form == "yaml" else to_json(body))
    elif form:
        raise error("--output must be 'yaml' or 'json'")
    elif session.parsed.arguments:
        raise error(f"extra arguments: [{' '.join(session.parsed.arguments)}]")
    elif session.profile.pick(SHORT_VERSION) or session.parsed.on("short"):
        for side, one in body.items():
            shown = one if isinstance(one, str) else one["gitVersion"]
            session.print(f"{side.removesuffix('Version').capitalize()} Version: {shown}\n")
    else:
        keys = (
            "major",
            "minor",
            "gitVersion",
            "gitCommit",
            "gitTreeState",
            "buildDate",
            "goVersion",
            "compiler",
            "platform",
        )
        for side, one in body.items():
            if isinstance(one, str):
                session.print(f"Kustomize Version: {one}\n")
                continue
            values = ", ".join(f'{key[0].upper()}{key[1:]}:"{one[key]}"' for key in keys)
            session.print(f"{side.removesuffix('Version').capitalize()} Version: version.Info{{{values}}}\n")


def api_resources(session: Session) -> None:
    """The resources that the server has."""
    parsed = session.parsed
    rows = list(session.rows())
    if parsed.arguments:
        raise error(
            f"unexpected arguments: [{' '.join(parsed.arguments)}]\nSee 'kubectl api-resources -h' for help and examples"
        )
    form = parsed.text("output")
    if form not in ("", "wide", "name"):
        raise error(f"--output {form} is not available")
    if parsed.many("categories"):
        rows = [row for row in rows if set(parsed.many("categories")) <= set(row.categories)]
    if "api-group" in parsed.values:
        rows = [row for row in rows if row.group == parsed.text("api-group")]
    if "namespaced" in parsed.values:
        rows = [row for row in rows if row.namespaced == (parsed.text("namespaced") == "true")]
    if parsed.many("verbs"):
        rows = [row for row in rows if set(parsed.many("verbs")) <= set(row.verbs)]
    rows.sort(key=_order(parsed.text("sort-by")))
    if parsed.text("output") == "name":
        session.print("".join(f"{row.id}\n" for row in rows))
        return
    versioned, wide = session.profile.pick(WITH_VERSION), parsed.text("output") == "wide"
    head = [
        "NAME",
        "SHORTNAMES",
        "APIVERSION" if versioned else "APIGROUP",
        "NAMESPACED",
        "KIND",
        *(["VERBS", "CATEGORIES"] if wide else []),
    ]
    shown = [] if parsed.on("no-headers") else [head]
    session.print(text.lines([*shown, *(_row(session, row, versioned, wide) for row in rows)], session.profile))


def _order(by: str) -> Callable[[Resource], tuple[str, str]]:
    keys: dict[str, Callable[[Resource], tuple[str, str]]] = {
        "": lambda row: (row.group, row.plural),
        "name": lambda row: (row.plural, row.group),
        "kind": lambda row: (row.kind, row.group),
    }
    if by not in keys:
        raise error("--sort-by accepts only name or kind")
    return keys[by]


def _row(session: Session, row: Resource, versioned: bool, wide: bool) -> list[str]:
    place = row.served[0] if versioned else row.group
    verbs = (
        [",".join(row.verbs)] if session.profile.pick({"1.10": False, "1.26": True}) else [f"[{' '.join(row.verbs)}]"]
    )
    cells = [row.plural, ",".join(row.short), place, str(row.namespaced).lower(), row.kind]
    return [*cells, *([*verbs, ",".join(row.categories)] if wide else [])]


def api_versions(session: Session) -> None:
    """The group versions that the server has."""
    session.print("".join(f"{one}\n" for one in sorted(discovery.served(session.profile, session.custom()))))


def options(session: Session) -> None:
    """The flags of all commands."""
    names = "".join(
        f"    {'-' + GLOBAL[one].short + ', ' if GLOBAL[one].short else '    '}--{one}\n" for one in sorted(GLOBAL)
    )
    session.print(f"The following options can be passed to any command:\n\n{names}")
