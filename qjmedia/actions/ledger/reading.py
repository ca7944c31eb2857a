"""From the rows of a ledger to fields; nothing is known of the registry's records yet."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from qjmedia.actions.fields import SEPARATORS, Assignment
from qjmedia.actions.ledger import columns as col
from qjmedia.actions.ledger.cells import (
    Cleaner,
    has_identity_card,
    looks_like_url,
    name_and_post,
    refuse_no_account,
    shown,
)
from qjmedia.actions.ledger.columns import Column, Columns
from qjmedia.actions.ledger.doubt import UnreadableError
from qjmedia.actions.ledger.placing import Named, role_of
from qjmedia.actions.ledger.roster import Role
from qjmedia.actions.ledger.tables import Row
from qjmedia.model.tree import Record, Tree
from qjmedia.model.words import Status, canonical
from qjmedia.store.outline import Field

PROSE = frozenset({"remarks", "positioning"})
PEOPLE = {
    col.MANAGER: "manager",
    col.SUPERVISOR: "supervisor",
    col.MANAGER_PHONE: "manager",
    col.SUPERVISOR_PHONE: "supervisor",
}
_PHONES = frozenset(
    f"{who}.{what}" for who in ("manager", "supervisor") for what in ("mobile", "landline")
)
PERSONS = re.compile(r"[,，、;；\n]\s*")

Values = Iterator[tuple[str, Tree]]
"""Dotted fields and their values."""


class Flaw(NamedTuple):
    """Why a row cannot be taken, and the header of the column that is to blame ("" for none)."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A row as far as it could be read.

    Attributes:
        row: the row itself.
        columns: what the columns of its sheet stand for.
        wanted: the fields it gives.
        id: the id it gives, "" for none.
        named: whose the platform is, in the ledger's words.
        steward: the steward, in the ledger's words.
        status: the status that the ledger gives, in the registry's word.
        flaws: what is wrong; a row with any is refused.
    """

    row: Row
    columns: Columns
    wanted: tuple[Assignment, ...]
    id: str
    named: Named
    steward: str
    status: str
    flaws: tuple[Flaw, ...]


class Reader:
    """Reads the rows of one sheet."""

    def __init__(
        self,
        columns: Columns,
        fields: Mapping[str, Field],
        cleaner: Cleaner,
        default: Mapping[str, str],
    ) -> None:
        """Take the meaning of the columns, and what the sheet says for all of its rows."""
        self._columns = columns
        self._default = default
        self._fields = fields
        self._cleaner = cleaner
        clean = cleaner
        self._readers: dict[str, Callable[[str], Values]] = {
            "account": self._account,
            "url": lambda cell: iter([("url", clean.url(clean.narrow(cell)))]),
            "verified": lambda cell: iter([("verified", clean.verified(cell))]),
            col.ADDRESS: self._address,
            col.ACCOUNTABLE: lambda cell: _below("accountable", name_and_post(cell)),
            col.OPERATORS: lambda cell: iter([(col.OPERATORS, cell)]),
        }
        self._plain: dict[str, Callable[[str], str]] = {
            "id": lambda cell: clean.narrow(cell).lower(),
            "opened_on": clean.day,
            "leaves_on": clean.day,
        }

    def read(self, row: Row) -> Reading:
        """Return what the row says; what cannot be read is a flaw."""
        flaws = [*_private(row), *_surplus(row)]
        hidden = {flaw.column for flaw in flaws}
        values: dict[str, Tree] = {}
        for column in self._columns.known:
            if column.header in hidden:
                continue
            try:
                for field, value in self._cell(column, row.cells[column.header]):
                    if values.setdefault(field, value) != value:
                        flaws.append(Flaw(column.header, f"和另一列给出的{field}不一样"))
            except UnreadableError as error:
                flaws.append(Flaw(column.header, error.reason))
        for field, value in self._default.items():
            values.setdefault(field, value)
        role, more = self._role(str(values.pop(col.UNIT_KIND, "")))
        people, worse = self._operators(values)
        taken = {name: str(values.pop(name, "")) for name in (*_APART, "id")}
        wanted = [Assignment(tuple(name.split(".")), value) for name, value in values.items()]
        return Reading(
            row,
            self._columns,
            (*wanted, *people),
            taken["id"],
            Named(taken[col.UNIT], role, str(values.get("name", "")), str(values.get("tier", ""))),
            taken["steward"],
            canonical(taken[col.STATUS], Status) or taken[col.STATUS],
            (*flaws, *more, *worse),
        )

    def _cell(self, column: Column, cell: str) -> Values:
        target = column.target
        prose = target in PROSE or target.lstrip("@").startswith("operators")
        text = self._cleaner.clean(cell, prose=prose)
        if not text or target in col.PASSED_OVER:
            return
        if target in self._readers:
            yield from self._readers[target](text)
        elif target in PEOPLE:
            read = self._cleaner.phones if "phone" in target else self._cleaner.person
            yield from _below(PEOPLE[target], read(text))
        elif target in _PHONES:
            parent, _, key = target.partition(".")
            yield from _below(parent, self._cleaner.phone_column(text, key))
        else:
            yield target, self._value(target, text)

    def _value(self, target: str, text: str) -> Tree:
        if target.startswith("operators[]") or target in _APART:
            return text
        key = target.rpartition(".")[2]
        if key in self._plain:
            return self._plain[key](text)
        field = self._fields[re.sub(r"\.\d+(?=\.)", "[]", target)]
        if f"{target}[]" in self._fields:
            return [item for item in SEPARATORS.split(text) if item]
        return (
            canonical(self._cleaner.narrow(text), field.choices) if field.choices else ""
        ) or text

    def _account(self, text: str) -> Values:
        narrow = self._cleaner.narrow(text)
        if narrow.startswith(("http://", "https://")):
            yield "url", narrow
            return
        refuse_no_account(narrow)
        yield "account", narrow

    def _address(self, text: str) -> Values:
        for part in re.split(r"[\s,，;；]+", self._cleaner.narrow(text)):
            if looks_like_url(part):
                yield "url", self._cleaner.url(part)
            else:
                yield from self._account(part)

    def _role(self, typed: str) -> tuple[Role | None, list[Flaw]]:
        try:
            return role_of(typed), []
        except UnreadableError as error:
            return None, [Flaw(self._columns.of(col.UNIT_KIND), error.reason)]

    def _operators(self, values: dict[str, Tree]) -> tuple[list[Assignment], list[Flaw]]:
        """Put the operators together from one cell, from parallel columns, or from one each."""
        header = self._columns.of(col.OPERATORS) or self._columns.of_field("operators")
        cells = {
            name: str(values.pop(name))
            for name in [*values]
            if name == col.OPERATORS or name.startswith("operators")
        }
        try:
            people = self._people(cells)
        except UnreadableError as error:
            return [], [Flaw(header, error.reason)]
        return ([Assignment(("operators",), [*people])] if people else []), []

    def _people(self, cells: dict[str, str]) -> list[Record]:
        names = [each for each in PERSONS.split(cells.pop(col.OPERATORS, "")) if each]
        people: list[Record] = [self._cleaner.worker(name) for name in names]
        for name, cell in cells.items():
            _, index, key = re.fullmatch(r"(operators)(?:\[\]|\.(\d+))\.(\w+)", name).groups()  # type: ignore[union-attr]  # so are these targets
            parts = [cell] if index else [each for each in PERSONS.split(cell) if each]
            first = int(index) if index else 0
            if key != "name" and not index and len(parts) != len(people):
                raise UnreadableError(f"有 {len(people)} 名管理员，{key} 却有 {len(parts)} 项")
            people += ({} for _ in range(first + len(parts) - len(people)))
            for at, part in enumerate(parts, first):
                people[at][key] = self._of_person(key, part)
        return [person for person in people if person]

    def _of_person(self, key: str, text: str) -> str:
        if key == "mobile":
            return self._cleaner.phone(text)
        if key == "leaves_on":
            return self._cleaner.day(text)
        field = self._fields[f"operators[].{key}"]
        return canonical(text, field.choices) or text


_APART = (col.UNIT, col.UNIT_KIND, col.SCHOOL, col.STATUS, "steward")


def _below(parent: str, record: Record) -> Values:
    for key, value in record.items():
        yield f"{parent}.{key}", value


def _surplus(row: Row) -> Iterator[Flaw]:
    if row.surplus:
        cells = "、".join(f"“{shown(cell)}”" for cell in row.surplus[:3])
        yield Flaw(
            "",
            f"这一行比表头多出 {len(row.surplus)} 格（{cells}），可能是值中带逗号而没有加引号",
        )


def _private(row: Row) -> Iterator[Flaw]:
    """Refuse identity-card numbers in any column, also in those that are not read."""
    if not has_identity_card("|".join((*row.cells.values(), *row.surplus))):
        return
    told = "像是身份证号码；登记库不收身份证号码，请从表格中删去"
    for header, cell in row.cells.items():
        if has_identity_card(cell):
            yield Flaw(header, told)
    if any(has_identity_card(cell) for cell in row.surplus):
        yield Flaw("", told)
