"""Whether a form has room on its sheet of A4, and what is written where on it."""

from collections.abc import Iterator

from qjmedia.errors import Refused
from qjmedia.render.cells import SEAL_LINES, Contact, Endorsement, Row, Table
from qjmedia.render.form import Form

WIDTH = 41
"""How many characters of 9 pt a line of a cell or a letter holds, with what goes to line ends."""
LINE_MM, PADDING_MM, LOWEST_MM, INNER_MM, OPINION_MM = 3.66, 1.2, 9, 7, 49.3
"""In the smallest type: a line, the white around a cell's lines, the lowest row, that of a small
table, an opinion."""
INSIDE = 3
"""How many characters of a line the white beside the columns of a small table takes."""
TABLE_MM, LETTER_LINES = 238, 36
"""What there is room for between the title and the foot."""


def refuse_long(form: Form) -> None:
    """Refuse a form that has no room on one sheet, for a layout that cannot measure itself.

    An estimate at the smallest type, 9 pt in a table.

    Raises:
        Refused: it is too long.
    """
    if sum(map(_height_mm, form.rows)) > TABLE_MM or (
        form.paragraphs and form.height(WIDTH) > LETTER_LINES
    ):
        raise too_long(form)


def too_long(form: Form) -> Refused:
    """Return the refusal of a form that has no room on one sheet."""
    field, text, _ = max(texts(form), key=lambda each: len(each[1]))
    return Refused(
        f"《{form.stem}》用最小的字也放不进一页 A4：最长的是“{field}”，有 {len(text)} 字",
        hint=f"缩短“{field}”，其余的写在附页上；改过登记库的 templates/ 的，检查版式",
    )


def _height_mm(row: Row) -> float:
    """Return how high a row is; of a small table, every line has the height of a row of its own."""
    if isinstance(row.cell, Endorsement):
        return max(OPINION_MM, (SEAL_LINES + row.height(WIDTH)) * LINE_MM + PADDING_MM)
    if isinstance(row.cell, Table):
        heights = (PADDING_MM + lines * LINE_MM for lines in row.cell.heights(WIDTH - INSIDE))
        return INNER_MM + sum(max(INNER_MM, height) for height in heights)
    return max(LOWEST_MM, row.height(WIDTH) * LINE_MM + PADDING_MM)


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
