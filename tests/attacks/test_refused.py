"""Attempts to go around the rules; each is refused by CI's command and by the server's hook."""

import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import make
import pytest
import scene
from conftest import Command
from plain_git import git
from scene import EDITOR, LEAGUE, MATH, NOBODY, OFFICE, Desk

from qjmedia import rules
from qjmedia.model.deed import Act, Deed
from qjmedia.model.transition import Transition
from qjmedia.model.tree import Record, Tree  # noqa: TC001  as every test imports

Attack = Callable[[Desk], object]
TODAY = ("--today", make.TODAY.isoformat())
WECHAT = "registry/platforms/math/math-wechat.yaml"


def of_another_unit(desk: Desk) -> None:
    desk.change("academic-wechat", remarks="改了")
    desk.trailed(MATH)


def of_the_school(desk: Desk) -> None:
    desk.change("school-weibo", remarks="改了")
    desk.trailed(MATH)


def of_ones_own_unit_but_the_schools(desk: Desk) -> None:
    desk.change("school-weibo", remarks="改了")
    desk.trailed(EDITOR)


def made_ones_own(desk: Desk) -> None:
    desk.change("school-weibo", tier="二级", owner="math")
    desk.trailed(MATH)


def stolen_by_its_field(desk: Desk) -> None:
    desk.change("academic-wechat", owner="math")
    desk.trailed(MATH)


def moved_to_ones_folder(desk: Desk) -> None:
    _, tree = desk.read("academic-wechat")
    desk.write("registry/platforms/academic/academic-wechat.yaml", None)
    desk.write("registry/platforms/math/academic-wechat.yaml", {**tree, "owner": "math"})
    desk.trailed(MATH)


