"""What a container is told to do: annotations `sanb.dev/...` of its Pod, and what Jobs' containers do by themselves.

A container here runs no program. By default it runs until it is stopped, is ready at once and prints nothing; one that
belongs to a Job runs for a few seconds and succeeds. `ANNOTATIONS` lists what can be said otherwise; with
`.<container>` behind the name it is meant for one container only (`sanb.dev/exit-code.worker: "3"`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from sanb.durations import seconds
from sanb.errors import UsageError
from sanb.values import Obj

PREFIX: Final = "sanb.dev/"
ANNOTATIONS: Final[Mapping[str, str]] = {
    "run": 'how long the container runs before it exits, like "20s"',
    "exit-code": "the number it exits with; without `run` after a few seconds",
    "crash-after": "it exits with 1 after so long, every time it is started",
    "crashes": "so many times it crashes before it goes on as it should; with `crash-after` or at once",
    "ready-after": "so long its readiness probe fails after each start",
    "unhealthy-after": "so long after each start its liveness probe begins to fail, until it is restarted",
    "image-pull-error": 'the image cannot be pulled; "true", or what the registry says',
    "start-error": "the container cannot be started; what the runtime says",
    "log": "what it prints when it is started; several lines are several lines",
}
"""name -> what it says."""


class Script(NamedTuple):
    """What one container does. Times are seconds after its start; None: never."""

    run: float | None = None
    code: int = 0
    crashes: int | None = None
    """So many times it crashes; None: whenever it exits, it exits with `code`."""
    ready_after: float = 0.0
    unhealthy_after: float | None = None
    pull_error: str = ""
    start_error: str = ""

    def ends(self, restarts: int, drawn: float) -> tuple[float | None, int]:
        """After how many seconds a container that was restarted so often exits, and with which code."""
        if self.crashes is not None:
            return (drawn if self.run is None else self.run, self.code or 1) if restarts < self.crashes else (None, 0)
        return (drawn if self.run is None and self.code else self.run), self.code


RUNS: Final = Script()
"""What a container does that is told nothing."""
DONE: Final = -1.0
"""`run` of a container that is to finish by itself, after a time that is drawn."""


def script(pod: Obj, name: str) -> Script:
    """The script of a container."""
    annotations = pod["metadata"].get("annotations")
    if not annotations:
        return RUNS
    told = tuple((key[len(PREFIX):], value) for key, value in annotations.items() if key.startswith(PREFIX))
    return _script(told, name) if told else RUNS


@lru_cache(maxsize=4096)
def _script(told: tuple[tuple[str, str], ...], name: str) -> Script:
    values = dict(told)
    chosen = {key: value for key in ANNOTATIONS if (value := values.get(f"{key}.{name}", values.get(key))) is not None}
    run, code = _span(chosen.get("run")), _number(chosen.get("exit-code")) or 0
    crash = _span(chosen.get("crash-after"))
    if crash is not None:
        run, code = crash, code or 1
    return Script(
        run, code, _number(chosen.get("crashes")), _span(chosen.get("ready-after")) or 0.0,
        _span(chosen.get("unhealthy-after")), _text(chosen.get("image-pull-error")), _text(chosen.get("start-error")),
    )


def problems(pod: Obj) -> list[str]:
    """The annotations of a Pod that cannot be understood, each with the reason; they count as absent."""
    found: list[str] = []
    for key, value in (pod["metadata"].get("annotations") or {}).items():
        if not key.startswith(PREFIX):
            continue
        name = key[len(PREFIX):].partition(".")[0]
        if name not in ANNOTATIONS:
            found.append(f"{key}: unknown; there are {', '.join(ANNOTATIONS)}")
        elif name in ("exit-code", "crashes") and _number(value) is None:
            found.append(f"{key}: {value!r} is no number from 0 to 255")
        elif name in ("run", "crash-after", "ready-after", "unhealthy-after") and _span(value) is None:
            found.append(f"{key}: {value!r} is no duration like 20s")
    return found


def printed(pod: Obj, name: str) -> str:
    """What a container is told to print when it is started."""
    annotations = pod["metadata"].get("annotations") or {}
    text = str(annotations.get(f"{PREFIX}log.{name}", annotations.get(f"{PREFIX}log", "")))
    return text if not text or text.endswith("\n") else text + "\n"


def _span(text: str | None) -> float | None:
    try:
        return None if text is None else seconds(text)
    except UsageError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() and int(text) < 256 else None


def _text(text: str | None) -> str:
    return "" if text in (None, "", "false") else str(text)
