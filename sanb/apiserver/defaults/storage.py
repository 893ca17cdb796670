"""Defaults of volumes, claims and storage classes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from sanb.apiserver.defaults.fill import Change, fill, within
from sanb.profiles.profile import Profile
from sanb.values import Obj

VOLUME_MODE: Final[Mapping[str, Mapping[str, Any]]] = {"1.10": {}, "1.13": {"volumeMode": "Filesystem"}}
"""Gate BlockVolume: on from 1.13."""
_PENDING: Final = {"phase": "Pending"}


def claim(profile: Profile) -> Change:
    """The change that completes a PersistentVolumeClaim: it waits for its volume."""
    mode = profile.pick(VOLUME_MODE)

    def change(obj: Obj) -> Obj:
        obj = within(fill(obj, {"status": {}}), "status", partial(fill, defaults=_PENDING))
        return within(obj, "spec", partial(fill, defaults=mode))

    return change


def volume(profile: Profile) -> Change:
    """The change that completes a PersistentVolume."""
    defaults = {"persistentVolumeReclaimPolicy": "Retain", **profile.pick(VOLUME_MODE)}

    def spec(found: Obj) -> Obj:
        return within(fill(found, defaults), "hostPath", partial(fill, defaults={"type": ""}))

    def change(obj: Obj) -> Obj:
        obj = within(fill(obj, {"status": {}}), "status", partial(fill, defaults=_PENDING))
        return within(obj, "spec", spec)

    return change


def storage_class(obj: Obj) -> Obj:
    """A class deletes what it made, and binds at once."""
    return fill(obj, {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"})
