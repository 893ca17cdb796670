"""Lines of a width: words are kept whole, newlines stay, as kubectl wraps descriptions."""

from __future__ import annotations


def wrap(text: str, width: int) -> str:
    """The text with lines of at most `width` characters; a longer word gets a line of its own."""
    return "\n".join(_line(line, width) for line in text.split("\n"))


def _line(text: str, width: int) -> str:
    done: list[str] = []
    line, space = "", ""
    for word in _pieces(text):
        if word.isspace():
            space = word
            continue
        before = len(line) + len(space)
        if before + len(word) > width and before > 1:
            done.append(line)
            line, space = "", ""
        line, space = line + space + word, ""
    return "\n".join([*done, line + space if len(line + space) <= width else line])


def _pieces(text: str) -> list[str]:
    """Words and the blanks between them."""
    found: list[str] = []
    for letter in text:
        if found and found[-1].isspace() == letter.isspace():
            found[-1] += letter
        else:
            found.append(letter)
    return found
