"""Numbers that nobody else has, taken through every command: they stay in the record.

Where they may stand: the record's file, what Git keeps of it, the official form, `--full`.
Everything else that a command prints, writes or leaves behind is searched for them.
"""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import make
import pytest
from conftest import Command, Ran
from plain_git import git, put

if TYPE_CHECKING:
    from qjmedia.model.tree import Record

MOBILES = ("13987650001", "13987650002", "13987650003")
LANDLINE = "0874-8765004"
CARD = "110101199001010015"
CANARIES = re.compile("139[^0-9]?8765[^0-9]?000|8765004|1101011990")
AMEND = ("amend", "math-wechat", "-y", "--set")
FORMATS = ("text", "json", "github", "sarif", "gitlab", "junit")


@dataclass(frozen=True)
class Office:
    """A registry whose records hold the canaries, and the hands that work in it.

    Attributes:
        root: the registry.
        leaves: the folders where a command may leave something: the user's and the temporary one.
    """

    root: Path
    qjmedia: Command
    leaves: tuple[Path, ...]

    def told(self, *argv: str, code: int | None = 0, stdin: str = "") -> Ran:
        """Run a command; neither what it prints nor what it leaves behind may hold a canary."""
        ran = self.qjmedia(*argv, stdin=stdin)
        assert code is None or ran.code == code, (argv, ran.out, ran.err)
        for stream in (ran.out, ran.err):
            assert not CANARIES.search(stream), (argv, CANARIES.findall(stream), stream)
        self.searched()
        return ran

    def searched(self) -> None:
        """Search what lies about: Git's own extra files, messages, temporary files, the home."""
        messages = git(self.root, "log", "--all", "--format=raw")
        assert not CANARIES.search(messages), messages
        folders = [self.root / ".git", *self.leaves]
        for path in (each for folder in folders for each in folder.rglob("*")):
            assert not CANARIES.search(str(path)), path
            if path.is_file() and "/objects/" not in str(path):
                text = path.read_bytes().decode("utf-8", "replace")
                assert not CANARIES.search(text), (path, text)


