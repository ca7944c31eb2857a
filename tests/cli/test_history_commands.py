"""log, diff, blame and undo as people type them."""

import subprocess
import sys
from pathlib import Path

import past
from conftest import Command
from plain_git import commits, git, state

BUG_WORDS = ("Traceback", "NoneType")


def test_log_says_who_when_what_and_why(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add")
    change = ["--set", "name=曲靖师范学院数学", "--reason", "改名", "-y"]
    assert qjmedia("amend", "math-wechat", *change).code == 0
    new, old = git(
        school, "log", "-2", "--date=format:%Y-%m-%d %H:%M", "--abbrev=8", "--format=%ad %h"
    ).splitlines()
    assert qjmedia("log", "math-wechat").out.splitlines() == [
        f"{new[:-9]} 示例甲 变更 math-wechat 曲靖师范学院数学（{new[-8:]}）",
        "  媒体名称：曲靖师范学院数学学院 → 曲靖师范学院数学",
        "  原因：改名",
        f"{old[:-9]} 示例甲 登记 math-wechat 曲靖师范学院数学学院（{old[-8:]}）",
        "  新增：类型 微信公众号，级别 二级，所属单位 math，状态 草稿（共 9 项）",
    ]


def test_log_as_json_keeps_its_shape(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add", record="math-wechat")
    qjmedia("amend", "math-wechat", "--set", "manager.mobile=13800000009", "--reason", "换号", "-y")
    document = qjmedia("log", "--json").json
    assert document["version"] == 1
    assert [each["action"] for each in document["entries"]] == ["amend", "add", "unit-add", "init"]
    newest = document["entries"][0]
    assert newest["commit"] == git(school, "rev-parse", "HEAD")
    assert newest["author"] == "示例甲 <jia@example.edu.cn>"
    assert (newest["record"], newest["reason"]) == ("math-wechat", "换号")
    assert newest["at"] == git(school, "log", "-1", "--format=%aI")
    assert newest["changes"] == [
        {
            "record": "math-wechat",
            "field": "manager.mobile",
            "old": "138****0000",
            "new": "138****0009",
        }
    ]
    assert qjmedia("log", "--json", "--since", "2999-01-01").json == {"version": 1, "entries": []}


def test_phones_are_masked_unless_asked_for(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft(remarks="电话 13800000007")], "add", "登记 13800000007")
    text = (school / past.WECHAT).read_bytes().replace(b"13800000000", b"13800000009")
    past.by_hand(school, past.WECHAT, text, "号码 13800000007 不用了")
    first = git(school, "rev-parse", "HEAD~1")
    for argv in (
        ["log"],
        ["log", "--json"],
        ["diff"],
        ["diff", "--json", f"{first}~1"],
        ["blame", "math-wechat"],
        ["blame", "math-wechat", "--json"],
        ["undo", "HEAD", "--dry-run"],
        ["undo", "HEAD", "--dry-run", "--json"],
    ):
        shown = qjmedia(*argv)
        assert shown.code == 0, shown.err
        assert "1380000000" not in shown.out + shown.err.split("提交说明")[0], argv
        if argv[0] != "undo":
            assert "1380000000" in qjmedia(*argv, "--full").out, argv


def test_log_shows_the_last_twenty_and_says_so(school: Path, qjmedia: Command) -> None:
    past.many(school, 21)
    ran = qjmedia("log")
    assert ran.out.count("手工改动") == 20
    assert "qjmedia log -n 0" in ran.err
    assert qjmedia("log", "-n", "0").out.count("手工改动") == 21
    assert qjmedia("log", "-n", "2").out.count("手工改动") == 2
    assert len(qjmedia("log", "--json").json["entries"]) == 23


def test_a_large_import_does_not_fill_the_screen(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft(id=f"p{n}", account=f"a{n}") for n in range(9)], "import")
    shown = qjmedia("log", "-n", "1").out
    assert "示例甲 导入 9 个文件" in shown
    assert shown.count("新增：") == 5
    assert "另有 4 个" in shown
    assert len(qjmedia("log", "-n", "1", "--json").json["entries"][0]["records"]) == 9


