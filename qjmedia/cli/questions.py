"""What is asked of a new platform, in the order in which a clerk thinks; each tier only its own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from qjmedia.actions.check import Judge
from qjmedia.actions.derive import derive, slug
from qjmedia.actions.fields import SEPARATORS, Assignment, apply
from qjmedia.actions.neighbours import neighbours
from qjmedia.cli.answers import Answers, Reader, WrongAnswerError, address, day, half_width, phone
from qjmedia.cli.answers import visible as plain_text
from qjmedia.cli.ask import Choice, Word
from qjmedia.model.finding import Finding, Severity
from qjmedia.model.nearest import nearest
from qjmedia.model.platform import Person, Platform
from qjmedia.model.tree import Record, Tree, mapping, text
from qjmedia.model.unit import Unit, Units
from qjmedia.model.words import GROUP_KINDS, PUBLICITY, FormKind, OpenerKind, Tier, UnitKind
from qjmedia.store import edit
from qjmedia.store.files import Files
from qjmedia.store.layout import PLATFORMS, is_record, platform_path
from qjmedia.store.outline import Field
from qjmedia.store.yaml import parse

SCHOOL, PERSON = OpenerKind.SCHOOL.value, OpenerKind.PERSON.value
STUDENT = "学生"
PLACEHOLDER = "qjmedia-new-platform"
"""The id of a record that has none yet, while its answers are judged."""
MOST_OPERATORS = 50


class Need(Enum):
    """What happens where a question is left open."""

    MUST = "there is no record without it"
    DRAFT = "the record stays a draft"
    OPEN = "nothing"


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        key: the dotted path of its field.
        about: what `?` tells.
        right: what a value of the right form is.
        lack: what is said where it is left open but needed.
    """

    key: str
    title: str
    need: Need = Need.DRAFT
    about: str = ""
    example: str = ""
    right: str = ""
    lack: str = ""
    choices: tuple[Choice, ...] = ()
    words: tuple[Word, ...] = ()
    default: str = ""
    reader: Reader = plain_text

    @property
    def field(self) -> str:
        """The field's name in the schema: operators[].name."""
        head, _, rest = self.key.partition(".")
        return f"operators[].{rest.partition('.')[2]}" if head == "operators" else self.key


ACCOUNTS: Mapping[str, tuple[str, str, str]] = {
    "微信公众号": ("微信号", "qjnu_math", "在公众号后台的账号详情里；也可写原始 ID（gh_ 开头）"),
    "QQ": ("QQ 号", "10000000", "只写数字"),
    "QQ群": ("群号", "100000000", "只写数字，群名写在名称"),
    "QQ空间": ("QQ 号", "10000000", "只写数字"),
    "哔哩哔哩": ("UID", "100000000", "在个人空间网址的末尾，只写数字"),
    "小程序": ("AppID", "wx0000000000000000", "在小程序后台的开发设置里；也可写原始 ID"),
    "微博": ("微博号", "qjnu_math", "微博网址末尾的一段，不是昵称"),
    "抖音": ("抖音号", "qjnu_math", "在抖音主页，不是昵称"),
    "快手": ("快手号", "qjnu_math", "在快手主页，不是昵称"),
    "小红书": ("小红书号", "100000000", "在小红书主页，不是昵称"),
}  # fmt: skip
"""By kind: what the account is called there, an example, where it is found."""
WITHOUT_ACCOUNT = frozenset({"微信群", "网站"})
WITHOUT_URL = frozenset({"微信群", "QQ群"})
ON_CAMPUS = frozenset({"APP", "网站"})
"""第十四条: they need the IT centre's reference."""

