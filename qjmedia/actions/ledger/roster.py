"""The units of the registry as ledgers call them, and those that a ledger brings along."""

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from qjmedia.actions.derive import slug
from qjmedia.model.policy import Policy
from qjmedia.model.unit import Units
from qjmedia.model.words import PUBLICITY, YOUTH_LEAGUE, OpenerKind, UnitKind

Role = UnitKind | OpenerKind
"""What a ledger says of whoever runs a platform: a kind of unit, or a class, club, person …"""

ROLES: dict[str, Role | None] = {
    "university": OpenerKind.SCHOOL, "学校": OpenerKind.SCHOOL, "校级": OpenerKind.SCHOOL,
    "college": UnitKind.COLLEGE, "学院": UnitKind.COLLEGE, "院系": UnitKind.COLLEGE,
    "department": UnitKind.DEPARTMENT, "职能部门": UnitKind.DEPARTMENT,
    "部门": UnitKind.DEPARTMENT, "机关部门": UnitKind.DEPARTMENT, "机关": UnitKind.DEPARTMENT,
    "service_unit": UnitKind.SERVICE, "教辅单位": UnitKind.SERVICE, "教辅": UnitKind.SERVICE,
    "直属单位": UnitKind.SERVICE, "research_institute": UnitKind.SERVICE,
    "科研机构": UnitKind.SERVICE, "journal": UnitKind.SERVICE, "期刊": UnitKind.SERVICE,
    "affiliated": UnitKind.SERVICE, "附属单位": UnitKind.SERVICE,
    "alumni": UnitKind.MASS, "校友组织": UnitKind.MASS, "群团": UnitKind.MASS,
    "student_org": OpenerKind.LEAGUE, "团学组织": OpenerKind.LEAGUE, "学生组织": OpenerKind.LEAGUE,
    "club": OpenerKind.CLUB, "社团": OpenerKind.CLUB, "学生社团": OpenerKind.CLUB,
    "class": OpenerKind.CLASS, "班级": OpenerKind.CLASS,
    "person": OpenerKind.PERSON, "个人": OpenerKind.PERSON,
    "unknown": None, "其他": None,
}  # fmt: skip
"""A research institute, journal, press or affiliated school stands beside the library: its head
answers for it as a department's does. An alumni association is no office: 群团."""

_LEAGUE = re.compile(
    r"(?:团委|团总支|团支部|团校|学生会|研究生会|学生联合会|学生会组织|研会|学联|社联|"
    r"社团联合会|社团团委|青协|青年志愿者协会|青年志愿者|志愿者协会|学生通讯社|学生记者团|广播台)$|^共青团"
)
_CLUB = re.compile(
    r"(?:协会|社团|学社|剧社|琴社|棋社|诗社|书社|文学社|相声社|话剧社|俱乐部|合唱团|艺术团|"
    r"乐团|舞团|剧团|车队|[^合报旅通]社)$"
)
_CLASS = re.compile(r"(?:\d|[一二三四五六七八九十])\)?班(?:级|团支部)?$")
_ENDINGS: tuple[tuple[UnitKind, re.Pattern[str]], ...] = (
    (UnitKind.MASS, re.compile(r"(?:工会|妇委会|妇联|校友会|校友总会|基金会|科协|侨联)$")),
    (
        UnitKind.SERVICE,
        re.compile(
            r"(?:图书馆|档案馆|博物馆|校史馆|美术馆|体育馆|馆|信息中心|信网中心|网络中心|技术中心|场馆中心|期刊中心|"
            r"研究院|研究所|研究中心|实验室|出版社|编辑部|学报|医院|附属\S*|幼儿园|[中小]学|集团|公司)$"
        ),
    ),
    (UnitKind.COLLEGE, re.compile(r"(?:学院|学部|书院|学系)$")),
    (
        UnitKind.DEPARTMENT,
        re.compile(r"(?:处|部|办|办公室|中心|科|室|局|院|委员会|党委|纪委|团委|所)$"),
    ),
)
_NUMBERS = re.compile(r"[0-9一二三四五六七八九十甲乙丙丁东西南北]")
_COLLEGE_NAME = re.compile(r"[\u4e00-\u9fff]{2,12}?(?:学院|学部|书院)")
_LEAGUE_ITSELF = {"团委", "校团委", "共青团委员会", "共青团委", "青年团委员会", "共青团"}
_PUBLICITY_ITSELF = {"党委宣传部", "宣传部"}
_OFFICIAL = re.compile(
    r"(?:官方|校园)?(?:微博|微信|微信公众号|公众号|抖音|抖音号|视频号|网站|主页|官网|官微|门户|客户端|app)?",
    re.IGNORECASE,
)


LIKENESS = 0.85
"""How near a unit's name has to be to be taken for it: 数学和统计学院, 数学与统计学院.

计算机科学与技术学院 and 计算机科学与工程学院 are two (0.8), as are 附属第一医院 and 附属第二医院.
"""
SHORTEST_CORE = 4
"""A name inside another says little if it is short: 理学院 inside 管理学院."""


class NewUnit(NamedTuple):
    """A unit that the ledger names and units.yaml does not have yet."""

    id: str
    name: str
    kind: UnitKind


