"""Images as the nodes know them: names, digests, sizes, and what a pull takes."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

MEGABYTE: Final = 1_000_000


class Image(NamedTuple):
    """Facts about an image that hold in every world: `digest` 64 hexadecimal digits, `size` in bytes."""

    name: str
    canonical: str
    """With registry and tag, as containerd reports it: `docker.io/library/nginx:latest`."""
    repository: str
    """Canonical without tag or digest."""
    familiar: str
    """As docker reports it: `nginx:latest`."""
    digest: str
    size: int


@lru_cache(maxsize=1024)
def image(name: str) -> Image:
    """The image that a container's `image` field names."""
    path, at, pinned = name.partition("@")
    repository, tag = _split_tag(path)
    first = repository.partition("/")[0]
    if "/" not in repository:
        full = f"docker.io/library/{repository}"
    elif "." in first or ":" in first or first == "localhost":
        full = repository
    else:
        full = f"docker.io/{repository}"
    tag = tag or ("" if at else "latest")
    digest = pinned.removeprefix("sha256:") if at else blake2b(f"{full}:{tag}".encode(), digest_size=32).hexdigest()
    suffix = f":{tag}" if tag else f"@sha256:{digest}"
    size = (3 + int(digest[:4], 16) % 140) * MEGABYTE + int(digest[4:9], 16)
    return Image(name, full + suffix, full, repository + suffix, digest, size)


def _split_tag(path: str) -> tuple[str, str]:
    head, colon, tag = path.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (path, "")