def test_old_data_cannot_write_on_the_terminal(school: Path, qjmedia: Command) -> None:
    bad = 'id: math-wechat\nname: "\\e[31m红\\u202E"\n"\\e]0;x\\a": "\\t"\n'
    who = ("-c", "user.name=示例\x1b[2J乙")
    past.by_hand(school, past.WECHAT, bad.encode(), "说明\x1b[2J", *who)
    past.by_hand(school, past.WECHAT, bad.replace("红", "绿").encode(), "又", *who)
    for argv in (["log"], ["diff"], ["blame", "math-wechat"], ["undo", "HEAD", "--dry-run"]):
        ran = qjmedia(*argv)
        assert not {"\x1b", "\x07", "\u202e"} & {*ran.out, *ran.err}, argv
        assert "\\u001b" in ran.out + ran.err, argv


def test_a_broken_past_is_told_and_stops_nothing(school: Path, qjmedia: Command) -> None:
    past.by_hand(school, past.WECHAT, "id: math-wechat\nname: 数学\n".encode("gbk"))
    past.by_hand(school, past.WECHAT, b"id: math-wechat\n")
    shown = qjmedia("log", "math-wechat").out
    assert "改动前的内容读不出来" in shown
    assert "改动后的内容读不出来" in shown
    assert qjmedia("blame", "math-wechat").code == 0
    assert qjmedia("diff").code == 0


def test_log_of_nobody_is_refused(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add")
    ran = qjmedia("log", "math-wechatt")
    assert (ran.code, ran.out) == (2, "")
    assert "math-wechat？" in ran.err
    assert qjmedia("log", "--since", "昨天").code == 2
    assert qjmedia("blame", "nobody").code == 2


def test_commands_on_a_branch_without_commits(tmp_path: Path, qjmedia: Command) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry/registry.yaml").write_text("school: 曲靖师范学院\n", "utf-8")
    here = ("--root", str(tmp_path))
    assert qjmedia("log", *here).code == 0
    assert qjmedia("log", "--json", *here).json["entries"] == []
    assert qjmedia("diff", *here).code == 0
    assert qjmedia("undo", *here).code == 3
    assert qjmedia("undo", "HEAD", *here).code == 2
    assert qjmedia("blame", "x", *here).code == 2
    assert qjmedia("log", "x", *here).code == 2


def test_diff_shows_what_became_of_each_record(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft(), past.draft(id="b")], "import")
    past.by_hand(school, past.WECHAT.replace("math-wechat", "b"), None)
    past.commit(school, [past.draft(account="qjnu_new"), past.draft(id="c")], "import")
    ran = qjmedia("diff", "HEAD~2..HEAD")
    assert ran.out.splitlines() == [
        "删除 b 曲靖师范学院数学学院",
        "  删除：类型 微信公众号，级别 二级，所属单位 math，状态 草稿（共 9 项）",
        "新增 c 曲靖师范学院数学学院",
        "  新增：类型 微信公众号，级别 二级，所属单位 math，状态 草稿（共 9 项）",
        "变更 math-wechat 曲靖师范学院数学学院",
        "  账号：qjnu_math → qjnu_new",
    ]
    assert qjmedia("diff", "HEAD~2").out == ran.out
    assert qjmedia("diff").out.count("\n") == 4
    assert qjmedia("diff", "HEAD..HEAD").out == ""
    document = qjmedia("diff", "HEAD~2", "--json").json
    assert (document["version"], document["to"]) == (1, git(school, "rev-parse", "HEAD"))
    assert [each["what"] for each in document["records"]] == ["removed", "added", "changed"]
    for odd in ("HEAD...HEAD", "--output=x..HEAD", "nirgends", "HEAD~99.."):
        assert qjmedia("diff", "--", odd).code == 2


