"""Why a workbook is not opened, and the bounds within which one is."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from qjmedia.store.sheet import letter

MOST_SHEETS = 200
MOST_CELLS = 2_000_000
"""How many cells the rectangle around all values of a sheet may have, empty ones included."""

SAVE_AGAIN = "用 Excel 或 WPS 打开，“另存为”一份新的 .xlsx，再导入那个文件"
TO_CSV = "只复制要导入的那部分到新的工作簿，或另存为 CSV"


class HazardError(Exception):
    """A workbook that is broken, or not what a ledger is.

    Attributes:
        reason: Chinese, to stand behind the file's name.
        hint: what to do.
    """

    def __init__(self, reason: str, hint: str = SAVE_AGAIN) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


@dataclass(slots=True)
class Survey:
    """What was seen in a workbook before it is opened.

    Attributes:
        faulty: by sheet, the cells (row and column from 0) that show an error, and which; a
            formula without a result is one too.
    """

    faulty: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def refuse_vast(name: str, rows: Iterable[int], columns: Iterable[int]) -> None:
    """Raise HazardError if the rectangle around all values, counted from 0, is no table's."""
    rows, columns = tuple(rows), tuple(columns)
    if not rows or not columns:
        return
    last, right = max(rows), max(columns)
    if (last - min(rows) + 1) * (right - min(columns) + 1) > MOST_CELLS:
        raise HazardError(
            f"的工作表“{name}”在 {letter(right)}{last + 1} 附近还有内容，展开后大得不像台账",
            f"删去远处多余的行和列（在 Excel 中按 Ctrl+End 看最后一格）；或者{TO_CSV}",
        )


def refuse_many(sheets: int) -> None:
    """Raise HazardError if there are more sheets than a ledger has."""
    if sheets > MOST_SHEETS:
        raise HazardError(f"有 {sheets} 个工作表，超过 {MOST_SHEETS} 个", TO_CSV)


def refuse_twins(names: Iterable[str]) -> None:
    """Raise HazardError if two sheets have one name: read by name, the second would be lost."""
    seen = set[str]()
    for name in names:
        if name in seen:
            raise HazardError(f"有两个工作表都叫“{name}”，不是 Excel 写出的文件")
        seen.add(name)


def external_links() -> HazardError:
    """Return the refusal of a workbook that takes values from other files."""
    return HazardError(
        "引用了别的文件中的数据（外部链接），显示的值不一定是真的",
        "在 Excel 中“数据”“编辑链接”“断开链接”，存盘后再导入；或者只粘贴值到新的工作簿",
    )


def encrypted() -> HazardError:
    """Return the refusal of a workbook that needs a password."""
    return HazardError("加了密码，读不了", "用 Excel 或 WPS 打开，去掉打开密码后另存，再导入")


def incomplete() -> HazardError:
    """Return the refusal of a file that ends too early or is damaged."""
    return HazardError(
        "不完整或已经损坏（可能没有下载完）", "重新下载或复制一份；能打开的话，另存为新的 .xlsx"
    )
