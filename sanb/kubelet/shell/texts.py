"""Programs that print and filter text."""

from __future__ import annotations

import base64
import binascii
import re

from sanb.kubelet.shell.machine import Done, Program, Shell
from sanb.kubelet.shell.reading import gather, read, take


def cat(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Files one after the other; -n numbers the lines."""
    given = take(arguments)
    found, complaints = gather(shell, "cat", given.rest, stdin)
    text = "".join(text for _, text in found)
    if "n" in given.letters:
        text = "".join(f"{number:6}\t{line}" for number, line in enumerate(text.splitlines(keepends=True), 1))
    return Done(1 if complaints else 0, text, complaints)


def ends(program: str) -> Program:
    """`head` or `tail`."""

    def run(shell: Shell, arguments: list[str], stdin: str) -> Done:
        """The first or last lines (-n) or bytes (-c)."""
        if arguments and re.fullmatch(r"-\d+", arguments[0]):
            arguments = ["-n", arguments[0][1:], *arguments[1:]]
        given = take(arguments, "nc")
        found, complaints = gather(shell, program, given.rest, stdin)
        try:
            count = int(given.values.get("c", given.values.get("n", "10")))
        except ValueError:
            what, wrong = ("bytes", given.values["c"]) if "c" in given.values else ("lines", given.values["n"])
            return Done(1, "", f"{program}: invalid number of {what}: ‘{wrong}’\n")
        parts = []
        for path, text in found:
            pieces: list[str] = list(text) if "c" in given.values else text.splitlines(keepends=True)
            chosen = pieces[:count] if program == "head" else pieces[max(0, len(pieces) - count) :]
            parts.append((f"==> {path} <==\n" if len(found) > 1 else "") + "".join(chosen))
        return Done(1 if complaints else 0, ("\n" if len(found) > 1 else "").join(parts), complaints)

    return run


def wc(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Lines (-l), words (-w) and bytes (-c)."""
    given = take(arguments)
    found, complaints = gather(shell, "wc", given.rest, stdin)
    chosen = [letter for letter in "lwc" if letter in given.letters] or list("lwc")
    rows = [([_measure(text, letter) for letter in chosen], "" if path == "-" else path) for path, text in found]
    if len(rows) > 1:
        rows.append(([sum(row[n] for row, _ in rows) for n in range(len(chosen))], "total"))
    width = max((len(str(n)) for row, _ in rows for n in row), default=1)
    width = max(width, 7) if not given.rest and len(chosen) > 1 else width
    lines = [" ".join(f"{n:{width}}" for n in row) + (f" {path}" if path else "") + "\n" for row, path in rows]
    return Done(1 if complaints else 0, "".join(lines), complaints)


def _measure(text: str, letter: str) -> int:
    if letter == "l":
        return text.count("\n")
    return len(text.split()) if letter == "w" else len(text.encode("utf-8", "surrogateescape"))


def encode(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """base64: encode, or with -d decode."""
    given = take(arguments, "w")
    text, complaint = read(shell, "base64", given.rest[0] if given.rest else "-", stdin)
    if complaint:
        return Done(1, "", complaint)
    if "d" in given.letters:
        return _decode(text)
    raw = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
    width = int(given.values.get("w") or 76)
    if not width:
        return Done(0, raw)
    return Done(0, "".join(raw[start : start + width] + "\n" for start in range(0, len(raw), width)))


def _decode(text: str) -> Done:
    packed = "".join(text.split())
    good = re.match(r"[A-Za-z0-9+/]*={0,2}", packed)
    part = good[0] if good else ""
    whole = part[: len(part) - len(part) % 4]
    rest = part[len(whole) :]
    wrong = part != packed or bool(rest)
    if len(rest) > 1 and "=" not in rest:
        whole += rest + "=" * (4 - len(rest))
    try:
        raw = base64.b64decode(whole)
    except binascii.Error:
        raw, wrong = b"", True
    return Done(int(wrong), raw.decode("utf-8", "surrogateescape"), "base64: invalid input\n" if wrong else "")


def grep(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Lines that match: -i, -v, -c, -q, -o, -n, -F, -E."""
    given = take(arguments, "e")
    operands = list(given.rest)
    pattern = given.values.get("e") or (operands.pop(0) if operands else "")
    found, complaints = gather(shell, "grep", operands, stdin)
    try:
        rule = re.compile(re.escape(pattern) if "F" in given.letters else pattern, re.I if "i" in given.letters else 0)
    except re.error:
        return Done(2, "", "grep: Invalid regular expression\n")
    out: list[str] = []
    hits = 0
    for path, text in found:
        prefix, count = f"{path}:" if len(operands) > 1 else "", 0
        for number, line in enumerate(text.splitlines(), 1):
            if bool(rule.search(line)) == ("v" in given.letters):
                continue
            count += 1
            shown = [m[0] for m in rule.finditer(line)] if "o" in given.letters else [line]
            if not set("cq") & set(given.letters):
                out += [prefix + (f"{number}:" if "n" in given.letters else "") + one + "\n" for one in shown]
        hits += count
        out += [f"{prefix}{count}\n"] if "c" in given.letters and "q" not in given.letters else []
    return Done(2 if complaints else int(not hits), "".join(out), complaints)


def cut(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Fields (-f) of lines divided by -d, or characters (-c): numbers, lists and ranges."""
    given = take(arguments, "dfc")
    found, complaints = gather(shell, "cut", given.rest, stdin)
    chosen, sign = given.values.get("f") or given.values.get("c"), given.values.get("d") or "\t"
    if not chosen or not re.fullmatch(r"[\d,-]+", chosen):
        return Done(1, "", "cut: you must specify a list of bytes, characters, or fields\n")
    lines = [line for _, text in found for line in text.splitlines()]
    if "f" not in given.values:
        sign = ""
    out = "".join(_picked(line, sign, chosen) + "\n" for line in lines)
    return Done(1 if complaints else 0, out, complaints)


def _picked(line: str, sign: str, chosen: str) -> str:
    """The chosen fields of a line, or characters if there is no `sign`; a line without the sign stays whole."""
    if sign and sign not in line:
        return line
    parts = line.split(sign) if sign else list(line)
    return sign.join(part for number, part in enumerate(parts, 1) if _chosen(number, chosen))


def _chosen(number: int, ranges: str) -> bool:
    for part in ranges.split(","):
        first, dash, last = part.partition("-")
        if int(first or 1) <= number <= int(last or (10**9 if dash else first or 0)):
            return True
    return False


def tr(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Characters replaced, or with -d deleted."""
    given = take(arguments)
    sets = [_characters(word) for word in given.rest]
    if "d" in given.letters and sets:
        return Done(0, "".join(sign for sign in stdin if sign not in sets[0]))
    if len(sets) < 2 or not sets[1]:
        return Done(1, "", "tr: missing operand\n")
    first, second = sets[0], sets[1] + sets[1][-1] * max(0, len(sets[0]) - len(sets[1]))
    return Done(0, stdin.translate(str.maketrans(first, second[: len(first)])))


def _characters(text: str) -> str:
    text = text.replace("\\n", "\n").replace("\\t", "\t")
    return re.sub(r"(\w)-(\w)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), text)


def sort(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Lines in order; -r backwards, -u once each."""
    given = take(arguments)
    found, complaints = gather(shell, "sort", given.rest, stdin)
    lines = sorted((line for _, text in found for line in text.splitlines()), reverse="r" in given.letters)
    lines = list(dict.fromkeys(lines)) if "u" in given.letters else lines
    return Done(2 if complaints else 0, "".join(line + "\n" for line in lines), complaints)
