"""The cluster as pandas frames, kept up to date from the versions and calls since the last look."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from operator import attrgetter, sub
from typing import TYPE_CHECKING, Any, Final, Protocol

from sanb.errors import UsageError
from sanb.store.log import Tape
from sanb.store.store import Store
from sanb.store.version import Version
from sanb.values import Key, Obj, quiet_gc
from sanb.views import credentials, framearrays
from sanb.views.credentials import Credentials
from sanb.views.framearrays import Cells, load_pandas
from sanb.views.framecolumns import (
    BOUND,
    FRAMES,
    JOURNALS,
    Column,
    Frame,
    Journal,
    documented,
)
from sanb.views.framegrants import GRANTS, Grants
from sanb.views.framekinds import KINDS

if TYPE_CHECKING:
    import pandas


_OBJ, _KEY = attrgetter("obj"), attrgetter("key")
OBJECTS: Final = {**FRAMES, **KINDS}
"""Frames that are folded from the objects of a resource."""
DOCUMENTED: Final[dict[str, Any]] = {**OBJECTS, **GRANTS, credentials.NAME: credentials.DOCUMENTED, **JOURNALS}
"""All frames."""


class HasStore(Protocol):
    """What frames need of a control plane."""

    @property
    def store(self) -> Store:
        """Its objects."""

    @property
    def world(self) -> Any:
        """What ran: `journal` and `actions`."""


def table(columns: Sequence[Column], values: Sequence[Sequence[Any]]) -> Any:
    """A DataFrame of these values in the columns' dtypes."""
    return framearrays.table([Cells(column, each) for column, each in zip(columns, values, strict=True)])


def _transposed(rows: Sequence[Sequence[Any]], columns: Sequence[Column]) -> list[tuple[Any, ...]]:
    return list(zip(*rows)) or [()] * len(columns)


class _Objects:
    """Rows of objects, in order of their keys, and how far the log is folded."""

    def __init__(self, frame: Frame) -> None:
        self.columns = frame.columns
        self._resource, self._rows, self._bulk = frame.resource, frame.rows, frame.bulk
        self._rev = -1
        self._keys: list[Key] = []
        self._unnamed: list[Version] = []
        """The versions whose keys `_keys` will be, once somebody needs them."""
        self.cells: list[Cells] = []

    def refresh(self, cp: HasStore) -> bool:
        """Take in what has changed; tells whether anything has."""
        store = cp.store
        changed = self._rev < 0 or self._rev < store.oldest
        if changed:
            self._rebuild(store)
        elif self._rev < store.rev:
            newest = {version.key: version for version in store.since(self._rev, self._resource)}
            self._fold(newest)
            changed = bool(newest)
        self._rev = store.rev
        return changed

    def _rebuild(self, store: Store) -> None:
        make, rows, ends = self._rows, list[tuple[Any, ...]](), list[int]()
        if self._bulk is not None:
            self._read(store, self._bulk)
            return
        versions = store.head.scan(self._resource)
        for version in versions:
            rows += make(version.last)
            ends.append(len(rows))
        counts = map(sub, ends, [0, *ends])
        self._keys = [version.key for version, count in zip(versions, counts, strict=True) for _ in range(count)]
        self.cells = [Cells(*pair) for pair in zip(self.columns, _transposed(rows, self.columns), strict=True)]

    def _read(self, store: Store, bulk: Callable[[list[Obj]], tuple[list[Any], ...]]) -> None:
        """The same, column by column; what can be known without a look at the object is."""
        spaces, lengths, versions = list[str](), list[int](), list[Version]()

        def names() -> Iterator[list[str]]:
            for space, some, theirs in store.head.spaces(self._resource):
                spaces.append(space)
                lengths.append(len(some))
                versions.extend(theirs)
                yield some

        named = Cells.parts(self.columns[1], names(), store.head.count(self._resource))
        places = framearrays.in_memory(versions)
        values = bulk(list(map(_OBJ, map(versions.__getitem__, places.tolist()))))
        others = [Cells(*pair) for pair in zip(self.columns[2:], values, strict=True)]
        framearrays.arrange(others, places)
        self.cells = [Cells.runs(self.columns[0], spaces, lengths), named, *others]
        self._unnamed = versions

    def _fold(self, newest: dict[Key, Version]) -> None:
        """Replace the rows of changed objects, in place where their number stays."""
        if self._unnamed:
            self._keys, self._unnamed = list(map(_KEY, self._unnamed)), []
        places: list[int] = []
        patched: list[tuple[Any, ...]] = []
        moved: dict[Key, list[tuple[Any, ...]]] = {}
        for key, version in newest.items():
            rows = [] if version.obj is None else list(self._rows(version.obj))
            start, stop = bisect_left(self._keys, key), bisect_right(self._keys, key)
            if len(rows) == stop - start:
                places += range(start, stop)
                patched += rows
            else:
                moved[key] = rows
        if places:
            for cells, values in zip(self.cells, _transposed(patched, self.columns), strict=True):
                cells.patch(places, values)
        if moved:
            self._splice(moved)

    def _splice(self, moved: dict[Key, list[tuple[Any, ...]]]) -> None:
        """Take out the rows of `moved` and put their new ones where their keys belong."""
        gone: list[int] = []
        places: list[int] = []
        added: list[tuple[Any, ...]] = []
        keys: list[Key] = []
        done = 0
        for key in sorted(moved):
            start, stop = bisect_left(self._keys, key), bisect_right(self._keys, key)
            keys += [*self._keys[done:start], *[key] * len(moved[key])]
            places += [start - len(gone)] * len(moved[key])
            added += moved[key]
            gone += range(start, stop)
            done = stop
        self._keys = [*keys, *self._keys[done:]]
        for cells, values in zip(self.cells, _transposed(added, self.columns), strict=True):
            cells.splice(gone, places, values)


