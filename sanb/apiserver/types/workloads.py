"""Types of the kinds that make Pods from a template and keep them: Deployments, sets, ReplicationControllers."""

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
    "ReplicationController": HEAD + "spec ReplicationControllerSpec !\nstatus ReplicationControllerStatus !",
    "ReplicationControllerSpec": """
        replicas int32 *
        minReadySeconds int32
        selector {}string atomic
        template PodTemplateSpec
    """,
    "ReplicationControllerStatus": """
        replicas int32 !
        fullyLabeledReplicas int32
        readyReplicas int32
        availableReplicas int32
        observedGeneration int64
        conditions []ReplicationControllerCondition merge=type keys=type
    """,
    "ReplicationControllerCondition": CONDITION,
    "StatefulSet": HEAD + "spec StatefulSetSpec !\nstatus StatefulSetStatus !",
    "StatefulSetSpec": """
        replicas int32 *
        selector LabelSelector * !
        template PodTemplateSpec !
        volumeClaimTemplates []PersistentVolumeClaim
        serviceName string !<1.33
        podManagementPolicy string as=v1.PodManagementPolicyType
        updateStrategy StatefulSetUpdateStrategy !
        revisionHistoryLimit int32 *
        minReadySeconds int32 since=1.22 on=1.23
        persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy since=1.23 on=1.27
        ordinals StatefulSetOrdinals since=1.26 on=1.27
    """,
    "StatefulSetUpdateStrategy": """
        type string as=v1.StatefulSetUpdateStrategyType
        rollingUpdate RollingUpdateStatefulSetStrategy
    """,
    "RollingUpdateStatefulSetStrategy": "partition int32 *\nmaxUnavailable int-or-string * since=1.24 on=1.35",
    "StatefulSetPersistentVolumeClaimRetentionPolicy": "whenDeleted string\nwhenScaled string",
    "StatefulSetOrdinals": "start int32 !",
    "StatefulSetStatus": """
        observedGeneration int64
        replicas int32 !
        readyReplicas int32
        currentReplicas int32
        updatedReplicas int32
        currentRevision string
        updateRevision string
        collisionCount int32 *
        conditions []StatefulSetCondition merge=type keys=type
        availableReplicas int32 ! since=1.22
    """,
    "StatefulSetCondition": CONDITION,
    "DaemonSet": HEAD + "spec DaemonSetSpec !\nstatus DaemonSetStatus !",
    "DaemonSetSpec": """
        selector LabelSelector * !
        template PodTemplateSpec !
        updateStrategy DaemonSetUpdateStrategy !
        minReadySeconds int32
        revisionHistoryLimit int32 *
    """,
    "DaemonSetUpdateStrategy": "type string as=v1.DaemonSetUpdateStrategyType\nrollingUpdate RollingUpdateDaemonSet",
    "RollingUpdateDaemonSet": "maxUnavailable int-or-string *\nmaxSurge int-or-string * since=1.21 on=1.22",
    "DaemonSetStatus": """
        currentNumberScheduled int32 !
        numberMisscheduled int32 !
        desiredNumberScheduled int32 !
        numberReady int32 !
        observedGeneration int64
        updatedNumberScheduled int32
        numberAvailable int32
        numberUnavailable int32
        collisionCount int32 *
        conditions []DaemonSetCondition merge=type keys=type
    """,
    "DaemonSetCondition": CONDITION,
    "ControllerRevision": HEAD + "data raw\nrevision int64 !",
}
