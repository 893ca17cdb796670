"""Types of the batch group: Jobs and CronJobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

STRUCTS: Final[Mapping[str, str]] = {
    "Job": HEAD + "spec JobSpec !\nstatus JobStatus !",
    "JobSpec": """
        parallelism int32 *
        completions int32 *
        activeDeadlineSeconds int64 *
        podFailurePolicy PodFailurePolicy since=1.25 on=1.26
        successPolicy SuccessPolicy since=1.30 on=1.31
        backoffLimit int32 *
        backoffLimitPerIndex int32 * since=1.28 on=1.29
        maxFailedIndexes int32 * since=1.28 on=1.29
        selector LabelSelector
        manualSelector bool *
        template PodTemplateSpec !
        ttlSecondsAfterFinished int32 * since=1.12 on=1.21 go=TTLSecondsAfterFinished
        completionMode string * as=v1.CompletionMode since=1.21 on=1.22
        suspend bool * since=1.21 on=1.22
        podReplacementPolicy string * as=v1.PodReplacementPolicy since=1.28 on=1.29
        managedBy string * since=1.30 on=1.32
    """,
    "PodFailurePolicy": "rules []PodFailurePolicyRule !",
    "PodFailurePolicyRule": """
        action string !
        onExitCodes PodFailurePolicyOnExitCodesRequirement
        onPodConditions []PodFailurePolicyOnPodConditionsPattern
    """,
    "PodFailurePolicyOnExitCodesRequirement": "containerName string *\noperator string !\nvalues []int32 ! set",
    "PodFailurePolicyOnPodConditionsPattern": "type string !\nstatus string !",
    "SuccessPolicy": "rules []SuccessPolicyRule !",
    "SuccessPolicyRule": "succeededIndexes string *\nsucceededCount int32 *",
    "JobStatus": """
        conditions []JobCondition merge=type
        startTime time
        completionTime time
        active int32
        succeeded int32
        failed int32
        terminating int32 * since=1.28 on=1.29
        completedIndexes string since=1.21
        failedIndexes string * since=1.28 on=1.29
        uncountedTerminatedPods UncountedTerminatedPods since=1.22
        ready int32 * since=1.22
    """,
    "JobCondition": """
        type string !
        status string !
        lastProbeTime time
        lastTransitionTime time
        reason string
        message string
    """,
    "UncountedTerminatedPods": "succeeded []string set as=types.UID\nfailed []string set as=types.UID",
    "CronJob": HEAD + "spec CronJobSpec !\nstatus CronJobStatus !",
    "CronJobSpec": """
        schedule string !
        timeZone string * since=1.24 on=1.25
        startingDeadlineSeconds int64 *
        concurrencyPolicy string as=v1.ConcurrencyPolicy
        suspend bool *
        jobTemplate JobTemplateSpec !
        successfulJobsHistoryLimit int32 *
        failedJobsHistoryLimit int32 *
    """,
    "JobTemplateSpec": "metadata ObjectMeta ! go=ObjectMeta\nspec JobSpec !",
    "CronJobStatus": """
        active []ObjectReference
        lastScheduleTime time
        lastSuccessfulTime time since=1.21
    """,
}