class _Entries:
    """Rows of a journal, which only grows."""

    def __init__(self, journal: Journal) -> None:
        self.columns = journal.columns
        self._of, self._rows = journal.name, journal.rows
        self._position = 0
        self.cells = [Cells(column) for column in self.columns]

    def refresh(self, cp: HasStore) -> bool:
        """Take in what is new; tells whether anything is."""
        world = getattr(cp, "world", None)
        entries: Tape[Any] = getattr(world, self._of) if world is not None else Tape()
        rows = [row for entry in entries.after(self._position) for row in self._rows(entry)]
        self._position = len(entries)
        if rows:
            for cells, values in zip(self.cells, _transposed(rows, self.columns), strict=True):
                cells.extend(values)
        return bool(rows)


class _Computed:
    """Rows made of all roles and bindings, for as long as none of them changes."""

    def __init__(self, grants: Grants) -> None:
        self.columns = grants.columns
        self._rows = grants.rows
        self._mark: Version | None = None
        self.cells: list[Cells] = []

    def refresh(self, cp: HasStore) -> bool:
        """Make the rows anew if something has changed; tells whether it has."""
        mark = cp.store.mark
        if mark is not None and mark is self._mark:
            return False
        values = _transposed(list(self._rows(cp.store.head)), self.columns)
        self.cells = [Cells(*pair) for pair in zip(self.columns, values, strict=True)]
        self._mark = mark
        return True


_Part = _Objects | _Entries | _Computed | Credentials


class _State:
    """One frame: its parts below each other, and the DataFrame that was made of them last."""

    def __init__(self, *parts: _Part) -> None:
        self._parts = parts
        self._made: pandas.DataFrame | None = None

    def refresh(self, cp: HasStore) -> pandas.DataFrame:
        """The frame as of now; the caller's own copy."""
        with quiet_gc():
            changed = [part.refresh(cp) for part in self._parts]
            if True in changed or self._made is None:
                made = [framearrays.table(part.cells) for part in self._parts]
                self._made = made[0] if len(made) == 1 else self._joined(made)
        return self._made.copy(deep=not _shared_until_written())

    def _joined(self, made: list[pandas.DataFrame]) -> pandas.DataFrame:
        """The parts' rows as one frame, whose categories are those of all."""
        columns = self._parts[0].columns
        return table(columns, [[_raw(value) for part in made for value in part[column.name]] for column in columns])  # type: ignore[no-any-return]


def _raw(value: Any) -> Any:
    """A value as `Cells` take it."""
    pd = load_pandas()
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    return value.timestamp() if isinstance(value, pd.Timestamp) else value


def _shared_until_written() -> bool:
    """Whether a shallow copy of a frame is safe: pandas 3 copies when somebody writes."""
    return int(load_pandas().__version__.partition(".")[0]) >= 3


def _parts(name: str) -> tuple[_Part, ...]:
    if name == credentials.NAME:
        return (Credentials(),)
    if name in GRANTS:
        return (_Computed(GRANTS[name]),)
    if name in JOURNALS:
        return (_Entries(JOURNALS[name]),)
    frame = OBJECTS[name]
    return (_Objects(frame), _Entries(BOUND)) if name == "tokens" else (_Objects(frame),)


class View(property):
    """A frame as a property whose documentation lists the columns."""

    def __init__(self, name: str) -> None:
        read: Callable[[Frames], pandas.DataFrame] = lambda frames: frames[name]
        super().__init__(read)
        self.__doc__ = documented(DOCUMENTED[name])

    if TYPE_CHECKING:

        def __get__(self, frames: Any, owner: type | None = None, /) -> Any: ...


class Frames:
    """The frames of one control plane as DataFrames; each look brings them up to date.

    A frame is the caller's own: changing it changes nothing else. A fork has its own frames.
    """

    def __init__(self, cp: HasStore) -> None:
        self._cp = cp
        self._states: dict[str, _State] = {}

    def __getitem__(self, name: str) -> pandas.DataFrame:
        """The frame of this name.

        Raises:
            UsageError: there is none; the text lists them.
        """
        if name not in self.names():
            raise UsageError(f"there is no frame {name!r}; there are {', '.join(self.names())}")
        with getattr(self._cp, "lock", None) or nullcontext():
            state = self._states.get(name)
            if state is None:
                state = self._states[name] = _State(*_parts(name))
            return state.refresh(self._cp)

    @staticmethod
    def names() -> tuple[str, ...]:
        """The names of all frames."""
        return tuple(DOCUMENTED)

    def __repr__(self) -> str:
        return f"Frames({', '.join(self.names())})"

    namespaces = View("namespaces")
    serviceaccounts = View("serviceaccounts")
    secrets = View("secrets")
    configmaps = View("configmaps")
    pods = View("pods")
    containers = View("containers")
    mounts = View("mounts")
    tokens = View("tokens")
    deployments = View("deployments")
    events = View("events")
    replicasets = View("replicasets")
    statefulsets = View("statefulsets")
    daemonsets = View("daemonsets")
    jobs = View("jobs")
    cronjobs = View("cronjobs")
    services = View("services")
    ingresses = View("ingresses")
    claims = View("claims")
    volumes = View("volumes")
    quotas = View("quotas")
    budgets = View("budgets")
    autoscalers = View("autoscalers")
    definitions = View("definitions")
    roles = View("roles")
    bindings = View("bindings")
    subjects = View("subjects")
    permissions = View("permissions")
    credentials = View("credentials")
    requests = View("requests")
    denials = View("denials")
    actions = View("actions")
