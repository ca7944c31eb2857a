"""Which column of a ledger is which field of a record."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from qjmedia.errors import BadRequest
from qjmedia.model.nearest import nearest
from qjmedia.model.words import KINDS, short_forms
from qjmedia.store.outline import Field

UNIT, UNIT_KIND, SCHOOL = "@unit", "@unit_kind", "@school"
ADDRESS, REASON, LINE, NUMBER, FILED = "@address", "@reason", "@line", "@number", "@filed"
UNREAD = "@unread"
PASSED_OVER = frozenset({REASON, LINE, NUMBER, FILED})
"""Columns that say nothing of a platform, or what only the office itself enters."""
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
    "kind": "kind platform_kind 类型 平台类型 媒体类型 新媒体类型 账号类型 平台 类别 平台类别"
    " 媒体类别 账号类别",
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
    LINE: "原行号 原位置",
    NUMBER: "序号 no no.",
    FILED: "备案编号 备案日期 备案号 备案时间",
}  # fmt: skip
"""Headers by the field they stand for, folded as `fold` does."""

_OF_A_KIND = {
    "名称": "name", "名": "name", "昵称": "name",
    "账号": "account", "帐号": "account", "id": "account",
    "链接": "url", "网址": "url", "地址": "url", "主页": "url",
}  # fmt: skip
"""What stands behind a kind of platform in a head: 微信名称, 微博主页."""

LIKENESS = 0.75
SHORTEST_LIKE = 3
_PRIVATE = re.compile("身份证|证件|密码|口令")
_UNREAD = {"不读", "-", "忽略"}
_PARTS = {
    word: part
    for part, words in {
        "name": "姓名 名字",
        "mobile": "手机 手机号 手机号码 移动电话",
        "landline": "座机 办公电话 固定电话 办公座机 座机号码",
        "phone": "电话 联系电话 联系方式 电话号码",
        "post": "职务 职位 行政职务",
        "identity": "身份 类别",
        "leaves_on": "离任日期 毕业日期 离任时间",
    }.items()
    for word in words.split()
}
"""What stands in the lower row of a head, below a person's role."""
_ROLES = {
    MANAGER: {"name": MANAGER, "mobile": "manager.mobile", "landline": "manager.landline",
              "phone": MANAGER_PHONE},
    SUPERVISOR: {"name": SUPERVISOR, "mobile": "supervisor.mobile",
                 "landline": "supervisor.landline", "phone": SUPERVISOR_PHONE},
    ACCOUNTABLE: {"name": ACCOUNTABLE, "post": "accountable.post"},
    OPERATORS: {"name": OPERATORS, "mobile": OPERATORS_MOBILE, "phone": OPERATORS_MOBILE,
                "identity": "operators[].identity", "leaves_on": "operators[].leaves_on"},
}  # fmt: skip


class Head(NamedTuple):
    """A column as the file shows it.

    Attributes:
        letter: what the spreadsheet calls it.
        upper: what stands above it; in a head of two rows the upper one.
        lower: the lower row of such a head, "" otherwise.
    """

    letter: str
    upper: str
    lower: str = ""

    @property
    def name(self) -> str:
        """The head in one line."""
        if self.lower in {"", self.upper}:
            return self.upper
        return f"{self.upper} {self.lower}".strip()


class Column(NamedTuple):
    """A column of the file and the field or role (beginning with @) that it stands for.

    Attributes:
        meant: the known word that the header is only like, "" where it is one itself.
    """

    header: str
    target: str
    letter: str = ""
    meant: str = ""


class Columns(NamedTuple):
    """The columns that are read, and the headers of those that are not."""

    known: tuple[Column, ...]
    ignored: tuple[str, ...]
    letters: Mapping[str, str]

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

    def header(self, column: str) -> str:
        """Return the header of what is to blame: a header already, a target or a field."""
        return column if column in self.letters else self.of(column) or self.of_field(column)


_SOURCES = {
    "account": (ADDRESS,),
    "url": (ADDRESS,),
    "owner": (UNIT,),
    "opened_by": (UNIT_KIND, UNIT),
    "steward": (UNIT,),
    "tier": (UNIT_KIND,),
}


