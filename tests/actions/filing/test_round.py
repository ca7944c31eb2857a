"""The filing round at the level of actions: which step may start where, and what it leaves."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Any

import make
import past
import pytest

from qjmedia.actions.filing.approve import approve
from qjmedia.actions.filing.close import close
from qjmedia.actions.filing.numbers import given
from qjmedia.actions.filing.order_close import order_close, reinstate
from qjmedia.actions.filing.reject import reject
from qjmedia.actions.filing.reopen import reopen
from qjmedia.actions.filing.report import report
from qjmedia.actions.filing.sign import Signature, sign
from qjmedia.actions.filing.step import Plan, Step, carry_out
from qjmedia.actions.filing.submit import submit
from qjmedia.actions.refusal import Faulty
from qjmedia.errors import Refused
from qjmedia.model.platform import Platform
from qjmedia.model.transition import MOVES, Transition
from qjmedia.model.tree import Record
from qjmedia.model.words import Decision, Status, Tier
from qjmedia.store import records
from qjmedia.store.files import Revision
from qjmedia.store.repository import Repository
from qjmedia.store.text.usual import usual

TODAY = date(2026, 11, 23)
PATH = "registry/platforms/math/math-wechat.yaml"
FORM: Record = {"form": "申请表", "filled_on": "2026-11-20"}
UNIT: Record = {
    "unit_opinion": {"decision": "同意", "signed_by": "示例甲", "signed_on": "2026-11-21"}
}
FILED: Record = {
    "publicity_opinion": {"decision": "同意", "signed_on": "2026-11-22"},
    "year": "2026",
    "serial": "1",
}
REFUSED: Record = {"publicity_opinion": {"decision": "不同意", "signed_on": "2026-11-22"}}
ORDER: Record = {
    "form": "责令关停", "filled_on": "2026-11-22", "deadline": "2026-11-30", "reason": "整改",
}  # fmt: skip
END: Record = {"form": "注销", "filled_on": "2026-11-22", "reason": "停用", "proof": "通知"}
FILINGS: dict[Status, list[Record]] = {
    Status.DRAFT: [],
    Status.PENDING: [FORM | UNIT],
    Status.REJECTED: [FORM | UNIT | REFUSED],
    Status.FILED: [FORM | UNIT | FILED],
    Status.REGISTERED: [],
    Status.ORDERED_CLOSED: [FORM | UNIT | FILED, ORDER],
    Status.CLOSED: [FORM | UNIT | FILED, END],
}  # fmt: skip


def record(status: Status, **more: Any) -> Record:
    """Return a complete 二级 record (三级 where 已登记) in a status."""
    base = make.record({"opened_on": "2026-11-20"})
    base["status"], base["filings"] = status.value, [*FILINGS[status]]
    if status is Status.REGISTERED:
        base |= {
            "tier": "三级",
            "opened_by": {"kind": "班级", "name": "示例班"},
            "steward": "math",
        }
    return base | more


@pytest.fixture
def repository(school: Path) -> Iterator[Repository]:
    with Repository.open(school) as opened:
        yield opened


def put(repository: Repository, *trees: Record) -> None:
    """Write records without a check."""
    past.commit(repository.root, trees, "import", "导入")


def take(repository: Repository, step: Step, record_id: str = "math-wechat") -> Plan:
    return carry_out(repository, record_id, step, today=TODAY)[0]


def platform(repository: Repository, record_id: str = "math-wechat") -> Platform:
    files = Revision(repository, repository.head())
    path = records.path_of(files, record_id)
    return Platform.of(path, records.read(files, path)[1])


STEPS: dict[str, tuple[Step, set[Status]]] = {
    "submit": (submit(), {Status.DRAFT, Status.REJECTED}),
    "sign": (sign(Signature()), set()),  # signed already where it waits
    "approve": (approve(Signature()), {Status.PENDING}),
    "reject": (reject(Signature(), "重复"), {Status.PENDING}),
    "report": (report(), set()),  # nothing to report
    "close": (close(reason="停用", proof="通知"),
              {Status.DRAFT, Status.REJECTED, Status.FILED, Status.REGISTERED,
               Status.ORDERED_CLOSED}),
    "order-close": (order_close(reason="整改", deadline=date(2026, 12, 1)),
                    {Status.FILED, Status.REGISTERED}),
    "reinstate": (reinstate(reason="已整改"), {Status.ORDERED_CLOSED}),
    "reopen": (reopen(reason=""), {Status.CLOSED}),
}  # fmt: skip


@pytest.mark.parametrize(("name", "status"), [*product(STEPS, Status)])
def test_a_step_starts_only_where_it_may(repository: Repository, name: str, status: Status) -> None:
    step, starts = STEPS[name]
    put(repository, record(status))
    before = repository.head()
    if status in starts:
        plan = take(repository, step)
        after = platform(repository).status
        assert after in MOVES[status]
        assert plan.message.action == name
        assert set(plan.message.fields) <= {"status", "filings"}
        return
    with pytest.raises(Refused) as refusal:
        take(repository, step)
    assert refusal.value.article == "第七条"
    assert refusal.value.hint
    assert repository.head() == before


def test_a_submitted_draft_gets_the_form_that_its_opening_day_asks_for(
    repository: Repository,
) -> None:
    for record_id, opened_on, form in (
        ("math-new", "2026-11-23", "申请表"),
        ("math-old", "2016-05-23", "登记表"),
    ):
        put(repository, record(Status.DRAFT, id=record_id, account=record_id, opened_on=opened_on))
        take(repository, submit(), record_id)
        filing = platform(repository, record_id).filings[-1]
        assert (filing.form, filing.filled_on) == (form, TODAY)


def test_another_form_needs_a_reason(repository: Repository) -> None:
    put(repository, record(Status.DRAFT))
    with pytest.raises(Refused, match="应填申请表"):
        take(repository, submit(form="登记表"))
    take(repository, submit(form="登记", reason="原表遗失"))
    filing = platform(repository).filings[-1]
    assert (filing.form, filing.form_reason) == ("登记表", "原表遗失")


def test_a_student_platform_has_no_form_unless_somebody_wants_one(repository: Repository) -> None:
    tree = {**record(Status.REGISTERED), "status": "草稿"}
    put(repository, tree, {**tree, "id": "math-qzone", "account": "other"})
    take(repository, submit())
    take(repository, approve(Signature()))
    assert platform(repository).filings == ()
    assert platform(repository).status is Status.REGISTERED
    plan = take(repository, submit(form="申请表"), "math-qzone")
    assert any("办法没有要求填表" in note for note in plan.notes)
    take(repository, approve(Signature()), "math-qzone")
    assert platform(repository, "math-qzone").filings[0].number == ("2026", "1")


def test_all_that_a_draft_lacks_is_named_at_once_with_one_command(repository: Repository) -> None:
    tree = record(Status.DRAFT)
    for key in ("manager", "operators", "maintenance", "review"):
        del tree[key]
    put(repository, tree)
    with pytest.raises(Faulty) as refusal:
        take(repository, submit())
    assert len(refusal.value.findings) == 4
    for field in (
        "manager.name=…",
        "manager.mobile=…",
        "operators.0.name=…",
        "maintenance=自主维护或委托维护",
        "review.reviewer=…",
    ):
        assert f"--set {field}" in refusal.value.hint


def test_only_the_accountable_person_signs(repository: Repository) -> None:
    put(repository, record(Status.PENDING, filings=[FORM]))
    with pytest.raises(Refused, match="示例甲") as refusal:
        take(repository, sign(Signature(by="示例乙")))
    assert refusal.value.article == "第五条"
    take(repository, sign(Signature(by="示例乙", acting="书记外出")))
    opinion = platform(repository).filings[-1].unit_opinion
    assert opinion is not None
    assert opinion.signed_by == "示例乙"


def test_a_wrong_post_cannot_sign(repository: Repository) -> None:
    accountable: Record = {"name": "示例甲", "post": "团委书记"}
    put(repository, record(Status.PENDING, filings=[FORM], accountable=accountable))
    with pytest.raises(Faulty) as refusal:
        take(repository, sign(Signature()))
    assert refusal.value.article == "第五条"


def test_a_unit_that_does_not_agree_ends_the_application(repository: Repository) -> None:
    put(repository, record(Status.PENDING, filings=[FORM]))
    take(repository, sign(Signature(decision=Decision.REFUSAL)))
    assert platform(repository).status is Status.REJECTED
    take(repository, submit())
    assert len(platform(repository).filings) == 2
    assert platform(repository).filings[-1].unit_opinion is None


@pytest.mark.parametrize("step", [approve(Signature()), reject(Signature(), "重复")])
def test_the_unit_comes_before_the_publicity_department(repository: Repository, step: Step) -> None:
    put(repository, record(Status.PENDING, filings=[FORM]))
    with pytest.raises(Refused, match="还没有所在单位的同意") as refusal:
        take(repository, step)
    assert refusal.value.hint.endswith("qjmedia sign math-wechat")


@pytest.mark.parametrize(
    ("on", "words"), [(date(2026, 11, 20), "早于单位签字"), (date(2026, 11, 24), "在将来")]
)
def test_an_approval_keeps_the_order_of_dates(repository: Repository, on: date, words: str) -> None:
    put(repository, record(Status.PENDING))
    with pytest.raises(Faulty, match=words):
        take(repository, approve(Signature(on=on)))


def test_both_forms_share_one_series_a_year(repository: Repository) -> None:
    early: Record = {**FORM, **UNIT, "form": "登记表"}
    other = record(Status.PENDING, id="math-b", account="qjnu_b", opened_on="2015-01-01")
    put(repository, record(Status.PENDING), {**other, "filings": [early]})
    take(repository, approve(Signature()))
    take(repository, approve(Signature()), "math-b")
    assert platform(repository).filings[-1].number == ("2026", "1")
    assert platform(repository, "math-b").filings[-1].number == ("2026", "2")


def test_a_number_is_never_given_twice(repository: Repository) -> None:
    other = record(Status.FILED, id="math-b", account="qjnu_b")
    put(repository, other, record(Status.PENDING))
    past.by_hand(repository.root, "registry/platforms/math/math-b.yaml", None, "手工删除")
    assert given(repository, repository.head(), "2026") == {1: {"math-b"}}
    with pytest.raises(Refused, match="已经给过 math-b"):
        take(repository, approve(Signature(), serial="1"))
    plan = take(repository, approve(Signature(), serial="第9号"))
    assert plan.notes[0] == "跳过了2026年第2号到第8号"
    assert platform(repository).filings[-1].number == ("2026", "9")


def test_an_incomplete_draft_may_be_closed(repository: Repository) -> None:
    put(repository, past.draft())
    take(repository, close(reason="从未启用"))
    assert platform(repository).status is Status.CLOSED
    with pytest.raises(Faulty, match="还缺"):
        take(repository, reopen(reason=""))


def test_a_proof_may_come_later(repository: Repository) -> None:
    put(repository, record(Status.FILED))
    plan = take(repository, close(reason="停用"))
    assert "2026-12-14" in plan.notes[0]
    take(repository, close(reason="", proof="平台通知"))
    assert platform(repository).filings[-1].proof == "平台通知"
    assert len(platform(repository).filings) == 2
    with pytest.raises(Refused, match="证明也有了"):
        take(repository, close(reason="", proof="又一份"))


def test_what_was_never_filed_is_ordered_closed_only_past_a_deadline(
    repository: Repository,
) -> None:
    step = order_close(reason="逾期未备案", deadline=date(2026, 12, 1))
    put(repository, past.draft())
    with pytest.raises(Refused, match="没有设定备案的期限"):
        take(repository, step)
    policy = repository.root / "registry/registry.yaml"
    old = policy.read_text("utf-8")
    for deadline, words in (("2026-11-23", "还没有过"), ("2026-11-22", "")):
        new = f'{old}first_filing_by: "{deadline}"\n'
        past.by_hand(repository.root, "registry/registry.yaml", new.encode())
        if words:
            with pytest.raises(Refused, match=words):
                take(repository, step)
    take(repository, step)
    assert platform(repository).status is Status.ORDERED_CLOSED
    with pytest.raises(Refused, match="从来没有备案过"):
        take(repository, reinstate(reason="整改"))
    with pytest.raises(Faulty, match="还缺"):
        take(repository, submit())
    take(repository, close(reason="已关停", proof="截图"))


def test_an_old_fault_does_not_keep_a_platform_from_being_closed(repository: Repository) -> None:
    change: Record = {
        "form": "变更", "changed_on": "2026-10-01", "changes": [{"field": "name", "to": "新名"}],
    }  # fmt: skip
    filings = [FORM | UNIT | FILED, change]
    put(repository, record(Status.FILED, filings=filings, opened_on="2026-09-01"))
    take(repository, order_close(reason="整改", deadline=date(2026, 12, 1)))
    plan = take(repository, report())
    assert "逾期 46 天" in plan.notes[0]
    assert platform(repository).filings[1].filled_on == TODAY


def test_a_reopened_platform_applies_anew(repository: Repository) -> None:
    put(repository, record(Status.CLOSED, opened_on="2015-01-01"))
    take(repository, reopen(reason="恢复招生宣传"))
    filing = platform(repository).filings[-1]
    assert (filing.form, filing.form_reason) == ("申请表", "注销后重新申请：恢复招生宣传")
    take(repository, sign(Signature()))
    take(repository, approve(Signature()))
    assert platform(repository).filings[-1].number == ("2026", "2")


def test_a_reopened_account_must_not_have_been_taken(repository: Repository) -> None:
    put(repository, record(Status.CLOSED))
    put(repository, record(Status.DRAFT, id="math-z", name="后来的"))
    with pytest.raises(Faulty, match="账号已登记在“后来的”（math-z"):
        take(repository, reopen(reason=""))


def test_every_move_starts_and_ends_in_a_status() -> None:
    assert MOVES.keys() == {*Status}
    closed = Platform(PurePosixPath(), {}, status=Status.CLOSED)
    filed = Platform(PurePosixPath(), {}, status=Status.FILED, tier=Tier.UNIT)
    assert not Transition(closed, filed).is_allowed
    assert Transition(filed, closed).is_allowed
    assert Transition(None, filed).is_allowed
    assert Transition(filed, filed).move is None


def test_what_the_round_leaves_is_read_the_fast_way(repository: Repository) -> None:
    """A form begins on one line and grows; a mapping within one on a line is read carefully."""
    put(repository, record(Status.DRAFT))
    steps = (submit(), sign(Signature()), approve(Signature()), close(reason="停用", proof="通知"))
    for step in steps:
        take(repository, step)
        data = (repository.root / PATH).read_bytes()
        assert usual(data) is not None, data.decode()
