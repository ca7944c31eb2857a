"""Legitimate changes, which the same two doors let through."""

import time
from collections.abc import Callable
from pathlib import Path

import make
import pytest
import scene
from conftest import Command, Ran
from plain_git import git
from scene import LEAGUE, MATH, OFFICE, Desk

from qjmedia.model.tree import Record  # noqa: TC001  as every test imports

Change = Callable[[Desk, Command], object]
TODAY = ("--today", make.TODAY.isoformat())
NEW_UNIT = """\
- {id: physics, name: 物理学院, kind: 学院, accountable: {name: 示例甲, post: 学院党总支书记}}
"""


def run(qjmedia: Command, who: str, *argv: str) -> Ran:
    """Run the tool as somebody: author and committer."""
    with scene.acting(who):
        ran = qjmedia(*argv)
    assert ran.code == 0, ran.err
    return ran


def an_editor_amends_an_own_record(_: Desk, qjmedia: Command) -> None:
    run(qjmedia, MATH, "amend", "math-wechat", "--set", "remarks=改了", "-y", *TODAY)


def an_editor_renames_and_files_it(_: Desk, qjmedia: Command) -> None:
    name = "name=曲靖师范学院数学与统计学院"
    day = ("--changed-on", "2026-11-20")
    run(qjmedia, MATH, "amend", "math-wechat", "--set", name, *day, "-y", *TODAY)


def the_office_approves(_: Desk, qjmedia: Command) -> None:
    run(qjmedia, OFFICE, "approve", "math-douyin", "--by", "示例庚", "-y", *TODAY)


def a_steward_adds_a_student_platform(_: Desk, qjmedia: Command) -> None:
    given: Record = {
        "name": "话剧社", "kind": "微博", "account": "qjnu_drama", "tier": "三级",
        "owner": "youth-league", "opened_by": {"kind": "社团", "name": "话剧社"},
        "opened_on": "2026-03-01", "maintenance": "自主维护", "verified": "已认证",
        "manager": {"name": "示例乙", "mobile": "13800000000"},
        "operators": [{"name": "示例丁", "mobile": "13800000002", "identity": "教师"}],
    }  # fmt: skip
    run(qjmedia, LEAGUE, "add", *make.as_options(given), "-y", *TODAY)


def an_editor_drafts_submits_and_takes_back(_: Desk, qjmedia: Command) -> None:
    given: Record = {"id": "math-weibo", "name": "数学人", "kind": "微博", "owner": "math"}
    run(qjmedia, MATH, "add", *make.as_options(given), "--draft", "-y", *TODAY)
    run(qjmedia, MATH, "undo", "-y", *TODAY)


def the_office_closes_what_has_faults(desk: Desk, qjmedia: Command) -> None:
    del desk
    why = ("--reason", "停用", "--proof", "截图")
    run(qjmedia, OFFICE, "close", "academic-wechat", *why, "-y", *TODAY)


def the_office_imports(desk: Desk, qjmedia: Command) -> None:
    head = "媒体名称,类型,账号,所属单位\n"
    rows = f"{head}数学人,微博,shuxueren,数学学院\n教务通,微博,jiaowutong,教务处\n"
    (desk.root.parent / "ledger.csv").write_text(rows, "utf-8")
    run(qjmedia, OFFICE, "import", str(desk.root.parent / "ledger.csv"), "-y", *TODAY)


def the_office_moves_a_record_to_a_new_unit(desk: Desk, qjmedia: Command) -> None:
    units = (desk.root / "registry/units.yaml").read_text("utf-8")
    desk.write("registry/units.yaml", units.rstrip() + "\n" + NEW_UNIT)
    desk.commit(OFFICE, "新学院")
    run(qjmedia, OFFICE, "amend", "math-wechat", "--set", "owner=physics", "--set",
        "opened_by.name=物理学院", "-y", *TODAY)  # fmt: skip


def two_lines_are_merged_cleanly(desk: Desk, qjmedia: Command) -> None:
    git(desk.root, "checkout", "-q", "-b", "side")
    an_editor_amends_an_own_record(desk, qjmedia)
    git(desk.root, "checkout", "-q", "main")
    the_office_approves(desk, qjmedia)
    git(desk.root, "merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side")


def an_editor_breaks_and_mends_a_record(desk: Desk, qjmedia: Command) -> None:
    del qjmedia
    path, tree = desk.read("math-wechat")
    desk.write(path, "{")
    desk.commit(MATH, "手工改坏了")
    desk.write(path, {**tree, "remarks": "改好了"})
    desk.commit(MATH, "改好了")


def the_office_changes_people_and_policy(desk: Desk, qjmedia: Command) -> None:
    del qjmedia
    desk.write("registry/access.yaml", scene.ACCESS.replace("[math]", "[math, library]"))
    desk.write("registry/registry.yaml", scene.POLICY + "change_report_days: '10'\n")
    desk.commit(OFFICE, "换届")


def a_clock_is_fast_and_far_east(_: Desk, qjmedia: Command) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{kind}_DATE", f"{int(time.time()) + 1200} +1400")
        run(qjmedia, MATH, "amend", "math-wechat", "--set", "remarks=改了", "-y", *TODAY)


CHANGES: tuple[Change, ...] = (
    an_editor_amends_an_own_record, an_editor_renames_and_files_it, the_office_approves,
    a_steward_adds_a_student_platform, an_editor_drafts_submits_and_takes_back,
    the_office_closes_what_has_faults, the_office_imports,
    the_office_moves_a_record_to_a_new_unit, two_lines_are_merged_cleanly,
    an_editor_breaks_and_mends_a_record, the_office_changes_people_and_policy,
    a_clock_is_fast_and_far_east,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=[each.__name__ for each in CHANGES])
def test_a_legitimate_change_is_accepted_by_ci_and_by_the_server(
    change: Change, desk: Desk, server: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = desk.head
    monkeypatch.chdir(desk.root)
    change(desk, qjmedia)
    assert desk.head != base
    ran = qjmedia("check", "--base", base, *TODAY)
    assert ran.code == 0, ran.out + ran.err
    accepted, said = desk.push(server)
    assert accepted, said
    assert git(server, "rev-parse", "main") == desk.head
    ran = qjmedia("audit", *TODAY)
    assert ran.code == 0, ran.out
