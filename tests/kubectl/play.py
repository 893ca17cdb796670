"""Recorded commands: how what is printed is compared, values that differ in every run excepted."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

SESSIONS = Path(__file__).parent / "sessions"
ABC = "bcdfghjklmnpqrstvwxz2456789"
RULES = (
    (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "<jwt>"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uid>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
    (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d+ \w+ \d{4} \d\d:\d\d:\d\d \S+", "<date>"),
    (rf"(-token-|kube-api-access-)[{ABC}]{{5}}\b", r"\1<rand>"),
    (rf"dep-[{ABC}]{{7,10}}-[{ABC}]{{5}}\b", "dep-<hash>-<rand>"),
    (rf"dep-[{ABC}]{{7,10}}\b", "dep-<hash>"),
    (rf"pod-template-hash=[{ABC}]+", "pod-template-hash=<hash>"),
    (r"ca\.crt:\s+\d+ bytes", "ca.crt: <n> bytes"),
    (r'resourceVersion: "\d+"', 'resourceVersion: "<rv>"'),
    (r"(?m)(\s)(\d+[dhms]){1,2}(?=\s*$|\s{2,})", r"\1<age>"),
    (r"\b10\.244\.\d+\.\d+", "<ip>"),
    (r"(\d+[dhms]){1,2} \(x(\d+) over (\d+[dhms]){1,2}\)", r"<age> (x\2 over <age>)"),
    (r"in \d+(\.\d+)?m?s \(\d+(\.\d+)?m?s including waiting\)", "in <time>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+\d{4} UTC", "<date>"),
    (r"https://127\.0\.0\.1:\d+", "<server>"),
)


def norm(text: str) -> str:
    """The text with placeholders for what differs."""
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    return text


def squeeze(text: str) -> list[list[str]]:
    """The words of each line: columns move with the width of ages and names."""
    return [line.split() for line in norm(text).strip().splitlines() if line.strip()]


def argv(command: str) -> list[str]:
    """The words of a recorded command."""
    rest = command.removeprefix("kubectl ")
    return rest.split(" ") if "{" in rest else shlex.split(rest)


def words_of(command: str) -> list[str]:
    """The words of a command of a session, as a shell reads them."""
    return shlex.split(command)


def steps_of(session: str) -> list[tuple[str, str | None]]:
    """The commands of a session, each with what it reads."""
    steps: list[tuple[str, list[str]]] = []
    for line in (SESSIONS / f"{session}.txt").read_text().splitlines():
        if line.startswith("|"):
            steps[-1][1].append(line[1:])
        elif line:
            steps.append((line, []))
    return [(command, "\n".join(lines) + "\n" if lines else None) for command, lines in steps]


def agree(real: dict[str, Any], mine: Any) -> bool:
    """Whether two ends of a command are the same, but for the width of columns."""
    return (real["exit"], squeeze(real["stdout"]), squeeze(real["stderr"])) == (
        mine.exit_code, squeeze(mine.stdout), squeeze(mine.stderr)
    )
