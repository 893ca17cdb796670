"""Pulling images and starting containers: what is remembered of a node, and what the Events say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sanb.kubelet import environment, scripts
from sanb.kubelet.environment import Unresolvable, Variables
from sanb.kubelet.images import image
from sanb.kubelet.stages import span
from sanb.kubelet.texts import Texts
from sanb.kubelet.times import duration
from sanb.values import Obj

if TYPE_CHECKING:
    from sanb.kubelet.kubelet import Step

POLICIES: Final = ("Always", "IfNotPresent", "Never")


class Blocked(Exception):
    """A container cannot be made. `reason` and `message` are its state, `event` and `text` what is told."""

    def __init__(self, reason: str, message: str, event: str, text: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.event = event
        self.text = text


def at(pod: Obj, index: int) -> Obj:
    """Container number `index`, init containers first."""
    spec = pod["spec"]
    inits = spec.get("initContainers")
    if not inits:
        return spec["containers"][index]  # type: ignore[no-any-return]
    return inits[index] if index < len(inits) else spec["containers"][index - len(inits)]  # type: ignore[no-any-return]


def policy(container: Obj) -> str:
    """The container's pull policy; by default images without a fixed tag are always pulled."""
    given: str | None = container.get("imagePullPolicy")
    return given or ("Always" if image(container.get("image", "")).canonical.endswith(":latest") else "IfNotPresent")


def pull(step: Step, container: Obj, texts: Texts) -> float | None:
    """Begin to pull the container's image: the seconds that takes, or None if it need not be pulled.

    Raises:
        Blocked: it is not there and must not be pulled.
    """
    api, life, asked = step.api, step.life, container.get("image", "")
    place, rule = ("image", life.node, image(asked).canonical), policy(container)
    there = api.recall(place)
    fails = bool(scripts.script(step.pod, container["name"]).pull_error)
    present = there is not None and there <= step.now and not fails
    if present and rule != "Always":
        tell(step, container, "Normal", "Pulled", texts.present.format(image=asked))
        return None
    if rule == "Never":
        text = texts.absent.format(image=asked)
        raise Blocked("ErrImageNeverPull", text, "ErrImageNeverPull", text)
    tell(step, container, "Normal", "Pulling", texts.pulling.format(image=asked))
    took = span("check" if there is not None else "pull", api.draw("pull", life.uid, container["name"]))
    if fails:
        return took
    if there is None:
        api.keep(place, step.now + took)
    elif not present:
        took = round(max(took, there - step.now), 3)
    return took


def pulled(step: Step, container: Obj, took: float | None, texts: Texts) -> None:
    """Tell that the image has arrived.

    Raises:
        Blocked: the registry did not give it.
    """
    asked = container.get("image", "")
    if refusal := scripts.script(step.pod, container["name"]).pull_error:
        found = image(asked)
        if refusal == "true":
            refusal = texts.no_image.format(familiar=found.familiar, canonical=found.canonical)
        raise Blocked("ErrImagePull", refusal, "Failed", f'Failed to pull image "{asked}": {refusal}')
    assert took is not None, "an image arrives after a pull"
    text = duration(took, digits=texts.digits)
    tell(step, container, "Normal", "Pulled", texts.pulled.format(image=asked, took=text, size=image(asked).size))


def variables(step: Step, container: Obj, texts: Texts) -> tuple[tuple[str, Variables], ...]:
    """The environments of the Pod's containers with that of one more; one that declares nothing is left out.

    Raises:
        Blocked: its environment refers to what is not there.
    """
    env = step.env
    if not container.get("env") and not container.get("envFrom"):
        return env
    others = tuple(one for one in env if one[0] != container["name"])
    try:
        return (*others, (container["name"], environment.declared(step.api, step.pod, container, step.life, texts)))
    except Unresolvable as failure:
        text = str(failure)
        raise Blocked("CreateContainerConfigError", text, "Failed", f"Error: {text}") from failure


def finishes(spec: Obj, position: int) -> bool:
    """Whether a container comes to an end by itself: an init container that is no sidecar."""
    inits = spec.get("initContainers") or ()
    return position < len(inits) and inits[position].get("restartPolicy") != "Always"


def tell_started(step: Step, container: Obj, texts: Texts) -> None:
    """Tell that the container was made and started."""
    name = container["name"]
    tell(step, container, "Normal", "Created", texts.created.format(name=name))
    tell(step, container, "Normal", "Started", texts.started.format(name=name))


def tell(step: Step, container: Obj, kind: str, reason: str, message: str) -> None:
    """An Event about one container of the Pod."""
    spec = step.pod["spec"]
    inits = spec.get("initContainers")
    field = "initContainers" if inits and any(one is container for one in inits) else "containers"
    path = f"spec.{field}{{{container['name']}}}"
    step.tell(kind, reason, message, path)
