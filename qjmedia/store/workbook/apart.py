"""Reads a workbook in a process of its own: whatever becomes of that one, this one goes on."""

import json
import math
import subprocess
import sys
from typing import Any

from qjmedia.errors import BadRequest, MachineFault, os_reason
from qjmedia.store.sheet import Figure, Line, Sheet, Span
from qjmedia.store.workbook.hazard import SAVE_AGAIN, TO_CSV

SECONDS = 60
EXACT = 10**15
"""From here on a spreadsheet no longer keeps every digit of a number."""

_READER = ("-P", "-m", "qjmedia.store.workbook.reading")


def sheets(data: bytes, source: str) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """Return the visible sheets of a workbook, and what is to be said of the others.

    Raises:
        BadRequest: it is not safe to open, or cannot be read.
    """
    answer = _answer(data, source)
    if "refused" in answer:
        reason, hint = answer["refused"]
        raise BadRequest(f"{source} {reason}", hint=hint)
    hidden = answer["hidden"]
    remarks = (f"隐藏的工作表没有读：{'、'.join(hidden)}",) if hidden else ()
    return tuple(_sheet(each) for each in answer["sheets"]), remarks


def _answer(data: bytes, source: str) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603  our own module, by the Python that runs this
            [sys.executable, *_READER],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadRequest(f"{source} 读了 {SECONDS} 秒还没有读完", hint=TO_CSV) from error
    except OSError as error:
        raise MachineFault(f"启动不了读表格的进程：{os_reason(error)}", hint="稍后再试") from error
    if done.returncode:
        if b"ModuleNotFoundError" in done.stderr:
            raise MachineFault(
                "读 Excel 工作簿的组件没有装好", hint="重新安装 qjmedia；或另存为 CSV 再导入"
            )
        raise BadRequest(
            f"{source} 读到一半，所需的内存或时间超出了限度，或者文件已经损坏",
            hint=f"{SAVE_AGAIN}；或者{TO_CSV}",
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _sheet(found: dict[str, Any]) -> Sheet:
    lines = (Line(number, tuple(map(_cell, cells))) for number, cells in found["lines"])
    return Sheet(found["name"], tuple(lines), tuple(Span(*span) for span in found["spans"]))


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else Figure(_digits(value))


def _digits(number: float) -> str:
    """Return a number as a spreadsheet shows it where the column is wide enough."""
    if not math.isfinite(number):
        return "#NUM!"
    if abs(number) >= EXACT:
        return f"{number:.14E}"
    return str(int(number)) if number == int(number) else repr(number)