_OPENERS: Mapping[UnitKind, tuple[OpenerKind, ...]] = {
    UnitKind.COLLEGE: (
        OpenerKind.COLLEGE, OpenerKind.CLASS, OpenerKind.LEAGUE, OpenerKind.CLUB,
    ),
    UnitKind.DEPARTMENT: (OpenerKind.DEPARTMENT, OpenerKind.LEAGUE, OpenerKind.CLUB),
    UnitKind.SERVICE: (OpenerKind.SERVICE, OpenerKind.LEAGUE, OpenerKind.CLUB),
    UnitKind.MASS: (OpenerKind.DEPARTMENT, OpenerKind.LEAGUE, OpenerKind.CLUB),
    UnitKind.STUDENT: (OpenerKind.LEAGUE, OpenerKind.CLUB),
}  # fmt: skip
_LEADS_TO: Mapping[OpenerKind, str] = {
    OpenerKind.SCHOOL: "一级平台，宣传部直接管理",
    OpenerKind.COLLEGE: "二级平台，填表报宣传部备案",
    OpenerKind.DEPARTMENT: "二级平台，填表报宣传部备案",
    OpenerKind.SERVICE: "二级平台，填表报宣传部备案",
    OpenerKind.CLASS: "三级平台，归口所在学院",
    OpenerKind.LEAGUE: "三级平台，归口校团委",
    OpenerKind.CLUB: "三级平台，归口校团委",
    OpenerKind.PERSON: "工作群，或登记在个人名下的平台",
}
_UNIT_OPENERS = frozenset({OpenerKind.COLLEGE, OpenerKind.DEPARTMENT, OpenerKind.SERVICE})


class Known(NamedTuple):
    """A person as the unit's other records know them."""

    mobile: str = ""
    landline: str = ""
    identity: str = ""


class Facts:
    """What the registry says that questions depend on; read once."""

    def __init__(self, files: Files, today: date) -> None:
        """Take the registry at one revision."""
        self.files = files
        self.today = today
        self.judge = Judge(files, today)
        self._previous: dict[str, Platform] = {}

    @property
    def units(self) -> Units:
        """The units."""
        return self.judge.context.units

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What the schema says of each field."""
        return self.judge.schema.fields()

    @cached_property
    def unit_words(self) -> tuple[Word, ...]:
        """The units as words to complete; pinyin and initials count."""
        return tuple(
            Word(unit.name, (unit.id, *unit.short, slug(unit.name), initials(unit.name)),
                 " ".join((unit.id, *unit.short)))
            for unit in self.units if not unit.merged_into
        )  # fmt: skip

    def previous(self, owner: str) -> Platform:
        """Return the unit's youngest other platform; an empty one where there is none."""
        if owner not in self._previous:
            folder = PLATFORMS / owner
            paths = [p for p in self.files.paths(folder) if is_record(p)] if owner else []
            trees = ((path, parse(data).tree) for path, data in self.files.read_all(paths))
            found = [Platform.of(path, tree) for path, tree in trees if tree is not None]
            found.sort(key=lambda each: each.opened_on or date.min)
            self._previous[owner] = found[-1] if found else Platform(PurePosixPath(), {})
        return self._previous[owner]

    def completed(self, record: Record) -> Record:
        """Return a record with what follows from it, as a draft under a stand-in id."""
        given = {"id": PLACEHOLDER, **record}
        derived, _ = derive(given, self.judge.context, (), draft=True)
        return derived

    def errors(self, record: Record, before: Record | None = None) -> list[Finding]:
        """Return what is wrong with a record as far as it goes.

        Other records are looked at where an account or link is in `record` but not in `before`.
        """
        full = self.judge.schema.arranged(self.completed(record))
        path = platform_path(text(full, "owner") or PUBLICITY, text(full, "id"))
        verdict = self.judge.record(path, edit.dump(full))
        found = [*verdict.findings]
        if verdict.platform is not None and before is not None:
            beside = neighbours(self.files, record, before)
            together = self.judge.together((verdict.platform, *beside))
            found += (each for each in together if each.path == str(path))
        return [each for each in found if each.severity is Severity.ERROR]


