"""What a template may say: which names it uses, which of them do not exist, which it leaves out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from qjmedia.render import cells, templates
from qjmedia.render.bounds import TooLongError
from qjmedia.render.columns import Shape
from qjmedia.render.form import Form
from qjmedia.render.ledger import Ledger

KEY = re.compile(r'"(\w+)":')
METHODS = {"at", "keys", "values", "pairs", "len"}
"""What typst can do with any dictionary."""
LOOP = {"index", "index0", "first", "last", "length", "revindex", "revindex0"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What templates about one thing may say.

    Attributes:
        given: the names that a jinja template finds.
        attributes: what may stand behind a full stop.
        wanted: what a template should print; leaving it out is told.
        behind: in a typst template, which has no declarations to read, what a name most likely is:
            the attributes of each.
    """

    given: frozenset[str]
    attributes: frozenset[str]
    wanted: tuple[str, ...]
    behind: Mapping[str, frozenset[str]]


def _names(*parts: type, more: Iterable[str] = ()) -> frozenset[str]:
    return frozenset(each.name for part in parts for each in fields(part)) | {*more}


FONTS = frozenset({"body", "title"})
INCIDENTAL = {"id", "stem", "kind", "year", "serial", "mark", "paragraphs"}
"""Names that a template can do without: not every document has them, or they say nothing new."""
FORMS = Vocabulary(
    given=frozenset({"forms"}),
    attributes=_names(
        Form, cells.Row, cells.Blank, cells.Text, cells.Contact, cells.Endorsement, cells.Table,
        cells.Paragraph, more=("height", "symbol", "name", "kind", "size", "path"),
    ),
    wanted=tuple(each.name for each in fields(Form) if each.name not in INCIDENTAL),
    behind={
        "data": frozenset({"forms", "fonts"}),
        "fonts": FONTS,
        "form": _names(Form, more=("symbol", "lines")),
        "row": _names(cells.Row),
        "paragraph": _names(cells.Paragraph),
        "symbol": frozenset({"size", "path"}),
        "blank": _names(cells.Blank),
    },
)  # fmt: skip
LEDGER = Vocabulary(
    given=frozenset({"ledger"}),
    attributes=_names(Ledger, Shape, more=("heads",)),
    wanted=("title", "note", "columns", "rows"),
    behind={
        "data": frozenset({"title", "note", "columns", "rows", "fonts"}),
        "fonts": FONTS,
        "column": frozenset({"head", "width", "is_centred"}),
    },
)


@dataclass(frozen=True, slots=True)
class Checked:
    """One template, looked at without filling it.

    Attributes:
        used: names of ours that it uses.
        unknown: names that do not exist, each with its line.
        unused: names that it could use and does not.
        faults: Chinese; what else is wrong.
    """

    name: str
    used: tuple[str, ...] = ()
    unknown: tuple[tuple[str, int], ...] = ()
    unused: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether it can be filled."""
        return not self.unknown and not self.faults


def look(
    name: str,
    text: str,
    words: Iterable[str] = (),
    shared: Mapping[str, str] | None = None,
    about: Vocabulary = FORMS,
) -> Checked:
    """Look at a jinja template.

    Args:
        name: what it is called.
        text: its source.
        words: names that it has besides those of the vocabulary.
        shared: the files that it may import, by name.
        about: what it may say; what it leaves out is told where it has no words.
    """
    from jinja2 import TemplateSyntaxError, meta, nodes

    cage = templates.cage(lambda _: None)
    try:
        tree = cage.parse(text)  # jinja works out what is constant already here
        free = meta.find_undeclared_variables(tree)
    except TemplateSyntaxError as e:
        return Checked(name, faults=(f"第 {e.lineno} 行：{e.message}",))
    except (MemoryError, RecursionError, TooLongError) as e:
        return Checked(name, faults=(templates.reason(e),))
    given = about.given | {*words}
    names = {node.name: node.lineno for node in reversed([*tree.find_all(nodes.Name)])}
    importable = shared or {}
    keys = {key for text in importable.values() for key in KEY.findall(text)} | {
        str(pair.key.value)
        for pair in tree.find_all(nodes.Pair)
        if isinstance(pair.key, nodes.Const)
    }
    attributes = {node.attr: node.lineno for node in reversed([*tree.find_all(nodes.Getattr)])}
    known = about.attributes | LOOP | keys
    strange = {each: line for each, line in attributes.items() if each not in known}
    strange |= {each: names.get(each, 1) for each in free - given}
    missing = {each or "（算出来的名字）" for each in meta.find_referenced_templates(tree)}
    missing -= {*importable}
    return Checked(
        name,
        used=tuple(sorted((free & given) | ({*attributes} & about.attributes))),
        unknown=tuple(sorted(strange.items(), key=lambda each: (each[1], each[0]))),
        faults=tuple(f"找不到模板 {each}" for each in sorted(missing)),
    )


def look_typst(name: str, text: str, about: Vocabulary = FORMS) -> Checked:
    """Look at a typst template: names after `form.`, `row.` and their like."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", lambda gone: re.sub(r"[^\n]", " ", gone.group()), text)
    used = {*re.findall(r"\.(\w+)", code)} & about.attributes
    unknown = []
    for found in re.finditer(rf"\b({'|'.join(about.behind)})\.(\w+)", code):
        if found[2] in about.behind[found[1]]:
            used.add(found[2])
        elif found[2] not in METHODS:
            unknown.append((f"{found[1]}.{found[2]}", code.count("\n", 0, found.start()) + 1))
    return Checked(name, tuple(sorted(used)), tuple(unknown), left_out(used, about))


def left_out(used: Iterable[str], about: Vocabulary = FORMS) -> tuple[str, ...]:
    """Return what a template never prints."""
    return tuple(name for name in about.wanted if name not in {*used})


def of_parts(name: str, texts: Mapping[str, str], words: Iterable[str]) -> Iterator[Checked]:
    """Look at the parts of a Word template, and at the names that none of them prints."""
    named = tuple(words)
    shared = {part: text for part, text in texts.items() if part.endswith(".j2")}
    seen = [look(f"{name}/{part}", text, named, shared) for part, text in texts.items()]
    yield from seen
    used = {each for found in seen for each in found.used}
    unused = left_out(used) if FORMS.given & used else tuple(w for w in named if w not in used)
    yield Checked(name, tuple(sorted(used)), unused=unused)
