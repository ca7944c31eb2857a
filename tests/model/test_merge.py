"""Two changes of one document, brought together field by field."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qjmedia.model.merge import Merged, Side, merge, value_at
from qjmedia.model.refiling import refiled
from qjmedia.model.tree import Record, Tree

WORDS = st.sampled_from(["甲", "乙", "丙"])
PEOPLE = st.lists(
    st.fixed_dictionaries({"name": WORDS}, optional={"mobile": WORDS}),
    unique_by=lambda each: str(each["name"]), max_size=3,
)  # fmt: skip
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "name": WORDS, "status": WORDS, "remarks": WORDS, "operators": PEOPLE,
        "manager": st.fixed_dictionaries({}, optional={"name": WORDS, "mobile": WORDS}),
        "audience": st.lists(WORDS, unique=True, max_size=3),
        "filings": st.lists(st.fixed_dictionaries({"form": WORDS}, optional={"reason": WORDS})),
    },
)  # fmt: skip

PATIENT = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
"""The first draw builds the strategy, which takes a second on a busy machine."""


def joined(base: Record, ours: Record, theirs: Record, side: Side | None = None) -> Merged:
    return merge(base, ours, theirs, lambda _: side)


def filing(form: str, **more: Tree) -> Record:
    return {"form": form, **more}


@PATIENT
@given(RECORDS, RECORDS)
def test_what_only_one_side_changed_is_as_that_side_has_it(base: Record, other: Record) -> None:
    for ours, theirs in ((other, base), (base, other), (other, other)):
        merged = joined(base, ours, theirs)
        assert merged.tree == other
        assert not merged.disputes


@PATIENT
@given(RECORDS, RECORDS, RECORDS)
def test_every_value_is_somebodys_and_a_dispute_is_real(
    base: Record, ours: Record, theirs: Record
) -> None:
    merged = joined(base, ours, theirs)
    for each in merged.disputes:
        assert each.ours != each.theirs
        assert each.base not in (each.ours, each.theirs)
        if each.field != "status" and not each.field.startswith("filings."):
            assert value_at(base, each.field) == each.base
            assert value_at(theirs, each.field) == each.theirs
    assert not joined(base, ours, theirs, Side.OURS).disputes
    settled = joined(base, ours, theirs, Side.THEIRS)
    assert settled.tree == merged.tree
    assert settled.yielded == tuple(each.field for each in merged.disputes)
    for key in {*base, *ours, *theirs} - {"operators", "filings", "audience", "manager"}:
        assert merged.tree.get(key) in [each.get(key) for each in (base, ours, theirs)]


@PATIENT
@given(RECORDS, RECORDS, RECORDS)
def test_without_a_dispute_it_does_not_matter_who_was_first(
    base: Record, ours: Record, theirs: Record
) -> None:
    merged, turned = joined(base, ours, theirs), joined(base, theirs, ours)
    assert len(merged.disputes) == len(turned.disputes)
    if not merged.disputes:
        assert _unordered(merged.tree) == _unordered(turned.tree)


def test_both_lists_grow() -> None:
    base: Record = {"filings": [filing("申请表")], "audience": ["师生"]}
    ours: Record = {
        "filings": [filing("申请表"), filing("变更", reason="甲")],
        "audience": ["师生", "校友"],
    }
    theirs: Record = {
        "filings": [filing("申请表"), filing("变更", reason="乙")],
        "audience": ["家长"],
    }
    merged = joined(base, ours, theirs)
    assert not merged.disputes
    assert merged.tree == {
        "filings": [filing("申请表"), filing("变更", reason="乙"), filing("变更", reason="甲")],
        "audience": ["家长", "校友"],
    }


def test_two_endings_exclude_one_another() -> None:
    ours: Record = {"filings": [filing("注销", reason="甲")]}
    theirs: Record = {"filings": [filing("注销", reason="乙")]}
    merged = joined({"filings": []}, ours, theirs)
    assert [each.field for each in merged.disputes] == ["filings.0"]
    assert joined({"filings": []}, ours, theirs, Side.OURS).tree == ours


def test_a_status_takes_its_forms_along() -> None:
    base: Record = {"status": "待审核", "filings": [filing("申请表")], "remarks": "旧"}
    ours: Record = {"status": "已备案", "filings": [filing("申请表", serial="1")], "remarks": "新"}
    theirs: Record = {
        "status": "已驳回",
        "filings": [filing("申请表", reason="重复")],
        "remarks": "旧",
    }
    merged = joined(base, ours, theirs)
    assert [each.field for each in merged.disputes] == ["status"]
    assert merged.tree == {**theirs, "remarks": "新"}
    assert list(merged.tree) == ["status", "filings", "remarks"]
    assert joined(base, ours, theirs, Side.OURS).tree == ours


def test_a_change_that_does_not_stand_is_not_filed() -> None:
    def record(name: str, *more: Tree) -> Record:
        return {"name": name, "filings": [*more]}

    def told(old: str, new: str) -> Record:
        return filing("变更", changes=[{"field": "name", "from": old, "to": new}])

    base, ours = record("甲"), record("乙", told("甲", "乙"))
    theirs = record("丙", told("甲", "丙"))
    yields = joined(base, ours, theirs, Side.THEIRS).tree
    assert refiled(base, ours, theirs, yields)["filings"] == [told("甲", "丙")]
    stands = joined(base, ours, theirs, Side.OURS).tree
    assert refiled(base, ours, theirs, stands)["filings"] == [told("甲", "丙"), told("丙", "乙")]


@pytest.mark.parametrize(
    "twins", [[{"name": "甲"}, {"name": "甲"}], [{"mobile": "1"}], ["甲", "甲"]]
)
def test_items_that_cannot_be_told_apart_are_chosen_as_a_list(twins: Sequence[Tree]) -> None:
    merged = joined({"operators": []}, {"operators": [*twins]}, {"operators": [{"name": "乙"}]})
    assert [each.field for each in merged.disputes] == ["operators"]


def _unordered(tree: Tree) -> object:
    if isinstance(tree, dict):
        return sorted((key, _unordered(value)) for key, value in tree.items())
    return sorted(repr(_unordered(each)) for each in tree) if isinstance(tree, list) else tree
