"""The same done to clusters of several versions, and where they differ: `sanb.compare("1.10", "1.36")`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from sanb.cluster import Cluster
from sanb.errors import UsageError
from sanb.views import tablewriter
from sanb.views.differences import Row, differences
from sanb.widgets.lab import NO_WIDGETS

if TYPE_CHECKING:
    from sanb.widgets.pair import Pair


class Answers(dict[str, Any]):
    """What each version answered, by its name."""

    def __repr__(self) -> str:
        told = {minor: str(answer).rstrip("\n") for minor, answer in self.items()}
        return "\n".join(f"{minor}:\n" + "\n".join(f"  {line}" for line in text.split("\n")) for minor, text in told.items())


class Comparison:
    """Clusters side by side. What is called on it is called on each: `kubectl`, `create`, `apply`, `delete`, `run`, `step`.

    In a notebook it shows the Lab of both, with what differs marked; printed, the table of differences.
    """

    def __init__(self, minors: tuple[str, ...], **options: Any) -> None:
        if len(minors) < 2:
            raise UsageError('there is nothing to compare: name two versions, for example sanb.compare("1.10", "1.36")')
        self.clusters = [Cluster(minor, **options) for minor in minors]
        # two of a minor are told apart by their places
        self.names = [f"{one} ({place + 1})" if minors.count(one) > 1 else one for place, one in enumerate(minors)]
        self._pair: Pair | None = None
        for cluster in self.clusters:
            cluster.run()

    def do(self, action: Callable[[Cluster], Any]) -> Answers:
        """Do something to each cluster: `both.do(lambda c: c.kubectl("get pods"))`.

        An error of one is its answer; the others go on.
        """
        found = Answers()
        for name, cluster in zip(self.names, self.clusters, strict=True):
            try:
                found[name] = action(cluster)
            except Exception as problem:  # the answer of this version
                found[name] = problem
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(Cluster, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}, and neither has a cluster")

        def each(*arguments: Any, **options: Any) -> Answers:
            return self.do(lambda cluster: getattr(cluster, name)(*arguments, **options))

        return each

    @property
    def differences(self) -> list[Row]:
        """Objects that only one has, and fields that are not the same; without names and times that are drawn anyway."""
        return differences(self.clusters)

    def lab(self, height: int = 0) -> Pair:
        """Both side by side in a notebook, to do the same to each.

        Raises:
            ImportError: anywidget is not installed; the text says how to get it.
        """
        try:
            from sanb.widgets.pair import Pair
        except ImportError as error:
            raise ImportError(NO_WIDGETS) from error
        if self._pair is None or self._pair.comm is None:
            self._pair = Pair(self, height)
        return self._pair

    # ------------------------------------------------------------------ display

    def __repr__(self) -> str:
        return f"<Comparison of {' and '.join(self.names)}>"

    def __str__(self) -> str:
        lines = tablewriter.table(self._rows(), 0, 2).splitlines()
        return "\n".join([f"The same on Kubernetes {' and '.join(self.names)}: what differs", *(line.rstrip() for line in lines)])

    def _rows(self) -> list[tuple[str, ...]]:
        """The table of differences; the first row has the names of the columns."""
        head = ("OBJECT", "FIELD", *self.names)
        return [head, *((row.about, row.path or "(the object)", *row.values) for row in self.differences)]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        try:
            return self.lab()._repr_mimebundle_(**options)
        except ImportError:
            return self.still()

    def still(self) -> tuple[dict[str, str], dict[str, Any]]:
        """What shows without a kernel, and its metadata: the pictures and the table as PNG or, without matplotlib, as HTML."""
        try:
            png, width, height = self._picture()
        except ImportError:
            return {"text/plain": str(self), "text/html": self._html()}, {}
        # no HTML beside it: notebooks would prefer that to the picture
        size = {"width": width, "height": height, "alt": f"Kubernetes {' and '.join(self.names)} side by side, and what differs"}
        return {"text/plain": str(self), "image/png": b64encode(png).decode()}, {"image/png": size}

    def _html(self) -> str:
        head = "".join(f"<th>{escape(each)}</th>" for each in ("object", "field", *self.names))
        rows = ("".join(f"<td>{escape(each)}</td>" for each in row) for row in self._rows()[1:])
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"

    def _picture(self) -> tuple[bytes, int, int]:
        """The graphs side by side, and below them what differs."""
        from sanb.views.plot import draw
        from sanb.widgets import sheets

        pictures: list[Any] = []
        for cluster in self.clusters:
            with cluster.lock:
                pictures.append(draw(cluster))
        pictures.append(sheets.table("What differs", self._rows(), most=25))
        return sheets.sheet(*pictures, first=len(self.clusters), scale=96.0)


def compare(*minors: str, **options: Any) -> Comparison:
    """Clusters of these versions that have come to rest, to do the same to each and see what differs.

    Parameters:
        minors: two or more, like "1.10" and "1.36".
        options: what `sanb.Cluster` takes, for each of them.

    Raises:
        UsageError: there are fewer than two, or one is unknown.
    """
    return Comparison(minors, **options)
