"""A registry of any size: valid records, as varied as a university's, the same on every run."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import islice
from multiprocessing import Pool
from pathlib import Path, PurePosixPath
from subprocess import run

from qjmedia.actions.add import HEADER
from qjmedia.actions.init import starter
from qjmedia.model.place import UNITS_PATH
from qjmedia.model.tree import Record, Tree, mapping, text
from qjmedia.store import edit
from qjmedia.store.layout import SCHEMA_OF, packaged, platform_path
from qjmedia.store.schema import Schema

SEED = 2016
PER_UNIT = 25
MOST_UNITS = 400
"""units.yaml is one file; a larger registry has more records of each unit."""
COLLEGES, DEPARTMENTS = "学院", "职能部门"

KINDS = (
    "微信公众号", "微博", "视频号", "抖音", "QQ群", "网站", "哔哩哔哩", "QQ空间", "小程序", "知乎",
    "今日头条", "快手", "小红书", "APP", "QQ",
)  # fmt: skip
"""A unit has one platform of each at most: a second would call for a remark (第八条)."""

DIGITS_ONLY = frozenset({"QQ", "QQ群", "QQ空间", "哔哩哔哩"})
STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
POSITIONS = (
    "教学科研动态和学生风采", "通知公告与办事指南", "招生就业信息", "读者服务和资源推荐",
    "学术讲座预告，优秀成果展示", "校园文化活动",
)  # fmt: skip
AUDIENCES = ("本院师生", "全校师生", "校友", "考生和家长", "任课教师", "毕业生")


def build(folder: Path, count: int, env: Mapping[str, str]) -> list[PurePosixPath]:
    """Make `folder` a repository whose one commit holds `count` records; return their paths."""
    files = starter("曲靖师范学院", "曲师")
    per_unit = max(PER_UNIT, -(-count // MOST_UNITS))
    units = [*_units(-(-count // per_unit))]
    files[UNITS_PATH] = edit.dump({"units": [*units]})
    made = [*islice(records(units, per_unit), count)]
    with Pool() as pool:
        texts = pool.map(_text, made, chunksize=500)
    paths = [platform_path(text(record, "owner"), text(record, "id")) for record in made]
    files |= zip(paths, texts, strict=True)
    run(["git", "init", "-q", "-b", "main"], cwd=folder, env=env, check=True)
    # one pack, as in any clone: thousands of loose objects would slow down whoever reads them
    stream = b"".join(_stream(files))
    run(["git", "fast-import", "--quiet"], cwd=folder, env=env, check=True, input=stream)
    run(["git", "reset", "-q", "--hard"], cwd=folder, env=env, check=True)
    return paths


def _text(record: Record) -> bytes:
    return edit.dump(_schema().arranged(record), comment=HEADER)


@cache
def _schema() -> Schema:
    return Schema(packaged(SCHEMA_OF["platform"]).read_bytes())


def _stream(files: Mapping[PurePosixPath, bytes]) -> Iterator[bytes]:
    """Yield what `git fast-import` makes one commit of."""
    who = "示例甲 <jia@example.edu.cn> 1800000000 +0800"
    yield f"commit refs/heads/main\ncommitter {who}\ndata 7\nrecords\n".encode()
    for path, data in files.items():
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (bytes(path), len(data), data)


def records(units: list[Record], per_unit: int = PER_UNIT) -> Iterator[Record]:
    """Yield the records of each unit: most 二级, then 三级 and 工作群; more only of the latter."""
    dice = random.Random(SEED)  # noqa: S311  variety, not secrecy
    serials: dict[str, int] = {}
    groups = max(2, (per_unit - len(KINDS)) // 5)
    for unit in units:
        for index, kind in enumerate(KINDS):
            yield _unit_platform(unit, kind, index, serials, dice)
        for index in range(per_unit - len(KINDS) - groups):
            yield _student_platform(unit, index, dice)
        for index in range(groups):
            yield _work_group(unit, index, dice)


def _units(count: int) -> Iterator[Record]:
    for number in range(count):
        kind = DEPARTMENTS if number % 3 == 2 else COLLEGES  # noqa: PLR2004  every third
        name = f"示例{_name(number)}{'处' if kind == DEPARTMENTS else '学院'}"
        post = "主要负责人" if kind == DEPARTMENTS else "学院党总支书记"
        yield {
            "id": f"unit-{number}",
            "name": name,
            "kind": kind,
            "accountable": {"name": f"示例{_name(number)}", "post": post},
            "governance": dict.fromkeys(
                ("responsibility", "team", "review", "rules", "confidentiality"), "2026-03-01"
            ),
        }
    yield {"id": "publicity", "name": "党委宣传部", "kind": DEPARTMENTS}
    yield {"id": "youth-league", "name": "校团委", "kind": "群团"}


def _unit_platform(
    unit: Record, kind: str, index: int, serials: dict[str, int], dice: random.Random
) -> Record:
    opened = date(2012, 1, 1) + timedelta(days=dice.randrange(4800))
    early = opened < date(2016, 5, 24)
    filled = date(2016, 6, 1) if early else opened - timedelta(days=dice.randrange(20, 40))
    owner, name = text(unit, "id"), f"曲靖师范学院{text(unit, 'name')}{kind}"
    return {
        **_common(owner, f"{owner}-{index}", kind, opened, dice),
        **_place(owner, kind, index),
        "name": name,
        "tier": "二级",
        "opened_by": {"kind": unit["kind"], "name": unit["name"]},
        "steward": "publicity",
        "accountable": dict(mapping(unit, "accountable")),
        "supervisor": _person(dice),
        "verified": "未认证" if kind == "QQ群" else "已认证",
        "status": "已备案",
        "filings": [_form("登记表" if early else "申请表", filled, serials, dice)],
    }


def _place(owner: str, kind: str, index: int) -> Record:
    """Return account, link and resources: no two platforms share an account."""
    number = f"{owner.removeprefix('unit-')}{index:02d}"
    if kind == "网站":
        host = f"{owner}.example.edu.cn"
        return {"url": f"https://{host}/", "it_assets": _assets(number, [host])}
    if kind == "APP":
        return {"account": f"cn.edu.example.u{number}", "it_assets": _assets(number, [])}
    return {"account": f"1000{number:0>8}" if kind in DIGITS_ONLY else f"sample_{number}"}


def _assets(number: str, domains: list[Tree]) -> Record:
    reference = f"示例信教〔2020〕{number}号"
    return {"domains": domains, "reference": reference} if domains else {"reference": reference}


def _form(form: str, filled: date, serials: dict[str, int], dice: random.Random) -> Record:
    signed = filled + timedelta(days=dice.randrange(4))
    agreed = signed + timedelta(days=dice.randrange(10))
    year = str(agreed.year)
    serials[year] = serials.get(year, 0) + 1
    return {
        "form": form,
        "filled_on": str(filled),
        "unit_opinion": _opinion(signed, dice),
        "publicity_opinion": _opinion(agreed, dice),
        "year": year,
        "serial": str(serials[year]),
    }


def _opinion(signed: date, dice: random.Random) -> Record:
    return {"decision": "同意", "signed_by": _name_of(dice), "signed_on": str(signed)}


def _student_platform(unit: Record, index: int, dice: random.Random) -> Record:
    owner = text(unit, "id")
    in_class = unit["kind"] == COLLEGES
    opened = date(2017, 9, 1) + timedelta(days=dice.randrange(3000))
    return {
        **_common(owner, f"{owner}-student-{index}", "微信公众号", opened, dice),
        "name": f"{text(unit, 'name')}{2001 + index}班" if in_class else f"示例{owner}社{index}",
        "account": f"student_{owner.removeprefix('unit-')}_{index}",
        "tier": "三级",
        "opened_by": {"kind": "班级" if in_class else "社团", "name": f"示例{index}"},
        "steward": owner if in_class else "youth-league",
        "verified": "已认证",
        "status": "已登记",
    }


def _work_group(unit: Record, index: int, dice: random.Random) -> Record:
    owner = text(unit, "id")
    opened = date(2018, 1, 1) + timedelta(days=dice.randrange(2500))
    return {
        **_common(owner, f"{owner}-group-{index}", "微信群", opened, dice),
        "name": f"{text(unit, 'name')}工作群{index + 1}",
        "tier": "工作群",
        "opened_by": {"kind": "个人", "name": _name_of(dice)},
        "steward": owner,
        "verified": "未认证",
        "status": "已登记",
    }


def _common(owner: str, record_id: str, kind: str, opened: date, dice: random.Random) -> Record:
    """Return what every record has."""
    operators = [_operator("教师", dice), _operator(dice.choice(("教师", "学生")), dice)]
    return {
        "id": record_id,
        "kind": kind,
        "owner": owner,
        "opened_on": str(opened),
        "manager": _person(dice),
        "operators": [*operators],
        "maintenance": dice.choice(("自主维护", "自主维护", "委托维护")),
        "positioning": dice.choice(POSITIONS),
        "audience": [*dice.sample(AUDIENCES, dice.randrange(1, 4))],
        "review": {"mechanism": "三审三校", "reviewer": f"示例{_name(dice.randrange(400))}审"},
    }


def _person(dice: random.Random) -> Record:
    return {
        "name": _name_of(dice),
        "mobile": f"1380000{dice.randrange(10_000):04d}",
        "landline": f"0874-{dice.randrange(10_000_000):07d}",
    }


def _operator(identity: str, dice: random.Random) -> Record:
    mobile = f"1380000{dice.randrange(10_000):04d}"
    return {"name": _name_of(dice), "mobile": mobile, "identity": identity}


def _name_of(dice: random.Random) -> str:
    return f"示例{_name(dice.randrange(400))}"


def _name(number: int) -> str:
    first, second = divmod(number, len(STEMS))
    return STEMS[first % len(STEMS)] + STEMS[second]
