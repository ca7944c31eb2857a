"""The text of a printed file, in whatever format it left us."""

import html
import re
import shutil
import subprocess
import zlib
from html.parser import HTMLParser
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from qjmedia.errors import BadRequest, MachineFault

LARGEST_BYTES = 32 * 1024 * 1024
DOCUMENT = "word/document.xml"
PARAGRAPH = re.compile(r"</w:p>|<w:br/>|<w:tab/>")
TAG = re.compile(r"<[^<>]*>")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def text_of(data: bytes) -> str:
    """Return the text of a PDF, Word, HTML or Markdown file.

    Raises:
        BadRequest: it is none of these, or too large.
        MachineFault: it is a PDF, and nothing on this machine reads one.
    """
    if len(data) > LARGEST_BYTES:
        raise BadRequest(f"文件超过 {LARGEST_BYTES // 1024 // 1024} MB")
    if data.startswith(b"%PDF"):
        return _pdf(data)
    if data.startswith(b"PK"):
        return _docx(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise BadRequest("读不出文字", hint="可用的有：PDF、Word（.docx）、HTML、Markdown") from e
    return _html(text) if "<html" in text[:1000].lower() else _markdown(text)


def keeps_lines(data: bytes) -> bool:
    """Whether a file's text has a line for each cell and paragraph, as it was laid out.

    What `pdftotext` prints has them as they come to lie on the page.
    """
    return data.startswith(b"PK") or b"<html" in data[:1000].lower()


def _pdf(data: bytes) -> str:
    program = shutil.which("pdftotext")
    if program is None:
        raise MachineFault(
            "这台机器上没有 pdftotext，读不了 PDF 的文字",
            hint="照抄纸上的追踪码：qjmedia verify QJ1:…；或安装 poppler-utils",
        )
    done = subprocess.run(  # noqa: S603  a constant command; the file goes in on stdin
        [program, "-enc", "UTF-8", "-", "-"], input=data, capture_output=True, check=False
    )
    if done.returncode:
        raise BadRequest("这个 PDF 打不开，可能已损坏")
    return done.stdout.decode("utf-8", "replace")


def _docx(data: bytes) -> str:
    try:
        with ZipFile(BytesIO(data)) as archive:
            if archive.getinfo(DOCUMENT).file_size > LARGEST_BYTES:
                raise BadRequest("这个 Word 文件太大")
            xml = archive.read(DOCUMENT).decode("utf-8", "replace")
    except (BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, zlib.error) as e:
        raise BadRequest("不是 Word 文件（.docx），或已损坏") from e
    return html.unescape(TAG.sub("", PARAGRAPH.sub("\n", xml)))


def _markdown(text: str) -> str:
    return html.unescape(ESCAPED.sub(r"\1", text.replace("<br>", "\n")))


class _Words(HTMLParser):
    """Collects what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.hidden = tag in {"style", "script"}
        if tag != "bdi":
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        del tag
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def _html(text: str) -> str:
    words = _Words()
    words.feed(text)
    words.close()
    return "".join(words.found)
