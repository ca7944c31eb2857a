"""The cells of the two official forms, decided once for every format: 第七条, 附表.

HTML, Markdown, DOCX and PDF lay out the same `Form`, so they cannot say different things.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeAlias

from qjmedia.errors import BadRequest, Refused
from qjmedia.model.platform import Filing, Opinion, Person, Platform
from qjmedia.model.policy import Policy
from qjmedia.model.unit import Units
from qjmedia.model.words import FormKind, Tier
from qjmedia.render.stem import stem_of

NOTE = (
    "说明：媒体名称指微博、微信等新媒体名称，QQ群群名及群号，"
    "请将所属单位、负责人及联系电话、分管领导信息填完整。"
)
NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
LATIN_WIDTH = 0.6
"""How wide a Latin letter of a URL is at most on average, in Chinese characters."""
LABEL_LINES = 2
BESIDE_SEAL, SEAL_LINES = 0.38, 9
"""An opinion has this part of its cell's width, and this many lines, before the cell grows."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A labelled blank; an empty value is left to the pen."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """A cell of plain text; no lines where the pen has to fill it."""

    kind: ClassVar = "text"
    lines: tuple[str, ...]

    def height(self, width: float) -> int:
        """Return how many lines the cell needs at `width` Chinese characters a line."""
        return sum(_height(line, width) for line in self.lines) or 1


@dataclass(frozen=True, slots=True)
class Contact:
    """A cell 姓名、手机、座机 side by side; phones are shown in full."""

    kind: ClassVar = "contact"
    blanks: tuple[Blank, ...]

    def height(self, width: float) -> int:
        """Return how many lines the cell needs at `width` Chinese characters a line."""
        column = width / len(self.blanks)
        return max(_height(blank.label + blank.value, column) for blank in self.blanks)


@dataclass(frozen=True, slots=True)
class Endorsement:
    """An opinion cell: what was decided, then room for a signature and a seal, then the date.

    The room stays free whatever the record holds: a name typed by a machine is no signature.
    """

    kind: ClassVar = "endorsement"
    lines: tuple[str, ...]
    seal: str
    date: str

    def height(self, width: float) -> int:
        """Return how many lines do not fit beside the room for the seal."""
        return max(0, sum(_height(line, width * BESIDE_SEAL) for line in self.lines) - SEAL_LINES)


