"""The words of a form by name, for a page that an office has drawn itself: {{ 媒体名称 }}."""

from collections.abc import Iterator
from dataclasses import replace

from qjmedia.render.cells import Blank, Cell, Contact, Endorsement, Table, Text
from qjmedia.render.form import Form, Row

TITLE, NUMBER, NOTE, COPY, MARK, TRACE = "标题", "编号", "说明", "份数", "草稿字样", "追踪码"

PARAGRAPHS = {"to": "送达", "body": "正文", "signer": "落款", "date": "日期"}
DAY = "日期"
INDENT = "　　"


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
    }
    for kind, name in PARAGRAPHS.items():
        found = [each.text for each in form.paragraphs if each.kind == kind]
        named[name] = "\n".join(f"{INDENT}{text}" if kind == "body" else text for text in found)
    for row in form.rows:
        named |= dict(_of_row(row))
    return named


def with_tags(form: Form) -> Form:
    """Return a form with {{ its name }} in place of every value: what is opened in Word.

    A small table becomes the one tag that stands for all of its lines.
    """
    kept = {paragraph.kind: paragraph for paragraph in form.paragraphs}
    return replace(
        form,
        title=_tag(TITLE),
        number=_tag(NUMBER) if form.number else "",
        rows=tuple(Row(row.label, _tagged(row)) for row in form.rows),
        copies=(_tag(COPY),),
        paragraphs=tuple(replace(each, text=_tag(PARAGRAPHS[each.kind])) for each in kept.values()),
        mark=_tag(MARK) if form.mark else "",
    )


def _tagged(row: Row) -> Cell:
    cell = row.cell
    if isinstance(cell, Contact):
        blanks = (Blank(blank.label, _tag(name_of(row, blank))) for blank in cell.blanks)
        return Contact(tuple(blanks))
    if isinstance(cell, Endorsement):
        return Endorsement((_tag(row.name),), cell.seal, _tag(f"{row.name}{DAY}"))
    return Text((_tag(row.name),))


def _tag(name: str) -> str:
    return f"{{{{ {name} }}}}"


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
        yield f"{row.name}{DAY}", cell.date


def name_of(row: Row, blank: Blank) -> str:
    """Return what a blank of a contact is called: 负责人手机."""
    return f"{row.name.removesuffix('及联系方式')}{blank.label.removesuffix('：')}"
