"""The agreement with real control planes as a page: docs/conformance.md."""

from __future__ import annotations

from collections.abc import Iterable

from tests.conformance.compare import short
from tests.conformance.conform import MINORS, Result

HEAD = """# Agreement with real control planes

Scenarios were played against real control planes of 1.10.0, 1.23.1 and 1.36.2 and every answer was recorded. The same
scenarios are played against a served cluster of the same minor, over HTTPS. A step agrees when its whole record is
equal: status, body, headers and all objects once things have settled. This page is written by
`make conformance`; nothing in it is typed by hand.

"""
AREAS = {
    "deployment": "workloads", "replicaset": "workloads", "list": "lists", "malformed": "bodies", "ns": "namespaces",
    "patch": "patches", "server": "server-side apply", "pod": "Pods", "sa": "ServiceAccounts", "secret": "Secrets",
    "watch": "watches", "discovery": "discovery", "quota": "quotas", "authn": "authentication", "oidc": "authentication",
    "tokenreview": "authentication", "whoami": "authentication", "rbac": "authorization", "cluster": "authorization",
    "impersonate": "authorization",
}
"""The area of a scenario, by the first word of its name."""


def markdown(found: Iterable[Result]) -> str:
    """The page for some results."""
    results = list(found)
    areas = sorted({_area(result) for result in results})
    minors = [minor for minor in MINORS if any(result.minor == minor for result in results)]
    lines = [f"| area | {' | '.join(minors)} | all |", f"| --- |{' ---: |' * (len(minors) + 1)}"]
    for area in areas:
        mine = [result for result in results if _area(result) == area]
        cells = [_share([result for result in mine if result.minor == minor]) for minor in minors]
        lines.append(f"| {area} | {' | '.join(cells)} | {_share(mine)} |")
    cells = [_share([result for result in results if result.minor == minor]) for minor in minors]
    lines.append(f"| **all** | {' | '.join(cells)} | {_share(results)} |")
    return HEAD + "\n".join(lines) + "\n" + _differences(results)


def _area(result: Result) -> str:
    return AREAS.get(result.scenario.split("-")[0], "other")


def _share(results: Iterable[Result]) -> str:
    listed = list(results)
    if not listed:
        return "–"
    return f"{sum(result.agreed for result in listed)} of {sum(result.steps for result in listed)}"


def _differences(results: Iterable[Result]) -> str:
    """Every step that differs, with the first value that does."""
    lines = []
    for result in results:
        seen: set[int] = set()
        for step, path, wanted, got in result.differences:
            if step not in seen:
                seen.add(step)
                where = f"{result.minor} {result.scenario}, step {step}"
                lines.append(f"- {where}: `{path or 'the whole step'}` should be `{short(wanted)}` and is `{short(got)}`")
    if not lines:
        return "\nNo step differs.\n"
    return "\n## What differs\n\n" + "\n".join(lines) + "\n"
