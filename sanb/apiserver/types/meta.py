"""Types that every kind uses: metadata, selectors, references, conditions."""

from __future__ import annotations

from sanb.apiserver.types.base import Types


def add(types: Types) -> None:
    """Put them into the registry."""
    types.add("ObjectMeta", """
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
    """)
    types.add("Initializers", """
        pending []Initializer ! merge=name
        result raw
    """)
    types.add("Initializer", "name string !")
    types.add("OwnerReference", """
        apiVersion string ! go=APIVersion
        kind string !
        name string !
        uid string ! go=UID as=types.UID
        controller bool *
        blockOwnerDeletion bool *
    """, atomic=True)
    types.add("ManagedFieldsEntry", """
        manager string
        operation string as=v1.ManagedFieldsOperationType
        apiVersion string go=APIVersion
        time time
        fieldsType string
        fieldsV1 raw
        subresource string since=1.22
    """)
    types.add("LabelSelector", """
        matchLabels {}string
        matchExpressions []LabelSelectorRequirement
    """, atomic=True)
    types.add("LabelSelectorRequirement", """
        key string !
        operator string ! as=v1.LabelSelectorOperator
        values []string
    """)
    types.add("Condition", """
        type string !
        status string ! as=v1.ConditionStatus
        observedGeneration int64
        lastTransitionTime time !
        reason string !
        message string !
    """)
    types.add("LocalObjectReference", "name string", atomic=True)
    types.add("ObjectReference", """
        kind string
        namespace string
        name string
        uid string go=UID as=types.UID
        apiVersion string go=APIVersion
        resourceVersion string
        fieldPath string
    """, atomic=True)
    types.add("TypedLocalObjectReference", """
        apiGroup string * go=APIGroup
        kind string !
        name string !
    """, atomic=True)
    types.add("TypedObjectReference", """
        apiGroup string * go=APIGroup
        kind string !
        name string !
        namespace string *
    """)
