"""Asks a person on a terminal: with menus where they can be drawn, line by line elsewhere."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from qjmedia.cli.output import note
from qjmedia.model.nearest import nearest
from qjmedia.model.words import canonical

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.key_binding import KeyPressEvent
    from prompt_toolkit.output import Output

BACK, HELP = "<", "?"
"""What an asker returns when the person wants the question before, or to know more."""

SIGNS = {"<": BACK, "＜": BACK, "《": BACK, "?": HELP, "？": HELP}
_CLOSING = "，。；：、！？）”》…"
_WORD = re.compile(rf"(?:[!-~]+|.)[{_CLOSING}]*\s*", re.DOTALL)
"""What stays on one line: a Latin word or one character, with the punctuation behind it."""
WIDEST = 76
"""Columns of a menu's line on a terminal of 80."""
MOST_OFFERED = 20
"""Likely answers that a plain list may have."""
CELL = 18
"""Columns of a short choice where several stand on a line."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers, as it is kept and as it is shown."""

    value: str
    title: str = ""

    @property
    def shown(self) -> str:
        """What the menu says."""
        return self.title or self.value


@dataclass(frozen=True, slots=True)
class Word:
    """A likely answer, what else it may be called, and a remark beside it."""

    text: str
    also: tuple[str, ...] = ()
    remark: str = ""

    def means(self, typed: str) -> bool:
        """Whether `typed` is a part of any of its names, or leaves Chinese characters out."""
        part = folded(typed)
        names = [folded(name) for name in (self.text, *self.also)]
        if any(part in name for name in names):
            return True
        return not part.isascii() and any(_shortens(part, name) for name in names)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question as it is put.

    Attributes:
        title: what is asked.
        remark: an example, or what the answer leads to.
        choices: the only possible answers; none: any text.
        words: likely answers, offered while one types.
        default: what Enter gives.
        typed: a refused answer, to be mended.
    """

    title: str
    remark: str = ""
    choices: tuple[Choice, ...] = ()
    words: tuple[Word, ...] = ()
    default: str = ""
    typed: str = ""


class Asker(Protocol):
    """Whoever can put a question to a person."""

    def ask(self, prompt: Prompt) -> str:
        """Return the value chosen or the text typed, BACK, or HELP.

        Raises:
            KeyboardInterrupt, EOFError: the person has had enough.
        """
        ...


def asker() -> Asker:
    """Return an asker with menus, or a plain one where they cannot be drawn."""
    if os.name != "nt" and os.environ.get("TERM", "dumb") in {"dumb", "unknown", ""}:
        return LineAsker()
    try:
        return MenuAsker()
    except Exception:  # noqa: BLE001  whatever prompt_toolkit misses here, lines always work
        return LineAsker()


def consents(question: str) -> bool:
    """Ask for yes or no in one line; Enter is yes.

    Raises:
        KeyboardInterrupt, EOFError: the person has had enough.
    """
    yes, no = {"", "y", "yes", "是", "好"}, {"n", "no", "否", "不"}
    while True:
        said = folded(LineAsker().ask(Prompt(question, "回车 = 是，n = 否")))
        if said in yes | no:
            return said in yes
        note("  请写 y（是）或 n（否）")


class LineAsker:
    """Asks in plain lines and numbered lists; needs nothing of the terminal."""

    def ask(self, prompt: Prompt) -> str:
        """Return the value chosen or the text typed, BACK, or HELP."""
        offered = tuple(Choice(word.text) for word in prompt.words if word.remark)
        offered = offered if len(offered) <= MOST_OFFERED else ()
        for line in _listed(prompt.choices or offered):
            note(line)
        while True:
            typed = self._line(prompt)
            if typed.strip() in SIGNS:
                return SIGNS[typed.strip()]
            if not typed and (prompt.default or not prompt.choices):
                return prompt.default
            if not prompt.choices:
                place = _numbered(typed.strip(), offered)
                return typed.strip() if place is None else offered[place].value
            found = _chosen(typed.strip(), prompt.choices) if typed.strip() else None
            if found is not None:
                return found
            note(f"  没有这一项，请写 1 到 {len(prompt.choices)} 的编号，或照写那个词")

    @staticmethod
    def _line(prompt: Prompt) -> str:
        remark = f"（{prompt.remark}）" if prompt.remark else ""
        values = [choice.value for choice in prompt.choices]
        shown = values.index(prompt.default) + 1 if prompt.default in values else prompt.default
        default = f" [回车 = {shown}]" if prompt.default else ""
        sys.stderr.write(f"{prompt.title}{remark}{default}：")
        sys.stderr.flush()
        typed = sys.stdin.readline()
        if not typed:
            note("")
            raise EOFError
        return typed.rstrip("\r\n")


class MenuAsker:
    """Asks with menus to move in, and with completion."""

    def __init__(self) -> None:
        """Take hold of the terminal.

        Raises:
            Exception: prompt_toolkit cannot draw on it.
        """
        from prompt_toolkit.output import create_output

        self._output: Output = create_output(sys.stderr)

    def ask(self, prompt: Prompt) -> str:
        """Return the value chosen or the text typed, BACK, or HELP."""
        return self._choose(prompt) if prompt.choices else self._read(prompt)

    def _choose(self, prompt: Prompt) -> str:
        import questionary

        values = {choice.value for choice in prompt.choices}
        question = questionary.select(
            prompt.title,
            choices=[
                questionary.Choice(clipped(f"{number:>2} {choice.shown}"), value=choice.value)
                for number, choice in enumerate(prompt.choices, 1)
            ],
            default=prompt.default if prompt.default in values - {""} else None,
            instruction=f"（{prompt.remark or '打字或上下键选，回车定'}）",
            qmark="",
            pointer=">",
            style=_style(),
            use_jk_keys=False,
            output=self._output,
        )
        _bind_typing(question.application, prompt.choices)
        return str(question.unsafe_ask())

    def _read(self, prompt: Prompt) -> str:
        import questionary
        from prompt_toolkit.completion import DummyCompleter
        from prompt_toolkit.formatted_text import FormattedText

        start = prompt.typed or prompt.default
        question = questionary.text(
            prompt.title if prompt.remark else f"{prompt.title}：",
            default=start,
            instruction=f"（{prompt.remark}）：" if prompt.remark else None,
            qmark="",
            style=_style(),
            output=self._output,
            completer=_completer(prompt.words) if prompt.words else DummyCompleter(),
            placeholder=FormattedText([]),
        )
        if prompt.words and not start:
            app = question.application
            app.pre_run_callables.append(app.current_buffer.start_completion)
        typed = str(question.unsafe_ask()).strip()
        sign = typed.removeprefix(start) if start else typed
        return SIGNS.get(typed, SIGNS.get(sign, typed))


def folded(text: str) -> str:
    """Return a text as it is compared: half width, one case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _shortens(part: str, name: str) -> bool:
    """Whether all characters of `part` stand in `name` in the same order."""
    left = iter(name)
    return all(char in left for char in part)


