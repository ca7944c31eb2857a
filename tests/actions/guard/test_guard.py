"""What may lie between two revisions, rule by rule, without a repository."""

from pathlib import PurePosixPath

import make
import pytest

from qjmedia import rules
from qjmedia.model.access import Access, Actor
from qjmedia.model.deed import Act, Deed
from qjmedia.model.message import Message
from qjmedia.model.place import Place
from qjmedia.model.platform import Platform
from qjmedia.model.transition import Transition
from qjmedia.model.tree import Record, sequence, text

UNITS = {"role": "unit", "units": ["math"]}
PEOPLE: Record = {
    "people": [
        {"name": "示例甲", "email": "jia@example.edu.cn", "role": "publicity"},
        {"name": "示例乙", "email": "Yi@Example.edu.cn", "role": "unit", "units": ["math"]},
        {"name": "示例丙", "email": "bing@example.edu.cn", "role": "steward", "units": ["math"]},
    ]
}


def codes(subject: object) -> list[str]:
    found = rules.on(type(subject))
    return [rule.code for rule in found for _ in rule.find(subject, make.context())]


def between(old: Record | None, new: Record | None) -> Transition:
    before, after = (None if each is None else make.platform(each) for each in (old, new))
    return Transition(before, after)


def who(email: str) -> Actor:
    return Access.of(PEOPLE).actor(email)


def first(changes: Record | None = None) -> Record:
    found = sequence(make.record(changes), "filings")[0]
    assert isinstance(found, dict)
    return found


def void(serial: str) -> Record:
    return {"year": "2019", "serial": serial, "reason": "重号"}


OPEN: Record = {"form": "申请表", "filled_on": "2019-02-01"}


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ([first()], [first(), {"form": "变更"}], True),
        ([first()], [{"form": "变更"}, first()], False),
        ([first()], [{**first(), "remark": "补"}], True),
        ([OPEN], [{**OPEN, "form": "登记表", "filled_on": "2019-03-01"}], True),
        ([OPEN], [{"form": "变更", "changed_on": "2019-03-01"}], False),
        ([OPEN], [], False),
        ([{"form": "变更", "changed_on": "2019-03-01"}],
         [{"form": "变更", "changed_on": "2019-03-01", "filled_on": "2019-03-02"}], True),
        ([first()], [{**first(), "serial": "13"}], False),
        ([first()], [{**first(), "serial": "13", "voids": [void("12")]}], True),
        ([first()], [{**first(), "serial": "13", "voids": [void("11")]}], False),
        ([{**first(), "voids": [void("11")]}], [first()], False),
    ],
)  # fmt: skip
def test_filings_only_grow(old: list[Record], new: list[Record], *, allowed: bool) -> None:
    found = codes(between({"filings": [*old]}, {"filings": [*new]}))
    assert ("QJ0721" in found) is not allowed


@pytest.mark.parametrize("key", ["name", "operators", "maintenance"])
def test_a_change_has_to_be_filed_with_its_field(key: str) -> None:
    new: Record = {"operators": [{"name": "示例辛"}]} if key == "operators" else {key: "别的"}
    assert codes(between({}, new)) == ["QJ0722"]
    filing: Record = {"form": "变更", "changed_on": "2026-03-02", "changes": [{"field": key}]}
    assert codes(between({}, {**new, "filings": [first(), filing]})) == []
    other: Record = {**filing, "changes": [{"field": "remarks"}]}
    assert codes(between({}, {**new, "filings": [first(), other]})) == ["QJ0722"]
    assert codes(between({"status": "草稿"}, {**new, "status": "草稿"})) == []


