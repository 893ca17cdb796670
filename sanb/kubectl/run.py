"""One command line from beginning to end."""

from __future__ import annotations

import shlex
from typing import Any, Final

from sanb.errors import ApiError, SanbError
from sanb.kubectl import failures
from sanb.kubectl.commands import COMMANDS, GROUPS, Command
from sanb.kubectl.flags import GLOBAL, SWITCH, Parsed, parse
from sanb.kubectl.result import Failure, Result, error
from sanb.kubectl.session import Session
from sanb.profiles.profile import Profile

UNKNOWN: Final = {
    "1.10": 'Error: unknown command "{word}" for "{parent}"\nRun \'{parent} --help\' for usage.\n'
    'error: unknown command "{word}" for "{parent}"',
    "1.23": 'error: unknown command "{word}" for "{parent}"',
}
FLAG_ERROR: Final = {"1.10": "Error: ", "1.23": "error: "}
HELP: Final = "kubectl of sanb knows these commands:\n{}\n"


def run(cp: Any, argv: str | list[str], stdin: str | None = None) -> Result:
    """Run a command of kubectl on a control plane; it never raises, its result says how it ended.

    `argv` is the command line with or without the word kubectl, as one text or as words; `stdin` is what `-f -` reads.
    """
    session: Session | None = None
    try:
        words = shlex.split(argv, comments=True) if isinstance(argv, str) else [str(word) for word in argv]
        words = words[1:] if words[:1] == ["kubectl"] else words
        session, command = _prepare(cp, words, stdin)
        if command is None:
            session.print(HELP.format("\n".join(f"  {name}" for name in sorted(COMMANDS))))
        else:
            command.run(session)
        return _result(session, 0)
    except Failure as failure:
        return _result(session, failure.code, failure.text)
    except ApiError as refusal:
        return _result(session, 1, failures.text(refusal))
    except (SanbError, ValueError, OSError) as problem:
        return _result(session, 1, f"error: {problem}")
    except Exception as problem:  # noqa: BLE001 - a command never raises: not even where it is wrong itself
        return _result(session, 1, f"error: internal problem of sanb's kubectl: {type(problem).__name__}: {problem}")


def _result(session: Session | None, code: int, text: str = "") -> Result:
    out, err = ("".join(session.out), "".join(session.err)) if session else ("", "")
    if text:
        err += text if text.endswith("\n") else text + "\n"
    return Result(code, out, err)


def _prepare(cp: Any, words: list[str], stdin: str | None) -> tuple[Session, Command | None]:
    ahead, words = _globals_first(words)
    name, command, rest = find(cp.profile, words)
    if command is None:
        return Session(cp, Parsed([], {}, -1), stdin), None
    flags = {**command.flags, **cp.profile.pick(command.more)}
    before, after = _command_of_deployment(name, rest)
    try:
        parsed = parse([*ahead, *before], flags, f"kubectl {name}", interspersed=not command.rest)
    except Failure as failure:
        raise Failure(cp.profile.pick(FLAG_ERROR) + failure.text.removeprefix("error: ")) from None
    if after is not None:
        parsed.values["command"] = after
    parsed.values.setdefault("verb", name.partition(" ")[0])
    if parsed.on("help"):
        return Session(cp, Parsed([], {}, -1), stdin), None
    return Session(cp, parsed, stdin), command


def _command_of_deployment(name: str, words: list[str]) -> tuple[list[str], list[str] | None]:
    """`create deployment x --image=y -- cmd`: what is behind the dashes is the container's command."""
    if name == "create deployment" and "--" in words:
        place = words.index("--")
        return words[:place], words[place + 1 :]
    return words, None


def _globals_first(words: list[str]) -> tuple[list[str], list[str]]:
    """Flags before the command, and the rest."""
    shorts = {flag.short: name for name, flag in GLOBAL.items() if flag.short}
    place = 0
    while place < len(words) and words[place].startswith("-"):
        word = words[place]
        name = word[2:] if word.startswith("--") else shorts.get(word[1:2], "")
        flag = GLOBAL.get(name.partition("=")[0])
        alone = "=" in word or flag is None or flag.kind == SWITCH or (not word.startswith("--") and len(word) > 2)
        place += 1 if alone else 2
    return words[:place], words[place:]


def find(profile: Profile, words: list[str]) -> tuple[str, Command | None, list[str]]:
    """The command that the first words name, and the words after it; None for no words at all.

    Raises:
        Failure: there is no such command in this minor.
    """
    path: list[str] = []
    rest = list(words)
    while rest and not rest[0].startswith("-"):
        word = GROUPS.get(" ".join(path), {}).get(rest[0], rest[0])
        longer = " ".join([*path, word])
        if not any(name == longer or name.startswith(longer + " ") for name in _there(profile)):
            break
        path.append(word)
        rest.pop(0)
    name = " ".join(path)
    command = COMMANDS.get(name)
    if not words:
        return "", None, []
    if rest and not rest[0].startswith("-") and name == "create":
        return name, COMMANDS[name], rest
    if rest and not rest[0].startswith("-") and command is None:
        return _unknown(profile, name, rest)
    if command is None:
        if not path:
            return "", None, []
        raise error(f"must specify a command below {name}: {_below(profile, name)}")
    return name, command, rest


def _unknown(profile: Profile, name: str, rest: list[str]) -> tuple[str, Command | None, list[str]]:
    if name:
        raise error(f"unknown command \"{' '.join(rest)}\"\nSee 'kubectl {name} -h' for help and examples")
    parent = f"kubectl {name}".strip()
    raise Failure(profile.pick(UNKNOWN).format(word=rest[0], parent=parent))


def _below(profile: Profile, name: str) -> str:
    return ", ".join(sorted(one.removeprefix(name + " ") for one in _there(profile) if one.startswith(name + " ")))


def _there(profile: Profile) -> list[str]:
    return [name for name, command in COMMANDS.items() if profile.pick({"1.0": False, command.since: True})]


__all__ = ["run"]
