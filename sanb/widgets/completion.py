"""What a command line of kubectl may go on with."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.resources import served
from sanb.kubectl.commands import COMMANDS
from sanb.kubectl.flags import GLOBAL
from sanb.kubectl.result import Failure
from sanb.kubectl.session import resolve

MOST: Final = 40
NAMED: Final = ("get", "describe", "delete", "edit", "label", "annotate", "patch", "logs", "exec", "scale", "wait", "explain")
"""Commands after which a kind comes."""
PODS: Final = ("exec", "logs", "cp")
"""Commands after which a Pod comes."""


def complete(cp: Any, line: str) -> tuple[str, list[str]]:
    """The word that is being typed, and what it may become."""
    words = line.split(" ")
    word, before = words[-1], [each for each in words[:-1] if each]
    if before[:1] == ["kubectl"]:
        before = before[1:]
    elif not before and "kubectl".startswith(word) and word:
        return word, ["kubectl"]
    found = _candidates(cp, before, word)
    return word, [each for each in found if each.startswith(word)][:MOST]


def _candidates(cp: Any, before: list[str], word: str) -> list[str]:
    if before[-1:] in (["-n"], ["--namespace"]):
        return _names(cp, "namespaces", "")
    commands = [name.split(" ") for name in COMMANDS]
    plain = [each for each in before if not each.startswith("-")]
    if word.startswith("-"):
        return _flags(before)
    deeper = sorted({name[len(plain)] for name in commands if len(name) > len(plain) and name[: len(plain)] == plain})
    if deeper:
        return deeper
    space = _space(before)
    words = [each for place, each in enumerate(before) if not each.startswith("-") and (
        place == 0 or before[place - 1] not in ("-n", "--namespace"))]
    if words[:1] and words[0] in PODS and len(words) == 1:
        return _names(cp, "pods", space)
    if words[:1] and words[0] in NAMED:
        if len(words) == 1:
            return _kinds(cp, word, space)
        try:
            row = resolve(words[1])
        except Failure:
            return []
        return _names(cp, row.id, space if row.namespaced else "")
    return []


def _kinds(cp: Any, word: str, space: str) -> list[str]:
    kind, slash, _ = word.partition("/")
    if slash:
        try:
            row = resolve(kind)
        except Failure:
            return []
        return [f"{kind}/{name}" for name in _names(cp, row.id, space if row.namespaced else "")]
    return sorted({name for row in served(cp.profile).values() for name in (row.plural, row.singular)})


def _names(cp: Any, resource: str, space: str) -> list[str]:
    return [version.key[2] for version in cp.store.head.scan(resource, space or None)[:500]]


def _flags(before: list[str]) -> list[str]:
    for length in (2, 1):
        command = COMMANDS.get(" ".join(before[:length]))
        if command is not None:
            return sorted(f"--{name}" for name in {**command.flags, **GLOBAL})
    return sorted(f"--{name}" for name in GLOBAL)


def _space(before: list[str]) -> str:
    for place, word in enumerate(before):
        if word in ("-n", "--namespace") and place + 1 < len(before):
            return before[place + 1]
        if word.startswith("--namespace="):
            return word.partition("=")[2]
    return "default"
