"""Attempts to go around the rules; each is refused by CI's command and by the server's hook."""

import os
from collections.abc import Callable
from pathlib import Path

import make
import pytest
import scene
from conftest import Command
from plain_git import git
from scene import LEAGUE, MATH, NOBODY, OFFICE, Desk

from qjmedia.model.tree import Record  # noqa: TC001  as every test imports

Attack = Callable[[Desk], object]
WECHAT = "registry/platforms/math/math-wechat.yaml"


def of_another_unit(desk: Desk) -> None:
    desk.change("academic-wechat", remarks="改了")
    desk.trailed(MATH)


def of_the_school(desk: Desk) -> None:
    desk.change("school-weibo", remarks="改了")
    desk.trailed(MATH)


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
    desk.write(WECHAT, make.record({"filings": [{**scene.waiting(), "form": "申请表"}]}))
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


ATTACKS: dict[Attack, str] = {
    of_another_unit: "QJ0024", of_the_school: "QJ0024", made_ones_own: "QJ0024",
    stolen_by_its_field: "QJ0024", moved_to_ones_folder: "QJ0024", given_away: "QJ0724",
    deleted: "QJ0021", deleted_by_the_office: "QJ0021", renamed: "QJ0022",
    renamed_in_case: "QJ0021", twin_in_case: "QJ0024", filing_rewritten: "QJ0721",
    filing_removed: "QJ0721", number_changed: "QJ0725", number_taken: "QJ0725",
    number_taken_twice: "QJ0710", consented_oneself: "QJ0725", back_dated_number: "QJ0725",
    regraded: "QJ0724", status_jumped: "QJ0723", reopened_at_once: "QJ0723",
    name_changed_in_silence: "QJ0722", ordered_closed: "QJ0024", right_granted_first: "QJ0024",
    key_added: "QJ0024", list_emptied: "QJ0024", policy_changed: "QJ0024",
    schema_loosened: "QJ0024", check_switched_off: "QJ0024", diff_hidden: "QJ0024",
    done_and_taken_back: "QJ0024", hidden_in_a_merge: "QJ0024", dropped_by_a_merge: "QJ0024",
    same_parent_twice: "QJ0024", two_at_once: "QJ0024", linked: "QJ0024", submodule: "QJ0024",
    aliased: "QJ0003", unreadable_in_between: "QJ0024", rewritten_through_unreadable: "QJ0721",
    huge: "QJ0001", not_utf8_path: "QJ0024", author_forged: "QJ0024", committer_forged: "QJ0024",
    by_nobody: "QJ0024", two_authors: "QJ0023", field_untold: "QJ0023", record_mistold: "QJ0023",
    told_twice: "QJ0023", false_undo: "QJ0021", undo_of_anothers: "QJ0023",
    false_beginning: "QJ0023", import_by_a_unit: "QJ0024",
}  # fmt: skip


@pytest.mark.parametrize(
    ("attack", "code"), ATTACKS.items(), ids=[each.__name__ for each in ATTACKS]
)
def test_an_attack_is_refused_by_ci_and_by_the_server(
    attack: Attack, code: str, desk: Desk, fortress: Path, qjmedia: Command
) -> None:
    base = desk.head
    attack(desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk.root)
        ran = qjmedia("check", "--base", base, "--json")
        assert ran.code == 1, ran.err
        found = [each for each in ran.json["findings"] if each["severity"] == "error"]
        assert code in {each["code"] for each in found}, ran.out
    before = git(fortress, "for-each-ref")
    accepted, said = desk.push(fortress)
    assert not accepted
    assert code in said
    assert git(fortress, "for-each-ref") == before
    assert not os.path.lexists(fortress / "registry")
