"""A clerk registers a platform at the terminal: every turn that the conversation may take."""

import io
import os
import shlex
import stat
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import make
import pexpect
import pytest
import typer
from plain_git import git, put
from porter import Porter

from qjmedia.cli import ask as asking
from qjmedia.cli.answers import Kept, WrongAnswerError, address, day, phone, visible
from qjmedia.cli.ask import BACK, HELP, Choice, LineAsker, Prompt, Word, width, wrapped
from qjmedia.cli.facts import Facts
from qjmedia.cli.question import read
from qjmedia.cli.questions import questions
from qjmedia.cli.wizard import Agreed, Interview, Wish
from qjmedia.store.files import WorkTree

Stop = type[KeyboardInterrupt] | type[EOFError]
YES, CHANGE, DRAFT, GIVE_UP = (
    wish.name for wish in (Wish.FILE, Wish.CHANGE, Wish.DRAFT, Wish.GIVE_UP)
)
TAKEN = "registry/platforms/math/math-wechat.yaml"
END = "登记这个平台吗"

COLLEGE: Mapping[str, str] = {
    "哪个单位的平台": "数学学院",
    "类型": "微信公众号",
    "媒体名称": "曲靖师范学院数学学院",
    "微信号": "qjnu_math",
    "开通日期": "2019年3月1日",
    "负责人姓名": "示例乙",
    "负责人手机": "138 0000 0000",
    "负责人座机": "0874-0000000",
    "分管领导姓名": "示例丙",
    "分管领导手机": "13800000001",
    "后台管理人员姓名": "示例丁",
    "后台管理人员（第 2 名）姓名": "示例戊",
    "示例戊的身份": "学生",
    "示例戊的离任日期": "2027.7.1",
    "定位": "学院教学科研动态",
    "服务对象": "本院师生、校友",
    "审核机制": "三审三校",
    "审核人姓名": "示例己",
}
FILED = {
    "name": "曲靖师范学院数学学院",
    "kind": "微信公众号",
    "account": "qjnu_math",
    "owner": "math",
    "opened_by": {"kind": "学院", "name": "数学与统计学院"},
    "opened_on": "2019-03-01",
    "manager": {"name": "示例乙", "mobile": "13800000000", "landline": "0874-0000000"},
    "supervisor": {"name": "示例丙", "mobile": "13800000001"},
    "operators": [
        {"name": "示例丁", "identity": "教师"},
        {"name": "示例戊", "identity": "学生", "leaves_on": "2027-07-01"},
    ],
    "maintenance": "自主维护",
    "verified": "已认证",
    "positioning": "学院教学科研动态",
    "audience": ["本院师生", "校友"],
    "review": {"mechanism": "三审三校", "reviewer": "示例己"},
}


class Clerk:
    """An asker that answers by heart; what it does not know it answers with Enter."""

    def __init__(self, *by_heart: Mapping[str, str | Iterable[str | Stop] | Stop]) -> None:
        self.knows: dict[str, deque[str | Stop]] = {}
        for each in by_heart:
            for title, turns in each.items():
                self.knows[title] = deque([turns] if isinstance(turns, str | type) else turns)
        self.asked: list[Prompt] = []

    @property
    def titles(self) -> list[str]:
        """What was asked, in order."""
        return [prompt.title for prompt in self.asked]

    def ask(self, prompt: Prompt) -> str:
        """Return the next answer to this question."""
        assert len(self.asked) < 200, self.titles[-9:]
        self.asked.append(prompt)
        turns = self.knows.get(prompt.title)
        turn = turns.popleft() if turns else None
        if isinstance(turn, type):
            raise turn
        if turn is not None:
            return turn
        first = prompt.choices[0].value if prompt.choices else ""
        return prompt.typed or prompt.default or first

    def last(self, title: str) -> Prompt:
        """Return the question as it was put the last time."""
        return next(prompt for prompt in reversed(self.asked) if prompt.title == title)


