"""DaemonSet controller: one Pod on every Node that is eligible."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers import daemonnodes, history, podhash
from sanb.controllers.daemonnodes import Verdict
from sanb.controllers.history import Wanted
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import (
    GATHERED,
    Expected,
    active,
    controlled_by,
    controlled_or_adoptable,
    create_pod,
    delete_pod,
    deleted,
    ended,
    leaving,
    matters,
    own_key,
    phase,
    pod_body,
    readiness,
    report,
    settled,
    surprising,
)
from sanb.controllers.ownership import claim, involved
from sanb.controllers.placement import place_of
from sanb.controllers.rollout_math import scaled
from sanb.controllers.victims import ready_since
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse
from sanb.values import Obj

NAME: Final = "daemonset-controller"
RESOURCE: Final = "daemonsets.apps"
KIND: Final = "DaemonSet"
HASH: Final = "controller-revision-hash"
GENERATION_LABEL: Final = "pod-template-generation"
GENERATION: Final = "deprecated.daemonset.template.generation"
BURST: Final = 250
"""Most Pods made in one sync, and most deleted."""
RETRIED: Final = (1.0, 900.0)
"""First and longest seconds between two deletions of failed Pods on one Node."""
SURGE: Final = {"1.10": False, "1.22": True}
"""Whether a rolling update may make new Pods before it deletes old ones (gate DaemonSetUpdateSurge)."""

Key = tuple[str, str]


# ---------------------------------------------------------------------- what it watches


def _all(node: Obj, lister: Any) -> Iterable[Key]:
    for found in lister.cached_list(RESOURCE):
        yield from own_key(found)


def _node_matters(old: Obj, new: Obj) -> bool:
    return place_of(old) != place_of(new)


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    controlled = controlled_by(KIND)
    related = controlled_or_adoptable(RESOURCE, KIND)
    return Controller(
        NAME, NAME, PROCESS, account_user("daemon-set-controller"),
        watches=(
            Watch(RESOURCE, keys=own_key),
            Watch("pods", related=related, on=frozenset({"add", "update"}), changed=matters),
            Watch("pods", keys=controlled, on=frozenset({"update"}), changed=readiness, delay=GATHERED),
            Watch("pods", keys=surprising(controlled), on=frozenset({"delete"})),
            Watch("pods", keys=leaving(controlled), on=frozenset({"delete"})),
            Watch("nodes", related=_all, changed=_node_matters),
        ),
        reconcile=reconcile, workers=2, lists=(history.RESOURCE,),
    )


# ---------------------------------------------------------------------- one sync


async def reconcile(api: Api, key: Any) -> float | None:
    """Bring the Pods of one DaemonSet to its Nodes and report it; returns when to look again."""
    namespace, name = key
    found = api.cached(RESOURCE, namespace, name)
    if found is None:
        api.keep(key, None)
        return None
    certain = settled(api, key, namespace)
    if deleted(found):
        return None
    mine = api.cached_by("pods", "owner", found["metadata"]["uid"])
    orphans = [pod for pod in api.cached_by("pods", "orphan", namespace) if active(pod)]
    pods = await claim(api, found, KIND, (RESOURCE, "pods"), mine, orphans)
    digest, known = await _revision(api, found)
    nodes = _by_node(pods)
    wait: float | None = None
    refusal: ApiError | None = None
    places = [place_of(node) for node in api.cached_list("nodes")]
    verdicts = [daemonnodes.verdict(api.profile, found, place) for place in places]
    if certain:
        wait, refusal = await _manage(api, key, found, digest, verdicts, nodes)
        if refusal is None and api.recall(key) is None and _rolls(found):
            await _roll(api, key, found, digest, verdicts, nodes)
    live = {digest, *(_hash(pod) for pod in pods)}
    used = {one["metadata"]["name"] for one in known if (one["metadata"].get("labels") or {}).get(HASH) in live}
    await history.truncate(api, known, used, found["spec"].get("revisionHistoryLimit", 10))
    await report(api, RESOURCE, found, _status(api, found, digest, verdicts, nodes))
    if refusal is not None:
        raise refusal
    return _sooner(wait, _next_available(api, found, pods))


async def _revision(api: Api, found: Obj) -> tuple[str, list[Obj]]:
    """The hash of the current template, with all revisions; that of the template is made if there is none."""
    known = await history.owned(api, found, KIND)
    data = history.template_patch(api, found)
    number = history.next_number(known)
    equal = [one for one in known if history.same(one, data)]
    if equal:
        current = equal[-1]
        if current is not known[-1]:
            current = await history.update_number(api, current, number)
        return str(current["metadata"]["labels"][HASH]), known
    collisions = (found.get("status") or {}).get("collisionCount")
    template = found["spec"]["template"]
    digest = podhash.encoded(podhash.template_hash(api.profile, template, collisions))
    labels = {**((template.get("metadata") or {}).get("labels") or {}), HASH: digest}
    wanted = Wanted(history.named(found, digest), labels, found["metadata"].get("annotations") or {}, data)
    try:
        made = await history.create(api, found, KIND, wanted, number)
    except ApiError as error:
        if error.reason != "AlreadyExists":
            raise
        made = await api.get(history.RESOURCE, found["metadata"]["namespace"], wanted.name)
        if not history.same(made, data):
            status = {**(found.get("status") or {}), "collisionCount": (collisions or 0) + 1}
            await api.update(RESOURCE, {**found, "status": status}, subresource="status")
            raise
    return digest, [*known, made]


def _by_node(pods: list[Obj]) -> dict[str, list[Obj]]:
    """Pods by the Node that they run on or are meant for, oldest first."""
    found: dict[str, list[Obj]] = {}
    for pod in sorted(pods, key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"])):
        if node := daemonnodes.target(pod):
            found.setdefault(node, []).append(pod)
    return found


def _hash(pod: Obj) -> str:
    return (pod["metadata"].get("labels") or {}).get(HASH) or ""


def _rolls(found: Obj) -> bool:
    return bool((found["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate") == "RollingUpdate")


async def _manage(
    api: Api, key: Key, found: Obj, digest: str, verdicts: list[Verdict], nodes: dict[str, list[Obj]]
) -> tuple[float | None, ApiError | None]:
    """Make the Pods that Nodes lack and delete those that do not belong where they are."""
    missing: list[str] = []
    doomed: list[Obj] = []
    wait: float | None = None
    for one in verdicts:
        pods = nodes.get(one.node, [])
        if not pods:
            if one.run:
                missing.append(one.node)
        elif not one.stay:
            doomed.extend(pod for pod in pods if not deleted(pod))
        else:
            failed = [pod for pod in pods if ended(pod) and not deleted(pod)]
            for pod in failed:
                after = _kill(api, found, one.node, pod)
                if after:
                    wait = _sooner(wait, after)
                else:
                    doomed.append(pod)
            living = [pod for pod in pods if active(pod)]
            if len(living) > 1 and not _surging(api, found):
                doomed.extend(living[1:])
    there = {one.node for one in verdicts}
    doomed.extend(pod for node, pods in nodes.items() if node not in there for pod in pods if not deleted(pod))
    return wait, await _act(api, key, found, digest, missing, doomed)


def _kill(api: Api, found: Obj, node: str, pod: Obj) -> float:
    """Seconds until a Pod that has ended may be deleted; 0 if now, which is told."""
    place = ("failed", found["metadata"]["uid"], node)
    count, last = api.recall(place) or (0, 0.0)
    pause = min(RETRIED[0] * 2.0 ** min(count - 1, 20), RETRIED[1]) if count else 0.0
    if last + pause > api.now:
        return float(last + pause - api.now)
    api.keep(place, (count + 1, api.now))
    where = f"daemon pod {pod['metadata']['namespace']}/{pod['metadata']['name']} on node {node}"
    subject = involved(api.profile, found, KIND)
    if phase(pod) == "Failed":
        text = f"Found failed {where}, will try to kill it"
        api.event(subject, KIND, "Warning", "FailedDaemonPod", text)
    else:
        api.event(subject, KIND, "Normal", "SucceededDaemonPod", f"Found succeeded {where}, will try to delete it")
    return 0.0


async def _act(
    api: Api, key: Key, found: Obj, digest: str, missing: list[str], doomed: list[Obj]
) -> ApiError | None:
    """Make and delete; what was done is remembered until the cache shows it."""
    refusal: ApiError | None = None
    revision = ""
    body = _body(api, found, digest)
    for node in missing[:BURST]:
        pod, refused = await create_pod(api, found, KIND, daemonnodes.bound(api.profile, body, node))
        refusal = refusal or refused
        revision = pod["metadata"]["resourceVersion"] if pod is not None else revision
        if refused is not None:
            break
    gone: list[tuple[str, str]] = []
    for pod in doomed[:BURST]:
        refused = await delete_pod(api, found, KIND, pod)
        refusal = refusal or refused
        if refused is None:
            gone.append((pod["metadata"]["name"], pod["metadata"]["uid"]))
    if revision or gone:
        api.keep(key, Expected(revision, tuple(gone)))
    return refusal


def _body(api: Api, found: Obj, digest: str) -> Obj:
    """The Pod of a DaemonSet, without a Node."""
    body = pod_body(api.profile, found, KIND)
    labels = {**(body["metadata"].get("labels") or {}), HASH: digest}
    if generation := (found["metadata"].get("annotations") or {}).get(GENERATION):
        labels[GENERATION_LABEL] = generation
    return {**body, "metadata": {**body["metadata"], "labels": labels}}


# ---------------------------------------------------------------------- rolling update


def _surging(api: Api, found: Obj) -> int:
    """How many Nodes may have a second Pod during an update."""
    if not _rolls(found) or not api.profile.pick(SURGE):
        return 0
    rolling = (found["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    return scaled(rolling.get("maxSurge") or 0, len(api.cached_list("nodes")), up=True)


async def _roll(
    api: Api, key: Key, found: Obj, digest: str, verdicts: list[Verdict], nodes: dict[str, list[Obj]]
) -> None:
    """Replace Pods of older templates, as many at once as may be unavailable or surplus."""
    wanted = [one.node for one in verdicts if one.run]
    pairs = {node: _pair(nodes.get(node, ()), digest) for node in wanted}
    surge, seconds = _surging(api, found), found["spec"].get("minReadySeconds") or 0
    now = api.now
    usable = {node: tuple(pod is not None and _available(pod, seconds, now) for pod in pairs[node]) for node in wanted}
    if surge:
        busy = sum(1 for node in wanted if None not in pairs[node])
        alone = [node for node in wanted if pairs[node][0] is not None and pairs[node][1] is None]
        sick, well = ([node for node in alone if usable[node][0] is state] for state in (False, True))
        done = [pairs[node][0] for node in wanted if usable[node][1]]
        await _act(api, key, found, digest, [*sick, *well[: max(0, surge - busy)]], [pod for pod in done if pod])
        return
    rolling = (found["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    most = scaled(rolling.get("maxUnavailable", 1), len(wanted), up=True)
    missing = sum(1 for node in wanted if pairs[node][0] is None and not usable[node][1])
    old = [(pairs[node][0], usable[node][0]) for node in wanted]
    sick_pods = [pod for pod, well_off in old if pod is not None and not well_off]
    well_pods = [pod for pod, well_off in old if pod is not None and well_off]
    room = max(0, most - missing - len(sick_pods))
    await _act(api, key, found, digest, [], [*sick_pods, *well_pods[:room]])


def _pair(pods: Iterable[Obj], digest: str) -> tuple[Obj | None, Obj | None]:
    """The Pod of an older template on a Node, and that of the current one."""
    living = [pod for pod in pods if active(pod)]
    old = next((pod for pod in living if _hash(pod) != digest), None)
    return old, next((pod for pod in living if _hash(pod) == digest), None)


def _available(pod: Obj, seconds: int, now: float) -> bool:
    since = ready_since(pod)
    return since is not None and (not seconds or parse(since) + seconds <= now)


# ---------------------------------------------------------------------- status


def _status(api: Api, found: Obj, digest: str, verdicts: list[Verdict], nodes: dict[str, list[Obj]]) -> Obj:
    desired = current = misscheduled = ready = usable = updated = 0
    seconds = found["spec"].get("minReadySeconds") or 0
    for one in verdicts:
        pods = nodes.get(one.node, [])
        scheduled = bool(pods)
        if not one.run:
            misscheduled += scheduled
            continue
        desired += 1
        if not scheduled:
            continue
        current += 1
        oldest = next((pod for pod in pods if ready_since(pod) is not None), pods[0])
        if ready_since(oldest) is not None:
            ready += 1
            usable += _available(oldest, seconds, api.now)
        updated += any(_hash(pod) == digest for pod in pods)
    status: Obj = {
        "currentNumberScheduled": current, "numberMisscheduled": misscheduled, "desiredNumberScheduled": desired,
        "numberReady": ready, "observedGeneration": found["metadata"].get("generation", 0),
        "updatedNumberScheduled": updated, "numberAvailable": usable, "numberUnavailable": desired - usable,
    }
    for field in ("updatedNumberScheduled", "numberAvailable", "numberUnavailable"):
        if not status[field]:
            del status[field]
    old = found.get("status") or {}
    return status | {field: old[field] for field in ("collisionCount", "conditions") if field in old}


def _next_available(api: Api, found: Obj, pods: list[Obj]) -> float | None:
    seconds = found["spec"].get("minReadySeconds") or 0
    if not seconds:
        return None
    waits = [parse(since) + seconds - api.now for pod in pods if (since := ready_since(pod))]
    return min((wait for wait in waits if wait > 0), default=None)


def _sooner(one: float | None, other: float | None) -> float | None:
    return min((wait for wait in (one, other) if wait is not None), default=None)
