"""The main job, typed as a clerk or a script types it."""

import json
import re
from pathlib import Path

import make
import pytest
from conftest import Command
from plain_git import git
from shelf import Shelf

RECORD = make.record({"status": "", "filings": "", "accountable": "", "steward": "", "tier": ""})
UNNAMED = {key: value for key, value in RECORD.items() if key != "id"}
PATH = Path("registry/platforms/math/math-wechat.yaml")


@pytest.fixture
def added(school: Path, qjmedia: Command, shelf: Shelf) -> Path:
    """A registry with one platform."""

    def build() -> None:
        done = qjmedia("add", *make.as_options(RECORD), "--today", "2026-11-23")
        assert done.code == 0, done.err

    return shelf.take("commands-added", school, build)


def subjects(root: Path) -> list[str]:
    return git(root, "log", "--format=%s").splitlines()


def state(root: Path) -> tuple[str, str]:
    return git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain")


def test_init_makes_a_registry_that_passes_its_own_check(tmp_path: Path, qjmedia: Command) -> None:
    root = tmp_path / "school"
    assert qjmedia("init", str(root), "--school", "示例大学", "--short", "示大").code == 0
    assert subjects(root) == ["建立登记库 示例大学"]
    assert git(root, "status", "--porcelain") == ""
    assert qjmedia("check", "--strict", "--root", str(root)).code == 0
    assert "示大" in (root / "registry/registry.yaml").read_text("utf-8")


def test_init_leaves_an_existing_registry_alone(added: Path, qjmedia: Command) -> None:
    before = state(added)
    refused = qjmedia("init", str(added))
    assert refused.code == 3
    assert "已经是登记库" in refused.err
    assert state(added) == before


