"""kubectl in process and manifests: how long whoever types waits."""

from __future__ import annotations

import math
from typing import Any

import yaml

from bench import cluster
from bench.measure import Row, at_most, best, seconds, told
from sanb.cluster import Cluster

DOCUMENTS = 10_000
PODS = 100_000
SIZE = 2_000_000
WAITED = 2.0
START = 0.005
FIELDS = 120


def _schema(depth: int, fields: int) -> dict[str, Any]:
    """A schema as generators write it: many described fields, some of them objects and lists of objects."""
    text = "One of the many things that can be set here; it is described at length, as generators copy comments of Go."
    found: dict[str, Any] = {}
    for number in range(fields):
        match number % 6:
            case 0 if depth:
                found[f"field{number}"] = {"description": text, **_schema(depth - 1, fields // 4)}
            case 1 if depth:
                inner = _schema(depth - 1, fields // 4)
                found[f"field{number}"] = {"description": text, "type": "array", "items": inner}
            case 2:
                found[f"field{number}"] = {"description": text, "type": "integer", "format": "int32", "default": 1}
            case 3:
                found[f"field{number}"] = {"description": text, "x-kubernetes-int-or-string": True}
            case _:
                found[f"field{number}"] = {"description": text, "type": "string", "enum": ["a", "b"]}
    return {"type": "object", "description": text, "properties": found, "required": [f"field{fields - 1}"]}


def definitions(size: int) -> str:
    """A manifest of CustomResourceDefinitions and objects of theirs, of about so many bytes."""
    schema = {"type": "object", "properties": {"spec": _schema(2, FIELDS)}}
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        plural = f"thing{len(parts)}s"
        names = {"plural": plural, "singular": plural[:-1], "kind": plural.capitalize()}
        version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
        body = {
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.bench.example"},
            "spec": {"group": "bench.example", "scope": "Namespaced", "names": names, "versions": [version]},
        }
        own = {"apiVersion": "bench.example/v1", "kind": names["kind"], "metadata": {"name": "one"},
               "spec": {f"field{FIELDS - 1}": "a", "field4": "b"}}
        parts.append(yaml.dump(body) + "---\n" + yaml.dump(own))
    return "---\n".join(parts)


def _load(text: str) -> Any:
    c = Cluster("1.36", controllers="*,-scheduler,-kubelet")
    applied = c.apply(text)
    assert not applied.refused, applied
    return c


def _parsed(text: str) -> None:
    for _ in yaml.load_all(text, Loader=yaml.CSafeLoader):
        pass


def _maps(count: int) -> str:
    return "---\n".join(f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{n}\ndata:\n  k: v\n" for n in range(count))


def _typed(c: Cluster, words: str) -> None:
    assert c.kubectl(words).exit_code == 0


def rows(scale: float) -> list[Row]:
    """Loading, listing, starting."""
    text = definitions(int(SIZE * min(scale, 1)))
    ours, alone = best(lambda: _load(text), 3), best(lambda: _parsed(text), 3)
    sizes = [max(100, int(DOCUMENTS * scale * part)) for part in (0.1, 1.0)]
    took = [seconds(lambda size=size: _load(_maps(size))) for size in sizes]
    slope = math.log(took[1] / took[0]) / math.log(sizes[1] / sizes[0])
    pods = cluster.stored(int(PODS * scale))
    listed = best(lambda: _typed(pods, "get pods -A"), 3)
    start = best(lambda: _typed(pods, "version"), 5)
    return [
        at_most(f"loading {len(text) / 1e6:.1f} MB of CustomResourceDefinitions: read, validated, admitted",
                f"{ours:.2f} s", f"CSafeLoader alone: {alone:.2f} s", ours / alone, 6),
        told(f"loading {sizes[1]:,} documents", f"{took[1]:.2f} s"),
        at_most(f"growth of that ({sizes[0]:,}: {took[0]:.2f} s), exponent", "", "linear: 1", slope, 1.1),
        at_most(f"`kubectl get pods -A` over {int(PODS * scale):,} Pods, in process", f"{listed:.2f} s", "2 s",
                listed / WAITED, 1),
        at_most("`kubectl version` in process", f"{start * 1e3:.2f} ms", "5 ms", start / START, 1),
    ]
