"""What differs between minors: one row per switch (SEM 14), in the order of the specification's table.

A row is `{minor: value}` (a minor takes the value of the nearest one at or below it) or, where a feature gate decides
in Kubernetes, a function of the gates that gives a value or such a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Gates = Mapping[str, bool]
Row = dict[str, Any] | Callable[[Gates], Any]


def gated(name: str, on: Any = True, off: Any = False) -> Callable[[Gates], Any]:
    """The row of a switch that follows one feature gate: `on` and `off` are values or `{minor: value}` rows."""

    def choose(gates: Gates) -> Any:
        return on if gates[name] else off

    return choose


SWITCHES: Final[dict[str, Row]] = {
    # credentials of Pods
    "auto_token_secrets": gated("LegacyServiceAccountTokenNoAutoGeneration", False, True),
    "mount": gated("BoundServiceAccountTokenVolume", "projected", "secret"),
    "no_token_error": gated("BoundServiceAccountTokenVolume", False, True),
    "token_request": gated("TokenRequest"),
    "root_ca": gated("RootCAConfigMap", {"1.10": "plain", "1.23": "annotated"}, "off"),
    "extension": {"1.10": "off", "1.21": "always", "1.24": "api-audiences"},
    "oidc": gated("ServiceAccountIssuerDiscovery"),
    "issuers": {"1.10": "optional", "1.20": "one", "1.23": "several"},
    # tracking and cleaning of legacy tokens
    "tracking": gated("LegacyServiceAccountTokenTracking"),
    "invalid_since": gated("LegacyServiceAccountTokenCleanUp", {"1.10": False, "1.29": True}),
    "cleaner": gated("LegacyServiceAccountTokenCleanUp"),
    # contents and checks of bound tokens
    "jti": gated("ServiceAccountTokenJTI"),
    "node_info": gated("ServiceAccountTokenPodNodeInfo"),
    "node_bound": gated("ServiceAccountTokenNodeBinding"),
    "node_bound_accepted": gated("ServiceAccountTokenNodeBindingValidation"),
    "key_by_kid": {"1.10": False, "1.31": True},
    "kid": {"1.10": False, "1.20": True},
    "deletion_grace": {"1.10": 0, "1.20": 60},
    "uid_before_deletion": {"1.10": False, "1.29": True},
    "pod_uid_compared": {"1.10": False, "1.20": True},
    "token_error_wording": {"1.10": "old", "1.23": "new"},
    "issued_in_future_check": {"1.10": False, "1.27": True},
    "issuer_rechecked": {"1.10": False, "1.30": True},
    # admission
    "ephemeral_admission": {"1.10": "no", "1.27": "env", "1.29": "env+envFrom"},
    "admit_updates": {"1.10": False, "1.27": True},
    "env_from_checked": {"1.10": False, "1.29": True},
    "default_mode_by_admission": {"1.10": False, "1.23": True},
    "dotted_volume": {"1.10": "kept", "1.20": "dashed"},
    "node_audience_restriction": gated("ServiceAccountNodeAudienceRestriction"),
    # the API
    "token_uid_precondition": gated("TokenRequestServiceAccountUIDValidation"),
    "mountable_warning": {"1.10": False, "1.32": True},
    "edit_creates_tokens": {"1.10": False, "1.24": True},
    "namespace_terminating_cause": {"1.10": False, "1.20": True},
    "namespace_name_label": {"1.10": False, "1.21": True},
    "pods_first": gated("OrderedNamespaceDeletion"),
    "hash_label": {"1.10": "decimal", "1.12": "encoded"},
    "forbidden_wording": {"1.10": "old", "1.20": "new"},
    "name_tries": gated("RetryGenerateName", 8, 1),
    "self_subject_review": gated("APISelfSubjectReview"),
    # kubectl
    "kubectl_created": {"1.10": 'x "n"', "1.11": "x/n"},
    "create_sa_duplicate": {"1.10": "server", "1.21": "wrapped"},
    "kubectl_run": {"1.10": "Deployment", "1.18": "Pod"},
    "create_token": {"1.10": False, "1.24": True},
    "auth_whoami": {"1.10": False, "1.27": True},
    "secrets_shown": {"1.10": True, "1.35": False},
    "deleted_from": {"1.10": False, "1.34": True},
    # authorization and names
    "constrained_impersonation": gated("ConstrainedImpersonation"),
    "name_rule": {"1.10": "DNS-1123", "1.20": "RFC 1123"},
}
