"""What a school sets for itself in registry.yaml; the defaults are those of the Measures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from qjmedia.model.finding import Severity
from qjmedia.model.platform import Platform, day
from qjmedia.model.profile import Profile, profiles
from qjmedia.model.tree import Tree, mapping, sequence, text
from qjmedia.model.words import Tier


@dataclass(frozen=True, slots=True)
class Waiver:
    """One record that one rule lets pass until a day, which is the last."""

    rule: str
    record: str
    reason: str
    until: date

    def holds(self, code: str, record_id: str, today: date) -> bool:
        """Whether a finding is let pass today."""
        return (code, record_id) == (self.rule, self.record) and today <= self.until


@dataclass(frozen=True, slots=True)
class Policy:
    """The school's names, dates and thresholds."""

    school: str = "曲靖师范学院"
    protected_names: tuple[str, ...] = ("曲靖师范学院", "曲师")
    name_aliases: tuple[str, ...] = ()
    allowed_names: tuple[str, ...] = ()
    document_title: str = "曲靖师范学院新媒体管理办法"
    document_number: str = "曲师党字〔2016〕49号"
    effective_on: date = date(2016, 5, 24)
    change_report_days: int = 7
    cancel_within_days: int = 15
    dormant_months: int = 6
    first_filing_by: date | None = None
    student_tier_files: bool = False
    copies: tuple[str, ...] = ("交党委宣传部备案", "部门存底")
    severities: Mapping[str, str] = field(default_factory=dict)
    rules_from: Mapping[str, date] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    profiles: tuple[Profile, ...] = ()

    @classmethod
    def of(cls, tree: Tree) -> "Policy":
        """Read registry.yaml; what is absent or of a wrong form takes its default."""
        if not isinstance(tree, dict):
            return cls()
        measures = mapping(tree, "measures")
        default = cls()
        return cls(
            school=text(tree, "school") or default.school,
            protected_names=_words(tree, "protected_names") or default.protected_names,
            name_aliases=_words(tree, "name_aliases"),
            allowed_names=_words(tree, "allowed_names"),
            document_title=text(measures, "title") or default.document_title,
            document_number=text(measures, "number") or default.document_number,
            effective_on=day(measures, "effective_on") or default.effective_on,
            change_report_days=_count(tree, "change_report_days", default.change_report_days),
            cancel_within_days=_count(tree, "cancel_within_days", default.cancel_within_days),
            dormant_months=_count(tree, "dormant_months", default.dormant_months),
            first_filing_by=day(tree, "first_filing_by"),
            student_tier_files=text(tree, "student_tier_files") == "是",
            copies=_words(tree, "copies") or default.copies,
            severities={
                key: value
                for key, value in mapping(tree, "severities").items()
                if isinstance(value, str)
            },
            rules_from={
                code: starts_on
                for code in mapping(tree, "rules_from")
                if (starts_on := day(mapping(tree, "rules_from"), code))
            },
            waivers=tuple(_waivers(tree)),
            profiles=tuple(profiles(tree)),
        )

    def weight(self, code: str, severity: Severity, today: date) -> Severity | None:
        """Return how much a finding weighs for this school; None where it is not looked for.

        Before the day from which a rule applies it only informs.
        """
        chosen = self.severities.get(code, severity.value)
        if chosen == "off":
            return None
        return Severity.INFO if self.starts_later(code, today) else Severity(chosen)

    def starts_later(self, code: str, today: date) -> date | None:
        """Return the day from which a rule applies, None once it does."""
        starts_on = self.rules_from.get(code)
        return starts_on if starts_on and today < starts_on else None


def must_file(platform: Platform, policy: Policy) -> bool:
    """Whether a platform has to be filed with the publicity department: 第五、七条."""
    is_student = platform.tier is Tier.STUDENT
    return platform.tier is Tier.UNIT or (is_student and policy.student_tier_files)


def _waivers(tree: Mapping[str, Tree]) -> Iterator[Waiver]:
    for item in sequence(tree, "waivers"):
        if isinstance(item, dict):
            until = day(item, "until")
            if until is not None:
                rule, record = text(item, "rule"), text(item, "record")
                yield Waiver(rule, record, text(item, "reason"), until)


def _words(tree: Mapping[str, Tree], key: str) -> tuple[str, ...]:
    return tuple(item for item in sequence(tree, key) if isinstance(item, str) and item)


def _count(tree: Mapping[str, Tree], key: str, default: int) -> int:
    value = text(tree, key)
    return int(value) if value.isascii() and value.isdigit() else default
