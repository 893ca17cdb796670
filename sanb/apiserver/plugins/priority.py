"""Priority: every Pod has the number of its PriorityClass, or of the class that is the default, or 0."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.admission import CREATE, PODS, UPDATE, Attributes, Plugin
from sanb.apiserver.view import View
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.values import Obj

ON: Final = {"1.10": False, "1.11": True}
"""Gate PodPriority: on from 1.11."""
PREEMPTION: Final = {"1.10": False, "1.19": True}
"""Gate NonPreemptingPriority: from 1.19 on the Pod also says whether it may displace others."""
SYSTEM_ANYWHERE: Final = {"1.10": False, "1.17": True}
"""Before 1.17 the built-in classes were for kube-system only."""
CLASSES: Final = "priorityclasses.scheduling.k8s.io"
SYSTEM: Final = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""Classes that count even where somebody deleted them."""
NONE: Final[Obj] = {"value": 0}
POLICY: Final = "PreemptLowerPriority"
NUMBER_GIVEN: Final = (
    "the integer value of priority ({given}) must not be provided in pod spec;"
    " priority admission controller computed {computed} from the given PriorityClass name"
)
POLICY_GIVEN: Final = (
    "the string value of PreemptionPolicy ({given}) must not be provided in pod spec;"
    " priority admission controller computed {computed} from the given PriorityClass name"
)


def plugin(profile: Profile) -> Plugin | None:
    """The plugin of a profile; None where it is off."""
    if not profile.pick(ON):
        return None
    anywhere = profile.pick(SYSTEM_ANYWHERE)
    fields = ("priority", "preemptionPolicy") if profile.pick(PREEMPTION) else ("priority",)
    plain: Obj = dict(zip(fields, (0, POLICY), strict=False))

    def mutate(view: View, attributes: Attributes) -> Obj | None:
        if attributes.resource != "pods" or attributes.subresource:
            return None
        pod, operation = attributes.obj, attributes.operation
        if pod is None or operation not in (CREATE, UPDATE):
            return None
        spec = pod["spec"]
        if operation == UPDATE:
            return _kept(pod, attributes.old or pod, fields)
        usual = "priority" not in spec and "preemptionPolicy" not in spec and not spec.get("priorityClassName")
        if usual and not view.table.tally(CLASSES, "default", True):
            return {**pod, "spec": {**spec, **plain}}
        return {**pod, "spec": {**spec, **_computed(view, attributes, spec, plain, anywhere)}}

    return Plugin("Priority", mutate, _only_default, frozenset({*PODS, CLASSES}), frozenset({CLASSES}))


def _only_default(view: View, attributes: Attributes) -> None:
    """There is one default class.

    Raises:
        ApiError: 403, another one is the default already.
    """
    obj = attributes.obj
    if obj is None or not obj.get("globalDefault") or attributes.operation not in (CREATE, UPDATE):
        return
    for other in view.by(CLASSES, "default", True):
        if other["metadata"]["name"] != obj["metadata"]["name"]:
            name = other["metadata"]["name"]
            why = f"PriorityClass {name} is already marked as default. Only one default can exist"
            raise _refused(attributes, why)


def _kept(pod: Obj, old: Obj, fields: tuple[str, ...]) -> Obj | None:
    """An update that leaves the fields out means them as they were."""
    spec, before = pod["spec"], old["spec"]
    missing = {field: before[field] for field in fields if field not in spec and field in before}
    return {**pod, "spec": {**spec, **missing}} if missing else None


def _computed(view: View, attributes: Attributes, spec: Obj, plain: Obj, anywhere: bool) -> Obj:
    chosen = _class(view, spec.get("priorityClassName") or "")
    name = chosen.get("metadata", {}).get("name", "")
    if chosen.get("value") is None:
        raise _refused(attributes, f"no PriorityClass with name {name} was found")
    if name in SYSTEM and not anywhere and attributes.namespace != "kube-system":
        why = f"pods with {name} priorityClass is not permitted in {attributes.namespace} namespace"
        raise _refused(attributes, why)
    computed = {**plain, "priority": chosen["value"]}
    if "preemptionPolicy" in plain and chosen.get("preemptionPolicy"):
        computed["preemptionPolicy"] = chosen["preemptionPolicy"]
    for field, text in (("priority", NUMBER_GIVEN), ("preemptionPolicy", POLICY_GIVEN)):
        given = spec.get(field)
        if given is not None and field in computed and given != computed[field]:
            raise _refused(attributes, text.format(given=given, computed=computed[field]))
    return {**computed, "priorityClassName": name} if name else computed


def _class(view: View, name: str) -> Obj:
    """The class of that name, or the default; one without a value if there is none of that name."""
    if not name:
        defaults = view.by(CLASSES, "default", True)
        return defaults[0] if defaults else NONE
    found = view.get(CLASSES, "", name)
    return {"metadata": {"name": name}, "value": SYSTEM.get(name)} if found is None else found


def _refused(attributes: Attributes, why: str) -> ApiError:
    return status.forbidden(attributes.resource, attributes.admitted_name, why)