def initials(name: str) -> str:
    """Return the first letters of a name in pinyin: 数学学院 gives "sxxy"."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))


def questions(answers: Answers, facts: Facts) -> Iterator[Question]:
    """Yield the questions that these answers lead to.

    What comes behind an open question may be wrong: ask, then call again.
    """
    yield from _whose(answers, facts)
    yield from _what(answers, facts)
    form = _Form(answers, facts)
    yield from form.people()
    yield from form.operators()
    yield from form.practice()


def pending(answers: Answers, facts: Facts) -> Question | None:
    """Return the first question without an answer that it could have; None: all is said."""
    return next((each for each in questions(answers, facts) if not _fits(each, answers)), None)


def answered(answers: Answers, facts: Facts) -> list[Question]:
    """Return the questions that are answered, up to the first that is not."""
    found = []
    for question in questions(answers, facts):
        if not _fits(question, answers):
            break
        found.append(question)
    return found


def open_ones(answers: Answers, facts: Facts) -> list[Question]:
    """Return the questions that were left open and make the record a draft."""
    return [q for q in answered(answers, facts) if q.need is Need.DRAFT and not answers[q.key]]


def record_of(answers: Answers, facts: Facts) -> Record:
    """Return the record that the answers make; derived fields are not in it."""
    said = {q.key: answers[q.key] for q in answered(answers, facts) if answers[q.key]}
    if "id" in answers:
        said["id"] = answers["id"]
    people = _operators(said)
    record: Record = dict(_opened(said, facts))
    wanted = []
    for key, value in said.items():
        if key in {"unit", "owner", "opened_by.kind"} or key.startswith("operators."):
            continue
        whole: Tree = value
        if f"{key}[]" in facts.fields:
            whole = [*dict.fromkeys(filter(None, SEPARATORS.split(value)))]
        wanted.append(Assignment(tuple(key.split(".")), whole))
    if people:
        wanted.append(Assignment(("operators",), people))
    return apply(record, wanted)


def read(question: Question, typed: str, facts: Facts) -> str:
    """Return the value that a typed answer stands for, "" for none.

    Raises:
        WrongAnswerError: it is none; the message says what would be right.
    """
    value = question.reader(typed)
    field = facts.fields.get(question.field)
    if not value or field is None:
        return value
    import re

    if field.pattern and not re.search(field.pattern, value):
        example = f"，例：{question.example}" if question.example else ""
        right = question.right or field.description
        raise WrongAnswerError(f"{question.title}写法不对：{right}{example}")
    if field.max_length and len(value) > field.max_length:
        raise WrongAnswerError(f"太长：{len(value)} 字，最多 {field.max_length} 字")
    return value


def _fits(question: Question, answers: Answers) -> bool:
    value = answers.get(question.key)
    if value is None or (question.need is Need.MUST and not value):
        return False
    return not question.choices or value in {choice.value for choice in question.choices}


# Whose platform it is: the unit, and in whose name


def _whose(answers: Answers, facts: Facts) -> Iterator[Question]:
    words = (
        *facts.unit_words,
        Word(SCHOOL, ("xuexiao",), "学校官方平台"),
        Word(PERSON, ("geren",), "师生个人建立的工作群等"),
    )
    yield Question(
        "unit", "哪个单位的平台", Need.MUST,
        about="写单位的全称、简称、id 或拼音。学校官方平台写“学校”；师生个人建立的工作群写“个人”。",
        example=_an_example(facts.units), words=words, reader=_unit_reader(words),
    )  # fmt: skip
    said = answers.get("unit", "")
    if said == PERSON:
        yield Question(
            "owner", "创建人所在单位", Need.MUST,
            about="工作群纳入创建人所在单位管理（第六条）。",
            words=facts.unit_words, reader=_unit_reader(facts.unit_words),
        )  # fmt: skip
    elif said != SCHOOL:
        openers = tuple(_choice(kind) for kind in _openers(facts.units.named(said)))
        yield Question(
            "opened_by.kind", "以谁的名义开通", Need.MUST,
            about="第五条按开通名义分一、二、三级；个人名义的按第六条。",
            choices=openers, default=openers[0].value,
        )  # fmt: skip
    yield from _opener_name(answers)


def _opener_name(answers: Answers) -> Iterator[Question]:
    opener = _opener(answers)
    example = {
        OpenerKind.CLASS: ("班级全称", "数学与应用数学专业 2023 级 1 班"),
        OpenerKind.LEAGUE: ("团学组织全称", "数学与统计学院团委"),
        OpenerKind.CLUB: ("社团全称", "数学建模协会"),
        OpenerKind.PERSON: ("创建人（注册人）姓名", "示例甲"),
    }
    if opener in example:
        title, shown = example[opener]
        yield Question("opened_by.name", title, example=shown, about="以谁的名义，就写谁的全称。")


def _openers(unit: Unit | None) -> tuple[OpenerKind, ...]:
    kind = unit.kind if unit else None
    own = _OPENERS[kind] if kind else tuple(OpenerKind)[1:-1]
    first = (OpenerKind.SCHOOL,) if unit and unit.id == PUBLICITY else ()
    return (*first, *own, OpenerKind.PERSON)


def _opener(answers: Answers) -> OpenerKind | None:
    said = answers.get("unit", "")
    word = said if said in {SCHOOL, PERSON} else answers.get("opened_by.kind", "")
    return OpenerKind(word) if word else None


def _opened(said: Mapping[str, str], facts: Facts) -> Record:
    opener = _opener({**said})
    unit = facts.units.named(said.get("owner") or said.get("unit", ""))
    if opener is OpenerKind.SCHOOL:
        return {"opened_by": {"kind": SCHOOL, "name": facts.judge.context.policy.school}}
    record: Record = {"owner": unit.id} if unit else {}
    if opener is not None:
        record["opened_by"] = {"kind": opener.value}
        if opener in _UNIT_OPENERS and unit is not None:
            record["opened_by"] = {"kind": opener.value, "name": unit.name}
    return record


def _choice(kind: OpenerKind) -> Choice:
    return Choice(kind.value, f"{kind}（{_LEADS_TO[kind]}）")


def _an_example(units: Units) -> str:
    found = next((unit for unit in units if unit.kind is UnitKind.COLLEGE), None)
    return (found.short or (found.name,))[0] if found else "宣传部"


def _unit_reader(words: tuple[Word, ...]) -> Reader:
    def read_unit(typed: str) -> str:
        value = plain_text(typed)
        exact = [word for word in words if value in {word.text, *word.also[:-2]}]
        found = exact[:1] or [word for word in words if value and word.means(value)]
        if len(found) == 1 or not value:
            return found[0].text if value else ""
        if found:
            shown = "、".join(word.text for word in found[:6])
            raise WrongAnswerError(f"有几个单位都像“{value}”：{shown}。请写得更全")
        near = nearest(value, (word.text for word in words))
        hint = (
            f"是否想写 {near}？"
            if near
            else "全部单位：qjmedia unit list；新单位：qjmedia unit add"
        )
        raise WrongAnswerError(f"没有“{value}”这个单位。{hint}", near or "")

    return read_unit


# What it is: kind, name, address, day


def _what(answers: Answers, facts: Facts) -> Iterator[Question]:
    kinds = facts.fields["kind"].choices
    yield Question(
        "kind", "类型", Need.MUST, choices=tuple(map(Choice, kinds)),
        about="平台的类型；不在其中的选“其他”，并在备注中说明。",
    )  # fmt: skip
    kind = answers.get("kind", "")
    if _opener(answers) is OpenerKind.PERSON and kind not in GROUP_KINDS:
        yield _personal_tier()
    if kind == "QQ群" or kind in GROUP_KINDS:
        yield Question("name", "群名", Need.MUST, example="数学学院教师工作群")
    else:
        yield Question(
            "name", "媒体名称", Need.MUST, example="曲靖师范学院数学学院",
            about="平台上显示的名称，照原样写。",
        )  # fmt: skip
    yield from _address(answers)
    yield Question(
        "opened_on", "开通日期", example="2019-03-01", reader=day(facts.today),
        about="平台开通的那一天，决定填登记表还是申请表。写 2019-03-01、2019.3.1、2019年3月1日"
        "都可以；今天开通的写“今天”。",
    )  # fmt: skip


def _personal_tier() -> Question:
    return Question(
        "tier", "作为谁的信息平台运行", Need.MUST,
        choices=(
            Choice(Tier.UNIT.value, "学院、部门的（二级平台，填表报宣传部备案）"),
            Choice(Tier.STUDENT.value, "班级、团学组织、社团的（三级平台）"),
        ),
        about="第二条：登记在个人名下、作为单位信息平台运行的，也要登记。只发个人信息的账号不用登记，"
        "但名称不得以校名开头（第六条）。",
    )  # fmt: skip


def _address(answers: Answers) -> Iterator[Question]:
    kind = answers.get("kind", "")
    if kind not in WITHOUT_ACCOUNT:
        title, example, where = ACCOUNTS.get(kind, ("账号", "", ""))
        yield Question(
            "account", title, Need.DRAFT if kind == "QQ群" else Need.OPEN, example=example,
            about=f"{where or '平台上的账号'}。账号和链接至少填一项。", reader=half_width,
        )  # fmt: skip
    if kind not in WITHOUT_URL:
        alone = not answers.get("account")
        yield Question(
            "url", "链接", Need.DRAFT if alone else Need.OPEN, example="https://weibo.com/qjnu",
            about="浏览器里打开它的完整网址。账号和链接至少填一项。", reader=address,
            lack="账号、链接至少要有一项",
            right="要以 http:// 或 https:// 开头，中间没有空格",
        )  # fmt: skip


# Who answers for it, who runs it, and how


class _Form:
    """The questions behind the tier, which is known by now."""

    def __init__(self, answers: Answers, facts: Facts) -> None:
        self.answers = answers
        self.facts = facts
        so_far = _opened(answers, facts)
        if answers.get("tier") and _opener(answers) is OpenerKind.PERSON:
            so_far["tier"] = answers["tier"]
        so_far["kind"] = answers.get("kind", "")
        self.record = facts.completed(so_far)
        self.tier = text(self.record, "tier")
        self.owner = text(self.record, "owner")
        self.unit = facts.units.get(self.owner)
        self.before = facts.previous(self.owner)

    def people(self) -> Iterator[Question]:
        creator = self.answers.get("opened_by.name", "")
        is_personal = _opener(self.answers) is OpenerKind.PERSON
        yield from self._reachable("manager", "负责人", creator if is_personal else "")
        if self.tier == Tier.UNIT:
            before = self.before.supervisor
            yield from self._reachable("supervisor", "分管领导", before.name)
            yield from self._accountable()

    def operators(self) -> Iterator[Question]:
        is_group = self.tier == Tier.WORK_GROUP
        last = max((i for i in range(MOST_OPERATORS) if self._said(i, "name")), default=-1)
        for index in range(min(last + 2, MOST_OPERATORS)):
            yield self._operator_name(index, is_group=is_group)
            if not self._said(index, "name"):
                continue
            yield from self._operator(index)

    def practice(self) -> Iterator[Question]:
        yield self._word("maintenance", "维护方式", self.before.maintenance)
        yield self._word("verified", "平台认证", "")
        if self.tier != Tier.WORK_GROUP:
            yield self._prose("positioning", "定位", "发布学院教学、科研和学生工作动态")
            yield self._prose("audience", "服务对象", "本院师生、校友", "几类之间用顿号隔开")
        if self.tier in {Tier.SCHOOL, Tier.UNIT}:
            yield from self._review()
        if self.answers.get("kind") in ON_CAMPUS:
            yield Question(
                "it_assets.reference", "信息与教育技术中心的文号", example="信息中心〔2026〕1号",
                about="网站和 APP 用到学校的域名、服务器，先到信息与教育技术中心办理（第十四条）。",
            )  # fmt: skip
        other = self.answers.get("kind") == "其他"
        yield self._prose("remarks", "备注", "企业微信" if other else "", "不写身份证号和手机号")

    def _reachable(self, role: str, title: str, default: str) -> Iterator[Question]:
        yield Question(
            f"{role}.name", f"{title}姓名", default=default, words=self._people(),
            about=self._about(role),
        )  # fmt: skip
        name = self.answers.get(f"{role}.name", "")
        if not name:
            return
        known = self._known(name)
        yield _mobile(f"{role}.mobile", f"{title}手机", known.mobile, Need.OPEN)
        alone = not self.answers.get(f"{role}.mobile")
        yield Question(
            f"{role}.landline", f"{title}座机", Need.DRAFT if alone else Need.OPEN,
            default=known.landline, example="0874-0000000", reader=phone,
            lack="手机、座机至少要有一项",
            about="手机、座机至少填一项，表上两项都有。", right="应为 区号-号码，或校内短号",
        )  # fmt: skip

    def _accountable(self) -> Iterator[Question]:
        known = self.unit.accountable if self.unit else Person()
        if known.name and known.post:
            return
        is_college = self.unit is not None and self.unit.kind is UnitKind.COLLEGE
        post = "学院党总支书记" if is_college else "主要负责人"
        about = f"本单位新媒体建设和管理的第一责任人是{post}（第五条）。"
        before = self.before.accountable
        yield Question(
            "accountable.name",
            f"第一责任人（{post}）姓名",
            default=known.name or before.name,
            words=self._people(),
            about=about,
        )
        yield Question("accountable.post", "第一责任人职务",
                       default=known.post or before.post or post, about=about)  # fmt: skip

    def _operator_name(self, index: int, *, is_group: bool) -> Question:
        role = "群管理员" if is_group else "后台管理人员"
        manager = self.answers.get("manager.name", "")
        return Question(
            f"operators.{index}.name",
            f"{role}{'' if not index else f'（第 {index + 1} 名）'}姓名",
            Need.OPEN if index else Need.DRAFT,
            about=f"{role}是能登录后台的人，人员变更要在一周内报备（第七条）；一人一问，没有了就回车。",
            words=self._people(),
            default=manager if is_group and not index else "",
        )

    def _operator(self, index: int) -> Iterator[Question]:
        known = self._known(self._said(index, "name"))
        who = self._said(index, "name")
        choices = (*map(Choice, self.facts.fields["operators[].identity"].choices),
                   Choice("", "先不填"))  # fmt: skip
        yield Question(
            f"operators.{index}.identity", f"{who}的身份", Need.OPEN, choices=choices,
            default=known.identity or choices[0].value, about="学生还要写离任（毕业）日期。",
        )  # fmt: skip
        yield _mobile(f"operators.{index}.mobile", f"{who}的手机", known.mobile, Need.OPEN)
        if self._said(index, "identity") == STUDENT:
            yield Question(
                f"operators.{index}.leaves_on", f"{who}的离任日期", Need.OPEN,
                example=f"{self.facts.today.year + 1}-07-01", reader=day(self.facts.today),
                about="毕业或离任的日期，到期前提醒交接。",
            )  # fmt: skip

    def _review(self) -> Iterator[Question]:
        mechanism = text(mapping(self.before.tree, "review"), "mechanism")
        yield Question(
            "review.mechanism", "审核机制", Need.OPEN, default=mechanism, example="三审三校",
            about="发布前怎样审核（第十条“先审后发”）。",
        )  # fmt: skip
        yield Question(
            "review.reviewer", "审核人姓名", default=self.before.reviewer, words=self._people(),
            about="发布前把关的人（第十条“先审后发”），最好不是唯一的后台管理人员。",
        )  # fmt: skip

    def _word(self, key: str, title: str, default: str) -> Question:
        field = self.facts.fields[key]
        choices = (*map(Choice, field.choices), Choice("", "现在不知道，先空着"))
        return Question(key, title, choices=choices, default=default or choices[0].value,
                        about=f"{field.description}。")  # fmt: skip

    def _prose(self, key: str, title: str, example: str, more: str = "") -> Question:
        field = self.facts.fields[key]
        about = f"{field.description}{'。' + more if more else ''}。"
        return Question(key, title, Need.OPEN, example=example, about=about)

    def _about(self, role: str) -> str:
        return f"{self.facts.fields[role].description}。"

    def _said(self, index: int, part: str) -> str:
        return self.answers.get(f"operators.{index}.{part}", "")

    def _people(self) -> tuple[Word, ...]:
        """Return everybody named so far, here or in the unit's last record."""
        here = (value for key, value in self.answers.items() if _names_somebody(key))
        before = (person.name for person in _people_of(self.before))
        return tuple(
            Word(name, (initials(name),)) for name in dict.fromkeys((*here, *before)) if name
        )

    def _known(self, name: str) -> Known:
        for key, value in self.answers.items():
            if value == name and _names_somebody(key):
                role = key.removesuffix(".name")
                mobile = self.answers.get(f"{role}.mobile", "")
                if mobile or self.answers.get(f"{role}.landline"):
                    return Known(mobile, self.answers.get(f"{role}.landline", ""))
        for person in _people_of(self.before):
            if person.name == name and (person.mobile or person.landline):
                return Known(person.mobile, person.landline, person.identity)
        return Known()


