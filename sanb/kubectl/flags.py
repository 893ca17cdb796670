"""Command lines: flags by table, in the manner of kubectl's parser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sanb.kubectl.result import Failure, error

TEXT: Final = "text"
"""--name=value or --name value."""
SWITCH: Final = "switch"
"""--name, --name=false."""
MANY: Final = "many"
"""Repeatable; each value may hold several, separated by commas."""
REPEAT: Final = "repeat"
"""Repeatable; commas are part of the value."""
NUMBER: Final = "number"
"""A whole number."""


class Flag(NamedTuple):
    """One flag: `bare` is the value of a text flag that is given without one."""

    kind: str = TEXT
    short: str = ""
    bare: str | None = None


Flags = Mapping[str, Flag]
GLOBAL: Final[Flags] = {
    "namespace": Flag(TEXT, "n"),
    "as": Flag(),
    "as-group": Flag(REPEAT),
    "as-uid": Flag(),
    "context": Flag(),
    "cluster": Flag(),
    "user": Flag(),
    "kubeconfig": Flag(),
    "server": Flag(TEXT, "s"),
    "token": Flag(),
    "request-timeout": Flag(),
    "v": Flag(NUMBER, "v"),
    "insecure-skip-tls-verify": Flag(SWITCH),
    "warnings-as-errors": Flag(SWITCH),
    "help": Flag(SWITCH, "h"),
    "match-server-version": Flag(SWITCH),
}


class Parsed(NamedTuple):
    """A command line taken apart: `dash` is how many arguments come before `--`, -1 without one."""

    arguments: list[str]
    values: dict[str, Any]
    dash: int

    def text(self, name: str, default: str = "") -> str:
        """A text flag."""
        return str(self.values.get(name, default))

    def on(self, name: str) -> bool:
        """A switch."""
        return bool(self.values.get(name, False))

    def many(self, name: str) -> list[str]:
        """A repeatable flag."""
        return list(self.values.get(name, ()))


def parse(words: Sequence[str], flags: Flags, command: str, *, interspersed: bool = True) -> Parsed:
    """Take a command line apart.

    Raises:
        Failure: a flag is not known or lacks its value.
    """
    known = {**GLOBAL, **flags}
    shorts = {flag.short: name for name, flag in known.items() if flag.short}
    parsed = Parsed([], {}, -1)
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return Parsed(parsed.arguments + rest, parsed.values, len(parsed.arguments))
        if word.startswith("--"):
            _long(word[2:], rest, known, parsed.values, command)
        elif word.startswith("-") and len(word) > 1:
            _short(word[1:], rest, known, shorts, parsed.values, command)
        else:
            parsed.arguments.append(word)
            if not interspersed and len(parsed.arguments) > 1:
                parsed.arguments.extend(rest)
                break
    return parsed


def _usage(text: str, command: str) -> Failure:
    return error(f"{text}\nSee '{command} --help' for usage.")


def _long(body: str, rest: list[str], known: Flags, values: dict[str, Any], command: str) -> None:
    name, equals, value = body.partition("=")
    flag = known.get(name)
    if flag is None:
        raise _usage(f"unknown flag: --{name}", command)
    if equals:
        _set(name, flag, value, values, _shown(name, flag), command)
    elif flag.kind == SWITCH:
        values[name] = True
    elif flag.bare is not None:
        values[name] = flag.bare
    elif not rest:
        raise _usage(f"flag needs an argument: --{name}", command)
    else:
        _set(name, flag, rest.pop(0), values, _shown(name, flag), command)


def _shown(name: str, flag: Flag) -> str:
    """A flag as refusals name it."""
    return f"-{flag.short}, --{name}" if flag.short else f"--{name}"


def _short(
    letters: str, rest: list[str], known: Flags, shorts: Mapping[str, str], values: dict[str, Any], command: str
) -> None:
    for place, letter in enumerate(letters):
        name = shorts.get(letter)
        if name is None:
            raise _usage(f"unknown shorthand flag: '{letter}' in -{letters}", command)
        flag, value = known[name], letters[place + 1 :]
        if flag.kind == SWITCH and not value.startswith("="):
            values[name] = True
            continue
        if not value and not rest:
            raise _usage(f"flag needs an argument: '{letter}' in -{letters}", command)
        _set(name, flag, value.removeprefix("=") if value else rest.pop(0), values, f"-{letter}, --{name}", command)
        return


def _set(name: str, flag: Flag, value: str, values: dict[str, Any], shown: str, command: str) -> None:
    if flag.kind == SWITCH:
        if value.lower() not in ("true", "false", "1", "0", "t", "f"):
            why = f'strconv.ParseBool: parsing "{value}": invalid syntax'
            raise _usage(f'invalid argument "{value}" for "{shown}" flag: {why}', command)
        values[name] = value.lower() in ("true", "1", "t")
    elif flag.kind == NUMBER:
        if not value.lstrip("+-").isdigit():
            why = f'strconv.ParseInt: parsing "{value}": invalid syntax'
            raise _usage(f'invalid argument "{value}" for "{shown}" flag: {why}', command)
        values[name] = int(value)
    elif flag.kind in (MANY, REPEAT):
        values[name] = [*values.get(name, ()), *(value.split(",") if flag.kind == MANY else [value])]
    else:
        values[name] = value
