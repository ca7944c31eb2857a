"""What a ledger can say of a platform: every column, once, for every layout and format."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from qjmedia.model.platform import Person, Platform
from qjmedia.model.profile import Heading
from qjmedia.model.unit import Units

Value = Callable[[Platform, Units], str]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a column of a filled ledger looks; its values are there already.

    Attributes:
        field: what a profile calls it: the record's own field where there is one.
        head: what stands above it; `import` knows the same word.
        width: in Chinese characters; a layout shares its room out by it.
        is_centred: whether its values are short and much alike.
    """

    field: str
    head: str
    width: float
    is_centred: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how it looks, as a `Shape` has it, and `value`, what it says of a platform."""

    field: str
    head: str
    width: float
    value: Value
    is_centred: bool = False

    @property
    def shape(self) -> Shape:
        """How it looks."""
        return Shape(self.field, self.head, self.width, self.is_centred)


def _iso(given: date | None) -> str:
    return given.isoformat() if given else ""


def _own(name: str) -> Value:
    """Return what reads a dotted field of the record itself."""
    *above, last = name.split(".")

    def value(platform: Platform, _: Units) -> str:
        node = platform.tree
        for key in above:
            inner = node.get(key)
            node = inner if isinstance(inner, dict) else {}
        found = node.get(last, "")
        if isinstance(found, list):
            return "、".join(item for item in found if isinstance(item, str))
        return found if isinstance(found, str) else ""

    return value


def _unit_kind(platform: Platform, units: Units) -> str:
    unit = units.get(platform.owner)
    return (unit.kind or "") if unit else ""


def _phones(person: Person) -> str:
    return "/".join(number for number in (person.mobile, person.landline) if number)


def _contact(person: Person) -> str:
    return " ".join(word for word in (person.name, _phones(person)) if word)


def _mobiles(people: Iterable[Person]) -> str:
    return "、".join(each.mobile for each in people if each.mobile)


def _operator(person: Person) -> str:
    """Return an operator as `import` reads him: 示例丁 13800000000（学生 2027-07-01离任）."""
    leaving = f"{person.leaves_on}离任" if person.leaves_on else ""
    beside = " ".join(word for word in (person.identity, leaving) if word)
    return " ".join(word for word in (person.name, person.mobile) if word) + (
        f"（{beside}）" if beside else ""
    )


def _filed_as(platform: Platform, _: Units) -> str:
    """Return the number of the latest form; what has none yet stays blank."""
    recorded = platform.current_form
    number = recorded[1].number if recorded else None
    return f"{number[0]}年第{number[1]}号" if number else ""


def _filed_on(platform: Platform, _: Units) -> str:
    """Return the day on which the publicity department signed the latest form."""
    recorded = platform.current_form
    return _iso(recorded[1].publicity_signed_on) if recorded else ""


NUMBER = Column("number", "序号", 2.7, lambda *_: "", is_centred=True)
"""Its value is the row's place; a filter leaves no gaps."""

