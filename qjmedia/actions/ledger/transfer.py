"""A ledger enters the registry: every row lands or is reported, nothing vanishes.

A ledger lacks fields, so its platforms come in as drafts: what is missing can follow, what is
wrong must be mended first.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.add import HEADER
from qjmedia.actions.amend import REPORTABLE
from qjmedia.actions.check import Judge
from qjmedia.actions.derive import derive
from qjmedia.actions.fields import apply, title_of
from qjmedia.actions.ledger import columns as col
from qjmedia.actions.ledger.cells import Cleaner
from qjmedia.actions.ledger.columns import Columns, Vocabulary
from qjmedia.actions.ledger.doubt import UnreadableError
from qjmedia.actions.ledger.echo import Echo
from qjmedia.actions.ledger.matching import Index, Known, of_record
from qjmedia.actions.ledger.outcomes import Ledger, Line, Outcome, Read, Remark, Wish
from qjmedia.actions.ledger.overlaying import overlaid
from qjmedia.actions.ledger.placing import Home, UnknownUnitError, home, wants_unit
from qjmedia.actions.ledger.reading import Reader, Reading
from qjmedia.actions.ledger.roster import NewUnit, Roster
from qjmedia.actions.ledger.sheets import defaults, read_tables
from qjmedia.actions.ledger.tables import Row
from qjmedia.errors import BadRequest
from qjmedia.model.difference import FieldChange, changes
from qjmedia.model.finding import Finding, Severity
from qjmedia.model.place import UNITS_PATH
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.model.words import Status, Tier
from qjmedia.store import edit, records
from qjmedia.store.files import Files
from qjmedia.store.layout import PLATFORMS, SCHEMA_OF, SLUG, is_record, packaged, platform_path
from qjmedia.store.overlay import Overlay
from qjmedia.store.sheet import Book
from qjmedia.store.yaml import parse

Progress = Callable[[int, int], None]
"""Called with how many rows are done, and how many there are."""


OF_THE_UNIT = frozenset({"opened_by", "tier", "steward", "accountable"})
"""What follows from the unit, and so follows a platform into another one."""


def prepare(
    files: Files, book: Book, wish: Wish, *, today: date, progress: Progress | None = None
) -> Ledger:
    """Hold every row of a file against the registry and all rules.

    Raises:
        BadRequest: the file as a whole cannot be taken.

    Measures: 第五条 (分级归口), 第七条 (登记备案).
    """
    return _Import(files, book, wish, today).run(progress)


class _Import:
    """One pass over one file."""

    def __init__(self, files: Files, book: Book, wish: Wish, today: date) -> None:
        self.wish = wish
        self.today = today
        self.schema = records.schema(files)
        self.fields = self.schema.fields()
        words = Vocabulary(self.fields)
        policy, units = records.policy(files), records.units(files)
        self.tables, told = read_tables(book, words, wish, policy)
        self.rows = _wanted_rows(self.tables, wish, words)
        self.aside = sum(len(read.table.rows) for read in self.tables) - len(self.rows)
        self.cleaner = Cleaner()
        schools = _schools(self.rows)
        self.roster = Roster(units, policy, schools)
        self.remarks = [*told, *_of_schools(schools, policy.school)]
        names = (policy.school, *schools, *policy.protected_names, *policy.name_aliases)
        self.school_words = tuple(filter(None, dict.fromkeys(names)))
        self.unknown: Counter[str] = Counter()
        self.written: dict[PurePosixPath, bytes | None] = {**_strict(files)}
        self.judge = Judge(Overlay(files, self.written), today)
        self.below = files
        self.index = Index(_known(files))
        self.echoes = {r.table.sheet: Echo(r.columns, words, units) for r in self.tables}
        self.taken = dict.fromkeys(records.paths(files))
        self.contents: dict[str, Record] = {}

    def run(self, progress: Progress | None) -> Ledger:
        readings = [*self._readings()]
        if self.wish.create_units:
            self._make_units(readings)
        context = self._context()
        lines = []
        for done, reading in enumerate(readings, 1):
            lines.append(self._line(reading, context))
            if progress is not None:
                progress(done, len(readings))
        lines = self._together(lines)
        units = self._units_used(lines)
        self.remarks += _alike(units, self.roster)
        return Ledger(
            tuple(lines),
            units,
            self._units_data(units),
            tuple(self.remarks),
            dict(self.cleaner.counts),
            self.tables,
            self.aside,
            self.fields,
            dict(self.unknown),
        )

    def _readings(self) -> Iterator[Reading]:
        readers = {}
        for read in self.tables:
            default, told = defaults(read, self.roster)
            self.remarks += told
            readers[read.table.sheet] = Reader(read.columns, self.fields, self.cleaner, default)
        for row, _ in self.rows:
            heard = self.echoes[row.sheet].silenced(row, self.index.by_id)
            yield replace(readers[row.sheet].read(heard), row=row)

    def _make_units(self, readings: Sequence[Reading]) -> None:
        """Make the units that rows name, short names first: a longer one may be part of it."""
        named = dict.fromkeys(each.named for each in readings)
        for each in sorted(named, key=lambda each: len(each.unit)):
            if (wanted := wants_unit(each, self.roster)) is not None:
                self.roster.add(*wanted)

    def _context(self) -> Context:
        self.written.update(self._units_file(tuple(self.roster.new.values())))
        return self.judge.context

    def _line(self, reading: Reading, context: Context) -> Line:
        try:
            _refuse_flaws(reading)
            where = home(reading.named, self.roster)
            line = self._landed(reading, where, context)
        except UnknownUnitError as error:
            self.unknown[error.unit] += 1
            return _refused(reading, error)
        except UnreadableError as error:
            return _refused(reading, error)
        if where.remark:
            self._remark(reading.row, where.remark)
        self.written.update(line.files)
        return line

    def _remark(self, row: Row, text: str) -> None:
        self.remarks.append(Remark(row.number, text, row.sheet))

    def _landed(self, reading: Reading, where: Home, context: Context) -> Line:
        given = self._given(reading, where)
        path = platform_path(where.owner, reading.id or "new")
        found = self.index.match(
            Platform.of(path, given),
            owner_is_exact=where.is_exact,
            decided=self.wish.decided.get(reading.row.place),
        )
        if found is not None and found.place:
            return self._again(reading, found, given)
        if found is not None:
            return self._amended(reading, found, given, where, context)
        return self._added(reading, given, where, context)

    def _given(self, reading: Reading, where: Home) -> Record:
        """Return the record as the row alone has it."""
        record = apply({}, reading.wanted)
        record["owner"] = where.owner
        if reading.id:
            record["id"] = self._own_id(reading)
            if not record["id"]:
                del record["id"]
        if reading.steward:
            record["steward"] = self._steward(reading.steward)
        return record

    def _own_id(self, reading: Reading) -> str:
        if reading.id.isdigit() and reading.id not in self.index.by_id:
            self._remark(reading.row, "编号只是数字，没有用作登记的 id")
            return ""
        if not SLUG.fullmatch(reading.id):
            raise UnreadableError(f"id“{reading.id}”不合规定：只用小写字母、数字和连字符", "id")
        return reading.id

    def _steward(self, typed: str) -> str:
        found = self.roster.find(typed)
        if found is None:
            raise UnreadableError(f"归口单位“{typed}”不在 registry/units.yaml 中", "steward")
        return found

    def _again(self, reading: Reading, found: Known, given: Record) -> Line:
        """A second row for one platform lands only where it says the same."""
        if self.contents[found.place] != given:
            raise UnreadableError(
                f"与{found.place}是同一个平台（“{found.platform.name}”），内容却不同；只留一行",
                "account",
            )
        return Line(reading.row, Outcome.UNCHANGED, found.platform.name, found.platform.id)

    def _added(self, reading: Reading, given: Record, where: Home, context: Context) -> Line:
        if not text(given, "name"):
            raise UnreadableError("没有媒体名称", "name")
        record, _ = derive(_opened(given, where), context, self.taken, draft=True)
        record = self.schema.arranged(record)
        platform_id = text(record, "id")
        path = platform_path(where.owner, platform_id)
        data = edit.dump(record, comment=HEADER)
        platform = self._judged(path, data)
        self._tell_doubts(reading, platform)
        self._remember(Known(platform, place=reading.row.place), given)
        self._tell_status(reading, Status.DRAFT)
        self.taken[platform_id] = None
        subject = f"导入 {platform.kind}「{platform.name}」（{platform_id}）"
        return Line(
            reading.row,
            Outcome.ADDED,
            platform.name,
            platform_id,
            files={path: data},
            subject=subject,
            changes=tuple(FieldChange(key, None, value) for key, value in record.items()),
        )

    def _amended(
        self, reading: Reading, found: Known, given: Record, where: Home, context: Context
    ) -> Line:
        """Change what the row gives otherwise; what it leaves empty stays."""
        old = found.platform.tree
        if not where.is_exact or where.owner == text(old, "owner"):
            new = overlaid(old, {**given, "owner": old["owner"]})
        else:
            kept = {key: value for key, value in old.items() if key not in OF_THE_UNIT}
            moved = overlaid(kept, _opened(given, where))
            new, _ = derive(moved, context, self.taken, draft=True)
        new = self.schema.arranged(new)
        made = changes(old, new)
        known = Known(found.platform, found.data, reading.row.place)
        if not made:
            self._remember(known, given)
            self._tell_status(reading, found.platform.status)
            return Line(reading.row, Outcome.UNCHANGED, found.platform.name, found.platform.id)
        self._refuse_reportable(found.platform, old, new)
        path = platform_path(text(new, "owner"), found.platform.id)
        gone = {found.platform.path: None} if path != found.platform.path else {}
        data = edit.amend(found.data, new)
        known.platform = self._judged(path, data)
        self._remember(known, given)
        self._tell_status(reading, found.platform.status)
        titles = "、".join(dict.fromkeys(title_of(each.field, self.fields) for each in made[:3]))
        return Line(
            reading.row,
            Outcome.CHANGED,
            known.platform.name,
            found.platform.id,
            files={**gone, path: data},
            subject=f"导入变更「{known.platform.name}」（{known.platform.id}）：{titles}",
            changes=made,
        )

    def _remember(self, known: Known, given: Record) -> None:
        """Let later rows know that this one speaks of the record."""
        self.contents[known.place] = given
        old = self.index.by_id.get(known.platform.id)
        if old is None:
            self.index.put(known)
        else:
            old.platform, old.place = known.platform, known.place
            self.index.put(old)

    def _refuse_reportable(self, platform: Platform, old: Record, new: Record) -> None:
        """第七条: a ledger does not say when the change happened, and that counts."""
        if platform.status is not None and platform.status.is_over:
            raise UnreadableError(
                f"“{platform.name}”（{platform.id}）{platform.status}，不能再改", "id"
            )
        key = next((key for key in REPORTABLE if old.get(key) != new.get(key)), None)
        if platform.status is not None and platform.status.is_running and key is not None:
            raise UnreadableError(
                f"“{platform.name}”（{platform.id}）{platform.status}，{title_of(key, self.fields)}"
                "的变更应在一周内报备（第七条），表格里没有变更日期；请用 "
                f"qjmedia amend {platform.id} --set {key}=… --changed-on 日期",
                key,
            )

    def _judged(self, path: PurePosixPath, data: bytes) -> Platform:
        verdict = self.judge.record(path, data)
        errors = [each for each in verdict.findings if each.severity is Severity.ERROR]
        if errors or verdict.platform is None:
            first = errors[0]
            reasons = "；".join(dict.fromkeys(_reason(each) for each in errors))
            raise UnreadableError(reasons, _field_of(first))
        return verdict.platform

    def _tell_doubts(self, reading: Reading, platform: Platform) -> None:
        """Remark on what is no fault, yet often a slip."""
        row = reading.row
        if not platform.account and not platform.url:
            self._remark(row, "没有账号也没有链接，先存为草稿")
        if platform.kind == "微信公众号" and platform.account.startswith("gh_"):
            self._remark(row, "账号是原始 ID（gh_ 开头），不是自己设的微信号")
        if platform.tier in {Tier.SCHOOL, Tier.UNIT} and not self._says_school(platform.name):
            self._remark(row, "名称中没有校名，按校名查不到")
        namesake = self.index.namesake(platform)
        if namesake is not None:
            told = f"与{namesake.shown}同名同类，单位不同；核对是不是同一个平台"
            self._remark(row, told)

    def _says_school(self, name: str) -> bool:
        return any(word in name for word in self.school_words)

    def _tell_status(self, reading: Reading, status: Status | None) -> None:
        if reading.status and reading.status != status:
            told = f"表中的状态“{reading.status}”没有采用：导入的先是草稿，状态由提交、审核改变"
            self._remark(reading.row, told)

    def _together(self, lines: list[Line]) -> list[Line]:
        """Refuse the rows that clash with other records in ways that no single row shows."""
        mine = {path: at for at, line in enumerate(lines) for path in line.files}
        rows = {known.platform.path: known for known in self.index.by_id.values()}
        clashing: dict[int, list[Finding]] = {}
        for found in self.judge.together(known.platform for known in rows.values()):
            at = mine.get(PurePosixPath(found.path))
            if at is None:
                continue
            if found.severity is Severity.ERROR:
                clashing.setdefault(at, []).append(found)
            elif found.severity is Severity.WARNING:
                self._remark(lines[at].row, found.message)
        self.remarks.extend(self._crowded(rows, mine))
        for at, errors in clashing.items():
            reason = "；".join(_reason(each) for each in errors)
            columns = {row.place: columns for row, columns in self.rows}[lines[at].row.place]
            error = UnreadableError(reason, _field_of(errors[0]))
            lines[at] = _refused_line(lines[at].row, lines[at].name, columns, error)
        return lines

    def _crowded(
        self, rows: Mapping[PurePosixPath, Known], mine: Iterable[PurePosixPath]
    ) -> Iterator[Remark]:
        """Name the units that will have several platforms of one kind, drafts too: 第八条.

        QJ0804 says so of platforms in service only, and a ledger brings drafts.
        """
        posts = Counter(
            (each.owner, each.kind)
            for each in (known.platform for known in rows.values())
            if each.tier is Tier.UNIT and not (each.status and each.status.is_over)
        )
        written = [rows[path].platform for path in mine if path in rows]
        new = {(each.owner, each.kind) for each in written}
        crowded = [(count, post) for post, count in posts.items() if count > 1 and post in new]
        if crowded:
            most, (owner, kind) = max(crowded)
            yield Remark(
                0,
                f"{len(crowded)} 处单位里同类平台不止一个（第八条：避免重复建设），"
                f"最多的是“{self.roster.name_of(owner)}”，有 {most} 个{kind}",
            )

    def _units_used(self, lines: Sequence[Line]) -> tuple[NewUnit, ...]:
        owners = dict.fromkeys(path.parent.name for line in lines for path in line.files)
        return tuple(self.roster.new[owner] for owner in owners if owner in self.roster.new)

    def _units_data(self, units: tuple[NewUnit, ...]) -> bytes | None:
        found = self._units_file(units)
        return next(iter(found.values()), None)

    def _units_file(self, units: tuple[NewUnit, ...]) -> dict[PurePosixPath, bytes]:
        """Return units.yaml with new units at its end; nothing if there are none."""
        if not units:
            return {}
        data, tree = records.read(self.below, UNITS_PATH)
        new: list[Tree] = [
            {"id": unit.id, "name": unit.name, "kind": unit.kind.value} for unit in units
        ]
        return {UNITS_PATH: edit.amend(data, {**tree, "units": [*sequence(tree, "units"), *new]})}


def _strict(files: Files) -> dict[PurePosixPath, bytes]:
    """Return the schema that says nothing of what a draft still lacks: `check` will say it.

    Wording it for every row would take longer than all the rest.
    """
    path = SCHEMA_OF["platform"]
    own = files.read(path)
    schema = json.loads(own if own is not None else packaged(path).read_bytes())
    schema.pop("x-draft", None)
    return {path: json.dumps(schema).encode()}


def _known(files: Files) -> Iterator[Known]:
    for path, data in files.read_all(path for path in files.paths(PLATFORMS) if is_record(path)):
        tree = parse(data).tree
        if tree is not None:
            yield of_record(path, data, tree)


def _wanted_rows(
    tables: Sequence[Read], wish: Wish, words: Vocabulary
) -> tuple[tuple[Row, Columns], ...]:
    """Leave aside the rows that `--only` does not want; each row comes with its columns."""
    every = [(row, read) for read in tables for row in read.table.rows]
    wanted: dict[str, dict[str, str]] = {}
    for typed, value in wish.only.items():
        named = {r.table.sheet: col.header_named(typed, r.table.heads, words) for r in tables}
        if not any(named.values()):
            raise col.no_column(typed, (h.name for r in tables for h in r.table.heads))
        for sheet, header in named.items():
            wanted.setdefault(sheet, {})[header or ""] = value.strip()
    kept = tuple(
        (row, read.columns)
        for row, read in every
        if all(
            row.cells.get(header, "").strip() == value
            for header, value in wanted.get(row.sheet, {}).items()
        )
    )
    if every and not kept:
        told = "、".join(f"{header}={value}" for header, value in wish.only.items())
        raise BadRequest(f"没有一行符合 --only {told}", hint="核对列名和值，一字不差才算")
    return kept


def _schools(rows: Iterable[tuple[Row, Columns]]) -> tuple[str, ...]:
    headers = ((row, columns.of(col.SCHOOL)) for row, columns in rows)
    named = [(header, row.cells[header].strip()) for row, header in headers if header]
    found = Counter(school for _, school in named if school)
    if len(found) > 1:
        some = "、".join(f"{name}（{count} 行）" for name, count in found.most_common(3))
        raise BadRequest(
            f"文件里有 {len(found)} 所学校：{some}等，一个登记库只管一所",
            hint=f"只导入其中一所：--only {named[0][0]}={found.most_common(1)[0][0]}",
        )
    return tuple(found)


def _of_schools(schools: Sequence[str], own: str) -> Iterator[Remark]:
    for school in schools:
        if school != own:
            yield Remark(0, f"文件里的学校是“{school}”，登记库是“{own}”的，请核对")


def _alike(units: Sequence[NewUnit], roster: Roster) -> Iterator[Remark]:
    """Name new units that may be one under two names: 精仪学院, 精密仪器与光电子工程学院."""
    for unit in units:
        others = tuple(roster.names_like(unit))
        if others:
            told = "”“".join(others)
            yield Remark(0, f"新单位“{unit.name}”和“{told}”名称相近；若是一个，用 unit merge 合并")


def _refuse_flaws(reading: Reading) -> None:
    if reading.flaws:
        first, *others = reading.flaws
        more = "".join(f"；另，{flaw.column}：{flaw.reason}" for flaw in others)
        raise UnreadableError(f"{first.reason}{more}", first.column)


def _refused(reading: Reading, error: UnreadableError) -> Line:
    return _refused_line(reading.row, reading.named.platform, reading.columns, error)


def _refused_line(row: Row, name: str, columns: Columns, error: UnreadableError) -> Line:
    header = columns.header(error.column)
    return Line(
        row,
        Outcome.REFUSED,
        name,
        column=header,
        letter=columns.letters.get(header, ""),
        reason=error.reason,
        choice=error.choice,
    )


def _reason(found: Finding) -> str:
    hint = f"（{found.hint}）" if found.hint else ""
    return f"{found.message}{hint}"


def _field_of(found: Finding) -> str:
    return ".".join(part for part in found.pointer.split("/")[1:] if not part.isdigit())


def _opened(given: Record, where: Home) -> Record:
    """Return the record with in whose name it runs, unless the row itself says that."""
    own = _mapping(given.get("opened_by"))
    if where.opened_by is None or "kind" in own:
        return given
    return {**given, "opened_by": {**where.opened_by, **own}}


def _mapping(value: Tree | None) -> Record:
    return value if isinstance(value, dict) else {}