def test_init_joins_an_existing_repository(tmp_path: Path, qjmedia: Command) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "README").write_text("x", "utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "before")
    assert qjmedia("init", str(tmp_path)).code == 0
    assert len(subjects(tmp_path)) == 2


def test_add_derives_the_rest_and_says_so(school: Path, qjmedia: Command) -> None:
    done = qjmedia("add", *make.as_options(UNNAMED), "--today", "2026-11-23")
    assert (done.code, done.out) == (0, "math-wechat\n")
    for words in ("第五条", "第七条", "申请表", "publicity", "待审核"):
        assert words in done.err
    saved = make.tree((school / PATH).read_text("utf-8"))
    assert saved["tier"] == "二级"
    assert saved["filings"] == [{"form": "申请表", "filled_on": "2026-11-23"}]
    assert subjects(school)[0] == "登记 微信公众号「曲靖师范学院数学学院」（math-wechat）"


def test_add_of_an_early_platform_asks_for_the_registration_form(
    school: Path, qjmedia: Command
) -> None:
    given = RECORD | {"opened_on": "2015-09-01"}
    assert qjmedia("add", *make.as_options(given)).code == 0
    assert "form: 登记表" in (school / PATH).read_text("utf-8")


def test_add_takes_short_words_and_unit_names(school: Path, qjmedia: Command) -> None:
    given = RECORD | {"kind": "公众号", "owner": "数学学院", "verified": "是"}
    assert qjmedia("add", *make.as_options(given)).code == 0
    saved = make.tree((school / PATH).read_text("utf-8"))
    assert (saved["kind"], saved["owner"], saved["verified"]) == ("微信公众号", "math", "已认证")


def test_add_reads_a_file_and_standard_input(school: Path, qjmedia: Command) -> None:
    (school.parent / "new.yaml").write_text(make.COLLEGE.lstrip(), "utf-8")
    assert qjmedia("add", "--from", str(school.parent / "new.yaml")).code == 0
    second = make.COLLEGE.lstrip().replace("qjnu_math", "qjnu_sx").replace('"12"', '"13"')
    assert qjmedia("add", "--from", "-", stdin=second.replace("math-wechat", "sx")).out == "sx\n"


def test_add_answers_in_json(school: Path, qjmedia: Command) -> None:
    answer = qjmedia("add", *make.as_options(RECORD), "--json").json
    assert answer["version"] == 1
    assert (answer["id"], answer["action"]) == ("math-wechat", "add")
    assert answer["commit"] == git(school, "rev-parse", "HEAD").strip()
    manager = next(each for each in answer["changes"] if each["field"] == "manager")
    assert manager["old"] is None
    assert manager["new"]["mobile"] == "138****0000"


def test_a_dry_run_changes_nothing(added: Path, qjmedia: Command) -> None:
    before = state(added)
    done = qjmedia("amend", "math-wechat", "--set", "remarks=试", "--dry-run")
    assert done.code == 0
    assert "Qj-Action: amend" in done.err
    assert state(added) == before


def test_amend_keeps_comments_and_touches_one_line(added: Path, qjmedia: Command) -> None:
    path = added / PATH
    path.write_text(path.read_text("utf-8").replace("kind:", "# 2019 年改过类型\nkind:"), "utf-8")
    git(added, "commit", "--quiet", "--all", "--message", "注释")
    assert qjmedia("amend", "math-wechat", "--set", "manager.mobile=13900000000").code == 0
    changed = [line for line in git(added, "diff", "HEAD~1").splitlines() if line[:1] in "+-"]
    assert len(changed) == 4
    assert "# 2019 年改过类型" in path.read_text("utf-8")


def test_amend_of_a_running_platform_records_the_change(school: Path, qjmedia: Command) -> None:
    qjmedia("add", "--from", "-", stdin=make.COLLEGE.lstrip())
    done = qjmedia(
        "amend", "math-wechat", "--set", "name=数学与统计学院", "--changed-on", "2026-11-20",
        "--today", "2026-11-23", "--reason", "学院更名",
    )  # fmt: skip
    assert done.code == 0, done.err
    saved = make.tree((school / PATH).read_text("utf-8"))
    assert saved["filings"][-1] == {  # type: ignore[index]  # a list by the schema
        "form": "变更",
        "changed_on": "2026-11-20",
        "filled_on": "2026-11-23",
        "changes": [{"field": "name", "from": "曲靖师范学院数学学院", "to": "数学与统计学院"}],
        "reason": "学院更名",
    }
    message = git(school, "log", "-1", "--format=%B")
    assert "Qj-Changed-On: 2026-11-20" in message
    assert "Qj-Reason: 学院更名" in message


def test_a_change_of_operators_names_people_without_phones(school: Path, qjmedia: Command) -> None:
    qjmedia("add", "--from", "-", stdin=make.COLLEGE.lstrip())
    assert qjmedia("amend", "math-wechat", "--set", "operators[1].name=示例辛").code == 0
    filing = (school / PATH).read_text("utf-8").rpartition("form: 变更")[2]
    assert "示例丁、示例戊" in filing
    assert "13800000002" not in filing


def test_amend_moves_a_record_to_another_unit(added: Path, qjmedia: Command) -> None:
    qjmedia("unit", "add", "--set", "name=图书馆", "--set", "id=library", "--set", "kind=教辅单位")
    done = qjmedia(
        "amend", "math-wechat", "--set", "owner=图书馆", "--set", "opened_by.kind=教辅单位",
        "--set", "accountable.post=图书馆主要负责人",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert not (added / PATH).exists()
    assert (added / "registry/platforms/library/math-wechat.yaml").exists()
    assert git(added, "status", "--porcelain") == ""


@pytest.mark.usefixtures("added")
def test_list_find_and_show_speak_plainly_in_a_pipe(qjmedia: Command) -> None:
    row = "math-wechat\t曲靖师范学院数学学院\t微信公众号\t二级\t数学与统计学院\t待审核"
    assert qjmedia("list", "--unit", "数学学院", "--tier", "2").out.splitlines()[1] == row
    assert qjmedia("list", "--status", "草稿").out == ""
    assert qjmedia("find", "ＱＪＮＵ_math").out.splitlines()[1] == row
    shown = qjmedia("show", "math-wechat").out
    assert "手机：138****0000" in shown
    assert "手机：13800000000" in qjmedia("show", "math-wechat", "--full").out
    assert qjmedia("list", "--json").json["platforms"][0]["id"] == "math-wechat"


@pytest.mark.usefixtures("added")
def test_show_at_an_earlier_revision(qjmedia: Command) -> None:
    qjmedia("amend", "math-wechat", "--set", "remarks=后来写的")
    assert "后来写的" in qjmedia("show", "math-wechat").out
    assert "后来写的" not in qjmedia("show", "math-wechat", "--at", "HEAD~1").out


def test_check_at_a_revision_and_in_json(added: Path, qjmedia: Command) -> None:
    (added / PATH).write_text("id: [", "utf-8")
    broken = qjmedia("check", "--json")
    assert broken.code == 1
    assert broken.json["summary"]["errors"] == 1
    assert qjmedia("check", "--rev", "HEAD").code == 0


def test_render_writes_the_form_as_html_and_markdown(added: Path, qjmedia: Command) -> None:
    out = added / "out"
    name = "数学学院-曲靖师范学院数学学院-申请表"
    assert qjmedia("render", "math-wechat", "-o", str(out)).out == f"{out / name}.html\n"
    assert qjmedia("render", "--all", "--format", "md", "-o", str(out)).code == 0
    page = (out / f"{name}.html").read_text("utf-8")
    assert "曲靖师范学院新媒体备案申请表" in page
    assert "13800000000" in page
    assert "13800000000" in (out / f"{name}.md").read_text("utf-8")
    assert git(added, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("amend", "math-wechat", "--set", "colour=red"), 2, "没有“colour”这个字段"),
        (("amend", "math-wechat", "--set", "ownner=math"), 2, "是否想写 owner？"),
        (("amend", "math-wechat", "--set", "owner=maths"), 2, "是否想写 math"),
        (("amend", "math-wechat", "--set", "tier=四级"), 2, "一级、二级、三级、工作群"),
        (("amend", "math-wechat", "--set", "tier=1"), 3, "第五条"),
        (("amend", "math-wechat", "--set", "id=other"), 3, "id 登记后不再改变"),
        (("amend", "math-wechat", "--set", "kind=微信公众号"), 3, "没有任何变化"),
        (("amend", "math-wechat"), 2, "没有说改什么"),
        (("amend", "math-wechat", "--set", "name"), 2, "字段=值"),
        (("amend", "math-wechta", "--set", "name=x"), 2, "是否想写 math-wechat？"),
        (("amend", "math-wechat", "--set", "opened_on=2019-02-30"), 2, "开通日期"),
        (("amend", "math-wechat", "--set", "name=x", "--changed-on", "昨天"), 2, "--changed-on"),
        (("amend", "math-wechat", "--set", "manager.mobile=123"), 2, "手机"),
        (("amend", "math-wechat", "--set", "remarks=电话13800000000"), 2, "mobile"),
        (("amend", "math-wechat", "--set", "name=a\u202eb"), 2, "U+202E"),
        (("add", *make.as_options(RECORD)), 3, "已用于"),
        (("add", "--set", "name=甲", "--set", "owner=../../etc"), 2, "owner"),
        (("add", "--set", "name=甲", "--set", "owner=math", "--set", "id=../x"), 2, "不合规定"),
        (("add",), 2, "没有给出平台的任何字段"),
        (("add", "--from", "nowhere.yaml"), 2, "nowhere.yaml"),
        (("unit", "add", "--set", "name=数学与统计学院", "--set", "kind=学院"), 3, "已是单位"),
        (("unit", "amend", "maht", "--set", "name=x"), 2, "是否想写"),
        (("show", "--full"), 2, "缺少参数"),
        (("list", "--unit", "物理学院"), 2, "没有“物理学院”这个单位"),
        (("list", "--rev", "no-such"), 2, "no-such"),
        (("check", "/nowhere"), 2, "/nowhere"),
        (("render",), 2, "没有说打印哪个平台"),
        (("render", "math-wechat", "--form", "报告"), 2, "没有“报告”这种表"),
        (("nonsense",), 2, "没有这个命令"),
        (("list", "--colour"), 2, "没有这个选项"),
        (("check", "--today", "2026-02-30"), 2, "没有这一天"),
        (("amend", "math-wechat", "--set", "name=x", "--author", "无名"), 2, "邮箱"),
    ],
)
def test_bad_input_is_told_what_to_do_and_changes_nothing(
    added: Path, qjmedia: Command, argv: tuple[str, ...], code: int, words: str
) -> None:
    before = state(added)
    ran = qjmedia(*argv)
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert words in ran.err
    assert "怎么办" in ran.err
    assert "Traceback" not in ran.err
    assert state(added) == before


