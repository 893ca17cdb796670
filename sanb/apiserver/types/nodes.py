"""Types of Nodes."""

from __future__ import annotations

from sanb.apiserver.types.base import Types
from sanb.apiserver.types.core import HEAD


def add(types: Types) -> None:
    """Put them into the registry."""
    types.add("Node", HEAD + "spec NodeSpec !\nstatus NodeStatus !")
    types.add("NodeSpec", """
        podCIDR string
        podCIDRs []string merge set since=1.16
        externalID string go=DoNotUseExternalID
        providerID string
        unschedulable bool
        taints []Taint
        configSource raw on=1.11
    """)
    types.add("Taint", "key string !\nvalue string\neffect string !\ntimeAdded time")
    types.add("NodeStatus", """
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
    """)
    types.add("NodeCondition", """
        type string !
        status string !
        lastHeartbeatTime time !
        lastTransitionTime time !
        reason string
        message string
    """)
    types.add("NodeAddress", "type string !\naddress string !")
    types.add("NodeDaemonEndpoints", "kubeletEndpoint DaemonEndpoint !")
    types.add("DaemonEndpoint", "Port int32 !")
    types.add("NodeSystemInfo", """
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
    """)
    types.add("NodeSwapStatus", "capacity int64 *")
    types.add("ContainerImage", "names []string !<1.21\nsizeBytes int64")
    types.add("AttachedVolume", "name string !\ndevicePath string !")
    types.add("NodeRuntimeHandler", "name string !\nfeatures NodeRuntimeHandlerFeatures")
    types.add("NodeRuntimeHandlerFeatures", "recursiveReadOnlyMounts bool *\nuserNamespaces bool * since=1.31")
    types.add("NodeFeatures", "supplementalGroupsPolicy bool *")
