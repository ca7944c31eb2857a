"""The units and platforms of one revision, while they change together."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.browse import Filter
from qjmedia.actions.check import check
from qjmedia.actions.refusal import require
from qjmedia.actions.rehoming.following import followed
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.access import ACCESS_PATH
from qjmedia.model.difference import FieldChange, changes
from qjmedia.model.finding import Finding, Report
from qjmedia.model.nearest import nearest
from qjmedia.model.place import UNITS_PATH
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.model.unit import Unit
from qjmedia.store import edit, records
from qjmedia.store.files import Files
from qjmedia.store.layout import SLUG, platform_path
from qjmedia.store.overlay import Overlay


@dataclass(frozen=True, slots=True)
class Move:
    """One platform that follows: nothing is written yet."""

    id: str
    name: str
    path: PurePosixPath
    moved_from: PurePosixPath
    data: bytes
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Rehoming:
    """What a merger, a new name or a split does.

    Attributes:
        subject: what it is, for the commit.
        action: its word in the commit.
        unit_id: the unit that is there afterwards.
        units: what changes in units.yaml, each field led by the unit's id.
        moves: the platforms that change.
        left: the names of platforms that are over and stay where they were.
        people: who in access.yaml is named for the old unit; `follow` says whether it is changed.
        files: everything that is written (None: taken away).
    """

    subject: str
    action: str
    unit_id: str
    units: tuple[FieldChange, ...]
    moves: tuple[Move, ...]
    left: tuple[str, ...]
    people: tuple[str, ...]
    follow: bool
    files: Mapping[PurePosixPath, bytes | None]


@dataclass(frozen=True, slots=True)
class Share:
    """What goes to the new unit of a split: these platforms, or those that a filter keeps."""

    ids: tuple[str, ...] = ()
    wanted: Filter | None = None

    def has(self, platform: Platform) -> bool:
        """Whether a platform goes to the new unit."""
        chosen = self.wanted is not None and self.wanted.keeps(platform)
        return platform.id in self.ids or chosen


class Rolls:
    """The units and platforms of one revision, while they change."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._data, self._tree = records.read(files, UNITS_PATH)
        self.units = records.units(files)
        self._wanted: dict[str, Record] = {}
        self._new: list[Record] = []

    @property
    def platforms(self) -> Iterator[Platform]:
        """Every platform of the revision that can be read."""
        return records.platforms(self._files)

    def running(self, typed: str) -> Unit:
        """Return a unit that still exists.

        Raises:
            BadRequest: there is none of this name.
            Refused: it has been merged into another.
        """
        unit = self.units.named(typed)
        if unit is None:
            near = nearest(typed, self.units.words())
            hint = f"是否想写 {near}？" if near else "qjmedia unit list 列出单位；新的先 unit add"
            raise BadRequest(f"没有“{typed}”这个单位", hint=hint)
        if unit.merged_into:
            into = self.units.name_of(unit.merged_into)
            raise Refused(f"“{unit.name}”已并入“{into}”", hint=f"用“{into}”（{unit.merged_into}）")
        return unit

    def change(self, unit_id: str, fields: Record) -> None:
        """Note new values of a unit; an empty string takes one away."""
        self._wanted.setdefault(unit_id, {}).update(fields)

    def add(self, unit_id: str, name: str, like: Unit) -> Unit:
        """Note a new unit of the kind of another."""
        if not SLUG.fullmatch(unit_id):
            raise BadRequest(f"“{unit_id}”不能作 id", hint="只用小写字母、数字和连字符，例：stats")
        for typed in (unit_id, name):
            holder = self.units.named(typed)
            if holder is not None:
                raise Refused(f"“{typed}”已是单位“{holder.name}”（{holder.id}）",
                              hint="分给已有的单位就不写 --name")  # fmt: skip
        kind = like.kind.value if like.kind else ""
        made: Record = {"id": unit_id, "name": name, **({"kind": kind} if kind else {})}
        self._new.append(made)
        return Unit.of(len(self._new), made)

    def rehoming(
        self,
        subject: str,
        action: str,
        targets: Mapping[str, Unit],
        today: date,
        *,
        only: Share | None = None,
        follow: bool = False,
    ) -> Rehoming:
        """Return the whole change, judged.

        Raises:
            FaultyValue, Faulty: it would bring an error into the registry.
            Refused: a record of the unit cannot be read.
        """
        self._require_readable(targets)
        found = [each for each in self.platforms if only is None or only.has(each)]
        gone = {old for old, new in targets.items() if old != new.id}
        left = [each for each in found if each.owner in gone and stays(each, only)]
        moves = tuple(self._moves([each for each in found if not stays(each, only)], targets, only))
        units_data, unit_changes = self._units_file()
        people, access = self._people(targets, action, follow=follow)
        files: dict[PurePosixPath, bytes | None] = {
            **({UNITS_PATH: units_data} if unit_changes else {}),
            **access,
        }
        for move in moves:
            if move.moved_from != move.path:
                files[move.moved_from] = None
            files[move.path] = move.data
        _judge(self._files, files, today, subject)
        return Rehoming(
            f"{subject}：{len(moves)} 个平台" if moves else subject,
            action,
            next(iter(targets.values())).id,
            unit_changes,
            moves,
            tuple(each.name for each in left),
            people,
            bool(access),
            files,
        )

    def _moves(
        self, platforms: Iterable[Platform], targets: Mapping[str, Unit], only: Share | None
    ) -> Iterator[Move]:
        schema = records.schema(self._files)
        for platform in platforms:
            steward = targets.get(platform.steward) if only is None else None
            owner = targets.get(platform.owner)
            record = followed(platform, self.units.get(platform.owner), owner, steward)
            made = changes(platform.tree, record)
            if made:
                data = self._files.read(platform.path)
                path = platform_path(text(record, "owner"), platform.path.stem)
                new = edit.amend(data or b"", schema.arranged(record))
                yield Move(platform.id, platform.name, path, platform.path, new, made)

    def _units_file(self) -> tuple[bytes, tuple[FieldChange, ...]]:
        listed: list[Tree] = []
        told: list[FieldChange] = []
        for item in sequence(self._tree, "units"):
            wanted = self._wanted.get(text(item, "id")) if isinstance(item, dict) else None
            if wanted is None or not isinstance(item, dict):
                listed.append(item)
                continue
            new = {key: value for key, value in {**item, **wanted}.items() if value != ""}
            told += (
                each._replace(field=f"{text(item, 'id')}.{each.field}")
                for each in changes(item, new)
            )
            listed.append(new)
        for new_unit in self._new:
            told.append(FieldChange(text(new_unit, "id"), None, new_unit))
        tree = {**self._tree, "units": [*listed, *self._new]}
        arranged = records.schema(self._files, "units").arranged(tree)
        return edit.amend(self._data, arranged), tuple(told)

    def _people(
        self, targets: Mapping[str, Unit], action: str, *, follow: bool
    ) -> tuple[tuple[str, ...], dict[PurePosixPath, bytes | None]]:
        """Return who in access.yaml is named for units that are gone, and the file if it follows.

        To follow gives them all that the new unit owns, so that somebody has to want it.
        """
        data = self._files.read(ACCESS_PATH)
        if action != "unit-merge" or data is None:
            return (), {}
        _, tree = records.read(self._files, ACCESS_PATH)
        people: list[str] = []
        listed: list[Tree] = []
        for item in sequence(tree, "people"):
            own = sequence(item, "units") if isinstance(item, dict) else ()
            new = list(dict.fromkeys(_renamed(own, targets)))
            if isinstance(item, dict) and new != [*own]:
                people.append(text(item, "name") or text(item, "email"))
                listed.append({**item, "units": new})
            else:
                listed.append(item)
        if not people or not follow:
            return tuple(people), {}
        return tuple(people), {ACCESS_PATH: edit.amend(data, {**tree, "people": listed})}

    def _require_readable(self, units: Collection[str]) -> None:
        readable = {each.path for each in self.platforms}
        for path in records.paths(self._files).values():
            if path.parent.name in units and path not in readable:
                raise Refused(
                    f"{path} 读不出来，不能跟着走", hint=f"先改好它：qjmedia check {path}"
                )


def stays(platform: Platform, only: Share | None) -> bool:
    """Whether a platform is over: it stays with the unit that it was closed under."""
    named = only is not None and platform.id in only.ids
    return platform.status is not None and platform.status.is_over and not named


def _renamed(units: Sequence[Tree], targets: Mapping[str, Unit]) -> Iterator[Tree]:
    for each in units:
        target = targets.get(each) if isinstance(each, str) else None
        yield target.id if target else each


def _judge(
    files: Files, changed: Mapping[PurePosixPath, bytes | None], today: date, subject: str
) -> None:
    """Refuse what brings an error that was not there before, wherever it stands."""
    before = {_told(each) for each in check(files, today).errors}
    whole = check(Overlay(files, changed), today)
    new = tuple(each for each in whole.errors if _told(each) not in before)
    require(Report(whole.records, new), f"{subject}后的登记库")


def _told(found: Finding) -> tuple[str, str, str, str]:
    """Return a finding without its folder and line: an old fault that moves along is no new one."""
    return found.code, PurePosixPath(found.path).name, found.pointer, found.message
