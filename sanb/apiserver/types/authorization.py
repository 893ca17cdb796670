"""Types of the authorization group: reviews that are answered and not stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types.meta import HEAD

STRUCTS: Final[Mapping[str, str]] = {
    "SubjectAccessReview": HEAD + "spec SubjectAccessReviewSpec !\nstatus SubjectAccessReviewStatus",
    "LocalSubjectAccessReview": HEAD + "spec SubjectAccessReviewSpec !\nstatus SubjectAccessReviewStatus",
    "SelfSubjectAccessReview": HEAD + "spec SelfSubjectAccessReviewSpec !\nstatus SubjectAccessReviewStatus",
    "SelfSubjectRulesReview": HEAD + "spec SelfSubjectRulesReviewSpec !\nstatus SubjectRulesReviewStatus",
    "SubjectAccessReviewSpec": """
        resourceAttributes ResourceAttributes
        nonResourceAttributes NonResourceAttributes
        user string
        groups []string
        extra {}raw
        uid string go=UID
    """,
    "SelfSubjectAccessReviewSpec": """
        resourceAttributes ResourceAttributes
        nonResourceAttributes NonResourceAttributes
    """,
    "SelfSubjectRulesReviewSpec": "namespace string",
    "ResourceAttributes": """
        namespace string
        verb string
        group string
        version string
        resource string
        subresource string
        name string
        fieldSelector FieldSelectorAttributes since=1.31
        labelSelector LabelSelectorAttributes since=1.31
    """,
    "NonResourceAttributes": "path string\nverb string",
    "FieldSelectorAttributes": "rawSelector string\nrequirements []LabelSelectorRequirement",
    "LabelSelectorAttributes": "rawSelector string\nrequirements []LabelSelectorRequirement",
    "SubjectAccessReviewStatus": """
        allowed bool !
        denied bool
        reason string
        evaluationError string
    """,
    "SubjectRulesReviewStatus": """
        resourceRules []PolicyRule !
        nonResourceRules []PolicyRule !
        incomplete bool !
        evaluationError string
    """,
}
