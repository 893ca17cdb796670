"""Which kinds a minor serves, under which versions."""

from __future__ import annotations

import pytest

from sanb.apiserver.resources import RESOURCES, group_versions, served
from sanb.profiles.profile import MINORS, Profile
from tests.apiserver.alone import Alone


@pytest.mark.parametrize(("resource", "minor", "versions"), [
    ("deployments.apps", "1.10", ("apps/v1", "apps/v1beta2", "apps/v1beta1", "extensions/v1beta1")),
    ("deployments.apps", "1.16", ("apps/v1",)),
    ("replicasets.apps", "1.15", ("apps/v1", "apps/v1beta2", "extensions/v1beta1")),
    ("cronjobs.batch", "1.20", ("batch/v1beta1",)),
    ("cronjobs.batch", "1.21", ("batch/v1", "batch/v1beta1")),
    ("cronjobs.batch", "1.25", ("batch/v1",)),
    ("ingresses.networking.k8s.io", "1.10", ("extensions/v1beta1",)),
    ("ingresses.networking.k8s.io", "1.18", ("networking.k8s.io/v1beta1", "extensions/v1beta1")),
    ("ingresses.networking.k8s.io", "1.21",
     ("networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1")),
    ("ingresses.networking.k8s.io", "1.22", ("networking.k8s.io/v1",)),
    ("horizontalpodautoscalers.autoscaling", "1.22",
     ("autoscaling/v1", "autoscaling/v2beta1", "autoscaling/v2beta2")),
    ("horizontalpodautoscalers.autoscaling", "1.26", ("autoscaling/v2", "autoscaling/v1")),
    ("customresourcedefinitions.apiextensions.k8s.io", "1.15", ("apiextensions.k8s.io/v1beta1",)),
    ("endpointslices.discovery.k8s.io", "1.17", ("discovery.k8s.io/v1beta1",)),
    ("poddisruptionbudgets.policy", "1.36", ("policy/v1",)),
])
def test_a_minor_serves_its_versions_preferred_first(resource: str, minor: str, versions: tuple[str, ...]) -> None:
    profile = Profile.of(minor)
    row = served(profile)[resource]
    assert row.served == versions == group_versions(profile, RESOURCES[resource])
    assert row.api_version == versions[0]
    assert all(row.serves(one) for one in versions) and not row.serves("other/v1")


@pytest.mark.parametrize(("resource", "first"), [
    ("endpointslices.discovery.k8s.io", "1.17"),
    ("ingressclasses.networking.k8s.io", "1.18"),
    ("leases.coordination.k8s.io", "1.12"),
    ("priorityclasses.scheduling.k8s.io", "1.11"),
])
def test_older_minors_do_not_have_newer_kinds(resource: str, first: str) -> None:
    there = [minor for minor in MINORS if resource in served(Profile.of(minor))]
    assert there == list(MINORS[MINORS.index(first):])
    assert Alone("1.10").refused("list", resource)["code"] == 404


def test_an_object_of_a_version_that_the_minor_does_not_have_is_refused() -> None:
    body = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "a"}}
    assert Alone("1.20").refused("create", "cronjobs.batch", "shop", body=body)["message"] == (
        "the API version in the data (batch/v1) does not match the expected API version (batch/v1beta1)"
    )
