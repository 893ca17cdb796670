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
        return f"{actor}: receives the answer to call {action.item}"
    if action.op == "deliver":
        return _delivery(world, action.actor)
    if action.op == "start":
        return f"{actor}: starts on {key_words(action.item)}"
    if action.actor == SERVER:
        return f"clock: call {action.item} has waited long enough and is decided again"
    return f"clock: it is time for the {actor} to look at {key_words(action.item)} again"


def call_words(call: Any) -> str:
    """What the API server does when it serves a call: \"serves kubelet: change Pod shop/web\"."""
    if call is None:
        return "serves a call"
    request = call.request
    row = RESOURCES.get(request.resource)
    what = row.kind if row is not None else request.resource
    if request.subresource:
        what = f"{request.subresource} of {what}"
    metadata = (request.body.get("metadata") or {}) if isinstance(request.body, dict) else {}
    name = request.name or metadata.get("name") or metadata.get("generateName") or ""
    place = "/".join(part for part in (request.namespace, name) if part)
    asker = title(call.client or (call.cause.actor if call.cause else "")) or request.acting.name
    return f"serves {asker}: {_VERBS.get(request.verb, request.verb)} {what} {place}".rstrip()


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
