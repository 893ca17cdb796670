"""CHAIN: the admission plugins that a minor has on by default and that decide something about the kinds simulated here.

Kubernetes has more of them on (SEM 7.1): webhooks are stored and never called, policies are not
modelled. TaintNodesByCondition is left out: the controller that takes its taint away is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sanb.apiserver.admission import Plugin
from sanb.apiserver.plugins import (
    defaulttolerationseconds,
    limitranger,
    namespacelifecycle,
    noderestriction,
    priority,
    resourcequota,
    serviceaccount,
    storage,
)
from sanb.errors import UsageError
from sanb.profiles.profile import Profile

Factory = Callable[[Profile], "Plugin | None"]

FACTORIES: Final[tuple[tuple[str, Factory], ...]] = (
    ("NamespaceLifecycle", namespacelifecycle.plugin),
    ("LimitRanger", limitranger.plugin),
    ("ServiceAccount", serviceaccount.plugin),
    (noderestriction.NAME, lambda profile: None),
    ("Priority", priority.plugin),
    ("DefaultTolerationSeconds", defaulttolerationseconds.plugin),
    ("DefaultStorageClass", storage.default_class),
    ("StorageObjectInUseProtection", storage.protection),
    ("ResourceQuota", resourcequota.plugin),
)
"""In Kubernetes' fixed order; a factory returns None where the minor does not have the plugin on."""
OPTIONAL: Final = {noderestriction.NAME: noderestriction.plugin}
"""Plugins that are off unless somebody turns them on; they may ask the authorizer."""


def CHAIN(  # noqa: N802 - a table, resolved for one profile
    profile: Profile, enabled: Iterable[str] = (), decide: noderestriction.Decide | None = None
) -> tuple[Plugin, ...]:
    """The plugins of a profile, in order; `enabled` are optional ones that are on, and `decide` is the authorizer.

    Raises:
        UsageError: there is no such optional plugin.
    """
    wanted = tuple(enabled)
    unknown = [name for name in wanted if name not in OPTIONAL]
    if unknown:
        known = ", ".join(OPTIONAL)
        raise UsageError(f"unknown admission plugin {unknown[0]!r}: those that can be turned on are {known}")
    found = (
        OPTIONAL[name](profile, decide) if name in wanted and decide is not None else factory(profile)
        for name, factory in FACTORIES
    )
    return tuple(plugin for plugin in found if plugin is not None)
