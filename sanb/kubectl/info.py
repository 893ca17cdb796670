"""kubectl version, api-resources, api-versions, cluster-info."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sanb.apiserver import discovery
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
KEYS: Final = (
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
RESOURCE_FORMS: Final = {"1.10": ("", "wide", "name"), "1.34": ("", "wide", "name", "json", "yaml")}
VERBS_JOINED: Final = {"1.10": False, "1.26": True}
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


ANNOUNCED: Final = {"1.10": False, "1.24": True, "1.28": False}
SOON_SHORT: Final = (
    "WARNING: This version information is deprecated and will be replaced with the output from kubectl version --short.  "
    "Use --output=yaml|json to get the full version."
)


def version(session: Session) -> None:
    """The version of both ends."""
    found = discovery.version(session.profile)
    kustomize = session.profile.pick(WITH_KUSTOMIZE)
    body: Obj = {"clientVersion": {key: found[key] for key in KEYS}}
    body |= {"kustomizeVersion": kustomize} if kustomize else {}
    if not session.parsed.on("client"):
        body["serverVersion"] = found
    form = session.parsed.text("output")
    if session.parsed.arguments:
        raise error(f"extra arguments: [{' '.join(session.parsed.arguments)}]")
    if form == "yaml":
        session.print(to_yaml(body))
    elif form == "json":
        session.print(json.dumps(body, indent=2) + "\n")
    elif form:
        raise error("--output must be 'yaml' or 'json'")
    else:
        short = session.profile.pick(SHORT_VERSION) or session.parsed.on("short")
        if not short and session.profile.pick(ANNOUNCED):
            session.complain(SOON_SHORT)
        session.print("".join(_side(side, one, short) for side, one in body.items()))


def _side(side: str, one: Any, short: bool) -> str:
    head = f"{side[0].upper()}{side[1:].removesuffix('Version')} Version: "
    if isinstance(one, str):
        return f"{head}{one}\n"
    if short:
        return f"{head}{one['gitVersion']}\n"
    values = ", ".join(f'{key[0].upper()}{key[1:]}:"{one[key]}"' for key in KEYS)
    return f"{head}version.Info{{{values}}}\n"


class Listed(NamedTuple):
    """A resource as api-resources lists it."""

    name: str
    group: str
    version: str
    short: tuple[str, ...]
    namespaced: bool
    kind: str
    verbs: tuple[str, ...]
    categories: tuple[str, ...]

    @property
    def id(self) -> str:
        """The name with its group."""
        return f"{self.name}.{self.group}" if self.group else self.name


def listed(session: Session) -> list[Listed]:
    """The resources that the server has, each in the version that its group prefers."""
    found: dict[tuple[str, str], Listed] = {}
    custom = session.custom()
    for version in discovery.served(session.profile, custom):
        group = version.rpartition("/")[0]
        for one in (discovery.resources(session.profile, version, custom) or {}).get("resources") or ():
            if "/" not in one["name"]:
                lists = (tuple(one.get(key) or ()) for key in ("verbs", "categories"))
                row = Listed(
                    one["name"],
                    group,
                    version,
                    tuple(one.get("shortNames") or ()),
                    one["namespaced"],
                    one["kind"],
                    *lists,
                )
                found.setdefault((group, row.name), row)
    return list(found.values())


def api_resources(session: Session) -> None:
    """The resources that the server has."""
    parsed, form = session.parsed, session.parsed.text("output")
    if parsed.arguments:
        words = " ".join(parsed.arguments)
        raise error(f"unexpected arguments: [{words}]\nSee 'kubectl api-resources -h' for help and examples")
    forms = session.profile.pick(RESOURCE_FORMS)
    if form not in forms:
        raise error(f"--output {form} is not available")
    rows = sorted(_chosen(session, listed(session)), key=_order(parsed.text("sort-by")))
    if form == "name":
        session.print("".join(f"{row.id}\n" for row in rows))
    elif form in ("json", "yaml"):
        body = {
            "apiVersion": "v1",
            "groupVersion": "",
            "kind": "APIResourceList",
            "resources": [_entry(row) for row in rows],
        }
        session.print((to_yaml if form == "yaml" else to_json)(body))
    else:
        session.print(text.lines(_table(session, rows, form == "wide"), session.profile))


def _chosen(session: Session, rows: list[Listed]) -> list[Listed]:
    parsed = session.parsed
    if parsed.many("categories"):
        rows = [row for row in rows if set(parsed.many("categories")) <= set(row.categories)]
    if "api-group" in parsed.values:
        rows = [row for row in rows if row.group == parsed.text("api-group")]
    if "namespaced" in parsed.values:
        rows = [row for row in rows if row.namespaced == (parsed.text("namespaced") == "true")]
    if parsed.many("verbs"):
        rows = [row for row in rows if set(parsed.many("verbs")) <= set(row.verbs)]
    return [row for row in rows if row.verbs]


def _order(by: str) -> Callable[[Listed], tuple[str, str]]:
    keys: dict[str, Callable[[Listed], tuple[str, str]]] = {
        "": lambda row: (row.group, row.name),
        "name": lambda row: (row.name, row.group),
        "kind": lambda row: (row.kind, row.group),
    }
    if by not in keys:
        raise error("--sort-by accepts only name or kind")
    return keys[by]


def _table(session: Session, rows: list[Listed], wide: bool) -> list[list[str]]:
    versioned, joined = session.profile.pick(WITH_VERSION), session.profile.pick(VERBS_JOINED)
    more = [*(["VERBS"] * wide), *(["CATEGORIES"] * (wide and joined))]
    head = ["NAME", "SHORTNAMES", "APIVERSION" if versioned else "APIGROUP", "NAMESPACED", "KIND", *more]
    found = [] if session.parsed.on("no-headers") else [head]
    for row in rows:
        cells = [
            row.name,
            ",".join(row.short),
            row.version if versioned else row.group,
            str(row.namespaced).lower(),
            row.kind,
        ]
        if wide:
            cells += [",".join(row.verbs), ",".join(row.categories)] if joined else [f"[{' '.join(row.verbs)}]"]
        found.append(cells)
    return found


def _entry(row: Listed) -> Obj:
    entry: Obj = {"kind": row.kind, "name": row.name, "namespaced": row.namespaced, "singularName": row.kind.lower()}
    entry |= {"verbs": list(row.verbs), "version": row.version.rpartition("/")[2]}
    lists = {"categories": row.categories, "shortNames": row.short}
    entry |= {key: list(found) for key, found in lists.items() if found}
    return {**entry, "group": row.group} if row.group else entry


def api_versions(session: Session) -> None:
    """The group versions that the server has."""
    session.print("".join(f"{one}\n" for one in sorted(discovery.served(session.profile, session.custom()))))


def options(session: Session) -> None:
    """The flags of all commands."""
    names = "".join(
        f"    {'-' + GLOBAL[one].short + ', ' if GLOBAL[one].short else '    '}--{one}\n" for one in sorted(GLOBAL)
    )
    session.print(f"The following options can be passed to any command:\n\n{names}")
