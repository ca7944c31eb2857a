"""Who changed what: read from repositories made for the purpose."""

from datetime import date
from pathlib import Path

import past
import pytest
from conftest import Command
from plain_git import git

from qjmedia.actions import history
from qjmedia.actions.history import MANUAL, How, Titles, alterations, finely
from qjmedia.errors import BadRequest
from qjmedia.model.difference import FieldChange
from qjmedia.store.files import Revision
from qjmedia.store.history import between, commits
from qjmedia.store.repository import Repository

Told = list[tuple[str, str, list[tuple[str, object, object]]]]


def told(root: Path, platform_id: str = "") -> Told:
    """Return action, record and field changes of each entry, newest first."""
    with Repository.open(root) as repository:
        return [
            (
                entry.action,
                entry.record,
                [
                    (change.field, change.old, change.new)
                    for each in alterations(repository, entry.touched)
                    for change in each.changes
                ],
            )
            for entry in history.entries(repository, platform_id)
        ]


def blamed(root: Path) -> dict[str, str]:
    with Repository.open(root) as repository:
        return {
            each.field: each.entry.commit.id if each.entry else ""
            for each in history.blame(repository, "math-wechat")
        }


def test_an_entry_names_record_action_and_fields(school: Path, qjmedia: Command) -> None:
    past.commit(school, [past.draft()], "add")
    ran = qjmedia(
        "amend", "math-wechat", "--set", "manager.mobile=13800000009", "--reason", "换号", "-y"
    )
    assert ran.code == 0, ran.err
    newest = told(school, "math-wechat")[0]
    assert newest == (
        "amend",
        "math-wechat",
        [("manager.mobile", "13800000000", "13800000009")],
    )


