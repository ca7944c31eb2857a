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


TYPED = (
    Broken("级别写成数字", "tier: 二级", "tier: 2", (("QJ0008", 5, 7),), "二级"),
    Broken("级别多写了字", "tier: 二级", "tier: 二级平台", (("QJ0008", 5, 7),), "是否想写 二级"),
    Broken("类型用了简称", "微信公众号", "公众号", (("QJ0008", 3, 7),), "是否想写 微信公众号"),
    Broken("日期用点隔开", '"2019-03-01"', "2019.3.1", (("QJ0008", 9, 12),), '"2019-03-01"'),
    Broken("日期用汉字", '"2019-03-01"', "2019年3月1日", (("QJ0008", 9, 12),), '"2019-03-01"'),
    Broken("日期成了 Excel 的数", '"2019-03-01"', '"43525"', (("QJ0008", 9, 12),), '"2019-03-01"'),
    Broken("手机号少一位", "13800000000", "1380000000", (("QJ0008", 11, 30),), "10 个数字"),
    Broken("手机号带了 .0", "13800000000", "13800000000.0", (("QJ0008", 11, 30),), ".0"),
    Broken(
        "一栏写了两个手机号",
        "13800000000",
        "13800000000/13800000001",
        (("QJ0008", 11, 30),),
        "只写一个",
    ),
    Broken("引号是中文的", '"13800000000"', "“13800000000”", (("QJ0008", 11, 30),), "中文引号"),
    Broken("逗号是全角的", ", mobile", "，mobile", (("QJ0002", 11, 20),), "全角逗号"),
    Broken(
        "单位写了名称", "owner: math", "owner: 数学与统计学院", (("QJ0008", 6, 8),), "改为：math"
    ),
    Broken("单位的 id 写错", "owner: math", "owner: maths", (("QJ0011", 6, 8),), "是否想写 math"),
    Broken("字段名写了中文", "verified:", "认证:", (("QJ0006", 17, 1),), "是否想写 verified"),
    Broken("字段名大写", "name: 曲", "Name: 曲", (("QJ0006", 2, 1),), "是否想写 name"),
    Broken("认证写了 yes", "已认证", "yes", (("QJ0008", 17, 11),), "已认证、未认证"),
    Broken("值里又有冒号", "name: 曲", "name: 公告: 曲", (("QJ0002", 2, 9),), "双引号"),
    Broken("冒号后面没有空格", "tier: 二级", "tier:二级", (("QJ0002", 5, 6),), "空格"),
    Broken(
        "只写了字段名", "maintenance: 自主维护", "maintenance:", (("QJ0008", 16, 13),), "没有值"
    ),
    Broken(
        "网址没有协议", "account: qjnu_math", "url: www.example.cn", (("QJ0008", 4, 6),), "https"
    ),
    Broken("括号少了一个", "identity: 教师}", "identity: 教师", (("QJ0002", 14, 3),), "补上 }"),
    Broken(
        "两人的改动没有合好",
        "status: 已备案",
        "<<<<<<< HEAD\nstatus: 已备案\n=======\nstatus: 待审核\n>>>>>>> 改动",
        (("QJ0002", 21, 1),),
        "合并冲突",
    ),
    Broken(
        "备注里有身份证号码",
        "status: 已备案",
        "status: 已备案\nremarks: 身份证11010519491231002X",
        (("QJ0015", 22, 10),),
        "身份证",
    ),
    Broken(
        "注释里有手机号码",
        "status: 已备案",
        "status: 已备案  # 找示例丙，138 0000 0000",
        (("QJ0015", 21, 21),),
        "注释",
    ),
    Broken(
        "注释里有身份证号码",
        "status: 已备案",
        "# 证件 11010519491231002X\nstatus: 已备案",
        (("QJ0015", 21, 6),),
        "注释",
    ),
)
"""What else a clerk types: each one fault, with the way out."""
