"""Versions of kinds that are on their way out: what a server says to whoever names one, since 1.19."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from sanb.apiserver.resourcerows import ADMISSION, FLOW, NETWORKING, RBAC
from sanb.apiserver.resources import served
from sanb.profiles.profile import Profile

WARNS: Final = {"1.10": False, "1.19": True}
"""Whether servers warn at all."""


class Row(NamedTuple):
    """`plurals` of a group version are deprecated since a minor, gone in another one ("": not yet), and replaced by a version."""

    group_version: str
    plurals: str
    since: str
    gone: str
    instead: str = ""
    kind: str = ""
    """The kind to use instead, if it is another one."""


ROWS: Final = (
    Row("v1", "endpoints", "1.33", "", "discovery.k8s.io/v1", "EndpointSlice"),
    Row("extensions/v1beta1", "ingresses", "1.14", "1.22", f"{NETWORKING}/v1"),
    Row(f"{NETWORKING}/v1beta1", "ingresses ingressclasses", "1.19", "1.22", f"{NETWORKING}/v1"),
    Row("policy/v1beta1", "poddisruptionbudgets", "1.21", "1.25", "policy/v1"),
    Row("policy/v1beta1", "podsecuritypolicies", "1.21", "1.25"),
    Row("batch/v1beta1", "cronjobs", "1.21", "1.25", "batch/v1"),
    Row("autoscaling/v2beta1", "horizontalpodautoscalers", "1.22", "1.25", "autoscaling/v2"),
    Row("autoscaling/v2beta2", "horizontalpodautoscalers", "1.23", "1.26", "autoscaling/v2"),
    Row("discovery.k8s.io/v1beta1", "endpointslices", "1.21", "1.25", "discovery.k8s.io/v1"),
    Row(f"{RBAC}/v1beta1", "roles rolebindings clusterroles clusterrolebindings", "1.17", "1.22", f"{RBAC}/v1"),
    Row("apiextensions.k8s.io/v1beta1", "customresourcedefinitions", "1.16", "1.22", "apiextensions.k8s.io/v1"),
    Row(f"{ADMISSION}/v1beta1", "validatingwebhookconfigurations mutatingwebhookconfigurations", "1.16", "1.22",
        f"{ADMISSION}/v1"),
    Row("apiregistration.k8s.io/v1beta1", "apiservices", "1.19", "1.22", "apiregistration.k8s.io/v1"),
    Row("coordination.k8s.io/v1beta1", "leases", "1.19", "1.22", "coordination.k8s.io/v1"),
    Row("scheduling.k8s.io/v1beta1", "priorityclasses", "1.14", "1.22", "scheduling.k8s.io/v1"),
    Row("storage.k8s.io/v1beta1", "storageclasses csidrivers csinodes volumeattachments", "1.19", "1.22", "storage.k8s.io/v1"),
    Row("node.k8s.io/v1beta1", "runtimeclasses", "1.22", "1.25", "node.k8s.io/v1"),
    Row(f"{FLOW}/v1beta1", "flowschemas prioritylevelconfigurations", "1.23", "1.26", f"{FLOW}/v1beta3"),
    Row(f"{FLOW}/v1beta2", "flowschemas prioritylevelconfigurations", "1.26", "1.29", f"{FLOW}/v1beta3"),
    Row(f"{FLOW}/v1beta3", "flowschemas prioritylevelconfigurations", "1.29", "1.32", f"{FLOW}/v1"),
)


@lru_cache(maxsize=64)
def of(minor: str) -> Mapping[tuple[str, str], str]:
    """(resource, group version) -> what a minor says about it."""
    profile = Profile.of(minor)
    return dict(_texts(profile)) if profile.pick(WARNS) else {}


def _texts(profile: Profile) -> Iterator[tuple[tuple[str, str], str]]:
    for row in ROWS:
        if not profile.pick({"1.10": False, row.since: True}):
            continue
        for plural in row.plurals.split():
            for resource in served(profile).values():
                if resource.plural == plural and row.group_version in resource.served:
                    yield (resource.id, row.group_version), _text(row, resource.kind)


def _text(row: Row, kind: str) -> str:
    gone = f", unavailable in v{row.gone}+" if row.gone else ""
    instead = f"; use {row.instead} {row.kind or kind}" if row.instead else ""
    return f"{row.group_version} {kind} is deprecated in v{row.since}+{gone}{instead}"
