"""What a saved notebook shows of the Lab without a kernel: a picture and a text."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sanb.apiserver.resources import BY_KIND
from sanb.times import rfc3339
from sanb.views import tablewriter
from sanb.views.layout.model import LAYERS
from sanb.views.relate import things


def bundle(cp: Any, parts: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """PNG and text with their metadata; the text alone for parts without a graph, and where there is no matplotlib."""
    words = text(cp)
    if "graph" not in parts:
        return {"text/plain": words}, {}
    try:
        from sanb.views.plot import draw
    except ImportError:
        return {"text/plain": words}, {}
    data, metadata = draw(cp)._repr_mimebundle_()
    return {"image/png": data["image/png"], "text/plain": words}, metadata


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
