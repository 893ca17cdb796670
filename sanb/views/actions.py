"""What can happen next, in plain sentences: "the token controller starts on serviceaccount shop/default"."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.kernel.action import Action
from sanb.kernel.server import NAME as SERVER
from sanb.views.causes import title
from sanb.views.display import table_html

PROCESSES: Final = {"kube-controller-manager": "controller manager", "kube-scheduler": "scheduler"}
_VERBS: Final = {
    "create": "create", "update": "update", "patch": "change", "delete": "delete", "deletecollection": "delete all",
    "get": "read", "list": "list", "watch": "watch",
}


class Actions(list[Action]):
    """Enabled actions with a sentence each; `c.step(actions[0])` makes one happen."""

    def __init__(self, actions: Iterable[Action], sentences: Iterable[str]) -> None:
        super().__init__(actions)
        self.sentences = list(sentences)

    def __repr__(self) -> str:
        if not self:
            return "nothing can happen"
        return "\n".join(f"{number:>3}  {text}" for number, text in enumerate(self.sentences))

    def _repr_html_(self) -> str:
        rows = [(str(number), text) for number, text in enumerate(self.sentences)]
        return table_html(("#", "What can happen next"), rows) if rows else "<em>nothing can happen</em>"


def told(world: Any, actions: Iterable[Action]) -> Actions:
    """The actions with their sentences, which name what the world knows of them now."""
    found = list(actions)
    return Actions(found, (sentence(world, action) for action in found))


def sentence(world: Any, action: Action) -> str:
    """One action in plain words, before it happens."""
    actor = title(action.actor)
    if action.op == "serve":
        return f"API server: {call_words(world.server.calls.get(action.item))}"
    if action.op == "reply":
        return f"{actor}: {_reply(world.workers.get(action.actor), action.item)}"
    if action.op == "deliver":
        return _delivery(world, action.actor)
    if action.op == "start":
        return f"{actor}: starts {'its round' if _is_round(world, action) else f'on {key_words(action.item)}'}"
    if action.actor == SERVER:
        return f"clock: call {action.item} has waited long enough and is decided again"
    if _is_round(world, action):
        return f"clock: it is time for the next round of the {actor}"
    return f"clock: it is time for the {actor} to look at {key_words(action.item)} again"


def _is_round(world: Any, action: Action) -> bool:
    """Whether the key is no object but stands for all that a component looks after."""
    workers = world.workers.get(action.actor)
    return workers is not None and action.item in workers.controller.on_start


def _reply(workers: Any, number: Any) -> str:
    """What a component hears: the answer to which of its calls, or that it was refused."""
    task = workers.waiting.get(number) if workers is not None else None
    asked: Any = task.transcript[-1][0] if task is not None and task.transcript else ("", None)
    if asked[0] != "call":
        return f"receives the answer to call {number}"
    reply = workers.replies.get(number)
    refused = reply is not None and reply.error is not None
    return f"{'hears that it was refused to' if refused else 'receives the answer to its call:'} {request_words(asked[1])}"


def call_words(call: Any) -> str:
    """What the API server does when it serves a call: \"serves kubelet: change Pod shop/web\"."""
    if call is None:
        return "serves a call"
    request = call.request
    asker = title(call.client or (call.cause.actor if call.cause else "")) or request.acting.name
    return f"serves {asker}: {request_words(request)}"


def request_words(request: Any) -> str:
    """What a request asks for: \"change Pod shop/web\"."""
    row = RESOURCES.get(request.resource)
    what = row.kind if row is not None else request.resource
    if request.subresource:
        what = f"{request.subresource} of {what}"
    metadata = (request.body.get("metadata") or {}) if isinstance(request.body, dict) else {}
    name = request.name or metadata.get("name") or metadata.get("generateName") or ""
    place = "/".join(part for part in (request.namespace, name) if part)
    return f"{_VERBS.get(request.verb, request.verb)} {what} {place}".rstrip()


def _delivery(world: Any, name: str) -> str:
    process, _, resource = name.partition("/")
    informer = world.informers[name]
    version = world.store.nth(informer.resource, informer.position)
    before = version.prev
    happened = "deleted" if version.obj is None else "created" if before is None or before.obj is None else "changed"
    row = RESOURCES.get(resource)
    place = "/".join(part for part in version.key[1:] if part)
    later = f" ({informer.lag - 1} more wait)" if informer.lag > 1 else ""
    kind = row.kind if row is not None else resource
    return f"{PROCESSES.get(process, process)}: learns that {kind} {place} was {happened}{later}"


def key_words(item: Hashable) -> str:
    """A work-queue key as people read it: namespace and name, without the uids that make it unique."""
    if hasattr(item, "namespace") and hasattr(item, "name"):
        return f"{item.namespace}/{item.name}"
    return "/".join(str(part) for part in item if part) if isinstance(item, tuple) else str(item)
