"""A clerk changes a record in an editor of their own."""

import os
import re
import shlex
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import make
import pexpect
import pytest
import typer
from conftest import Command
from plain_git import git, state
from shelf import Shelf

from qjmedia.actions.amend import Edit, Occasion
from qjmedia.cli import editor
from qjmedia.cli.ask import Prompt
from qjmedia.errors import BadRequest, Conflict, QjError, Refused
from qjmedia.store import records
from qjmedia.store.files import WorkTree

RECORD = make.record()
PATH = Path("registry/platforms/math/math-wechat.yaml")
OCCASION = Occasion(make.TODAY, make.TODAY, make.TODAY)
GOOD = "s/学院教学科研动态/教学科研/"
BAD = "s/已认证/是的/"
UNREADABLE = "s/^kind: .*/kind: [/"
FORBIDDEN = "s/学院党总支书记/辅导员/"


@pytest.fixture
def added(school: Path, qjmedia: Command, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with one platform; temporary files land beside it."""

    def build() -> None:
        assert qjmedia("add", *make.as_options(RECORD), "--today", "2026-11-23").code == 0

    shelf.take("editor-added", school, build)
    desk = school.parent / "desk"
    desk.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(desk))
    monkeypatch.setenv("TMPDIR", str(desk))
    monkeypatch.delenv("VISUAL", raising=False)
    return school


Hire = Callable[..., Path]


@pytest.fixture
def hire(added: Path, monkeypatch: pytest.MonkeyPatch) -> Hire:
    """Return a function that makes an editor of shell commands, one line for each time it opens.

    `$1` is the file; the last line is for all later times.
    """

    def made(*turns: str) -> Path:
        script = added.parent / "my editor"
        cases = "\n".join(f"{number}) {turn} ;;" for number, turn in enumerate(turns, 1))
        script.write_text(
            f"""#!/bin/sh
count="{added.parent}/count"
echo x >> "$count"
turn=$(wc -l < "$count")
[ "$turn" -gt {len(turns)} ] && turn={len(turns)}
case $((turn)) in
{cases}
esac
""",
            "utf-8",
        )
        script.chmod(0o755)
        monkeypatch.setenv("EDITOR", shlex.quote(str(script)))
        return script

    return made


def sed(expression: str) -> str:
    return f"sed -i '{expression}' \"$1\""


def left_behind(added: Path) -> list[Path]:
    return sorted((added.parent / "desk").rglob("*.yaml"))


def kept(said: str) -> Path:
    """Return the file that a message names."""
    found = re.search(r"改过的内容留在 (\S+)", said)
    assert found, said
    return Path(found[1])


def test_what_was_edited_is_one_commit(added: Path, hire: Hire, qjmedia: Command) -> None:
    hire(sed(GOOD))
    done = qjmedia("amend", "math-wechat", "--edit", "--yes", "--today", "2026-11-23")
    assert (done.code, done.out) == (0, "math-wechat\n"), done.err
    assert "定位" in git(added, "log", "-1", "--format=%s")
    assert "positioning: 教学科研\n" in (added / PATH).read_text("utf-8")
    assert git(added, "status", "--porcelain") == ""
    assert left_behind(added) == []


def test_the_file_is_private_and_ends_in_yaml(added: Path, hire: Hire, qjmedia: Command) -> None:
    hire(f'stat -c "%a %n" "$1" "$(dirname "$1")" > {added.parent}/seen')
    qjmedia("amend", "math-wechat", "--edit")
    file, folder = (added.parent / "seen").read_text().splitlines()
    assert re.fullmatch(r"600 .*/math-wechat\.yaml", file)
    assert folder.startswith("700 ")


@pytest.mark.parametrize(
    ("turn", "code", "said"),
    [
        ("true", 3, "没有改动"),
        ('touch "$1"', 3, "没有改动"),
        ("exit 7", 3, "退出码 7"),
        ("kill -KILL $$", 3, "信号 9"),
        ("kill -INT $$", 130, "已取消"),
        (': > "$1"', 130, "文件是空的"),
        ('printf " \\n\\n" > "$1"', 130, "文件是空的"),
        ('rm "$1"', 4, "没有留下"),
    ],
)  # fmt: skip
def test_an_edit_that_comes_to_nothing_changes_nothing(
    added: Path, hire: Hire, qjmedia: Command, turn: str, code: int, said: str
) -> None:
    hire(turn)
    before = state(added)
    done = qjmedia("amend", "math-wechat", "--edit")
    assert (done.code, said in done.err) == (code, True), done.err
    assert state(added) == before
    assert left_behind(added) == []


@pytest.mark.parametrize(
    ("turn", "code", "said"),
    [
        (sed(BAD), 2, "认证"),
        (sed(UNREADABLE), 3, "读不出来"),
        (sed(FORBIDDEN), 3, "第一责任人"),
        (sed("s/^id: .*/id: other/"), 3, "id 登记后不再改变"),
        (f"{sed(GOOD)}; exit 1", 3, "退出码 1"),
        (f"{sed(GOOD)}; kill -KILL $$", 3, "信号 9"),
    ],
)
def test_without_a_terminal_a_fault_refuses_and_nothing_typed_is_lost(
    added: Path, hire: Hire, qjmedia: Command, turn: str, code: int, said: str
) -> None:
    hire(turn)
    before = state(added)
    done = qjmedia("amend", "math-wechat", "--edit")
    assert (done.code, said in done.err) == (code, True), done.err
    assert state(added) == before
    assert left_behind(added) == [kept(done.err)]
    assert kept(done.err).read_bytes() != (added / PATH).read_bytes()
    assert stat.S_IMODE(kept(done.err).stat().st_mode) & 0o077 == 0


def test_a_trial_run_keeps_what_was_edited(added: Path, hire: Hire, qjmedia: Command) -> None:
    hire(sed(GOOD))
    before = state(added)
    done = qjmedia("amend", "math-wechat", "--edit", "--dry-run")
    assert done.code == 0
    assert "教学科研" in kept(done.err).read_text("utf-8")
    assert state(added) == before


def test_what_an_old_editor_adds_is_taken_off(added: Path, hire: Hire, qjmedia: Command) -> None:
    hire(
        f"""{sed(GOOD)}; printf '\\357\\273\\277' | cat - "$1" > t; sed 's/$/\\r/' t > "$1"; rm t"""
    )
    done = qjmedia("amend", "math-wechat", "--edit", "--yes")
    assert done.code == 0, done.err
    assert git(added, "show", "--format=", "--numstat").split()[:2] == ["1", "1"]


def test_editing_and_setting_do_not_mix(added: Path, hire: Hire, qjmedia: Command) -> None:
    hire(sed(GOOD))
    done = qjmedia("amend", "math-wechat", "--edit", "--set", "remarks=x")
    assert (done.code, "不能一起用" in done.err) == (2, True)
    assert left_behind(added) == []


@pytest.mark.parametrize(
    ("visual", "own", "command"),
    [
        ("code --wait", "vi", ["code", "--wait"]),
        (" ", "'/my editor' -n", ["/my editor", "-n"]),
        ("", "nano", ["nano"]),
    ],
)
def test_the_clerks_own_editor_comes_first(
    monkeypatch: pytest.MonkeyPatch, visual: str, own: str, command: list[str]
) -> None:
    monkeypatch.setenv("VISUAL", visual)
    monkeypatch.setenv("EDITOR", own)
    assert editor.editor() == command


def test_some_editor_is_found_where_none_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadRequest, match="找不到编辑器"):
        editor.editor()
    (tmp_path / "vi").touch(mode=0o755)
    assert editor.editor() == [str(tmp_path / "vi")]


@pytest.mark.parametrize(
    ("own", "said"), [("no-such-editor", "没有这个程序"), ("'vi", "引号不成对"), ("/", "无法启动")]
)
def test_an_editor_that_cannot_be_started_is_named(
    added: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch, own: str, said: str
) -> None:
    monkeypatch.setenv("EDITOR", own)
    done = qjmedia("amend", "math-wechat", "--edit")
    assert (done.code, said in done.err) == (2, True), done.err
    assert left_behind(added) == []


class Says:
    """An asker with its answers ready."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def ask(self, _: Prompt) -> str:
        """Return the next answer."""
        return self.answers.pop(0)


@pytest.fixture
def at_desk(added: Path) -> Callable[[Sequence[str]], tuple[bytes, bytes]]:
    """Return a function that edits with these answers, and gives the text before and after."""

    def edited(answers: Sequence[str]) -> tuple[bytes, bytes]:
        files = WorkTree(added)
        data, record = records.read(files, records.path_of(files, "math-wechat"))
        with editor.edited(files, "math-wechat", OCCASION, Says(*answers)) as change:
            return data, change(data, record, lambda tree: tree)[0]

    return edited


AtDesk = Callable[[Sequence[str]], tuple[bytes, bytes]]


@pytest.mark.parametrize("fault", [BAD, UNREADABLE, FORBIDDEN])
def test_a_fault_is_shown_with_its_line_and_can_be_mended(
    hire: Hire, at_desk: AtDesk, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    mend = "s/是的/已认证/; s/^kind: .*/kind: 微信公众号/; s/辅导员/学院党总支书记/"
    hire(sed(fault), f"{sed(mend)}; {sed(GOOD)}")
    before, after = at_desk(["again"])
    assert after == before.replace("学院教学科研动态".encode(), "教学科研".encode())
    said = capsys.readouterr().err
    assert re.search(r"第 \d+ 行", said)
    assert "怎么办" in said


def test_giving_up_keeps_what_was_edited(
    hire: Hire, at_desk: AtDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    hire(sed(BAD))
    with pytest.raises(typer.Abort):
        at_desk(["?", "give-up"])
    assert "是的" in kept(capsys.readouterr().err).read_text("utf-8")


def test_a_record_that_changed_meanwhile_is_not_overwritten(added: Path, hire: Hire) -> None:
    hire(sed(GOOD))
    files = WorkTree(added)
    data, record = records.read(files, records.path_of(files, "math-wechat"))

    def elsewhere(change: Edit) -> None:
        change(data + b"# x\n", record, lambda tree: tree)

    with (
        pytest.raises(Conflict, match="别人改了"),
        editor.edited(files, "math-wechat", OCCASION) as change,
    ):
        elsewhere(change)
    assert len(left_behind(added)) == 1


def test_every_refusal_has_a_way_out(hire: Hire, at_desk: AtDesk) -> None:
    hire("exit 1")
    with pytest.raises(Refused) as refused:
        at_desk([])
    assert isinstance(refused.value, QjError)
    assert "--set" in refused.value.hint


# On a real terminal


@pytest.fixture
def screen(added: Path) -> Iterator[Callable[[str], "pexpect.spawn[str]"]]:
    """Return a function that edits on a terminal of 80 by 24."""
    running: list[pexpect.spawn[str]] = []

    def run(term: str) -> "pexpect.spawn[str]":
        env = {**os.environ, "TERM": term, "PROMPT_TOOLKIT_NO_CPR": "1", "LC_ALL": "C.UTF-8"}
        env.pop("CI", None)
        child = pexpect.spawn(
            sys.executable,
            ["-m", "qjmedia", "amend", "math-wechat", "--edit", "--today", "2026-11-23"],
            cwd=str(added), env=env, encoding="utf-8", timeout=20, dimensions=(24, 80),
        )  # fmt: skip
        child.delaybeforesend = None
        running.append(child)
        return child

    yield run
    for child in running:
        child.close(force=True)


Screen = Callable[[str], "pexpect.spawn[str]"]


def ends(child: "pexpect.spawn[str]") -> int | None:
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus


@pytest.mark.parametrize(("term", "enter"), [("xterm", "\r"), ("dumb", "\n")])
def test_a_fault_is_mended_on_a_terminal(
    added: Path, hire: Hire, screen: Screen, term: str, enter: str
) -> None:
    hire(sed(BAD), f"{sed('s/是的/已认证/')}; {sed(GOOD)}")
    child = screen(term)
    child.expect(r"第 \d+ 行：认证")
    child.expect_exact("重新编辑")
    child.send(enter)
    child.expect_exact("提交这些变更")
    child.send("\n")
    child.expect_exact("已提交")
    assert ends(child) == 0
    assert "positioning: 教学科研\n" in (added / PATH).read_text("utf-8")
    assert left_behind(added) == []


def test_no_to_the_commit_keeps_what_was_edited(added: Path, hire: Hire, screen: Screen) -> None:
    hire(sed(GOOD))
    before = state(added)
    child = screen("xterm")
    child.expect_exact("提交这些变更")
    child.send("n\n")
    child.expect_exact("改过的内容留在")
    assert ends(child) == 130
    assert state(added) == before
    assert len(left_behind(added)) == 1


def test_an_interrupt_belongs_to_the_editor(added: Path, hire: Hire, screen: Screen) -> None:
    # like vim, this editor takes Ctrl-C for itself and goes on
    hire(f"trap : INT; echo ready; read line; {sed(GOOD)}")
    child = screen("xterm")
    child.expect_exact("ready")
    child.sendintr()
    child.send("\n")
    child.expect_exact("提交这些变更")
    child.send("\n")
    assert ends(child) == 0
    assert "positioning: 教学科研\n" in (added / PATH).read_text("utf-8")


def test_an_editor_that_dies_of_an_interrupt_changes_nothing(
    added: Path, hire: Hire, screen: Screen
) -> None:
    hire("echo ready; exec sleep 20")
    before = state(added)
    child = screen("xterm")
    child.expect_exact("ready")
    child.sendintr()
    child.expect_exact("已取消")
    assert ends(child) == 130
    assert state(added) == before
    assert left_behind(added) == []