def width(text: str) -> int:
    """Return how many columns a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def clipped(text: str, columns: int = WIDEST) -> str:
    """Return a text that fits into so many columns."""
    if width(text) <= columns:
        return text
    while width(text) > columns - 2:
        text = text[:-1]
    return f"{text}…"


def wrapped(text: str, indent: str = "  ", columns: int = WIDEST) -> str:
    """Return a text broken into lines, the later ones indented; Latin words stay whole."""
    lines, line = [], ""
    for word in _WORD.findall(text):
        if width(line + word.rstrip()) > columns and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += word
    return "\n".join((*lines, line)).rstrip()


def _listed(choices: Sequence[Choice]) -> Iterator[str]:
    """Yield the lines of a numbered list; short choices stand side by side."""
    shown = [f"{number:>2} {choice.shown}" for number, choice in enumerate(choices, 1)]
    across = WIDEST // CELL if all(width(each) < CELL for each in shown) else 1
    for start in range(0, len(shown), across):
        cells = shown[start : start + across]
        yield "  " + "".join(cell + " " * (CELL - width(cell)) for cell in cells).rstrip()


def _numbered(typed: str, choices: Sequence[Choice]) -> int | None:
    """Return which choice a number means."""
    number = unicodedata.normalize("NFKC", typed)
    place = int(number) - 1 if number.isdecimal() else -1
    return place if 0 <= place < len(choices) else None


def _chosen(typed: str, choices: Sequence[Choice]) -> str | None:
    if unicodedata.normalize("NFKC", typed).isdecimal():
        place = _numbered(typed, choices)
        return None if place is None else choices[place].value
    values = [choice.value for choice in choices if choice.value]
    titles = {choice.shown: choice.value for choice in choices}
    found = canonical(typed, values) or titles.get(typed) or nearest(typed, values)
    return found or next(
        (value for title, value in titles.items() if title.startswith(typed)), None
    )


def _style() -> Any:
    from questionary import Style

    return Style(
        [
            ("question", "bold"),
            ("answer", "fg:ansicyan"),
            ("instruction", "fg:ansibrightblack"),
            ("pointer", "fg:ansicyan bold"),
            ("highlighted", "fg:ansicyan bold"),
        ]
    )


def _completer(words: Sequence[Word]) -> "Completer":
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    class Words(Completer):
        def get_completions(self, document: Document, _: CompleteEvent) -> Iterator[Completion]:
            typed = document.text_before_cursor
            for word in words:
                if word.means(typed) and word.text != typed:
                    yield Completion(word.text, -len(typed), display_meta=word.remark)

    return Words()


def _place(typed: str, choices: Sequence[Choice]) -> int | None:
    """Return which choice a number or a part of a choice's words means."""
    if unicodedata.normalize("NFKC", typed).isdecimal():
        return _numbered(typed, choices)
    whole = canonical(typed, (choice.value for choice in choices))
    fitting = (
        at
        for at, choice in enumerate(choices)
        if (choice.value == whole if whole else Word(choice.value, (choice.shown,)).means(typed))
    )
    return next(fitting, None)


def _bind_typing(app: Any, choices: Sequence[Choice]) -> None:
    """Let a menu answer to < and ?, and move to the number or the words typed."""
    from prompt_toolkit.keys import Keys
    from questionary.prompts.common import InquirerControl

    menu = next(c for c in app.layout.find_all_controls() if isinstance(c, InquirerControl))
    typed: list[str] = []

    def leave(event: "KeyPressEvent") -> None:
        event.app.erase_when_done = True
        event.app.exit(result=SIGNS[event.data])

    def move(event: "KeyPressEvent") -> None:
        if not event.data.isprintable():
            typed.clear()
            return
        for words in ("".join((*typed, event.data)), event.data):
            place = _place(words, choices)
            if place is not None:
                typed[:] = words
                menu.pointed_at = place
                return

    def stop(event: "KeyPressEvent") -> None:
        event.app.exit(exception=EOFError)

    for sign in SIGNS:
        app.key_bindings.add(sign, eager=True)(leave)
    for key in (Keys.Any, Keys.BracketedPaste):
        app.key_bindings.add(key)(move)
    app.key_bindings.add("c-d", eager=True)(stop)
