"""The ledger, as a clerk or a script asks for it."""

import csv
import json
from pathlib import Path

import make
import pytest
from conftest import Command

RECORD = make.record({"status": "", "filings": "", "accountable": "", "steward": "", "tier": ""})


@pytest.fixture
def added(school: Path, qjmedia: Command) -> Path:
    """A registry with one platform."""
    done = qjmedia("add", *make.as_options(RECORD), "--today", "2026-11-23")
    assert done.code == 0, done.err
    return school


@pytest.mark.parametrize("name", ["台账.pdf", "台账.html", "台账.csv", "台账.json"])
def test_the_suffix_chooses_the_format(added: Path, qjmedia: Command, name: str) -> None:
    done = qjmedia("export", "-o", name, "--fonts", "bundled", "--today", "2026-11-23")
    assert (done.code, done.out) == (0, f"{name}\n"), done.err
    assert "已写 1 行" in done.err
    starts = {"pdf": b"%PDF", "html": b"<!doctype", "csv": b"\xef\xbb\xbf", "json": b"{"}
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
    assert (row["媒体名称"], row["所属单位"], row["手机"]) == (
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
    assert done.json == {"version": 1, "path": "a.csv", "rows": 0, "unreadable": 0}
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
