"""The ledger, as a clerk or a script asks for it."""

import csv
import json
from pathlib import Path

import make
import pytest
from conftest import Command
from openpyxl import load_workbook
from shelf import Shelf
from xlsxwriter import Workbook

from qjmedia.model.tree import Record

RECORD = make.record({"status": "", "filings": "", "accountable": "", "steward": "", "tier": ""})


@pytest.fixture
def added(school: Path, qjmedia: Command, shelf: Shelf) -> Path:
    """A registry with one platform."""

    def build() -> None:
        done = qjmedia("add", *make.as_options(RECORD), "--today", "2026-11-23")
        assert done.code == 0, done.err

    return shelf.take("export-added", school, build)


@pytest.mark.parametrize("name", ["台账.xlsx", "台账.pdf", "台账.html", "台账.csv", "台账.json"])
def test_the_suffix_chooses_the_format(added: Path, qjmedia: Command, name: str) -> None:
    done = qjmedia("export", "-o", name, "--fonts", "bundled", "--today", "2026-11-23")
    assert (done.code, done.out) == (0, f"{name}\n"), done.err
    assert "已写 1 行" in done.err
    starts = {
        "xlsx": b"PK",
        "pdf": b"%PDF",
        "html": b"<!",
        "csv": b"\xef\xbb\xbf",
        "json": b"{",
    }
    written = (added / name).read_bytes()
    assert written.startswith(starts[name.rpartition(".")[2]])
    assert b"13800000000" not in written
    again = qjmedia("export", "-o", name, "--fonts", "bundled", "--today", "2026-11-23")
    assert (again.code, (added / name).read_bytes()) == (0, written)
    assert not list(added.glob(".*.part"))


def test_csv_is_read_back_by_others(added: Path, qjmedia: Command) -> None:
    assert qjmedia("export", "-o", "a.csv", "--full").code == 0
    with (added / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["媒体名称"], row["所属单位"], row["负责人手机"]) == (
        "曲靖师范学院数学学院",
        "数学与统计学院",
        "13800000000",
    )


def test_json_is_what_list_says(added: Path, qjmedia: Command) -> None:
    assert qjmedia("export", "-o", "a.out", "--format", "json").code == 0
    written = json.loads((added / "a.out").read_text("utf-8"))
    assert written == qjmedia("list", "--json").json


def test_filters_and_revisions_are_named_on_the_ledger(added: Path, qjmedia: Command) -> None:
    wanted = ("--unit", "数学学院", "--kind", "公众号", "--rev", "HEAD")
    assert qjmedia("export", "-o", "a.html", *wanted).code == 0
    page = (added / "a.html").read_text("utf-8")
    assert "单位：数学与统计学院　类型：微信公众号　版本：" in page
    done = qjmedia("export", "-o", "a.csv", "--tier", "3", "--json")
    told = {"version": 1, "path": "a.csv", "paths": ["a.csv"], "rows": 0, "unreadable": 0}
    assert done.json == told
    done = qjmedia("export", "-o", "b.csv", "--rev", "HEAD~1")
    assert "已写 0 行" in done.err


def test_what_cannot_be_read_is_said(added: Path, qjmedia: Command) -> None:
    (added / "registry/platforms/math/broken.yaml").write_text("a: [", "utf-8")
    done = qjmedia("export", "-o", "a.csv")
    assert "已写 1 行" in done.err
    assert "有 1 个登记读不出来" in done.err


@pytest.mark.parametrize("folder", ["registry", "registry/platforms/math", "out/../templates"])
def test_nothing_is_written_inside_the_registry(added: Path, qjmedia: Command, folder: str) -> None:
    before = sorted(added.rglob("*"))
    done = qjmedia("export", "-o", f"{folder}/a.csv")
    assert done.code == 3
    assert "登记库自己的文件" in done.err
    assert sorted(added.rglob("*")) == before


def test_a_name_that_says_no_format_or_another_is_refused(added: Path, qjmedia: Command) -> None:
    assert qjmedia("export", "-o", "台账").code == 2
    assert "--format" in qjmedia("export", "-o", "台账.doc").err
    assert "改成 a.csv" in qjmedia("export", "-o", "a.pdf", "--format", "csv").err
    assert qjmedia("export").code == 2
    assert not list(added.glob("台账*"))


def test_a_refused_ledger_leaves_the_old_one(added: Path, qjmedia: Command) -> None:
    assert qjmedia("export", "-o", "a.pdf", "--fonts", "bundled").code == 0
    before = (added / "a.pdf").read_bytes()
    path = added / "registry/platforms/math/math-wechat.yaml"
    path.write_text(
        path.read_text("utf-8").replace("曲靖师范学院数学学院", "号\U0001f642"), "utf-8"
    )
    done = qjmedia("export", "-o", "a.pdf", "--fonts", "bundled")
    assert done.code == 3
    assert "U+1F642" in done.err
    assert (added / "a.pdf").read_bytes() == before


