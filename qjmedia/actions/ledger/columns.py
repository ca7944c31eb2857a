"""Which column of a ledger is which field of a record."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from qjmedia.errors import BadRequest
from qjmedia.model.nearest import nearest
from qjmedia.store.outline import Field

UNIT, UNIT_KIND, SCHOOL = "@unit", "@unit_kind", "@school"
ADDRESS, REASON, LINE = "@address", "@reason", "@line"
MANAGER, SUPERVISOR, ACCOUNTABLE, OPERATORS = (
    "@manager",
    "@supervisor",
    "@accountable",
    "@operators",
)
MANAGER_PHONE, SUPERVISOR_PHONE = "@manager.phone", "@supervisor.phone"
OPERATORS_MOBILE = "operators[].mobile"
STATUS = "status"

ALIASES = {
    "id": "id 登记编号 平台编号",
    "name": "name 媒体名称 名称 平台名称 账号名称 账号名 公众号名称 群名 群名称 新媒体名称",
    "kind": "kind platform_kind 类型 平台类型 媒体类型 新媒体类型 账号类型 平台 类别",
    "account": "account 账号 帐号 微信号 群号 微信id 微博id uid 平台账号 账号id qq号 原始id",
    "url": "url 链接 链接地址 网址 地址 媒体链接 主页 主页地址",
    ADDRESS: "account_or_url 媒体链接地址或账号 链接地址或账号 账号或链接 链接或账号 账号/链接",
    UNIT: "unit owner 所属单位 单位 所在单位 主办单位 建设单位 运营单位 部门 主管单位 所属部门",
    UNIT_KIND: "unit_kind 单位类别 单位类型 单位性质 主体类型",
    SCHOOL: "university school 学校 高校 学校名称",
    "tier": "tier 级别 等级 平台级别 层级",
    MANAGER: "manager 负责人 负责人及联系方式 平台负责人 负责人姓名",
    MANAGER_PHONE: "负责人电话 负责人联系电话 负责人联系方式 联系电话 电话 联系方式 负责人电话号码",
    "manager.mobile": "手机 手机号 负责人手机 负责人手机号 手机号码",
    "manager.landline": "座机 负责人座机 办公电话 负责人办公电话 固定电话",
    SUPERVISOR: "supervisor 分管领导 分管领导及联系方式 分管负责人 分管领导姓名",
    SUPERVISOR_PHONE: "分管领导电话 分管领导联系电话 分管领导联系方式",
    "supervisor.mobile": "分管领导手机 分管领导手机号",
    "supervisor.landline": "分管领导座机 分管领导办公电话",
    ACCOUNTABLE: "accountable 第一责任人 第一责任人姓名 责任人",
    "accountable.post": "第一责任人职务 责任人职务",
    OPERATORS: "operators 管理员 后台管理人员 后台管理员 管理人员 运营人员 群主 管理员姓名",
    OPERATORS_MOBILE: "管理员手机 管理员电话 后台管理人员手机 管理人员手机 管理员手机号",
    "operators[].identity": "管理员身份 后台管理人员身份",
    "operators[].leaves_on": "管理员离任日期 离任日期 毕业日期",
    "maintenance": "maintenance 维护方式 运营方式",
    "verified": "verified 认证 是否认证 认证情况 认证状态",
    "opened_on": "opened_on 开通日期 开通时间 注册时间 开设时间 创建时间 注册日期",
    "opened_by.kind": "开通名义 开通类别 主体类别",
    "opened_by.name": "创建人 开通人 注册主体 账号主体",
    "steward": "steward 归口单位 归口",
    "positioning": "positioning 定位 平台定位 功能定位 主要内容",
    "audience": "audience 服务对象 受众",
    "review.mechanism": "审核机制 审核制度 发布审核",
    "review.reviewer": "审核人 审核人姓名 内容审核人",
    STATUS: "status 状态 备案状态",
    "remarks": "remarks 备注 说明",
    REASON: "原因",
    LINE: "原行号",
}  # fmt: skip
"""Headers by the field they stand for, folded as `_fold` does."""


class Column(NamedTuple):
    """A column of the file and the field or role (beginning with @) that it stands for."""

    header: str
    target: str


class Columns(NamedTuple):
    """The columns that are read, and the headers of those that are not."""

    known: tuple[Column, ...]
    ignored: tuple[str, ...]

    def of(self, target: str) -> str:
        """Return the header of the column that stands for `target`, "" if there is none."""
        return next((each.header for each in self.known if each.target == target), "")

    def of_field(self, field: str) -> str:
        """Return the header of the column that a field's value most likely came from."""
        for target in (field, *_SOURCES.get(field.partition(".")[0], ())):
            if header := self.of(target):
                return header
        head = field.partition(".")[0].partition("[")[0]
        near = (each.header for each in self.known if each.target.lstrip("@").startswith(head))
        return next(near, "")


