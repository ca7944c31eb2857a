"""A platform as the Measures see it: 第二、五、六、七条.

Named tuples, not dataclasses: every command defines them and a check makes hundreds of thousands,
and both take a sixth of the time.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

from qjmedia.model.place import Place
from qjmedia.model.tree import Record, Tree, mapping, sequence, text
from qjmedia.model.words import Decision, FormKind, OpenerKind, Status, Tier

Word = TypeVar("Word", bound=StrEnum)


class Person(NamedTuple):
    """A person in one of the roles of a record; what is unknown is an empty string."""

    name: str = ""
    post: str = ""
    mobile: str = ""
    landline: str = ""
    identity: str = ""
    leaves_on: date | None = None

    @property
    def is_reachable(self) -> bool:
        """Whether there is any phone number."""
        return bool(self.mobile or self.landline)

    @classmethod
    def of(cls, tree: Mapping[str, Tree]) -> "Person":
        """Read a person from its mapping."""
        if not tree:
            return NOBODY
        return cls(
            name=text(tree, "name"),
            post=text(tree, "post"),
            mobile=text(tree, "mobile"),
            landline=text(tree, "landline"),
            identity=text(tree, "identity"),
            leaves_on=day(tree, "leaves_on"),
        )


NOBODY = Person()
"""Where nobody is named."""


class Opinion(NamedTuple):
    """The signed opinion of the unit or of the publicity department: 第七条."""

    decision: Decision | None = None
    signed_by: str = ""
    signed_on: date | None = None
    remark: str = ""

    @classmethod
    def of(cls, tree: Mapping[str, Tree]) -> "Opinion | None":
        """Read an opinion; None where nothing was written yet."""
        if not tree:
            return None
        return cls(
            word(Decision, tree, "decision"),
            text(tree, "signed_by"),
            day(tree, "signed_on"),
            text(tree, "remark"),
        )


class Filing(NamedTuple):
    """One form in the life of a platform: 第七条."""

    form: FormKind | None
    filled_on: date | None = None
    unit_opinion: Opinion | None = None
    publicity_opinion: Opinion | None = None
    year: str = ""
    serial: str = ""
    changed_on: date | None = None
    changes: tuple[Record, ...] = ()
    reason: str = ""
    proof: str = ""
    deadline: date | None = None
    form_reason: str = ""

    @classmethod
    def of(cls, tree: Mapping[str, Tree]) -> "Filing":
        """Read a filing from its mapping."""
        return cls(
            form=word(FormKind, tree, "form"),
            filled_on=day(tree, "filled_on"),
            unit_opinion=Opinion.of(mapping(tree, "unit_opinion")),
            publicity_opinion=Opinion.of(mapping(tree, "publicity_opinion")),
            year=text(tree, "year"),
            serial=text(tree, "serial"),
            changed_on=day(tree, "changed_on"),
            changes=tuple(item for item in sequence(tree, "changes") if isinstance(item, dict)),
            reason=text(tree, "reason"),
            proof=text(tree, "proof"),
            deadline=day(tree, "deadline"),
            form_reason=text(tree, "form_reason"),
        )

    @property
    def unit_signed_on(self) -> date | None:
        """The day of the unit's signature and seal."""
        return self.unit_opinion.signed_on if self.unit_opinion else None

    @property
    def publicity_signed_on(self) -> date | None:
        """The day of the publicity department's signature and seal."""
        return self.publicity_opinion.signed_on if self.publicity_opinion else None

    @property
    def number(self) -> tuple[str, str] | None:
        """年 and 第号, once both are given."""
        return (self.year, self.serial) if self.year and self.serial else None

    @property
    def is_unreported(self) -> bool:
        """Whether it is a change that was not yet reported in writing: 第七条第三款."""
        is_change = self.form is FormKind.AMENDMENT and self.changed_on is not None
        return is_change and self.filled_on is None

    @property
    def is_of_contacts(self) -> bool:
        """Whether it is only 负责人 or 分管领导 that changed, whom 第七条第三款 does not name."""
        fields = {text(each, "field") for each in self.changes}
        return bool(fields) and fields <= {"manager", "supervisor"}

    @property
    def is_consented(self) -> bool:
        """Whether the publicity department agreed."""
        opinion = self.publicity_opinion
        return opinion is not None and opinion.decision is Decision.CONSENT


