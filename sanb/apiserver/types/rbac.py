"""Types of the RBAC group."""

from __future__ import annotations

from sanb.apiserver.types.base import Types
from sanb.apiserver.types.core import HEAD


def add(types: Types) -> None:
    """Put them into the registry."""
    types.add("Role", HEAD + "rules []PolicyRule !")
    types.add("ClusterRole", HEAD + "rules []PolicyRule !\naggregationRule AggregationRule")
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        types.add(kind, HEAD + "subjects []Subject !<1.12\nroleRef RoleRef !")
    types.add("PolicyRule", """
        verbs []string !
        apiGroups []string go=APIGroups
        resources []string
        resourceNames []string
        nonResourceURLs []string
    """)
    types.add("AggregationRule", "clusterRoleSelectors []LabelSelector")
    types.add("Subject", """
        kind string !
        apiGroup string go=APIGroup
        name string !
        namespace string
    """, atomic=True)
    types.add("RoleRef", """
        apiGroup string ! go=APIGroup
        kind string !
        name string !
    """, atomic=True)
