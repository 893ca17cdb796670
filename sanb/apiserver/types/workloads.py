"""Types of ReplicaSets and Deployments."""

from __future__ import annotations

from sanb.apiserver.types.base import Types

CONDITION = """
    type string !
    status string !
    lastTransitionTime time !
    reason string
    message string
"""


def add(types: Types) -> None:
    """Put them into the registry."""
    for kind in ("ReplicaSet", "Deployment"):
        types.add(kind, f"""
            apiVersion string go=APIVersion
            kind string
            metadata ObjectMeta ! go=ObjectMeta
            spec {kind}Spec !
            status {kind}Status !
        """)
    types.add("ReplicaSetSpec", """
        replicas int32 *
        minReadySeconds int32
        selector LabelSelector
        template PodTemplateSpec !
    """)
    types.add("ReplicaSetStatus", """
        replicas int32 !
        fullyLabeledReplicas int32
        readyReplicas int32
        availableReplicas int32
        terminatingReplicas int32 * since=1.33 on=1.35
        observedGeneration int64
        conditions []ReplicaSetCondition merge=type keys=type
    """)
    types.add("ReplicaSetCondition", CONDITION)
    types.add("DeploymentSpec", """
        replicas int32 *
        selector LabelSelector * !
        template PodTemplateSpec !
        strategy DeploymentStrategy ! retain
        minReadySeconds int32
        revisionHistoryLimit int32 *
        paused bool
        progressDeadlineSeconds int32 *
    """)
    types.add("DeploymentStrategy", "type string as=v1.DeploymentStrategyType\nrollingUpdate RollingUpdateDeployment")
    types.add("RollingUpdateDeployment", "maxUnavailable int-or-string *\nmaxSurge int-or-string *")
    types.add("DeploymentStatus", """
        observedGeneration int64
        replicas int32
        updatedReplicas int32
        readyReplicas int32
        availableReplicas int32
        unavailableReplicas int32
        terminatingReplicas int32 * since=1.33 on=1.35
        conditions []DeploymentCondition merge=type keys=type
        collisionCount int32 *
    """)
    types.add("DeploymentCondition", """
        type string !
        status string !
        lastUpdateTime time !
        lastTransitionTime time !
        reason string
        message string
    """)
