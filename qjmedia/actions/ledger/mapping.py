"""A mapping file: what the columns of an office's ledger stand for, kept for the next time."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from qjmedia.actions.ledger.columns import PASSED_OVER, word_for
from qjmedia.actions.ledger.outcomes import Read
from qjmedia.errors import BadRequest, os_reason
from qjmedia.store import edit
from qjmedia.store.yaml import parse

LARGEST_BYTES = 64 * 1024
HEADER = """\
qjmedia import --map 这个文件 台账.xlsx
列名: 字段（常用的列名，或字段的英文名；不读的列写 不读）
"""


def read(path: Path) -> dict[str, str]:
    """Return the field of every header that a mapping file names.

    Raises:
        BadRequest: there is no such file, or it is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        hint = "写 --map 列名=字段，或 --map 加 --save-map 存下的文件"
        raise BadRequest(f"读不了 {path}：{os_reason(error)}", hint=hint) from error
    parsed = parse(data)
    if parsed.tree is None or not all(isinstance(each, str) for each in parsed.tree.values()):
        line = parsed.faults[0].line if parsed.faults else 1
        raise BadRequest(f"{path} 第 {line} 行读不懂", hint="每行写“列名: 字段”，例：主管: 负责人")
    return {name: str(field) for name, field in parsed.tree.items()}


def encoded(tables: Iterable[Read]) -> bytes:
    """Return the mapping file of the sheets as they were read, guesses included."""
    return edit.dump({**dict(_pairs(tables))}, comment=HEADER)


def _pairs(tables: Iterable[Read]) -> Iterator[tuple[str, str]]:
    for each in tables:
        for column in each.columns.known:
            if column.target not in PASSED_OVER:
                yield column.header, word_for(column.target)
        yield from ((header, "不读") for header in each.columns.ignored)
