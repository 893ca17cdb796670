"""Types of Pods and what a Pod says about placement and state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

POD_SPEC: Final = """
    volumes []Volume merge=name retain keys=name
    initContainers []Container merge=name keys=name
    containers []Container ! merge=name keys=name
    ephemeralContainers []EphemeralContainer merge=name keys=name since=1.16 on=1.23
    restartPolicy string as=v1.RestartPolicy
    terminationGracePeriodSeconds int64 *
    activeDeadlineSeconds int64 *
    dnsPolicy string as=v1.DNSPolicy go=DNSPolicy
    nodeSelector {}string atomic
    serviceAccountName string
    serviceAccount string go=DeprecatedServiceAccount
    automountServiceAccountToken bool *
    nodeName string
    hostNetwork bool
    hostPID bool
    hostIPC bool
    shareProcessNamespace bool * on=1.12
    securityContext PodSecurityContext
    imagePullSecrets []LocalObjectReference merge=name keys=name
    hostname string
    subdomain string
    affinity Affinity
    schedulerName string
    tolerations []Toleration
    hostAliases []HostAlias merge=ip keys=ip
    priorityClassName string
    priority int32 * on=1.11
    dnsConfig PodDNSConfig go=DNSConfig
    readinessGates []PodReadinessGate since=1.11 on=1.12
    runtimeClassName string * since=1.12 on=1.14
    enableServiceLinks bool * since=1.13
    preemptionPolicy string * as=v1.PreemptionPolicy since=1.15 on=1.19
    overhead {}quantity since=1.16 on=1.18
    setHostnameAsFQDN bool * since=1.19 on=1.20
    os PodOS since=1.23 on=1.24 go=OS
    hostUsers bool * since=1.25 on=1.33
    schedulingGates []PodSchedulingGate merge=name keys=name since=1.26 on=1.27
    resourceClaims []PodResourceClaim merge=name retain keys=name since=1.26 on=1.32
    resources ResourceRequirements since=1.32 on=1.34
    hostnameOverride string * since=1.34 on=1.35
    workloadRef WorkloadReference since=1.35 on=1.37 until=1.36
    schedulingGroup PodSchedulingGroup since=1.36 on=1.37
"""
SPREADING: Final = (
    "topologySpreadConstraints []TopologySpreadConstraint"
    " merge=topologyKey keys=topologyKey,whenUnsatisfiable since=1.16 on=1.18"
)
AFFINITY_TERMS: Final = """
    requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm
    preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
