"""Forms as Word documents: a tree of text in Git, filled in the cage and zipped.

Nothing in the file depends on when, where or how often it is written.
"""

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qjmedia.errors import BadRequest, MachineFault, os_reason
from qjmedia.model.words import FormKind
from qjmedia.render import templates
from qjmedia.render.form import Form
from qjmedia.render.package import Packed, packed, zipped
from qjmedia.render.sheet import refuse_long
from qjmedia.render.trace import blank_picture
from qjmedia.render.words import words

if TYPE_CHECKING:
    from jinja2 import Template

TREES = {
    FormKind.REGISTRATION: "official",
    FormKind.APPLICATION: "official",
    FormKind.AMENDMENT: "amendment",
    FormKind.CANCELLATION: "cancellation",
    FormKind.CLOSURE: "closure",
}
"""A tree for one kind of document alone, as an office brings it from Word."""
COMMON = "form"
"""The tree that serves every kind that has none of its own."""

TYPES = "[Content_Types].xml"
DOCUMENT = "word/document.xml"
PICTURE = "word/media/trace.png"
PICTURE_TARGET = "media/trace.png"
RELATIONS = "word/_rels/document.xml.rels"
SHARED = ".j2"
"""A file that other parts import; it is not in the document."""
LARGEST_BYTES, MOST_PARTS = 4 * 1024 * 1024, 200
SETTLED_NS = 2_000_000_000

BREAK, TAB = "\x0b", "\x0c"
"""Stand for a line break and a tab until the text is whole; no value can hold them."""
MARKS = str.maketrans("\n\t", BREAK + TAB)
RUN_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
RUN_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
TAG = re.compile(r"<[^<>]*>")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
PAGE = re.compile(r"(?s)(.*<w:body>)(.*?)(<w:sectPr\b(?:(?!<w:sectPr\b).)*</w:body>.*)")
NEXT_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
LOOP = re.compile(r"\bforms\b")

Parts = tuple[tuple[str, bytes], ...]


def docx(forms: Sequence[Form], folders: Sequence[Path]) -> bytes:
    """Return one form as a .docx, a page for every copy.

    `folders` are where templates are looked for, the registry's own first.

    Raises:
        BadRequest: the template is wrong or too large, or there is not exactly one form.
        MachineFault: it cannot be read.
        Refused: the form has no room on its page.

    Measures: 第七条 (一式两份), 附表.
    """
    if len(forms) != 1:
        raise BadRequest("一个 .docx 只放一张表", hint="用 -o 指明一个目录；要合成一个文件，用 PDF")
    (form,) = forms
    refuse_long(form)
    return _tree_in(folder_for(form.kind, folders)).fill(form)


def filled(parts: Parts, form: Form) -> bytes:
    """Return a form laid out by the parts of a tree.

    Raises:
        BadRequest: the template is wrong.
    """
    return _compiled(parts).fill(form)


def folder_for(kind: FormKind, folders: Sequence[Path]) -> Path:
    """Return the tree that a kind of document is made from.

    Raises:
        BadRequest: there is none.
    """
    for name in (TREES[kind], COMMON):
        for folder in folders:
            found = f"{folder}/docx/{name}"
            if os.path.isfile(f"{found}/{DOCUMENT}"):  # noqa: PTH113  asked for every form
                return Path(found)
    raise BadRequest(
        "找不到 Word 模板 docx/form", hint="重新安装 qjmedia，或补上登记库的 templates/docx"
    )