@pytest.mark.parametrize(
    ("email", "old", "new", "found"),
    [
        ("jia@example.edu.cn", {}, {"tier": "一级", "owner": "publicity"}, []),
        ("yi@example.edu.cn", {}, {"remarks": "改"}, []),
        ("yi@example.edu.cn", None, {"tier": "三级", "filings": ""}, ["QJ0024"]),
        ("yi@example.edu.cn", {"tier": "三级"}, {}, ["QJ0024", "QJ0724"]),
        ("yi@example.edu.cn", {}, {"owner": "academic"}, ["QJ0024", "QJ0724"]),
        ("yi@example.edu.cn", {"owner": "academic"}, {}, ["QJ0024", "QJ0724"]),
        ("yi@example.edu.cn", None, {"tier": "", "status": "草稿", "filings": ""}, []),
        ("yi@example.edu.cn", None, {"tier": "", "filings": ""}, ["QJ0024"]),
        ("bing@example.edu.cn", None, {"tier": "三级", "steward": "math", "status": "已登记",
                                       "filings": ""}, []),
        ("bing@example.edu.cn", {"tier": "三级", "filings": ""},
         {"tier": "三级", "steward": "math", "filings": ""}, ["QJ0024"]),
        ("bing@example.edu.cn", {}, {"remarks": "改"}, ["QJ0024"]),
        ("ding@example.edu.cn", {}, {"remarks": "改"}, ["QJ0024"]),
        ("", {}, {"remarks": "改"}, ["QJ0024"]),
    ],
)  # fmt: skip
def test_a_record_has_to_be_ones_own_before_and_after(
    email: str, old: Record | None, new: Record, found: list[str]
) -> None:
    assert codes(Deed(between(old, new), who(email))) == found


def test_an_entry_that_cannot_be_read_still_means_that_rights_are_asked() -> None:
    assert Access.of({"people": ["示例甲"]}).is_enforced
    assert not Access.of({"people": []}).is_enforced
    assert not Access.of({"people": ["示例甲"]}).actor("").members


def test_a_form_may_not_be_filled_in_for_the_office() -> None:
    waiting = {key: value for key, value in first().items() if key != "publicity_opinion"}
    del waiting["year"], waiting["serial"]
    before: Record = {"filings": [waiting], "status": "待审核"}
    deed = Deed(between(before, {}), who("yi@example.edu.cn"))
    assert codes(deed) == ["QJ0024", "QJ0725", "QJ0725", "QJ0725"]
    assert codes(Deed(deed.transition, who("jia@example.edu.cn"))) == []


def act(text_: str, changed: dict[str, set[str]], **more: str) -> Act:
    fields = {key: frozenset(value) for key, value in changed.items()}
    place = Place(PurePosixPath("registry"))
    return Act(place, Message.of(text_), fields, lie=more.get("lie", ""))


@pytest.mark.parametrize(
    ("trailers", "changed", "matches"),
    [
        ("Qj-Action: amend\nQj-Record: a\nQj-Fields: name url", {"a": {"url", "name"}}, True),
        ("Qj-Action: amend\nQj-Record: a", {"a": set()}, True),
        ("Qj-Action: amend\nQj-Record: a\nQj-Fields: name", {"a": {"name", "url"}}, False),
        ("Qj-Action: amend\nQj-Record: a\nQj-Fields: name url", {"a": {"name"}}, False),
        ("Qj-Action: amend\nQj-Record: b\nQj-Fields: name", {"a": {"name"}}, False),
        ("Qj-Action: amend\nQj-Fields: name", {"a": {"name"}}, False),
        ("Qj-Action: amend\nQj-Record: a\nQj-Fields: name", {"a": {"name"}, "b": set()}, False),
        ("Qj-Action: add\nQj-Record: a\nQj-Fields: name", {"a": {"name"}}, False),
        ("Qj-Action: import", {"a": {"name"}, "b": {"url"}}, True),
        ("Qj-Action: import\nQj-Record: a\nQj-Fields: url", {"a": {"name"}}, False),
        ("改了", {"a": {"name"}}, False),
    ],
)
def test_trailers_have_to_be_what_was_done(
    trailers: str, changed: dict[str, set[str]], *, matches: bool
) -> None:
    assert {*codes(act(f"改动\n\n{trailers}", changed))} == (set() if matches else {"QJ0023"})


def test_a_platform_that_cannot_be_read_belongs_to_its_folder() -> None:
    path = PurePosixPath("registry/platforms/academic/x.yaml")
    deed = Deed(Transition(Platform(path, {}, owner="academic"), None), who("yi@example.edu.cn"))
    assert codes(deed) == ["QJ0024"]
    assert text(first(), "serial") == "12"