EVERY = (
    NUMBER,
    Column("id", "登记编号", 9, lambda each, _: each.id),
    Column("name", "媒体名称", 9.6, lambda each, _: each.name),
    Column("kind", "类型", 5.5, lambda each, _: each.kind, is_centred=True),
    Column("account", "账号", 8, lambda each, _: each.account),
    Column("url", "链接", 10, lambda each, _: each.url),
    Column("address", "账号或链接", 10.5, lambda each, _: each.account or each.url),
    Column("tier", "级别", 3.5, lambda each, _: each.tier or "", is_centred=True),
    Column("owner", "所属单位", 8, lambda each, units: units.name_of(each.owner)),
    Column("owner.kind", "单位类别", 4.5, _unit_kind, is_centred=True),
    Column("opened_by.kind", "开通名义", 4.5, lambda e, _: e.opened_by or "", is_centred=True),
    Column("opened_by.name", "注册主体", 8, lambda each, _: each.opener_name),
    Column("steward", "归口单位", 6, lambda each, units: units.name_of(each.steward)),
    Column("opened_on", "开通日期", 6.4, lambda each, _: _iso(each.opened_on), is_centred=True),
    Column("accountable.name", "第一责任人", 4.7, lambda each, _: each.accountable.name),
    Column("accountable.post", "第一责任人职务", 8, lambda each, _: each.accountable.post),
    Column("manager.name", "负责人", 4.5, lambda each, _: each.manager.name, is_centred=True),
    Column("manager.mobile", "负责人手机", 6.8, lambda e, _: e.manager.mobile, is_centred=True),
    Column("manager.landline", "负责人座机", 7.2, lambda e, _: e.manager.landline, is_centred=True),
    Column("manager.phones", "负责人电话", 8, lambda each, _: _phones(each.manager)),
    Column("manager", "负责人及联系方式", 10, lambda each, _: _contact(each.manager)),
    Column("supervisor.name", "分管领导", 4.7, lambda e, _: e.supervisor.name, is_centred=True),
    Column("supervisor.mobile", "分管领导手机", 6.8, lambda each, _: each.supervisor.mobile),
    Column("supervisor.landline", "分管领导座机", 7.2, lambda each, _: each.supervisor.landline),
    Column("supervisor.phones", "分管领导电话", 8, lambda each, _: _phones(each.supervisor)),
    Column("supervisor", "分管领导及联系方式", 10, lambda each, _: _contact(each.supervisor)),
    Column("operators", "后台管理人员", 12, lambda e, _: "；".join(map(_operator, e.operators))),
    Column("operators.mobile", "管理员手机", 8, lambda e, _: _mobiles(e.operators)),
    Column(
        "operators.name", "后台管理人员", 8, lambda e, _: "、".join(p.name for p in e.operators)
    ),
    Column("maintenance", "维护方式", 4.5, lambda each, _: each.maintenance, is_centred=True),
    Column("verified", "认证", 4, lambda each, _: each.verified, is_centred=True),
    Column("positioning", "定位", 10, _own("positioning")),
    Column("audience", "服务对象", 8, _own("audience")),
    Column("review.mechanism", "审核机制", 6, _own("review.mechanism")),
    Column("review.reviewer", "审核人", 4.5, lambda each, _: each.reviewer, is_centred=True),
    Column("it_assets.domains", "域名", 9, _own("it_assets.domains")),
    Column("it_assets.addresses", "IP 地址或服务器", 8, _own("it_assets.addresses")),
    Column("it_assets.reference", "信息与教育技术中心文号", 8, _own("it_assets.reference")),
    Column("status", "状态", 4.5, lambda each, _: each.status or "", is_centred=True),
    Column("filing", "备案编号", 7.2, _filed_as, is_centred=True),
    Column("filing.signed_on", "备案日期", 6.4, _filed_on, is_centred=True),
    Column("remarks", "备注", 10, lambda each, _: each.remarks),
)
"""Every column there is; a further one is one more line, and one more word in the schema."""

BY_FIELD = {column.field: column for column in EVERY}


def chosen(headings: Iterable[Heading]) -> tuple[Column, ...]:
    """Return the columns that a profile names, under its own heads; unknown ones are left out."""
    return tuple(_headed(headings))


def _headed(headings: Iterable[Heading]) -> Iterator[Column]:
    for each in headings:
        column = BY_FIELD.get(each.field)
        if column is not None:
            yield replace(column, head=each.head) if each.head else column


_ON_PAPER = (
    "number", "name", "kind", "tier", "owner", "address", "manager.name",
    ("manager.mobile", "手机"), ("manager.landline", "座机"), "supervisor.name", "operators.name",
    "verified", "status", "filing", "opened_on",
)  # fmt: skip

_NOT_OF_THE_RECORD = frozenset(
    {
        "address",
        "owner.kind",
        "manager",
        "manager.phones",
        "supervisor",
        "supervisor.phones",
        "operators.mobile",
        "operators.name",
    }
)
"""What says in other words what another column says already."""

PRINTED = chosen(Heading(*each) if isinstance(each, tuple) else Heading(each) for each in _ON_PAPER)
"""The fifteen columns that a sheet of A4 has room for."""

COMPLETE = tuple(each for each in EVERY if each.field not in _NOT_OF_THE_RECORD)
"""All that a spreadsheet can hold of a record: imported again, it changes nothing."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a ledger is laid out.

    Attributes:
        columns: from left to right.
        title: what stands above; "": as always.
        words: what a column may hold, by its field, where that is a list of words.
    """

    columns: tuple[Column, ...] = PRINTED
    title: str = ""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
