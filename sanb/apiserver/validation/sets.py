"""StatefulSets, DaemonSets, ReplicationControllers and ControllerRevisions."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata, pods, selectors, shown
from sanb.apiserver.validation.names import percent
from sanb.apiserver.validation.probes import NOT_NEGATIVE, not_negative
from sanb.apiserver.validation.rules import Rules
from sanb.apiserver.validation.workloads import OTHER_LABELS, chooses
from sanb.store.selectors import matches
from sanb.values import Obj

MANAGEMENT: Final = ("OrderedReady", "Parallel")
STRATEGIES: Final = ("RollingUpdate", "OnDelete")
DAEMONS: Final = (
    "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady", "observedGeneration",
    "updatedNumberScheduled", "numberAvailable", "numberUnavailable",
)
_FREE: Final = {
    "1.10": ("replicas", "template", "updateStrategy"),
    "1.22": ("replicas", "template", "updateStrategy", "minReadySeconds"),
    "1.23": ("replicas", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"),
    "1.26": ("replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy",
             "minReadySeconds"),
    "1.33": ("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
             "persistentVolumeClaimRetentionPolicy", "minReadySeconds"),
}
"""What may change of a StatefulSet's spec."""
_ENDING: Final = {"1.10": ", and '{}' are forbidden.", "1.22": " and '{}' are forbidden"}
TEMPLATE_CHECKED: Final = {"1.10": False, "1.34": True}
"""Whether the Pods of a StatefulSet are looked at before they are made."""


# ---------------------------------------------------------------------- StatefulSets


