"""kubectl version, api-resources, api-versions, cluster-info."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import discovery
from sanb.apiserver.resources import Resource
from sanb.kubectl.documents import to_json, to_yaml
from sanb.kubectl.flags import MANY, SWITCH, TEXT, Flag
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
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
KUSTOMIZE: Final = "v5.0.4-0.20230601165947-6ce0bf390ce3"


def version(session: Session) -> None:
    """The version of both ends."""
    found = discovery.version(session.profile)
    body = {"clientVersion": found, **({} if session.parsed.on("client") else {"serverVersion": found})}
    form = session.parsed.text("output")
    if form in ("yaml", "json"):
        session.print(to_yaml(body) if form == "yaml" else to_json(body))
    elif form:
        raise error("--output must be 'yaml' or 'json'")
    elif session.profile.pick(SHORT_VERSION) or session.parsed.on("short"):
        for side, one in body.items():
            session.print(f"{side.removesuffix('Version').capitalize()} Version: {one['gitVersion']}\n")
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
            values = ", ".join(f'{key[0].upper()}{key[1:]}:"{one[key]}"' for key in keys)
            session.print(f"{side.removesuffix('Version').capitalize()} Version: version.Info{{{values}}}\n")


def api_resources(session: Session) -> None:
    """The resources that the server has."""
    parsed = session.parsed
    rows = list(session.rows())
    if "api-group" in parsed.values:
        rows = [row for row in rows if row.group == parsed.text("api-group")]
    if "namespaced" in parsed.values:
        rows = [row for row in rows if row.namespaced == (parsed.text("namespaced") == "true")]
    if parsed.many("verbs"):
        rows = [row for row in rows if set(parsed.many("verbs")) <= set(row.verbs)]
    rows.sort(key=lambda row: (row.group, row.plural))
    if parsed.text("output") == "name":
        session.print("".join(f"{row.id}\n" for row in rows))
        return
    versioned, wide = session.profile.pick(WITH_VERSION), parsed.text("output") == "wide"
    head = ["NAME", "SHORTNAMES", "APIVERSION" if versioned else "APIGROUP", "NAMESPACED", "KIND", *(["VERBS"] * wide)]
    shown = [] if parsed.on("no-headers") else [head]
    session.print(text.lines([*shown, *(_row(session, row, versioned, wide) for row in rows)], session.profile))


def _row(session: Session, row: Resource, versioned: bool, wide: bool) -> list[str]:
    place = row.served[0] if versioned else row.group
    verbs = (
        [",".join(row.verbs)] if session.profile.pick({"1.10": False, "1.26": True}) else [f"[{' '.join(row.verbs)}]"]
    )
    cells = [row.plural, ",".join(row.short), place, str(row.namespaced).lower(), row.kind]
    return [*cells, *(verbs if wide else [])]


def api_versions(session: Session) -> None:
    """The group versions that the server has."""
    session.print("".join(f"{one}\n" for one in sorted(discovery.served(session.profile))))
