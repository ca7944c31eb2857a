"""Forms as PDF/A: one A4 page a copy, to print or to keep."""

import re
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from qjmedia.errors import Refused
from qjmedia.render.fonts import Fonts, refuse_missing
from qjmedia.render.form import Form
from qjmedia.render.sheet import texts, too_long
from qjmedia.render.typesetter import forget, template, typeset

TEMPLATE = "form.typ"
WIDTH = 32
"""How many characters of 12 pt a line of a cell holds; what `lines` of a form is counted by."""

SHEAF = 20
"""How many forms are set at once: each takes 3 MB while that lasts, but the fewer the sheaves, the
smaller what they are bound to."""

PAGES = re.compile(rb"/Type/Pages/Count (\d+)")
HEAD_BYTES = 256 * 1024


def pdf(forms: Sequence[Form], folders: Sequence[Path], fonts: Fonts) -> bytes:
    """Return one document with a page for every copy of every form, a bookmark for every form.

    The same forms and fonts give the same bytes. More than a SHEAF of forms belong in several
    documents, which `bind` makes one. `folders` are where templates are looked for, the registry's
    own first.

    Raises:
        BadRequest: the template is wrong.
        Refused: no font has a character, or a form does not fit its page.

    Measures: 第七条 (一式两份), 附表.
    """
    chosen = fonts.having("".join(text for form in forms for _, text, _ in texts(form)))
    refuse_missing(
        (field, text, chosen.title if is_title else chosen.body)
        for form in forms
        for field, text, is_title in texts(form)
    )
    data = {
        "forms": [_data(form) for form in forms],
        "fonts": {
            "body": [face.family for face in chosen.body],
            "title": [face.family for face in chosen.title],
        },
    }
    made = typeset(TEMPLATE, template(TEMPLATE, folders), data, chosen.shelf)
    if len(forms) > 1:
        forget()
    if _pages(made) != max(1, sum(len(form.copies) for form in forms)):
        raise too_long(forms[0]) if len(forms) == 1 else Refused("有表放不进一页 A4")
    return made


def _data(form: Form) -> dict[str, Any]:
    """Return a form as the template gets it."""
    symbol = form.symbol
    return {
        **_plain(form),
        "lines": form.height(WIDTH),
        "symbol": {"size": symbol.size, "path": symbol.path} if symbol else None,
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it; what has a `kind` says it."""
    if is_dataclass(value):
        kind = {"kind": value.kind} if hasattr(value, "kind") else {}
        return {**{each.name: _plain(getattr(value, each.name)) for each in fields(value)}, **kind}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _pages(made: bytes) -> int:
    """Return how many pages there are: typst writes the root of all pages first."""
    found = PAGES.search(made, 0, HEAD_BYTES)
    return int(found[1]) if found else 0
