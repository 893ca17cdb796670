"""kubectl apply view-last-applied and set-last-applied."""

from __future__ import annotations

import json
from typing import Final

from sanb.kubectl import choose, dryrun, manifest
from sanb.kubectl.apply import LAST, with_last_applied
from sanb.kubectl.documents import to_json, to_yaml
from sanb.kubectl.flags import SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import dig

FLAGS: Final[Flags] = {**choose.FLAGS, "output": Flag(TEXT, "o")}
SET_FLAGS: Final[Flags] = {**manifest.FLAGS, **dryrun.FLAGS, "create-annotation": Flag(SWITCH)}


def view(session: Session) -> None:
    """Print what was applied last."""
    form = session.parsed.text("output") or "yaml"
    if form not in ("yaml", "json"):
        raise error(
            f"Unexpected -o output mode: {form}, the flag 'output' must be one of yaml|json\nSee 'kubectl apply "
            "view-last-applied -h' for help and examples"
        )
    for row, namespace, name in choose.chosen(session, session.parsed.arguments):
        body = session.fetch(row, namespace, name)
        text = dig(body, "metadata", "annotations", LAST)
        if text is None:
            continue
        session.print((to_yaml if form == "yaml" else to_json)(json.loads(text)))


def put(session: Session) -> None:
    """Remember the objects of -f as what was applied last."""
    for place in manifest.each(session):
        body = session.ask("get", place.resource, place.namespace, place.name)
        if dig(body, "metadata", "annotations", LAST) is None and not session.parsed.on("create-annotation"):
            raise error(
                f"no last-applied-configuration annotation found on resource: {place.name}, to create the "
                "annotation, run the command with --create-annotation"
            )
        note = with_last_applied(place.obj)["metadata"]["annotations"][LAST]
        patch = {"metadata": {"annotations": {LAST: note}}}
        options = choose.options(session, "merge", "kubectl-last-applied")
        if dryrun.mode(session) != "client":
            body = session.ask("patch", place.resource, place.namespace, place.name, patch, options=options)
        dryrun.report(session, place.resource, body, f"configured{dryrun.SUFFIX[dryrun.mode(session)]}")
