"""kubectl get (SEM 12.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanb.apiserver.ages import age
from sanb.apiserver.resources import Resource
from sanb.errors import ApiError
from sanb.kubectl import failures, output, raw, sorting, watch
from sanb.kubectl.documents import read
from sanb.kubectl.flags import MANY, NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj, quiet_gc
from sanb.views import text

FLAGS: Final = {
    "output": Flag(TEXT, "o"),
    "all-namespaces": Flag(SWITCH, "A"),
    "selector": Flag(TEXT, "l"),
    "field-selector": Flag(),
    "no-headers": Flag(SWITCH),
    "show-labels": Flag(SWITCH),
    "ignore-not-found": Flag(SWITCH),
    "sort-by": Flag(),
    "show-kind": Flag(SWITCH),
    "label-columns": Flag(MANY, "L"),
    "filename": Flag(MANY, "f"),
    "kustomize": Flag(TEXT, "k"),
    "recursive": Flag(SWITCH, "R"),
    "watch": Flag(SWITCH, "w"),
    "watch-only": Flag(SWITCH),
    "chunk-size": Flag(NUMBER),
    "subresource": Flag(),
    "allow-missing-template-keys": Flag(SWITCH),
    "raw": Flag(),
    "output-watch-events": Flag(SWITCH),
    "server-print": Flag(SWITCH),
    "template": Flag(),
}
OLD_FLAGS: Final[Mapping[str, Flags]] = {
    "1.10": {"show-all": Flag(SWITCH, "a"), "export": Flag(SWITCH)}, "1.18": {}, "1.21": {"show-managed-fields": Flag(SWITCH)},
}
EMPTY: Final = {"1.10": "No resources found.", "1.17": ""}
AS_TABLE: Final = {"as": "Table", "asVersion": "v1", "includeObject": "Object"}
NO_TYPE: Final = (
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported '
    "resources.\n\nerror: Required resource not specified.\n"
    'Use "kubectl explain <resource>" for a detailed description '
    "of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples"
)

Wanted = list[tuple[Resource, list[str]]]


def get(session: Session) -> None:
    """Print objects as a table or in the format of `-o`."""
    parsed = session.parsed
    if parsed.text("raw"):
        session.print(raw.get(session, parsed.text("raw")))
        return
    wanted = _targets(session)
    if parsed.text("subresource") and not all(names for _, names in wanted):
        raise error("subresource cannot be used when bulk resources are specified")
    fetch = _Fetch(session)
    with quiet_gc():
        _show(session, fetch, wanted)
    failures.end(fetch.problems)


def _show(session: Session, fetch: _Fetch, wanted: Wanted) -> None:
    parsed = session.parsed
    tables = [(row, fetch.table(row, names)) for row, names in wanted]
    if parsed.on("watch") or parsed.on("watch-only"):
        watch.watch(session, tables, [] if not fetch.problems else fetch.problems)
        return
    form = parsed.text("output")
    objects = [row["object"] for _, table in tables for row in table["rows"]]
    if form and len(tables) > 1 and parsed.text("sort-by"):
        objects = sorting.objects(objects, parsed.text("sort-by"))
    single = len(wanted) == 1 and len(wanted[0][1]) == 1
    several = len([table for _, table in tables if table["columnDefinitions"]]) > 1
    if form in ("", "wide"):
        _print_tables(
            session, [(row, table) for row, table in tables if table["rows"]], several, form == "wide"
        )
        if not objects and not fetch.problems and not parsed.on("ignore-not-found"):
            session.complain(_nothing(session, wanted))
    elif objects or not (single or fetch.problems):
        output.write(session, form, objects, single=single)


def _targets(session: Session) -> Wanted:
    files = session.parsed.many("filename")
    if files:
        from sanb.kubectl.manifest import located

        documents = [
            document for path in files for document in read(path, session.stdin, session.parsed.on("recursive"))
        ]
        return [(place.resource, [place.name]) for place in (located(session, one) for one in documents)]
    if not session.parsed.arguments:
        raise Failure(NO_TYPE)
    found = session.targets(session.parsed.arguments)
    if any(names for _, names in found):
        if session.parsed.text("selector"):
            raise error("name cannot be provided when a selector is specified")
        if session.parsed.on("all-namespaces"):
            raise error("a resource cannot be retrieved by name across all namespaces")
    return found


class _Fetch:
    """Asks for tables and keeps what was refused."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.problems: list[str] = []

    def table(self, resource: Resource, names: list[str]) -> Obj:
        """The objects of a resource as one Table."""
        parts = [self.ask("get", resource, name) for name in names] if names else [self.ask("list", resource, "")]
        found = [part for part in parts if part is not None]
        rows = [row for part in found for row in part["rows"]]
        key = self.session.parsed.text("sort-by")
        if key and not names:
            rows = sorting.rows(rows, key)
        return {"columnDefinitions": found[0]["columnDefinitions"] if found else [], "rows": rows}

    def ask(self, verb: str, resource: Resource, name: str) -> Obj | None:
        """One answer, or None when it was refused."""
        session, parsed = self.session, self.session.parsed
        options: dict[str, Any] = {**AS_TABLE, "narrow": parsed.text("output") != "wide"}
        if verb == "list":
            for flag, option in (("selector", "labelSelector"), ("field-selector", "fieldSelector")):
                if parsed.text(flag):
                    options[option] = parsed.text(flag)
        namespace = "" if parsed.on("all-namespaces") else session.namespace
        try:
            table: Obj = session.ask(verb, resource, namespace, name, None, parsed.text("subresource"), options)
        except ApiError as refusal:
            if refusal.code != 404 or not parsed.on("ignore-not-found"):
                refusal = session.first_missing(refusal, resource, namespace if name else "")
                self.problems.append(failures.text(refusal, unfound(session, resource) if _about_list(verb, refusal) else ""))
            return None
        return table if table.get("kind") == "Table" else _as_table(session, table)


