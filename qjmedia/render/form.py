"""The documents of 第七条, decided once for every format.

HTML, Markdown, DOCX and PDF lay out the same `Form`, so they cannot say different things.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qjmedia.errors import Refused
from qjmedia.model.platform import Filing, Platform
from qjmedia.model.policy import Policy
from qjmedia.model.unit import Units
from qjmedia.model.words import FormKind, Tier
from qjmedia.render.cells import (
    Blank,
    Cell,
    Contact,
    Endorsement,
    Paragraph,
    Row,
    Table,
    Text,
    clean,
)
from qjmedia.render.documents import DOCUMENTS, Subject
from qjmedia.render.stem import stem_of
from qjmedia.render.trace import Symbol, symbol_of

__all__ = [
    "Blank", "Cell", "Contact", "Endorsement", "Form", "Paragraph", "Row", "Table", "Text",
    "fill", "form_of",
]  # fmt: skip

NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
NAMES = {
    FormKind.AMENDMENT: "变更备案表",
    FormKind.CANCELLATION: "注销备案表",
    FormKind.CLOSURE: "责令关停通知书",
}
"""What a document is called, where that is not simply its kind."""
HINTS = {
    FormKind.AMENDMENT: "账号名、后台管理人员或维护方式改了，先记下：qjmedia amend ID",
    FormKind.CANCELLATION: "先办注销：qjmedia close ID",
    FormKind.CLOSURE: "先责令关停：qjmedia order-close ID",
}


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form or letter; every word of it, and nothing about its looks.

    Attributes:
        id: the id of the record.
        stem: a file name without suffix, safe for every file system.
        number: the line above the table, "" where there is none.
        rows: the table; none in a letter.
        copies: what is printed at the foot of each copy, one sheet a copy.
        paragraphs: the letter; none in a form.
        mark: stands above everything else: 草稿.
        year: the number's year alone, "" where there is none.
        serial: the number itself.
        trace: says at the foot which state of the record was printed; "" says nothing.
    """

    id: str
    kind: FormKind
    stem: str
    title: str
    number: str
    rows: tuple[Row, ...]
    note: str
    copies: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...] = ()
    mark: str = ""
    year: str = ""
    serial: str = ""
    trace: str = ""

    @property
    def symbol(self) -> Symbol | None:
        """The trace as a QR code; None where it is no code."""
        return symbol_of(self.trace)

    def height(self, width: float) -> int:
        """Return how many lines rows or paragraphs need at `width` Chinese characters a line.

        An estimate, for a layout that has to choose its type size before anything is drawn. The
        room for the seals is not counted.
        """
        parts: tuple[Row | Paragraph, ...] = (*self.rows, *self.paragraphs)
        return sum(part.height(width) for part in parts)


def form_of(platform: Platform, policy: Policy) -> FormKind:
    """Return the form that a platform is filed on.

    A recorded filing decides; otherwise a platform that ran before the Measures took effect gets
    the 登记表, a later one the 申请表.

    Raises:
        Refused: neither form is meant for the platform, or its opening date is unknown.

    Measures: 第七条第二款、第三款.
    """
    recorded = platform.current_form
    if recorded is not None and recorded[1].form is not None:
        return recorded[1].form
    if not _is_filed(platform.tier, policy):
        raise Refused(
            f"{_named(platform)}属于{platform.tier}，办法没有规定须填登记表或申请表",
            article="第七条",
            hint="确需打印，请指明 --form 登记表 或 --form 申请表",
        )
    if platform.opened_on is None:
        raise Refused(
            f"{_named(platform)}没有开通日期，无法判断填登记表还是申请表",
            article="第七条",
            hint="填写开通日期（opened_on），或指明 --form 登记表、--form 申请表",
        )
    before = platform.opened_on < policy.effective_on
    return FormKind.REGISTRATION if before else FormKind.APPLICATION


def fill(
    platform: Platform, kind: FormKind, *, units: Units, policy: Policy, filing: int = 0
) -> Form:
    """Return a platform's document; what is unknown stays blank for the pen.

    Phones stand in full.

    Args:
        platform: whose.
        kind: which.
        units: give the owner its name.
        policy: the school's name, the copies.
        filing: which filing of this kind, counted from 1; 0: the latest. A 登记表 or 申请表 can be
            filled without any.

    Raises:
        Refused: there is no such filing.

    Measures: 第七条, 附表.
    """
    chosen = _filing(platform, kind, filing)
    owner = units.name_of(platform.owner)
    body = DOCUMENTS[kind](Subject(platform, owner, chosen, policy))
    recorded = platform.current_form
    numbered = chosen if kind.is_numbered else recorded[1] if recorded else Filing(None)
    return Form(
        id=platform.id,
        kind=kind,
        stem=stem_of(
            units.short_of(platform.owner), platform.name or platform.id, NAMES.get(kind, kind)
        ),
        title=clean(body.title),
        number=body.number,
        rows=body.rows,
        note=body.note,
        copies=body.copies or tuple(_marks(policy.copies)),
        paragraphs=body.paragraphs,
        mark=body.mark,
        year=numbered.year,
        serial=numbered.serial,
    )


def _filing(platform: Platform, kind: FormKind, place: int) -> Filing:
    of_kind = [filing for filing in platform.filings if filing.form is kind]
    if place > len(of_kind):
        raise Refused(
            f"{_named(platform)}只有 {len(of_kind)} 次{kind}记录，没有第 {place} 次",
            hint=f"看有哪些：qjmedia show {platform.id}",
        )
    if of_kind:
        return of_kind[place - 1]
    if kind.is_numbered:
        return Filing(kind)
    raise Refused(f"{_named(platform)}没有{kind}记录，打印不了{NAMES[kind]}", hint=HINTS[kind])


def _marks(copies: Sequence[str]) -> Iterator[str]:
    """第七条: 一式两份，……交宣传部备案一份，部门存底一份."""
    count = "两" if len(copies) == 2 else _numeral(len(copies))  # noqa: PLR2004 -- 两份, not 二份
    for place, copy in enumerate(copies, start=1):
        mark = clean(copy)
        yield mark if len(copies) == 1 else f"一式{count}份之{_numeral(place)}：{mark}"


def _numeral(number: int) -> str:
    return NUMERALS[number] if number < len(NUMERALS) else str(number)


def _is_filed(tier: Tier | None, policy: Policy) -> bool:
    """Whether the Measures ask for a form; they do so for 二级平台 only (第五条、第七条)."""
    return tier in {None, Tier.UNIT} or (tier is Tier.STUDENT and policy.student_tier_files)


def _named(platform: Platform) -> str:
    return f"“{platform.name or platform.id}”"