def parts_of(folder: Path) -> Parts:
    """Return the files of a tree, `[Content_Types].xml` first; links are not followed.

    Raises:
        BadRequest: it is too large.
        MachineFault: it cannot be read.
    """
    try:
        parts = tuple(sorted(_read(folder, ""), key=lambda part: _order(part[0])))
    except OSError as e:
        raise MachineFault(f"无法读取模板 {folder}：{os_reason(e)}", hint="检查文件权限") from e
    if len(parts) > MOST_PARTS or sum(len(data) for _, data in parts) > LARGEST_BYTES:
        raise BadRequest(
            f"模板 {folder} 太大（最多 {MOST_PARTS} 个文件、{LARGEST_BYTES // 1024 // 1024} MB）"
        )
    return parts


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree ready to be filled: parts that never change, packed, and those that are templates."""

    names: tuple[str, ...]
    static: Mapping[str, Packed]
    templates: "Mapping[str, Template]"
    has_own_pages: bool
    has_picture: bool

    def fill(self, form: Form) -> bytes:
        """Return the document of a form."""
        own = words(form, form.copies[0])
        parts = []
        has_picture = self.has_picture
        for name in self.names:
            if name in self.static:
                parts.append(self.static[name])
            elif name != PICTURE:
                text = self._text(name, form, own)
                has_picture |= name == RELATIONS and PICTURE_TARGET in text
                pack = packed if name == DOCUMENT else _packed_once
                parts.append(pack(name, text.encode()))
            elif has_picture:
                symbol = form.symbol
                parts.append(packed(PICTURE, symbol.picture if symbol else blank_picture()))
        return zipped(parts)

    def _text(self, name: str, form: Form, own: Mapping[str, str]) -> str:
        with templates.refusing(name, f"templates/docx 中的 {name}"):
            if name == DOCUMENT and not self.has_own_pages:
                return _flowed(self._pages(form))
            filled = self.templates[name].render({**own, "forms": (form,)})
            return _flowed(filled) if name.startswith("word/") else _flat(filled)

    def _pages(self, form: Form) -> str:
        """Return a document whose template is one page, with that page once a copy."""
        filled = [
            PAGE.fullmatch(self.templates[DOCUMENT].render({**words(form, copy), "forms": (form,)}))
            for copy in form.copies
        ]
        pages = [page for page in filled if page is not None]
        if len(pages) < len(filled):
            raise ValueError("没有页面设置（w:sectPr）")
        inner = NEXT_PAGE.join(page[2] for page in pages)
        return f"{pages[0][1]}{inner}{pages[0][3]}"


def texts_of(parts: Parts) -> dict[str, str]:
    """Return the parts that are templates, as text.

    Raises:
        BadRequest: one is not UTF-8.
    """
    return {name: _decoded(name, data) for name, data in parts if _is_template(name, data)}


_packed_once = lru_cache(maxsize=32)(packed)
"""The small parts are the same in many forms; the document itself never is."""


@lru_cache(maxsize=8)
def _compiled(parts: Parts) -> Tree:
    texts = texts_of(parts)
    cage = templates.cage(lambda name: _source(name, texts), finalize=escaping())
    made = {}
    for name in texts:
        with templates.refusing(name, f"templates/docx 中的 {name}"):
            made[name] = cage.get_template(name)
    data = {name: each for name, each in parts if name != PICTURE}
    static = {name: packed(name, each) for name, each in data.items() if name not in texts}
    return Tree(
        names=tuple(
            sorted({*data, PICTURE} - {name for name in data if name.endswith(SHARED)}, key=_order)
        ),
        static=static,
        templates=made,
        has_own_pages=bool(LOOP.search(texts.get(DOCUMENT, "forms"))),
        has_picture=RELATIONS in static and PICTURE_TARGET.encode() in data[RELATIONS],
    )


def _order(name: str) -> tuple[bool, str]:
    """Where a part stands in the package: its types first, as every reader expects."""
    return name != TYPES, name


@dataclass(frozen=True, slots=True)
class _Kept:
    """A tree, and the state of its files when they were read."""

    paths: tuple[str, ...]
    state: tuple[tuple[int, int, int], ...]
    tree: Tree


_KEPT: dict[Path, _Kept] = {}
"""Trees by folder: reading a dozen files for every form would take a quarter of its time."""


def _tree_in(folder: Path) -> Tree:
    """Return the tree in a folder, read again if anything in it has changed.

    A file that changed in the last moments is not trusted: it may change again within the same tick
    of the clock, and look the same.
    """
    kept = _KEPT.get(folder)
    if kept is not None and _state(kept.paths) == kept.state:
        return kept.tree
    began = time.time_ns()
    parts = parts_of(folder)
    tree = _compiled(parts)
    below = {str(place) for name, _ in parts for place in (folder / name, *(folder / name).parents)}
    paths = tuple(path for path in below if path.startswith(str(folder)))
    state = _state(paths)
    if all(changed < began - SETTLED_NS for changed, _, _ in state):
        _KEPT[folder] = _Kept(paths, state, tree)
    return tree


def _state(paths: Sequence[str]) -> tuple[tuple[int, int, int], ...]:
    try:
        found = [os.stat(path) for path in paths]  # noqa: PTH116  asked for every form
    except OSError:
        return ()
    return tuple((each.st_mtime_ns, each.st_size, each.st_ino) for each in found)


def escaping() -> templates.Finalize:
    """Return what writes a value as XML text that reads back as it was.

    What the template itself wrote passes.
    """
    from markupsafe import Markup, escape

    def literal(value: object) -> object:
        if isinstance(value, int | Markup):
            return value
        text = "" if value is None else str(value)
        if text.isprintable():
            return escape(text)
        text = UNPRINTABLE.sub("\ufffd", re.sub(r"\r\n?", "\n", text))
        return Markup(str(escape(text)).translate(MARKS))  # noqa: S704  escaped just now

    return literal


def _flowed(xml: str) -> str:
    """Return XML with its line breaks and tabs in place; inside a tag they are spaces."""
    if BREAK in xml or TAB in xml:
        xml = TAG.sub(lambda tag: _flat(tag.group()), xml)
        xml = xml.replace(BREAK, RUN_BREAK).replace(TAB, RUN_TAB)
    return xml


def _flat(xml: str) -> str:
    return xml.replace(BREAK, " ").replace(TAB, " ")


def _read(folder: Path | str, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield the regular files below a folder, one more than MOST_PARTS at most."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                found = _read(entry.path, f"{name}/")
            elif entry.is_file(follow_symlinks=False):
                found = iter([(name, _bytes(entry.path))])
            else:
                continue
            for part in found:
                yield part
                count += 1
                if count > MOST_PARTS:
                    return


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123  a path object costs as much as the reading
        return file.read(LARGEST_BYTES + 1)


def _is_template(name: str, data: bytes) -> bool:
    if name.endswith(SHARED):
        return True
    return name.endswith((".xml", ".rels")) and any(mark in data for mark in (b"{{", b"{%", b"{#"))


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise BadRequest(f"模板 {name} 不是 UTF-8 文本", hint="在编辑器中另存为 UTF-8 编码") from e


def _source(name: str, texts: Mapping[str, str]) -> tuple[str, str, templates.Fresh] | None:
    return (texts[name], name, lambda: True) if name in texts else None