class Vocabulary:
    """Every word that a column of a ledger may be headed by."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        """Know the fields of the registry's schema beside the aliases of all ledgers."""
        self._fields = fields
        self._words = _words(fields)

    def target(self, head: str) -> str | None:
        """Return what a header stands for; None if it is not known."""
        folded = fold(head)
        # 负责人（姓名）, *媒体名称, 开通日期（年-月-日）
        bare = re.sub(r"[(\[【].*?[)\]】]", "", folded).strip("*:※")
        found = self._words.get(folded) or self._words.get(bare)
        dotted = head.strip()
        upper, _, lower = dotted.rpartition(" ")
        if (
            found is None and upper
        ):  # two rows of a head in one, as a sheet of rows to mend has them
            found = self.of_two(upper, lower)
        if found is None and re.fullmatch(r"operators\.\d+\.\w+", dotted):
            found = dotted if re.sub(r"\.\d+", "[]", dotted) in self._fields else None
        return found

    def of_two(self, upper: str, lower: str) -> str | None:
        """Return what the two rows of a head stand for together: 负责人 above 手机."""
        if not lower or not upper:
            return self.target(upper or lower)
        role = self.target(upper) or self.target(re.sub(r"(?:信息|情况|基本)+$", "", fold(upper)))
        part = _PARTS.get(fold(lower), "")
        if role in _ROLES and part:
            return _ROLES[role].get(part)
        is_general = re.search(r"(?:信息|情况|平台|账号|概况|资料)$", fold(upper)) is not None
        return self.target(f"{upper}{lower}") or (self.target(lower) if is_general else None)

    def likely(self, head: str) -> tuple[str, str] | None:
        """Return the one known word that a header is much like, and what it stands for."""
        folded = fold(head)
        if _PRIVATE.search(folded) or len(folded) < SHORTEST_LIKE:
            return None
        near = nearest(folded, self._words, cutoff=LIKENESS)
        if near is None or SequenceMatcher(None, folded, near).ratio() < LIKENESS:
            return None
        return near, self._words[near]

    def named(self, wanted: str) -> str:
        """Return the field that `--map` asks for.

        Raises:
            BadRequest: there is none.
        """
        if fold(wanted) in _UNREAD:
            return UNREAD
        target = self.target(wanted)
        if target is None:
            near = nearest(wanted, self._words)
            hint = f"是否想写 {near}？" if near else "例：--map 主管=manager.name"
            raise BadRequest(f"没有“{wanted}”这个字段", hint=hint)
        return target


def columns(heads: Sequence[Head], words: Vocabulary, mapping: Mapping[str, str]) -> Columns:
    """Find the field of every column; `mapping` gives it by header or by letter.

    A header that is only like a known word is taken for it where no other column claims the same.

    Raises:
        BadRequest: two columns stand for one field.
    """
    known: dict[str, Column] = {}
    unsure: list[Head] = []
    ignored: list[str] = []
    for head in heads:
        wanted = _wanted(head, mapping)
        target = words.named(wanted) if wanted else words.of_two(head.upper, head.lower)
        if target is None:
            unsure.append(head)
        elif target == UNREAD:
            ignored.append(head.name)
        elif target in known and target not in PASSED_OVER:
            raise BadRequest(
                f"“{known[target].header}”（{known[target].letter} 列）和“{head.name}”"
                f"（{head.letter} 列）说的是同一个字段",
                hint=f"删去一列；或用 --map {head.letter}=字段 指明 {head.letter} 列是什么"
                f"（不读就写 --map {head.letter}=不读）",
            )
        else:
            known[target] = Column(head.name, target, head.letter)
    guesses = {head: words.likely(head.name) for head in unsure}
    claims = Counter(guess[1] for guess in guesses.values() if guess)
    for head, guess in guesses.items():
        if guess and claims[guess[1]] == 1 and guess[1] not in known:
            known[guess[1]] = Column(head.name, guess[1], head.letter, guess[0])
        else:
            ignored.append(head.name)
    return Columns(tuple(known.values()), tuple(ignored), {h.name: h.letter for h in heads})


def word_for(target: str) -> str:
    """Return how a mapping file calls a field: the usual head of its column."""
    aliases = ALIASES.get(target, "").split()
    return next((alias for alias in aliases if not alias.isascii()), target)


def header_named(typed: str, heads: Iterable[Head], words: Vocabulary) -> str | None:
    """Return the header that `typed` means: itself, its letter, or another word for its field."""
    target = words.target(typed)
    for head in heads:
        same = target is not None and words.of_two(head.upper, head.lower) == target
        if same or fold(head.name) == fold(typed) or head.letter == typed.upper():
            return head.name
    return None


def no_column(typed: str, headers: Iterable[str]) -> BadRequest:
    """Return the refusal of an option that names a column which no sheet has."""
    headers = tuple(headers)
    near = nearest(typed, headers)
    hint = f"是否想写“{near}”？" if near else f"文件里的列：{'、'.join(headers)}"
    return BadRequest(f"文件里没有“{typed}”这一列", hint=hint)


def fold(header: str) -> str:
    """Return a header without what does not count: spaces, case, full width."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return "".join(plain.split())


def _wanted(head: Head, mapping: Mapping[str, str]) -> str:
    own = fold(head.name)
    by_name = next((field for name, field in mapping.items() if fold(name) == own), "")
    return by_name or mapping.get(head.letter, "")


def _words(fields: Mapping[str, Field]) -> dict[str, str]:
    """Return the target of every header known: aliases, dotted paths, Chinese titles."""
    own = {key: field for key, field in fields.items() if not key.startswith("filings")}
    titles = Counter(field.title for key, field in own.items() if not key.endswith("[]"))
    words: dict[str, str] = {}
    for key, field in own.items():
        parent = own.get(key.rpartition(".")[0])
        target = f"@{key}" if f"@{key}" in ALIASES else key
        words[fold(key)] = target
        words.setdefault(fold((parent.title if parent else "") + field.title), target)
        if titles[field.title] == 1:
            words.setdefault(fold(field.title), target)
    for kind in (*KINDS, *short_forms(KINDS)):
        words.update((fold(f"{kind}{part}"), target) for part, target in _OF_A_KIND.items())
    words.update(
        (fold(alias), target) for target, aliases in ALIASES.items() for alias in aliases.split()
    )
    return words
