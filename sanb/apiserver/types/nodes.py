"""Types of Nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

STRUCTS: Final[Mapping[str, str]] = {
    "Node": HEAD + "spec NodeSpec !\nstatus NodeStatus !",
    "NodeSpec": """
        podCIDR string
        podCIDRs []string merge set since=1.16
        externalID string go=DoNotUseExternalID
        providerID string
        unschedulable bool
        taints []Taint
        configSource raw on=1.11
    """,
    "Taint": "key string !\nvalue string\neffect string !\ntimeAdded time",
    "NodeStatus": """
        capacity {}quantity
        allocatable {}quantity
        phase string
        conditions []NodeCondition merge=type keys=type
        addresses []NodeAddress merge=type keys=type
        daemonEndpoints NodeDaemonEndpoints !
        nodeInfo NodeSystemInfo !
        images []ContainerImage
        volumesInUse []string
        volumesAttached []AttachedVolume
        config raw since=1.11
        runtimeHandlers []NodeRuntimeHandler since=1.30
        features NodeFeatures since=1.31
        declaredFeatures []string since=1.35 on=1.36
    """,
    "NodeCondition": """
        type string !
        status string !
        lastHeartbeatTime time !
        lastTransitionTime time !
        reason string
        message string
    """,
    "NodeAddress": "type string !\naddress string !",
    "NodeDaemonEndpoints": "kubeletEndpoint DaemonEndpoint !",
    "DaemonEndpoint": "Port int32 !",
    "NodeSystemInfo": """
        machineID string !
        systemUUID string !
        bootID string !
        kernelVersion string !
        osImage string ! go=OSImage
        containerRuntimeVersion string !
        kubeletVersion string !
        kubeProxyVersion string !
        operatingSystem string !
        architecture string !
        swap NodeSwapStatus since=1.34
    """,
    "NodeSwapStatus": "capacity int64 *",
    "ContainerImage": "names []string !<1.21\nsizeBytes int64",
    "AttachedVolume": "name string !\ndevicePath string !",
    "NodeRuntimeHandler": "name string !\nfeatures NodeRuntimeHandlerFeatures",
    "NodeRuntimeHandlerFeatures": "recursiveReadOnlyMounts bool *\nuserNamespaces bool * since=1.31",
    "NodeFeatures": "supplementalGroupsPolicy bool *",
}
