"""Word documents: valid, literal, the same every time, a page of paper a copy."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError
from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]  # has no stubs
from render import given
from render.test_html import values_of

from qjmedia.errors import BadRequest
from qjmedia.model.tree import Record
from qjmedia.model.words import FormKind
from qjmedia.render.cells import clean
from qjmedia.render.docx import docx
from qjmedia.render.form import Form

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LETTER: Record = {**given.HOSTILE, "filings": [given.CLOSED]}


def traced(form: Form) -> Form:
    return replace(form, trace=given.TRACE)


FORMS = {
    "normal": traced(given.form()),
    "blank": given.filled(given.blank()),
    "hostile": traced(given.form(**given.HOSTILE)),
    "longest": traced(given.form(**given.LONGEST)),
    "amendment": traced(given.other(FormKind.AMENDMENT)),
    "cancellation": traced(given.other(FormKind.CANCELLATION)),
    "closure": traced(given.other(FormKind.CLOSURE, **LETTER)),
    **{f"long {kind.name}": traced(given.longest_other(kind)) for kind in given.OTHERS},
}
HOSTILE_TEMPLATES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ forms[0].height.__globals__ }}",
    "{{ forms[0].__init__.__globals__ }}",
    "{{ '{0.__class__}'.format(forms) }}",
    "{{ forms|attr('__class__') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ 媒体名称.__class__ }}",
    "{{ forms.append(1) }}",
]


def made(form: Form) -> bytes:
    return docx([form], given.TEMPLATES)


def part(data: bytes, name: str = "word/document.xml") -> ET.Element:
    with ZipFile(BytesIO(data)) as archive:
        return ET.fromstring(archive.read(name))  # noqa: S314 -- we wrote it


def paragraphs(data: bytes) -> list[str]:
    """Return the text of every paragraph, a line break as a newline, as Word shows it."""
    return ["".join(_text(each)) for each in part(data).iter(f"{W}p")]


def _text(paragraph: ET.Element) -> Iterator[str]:
    for node in paragraph.iter():
        if node.tag == f"{W}t":
            yield node.text or ""
        elif node.tag in {f"{W}br", f"{W}tab"}:
            yield "\n" if node.tag == f"{W}br" else "\t"


@settings(deadline=None, max_examples=60)
@every(st.text(), st.text(), st.text())
def test_any_value_of_any_unicode_comes_back(name: str, url: str, person: str) -> None:
    form = given.form(name=name, url=url, remarks=url, manager={"name": person, "mobile": name})
    shown = paragraphs(made(form))
    values = values_of(form)
    blanks = {f"{label}{value}" for label in ("姓名：", "手机：", "座机：") for value in values}
    copies = [line for line in shown if line in {*values, *blanks}]
    assert [value for value in values if value not in shown and not blanks & {*shown}] == []
    assert len(copies) >= len(values)
    assert all(clean(value) == value for value in values)


@settings(deadline=None, max_examples=40)
@every(st.text(min_size=1))
def test_any_change_comes_back(value: str) -> None:
    change: Record = {**given.CHANGE, "changes": [{"field": "name", "from": value, "to": value}]}
    form = given.other(FormKind.AMENDMENT, filings=[change])
    expected = clean(value.strip()) or "（无）"
    assert paragraphs(made(form)).count(expected) >= 4


def test_line_breaks_tabs_and_controls_are_made_fit(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    text = "{% set a = '一\\r\\n二\\t三\\x1b\\ud800\\uffff ' %}{{ a }}"
    document = tree / "word/document.xml"
    document.write_text(document.read_text("utf-8").replace("{{ page }}", in_a_run(text)), "utf-8")
    shown = paragraphs(docx([given.form()], (tmp_path,)))
    assert shown[0] == "一\n二\t三\ufffd\ufffd\ufffd "


def test_nobody_is_no_word(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    document = tree / "word/document.xml"
    body = in_a_run("{{ form.symbol }}|{{ '{{ 7*7 }}' }}")
    document.write_text(document.read_text("utf-8").replace("{{ page }}", body), "utf-8")
    assert paragraphs(docx([given.form()], (tmp_path,)))[0] == "|{{ 7*7 }}"


def in_a_run(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def copied(folder: Path) -> Path:
    """Return a registry's own copy of the packaged tree."""
    tree = folder / "docx/form"
    shutil.copytree(given.TEMPLATES[0] / "docx/form", tree)
    return tree


@pytest.mark.parametrize("name", FORMS)
def test_word_finds_nothing_to_repair(tmp_path: Path, name: str) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(made(FORMS[name]))
    findings = OpenXmlValidator().validate(str(path)).errors
    assert [str(each) for each in findings] == []


