"""What is asked behind the tier: who answers for a platform, who runs it, and how."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from qjmedia.cli.answers import Answers, day, phone
from qjmedia.cli.ask import Choice, Word
from qjmedia.cli.facts import Facts, initials
from qjmedia.cli.question import Need, Question
from qjmedia.model.platform import Person, Platform
from qjmedia.model.tree import Record, Tree, mapping, text
from qjmedia.model.words import Tier, UnitKind

STUDENT = "学生"
MOST_OPERATORS = 50
ON_CAMPUS = frozenset({"APP", "网站"})
"""第十四条: they need the IT centre's reference."""


class Known(NamedTuple):
    """A person as the unit's other records know them."""

    mobile: str = ""
    landline: str = ""
    identity: str = ""


class Form:
    """The questions behind the tier, which is known by now."""

    def __init__(self, answers: Answers, facts: Facts, record: Record, creator: str) -> None:
        """Take what is known by now: a record with its tier, and who opened it in person."""
        self.answers = answers
        self.facts = facts
        self.so_far = record
        self.tier = text(record, "tier")
        self.creator = creator
        self.unit = facts.units.get(text(record, "owner"))
        self.before = facts.previous(text(record, "owner"))

    def people(self) -> Iterator[Question]:
        """Yield who answers for the platform; each tier has its own."""
        yield from self._reachable("manager", "负责人", self.creator)
        if self.tier == Tier.UNIT:
            before = self.before.supervisor
            yield from self._reachable("supervisor", "分管领导", before.name)
            yield from self._accountable()

    def operators(self) -> Iterator[Question]:
        """Yield who runs the platform, one after the other, until there is no more."""
        is_group = self.tier == Tier.WORK_GROUP
        last = max((i for i in range(MOST_OPERATORS) if self._said(i, "name")), default=-1)
        for index in range(min(last + 2, MOST_OPERATORS)):
            yield self._operator_name(index, is_group=is_group)
            if not self._said(index, "name"):
                continue
            yield from self._operator(index)

    def practice(self) -> Iterator[Question]:
        """Yield how the platform is run, for whom, and who reviews it."""
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
        known = self._known(name, role)
        yield _mobile(f"{role}.mobile", f"{title}手机", known.mobile, Need.OPEN)
        alone = not self.answers.get(f"{role}.mobile")
        yield Question(
            f"{role}.landline", f"{title}座机", Need.DRAFT if alone else Need.OPEN,
            default=known.landline, example="0874-0000000", reader=phone,
            lack="手机、座机至少要有一项",
            about="手机、座机至少填一项，表上两项都有。", right="应为 区号-号码，或校内短号",
        )  # fmt: skip

    def _accountable(self) -> Iterator[Question]:
        if self.facts.accountable_fits(self.so_far):
            return
        known = self.unit.accountable if self.unit else Person()
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
                       default=before.post or post, about=about)  # fmt: skip

    def _operator_name(self, index: int, *, is_group: bool) -> Question:
        role = "群管理员" if is_group else "后台管理人员"
        manager = self.answers.get("manager.name", "")
        return Question(
            f"operators.{index}.name",
            f"{role}{'' if not index else f'（第 {index + 1} 名）'}姓名",
            Need.OPEN if index else Need.DRAFT,
            about=f"{role}是能登录后台的人，人员变更要在一周内报备（第七条）；一人一问，没有了就回车。",
            words=self._people(besides={self._said(i, "name") for i in range(index)}),
            default=manager if is_group and not index else "",
        )

    def _operator(self, index: int) -> Iterator[Question]:
        known = self._known(self._said(index, "name"), f"operators.{index}")
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

    def _people(self, besides: Collection[str] = ()) -> tuple[Word, ...]:
        """Return everybody named so far, here or in the unit's last record."""
        here = (value for key, value in self.answers.items() if _names_somebody(key))
        before = (person.name for person in _people_of(self.before))
        named = dict.fromkeys(name for name in (*here, *before) if name and name not in besides)
        return tuple(Word(name, (initials(name),)) for name in named)

    def _known(self, name: str, role: str) -> Known:
        """Return what other answers, or else the unit's last record, say of a person."""
        for key, value in self.answers.items():
            other = key.removesuffix(".name")
            if value == name and _names_somebody(key) and other != role:
                mobile = self.answers.get(f"{other}.mobile", "")
                landline = self.answers.get(f"{other}.landline", "")
                if mobile or landline:
                    return Known(mobile, landline)
        for person in _people_of(self.before):
            if person.name == name and (person.mobile or person.landline):
                return Known(person.mobile, person.landline, person.identity)
        return Known()


def _mobile(key: str, title: str, default: str, need: Need) -> Question:
    return Question(
        key, title, need, default=default, example="13800000000", reader=phone,
        about="11 位手机号；只印在备案表上，别处一律遮盖。",
        right="应为 11 位手机号，以 1 开头，中间没有空格",
    )  # fmt: skip


def _people_of(platform: Platform) -> tuple[Person, ...]:
    return (platform.manager, platform.supervisor, *platform.operators,
            Person(name=platform.reviewer))  # fmt: skip


def _names_somebody(key: str) -> bool:
    return key.endswith(".name") and key != "opened_by.name"


def operators_of(said: Mapping[str, str]) -> list[Tree]:
    """Return the people of the answers as a record lists them."""
    people: dict[int, Record] = {}
    for key, value in said.items():
        if key.startswith("operators."):
            _, index, part = key.split(".")
            people.setdefault(int(index), {})[part] = value
    return [people[index] for index in sorted(people) if "name" in people[index]]
