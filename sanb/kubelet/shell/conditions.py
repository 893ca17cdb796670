"""test and [: conditions on files, texts and numbers."""

from __future__ import annotations

from typing import Final

from sanb.kubelet.filesystem import DIRECTORY, FILE, LINK, look
from sanb.kubelet.shell.machine import Done, Shell
from sanb.kubelet.shell.reading import readable

COMPARISONS: Final = ("=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge")


def test(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Conditions on files, texts and numbers; exit code 0 if true."""
    words = list(arguments)
    negated = False
    while words[:1] == ["!"]:
        negated, words = not negated, words[1:]
    if len(words) == 3 and words[1] in COMPARISONS:
        left, sign, right = words
        if sign.startswith("-") and not (left.lstrip("-").isdigit() and right.lstrip("-").isdigit()):
            wrong = left if not left.lstrip("-").isdigit() else right
            return Done(2, "", f"{shell.flavour}: 1: [: Illegal number: {wrong}\n")
        true = _compare(left, sign, right)
    elif len(words) == 2 and words[0] in ("-z", "-n"):
        true = (words[0] == "-n") == bool(words[1])
    elif len(words) == 2 and words[0].startswith("-"):
        true = _holds(shell, words[0], words[1])
    else:
        true = len(words) == 1 and bool(words[0])
    return Done(int(true == negated))


def bracket(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """`test` in brackets."""
    if arguments[-1:] != ["]"]:
        return Done(2, "", f"{shell.flavour}: 1: [: missing ]\n")
    return test(shell, arguments[:-1], stdin)


def _compare(left: str, sign: str, right: str) -> bool:
    if not sign.startswith("-"):
        return (left == right) == (sign != "!=")
    a, b = int(left), int(right)
    return {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b}[sign]


def _holds(shell: Shell, sign: str, path: str) -> bool:
    found = look(shell.files, shell.absolute(path), follow=sign not in ("-L", "-h"))
    if found is None:
        return False
    entry = found[1]
    if sign == "-s":
        return entry.kind == DIRECTORY or entry.size > 0
    answers = {
        "-e": True, "-f": entry.kind == FILE, "-d": entry.kind == DIRECTORY, "-L": entry.kind == LINK,
        "-h": entry.kind == LINK, "-r": readable(shell, entry), "-x": bool(entry.mode & 0o111),
    }
    return answers.get(sign, False)