def stateful_set(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new StatefulSet."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _stateful(out, obj.get("spec") or {}, rules)


def stateful_set_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed StatefulSet: most of its spec stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    _stateful(out, after, rules)
    free = rules.profile.pick(_FREE)
    for field in dict.fromkeys((*after, *before)):
        if field not in free and after.get(field) != before.get(field):
            listed = ", ".join(f"'{name}'" for name in free[:-1])
            end = rules.profile.pick(_ENDING).format(free[-1])
            text = f"updates to statefulset spec for fields other than {listed}{end}"
            out.append(status.field_forbidden("spec", text))
            break


def _stateful(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    management = spec.get("podManagementPolicy", "")
    if management not in MANAGEMENT:
        text = "must be 'OrderedReady' or 'Parallel'"
        out.append(status.invalid_value("spec.podManagementPolicy", management, text) if management
                   else status.required("spec.podManagementPolicy"))
    _updating(out, spec.get("updateStrategy") or {}, rules)
    not_negative(out, spec.get("replicas"), "spec.replicas")
    not_negative(out, spec.get("minReadySeconds"), "spec.minReadySeconds")
    not_negative(out, (spec.get("ordinals") or {}).get("start"), "spec.ordinals.start")
    selector, template = spec.get("selector"), spec.get("template") or {}
    if selector is None:
        out.append(status.required("spec.selector"))
    else:
        selectors.label_selector(out, selector, "spec.selector", rules)
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            text = "empty selector is invalid for statefulset"
            out.append(status.invalid_shown("spec.selector", shown.selector(selector, rules), text))
    if selector is not None and not selectors.usable(selector):
        out.append(status.invalid_shown("spec.selector", shown.selector(selector, rules), ""))
    else:
        _labelled(out, template, selector, rules)
        _template(out, template, spec, rules)
    _lasting(out, template.get("spec") or {})


def _template(out: list[FieldError], template: Obj, spec: Obj, rules: Rules) -> None:
    if rules.profile.pick(TEMPLATE_CHECKED):
        pods.template(out, _with_claims(template, spec), "spec.template", rules)
        return
    fields = template.get("metadata") or {}
    metadata.labels(out, fields.get("labels") or {}, "spec.template.labels", rules)
    metadata.annotated(out, fields.get("annotations") or {}, "spec.template.annotations", rules)


def _with_claims(template: Obj, spec: Obj) -> Obj:
    """The template with the volumes that the set's claims will be: mounts may name them."""
    claims = [(claim.get("metadata") or {}).get("name", "") for claim in spec.get("volumeClaimTemplates") or ()]
    if not claims:
        return template
    body = template.get("spec") or {}
    own = [volume for volume in body.get("volumes") or () if volume.get("name") not in claims]
    made = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]
    return {**template, "spec": {**body, "volumes": [*own, *made]}}


def _updating(out: list[FieldError], given: Obj, rules: Rules) -> None:
    kind, rolling = given.get("type", ""), given.get("rollingUpdate")
    if not kind:
        out.append(status.required("spec.updateStrategy"))
    elif kind == "OnDelete":
        if rolling is not None:
            text = "only allowed for updateStrategy 'RollingUpdate'"
            out.append(status.invalid_shown("spec.updateStrategy.rollingUpdate", shown.as_json(rolling), text))
    elif kind == "RollingUpdate":
        not_negative(out, (rolling or {}).get("partition"), "spec.updateStrategy.rollingUpdate.partition")
    else:
        text = "must be 'RollingUpdate' or 'OnDelete'"
        out.append(status.invalid_shown("spec.updateStrategy", shown.as_json(given), text))


def _labelled(out: list[FieldError], template: Obj, selector: Obj | None, rules: Rules) -> None:
    labels = (template.get("metadata") or {}).get("labels")
    if not chooses(selector, labels):
        text = shown.string_map(labels, rules)
        out.append(status.invalid_shown("spec.template.metadata.labels", text, OTHER_LABELS))


def _lasting(out: list[FieldError], body: Obj) -> None:
    """Pods of a set run for ever."""
    policy = body.get("restartPolicy", "Always")
    if policy != "Always":
        out.append(status.unsupported("spec.template.spec.restartPolicy", policy, ("Always",)))
    if (deadline := body.get("activeDeadlineSeconds")) is not None:
        path = "spec.template.spec.activeDeadlineSeconds"
        out.append(status.invalid_value(path, deadline, "must not be specified"))


def stateful_set_status(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """Counts of a StatefulSet's status fit together."""
    found, parts = new.get("status") or {}, ("readyReplicas", "currentReplicas", "updatedReplicas")
    for field in ("replicas", *parts, "availableReplicas", "observedGeneration", "collisionCount"):
        not_negative(out, found.get(field), f"status.{field}")
    for field in (*parts, "availableReplicas"):
        if (found.get(field) or 0) > (found.get("replicas") or 0):
            out.append(status.invalid_value(f"status.{field}", found[field], "cannot be greater than status.replicas"))


# ---------------------------------------------------------------------- DaemonSets


def daemon_set(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new DaemonSet."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _daemons(out, obj.get("spec") or {}, rules)


def daemon_set_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed DaemonSet: its selector stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _daemons(out, new.get("spec") or {}, rules)
    after, before = (new.get("spec") or {}).get("selector"), (old.get("spec") or {}).get("selector")
    if after != before:
        out.append(status.invalid_shown("spec.selector", shown.selector(after, rules), metadata.IMMUTABLE))


def _daemons(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    selector, template = spec.get("selector"), spec.get("template") or {}
    if selector is not None:
        selectors.label_selector(out, selector, "spec.selector", rules)
    if selectors.usable(selector or {}):
        _labelled(out, template, selector, rules)
    if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        text = "empty selector is invalid for daemonset"
        out.append(status.invalid_shown("spec.selector", shown.selector(selector, rules), text))
    pods.template(out, template, "spec.template", rules)
    _lasting(out, template.get("spec") or {})
    not_negative(out, spec.get("minReadySeconds"), "spec.minReadySeconds")
    _daemon_strategy(out, spec.get("updateStrategy") or {}, rules)
    not_negative(out, spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")


def _daemon_strategy(out: list[FieldError], given: Obj, rules: Rules) -> None:
    kind, rolling, path = given.get("type", ""), given.get("rollingUpdate"), "spec.updateStrategy.rollingUpdate"
    if kind == "OnDelete":
        return
    if kind != "RollingUpdate":
        out.append(status.unsupported("spec.updateStrategy.type", kind, STRATEGIES))
    elif rolling is None:
        out.append(status.required(path))
    else:
        unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
        _share(out, unavailable, f"{path}.maxUnavailable", rules)
        _share(out, surge, f"{path}.maxSurge", rules)
        if _nothing(unavailable) and _nothing(surge):
            text = "cannot be 0 when maxSurge is 0" if "maxSurge" in rolling else "cannot be 0"
            out.append(status.invalid_shown(f"{path}.maxUnavailable", shown.number_or_text(unavailable, rules), text))
        elif not _nothing(unavailable) and not _nothing(surge):
            text = "may not be set when maxUnavailable is non-zero"
            out.append(status.invalid_shown(f"{path}.maxSurge", shown.number_or_text(surge, rules), text))


def _share(out: list[FieldError], value: int | str, path: str, rules: Rules) -> None:
    if isinstance(value, str):
        out.extend(status.invalid_shown(path, shown.number_or_text(value, rules), fault) for fault in percent(value))
    elif value < 0:
        out.append(status.invalid_value(path, value, NOT_NEGATIVE))


def _nothing(value: int | str) -> bool:
    return value in (0, "0%")


def daemon_set_status(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """Counts of a DaemonSet's status are none below nothing."""
    for field in DAEMONS:
        not_negative(out, (new.get("status") or {}).get(field), f"status.{field}")


# ---------------------------------------------------------------------- ReplicationControllers, ControllerRevisions


def replication_controller(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new ReplicationController."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _replication(out, obj.get("spec") or {}, rules)


def replication_controller_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed ReplicationController."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _replication(out, new.get("spec") or {}, rules)


def _replication(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    not_negative(out, spec.get("minReadySeconds"), "spec.minReadySeconds")
    selector, template = spec.get("selector") or {}, spec.get("template")
    if not selector:
        out.append(status.required("spec.selector"))
    not_negative(out, spec.get("replicas"), "spec.replicas")
    if template is None:
        out.append(status.required("spec.template"))
        return
    labels = (template.get("metadata") or {}).get("labels")
    if selector and not matches({"matchLabels": selector}, labels or {}):
        text = shown.string_map(labels, rules)
        out.append(status.invalid_shown("spec.template.metadata.labels", text, OTHER_LABELS))
    pods.template(out, template, "spec.template", rules)
    body = template.get("spec") or {}
    policy = body.get("restartPolicy", "Always")
    if policy != "Always":
        out.append(status.unsupported("spec.template.spec.restartPolicy", policy, ("Always",)))
    if body.get("activeDeadlineSeconds") is not None:
        text = "activeDeadlineSeconds in ReplicationController is not Supported"
        out.append(status.field_forbidden("spec.template.spec.activeDeadlineSeconds", text))


def revision(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new ControllerRevision."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    if obj.get("data") is None:
        out.append(status.required("data", "data is mandatory"))
    not_negative(out, obj.get("revision"), "revision")


def revision_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed ControllerRevision: its data stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    revision(out, new, rules)
    if new.get("data") != old.get("data"):
        out.append(status.invalid_shown("data", shown.as_json(new.get("data")), metadata.IMMUTABLE))
