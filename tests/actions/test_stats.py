"""Figures: counted here by hand, shown as tables, JSON and charts."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import make
import pytest
from conftest import Command
from openpyxl import load_workbook
from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]  # has no stubs
from plain_git import git

from qjmedia.actions.browse import Filter
from qjmedia.actions.stats import stats
from qjmedia.model.tree import Record, sequence
from qjmedia.render.figures import Figures, xlsx
from qjmedia.store import edit
from qjmedia.store.files import WorkTree

FORM = sequence(make.tree(make.COLLEGE), "filings")[0]


def change(changed_on: str, filled_on: str = "") -> Record:
    """Return a change and when it was reported."""
    made: Record = {"form": "变更", "changed_on": changed_on, "changes": [{"field": "name"}]}
    return {**made, "filled_on": filled_on} if filled_on else made


GIVEN: tuple[Record, ...] = (
    {"filings": [FORM, change("2025-03-02", "2025-03-09"), change("2025-03-02", "2025-03-10"),
                 change("2026-11-16"), change("2026-11-15")]},
    {"id": "b", "kind": "微博", "opened_on": "2019-02-09"},
    {"id": "c", "kind": "微博", "opened_on": "2017-01-01", "status": "草稿", "filings": ""},
    {"id": "d", "owner": "library", "opened_on": "", "status": "已注销",
     "filings": [{"form": "注销", "filled_on": "2021-05-06", "reason": "停用"}]},
    {"id": "e", "owner": "nowhere", "tier": "", "kind": "", "status": "责令关停", "opened_on": ""},
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry/registry.yaml").write_text("school: 曲靖师范学院\n", "utf-8")
    (tmp_path / "registry/units.yaml").write_text(make.UNITS.lstrip(), "utf-8")
    for changes in GIVEN:
        record = make.record(changes)
        path = tmp_path / f"registry/platforms/{record['owner']}/{record['id']}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(edit.dump(record))
    return tmp_path


def figures(root: Path, wanted: Filter | None = None) -> Figures:
    return stats(WorkTree(root), wanted or Filter(), make.TODAY)


def rows(found: Figures, key: str) -> tuple[tuple[str | int, ...], ...]:
    return next(table.rows for table in found.tables if table.key == key)


def test_every_platform_is_counted_once_in_each_table(root: Path) -> None:
    found = figures(root)
    assert found.count == 5
    assert rows(found, "tiers") == (("二级", 2, 1, 1, 4), ("（未填）", 1, 0, 0, 1))
    assert rows(found, "kinds") == (
        ("微博", 1, 1, 0, 2), ("微信公众号", 1, 0, 1, 2), ("（未填）", 1, 0, 0, 1),
    )  # fmt: skip
    assert rows(found, "units") == (
        ("数学与统计学院", 2, 1, 0, 3), ("图书馆", 0, 0, 1, 1), ("nowhere", 1, 0, 0, 1),
    )  # fmt: skip
    assert rows(found, "statuses") == (("草稿", 1), ("已备案", 2), ("责令关停", 1), ("已注销", 1))


def test_years_run_without_gaps(root: Path) -> None:
    assert rows(figures(root), "years") == (
        ("2017", 1, 0), ("2018", 0, 0), ("2019", 2, 0), ("2020", 0, 0), ("2021", 0, 1),
        ("（日期不详）", 2, 0),
    )  # fmt: skip


def test_day_seven_is_in_time_and_day_eight_is_late(root: Path) -> None:
    assert rows(figures(root), "changes") == (("2025", 1, 1, 0, 0), ("2026", 0, 0, 1, 1))


def test_a_form_after_the_opening_is_late(root: Path) -> None:
    assert rows(figures(root, Filter(unit="math")), "forms") == (("2019", 1, 1),)


def test_units_without_documents_are_named(root: Path) -> None:
    assert rows(figures(root), "governance") == ()
    units = root / "registry/units.yaml"
    units.write_text(re.sub(r" *team: .*\n", "", units.read_text("utf-8")), "utf-8")
    assert rows(figures(root), "governance") == (("数学与统计学院", "工作队伍", 2),)
    assert rows(figures(root, Filter(unit="library")), "governance") == ()


def test_a_filter_narrows_every_table(root: Path) -> None:
    found = figures(root, Filter(kind="微博", status="草稿"))
    assert (found.count, rows(found, "units")) == (1, (("数学与统计学院", 0, 1, 0, 1),))


def test_an_empty_registry_has_empty_tables(root: Path) -> None:
    found = figures(root, Filter(unit="academic"))
    assert found.count == 0
    assert [table.rows for table in found.tables] == [()] * 8
    assert load_workbook(BytesIO(xlsx(found))).sheetnames[0] == "级别"


def test_the_workbook_has_a_chart_for_every_table_of_numbers(root: Path) -> None:
    data = xlsx(figures(root))
    assert data == xlsx(figures(root))
    book = load_workbook(BytesIO(data))
    assert book.sheetnames == [
        "级别", "类型", "单位", "状态", "开通和注销", "备案", "变更报备", "管理制度不全的单位",
    ]  # fmt: skip
    page = book["级别"]
    assert [cell.value for cell in page[4]][:5] == ["二级", 2, 1, 1, 4]
    names = zipfile.ZipFile(BytesIO(data)).namelist()
    assert len([name for name in names if name.startswith("xl/charts/chart")]) == 7
    path = root / "s.xlsx"
    path.write_bytes(data)
    found = OpenXmlValidator().validate(str(path)).errors
    assert [(each.part_uri, each.description) for each in found] == []


def test_the_command_prints_stable_text_json_and_a_workbook(
    root: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(root, "init", "-q")
    monkeypatch.chdir(root)
    day = ("--today", "2026-11-23")
    done = qjmedia("stats", *day)
    assert done.code == 0, done.err
    assert (
        "# 变更报备\n年份\t按时报备\t逾期报备\t未报，未到期\t未报，已逾期\n2025\t1\t1\t0\t0"
        in done.out
    )
    told = qjmedia("stats", "--json", "--kind", "微博", *day).json
    assert (told["version"], told["today"], told["platforms"]) == (1, "2026-11-23", 2)
    assert told["tiers"] == [{"name": "二级", "active": 1, "pending": 1, "closed": 0, "total": 2}]
    assert told["governance"] == []
    assert qjmedia("stats", "-o", "s.xlsx", *day).out == "s.xlsx\n"
    assert (root / "s.xlsx").read_bytes() == xlsx(figures(root))
    assert qjmedia("stats", "-o", "s.pdf", *day).code == 2
    assert qjmedia("stats", "-o", "registry/s.xlsx", *day).code == 3