def test_a_value_beginning_with_a_dash_is_a_value(added: Path, qjmedia: Command) -> None:
    assert qjmedia("amend", "math-wechat", "--set", "remarks=-x --y").code == 0
    saved = make.tree((added / PATH).read_text("utf-8"))
    assert saved["remarks"] == "-x --y"


def test_a_broken_or_foreign_file_is_not_added(school: Path, qjmedia: Command) -> None:
    before = state(school)
    for data in (b"name: [", "name: 数学".encode("gbk"), b"", b"- a\n- b\n"):
        ran = qjmedia("add", "--from", "-", stdin=data)
        assert ran.code == 2
        assert "第 1 行" in ran.err
    assert state(school) == before


@pytest.mark.usefixtures("added")
def test_a_refusal_in_json_goes_to_standard_error(qjmedia: Command) -> None:
    ran = qjmedia("amend", "math-wechat", "--set", "tier=一级", "--json")
    assert (ran.code, ran.out) == (3, "")
    error = json.loads(ran.err)["error"]
    assert error["exit"] == 3
    assert error["article"] == "第五条"
    assert error["message"]
    assert error["hint"]


def test_outside_a_registry_the_way_in_is_told(
    tmp_path: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = qjmedia("list")
    assert ran.code == 3
    assert "qjmedia init" in ran.err


def test_a_root_may_be_given_by_option_or_environment(
    added: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(added.parent)
    assert qjmedia("list", "--root", str(added)).code == 0
    monkeypatch.setenv("QJMEDIA_ROOT", str(added))
    assert qjmedia("list", "-q").out == "math-wechat\n"


def test_twenty_changes_are_twenty_commits_of_one_record_each(
    added: Path, qjmedia: Command
) -> None:
    before = len(subjects(added))
    for number in range(20):
        assert qjmedia("amend", "math-wechat", "--set", f"remarks=第 {number} 次").code == 0
    assert len(subjects(added)) == before + 20
    stat = git(added, "log", "-20", "--format=", "--name-only").split()
    assert stat == [str(PATH)] * 20
    assert git(added, "status", "--porcelain") == ""
    assert git(added, "fsck", "--strict") == ""


def test_a_fault_of_the_tool_is_one_line_and_a_file_without_values(
    added: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        message = "13800000000"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("qjmedia.actions.listing.listed", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = qjmedia("list", "--root", str(added))
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (70, "", 1)
    (crash,) = tmp_path.glob("qjmedia-crash-*.txt")
    assert str(crash) in ran.err
    told = crash.read_text("utf-8")
    assert "ZeroDivisionError" in told
    assert "13800000000" not in told


def test_a_file_may_use_short_words_and_units_names_too(school: Path, qjmedia: Command) -> None:
    text = make.COLLEGE.lstrip().replace("kind: 微信公众号", "kind: 公众号")
    text = text.replace("owner: math", "owner: 数学学院").replace("tier: 二级", 'tier: "2"')
    assert qjmedia("add", "--from", "-", stdin=text).code == 0
    saved = make.tree((school / PATH).read_text("utf-8"))
    assert (saved["kind"], saved["owner"], saved["tier"]) == ("微信公众号", "math", "二级")


@pytest.mark.usefixtures("added")
def test_a_unit_is_shown_before_and_after(qjmedia: Command) -> None:
    ran = qjmedia("unit", "amend", "数学学院", "--set", "accountable.name=示例壬")
    assert ran.code == 0
    assert "示例甲 → 示例壬" in ran.err


@pytest.mark.usefixtures("added")
def test_a_unit_is_shown_in_chinese(qjmedia: Command) -> None:
    shown = qjmedia("unit", "show", "数学学院").out
    assert shown.startswith("单位编号：math\n全称：")
    assert "第一责任人：\n  姓名：示例甲\n  职务：学院党总支书记\n" in shown


@pytest.mark.usefixtures("added")
def test_a_name_nearly_that_of_another_is_noted_whichever_stands_first(qjmedia: Command) -> None:
    for given_id, name in (("aaa", "曲靖师范学院数学学院官方微信"), ("zzz", "数学学院")):
        near = {
            **RECORD,
            "id": given_id,
            "name": name,
            "account": f"qjnu_{given_id}",
            "url": f"https://mp.weixin.qq.com/s/{given_id}",
        }
        told = qjmedia("add", *make.as_options(near), "--today", "2026-11-23", "--dry-run")
        assert told.code == 0, told.err
        assert "QJ0803" in told.err
        assert "math-wechat" in told.err
    other = {
        **RECORD,
        "id": "zzz",
        "name": "数学学院图书角",
        "account": "tushujiao",
        "url": "https://mp.weixin.qq.com/s/tsj",
    }
    told = qjmedia("add", *make.as_options(other), "--today", "2026-11-23", "--dry-run")
    assert (told.code, "QJ0803" in told.err) == (0, False)


def test_unit_add_shows_what_it_commits(school: Path, qjmedia: Command) -> None:
    told = qjmedia("unit", "add", "--set", "name=图书馆", "--set", "kind=教辅单位", "-y")
    assert told.code == 0
    assert "  全称：图书馆\n" in told.err
    assert git(school, "log", "--format=%s", "-1").startswith("登记 单位「图书馆」")


@pytest.mark.usefixtures("added")
def test_an_unknown_field_names_those_there_are(qjmedia: Command) -> None:
    refused = qjmedia("amend", "math-wechat", "--set", "phone=1")
    assert refused.code == 2
    assert "可用的有：id（平台编号）、name（媒体名称）" in refused.err


def test_without_an_identity_init_leaves_nothing_behind(
    tmp_path: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "gitconfig"
    empty.write_text("[user]\n\tuseConfigOnly = true\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(empty))
    ran = qjmedia("init", str(tmp_path / "school"))
    assert ran.code == 4
    assert "git config --global user.name" in ran.err
    assert not (tmp_path / "school" / ".git").exists()
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "示例甲")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "jia@example.edu.cn")
    assert qjmedia("init", str(tmp_path / "school")).code == 0


def test_a_misspelt_command_names_its_neighbour(qjmedia: Command) -> None:
    refused = qjmedia("chek")
    assert (refused.code, refused.err.partition("\n")[0]) == (
        2, "qjmedia：没有这个命令：'chek'，是否想用 'check'？"
    )  # fmt: skip


@pytest.mark.parametrize("columns", ["40", "60", "80", "100", "200"])
def test_help_is_chinese_however_wide_the_terminal(
    columns: str, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shown = qjmedia("--help").out
    assert "显示自动补全脚本" in shown
    assert not re.search("[a-z]{4} [a-z]{2}", shown.replace("qjmedia ", ""))
    assert all(line == "" or line.strip() for line in shown.splitlines())


@pytest.mark.parametrize("record_id", ["aaa", "zzz"])
def test_an_account_that_is_taken_is_refused_whichever_id_comes_first(
    added: Path, qjmedia: Command, record_id: str
) -> None:
    before = state(added)
    given = RECORD | {"id": record_id, "name": "另一个名称"}
    ran = qjmedia("add", *make.as_options(given), "--today", "2026-11-23")
    assert ran.code == 3, ran.err
    assert "账号已登记" in ran.err
    assert state(added) == before


def test_the_version_is_shown(qjmedia: Command) -> None:
    assert qjmedia("--version").out.startswith("qjmedia ")


@pytest.mark.parametrize("argv", [(), ("unit",), ("template",)])
def test_nothing_typed_is_answered_with_the_help(qjmedia: Command, argv: tuple[str, ...]) -> None:
    ran = qjmedia(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("用法：")
    assert qjmedia("nonsense").code == 2
