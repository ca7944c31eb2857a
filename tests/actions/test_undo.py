"""A change taken back: the files are as they were, and history has one commit more."""

from pathlib import Path

import make
import past
import pytest
from conftest import Command
from plain_git import commits, git, is_clean, state

from qjmedia.actions.refusal import Faulty
from qjmedia.actions.undo import Undoing, choose, undo
from qjmedia.errors import BadRequest, Refused
from qjmedia.store.repository import Repository


def take_back(root: Path, typed: str = "", *, dry_run: bool = False) -> tuple[Undoing, str]:
    with Repository.open(root) as repository:
        made, done = undo(repository, choose(repository, typed), today=make.TODAY, dry_run=dry_run)
        return made, done.commit or ""


def content(root: Path) -> str:
    return git(root, "rev-parse", "HEAD:registry")


def amend(qjmedia: Command, *fields: str, platform_id: str = "math-wechat") -> None:
    ran = qjmedia("amend", platform_id, *(word for f in fields for word in ("--set", f)), "-y")
    assert ran.code == 0, ran.err


def test_an_amend_is_taken_back_byte_for_byte(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add")
    before = content(school)
    amend(qjmedia, "account=qjnu_new")
    amended = git(school, "rev-parse", "HEAD")
    made, commit = take_back(school)
    assert content(school) == before
    assert is_clean(school)
    assert [tuple(change) for change in made.altered[0].changes] == [
        ("account", "qjnu_new", "qjnu_math")
    ]
    said = git(school, "log", "-1", "--format=%B", commit)
    assert said.startswith("撤销：变更 ")
    assert "Qj-Action: undo\nQj-Record: math-wechat\nQj-Fields: account\n" in said
    assert f"Qj-Undoes: {amended}" in said


def test_an_add_is_taken_back_by_removing_the_record(school: Path) -> None:
    before = content(school)
    past.commit(school, [past.draft()], "add")
    take_back(school)
    assert content(school) == before
    assert not (school / past.WECHAT).exists()


def test_an_import_is_taken_back_in_one_commit(school: Path) -> None:
    before, count = content(school), commits(school)
    past.commit(school, [past.draft(id=f"p{n}", account=f"a{n}") for n in range(25)], "import")
    after = content(school)
    made, commit = take_back(school)
    assert (content(school), commits(school), len(made.altered)) == (before, count + 2, 25)
    take_back(school, commit)
    assert (content(school), commits(school)) == (after, count + 3)


def test_an_undo_is_taken_back_by_naming_it(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add")
    amend(qjmedia, "account=qjnu_new")
    amended = content(school)
    _, first = take_back(school)
    _, second = take_back(school, first)
    assert content(school) == amended
    assert git(school, "log", "-1", "--format=%s", second).startswith("恢复：变更 ")
    _, third = take_back(school, second)
    assert git(school, "log", "-1", "--format=%s", third).startswith("撤销：变更 ")


def test_undo_after_undo_goes_back_change_by_change(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add", record="math-wechat")
    amend(qjmedia, "account=one")
    amend(qjmedia, "account=two")
    _, newest = take_back(school)
    take_back(school)
    assert "account: qjnu_math" in (school / past.WECHAT).read_text("utf-8")
    with pytest.raises(Refused, match="又改过"):
        take_back(school, newest)
    take_back(school)
    assert not (school / past.WECHAT).exists()
    made, _ = take_back(school)
    assert made.entry.action == "unit-add"
    with pytest.raises(Refused, match="没有可以撤销的改动"):
        take_back(school)


def test_a_later_change_of_the_same_record_stands_in_the_way(
    school: Path, qjmedia: Command
) -> None:
    past.commit(school, [past.draft()], "add")
    amend(qjmedia, "account=one")
    first = git(school, "rev-parse", "HEAD")
    amend(qjmedia, "manager.name=示例壬")
    later = git(school, "rev-parse", "HEAD")
    before = state(school)
    with pytest.raises(Refused, match=rf"math-wechat 后来又改过.*{later[:8]}") as caught:
        take_back(school, first)
    assert f"qjmedia undo {later[:8]}" in caught.value.hint
    assert state(school) == before


def test_a_change_of_another_record_does_not(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft(), past.draft(id="b", account="qjnu_b")], "import")
    amend(qjmedia, "account=one")
    first = git(school, "rev-parse", "HEAD")
    amend(qjmedia, "manager.name=示例壬", platform_id="b")
    take_back(school, first)
    assert "account: qjnu_math" in (school / past.WECHAT).read_text("utf-8")


def test_what_was_taken_back_is_not_taken_back_again(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add")
    amend(qjmedia, "account=one")
    amended = git(school, "rev-parse", "HEAD")
    _, commit = take_back(school)
    with pytest.raises(Refused, match="已经撤销过了") as caught:
        take_back(school, amended)
    assert commit[:8] in caught.value.hint


def test_a_change_by_hand_is_taken_back_only_by_name(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    text = (school / past.WECHAT).read_bytes()
    hand = past.by_hand(school, past.WECHAT, text.replace(b"qjnu_math", b"qjnu_new"))
    with pytest.raises(Refused, match=r"后来又改过.*手工"):
        take_back(school)
    take_back(school, hand)
    assert (school / past.WECHAT).read_bytes() == text


@pytest.mark.parametrize("status", ["草稿", "待审核", "已驳回"])
def test_a_record_not_yet_on_file_may_go_at_any_time(school: Path, status: str) -> None:
    added = past.commit(school, [past.draft(status=status)], "add")
    past.commit(school, [past.draft(id="b", account="qjnu_b")], "add")
    take_back(school, added)
    assert not (school / past.WECHAT).exists()


def test_a_record_on_file_may_go_only_right_after_it_was_added(school: Path) -> None:
    added = past.commit(school, [past.draft(status="已备案")], "add")
    past.commit(school, [past.draft(id="b", account="qjnu_b")], "add")
    with pytest.raises(Refused, match="只能注销"):
        take_back(school, added)
    take_back(school)
    take_back(school)
    assert not (school / past.WECHAT).exists()


def test_the_registry_itself_is_not_taken_back(school: Path) -> None:
    take_back(school)
    with pytest.raises(Refused, match="删掉整个登记库"):
        take_back(school, git(school, "rev-list", "--max-parents=0", "HEAD"))


def test_a_commit_elsewhere_or_of_something_else_is_refused(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    git(school, "switch", "-q", "-c", "side")
    past.commit(school, [past.draft(id="b", account="qjnu_b")], "add")
    git(school, "switch", "-q", "main")
    with pytest.raises(Refused, match="不在当前的历史中"):
        take_back(school, "side")
    past.by_hand(school, "notes.txt", b"x\n")
    with pytest.raises(Refused, match="没有改动登记"):
        take_back(school, "HEAD")
    git(school, "merge", "-q", "--no-edit", "side")
    with pytest.raises(Refused, match="合并"):
        take_back(school, "HEAD")


@pytest.mark.parametrize("typed", ["no-such", "--output=x", "HEAD~99", "a\nb", "\x1b[31m"])
def test_a_strange_name_is_refused(school: Path, typed: str) -> None:
    with pytest.raises(BadRequest):
        take_back(school, typed)


def test_a_new_error_refuses_the_undo(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add")
    amend(qjmedia, "account=one")
    amended = git(school, "rev-parse", "HEAD")
    past.commit(school, [past.draft(id="b")], "add")
    before = state(school)
    with pytest.raises(Faulty) as caught:
        take_back(school, amended)
    assert caught.value.findings[0].code == "QJ0802"
    assert state(school) == before


def test_a_unit_that_has_platforms_by_now_stays(school: Path) -> None:
    added = git(school, "rev-parse", "HEAD")
    past.commit(school, [past.draft()], "add")
    with pytest.raises(Faulty) as caught:
        take_back(school, added)
    assert {found.code for found in caught.value.findings} == {"QJ0011"}


def test_old_errors_come_back_as_warnings(school: Path) -> None:
    past.commit(school, [past.draft(verified="也许")], "add")
    bad = (school / past.WECHAT).read_bytes()
    past.commit(school, [past.draft(verified="已认证")], "amend")
    made, _ = take_back(school)
    assert [found.code for found in made.warnings] == ["QJ0008"]
    assert (school / past.WECHAT).read_bytes() == bad


def test_an_id_that_is_in_use_again_stays_unique(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    gone = past.by_hand(school, past.WECHAT, None)
    past.commit(school, [past.draft(owner="publicity")], "add")
    with pytest.raises(Refused, match="重复"):
        take_back(school, gone)


def test_a_move_is_taken_back_as_a_whole(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add")
    before = content(school)
    amend(qjmedia, "owner=publicity", "tier=一级", "opened_by.kind=学校")
    assert not (school / past.WECHAT).exists()
    take_back(school)
    assert content(school) == before


def test_a_dry_run_writes_nothing(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    before = state(school)
    made, commit = take_back(school, dry_run=True)
    assert (commit, len(made.altered)) == ("", 1)
    assert state(school) == before
