"""Pushes that play with branches, tags and history rather than with records."""

import os
from collections.abc import Callable
from pathlib import Path

import make
import pytest
import scene
from conftest import Command
from plain_git import git, put
from scene import MATH, OFFICE, Desk, Guarding, Serving

from qjmedia.actions.guard import hook, incoming
from qjmedia.actions.guard.incoming import MOST_COMMITS
from qjmedia.actions.guard.judgement import MOST_FORKS
from qjmedia.errors import Refused
from qjmedia.model.tree import text
from qjmedia.store.repository import Repository

TODAY = ("--today", make.TODAY.isoformat())


def amended(desk: Desk, remarks: str = "改了") -> str:
    """Return a commit that the college's editor may make."""
    desk.change("math-wechat", remarks=remarks)
    return desk.trailed(MATH)


def stolen(desk: Desk) -> str:
    """Return a commit that he may not make."""
    desk.change("academic-wechat", remarks="改了")
    return desk.trailed(MATH)


def orphan(desk: Desk) -> str:
    """Return a commit with the same files and no past."""
    return git(desk.root, "commit-tree", "HEAD^{tree}", "-m", "重来")


def test_a_push_that_rewrites_history_is_refused(desk: Desk, fortress: Path) -> None:
    git(desk.root, "reset", "-q", "--hard", orphan(desk))
    accepted, said = desk.push(fortress, "HEAD:main", "--force")
    assert not accepted
    assert "改写" in said
    assert "没有共同的来历" not in said


def test_more_commits_than_can_be_judged_are_refused_in_words(desk: Desk, qjmedia: Command) -> None:
    head = f"commit refs/heads/many\ncommitter {MATH} 1790000000 +0800\ndata 0\n"
    orders = f"{head}from refs/heads/main^0\n" + head * MOST_COMMITS
    git(desk.root, "fast-import", "--quiet", stdin=orders.encode())
    ran = qjmedia("check", "--base", "main", "--rev", "many", "--root", str(desk.root))
    assert ran.code == 3
    assert f"超过 {MOST_COMMITS} 次" in ran.err


def test_the_registrys_own_branch_cannot_be_deleted(desk: Desk, server: Path) -> None:
    git(server, "config", "receive.denyDeleteCurrent", "ignore")
    accepted, said = desk.push(server, ":main")
    assert not accepted
    assert "不能删除 main" in said


def test_a_proposal_is_held_against_the_registrys_own_branch(desk: Desk, server: Path) -> None:
    amended(desk)
    assert desk.push(server, "HEAD:refs/heads/proposal")[0]
    stolen(desk)
    accepted, said = desk.push(server, "HEAD:refs/heads/proposal")
    assert not accepted
    assert "QJ0024" in said
    assert desk.push(server, ":proposal")[0]


def test_a_new_branch_brings_no_law_of_its_own(desk: Desk, fortress: Path) -> None:
    git(desk.root, "reset", "-q", "--hard", orphan(desk))
    desk.write("registry/access.yaml", "people: []\n")
    desk.commit(MATH)
    accepted, said = desk.push(fortress, "HEAD:refs/heads/mine")
    assert not accepted
    assert "来历" in said


def test_a_hidden_line_in_a_merge_is_judged_too(desk: Desk, fortress: Path) -> None:
    """The merge itself has nothing of its own; what it joins was never looked at."""
    git(desk.root, "checkout", "-q", "-b", "side")
    stolen(desk)
    git(desk.root, "checkout", "-q", "main")
    git(desk.root, "merge", "-q", "--no-ff", "-s", "ours", "-m", "Merge", "side")
    accepted, said = desk.push(fortress)
    assert not accepted
    assert "QJ0024" in said


def octopus(desk: Desk) -> str:
    """Return a merge of three lines in which the college's editor grants himself everything."""
    base, sides = desk.head, []
    for number in range(3):
        git(desk.root, "checkout", "-q", "--detach", base)
        sides.append(amended(desk, str(number)))
    return granted(desk, *sides)


def strange_line(desk: Desk) -> str:
    """Return a merge with a line that has no past in common, in which he does the same."""
    return granted(desk, desk.head, orphan(desk))


