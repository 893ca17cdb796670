"""Columns of the kinds beyond accounts and Pods, by minor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver import cellkinds, cells
from sanb.apiserver.columns import AGE, CREATED, NAME, TEMPLATE, Column, number, wide

_at, _text = cells.at, cellkinds.or_text
_JOBS: Final = (
    wide("Containers", cellkinds.template("name", "spec", "jobTemplate", "spec", "template")),
    wide("Images", cellkinds.template("image", "spec", "jobTemplate", "spec", "template")),
    wide("Selector", cellkinds.chosen("spec", "jobTemplate", "spec", "selector")),
)
_CRON_HEAD: Final = (NAME, Column("Schedule", _at("spec", "schedule")))
_CRON_TAIL: Final = (
    Column("Suspend", cellkinds.truth("spec", "suspend"), "boolean"),
    number("Active", cells.count("status", "active")),
    Column("Last Schedule", cellkinds.last_schedule),
    AGE,
    *_JOBS,
)
_VOLUME: Final = (
    NAME,
    Column("Capacity", _at("spec", "capacity", "storage")),
    Column("Access Modes", cellkinds.modes("spec", "accessModes")),
    Column("Reclaim Policy", _at("spec", "persistentVolumeReclaimPolicy")),
    Column("Status", cellkinds.claim_phase),
    Column("Claim", cellkinds.claimed),
    Column("StorageClass", _at("spec", "storageClassName")),
)
_VOLUME_END: Final = (Column("Reason", _at("status", "reason")), AGE)
_VOLUME_MODE: Final = wide("VolumeMode", cellkinds.mode_name)
_ATTRIBUTES: Final = Column("VolumeAttributesClass", _text("spec", "volumeAttributesClassName", text="<unset>"))
_CLAIM: Final = (
    NAME,
    Column("Status", cellkinds.claim_phase),
    Column("Volume", _at("spec", "volumeName")),
    Column("Capacity", cellkinds.bound("capacity")),
    Column("Access Modes", cellkinds.bound("modes")),
    Column("StorageClass", _at("spec", "storageClassName")),
)
_INGRESS: Final = (
    Column("Hosts", cellkinds.hosts), Column("Address", cellkinds.balanced), Column("Ports", cellkinds.ingress_ports), AGE,
)
_CLASS: Final = Column("Class", _text("spec", "ingressClassName", text=cells.NONE))
_SET: Final = TEMPLATE[:2]
_JOB_TIMES: Final = (
    Column("Completions", cellkinds.job_completions), Column("Duration", cellkinds.job_duration), AGE, *TEMPLATE,
)
_AUTOSCALER: Final = (
    NAME,
    Column("Reference", cellkinds.scale_target),
    Column("Targets", cellkinds.targets),
    Column("MinPods", _text("spec", "minReplicas", text="<unset>")),
    Column("MaxPods", _at("spec", "maxReplicas", default=0)),
    Column("Replicas", _at("status", "currentReplicas", default=0)),
    AGE,
)
_DEFAULT: Final = Column("Name", cellkinds.default_class, format="name", description=NAME.description)
_DRIVER: Final = (
    Column("AttachRequired", cellkinds.fact("spec", "attachRequired", default=True), "boolean"),
    Column("PodInfoOnMount", cellkinds.fact("spec", "podInfoOnMount"), "boolean"),
)
_DRIVER_MORE: Final = (
    Column("StorageCapacity", cellkinds.fact("spec", "storageCapacity"), "boolean"),
    Column("TokenRequests", cellkinds.audiences),
    Column("RequiresRepublish", cellkinds.fact("spec", "requiresRepublish"), "boolean"),
)
_WEBHOOKS: Final = {
    "1.10": (NAME, AGE), "1.11": (NAME, CREATED), "1.19": (NAME, number("Webhooks", cells.count("webhooks")), AGE),
}
_REQUESTS: Final = (Column("Request", cellkinds.quota_requests), Column("Limit", cellkinds.quota_limits))
_PRIORITY: Final = (
    NAME, Column("Value", _at("value", default=0), "integer"),
    Column("Global-Default", cellkinds.truth("globalDefault"), "boolean"), AGE,
)

COLUMNS: Final[Mapping[str, Mapping[str, tuple[Column, ...]]]] = {
    "componentstatuses": {
        "1.10": (NAME, Column("Status", cellkinds.health), Column("Message", _at("conditions", 0, "message")),
                 Column("Error", _at("conditions", 0, "error"))),
    },
    "endpoints": {"1.10": (NAME, Column("Endpoints", cellkinds.endpoints), AGE)},
    "endpointslices.discovery.k8s.io": {
        "1.10": (NAME, Column("AddressType", _at("addressType")), Column("Ports", cellkinds.slice_ports),
                 Column("Endpoints", cellkinds.slice_endpoints), AGE),
    },
    "replicationcontrollers": {
        "1.10": (NAME, number("Desired", _at("spec", "replicas", default=0)),
                 number("Current", _at("status", "replicas", default=0)),
                 number("Ready", _at("status", "readyReplicas", default=0)), AGE, *_SET,
                 wide("Selector", cellkinds.labelled("spec", "selector"))),
    },
    "statefulsets.apps": {
        "1.10": (NAME, Column("Desired", _at("spec", "replicas", default=0)),
                 Column("Current", _at("status", "replicas", default=0)), AGE, *_SET),
        "1.14": (NAME, Column("Ready", cellkinds.ratio("readyReplicas", "spec", "replicas")), AGE, *_SET),
    },
    "daemonsets.apps": {
        "1.10": (NAME, number("Desired", _at("status", "desiredNumberScheduled", default=0)),
                 number("Current", _at("status", "currentNumberScheduled", default=0)),
                 number("Ready", _at("status", "numberReady", default=0)),
                 number("Up-to-date", _at("status", "updatedNumberScheduled", default=0)),
                 number("Available", _at("status", "numberAvailable", default=0)),
                 Column("Node Selector", cellkinds.labelled("spec", "template", "spec", "nodeSelector")), AGE, *TEMPLATE),
    },
    "controllerrevisions.apps": {
        "1.10": (NAME, Column("Controller", cellkinds.controller_name), number("Revision", _at("revision", default=0)), AGE),
    },
    "jobs.batch": {
        "1.10": (NAME, Column("Desired", cellkinds.job_desired), number("Successful", _at("status", "succeeded", default=0)),
                 AGE, *TEMPLATE),
        "1.11": (NAME, *_JOB_TIMES),
        "1.31": (NAME, Column("Status", cellkinds.job_status), *_JOB_TIMES),
    },
    "cronjobs.batch": {
        "1.10": (*_CRON_HEAD, *_CRON_TAIL),
        "1.28": (*_CRON_HEAD, Column("Timezone", _text("spec", "timeZone", text=cells.NONE)), *_CRON_TAIL),
    },
    "horizontalpodautoscalers.autoscaling": {"1.10": _AUTOSCALER},
    "poddisruptionbudgets.policy": {
        "1.10": (NAME, Column("Min Available", cellkinds.bounded("spec", "minAvailable")),
                 Column("Max Unavailable", cellkinds.bounded("spec", "maxUnavailable")),
                 number("Allowed Disruptions", _at("status", "disruptionsAllowed", default=0)), AGE),
    },
    "ingresses.networking.k8s.io": {"1.10": (NAME, *_INGRESS), "1.18": (NAME, _CLASS, *_INGRESS)},
    "ingressclasses.networking.k8s.io": {
        "1.10": (NAME, Column("Controller", _at("spec", "controller")), Column("Parameters", cellkinds.parameters), AGE),
    },
    "networkpolicies.networking.k8s.io": {
        "1.10": (NAME, Column("Pod-Selector", cellkinds.chosen("spec", "podSelector")), AGE),
    },
    "persistentvolumes": {
        "1.10": (*_VOLUME, *_VOLUME_END),
        "1.15": (*_VOLUME, *_VOLUME_END, _VOLUME_MODE),
        "1.29": (*_VOLUME, _ATTRIBUTES, *_VOLUME_END, _VOLUME_MODE),
    },
    "persistentvolumeclaims": {
        "1.10": (*_CLAIM, AGE),
        "1.15": (*_CLAIM, AGE, _VOLUME_MODE),
        "1.29": (*_CLAIM, _ATTRIBUTES, AGE, _VOLUME_MODE),
    },
    "storageclasses.storage.k8s.io": {
        "1.10": (_DEFAULT, Column("Provisioner", _at("provisioner")), AGE),
        "1.17": (_DEFAULT, Column("Provisioner", _at("provisioner")),
                 Column("ReclaimPolicy", _text("reclaimPolicy", text="Delete")),
                 Column("VolumeBindingMode", _text("volumeBindingMode", text="Immediate")),
                 Column("AllowVolumeExpansion", cellkinds.truth("allowVolumeExpansion")), AGE),
    },
    "resourcequotas": {
        "1.10": (NAME, AGE), "1.11": (NAME, CREATED), "1.17": (NAME, AGE, *_REQUESTS), "1.32": (NAME, *_REQUESTS, AGE),
    },
    "limitranges": {"1.10": (NAME, AGE), "1.11": (NAME, CREATED)},
    "priorityclasses.scheduling.k8s.io": {
        "1.10": _PRIORITY,
        "1.32": (*_PRIORITY, Column("PreemptionPolicy", _text("preemptionPolicy", text=cells.NONE))),
    },
    "leases.coordination.k8s.io": {"1.10": (NAME, Column("Holder", _at("spec", "holderIdentity")), AGE)},
    "customresourcedefinitions.apiextensions.k8s.io": {"1.10": (NAME, AGE), "1.11": (NAME, CREATED)},
    "apiservices.apiregistration.k8s.io": {
        "1.10": (NAME, AGE),
        "1.13": (NAME, Column("Service", cellkinds.api_service), Column("Available", cellkinds.available), AGE),
    },
    "csinodes.storage.k8s.io": {"1.10": (NAME, number("Drivers", cells.count("spec", "drivers")), AGE)},
    "csidrivers.storage.k8s.io": {
        "1.10": (NAME, *_DRIVER, Column("Modes", cellkinds.joined("spec", "volumeLifecycleModes")), AGE),
        "1.21": (NAME, *_DRIVER, *_DRIVER_MORE, Column("Modes", cellkinds.joined("spec", "volumeLifecycleModes")), AGE),
    },
    "volumeattachments.storage.k8s.io": {
        "1.10": (NAME, Column("Attacher", _at("spec", "attacher")), Column("PV", _at("spec", "source", "persistentVolumeName")),
                 Column("Node", _at("spec", "nodeName")), Column("Attached", cellkinds.fact("status", "attached"), "boolean"),
                 AGE),
    },
    "podsecuritypolicies.policy": {
        "1.10": (
            NAME, Column("Priv", cellkinds.fact("spec", "privileged")),
            Column("Caps", cellkinds.joined("spec", "allowedCapabilities", empty="")),
            Column("Selinux", _at("spec", "seLinux", "rule")), Column("RunAsUser", _at("spec", "runAsUser", "rule")),
            Column("FsGroup", _at("spec", "fsGroup", "rule")), Column("SupGroup", _at("spec", "supplementalGroups", "rule")),
            Column("ReadOnlyRootFs", cellkinds.fact("spec", "readOnlyRootFilesystem")),
            Column("Volumes", cellkinds.joined("spec", "volumes", empty="")),
        ),
    },
    "validatingadmissionpolicies.admissionregistration.k8s.io": {
        "1.10": (NAME, number("Validations", cells.count("spec", "validations")),
                 Column("ParamKind", cellkinds.parameter_kind), AGE),
    },
    "validatingadmissionpolicybindings.admissionregistration.k8s.io": {
        "1.10": (NAME, Column("PolicyName", _at("spec", "policyName")), Column("ParamRef", cellkinds.parameter), AGE),
    },
    "podtemplates": {
        "1.10": (NAME, Column("Containers", cellkinds.template("name", "template")),
                 Column("Images", cellkinds.template("image", "template")),
                 Column("Pod Labels", cellkinds.labels("template", "metadata", "labels"))),
    },
    "runtimeclasses.node.k8s.io": {"1.10": (NAME, Column("Handler", _at("handler")), AGE)},
    "flowschemas.flowcontrol.apiserver.k8s.io": {
        "1.10": (NAME, Column("PriorityLevel", _at("spec", "priorityLevelConfiguration", "name")),
                 Column("MatchingPrecedence", _at("spec", "matchingPrecedence")),
                 Column("DistinguisherMethod", _text("spec", "distinguisherMethod", "type", text=cells.NONE)), AGE,
                 Column("MissingPL", cellkinds.dangling)),
    },
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": {
        "1.10": (NAME, Column("Type", _at("spec", "type")),
                 Column("NominalConcurrencyShares", _text("spec", "limited", "nominalConcurrencyShares", text=cells.NONE)),
                 Column("Queues", _text("spec", "limited", "limitResponse", "queuing", "queues", text=cells.NONE)),
                 Column("HandSize", _text("spec", "limited", "limitResponse", "queuing", "handSize", text=cells.NONE)),
                 Column("QueueLengthLimit",
                        _text("spec", "limited", "limitResponse", "queuing", "queueLengthLimit", text=cells.NONE)), AGE),
    },
    "validatingwebhookconfigurations.admissionregistration.k8s.io": _WEBHOOKS,
    "mutatingwebhookconfigurations.admissionregistration.k8s.io": _WEBHOOKS,
}
"""resource -> minor -> columns."""
