"""Controllers at work: one card per component, and the list of what can happen next."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.components import APISERVER, COMPONENTS
from sanb.controlplane import ControlPlane
from sanb.kernel.action import Action
from sanb.kernel.workers import Workers
from sanb.views.actions import call_words, key_words, sentence
from sanb.widgets.sections import Section

MOST: Final = 60
"""Actions that are listed; the rest is counted."""
KEYS: Final = 8
"""Keys of a queue that are named."""
NOW: Final = {
    "create": "creating", "update": "updating", "patch": "changing", "delete": "deleting",
    "deletecollection": "deleting all", "get": "reading", "list": "listing", "watch": "watching",
}


class Enabled:
    """The enabled actions with numbers that stay while they are enabled, so that a click means what was seen."""

    def __init__(self) -> None:
        self.actions: dict[int, Action] = {}
        self._numbers: dict[Action, int] = {}
        self._last = 0

    def section(self, cp: ControlPlane, actions: list[Action]) -> Section:
        """The list for the browser: `order` has the numbers; of each the sentence, the component and the op."""
        numbers: dict[Action, int] = {}
        for action in actions[:MOST]:
            numbers[action] = self._numbers.get(action) or self._next()
        self._numbers = numbers
        self.actions = {number: action for action, number in numbers.items()}
        found: dict[str, Any] = {"order": list(self.actions), "more": len(actions) - len(numbers)}
        for action, number in numbers.items():
            found[str(number)] = [sentence(cp.world, action), component(cp, action), action.op]
        return found

    def _next(self) -> int:
        self._last += 1
        return self._last

    def number(self, action: Action | None) -> int:
        """The number of a listed action, else 0."""
        return self._numbers.get(action, 0) if action is not None else 0


def component(cp: ControlPlane, action: Action) -> str:
    """Whose action it is: a component, a process whose informer learns something, or the clock."""
    if action.op == "serve":
        return APISERVER
    if action.op == "fire":
        return "clock"
    if action.op == "deliver":
        return action.actor.partition("/")[0]
    workers = cp.world.workers.get(action.actor)
    return workers.controller.component if workers is not None else action.actor


def cards(cp: ControlPlane, paused: Iterable[str], actions: list[Action]) -> Section:
    """One card per component, by name."""
    stopped = set(paused)
    owned: dict[str, list[Workers]] = {}
    for workers in cp.world.workers.values():
        owned.setdefault(workers.controller.component, []).append(workers)
    found: dict[str, Any] = {APISERVER: _server(cp, APISERVER in stopped)}
    for row in COMPONENTS:
        if row.name in cp.components:
            own = owned.get(row.name, [])
            found[row.name] = {**_card(cp, own), "title": row.title, "paused": row.name in stopped,
                               "can": any(belongs(each, own) for each in actions)}
    return found


def belongs(action: Action, own: Iterable[Workers]) -> bool:
    """Whether an action is a step of these workers: theirs, or a delivery by an informer that they listen to."""
    if action.op in ("reply", "start"):
        return any(workers.name == action.actor for workers in own)
    return action.op == "deliver" and any(action.actor in _informers(workers) for workers in own)


def _informers(workers: Workers) -> set[str]:
    controller = workers.controller
    return {f"{controller.process}/{name}" for name in (*(w.resource for w in controller.watches), *controller.lists)}


def _server(cp: ControlPlane, paused: bool) -> dict[str, Any]:
    calls = cp.world.server.calls
    return {
        "title": "API server", "paused": paused, "can": bool(calls) and not paused, "size": len(calls), "lag": [],
        "keys": [call_words(call) for call in islice(calls.values(), KEYS)], "doing": [], "later": [],
    }


def _card(cp: ControlPlane, own: list[Workers]) -> dict[str, Any]:
    keys = [key for workers in own for key in islice(workers.queue.order, KEYS)]
    informers = sorted({name for workers in own for name in _informers(workers)})
    behind = [(name, cp.world.informers[name].lag) for name in informers if cp.world.informers[name].lag]
    return {
        "size": sum(len(workers.queue) for workers in own),
        "keys": [key_words(key) for key in keys[:KEYS]],
        "doing": [_doing(task) for workers in own for task in workers.tasks[:KEYS]],
        "later": [row for workers in own for row in _later(workers)][:KEYS],
        "lag": [[RESOURCES[name.partition("/")[2]].kind, lag] for name, lag in behind
                if name.partition("/")[2] in RESOURCES],
    }


def _later(workers: Workers) -> Iterable[list[Any]]:
    """Keys that failed and come back: key, tries, and when."""
    for key, tries in workers.queue.back_offs().items():
        due = workers.queue.due(key)
        if due is not None:
            yield [key_words(key), tries, due]


def _doing(task: Any) -> str:
    """ "creating Secret shop/web-token-x4b2q for shop/web": a reconcile that waits for an answer, in words."""
    asked: Any = task.transcript[-1][0] if task.transcript else ("", None)
    if asked[0] != "call":
        return f"works on {key_words(task.key)}"
    request = asked[1]
    row = RESOURCES.get(request.resource)
    kind = row.kind if row is not None else request.resource
    if request.subresource:
        kind = f"{request.subresource} of {kind}"
    fields = (request.body.get("metadata") or {}) if isinstance(request.body, dict) else {}
    name = request.name or fields.get("name") or fields.get("generateName") or ""
    place = "/".join(part for part in (request.namespace, str(name)) if part)
    subject = key_words(task.key)
    return f"{NOW.get(request.verb, request.verb)} {kind} {place}{f' for {subject}' if subject != place else ''}"


