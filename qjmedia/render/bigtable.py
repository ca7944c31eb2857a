"""The ledger as PDF and as HTML: A4 landscape, heads on every page, no row cut in two."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qjmedia.render import templates
from qjmedia.render.fonts import Fonts, refuse_missing
from qjmedia.render.ledger import Ledger
from qjmedia.render.typesetter import Face, template, typeset

TYPST, PAGE = "ledger.typ", "ledger.html.j2"


def pdf(ledger: Ledger, folders: Sequence[Path], fonts: Fonts) -> bytes:
    """Return the ledger as PDF/A; the same ledger and fonts give the same bytes.

    `folders` are where templates are looked for, the registry's own first.

    Raises:
        BadRequest: the template is wrong.
        Refused: no font has a character.
    """
    chosen = fonts.having("".join(text for _, text, _ in _texts(ledger, fonts)))
    refuse_missing(_texts(ledger, chosen))
    return typeset(TYPST, template(TYPST, folders), _data(ledger, chosen), chosen.shelf)


def html(ledger: Ledger, folders: Sequence[Path]) -> str:
    """Return the ledger as one document that needs no network, no script and no second file.

    Raises:
        BadRequest: the template is wrong.
    """
    return templates.render(PAGE, folders, ledger=ledger)


def _texts(ledger: Ledger, fonts: Fonts) -> Iterator[tuple[str, str, Sequence[Face]]]:
    """Yield every text with its place and the fonts it is set in."""
    yield "标题", ledger.title, fonts.title
    yield "说明", ledger.note, fonts.body
    yield "列名", "".join(ledger.heads), fonts.title
    for place, row in enumerate(ledger.rows, start=1):
        for head, value in zip(ledger.heads, row, strict=True):
            yield f"{head}（第 {place} 行）", value, fonts.body


def _data(ledger: Ledger, fonts: Fonts) -> dict[str, Any]:
    """Return the ledger as the template gets it."""
    return {
        "title": ledger.title,
        "note": ledger.note,
        "columns": [
            {"head": each.head, "width": each.width, "is_centred": each.is_centred}
            for each in ledger.columns
        ],
        "rows": ledger.rows,
        "fonts": {
            "body": [face.family for face in fonts.body],
            "title": [face.family for face in fonts.title],
        },
    }
