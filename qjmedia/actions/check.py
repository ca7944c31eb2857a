"""Whether a registry keeps to the Measures."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath

from qjmedia import rules
from qjmedia.model.finding import Fault, Finding, Report, Severity
from qjmedia.model.place import POLICY_PATH, UNITS_PATH, Place
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context, Registry
from qjmedia.model.today import Span, Today
from qjmedia.model.tree import at, without
from qjmedia.rules.base import File, Offices, Rule, Surroundings, run
from qjmedia.store import layout, records
from qjmedia.store.files import Files
from qjmedia.store.schema import Schema
from qjmedia.store.yaml import Parsed, parse

Progress = Callable[[int, int], None]
"""Called with how many records are done, and how many there are."""


SETTINGS = {"registry": POLICY_PATH, "units": UNITS_PATH, "access": layout.ACCESS_PATH}
"""The registry's own files, by the name of their schema."""

UNQUOTED = "QJ0005"

OWN_PATHS = frozenset(SETTINGS.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one file's own data show, and what could be read of it."""

    findings: tuple[Finding, ...]
    platform: Platform | None = None


class Judge:
    """Judges files by the schemas, policy and units of one revision."""

    def __init__(self, files: Files, today: date) -> None:
        """Read what all verdicts rest on; nothing is judged yet."""
        self.files = files
        self.today = Today(today)

    @property
    def span(self) -> Span:
        """How long what was judged since its `begin` will be so."""
        return self.today.span

    @cached_property
    def context(self) -> Context:
        """What the rules may know beside their subject."""
        return Context(self.today, records.policy(self.files), records.units(self.files))

    @cached_property
    def schema(self) -> Schema:
        """The schema of the records, compiled once."""
        return records.schema(self.files)

    def ready(self) -> None:
        """Read and compile now what otherwise the first verdict would."""
        _ = self.context
        self.schema.accepts({})

    def record(self, path: PurePosixPath, data: bytes) -> Verdict:
        """Judge one platform's file by itself."""
        parsed = parse(data)
        found = [*self._shape(path, parsed)]
        if parsed.tree is None:
            return Verdict(tuple(found))
        failed = [self._told(each, parsed) for each in self._against(self.schema, path, parsed)]
        found = _unless_wrong_anyway(found, failed)
        pointers = tuple(each.pointer for each in failed if not _is_whole(parsed, each))
        tree = without(parsed.tree, pointers) if pointers else parsed.tree
        platform = Platform.of(path, tree if isinstance(tree, dict) else {})
        for rule, fault in run(rules.on(Platform), platform, self.context):
            if not _covers(pointers, fault.place.pointer):
                found += self._of_rule(rule, fault, _position(parsed, fault))
        return Verdict((*found, *failed), platform)

    def together(
        self, platforms: Iterable[Platform], changed: Collection[PurePosixPath] = ()
    ) -> Iterator[Finding]:
        """Judge what only several platforms show; clashes stand at the changed ones."""
        known = [each.outline() for each in platforms]
        running = {each.owner for each in known if each.is_active}
        registry = Registry(tuple(known), self.context, changed)
        yield from self.placed(run(rules.on(Registry), registry))
        yield from self.offices(running)

    def offices(self, running: Collection[str]) -> Iterator[Finding]:
        """Judge the units, of which these run a platform."""
        subject = Offices(self.context.units, running)
        yield from self.placed(run(rules.on(Offices), subject, self.context))

    def placed(self, faults: Iterable[tuple[Rule, Fault]]) -> Iterator[Finding]:
        """Yield faults as findings; where in their files they stand is looked up now."""
        read: dict[PurePosixPath, Parsed] = {}
        for rule, fault in faults:
            path = fault.place.path
            if path not in read:
                read[path] = parse(self.files.read(path) or b"")
            yield from self._of_rule(rule, fault, _position(read[path], fault))

    def settings(self) -> Iterator[Finding]:
        """Judge registry.yaml, units.yaml and access.yaml."""
        for name, path in SETTINGS.items():
            data = self.files.read(path)
            if data is not None:
                parsed = parse(data)
                found, failed = [*self._shape(path, parsed)], list[Finding]()
                if parsed.tree is not None:
                    failed += self._against(records.schema(self.files, name), path, parsed)
                yield from (*_unless_wrong_anyway(found, failed), *failed)
            elif name != "access":
                missing = Fault(Place(path), f"缺少 {path}", "从备份或历史中恢复这个文件")
                yield from self._found("QJ0007", Severity.ERROR, missing, (1, 1))

    def surroundings(self) -> Iterator[Finding]:
        """Judge what the settings say of rules and records, and name files that are no records."""
        below = [path for path in self.files.paths(layout.REGISTRY) if path not in OWN_PATHS]
        ids = {path.stem for path in below if layout.is_record(path)}
        return self.around(ids, [path for path in below if not layout.is_record(path)])

    def around(self, ids: Collection[str], strangers: Iterable[PurePosixPath]) -> Iterator[Finding]:
        """Judge the settings beside the ids of all records, and the files that are no records."""
        policy = self.context.policy
        settings = parse(self.files.read(POLICY_PATH) or b"")
        is_speaking = policy.waivers or policy.severities or policy.rules_from
        codes = self._codes() if is_speaking else ()
        around = Surroundings(File(POLICY_PATH, settings.tree or {}), ids, codes, tuple(strangers))
        for rule, fault in run(rules.on(Surroundings), around, self.context):
            own = fault.place.path == POLICY_PATH
            yield from self._of_rule(rule, fault, _position(settings, fault) if own else (1, 1))

    def _codes(self) -> frozenset[str]:
        from qjmedia.actions.explain import catalogue

        return frozenset(catalogue(self.files))

    def _shape(self, path: PurePosixPath, parsed: Parsed) -> Iterator[Finding]:
        for each in parsed.faults:
            fault = Fault(Place(path), each.message, each.hint)
            yield from self._found(each.code, Severity.ERROR, fault, (each.line, each.column))
        if parsed.tree is not None:
            for rule, fault in run(rules.on(File), File(path, parsed.tree), self.context):
                yield from self._of_rule(rule, fault, _position(parsed, fault))

    def _against(self, schema: Schema, path: PurePosixPath, parsed: Parsed) -> Iterator[Finding]:
        tree = parsed.tree
        if tree is None or schema.accepts(tree):
            return
        flagged = {(fault.line, fault.column) for fault in parsed.faults if fault.code != UNQUOTED}
        for each in schema.faults(tree):
            at = (parsed.key_position if each.at_key else parsed.position)(each.pointer)
            if at not in flagged:
                fault = Fault(Place(path, each.pointer), each.message, each.hint)
                yield from self._found(each.code, each.severity, fault, at)

    def _told(self, failed: Finding, parsed: Parsed) -> Finding:
        """Name the unit that was meant where its name stands instead of its id."""
        value = at(parsed.tree or {}, failed.pointer)
        if failed.pointer not in {"/owner", "/steward"} or not isinstance(value, str):
            return failed
        unit = self.context.units.named(value)
        is_name = unit is not None and unit.id != value
        return (
            replace(failed, hint=f"改为：{unit.id}（{unit.name}）") if unit and is_name else failed
        )

    def _of_rule(self, rule: Rule, fault: Fault, at: tuple[int, int]) -> Iterator[Finding]:
        told = fault if fault.hint else fault._replace(hint=rule.explanation.fix)
        return self._found(rule.code, rule.severity, told, at)

    def _found(
        self, code: str, severity: Severity, fault: Fault, at: tuple[int, int]
    ) -> Iterator[Finding]:
        """Yield the finding with the weight that the policy gives it, if it gives any."""
        weight = self.context.policy.weight(code, severity, self.today)
        if weight is not None:
            path, pointer = fault.place
            starts_on = self.context.policy.starts_later(code, self.today)
            message = f"{fault.message}（{starts_on} 起检查）" if starts_on else fault.message
            yield Finding(str(path), *at, code, pointer, message, weight, fault.hint)

    def report(self, records: int, found: Iterable[Finding]) -> Report:
        """Return the report of findings, with those apart that the policy lets pass."""
        sorted_out: dict[bool, list[Finding]] = {True: [], False: []}
        for each in found:
            sorted_out[self._is_waived(each)].append(each)
        return Report.of(records, sorted_out[False], sorted_out[True])

    def _is_waived(self, found: Finding) -> bool:
        waivers = self.context.policy.waivers
        if not waivers or not layout.is_record(PurePosixPath(found.path)):
            return False
        record_id = PurePosixPath(found.path).stem
        return any(each.holds(found.code, record_id, self.today) for each in waivers)


def check(files: Files, today: date, *, progress: Progress | None = None) -> Report:
    """Judge every file of a registry; a broken one is a finding and the run goes on."""
    judge = Judge(files, today)
    found = [*judge.settings(), *judge.surroundings()]
    paths = [path for path in files.paths(layout.PLATFORMS) if layout.is_record(path)]
    platforms: list[Platform] = []
    for done, (path, data) in enumerate(files.read_all(paths), 1):
        verdict = judge.record(path, data)
        found += verdict.findings
        if verdict.platform is not None:
            platforms.append(verdict.platform)
        if progress is not None:
            progress(done, len(paths))
    found += judge.together(platforms)
    return judge.report(len(paths), found)


def check_change(
    files: Files, changed: Mapping[PurePosixPath, bytes], beside: Iterable[Platform], today: date
) -> Report:
    """Judge the records of a change as they will stand, beside the platforms they may clash with.

    `files` shows the registry with the change; old faults of other records do not count.
    """
    judge = Judge(files, today)
    found: list[Finding] = []
    platforms: list[Platform] = []
    for path, data in changed.items():
        if not layout.is_record(path):
            continue
        verdict = judge.record(path, data)
        found += verdict.findings
        if verdict.platform is not None:
            platforms.append(verdict.platform)
    if any(not layout.is_record(path) for path in changed):
        found += judge.settings()
        found += (each for each in judge.surroundings() if PurePosixPath(each.path) in changed)
    others = [platform for platform in beside if platform.path not in changed]
    found += _clashes(judge, platforms, others, {str(path) for path in changed})
    return judge.report(len(platforms), found)


def _clashes(
    judge: Judge, platforms: list[Platform], others: list[Platform], names: set[str]
) -> Iterator[Finding]:
    """Yield what the changed platforms bring about among the others.

    What stands at a record that did not change says of which it speaks.
    """
    known = set(judge.together(others))
    changed = {platform.path for platform in platforms}
    for found in judge.together([*platforms, *others], changed):
        if found.path in names or (found not in known and found.severity is Severity.ERROR):
            yield found
        elif found not in known and found.severity is Severity.WARNING:
            path = PurePosixPath(found.path)
            named = f"“{path.stem}”" if layout.is_record(path) else ""  # a unit is named already
            yield replace(found, message=f"{named}{found.message}")


def _unless_wrong_anyway(found: list[Finding], failed: list[Finding]) -> list[Finding]:
    """Leave out that a value wants quotes where it would be wrong within them too."""
    wrong = {(each.line, each.column) for each in failed if each.severity is Severity.ERROR}
    return [
        each for each in found if each.code != UNQUOTED or (each.line, each.column) not in wrong
    ]


def _position(parsed: Parsed, fault: Fault) -> tuple[int, int]:
    return parsed.position(fault.place.pointer)


def _is_whole(parsed: Parsed, found: Finding) -> bool:
    """Whether a list or mapping lacks something but what it holds can still be judged."""
    value = at(parsed.tree or {}, found.pointer)
    return isinstance(value, list | dict) and found.code not in {"QJ0006", "QJ0008"}


def _covers(pointers: tuple[str, ...], pointer: str) -> bool:
    return any(pointer == each or pointer.startswith(f"{each}/") for each in pointers)
