"""healthz, livez and readyz: all is well, and with `verbose` what was looked at.

A real server also lists its post-start hooks; there are none here.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from sanb.profiles.profile import Profile

CHECKS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "1.10": {"healthz": ("ping", "etcd")},
    "1.14": {"healthz": ("ping", "log", "etcd")},
    "1.16": {
        "healthz": ("ping", "log", "etcd"), "livez": ("ping", "log", "etcd"),
        "readyz": ("ping", "log", "etcd", "informer-sync", "shutdown"),
    },
    "1.25": {
        "healthz": ("ping", "log", "etcd"), "livez": ("ping", "log", "etcd"),
        "readyz": ("ping", "log", "etcd", "etcd-readiness", "informer-sync", "shutdown"),
    },
}
"""What is looked at, by path."""


def answer(profile: Profile, path: str, query: str) -> str | None:
    """The answer to a path that begins with one of the checks of this minor, or None if it is no such path."""
    parts = [part for part in path.split("/") if part]
    checks = profile.pick(CHECKS).get(parts[0]) if parts else None
    if checks is None or len(parts) > 2 or (len(parts) == 2 and parts[1] not in checks):
        return None
    asked = parse_qs(query, keep_blank_values=True)
    if "verbose" not in asked or len(parts) == 2:
        return "ok"
    excluded = asked.get("exclude", ())
    lines = [f"[+]{check} {'excluded: ok' if check in excluded else 'ok'}\n" for check in checks]
    unknown = ", ".join(f'"{name}"' for name in excluded if name not in checks)
    if unknown:
        lines.append(f"warn: some health checks cannot be excluded: no matches for {unknown}\n")
    return "".join(lines) + f"{parts[0]} check passed\n"
