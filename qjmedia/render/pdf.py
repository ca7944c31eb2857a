"""Forms as PDF/A: one A4 page a copy, to print or to keep."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from qjmedia.errors import Refused
from qjmedia.render.cells import Contact, Endorsement, Row, Table
from qjmedia.render.fonts import Fonts, refuse_missing
from qjmedia.render.form import Form
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
        raise _too_long(forms)
    return made


def texts(form: Form) -> Iterator[tuple[str, str, bool]]:
    """Yield every text of a form: the name of its field, the text, whether it is the title."""
    yield "标题", form.title, True
    yield "编号", form.number, False
    for row in form.rows:
        yield row.name, "".join(row.label), False
        yield from ((field, text, False) for field, text in _cell_texts(row))
    for number, paragraph in enumerate(form.paragraphs, start=1):
        yield f"第{number}段", paragraph.text, False
    for field, text in (("草稿", form.mark), ("说明", form.note), ("追溯码", form.trace)):
        yield field, text, False
    yield from (("页脚", copy, False) for copy in form.copies)


def _cell_texts(row: Row) -> Iterator[tuple[str, str]]:
    cell = row.cell
    if isinstance(cell, Contact):
        person = row.name.removesuffix("及联系方式")
        for blank in cell.blanks:
            yield f"{person}.{blank.label.rstrip('：')}", blank.label + blank.value
    elif isinstance(cell, Table):
        for line in cell.lines:
            yield from zip(cell.heads, line, strict=True)
        yield row.name, "".join(cell.heads)
    else:
        yield row.name, "".join(cell.lines)
        if isinstance(cell, Endorsement):
            yield row.name, cell.seal + cell.date


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


def _too_long(forms: Sequence[Form]) -> Refused:
    if len(forms) > 1:
        return Refused("有表放不进一页 A4")
    form = forms[0]
    field, text, _ = max(texts(form), key=lambda each: len(each[1]))
    return Refused(
        f"《{form.stem}》用最小的 9 磅字也放不进一页 A4：最长的是“{field}”，有 {len(text)} 字",
        hint=f"缩短“{field}”，其余的写在附页上；改过 templates/{TEMPLATE} 的，检查版式",
    )
