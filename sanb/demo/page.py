"""The demo as one HTML page: both tellings beside each other, the pictures, the tables."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from sanb.demo.shop import Shop
from sanb.demo.story import Tale, Typed, changes

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6776; --paper: #fbfaf7; --card: #fff; --line: #dcd8cf;
  --accent: #0b5e8a; --code: #f3f1ec; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e9ec; --soft: #a4adb8; --paper: #14181d; --card: #1b2027;
  --line: #333b45; --accent: #7cc0e8; --code: #222831; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 5rem; max-width: 78rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; margin: 3rem 0 .8rem; padding-top: 1rem; border-top: 1px solid var(--line); }
p { max-width: 46rem; margin: .4rem 0; } .lead { color: var(--soft); font-size: 1.08rem; }
.step { display: grid; grid-template-columns: 1fr 1fr; gap: .4rem 1rem; margin: 1.4rem 0; align-items: start; }
.step > p { grid-column: 1 / -1; max-width: 60rem; }
pre { margin: 0; padding: .7rem .9rem; background: var(--code); border: 1px solid var(--line); border-radius: 8px;
  overflow-x: auto; max-height: 24rem; font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre; }
pre b { color: var(--accent); display: block; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.absent { color: var(--soft); white-space: normal; }
.minor { font-weight: 600; color: var(--accent); }
table { border-collapse: collapse; margin: .8rem 0; font-size: .92rem; display: block; overflow-x: auto; }
th, td { padding: .35rem .8rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; border-bottom-width: 2px; }
figure { margin: 1.2rem 0; } figure img { max-width: 100%; height: auto; border-radius: 10px;
  border: 1px solid var(--line); } figcaption { color: var(--soft); font-size: .92rem; margin-top: .4rem; }
@media (max-width: 52rem) { .step { grid-template-columns: 1fr; } }
"""
LEAD: Final = (
    "A program in a Pod needs to tell the API server who it is. Nobody writes that into a manifest, and yet every "
    "container has a credential. This is where it comes from: the same commands on the first Kubernetes of this story "
    "and on today's. Every line below is what a simulated control plane answered."
)


def write_page(path: Path, tales: Sequence[Tale], shop: Shop) -> Path:
    """Write the page and return its path."""
    parts = [
        f"<h1>The story of a token</h1><p class='lead'>{escape(LEAD)}</p>",
        _heads(tales), *_steps(tales), *_pictures(tales), _changes(list(tales)), _shop(shop),
    ]
    path.write_text(
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>The story of a token</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<style>{STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )
    return path


def _heads(tales: Sequence[Tale]) -> str:
    return "<div class='step'>" + "".join(f"<div class='minor'>{escape(t.title)}</div>" for t in tales) + "</div>"


def _steps(tales: Sequence[Tale]) -> list[str]:
    """Rows of the same step; one that a minor does not take says so."""
    made = [{typed.step: typed for typed in tale.typed} for tale in tales]
    steps = list(dict.fromkeys(typed.step for tale in tales for typed in tale.typed))
    return [
        f"<div class='step'><p>{escape(step.why)}</p>"
        + "".join(_typed(own.get(step), tale) for own, tale in zip(made, tales, strict=True))
        + "</div>"
        for step in steps
    ]


def _typed(typed: Typed | None, tale: Tale) -> str:
    if typed is None:
        return f"<pre class='absent'>Nothing to see on {escape(tale.cluster.minor)}: there is no such Secret.</pre>"
    return f"<pre><b>$ {escape(typed.command)}</b>{escape(typed.output)}</pre>"


def _pictures(tales: Sequence[Tale]) -> list[str]:
    found = []
    for tale in tales:
        found.append(f"<h2>{escape(tale.title)}, drawn</h2>")
        found.append(_figure(tale.cluster.draw("name1"), "Who uses, mounts and owns what in the namespace."))
        found.append(_figure(tale.cluster.draw_timeline(), "Who wrote what, and because of what."))
    return found


def _figure(figure: Any, caption: str) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150)
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f"<figure><img alt='{escape(caption, quote=True)}' src='data:image/png;base64,{data}'>"
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _changes(tales: list[Tale]) -> str:
    head = "".join(f"<th>{escape(tale.title)}</th>" for tale in tales)
    rows = "".join(
        f"<tr><th>{escape(c.question)}</th>" + "".join(f"<td>{escape(a)}</td>" for a in c.answers) + "</tr>"
        for c in changes(tales)
    )
    names = [list(tale.claims()) for tale in tales]
    claims = "".join(
        "<tr>" + "".join(f"<td><code>{escape(name or '')}</code></td>" for name in row) + "</tr>"
        for row in zip_longest(*names)
    )
    return (
        f"<h2>What changed</h2><table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>The claims in the token:</p><table><thead><tr>{head}</tr></thead><tbody>{claims}</tbody></table>"
    )


def _shop(shop: Shop) -> str:
    columns = ["pod", "container", "path", "source", "credential", "service_account", "expiry"]
    frame = shop.mounts()
    table = frame[[name for name in columns if name in frame.columns]].to_html(index=False, border=0, na_rep="–")
    return str(
        "<h2>A manifest</h2><p>A bookshop of four programs, applied as it is. <code>payment</code> has "
        "<code>automountServiceAccountToken: false</code> and holds nothing; <code>storefront</code> names no account, "
        "so it runs as <code>default</code> and holds a token that it does not need.</p>"
        + _figure(shop.cluster.draw("bookshop"), "The bookshop, reconciled.")
        + "<p>Every container and the credentials it holds:</p>" + table
    )
