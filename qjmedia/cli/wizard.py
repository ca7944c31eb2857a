"""`qjmedia add` on a terminal: asks, tells what follows, and lets the clerk think again."""

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

import typer

from qjmedia.actions.add import prepare
from qjmedia.cli.answers import Answers, Kept, WrongAnswerError
from qjmedia.cli.ask import BACK, HELP, Asker, Choice, Prompt, wrapped
from qjmedia.cli.facts import Facts, consequences
from qjmedia.cli.output import cell, note
from qjmedia.cli.question import Need, Question, read
from qjmedia.cli.questions import answered, open_ones, pending, record_of
from qjmedia.errors import QjError
from qjmedia.model.difference import changes, in_words
from qjmedia.model.finding import Finding
from qjmedia.model.privacy import mask, masked
from qjmedia.model.tree import Record
from qjmedia.store.files import Files

if TYPE_CHECKING:
    from qjmedia.actions.add import Draft

WORTH_KEEPING = 3
"""From this many answers on they are kept at every step."""

GREETING = (
    "逐项登记一个新平台。写完一项按回车。",
    "  <  回上一项    ?  看说明    Ctrl-C  先不填了（填过的会留着）",
)
_PATH = re.compile(r"（[a-z_.0-9\[\]]+）")
_BECAUSE = re.compile("，因为 [^（]*$")
_KEY = re.compile(r" ?(?<![\w./-])([a-z_]+(?:\.[a-z_]+)?)(?![\w./-]) ?")


