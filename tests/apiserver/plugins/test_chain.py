"""Which plugins a minor has, in which order."""

from __future__ import annotations

import pytest

from sanb.apiserver.plugins.chain import CHAIN
from sanb.profiles.profile import Profile


@pytest.mark.parametrize(("minor", "names"), [
    ("1.10", ["NamespaceLifecycle", "LimitRanger", "ServiceAccount", "DefaultTolerationSeconds", "DefaultStorageClass",
              "ResourceQuota"]),
    ("1.11", ["NamespaceLifecycle", "LimitRanger", "ServiceAccount", "Priority", "DefaultTolerationSeconds",
              "DefaultStorageClass", "StorageObjectInUseProtection", "ResourceQuota"]),
    ("1.36", ["NamespaceLifecycle", "LimitRanger", "ServiceAccount", "Priority", "DefaultTolerationSeconds",
              "DefaultStorageClass", "StorageObjectInUseProtection", "ResourceQuota"]),
])
def test_the_default_plugins_stand_in_kubernetes_order(minor: str, names: list[str]) -> None:
    assert [plugin.name for plugin in CHAIN(Profile.of(minor))] == names
