"""Types of kinds that are kept for those who read them, and that nothing in a cluster here acts upon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.extensions import CONDITION
from sanb.apiserver.types.meta import HEAD

_BINDING: Final = "policyName string\nparamRef raw\nmatchResources raw\n"

STRUCTS: Final[Mapping[str, str]] = {
    "PodTemplate": HEAD + "template PodTemplateSpec !",
    "RuntimeClass": HEAD + "handler string !\noverhead Overhead since=1.16 on=1.18\nscheduling Scheduling since=1.16",
    "Overhead": "podFixed {}quantity",
    "Scheduling": "nodeSelector {}string\ntolerations []Toleration",
    "FlowSchema": HEAD + "spec FlowSchemaSpec !\nstatus FlowSchemaStatus !",
    "FlowSchemaSpec": """
        priorityLevelConfiguration PriorityLevelConfigurationReference !
        matchingPrecedence int32 !
        distinguisherMethod FlowDistinguisherMethod
        rules []PolicyRulesWithSubjects
    """,
    "PriorityLevelConfigurationReference": "name string !",
    "FlowDistinguisherMethod": "type string !",
    "PolicyRulesWithSubjects": """
        subjects []FlowSubject !
        resourceRules []ResourcePolicyRule
        nonResourceRules []NonResourcePolicyRule
    """,
    "FlowSubject": "kind string !\nuser raw\ngroup raw\nserviceAccount raw",
    "ResourcePolicyRule": """
        verbs []string ! set
        apiGroups []string ! set
        resources []string ! set
        clusterScope bool
        namespaces []string set
    """,
    "NonResourcePolicyRule": "verbs []string ! set\nnonResourceURLs []string ! set",
    "FlowSchemaStatus": "conditions []FlowCondition merge=type keys=type",
    "FlowCondition": CONDITION,
    "PriorityLevelConfiguration": HEAD + "spec PriorityLevelConfigurationSpec !\nstatus PriorityLevelConfigurationStatus !",
    "PriorityLevelConfigurationSpec": """
        type string !
        limited LimitedPriorityLevelConfiguration
        exempt ExemptPriorityLevelConfiguration since=1.28
    """,
    "LimitedPriorityLevelConfiguration": """
        nominalConcurrencyShares int32 *
        assuredConcurrencyShares int32 * until=1.29
        limitResponse LimitResponse !
        lendablePercent int32 *
        borrowingLimitPercent int32 *
    """,
    "ExemptPriorityLevelConfiguration": "nominalConcurrencyShares int32 *\nlendablePercent int32 *",
    "LimitResponse": "type string !\nqueuing QueuingConfiguration",
    "QueuingConfiguration": "queues int32 !\nhandSize int32 !\nqueueLengthLimit int32 !",
    "PriorityLevelConfigurationStatus": "conditions []FlowCondition merge=type keys=type",
    "PodSecurityPolicy": HEAD + "spec PodSecurityPolicySpec !",
    "PodSecurityPolicySpec": """
        privileged bool
        defaultAddCapabilities []string
        requiredDropCapabilities []string
        allowedCapabilities []string
        volumes []string
        hostNetwork bool
        hostPorts []HostPortRange
        hostPID bool
        hostIPC bool
        seLinux StrategyOptions !
        runAsUser StrategyOptions !
        runAsGroup StrategyOptions since=1.14
        supplementalGroups StrategyOptions !
        fsGroup StrategyOptions !
        readOnlyRootFilesystem bool
        defaultAllowPrivilegeEscalation bool *
        allowPrivilegeEscalation bool *
        allowedHostPaths []AllowedHostPath
        allowedFlexVolumes []raw
        allowedCSIDrivers []raw since=1.15
        allowedUnsafeSysctls []string since=1.11
        forbiddenSysctls []string since=1.11
        allowedProcMountTypes []string since=1.12
        runtimeClass raw since=1.14
    """,
    "HostPortRange": "min int32 !\nmax int32 !",
    "StrategyOptions": "rule string !\nranges []IDRange\nseLinuxOptions SELinuxOptions",
    "IDRange": "min int64 !\nmax int64 !",
    "AllowedHostPath": "pathPrefix string\nreadOnly bool since=1.11",
    "CSIDriver": HEAD + "spec CSIDriverSpec !",
    "CSIDriverSpec": """
        attachRequired bool *
        podInfoOnMount bool *
        volumeLifecycleModes []string set since=1.16
        storageCapacity bool * since=1.19
        fsGroupPolicy string * since=1.19
        tokenRequests []CSITokenRequest since=1.20
        requiresRepublish bool * since=1.20
        seLinuxMount bool * since=1.25 on=1.27
        nodeAllocatableUpdatePeriodSeconds int64 * since=1.33 on=1.34
        serviceAccountTokenInSecrets bool * since=1.35
    """,
    "CSITokenRequest": "audience string !\nexpirationSeconds int64 *",
    "CSINode": HEAD + "spec CSINodeSpec !",
    "CSINodeSpec": "drivers []CSINodeDriver ! merge=name keys=name",
    "CSINodeDriver": "name string !\nnodeID string !\ntopologyKeys []string !\nallocatable raw since=1.16",
    "VolumeAttachment": HEAD + "spec VolumeAttachmentSpec !\nstatus VolumeAttachmentStatus !",
    "VolumeAttachmentSpec": "attacher string !\nsource raw !\nnodeName string !",
    "VolumeAttachmentStatus": "attached bool !\nattachmentMetadata {}string\nattachError raw\ndetachError raw",
    "ValidatingAdmissionPolicy": HEAD + "spec ValidatingAdmissionPolicySpec !\nstatus ValidatingAdmissionPolicyStatus !",
    "ValidatingAdmissionPolicySpec": """
        paramKind ParamKind
        matchConstraints MatchResources
        validations []AdmissionValidation
        failurePolicy string *
        auditAnnotations []AuditAnnotation
        matchConditions []MatchCondition merge=name keys=name
        variables []AdmissionVariable merge=name keys=name
    """,
    "ParamKind": "apiVersion string\nkind string",
    "MatchResources": """
        namespaceSelector LabelSelector
        objectSelector LabelSelector
        resourceRules []NamedRuleWithOperations
        excludeResourceRules []NamedRuleWithOperations
        matchPolicy string *
    """,
    "NamedRuleWithOperations": """
        resourceNames []string
        operations []string
        apiGroups []string
        apiVersions []string
        resources []string
        scope string *
    """,
    "AdmissionValidation": "expression string !\nmessage string\nreason string *\nmessageExpression string",
    "AuditAnnotation": "key string !\nvalueExpression string !",
    "AdmissionVariable": "name string !\nexpression string !",
    "ValidatingAdmissionPolicyStatus": "observedGeneration int64\ntypeChecking raw\nconditions []Condition keys=type",
    "ValidatingAdmissionPolicyBinding": HEAD + "spec ValidatingAdmissionPolicyBindingSpec !",
    "ValidatingAdmissionPolicyBindingSpec": _BINDING + "validationActions []string set",
}
