"""What the kubelet says in Events, by minor (SEM 11.2, 11.4)."""

from __future__ import annotations

from typing import Final, NamedTuple

from sanb.profiles.profile import Profile

PULLING: Final = {"1.10": 'pulling image "{image}"', "1.14": 'Pulling image "{image}"'}
PULLED: Final = {
    "1.10": 'Successfully pulled image "{image}"',
    "1.20": 'Successfully pulled image "{image}" in {took}',
    "1.27": 'Successfully pulled image "{image}" in {took} ({took} including waiting)',
    "1.30": 'Successfully pulled image "{image}" in {took} ({took} including waiting). Image size: {size} bytes.',
}
PRESENT: Final = {
    "1.10": 'Container image "{image}" already present on machine',
    "1.33": 'Container image "{image}" already present on machine and can be accessed by the pod',
}
ABSENT: Final = {"1.10": 'Container image "{image}" is not present with pull policy of Never'}
CREATED: Final = {
    "1.10": "Created container",
    "1.14": "Created container {name}",
    "1.31": "Created container: {name}",
    "1.35": "Container created",
}
STARTED: Final = {"1.10": "Started container", "1.14": "Started container {name}", "1.35": "Container started"}
KILLING: Final = {
    "1.10": "Killing container with id docker://{name}:Need to kill Pod",
    "1.14": "Stopping container {name}",
}
MOUNTED: Final = {"1.10": 'MountVolume.SetUp succeeded for volume "{volume}"', "1.11": ""}
UNMOUNTED: Final = {"1.10": 'MountVolume.SetUp failed for volume "{volume}" : {why}'}
SECRET_MISSING: Final = {"1.10": 'secrets "{name}" not found', "1.13": 'secret "{name}" not found'}
CONFIGMAP_MISSING: Final = {"1.10": 'configmaps "{name}" not found', "1.13": 'configmap "{name}" not found'}
CRASH_LOOP: Final = {
    "1.10": "Back-off {pause} restarting failed container={name} pod={pod}_{space}({uid})",
    "1.16": "back-off {pause} restarting failed container={name} pod={pod}_{space}({uid})",
}
BACK_OFF: Final = {
    "1.10": "Back-off restarting failed container",
    "1.26": "Back-off restarting failed container {name} in pod {pod}_{space}({uid})",
}
PULL_BACK_OFF: Final = {"1.10": 'Back-off pulling image "{image}"', "1.32": 'Back-off pulling image "{image}": {why}'}
NO_IMAGE: Final = {
    "1.10": "rpc error: code = Unknown desc = Error response from daemon: manifest for {familiar} not found",
    "1.18": "rpc error: code = Unknown desc = Error response from daemon: manifest for {familiar} not found: "
    "manifest unknown: manifest unknown",
    "1.24": 'rpc error: code = NotFound desc = failed to pull and unpack image "{canonical}": failed to resolve '
    'reference "{canonical}": {canonical}: not found',
}
"""What the registry says about an image that it does not have."""
UNHEALTHY_KILLING: Final = {
    "1.10": "Killing container with id docker://{name}:Container failed liveness probe.. Container will be killed and "
    "recreated.",
    "1.14": "Container {name} failed liveness probe, will be restarted",
}
DIGITS: Final = {"1.10": 9, "1.29": 3}
"""Decimals of a pull's duration."""


class Texts(NamedTuple):
    """The templates of one minor; an empty one means that the minor emits no such Event."""

    pulling: str
    pulled: str
    present: str
    absent: str
    created: str
    started: str
    killing: str
    mounted: str
    unmounted: str
    secret_missing: str
    configmap_missing: str
    crash_loop: str
    back_off: str
    pull_back_off: str
    no_image: str
    unhealthy_killing: str
    digits: int

    @classmethod
    def of(cls, profile: Profile) -> Texts:
        """The texts of a profile's minor."""
        pick = profile.pick
        return cls(
            pick(PULLING), pick(PULLED), pick(PRESENT), pick(ABSENT), pick(CREATED), pick(STARTED), pick(KILLING),
            pick(MOUNTED), pick(UNMOUNTED), pick(SECRET_MISSING), pick(CONFIGMAP_MISSING), pick(CRASH_LOOP),
            pick(BACK_OFF), pick(PULL_BACK_OFF), pick(NO_IMAGE), pick(UNHEALTHY_KILLING), pick(DIGITS),
        )
