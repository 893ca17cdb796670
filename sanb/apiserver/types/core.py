"""Types of the small kinds of the core group: Namespace, ServiceAccount, Secret, ConfigMap, Event, Service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

STRUCTS: Final[Mapping[str, str]] = {
    "Namespace": HEAD + "spec NamespaceSpec !\nstatus NamespaceStatus !",
    "NamespaceSpec": "finalizers []string as=v1.FinalizerName",
    "NamespaceStatus": """
        phase string as=v1.NamespacePhase
        conditions []NamespaceCondition merge=type keys=type since=1.16
    """,
    "NamespaceCondition": """
        type string !
        status string !
        lastTransitionTime time !
        reason string
        message string
    """,
    "ServiceAccount": HEAD + """
        secrets []ObjectReference merge=name keys=name
        imagePullSecrets []LocalObjectReference
        automountServiceAccountToken bool *
    """,
    "Secret": HEAD + """
        immutable bool * since=1.18 on=1.19
        data {}bytes
        stringData {}string
        type string as=v1.SecretType
    """,
    "ConfigMap": HEAD + """
        immutable bool * since=1.18 on=1.19
        data {}string
        binaryData {}bytes
    """,
    "Event": HEAD + """
        involvedObject ObjectReference !
        reason string
        message string
        source EventSource !
        firstTimestamp time !
        lastTimestamp time !
        count int32
        type string
        eventTime microtime !
        series EventSeries
        action string
        related ObjectReference
        reportingComponent string ! go=ReportingController
        reportingInstance string !
    """,
    "EventSource": "component string\nhost string",
    "EventSeries": "count int32\nlastObservedTime microtime !\nstate string until=1.19",
    "Service": HEAD + "spec ServiceSpec !\nstatus ServiceStatus !",
    "ServiceSpec": """
        ports []ServicePort merge=port keys=port,protocol
        selector {}string atomic
        clusterIP string
        clusterIPs []string since=1.20
        type string as=v1.ServiceType
        externalIPs []string
        sessionAffinity string as=v1.ServiceAffinity
        loadBalancerIP string
        loadBalancerSourceRanges []string
        externalName string
        externalTrafficPolicy string as=v1.ServiceExternalTrafficPolicy
        healthCheckNodePort int32
        publishNotReadyAddresses bool
        sessionAffinityConfig SessionAffinityConfig
        topologyKeys []string since=1.17 on=1.37 until=1.22
        ipFamily string * since=1.16 on=1.37 until=1.20 go=IPFamily
        ipFamilies []string as=v1.IPFamily since=1.20 go=IPFamilies
        ipFamilyPolicy string * as=v1.IPFamilyPolicy since=1.20 go=IPFamilyPolicy
        allocateLoadBalancerNodePorts bool * since=1.20 on=1.22
        loadBalancerClass string * since=1.21 on=1.22
        internalTrafficPolicy string * as=v1.ServiceInternalTrafficPolicy since=1.21 on=1.22
        trafficDistribution string * since=1.30 on=1.31
    """,
    "ServicePort": """
        name string
        protocol string as=v1.Protocol
        appProtocol string * since=1.18 on=1.19
        port int32 !
        targetPort int-or-string !
        nodePort int32
    """,
    "SessionAffinityConfig": "clientIP ClientIPConfig",
    "ClientIPConfig": "timeoutSeconds int32 *",
    "ServiceStatus": """
        loadBalancer LoadBalancerStatus !
        conditions []Condition merge=type keys=type since=1.20
    """,
    "LoadBalancerStatus": "ingress []LoadBalancerIngress",
    "LoadBalancerIngress": """
        ip string go=IP
        hostname string
        ipMode string * since=1.29 on=1.30 go=IPMode
        ports []PortStatus since=1.20
    """,
    "PortStatus": "port int32 !\nprotocol string !\nerror string *",
}
