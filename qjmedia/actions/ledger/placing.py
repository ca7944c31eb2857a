"""Whose a platform is, by what a ledger says of its unit: 第五条, 第六条."""

from typing import NamedTuple

from qjmedia.actions.derive import OPENS_AS
from qjmedia.actions.ledger.columns import UNIT, UNIT_KIND
from qjmedia.actions.ledger.doubt import UnreadableError
from qjmedia.actions.ledger.roster import ROLES, Role, Roster, student_role, unit_kind
from qjmedia.model.nearest import nearest
from qjmedia.model.tree import Record
from qjmedia.model.words import PUBLICITY, YOUTH_LEAGUE, OpenerKind, Tier, UnitKind

LONGEST_NAME = 60
"""A unit's name is no longer than this; the schema says so too."""


class UnknownUnitError(UnreadableError):
    """A unit that units.yaml does not have.

    Attributes:
        unit: its name.
    """

    def __init__(self, reason: str, unit: str) -> None:
        """Say which."""
        super().__init__(reason, UNIT)
        self.unit = unit


class Named(NamedTuple):
    """What a row says of whose a platform is; all may be empty."""

    unit: str
    role: Role | None
    platform: str
    tier: str = ""


class Home(NamedTuple):
    """Where a platform belongs.

    Attributes:
        owner: the unit's id.
        opened_by: in whose name; None where nothing says it.
        is_exact: the row itself names the owner; otherwise the owner was worked out.
        remark: what somebody should look at; may be empty.
    """

    owner: str
    opened_by: Record | None
    is_exact: bool
    remark: str = ""


def role_of(typed: str) -> Role | None:
    """Return what a ledger's kind of unit means; None where it says nothing.

    Raises:
        UnreadableError: the word is not known.
    """
    word = typed.casefold()
    if word and word not in ROLES:
        raise UnreadableError(
            f"单位类别“{typed}”不认识；可写：学校、学院、职能部门、教辅单位、群团、团学组织、社团、班级、个人",
            UNIT_KIND,
        )
    return ROLES[word] if word else None


def home(row: Named, roster: Roster) -> Home:
    """Return where the platform of a row belongs.

    Raises:
        UnreadableError: the row does not say it, or names a unit that is not known.

    Measures: 第五条 (班级归口学院，团学组织、社团归口校团委), 第六条 (创建人所在单位).
    """
    if _is_schools_own(row, roster):
        return Home(PUBLICITY, _opened(OpenerKind.SCHOOL, roster.school), is_exact=True)
    if not row.unit:
        return _without_unit(row, roster)
    found = roster.find(row.unit)
    if found is None:
        return _unknown_unit(row, roster)
    return Home(found, _opener(row, found, roster), is_exact=True)


def wants_unit(row: Named, roster: Roster) -> tuple[str, UnitKind] | None:
    """Return the name and kind of the unit that a row names and that could be made, if any."""
    if _is_schools_own(row, roster):
        return None
    name = roster.bare(row.unit) or _unit_in_name(row, roster)
    if not name or roster.find(name) is not None or len(name) > LONGEST_NAME:
        return None
    role = row.role or student_role(name) or unit_kind(name)
    if not isinstance(role, UnitKind) or unit_kind(name) is None:
        return None
    if _part_of_college(name, role, roster) or roster.likely(name):
        return None
    return name, role


def _is_schools_own(row: Named, roster: Roster) -> bool:
    """第五条: 学校官方微博、微信为一级平台."""
    if row.role is not None:
        return row.role is OpenerKind.SCHOOL
    if row.tier not in {"", Tier.SCHOOL}:
        return False
    by_publicity = not row.unit or roster.find(row.unit) == PUBLICITY
    return roster.is_school(row.unit) or (by_publicity and roster.is_school(row.platform))


def _without_unit(row: Named, roster: Roster) -> Home:
    name = row.platform
    if row.role in {OpenerKind.LEAGUE, OpenerKind.CLUB}:
        return _student_body(row, name, roster)
    exact = roster.find(_unit_in_name(row, roster))
    if exact is not None:
        remark = "没有写所属单位，按名称（恰为校名加单位名）归属"
        return Home(exact, _opener(row, exact, roster), is_exact=False, remark=remark)
    likely = roster.college_in(name)
    hint = f"；从名称看可能是“{roster.name_of(likely)}”，请填上" if likely else ""
    raise UnreadableError(f"没有写所属单位{hint}", UNIT)


