"""Forms as Markdown, for a terminal, an e-mail or a pull request."""

import re
from collections.abc import Sequence
from pathlib import Path

from qjmedia.render import templates
from qjmedia.render.form import Form

TEMPLATE = "form.md.j2"
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
EDGES = re.compile(r"^\s+|\s+$")


def markdown(forms: Sequence[Form], folders: Sequence[Path]) -> str:
    """Return every form once, as a table of two columns; its copies are named below it.

    `folders` are where templates are looked for, the registry's own first.

    Raises:
        BadRequest: the template is wrong.

    Measures: 第七条, 附表.
    """
    return templates.render(TEMPLATE, folders, finalize=_finalize, forms=tuple(forms))


def escape(value: str) -> str:
    r"""Return text that Markdown shows literally, in a paragraph as in a cell of a table.

    A backslash stands before all ASCII punctuation, so no mark, tag, link or table bar is left;
    spaces at either end are written as references, or they would be cut off; a newline is `<br>`.
    """
    return "<br>".join(_escape_line(line) for line in value.split("\n"))


def _escape_line(line: str) -> str:
    return EDGES.sub(_references, PUNCTUATION.sub(r"\\\1", line))


def _references(spaces: re.Match[str]) -> str:
    return "".join(f"&#{ord(space)};" for space in spaces.group())


def _finalize(value: object) -> object:
    """Escape a value of the template, unless the template itself wrote it."""
    from markupsafe import Markup

    return value if isinstance(value, Markup) else Markup(escape(str(value)))  # noqa: S704  escaped right here
