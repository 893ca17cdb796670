"""Feature gates by minor: one row per gate, `{minor: on by default}` (SEM 13.1)."""

from __future__ import annotations

from typing import Final

GATES: Final[dict[str, dict[str, bool]]] = {
    "TokenRequest": {"1.10": False, "1.12": True},
    "TokenRequestProjection": {"1.11": False, "1.12": True},
    "BoundServiceAccountTokenVolume": {"1.13": False, "1.21": True},
    "RootCAConfigMap": {"1.13": False, "1.20": True},
    "ServiceAccountIssuerDiscovery": {"1.18": False, "1.20": True},
    "CSIServiceAccountToken": {"1.20": False, "1.21": True},
    "LegacyServiceAccountTokenNoAutoGeneration": {"1.24": True},
    "LegacyServiceAccountTokenTracking": {"1.26": False, "1.27": True},
    "LegacyServiceAccountTokenCleanUp": {"1.28": False, "1.29": True},
    "APISelfSubjectReview": {"1.26": False, "1.27": True},
    "ServiceAccountTokenJTI": {"1.29": False, "1.30": True},
    "ServiceAccountTokenPodNodeInfo": {"1.29": False, "1.30": True},
    "ServiceAccountTokenNodeBindingValidation": {"1.29": False, "1.30": True},
    "ServiceAccountTokenNodeBinding": {"1.29": False, "1.31": True},
    "RetryGenerateName": {"1.30": False, "1.31": True},
    "ServiceAccountNodeAudienceRestriction": {"1.32": False, "1.33": True},
    "ExternalServiceAccountTokenSigner": {"1.32": False, "1.34": True},
    "OrderedNamespaceDeletion": {"1.30": False, "1.33": True},
    "KubeletServiceAccountTokenForCredentialProviders": {"1.33": False, "1.34": True},
    "TokenRequestServiceAccountUIDValidation": {"1.34": True},
    "CSIServiceAccountTokenSecrets": {"1.35": True},
    "ConstrainedImpersonation": {"1.35": False, "1.36": True},
}
"""The first minor of a row is the one that introduced the gate: before it there is nothing to switch on. Alpha is off.

A gate that became general availability stays in the table (Kubernetes drops it some minors later), so that every minor
after its first can be asked what it would do without it.
"""