def test_every_commit_of_the_registry_is_there_and_no_other(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    past.by_hand(school, "notes.txt", b"outside the registry\n")
    assert [action for action, _, _ in told(school)] == ["add", "unit-add", "init"]


def test_a_record_is_followed_from_one_unit_to_another(school: Path) -> None:
    first = past.commit(school, [past.draft()], "add")
    git(school, "config", "core.quotePath", "true")
    moved = past.WECHAT.replace("/math/", "/publicity/")
    (school / moved).parent.mkdir()
    git(school, "mv", past.WECHAT, moved)
    text = (school / moved).read_text("utf-8").replace("owner: math", "owner: publicity")
    second = past.by_hand(school, moved, text.encode())
    third = past.by_hand(school, moved, text.replace("qjnu_math", "qjnu_new").encode())
    with Repository.open(school) as repository:
        found = [*history.entries(repository, "math-wechat")]
        assert [entry.commit.id for entry in found] == [third, second, first]
        (altered,) = alterations(repository, found[1].touched)
    assert altered.touched.how is How.MOVED
    assert str(altered.touched.moved_from) == past.WECHAT
    assert [change.field for change in altered.changes] == ["owner"]
    assert blamed(school) == {
        **dict.fromkeys(blamed(school), first),
        "owner": second,
        "account": third,
    }


def test_a_commit_by_plain_git_is_called_by_hand(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    text = (school / past.WECHAT).read_bytes().replace(b"qjnu_math", b"qjnu_new")
    past.by_hand(school, past.WECHAT, text, "改账号")
    with Repository.open(school) as repository:
        entry = next(history.entries(repository))
    assert (entry.action, entry.record, entry.why) == (MANUAL, "math-wechat", "改账号")


def test_broken_yaml_in_the_past_is_said_and_passed_over(school: Path) -> None:
    first = past.commit(school, [past.draft()], "add")
    good = (school / past.WECHAT).read_bytes()
    past.by_hand(school, past.WECHAT, b"name: [\n")
    past.by_hand(school, past.WECHAT, "name: 数学\n".encode("gbk"))
    mended = past.by_hand(school, past.WECHAT, good.replace(b"qjnu_math", b"qjnu_new"))
    with Repository.open(school) as repository:
        found = [
            each
            for entry in history.entries(repository, "math-wechat")
            for each in alterations(repository, entry.touched)
        ]
    assert ["改动前" in each.problem for each in found] == [True, False, False, False]
    assert ["改动后" in each.problem for each in found] == [False, True, True, False]
    assert blamed(school) == {**dict.fromkeys(blamed(school), first), "account": mended}


def test_an_import_is_one_entry_with_all_its_records(school: Path) -> None:
    past.commit(school, [past.draft(id=f"p{n}", account=f"a{n}") for n in range(7)], "import")
    with Repository.open(school) as repository:
        entry = next(history.entries(repository))
        alone = next(history.entries(repository, "p3"))
    assert [each.record for each in entry.touched] == [f"p{n}" for n in range(7)]
    assert entry.record == ""
    assert [each.record for each in alone.touched] == ["p3"]


def test_a_branch_without_commits_has_no_history(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with Repository.open(tmp_path) as repository:
        assert [*history.entries(repository)] == []
        assert history.last(repository) is None
        assert [*history.difference(repository, None, None)] == []


def test_odd_names_and_messages_are_read_as_they_are(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    data = (school / past.WECHAT).read_bytes()
    who = ("-c", "user.name=示例 \x1b[31m乙\u202e\t|:#", "-c", "user.email=yi@example.edu.cn")
    past.by_hand(school, past.WECHAT, data + b"# 1\n", ":100644 \n\n::\nQj-Reason: ", *who)
    past.by_hand(school, past.WECHAT, data + b"# 2\n", "二", "-c", "log.showSignature=true")
    git(school, "config", "log.showRoot", "false")
    git(school, "config", "diff.renames", "copies")
    git(school, "config", "i18n.logOutputEncoding", "GBK")
    with Repository.open(school) as repository:
        found = [*history.entries(repository)]
    assert len(found) == 5
    assert found[1].commit.author.name == "示例 \x1b[31m乙\u202e\t|:#"
    assert found[1].message.subject == ":100644"
    assert [entry.message.action for entry in found[2:]] == ["add", "unit-add", "init"]
    assert found[4].touched


def test_a_merge_shows_only_what_it_settled_itself(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    good = (school / past.WECHAT).read_bytes()
    git(school, "switch", "-q", "-c", "theirs")
    theirs = past.by_hand(school, past.WECHAT, good.replace(b"qjnu_math", b"qjnu_theirs"))
    git(school, "switch", "-q", "main")
    ours = past.by_hand(school, past.WECHAT, good.replace("二级".encode(), "三级".encode()))
    git(school, "merge", "-q", "theirs", ok=(0, 1))
    settled = good.replace(b"qjnu_math", b"qjnu_theirs").replace("二级".encode(), "三级".encode())
    merge = past.by_hand(school, past.WECHAT, settled.replace("草稿".encode(), "待审核".encode()))
    answers = blamed(school)
    assert (answers["account"], answers["tier"], answers["status"]) == (theirs, ours, merge)
    assert told(school)[0][2] == [("status", "草稿", "待审核")]


def test_days_are_those_of_the_authors_calendar(school: Path, monkeypatch: object) -> None:
    assert isinstance(monkeypatch, pytest.MonkeyPatch)
    for number, day in enumerate(("2027-03-01T23:59:00+08:00", "2027-03-02T00:01:00+08:00")):
        monkeypatch.setenv("GIT_AUTHOR_DATE", day)
        monkeypatch.setenv("GIT_COMMITTER_DATE", day)
        past.by_hand(school, past.WECHAT, b"id: math-wechat\n# %d\n" % number)
    with Repository.open(school) as repository:
        late = [*history.entries(repository, since=date(2027, 3, 2))]
        early = [*history.entries(repository, until=date(2027, 3, 1), limit=1)]
    assert [f"{entry.at:%d %H:%M}" for entry in (*late, *early)] == ["02 00:01", "01 23:59"]


def test_a_platform_that_never_was_is_refused(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    with Repository.open(school) as repository, pytest.raises(BadRequest, match="math-wechatt"):
        next(history.entries(repository, "math-wechatt"))


def test_a_removed_platform_still_has_its_history(school: Path) -> None:
    past.commit(school, [past.draft()], "add")
    past.by_hand(school, past.WECHAT, None)
    assert [action for action, _, _ in told(school, "math-wechat")] == [MANUAL, "add"]


def test_units_are_compared_one_by_one(school: Path, qjmedia: Command) -> None:
    assert qjmedia("unit", "amend", "math", "--set", "accountable.name=示例辛").code == 0
    action, record, changes = told(school)[0]
    assert (action, record) == ("unit-amend", "math")
    assert changes == [("math.accountable.name", "示例甲", "示例辛")]
    with Repository.open(school) as repository:
        titles = Titles(Revision(repository, repository.head()))
        entry = next(history.entries(repository))
        path = entry.touched[0].path
        assert titles.of(path, "math.accountable.name") == "math 第一责任人·姓名"


def test_two_revisions_differ_by_records(school: Path) -> None:
    past.commit(school, [past.draft(), past.draft(id="b"), past.draft(id="c")], "import")
    with Repository.open(school) as repository:
        old = repository.head()
    past.by_hand(school, past.WECHAT.replace("math-wechat", "b"), None)
    past.commit(school, [past.draft(id="d"), past.draft(id="c", name="新")], "import")
    with Repository.open(school) as repository:
        found = [*history.difference(repository, old, repository.head())]
        assert between(repository, old, old) == ()
        whole = [*history.difference(repository, None, repository.head())]
    assert [(each.touched.record, each.touched.how) for each in found] == [
        ("b", How.REMOVED),
        ("c", How.CHANGED),
        ("d", How.ADDED),
    ]
    assert {"math-wechat", "registry/units.yaml"} <= {each.touched.record for each in whole}


def test_a_registry_below_the_top_of_its_repository(tmp_path: Path) -> None:
    root = tmp_path / "[a]*"
    git(tmp_path, "init", "-q")
    past.by_hand(tmp_path, f"{root.name}/{past.WECHAT}", b"id: math-wechat\n")
    past.by_hand(tmp_path, f"other/{past.WECHAT}", b"id: math-wechat\n")
    with Repository.open(root) as repository:
        (entry,) = history.entries(repository, "math-wechat")
        assert str(entry.touched[0].path) == past.WECHAT
        assert len([*commits(repository, repository.head())]) == 1


def test_a_reader_that_stops_leaves_no_process(school: Path) -> None:
    with Repository.open(school) as repository:
        found = commits(repository, repository.head())
        next(found)
        found.close()  # type: ignore[attr-defined]  # a generator


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ([{"name": "甲"}], [{"name": "乙"}], ["operators.0.name"]),
        ([{"name": "甲"}], [{"name": "甲"}, {"name": "乙"}], ["operators.1"]),
        ([{"name": "甲"}, {"name": "乙"}], [{"name": "乙"}], ["operators.0"]),
        (["甲"], ["乙"], ["operators"]),
        (None, [{"name": "甲"}], ["operators"]),
    ],
)
def test_lists_of_records_are_compared_item_by_item(
    old: list[object] | None, new: list[object], fields: list[str]
) -> None:
    change = FieldChange("operators", old, new)  # type: ignore[arg-type]  # plain data
    assert [each.field for each in finely(change)] == fields
