"""Types of the RBAC group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

STRUCTS: Final[Mapping[str, str]] = {
    "Role": HEAD + "rules []PolicyRule !",
    "ClusterRole": HEAD + "rules []PolicyRule !\naggregationRule AggregationRule",
    "RoleBinding": HEAD + "subjects []Subject !<1.12\nroleRef RoleRef !",
    "ClusterRoleBinding": HEAD + "subjects []Subject !<1.12\nroleRef RoleRef !",
    "PolicyRule": """
        verbs []string !
        apiGroups []string go=APIGroups
        resources []string
        resourceNames []string
        nonResourceURLs []string
    """,
    "AggregationRule": "clusterRoleSelectors []LabelSelector",
    "Subject atomic": """
        kind string !
        apiGroup string go=APIGroup
        name string !
        namespace string
    """,
    "RoleRef atomic": """
        apiGroup string ! go=APIGroup
        kind string !
        name string !
    """,
}
