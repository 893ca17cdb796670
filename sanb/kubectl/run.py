"""One command line from beginning to end."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any, Final

from sanb.errors import ApiError, SanbError
from sanb.kubectl import failures, usage
from sanb.kubectl.commands import COMMANDS
from sanb.kubectl.documents import Document
from sanb.kubectl.find import find
from sanb.kubectl.flags import GLOBAL, SWITCH, Parsed, parse
from sanb.kubectl.result import Failure, Result
from sanb.kubectl.session import Session
from sanb.profiles.profile import Profile

FLAG_ERROR: Final = {"1.10": "Error: ", "1.23": "error: "}
SHELL: Final = ("|", "||", "&&", ";", "&", ">", ">>", "<")
NO_SHELL: Final = (
    "error: there is no shell here that knows what {!r} means. Work on the result in Python "
    "(`r = c.kubectl(...)`, `r.stdout`), or put a sign that belongs to the command in quotes"
)
TOLD: Final = ("rollout",)
"""Groups of commands whose help goes to stdout when they stand alone."""
COMMANDED: Final = ("create deployment", "create job", "create cronjob")
"""Commands whose words behind `--` are a container's command."""


def run(cp: Any, argv: str | list[str], stdin: str | tuple[Document, ...] | None = None) -> Result:
    """Run a command of kubectl on a control plane; it never raises, its result says how it ended.

    `argv` is the command line with or without the word kubectl, as one text or as words; `stdin` is what `-f -` reads:
    text, or objects that were read already.
    """
    session: Session | None = None
    try:
        words = _split(argv) if isinstance(argv, str) else [str(word) for word in argv]
        words = words[1:] if words[:1] == ["kubectl"] else words
        session, command = _prepare(cp, words, stdin)
        if command is not None:
            command(session)
        return _result(session, 0)
    except Failure as failure:
        return _result(session, failure.code, _as_cobra(cp.profile, failure.text))
    except ApiError as refusal:
        return _result(session, 1, failures.text(refusal))
    except (SanbError, ValueError, OSError) as problem:
        return _result(session, 1, f"error: {problem}")
    except Exception as problem:  # a command never raises: not even where it is wrong itself
        return _result(session, 1, f"error: internal problem of sanb's kubectl: {type(problem).__name__}: {problem}")


def _split(line: str) -> list[str]:
    """The words of a line, as a shell reads them; what only a shell can do is refused.

    Raises:
        Failure: the line has a pipe, a redirection or a second command.
    """
    plain = shlex.split(line, comments=True)
    quoted = shlex.shlex(line, posix=False)
    quoted.whitespace_split, quoted.commenters = True, "#"
    open_braces = 0
    for word in quoted:  # quotes stay, so that a sign in quotes is a word like any other
        if word in SHELL and not open_braces:
            raise Failure(NO_SHELL.format(word))
        if word.endswith(";") and len(word) > 1 and word[0] not in "'\"":
            raise Failure(NO_SHELL.format(";"))
        open_braces += word.count("{{") - word.count("}}")
    return plain


def _as_cobra(profile: Profile, text: str) -> str:
    """A missing flag is what the library of commands complains of, in older minors in its own way."""
    if not text.startswith("error: required flag(s)"):
        return text
    return f"{profile.pick(FLAG_ERROR)}{text.removeprefix('error: ')}"


def _result(session: Session | None, code: int, text: str = "") -> Result:
    out, err = ("".join(session.out), "".join(session.err)) if session else ("", "")
    if text:
        err += text if text.endswith("\n") else text + "\n"
    return Result(code, out, err)


def _prepare(cp: Any, words: list[str], stdin: Any) -> tuple[Session, Callable[[Session], None] | None]:
    """The session of a command line and its command; None where help was all that was asked for."""
    ahead, words = _globals_first(words)
    name, rest = find(cp.profile, words)
    command = COMMANDS.get(name)
    if command is None:
        session = Session(cp, Parsed([], {}, -1), stdin)
        if not name or {"-h", "--help"} & set(rest):
            session.print(usage.page(cp.profile, name))
            return session, None
        (session.print if name in TOLD else session.complain)(usage.page(cp.profile, name))
        return session, _ends_with_one
    flags = {**command.flags, **cp.profile.pick(command.more)}
    before, after = _command_of_container(name, rest)
    try:
        parsed = parse([*ahead, *before], flags, f"kubectl {name}", interspersed=not command.rest)
    except Failure as failure:
        raise Failure(cp.profile.pick(FLAG_ERROR) + failure.text.removeprefix("error: ")) from None
    if after is not None:
        parsed.values["command"] = after
    parsed.values.setdefault("as-command", name.partition(" ")[0])
    session = Session(cp, parsed, stdin)
    if parsed.on("help"):
        session.print(usage.page(cp.profile, name))
        return session, None
    if parsed.text("kustomize"):
        raise Failure(f"error: {usage.KUSTOMIZE}")
    return session, command.run


def _ends_with_one(session: Session) -> None:
    """A command that only groups others prints its help and fails."""
    raise Failure()


def _command_of_container(name: str, words: list[str]) -> tuple[list[str], list[str] | None]:
    """`create deployment x --image=y -- cmd`: what is behind the dashes is the container's command."""
    if name in COMMANDED and "--" in words:
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


__all__ = ["run"]