class Platform(NamedTuple):
    """One platform of one revision.

    A draft may lack anything, so every field has an empty value; whatever failed the schema was
    reported there and is empty here.
    """

    path: PurePosixPath
    tree: Record
    id: str = ""
    name: str = ""
    kind: str = ""
    account: str = ""
    url: str = ""
    tier: Tier | None = None
    owner: str = ""
    opened_by: OpenerKind | None = None
    opener_name: str = ""
    steward: str = ""
    opened_on: date | None = None
    accountable: Person = NOBODY
    manager: Person = NOBODY
    supervisor: Person = NOBODY
    operators: tuple[Person, ...] = ()
    maintenance: str = ""
    verified: str = ""
    reviewer: str = ""
    status: Status | None = None
    filings: tuple[Filing, ...] = ()
    remarks: str = ""

    @classmethod
    def of(cls, path: PurePosixPath, tree: Record) -> "Platform":
        """Read a platform from its record; values of a wrong form count as absent."""
        return cls(
            path=path,
            tree=tree,
            id=text(tree, "id"),
            name=text(tree, "name"),
            kind=text(tree, "kind"),
            account=text(tree, "account"),
            url=text(tree, "url"),
            tier=word(Tier, tree, "tier"),
            owner=text(tree, "owner"),
            opened_by=word(OpenerKind, mapping(tree, "opened_by"), "kind"),
            opener_name=text(mapping(tree, "opened_by"), "name"),
            steward=text(tree, "steward"),
            opened_on=day(tree, "opened_on"),
            accountable=Person.of(mapping(tree, "accountable")),
            manager=Person.of(mapping(tree, "manager")),
            supervisor=Person.of(mapping(tree, "supervisor")),
            operators=tuple(
                Person.of(item) if isinstance(item, dict) else Person()
                for item in sequence(tree, "operators")
            ),
            maintenance=text(tree, "maintenance"),
            verified=text(tree, "verified"),
            reviewer=text(mapping(tree, "review"), "reviewer"),
            status=word(Status, tree, "status"),
            filings=tuple(
                Filing.of(item) if isinstance(item, dict) else Filing(None)
                for item in sequence(tree, "filings")
            ),
            remarks=text(tree, "remarks"),
        )

    def outline(self) -> "Platform":
        """Return the little that rules across records may look at; it is what a cache keeps."""
        return Platform(
            self.path,
            {},
            id=self.id,
            name=self.name,
            kind=self.kind,
            account=self.account,
            url=self.url,
            tier=self.tier,
            owner=self.owner,
            opened_by=self.opened_by,
            status=self.status,
            filings=tuple(
                Filing(None, year=each.year, serial=each.serial) for each in self.filings
            ),
        )

    def at(self, pointer: str) -> Place:
        """Return the place of a value of this record."""
        return Place(self.path, pointer)

    @property
    def is_draft(self) -> bool:
        """Whether the record may still be incomplete."""
        return self.status is Status.DRAFT

    @property
    def is_active(self) -> bool:
        """Whether the record is complete and its platform not over: neither draft nor closed."""
        return self.status is not None and not self.is_draft and not self.status.is_over

    @property
    def current_form(self) -> tuple[int, Filing] | None:
        """The latest 登记表 or 申请表 with its index; a reopened platform has several."""
        numbered = [
            (index, filing)
            for index, filing in enumerate(self.filings)
            if filing.form is not None and filing.form.is_numbered
        ]
        return numbered[-1] if numbered else None


def day(tree: Mapping[str, Tree], key: str) -> date | None:
    """Return the date (YYYY-MM-DD) at `key`, None where there is none or it does not exist."""
    value = tree.get(key)
    return _day(value) if isinstance(value, str) and value else None


def word(words: type[Word], tree: Mapping[str, Tree], key: str) -> Word | None:
    """Return the word of a list at `key`, None where there is none or it is not in the list."""
    value = tree.get(key)
    return _word(words, value) if isinstance(value, str) else None


@lru_cache(maxsize=1 << 13)
def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


@lru_cache(maxsize=1 << 10)
def _word(words: Callable[[str], Word], value: str) -> Word | None:
    try:
        return words(value)
    except ValueError:
        return None