def _mobile(key: str, title: str, default: str, need: Need) -> Question:
    return Question(
        key, title, need, default=default, example="13800000000", reader=phone,
        about="11 位手机号；只印在备案表上，别处一律遮盖。", right="应为 11 位手机号",
    )  # fmt: skip


def _people_of(platform: Platform) -> tuple[Person, ...]:
    return (platform.manager, platform.supervisor, *platform.operators,
            Person(name=platform.reviewer))  # fmt: skip


def _names_somebody(key: str) -> bool:
    return key.endswith(".name") and key != "opened_by.name"


def _operators(said: Mapping[str, str]) -> list[Tree]:
    people: dict[int, Record] = {}
    for key, value in said.items():
        if key.startswith("operators."):
            _, index, part = key.split(".")
            people.setdefault(int(index), {})[part] = value
    return [people[index] for index in sorted(people) if "name" in people[index]]


Consequence = Callable[[Record, Facts], Iterator[str]]


def consequences(record: Record, facts: Facts) -> Iterator[str]:
    """Yield in words what follows from a record as far as it goes, with the article."""
    opener = text(mapping(record, "opened_by"), "kind")
    full = facts.completed(record)
    tier = text(full, "tier")
    if not opener or not tier or not record.get("kind"):
        return
    steward = facts.units.name_of(text(full, "steward"))
    match tier:
        case Tier.SCHOOL:
            yield "第五条：以学校名义开通 → 一级平台，由党委宣传部直接管理"
        case Tier.UNIT:
            yield f"第五条：{opener}开通 → 二级平台，归口{steward}，须填表备案"
        case Tier.STUDENT:
            yield f"第五条：{opener}创建 → 三级平台，归口{steward}"
        case _:
            yield f"第六条：个人建立的工作群 → 纳入{steward}管理，实行管理员负责制"
    if tier == Tier.UNIT:
        yield from _unit_tier(record, full, facts)


def _unit_tier(record: Record, full: Record, facts: Facts) -> Iterator[str]:
    accountable = mapping(full, "accountable")
    if accountable and "accountable" not in record:
        yield (
            f"第五条：第一责任人是{text(accountable, 'post')}{text(accountable, 'name')}"
            "（取自单位登记）"
        )
    opened_on = Platform.of(PurePosixPath(), record).opened_on
    if opened_on is not None:
        start = facts.judge.context.policy.effective_on
        early = opened_on < start
        form = FormKind.REGISTRATION if early else FormKind.APPLICATION
        yield f"第七条：在办法施行（{start}）{'之前' if early else '之后'}开通 → 填{form}"