def granted(desk: Desk, *parents: str) -> str:
    desk.write("registry/access.yaml", scene.ACCESS.replace("role: unit", "role: publicity"))
    tree = git(desk.root, "write-tree")
    words = [word for each in parents for word in ("-p", each)]
    with scene.acting(MATH):
        return git(desk.root, "commit-tree", tree, *words, "-m", "Merge")


@pytest.mark.parametrize("made", [octopus, strange_line])
def test_who_lets_records_be_deleted_lets_nothing_in_unseen(
    made: Callable[[Desk], str], desk: Desk, serve: Serving
) -> None:
    """What cannot be judged bore the code of a deletion, and came in where that is no error."""
    desk.write("registry/registry.yaml", f'{scene.POLICY}severities: {{QJ0021: "off"}}\n')
    desk.commit(OFFICE)
    server = serve(desk)
    accepted, said = desk.push(server, f"{made(desk)}:main")
    assert not accepted
    assert "核对不了" in said


def lines_joined_crosswise(desk: Desk, times: int) -> None:
    """Make two lines that both join so many, and a merge of the two: `many`."""
    orders: list[str] = []

    def commit(name: str, *parents: str) -> None:
        said = str(len(orders))
        head = f"commit refs/heads/{name}\ncommitter {MATH} 1790000000 +0800\n"
        merged = "".join(f"merge refs/heads/{each}\n" for each in parents[1:])
        start = "" if parents[0] == name else f"from refs/heads/{parents[0]}\n"
        orders.append(f"{head}data {len(said)}\n{said}\n{start}{merged}\n")

    for each in range(times):
        commit(f"s{each}", "main")
    for line in ("one", "other"):
        commit(line, "s0", "s1")
        for each in range(2, times):
            commit(line, line, f"s{each}")
    commit("many", "one", "other")
    git(desk.root, "fast-import", "--quiet", "--force", stdin="".join(orders).encode())


def test_lines_joined_crosswise_too_often_are_refused(desk: Desk, qjmedia: Command) -> None:
    """A thousand such merges of a thousand lines took hours."""
    arguments = ("check", "--base", "main", "--rev", "many", "--root", str(desk.root), *TODAY)
    lines_joined_crosswise(desk, 3)
    assert qjmedia(*arguments).code == 0
    lines_joined_crosswise(desk, MOST_FORKS + 1)
    ran = qjmedia(*arguments)
    assert ran.code == 1
    assert "交错合并过太多次" in ran.out


