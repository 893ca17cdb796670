"""Types of limits and leave: budgets, quotas, limit ranges, priorities, leases, autoscalers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

_SCALED: Final = "scaleTargetRef CrossVersionObjectReference !\nminReplicas int32 *\nmaxReplicas int32 !\n"
_CURRENT: Final = """
    observedGeneration int64 *
    lastScaleTime time
    currentReplicas int32 {}
    desiredReplicas int32 !
"""
_AUTOSCALER_CONDITION: Final = """
    type string !
    status string !
    lastTransitionTime time
    reason string
    message string
"""
_METRIC: Final = """
    type string !
    object ObjectMetric{0}
    pods PodsMetric{0}
    resource ResourceMetric{0}
    containerResource ContainerResourceMetric{0} since=1.20 on=1.27
    external ExternalMetric{0}
"""

STRUCTS: Final[Mapping[str, str]] = {
    "PodDisruptionBudget": HEAD + "spec PodDisruptionBudgetSpec !\nstatus PodDisruptionBudgetStatus !",
    "PodDisruptionBudgetSpec": """
        minAvailable int-or-string *
        selector LabelSelector
        maxUnavailable int-or-string *
        unhealthyPodEvictionPolicy string * since=1.26 on=1.27
    """,
    "PodDisruptionBudgetStatus": """
        observedGeneration int64
        disruptedPods {}time !<1.15
        disruptionsAllowed int32 !
        currentHealthy int32 !
        desiredHealthy int32 !
        expectedPods int32 !
        conditions []Condition merge=type keys=type since=1.20
    """,
    "ResourceQuota": HEAD + "spec ResourceQuotaSpec !\nstatus ResourceQuotaStatus !",
    "ResourceQuotaSpec": """
        hard {}quantity
        scopes []string as=v1.ResourceQuotaScope
        scopeSelector ScopeSelector since=1.11
    """,
    "ScopeSelector atomic": "matchExpressions []ScopedResourceSelectorRequirement",
    "ScopedResourceSelectorRequirement": "scopeName string !\noperator string !\nvalues []string",
    "ResourceQuotaStatus": "hard {}quantity\nused {}quantity",
    "LimitRange": HEAD + "spec LimitRangeSpec !",
    "LimitRangeSpec": "limits []LimitRangeItem !",
    "LimitRangeItem": """
        type string !<1.15 as=v1.LimitType
        max {}quantity
        min {}quantity
        default {}quantity
        defaultRequest {}quantity
        maxLimitRequestRatio {}quantity
    """,
    "PriorityClass": HEAD + """
        value int32 !
        globalDefault bool
        description string
        preemptionPolicy string * as=v1.PreemptionPolicy since=1.15 on=1.19
    """,
    "Lease": HEAD + "spec LeaseSpec !",
    "LeaseSpec": """
        holderIdentity string *
        leaseDurationSeconds int32 *
        acquireTime microtime
        renewTime microtime
        leaseTransitions int32 *
        strategy string * since=1.31 on=1.37
        preferredHolder string * since=1.31 on=1.37
    """,
    "Scale": HEAD + "spec ScaleSpec !\nstatus ScaleStatus !",
    "ScaleSpec": "replicas int32",
    "ScaleStatus": "replicas int32 !\nselector string",
    "CrossVersionObjectReference atomic": "kind string !\nname string !\napiVersion string go=APIVersion",
    "HorizontalPodAutoscaler": HEAD + "spec HorizontalPodAutoscalerSpec !\nstatus HorizontalPodAutoscalerStatus !",
    "HorizontalPodAutoscalerSpec": _SCALED + """
        metrics []MetricSpec
        behavior HorizontalPodAutoscalerBehavior since=1.18
    """,
    "HorizontalPodAutoscalerStatus": _CURRENT.format("") + """
        currentMetrics []MetricStatus !<1.24
        conditions []HorizontalPodAutoscalerCondition merge=type keys=type
    """,
    "HorizontalPodAutoscalerCondition": _AUTOSCALER_CONDITION,
    "HorizontalPodAutoscalerBehavior": "scaleUp HPAScalingRules\nscaleDown HPAScalingRules",
    "HPAScalingRules": """
        stabilizationWindowSeconds int32 *
        selectPolicy string *
        policies []HPAScalingPolicy
        tolerance quantity * since=1.33 on=1.35
    """,
    "HPAScalingPolicy": "type string !\nvalue int32 !\nperiodSeconds int32 !",
    "MetricSpec": _METRIC.format("Source"),
    "MetricStatus": _METRIC.format("Status"),
    "MetricIdentifier": "name string !\nselector LabelSelector",
    "MetricTarget": "type string !\nvalue quantity *\naverageValue quantity *\naverageUtilization int32 *",
    "MetricValueStatus": "value quantity *\naverageValue quantity *\naverageUtilization int32 *",
    "ObjectMetricSource": """
        describedObject CrossVersionObjectReference !
        target MetricTarget !
        metric MetricIdentifier !
    """,
    "PodsMetricSource": "metric MetricIdentifier !\ntarget MetricTarget !",
    "ResourceMetricSource": "name string !\ntarget MetricTarget !",
    "ContainerResourceMetricSource": "name string !\ntarget MetricTarget !\ncontainer string !",
    "ExternalMetricSource": "metric MetricIdentifier !\ntarget MetricTarget !",
    "ObjectMetricStatus": """
        metric MetricIdentifier !
        current MetricValueStatus !
        describedObject CrossVersionObjectReference !
    """,
    "PodsMetricStatus": "metric MetricIdentifier !\ncurrent MetricValueStatus !",
    "ResourceMetricStatus": "name string !\ncurrent MetricValueStatus !",
    "ContainerResourceMetricStatus": "name string !\ncurrent MetricValueStatus !\ncontainer string !",
    "ExternalMetricStatus": "metric MetricIdentifier !\ncurrent MetricValueStatus !",
    "HorizontalPodAutoscaler.v1": HEAD + """
        spec HorizontalPodAutoscalerSpec.v1 !
        status HorizontalPodAutoscalerStatus.v1 !
    """,
    "HorizontalPodAutoscalerSpec.v1": _SCALED + "targetCPUUtilizationPercentage int32 *",
    "HorizontalPodAutoscalerStatus.v1": _CURRENT.format("!") + "currentCPUUtilizationPercentage int32 *",
    "HorizontalPodAutoscaler.v2beta1": HEAD + """
        spec HorizontalPodAutoscalerSpec.v2beta1 !
        status HorizontalPodAutoscalerStatus.v2beta1 !
    """,
    "HorizontalPodAutoscalerSpec.v2beta1": _SCALED + "metrics []MetricSpec.v2beta1",
    "HorizontalPodAutoscalerStatus.v2beta1": _CURRENT.format("!") + """
        currentMetrics []MetricStatus.v2beta1 !
        conditions []HorizontalPodAutoscalerCondition !
    """,
    "MetricSpec.v2beta1": _METRIC.format("Source.v2beta1"),
    "MetricStatus.v2beta1": _METRIC.format("Status.v2beta1"),
    "ObjectMetricSource.v2beta1": """
        target CrossVersionObjectReference !
        metricName string !
        targetValue quantity !
        selector LabelSelector since=1.12
        averageValue quantity * since=1.12
    """,
    "PodsMetricSource.v2beta1": "metricName string !\ntargetAverageValue quantity !\nselector LabelSelector since=1.12",
    "ResourceMetricSource.v2beta1": """
        name string !
        targetAverageUtilization int32 *
        targetAverageValue quantity *
    """,
    "ContainerResourceMetricSource.v2beta1": """
        name string !
        targetAverageUtilization int32 *
        targetAverageValue quantity *
        container string !
    """,
    "ExternalMetricSource.v2beta1": """
        metricName string !
        metricSelector LabelSelector
        targetValue quantity *
        targetAverageValue quantity *
    """,
    "ObjectMetricStatus.v2beta1": """
        target CrossVersionObjectReference !
        metricName string !
        currentValue quantity !
        selector LabelSelector since=1.12
        averageValue quantity * since=1.12
    """,
    "PodsMetricStatus.v2beta1": "metricName string !\ncurrentAverageValue quantity !\nselector LabelSelector since=1.12",
    "ResourceMetricStatus.v2beta1": """
        name string !
        currentAverageUtilization int32 *
        currentAverageValue quantity !
    """,
    "ContainerResourceMetricStatus.v2beta1": """
        name string !
        currentAverageUtilization int32 *
        currentAverageValue quantity !
        container string !
    """,
    "ExternalMetricStatus.v2beta1": """
        metricName string !
        metricSelector LabelSelector
        currentValue quantity !
        currentAverageValue quantity *
    """,
}
