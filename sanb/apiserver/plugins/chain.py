"""CHAIN: the admission plugins that a minor has on by default and that decide something about the kinds simulated here.

Kubernetes has more of them on (SEM 7.1). Without LimitRange, ResourceQuota, StorageClass, webhook and policy objects
they have nothing to decide. TaintNodesByCondition is left out: the controller that takes its taint away is not here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sanb.apiserver.admission import Plugin
from sanb.apiserver.plugins import defaulttolerationseconds, namespacelifecycle, priority, serviceaccount
from sanb.profiles.profile import Profile

Factory = Callable[[Profile], "Plugin | None"]

FACTORIES: Final[tuple[Factory, ...]] = (
    namespacelifecycle.plugin,
    serviceaccount.plugin,
    priority.plugin,
    defaulttolerationseconds.plugin,
)
"""In Kubernetes' fixed order; a factory returns None where the minor does not have the plugin on."""


def CHAIN(profile: Profile) -> tuple[Plugin, ...]:  # noqa: N802 - a table, resolved for one profile
    """The plugins of a profile, in order."""
    return tuple(plugin for factory in FACTORIES if (plugin := factory(profile)) is not None)
