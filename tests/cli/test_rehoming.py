"""Units merge, change their name and split, as an office types it."""

from pathlib import Path

import make
import pytest
import scene
from conftest import Command
from plain_git import git
from shelf import Shelf

from qjmedia.model.tree import Record, Tree
from qjmedia.store import edit
from qjmedia.store.yaml import parse

DAY = ("--today", "2026-11-23")
LIBRARY = "id=library name=图书馆 kind=教辅单位 accountable.name=示例辛 accountable.post=主要负责人"
STATS = "id=stats name=统计学院 kind=学院 accountable.name=示例壬 accountable.post=学院党总支书记"
CLASS: Record = {
    "id": "class", "name": "一班", "kind": "QQ群", "account": "123456789", "tier": "三级",
    "opened_by": {"kind": "班级", "name": "一班"}, "steward": "math", "status": "草稿",
    "accountable": "", "filings": "", "supervisor": "",
}  # fmt: skip
CLOSED: Record = {
    "id": "gone", "name": "旧号", "account": "old_math", "status": "已注销", "filings": [
        {**scene.first_filing(make.record()), "serial": "11"},
        {"form": "注销", "filled_on": "2020-01-02", "reason": "停用", "proof": "截图"},
    ],
}  # fmt: skip


@pytest.fixture
def campus(school: Path, qjmedia: Command, shelf: Shelf) -> Path:
    """A college with a filed platform, a class's and a closed one; a library; another college."""
    return shelf.take("campus", school, lambda: _build(school, qjmedia))


def _build(school: Path, qjmedia: Command) -> None:
    for unit in (LIBRARY, STATS):
        wanted = [word for each in unit.split() for word in ("--set", each)]
        assert qjmedia("unit", "add", *wanted, *DAY).code == 0
    (school / "registry/platforms/math").mkdir(parents=True)
    for changes in ({}, CLASS, CLOSED):
        record = make.record(changes)
        path = school / f"registry/platforms/math/{record['id']}.yaml"
        path.write_bytes(b"# \xe6\xb3\xa8\xe9\x87\x8a\n" + edit.dump(record))
    git(school, "add", "-A")
    git(school, "commit", "-q", "-m", "给定")
    found = qjmedia("check", *DAY)
    assert found.code == 0, found.out


def read(root: Path, path: str) -> Record:
    tree = parse((root / "registry/platforms" / path).read_bytes()).tree
    assert tree is not None
    return tree


def unit(root: Path, unit_id: str) -> Record:
    tree: Tree = parse((root / "registry/units.yaml").read_bytes()).tree or {}
    assert isinstance(tree, dict)
    listed = tree["units"]
    assert isinstance(listed, list)
    return next(each for each in listed if isinstance(each, dict) and each["id"] == unit_id)


def test_platforms_follow_a_merged_unit_in_one_commit(campus: Path, qjmedia: Command) -> None:
    before = git(campus, "rev-parse", "HEAD")
    done = qjmedia("unit", "merge", "数学学院", "--into", "统计学院", "--reason", "改革", *DAY)
    assert (done.code, done.out) == (0, "stats\n"), done.err
    assert git(campus, "rev-parse", "HEAD~1") == before
    assert git(campus, "status", "--porcelain") == ""
    wanted = {
        "owner": "stats",
        "opened_by": {"kind": "学院", "name": "统计学院"},
        "accountable": {"name": "示例壬", "post": "学院党总支书记"},
    }
    assert read(campus, "stats/math-wechat.yaml") == {**make.record(), **wanted}
    assert read(campus, "stats/class.yaml") == {
        **make.record(CLASS), "owner": "stats", "steward": "stats",
    }  # fmt: skip
    assert (campus / "registry/platforms/stats/class.yaml").read_text("utf-8").startswith("# 注释")
    assert [path.name for path in (campus / "registry/platforms/math").iterdir()] == ["gone.yaml"]
    assert "留在原单位名下：旧号" in done.err
    assert unit(campus, "math")["merged_into"] == "stats"
    assert qjmedia("check", "--strict", *DAY).out == qjmedia("check", *DAY).out
    assert qjmedia("check", *DAY).code == 0
    assert qjmedia("audit", f"{before}..HEAD").code == 0


def test_history_follows_and_undo_brings_all_back(campus: Path, qjmedia: Command) -> None:
    tree = git(campus, "rev-parse", "HEAD^{tree}")
    assert qjmedia("unit", "merge", "math", "--into", "stats", *DAY).code == 0
    told = qjmedia("log", "math-wechat").out
    assert "移到 stats（原在 math）" in told
    assert "所属单位：math → stats" in told
    blamed = qjmedia("blame", "math-wechat", "--json").json
    by_field = {each["field"]: each["action"] for each in blamed["fields"]}
    assert (by_field["owner"], by_field["name"]) == ("unit-merge", "手工改动")
    undone = qjmedia("undo", "-y", *DAY)
    assert undone.code == 0, undone.err
    assert git(campus, "rev-parse", "HEAD^{tree}") == tree


