"""How wide a text is on a screen: a Chinese character takes two columns."""

from unicodedata import east_asian_width


def width(text: str) -> int:
    """Return how many columns the widest line of a text takes."""
    return max(map(_columns, text.split("\n")))


def _columns(line: str) -> int:
    if line.isascii():
        return len(line)
    return len(line) + sum(east_asian_width(char) in "WF" for char in line)
