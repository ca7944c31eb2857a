"""The examples of `explain` that lie between two revisions, carried out word for word."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import make
import pytest
import scene
import sealed
from conftest import Command
from plain_git import git
from scene import MATH, OFFICE, Desk

from qjmedia import rules
from qjmedia.actions.explain import catalogue
from qjmedia.model.deed import Act, Deed, Intrusion, Signing
from qjmedia.model.transition import Transition
from qjmedia.model.tree import Record, Tree

TODAY = ("--today", make.TODAY.isoformat())
WECHAT, FORM = "registry/platforms/math/math-wechat.yaml", scene.first_filing(make.record())
TITLE = "曲靖师范学院数学与统计学院"


class Table(NamedTuple):
    """What an example has at hand: a clone, the tool and the keys."""

    desk: Desk
    qjmedia: Command
    keys: Path

    def run(self, who: str, *argv: str) -> None:
        """Do something with the tool, as somebody."""
        with scene.acting(who):
            ran = self.qjmedia(*argv, "-y", *TODAY)
        assert ran.code == 0, ran.err

    def change(self, who: str, platform_id: str = "math-wechat", **fields: Tree) -> None:
        """Change a record past the tool, with the trailers that it would write."""
        self.desk.change(platform_id, **fields)
        self.desk.trailed(who)

    def amend(self, who: str, *settings: str, record: str = "math-wechat") -> None:
        """Amend a record with the tool."""
        self.run(who, "amend", record, *(word for each in settings for word in ("--set", each)))


Doing = Callable[[Table], object]

BY_HAND = ("QJ0023", "warning")
"""What is said of every commit by hand, whatever it changes."""


def deleted(at: Table) -> None:
    at.desk.write(WECHAT, None)
    at.desk.trailed(OFFICE)


def closed(at: Table) -> None:
    at.run(OFFICE, "close", "math-wechat", "--reason", "停用", "--proof", "截图")


def renamed(at: Table) -> None:
    at.desk.write(WECHAT, None)
    path = WECHAT.replace("math-wechat", "math-weixin")
    at.desk.write(path, make.record({"id": "math-weixin"}))
    at.desk.commit(OFFICE)


def named(at: Table) -> None:
    day = ("--changed-on", "2026-11-20")
    at.run(OFFICE, "amend", "math-wechat", "--set", f"name={TITLE}", *day)


def told_in_part(at: Table) -> None:
    manager: Record = {"name": "示例乙", "mobile": "13800000009", "landline": "0874-0000000"}
    at.desk.change("math-wechat", remarks="改了", manager=manager)
    said = "变更\n\nQj-Action: amend\nQj-Record: math-wechat\nQj-Fields: remarks\n"
    at.desk.commit(OFFICE, said)


def people_changed(who: str) -> Doing:
    def act(at: Table) -> None:
        at.desk.write("registry/access.yaml", scene.ACCESS.replace("[math]", "[math, library]"))
        at.desk.commit(who)

    return act


def planned(at: Table) -> None:
    at.change(OFFICE, "math-douyin", opened_on="2026-12-01")


def draft(at: Table) -> None:
    at.change(OFFICE, "math-douyin", status="草稿", opened_on="2026-12-01")


def filed_at_once(at: Table) -> None:
    at.change(OFFICE, "math-douyin", status="已备案", filings=[{**FORM, "serial": "77"}])


def filed_in_order(at: Table) -> None:
    at.run(MATH, "submit", "math-douyin")
    at.run(MATH, "sign", "math-douyin")
    approved(at)


def approved(at: Table) -> None:
    at.run(OFFICE, "approve", "math-douyin", "--by", "示例庚")


def group(at: Table) -> None:
    at.change(OFFICE, "math-douyin", status="草稿", filings="")


def regraded(at: Table) -> None:
    opener: Record = {"kind": "个人", "name": "示例乙"}
    at.change(MATH, "math-douyin", tier="工作群", steward="math", opened_by=opener)


def regraded_by_the_office(at: Table) -> None:
    wanted = ("tier=工作群", "steward=math", "opened_by.kind=个人", "opened_by.name=示例乙")
    at.amend(OFFICE, *wanted, record="math-douyin")


def numbered(at: Table) -> None:
    at.change(MATH, filings=[FORM, {**FORM, "serial": "77"}])


def demanded(at: Table) -> None:
    sealed.demand(at.desk, at.keys)


def signed(at: Table) -> None:
    sealed.sign_as(at.desk, at.keys, "math")
    at.change(MATH, remarks="改了")


def remarked(who: str, platform_id: str = "math-wechat") -> Doing:
    return lambda at: at.change(who, platform_id, remarks="改了")


def nothing(_: Table) -> None:
    pass


SHOWN: dict[str, tuple[Doing, Doing, Doing]] = {
    "删去 registry/platforms/math/math-wechat.yaml": (nothing, deleted, closed),
    "math-wechat.yaml 改名为 math-weixin.yaml": (nothing, renamed, named),
    "说明写“Qj-Fields: remarks”，实际还改了 manager": (
        nothing, told_in_part,
        lambda at: at.amend(MATH, "remarks=改了", "manager.mobile=13800000009"),
    ),
    "数学学院的编辑改教务处的平台": (nothing, remarked(MATH, "academic-wechat"), remarked(MATH)),
    "数学学院的编辑改 registry/access.yaml": (
        nothing, people_changed(MATH), people_changed(OFFICE),
    ),
    "没有签名的提交": (demanded, remarked(MATH), signed),
    "把 filings 中一条的 filled_on 从 2019-02-01 改成 2018-02-01": (
        nothing, lambda at: at.change(OFFICE, filings=[{**FORM, "filled_on": "2018-02-01"}]), named,
    ),
    "{status: 已备案} 的平台只改了 name": (nothing, lambda at: at.change(MATH, name=TITLE), named),
    "草稿直接变为已备案": (draft, filed_at_once, filed_in_order),
    "数学学院的编辑把二级改成工作群": (group, regraded, regraded_by_the_office),
    "数学学院的编辑自己写上 serial": (planned, numbered, approved),
}  # fmt: skip
"""By the wrong example: what comes before, what it does, and what the right one does."""


def between() -> Iterator[tuple[str, str]]:
    """Yield code and wrong example of each fault that one revision cannot show."""
    subjects = {Transition, Act, Deed, Intrusion, Signing}
    codes = {rule.code for rule in rules.every() if rule.subject in subjects}
    for code, explained in catalogue().items():
        if code in codes:
            yield from ((code, fault.wrong) for fault in explained.faults)


@pytest.mark.parametrize(("code", "wrong"), [*between()])
def test_a_wrong_change_yields_its_code_and_a_right_one_nothing(
    code: str, wrong: str, desk: Desk, keys: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    before, *changes = SHOWN[wrong]
    before(Table(desk, qjmedia, keys))
    base = desk.head
    for change, expected in zip(changes, ({code}, set()), strict=True):
        git(desk.root, "reset", "-q", "--hard", base)
        change(Table(desk, qjmedia, keys))
        found = qjmedia("check", "--base", base, "--json", *TODAY).json["findings"]
        told = {each["code"] for each in found if (each["code"], each["severity"]) != BY_HAND}
        assert told == expected, found