Conduct = Callable[..., Agreed]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A registry as files; an interview needs no more."""
    put(tmp_path, "registry/registry.yaml", "school: 曲靖师范学院\n".encode())
    put(tmp_path, "registry/units.yaml", make.UNITS.lstrip().encode())
    return tmp_path


@pytest.fixture
def kept(folder: Path) -> Kept:
    """Where answers are kept."""
    return Kept.at(folder / "git/answers.yaml")


@pytest.fixture
def conduct(folder: Path, kept: Kept) -> Conduct:
    """Return a function that holds one interview."""

    def held(clerk: Clerk, *, draft: bool = False) -> Agreed:
        again = Kept.at(kept.path)
        interview = Interview(WorkTree(folder), again, clerk, today=make.TODAY, draft=draft)
        return interview.conduct()

    return held


def test_a_college_answers_and_gets_its_record(conduct: Conduct) -> None:
    agreed = conduct(Clerk(COLLEGE))
    assert agreed.record == FILED
    assert not agreed.draft


def test_what_follows_is_told_as_soon_as_it_does(
    conduct: Conduct, capsys: pytest.CaptureFixture[str]
) -> None:
    conduct(Clerk(COLLEGE))
    said = capsys.readouterr().err
    told = [line.strip() for line in said.splitlines() if "→" in line]
    assert told == [
        "→ 第五条：学院开通 → 二级平台，归口党委宣传部，须填表备案",
        "→ 第五条：第一责任人是学院党总支书记示例甲（取自单位登记）",
        "→ 第七条：在办法施行（2016-05-24）之后开通 → 填申请表",
    ]
    assert all(width(line) <= 80 for line in said.splitlines()), said


def test_phones_are_masked_in_the_summary(
    conduct: Conduct, capsys: pytest.CaptureFixture[str]
) -> None:
    conduct(Clerk(COLLEGE))
    summary = capsys.readouterr().err.partition("媒体名称：")[2]
    assert "138****0000" in summary
    assert "13800000000" not in summary


@pytest.mark.parametrize(
    ("given", "asked", "not_asked", "tier"),
    [
        ({"哪个单位的平台": "学校", "类型": "微博"},
         {"审核人姓名"}, {"分管领导姓名", "以谁的名义开通"}, "一级平台"),
        ({"哪个单位的平台": "math", "以谁的名义开通": "班级", "类型": "QQ群",
          "班级全称": "数学 1 班", "群名": "数学 1 班", "群号": "123456789"},
         {"群号", "定位"}, {"分管领导姓名", "审核人姓名", "链接"}, "三级平台，归口数学与统计学院"),
        ({"哪个单位的平台": "数学学院", "以谁的名义开通": "社团", "社团全称": "数学建模协会",
          "类型": "抖音"},
         {"抖音号", "链接"}, {"分管领导姓名", "审核人姓名"}, "三级平台，归口校团委"),
        ({"哪个单位的平台": "个人", "创建人所在单位": "数学学院", "类型": "微信群",
          "创建人（注册人）姓名": "示例辛", "群名": "数学教研"},
         {"群管理员姓名"}, {"账号", "链接", "定位", "审核人姓名"}, "纳入数学与统计学院管理"),
        ({"哪个单位的平台": "数学学院", "以谁的名义开通": "个人", "类型": "抖音",
          "创建人（注册人）姓名": "示例辛", "作为谁的信息平台运行": "二级"},
         {"分管领导姓名"}, {"群管理员姓名"}, "二级平台，归口党委宣传部"),
        ({"哪个单位的平台": "math", "类型": "网站", "链接": "https://math.example.edu.cn"},
         {"信息与教育技术中心的文号"}, {"账号"}, "二级平台"),
    ],
)  # fmt: skip
def test_only_what_the_tier_needs_is_asked(
    conduct: Conduct,
    capsys: pytest.CaptureFixture[str],
    given: Mapping[str, str], asked: set[str], not_asked: set[str], tier: str,
) -> None:  # fmt: skip
    clerk = Clerk(
        {"媒体名称": "麒麟之声", "负责人姓名": "示例乙", "负责人手机": "13800000000",
         "开通日期": "2020-01-01", "先空着吗": "open", "后台管理人员姓名": "示例丁",
         "链接": "https://example.edu.cn/1"},
        given,
    )  # fmt: skip
    conduct(clerk)
    assert asked <= set(clerk.titles)
    assert not not_asked & set(clerk.titles)
    assert tier in capsys.readouterr().err


WRONG = (
    ("哪个单位的平台", "数学学苑", "没有“数学学苑”这个单位"),
    ("微信号", "数学学院", "微信号不是由字母、数字"),
    ("链接", "math.example.cn/a", "https://math.example.cn/a"),
    ("链接", "http://", "https://"),
    ("开通日期", "2019.2.30", "没有 2019-2-30 这一天"),
    ("开通日期", "2019年3月", "日写 1"),
    ("开通日期", "2099-01-01", "在将来"),
    ("负责人手机", "1380000", "11 位手机号，以 1 开头，中间没有空格"),
    ("负责人座机", "办公室", "0874-0000000"),
    ("媒体名称", "数学\u200b学院", "零宽空格（U+200B）"),
    ("媒体名称", "数学\x1b[A学院", "方向键或 Esc（U+001B）"),
    ("媒体名称", "数\ufffd学院", "编码不是 UTF-8"),
    ("媒体名称", "数" * 61, "最多 60 字"),
    ("媒体名称", "", "无从登记"),
    ("备注", "找 13800000000", "手机号码"),
)


def test_a_wrong_answer_is_refused_at_once_and_asked_again(
    conduct: Conduct, capsys: pytest.CaptureFixture[str]
) -> None:
    titles = {title for title, _, _ in WRONG}
    tries = {t: [*(w for title, w, _ in WRONG if title == t), COLLEGE.get(t, "")] for t in titles}
    clerk = Clerk(COLLEGE, tries)
    assert conduct(clerk).record == FILED
    refused = capsys.readouterr().err.replace("\n        ", "")
    assert [said for _, _, said in WRONG if said not in refused] == []
    assert {title: clerk.titles.count(title) for title in titles} == {
        title: len(turns) for title, turns in tries.items()
    }


def test_a_refused_answer_can_be_mended_where_it_stands(conduct: Conduct) -> None:
    clerk = Clerk(COLLEGE, {"链接": "example.edu.cn/a", "负责人手机": ["1380", "13800000000"]})
    assert conduct(clerk).record["url"] == "https://example.edu.cn/a"
    assert clerk.last("负责人手机").typed == "1380"


@pytest.mark.parametrize(
    "typed", ["math", "数学学院", "数统学院", "shuxue", "sxyt", "数学与统计学院", "ＭＡＴＨ"]
)
def test_a_unit_is_known_by_any_part_of_its_names(folder: Path, typed: str) -> None:
    facts = Facts(WorkTree(folder), make.TODAY)
    unit = next(iter(questions({}, facts)))
    assert read(unit, typed, facts.fields) == "数学与统计学院"


SPECIAL = ("- 数", "[数]", '"数"', "数: 一", "# 数", "*数", "null", "1_000", "@数", "--set", "~")


def test_whatever_is_special_to_yaml_is_text(conduct: Conduct, kept: Kept) -> None:
    agreed = conduct(Clerk(COLLEGE, {"媒体名称": "- [数]: ~", "服务对象": "、".join(SPECIAL)}))
    assert agreed.record["name"] == "- [数]: ~"
    assert agreed.record["audience"] == list(SPECIAL)
    assert Kept.at(kept.path).answers["name"] == "- [数]: ~"


@pytest.mark.parametrize(
    "typed",
    [
        "2019-03-01",
        "2019.3.1",
        "2019/3/1",
        "2019年3月1日",
        "20190301",
        "２０１９．３．１",
        "2019 3 1",
    ],
)
def test_dates_are_read_in_usual_writings(typed: str) -> None:
    assert day(make.TODAY)(typed) == "2019-03-01"


@pytest.mark.parametrize("typed", ["201931", "3月1日", "去年", "19-3-1", "2019-13-01"])
def test_dates_that_may_mean_several_days_are_refused(typed: str) -> None:
    with pytest.raises(WrongAnswerError):
        day(make.TODAY)(typed)


def test_today_and_yesterday_are_dates() -> None:
    assert day(make.TODAY)("今天") == "2026-11-23"
    assert day(make.TODAY)("昨天") == "2026-11-22"


@pytest.mark.parametrize(
    ("typed", "value"),
    [("138-0000-0000", "13800000000"), ("+86 13800000000", "13800000000"),
     ("１３８００００００００", "13800000000"), ("0874—0000000", "0874-0000000")],
)  # fmt: skip
def test_phones_are_closed_up(typed: str, value: str) -> None:
    assert phone(typed) == value


def test_a_link_without_its_beginning_is_offered_with_it() -> None:
    with pytest.raises(WrongAnswerError) as wrong:
        address("weibo.com/qjnu")
    assert wrong.value.meant == "https://weibo.com/qjnu"


def test_blanks_around_are_taken_off() -> None:
    assert visible("\u3000数学 学院 \t") == "数学 学院"


def test_one_can_go_back_and_finds_the_old_answer(conduct: Conduct) -> None:
    clerk = Clerk(COLLEGE, {"微信号": [BACK, "qjnu_math"], "媒体名称": ["数学", "数学二"]})
    assert conduct(clerk).record["name"] == "数学二"
    assert clerk.last("媒体名称").default == "数学"


def test_one_can_go_back_to_the_beginning_and_no_further(
    conduct: Conduct, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk = Clerk(COLLEGE, {"哪个单位的平台": [BACK, "数学学院"], "类型": [HELP, "微信公众号"]})
    assert conduct(clerk).record == FILED
    said = capsys.readouterr().err
    assert "这已经是第一项" in said
    assert "说明：平台的类型" in said


def test_another_opener_asks_for_what_its_tier_needs(conduct: Conduct) -> None:
    clerk = Clerk(
        COLLEGE,
        {"类型": [BACK, "微信公众号"], "以谁的名义开通": ["学院", "班级"], "班级全称": "1 班"},
    )
    record = conduct(clerk).record
    assert record["opened_by"] == {"kind": "班级", "name": "1 班"}
    assert "supervisor" not in record


def test_what_is_needed_but_not_known_makes_a_draft(
    conduct: Conduct, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk = Clerk(COLLEGE, {"开通日期": ["", "", ""], "先空着吗": ["again", "open"]})
    agreed = conduct(clerk)
    assert agreed.draft
    assert "opened_on" not in agreed.record
    assert clerk.titles.count("开通日期") == 2
    assert "还缺：开通日期" in capsys.readouterr().err
    assert END not in clerk.titles


def test_a_draft_does_not_ask_whether_it_may_be_one(conduct: Conduct) -> None:
    clerk = Clerk(COLLEGE, {"开通日期": "", "负责人姓名": ""})
    assert conduct(clerk, draft=True).draft
    assert "先空着吗" not in clerk.titles


def test_one_of_two_phones_is_enough(conduct: Conduct) -> None:
    clerk = Clerk(COLLEGE, {"负责人手机": "", "负责人座机": "0874-0000000"})
    assert conduct(clerk).record["manager"] == {"name": "示例乙", "landline": "0874-0000000"}
    assert "没有就回车" not in clerk.last("负责人座机").remark


def test_breaking_off_keeps_the_answers_for_their_owner_only(
    conduct: Conduct, kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Abort):
        conduct(Clerk(COLLEGE, {"微信号": KeyboardInterrupt}))
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert "填过的 4 项留在本机" in capsys.readouterr().err
    again = Clerk(COLLEGE)
    assert conduct(again).record == FILED
    assert "媒体名称" not in again.titles
    assert again.titles[:2] == ["怎么办", "微信号"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EOFError])
def test_two_answers_are_not_worth_keeping(conduct: Conduct, kept: Kept, stop: Stop) -> None:
    with pytest.raises(typer.Abort):
        conduct(Clerk(COLLEGE, {"类型": stop}))
    assert not kept.path.exists()


def test_one_can_begin_anew(conduct: Conduct, kept: Kept) -> None:
    with pytest.raises(typer.Abort):
        conduct(Clerk(COLLEGE, {"微信号": EOFError}))
    again = Clerk(COLLEGE, {"怎么办": "new", "媒体名称": "数学二"})
    assert conduct(again).record["name"] == "数学二"
    assert kept.path.exists()


def test_an_answer_that_is_none_any_more_is_asked_again(conduct: Conduct, kept: Kept) -> None:
    kept.write(
        {"unit": "数学与统计学院", "opened_by.kind": "学院", "kind": "飞信", "name": "数学"},
        make.TODAY,
    )
    again = Clerk(COLLEGE)
    assert conduct(again).record["kind"] == "微信公众号"
    assert again.last("媒体名称").default == "数学"


@pytest.mark.parametrize("data", [b"", b"[", b"\xff\xfe", b"answers: 1\n"])
def test_kept_answers_that_cannot_be_read_are_none(
    conduct: Conduct, kept: Kept, data: bytes
) -> None:
    kept.path.parent.mkdir(exist_ok=True)
    kept.path.write_bytes(data)
    assert conduct(Clerk(COLLEGE)).record == FILED


def test_a_disk_that_takes_nothing_does_not_end_the_interview(conduct: Conduct, kept: Kept) -> None:
    kept.path.parent.write_bytes(b"")
    assert conduct(Clerk(COLLEGE)).record == FILED


def test_no_at_the_end_leads_to_one_item_and_back(conduct: Conduct) -> None:
    clerk = Clerk(
        COLLEGE,
        {END: [CHANGE, YES], "改哪一项": "opened_on", "开通日期": ["2019-03-01", "2015-01-01"]},
    )
    assert conduct(clerk).record["opened_on"] == "2015-01-01"
    assert clerk.titles.count("负责人姓名") == 1
    assert any("138****0000" in choice.title for choice in clerk.last("改哪一项").choices)


def test_a_changed_unit_asks_only_for_what_is_new(conduct: Conduct) -> None:
    clerk = Clerk(
        COLLEGE,
        {END: [CHANGE, YES], "改哪一项": "unit", "哪个单位的平台": ["数学学院", "宣传部"]},
        {"第一责任人（主要负责人）姓名": "示例壬", "以谁的名义开通": ["学院", "职能部门"]},
    )
    record = conduct(clerk).record
    assert record["owner"] == "publicity"
    assert record["opened_by"] == {"kind": "职能部门", "name": "党委宣传部"}
    assert record["accountable"] == {"name": "示例壬", "post": "主要负责人"}


def test_going_back_from_a_change_changes_nothing(conduct: Conduct) -> None:
    turns = [COLLEGE["媒体名称"], BACK]
    clerk = Clerk(COLLEGE, {END: [CHANGE, YES], "改哪一项": "name", "媒体名称": turns})
    assert conduct(clerk).record == FILED


def test_no_at_the_end_may_make_a_draft(conduct: Conduct) -> None:
    agreed = conduct(Clerk(COLLEGE, {END: DRAFT}))
    assert agreed == Agreed(FILED, draft=True)  # type: ignore[arg-type]  # plain data


def test_giving_up_keeps_nothing(conduct: Conduct, kept: Kept) -> None:
    with pytest.raises(typer.Abort):
        conduct(Clerk(COLLEGE, {END: GIVE_UP}))
    assert not kept.path.exists()


def test_breaking_off_at_the_end_keeps_everything(conduct: Conduct, kept: Kept) -> None:
    with pytest.raises(typer.Abort):
        conduct(Clerk(COLLEGE, {END: KeyboardInterrupt}))
    again = Clerk({})
    assert conduct(again).record == FILED
    assert again.titles == ["怎么办", END]
    assert kept.path.exists()


def test_the_last_platform_of_a_unit_lends_its_supervisor(conduct: Conduct, folder: Path) -> None:
    put(folder, TAKEN, make.COLLEGE.lstrip().encode())
    clerk = Clerk(COLLEGE, {"类型": "微博", "微博号": "qjnu_sx", "媒体名称": "曲师数学微博"})
    for title in ("分管领导姓名", "分管领导手机", "审核机制", "审核人姓名"):
        clerk.knows.pop(title)
    record, before = conduct(clerk).record, make.tree(make.COLLEGE)
    assert (record["supervisor"], record["review"]) == (before["supervisor"], before["review"])


def test_a_wrong_post_in_the_units_is_asked_for(conduct: Conduct, folder: Path) -> None:
    units = make.UNITS.lstrip().replace("学院党总支书记", "院长")
    put(folder, "registry/units.yaml", units.encode())
    clerk = Clerk(COLLEGE)
    assert conduct(clerk).record["accountable"] == {"name": "示例甲", "post": "学院党总支书记"}
    assert clerk.titles[-1] == END


def test_an_account_that_is_registered_is_refused_at_once(
    conduct: Conduct, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, TAKEN, make.COLLEGE.lstrip().encode())
    clerk = Clerk(COLLEGE, {"微信号": ["qjnu_math", "qjnu_sx"]})
    assert conduct(clerk).record["account"] == "qjnu_sx"
    assert "math-wechat" in capsys.readouterr().err


# The askers themselves


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


FRUIT = Prompt("类型", choices=(Choice("微博"), Choice("微信公众号"), Choice("", "先不填")))


@pytest.mark.parametrize(
    ("line", "value"),
    [("2", "微信公众号"), ("２", "微信公众号"), ("公众号", "微信公众号"), ("微博", "微博"),
     ("3", ""), ("先不填", ""), ("<", BACK), ("＜", BACK), ("？", HELP)],
)  # fmt: skip
def test_a_list_takes_numbers_and_words(
    monkeypatch: pytest.MonkeyPatch, line: str, value: str
) -> None:
    typed(monkeypatch, line)
    assert LineAsker().ask(FRUIT) == value


def test_a_list_asks_again_for_what_it_has_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "9", "", "电报", "1")
    assert LineAsker().ask(FRUIT) == "微博"
    assert capsys.readouterr().err.count("没有这一项") == 3


def test_enter_takes_the_default_and_a_blank_none(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "", " ", "")
    asker = LineAsker()
    assert asker.ask(Prompt("姓名", default="示例甲")) == "示例甲"
    assert asker.ask(Prompt("姓名", default="示例甲")) == ""
    assert asker.ask(Prompt("姓名")) == ""
    with pytest.raises(EOFError):
        asker.ask(Prompt("姓名"))


def test_likely_answers_are_listed_with_numbers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "2")
    words = (Word("数学学院", remark="math"), Word("图书馆", remark="lib"))
    assert LineAsker().ask(Prompt("单位", words=words)) == "图书馆"
    assert "2 图书馆" in capsys.readouterr().err


def test_a_terminal_without_menus_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(asking.asker(), LineAsker)
    monkeypatch.delenv("TERM")
    assert isinstance(asking.asker(), LineAsker)


def test_long_lines_break_between_words_and_keep_closing_marks() -> None:
    broken = wrapped(f"  不行：{'数' * 33}，https://example.edu.cn/very/long 之后", " " * 8)
    assert broken.splitlines()[1].strip().startswith("https://")
    assert broken.splitlines()[0].endswith("，")
    assert all(width(line) <= 76 for line in broken.splitlines())


# On a real terminal

Screen = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def screen(school: Path, porter: Porter) -> Iterable[Screen]:
    """Return a function that runs the command on a terminal of 80 by 24."""
    running: list[pexpect.spawn[str]] = []

    def run(*argv: str, to: str = "/dev/tty", **environ: str) -> "pexpect.spawn[str]":
        env = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "LC_ALL": "C.UTF-8"}
        env |= environ
        env.pop("CI", None)
        words = shlex.join([str(porter.command), *argv, "--today", "2026-11-23"])
        child = pexpect.spawn(
            "/bin/sh", ["-c", f"exec {words} > {to}"],
            cwd=str(school), env=env, encoding="utf-8", timeout=20, dimensions=(24, 80),
        )  # fmt: skip
        child.delaybeforesend = None
        running.append(child)
        return child

    yield run
    for child in running:
        child.close(force=True)


TERMS = pytest.mark.parametrize(("term", "enter"), [("xterm", "\r"), ("dumb", "\n")])
TYPED = (
    ("哪个单位的平台", "数学学院"), ("以谁的名义开通", ""), ("类型", "公众号"),
    ("媒体名称", "曲靖师范学院数学学院"), ("微信号", "qjnu_math"), ("链接", ""),
    ("开通日期", "2019.3.1"), ("负责人姓名", "示例乙"), ("负责人手机", "13800000000"),
    ("负责人座机", "0874-0000000"), ("分管领导姓名", "示例丙"), ("分管领导手机", "13800000001"),
    ("分管领导座机", ""), ("后台管理人员姓名", "示例丁"), ("示例丁的身份", "1"),
    ("示例丁的手机", ""), ("第 2 名", ""), ("维护方式", ""), ("平台认证", ""), ("定位", ""),
    ("服务对象", ""), ("审核机制", "三审三校"), ("审核人姓名", "示例己"), ("备注", ""),
)  # fmt: skip


def answer(child: "pexpect.spawn[str]", enter: str, turns: Iterable[tuple[str, str]]) -> None:
    for title, words in turns:
        child.expect_exact(title)
        child.send(words + enter)


def ends(child: "pexpect.spawn[str]") -> int | None:
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus


@TERMS
def test_a_platform_is_registered_on_a_terminal(
    school: Path, screen: Screen, term: str, enter: str
) -> None:
    child = screen("add", TERM=term)
    answer(child, enter, TYPED)
    child.expect_exact("登记这个平台吗")
    child.send(enter)
    child.expect_exact("已提交")
    assert ends(child) == 0
    assert "登记 微信公众号「曲靖师范学院数学学院」（math-wechat）" in git(school, "log", "-1")
    assert git(school, "status", "--porcelain") == ""
    assert not (school / ".git/qjmedia/answers.yaml").exists()


@pytest.mark.parametrize(
    ("term", "enter", "stop"), [("xterm", "\r", "\x03"), ("dumb", "\n", "\x04")]
)
def test_breaking_off_on_a_terminal_changes_nothing_and_loses_nothing(
    school: Path, screen: Screen, term: str, enter: str, stop: str
) -> None:
    before = git(school, "rev-parse", "HEAD")
    child = screen("add", TERM=term)
    answer(child, enter, TYPED[:6])
    child.expect_exact("开通日期")
    child.send(stop)
    child.expect_exact("填过的 6 项留在本机")
    child.expect_exact("已取消")
    assert ends(child) == 130
    assert git(school, "rev-parse", "HEAD") == before
    assert git(school, "status", "--porcelain") == ""
    again = screen("add", TERM=term)
    again.expect_exact("没有填完")
    answer(again, enter, [("怎么办", ""), *TYPED[6:]])
    again.expect_exact("登记这个平台吗")
    again.send(enter)
    assert ends(again) == 0
    assert "math-wechat" in git(school, "log", "-1", "--format=%s")


def test_a_commit_that_fails_leaves_the_answers(school: Path, screen: Screen) -> None:
    nobody = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_COUNT": "1"}
    nobody |= {"GIT_CONFIG_KEY_0": "user.useConfigOnly", "GIT_CONFIG_VALUE_0": "true"}
    child = screen("add", TERM="dumb", **nobody)
    answer(child, "\n", [*TYPED, ("登记这个平台吗", "")])
    child.expect_exact("Git 还不知道您是谁")
    assert ends(child) == 4
    kept = Kept.at(school / ".git/qjmedia/answers.yaml")
    assert kept.answers["name"] == "曲靖师范学院数学学院"


def test_consent_is_asked_for_in_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "", "是", "Ｙ", "n", "嗯", "否")
    assert [asking.consents("提交吗") for _ in range(5)] == [True, True, True, False, False]
    assert capsys.readouterr().err.count("请写 y（是）或 n（否）") == 1


def test_menus_know_back_and_help(screen: Screen) -> None:
    child = screen("add")
    answer(child, "\r", TYPED[:1])
    child.expect_exact("以谁的名义开通")
    child.send("?")
    child.expect_exact("第五条按开通名义")
    child.expect_exact("以谁的名义开通")
    child.send("<")
    child.expect_exact("哪个单位的平台")
    child.expect_exact("数学与统计学院")
    child.send("\x03")
    assert ends(child) == 130


def test_results_alone_go_to_standard_output(school: Path, screen: Screen) -> None:
    child = screen("add", TERM="dumb", to="../id")
    answer(child, "\n", [*TYPED, ("登记这个平台吗", "")])
    assert ends(child) == 0
    assert (school.parent / "id").read_text() == "math-wechat\n"