def given_away(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    desk.write(WECHAT, None)
    desk.write("registry/platforms/academic/math-wechat.yaml", {**tree, "owner": "academic"})
    desk.trailed(MATH)


def deleted(desk: Desk) -> None:
    desk.write(WECHAT, None)
    desk.trailed(MATH)


def deleted_by_the_office(desk: Desk) -> None:
    desk.write(WECHAT, None)
    desk.trailed(OFFICE)


def renamed(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    desk.write(WECHAT, None)
    desk.write("registry/platforms/math/math-weixin.yaml", {**tree, "id": "math-weixin"})
    desk.commit(MATH)


def renamed_in_case(desk: Desk) -> None:
    git(desk.root, "mv", WECHAT, WECHAT.replace("math-wechat", "Math-Wechat"))
    desk.commit(OFFICE)


def twin_in_case(desk: Desk) -> None:
    desk.write("registry/platforms/math/Math-wechat.yaml", make.record())
    desk.commit(MATH)


def filing_rewritten(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    filing = scene.first_filing(tree)
    desk.change("math-wechat", filings=[{**filing, "filled_on": "2018-02-01"}])
    desk.trailed(MATH)


def filing_removed(desk: Desk) -> None:
    desk.change("math-wechat", filings="", status="草稿")
    desk.trailed(OFFICE)


def number_changed(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    filing = scene.first_filing(tree)
    desk.change("math-wechat", filings=[{**filing, "serial": "99"}])
    desk.trailed(MATH)


def number_taken(desk: Desk) -> None:
    _, tree = desk.read("math-douyin")
    filing = scene.first_filing(tree)
    desk.change("math-douyin", filings=[{**filing, "year": "2026", "serial": "1"}])
    desk.trailed(MATH)


def number_taken_twice(desk: Desk) -> None:
    desk.change("math-douyin", filings=[scene.first_filing(make.record())], status="已备案")
    desk.trailed(OFFICE)


def consented_oneself(desk: Desk) -> None:
    _, tree = desk.read("math-douyin")
    opinion = scene.first_filing(make.record())["publicity_opinion"]
    filing = {**scene.first_filing(tree), "publicity_opinion": opinion}
    desk.change("math-douyin", status="已备案", filings=[filing])
    desk.trailed(MATH)


def back_dated_number(desk: Desk) -> None:
    number_taken(desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", "2016-01-01T00:00:00+0800")
        git(desk.root, "commit", "-q", "--amend", "--no-edit", "--date=2016-01-01T00:00:00+0800")


def regraded(desk: Desk) -> None:
    desk.change("math-wechat", tier="工作群")
    desk.trailed(MATH)


def status_jumped(desk: Desk) -> None:
    desk.change("math-wechat", status="待审核")
    desk.trailed(OFFICE)


def reopened_at_once(desk: Desk) -> None:
    desk.change("choir", status="已注销")
    desk.trailed(LEAGUE, "close")
    desk.change("choir", status="已登记")
    desk.trailed(LEAGUE)


def name_changed_in_silence(desk: Desk) -> None:
    desk.change("math-wechat", name="曲靖师范学院数学与统计学院")
    desk.trailed(MATH)


def ordered_closed(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    days: Record = {"filled_on": "2026-05-01", "deadline": "2026-05-08"}
    order: Record = {"form": "责令关停", **days, "reason": "试"}
    desk.change("math-wechat", status="责令关停", filings=[scene.first_filing(tree), order])
    desk.trailed(MATH)


def right_granted_first(desk: Desk) -> None:
    desk.write("registry/access.yaml", scene.ACCESS.replace("role: unit", "role: publicity"))
    desk.commit(MATH)
    of_another_unit(desk)


def key_added(desk: Desk) -> None:
    key = "keys: ['SHA256:" + "A" * 43 + "']"
    desk.write(
        "registry/access.yaml", scene.ACCESS.replace("units: [math]", f"units: [math], {key}")
    )
    desk.commit(MATH)


def list_emptied(desk: Desk) -> None:
    desk.write("registry/access.yaml", "people: []\n")
    desk.commit(MATH)


def policy_changed(desk: Desk) -> None:
    desk.write("registry/registry.yaml", scene.POLICY + "severities: {QJ0024: 'off'}\n")
    desk.commit(MATH)


def schema_loosened(desk: Desk) -> None:
    desk.write("schemas/platform.schema.json", '{"properties": {}}')
    desk.commit(MATH)


def check_switched_off(desk: Desk) -> None:
    desk.write(".github/workflows/qjmedia.yml", "on: []\n")
    desk.commit(MATH)


def diff_hidden(desk: Desk) -> None:
    desk.write(".gitattributes", "registry/** -diff linguist-generated\n")
    desk.commit(MATH)


def done_and_taken_back(desk: Desk) -> None:
    of_another_unit(desk)
    desk.change("academic-wechat", remarks="")
    desk.trailed(MATH)


def hidden_in_a_merge(desk: Desk) -> None:
    git(desk.root, "checkout", "-q", "-b", "side", "HEAD")
    desk.change("math-wechat", remarks="自己的")
    desk.trailed(MATH)
    git(desk.root, "checkout", "-q", "main")
    desk.change("math-douyin", remarks="自己的")
    desk.trailed(MATH)
    git(desk.root, "merge", "-q", "--no-commit", "--no-ff", "side")
    desk.change("academic-wechat", remarks="藏在合并里")
    desk.commit(MATH, "Merge branch 'side'")


def dropped_by_a_merge(desk: Desk) -> None:
    """A merge that says "ours" and so takes back what the office had done."""
    git(desk.root, "branch", "old", "HEAD")
    desk.change("academic-wechat", remarks="宣传部写的")
    desk.trailed(OFFICE)
    tree = git(desk.root, "rev-parse", "old^{tree}")
    made = git(desk.root, "-c", "user.name=示例乙", "-c", "user.email=yi@example.edu.cn",
               "commit-tree", tree, "-p", "HEAD", "-p", "old", "-m", "Merge")  # fmt: skip
    git(desk.root, "reset", "-q", "--hard", made)


def same_parent_twice(desk: Desk) -> None:
    desk.change("academic-wechat", remarks="改了")
    tree = git(desk.root, "write-tree")
    raw = (
        f"tree {tree}\nparent {desk.head}\nparent {desk.head}\nauthor {MATH} 1790000000 +0800\n"
        f"committer {MATH} 1790000000 +0800\n\nMerge\n"
    )
    made = git(desk.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    git(desk.root, "reset", "-q", "--hard", made)


def two_at_once(desk: Desk) -> None:
    desk.change("math-wechat", remarks="一")
    desk.change("math-douyin", remarks="二")
    desk.commit(MATH)


def linked(desk: Desk) -> None:
    file = desk.root / WECHAT
    file.unlink()
    file.symlink_to("../academic/academic-wechat.yaml")
    git(desk.root, "add", WECHAT)
    desk.commit(OFFICE)


def submodule(desk: Desk) -> None:
    line = f"160000,{desk.head},registry/platforms/math/more"
    git(desk.root, "update-index", "--add", "--cacheinfo", line)
    desk.commit(OFFICE)


def aliased(desk: Desk) -> None:
    data = (desk.root / WECHAT).read_text("utf-8")
    desk.write(WECHAT, data + "remarks: &a 一\npositioning: *a\n")
    desk.commit(MATH)


def unreadable_in_between(desk: Desk) -> None:
    """Whoever breaks a record cannot have it mended to something else by the way."""
    _, tree = desk.read("academic-wechat")
    desk.write("registry/platforms/academic/academic-wechat.yaml", "{")
    desk.commit(MATH)
    desk.write("registry/platforms/academic/academic-wechat.yaml", {**tree, "remarks": "改了"})
    desk.commit(OFFICE)


def rewritten_through_unreadable(desk: Desk) -> None:
    desk.write(WECHAT, "{")
    desk.commit(MATH)
    filing = {**scene.first_filing(make.record()), "filled_on": "2018-01-01"}
    desk.write(WECHAT, make.record({"filings": [filing]}))
    desk.commit(MATH)


def huge(desk: Desk) -> None:
    desk.write("registry/platforms/math/math-big.yaml", "# " + "大" * 200_000)
    desk.commit(MATH)


def not_utf8_path(desk: Desk) -> None:
    blob = git(desk.root, "hash-object", "-w", "--stdin", stdin=b"id: x\n")
    entry = f"100644 {blob}\t".encode() + b"registry/platforms/math/\xca\xfd.yaml\0"
    git(desk.root, "update-index", "-z", "--index-info", stdin=entry)
    desk.commit(MATH)


def author_forged(desk: Desk) -> None:
    desk.change("academic-wechat", remarks="改了")
    desk.commit(OFFICE, committer=MATH)


def committer_forged(desk: Desk) -> None:
    desk.change("academic-wechat", remarks="改了")
    desk.commit(MATH, committer=OFFICE)


def by_nobody(desk: Desk) -> None:
    desk.change("math-wechat", remarks="改了")
    desk.trailed(NOBODY)


def two_authors(desk: Desk) -> None:
    """Git shows the last author of a commit made by hand, other readers the first."""
    desk.change("math-wechat", remarks="改了")
    tree = git(desk.root, "write-tree")
    raw = (
        f"tree {tree}\nparent {desk.head}\nauthor {MATH} 1790000000 +0800\n"
        f"author {OFFICE} 1790000000 +0800\ncommitter {MATH} 1790000000 +0800\n\n改动\n"
    )
    made = git(
        desk.root, "hash-object", "--literally", "-t", "commit", "-w", "--stdin", stdin=raw.encode()
    )
    git(desk.root, "reset", "-q", "--hard", made)


def field_untold(desk: Desk) -> None:
    desk.change("math-wechat", remarks="改了", positioning="也改了")
    desk.commit(MATH, "变更\n\nQj-Action: amend\nQj-Record: math-wechat\nQj-Fields: remarks\n")


def record_mistold(desk: Desk) -> None:
    desk.change("math-wechat", remarks="改了")
    desk.commit(MATH, "变更\n\nQj-Action: amend\nQj-Record: math-douyin\nQj-Fields: remarks\n")


def told_twice(desk: Desk) -> None:
    desk.change("math-wechat", remarks="改了")
    records = "Qj-Record: math-douyin\nQj-Record: math-wechat"
    desk.commit(MATH, f"变更\n\nQj-Action: amend\n{records}\nQj-Fields: remarks\n")


def false_undo(desk: Desk) -> None:
    first = desk.head
    desk.write(WECHAT, None)
    desk.trailed(MATH, "undo", undoes=first)


def undo_of_anothers(desk: Desk) -> None:
    desk.change("math-wechat", remarks="宣传部写的")
    theirs = desk.trailed(OFFICE)
    desk.change("math-wechat", remarks="")
    desk.trailed(MATH, "undo", undoes=theirs)


def false_beginning(desk: Desk) -> None:
    desk.write("notes.txt", "x")
    desk.change("math-wechat", remarks="改了")
    desk.commit(OFFICE, "建立登记库\n\nQj-Action: init\n")


def import_by_a_unit(desk: Desk) -> None:
    for name in ("one", "two"):
        new: Record = {"id": f"math-{name}", "account": name, "status": "草稿"}
        record = make.record({**new, "filings": ""})
        desk.write(scene.path_of(record), record)
    desk.trailed(MATH, "import")


def renamed_within(desk: Desk) -> None:
    desk.change("math-wechat", id="math-weixin")
    desk.trailed(OFFICE)


def renamed_and_moved(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    desk.write(WECHAT, None)
    there: Record = {"id": "library-wechat", "owner": "library"}
    desk.write("registry/platforms/library/library-wechat.yaml", {**tree, **there})
    desk.commit(OFFICE)


def operators_changed_in_silence(desk: Desk) -> None:
    new: list[Tree] = [{"name": each, "identity": "教师"} for each in ("示例辛", "示例壬")]
    desk.change("math-wechat", operators=new)
    desk.trailed(MATH)


def maintenance_changed_in_silence(desk: Desk) -> None:
    desk.change("math-wechat", maintenance="委托维护")
    desk.trailed(OFFICE)


def filing_put_before(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    changed: list[Tree] = [{"field": "name", "from": "甲", "to": "乙"}]
    days: Record = {"changed_on": "2026-11-01", "filled_on": "2026-11-02"}
    desk.change(
        "math-wechat",
        filings=[{"form": "变更", **days, "changes": changed}, scene.first_filing(tree)],
    )
    desk.trailed(OFFICE)


def opinion_taken_back(desk: Desk) -> None:
    _, tree = desk.read("math-douyin")
    filing = {k: v for k, v in scene.first_filing(tree).items() if k != "unit_opinion"}
    desk.change("math-douyin", filings=[filing])
    desk.trailed(MATH)


def filed_from_the_first(desk: Desk) -> None:
    record = make.record({"id": "math-new", "account": "math_new", "name": "数院新号"})
    filing = {**scene.first_filing(record), "serial": "77"}
    desk.write("registry/platforms/math/math-new.yaml", {**record, "filings": [filing]})
    desk.commit(MATH)


def second_number(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    filing = scene.first_filing(tree)
    desk.change("math-wechat", filings=[filing, {**filing, "serial": "77"}])
    desk.trailed(MATH)


def number_voided(desk: Desk) -> None:
    _, tree = desk.read("math-wechat")
    void: Record = {"year": "2019", "serial": "5", "reason": "试", "voided_on": "2019-03-01"}
    desk.change("math-wechat", filings=[{**scene.first_filing(tree), "voids": [void]}])
    desk.trailed(MATH)


def taken_by_the_league(desk: Desk) -> None:
    desk.change("math-wechat", tier="三级", steward="youth-league")
    desk.trailed(LEAGUE)


def unit_made_up(desk: Desk) -> None:
    """A unit of one's own, and a platform of it, in one commit."""
    units = (desk.root / "registry/units.yaml").read_text("utf-8").rstrip()
    desk.write("registry/units.yaml", f"{units}\n- {{id: mine, name: 我院, kind: 学院}}\n")
    new: Record = {"id": "mine-wechat", "owner": "mine", "account": "mine", "status": "草稿"}
    desk.write("registry/platforms/mine/mine-wechat.yaml", make.record({**new, "filings": ""}))
    desk.commit(MATH)


def form_changed(desk: Desk) -> None:
    desk.write("templates/form.html", "x")
    desk.commit(MATH)


def submodules_listed(desk: Desk) -> None:
    desk.write(".gitmodules", '[submodule "a"]\npath = a\nurl = ../a\n')
    desk.commit(MATH)


def folder_linked(desk: Desk) -> None:
    git(desk.root, "rm", "-r", "-q", "registry/platforms/math")
    (desk.root / "registry/platforms/math").symlink_to("academic")
    git(desk.root, "add", "registry/platforms/math")
    desk.commit(MATH)


def folder_in_a_records_place(desk: Desk) -> None:
    desk.write(WECHAT, None)
    desk.write(f"{WECHAT}/more.yaml", "id: more\n")
    desk.commit(MATH)


def made_executable(desk: Desk) -> None:
    path = "registry/platforms/academic/academic-wechat.yaml"
    git(desk.root, "update-index", "--chmod=+x", path)
    desk.commit(MATH)


def twin_in_composition(desk: Desk) -> None:
    """ü as one character and as two: one file on macOS."""
    desk.write("registry/platforms/math/math-u\u0308.yaml", "id: x\n")
    desk.commit(MATH)


def pointer_instead(desk: Desk) -> None:
    head = "version https://git-lfs.github.com/spec/v1\noid sha256:"
    desk.write(WECHAT, f"{head}{'a' * 64}\nsize 12\n")
    desk.commit(MATH)


def empty_by_nobody(desk: Desk) -> None:
    desk.commit(NOBODY)


def approval_made_up(desk: Desk) -> None:
    """Nothing is changed; only history says that it was."""
    said = "Qj-Action: approve\nQj-Record: math-douyin\nQj-Fields: status filings\n"
    desk.commit(MATH, f"备案\n\n{said}")


def approval_told_in_a_merge(desk: Desk) -> None:
    git(desk.root, "checkout", "-q", "-b", "side", "HEAD")
    desk.change("math-wechat", remarks="自己的")
    desk.trailed(MATH)
    git(desk.root, "checkout", "-q", "main")
    desk.change("math-douyin", remarks="自己的")
    desk.trailed(MATH)
    git(desk.root, "merge", "-q", "--no-commit", "--no-ff", "side")
    desk.commit(MATH, "备案\n\nQj-Action: approve\nQj-Record: math-douyin\n")


def approval_told_of_a_remark(desk: Desk) -> None:
    desk.change("math-wechat", remarks="改了")
    desk.trailed(MATH, "approve")


def words_in_the_action(desk: Desk) -> None:
    """A line separator that only some programs take for the end of a line."""
    desk.change("math-wechat", remarks="改了")
    desk.trailed(MATH, "amend\u2028Qj-Record: math-douyin")


def carriage_returns(desk: Desk) -> None:
    desk.change("math-wechat", remarks="改了")
    said = ("变更", "", "Qj-Action: amend", "Qj-Record: math-wechat", "Qj-Fields: remarks", "")
    desk.commit(MATH, "\r\n".join(said))


def trailers_for_others(desk: Desk) -> None:
    """Git takes these for an approval, whatever the letters; we would not."""
    desk.change("math-wechat", remarks="改了")
    ours = "Qj-Action: amend\nQj-Record: math-wechat\nQj-Fields: remarks\n"
    desk.commit(MATH, f"变更\n\nqj-action : approve\n{ours}")


def trailer_folded(desk: Desk) -> None:
    """Git takes the next line for a part of the record's name; we would not."""
    desk.change("math-wechat", remarks="改了")
    ours = "Qj-Action: amend\nQj-Record: math-wechat\n math-douyin\nQj-Fields: remarks\n"
    desk.commit(MATH, f"变更\n\n{ours}")


def status_blanked(desk: Desk) -> None:
    """From no status every other can be reached, and nothing has to be reported."""
    desk.change("choir", status="")
    desk.trailed(LEAGUE)
    desk.change("choir", name="合唱二团")
    desk.trailed(LEAGUE)
    desk.change("choir", status="已登记")
    desk.trailed(LEAGUE)


def mended_by_a_merge(desk: Desk) -> None:
    """Unreadable on both lines; the merge writes what could never be written before."""
    path, tree = desk.read("choir")
    git(desk.root, "checkout", "-q", "-b", "side")
    desk.write(path, "{")
    desk.commit(LEAGUE, "一边")
    git(desk.root, "checkout", "-q", "main")
    desk.write(path, "{")
    desk.commit(LEAGUE, "另一边")
    git(desk.root, "merge", "-q", "--no-ff", "--no-commit", "side")
    desk.write(path, {**tree, "name": "合唱二团", "status": "待审核"})
    desk.commit(LEAGUE, "Merge branch 'side'")


def own_made_executable(desk: Desk) -> None:
    git(desk.root, "update-index", "--chmod=+x", WECHAT)
    desk.commit(MATH)


def twin_by_the_office(desk: Desk) -> None:
    """One file on Windows and macOS, and which of the two is chance."""
    desk.write("registry/platforms/math/Math-wechat.yaml", make.record())
    desk.commit(OFFICE)


def folder_twin_by_the_office(desk: Desk) -> None:
    desk.write("Registry/access.yaml", "people: []\n")
    desk.commit(OFFICE)


def message_in_gbk(desk: Desk) -> None:
    """As an old Git on Windows writes it, with no word of its encoding."""
    desk.change("math-wechat", remarks="改了")
    tree = git(desk.root, "write-tree")
    names = "\n".join(f"{kind} {MATH} 1790000000 +0800" for kind in ("author", "committer"))
    raw = f"tree {tree}\nparent {desk.head}\n{names}\n\n".encode() + "改了备注\n".encode("gbk")
    made = git(desk.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw)
    git(desk.root, "reset", "-q", "--hard", made)


def number_at_the_head(desk: Desk) -> None:
    """As the words of a tag come in that is merged: no log shows them, every clone has them."""
    desk.change("math-wechat", remarks="改了")
    tree = git(desk.root, "write-tree")
    names = "\n".join(f"{kind} {MATH} 1790000000 +0800" for kind in ("author", "committer"))
    raw = f"tree {tree}\nparent {desk.head}\n{names}\nHG:extra 电话 13800000001\n\n改了\n"
    made = git(desk.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    git(desk.root, "reset", "-q", "--hard", made)


def number_in_a_comment(desk: Desk) -> None:
    file = desk.root / WECHAT
    desk.write(WECHAT, f"{file.read_text('utf-8')}# 找示例丙，13800000000\n")
    desk.commit(MATH)


def number_of_the_office_in_a_comment(desk: Desk) -> None:
    path = "registry/units.yaml"
    desk.write(path, f"# 11010519491231002X\n{(desk.root / path).read_text('utf-8')}")
    desk.commit(OFFICE)


def number_taken_out_again(desk: Desk) -> None:
    desk.change("math-wechat", remarks="联系 13800000000")
    desk.trailed(MATH)
    desk.change("math-wechat", remarks="")
    desk.trailed(MATH)


def number_in_a_comment_taken_out_again(desk: Desk) -> None:
    number_in_a_comment(desk)
    _, tree = desk.read("math-wechat")
    desk.write(WECHAT, tree)
    desk.commit(MATH)


def _decided(desk: Desk, status: str, decision: str, **number: str) -> str:
    _, tree = desk.read("math-douyin")
    opinion: Tree = {"decision": decision, "signed_by": "示例甲", "signed_on": "2026-11-20"}
    filing: Record = {**scene.first_filing(tree), "publicity_opinion": opinion, **number}
    desk.change("math-douyin", status=status, filings=[filing])
    return desk.commit(OFFICE)


def approval_from_before_the_rejection(desk: Desk) -> None:
    """The office's own commit on a branch that it gave up; it has decided otherwise since."""
    git(desk.root, "checkout", "-q", "-b", "side")
    approved = _decided(desk, "已备案", "同意", year="2026", serial="14")
    git(desk.root, "checkout", "-q", "main")
    _decided(desk, "已驳回", "不同意")
    git(desk.root, "merge", "-q", "--no-ff", "--no-commit", "-X", "theirs", approved)
    desk.commit(MATH, "Merge branch 'side'")


def _redated(desk: Desk, kind: str, moment: str) -> None:
    desk.change("math-wechat", remarks="改了")
    desk.trailed(MATH)
    raw = git(desk.root, "cat-file", "commit", "HEAD") + "\n"
    raw = re.sub(rf"(?m)^({kind} .*>) .*$", rf"\1 {moment}", raw)
    made = git(desk.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    git(desk.root, "update-ref", "HEAD", made)


def done_in_2099(desk: Desk) -> None:
    _redated(desk, "author", "4082000000 +0800")


def committed_in_9999(desk: Desk) -> None:
    _redated(desk, "committer", "253402000000 +0800")


def after_the_last_year(desk: Desk) -> None:
    _redated(desk, "author", "253502300800 +0800")


def in_no_time_zone(desk: Desk) -> None:
    _redated(desk, "committer", "1790000000 +9959")


def in_a_zone_of_too_many_minutes(desk: Desk) -> None:
    _redated(desk, "author", "1790000000 -0160")


ATTACKS: dict[Attack, str] = {
    of_another_unit: "QJ0024:1",
    of_the_school: "QJ0024:1",
    of_ones_own_unit_but_the_schools: "QJ0024:1",
    made_ones_own: (
        "QJ0009:6 QJ0024:1 QJ0502:5 QJ0506:1 QJ0701:1 QJ0704:1 QJ0714:19 QJ0724:5 QJ0724:6"
    ),
    stolen_by_its_field: "QJ0009:6 QJ0024:1 QJ0510:7 QJ0724:6",
    moved_to_ones_folder: "QJ0024:1 QJ0510:7 QJ0724:6",
    given_away: "QJ0024:1 QJ0510:7 QJ0724:6",
    deleted: "QJ0021:1",
    deleted_by_the_office: "QJ0021:1",
    renamed: "QJ0022:1",
    renamed_in_case: "QJ0021:1 QJ0024:1",
    twin_in_case: "QJ0024:1",
    filing_rewritten: "QJ0721:23",
    filing_removed: "QJ0721:1 QJ0723:21",
    number_changed: "QJ0721:23 QJ0725:28",
    number_taken: "QJ0711:23 QJ0725:26 QJ0725:27",
    number_taken_twice: "QJ0710:28",
    consented_oneself: "QJ0024:21 QJ0711:23 QJ0725:26",
    back_dated_number: "QJ0711:23 QJ0725:26 QJ0725:27",
    regraded: "QJ0602:8 QJ0606:7 QJ0714:21 QJ0724:5",
    status_jumped: "QJ0723:21",
    reopened_at_once: "QJ0723:19",
    name_changed_in_silence: "QJ0722:2",
    ordered_closed: "QJ0024:21 QJ0024:29",
    right_granted_first: "QJ0024:1",
    key_added: "QJ0024:1",
    list_emptied: "QJ0024:1",
    policy_changed: "QJ0024:1",
    schema_loosened: "QJ0024:1",
    check_switched_off: "QJ0024:1",
    diff_hidden: "QJ0024:1",
    done_and_taken_back: "QJ0024:1",
    hidden_in_a_merge: "QJ0024:1",
    dropped_by_a_merge: "QJ0024:1",
    same_parent_twice: "QJ0024:1",
    two_at_once: "QJ0024:1",
    linked: "QJ0021:1 QJ0024:1",
    submodule: "QJ0024:1",
    aliased: "QJ0003:29 QJ0003:30 QJ0004:30",
    unreadable_in_between: "QJ0024:1",
    rewritten_through_unreadable: "QJ0721:23",
    huge: "QJ0001:1 QJ0024:1",
    not_utf8_path: "QJ0024:1",
    author_forged: "QJ0024:1",
    committer_forged: "QJ0024:1",
    by_nobody: "QJ0024:1",
    two_authors: "QJ0023:1",
    field_untold: "QJ0023:1",
    record_mistold: "QJ0023:1",
    told_twice: "QJ0023:1",
    false_undo: "QJ0021:1 QJ0023:1",
    undo_of_anothers: "QJ0023:1",
    false_beginning: "QJ0023:1",
    import_by_a_unit: "QJ0024:1",
    renamed_within: "QJ0009:1 QJ0022:1",
    renamed_and_moved: "QJ0022:1 QJ0510:7",
    operators_changed_in_silence: "QJ0722:14",
    maintenance_changed_in_silence: "QJ0722:16",
    filing_put_before: "QJ0721:23",
    opinion_taken_back: "QJ0721:23",
    filed_from_the_first: "QJ0024:21 QJ0725:26 QJ0725:27 QJ0725:28",
    second_number: "QJ0725:32 QJ0725:33 QJ0725:34",
    number_voided: "QJ0725:30",
    taken_by_the_league: "QJ0024:1 QJ0509:7 QJ0714:21 QJ0724:5",
    unit_made_up: "QJ0024:1",
    form_changed: "QJ0024:1",
    submodules_listed: "QJ0024:1",
    folder_linked: "QJ0021:1 QJ0024:1",
    folder_in_a_records_place: "QJ0021:1 QJ0024:1",
    made_executable: "QJ0024:1",
    twin_in_composition: "QJ0024:1",
    pointer_instead: "QJ0002:1",
    empty_by_nobody: "QJ0024:1",
    approval_made_up: "QJ0023:1",
    approval_told_in_a_merge: "QJ0023:1",
    approval_told_of_a_remark: "QJ0023:1",
    words_in_the_action: "QJ0023:1",
    carriage_returns: "QJ0023:1",
    trailers_for_others: "QJ0023:1",
    trailer_folded: "QJ0023:1",
    status_blanked: "QJ0723:1",
    mended_by_a_merge: "QJ0722:2 QJ0723:19",
    own_made_executable: "QJ0024:1",
    twin_by_the_office: "QJ0024:1",
    folder_twin_by_the_office: "QJ0024:1",
    message_in_gbk: "QJ0023:1",
    approval_from_before_the_rejection: (
        "QJ0024:21 QJ0721:23 QJ0723:21 QJ0725:26 QJ0725:27 QJ0725:28"
    ),
    done_in_2099: "QJ0014:1",
    committed_in_9999: "QJ0014:1",
    after_the_last_year: "QJ0023:1",
    in_no_time_zone: "QJ0023:1",
    in_a_zone_of_too_many_minutes: "QJ0023:1",
    number_at_the_head: "QJ0015:1",
    number_in_a_comment: "QJ0015:29",
    number_of_the_office_in_a_comment: "QJ0015:1",
    number_taken_out_again: "QJ0015:29",
    number_in_a_comment_taken_out_again: "QJ0015:29",
}
"""Each with all the errors that it is refused for, by code and line; nothing else is said."""


@pytest.mark.parametrize(
    ("attack", "errors"), ATTACKS.items(), ids=[each.__name__ for each in ATTACKS]
)
def test_an_attack_is_refused_by_ci_and_by_the_server(
    attack: Attack, errors: str, desk: Desk, fortress: Path, qjmedia: Command
) -> None:
    base = desk.head
    attack(desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk.root)
        ran = qjmedia("check", "--base", base, "--json", *TODAY)
        assert ran.code == 1, ran.err
        found = [each for each in ran.json["findings"] if each["severity"] == "error"]
        assert {f"{each['code']}:{each['line']}" for each in found} == set(errors.split()), found
    before = git(fortress, "for-each-ref")
    accepted, said = desk.push(fortress)
    assert not accepted
    assert {each.partition(":")[0] for each in errors.split()} <= set(re.findall(r"QJ\d+", said))
    assert git(fortress, "for-each-ref") == before
    assert not os.path.lexists(fortress / "registry")


def test_what_a_later_commit_does_not_mend_is_said_to_be_so(desk: Desk, qjmedia: Command) -> None:
    base = desk.head
    status_jumped(desk)
    desk.change("math-wechat", status="已备案")
    desk.trailed(OFFICE)
    ran = qjmedia("check", "--base", base, "--root", str(desk.root), *TODAY)
    assert ran.code == 1
    assert ran.out.count("再加一次提交改不掉它，要重做这次提交") == 1


def test_every_rule_between_revisions_is_broken_in_three_ways() -> None:
    """Signatures have their own attacks (test_signatures.py)."""
    ways = Counter(
        code
        for errors in ATTACKS.values()
        for code in {each.partition(":")[0] for each in errors.split()}
    )
    between = {each.code for each in rules.every() if each.subject in {Transition, Deed, Act}}
    assert len(between) > 8
    assert {code for code in between if ways[code] < 3} == set()
