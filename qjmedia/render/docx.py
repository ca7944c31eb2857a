"""Forms as Word documents: a tree of text in Git, filled in the cage and zipped.

Nothing in the file depends on when, where or how often it is written.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from qjmedia.errors import BadRequest, MachineFault
from qjmedia.model.words import FormKind
from qjmedia.render import templates
from qjmedia.render.form import Form
from qjmedia.render.trace import blank_picture, picture
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
RELATIONS = "word/_rels/document.xml.rels"
SHARED = ".j2"
"""A file that other parts import; it is not in the document."""
LARGEST_BYTES, MOST_PARTS = 4 * 1024 * 1024, 200
EPOCH = (1980, 1, 1, 0, 0, 0)

BREAK, TAB = "\x0b", "\x0c"
"""Stand for a line break and a tab until the text is whole; no value can hold them."""
MARKS = str.maketrans("\n\t", BREAK + TAB)
RUN_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
RUN_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
TAG = re.compile(r"<[^>]*>")
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

    Measures: 第七条 (一式两份), 附表.
    """
    if len(forms) != 1:
        raise BadRequest("一个 .docx 只放一张表", hint="用 -o 指明一个目录；要合成一个文件，用 PDF")
    (form,) = forms
    return filled(parts_of(folder_for(form.kind, folders)), form)


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
            found = folder / "docx" / name
            if (found / DOCUMENT).is_file():
                return found
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
        parts = tuple(sorted(_read(folder, ""), key=lambda part: (part[0] != TYPES, part[0])))
    except OSError as e:
        raise MachineFault(f"无法读取模板 {folder}：{e.strerror}", hint="检查文件权限") from e
    if len(parts) > MOST_PARTS or sum(len(data) for _, data in parts) > LARGEST_BYTES:
        raise BadRequest(
            f"模板 {folder} 太大（最多 {MOST_PARTS} 个文件、{LARGEST_BYTES // 1024 // 1024} MB）"
        )
    return parts


def zipped(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a zip in this order, with neither times nor owners."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, data in parts:
            info = ZipInfo(name, EPOCH)
            info.compress_type = ZIP_DEFLATED
            info.create_system = 0
            archive.writestr(info, data)
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree ready to be filled: the parts as they are, and those that are templates."""

    parts: Parts
    templates: "Mapping[str, Template]"
    has_own_pages: bool

    def fill(self, form: Form) -> bytes:
        """Return the document of a form."""
        written = [
            (name, self._part(name, data, form))
            for name, data in self.parts
            if not name.endswith(SHARED)
        ]
        if any(name == RELATIONS and b"media/trace.png" in data for name, data in written):
            symbol = picture(form.trace) if form.symbol else blank_picture()
            written = [part for part in written if part[0] != PICTURE]
            written.append((PICTURE, symbol))
        return zipped(written)

    def _part(self, name: str, data: bytes, form: Form) -> bytes:
        if name not in self.templates:
            return data
        with templates.refusing(name, f"templates/docx 中的 {name}"):
            if name == DOCUMENT and not self.has_own_pages:
                return _flowed(self._pages(form)).encode()
            filled = self.templates[name].render(self._names(form, form.copies[0]))
            return (_flowed(filled) if name.startswith("word/") else _flat(filled)).encode()
        raise AssertionError  # pragma: no cover

    def _pages(self, form: Form) -> str:
        """Return a document whose template is one page, with that page once a copy."""
        filled = [
            PAGE.fullmatch(self.templates[DOCUMENT].render(self._names(form, copy)))
            for copy in form.copies
        ]
        pages = [page for page in filled if page is not None]
        if len(pages) < len(filled):
            raise ValueError("没有页面设置（w:sectPr）")
        inner = NEXT_PAGE.join(page[2] for page in pages)
        return f"{pages[0][1]}{inner}{pages[0][3]}"

    def _names(self, form: Form, copy: str) -> dict[str, object]:
        return {**words(form, copy), "forms": (form,)}


def texts_of(parts: Parts) -> dict[str, str]:
    """Return the parts that are templates, as text.

    Raises:
        BadRequest: one is not UTF-8.
    """
    return {name: _decoded(name, data) for name, data in parts if _is_template(name, data)}


@lru_cache(maxsize=8)
def _compiled(parts: Parts) -> Tree:
    texts = texts_of(parts)
    cage = templates.cage(lambda name: _source(name, texts), finalize=escaping())
    made = {}
    for name in texts:
        with templates.refusing(name, f"templates/docx 中的 {name}"):
            made[name] = cage.get_template(name)
    return Tree(parts, made, has_own_pages=bool(LOOP.search(texts.get(DOCUMENT, "forms"))))


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
