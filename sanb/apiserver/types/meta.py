"""Types that every kind uses: metadata, selectors, references, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HEAD: Final = """
    apiVersion string go=APIVersion
    kind string
    metadata ObjectMeta ! go=ObjectMeta
"""
"""The first fields of every object."""

STRUCTS: Final[Mapping[str, str]] = {
    "ObjectMeta": """
        name string
        generateName string
        namespace string
        selfLink string
        uid string go=UID as=types.UID
        resourceVersion string
        generation int64
        creationTimestamp time !<1.34
        deletionTimestamp time
        deletionGracePeriodSeconds int64 *
        labels {}string
        annotations {}string
        ownerReferences []OwnerReference merge=uid keys=uid
        initializers Initializers until=1.16
        finalizers []string merge set
        clusterName string until=1.24
        managedFields []ManagedFieldsEntry since=1.14
    """,
    "Initializers": """
        pending []Initializer ! merge=name
        result raw
    """,
    "Initializer": "name string !",
    "OwnerReference atomic": """
        apiVersion string ! go=APIVersion
        kind string !
        name string !
        uid string ! go=UID as=types.UID
        controller bool *
        blockOwnerDeletion bool *
    """,
    "ManagedFieldsEntry": """
        manager string
        operation string as=v1.ManagedFieldsOperationType
        apiVersion string go=APIVersion
        time time
        fieldsType string
        fieldsV1 raw
        subresource string since=1.22
    """,
    "LabelSelector atomic": """
        matchLabels {}string
        matchExpressions []LabelSelectorRequirement
    """,
    "LabelSelectorRequirement": """
        key string !
        operator string ! as=v1.LabelSelectorOperator
        values []string
    """,
    "Condition": """
        type string !
        status string ! as=v1.ConditionStatus
        observedGeneration int64
        lastTransitionTime time !
        reason string !
        message string !
    """,
    "DeleteOptions": """
        kind string
        apiVersion string go=APIVersion
        gracePeriodSeconds int64 *
        preconditions Preconditions
        orphanDependents bool *
        propagationPolicy string * as=v1.DeletionPropagation
        dryRun []string since=1.12
        ignoreStoreReadErrorWithClusterBreakingPotential bool * since=1.32
    """,
    "Preconditions": """
        uid string * go=UID as=types.UID
        resourceVersion string * since=1.14
    """,
    "LocalObjectReference atomic": "name string",
    "ObjectReference atomic": """
        kind string
        namespace string
        name string
        uid string go=UID as=types.UID
        apiVersion string go=APIVersion
        resourceVersion string
        fieldPath string
    """,
    "TypedLocalObjectReference atomic": """
        apiGroup string * go=APIGroup
        kind string !
        name string !
    """,
    "TypedObjectReference": """
        apiGroup string * go=APIGroup
        kind string !
        name string !
        namespace string *
    """,
}
