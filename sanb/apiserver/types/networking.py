"""Types of what stands between Services and Pods: Endpoints, EndpointSlices, Ingresses, NetworkPolicies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

_ENDPOINT: Final = """
    addresses []string ! set
    conditions EndpointConditions !
    hostname string *
    targetRef ObjectReference
"""
_SLICE: Final = "addressType string !\nports []DiscoveryEndpointPort !\n"
_RULE: Final = "host string\nhttp {} go=HTTP"
_SPEC: Final = "ingressClassName string * since=1.18\ntls []IngressTLS go=TLS\n"

STRUCTS: Final[Mapping[str, str]] = {
    "Endpoints": HEAD + "subsets []EndpointSubset",
    "EndpointSubset": "addresses []EndpointAddress\nnotReadyAddresses []EndpointAddress\nports []EndpointPort",
    "EndpointAddress atomic": """
        ip string ! go=IP
        hostname string
        nodeName string *
        targetRef ObjectReference
    """,
    "EndpointPort atomic": """
        name string
        port int32 !
        protocol string as=v1.Protocol
        appProtocol string * since=1.18 on=1.19
    """,
    "EndpointSlice": HEAD + _SLICE + "endpoints []Endpoint !",
    "Endpoint": _ENDPOINT + """
        deprecatedTopology {}string
        nodeName string *
        zone string *
        hints EndpointHints on=1.23
    """,
    "EndpointSlice.v1beta1": HEAD + _SLICE + "endpoints []Endpoint.v1beta1 !",
    "Endpoint.v1beta1": _ENDPOINT + """
        topology {}string
        nodeName string * since=1.20
        hints EndpointHints since=1.21 on=1.23
    """,
    "EndpointConditions": "ready bool *\nserving bool * since=1.20 on=1.22\nterminating bool * since=1.20 on=1.22",
    "EndpointHints": "forZones []ForZone\nforNodes []ForNode since=1.33 on=1.35",
    "ForZone": "name string !",
    "ForNode": "name string !",
    "DiscoveryEndpointPort": """
        name string *
        protocol string * as=v1.Protocol
        port int32 *
        appProtocol string *
    """,
    "Ingress": HEAD + "spec IngressSpec !\nstatus IngressStatus !",
    "IngressSpec": _SPEC + "defaultBackend IngressBackend\nrules []IngressRule",
    "IngressRule": _RULE.format("HTTPIngressRuleValue"),
    "HTTPIngressRuleValue": "paths []HTTPIngressPath !",
    "HTTPIngressPath": "path string\npathType string * ! as=v1.PathType\nbackend IngressBackend !",
    "IngressBackend": "service IngressServiceBackend\nresource TypedLocalObjectReference",
    "IngressServiceBackend": "name string !\nport ServiceBackendPort !",
    "ServiceBackendPort atomic": "name string\nnumber int32",
    "Ingress.v1beta1": HEAD + "spec IngressSpec.v1beta1 !\nstatus IngressStatus !",
    "IngressSpec.v1beta1": _SPEC + "backend IngressBackend.v1beta1\nrules []IngressRule.v1beta1",
    "IngressRule.v1beta1": _RULE.format("HTTPIngressRuleValue.v1beta1"),
    "HTTPIngressRuleValue.v1beta1": "paths []HTTPIngressPath.v1beta1 !",
    "HTTPIngressPath.v1beta1": """
        path string
        pathType string * as=v1.PathType since=1.18
        backend IngressBackend.v1beta1 !
    """,
    "IngressBackend.v1beta1": """
        serviceName string !<1.18
        servicePort int-or-string !<1.18
        resource TypedLocalObjectReference since=1.18
    """,
    "IngressTLS": "hosts []string\nsecretName string",
    "IngressStatus": "loadBalancer LoadBalancerStatus !",
    "IngressClass": HEAD + "spec IngressClassSpec !",
    "IngressClassSpec": "controller string\nparameters IngressClassParametersReference",
    "IngressClassParametersReference": """
        apiGroup string * go=APIGroup
        kind string !
        name string !
        scope string * since=1.21
        namespace string * since=1.21
    """,
    "NetworkPolicy": HEAD + "spec NetworkPolicySpec !\nstatus NetworkPolicyStatus since=1.24 on=1.37 until=1.28",
    "NetworkPolicyStatus": "conditions []Condition merge=type keys=type",
    "NetworkPolicySpec": """
        podSelector LabelSelector !
        ingress []NetworkPolicyIngressRule
        egress []NetworkPolicyEgressRule
        policyTypes []string as=v1.PolicyType
    """,
    "NetworkPolicyIngressRule": "ports []NetworkPolicyPort\nfrom []NetworkPolicyPeer",
    "NetworkPolicyEgressRule": "ports []NetworkPolicyPort\nto []NetworkPolicyPeer",
    "NetworkPolicyPort": "protocol string * as=v1.Protocol\nport int-or-string *\nendPort int32 * since=1.21 on=1.22",
    "NetworkPolicyPeer": """
        podSelector LabelSelector
        namespaceSelector LabelSelector
        ipBlock IPBlock go=IPBlock
    """,
    "IPBlock": "cidr string ! go=CIDR\nexcept []string",
}
