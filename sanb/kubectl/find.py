"""Which command the first words of a line name."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sanb.kubectl.commands import COMMANDS, GROUPS, Command
from sanb.kubectl.flags import parse
from sanb.kubectl.result import Failure, error
from sanb.profiles.profile import Profile

UNKNOWN: Final = {
    "1.10": 'Error: unknown command "{word}" for "{parent}"{hint}\nRun \'{parent} --help\' for usage.\n'
    'error: unknown command "{word}" for "{parent}"{hint}',
    "1.16": 'Error: unknown command "{word}" for "{parent}"{hint}\nRun \'{parent} --help\' for usage.',
    "1.23": 'error: unknown command "{word}" for "{parent}"{hint}',
}
CLOSE: Final = 2


def find(profile: Profile, words: list[str]) -> tuple[str, list[str]]:
    """The name of the command that the first words are, or of a group of commands, and the words after it.

    Raises:
        Failure: there is no such command in this minor.
    """
    known = there(profile)
    path: list[str] = []
    rest = list(words)
    while rest and not rest[0].startswith("-"):
        word = GROUPS.get(" ".join(path), {}).get(rest[0], rest[0])
        longer = " ".join([*path, word])
        if longer not in _prefixes(profile.minor):
            break
        path.append(word)
        rest.pop(0)
    name = " ".join(path)
    if name not in known and rest and not rest[0].startswith("-"):
        raise _unknown(profile, name, rest)
    return name, rest


def _unknown(profile: Profile, name: str, rest: list[str]) -> Failure:
    if name:
        words = " ".join(_plain(rest))
        return error(f'unknown command "{words}"\nSee \'kubectl {name} -h\' for help and examples')
    close = [f"\t{one}" for one in suggestions(profile, rest[0])]
    hint = "\n\nDid you mean this?\n" + "\n".join(close) + "\n" if close else ""
    return Failure(profile.pick(UNKNOWN).format(word=rest[0], parent="kubectl", hint=hint))


def _plain(words: list[str]) -> list[str]:
    """The words that are no flags."""
    try:
        return parse(words, {}, "kubectl").arguments
    except Failure:
        return [word for word in words if not word.startswith("-")]


def suggestions(profile: Profile, word: str) -> list[str]:
    """Commands that somebody who typed `word` may have meant."""
    tops = dict.fromkeys(name.partition(" ")[0] for name in there(profile))
    return sorted(top for top in tops if distance(word.lower(), top) <= CLOSE or top.startswith(word.lower()))


def distance(left: str, right: str) -> int:
    """How many letters must be put in, taken out or changed to make one word of the other."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        new = [i]
        for j, b in enumerate(right, 1):
            new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1]


def there(profile: Profile) -> tuple[str, ...]:
    """The commands of a minor."""
    return _there(profile.minor)


@lru_cache(maxsize=64)
def _there(minor: str) -> tuple[str, ...]:
    profile = Profile.of(minor)
    return tuple(name for name, command in COMMANDS.items() if _has(profile, command))


@lru_cache(maxsize=64)
def _prefixes(minor: str) -> frozenset[str]:
    """The commands of a minor and the groups they are in."""
    words = [name.split(" ") for name in _there(minor)]
    return frozenset(" ".join(name[:size]) for name in words for size in range(1, len(name) + 1))


def _has(profile: Profile, command: Command) -> bool:
    if command.until and profile.pick({"1.0": False, command.until: True}):
        return False
    return bool(profile.pick({"1.0": False, command.since: True}))