def _unknown_unit(row: Named, roster: Roster) -> Home:
    role = row.role or student_role(row.unit)
    if role in {OpenerKind.LEAGUE, OpenerKind.CLUB}:
        return _student_body(row._replace(role=role), row.unit, roster)
    if role is OpenerKind.CLASS:
        college = roster.college_in(row.unit)
        if college is None:
            raise UnreadableError(
                f"班级平台归口所在学院（第五条），看不出“{row.unit}”是哪个学院的", UNIT
            )
        return Home(college, _opened(OpenerKind.CLASS, row.unit), is_exact=False)
    name = roster.bare(row.unit)
    part_of = _part_of_college(name, role, roster)
    if part_of is not None:
        opened = _opened(OpenerKind.COLLEGE, roster.name_of(part_of))
        remark = f"“{name}”归入“{roster.name_of(part_of)}”"
        return Home(part_of, opened, is_exact=False, remark=remark)
    likely = roster.likely(row.unit)
    if likely is not None:
        remark = f"单位“{row.unit}”按相近归“{roster.name_of(likely)}”，请核对"
        return Home(likely, _opener(row, likely, roster), is_exact=False, remark=remark)
    raise UnknownUnitError(_why_unknown(row, role, roster), name)


def _student_body(row: Named, name: str, roster: Roster) -> Home:
    """A league organisation or a club: of its college if that is known, else of 校团委."""
    assert isinstance(row.role, OpenerKind)  # noqa: S101  narrowed by both callers
    opened = _opened(row.role, name)
    college = roster.college_in(name)
    if college is not None:
        return Home(college, opened, is_exact=False)
    missing = roster.unknown_college_in(name)
    remark = (
        f"名称中的“{missing}”不在单位表中，所属单位暂记校团委，请核对是不是本校单位"
        if missing
        else ""
    )
    return Home(YOUTH_LEAGUE, opened, is_exact=False, remark=remark)


def _opener(row: Named, owner: str, roster: Roster) -> Record | None:
    """Return in whose name a unit's platform runs.

    The account of a college's league committee or of a club stands in the ledger under the
    college, or under 校团委, but is theirs. 校团委's own is run as a department's is.
    """
    kind = roster.kind_of(owner)
    body = student_role(row.platform) if row.tier in {"", Tier.STUDENT} else None
    if row.role is OpenerKind.PERSON or row.tier == Tier.WORK_GROUP:
        return {"kind": OpenerKind.PERSON.value}
    if owner == YOUTH_LEAGUE:
        itself = roster.find(row.platform) == YOUTH_LEAGUE
        role = row.role if row.role in {OpenerKind.CLUB, OpenerKind.CLASS} else None
        opener = None if itself else role or body
    elif isinstance(row.role, OpenerKind):
        opener = row.role
    else:
        opener = body if kind is UnitKind.COLLEGE else None
    if isinstance(opener, OpenerKind):
        return _opened(opener, row.platform)
    if kind is None or row.tier == Tier.STUDENT:
        return None
    return _opened(OPENS_AS[kind], roster.name_of(owner))


def _unit_in_name(row: Named, roster: Roster) -> str:
    """Return the unit that a platform is named after, school first; "" if it is not."""
    bare = roster.bare(row.platform)
    return bare if not row.unit and bare != row.platform else ""


def _part_of_college(name: str, role: Role | None, roster: Roster) -> str | None:
    """Return the college that a longer name begins with: 理学院学生工作办公室."""
    college = roster.college_in(name) if role is UnitKind.COLLEGE else None
    if college is None or not name.startswith(roster.name_of(college)):
        return None
    return college


def _opened(kind: OpenerKind, name: str) -> Record:
    return {"kind": kind.value, "name": name}


def _why_unknown(row: Named, role: Role | None, roster: Roster) -> str:
    name = roster.bare(row.unit)
    near = nearest(name, roster.words(), cutoff=0.75)
    meant = f"；是否想写“{near}”？" if near else ""
    if role is OpenerKind.PERSON:
        return f"“{row.unit}”不是单位；个人建立的工作群纳入创建人所在单位（第六条），请填那个单位"
    if unit_kind(name) is None:
        return f"“{row.unit}”不像本校单位的名称（贴吧、社区、论坛之类不是单位）{meant}"
    if role is None and student_role(name) is None and unit_kind(name) is None:
        return f"看不出“{row.unit}”是哪一类单位，请写单位类别{meant}"
    return f"“{row.unit}”不在 registry/units.yaml 中{meant}"