def test_a_copy_is_a_page_with_its_mark_and_its_code() -> None:
    shown = paragraphs(made(FORMS["normal"]))
    assert [shown.count(mark) for mark in FORMS["normal"].copies] == [1, 1]
    assert shown.count("曲靖师范学院新媒体备案申请表") == shown.count(given.TRACE) == 2
    breaks = part(made(FORMS["normal"])).iter(f"{W}pageBreakBefore")
    assert len(list(breaks)) == 1


def test_without_a_code_there_is_no_picture() -> None:
    with ZipFile(BytesIO(made(given.form()))) as archive:
        assert not [name for name in archive.namelist() if "media" in name]
    with ZipFile(BytesIO(made(FORMS["normal"]))) as archive:
        assert archive.read("word/media/trace.png").startswith(b"\x89PNG")


def test_the_package_has_no_time_and_begins_with_its_types() -> None:
    with ZipFile(BytesIO(made(FORMS["normal"]))) as archive:
        entries = archive.infolist()
    assert entries[0].filename == "[Content_Types].xml"
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.create_system for entry in entries} == {0}


ELSEWHERE = """\
import sys
from render import given
from render.test_docx import FORMS, made
sys.stdout.buffer.write(made(FORMS["normal"]))
"""


def test_another_process_writes_the_same_bytes() -> None:
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], cwd=tests, capture_output=True, check=True
    )
    assert done.stdout == made(FORMS["normal"]) == made(FORMS["normal"])


def test_official_fonts_are_named_and_not_embedded() -> None:
    with ZipFile(BytesIO(made(given.form()))) as archive:
        fonts = archive.read("word/fontTable.xml").decode()
        assert not [name for name in archive.namelist() if "fonts/" in name]
    assert re.findall(r'w:name="(.+?)"><w:altName', fonts) == [
        "仿宋_GB2312",
        "方正小标宋简体",
        "黑体",
    ]


@pytest.mark.parametrize("text", HOSTILE_TEMPLATES)
def test_a_hostile_tree_runs_nothing(tmp_path: Path, text: str) -> None:
    tree = copied(tmp_path)
    (tree / "word/settings.xml").write_text(text, "utf-8")
    with pytest.raises(BadRequest) as refusal:
        docx([given.form()], (tmp_path,))
    cause = refusal.value.__cause__
    assert isinstance(cause, SecurityError) or "undefined" in str(cause) or "no attr" in str(cause)


@pytest.mark.parametrize("name", ["/etc/passwd", "../../../secret", "secret", "docx/form/x.xml"])
def test_a_tree_includes_only_its_own_parts(tmp_path: Path, name: str) -> None:
    tree = copied(tmp_path)
    (tmp_path / "secret").write_text("secret", "utf-8")
    (tree / "word/settings.xml").write_text(f"{{% include '{name}' %}}", "utf-8")
    with pytest.raises(BadRequest, match="找不到模板"):
        docx([given.form()], (tmp_path,))


def test_a_link_in_a_tree_is_not_followed(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    (tmp_path / "secret").write_text("secret", "utf-8")
    (tree / "word/secret.xml").symlink_to(tmp_path / "secret")
    (tree / "more").symlink_to(tmp_path)
    with ZipFile(BytesIO(docx([given.form()], (tmp_path,)))) as archive:
        assert not [name for name in archive.namelist() if "secret" in name or "more" in name]


def test_a_tree_has_a_bounded_size(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    (tree / "word/large.bin").write_bytes(bytes(5 << 20))
    with pytest.raises(BadRequest, match="太大"):
        docx([given.form()], (tmp_path,))


def test_a_slip_in_a_tree_is_named_with_its_line(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    (tree / "word/settings.xml").write_text("\n\n{% fro %}", "utf-8")
    with pytest.raises(BadRequest, match=r"word/settings\.xml 第 3 行"):
        docx([given.form()], (tmp_path,))


def test_the_registrys_tree_comes_before_the_packaged_one(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    document = tree / "word/document.xml"
    document.write_text(
        document.read_text("utf-8").replace("{{ page }}", in_a_run("本校")), "utf-8"
    )
    assert paragraphs(docx([given.form()], (tmp_path, *given.TEMPLATES)))[0] == "本校"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Open every document in LibreOffice and print it."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice to open a .docx (libreoffice-writer)")
    folder = tmp_path_factory.mktemp("printed")
    for name, form in FORMS.items():
        (folder / f"{name}.docx").write_bytes(made(form))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [str(folder / f"{name}.docx") for name in FORMS]
    command = [office, "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=120)
    return folder


@pytest.mark.parametrize("name", FORMS)
def test_every_copy_is_one_page_of_a4(printed: Path, name: str) -> None:
    if shutil.which("pdfinfo") is None:
        pytest.skip("needs pdfinfo (poppler-utils) to count pages")
    command = ["pdfinfo", str(printed / f"{name}.pdf")]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
    assert re.search(r"Pages:\s+(\d+)", said)[1] == str(len(FORMS[name].copies))  # type: ignore[index]  # or it fails
    assert "(A4)" in said
