"""Import a large spreadsheet, beside what no import can do without: read, write, commit."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.measure import Aim, Place, Row, medians

FLOOR = """\
import subprocess, sys
from pathlib import Path
from python_calamine import CalamineWorkbook
from yaml import CSafeDumper, dump
heads, *rows = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
for at, row in enumerate(rows):
    to = Path("records", str(at // 1000), f"{at}.yaml")
    to.parent.mkdir(parents=True, exist_ok=True)
    record = {key: str(value) for key, value in zip(heads, row) if value != ""}
    to.write_text(dump(record, Dumper=CSafeDumper, allow_unicode=True, sort_keys=False), "utf-8")
subprocess.run(["git", "add", "-A"], check=True)
subprocess.run(["git", "commit", "-qm", "import"], check=True)
"""
PEAK = """\
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(done.returncode)
"""
HEADS = (
    "媒体名称", "平台类型", "账号", "链接", "所属单位", "单位类别", "负责人", "负责人手机",
    "负责人座机", "管理员", "管理员手机", "维护方式", "认证", "开通日期", "备注",
)  # fmt: skip
KINDS = ("微博", "微信公众号", "抖音", "视频号", "QQ群", "小红书", "知乎", "网站")
UNITS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
AIM = Aim(4)
"""What every rule, every name compared with every other and a journalled commit may cost."""


def ledger(
    folder: Path, env: Mapping[str, str], qjmedia: Path, rows: int, runs: int
) -> Iterator[Row]:
    """Import as many rows into an empty registry in one commit; say how much memory that takes."""
    file = folder / "台账.xlsx"
    _write(file, rows)
    here = Place(folder, env)
    for number in range(runs + 1):
        here.run(qjmedia, "init", f"school-{number}")
        here.run("git", "init", "-q", f"plain-{number}")
    peaks: list[int] = []

    def ours(number: int) -> None:
        argv = (qjmedia, "import", file, "--create-units", "-y", "-q", "--root", f"school-{number}")
        done = subprocess.run(
            [sys.executable, "-c", PEAK, *argv],
            cwd=folder, env=env, capture_output=True, encoding="utf-8", check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout))

    def floor(number: int) -> None:
        Place(folder / f"plain-{number}", env).run(sys.executable, "-c", FLOOR, file)

    taken = medians({"ours": ours, "floor": floor}, runs)
    what = f"`qjmedia import`, {rows:,} rows of .xlsx, one commit; {max(peaks)} MB at most"
    against = "calamine, PyYAML, `git add` and `git commit` of as many files"
    yield Row(what, taken["ours"], against, taken["floor"], aim=AIM)


def _write(file: Path, rows: int) -> None:
    from xlsxwriter import Workbook

    with Workbook(file, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, HEADS)
        for at in range(rows):
            sheet.write_row(at + 1, 0, _row(at))


def _row(at: int) -> tuple[str, ...]:
    kind = KINDS[at % len(KINDS)]
    account = {"QQ群": str(100_000_000 + at), "网站": ""}.get(kind, f"example{at:06}")
    link = f"https://site{at}.example.edu.cn/" if kind == "网站" else ""
    unit = f"示例{UNITS[at % len(UNITS)]}学院"
    opened = f"20{10 + at % 15}-0{1 + at % 9}-1{at % 10}"
    return (
        f"示例平台{at}", kind, account, link, unit, "学院", f"示例{at % 97}", f"138{at:08}",
        f"0874-{1_000_000 + at}", f"示例丁{at % 7}", f"139{at:08}", "自主维护", "已认证", opened,
        "",
    )  # fmt: skip
