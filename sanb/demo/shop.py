"""The manifest part: a small bookshop whose programs get different credentials."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from sanb.applying import Applied
from sanb.cluster import Cluster


class Shop:
    """The bookshop on one cluster."""

    def __init__(self, cluster: Cluster, applied: Applied) -> None:
        self.cluster = cluster
        self.applied = applied

    def mounts(self) -> Any:
        """Which container holds which credential: a DataFrame."""
        return self.cluster.frames.mounts

    def draw(self, out: Path) -> list[Path]:
        """Write the picture of the shop."""
        path = out / "bookshop.png"
        self.cluster.draw("bookshop", path=path)
        return [path]


def open_shop(seed: int, minor: str = "1.36") -> Shop:
    """Apply the manifest and let everything settle."""
    cluster = Cluster(minor, seed=seed, nodes=2)
    with as_file(files("sanb.examples") / "bookshop.yaml") as path:
        applied = cluster.apply(path)
    cluster.run()
    return Shop(cluster, applied)
