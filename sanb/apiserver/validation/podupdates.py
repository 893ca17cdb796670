"""What may change in a Pod after its creation (SEM 3.3)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import containers, metadata, pods, shown
from sanb.apiserver.validation.names import between
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

NOT_BACK: Final = "may not be transitioned to non-terminated state"
_LISTS: Final = ("containers", "initContainers")


def update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """An update by a user: images, tolerations and little else."""
    if rules.reviewed_before:
        pods.whole(out, new, rules)
        metadata.updated(out, new["metadata"], old["metadata"], rules)
    else:
        metadata.updated(out, new["metadata"], old["metadata"], rules)
        pods.whole(out, new, rules)
    mirror_kept(out, new, old)
    if new["spec"] is not old["spec"] and new["spec"] != old["spec"]:
        _spec(out, new["spec"], old["spec"], rules)


def mirror_kept(out: list[FieldError], new: Obj, old: Obj) -> None:
    """The annotation of a mirror Pod is for ever."""
    after, before = new["metadata"].get("annotations") or {}, old["metadata"].get("annotations") or {}
    path = f"metadata.annotations[{pods.MIRROR}]"
    if pods.MIRROR in before:
        if after.get(pods.MIRROR) != before[pods.MIRROR]:
            out.append(status.field_forbidden(path, "may not remove or update mirror pod annotation"))
    elif pods.MIRROR in after:
        out.append(status.field_forbidden(path, "may not add mirror pod annotation"))
    pods.mirror(out, new["metadata"], new["spec"], "metadata.annotations")


def _spec(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    for kind in _LISTS:
        if not _images(out, new.get(kind) or [], old.get(kind) or [], f"spec.{kind}"):
            return
    if not _deadline(out, new.get("activeDeadlineSeconds"), old.get("activeDeadlineSeconds")):
        return
    _tolerations(out, new.get("tolerations") or [], old.get("tolerations") or [], rules)
    _gates(out, new.get("schedulingGates") or [], old.get("schedulingGates") or [])
    munged = _munged(new, old)
    if munged != old:
        text = dump(munged, old) if rules.dump else difference(munged, old)
        out.append(status.field_forbidden("spec", f"{rules.pod_update}\n{text}"))


def _images(out: list[FieldError], new: list[Any], old: list[Any], path: str) -> bool:
    """Images may change, containers may not come or go; False stops the comparison."""
    if len(new) != len(old):
        out.append(status.field_forbidden(path, "pod updates may not add or remove containers"))
        return False
    for index, container in enumerate(new):
        if not container.get("image"):
            out.append(status.required(f"{path}[{index}].image"))
        containers.trimmed(out, container, f"{path}[{index}]")
    return True


def _deadline(out: list[FieldError], new: int | None, old: int | None) -> bool:
    """A deadline may be set, or become shorter."""
    path = "spec.activeDeadlineSeconds"
    if new is None:
        if old is not None:
            detail = "must not update from a positive integer to nil value"
            out.append(status.invalid_shown(path, "null", detail))
        return True
    if not 0 <= new <= pods.MAX_INT:
        out.append(status.invalid_value(path, new, between(0, pods.MAX_INT)))
    elif old is not None and old < new:
        out.append(status.invalid_value(path, new, "must be less than or equal to previous value"))
    else:
        return True
    return False


def _tolerations(out: list[FieldError], new: list[Any], old: list[Any], rules: Rules) -> None:
    """Tolerations may only be added, and change how long they hold."""
    timeless = [_timeless(item) for item in new]
    if any(_timeless(item) not in timeless for item in old):
        detail = "existing toleration can not be modified except its tolerationSeconds"
        out.append(status.field_forbidden("spec.tolerations", detail))
    else:
        pods.tolerations(out, new, "spec.tolerations", rules)


def _timeless(item: Obj) -> Obj:
    return {key: value for key, value in item.items() if key != "tolerationSeconds"}


def _gates(out: list[FieldError], new: list[Any], old: list[Any]) -> None:
    known = {gate.get("name") for gate in old}
    for index, gate in enumerate(new):
        if gate.get("name") not in known:
            detail = f"only deletion is allowed, but found new scheduling gate '{gate.get('name')}'"
            out.append(status.field_forbidden(f"spec.schedulingGates[{index}].name", detail))


def _munged(new: Obj, old: Obj) -> Obj:
    """The new spec with the old value of everything that may change."""
    munged = dict(new)
    for kind in _LISTS:
        if munged.get(kind):
            munged[kind] = [{**a, "image": b.get("image")} for a, b in zip(munged[kind], old[kind], strict=True)]
    for field in ("activeDeadlineSeconds", "tolerations", "schedulingGates"):
        munged.pop(field, None)
        if field in old:
            munged[field] = old[field]
    grace = "terminationGracePeriodSeconds"
    if (old.get(grace) or 0) < 0 and munged.get(grace) == 1:
        munged[grace] = old[grace]
    return munged


def _go(value: Any) -> Any:
    """The value with field names as Go has them: keys of labels and the like are spelt with capitals, too."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _go(found) for key, found in value.items()}
    return [_go(item) for item in value] if isinstance(value, list) else value


