"""Elastic tab stops: cells that end in a tab are aligned with those of the neighbouring lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class _Writer:
    """Lines of cells and the widths of the columns that are open."""

    def __init__(self, lines: Sequence[Sequence[str]], minimum: int, padding: int) -> None:
        self.lines = lines
        self.minimum = minimum
        self.padding = padding
        self.widths: list[int] = []
        self.out: list[str] = []

    def format(self, start: int, stop: int) -> None:
        """Write lines start..stop; a column is a run of lines that have a closed cell there."""
        column = len(self.widths)
        line = start
        while line < stop:
            if column >= len(self.lines[line]) - 1:
                line += 1
                continue
            self.write(start, line)
            end, width = line, self.minimum
            while end < stop and column < len(self.lines[end]) - 1:
                width = max(width, len(self.lines[end][column]) + self.padding)
                end += 1
            self.widths.append(width)
            self.format(line, end)
            self.widths.pop()
            start = line = end
        self.write(start, stop)

    def write(self, start: int, stop: int) -> None:
        """Write lines start..stop with the widths known now."""
        for cells in self.lines[start:stop]:
            padded = [cell.ljust(width) for cell, width in zip(cells, self.widths, strict=False)]
            self.out.append("".join([*padded, *cells[len(self.widths) :]]))


def align(text: str, minimum: int = 0, padding: int = 2) -> str:
    """The text with its tabs replaced by blanks, so that columns are `padding` blanks apart and `minimum` wide.

    An empty line or a line without tabs ends all columns above it.
    """
    writer = _Writer([line.split("\t") for line in text.split("\n")], minimum, padding)
    writer.format(0, len(writer.lines))
    return "\n".join(writer.out)


def table(rows: Iterable[Sequence[str]], minimum: int, padding: int) -> str:
    """Rows of cells as aligned lines, with a newline at the end."""
    found = list(rows)
    return _even(found, minimum, padding) or align("".join("\t".join(row) + "\n" for row in found), minimum, padding)


def _even(rows: list[Sequence[str]], minimum: int, padding: int) -> str:
    """The same for rows of equally many cells, column by column: most tables are even, and large ones wait for this.

    "" if they are not, or if a cell itself has tabs or lines.
    """
    size = len(rows[0]) if rows else 0
    if size < 2 or any(len(row) != size for row in rows):
        return ""
    columns = list(zip(*rows, strict=True))
    form = "".join(f"%-{max(minimum, max(map(len, column)) + padding)}s" for column in columns[:-1]) + "%s\n"
    text = "".join([form % row for row in zip(*columns, strict=True)])
    return "" if "\t" in text or text.count("\n") != len(rows) else text
