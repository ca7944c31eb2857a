"""A whole registry that is faultless, and what differs from it: for examples and mutations."""

import copy
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import PurePosixPath

import make

from qjmedia.model.finding import Finding
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.model.tree import Record, mapping, sequence, text
from qjmedia.store import edit, layout
from qjmedia.store.files import Files
from qjmedia.store.overlay import Overlay
from qjmedia.store.schema import Schema

NONE = "（无）"
"""In an example: the field is not there. `filings` are merged one by one, other lists replaced;
`另加备案` adds one, `另一份` is a second record, `单位`, `设置` and `权限` change those files."""

GOVERNANCE = "{responsibility: 甲, team: 甲, review: 甲, rules: 甲, confidentiality: 示例乙}"
"""All that 第三、十二条 ask of a unit."""

COLLEGE_HEAD = "accountable: {name: 示例甲, post: 学院党总支书记}"
HEAD = "accountable: {name: 示例甲, post: 主要负责人}"

UNITS = f"""
units:
- {{id: publicity, name: 党委宣传部, kind: 职能部门, {HEAD}, governance: {GOVERNANCE}}}
- {{id: youth-league, name: 校团委, kind: 群团, {HEAD}, governance: {GOVERNANCE}}}
- id: math
  name: 数学与统计学院
  short: [数学学院]
  kind: 学院
  {COLLEGE_HEAD}
  governance: {GOVERNANCE}
- {{id: physics, name: 物理学院, kind: 学院, {COLLEGE_HEAD}, governance: {GOVERNANCE}}}
- {{id: academic, name: 教务处, kind: 职能部门, {HEAD}, governance: {GOVERNANCE}}}
- {{id: library, name: 图书馆, kind: 教辅单位, {HEAD}, governance: {GOVERNANCE}}}
- {{id: union, name: 校工会, kind: 群团, {HEAD}, governance: {GOVERNANCE}}}
- {{id: old, name: 旧学院, kind: 学院, merged_into: math}}
"""

DEPARTMENT: Record = {
    "id": "academic-wechat",
    "name": "曲靖师范学院教务处",
    "account": "qjnu_academic",
    "owner": "academic",
    "opened_by": {"kind": "职能部门", "name": "教务处"},
    "accountable": {"name": "示例甲", "post": "主要负责人"},
}

BASES: dict[tuple[str, str], Record] = {
    ("二级", ""): {},
    ("二级", "职能部门"): DEPARTMENT,
    ("二级", "教辅单位"): {
        **DEPARTMENT,
        "id": "library-wechat",
        "name": "曲靖师范学院图书馆",
        "account": "qjnu_library",
        "owner": "library",
        "opened_by": {"kind": "教辅单位", "name": "图书馆"},
    },
    ("一级", ""): {
        "id": "school-weibo",
        "name": "曲靖师范学院",
        "kind": "微博",
        "account": "qjnu",
        "tier": "一级",
        "owner": "publicity",
        "opened_by": {"kind": "学校", "name": "曲靖师范学院"},
        "accountable": {"name": "示例甲", "post": "主要负责人"},
        "status": "已登记",
        "filings": "",
    },
    ("三级", ""): {
        "id": "chess-club",
        "name": "棋社",
        "account": "qjnu_chess",
        "tier": "三级",
        "owner": "youth-league",
        "steward": "youth-league",
        "opened_by": {"kind": "社团", "name": "棋社"},
        "accountable": "",
        "supervisor": "",
        "review": "",
        "status": "已登记",
        "filings": "",
    },
    ("工作群", ""): {
        "id": "teaching-group",
        "name": "教研群",
        "kind": "QQ群",
        "account": "100000001",
        "tier": "工作群",
        "steward": "math",
        "opened_by": {"kind": "个人", "name": "示例乙"},
        "accountable": "",
        "supervisor": "",
        "verified": "未认证",
        "review": "",
        "status": "已登记",
        "filings": "",
    },
}
BASES["三级", "班级"] = {
    **BASES["三级", ""],
    "id": "math-class",
    "name": "示例班级",
    "account": "qjnu_class",
    "owner": "math",
    "steward": "math",
    "opened_by": {"kind": "班级", "name": "示例班级"},
}
BASES["三级", "团学组织"] = {
    **BASES["三级", ""],
    "id": "student-union",
    "name": "学生会",
    "account": "qjnu_union",
    "opened_by": {"kind": "团学组织", "name": "学生会"},
}

SCHEMA = Schema(layout.packaged(layout.SCHEMA_OF["platform"]).read_bytes())


