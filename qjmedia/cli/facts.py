"""What the registry knows already when a new platform is asked about."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath

from qjmedia.actions.check import Judge
from qjmedia.actions.derive import derive, slug
from qjmedia.actions.neighbours import neighbours
from qjmedia.cli.ask import Word
from qjmedia.model.finding import Finding, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, mapping, text
from qjmedia.model.unit import Units
from qjmedia.model.words import PUBLICITY, FormKind, Tier
from qjmedia.store import edit
from qjmedia.store.files import Files
from qjmedia.store.layout import PLATFORMS, is_record, platform_path
from qjmedia.store.outline import Field
from qjmedia.store.schema import MISSING
from qjmedia.store.yaml import parse

PLACEHOLDER = "qjmedia-new-platform"
"""The id of a record that has none yet, while its answers are judged."""


class Facts:
    """What the registry says that questions depend on; read once."""

    def __init__(self, files: Files, today: date) -> None:
        """Take the registry at one revision."""
        self.files = files
        self.today = today
        self.judge = Judge(files, today)
        self._previous: dict[str, Platform] = {}
        self._fitting: dict[tuple[str, str], bool] = {}

    @property
    def units(self) -> Units:
        """The units."""
        return self.judge.context.units

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What the schema says of each field."""
        return self.judge.schema.fields()

    @cached_property
    def unit_words(self) -> tuple[Word, ...]:
        """The units as words to complete; pinyin and initials count."""
        return tuple(
            Word(unit.name, (unit.id, *unit.short, slug(unit.name), initials(unit.name)),
                 " ".join((unit.id, *unit.short)))
            for unit in self.units if not unit.merged_into
        )  # fmt: skip

    def previous(self, owner: str) -> Platform:
        """Return the unit's youngest other platform; an empty one where there is none."""
        if owner not in self._previous:
            folder = PLATFORMS / owner
            paths = [p for p in self.files.paths(folder) if is_record(p)] if owner else []
            trees = ((path, parse(data).tree) for path, data in self.files.read_all(paths))
            found = [Platform.of(path, tree) for path, tree in trees if tree is not None]
            found.sort(key=lambda each: each.opened_on or date.min)
            self._previous[owner] = found[-1] if found else Platform(PurePosixPath(), {})
        return self._previous[owner]

    def completed(self, record: Record) -> Record:
        """Return a record with what follows from it, as a draft under a stand-in id."""
        given = {"id": PLACEHOLDER, **record}
        derived, _ = derive(given, self.judge.context, (), draft=True)
        return derived

    def errors(self, record: Record, before: Record | None = None) -> list[Finding]:
        """Return what is wrong with the answers of a record as far as it goes.

        What is not answered is not wrong yet, nor is what was worked out for it.
        Other records are looked at where an account or link is in `record` but not in `before`.
        """
        full = self.judge.schema.arranged(self.completed(record))
        path = platform_path(text(full, "owner") or PUBLICITY, text(full, "id"))
        verdict = self.judge.record(path, edit.dump(full))
        found = [*verdict.findings]
        if verdict.platform is not None and before is not None:
            beside = neighbours(self.files, record, before, today=self.today)
            together = self.judge.together((verdict.platform, *beside))
            found += (each for each in together if each.path == str(path))
        errors = (each for each in found if each.severity is Severity.ERROR)
        said = {"", *record}
        return [e for e in errors if e.code != MISSING and e.pointer.split("/")[:2][-1] in said]

    def accountable_fits(self, full: Record) -> bool:
        """Whether a completed record has an accountable person, and one of the right post."""
        key = text(full, "owner"), text(mapping(full, "opened_by"), "kind")
        if key not in self._fitting:
            wrong = any(each.pointer.startswith("/accountable") for each in self.errors(full))
            self._fitting[key] = "accountable" in full and not wrong
        return self._fitting[key]


def initials(name: str) -> str:
    """Return the first letters of a name in pinyin: 数学学院 gives "sxxy"."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))


def consequences(record: Record, facts: Facts) -> Iterator[str]:
    """Yield in words what follows from a record as far as it goes, with the article."""
    opener = text(mapping(record, "opened_by"), "kind")
    full = facts.completed(record)
    tier = text(full, "tier")
    if not opener or not tier or not record.get("kind"):
        return
    steward = facts.units.name_of(text(full, "steward"))
    match tier:
        case Tier.SCHOOL:
            yield "第五条：以学校名义开通 → 一级平台，由党委宣传部直接管理"
        case Tier.UNIT:
            yield f"第五条：{opener}开通 → 二级平台，归口{steward}，须填表备案"
        case Tier.STUDENT:
            yield f"第五条：{opener}创建 → 三级平台，归口{steward}"
        case _:
            yield f"第六条：个人建立的工作群 → 纳入{steward}管理，实行管理员负责制"
    if tier == Tier.UNIT:
        yield from _unit_tier(record, full, facts)


def _unit_tier(record: Record, full: Record, facts: Facts) -> Iterator[str]:
    accountable = mapping(full, "accountable")
    if "accountable" not in record and facts.accountable_fits(full):
        yield (
            f"第五条：第一责任人是{text(accountable, 'post')}{text(accountable, 'name')}"
            "（取自单位登记）"
        )
    opened_on = Platform.of(PurePosixPath(), record).opened_on
    if opened_on is not None:
        start = facts.judge.context.policy.effective_on
        early = opened_on < start
        form = FormKind.REGISTRATION if early else FormKind.APPLICATION
        yield f"第七条：在办法施行（{start}）{'之前' if early else '之后'}开通 → 填{form}"