LIBRARY: Record = {"id": "library-web", "name": "图书馆", "account": "exlib", "owner": "library"}
PROFILES = """
profiles:
- name: 上级汇总表
  title: 汇总表
  columns: [{field: number}, {field: name, head: 账号名称}, {field: manager.phones}]
"""


@pytest.fixture
def two_units(added: Path, qjmedia: Command, shelf: Shelf) -> Path:
    """The same registry with a second unit and its platform."""

    def build() -> None:
        unit = ("--set", "id=library", "--set", "name=图书馆", "--set", "kind=教辅单位")
        assert qjmedia("unit", "add", *unit).code == 0
        record: Record = {**RECORD, **LIBRARY, "opened_by": {"kind": "教辅单位", "name": "图书馆"}}
        done = qjmedia("add", "--draft", *make.as_options(record), "--today", "2026-11-23")
        assert done.code == 0, done.err

    return shelf.take("export-two-units", added, build)


def test_each_unit_gets_its_own_workbook(two_units: Path, qjmedia: Command) -> None:
    done = qjmedia("export", "-o", "各单位/", "--split-by", "unit", "--today", "2026-11-23")
    assert done.out.splitlines() == ["各单位/数学学院-台账.xlsx", "各单位/图书馆-台账.xlsx"]
    assert "已写 2 行到 各单位，2 个文件" in done.err
    page = load_workbook(two_units / "各单位/图书馆-台账.xlsx").worksheets[0]
    assert [cell.value for cell in page["B"]][3:] == ["library-web"]
    assert "单位：图书馆" in page["A2"].value
    done = qjmedia("export", "-o", "csv", "--split-by", "unit", "--format", "csv", "--json")
    assert done.json["paths"] == ["csv/数学学院-台账.csv", "csv/图书馆-台账.csv"]


def test_each_unit_gets_its_own_sheet(two_units: Path, qjmedia: Command) -> None:
    assert qjmedia("export", "-o", "a.xlsx", "--split-by", "unit").code == 0
    book = load_workbook(two_units / "a.xlsx")
    assert book.sheetnames == ["数学学院", "图书馆", "词表"]
    assert [page["B4"].value for page in book.worksheets[:2]] == ["math-wechat", "library-web"]
    done = qjmedia("export", "-o", "a.csv", "--split-by", "unit")
    assert (done.code, "-o 目录/ --format csv" in done.err) == (2, True)
    done = qjmedia("export", "-o", "none", "--split-by", "unit", "--tier", "3")
    assert (done.code, (two_units / "none").exists()) == (3, False)


def test_a_profile_chooses_orders_and_names_the_columns(added: Path, qjmedia: Command) -> None:
    settings = added / "registry/registry.yaml"
    settings.write_text(settings.read_text("utf-8") + PROFILES, "utf-8")
    assert qjmedia("check").code == 0
    assert qjmedia("export", "-o", "a.xlsx", "--profile", "上级汇总表").code == 0
    page = load_workbook(added / "a.xlsx").worksheets[0]
    shown = [[cell.value for cell in row] for row in page.iter_rows()]
    assert shown[0][0] == "汇总表"
    assert shown[2:] == [
        ["序号", "账号名称", "负责人电话"],
        [1, "曲靖师范学院数学学院", "138****0000/0874-****00"],
    ]
    assert qjmedia("export", "-o", "a.json", "--profile", "上级汇总表").code == 0
    written = json.loads((added / "a.json").read_text("utf-8"))
    assert written["rows"][0]["账号名称"] == "曲靖师范学院数学学院"
    done = qjmedia("export", "-o", "b.xlsx", "--profile", "上级总汇表")
    assert (done.code, "上级汇总表" in done.err) == (2, True)
    settings.write_text(
        settings.read_text("utf-8").replace("manager.phones", "manager.phone"), "utf-8"
    )
    found = qjmedia("check").out
    assert "QJ0008" in found
    assert "manager.phones" in found


def test_the_offices_own_workbook_is_filled(added: Path, qjmedia: Command) -> None:
    with Workbook(added / "own.xlsx") as book:
        book.add_worksheet("表").write_row(0, 0, ["媒体名称", "负责人手机", "得分"])
    before = (added / "own.xlsx").read_bytes()
    done = qjmedia("export", "--into", "own.xlsx", "-o", "out.xlsx")
    assert (done.code, done.out) == (0, "out.xlsx\n"), done.err
    assert "已在工作表“表”填 1 行：媒体名称、负责人手机" in done.err
    assert "没有动的列：得分" in done.err
    assert (added / "own.xlsx").read_bytes() == before
    row = [cell.value for cell in load_workbook(added / "out.xlsx")["表"][2]]
    assert row[:2] == ["曲靖师范学院数学学院", "138****0000"]
    told = qjmedia("export", "--into", "own.xlsx", "--full", "--json").json
    assert (told["path"], told["rows"], told["left"]) == ("own.xlsx", 1, ["得分"])
    assert qjmedia("export", "--into", "own.xlsx", "--profile", "打印").code == 2
    assert qjmedia("export", "--into", "none.xlsx").code == 2
