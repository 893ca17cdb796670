"""What programs share: options, and reading files as the container's user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from sanb.kubelet.filesystem import DIRECTORY, Entry, look
from sanb.kubelet.shell.machine import Shell

USERS: Final = {0: "root", 1: "daemon", 33: "www-data", 65534: "nobody"}
MISSING: Final = "{program}: {path}: No such file or directory\n"
DENIED: Final = "{program}: {path}: Permission denied\n"
FOLDER: Final = "{program}: {path}: Is a directory\n"


class Arguments(NamedTuple):
    """A command line taken apart: single letters, letters with values, and the rest."""

    letters: str
    values: Mapping[str, str]
    rest: list[str]


def take(arguments: list[str], valued: str = "") -> Arguments:
    """Options before and among the operands, as getopt permutes them; `--` ends them."""
    letters, rest = "", list[str]()
    values: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += words
        elif len(word) < 2 or not word.startswith("-"):
            rest.append(word)
        elif word.startswith("--"):
            name, _, value = word[2:].partition("=")
            letters += LONG.get(name, "")
            values[LONG.get(name, name)] = value
        else:
            for position, letter in enumerate(word[1:], 1):
                if letter in valued:
                    values[letter] = word[position + 1 :] or next(words, "")
                    break
                letters += letter
    return Arguments(letters, values, rest)


LONG: Final = {"decode": "d", "lines": "n", "bytes": "c", "wrap": "w", "ignore-case": "i"}


def readable(shell: Shell, entry: Entry) -> bool:
    """Whether the shell's user may read a file."""
    uid, _, groups = shell.identity
    if uid == 0:
        return True
    shift = 6 if uid == entry.uid else 3 if entry.gid in groups else 0
    return bool(entry.mode >> shift & 4)


def read(shell: Shell, program: str, path: str, stdin: str) -> tuple[str, str]:
    """(text, complaint) of a file; `-` is the standard input."""
    if path == "-":
        return stdin, ""
    found = look(shell.files, shell.absolute(path))
    if found is None:
        return "", MISSING.format(program=program, path=path)
    if found[1].kind == DIRECTORY:
        return "", FOLDER.format(program=program, path=path)
    if not readable(shell, found[1]):
        return "", DENIED.format(program=program, path=path)
    return found[1].text, ""


def gather(shell: Shell, program: str, paths: list[str], stdin: str) -> tuple[list[tuple[str, str]], str]:
    """(path, text) of every file that can be read, and the complaints about the others."""
    found, complaints = [], ""
    for path in paths or ["-"]:
        text, complaint = read(shell, program, path, stdin)
        complaints += complaint
        if not complaint:
            found.append((path, text))
    return found, complaints