"""

STRUCTS: Final[Mapping[str, str]] = {
    "Pod": HEAD + "spec PodSpec !\nstatus PodStatus !",
    "PodTemplateSpec": "metadata ObjectMeta ! go=ObjectMeta\nspec PodSpec !",
    "PodSpec": POD_SPEC + SPREADING,
    "PodSecurityContext": """
        seLinuxOptions SELinuxOptions go=SELinuxOptions
        windowsOptions WindowsSecurityContextOptions since=1.15
        runAsUser int64 *
        runAsGroup int64 * on=1.14
        runAsNonRoot bool *
        supplementalGroups []int64
        supplementalGroupsPolicy string * since=1.31 on=1.33
        fsGroup int64 * go=FSGroup
        sysctls []Sysctl since=1.11
        fsGroupChangePolicy string * as=v1.PodFSGroupChangePolicy since=1.18 on=1.20 go=FSGroupChangePolicy
        seccompProfile SeccompProfile since=1.19
        appArmorProfile AppArmorProfile since=1.30
        seLinuxChangePolicy string * since=1.32 on=1.33 go=SELinuxChangePolicy
    """,
    "Sysctl": "name string !\nvalue string !",
    "PodDNSConfig": "nameservers []string\nsearches []string\noptions []PodDNSConfigOption",
    "PodDNSConfigOption": "name string\nvalue string *",
    "HostAlias": "ip string ! go=IP\nhostnames []string",
    "PodReadinessGate": "conditionType string !",
    "PodSchedulingGate": "name string !",
    "PodOS": "name string !",
    "PodResourceClaim": """
        name string !
        source ClaimSource until=1.31
        resourceClaimName string * since=1.31
        resourceClaimTemplateName string * since=1.31
    """,
    "ClaimSource": "resourceClaimName string *\nresourceClaimTemplateName string *",
    "WorkloadReference": "name string !\npodGroup string !\npodGroupReplicaKey string",
    "PodSchedulingGroup": "podGroupName string *",
    "Toleration": """
        key string
        operator string as=v1.TolerationOperator
        value string
        effect string as=v1.TaintEffect
        tolerationSeconds int64 *
    """,
    "TopologySpreadConstraint": """
        maxSkew int32 !
        topologyKey string !
        whenUnsatisfiable string ! as=v1.UnsatisfiableConstraintAction
        labelSelector LabelSelector
        minDomains int32 * since=1.24 on=1.25
        nodeAffinityPolicy string * since=1.25 on=1.26
        nodeTaintsPolicy string * since=1.25 on=1.26
        matchLabelKeys []string since=1.25 on=1.27
    """,
    "Affinity": "nodeAffinity NodeAffinity\npodAffinity PodAffinity\npodAntiAffinity PodAntiAffinity",
    "NodeAffinity": """
        requiredDuringSchedulingIgnoredDuringExecution NodeSelector
        preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm
    """,
    "NodeSelector atomic": "nodeSelectorTerms []NodeSelectorTerm !",
    "NodeSelectorTerm atomic": """
        matchExpressions []NodeSelectorRequirement
        matchFields []NodeSelectorRequirement since=1.11
    """,
    "NodeSelectorRequirement": "key string !\noperator string ! as=v1.NodeSelectorOperator\nvalues []string",
    "PreferredSchedulingTerm": "weight int32 !\npreference NodeSelectorTerm !",
    "PodAffinity": AFFINITY_TERMS,
    "PodAntiAffinity": AFFINITY_TERMS,
    "WeightedPodAffinityTerm": "weight int32 !\npodAffinityTerm PodAffinityTerm !",
    "PodAffinityTerm": """
        labelSelector LabelSelector
        namespaces []string
        topologyKey string !
        namespaceSelector LabelSelector since=1.21 on=1.22
        matchLabelKeys []string since=1.29 on=1.31
        mismatchLabelKeys []string since=1.29 on=1.31
    """,
    "PodStatus": """
        observedGeneration int64 since=1.33 on=1.34
        phase string as=v1.PodPhase
        conditions []PodCondition merge=type keys=type
        message string
        reason string
        nominatedNodeName string
        hostIP string
        hostIPs []HostIP merge=ip since=1.28 on=1.29
        podIP string
        podIPs []PodIP merge=ip keys=ip since=1.16
        startTime time
        initContainerStatuses []ContainerStatus
        containerStatuses []ContainerStatus
        qosClass string as=v1.PodQOSClass go=QOSClass
        ephemeralContainerStatuses []ContainerStatus since=1.16 on=1.23
        resize string since=1.27 on=1.33
        resourceClaimStatuses []PodResourceClaimStatus merge=name retain keys=name since=1.28 on=1.32
        extendedResourceClaimStatus raw since=1.34 on=1.36
        allocatedResources {}quantity since=1.35
        resources ResourceRequirements since=1.35
        nodeAllocatableResourceClaimStatuses []raw since=1.36 on=1.37
    """,
    "PodCondition": """
        type string !
        observedGeneration int64 since=1.33 on=1.34
        status string !
        lastProbeTime time !
        lastTransitionTime time !
        reason string
        message string
    """,
    "HostIP": "ip string go=IP",
    "PodIP": "ip string go=IP",
    "PodResourceClaimStatus": "name string !\nresourceClaimName string *",
    "ContainerStatus": """
        name string !
        state ContainerState !
        lastState ContainerState ! go=LastTerminationState
        ready bool !
        restartCount int32 !
        image string !
        imageID string !
        containerID string
        started bool * since=1.16 on=1.18
        allocatedResources {}quantity since=1.27 on=1.33
        resources ResourceRequirements since=1.27 on=1.33
        volumeMounts []VolumeMountStatus merge=mountPath keys=mountPath since=1.30 on=1.31
        user raw since=1.31 on=1.33
        allocatedResourcesStatus []raw merge=name keys=name since=1.31 on=1.37
        stopSignal string * since=1.33 on=1.37
    """,
    "ContainerState": """
        waiting ContainerStateWaiting
        running ContainerStateRunning
        terminated ContainerStateTerminated
    """,
    "ContainerStateWaiting": "reason string\nmessage string",
    "ContainerStateRunning": "startedAt time !",
    "ContainerStateTerminated": """
        exitCode int32 !
        signal int32
        reason string
        message string
        startedAt time !
        finishedAt time !
        containerID string
    """,
    "VolumeMountStatus": """
        name string !
        mountPath string !
        readOnly bool
        recursiveReadOnly string *
        volumeStatus raw since=1.36
    """,
}
