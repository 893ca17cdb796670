"""What a StatefulSet does with its Pods: identity and volumes, the order of making, deleting and updating."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.controllers import retention
from sanb.controllers.owned import deleted, ended, phase
from sanb.controllers.ownership import involved, reference
from sanb.controllers.rollout_math import scaled
from sanb.controllers.victims import ready_since
from sanb.errors import ApiError
from sanb.times import parse
from sanb.values import Obj

KIND: Final = "StatefulSet"
CLAIMS: Final = "persistentvolumeclaims"
POD_NAME: Final = "statefulset.kubernetes.io/pod-name"
POD_INDEX: Final = "apps.kubernetes.io/pod-index"
REVISION: Final = "controller-revision-hash"
INDEX_LABEL: Final = {"1.10": False, "1.28": True}
START: Final = {"1.10": False, "1.27": True}
"""Whether `spec.ordinals.start` counts (gate StatefulSetStartOrdinal)."""
SEVERAL: Final = {"1.10": False, "1.35": True}
"""Whether an update may replace several Pods at once (gate MaxUnavailableStatefulSet)."""
ORDINAL: Final = re.compile(r"(.*)-([0-9]+)$")


class Revisions(NamedTuple):
    """The ControllerRevisions that Pods are at and go to, and how often a name was taken."""

    current: Obj
    update: Obj
    collisions: int


# ---------------------------------------------------------------------- one Pod


def ordinal(found: Obj, pod: Obj) -> int | None:
    """The number of a Pod of this StatefulSet; None if its name is not one of those."""
    match = ORDINAL.match(pod["metadata"]["name"])
    return int(match[2]) if match and match[1] == found["metadata"]["name"] else None


def created(pod: Obj) -> bool:
    """Whether the Pod exists, and is not only planned."""
    return bool(pod["metadata"].get("uid"))


def revision_of(pod: Obj) -> str:
    """The name of the revision that a Pod was made from."""
    return (pod["metadata"].get("labels") or {}).get(REVISION) or ""


def healthy(pod: Obj, *, leaving: bool = False) -> bool:
    """Whether a Pod runs and is ready; one that is being deleted is not, unless `leaving` ones count."""
    return phase(pod) == "Running" and ready_since(pod) is not None and (leaving or not deleted(pod))


def available(pod: Obj, seconds: int, now: float) -> bool:
    """Whether a Pod has been ready for so long."""
    since = ready_since(pod)
    return since is not None and (not seconds or parse(since) + seconds <= now)


def claim_name(found: Obj, template: Obj, number: int) -> str:
    """The name of the claim of one Pod."""
    return f"{template['metadata']['name']}-{found['metadata']['name']}-{number}"


def planned(api: Api, found: Obj, revision: Obj, number: int) -> Obj:
    """The Pod with this number, made from a revision."""
    name = f"{found['metadata']['name']}-{number}"
    template = ((revision.get("data") or {}).get("spec") or {}).get("template") or found["spec"]["template"]
    given = template.get("metadata") or {}
    labels = {**(given.get("labels") or {}), POD_NAME: name, REVISION: revision["metadata"]["name"]}
    if api.profile.pick(INDEX_LABEL):
        labels[POD_INDEX] = str(number)
    metadata: Obj = {field: given[field] for field in ("annotations", "finalizers") if given.get(field)}
    metadata |= {
        "name": name, "namespace": found["metadata"]["namespace"], "labels": labels,
        "ownerReferences": [reference(api.profile, found, KIND)], "generateName": f"{found['metadata']['name']}-",
    }
    spec = {**(template.get("spec") or {}), "hostname": name, "subdomain": found["spec"].get("serviceName") or ""}
    if not spec["subdomain"]:
        del spec["subdomain"]
    templates = found["spec"].get("volumeClaimTemplates") or ()
    if templates:
        own = [{"name": one["metadata"]["name"],
                "persistentVolumeClaim": {"claimName": claim_name(found, one, number)}} for one in templates]
        names = {one["name"] for one in own}
        spec["volumes"] = [*own, *(one for one in spec.get("volumes") or () if one["name"] not in names)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


# ---------------------------------------------------------------------- all Pods


class Run:
    """One sync: `pods` are those there are, and what was made; `doomed` the uids of those deleted now."""

    def __init__(self, api: Api, found: Obj, pods: list[Obj], revisions: Revisions) -> None:
        self.api = api
        self.found = found
        self.pods = list(pods)
        self.revisions = revisions
        self.doomed: set[str] = set()
        spec = found["spec"]
        self.start = int((spec.get("ordinals") or {}).get("start") or 0) if api.profile.pick(START) else 0
        self.count = int(spec.get("replicas", 1))
        self.ordered = bool(spec.get("podManagementPolicy", "OrderedReady") != "Parallel")
        strategy = spec.get("updateStrategy") or {}
        self.on_delete = strategy.get("type") == "OnDelete"
        self.rolling = strategy.get("rollingUpdate")
        self.partition = int((self.rolling or {}).get("partition") or 0)

    async def go(self, *, eager: bool) -> None:
        """Make what is missing, then delete what is too much, then update; in order one thing at a time."""
        if deleted(self.found):
            return
        by_number = {ordinal(self.found, pod): pod for pod in self.pods}
        numbers = range(self.start, self.start + self.count)
        wanted = [(number, by_number.get(number)) for number in numbers]
        condemned = sorted((n for n in by_number if n is not None and n not in numbers), reverse=True)
        for number in condemned:
            await self._keep_claims(by_number[number], number)
        first_sick = self._first_sick(wanted, [by_number[n] for n in reversed(condemned)])
        for number, pod in wanted:
            if await self._see_to(number, pod, eager=eager):
                return
        for number in condemned:
            if await self._condemn(by_number[number], first_sick):
                return
        if not self.on_delete:
            await self._update(wanted)

    def _first_sick(self, wanted: list[tuple[int, Obj | None]], condemned: list[Obj]) -> Obj | None:
        every = [pod for _, pod in wanted if pod is not None] + condemned
        return next((pod for pod in every if not healthy(pod)), None)

    async def _see_to(self, number: int, pod: Obj | None, *, eager: bool) -> bool:
        """Make a Pod or wait for it; True if nothing else may be done now."""
        if pod is not None and ended(pod):
            if not deleted(pod):
                await self._replace(pod)
            if not eager:
                return self.ordered
            self.pods.remove(pod)
            pod = None
        if pod is None:
            if retention.stale(self.api, self.found, f"{self.found['metadata']['name']}-{number}", self._claims(number)):
                return True
            made = await self._create(number)
            self.pods.append(made)
            await self._keep_claims(made, number)
            return self.ordered
        if self.ordered and (deleted(pod) or not self._fine(pod)):
            return True
        await self._keep_claims(pod, number)
        return False

    def _claims(self, number: int) -> list[str]:
        """The names of the claims of one Pod."""
        return [claim_name(self.found, one, number) for one in self.found["spec"].get("volumeClaimTemplates") or ()]

    async def _keep_claims(self, pod: Obj, number: int) -> None:
        if names := self._claims(number):
            await retention.keep(self.api, self.found, pod, number, names)

    def _fine(self, pod: Obj) -> bool:
        seconds = self.found["spec"].get("minReadySeconds") or 0
        return healthy(pod) and available(pod, seconds, self.api.now)

    async def _replace(self, pod: Obj) -> None:
        metadata = self.found["metadata"]
        place, other = f"{metadata['namespace']}/{metadata['name']}", pod["metadata"]["name"]
        self._tell("Warning", "RecreatingFailedPod", f"StatefulSet {place} is recreating failed Pod {other}")
        await self._delete(pod)

    async def _condemn(self, pod: Obj, first_sick: Obj | None) -> bool:
        if deleted(pod):
            return self.ordered
        if self.ordered and not healthy(pod) and pod is not first_sick:
            return True
        await self._delete(pod)
        return self.ordered

    async def _update(self, wanted: list[tuple[int, Obj | None]]) -> None:
        """Delete the last Pods that are not of the newest revision, as many as may be unavailable.

        A Pod that was only made now (None) is of that revision and not available yet.
        """
        late = [(number, pod) for number, pod in reversed(wanted) if number >= self.start + self.partition]
        if self.api.profile.pick(SEVERAL):
            spare = self._most() - sum(1 for _, pod in wanted if pod is None or not self._fine(pod))
            old = [pod for _, pod in late if pod is not None and self._is_old(pod)]
            for one in old[: max(0, spare)]:
                await self._delete(one)
            return
        for _, pod in late:
            if pod is not None and self._is_old(pod):
                await self._delete(pod)
                return
            if pod is None or not healthy(pod):
                return

    def _most(self) -> int:
        """How many Pods may be unavailable during an update."""
        given = (self.rolling or {}).get("maxUnavailable", 1)
        return max(1, scaled(given, self.count, up=False))

    def _is_old(self, pod: Obj) -> bool:
        return revision_of(pod) != self.revisions.update["metadata"]["name"] and not deleted(pod)

    # ------------------------------------------------------------------ calls

    def _revision(self, number: int) -> Obj:
        """The revision that a Pod is made from: the current one for those that are not updated yet."""
        if not self.on_delete:
            moved = int((self.found.get("status") or {}).get("currentReplicas") or 0)
            limit = self.partition if self.rolling else moved
            if number < self.start + limit:
                return self.revisions.current
        return self.revisions.update

    async def _create(self, number: int) -> Obj:
        await self._create_claims(number)
        pod = planned(self.api, self.found, self._revision(number), number)
        name, own = pod["metadata"]["name"], self.found["metadata"]["name"]
        try:
            made: Obj = await self.api.create("pods", self.found["metadata"]["namespace"], pod)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                text = f"create Pod {name} in StatefulSet {own} failed error: {error.message}"
                self._tell("Warning", "FailedCreate", text)
            raise
        self._tell("Normal", "SuccessfulCreate", f"create Pod {name} in StatefulSet {own} successful")
        return made

    async def _create_claims(self, number: int) -> None:
        space, own = self.found["metadata"]["namespace"], self.found["metadata"]["name"]
        for template in self.found["spec"].get("volumeClaimTemplates") or ():
            name = claim_name(self.found, template, number)
            if self.api.cached(CLAIMS, space, name) is not None:
                continue
            pod = f"{own}-{number}"
            try:
                await self.api.create(CLAIMS, space, self._claim(template, name))
            except ApiError as error:
                if error.reason == "AlreadyExists":
                    continue
                text = f"create Claim {name} for Pod {pod} in StatefulSet {own} failed error: {error.message}"
                self._tell("Warning", "FailedCreate", text)
                raise
            self._tell("Normal", "SuccessfulCreate", f"create Claim {name} Pod {pod} in StatefulSet {own} success")

    def _claim(self, template: Obj, name: str) -> Obj:
        given = template["metadata"]
        selected = (self.found["spec"].get("selector") or {}).get("matchLabels") or {}
        metadata: Obj = {"name": name, "namespace": self.found["metadata"]["namespace"]}
        if labels := {**(given.get("labels") or {}), **selected}:
            metadata["labels"] = labels
        if given.get("annotations"):
            metadata["annotations"] = given["annotations"]
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": template["spec"]}

    async def _delete(self, pod: Obj) -> None:
        name, own = pod["metadata"]["name"], self.found["metadata"]["name"]
        try:
            await self.api.delete("pods", pod["metadata"]["namespace"], name)
        except ApiError as error:
            if error.code != 404:
                text = f"delete Pod {name} in StatefulSet {own} failed error: {error.message}"
                self._tell("Warning", "FailedDelete", text)
                raise
        self.doomed.add(pod["metadata"]["uid"])
        self._tell("Normal", "SuccessfulDelete", f"delete Pod {name} in StatefulSet {own} successful")

    def _tell(self, kind: str, reason: str, message: str) -> None:
        subject: Any = involved(self.api.profile, self.found, KIND)
        self.api.event(subject, KIND, kind, reason, message)
