"""A .docx that somebody edited in Word, as a tree of text fit for Git and for the cage.

The file is a stranger's: it is never unpacked to disk, and what could reach outside (macros,
external links, embedded objects, fields that fetch) is refused. What Word adds for itself (marks
of editing sessions and of spelling, names of authors) is left out.
"""

import html
import posixpath
import re
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from qjmedia.errors import BadRequest, Refused
from qjmedia.render.docx import DOCUMENT, LARGEST_BYTES, MOST_PARTS, PICTURE, RELATIONS, TYPES

SAMPLE = "QJ1:2000:1:0000000:0000000000"
"""The code on a form that is opened in Word; it marks where the real one is to stand."""
CODE_TAG = "{{ 追踪码 }}"

FORBIDDEN = (
    (re.compile(r"vbaproject|vbadata|\.bin$", re.IGNORECASE), "宏或嵌入的程序"),
    (re.compile(r"(^|/)(embeddings|activex|ctrlprops)/", re.IGNORECASE), "嵌入的对象"),
)
ACTIVE = (
    ("macroEnabled", "宏"),
    ("<w:altChunk", "嵌入的别的文档"),
    ("<w:object", "嵌入的对象"),
    ("<w:control", "控件"),
)
FETCHING = re.compile(
    r"DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON|\b(?:DDE|LINK|IMPORT|DATABASE)\b",
    re.IGNORECASE,
)
FIELD = re.compile(r"<w:instrText\b[^>]*>([^<]*)<|w:instr=\"([^\"]*)\"")
UNFINISHED = (
    (re.compile(r"<w:(ins|del|moveFrom|moveTo) "), "修订", "在 Word 中接受全部修订再导入"),
    (re.compile(r"<w:commentReference\b"), "批注", "在 Word 中删除全部批注再导入"),
)
DROPPED = re.compile(
    r"docProps/(app|custom|core)\.xml$|docProps/thumbnail|customXml/|word/people\.xml$"
)
NOISE = re.compile(
    r' w:rsid\w*="[^"]*"| w1[0-9]:(?:paraId|textId)="[^"]*"'
    r"|<w:(?:proofErr|bookmarkStart|bookmarkEnd|lastRenderedPageBreak)\b[^>]*/>"
    r"|<w:rsids>.*?</w:rsids>|<w:attachedTemplate\b[^>]*/>",
    re.DOTALL,
)
PARAGRAPH = re.compile(r"<w:p[ >](?:(?!<w:p[ >]).)*?</w:p>", re.DOTALL)
PIECE = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|<w:t(?: [^>]*)?/>")
MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
QUOTES = str.maketrans("“”‘’", "\"\"''")
LINE = re.compile(
    r"(?=<w:(?:tbl|tr|sectPr|style|p)[ >])|(?=</w:tbl>)|(?=<(?:Override|Relationship|Default) )"
)

Parts = dict[str, bytes]


def tree_of(data: bytes) -> Parts:
    """Return the parts of a Word file by name, cleaned and broken into lines.

    Raises:
        BadRequest: it is no sound .docx, or too large.
        Refused: it holds something that a template must not, or edits that nobody has accepted.
    """
    texts: dict[str, str] = {}
    parts: Parts = {}
    for name, content in _unpacked(data):
        if DROPPED.search(name):
            continue
        if name.endswith((".xml", ".rels")):
            texts[name] = _text(name, content)
        else:
            parts[name] = content
    for name, text in texts.items():
        _refuse_active(name, text)
    texts = {name: _clean(name, text) for name, text in texts.items()}
    parts = _with_code(texts, parts)
    return {name: text.encode() for name, text in texts.items()} | parts


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _refuse_bomb(entries)
            for entry in entries:
                yield entry.filename, archive.read(entry)
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, zlib.error) as e:
        raise BadRequest(
            "不是 Word 文件（.docx），或已损坏、加了密码", hint="在 Word 中另存为 .docx，不加密码"
        ) from e


