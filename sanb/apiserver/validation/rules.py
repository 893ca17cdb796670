"""What validation takes from a profile: picked once, used for every object."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.validation.names import Names
from sanb.profiles.profile import Profile

VALUES: Final = {"1.10": "go", "1.33": "json"}
"""How structs, lists and maps are shown in messages."""
NULL: Final = {"1.10": '"null"', "1.33": "null"}
SIZE: Final = {"1.10": "must have at most {} characters", "1.20": "must have at most {} bytes",
               "1.32": "may not be more than {} bytes"}
HANDLERS: Final = {"1.10": ("exec", "httpGet", "tcpSocket"), "1.23": ("exec", "httpGet", "tcpSocket", "grpc")}
"""What a probe can be."""
HOOKS: Final = {"1.10": ("exec", "httpGet", "tcpSocket"), "1.30": ("exec", "httpGet", "tcpSocket", "sleep")}
"""What a lifecycle hook can be."""
COMMON_FIRST: Final = {"1.10": False, "1.25": True}
"""Whether what all sorts of containers have in common is checked before probes and hooks."""
UPDATE_REVIEWED: Final = {"1.10": "before", "1.21": "between"}
"""When an update checks the whole Pod: before the metadata of the update, or after it."""
ONE_SOURCE: Final = {"1.10": "may not specify more than 1 volume type",
                     "1.33": "may not specify more than 1 volume type per source"}
LOCAL_TOKEN_PATH: Final = {"1.10": False, "1.29": True}
"""Whether the path of a projected token must stay in the volume."""
PROTOCOLS: Final = {"1.10": ("TCP", "UDP"), "1.12": ("SCTP", "TCP", "UDP")}
LIMIT_SHOWN: Final = {"1.10": False, "1.28": True}
"""Whether the refusal of a request above its limit says the limit."""
SECRET_PATH: Final = {"1.10": "data[%s]", "1.21": "data"}
"""Upstream's slip in the path of keys that basic-auth and ssh-auth Secrets lack."""
GRACE_CHECKED: Final = {"1.10": False, "1.20": True}
"""Whether terminationGracePeriodSeconds is required."""
SELECTOR_VALUES: Final = {"1.10": False, "1.27": True}
"""Whether the values in a selector's expressions must be values of labels."""
SERVICE_IPS: Final = {"1.10": False, "1.20": True}
"""Whether Services have clusterIPs and keep what was allocated for them on update."""
_POD_UPDATE: Final = "pod updates may not change fields other than "
_POD_FIELDS: Final = "`spec.containers[*].image`", "`spec.initContainers[*].image`", "`spec.activeDeadlineSeconds`"
_TOLERATIONS: Final = "`spec.tolerations` (only additions to existing tolerations)"
_GRACE: Final = "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
POD_UPDATE: Final = {
    "1.10": _POD_UPDATE + ", ".join(_POD_FIELDS) + " or " + _TOLERATIONS,
    "1.22": _POD_UPDATE + ", ".join((*_POD_FIELDS, _TOLERATIONS)) + " or " + _GRACE,
    "1.26": _POD_UPDATE + ",".join((*_POD_FIELDS, _TOLERATIONS, _GRACE)),
}
UPDATE_DIFF: Final = {"1.10": "dump", "1.20": "diff"}
"""What follows: both specs from the first difference on, or the fields that differ."""
POD_GENERATION: Final = {"1.10": False, "1.33": True}
"""Whether Pods have metadata.generation."""
INIT_QOS: Final = {"1.10": False, "1.17": True}
"""Whether init containers count for the quality of service of a Pod."""
ENV_FIELDS: Final = {
    "1.10": ("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
             "status.hostIP", "status.podIP"),
    "1.16": ("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
             "status.hostIP", "status.podIP", "status.podIPs"),
    "1.28": ("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
             "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
}
"""What a variable can take from its Pod, besides labels and annotations."""


class Rules:
    """The tables above for one profile."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        pick = profile.pick
        self.names = Names(profile)
        self.known_labels: set[tuple[str, str]] = set()
        self.json_values = pick(VALUES) == "json"
        self.null = pick(NULL)
        self.size = pick(SIZE)
        self.handlers = pick(HANDLERS)
        self.hooks = pick(HOOKS)
        self.common_first = pick(COMMON_FIRST)
        self.reviewed_before = pick(UPDATE_REVIEWED) == "before"
        self.one_source = pick(ONE_SOURCE)
        self.local_token_path = pick(LOCAL_TOKEN_PATH)
        self.protocols = pick(PROTOCOLS)
        self.limit_shown = pick(LIMIT_SHOWN)
        self.secret_path = pick(SECRET_PATH)
        self.grace_required = pick(GRACE_CHECKED)
        self.selector_values = pick(SELECTOR_VALUES)
        self.pod_update = pick(POD_UPDATE)
        self.dump = pick(UPDATE_DIFF) == "dump"
        self.env_fields = pick(ENV_FIELDS)
        self.pod_generation = pick(POD_GENERATION)
        self.init_qos = pick(INIT_QOS)
        self.name_label = profile["namespace_name_label"]
        self.service_ips = pick(SERVICE_IPS)


_KNOWN: Final[dict[int, Rules]] = {}


def rules_of(profile: Profile) -> Rules:
    """The rules of a profile; made once (they keep their profile, so that its id stays its own)."""
    rules = _KNOWN.get(id(profile))
    if rules is None:
        rules = _KNOWN[id(profile)] = Rules(profile)
    return rules
