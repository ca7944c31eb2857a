"""Thirteen ways to break a record that clerks know, and what is said of each."""

from typing import NamedTuple

import make
import samples

from qjmedia.model.finding import Finding

WHOLE = make.COLLEGE.lstrip()
SUPERVISOR = next(line for line in WHOLE.splitlines(keepends=True) if "supervisor" in line)


class Broken(NamedTuple):
    """A valid record with `old` replaced by `new`, and where which fault is found."""

    what: str
    old: str
    new: str
    faults: tuple[tuple[str, int, int], ...]
    cause: str
    encoding: str = "utf-8"

    def findings(self) -> tuple[Finding, ...]:
        """Return what the whole check says."""
        assert self.old in WHOLE
        text = WHOLE.replace(self.old, self.new, 1)
        path = samples.path_of(make.record())
        return samples.findings(samples.registry() | {path: text.encode(self.encoding)})


BROKEN = (
    Broken("缺少必填的字段", "maintenance: 自主维护\n", "", (("QJ0007", 1, 1),), "维护方式"),
    Broken("写了没有的词", "status: 已备案", "status: 己备案", (("QJ0008", 21, 9),), "已备案"),
    Broken("字段名写错", "reviewer: 示例己", "reviewr: 示例己", (("QJ0006", 20, 27),), "reviewer"),
    Broken("引号没有关上", '"2019-03-01"', '"2019-03-01', (("QJ0002", 9, 12),), "引号没有配对"),
    Broken(
        "同一个字段写了两次",
        "status: 已备案",
        "status: 已备案\nverified: 未认证",
        (("QJ0004", 22, 1),),
        "第 17 行",
    ),
    Broken("用了 Tab 缩进", "- {name: 示例丁", "\t- {name: 示例丁", (("QJ0002", 14, 1),), "Tab"),
    Broken("手机号没有加引号", '"13800000000"', "13800000000", (("QJ0005", 11, 30),), "引号"),
    Broken("文件存成了 GBK", "status", "status", (("QJ0001", 2, 7),), "GBK", "gbk"),
    Broken("文件是空的", WHOLE, "", (("QJ0002", 1, 1),), "空"),
    Broken("按级别要有的没有", SUPERVISOR, "", (("QJ0704", 1, 1),), "tier 为 二级"),
    Broken("冒号是全角的", "status: 已备案", "status：已备案", (("QJ0002", 21, 7),), "全角冒号"),
    Broken(
        "两处错误",
        "kind: 微信公众号\naccount: qjnu_math\ntier: 二级",
        "kind: 微信公从号\naccount: qjnu_math\ntier: 2级",
        (("QJ0008", 3, 7), ("QJ0008", 5, 7)),
        "微信公从号",
    ),
    Broken("没有这一天", '"2019-03-01"', '"2019-02-30"', (("QJ0008", 9, 12),), "不是真有的日期"),
)