def test_a_dry_run_writes_nothing_and_tells_all(campus: Path, qjmedia: Command) -> None:
    before = git(campus, "rev-parse", "HEAD")
    done = qjmedia("unit", "merge", "math", "--into", "stats", "--dry-run", "--json", *DAY)
    assert git(campus, "rev-parse", "HEAD") == before
    assert git(campus, "status", "--porcelain") == ""
    found = done.json
    assert (found["id"], found["action"], found["commit"]) == ("stats", "unit-merge", None)
    assert [each["id"] for each in found["platforms"]] == ["class", "math-wechat"]
    assert found["changes"] == [{"field": "math.merged_into", "old": None, "new": "stats"}]


def test_a_merger_that_the_measures_forbid_is_refused(campus: Path, qjmedia: Command) -> None:
    before = git(campus, "rev-parse", "HEAD")
    done = qjmedia("unit", "merge", "math", "--into", "library", *DAY)
    assert done.code == 3
    assert "第五条" in done.err
    for typed, words in (
        (("publicity", "--into", "math"), "第四条"),
        (("math", "--into", "math"), "不能并入自己"),
    ):
        done = qjmedia("unit", "merge", *typed, *DAY)
        assert (done.code, words in done.err) == (3, True), done.err
    assert qjmedia("unit", "merge", "maths", "--into", "stats", *DAY).code == 2
    assert git(campus, "rev-parse", "HEAD") == before
    assert qjmedia("unit", "merge", "math", "--into", "stats", *DAY).code == 0
    again = qjmedia("unit", "merge", "math", "--into", "library", *DAY)
    assert (again.code, "已并入“统计学院”" in again.err) == (3, True)


ACCESS = """\
people:
# 院里
- {name: 示例甲, email: jia@example.edu.cn, role: publicity}
- {name: 示例乙, email: yi@example.edu.cn, role: unit, units: [math, stats]}
"""


def test_people_of_the_old_unit_are_told_or_follow(campus: Path, qjmedia: Command) -> None:
    access = campus / "registry/access.yaml"
    access.write_text(ACCESS, "utf-8")
    git(campus, "commit", "-qam", "人员")
    typed = ("unit", "merge", "math", "--into", "stats", *DAY)
    done = qjmedia(*typed)
    assert "access.yaml 中 示例乙 写的还是原单位" in done.err
    assert access.read_text("utf-8") == ACCESS
    assert qjmedia("undo", "-y", *DAY).code == 0
    done = qjmedia(*typed, "--people")
    assert done.code == 0, done.err
    assert access.read_text("utf-8") == ACCESS.replace("[math, stats]", "[stats]")


def test_a_renamed_unit_keeps_its_id_and_answers_to_its_old_name(
    campus: Path, qjmedia: Command
) -> None:
    done = qjmedia("unit", "rename", "math", "数学科学学院", "--short", "数科院", *DAY)
    assert (done.code, done.out) == (0, "math\n"), done.err
    found = unit(campus, "math")
    assert (found["name"], found["short"]) == (
        "数学科学学院",
        ["数科院", "数学学院", "数学与统计学院"],
    )
    assert read(campus, "math/math-wechat.yaml") == make.record(
        {"opened_by": {"name": "数学科学学院"}}
    )
    assert qjmedia("list", "--unit", "数学与统计学院").out.count("\n") == 4
    assert qjmedia("undo", "-y", *DAY).code == 0
    assert unit(campus, "math")["name"] == "数学与统计学院"
    done = qjmedia("unit", "rename", "math", "统计学院", *DAY)
    assert (done.code, "unit merge math --into stats" in done.err) == (3, True)


def test_a_split_gives_chosen_platforms_to_a_new_unit(campus: Path, qjmedia: Command) -> None:
    before = git(campus, "rev-parse", "HEAD")
    typed = ("unit", "split", "math", "--into", "data", "--name", "数据学院")
    done = qjmedia(*typed, "--kind", "QQ群", *DAY)
    assert (done.code, done.out) == (0, "data\n"), done.err
    assert git(campus, "rev-parse", "HEAD~1") == before
    assert unit(campus, "data") == {"id": "data", "name": "数据学院", "kind": "学院"}
    moved = read(campus, "data/class.yaml")
    assert (moved["owner"], moved["steward"]) == ("data", "data")
    assert read(campus, "math/math-wechat.yaml") == make.record()
    assert qjmedia("check", *DAY).code == 0
    done = qjmedia("unit", "split", "math", "--into", "stats", "math-wechat", *DAY)
    assert done.code == 0, done.err
    assert read(campus, "stats/math-wechat.yaml")["owner"] == "stats"
    for ids, code in ((("class",), 3), (("nothing",), 2), ((), 3)):
        assert qjmedia("unit", "split", "math", "--into", "stats", *ids, *DAY).code == code
