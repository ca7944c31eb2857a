"""The words of a form by name, for a page that an office has drawn itself: {{ 媒体名称 }}."""

from collections.abc import Iterator

from qjmedia.render.cells import Blank, Contact, Endorsement, Table
from qjmedia.render.form import Form, Row

TITLE, NUMBER, NOTE, COPY, MARK, TRACE = "标题", "编号", "说明", "份数", "草稿字样", "追踪码"


def words(form: Form, copy: str) -> dict[str, str]:
    """Return every word of one copy of a form by its name in Chinese.

    A cell has the name of its row; a contact has a name for each of its blanks (负责人手机), an
    opinion one more for its day (所在单位意见日期).
    """
    named = {
        TITLE: form.title,
        NUMBER: form.number,
        "年": form.year,
        "号": form.serial,
        NOTE: form.note,
        COPY: copy,
        MARK: form.mark,
        TRACE: form.trace,
        "正文": "\n".join(paragraph.text for paragraph in form.paragraphs),
    }
    for row in form.rows:
        named |= dict(_of_row(row))
    return named


def _of_row(row: Row) -> Iterator[tuple[str, str]]:
    cell = row.cell
    if isinstance(cell, Contact):
        for blank in cell.blanks:
            yield name_of(row, blank), blank.value
    elif isinstance(cell, Table):
        yield row.name, "\n".join("　".join(line) for line in cell.lines)
    else:
        yield row.name, "\n".join(cell.lines)
    if isinstance(cell, Endorsement):
        yield f"{row.name}日期", cell.date


def name_of(row: Row, blank: Blank) -> str:
    """Return what a blank of a contact is called: 负责人手机."""
    return f"{row.name.removesuffix('及联系方式')}{blank.label.removesuffix('：')}"
