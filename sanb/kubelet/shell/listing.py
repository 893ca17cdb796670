"""ls: what directories hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sanb.kubelet.filesystem import DIRECTORY, LINK, Entry, children, look
from sanb.kubelet.shell.machine import Done, Shell
from sanb.kubelet.shell.reading import USERS

KNOWN: Final = "aAl1dhLRrtF"
HALF_A_YEAR: Final = 182 * 86400
BLOCK: Final = 4096
Row = tuple[str, str, Entry]
"""(name shown, path, entry)"""


def listing(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """ls: names in directories; -a, -A, -l, -d, -R, -r, -1, -h, -L, -F."""
    letters, paths = "", []
    for word in arguments:
        if word.startswith("--") and len(word) > 2:
            letters += {"--all": "a", "--almost-all": "A", "--recursive": "R"}.get(word, "")
        elif word.startswith("-") and len(word) > 1:
            letters += word[1:]
        else:
            paths.append(word)
    for letter in letters:
        if letter not in KNOWN:
            return Done(2, "", f"ls: invalid option -- '{letter}'\nTry 'ls --help' for more information.\n")
    return _Listing(shell, letters).all(paths or ["."])


class _Listing:
    """One run of ls."""

    def __init__(self, shell: Shell, letters: str) -> None:
        self._shell = shell
        self._letters = letters
        self._complaints = ""

    def all(self, paths: Sequence[str]) -> Done:
        """Files first, then each directory with its title if there is more than one thing to show."""
        files: list[Row] = []
        folders: list[tuple[str, str]] = []
        for path in sorted(paths):
            whole = self._shell.absolute(path)
            found = look(self._shell.files, whole, follow="l" not in self._letters or path.endswith("/"))
            if found is not None and found[1].kind == LINK and "d" not in self._letters:
                inside = look(self._shell.files, whole)
                if inside is not None and inside[1].kind == DIRECTORY and path.endswith("/"):
                    found = inside
            if found is None:
                self._complaints += f"ls: cannot access '{path}': No such file or directory\n"
            elif found[1].kind == DIRECTORY and "d" not in self._letters:
                folders.append((path, found[0]))
            else:
                files.append((path, found[0], found[1]))
        parts = [self._rows(files)] if files else []
        titled = len(paths) > 1 or "R" in self._letters
        while folders:
            title, place = folders.pop(0)
            rows = self._inside(place)
            parts.append((f"{title}:\n" if titled else "") + self._total(rows) + self._rows(rows))
            if "R" in self._letters:
                inner = [row for row in rows if row[2].kind == DIRECTORY and row[0] not in (".", "..")]
                folders[:0] = [(f"{title.rstrip('/')}/{name}", path) for name, path, _ in inner]
        return Done(2 if self._complaints else 0, "\n".join(parts), self._complaints)

    def _inside(self, place: str) -> list[Row]:
        files = self._shell.files
        names = children(files, place)
        if "a" not in self._letters and "A" not in self._letters:
            names = [name for name in names if not name.startswith(".")]
        names.sort(key=_collated)
        prefix = "" if place == "/" else place
        rows = [(name, f"{prefix}/{name}", files[f"{prefix}/{name}"]) for name in names]
        if "r" in self._letters:
            rows.reverse()
        if "a" in self._letters:
            parent = place.rpartition("/")[0] or "/"
            rows = [(".", place, files[place]), ("..", parent, files[parent]), *rows]
        return rows

    def _total(self, rows: Sequence[Row]) -> str:
        return f"total {sum(map(self._kilobytes, rows))}\n" if "l" in self._letters else ""

    def _kilobytes(self, row: Row) -> int:
        entry = row[2]
        if entry.kind == LINK or (entry.kind == DIRECTORY and entry.memory):
            return 0
        return 4 if entry.kind == DIRECTORY else -(-entry.size // BLOCK) * 4

    def _rows(self, rows: Sequence[Row]) -> str:
        if "l" not in self._letters:
            return "".join(name + self._mark(entry) + "\n" for name, _, entry in rows)
        cells = [self._cells(row) for row in rows]
        widths = [max((len(cell[n]) for cell in cells), default=0) for n in range(5)]
        return "".join(
            f"{mode} {links:>{widths[1]}} {user:<{widths[2]}} {group:<{widths[3]}} {size:>{widths[4]}} {rest}\n"
            for mode, links, user, group, size, rest in cells
        )

    def _mark(self, entry: Entry) -> str:
        if "F" not in self._letters:
            return ""
        return {DIRECTORY: "/", LINK: "@"}.get(entry.kind, "*" if entry.mode & 0o111 else "")

    def _cells(self, row: Row) -> tuple[str, str, str, str, str, str]:
        name, path, entry = row
        links, size = 1, 0
        if entry.kind == DIRECTORY:
            inner = children(self._shell.files, path)
            prefix = "" if path == "/" else path
            links = 2 + sum(1 for one in inner if self._shell.files[f"{prefix}/{one}"].kind == DIRECTORY)
            size = 40 + 20 * len(inner) if entry.memory else BLOCK
        else:
            size = entry.size
        shown = f"{name} -> {entry.text}" if entry.kind == LINK else name + self._mark(entry)
        return (
            permissions(entry), str(links), USERS.get(entry.uid, str(entry.uid)), USERS.get(entry.gid, str(entry.gid)),
            _human(size) if "h" in self._letters else str(size), f"{self._date(entry.modified)} {shown}",
        )

    def _date(self, modified: float) -> str:
        day = datetime.fromtimestamp(int(modified), UTC)
        recent = 0 <= self._shell.now - modified < HALF_A_YEAR
        return f"{day:%b} {day.day:2} " + (f"{day:%H:%M}" if recent else f" {day:%Y}")


def _collated(name: str) -> tuple[str, str]:
    return name.casefold() if name.startswith("..") else name, name


def _human(size: int) -> str:
    return str(size) if size < 1024 else f"{-(-size * 10 // 1024) / 10:.1f}K"


def permissions(entry: Entry) -> str:
    """`-rw-r--r--`: the kind and the nine permissions, with sticky and set-gid bits."""
    kind = {DIRECTORY: "d", LINK: "l"}.get(entry.kind, "-")
    letters = ["rwx"[n % 3] if entry.mode >> (8 - n) & 1 else "-" for n in range(9)]
    if entry.mode & 0o2000:
        letters[5] = "s" if letters[5] == "x" else "S"
    if entry.mode & 0o1000:
        letters[8] = "t" if letters[8] == "x" else "T"
    return kind + "".join(letters)
