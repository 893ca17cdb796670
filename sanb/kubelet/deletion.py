"""The end of Pods: containers are stopped within their grace, then the object goes."""

from __future__ import annotations

from sanb.apiserver.client import Api
from sanb.errors import ApiError
from sanb.kubelet import tokenmanager
from sanb.kubelet.stages import Life, span
from sanb.kubelet.texts import Texts
from sanb.values import Obj


async def stop(api: Api, key: tuple[str, str], pod: Obj, life: Life | None, texts: Texts) -> float | None:
    """Stop what runs of a Pod that is marked for deletion; delete it for good when it has stopped."""
    now, grace = api.now, float(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
    if life is not None and life.stage != "stop":
        alive = _alive(pod, life)
        for name, path in alive:
            api.event(pod, "Pod", "Normal", "Killing", texts.killing.format(name=name), path)
        takes = min(span("stop", api.draw("stop", life.uid)), grace) if alive else 0.0
        life = life._replace(stage="stop", due=now + takes)
        api.keep(key, life)
    if life is not None and life.due > now:
        if life.due > now + grace:
            life = life._replace(due=now + grace)
            api.keep(key, life)
        if life.due > now:
            return life.due - now
    await _remove(api, key, pod["metadata"]["uid"])
    if life is not None:
        forget(api, key, life)
    return None


def _alive(pod: Obj, life: Life) -> list[tuple[str, str]]:
    """(name, path) of the containers that run."""
    spec = pod["spec"]
    places = [(one["name"], f"spec.{field}{{{one['name']}}}") for field in FIELDS for one in spec.get(field) or ()]
    return [place for place, run in zip(places, life.runs, strict=False) if run.began and not run.ended]


FIELDS = ("initContainers", "containers")


async def _remove(api: Api, key: tuple[str, str], uid: str) -> None:
    """The last deletion: without grace, and of this very Pod."""
    try:
        await api.delete("pods", *key, uid=uid, grace=0)
    except ApiError as error:
        if error.code not in (404, 409):
            raise


def forget(api: Api, key: tuple[str, str], life: Life) -> None:
    """Drop all memory of a Pod."""
    api.keep(key, None)
    tokenmanager.forget(api, life.uid)