class Roster:
    """Finds units by whatever a ledger calls them; may be given new ones."""

    def __init__(self, units: Units, policy: Policy, schools: Collection[str] = ()) -> None:
        """Know the registry's units, and the names of the school that may stand before one."""
        self._units = units
        names = {policy.school, *schools} - {""}
        self.school = policy.school
        self._schools = tuple(sorted(names, key=len, reverse=True))
        self._called: dict[str, str] = {}
        for unit in units:
            for word in (unit.id, unit.name, *unit.short):
                self._called.setdefault(word, unit.id)
        self._kinds = {unit.id: unit.kind for unit in units if unit.kind is not None}
        self._names = {unit.id: unit.name for unit in units}
        self._colleges = [*self._college_words()]
        self.new: dict[str, NewUnit] = {}

    def find(self, typed: str) -> str | None:
        """Return the id of the unit meant; of a merged one its successor's. None: unknown."""
        bare = self.bare(typed)
        found = self._called.get(typed) or self._called.get(bare)
        if found is None:
            inner = self._without_school(typed)
            if inner in _LEAGUE_ITSELF:
                found = YOUTH_LEAGUE if YOUTH_LEAGUE in self._units else None
            elif inner in _PUBLICITY_ITSELF:
                found = PUBLICITY if PUBLICITY in self._units else None
        return self._successor(found)

    def likely(self, typed: str) -> str | None:
        """Return the id of the one unit whose name `typed` is much like: 数学和统计学院."""
        bare = self.bare(typed)
        likeness: dict[str, float] = {}
        for word, unit_id in self._called.items():
            ratio = SequenceMatcher(None, bare, word).ratio()
            if ratio >= LIKENESS and not _differ_in_number(bare, word):
                likeness[unit_id] = max(ratio, likeness.get(unit_id, 0))
        return self._successor(next(iter(likeness))) if len(likeness) == 1 else None

    def kind_of(self, unit_id: str) -> UnitKind | None:
        """Return what a unit is."""
        return self._kinds.get(unit_id)

    def name_of(self, unit_id: str) -> str:
        """Return a unit's name."""
        return self._names.get(unit_id, unit_id)

    def words(self) -> Iterable[str]:
        """Every name, for did-you-mean."""
        return self._called

    def bare(self, typed: str) -> str:
        """Return a unit's name without the school's in front."""
        for school in self._schools:
            if typed.startswith(school) and len(typed) > len(school):
                return typed.removeprefix(school).strip()
        return typed

    def is_school(self, typed: str) -> bool:
        """Whether `typed` is the school itself, or its official account by another word."""
        return any(
            typed.startswith(school) and _OFFICIAL.fullmatch(typed.removeprefix(school))
            for school in self._schools
        )

    def college_in(self, typed: str) -> str | None:
        """Return the id of the college whose name, the longest that fits, stands in `typed`."""
        fitting = ((word, unit_id) for word, unit_id in self._colleges if word in typed)
        word, unit_id = max(fitting, key=lambda each: len(each[0]), default=("", ""))
        return self._successor(unit_id) if word else None

    def unknown_college_in(self, typed: str) -> str:
        """Return what reads like the name of a college in `typed`, "" if nothing does."""
        found = _COLLEGE_NAME.search(self._without_school(typed))
        return found[0].removeprefix("共青团").removeprefix("青年团") if found else ""

    def add(self, name: str, kind: UnitKind) -> None:
        """Make a unit known that units.yaml does not have."""
        stem = slug(name)[:60].strip("-") or "unit"
        numbered = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
        unit_id = next(each for each in numbered if each not in self._names)
        self.new[unit_id] = NewUnit(unit_id, name, kind)
        self._called[name] = unit_id
        self._kinds[unit_id] = kind
        self._names[unit_id] = name
        if kind is UnitKind.COLLEGE:
            self._colleges.append((name, unit_id))

    def names_like(self, unit: NewUnit) -> Iterator[str]:
        """Yield the longer names of the same kind that `unit` may be short for."""
        for unit_id, name in self._names.items():
            longer = len(name) > len(unit.name) and self._kinds.get(unit_id) is unit.kind
            if longer and _is_short_for(unit.name, name):
                yield name

    def _without_school(self, typed: str) -> str:
        for school in self._schools:
            typed = typed.replace(school, "")
        return typed

    def _successor(self, unit_id: str | None) -> str | None:
        seen: set[str] = set()
        while unit_id is not None and unit_id not in seen:
            seen.add(unit_id)
            unit = self._units.get(unit_id)
            if unit is None or not unit.merged_into:
                break
            unit_id = unit.merged_into
        return unit_id

    def _college_words(self) -> Iterator[tuple[str, str]]:
        for unit in self._units:
            if unit.kind is UnitKind.COLLEGE:
                yield from ((word, unit.id) for word in (unit.name, *unit.short))


def _is_short_for(short: str, name: str) -> bool:
    """Whether the letters of `short` stand in `name` in order, and more than one or two of them."""
    rest = iter(name)
    is_inside = all(char in rest for char in short)
    return is_inside and (short[0] == name[0] or (len(short) > SHORTEST_CORE and short in name))


def _differ_in_number(one: str, other: str) -> bool:
    """Whether two names count: 第一医院, 第二医院; 一系, 二系."""
    return _NUMBERS.findall(one) != _NUMBERS.findall(other)


def student_role(name: str) -> Role | None:
    """Return what kind of student body a name is that of, None if it is of none."""
    if _CLASS.search(name):
        return OpenerKind.CLASS
    if _LEAGUE.search(name):
        return OpenerKind.LEAGUE
    return OpenerKind.CLUB if _CLUB.search(name) else None


def unit_kind(name: str) -> UnitKind | None:
    """Return what kind of unit a name ends like, None if it does not read like a unit's."""
    return next((kind for kind, ending in _ENDINGS if ending.search(name)), None)
