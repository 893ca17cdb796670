"""Bodies of another kind than the one that is asked for: what a server knows of them decides what it says."""

from __future__ import annotations

from functools import cache
from typing import Final

from sanb.apiserver import status
from sanb.apiserver.resources import RESOURCES, Resource
from sanb.errors import ApiError
from sanb.profiles.profile import Profile

SCHEME: Final = {
    "1.10": "", "1.12": ' in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
    "1.24": ' in scheme "pkg/api/legacyscheme/scheme.go:30"',
}
"""Where the table of kinds comes from, as its complaints say."""
UNCONVERTED: Final = {
    "1.10": "converting  to : type names don't match ({kind}, {name}), "
            "and no conversion 'func ({given}, {wanted}) error' registered.",
    "1.19": "converting ({given}) to ({wanted}): unknown conversion",
}


def wrong(resource: Resource, kind: str, version: str, profile: Profile) -> ApiError:
    """The refusal of a body of this kind and apiVersion where another is expected; what it does not say is taken as expected."""
    kind, version = kind or resource.kind, version or resource.api_version
    short = version.rpartition("/")[2]
    if not _known(kind, version):
        why = f'no kind "{kind}" is registered for version "{version}"{profile.pick(SCHEME)}'
    else:
        package = resource.group.partition(".")[0] or "core"
        why = profile.pick(UNCONVERTED).format(
            kind=kind, name=resource.kind, given=f"{short}.{kind}", wanted=f"{package}.{resource.kind}"
        )
    return status.bad_request(f'{kind} in version "{short}" cannot be handled as a {resource.kind}: {why}')


@cache
def _kinds() -> dict[str, tuple[Resource, ...]]:
    found: dict[str, tuple[Resource, ...]] = {}
    for row in RESOURCES.values():
        found[row.kind] = (*found.get(row.kind, ()), row)
    return found


def _known(kind: str, version: str) -> bool:
    """Whether any minor has such a kind: servers go on knowing what they do not serve any more."""
    return any(row.serves(version) for row in _kinds().get(kind, ()))


def expected(resource: Resource, kind: str, version: str) -> bool:
    """Whether a body says that it is of the resource, in whichever version."""
    return (not kind or kind == resource.kind) and (not version or _known(resource.kind, version))