def dump(new: Obj, old: Obj) -> str:
    """Both specs as JSON: what they begin with once, then the rest of each."""
    first, second = shown.as_json(_go(new)), shown.as_json(_go(old))
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    return f"{first[:same]}\n\nA: {first[same:]}\n\nB: {second[same:]}\n\n"


def difference(new: Obj, old: Obj, name: str = "core.PodSpec") -> str:
    """The fields that differ, with the old (-) and the new (+) value."""
    lines = [f"  {name}{{"]
    same = 0
    for field in dict.fromkeys((*old, *new)):
        if field in old and field in new and old[field] == new[field]:
            same += 1
            continue
        lines += _identical(same)
        same = 0
        title = field[:1].upper() + field[1:]
        if field in old:
            lines.append(f"- \t{title}: {shown.as_json(_go(old[field]))},")
        if field in new:
            lines.append(f"+ \t{title}: {shown.as_json(_go(new[field]))},")
    return "\n".join([*lines, *_identical(same), "  }", ""])


def _identical(count: int) -> list[str]:
    return [f"  \t... // {count} identical field{'s' if count > 1 else ''}"] if count else []


def status_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """An update of the status: what is over in a Pod that does not restart stays over."""
    mirror_kept(out, new, old)
    policy = old["spec"].get("restartPolicy", "Always")
    after, before = new.get("status") or {}, old.get("status") or {}
    if policy != "Always":
        inits = old["spec"].get("initContainers") or ()
        sidecars = {one["name"] for one in inits if one.get("restartPolicy") == "Always"}
        for kind in ("containerStatuses", "initContainerStatuses"):
            _transitions(out, after.get(kind) or [], before.get(kind) or [], f"status.{kind}", policy, sidecars)
    _transitions(out, after.get("ephemeralContainerStatuses") or [], before.get("ephemeralContainerStatuses") or [],
                 "status.ephemeralContainerStatuses", "Never")


def _transitions(
    out: list[FieldError], new: list[Any], old: list[Any], path: str, policy: str, sidecars: Collection[str] = ()
) -> None:
    for index, before in enumerate(old):
        if before.get("name") in sidecars:
            continue
        over = (before.get("state") or {}).get("terminated")
        if over is None or (over.get("exitCode") and policy == "OnFailure"):
            continue
        for after in new:
            if after.get("name") == before.get("name") and (after.get("state") or {}).get("terminated") is None:
                out.append(status.field_forbidden(f"{path}[{index}].state", NOT_BACK))


def ephemeral_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """Ephemeral containers may only be added."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    pods.whole(out, new, rules)
    mirror_kept(out, new, old)
    if pods.MIRROR in (old["metadata"].get("annotations") or {}):
        out[:] = [status.field_forbidden("[]", "static pods do not support ephemeral containers")]
        return
    known = {container["name"]: container for container in new["spec"].get("ephemeralContainers") or ()}
    for before in old["spec"].get("ephemeralContainers") or ():
        name = before["name"]
        title = f"existing ephemeral containers {status.quoted(name)} may not be"
        if name not in known:
            out.append(status.field_forbidden("spec.ephemeralContainers", f"{title} removed\n"))
        elif known[name] != before:
            text = difference(known[name], before, "core.EphemeralContainer")
            out.append(status.field_forbidden("spec.ephemeralContainers", f"{title} changed\n{text}"))