def unfound(session: Session, resource: Resource) -> str:
    """What was looked for in vain, as kubectl says it."""
    labels, fields = session.parsed.text("selector"), session.parsed.text("field-selector")
    version = resource.api_version if "/" in resource.api_version else f"/{resource.api_version}"
    kind = f'"{version}, Resource={resource.plural}"'
    if not labels and not fields:
        return f"Unable to list {kind}"
    return f'Unable to find {kind} that match label selector "{labels}", field selector "{fields}"'


def _about_list(verb: str, refusal: ApiError) -> bool:
    return verb == "list" and refusal.reason in ("BadRequest", "NotFound") and bool(refusal.status.get("details", True))


def _as_table(session: Session, obj: Obj) -> Obj:
    """An object that the server does not make a table of (a Scale)."""
    columns = [{"name": "Name", "priority": 0}, {"name": "Age", "priority": 0}]
    made = age(obj["metadata"].get("creationTimestamp"), session.now, session.profile)
    return {"columnDefinitions": columns, "rows": [{"cells": [obj["metadata"]["name"], made], "object": obj}]}


def _nothing(session: Session, wanted: Wanted) -> str:
    old = session.profile.pick(EMPTY)
    if old:
        return str(old)
    if session.parsed.on("all-namespaces") or not any(row.namespaced for row, _ in wanted):
        return "No resources found"
    return f"No resources found in {session.namespace} namespace."


def _print_tables(session: Session, tables: list[tuple[Resource, Obj]], kinds: bool, wide: bool) -> None:
    printed = [
        text.lines(rows_of(session, resource, table, kinds, wide), session.profile) for resource, table in tables
    ]
    session.print("\n".join(printed))


def rows_of(session: Session, resource: Resource, table: Obj, kinds: bool, wide: bool) -> list[list[str]]:
    """The cells of a table as the flags ask for them."""
    parsed = session.parsed
    return text.rows(
        table,
        wide=wide,
        headers=not parsed.on("no-headers"),
        namespaces=parsed.on("all-namespaces") and resource.namespaced,
        prefix=session.named(resource) if kinds or parsed.on("show-kind") else "",
        show_labels=parsed.on("show-labels"),
        label_columns=parsed.many("label-columns"),
    )
