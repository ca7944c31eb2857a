"""The documents of 第七条, a function each: what stands in which cell, in whose words.

The 登记表 and the 申请表 are those of the Measures, word for word. For changes, cancellations and
closures the Measures prescribe no form, so these are ours, in the same style.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from qjmedia.model.measures import ARTICLES
from qjmedia.model.platform import Filing, Platform
from qjmedia.model.policy import Policy, must_file
from qjmedia.model.tree import Record
from qjmedia.model.tree import text as value_of
from qjmedia.model.words import FormKind
from qjmedia.render.cells import (
    Body,
    Paragraph,
    Row,
    clean,
    contact,
    day,
    endorsement,
    lines_of,
    table,
    text,
)

NOTE = (
    "说明：媒体名称指微博、微信等新媒体名称，QQ群群名及群号，"
    "请将所属单位、负责人及联系电话、分管领导信息填完整。"
)
AMENDMENT_NOTE = (
    "说明：账号名、后台管理人员或维护方式发生变更，应在一周内，"
    "以书面形式报党委宣传部备案（第七条）。"
)
CANCELLATION_NOTE = "说明：注销证明指平台方的通知、截图等，附在本表后面。"
DRAFT = "草稿"
DRAFT_COPY = "草稿：由党委宣传部核对、编号、盖章后发出"
CHANGED = {
    "name": "账号名",
    "operators": "后台管理人员",
    "maintenance": "维护方式",
    "account": "账号",
    "url": "链接地址",
    "kind": "类型",
    "owner": "所属单位",
    "manager": "负责人",
    "supervisor": "分管领导",
    "accountable": "第一责任人",
}
"""The first three are those of 第七条第三款; a clerk may record others too."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document is about: a platform, its unit's name, the filing, the school's settings."""

    platform: Platform
    owner: str
    filing: Filing
    policy: Policy


def official(subject: Subject) -> Body:
    """Return the 登记表 or the 申请表: 附表."""
    platform, filing = subject.platform, subject.filing
    return Body(
        title=f"{subject.policy.school}新媒体备案{filing.form}",
        number=f"{_number(filing)}（党委宣传部填写）",
        rows=(
            *_identity(subject),
            Row(("负责人及", "联系方式"), contact(platform.manager)),
            Row(("分管领导及", "联系方式"), contact(platform.supervisor)),
            *_opinions(filing),
            Row(("备  注",), text(platform.remarks)),
        ),
        note=NOTE,
    )


def amendment(subject: Subject) -> Body:
    """Return the 变更备案表: what changed, from what to what, when, and when it was reported.

    Measures: 第七条第三款.
    """
    filing = subject.filing
    changes = [_change(change) for change in filing.changes]
    return Body(
        title=f"{subject.policy.school}新媒体变更备案表",
        number=_earlier_number(subject.platform),
        rows=(
            *_identity(subject),
            Row(("变更内容",), table(("变更项目", "变更前", "变更后"), changes)),
            Row(("变更日期",), text(day(filing.changed_on))),
            Row(("报备日期",), text(day(filing.filled_on))),
            Row(("变更原因",), text(filing.reason)),
            *_opinions(filing),
            Row(("备  注",), text()),
        ),
        note=AMENDMENT_NOTE,
    )


def cancellation(subject: Subject) -> Body:
    """Return the 注销备案表: why a platform is given up, and the proof that it is gone."""
    filing = subject.filing
    return Body(
        title=f"{subject.policy.school}新媒体注销备案表",
        number=_earlier_number(subject.platform),
        rows=(
            *_identity(subject),
            Row(("负责人及", "联系方式"), contact(subject.platform.manager)),
            Row(("填表日期",), text(day(filing.filled_on))),
            Row(("注销原因",), text(filing.reason)),
            Row(("注销证明",), text(filing.proof)),
            *_opinions(filing),
            Row(("备  注",), text()),
        ),
        note=CANCELLATION_NOTE,
    )


