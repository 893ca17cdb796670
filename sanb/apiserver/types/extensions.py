"""Types of what extends the API: CustomResourceDefinitions, APIServices, webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

CONDITION: Final = """
    type string !
    status string !
    lastTransitionTime time
    reason string
    message string
"""
_WEBHOOK: Final = """
    name string !
    clientConfig WebhookClientConfig !
    rules []RuleWithOperations
    failurePolicy string *
    matchPolicy string * since=1.15
    namespaceSelector LabelSelector
    objectSelector LabelSelector since=1.15
    sideEffects string * since=1.12
    timeoutSeconds int32 * since=1.14
    admissionReviewVersions []string since=1.14
    matchConditions []MatchCondition merge=name keys=name since=1.27 on=1.28
"""
_CRD_SPEC: Final = """
    group string !
    names CustomResourceDefinitionNames !
    scope string !
    conversion CustomResourceConversion since=1.13
"""

STRUCTS: Final[Mapping[str, str]] = {
    "CustomResourceDefinition": HEAD + "spec CustomResourceDefinitionSpec !\nstatus CustomResourceDefinitionStatus !<1.25",
    "CustomResourceDefinitionSpec": _CRD_SPEC.replace("since=1.13", "") + """
        versions []CustomResourceDefinitionVersion !
        preserveUnknownFields bool since=1.15
    """,
    "CustomResourceDefinitionNames": """
        plural string !
        singular string
        shortNames []string
        kind string !
        listKind string
        categories []string since=1.10
    """,
    "CustomResourceDefinitionVersion": """
        name string !
        served bool !
        storage bool !
        deprecated bool since=1.19
        deprecationWarning string * since=1.19
        schema CustomResourceValidation
        subresources CustomResourceSubresources
        additionalPrinterColumns []CustomResourceColumnDefinition
        selectableFields []SelectableField since=1.30 on=1.31
    """,
    "SelectableField": "jsonPath string ! go=JSONPath",
    "CustomResourceValidation": "openAPIV3Schema raw go=OpenAPIV3Schema",
    "CustomResourceSubresources": "status raw\nscale CustomResourceSubresourceScale",
    "CustomResourceSubresourceScale": """
        specReplicasPath string !
        statusReplicasPath string !
        labelSelectorPath string *
    """,
    "CustomResourceColumnDefinition": """
        name string !
        type string !
        format string
        description string
        priority int32
        jsonPath string ! go=JSONPath
    """,
    "CustomResourceConversion": "strategy string !\nwebhook WebhookConversion",
    "WebhookConversion": "clientConfig WebhookClientConfig\nconversionReviewVersions []string !",
    "CustomResourceDefinitionStatus": """
        conditions []CustomResourceDefinitionCondition keys=type
        acceptedNames CustomResourceDefinitionNames !
        storedVersions []string !
        observedGeneration int64 since=1.35
    """,
    "CustomResourceDefinitionCondition": CONDITION + "observedGeneration int64 since=1.35",
    "CustomResourceDefinition.v1beta1": HEAD + """
        spec CustomResourceDefinitionSpec.v1beta1 !
        status CustomResourceDefinitionStatus !
    """,
    "CustomResourceConversion.v1beta1": """
        strategy string !
        webhookClientConfig WebhookClientConfig
        conversionReviewVersions []string since=1.15
    """,
    "CustomResourceDefinitionSpec.v1beta1": _CRD_SPEC.replace("Conversion since", "Conversion.v1beta1 since") + """
        version string
        versions []CustomResourceDefinitionVersion.v1beta1 since=1.11
        validation CustomResourceValidation
        subresources CustomResourceSubresources
        additionalPrinterColumns []CustomResourceColumnDefinition.v1beta1 since=1.11
        preserveUnknownFields bool * since=1.15
    """,
    "CustomResourceDefinitionVersion.v1beta1": """
        name string !
        served bool !
        storage bool !
        deprecated bool since=1.19
        deprecationWarning string * since=1.19
        schema CustomResourceValidation since=1.13
        subresources CustomResourceSubresources since=1.13
        additionalPrinterColumns []CustomResourceColumnDefinition.v1beta1 since=1.13
    """,
    "CustomResourceColumnDefinition.v1beta1": """
        name string !
        type string !
        format string
        description string
        priority int32
        JSONPath string !
    """,
    "APIService": HEAD + "spec APIServiceSpec\nstatus APIServiceStatus !",
    "APIServiceSpec": """
        service ServiceReference
        group string
        version string
        insecureSkipTLSVerify bool go=InsecureSkipTLSVerify
        caBundle bytes go=CABundle
        groupPriorityMinimum int32 !
        versionPriority int32 !
    """,
    "APIServiceStatus": "conditions []APIServiceCondition merge=type keys=type",
    "APIServiceCondition": CONDITION,
    "ServiceReference": "namespace string\nname string\nport int32 * since=1.15\npath string *",
    "ValidatingWebhookConfiguration": HEAD + "webhooks []ValidatingWebhook merge=name keys=name",
    "MutatingWebhookConfiguration": HEAD + "webhooks []MutatingWebhook merge=name keys=name",
    "ValidatingWebhook": _WEBHOOK,
    "MutatingWebhook": _WEBHOOK + "reinvocationPolicy string * since=1.15",
    "MatchCondition": "name string !\nexpression string !",
    "WebhookClientConfig": "url string * go=URL\nservice ServiceReference\ncaBundle bytes !<1.15 go=CABundle",
    "RuleWithOperations": """
        operations []string
        apiGroups []string go=APIGroups
        apiVersions []string go=APIVersions
        resources []string
        scope string * since=1.14
    """,
}
