"""The life of a Pod on its node as data: the stages, what each takes, and what the kubelet remembers between them.

    admit → mount → (pull → pulled → start [→ running])* → run → running ⟲ → done        deletion: stop

`pull` to `start` repeat for every container; after an init container the Pod is `running` until that has finished.
While it is running, each container goes its own way (`lives`): exit, back-off, restart, probes.
"""

from __future__ import annotations

from math import ceil, inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sanb.times import parse

if TYPE_CHECKING:
    from sanb.kubelet.volumes import Mounted

DURATIONS: Final[dict[str, tuple[float, float]]] = {
    "sandbox": (0.30, 0.90),
    "pull": (1.20, 7.50),
    "check": (0.60, 1.60),
    "init": (0.40, 2.50),
    "work": (2.00, 12.00),
    "sync": (0.40, 1.60),
    "stop": (0.15, 1.70),
    "resync": (60.0, 90.0),
}
"""Least and most seconds; the draw is keyed. `check`: a pull whose layers are all present; `work`: what Jobs have to
do; `sync`: until the kubelet looks at a container again that has ended."""

MOUNT_BACK_OFF: Final = (0.5, 122.0)
"""First and longest seconds between two attempts to mount a volume (SEM 11.1)."""
SYNC_BACK_OFF: Final = (10.0, 300.0)
"""The same for a container that cannot be made."""
PROGRESS_REPEATS: Final = 4
"""So many repeats are waited for; later ones are upkeep."""
NEVER: Final = inf
"""`due` of a Pod that nothing but an event can change."""

UNIT: Final = 2.0**-64
NOTHING: Final = ("", "")


class Ended(NamedTuple):
    """One finished run of a container: `number` is how often it had been restarted before."""

    began: str
    ended: str
    code: int
    reason: str
    number: int


class Run(NamedTuple):
    """One container and its latest run. At `due` the kubelet does `then` with it: see `lives`."""

    began: str = ""
    """Since when it runs; "" if it was never started."""
    ended: str = ""
    code: int = 0
    reason: str = ""
    """Why it has ended: Completed, Error, or what the runtime says."""
    ready: str = ""
    """Since when it is ready; "" while it is not."""
    restarts: int = 0
    last: Ended | None = None
    """The run before."""
    waiting: tuple[str, str] = NOTHING
    """Reason and message while it waits to be started (again)."""
    due: float = NEVER
    then: str = ""
    failures: int = 0
    """Ends or failed starts in a row, for the back-off."""
    pulled: float | None = None
    """Seconds the last pull took; None if the image was there."""


class Life(NamedTuple):
    """What the kubelet remembers of one Pod: it is at `stage` for its container number `position` and acts at `due`."""

    uid: str
    node: str
    stage: str = "admit"
    position: int = 0
    due: float = 0.0
    failures: int = 0
    began: str = ""
    """When the kubelet first saw the Pod: `status.startTime`."""
    host: str = ""
    """The node's own address."""
    sandbox: str = ""
    """Since when the Pod has a network; "" before."""
    initialized: str = ""
    """When the last init container had finished; "" before."""
    runs: tuple[Run, ...] = ()
    """The containers that have been reached, init containers first."""
    wake: float = NEVER
    """When volumes are read again."""
    unready: str = ""
    """When the Pod ceased to be ready; "" if it never was."""
    pulled: float | None = None
    """Seconds the last pull took; None if the image was there."""
    ip: str = ""
    mounts: tuple[Mounted, ...] = ()
    """The volumes whose files have a source in the API, as last read."""
    env: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    """(container, variables) of the containers that declare any, as they were when they were started."""


def span(stage: str, drawn: int) -> float:
    """Seconds that `stage` takes for this 64-bit draw, in whole milliseconds."""
    least, most = DURATIONS[stage]
    return round(least + (most - least) * drawn * UNIT, 3)


def back_off(rule: tuple[float, float], failures: int) -> float:
    """Seconds until the next attempt after so many failures."""
    first, longest = rule
    return min(first * 2.0 ** min(failures - 1, 20), longest)


def resync(life: Life, drawn: int, after: float) -> float:
    """The first re-sync of the Pod later than `after`: one every 60 to 90 s since it began, the draw says which."""
    period, start = span("resync", drawn), parse(life.began)
    number = ceil((after - start) / period)
    due = start + number * period
    return due if due > after else start + (number + 1) * period
