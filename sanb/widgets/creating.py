"""Checking and doing what forms, the editor and the console say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanb.errors import ApiError
from sanb.kubectl.result import Result
from sanb.values import plain
from sanb.widgets import forms, origins
from sanb.widgets.forms import Form, Order
from sanb.widgets.hand import Hand, Sent
from sanb.yamltext import to_yaml


def checked(cp: Any, form: Form, values: Mapping[str, str]) -> dict[str, Any]:
    """What a filled form stands for, and what the server would say: it is tried on a copy of the cluster.

    `fields` has the complaints by field, `error` those that belong to none; `lines` is what would be stored.
    """
    order = form.order(cp.profile, values)
    found: dict[str, Any] = {
        "command": command(order), "yaml": order.stdin or "", "lines": [], "fields": {}, "error": "", "warnings": "",
    }
    empty = [field for field in form.fields if field.needed and not values.get(field.key, "").strip()]
    missing = {field.key: f"{field.label} is needed" for field in empty}
    if missing:
        return {**found, "fields": missing}
    hand = Hand(cp.fork(), patient=False)
    result = hand.kubectl(list(order.argv), order.stdin)
    last = _last_write(hand)
    if last is not None:
        found["yaml"] = order.stdin or to_yaml(plain(last.request.body))
        if last.response is not None and isinstance(last.response.body, dict):
            found["lines"] = [list(line) for line in origins.preview(last.request.body, last.response.body)]
        if last.refusal is not None:
            found["fields"], found["error"] = complaints(form, last.refusal)
            return found
    if result.exit_code:
        found["error"] = result.stderr.strip()
    else:
        found["warnings"] = result.stderr.strip()
    return found


def _last_write(hand: Hand) -> Sent | None:
    """The last request that was to create or change something."""
    writes = [sent for sent in hand.sent if sent.request.verb in ("create", "update", "patch")]
    return writes[-1] if writes else None


def complaints(form: Form, refusal: ApiError) -> tuple[dict[str, str], str]:
    """A refusal by field, and what is left of it."""
    fields: dict[str, str] = {}
    rest: list[str] = []
    causes = (refusal.status.get("details") or {}).get("causes") or ()
    for cause in causes:
        key = forms.place_of(form, str(cause.get("field", "")))
        if key:
            fields.setdefault(key, str(cause.get("message", "")))
        elif cause.get("field") != "metadata.labels":
            rest.append(f"{cause.get('field', '')}: {cause.get('message', '')}")
    if not causes:
        details = refusal.status.get("details") or {}
        if refusal.reason == "AlreadyExists" and "name" in {field.key for field in form.fields}:
            fields["name"] = refusal.message
        elif refusal.reason == "NotFound" and details.get("kind") == "namespaces":
            fields["namespace"] = refusal.message
        elif "service account" in refusal.message and "account" in {field.key for field in form.fields}:
            fields["account"] = refusal.message
        else:
            rest.append(refusal.message)
    return fields, "\n".join(rest)


def command(order: Order) -> str:
    """The command as one types it, with what it reads from stdin."""
    return f"{order.line} <<'EOF'\n{order.stdin}EOF" if order.stdin else order.line


def tried(cp: Any, text: str) -> dict[str, Any]:
    """What the server would say to a manifest, tried on a copy of the cluster."""
    if not text.strip():
        return {"error": "", "out": "", "line": 0}
    hand = Hand(cp.fork(), patient=False)
    result = hand.kubectl(["apply", "-f", "-"], text)
    if not result.exit_code:
        return {"error": "", "out": result.stdout.strip(), "line": 0}
    refusals = [sent.refusal for sent in hand.sent if sent.refusal is not None and sent.refusal.reason == "Invalid"]
    line = _line(result) or (_faulty(text, refusals[0]) if refusals else 0)
    return {"error": result.stderr.strip(), "out": result.stdout.strip(), "line": line}


def _faulty(text: str, refusal: ApiError) -> int:
    """The line of a manifest that the first complaint of a refusal is about, or as near above it as it says; 0 if none."""
    details = refusal.status.get("details") or {}
    fields = [str(cause.get("field", "")) for cause in details.get("causes") or ()]
    named = [at for at, line in enumerate(text.split("\n")) if _key(line) == ("name", str(details.get("name", "")))]
    if not fields or not named:
        return 0
    lines = text.split("\n")
    before = [at for at in range(named[0]) if lines[at].startswith("---")]
    at = before[-1] + 1 if before else 0
    for part in fields[0].replace("]", "").split("."):
        name, _, number = part.partition("[")
        found = next((below for below in range(at, len(lines)) if _key(lines[below])[0] == name), None)
        if found is None:
            break
        at = found
        if number.isdigit():
            items = [below for below in range(at + 1, len(lines)) if lines[below].lstrip().startswith("- ")]
            level = [below for below in items if _indent(lines[below]) == _indent(lines[items[0]])]
            at = level[int(number)] if int(number) < len(level) else at
    return at + 1


def _key(line: str) -> tuple[str, str]:
    """The key and the value of a line of YAML."""
    name, _, value = line.strip().removeprefix("- ").partition(":")
    return name.strip(), value.strip().strip("'\"")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _line(result: Result) -> int:
    """The line that a complaint about YAML names; 0 if none."""
    words = result.stderr.replace(":", " ").replace(",", " ").split()
    places = [place for place, word in enumerate(words[:-1]) if word == "line" and words[place + 1].isdigit()]
    return int(words[places[0] + 1]) if places and result.exit_code else 0
