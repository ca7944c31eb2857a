"""What a template may say: which names it uses, which of them do not exist, which it leaves out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from qjmedia.render import cells, templates
from qjmedia.render.form import Form
from qjmedia.render.trace import Symbol

PARTS = (Form, cells.Row, cells.Blank, cells.Text, cells.Contact, cells.Endorsement, cells.Table,
         cells.Paragraph, Symbol)  # fmt: skip
BASE = {
    "form": Form,
    "row": cells.Row,
    "paragraph": cells.Paragraph,
    "symbol": Symbol,
    "blank": cells.Blank,
}
"""What a name most likely is in a typst template, which has no declarations to read."""
DERIVED = {"height", "symbol", "name", "kind", "size", "path"}
KEY = re.compile(r'"(\w+)":')
LOOP = {"index", "index0", "first", "last", "length", "revindex", "revindex0"}
INCIDENTAL = {"id", "stem", "kind", "year", "serial", "height", "symbol", "mark", "paragraphs"}
"""Names that a template can do without: not every document has them, or they say nothing new."""


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


def known_fields() -> set[str]:
    """Return every attribute that a form, or anything in it, has."""
    return {each.name for part in PARTS for each in fields(part)} | DERIVED


def look(
    name: str, text: str, words: Iterable[str] = (), shared: Mapping[str, str] | None = None
) -> Checked:
    """Look at a jinja template.

    Args:
        name: what it is called.
        text: its source.
        words: names that it has besides `forms`.
        shared: the files that it may import, by name.
    """
    from jinja2 import TemplateSyntaxError, meta, nodes

    cage = templates.cage(lambda _: None)
    try:
        tree = cage.parse(text)
    except TemplateSyntaxError as e:
        return Checked(name, faults=(f"第 {e.lineno} 行：{e.message}",))
    given = {"forms", *words}
    free = meta.find_undeclared_variables(tree)
    names = {node.name: node.lineno for node in reversed([*tree.find_all(nodes.Name)])}
    importable = shared or {}
    keys = {key for text in importable.values() for key in KEY.findall(text)} | {
        str(pair.key.value)
        for pair in tree.find_all(nodes.Pair)
        if isinstance(pair.key, nodes.Const)
    }
    attributes = {node.attr: node.lineno for node in reversed([*tree.find_all(nodes.Getattr)])}
    strange = {each: line for each, line in attributes.items() if each not in _attributes(keys)}
    strange |= {each: names.get(each, 1) for each in free - given}
    missing = {each or "（算出来的名字）" for each in meta.find_referenced_templates(tree)}
    missing -= {*importable}
    return Checked(
        name,
        used=tuple(sorted((free & given) | ({*attributes} & known_fields()))),
        unknown=tuple(sorted(strange.items(), key=lambda each: (each[1], each[0]))),
        faults=tuple(f"找不到模板 {each}" for each in sorted(missing)),
    )


def _attributes(keys: set[str]) -> set[str]:
    return known_fields() | LOOP | keys


def look_typst(name: str, text: str) -> Checked:
    """Look at a typst template: names after `form.`, `row.` and their like."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", lambda gone: re.sub(r"[^\n]", " ", gone.group()), text)
    used: set[str] = set()
    unknown = []
    for found in re.finditer(r"\b(form|row|paragraph|symbol|blank)\.(\w+)", code):
        part = BASE[found[1]]
        if found[2] in {each.name for each in fields(part)} | DERIVED | {"lines"}:
            used.add(found[2])
        else:
            unknown.append((f"{found[1]}.{found[2]}", code.count("\n", 0, found.start()) + 1))
    used |= {*re.findall(r"\.(\w+)", code)} & known_fields()
    return Checked(name, tuple(sorted(used)), tuple(unknown), left_out(used))


def left_out(used: Iterable[str]) -> tuple[str, ...]:
    """Return what of a form a template never prints."""
    wanted = [each.name for each in fields(Form) if each.name not in INCIDENTAL]
    return tuple(name for name in wanted if name not in {*used})


def of_parts(name: str, texts: Mapping[str, str], words: Iterable[str]) -> Iterator[Checked]:
    """Look at the parts of a Word template, and at the names that none of them prints."""
    named = tuple(words)
    shared = {part: text for part, text in texts.items() if part.endswith(".j2")}
    seen = [look(f"{name}/{part}", text, named, shared) for part, text in texts.items()]
    yield from seen
    used = {each for found in seen for each in found.used}
    unused = left_out(used) if "forms" in used else tuple(w for w in named if w not in used)
    yield Checked(name, tuple(sorted(used)), unused=unused)
