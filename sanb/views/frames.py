"""The cluster as pandas frames, kept up to date from the versions since the last look."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, Protocol

from sanb.store.store import Store
from sanb.store.version import Version
from sanb.values import Key, quiet_gc
from sanb.views.framecolumns import (
    ACTIONS,
    CATEGORY,
    FRAMES,
    REQUESTS,
    TIME,
    Column,
    Frame,
    action_row,
    request_row,
)

if TYPE_CHECKING:
    import pandas


class HasStore(Protocol):
    """What frames need of a control plane."""

    @property
    def store(self) -> Store:
        """Its objects."""

    @property
    def world(self) -> Any:
        """What ran: `journal` and `actions`."""


def load_pandas() -> Any:
    """pandas, or an error that says how to get it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("frames need pandas: install the package 'pandas'") from error
    return pandas


class _State:
    """One frame's values as columns, rows in order of their object's key, and how far the log is folded."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.rev = -1
        self.keys: list[Key] = []
        self.columns: list[list[Any]] = [[] for _ in frame.columns]
        self.made: pandas.DataFrame | None = None

    def refresh(self, store: Store) -> pandas.DataFrame:
        """The frame as of now; the caller's own copy."""
        if self.rev < 0 or self.rev < store.oldest:
            self.rebuild(store)
        elif self.rev < store.rev:
            newest = {version.key: version for version in store.since(self.rev, self.frame.resource)}
            if newest:
                self.fold(newest)
                self.made = None
        self.rev = store.rev
        if self.made is None:
            self.made = self.build()
        return self.made.copy()

    def rebuild(self, store: Store) -> None:
        """Start anew from everything there is."""
        rows, self.keys, make = [], [], self.frame.rows
        with quiet_gc():
            for version in store.head.scan(self.frame.resource):
                for row in make(version.last):
                    rows.append(row)
                    self.keys.append(version.key)
        self.columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in self.frame.columns]
        self.made = None

    def fold(self, newest: dict[Key, Version]) -> None:
        """Replace the rows of changed objects, in place where their number stays."""
        moved: dict[Key, list[tuple[Any, ...]]] = {}
        for key, version in newest.items():
            rows = [] if version.obj is None else list(self.frame.rows(version.obj))
            start, stop = bisect_left(self.keys, key), bisect_right(self.keys, key)
            if len(rows) != stop - start:
                moved[key] = rows
                continue
            for place, row in enumerate(rows, start):
                for column, value in zip(self.columns, row, strict=True):
                    column[place] = value
        if moved:
            self.merge(moved)

    def merge(self, moved: dict[Key, list[tuple[Any, ...]]]) -> None:
        """Take out the rows of `moved` and put their new ones where their keys belong."""
        keep = [place for place, key in enumerate(self.keys) if key not in moved]
        keys = [self.keys[place] for place in keep] + [key for key, rows in moved.items() for _ in rows]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self.keys = [keys[place] for place in order]
        added = [row for rows in moved.values() for row in rows]
        for number, column in enumerate(self.columns):
            values = [column[place] for place in keep] + [row[number] for row in added]
            self.columns[number] = [values[place] for place in order]

    def build(self) -> pandas.DataFrame:
        """The columns as a DataFrame."""
        pd = load_pandas()
        return _table(pd, self.frame.columns, self.columns)  # type: ignore[no-any-return]


def _table(pd: Any, columns: tuple[Column, ...], values: list[list[Any]]) -> Any:
    return pd.DataFrame({column.name: _array(pd, column, each) for column, each in zip(columns, values, strict=True)})


def _array(pd: Any, column: Column, values: list[Any]) -> Any:
    """Values in the column's dtype; categories are sorted, so that a frame does not depend on its past."""
    if column.dtype == CATEGORY:
        names = sorted({value for value in values if value is not None})
        codes = {name: code for code, name in enumerate(names)}
        categories = pd.Index(names, dtype=object)
        return pd.Categorical.from_codes([codes.get(value, -1) for value in values], categories)
    if column.dtype == TIME:
        if values and isinstance(values[0], float):
            return pd.Series(pd.to_datetime(pd.Series(values, dtype=float), unit="s", utc=True)).astype(TIME)
        distinct = list(dict.fromkeys(values))
        read = pd.to_datetime(pd.Series(distinct, dtype=object), utc=True, format="ISO8601").astype(TIME)
        places = {text: place for place, text in enumerate(distinct)}
        return read.take([places[text] for text in values]).reset_index(drop=True)
    return pd.Series(values, dtype=column.dtype)


class Frames:
    """The frames of one control plane; a fork has its own, so cursors are never shared."""

    def __init__(self, cp: HasStore) -> None:
        self._cp = cp
        self._states: dict[str, _State] = {}

    def _get(self, name: str) -> pandas.DataFrame:
        state = self._states.get(name)
        if state is None:
            state = self._states[name] = _State(FRAMES[name])
        return state.refresh(self._cp.store)

    def __repr__(self) -> str:
        return f"Frames({', '.join(FRAMES)})"

    @property
    def namespaces(self) -> pandas.DataFrame:
        """The frame `namespaces`; its columns are described in FRAMES."""
        return self._get("namespaces")

    @property
    def serviceaccounts(self) -> pandas.DataFrame:
        """The frame `serviceaccounts`; its columns are described in FRAMES."""
        return self._get("serviceaccounts")

    @property
    def secrets(self) -> pandas.DataFrame:
        """The frame `secrets`; its columns are described in FRAMES."""
        return self._get("secrets")

    @property
    def configmaps(self) -> pandas.DataFrame:
        """The frame `configmaps`; its columns are described in FRAMES."""
        return self._get("configmaps")

    @property
    def pods(self) -> pandas.DataFrame:
        """The frame `pods`; its columns are described in FRAMES."""
        return self._get("pods")

    @property
    def containers(self) -> pandas.DataFrame:
        """The frame `containers`; its columns are described in FRAMES."""
        return self._get("containers")

    @property
    def mounts(self) -> pandas.DataFrame:
        """The frame `mounts`; its columns are described in FRAMES."""
        return self._get("mounts")

    @property
    def tokens(self) -> pandas.DataFrame:
        """The frame `tokens`; its columns are described in FRAMES."""
        return self._get("tokens")

    @property
    def deployments(self) -> pandas.DataFrame:
        """The frame `deployments`; its columns are described in FRAMES."""
        return self._get("deployments")

    @property
    def events(self) -> pandas.DataFrame:
        """The frame `events`; its columns are described in FRAMES."""
        return self._get("events")

    @property
    def requests(self) -> pandas.DataFrame:
        """Calls that were served; columns REQUESTS."""
        return self._listed(REQUESTS, [request_row(entry) for entry in self._cp.world.journal])

    @property
    def actions(self) -> pandas.DataFrame:
        """Steps that were made; columns ACTIONS."""
        return self._listed(ACTIONS, [action_row(entry) for entry in self._cp.world.actions])

    def _listed(self, columns: tuple[Column, ...], rows: list[tuple[Any, ...]]) -> pandas.DataFrame:
        values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        return _table(load_pandas(), columns, values)  # type: ignore[no-any-return]
