"""Types of ReplicaSets and Deployments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

CONDITION: Final = """
    type string !
    status string !
    lastTransitionTime time !
    reason string
    message string
"""

STRUCTS: Final[Mapping[str, str]] = {
    "ReplicaSet": HEAD + "spec ReplicaSetSpec !\nstatus ReplicaSetStatus !",
    "Deployment": HEAD + "spec DeploymentSpec !\nstatus DeploymentStatus !",
    "ReplicaSetSpec": """
        replicas int32 *
        minReadySeconds int32
        selector LabelSelector
        template PodTemplateSpec !
    """,
    "ReplicaSetStatus": """
        replicas int32 !
        fullyLabeledReplicas int32
        readyReplicas int32
        availableReplicas int32
        terminatingReplicas int32 * since=1.33 on=1.35
        observedGeneration int64
        conditions []ReplicaSetCondition merge=type keys=type
    """,
    "ReplicaSetCondition": CONDITION,
    "DeploymentSpec": """
        replicas int32 *
        selector LabelSelector * !
        template PodTemplateSpec !
        strategy DeploymentStrategy ! retain
        minReadySeconds int32
        revisionHistoryLimit int32 *
        paused bool
        progressDeadlineSeconds int32 *
    """,
    "DeploymentStrategy": "type string as=v1.DeploymentStrategyType\nrollingUpdate RollingUpdateDeployment",
    "RollingUpdateDeployment": "maxUnavailable int-or-string *\nmaxSurge int-or-string *",
    "DeploymentStatus": """
        observedGeneration int64
        replicas int32
        updatedReplicas int32
        readyReplicas int32
        availableReplicas int32
        unavailableReplicas int32
        terminatingReplicas int32 * since=1.33 on=1.35
        conditions []DeploymentCondition merge=type keys=type
        collisionCount int32 *
    """,
    "DeploymentCondition": """
        type string !
        status string !
        lastUpdateTime time !
        lastTransitionTime time !
        reason string
        message string
    """,
}
