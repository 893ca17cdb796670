"""What a saved notebook shows of the Lab without a kernel: pictures and texts, with nothing fetched from a network.

JupyterLab shows of one output the first that it finds of Mermaid, SVG, PNG and text; an HTML export the first of SVG,
Mermaid, PNG and text, and Mermaid only with a network. So a sequence is there in Mermaid's words and as SVG, and the whole
Lab is one PNG with all that there is to see.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from typing import Any

from sanb.apiserver.resources import BY_KIND
from sanb.times import rfc3339
from sanb.views import tablewriter
from sanb.views.layout.model import LAYERS
from sanb.views.relate import things
from sanb.widgets import sequence

Bundle = tuple[dict[str, Any], dict[str, Any]]


def bundle(cp: Any, parts: list[str]) -> Bundle:
    """What these parts show, with its metadata: a text always, pictures if matplotlib is there to draw them."""
    told = sequence.lines(cp)
    found = {"text/plain": text(cp, told if "timeline" in parts else [])}
    if "graph" not in parts and "timeline" not in parts:
        return found, {}
    if "graph" not in parts and told:
        found["text/vnd.mermaid"] = sequence.mermaid(told)
    try:
        pictures, metadata = _pictures(cp, parts, told)
    except ImportError:
        return found, {}  # without matplotlib
    return {**found, **pictures}, metadata


def _pictures(cp: Any, parts: list[str], told: list[sequence.Line]) -> Bundle:
    from sanb.views.plot import draw
    from sanb.views.plottimeline import draw_timeline
    from sanb.widgets import sheets

    if "graph" not in parts:
        data, metadata = draw_timeline(cp)._repr_mimebundle_()
        found = {"image/png": data["image/png"]}
        return ({**found, "image/svg+xml": sheets.vectors(sheets.sequence(told))} if told else found), metadata
    if "timeline" not in parts:
        data, metadata = draw(cp)._repr_mimebundle_()
        return {"image/png": data["image/png"]}, metadata
    graph = draw(cp)
    png, width, height = sheets.sheet(
        graph, *([sheets.sequence(told)] if told else []), sheets.table("Objects by namespace", counts(cp)), scale=108.0)
    alt = f"The Lab: the graph of its objects, the last reconcile and a table. {graph.words}"
    return {"image/png": b64encode(png).decode()}, {"image/png": {"width": width, "height": height, "alt": alt}}


def counts(cp: Any) -> list[tuple[str, ...]]:
    """How many objects of which kind each namespace holds; the first row has the names of the columns."""
    found: dict[str, Counter[str]] = {version.key[2]: Counter() for version in cp.store.head.scan("namespaces")}
    for thing, _ in things(cp.store.head):
        if thing.kind in LAYERS and thing.kind in BY_KIND:
            found.setdefault(thing.namespace, Counter())[thing.kind] += 1
    kinds = [kind for kind in LAYERS if any(found[space][kind] for space in found)]
    rows = [("NAMESPACE", *(kind.upper() for kind in kinds))]
    return rows + [(space or "(cluster)", *(str(found[space][kind] or "-") for kind in kinds)) for space in found]


def text(cp: Any, told: list[sequence.Line]) -> str:
    """How many objects there are, and the last reconcile as lines."""
    head = f"The Lab: Kubernetes {cp.profile.minor} at {rfc3339(cp.now)}, revision {cp.store.rev}"
    lines = tablewriter.table(counts(cp), 0, 2).splitlines()
    last = ["The last reconcile:", sequence.text(told)] if told else []
    return "\n".join([head, *(line.rstrip() for line in lines), *last, "Run this cell to open the Lab."])
