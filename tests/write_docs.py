"""Writes the tables of docs/ from what they speak of: python -m write_docs (make docs)."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import make
import supply
from broken import BROKEN, TYPED

from qjmedia.actions.explain import catalogue
from qjmedia.model.measures import ARTICLES, FORM_CONTACT, FORM_NOTE, FORM_NUMBER, FORM_ROWS
from qjmedia.model.tree import sequence, text
from qjmedia.render.findings import WORDS

DOCS = Path(__file__).parents[1] / "docs"
GENERATED = "<!-- 由 make docs 生成，不要手改。 -->"
FORMS = "附表"


class Carried(NamedTuple):
    """What docs/measures.yaml says of one sentence."""

    article: str
    beginning: str
    carriers: tuple[str, ...]
    people: str


def sentences() -> Iterator[tuple[str, str]]:
    """Yield every sentence of the articles, and every cell of the forms, with its article."""
    for article, paragraphs in ARTICLES.items():
        for paragraph in paragraphs:
            yield from ((article, each) for each in re.findall("[^。；]+[。；]", paragraph))
    # both forms have the same cells
    for words in (FORM_NUMBER, *FORM_ROWS, FORM_CONTACT, FORM_NOTE):
        yield FORMS, " ".join(words.split())


def carried() -> tuple[Carried, ...]:
    """Return what carries the sentences, in their order."""
    tree = make.tree((DOCS / "measures.yaml").read_text("utf-8"))
    return tuple(
        Carried(
            text(item, "条"),
            text(item, "句"),
            tuple(each for each in text(item, "由").split("、") if each),
            text(item, "人"),
        )
        for item in sequence(tree, "句子")
        if isinstance(item, dict)
    )


def measures() -> str:
    """Return docs/measures.md: what carries each sentence of the Measures."""
    rows = []
    for (article, sentence), entry in zip(sentences(), carried(), strict=True):
        by = "、".join(_linked(each) for each in entry.carriers)
        rows.append((article, sentence, by, entry.people))
    head = (
        "办法的每一句、附表的每一栏由登记库的什么来落实；机器判断不了的，写明为什么留给人。"
        "两张附表各栏相同，只列一次。"
    )
    return _page("办法逐句对照", head, ("条", "原文", "由什么落实", "留给人的"), rows)


def rules() -> str:
    """Return docs/rules.md: every code, as `qjmedia explain` lists them."""
    rows = [
        (code.code, WORDS[code.severity], code.article, fault.fault, fault.reading, fault.fix)
        for code in catalogue().values()
        for fault in code.faults
    ]
    head = "全部规则。错例、正例和条文原文：`qjmedia explain 代码`。"
    return _page("规则", head, ("代码", "轻重", "条款", "错在哪里", "读法", "改法"), rows)


def faults() -> str:
    """Return docs/faults.md: what is said of broken records."""
    rows = [
        (broken.what, f"{each.line}:{each.column}", each.code, each.message, each.hint)
        for broken in (*BROKEN, *TYPED)
        for each in broken.findings()
    ]
    head = "把一份正确的登记弄坏成录入时常见的样子，`qjmedia check` 各说什么。"
    return _page("坏登记的提示", head, ("弄坏了什么", "行:列", "代码", "提示", "改法"), rows)


def licences() -> str:
    """Return docs/licences.md: what is installed with the tool, and under which licence."""
    rows = [(f"`{name}`", *each) for name, each in supply.licences().items()]
    head = (
        "qjmedia 以 MIT 许可发布，自带的两种字体以 SIL OFL 1.1 许可（`qjmedia/fonts/OFL.txt`）。\n"
        "和它一起安装的库如下，版本和校验值在 `requirements.lock`；只收这些许可的："
        f"{'、'.join(supply.ALLOWED)}。\n`make lint` 核对。"
    )
    return _page("用到的库和许可", head, ("库", "版本", "许可"), rows)


PAGES = {
    "measures.md": measures, "rules.md": rules, "faults.md": faults, "licences.md": licences,
}  # fmt: skip


def _linked(carrier: str) -> str:
    kind, _, name = carrier.partition(" ")
    return f"{kind} `qjmedia {name}`" if kind == "命令" else f"{kind} `{name}`"


def _page(title: str, head: str, titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"# {title}", "", GENERATED, "", head, "", _row(titles), _row(("---",) * len(titles))]
    return "\n".join((*lines, *(_row(row) for row in rows), ""))


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(words: str) -> str:
    for char in "\\|*<":
        words = words.replace(char, f"\\{char}")
    return words.replace("\n", " ")


if __name__ == "__main__":
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), "utf-8")