class Wish(Enum):
    """What the clerk may want of a finished record."""

    FILE = "登记"
    CHANGE = "修改某一项"
    DRAFT = "存为草稿，以后再补"
    GIVE_UP = "放弃，填过的也不留"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the clerk agreed to file."""

    record: Record
    draft: bool


class Interview:
    """One conversation about one new platform."""

    def __init__(
        self, files: Files, kept: Kept, asker: Asker, *, today: date, draft: bool = False
    ) -> None:
        """Begin with what an earlier conversation left in `kept`."""
        self.files = files
        self.kept = kept
        self.asker = asker
        self.today = today
        self.is_draft = draft
        self.facts = Facts(files, today)
        self.answers: Answers = {}
        self.set_aside: Answers = {}
        self.told: list[str] = []

    def conduct(self, *, sure: bool = False) -> Agreed:
        """Ask until a record stands that the clerk wants; with `sure` a sound one is not shown.

        The answers stay in `kept` until its `forget` is called.

        Raises:
            typer.Abort: the clerk breaks off, and the answers are kept; or wants none.
        """
        for line in GREETING:
            note(line)
        try:
            if self.kept.answers:
                self._resume()
            self._fill()
            return self._conclude(sure=sure)
        except (KeyboardInterrupt, EOFError) as stop:
            note("")
            if self.kept.answers:
                kept = len(self.kept.answers)
                note(f"填过的 {kept} 项留在本机，再运行 qjmedia add 可以接着填。")
            raise typer.Abort from stop

    # Asking

    def _fill(self) -> None:
        while (question := pending(self.answers, self.facts)) is not None:
            if not self._put(question):
                self._go_back()

    def _put(self, question: Question) -> bool:
        """Put a question until it is answered; False where the clerk wants the one before."""
        typed = ""
        while True:
            said = self.asker.ask(self._prompt(question, typed))
            if said == BACK:
                return False
            if said == HELP:
                self._explain(question)
                continue
            try:
                value = read(question, said, self.facts.fields)
                if self._takes(question, value):
                    break
                typed = said
            except WrongAnswerError as wrong:
                tell(f"  不行：{wrong.message}", indent=8)
                typed = wrong.meant or said
        if value != said and not question.choices and value:
            note(f"  = {value}")
        self._settle(question, value)
        return True

    def _prompt(self, question: Question, typed: str) -> Prompt:
        remarks = [f"例：{question.example}"] if question.example else []
        if question.need is Need.OPEN and not question.choices:
            remarks.append("没有就回车")
        default = self.set_aside.get(question.key, question.default)
        default = self.answers.get(question.key, default)
        return Prompt(
            question.title,
            "；".join(remarks),
            question.choices,
            question.words,
            default,
            typed,
        )

    def _takes(self, question: Question, value: str) -> bool:
        """Whether an answer may stand: not empty where it must not be, and against no rule."""
        if not value:
            return self._leaves_open(question)
        before = record_of(self.answers, self.facts)
        after = record_of({**self.answers, question.key: value}, self.facts)
        had = {_identity(found) for found in self.facts.errors(before)}
        new = [f for f in self.facts.errors(after, before) if _identity(f) not in had]
        for found in new:
            self._complain(found)
        return not new

    def _leaves_open(self, question: Question) -> bool:
        if question.need is Need.MUST:
            note(f"  不行：没有{question.title}就无从登记")
            return False
        if question.need is Need.OPEN or self.is_draft or open_ones(self.answers, self.facts):
            return True
        lack = question.lack or f"“{question.title}”必填"
        note(f"  {lack}。现在不知道可以先空着：登记存为草稿，以后补齐。")
        again = Choice("again", "回去填")
        said = self.asker.ask(Prompt("先空着吗", "", (again, Choice("open", "先空着，存为草稿"))))
        return said == "open"

    def _settle(self, question: Question, value: str) -> None:
        self.answers[question.key] = value
        self.set_aside.pop(question.key, None)
        if len(self.answers) >= WORTH_KEEPING:
            self.kept.write(self.answers, self.today)
        self._tell_consequences()

    def _tell_consequences(self) -> None:
        follows = [*consequences(record_of(self.answers, self.facts), self.facts)]
        for line in follows:
            if line not in self.told:
                tell(f"  → {line}")
        self.told = follows

    def _go_back(self) -> None:
        before = answered(self.answers, self.facts)
        if not before:
            note("  这已经是第一项")
            return
        last = before[-1].key
        self.set_aside[last] = self.answers.pop(last)

    def _explain(self, question: Question) -> None:
        field = self.facts.fields.get(question.field)
        about = question.about or (f"{field.description}。" if field else question.title)
        tell(f"  说明：{about}", indent=8)
        if question.need is Need.DRAFT:
            note("  必填；现在不知道可以空着，登记就存为草稿。")

    def _complain(self, found: Finding) -> None:
        tell(f"  不行：{self._in_words(found.message)}{_in_article(found)}", indent=8)
        if found.hint:
            tell(f"        {self._in_words(found.hint)}", indent=8)

    def _in_words(self, message: str) -> str:
        """Return a message with the titles of fields in place of their names."""
        if "qjmedia " in message:
            return message
        titles = {name: field.title for name, field in self.facts.fields.items()}
        titles |= {name.rpartition(".")[2]: title for name, title in reversed(titles.items())}
        bare = _BECAUSE.sub("", _PATH.sub("", message))
        return _KEY.sub(lambda key: f"“{titles[key[1]]}”" if key[1] in titles else key[0], bare)

    # Breaking off and going on

    def _resume(self) -> None:
        """Offer to go on where an earlier conversation broke off."""
        answers = self.kept.answers
        name = answers.get("name") or answers.get("unit", "")
        note(f"{self.kept.since} 有一份没有填完：“{name}”，填了 {len(answers)} 项。")
        on = (Choice("on", "接着填"), Choice("new", "重新开始，那一份不要了"))
        if self.asker.ask(Prompt("怎么办", "", on, default="on")) == "new":
            self.kept.forget()
            self.kept.answers = {}
            return
        self.set_aside = dict(answers)
        while (question := pending(self.answers, self.facts)) is not None:
            if not self._takes_over(question):
                break
        for question in answered(self.answers, self.facts):
            note(f"  {question.title}：{shown(question, self.answers[question.key])}")
        self._tell_consequences()

    def _takes_over(self, question: Question) -> bool:
        """Take an answer from the last time if it still is one."""
        value = self.set_aside.get(question.key)
        if value is None:
            return False
        try:
            fits = value == "" or read(question, value, self.facts.fields) == value
        except WrongAnswerError:
            return False
        if not fits:
            return False
        self.answers[question.key] = self.set_aside.pop(question.key)
        return pending(self.answers, self.facts) != question

    # The end

    def _conclude(self, *, sure: bool) -> Agreed:
        """Show the record and do what the clerk wants with it."""
        draft = self.is_draft
        while True:
            left = open_ones(self.answers, self.facts)
            draft = draft or bool(left)
            record = record_of(self.answers, self.facts)
            plan = self._plan(record, draft=draft)
            if plan is not None and sure:
                return Agreed(record, draft)
            match self._wish(plan, left, draft=draft):
                case Wish.FILE if plan is not None:
                    return Agreed(record, draft)
                case Wish.CHANGE:
                    self._change()
                    draft = self.is_draft
                case Wish.DRAFT if self._plan(record, draft=True) is not None:
                    return Agreed(record, draft=True)
                case Wish.GIVE_UP:
                    self.kept.forget()
                    raise typer.Abort

    def _plan(self, record: Record, *, draft: bool) -> "Draft | None":
        try:
            return prepare(self.files, record, (), today=self.today, draft=draft)
        except QjError as error:
            note("")
            note(f"还不能登记：{self._in_words(error.message)}")
            for found in getattr(error, "findings", ()):
                self._complain(found)
            return None

    def _wish(self, plan: "Draft | None", left: list[Question], *, draft: bool) -> Wish:
        """Show the record, and ask what to do with it."""
        wishes = [Wish.CHANGE, Wish.DRAFT, Wish.GIVE_UP]
        titles = {Wish.FILE: "是，登记"}
        if plan is not None:
            self._show(plan)
            wishes.insert(0, Wish.FILE)
        if left:
            note(f"还缺：{'、'.join(question.title for question in left)}")
        if draft and plan is not None:
            titles = {Wish.FILE: "存为草稿，以后再补"}
            wishes.remove(Wish.DRAFT)
        choices = tuple(Choice(wish.name, titles.get(wish, wish.value)) for wish in wishes)
        question = "登记这个平台吗" if plan is not None and not draft else "怎么办"
        while True:
            said = self.asker.ask(Prompt(question, "", choices, default=choices[0].value))
            if said == BACK:
                return Wish.CHANGE
            if said != HELP:
                return Wish[said]
            note("  说明：登记以后还可以改（qjmedia amend），刚做的可以撤销（qjmedia undo）。")

    def _show(self, plan: "Draft") -> None:
        """Show the whole record, phones masked, and what deserves a second look."""
        note("")
        titles = {name: field.title for name, field in self.facts.fields.items()}
        for each in changes({}, masked(plan.record)):
            value = in_words(each.new)
            if each.field in {"owner", "steward"}:
                value = self.facts.units.name_of(value)
            tell(f"  {titles.get(each.field, each.field)}：{cell(value)}")
        for found in plan.warnings:
            tell(f"  注意：{self._in_words(found.message)}{_in_article(found)}", indent=8)
        note("")

    def _change(self) -> None:
        """Let the clerk pick an answer and give another."""
        given = answered(self.answers, self.facts)
        choices = tuple(
            Choice(each.key, f"{each.title}：{shown(each, self.answers[each.key]) or '（空着）'}")
            for each in given
        )
        said = self.asker.ask(Prompt("改哪一项", "", choices))
        question = next((each for each in given if each.key == said), None)
        if question is None:
            return
        if self._put(question):
            self._fill()


def tell(line: str, *, indent: int = 4) -> None:
    """Print a remark on standard error, its later lines indented."""
    note(wrapped(line, " " * indent))


def shown(question: Question, value: str) -> str:
    """Return an answer as it may be shown: phone numbers masked."""
    if question.key.endswith((".mobile", ".landline")):
        return mask(value)
    return value


def _identity(found: Finding) -> tuple[str, str, str]:
    return found.code, found.pointer, found.message


def _in_article(found: Finding) -> str:
    return f"（{found.article}）" if found.article else ""