_SOURCES = {
    "account": (ADDRESS,),
    "url": (ADDRESS,),
    "owner": (UNIT,),
    "opened_by": (UNIT_KIND, UNIT),
    "steward": (UNIT,),
    "tier": (UNIT_KIND,),
}


def columns(
    headers: Iterable[str], fields: Mapping[str, Field], renamed: Mapping[str, str]
) -> Columns:
    """Find the field of every column; `renamed` gives it for headers that say it otherwise.

    Raises:
        BadRequest: two columns stand for one field, or `renamed` names what is not there.
    """
    known: dict[str, Column] = {}
    ignored = []
    headers = tuple(headers)
    _refuse_absent(renamed, headers)
    words = _words(fields)
    for header in headers:
        wanted = renamed.get(header)
        target = _target(wanted if wanted is not None else header, words, fields)
        if target is None and wanted is not None:
            raise _no_field(wanted, words)
        if target is None:
            ignored.append(header)
        elif target in known:
            raise BadRequest(
                f"“{known[target].header}”和“{header}”两列说的是同一个字段",
                hint="删去一列；或用 --map 列名=字段 指明其中一列是什么",
            )
        else:
            known[target] = Column(header, target)
    return Columns(tuple(known.values()), tuple(ignored))


def header_named(typed: str, headers: Iterable[str], fields: Mapping[str, Field]) -> str:
    """Return the header that `typed` means: as it stands, or another word for the same field.

    Raises:
        BadRequest: there is no such column.
    """
    headers = tuple(headers)
    words = _words(fields)
    target = _target(typed, words, fields)
    for header in headers:
        same = target is not None and _target(header, words, fields) == target
        if same or _fold(header) == _fold(typed):
            return header
    raise _no_column(typed, headers)


def _words(fields: Mapping[str, Field]) -> dict[str, str]:
    """Return the target of every header known: aliases, dotted paths, Chinese titles."""
    own = {key: field for key, field in fields.items() if not key.startswith("filings")}
    titles = Counter(field.title for key, field in own.items() if not key.endswith("[]"))
    words: dict[str, str] = {}
    for key, field in own.items():
        parent = own.get(key.rpartition(".")[0])
        target = f"@{key}" if f"@{key}" in ALIASES else key
        words[_fold(key)] = target
        words.setdefault(_fold((parent.title if parent else "") + field.title), target)
        if titles[field.title] == 1:
            words.setdefault(_fold(field.title), target)
    words.update(
        (_fold(alias), target) for target, aliases in ALIASES.items() for alias in aliases.split()
    )
    return words


def _target(header: str, words: Mapping[str, str], fields: Mapping[str, Field]) -> str | None:
    folded = _fold(header)
    # 负责人（姓名）, *媒体名称, 开通日期（年-月-日）
    bare = re.sub(r"[(\[【].*?[)\]】]", "", folded).strip("*:※")
    found = words.get(folded) or words.get(bare)
    dotted = header.strip()
    if found is None and re.fullmatch(r"operators\.\d+\.\w+", dotted):
        found = dotted if re.sub(r"\.\d+", "[]", dotted) in fields else None
    return found


def _fold(header: str) -> str:
    plain = unicodedata.normalize("NFKC", header).casefold()
    return "".join(plain.split())


def _refuse_absent(renamed: Mapping[str, str], headers: tuple[str, ...]) -> None:
    for name in renamed:
        if name not in headers:
            raise _no_column(name, headers)


def _no_column(typed: str, headers: tuple[str, ...]) -> BadRequest:
    near = nearest(typed, headers)
    hint = f"是否想写“{near}”？" if near else f"文件里的列：{'、'.join(headers)}"
    return BadRequest(f"文件里没有“{typed}”这一列", hint=hint)


def _no_field(typed: str, words: Mapping[str, str]) -> BadRequest:
    near = nearest(typed, words)
    hint = f"是否想写 {near}？" if near else "例：--map 主管=manager.name"
    return BadRequest(f"没有“{typed}”这个字段", hint=hint)
