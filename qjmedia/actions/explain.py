"""What every code stands for, wherever its rule is written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qjmedia import rules
from qjmedia.errors import BadRequest
from qjmedia.model.explanation import Explanation
from qjmedia.model.finding import Severity, article_of
from qjmedia.model.measures import ARTICLES, FORM_CONTACT, FORM_NOTE, FORM_NUMBER, FORM_ROWS
from qjmedia.model.nearest import nearest
from qjmedia.store import layout, records
from qjmedia.store.files import Files
from qjmedia.store.text.explained import EXPLAINED

_QUOTED = re.compile("“(.+?)”")
_MARKS = re.compile(r"[\s“”‘’《》…]")
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Code:
    """A code with the faults that it stands for, at least one."""

    code: str
    severity: Severity
    faults: tuple[Explanation, ...]

    @property
    def article(self) -> str:
        """The article of the Measures, "" for the form of the registry itself."""
        return article_of(self.code)

    def measures(self) -> tuple[tuple[str, str], ...]:
        """Return the paragraphs that the faults are based on, word for word, by their name."""
        paragraphs = [*_paragraphs()]
        quoted = {_bare(part) for fault in self.faults for part in _quotations(fault.basis)}
        cited = [(name, text) for name, text in paragraphs if any(q in _bare(text) for q in quoted)]
        own = [(name, text) for name, text in paragraphs if name.startswith(self.article or "-")]
        return tuple(cited or own)

    def to_json(self) -> dict[str, Any]:
        """Return the code as `explain --json` shows it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "article": self.article,
            "measures": [{"paragraph": name, "text": text} for name, text in self.measures()],
            "faults": [each._asdict() for each in self.faults],
        }


def catalogue(files: Files | None = None) -> Mapping[str, Code]:
    """Return every code, sorted; with `files` by the schemas of that registry."""
    found: dict[str, list[Explanation]] = {code: [each] for code, each in EXPLAINED.items()}
    weights: dict[str, Severity] = {}
    for name in ("platform", "access"):
        for code, faults in _schema_rules(files, name):
            own = found.setdefault(code, [])
            own += [each for each in faults if each not in own]
    for rule in rules.every():
        found.setdefault(rule.code, []).append(rule.explanation)
        weights.setdefault(rule.code, rule.severity)
    return {
        code: Code(code, weights.get(code, Severity.ERROR), tuple(found[code]))
        for code in sorted(found)
    }


def explain(code: str, known: Mapping[str, Code]) -> Code:
    """Return one code; case does not count, and the letters may be left out.

    Raises:
        BadRequest: there is no such code.
    """
    typed = code.strip().upper()
    wanted = f"QJ{typed}" if typed.isdecimal() else typed
    if wanted in known:
        return known[wanted]
    near = nearest(wanted, known)
    hint = f"是否想写 {near}？" if near else "运行 qjmedia explain 看全部规则"
    raise BadRequest(f"没有规则“{code}”", hint=hint)


def _schema_rules(files: Files | None, name: str) -> Iterator[tuple[str, tuple[Explanation, ...]]]:
    if files is None:
        from qjmedia.store.schema import Schema

        schema = Schema(layout.packaged(layout.SCHEMA_OF[name]).read_bytes())
    else:
        schema = records.schema(files, name)
    yield from schema.rules().items()


def _paragraphs() -> Iterator[tuple[str, str]]:
    for article, paragraphs in ARTICLES.items():
        for numeral, text in zip(_NUMERALS, paragraphs, strict=False):
            yield f"{article}第{numeral}款" if len(paragraphs) > 1 else article, text
    yield "附表编号", FORM_NUMBER.strip()
    yield "附表各栏", "、".join(FORM_ROWS)
    yield "附表联系方式", FORM_CONTACT
    yield "附表说明", FORM_NOTE


def _quotations(basis: str) -> Iterator[str]:
    for quoted in _QUOTED.findall(basis):
        yield from (part for part in quoted.split("……") if part)


def _bare(text: str) -> str:
    """Return a text without spaces and the marks that change inside a quotation."""
    return _MARKS.sub("", text)