def closure(subject: Subject) -> Body:
    """Return the letter that orders a platform closed; a person checks, seals and sends it.

    Measures: 第七条第四款；第四条.
    """
    filing, policy = subject.filing, subject.policy
    article, paragraph = _grounds(subject)
    said = (
        f"{policy.document_title.join('《》')}（{policy.document_number}）{article}规定："
        f"“{ARTICLES[article][paragraph]}”"
    )
    order = (
        f"据此，责令你单位于{day(filing.deadline)}前关停上述平台，"
        "并将关停情况以书面形式报党委宣传部。"
    )
    facts = ("现就你单位的下列新媒体平台通知如下：", *_facts(subject), said, order)
    return Body(
        title="责令关停通知书",
        number=f"〔{_year(filing.filled_on)}〕     号",
        paragraphs=(
            Paragraph("to", f"{_flat(subject.owner)}："),
            *(Paragraph("body", fact) for fact in facts),
            Paragraph("signer", "党委宣传部"),
            Paragraph("date", day(filing.filled_on)),
        ),
        mark=DRAFT,
        copies=(DRAFT_COPY,),
    )


def _grounds(subject: Subject) -> tuple[str, int]:
    """Return the article and paragraph that the letter quotes.

    第七条 speaks of platforms that were not filed in time; where nothing was left unfiled, only
    the department's general charge is left.
    """
    platform = subject.platform
    is_filed = any(filing.is_consented for filing in platform.filings)
    unfiled = must_file(platform, subject.policy) and not is_filed
    return ("第七条", 3) if unfiled else ("第四条", 0)


DOCUMENTS: Mapping[FormKind, Callable[[Subject], Body]] = {
    FormKind.REGISTRATION: official,
    FormKind.APPLICATION: official,
    FormKind.AMENDMENT: amendment,
    FormKind.CANCELLATION: cancellation,
    FormKind.CLOSURE: closure,
}


def _identity(subject: Subject) -> tuple[Row, ...]:
    platform = subject.platform
    return (
        Row(("媒体名称",), text(*_name(platform))),
        Row(("所属单位",), text(subject.owner)),
        Row(("媒体链接地址", "或账号"), text(platform.url, platform.account)),
    )


def _opinions(filing: Filing) -> tuple[Row, ...]:
    return (
        Row(("所在单位", "意  见"), endorsement(filing.unit_opinion)),
        Row(("党委宣传部", "意  见"), endorsement(filing.publicity_opinion)),
    )


def _name(platform: Platform) -> tuple[str, ...]:
    """说明：媒体名称指……QQ群群名及群号."""
    if platform.kind == "QQ群":
        return platform.name, f"群号：{platform.account}"
    return (platform.name,)


def _facts(subject: Subject) -> Iterator[str]:
    platform = subject.platform
    given = (
        ("平台", f"{platform.kind}“{platform.name}”"),
        ("账号", platform.account),
        ("链接地址", platform.url),
        ("事由", subject.filing.reason),
    )
    for label, value in given:
        if value.strip():
            yield f"{label}：{_flat(value)}"


def _change(change: Record) -> tuple[str, str, str]:
    field = value_of(change, "field")
    before, after = (value_of(change, key).strip() or "（无）" for key in ("from", "to"))
    return CHANGED.get(field, field), before, after


def _number(filing: Filing) -> str:
    year, serial = clean(filing.year) or " " * 5, clean(filing.serial) or " " * 5
    return f"{year}年   第{serial}号"


def _earlier_number(platform: Platform) -> str:
    """The number the platform was filed under; only the publicity department gives one."""
    recorded = platform.current_form
    return f"原备案编号：{_number(recorded[1] if recorded else Filing(None))}"


def _year(given: date | None) -> str:
    return str(given.year) if given else " " * 5


def _flat(value: str) -> str:
    return " ".join(lines_of(value))