class Nothing(Files):
    """No files at all."""

    def paths(self, under: PurePosixPath) -> list[PurePosixPath]:
        """Return none."""
        del under
        return []

    def called(self, under: PurePosixPath, name: str) -> list[PurePosixPath]:
        """Return none."""
        del under, name
        return []

    def folders(self, under: PurePosixPath) -> list[str]:
        """Return none."""
        del under
        return []

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return nothing."""
        del path
        return None

    def read_all(self, paths: Iterable[PurePosixPath]) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield nothing."""
        del paths
        yield from ()


def base(given: Record) -> Record:
    """Return the valid record that a change belongs to, by its tier and by who opened it."""
    tier, opener = text(given, "tier") or "二级", text(mapping(given, "opened_by"), "kind")
    changes = BASES.get((tier, opener)) or BASES.get((tier, ""), {})
    return make.record(copy.deepcopy(changes))


def record(given: Record | None = None) -> Record:
    """Return a valid record with changes merged in; `（无）` takes a field away."""
    changes = dict(given or {})
    added = changes.pop("另加备案", None)
    made = base(changes)
    merge(made, changes)
    if added is not None:
        made["filings"] = [*sequence(made, "filings"), added]
    return SCHEMA.arranged(made)


def path_of(made: Record) -> PurePosixPath:
    """Return where a record belongs."""
    return layout.platform_path(text(made, "owner") or "math", text(made, "id") or "math-wechat")


def registry(
    records: Iterable[Record] = (), settings: Record | None = None, units: Record | None = None
) -> dict[PurePosixPath, bytes]:
    """Return the files of a registry of these records."""
    listed = make.tree(UNITS)
    for unit in sequence(listed, "units"):
        if isinstance(unit, dict):
            merge(unit, mapping(units or {}, text(unit, "id")))
    files = {
        POLICY_PATH: edit.dump({"school": "曲靖师范学院", **(settings or {})}),
        UNITS_PATH: edit.dump(listed),
    }
    return files | {path_of(made): edit.dump(made) for made in records}


def findings(files: dict[PurePosixPath, bytes], today: date = make.TODAY) -> tuple[Finding, ...]:
    """Return what the whole check finds."""
    from qjmedia.actions.check import check

    return check(Overlay(Nothing(), dict(files)), today).findings


def example(written: str) -> tuple[dict[PurePosixPath, bytes], date]:
    """Return the registry that an example of `explain` describes, and its today.

    What stands in parentheses behind an example is a remark. An example that is no mapping is
    lines of a file: they stand in for the lines of the same field.
    """
    if not written.startswith("{"):
        return _lines(written), make.TODAY
    given = make.tree(_mapping(written))
    today = date.fromisoformat(text(given, "今天") or make.TODAY.isoformat())
    beside = given.pop("另一份", None)
    settings, units = mapping(given, "设置"), mapping(given, "单位")
    people = (
        {layout.ACCESS_PATH: edit.dump({"people": given.pop("权限")})} if "权限" in given else {}
    )
    strangers, where = sequence(given, "多出的文件"), text(given, "文件")
    for key in ("今天", "设置", "单位", "多出的文件", "文件"):
        given.pop(key, None)
    made = record(given)
    files = registry([made], settings, units)
    if where:
        files[PurePosixPath(where)] = files.pop(path_of(made))
    if isinstance(beside, dict):
        other = record(beside)
        files[path_of(other)] = edit.dump(other)
    return files | people | {PurePosixPath(str(each)): b"x\n" for each in strangers}, today


def _mapping(written: str) -> str:
    """Return an example without the remark behind it."""
    depth = 0
    for end, char in enumerate(written, 1):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth == 0:
            return written[:end]
    return written


def _lines(written: str) -> dict[PurePosixPath, bytes]:
    content, _, remark = written.partition("（存成 ")
    field = content.partition(":")[0].partition("：")[0]
    lines = edit.dump(SCHEMA.arranged(make.record())).decode().split("\n")
    at = next(index for index, line in enumerate(lines) if line.startswith(f"{field}:"))
    lines[at : at + 1] = content.split("\n")
    whole = "\n".join(lines).encode("gbk" if remark.startswith("GBK") else "utf-8")
    return registry() | {path_of(make.record()): whole}


def merge(into: Record, changes: Record) -> None:
    for key, value in changes.items():
        old = into.get(key)
        if value == NONE:
            into.pop(key, None)
        elif isinstance(value, dict) and isinstance(old, dict):
            merge(old, value)
        elif key == "filings" and isinstance(value, list) and isinstance(old, list):
            for filing, change in zip(old, value, strict=False):
                if isinstance(filing, dict) and isinstance(change, dict):
                    merge(filing, change)
        else:
            into[key] = copy.deepcopy(value)
