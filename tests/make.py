"""Valid records, with what a test is about changed."""

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath
from textwrap import indent

from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.registry import Context
from qjmedia.model.tree import Record, Tree, mapping, sequence, text
from qjmedia.model.unit import Units
from qjmedia.store.yaml import parse

TODAY = date(2026, 11, 23)

MATH = """
id: math
name: 数学与统计学院
short: [数学学院]
kind: 学院
accountable: {name: 示例甲, post: 学院党总支书记}
governance:
  responsibility: 数院〔2024〕1号
  team: 数院〔2024〕2号
  review: 数院〔2024〕3号
  rules: 数院〔2024〕4号
  confidentiality: 示例乙
"""

UNITS = f"""
units:
- {{id: publicity, name: 党委宣传部, kind: 职能部门}}
- {{id: youth-league, name: 校团委, kind: 群团}}
-{indent(MATH, "  ")[2:].rstrip()}
- {{id: academic, name: 教务处, kind: 职能部门}}
- {{id: library, name: 图书馆, kind: 教辅单位}}
- {{id: old, name: 旧学院, kind: 学院, merged_into: math}}
"""

COLLEGE = """
id: math-wechat
name: 曲靖师范学院数学学院
kind: 微信公众号
account: qjnu_math
tier: 二级
owner: math
opened_by: {kind: 学院, name: 数学与统计学院}
steward: publicity
opened_on: "2019-03-01"
accountable: {name: 示例甲, post: 学院党总支书记}
manager: {name: 示例乙, mobile: "13800000000", landline: 0874-0000000}
supervisor: {name: 示例丙, mobile: "13800000001", landline: 0874-0000001}
operators:
- {name: 示例丁, mobile: "13800000002", identity: 教师}
- {name: 示例戊, identity: 学生, leaves_on: "2027-07-01"}
maintenance: 自主维护
verified: 已认证
positioning: 学院教学科研动态
audience: [本院师生]
review: {mechanism: 三审三校, reviewer: 示例己}
status: 已备案
filings:
- form: 申请表
  filled_on: "2019-02-01"
  unit_opinion: {decision: 同意, signed_by: 示例甲, signed_on: "2019-02-03"}
  publicity_opinion: {decision: 同意, signed_by: 示例庚, signed_on: "2019-02-10"}
  year: "2019"
  serial: "12"
"""


def tree(source: str) -> Record:
    """Return YAML as plain data; it has to be clean."""
    parsed = parse(source.lstrip("\n").encode())
    assert parsed.tree is not None, parsed.faults
    assert not parsed.faults, parsed.faults
    return parsed.tree


def as_options(given: Record) -> list[str]:
    """Return a record as `--set field=value` options."""
    return [word for key, value in _flat(given, "") for word in ("--set", f"{key}={value}")]


def record(changes: Record | None = None) -> Record:
    """Return a valid 二级 record with changes merged in; an empty string takes a field away."""
    base = tree(COLLEGE)
    _merge(base, changes or {})
    return base


def platform(changes: Record | None = None) -> Platform:
    """Return the platform of such a record, at the path that its id and owner ask for."""
    made = record(changes)
    path = PurePosixPath("registry/platforms") / text(made, "owner") / f"{text(made, 'id')}.yaml"
    return Platform.of(path, made)


def context(
    policy: Record | None = None, today: date = TODAY, units: Record | None = None
) -> Context:
    """Return what rules may know: the units above, changed by id, and a policy."""
    listed = tree(UNITS)
    for unit in sequence(listed, "units"):
        if isinstance(unit, dict):
            _merge(unit, mapping(units or {}, text(unit, "id")))
    return Context(today, Policy.of(policy or {}), Units.of(listed))


def _merge(base: Record, changes: Record) -> None:
    for key, value in changes.items():
        old: Tree | None = base.get(key)
        if value == "":
            base.pop(key, None)
        elif isinstance(value, dict) and isinstance(old, dict):
            _merge(old, value)
        else:
            base[key] = copy.deepcopy(value)


def _flat(node: Record, prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{prefix}{key}", shown
