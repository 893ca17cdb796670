"""What a saved notebook shows of the Lab without a kernel: a picture and a text."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sanb.apiserver.resources import BY_KIND
from sanb.times import rfc3339
from sanb.views import tablewriter
from sanb.views.layout.model import LAYERS
from sanb.views.relate import things
from sanb.widgets import sequence


def bundle(cp: Any, parts: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What these parts show, with its metadata: a text always, a PNG of the graph, Mermaid of the last reconcile."""
    found = {"text/plain": text(cp)}
    # JupyterLab prefers the diagram to a picture, so what has a graph goes without one
    diagram = sequence.last_reconcile(cp) if "timeline" in parts and "graph" not in parts else ""
    if diagram:
        found["text/vnd.mermaid"] = diagram
    if "graph" not in parts and "timeline" not in parts:
        return found, {}
    try:
        from sanb.views.plot import draw
        from sanb.views.plottimeline import draw_timeline
    except ImportError:
        return found, {}  # without matplotlib
    data, metadata = (draw if "graph" in parts else draw_timeline)(cp)._repr_mimebundle_()
    return {**found, "image/png": data["image/png"]}, metadata


def text(cp: Any) -> str:
    """How many objects of which kind each namespace holds."""
    counts: dict[str, Counter[str]] = {version.key[2]: Counter() for version in cp.store.head.scan("namespaces")}
    for thing, _ in things(cp.store.head):
        if thing.kind in LAYERS and thing.kind in BY_KIND:
            counts.setdefault(thing.namespace, Counter())[thing.kind] += 1
    kinds = [kind for kind in LAYERS if any(counts[space][kind] for space in counts)]
    rows = [("NAMESPACE", *(kind.upper() for kind in kinds))]
    rows += [(space or "(cluster)", *(str(counts[space][kind] or "-") for kind in kinds)) for space in counts]
    head = f"The Lab: Kubernetes {cp.profile.minor} at {rfc3339(cp.now)}, revision {cp.store.rev}"
    lines = tablewriter.table(rows, 0, 2).splitlines()
    return "\n".join([head, *(line.rstrip() for line in lines), "Run this cell to open the Lab."])