Cell: TypeAlias = Text | Contact | Endorsement


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the lines of its label, and its cell."""

    label: tuple[str, ...]
    cell: Cell

    def height(self, width: float) -> int:
        """Return how many lines the row needs at `width` Chinese characters a line."""
        needed = self.cell.height(width)
        return needed if isinstance(self.cell, Endorsement) else max(LABEL_LINES, needed)

    @property
    def name(self) -> str:
        """The label in one word, without the spaces that spread it out on paper."""
        return "".join(self.label).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Form:
    """A filled 登记表 or 申请表; every word of it, and nothing about its looks.

    Attributes:
        id: the id of the record.
        stem: a file name without suffix, safe for every file system.
        copies: what is printed at the foot of each copy, one sheet a copy.
    """

    id: str
    kind: FormKind
    stem: str
    title: str
    number: str
    rows: tuple[Row, ...]
    note: str
    copies: tuple[str, ...]

    def height(self, width: float) -> int:
        """Return how many lines the rows need at `width` Chinese characters a line.

        An estimate, for a layout that has to choose its type size before anything is drawn. The
        room for the seals is not counted.
        """
        return sum(row.height(width) for row in self.rows)


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


def fill(platform: Platform, kind: FormKind, *, units: Units, policy: Policy) -> Form:
    """Return a platform's form; what is unknown stays blank for the pen.

    Number and opinions come from the latest filing of that kind. Phones stand in full.

    Raises:
        BadRequest: `kind` is neither 登记表 nor 申请表.

    Measures: 第七条, 附表.
    """
    if not kind.is_numbered:
        raise BadRequest(f"“{kind}”不是登记表或申请表", hint="可选：登记表、申请表")
    filing = _latest(platform, kind)
    owner = units.name_of(platform.owner)
    return Form(
        id=platform.id,
        kind=kind,
        stem=stem_of(owner, platform.name or platform.id, kind),
        title=_clean(f"{policy.school}新媒体备案{kind}"),
        number=_number(filing),
        rows=_rows(platform, owner, filing),
        note=NOTE,
        copies=tuple(_marks(policy.copies)),
    )


def _rows(platform: Platform, owner: str, filing: Filing) -> tuple[Row, ...]:
    return (
        Row(("媒体名称",), _text(*_name(platform))),
        Row(("所属单位",), _text(owner)),
        Row(("媒体链接地址", "或账号"), _text(platform.url, platform.account)),
        Row(("负责人及", "联系方式"), _contact(platform.manager)),
        Row(("分管领导及", "联系方式"), _contact(platform.supervisor)),
        Row(("所在单位", "意  见"), _endorsement(filing.unit_opinion)),
        Row(("党委宣传部", "意  见"), _endorsement(filing.publicity_opinion)),
        Row(("备  注",), _text(platform.remarks)),
    )


def _name(platform: Platform) -> tuple[str, ...]:
    """说明：媒体名称指……QQ群群名及群号."""
    if platform.kind == "QQ群":
        return platform.name, f"群号：{platform.account}"
    return (platform.name,)


def _text(*values: str) -> Text:
    return Text(tuple(line for value in values for line in _lines(value)))


def _contact(person: Person) -> Contact:
    given = (("姓名：", person.name), ("手机：", person.mobile), ("座机：", person.landline))
    return Contact(tuple(Blank(label, " ".join(_lines(value))) for label, value in given))


def _endorsement(opinion: Opinion | None) -> Endorsement:
    given = opinion or Opinion()
    lines = (*_lines(given.decision or ""), *_lines(given.remark))
    return Endorsement(lines, "签字（公章）：", _day(given.signed_on))


def _day(signed_on: date | None) -> str:
    if signed_on is None:
        return "年    月    日"
    return f"{signed_on.year}年{signed_on.month}月{signed_on.day}日"


def _number(filing: Filing) -> str:
    """The line above the table; only the publicity department fills it."""
    year, serial = _clean(filing.year) or " " * 5, _clean(filing.serial) or " " * 5
    return f"{year}年   第{serial}号（党委宣传部填写）"


def _marks(copies: Sequence[str]) -> Iterator[str]:
    """第七条: 一式两份，……交宣传部备案一份，部门存底一份."""
    count = "两" if len(copies) == 2 else _numeral(len(copies))  # noqa: PLR2004 -- 两份, not 二份
    for place, copy in enumerate(copies, start=1):
        mark = _clean(copy)
        yield mark if len(copies) == 1 else f"一式{count}份之{_numeral(place)}：{mark}"


def _numeral(number: int) -> str:
    return NUMERALS[number] if number < len(NUMERALS) else str(number)


def _latest(platform: Platform, kind: FormKind) -> Filing:
    of_kind = (filing for filing in reversed(platform.filings) if filing.form is kind)
    return next(of_kind, Filing(kind))


def _is_filed(tier: Tier | None, policy: Policy) -> bool:
    """Whether the Measures ask for a form; they do so for 二级平台 only (第五条、第七条)."""
    return tier in {None, Tier.UNIT} or (tier is Tier.STUDENT and policy.student_tier_files)


def _named(platform: Platform) -> str:
    return f"“{platform.name or platform.id}”"


def _lines(value: str) -> tuple[str, ...]:
    return tuple(_clean(value).split("\n")) if value.strip() else ()


def _clean(value: str) -> str:
    """Return what paper can show: every line break is a newline, other controls are U+FFFD."""
    broken = re.sub(r"\r\n?", "\n", value).strip("\n").replace("\t", " ")
    return "".join("\ufffd" if _is_unprintable(char) else char for char in broken)


def _is_unprintable(char: str) -> bool:
    """Whether neither XML nor paper can hold a character."""
    return char != "\n" and (unicodedata.category(char) in {"Cc", "Cs"} or char in "\ufffe\uffff")


def _height(line: str, width: float) -> int:
    wide = sum(1 if unicodedata.east_asian_width(char) in "WFA" else LATIN_WIDTH for char in line)
    return max(1, math.ceil(wide / width))