def test_many_commits_that_change_many_files_are_refused_early(
    desk: Desk, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two folders in turns need few bytes to send, and hours to judge."""
    monkeypatch.setattr(incoming, "MOST_FILES", 50)
    head = f"commit refs/heads/many\ncommitter {MATH} 1790000000 +0800\ndata 0\n"
    some = "".join(f"M 100644 inline x/{each}\ndata 0\n" for each in range(20))
    orders = f"{head}from refs/heads/main^0\n{some}{head}D x\n{head}{some}"
    git(desk.root, "fast-import", "--quiet", stdin=orders.encode())
    ran = qjmedia("check", "--base", "main", "--rev", "many", "--root", str(desk.root), *TODAY)
    assert ran.code == 3
    assert "一共改动了超过 50 个文件" in ran.err


def test_three_lines_in_one_merge_are_refused(desk: Desk, fortress: Path) -> None:
    base = desk.head
    sides = []
    for number in range(3):
        git(desk.root, "checkout", "-q", "--detach", base)
        sides.append(amended(desk, str(number)))
    parents = [word for side in sides for word in ("-p", side)]
    made = git(desk.root, "commit-tree", "HEAD^{tree}", *parents, "-m", "Merge")
    accepted, said = desk.push(fortress, f"{made}:main")
    assert not accepted
    assert "三条以上的历史" in said


@pytest.mark.parametrize("name", ["main", "origin/main", "HEAD"])
def test_a_tag_that_reads_like_a_branch_is_refused(name: str, desk: Desk, fortress: Path) -> None:
    accepted, said = desk.push(fortress, f"HEAD:refs/tags/{name}")
    assert not accepted
    assert name in said


def test_an_ordinary_tag_is_accepted(desk: Desk, server: Path) -> None:
    assert desk.push(server, "HEAD:refs/tags/2026-09-归档")[0]
    amended(desk)
    git(desk.root, "tag", "--annotate", "--message", "九月的登记", "2026-09-说明")
    assert desk.push(server, "HEAD:main", "--follow-tags")[0]
    assert git(server, "rev-parse", "2026-09-说明^{commit}") == desk.head


def blob(desk: Desk) -> str:
    return git(desk.root, "hash-object", "-w", "--stdin", stdin=b"13800000009")


def folder(desk: Desk) -> str:
    return git(desk.root, "rev-parse", "HEAD^{tree}")


def annotated(desk: Desk, said: str = "电话 138.0000.0009", of: str = "HEAD") -> str:
    git(desk.root, "tag", "--annotate", "--message", said, "said", of)
    return git(desk.root, "rev-parse", "said")


def annotated_twice(desk: Desk) -> str:
    annotated(desk, "一")
    git(desk.root, "tag", "--annotate", "--message", "二", "again", "said")
    return git(desk.root, "rev-parse", "again")


def said_at_length(desk: Desk) -> str:
    return annotated(desk, "x" * 100_000)


def on_what_is_stolen(desk: Desk) -> str:
    stolen(desk)
    return annotated(desk, "归档")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (orphan, "没有核对过"),
        (stolen, "没有核对过"),
        (on_what_is_stolen, "没有核对过"),
        (blob, "没有核对过"),
        (folder, "没有核对过"),
        (annotated, "手机号码"),
        (annotated_twice, "另一个标签"),
        (said_at_length, "太长"),
    ],
)
def test_a_tag_brings_in_nothing_that_was_not_judged(
    made: Callable[[Desk], str], why: str, desk: Desk, fortress: Path
) -> None:
    accepted, said = desk.push(fortress, f"{made(desk)}:refs/tags/2026-09-归档")
    assert not accepted
    assert why in said
    assert "0009" not in said


@pytest.mark.parametrize("ref", ["refs/heads/提案-13800000009", "refs/tags/13800000009"])
def test_no_branch_or_tag_is_called_by_a_number(ref: str, desk: Desk, fortress: Path) -> None:
    accepted, said = desk.push(fortress, f"HEAD:{ref}")
    assert not accepted
    assert "138****0009" in said


def test_a_tag_stays_where_it_is(desk: Desk, server: Path) -> None:
    assert desk.push(server, "HEAD:refs/tags/2026-09-归档")[0]
    amended(desk)
    for moved in ("HEAD:refs/tags/2026-09-归档", ":refs/tags/2026-09-归档"):
        accepted, said = desk.push(server, moved, "--force")
        assert not accepted
        assert "不能移动或删除" in said


def test_a_branch_that_some_servers_take_for_the_registrys_is_refused(
    desk: Desk, fortress: Path
) -> None:
    """Where letters have no case, Main would take main's place, with a proposal in it."""
    accepted, said = desk.push(fortress, "HEAD:refs/heads/Main")
    assert not accepted
    assert "只差大小写" in said


@pytest.mark.parametrize("ref", ["refs/replace/{0}", "refs/notes/commits", "refs/mine/x"])
def test_nothing_but_branches_and_tags_is_taken(ref: str, desk: Desk, fortress: Path) -> None:
    accepted, said = desk.push(fortress, f"HEAD:{ref.format(desk.head)}")
    assert not accepted
    assert "不接受" in said


def test_a_replaced_object_does_not_hide_a_change(desk: Desk, qjmedia: Command) -> None:
    base = desk.head
    harmless = amended(desk)
    git(desk.root, "reset", "-q", "--hard", base)
    theft = stolen(desk)
    git(desk.root, "replace", theft, harmless)
    ran = qjmedia("check", "--root", str(desk.root), "--base", base, *TODAY)
    assert ran.code == 1
    assert "QJ0024" in ran.out


def test_a_bent_history_is_refused_in_words(desk: Desk, qjmedia: Command) -> None:
    base = desk.head
    stolen(desk)
    put(desk.root, ".git/info/grafts", f"{desk.head}\n".encode())
    ran = qjmedia("check", "--root", str(desk.root), "--base", base)
    assert ran.code == 3
    assert "grafts" in ran.err


def test_a_shallow_clone_is_refused_in_words(desk: Desk, tmp_path: Path, qjmedia: Command) -> None:
    amended(desk)
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{desk.root}", "shallow")
    for command in (("check", "--base", "HEAD"), ("audit",)):
        ran = qjmedia(*command, "--root", str(tmp_path / "shallow"))
        assert ran.code == 3
        assert "fetch-depth: 0" in ran.err


def test_a_tag_does_not_stand_in_for_the_base(desk: Desk, qjmedia: Command) -> None:
    base = desk.head
    git(desk.root, "update-ref", "refs/remotes/origin/main", base)
    stolen(desk)
    arguments = ("check", "--root", str(desk.root), "--base", "origin/main", *TODAY)
    assert qjmedia(*arguments).code == 1
    git(desk.root, "tag", "origin/main")
    ran = qjmedia(*arguments)
    assert ran.code == 2
    assert "refs/remotes/origin/main" in ran.err


def test_a_base_that_went_on_is_joined_in_thought(desk: Desk, qjmedia: Command) -> None:
    """A number that was given on main in the meantime is taken, whatever the branch shows."""
    git(desk.root, "branch", "proposal")
    desk.change("choir", account="qjnu_hechang")
    desk.trailed(OFFICE)
    git(desk.root, "checkout", "-q", "proposal")
    desk.change("math-douyin", kind="微博", account="qjnu_hechang")
    desk.trailed(MATH)
    desk.change("choir")
    arguments = ("check", "--root", str(desk.root), "--base", "main", *TODAY)
    assert qjmedia(*arguments).code == 0
    desk.change("math-douyin", kind="微信公众号")
    desk.trailed(MATH)
    ran = qjmedia(*arguments)
    assert ran.code == 1
    assert "QJ0802" in ran.out


def test_a_base_of_another_history_is_refused(desk: Desk, qjmedia: Command) -> None:
    git(desk.root, "branch", "other", orphan(desk))
    amended(desk)
    ran = qjmedia("check", "--root", str(desk.root), "--base", "other")
    assert ran.code == 3
    assert "没有共同的来历" in ran.err


def test_the_first_push_is_judged_by_its_own_law(
    desk: Desk, guard: Guarding, tmp_path: Path
) -> None:
    """Into an empty repository; from the commit on that names people they are held to it."""
    server = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", str(server))
    guard(server)
    amended(desk)
    good = desk.head
    stolen(desk)
    accepted, said = desk.push(server)
    assert not accepted
    assert "QJ0024" in said
    git(desk.root, "reset", "-q", "--hard", good)
    accepted, said = desk.push(server)
    assert accepted, said
    stolen(desk)
    assert not desk.push(server)[0]


def test_a_branch_called_otherwise_than_the_servers_head_is_its_own(
    desk: Desk, guard: Guarding, tmp_path: Path
) -> None:
    server = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", "--initial-branch=trunk", str(server))
    guard(server)
    assert desk.push(server, "HEAD:main")[0]
    amended(desk)
    assert desk.push(server, "HEAD:main")[0]
    stolen(desk)
    assert not desk.push(server, "HEAD:main")[0]


def test_a_servers_head_cannot_be_moved_away_from_the_registry(
    desk: Desk, guard: Guarding, tmp_path: Path
) -> None:
    """Its HEAD leads nowhere; whoever gave it a branch would have main to himself."""
    server = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", "--initial-branch=master", str(server))
    guard(server)
    assert desk.push(server, "HEAD:main")[0]
    amended(desk)
    accepted, said = desk.push(server, "HEAD:master")
    assert not accepted
    assert "git symbolic-ref HEAD refs/heads/main" in said
    assert not desk.push(server, ":main")[0]


def test_where_nobody_knows_the_registrys_branch_each_is_guarded(
    desk: Desk, guard: Guarding, tmp_path: Path
) -> None:
    server = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", "--initial-branch=master", str(server))
    guard(server)
    assert desk.push(server, "HEAD:registry")[0]
    assert not desk.push(server, ":registry")[0]
    git(desk.root, "reset", "-q", "--hard", orphan(desk))
    assert not desk.push(server, "HEAD:registry", "--force")[0]


def test_whoever_the_server_vouches_for_is_held_to_his_rights(
    desk: Desk, fortress: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both names in a commit may be forged; the one that the server has verified may not."""
    monkeypatch.setenv("QJMEDIA_AS", "yi@example.edu.cn")
    desk.change("academic-wechat", remarks="改了")
    desk.commit(OFFICE)
    accepted, said = desk.push(fortress)
    assert not accepted
    assert "以示例甲（jia@example.edu.cn）的名义提交" in said


def test_a_server_that_names_nobody_does_not_leave_it_to_the_commits(
    desk: Desk, fortress: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a hook passes on the address of a deploy key, which has none."""
    monkeypatch.setenv("QJMEDIA_AS", "")
    amended(desk)
    accepted, said = desk.push(fortress)
    assert not accepted
    assert "QJMEDIA_AS 是空的" in said


def test_the_office_may_bring_in_what_an_editor_made(
    desk: Desk, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    amended(desk)
    monkeypatch.setenv("QJMEDIA_AS", "jia@example.edu.cn")
    accepted, said = desk.push(server)
    assert accepted, said


def test_an_empty_list_of_people_is_said(desk: Desk, qjmedia: Command) -> None:
    desk.write("registry/access.yaml", "people: []\n")
    base = desk.commit(OFFICE)
    stolen(desk)
    ran = qjmedia("check", "--root", str(desk.root), "--base", base, *TODAY)
    assert ran.code == 0
    assert "没有核对谁可以改什么" in ran.out


def test_what_a_base_cannot_say_is_not_guessed(desk: Desk, qjmedia: Command) -> None:
    desk.write("registry/access.yaml", "people: [\n")
    base = desk.commit(OFFICE)
    stolen(desk)
    ran = qjmedia("check", "--root", str(desk.root), "--base", base, *TODAY)
    assert ran.code == 3
    assert "access.yaml 读不出来" in ran.err


def test_a_message_that_reads_otherwise_in_another_encoding_is_refused(
    desk: Desk, fortress: Path
) -> None:
    """Git would show what UTF-7 hides, we what it does not."""
    amended(desk)
    head, _, body = git(desk.root, "cat-file", "commit", "HEAD").partition("\n\n")
    raw = f"{head}\nencoding UTF-7\n\n{body}\n"
    made = git(desk.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    accepted, said = desk.push(fortress, f"{made}:main")
    assert not accepted
    assert "写法不正常" in said


def test_what_cannot_be_read_is_not_everybodys(desk: Desk, qjmedia: Command) -> None:
    path = "registry/platforms/academic/academic-wechat.yaml"
    desk.write(path, "{")
    base = desk.commit(OFFICE)
    desk.write(path, None)
    desk.commit(MATH)
    ran = qjmedia("check", "--root", str(desk.root), "--base", base, *TODAY)
    assert ran.code == 1
    assert {"QJ0021", "QJ0024"} <= {word for word in ran.out.split() if word.startswith("QJ")}


def test_a_branch_called_head_is_refused(desk: Desk, fortress: Path) -> None:
    assert not desk.push(fortress, "HEAD:refs/heads/HEAD")[0]


def test_an_id_that_is_taken_is_refused_in_ones_own_folder_too(desk: Desk, fortress: Path) -> None:
    _, tree = desk.read("academic-wechat")
    theirs = make.record({"id": "academic-wechat", "account": "mine", "status": "草稿"})
    desk.write("registry/platforms/math/academic-wechat.yaml", {**theirs, "filings": []})
    desk.commit(MATH)
    assert text(tree, "id") == text(theirs, "id")
    accepted, said = desk.push(fortress)
    assert not accepted
    assert "QJ0010" in said


def test_a_broken_line_that_a_merge_mends_is_forgotten(desk: Desk, qjmedia: Command) -> None:
    base = desk.head
    path, tree = desk.read("math-wechat")
    desk.write(path, "{")
    desk.commit(MATH)
    desk.write(path, {**tree, "remarks": "改好了"})
    desk.commit(MATH)
    git(desk.root, "checkout", "-q", "-b", "side", base)
    desk.change("choir", remarks="改了")
    desk.trailed(OFFICE)
    git(desk.root, "merge", "-q", "--no-ff", "-m", "Merge", "main")
    desk.change("math-wechat", remarks="宣传部又改")
    desk.trailed(OFFICE)
    ran = qjmedia("check", "--root", str(desk.root), "--base", base, *TODAY)
    assert ran.code == 0, ran.out


def test_a_file_in_the_place_of_the_whole_registry_is_refused(desk: Desk, fortress: Path) -> None:
    desk.write("registry", None)
    (desk.root / "registry").symlink_to("elsewhere")
    git(desk.root, "add", "registry")
    desk.commit(OFFICE)
    accepted, said = desk.push(fortress)
    assert not accepted
    assert "QJ0021" in said
    assert "符号链接" in said


def test_a_stale_state_is_not_brought_back_by_crossing_merges(desk: Desk, fortress: Path) -> None:
    """Two lines that merged each other have two forks; by either the record is the office's."""
    git(desk.root, "branch", "other")
    desk.change("academic-wechat", remarks="宣传部写的")
    left = desk.trailed(OFFICE)
    git(desk.root, "checkout", "-q", "other")
    desk.change("math-wechat", remarks="改了")
    right = desk.trailed(MATH)
    git(desk.root, "merge", "-q", "--no-ff", "-m", "Merge", left)
    git(desk.root, "checkout", "-q", "main")
    git(desk.root, "merge", "-q", "--no-ff", "-m", "Merge", right)
    git(desk.root, "merge", "-q", "--no-ff", "--no-commit", "-s", "ours", "other")
    desk.change("academic-wechat", remarks="")
    desk.commit(MATH, "Merge")
    accepted, said = desk.push(fortress)
    assert not accepted
    assert "QJ0024" in said


def test_another_name_of_the_registrys_branch_moves_nothing(desk: Desk, server: Path) -> None:
    """Git would rewind or delete main, and tell the hook of master alone."""
    base = desk.head
    amended(desk)
    assert desk.push(server)[0]
    git(server, "symbolic-ref", "refs/heads/master", "refs/heads/main")
    for moved in (f"{base}:refs/heads/master", ":refs/heads/master"):
        accepted, said = desk.push(server, moved, "--force")
        assert not accepted
        assert "只是 main 的另一个名字" in said
    assert git(server, "rev-parse", "main") == desk.head


@pytest.mark.skipif(os.name != "posix", reason="names are UTF-8 there")
def test_a_branch_named_in_gbk_is_refused_in_words(desk: Desk, fortress: Path) -> None:
    """It ended with exit 70."""
    accepted, said = desk.push(fortress, os.fsdecode(b"HEAD:refs/heads/\xcc\xe1\xb0\xb8"))
    assert not accepted
    assert "不是 UTF-8" in said


def test_a_registry_below_a_folder_is_not_let_pass_unseen(
    desk: Desk, guard: Guarding, tmp_path: Path
) -> None:
    """The hook said that it was installed, and guarded nothing."""
    server = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(server))
    guard(server)
    git(desk.root, "reset", "-q", "--hard")
    (desk.root / "media").mkdir()
    git(desk.root, "mv", "registry", "media/registry")
    desk.commit(MATH)
    git(desk.root, "reset", "-q", "--soft", orphan(desk))
    accepted, said = desk.push(server)
    assert not accepted
    assert "登记库在 media 里" in said
    bare = tmp_path / "media.git"
    git(tmp_path, "clone", "-q", "--bare", str(desk.root), str(bare))
    with Repository.open(bare, bare=True) as repository, pytest.raises(Refused, match="顶层"):
        hook.install(repository, hook.Hook.PRE_RECEIVE)
    assert not (bare / "hooks/pre-receive").exists()
