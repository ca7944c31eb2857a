"""What is asked of a new platform, in the order in which a clerk thinks; each tier only its own."""

from collections.abc import Iterator, Mapping

from qjmedia.actions.fields import SEPARATORS, Assignment, apply
from qjmedia.cli.answers import Answers, Reader, WrongAnswerError, address, day, half_width
from qjmedia.cli.answers import visible as plain_text
from qjmedia.cli.ask import Choice, Word
from qjmedia.cli.facts import Facts
from qjmedia.cli.people import Form, operators_of
from qjmedia.cli.question import Need, Question
from qjmedia.model.nearest import nearest
from qjmedia.model.tree import Record, Tree
from qjmedia.model.unit import Unit, Units
from qjmedia.model.words import GROUP_KINDS, PUBLICITY, OpenerKind, Tier, UnitKind

SCHOOL, PERSON = OpenerKind.SCHOOL.value, OpenerKind.PERSON.value
CREATORS_UNIT = "creators_unit"

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
LINKS: Mapping[str, str] = {
    "微博": "https://weibo.com/qjnu",
    "微信公众号": "https://mp.weixin.qq.com/s/示例",
    "哔哩哔哩": "https://space.bilibili.com/100000000",
    "抖音": "https://www.douyin.com/user/示例",
}
"""By kind: what its link looks like."""
WITHOUT_ACCOUNT = frozenset({"微信群", "网站"})
EITHER = "账号和链接至少填一项。"
WITHOUT_URL = frozenset({"微信群", "QQ群"})

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


def questions(answers: Answers, facts: Facts) -> Iterator[Question]:
    """Yield the questions that these answers lead to.

    What comes behind an open question may be wrong: ask, then call again.
    """
    yield from _whose(answers, facts)
    yield from _what(answers, facts)
    so_far = facts.completed(_so_far(answers, facts))
    in_person = _opener(answers) is OpenerKind.PERSON
    form = Form(answers, facts, so_far, answers.get("opened_by.name", "") if in_person else "")
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
    people = operators_of(said)
    record: Record = dict(_opened(said, facts))
    wanted = []
    for key, value in said.items():
        if key in {"unit", CREATORS_UNIT, "opened_by.kind"} or key.startswith("operators."):
            continue
        whole: Tree = value
        if f"{key}[]" in facts.fields:
            whole = [*dict.fromkeys(filter(None, SEPARATORS.split(value)))]
        wanted.append(Assignment(tuple(key.split(".")), whole))
    if people:
        wanted.append(Assignment(("operators",), people))
    return apply(record, wanted)


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
            CREATORS_UNIT, "创建人所在单位", Need.MUST,
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
    unit = facts.units.named(said.get(CREATORS_UNIT if said.get("unit") == PERSON else "unit", ""))
    if opener is OpenerKind.SCHOOL:
        return {"opened_by": {"kind": SCHOOL, "name": facts.judge.context.policy.school}}
    record: Record = {"owner": unit.id} if unit else {}
    if opener is not None:
        record["opened_by"] = {"kind": opener.value}
        if opener in _UNIT_OPENERS and unit is not None:
            record["opened_by"] = {"kind": opener.value, "name": unit.name}
    return record


def _so_far(answers: Answers, facts: Facts) -> Record:
    """Return what decides the tier."""
    record: Record = {**_opened(answers, facts), "kind": answers.get("kind", "")}
    if answers.get("tier") and _asks_tier(answers):
        record["tier"] = answers["tier"]
    return record


def _choice(kind: OpenerKind) -> Choice:
    return Choice(kind.value, f"{kind}（{_LEADS_TO[kind]}）")


def _an_example(units: Units) -> str:
    found = next((unit for unit in units if unit.kind is UnitKind.COLLEGE), None)
    return (found.short or (found.name,))[0] if found else "宣传部"


def _unit_reader(words: tuple[Word, ...]) -> Reader:
    def read_unit(typed: str) -> str:
        value = plain_text(typed)
        if not value:
            return ""
        found = [word for word in words if value in {word.text, *word.also}]
        if len(found) != 1:
            found = [word for word in words if word.means(value)]
        if len(found) == 1:
            return found[0].text
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
    if _asks_tier(answers):
        yield _personal_tier()
    if kind in GROUP_KINDS:
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


def _asks_tier(answers: Answers) -> bool:
    """Whether a person opened what is no work group: only they know whose platform it is."""
    return _opener(answers) is OpenerKind.PERSON and answers.get("kind") not in GROUP_KINDS


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
            about=f"{where or '平台上的账号'}。{'' if kind == 'QQ群' else EITHER}",
            reader=half_width,
        )  # fmt: skip
    if kind not in WITHOUT_URL:
        alone = kind in WITHOUT_ACCOUNT or not answers.get("account")
        yield Question(
            "url", "链接", Need.DRAFT if alone else Need.OPEN,
            example=LINKS.get(kind, "https://www.example.edu.cn"),
            about=f"浏览器里打开它的完整网址。{EITHER}", reader=address,
            lack="账号、链接至少要有一项",
            right="要以 http:// 或 https:// 开头，中间没有空格",
        )  # fmt: skip