def _refuse_bomb(entries: list[ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_BYTES:
        raise BadRequest(
            f"文件太大：展开后最多 {MOST_PARTS} 个部分、{LARGEST_BYTES // 1024 // 1024} MB",
            hint="去掉大图片再试",
        )
    if len({name.lower() for name in names}) < len(names) or any(map(_is_astray, names)):
        raise BadRequest("文件内部的路径不正常，不像 Word 写的", hint="在 Word 中另存一次再试")
    if not {TYPES, DOCUMENT} <= set(names):
        raise BadRequest("不是 Word 文件（.docx）", hint="在 Word 中另存为 .docx")
    for name in names:
        for pattern, what in FORBIDDEN:
            if pattern.search(name):
                raise Refused(
                    f"模板里不能有{what}（{name}）", hint="在 Word 中另存为不带宏的 .docx"
                )


def _is_astray(name: str) -> bool:
    path = PurePosixPath(name)
    strange = path.is_absolute() or not name.isprintable() or bool(set(name) & set('\\:*?"<>|'))
    return strange or ".." in path.parts or name != str(path)


def _text(name: str, content: bytes) -> str:
    """Return a part's text; one that is no XML, or declares entities, is refused."""
    try:
        text = content.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise BadRequest(f"{name} 里有实体声明", hint="在 Word 中另存一次再试")
        ET.fromstring(text)  # noqa: S314  without a DTD there are no entities to expand
    except (UnicodeDecodeError, ET.ParseError) as e:
        raise BadRequest(f"{name} 读不懂：不是 UTF-8 的 XML", hint="在 Word 中另存一次再试") from e
    return text


def _refuse_active(name: str, text: str) -> None:
    for sign, what in ACTIVE:
        if sign in text:
            raise Refused(f"模板里不能有{what}（{name}）", hint="在 Word 中去掉它再导入")
    fields = [html.unescape(field[1] or field[2] or "") for field in FIELD.finditer(text)]
    if any(map(FETCHING.search, (*fields, "".join(fields)))):  # a word may be cut into runs
        raise Refused(f"模板里不能有会读取别处的域（{name}）", hint="在 Word 中去掉它再导入")
    for pattern, what, hint in UNFINISHED:
        if pattern.search(text):
            raise Refused(f"文件里还有{what}", hint=hint)
    if name.endswith(".rels") and 'TargetMode="External"' in text.replace("'", '"'):
        raise Refused(
            f"模板里不能有指向外面的链接（{name}）",
            hint="在 Word 中去掉超链接、链接的图片和附加的模板再导入",
        )


def _clean(name: str, text: str) -> str:
    if name == TYPES or name.endswith(".rels"):
        text = re.sub(
            r"<(?:Override|Relationship)\b[^>]*/>",
            lambda entry: "" if _is_dropped(entry.group()) else entry.group(),
            text,
        )
    if name.startswith("word/"):
        text = PARAGRAPH.sub(lambda paragraph: _merged(paragraph.group()), NOISE.sub("", text))
    return _in_lines(text)


def _is_dropped(entry: str) -> bool:
    target = re.search(r'(?:PartName|Target)="([^"]*)"', entry)
    path = posixpath.normpath(target[1]).lstrip("/.") if target else ""
    return bool(DROPPED.search(path)) or bool(DROPPED.search(f"word/{path}"))


def _merged(paragraph: str) -> str:
    """Return a paragraph in which every mark stands in one run, however Word had cut it."""
    pieces = [*PIECE.finditer(paragraph)]
    texts = [piece[1] or "" for piece in pieces]
    whole = "".join(texts)
    if not MARK.search(whole):
        return paragraph
    starts = [sum(map(len, texts[:at])) for at in range(len(texts))]
    kept = [*texts]
    for mark in reversed([*MARK.finditer(whole)]):
        first = max(at for at, start in enumerate(starts) if start <= mark.start())
        last = max(at for at, start in enumerate(starts) if start < mark.end())
        tail = kept[last][mark.end() - starts[last] :]
        head = texts[first][: mark.start() - starts[first]]
        kept[first : last + 1] = [""] * (last + 1 - first)
        kept[last] = tail
        kept[first] = head + _code(mark.group()) + (tail if first == last else "")
    made = iter(kept)
    return PIECE.sub(lambda _: f'<w:t xml:space="preserve">{next(made)}</w:t>', paragraph)


def _code(mark: str) -> str:
    """Return a mark as it was meant: Word curls quotes, and XML hides some characters."""
    return html.unescape(mark).translate(QUOTES)


def _in_lines(text: str) -> str:
    """Return XML with a line a row, and a line a paragraph where it is in no row."""
    lines = [""]
    depth = 0
    for chunk in LINE.split(text):
        inside = depth > 0
        depth += len(re.findall(r"<w:tr[ >]", chunk)) - len(re.findall(r"</w:tr>", chunk))
        if inside and re.match(r"<w:p[ >]", chunk):
            lines[-1] += chunk
        else:
            lines.append(chunk.strip("\r\n"))
    kept = (line.strip("\r\n") for line in lines)
    return "\n".join(line for line in kept if line) + "\n"


def _with_code(texts: dict[str, str], parts: Mapping[str, bytes]) -> Parts:
    """Put the real code where the sample stands, and its picture under the name that is filled."""
    made = dict(parts)
    document = texts[DOCUMENT]
    drawn = re.search(rf'descr="{SAMPLE}".*?r:embed="(\w+)"', document, re.DOTALL)
    texts[DOCUMENT] = document.replace(SAMPLE, CODE_TAG)
    if drawn is None or RELATIONS not in texts:
        return made
    entry = re.search(rf'<Relationship\b[^>]*\bId="{drawn[1]}"[^>]*/>', texts[RELATIONS])
    target = re.search(r'Target="([^"]*)"', entry.group()) if entry else None
    if entry and target:
        made.pop(f"word/{target[1]}", None)
        changed = entry.group().replace(target.group(), 'Target="media/trace.png"')
        texts[RELATIONS] = texts[RELATIONS].replace(entry.group(), changed)
        made.pop(PICTURE, None)
    return made
