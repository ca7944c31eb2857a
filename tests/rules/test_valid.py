"""Valid records of all kinds, tiers and states: the whole check finds no error in them."""

from collections import Counter
from collections.abc import Iterator

import samples

from qjmedia.model.finding import Severity
from qjmedia.model.tree import Record, Tree, mapping, text
from qjmedia.model.words import KINDS, OpenerKind, Status, Tier
from qjmedia.store import edit

OWNERS = {
    "学院": ("math", "physics"),
    "职能部门": ("academic", "union"),
    "教辅单位": ("library",),
    "班级": ("math", "physics"),
    "团学组织": ("youth-league", "math"),
    "社团": ("youth-league", "library"),
}
OPENERS = {"二级": ("学院", "职能部门", "教辅单位"), "三级": ("班级", "团学组织", "社团")}
STATES = {
    "一级": ("草稿", "待审核", "已登记", "责令关停", "已注销"),
    "二级": ("草稿", "待审核", "已备案", "已驳回", "责令关停", "已注销"),
    "三级": ("草稿", "待审核", "已登记", "责令关停", "已注销"),
    "工作群": ("草稿", "待审核", "已登记", "责令关停", "已注销"),
}
POSTS = {
    "学院": ("学院党总支书记", "学院党委书记", "数学学院党总支书记"),
    "职能部门": ("主要负责人", "处长（主要负责人）"),
    "教辅单位": ("图书馆馆长（主要负责人）",),
}
DIGITS = frozenset({"QQ", "QQ群", "QQ空间", "哔哩哔哩"})
ENDS: dict[str, Record] = {
    "责令关停": {"form": "责令关停", "filled_on": "2026-10-01", "deadline": "2026-12-31",
             "reason": "失管"},
    "已注销": {"form": "注销", "filled_on": "2026-10-01", "reason": "停用"},
}  # fmt: skip


def corpus() -> Iterator[Record]:
    """Yield a record of every tier, opener, kind and state that go together."""
    number = 0
    for tier, states in STATES.items():
        for opener in OPENERS.get(tier, ("学校",) if tier == "一级" else ("个人",)):
            for kind in KINDS:
                for status in states:
                    number += 1
                    yield record(number, tier, opener, kind, status)


def record(number: int, tier: str, opener: str, kind: str, status: str) -> Record:
    """Return one of them; what varies and does not matter varies with the number."""
    owners = OWNERS.get(opener, ("publicity",) if tier == "一级" else ("math", "library", "union"))
    owner = owners[number % len(owners)]
    league = opener in {"团学组织", "社团"}
    steward = "youth-league" if league else "publicity" if tier in {"一级", "二级"} else owner
    given: Record = {
        "tier": tier,
        "opened_by": {"kind": opener, "name": "示例"},
        "id": f"sample-{number}",
        "name": f"示例{number}",
        "kind": kind,
        "account": f"1000{number}" if kind in DIGITS else f"sample_{number}",
        "owner": owner,
        "steward": steward,
        "remarks": "示例",
        "status": status,
    }
    if kind in {"APP", "网站"}:
        given["it_assets"] = {"reference": f"示例〔2020〕{number}号"}
    if tier == "二级":
        posts = POSTS[opener]
        given["accountable"] = {"name": "示例甲", "post": posts[number % len(posts)]}
        given["filings"] = [_form(number, status)]
        given["opened_on"] = "2014-09-01" if number % 2 else "2019-03-01"
    made = samples.record(given)
    if status in ENDS:
        forms = made.get("filings", [])
        made["filings"] = [*(forms if isinstance(forms, list) else ()), dict(ENDS[status])]
    return samples.SCHEMA.arranged(made)


def _form(number: int, status: str) -> Record:
    early = bool(number % 2)
    year = "2016" if early else "2019"
    form: Record = {"form": "登记表" if early else "申请表", "filled_on": f"{year}-01-02"}
    if early:
        form["filled_on"] = "2016-06-01"
    signed = "2016-06-02" if early else "2019-02-03"
    form["unit_opinion"] = {"decision": "同意", "signed_by": "示例甲", "signed_on": signed}
    agreed = "2016-06-20" if early else "2019-02-10"
    opinion: Tree = {"decision": "同意", "signed_by": "示例庚", "signed_on": agreed}
    form |= {"publicity_opinion": opinion, "year": year, "serial": str(number)}
    if status in {"草稿", "待审核"}:
        form |= dict.fromkeys(("publicity_opinion", "year", "serial"), samples.NONE)
    if status == "已驳回":
        refusal = {"decision": "不同意", "signed_by": "示例庚", "signed_on": agreed}
        form |= {"publicity_opinion": dict(refusal), "year": samples.NONE, "serial": samples.NONE}
    return form


def test_valid_records_yield_no_error() -> None:
    made = [*corpus()]
    assert len(made) >= 300
    assert {text(each, "tier") for each in made} == {*Tier}
    assert {text(each, "kind") for each in made} == {*KINDS}
    assert {text(each, "status") for each in made} == {*Status}
    assert {text(mapping(each, "opened_by"), "kind") for each in made} == {*OpenerKind}
    found = samples.findings(samples.registry(made))
    assert [each for each in found if each.severity is Severity.ERROR] == []
    # what is left is said of platforms that were made alike on purpose
    assert {each.code for each in found} <= {"QJ0503", "QJ0511", "QJ0804"}, Counter(
        each.code for each in found
    )


def test_a_valid_record_is_valid_by_itself() -> None:
    for made in [*corpus()][::17]:
        path = samples.path_of(made)
        found = samples.findings(samples.registry() | {path: edit.dump(made)})
        assert {each.code for each in found} <= {"QJ0503", "QJ0511"}, path