def test_blame_names_the_last_change_of_each_field(school: Path, qjmedia: Command) -> None:
    added = past.commit(school, [past.draft()], "add")
    qjmedia("amend", "math-wechat", "--set", "account=qjnu_new", "--reason", "改号", "-y")
    head = git(school, "rev-parse", "HEAD")
    lines = [line.split("\t") for line in qjmedia("blame", "math-wechat").out.splitlines()]
    assert lines[0] == ["字段", "值", "谁", "何时", "提交", "做了什么", "为什么"]
    (account,) = [line for line in lines if line[0] == "账号"]
    assert (account[1], account[2], account[4:]) == (
        "qjnu_new",
        "示例甲",
        [head[:8], "变更", "改号"],
    )
    (phone,) = [line for line in lines if line[0] == "负责人·手机"]
    assert (phone[1], phone[4]) == ("138****0000", added[:8])
    document = qjmedia("blame", "math-wechat", "--json").json
    assert {each["field"]: each["commit"] for each in document["fields"]}["account"] == head


def test_undo_says_what_it_does_and_how_to_get_it_back(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add", record="math-wechat")
    qjmedia("amend", "math-wechat", "--set", "account=qjnu_new", "-y")
    ran = qjmedia("undo", "--reason", "记错了", "--author", "示例辛 <xin@example.edu.cn>")
    head = git(school, "rev-parse", "HEAD")
    assert (ran.code, ran.out) == (0, f"{head}\n")
    assert "将撤销：" in ran.err
    assert "  账号：qjnu_new → qjnu_math" in ran.err
    assert f"要恢复：qjmedia undo {head[:8]}" in ran.err
    assert git(school, "log", "-1", "--format=%an") == "示例辛"
    assert "示例辛 撤销 math-wechat" in qjmedia("log", "-n", "1").out
    assert "原因：记错了" in qjmedia("log", "-n", "1").out
    assert qjmedia("undo", head[:8], "-q", "-y").err == ""
    assert "恢复 math-wechat" in qjmedia("log", "-n", "1").out
    assert "account: qjnu_new" in (school / past.WECHAT).read_text("utf-8")


def test_undo_as_json_answers_as_every_write_does(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add", record="math-wechat")
    count = commits(school)
    before = state(school)
    dry = qjmedia("undo", "--json", "--dry-run").json
    assert (dry["commit"], state(school)) == (None, before)
    document = qjmedia("undo", "--json").json
    assert (document["version"], document["id"], document["action"]) == (1, "math-wechat", "undo")
    assert document["commit"] == git(school, "rev-parse", "HEAD")
    assert {"field": "account", "old": "qjnu_math", "new": None, "record": "math-wechat"} in (
        document["changes"]
    )
    assert commits(school) == count + 1


def test_a_refusal_is_plain_chinese(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add", record="math-wechat")
    first = git(school, "rev-parse", "HEAD")
    qjmedia("amend", "math-wechat", "--set", "account=qjnu_new", "-y")
    ran = qjmedia("undo", first, "-y")
    assert (ran.code, ran.out) == (3, "")
    assert "math-wechat 后来又改过" in ran.err
    assert "怎么办：" in ran.err
    refusal = qjmedia("undo", first, "--json")
    assert refusal.code == 3
    assert '"hint"' in refusal.err


def test_a_closed_pipe_ends_quietly(school: Path) -> None:
    for number in range(3):
        past.commit(
            school,
            [past.draft(id=f"p{n}", account=f"a{number}", remarks="长" * 3000) for n in range(9)],
            "import",
        )
    for argv in (["log", "--json"], ["diff", "HEAD~2", "--json"]):
        process = subprocess.Popen(
            [sys.executable, "-m", "qjmedia", *argv],
            cwd=school,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(1) == b"{"
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        process.wait()


def test_help_explains_without_git_words(qjmedia: Command) -> None:
    for name in ("log", "diff", "blame", "undo"):
        ran = qjmedia(name, "--help")
        assert ran.code == 0
        assert "例：" in ran.out or name == "blame"