@pytest.fixture
def office(
    school: Path, qjmedia: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    leaves = (tmp_path / "home", tmp_path / "temporary")
    for folder in leaves:
        folder.mkdir()
    monkeypatch.setenv("HOME", str(leaves[0]))
    monkeypatch.setenv("XDG_STATE_HOME", str(leaves[0] / "state"))
    monkeypatch.setattr(tempfile, "tempdir", str(leaves[1]))
    return Office(school, qjmedia, leaves)


def record() -> list[str]:
    """Return a complete record as typed, with a canary in every field that may hold one."""
    people: Record = {
        "manager": {"name": "示例乙", "mobile": MOBILES[0], "landline": LANDLINE},
        "supervisor": {"name": "示例丙", "mobile": MOBILES[1]},
        "operators": [{"name": "示例丁", "mobile": MOBILES[2], "identity": "教师"}],
        "status": "", "filings": "", "remarks": "",
    }  # fmt: skip
    return make.as_options(make.record(people))


def test_the_whole_round_keeps_numbers_in_the_record(office: Office, tmp_path: Path) -> None:
    told = office.told
    told("add", *record(), "--draft", "--dry-run")
    told("add", *record(), "--draft", "--json")
    told(*AMEND, f"manager.mobile={MOBILES[1]}", "--dry-run")
    told(*AMEND, f"manager.mobile={MOBILES[1]}", "--reason", "换号")
    told("undo", "-y")
    told("submit", "math-wechat", "-y")
    told("sign", "math-wechat", "--by", "示例甲", "-y")
    told("approve", "math-wechat", "--by", "示例庚", "-y")
    told(*AMEND, "operators.0.mobile=" + MOBILES[0], "--changed-on", "2026-01-02", code=None)
    told(*AMEND, f'operators=[{{"name": "示例戊", "mobile": "{MOBILES[0]}", "identity": "教师"}}]')
    told("report", "math-wechat", "-y", code=None)
    ledger = tmp_path / "ledger.csv"
    ledger.write_text(
        "媒体名称,类型,账号,所属单位,负责人,手机,身份证号\n"
        f"甲,公众号,a_1,数学学院,示例乙,{MOBILES[0]},{CARD}\n"
        f"乙 {MOBILES[1]},公众号,a_2,数学学院,示例乙,{MOBILES[1]},\n"
        f"丙,公众号,{CARD},数学学院,示例乙,{MOBILES[2]}9,\n"
        f"丁,公众号,a_4,没有的学院{MOBILES[1]},示例{CARD},x{MOBILES[2]},\n",
        "utf-8",
    )
    for options in (("--dry-run",), ("--json", "--dry-run"), ("-y", "--create-units")):
        told("import", str(ledger), *options, code=None)
    for argv in (
        ("list",), ("list", "--json"), ("list", "-q"), ("find", "数学"), ("find", "0001"),
        ("show", "math-wechat"), ("show", "math-wechat", "--json"), ("unit", "list", "--json"),
        ("show", "math-wechat", "--at", "HEAD~2"), ("unit", "show", "math"), ("unit", "list"),
        ("log", "-n", "0"), ("log", "--json"), ("log", "math-wechat"), ("blame", "math-wechat"),
        ("blame", "math-wechat", "--json"), ("diff", "HEAD~4..HEAD"),
        ("diff", "HEAD~4..HEAD", "--json"), ("due",), ("due", "--json"), ("audit",),
        ("audit", "--json"), ("doctor",), ("doctor", "--json"), ("template", "check"),
        *(("check", "--format", each) for each in FORMATS),
        *(("check", "--base", "HEAD~3", "--format", each) for each in FORMATS),
        *(("export", "-o", str(tmp_path / "temporary" / f"ledger.{each}"))
          for each in ("csv", "json", "html")),
    ):  # fmt: skip
        told(*argv, code=None)
    told("close", "math-wechat", "--reason", "停办", "--proof", "平台通知", "-y")
    told("undo", "-y")
    form = office.qjmedia("render", "math-wechat", "-o", str(tmp_path / "forms"), "--json")
    assert form.code == 0
    assert not CANARIES.search(form.out + form.err)
    printed = next((tmp_path / "forms").glob("*.html")).read_text("utf-8")
    assert MOBILES[0] in printed, "the form has the number, so the search would have found it"
    assert MOBILES[0] in office.qjmedia("show", "math-wechat", "--full").out


WRONG = (
    (*AMEND, "remarks=联系 {}"),
    (*AMEND, "name=数学{}"),
    (*AMEND, "manager.name=示例{}"),
    (*AMEND, "operators.0.name=示例{}"),
    (*AMEND, "verified={}"),
    (*AMEND, "opened_on={}"),
    (*AMEND, "{}=甲"),
    (*AMEND, "remarks=甲", "--reason", "打 {} 问"),
    (*AMEND, "remarks=甲", "--author", "示例 {} <a@example.edu.cn>"),
    (*AMEND, "remarks=甲", "--author", "{}"),
    ("close", "math-wechat", "-y", "--reason", "问 {}"),
    ("unit", "amend", "math", "--set", "accountable.name=示例{}"),
    ("unit", "amend", "math", "--set", "short=学院{}"),
    ("unit", "add", "--set", "name={}学院", "--set", "kind=学院", "--set", "id=new"),
    ("add", "--draft", "--set", "name=平台{}", "--set", "kind=公众号", "--set", "owner=math"),
    ("show", "{}"),
    ("log", "{}"),
    ("undo", "{}"),
    ("{}",),
    ("list", "--{}"),
    ("list", "--unit", "{}"),
    ("list", "--tier", "{}"),
    ("check", "--rev", "{}"),
    ("check", "{}"),
    ("explain", "{}"),
    ("render", "math-wechat", "--form", "{}"),
    ("due", "--today", "{}"),
    ("verify", "{}"),
    ("import", "{}.csv"),
)


@pytest.mark.parametrize("number", ["139 8765 0001", CARD, "１３９８７６５０００１"])
def test_a_number_in_the_wrong_place_is_refused_and_not_repeated(
    number: str, office: Office
) -> None:
    assert office.qjmedia("add", *record(), "--draft").code == 0
    before = git(office.root, "rev-parse", "HEAD")
    for at, typed in enumerate(WRONG, len(number)):
        argv = [*(word.format(number) for word in typed), *(("--json",) if at % 2 else ())]
        ran = office.qjmedia(*argv)
        assert ran.code in {1, 2, 3}, (argv, ran)
        assert number not in ran.out + ran.err, (argv, ran)
        assert not CANARIES.search(ran.out + ran.err), (argv, ran)
    office.searched()
    assert git(office.root, "rev-parse", "HEAD") == before


def test_what_plain_git_let_in_is_masked_on_the_way_out(office: Office) -> None:
    assert office.qjmedia("add", *record(), "--draft").code == 0
    path = "registry/platforms/math/math-wechat.yaml"
    text = (office.root / path).read_text("utf-8")
    text = text.replace("曲靖师范学院数学学院", f"数学 {MOBILES[0]}")
    put(office.root, path, f"{text}remarks: 证件 {CARD}，手机 {MOBILES[1]}\n".encode())
    units = office.root / "registry/units.yaml"
    units.write_text(units.read_text("utf-8").replace("示例甲", f"示例{MOBILES[2]}"), "utf-8")
    git(
        office.root, "-c", f"user.name=示例{MOBILES[0]}", "commit", "-qam",
        f"改 {MOBILES[1]}\n\nQj-Reason: 问 {CARD}",
    )  # fmt: skip
    for argv in (
        ("list",), ("list", "--json"), ("show", "math-wechat"), ("show", "math-wechat", "--json"),
        ("find", "数学"), ("log",), ("log", "--json"), ("log", "math-wechat"), ("unit", "list"),
        ("unit", "show", "math"), ("unit", "show", "math", "--json"), ("unit", "list", "--json"),
        ("blame", "math-wechat"), ("blame", "math-wechat", "--json"), ("diff",), ("diff", "--json"),
        ("audit",), ("audit", "--all"), ("audit", "--json"), ("due",),
        *(("check", "--format", each) for each in FORMATS),
        *(("check", "--base", "HEAD~1", "--format", each) for each in FORMATS),
    ):  # fmt: skip
        ran = office.qjmedia(*argv)
        assert ran.code in {0, 1}, ran.err
        assert not CANARIES.search(ran.out + ran.err), (argv, ran.out, ran.err)
    found = office.qjmedia("check", "--base", "HEAD~1", "--format", "json").json["findings"]
    places = {(each["path"], each["pointer"]) for each in found if each["code"] == "QJ0015"}
    assert {
        (path, "/name"),
        (path, "/remarks"),
        ("registry/units.yaml", "/units/3/accountable/name"),
        ("registry", ""),
    } <= places
    said = " ".join(each["message"] for each in found if each["path"] == "registry")
    assert "提交说明里像是有手机号码" in said
    assert "提交说明里像是有身份证号码" in said
    assert "作者里像是有手机号码" in said
    undone = office.qjmedia("undo", "-y")
    assert not CANARIES.search(undone.out + undone.err)
