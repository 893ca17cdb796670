"""What notebooks show: HTML that is legible in light and dark themes, and as plain tables where styles are stripped.

Colours are JupyterLab's CSS variables with neutral fallbacks; nothing in the text is random, everything is escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.kernel.action import Action
from sanb.times import rfc3339
from sanb.values import Lazy
from sanb.views import palette
from sanb.views.plot import HasWorld
from sanb.views.timeline import Timeline, shortened, when

BORDER: Final = "1px solid var(--jp-border-color2, rgba(128,128,128,.4))"
SOFT: Final = "color:var(--jp-ui-font-color2, inherit);opacity:.85"
MONO: Final = "font-family:var(--jp-code-font-family, monospace);font-size:var(--jp-code-font-size, 13px)"
CELL: Final = f"text-align:left;vertical-align:top;padding:2px 12px 2px 0;border-bottom:{BORDER}"
LONG: Final = 120
"""Characters of a value before it is shortened."""
TOKEN: Final = 14
"""Characters that are left of a token."""
ROWS: Final = 200
"""Rows of a list before the rest is counted only."""
FIRST: Final = ("apiVersion", "kind", "name", "namespace", "metadata", "type", "spec", "data", "status")
OPEN: Final = frozenset({"metadata", "spec", "status", "data", "involvedObject", "rules", "subjects"})


# ---------------------------------------------------------------------- tables


def table_html(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table of texts (not HTML yet)."""
    title = f'<caption style="text-align:left;caption-side:top;font-weight:600">{escape(caption)}</caption>'
    head = "".join(f'<th style="{CELL};font-weight:600">{escape(each)}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(f'<td style={CELL!r}>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (f'<table style="border-collapse:collapse;margin:0">{title if caption else ""}'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def _note(text: str) -> str:
    return f'<div style="{SOFT}">{escape(text)}</div>'


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


# ---------------------------------------------------------------------- a cluster


def cluster_html(cp: HasWorld) -> str:
    """A cluster at a glance: its minor and time, and how many objects of which kind each namespace holds."""
    table = cp.store.head
    kinds = [row for row in RESOURCES.values() if row.namespaced and table.namespaces(row.id)]
    spaces = [version.key[2] for version in table.scan("namespaces")]
    rows = [_space_row(cp, space, [row.id for row in kinds]) for space in spaces[:ROWS]]
    cluster = ", ".join(_many(len(table.scan(row.id)), row.kind) for row in RESOURCES.values()
                        if not row.namespaced and table.namespaces(row.id))
    more = _note(f"and {len(spaces) - ROWS:,} more namespaces") if len(spaces) > ROWS else ""
    head = (f'<div style="font-weight:600">Kubernetes {escape(cp.profile.minor)} · {rfc3339(cp.now)} · '
            f"revision {cp.store.rev:,}</div>")
    names = ["Namespace", "Phase", *(row.kind for row in kinds)]
    return f"<div>{head}{_note(cluster)}{table_html(names, rows)}{more}</div>"


def _space_row(cp: HasWorld, space: str, resources: Sequence[str]) -> list[str]:
    table = cp.store.head
    version = table.get(("namespaces", "", space))
    status = (version.last.get("status") or {}) if version is not None else {}
    cells = [space, str(status.get("phase", ""))]
    for resource in resources:
        found = table.scan(resource, space)
        phases = Counter(str((each.last.get("status") or {}).get("phase", "")) for each in found)
        told = ", ".join(f"{count:,} {phase}" for phase, count in sorted(phases.items()) if phase)
        cells.append(told if resource == "pods" and told else f"{len(found):,}" if found else "")
    return cells


# ---------------------------------------------------------------------- one object


def object_html(obj: Mapping[str, Any]) -> str:
    """One object, or the objects of a list, as a collapsible outline; long values and tokens are shortened."""
    fields = obj.get("metadata") or {}
    place = "/".join(part for part in (fields.get("namespace"), fields.get("name")) if part)
    kind = str(obj.get("kind") or "object")
    style = palette.kind(kind)
    badge = (f'<span style="background:{style.colour};color:#fff;border-radius:4px;padding:0 6px;font-size:90%">'
             f"{escape(style.letters)}</span> ")
    phase = (obj.get("status") or {}).get("phase") if isinstance(obj.get("status"), Mapping) else None
    told = f' <span style="{SOFT}">{escape(str(phase))}</span>' if phase else ""
    secret = kind == "Secret"
    body = "".join(_field(key, obj[key], 0, secret=secret) for key in _ordered(obj))
    return (f'<details open><summary>{badge}<b>{escape(kind)}</b> {escape(place)}{told}</summary>'
            f'<div style="{MONO};line-height:1.35;margin-left:1em">{body}</div></details>')


def _ordered(fields: Mapping[str, Any]) -> list[str]:
    """The keys in the order in which people look for them."""
    return [*(key for key in FIRST if key in fields), *(key for key in fields if key not in FIRST)]


def _field(key: str, value: Any, depth: int, *, secret: bool) -> str:
    """One line `key: value`, or a heading that opens and closes."""
    name = f'<span style="color:var(--jp-mirror-editor-property-color, inherit)">{escape(str(key))}</span>:'
    if not isinstance(value, (Mapping, list, tuple)) or not value:
        shown = value_text(value, secret=secret and key not in ("type", "kind", "apiVersion"), key=key)
        return f"<div>{name} {escape(shown)}</div>"
    if key == "managedFields":
        return f'<div>{name} <span style="{SOFT}">{_many(len(value), "item")}</span></div>'
    inside = secret and key in ("data", "stringData")
    if isinstance(value, Mapping):
        pairs = [(each, value[each]) for each in _ordered(value)]
    else:
        pairs = [(f"- {number}", each) for number, each in enumerate(value)]
    body = "".join(_field(each, inner, depth + 1, secret=inside) for each, inner in pairs)
    opened = " open" if depth == 0 and key in OPEN else ""
    count = _many(len(value), "field" if isinstance(value, Mapping) else "item")
    return (f'<details{opened} style="margin:0"><summary>{name} <span style="{SOFT}">{count}</span></summary>'
            f'<div style="margin-left:1.4em">{body}</div></details>')


def value_text(value: Any, *, secret: bool = False, key: str = "") -> str:
    """A value in one line. A token that nobody has read yet stays unsigned."""
    if isinstance(value, Lazy) or (isinstance(value, str) and (secret or _is_token(value, key))):
        if isinstance(value, Lazy):
            return "… (token)"
        return f"{value[:TOKEN]}… ({_many(len(value), 'character')})" if len(value) > TOKEN else value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    text = str(value).replace("\n", "⏎")
    if len(text) <= LONG:
        return text
    return f"{text[: LONG // 2]}…{text[-LONG // 4 :]} ({_many(len(text), 'character')})"


def _is_token(value: str, key: str) -> bool:
    """JSON Web Tokens and their base64: the head of every one begins alike."""
    return len(value) > 3 * TOKEN and (key == "token" or value.startswith(("eyJ", "ZXlK")))


def objects_html(found: Sequence[Mapping[str, Any]]) -> str:
    """A list of objects as a table."""
    rows = [_object_row(obj) for obj in found[:ROWS]]
    more = _note(f"and {len(found) - ROWS:,} more") if len(found) > ROWS else ""
    return table_html(("Kind", "Namespace", "Name", "Phase", "Created"), rows, _many(len(found), "object")) + more


def _object_row(obj: Mapping[str, Any]) -> list[str]:
    fields, status = obj.get("metadata") or {}, obj.get("status")
    phase = status.get("phase") if isinstance(status, Mapping) else None
    cells = (obj.get("kind"), fields.get("namespace"), fields.get("name"), phase, fields.get("creationTimestamp"))
    return [str(cell or "") for cell in cells]


# ---------------------------------------------------------------------- what happened


def timeline_html(found: Timeline) -> str:
    """A timeline as a table."""
    if not found:
        return _note(repr(found))
    rows = [(when(e), str(e.rev), e.actor, e.did, shortened(e.changed), e.why) for e in found[:ROWS]]
    more = _note(f"and {len(found) - ROWS:,} more") if len(found) > ROWS else ""
    return table_html(("Time", "Revision", "Who", "Did", "Changed", "Why"), rows, found.subject) + more


def actions_html(actions: Iterable[Any], caption: str = "") -> str:
    """Actions that are enabled or were made, numbered, each as a sentence."""
    found = list(actions)
    rows = [(str(number), action.op, action.actor, _sentence(action)) for number, action in enumerate(found[:ROWS])]
    more = _note(f"and {len(found) - ROWS:,} more") if len(found) > ROWS else ""
    return table_html(("#", "Op", "Actor", "What"), rows, caption or _many(len(found), "action")) + more


def _sentence(action: Any) -> str:
    return Action(action.op, action.actor, action.item).sentence


def result_html(result: Any) -> str:
    """What a command printed, as a terminal shows it; errors and a failed exit are told in words too."""
    pre = f"{MONO};margin:0;white-space:pre;overflow-x:auto;line-height:1.3"
    parts = [f'<pre style="{pre}">{escape(result.stdout)}</pre>'] if result.stdout else []
    if result.stderr:
        colour = "border-left:3px solid var(--jp-error-color1, #B3261E);padding-left:8px"
        parts.append(f'<pre style="{pre};{colour}">{escape(result.stderr)}</pre>')
    if result.exit_code:
        parts.append(_note(f"exit code {result.exit_code}"))
    return f"<div>{''.join(parts)}</div>"
