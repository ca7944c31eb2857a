"""Templates: looked at, taken to Word and back; a hostile one gets nowhere."""

import re
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import make
import pytest
from conftest import Command
from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]  # has no stubs
from plain_git import git
from render import given
from render.test_docx import paragraphs
from shelf import Shelf

from qjmedia.actions.paper import template
from qjmedia.actions.paper.template import KINDS, build, check, prepare
from qjmedia.errors import BadRequest, QjError, Refused
from qjmedia.model.words import FormKind
from qjmedia.render.docx import PICTURE, docx
from qjmedia.render.package import packed
from qjmedia.render.package import zipped as zipped_parts
from qjmedia.render.wordfile import tree_of

ROOT = given.TEMPLATES[0].parent
DOCUMENT = "word/document.xml"
RELATIONS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
Change = Callable[[str], str]


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the threads of a test one of its own takes a second; test_cage.py has them."""
    monkeypatch.setattr(template, "strangers", lambda _: ())
    monkeypatch.setattr(template, "confined", lambda work, _: work())


def from_word(**changes: Change) -> bytes:
    """Return the form as Word might give it back; `changes` are those of its parts."""
    with ZipFile(BytesIO(build(ROOT, FormKind.APPLICATION))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = {"document": DOCUMENT, "relations": RELATIONS, "types": TYPES}
    for key, change in changes.items():
        parts[names[key]] = change(parts[names[key]].decode()).encode()
    return zipped([*parts.items()])


def with_part(name: str, content: bytes = b"x") -> bytes:
    return zipped([*parts_of(from_word()).items(), (name, content)])


def zipped(parts: list[tuple[str, bytes]]) -> bytes:
    return zipped_parts(packed(name, content) for name, content in parts)


def parts_of(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cut(document: str) -> str:
    """Return a document cut into runs as Word does it, with its marks of sessions and spelling."""
    cuts = {
        "{{ 媒体名称 }}": ("{", "{ 媒体", "名称", " }", "}"),
        "{{ 负责人手机 }}": ("{{", " 负责人手机 ", "}}"),
    }
    for tag, pieces in cuts.items():
        between = (
            '</w:t></w:r><w:proofErr w:type="spellStart"/><w:r w:rsidR="00A1B2C3">'
            "<w:rPr><w:b/></w:rPr><w:t>"
        )
        document = document.replace(tag, between.join(pieces))
    return document.replace("<w:p>", '<w:p w:rsidR="00A1B2C3" w:rsidRDefault="00D4E5F6">')


def test_the_packaged_templates_are_sound_and_print_everything() -> None:
    found = check(ROOT)
    assert {each.name for each in found} == {
        "form.html.j2", "form.md.j2", "form.typ", "ledger.html.j2", "ledger.typ", "docx/form",
    }  # fmt: skip
    for each in found:
        assert each.is_sound, each
        assert each.unused == ()


def test_a_document_for_word_is_valid_and_shows_the_names(tmp_path: Path) -> None:
    for kind in KINDS.values():
        path = tmp_path / f"{kind.name}.docx"
        path.write_bytes(build(ROOT, kind))
        assert OpenXmlValidator().validate(str(path)).errors == []
    shown = paragraphs(from_word())
    assert {"{{ 媒体名称 }}", "手机：{{ 负责人手机 }}", "{{ 所在单位意见日期 }}"} <= {*shown}


def test_what_word_cuts_into_runs_comes_back_whole() -> None:
    made = tree_of(from_word(document=cut))[DOCUMENT].decode()
    assert "{{ 媒体名称 }}" in made
    assert "手机：{{ 负责人手机 }}" in re.sub(r"</w:t>.*?<w:t [^>]*>", "", made)
    assert "rsid" not in made
    assert "proofErr" not in made


def test_a_row_is_a_line() -> None:
    lines = tree_of(from_word(document=cut))[DOCUMENT].decode().splitlines()
    rows = [line for line in lines if line.startswith("<w:tr>")]
    assert len(rows) == 9
    assert all(line.count("<w:tr>") == line.count("</w:tr>") == 1 for line in rows)


def test_curled_quotes_and_escapes_inside_tags_are_straightened() -> None:
    def change(text: str) -> str:
        return text.replace("{{ 备注 }}", "{{ 备注 or “无” }}{% if 号 &gt; ‘’ %}有{% endif %}“引”")

    made = tree_of(from_word(document=change))[DOCUMENT].decode()
    assert "{{ 备注 or \"无\" }}{% if 号 > '' %}有{% endif %}“引”" in made


def test_names_of_authors_stay_behind() -> None:
    made = tree_of(with_part("docProps/app.xml", b"<Properties>secret</Properties>"))
    assert not [name for name in made if "docProps" in name]
    assert b"docProps" not in made[TYPES] + made["_rels/.rels"]


@pytest.fixture
def filed(school: Path, qjmedia: Command, shelf: Shelf) -> Path:
    def build() -> None:
        done = qjmedia("add", "--from", "-", stdin=make.COLLEGE.lstrip())
        assert done.code == 0, done.err

    return shelf.take("filed", school, build)


def test_an_office_edits_its_form_in_word(filed: Path, qjmedia: Command) -> None:
    (before,) = render(qjmedia)
    assert qjmedia("template", "build", "-o", "t.docx").out == "t.docx\n"

    def edit(document: str) -> str:
        return cut(document).replace("媒体名称</w:t>", "名称（全称）</w:t>")

    (filed / "t.docx").write_bytes(from_word(document=edit))
    done = qjmedia("template", "import", "t.docx", "-y")
    assert done.code == 0, done.err
    assert git(filed, "log", "-1", "--format=%s").strip() == "导入 Word 模板（official）"
    assert {*git(filed, "show", "--name-only", "--format=").splitlines()} >= {
        "templates/docx/official/word/document.xml"
    }
    (after,) = render(qjmedia)
    assert paragraphs(after)[:4] == [*paragraphs(before)[:2], "名称（全称）", paragraphs(before)[3]]
    values = [line for line in paragraphs(before) if line]
    assert {*values} - {*paragraphs(after)} == {"媒体名称"}
    assert parts_of(after)[PICTURE] == parts_of(before)[PICTURE]
    assert git(filed, "status", "--porcelain", "templates") == ""
    assert qjmedia("template", "check").code == 0


def render(qjmedia: Command) -> list[bytes]:
    done = qjmedia("render", "math-wechat", "--format", "docx", "-o", "out")
    assert done.code == 0, done.err
    return [Path(line).read_bytes() for line in done.out.splitlines()]


def test_an_imported_form_is_valid_in_as_many_copies(filed: Path, qjmedia: Command) -> None:
    (filed / "t.docx").write_bytes(from_word(document=cut))
    assert qjmedia("template", "import", "t.docx", "-y").code == 0
    (made,) = render(qjmedia)
    (filed / "made.docx").write_bytes(made)
    assert OpenXmlValidator().validate(str(filed / "made.docx")).errors == []
    shown = paragraphs(made)
    assert shown.count("一式两份之一：交党委宣传部备案") == 1
    assert shown.count("一式两份之二：部门存底") == 1
    again = qjmedia("template", "import", "t.docx", "-y")
    assert "没有改动" in again.err


def test_only_the_kind_that_was_brought_changes(filed: Path, qjmedia: Command) -> None:
    assert qjmedia("template", "build", "--as", "关停", "-o", "t.docx").code == 0
    assert qjmedia("template", "import", "t.docx", "--as", "closure", "-y", "--json").json["commit"]
    assert (filed / "templates/docx/closure/word/document.xml").is_file()
    form = given.other(FormKind.CLOSURE)
    shown = paragraphs(docx([form], (filed / "templates",)))
    assert [line for line in shown if line][:3] == ["草稿", "责令关停通知书", form.number]
    assert "\n".join(f"　　{p.text}" for p in form.paragraphs if p.kind == "body") in shown


def test_a_name_that_does_not_exist_is_refused_and_nothing_changes(
    filed: Path, qjmedia: Command
) -> None:
    def change(text: str) -> str:
        return text.replace("{{ 备注 }}", "{{ 备往 }}")

    head = git(filed, "rev-parse", "HEAD")
    (filed / "t.docx").write_bytes(from_word(document=change))
    done = qjmedia("template", "import", "t.docx", "-y")
    assert done.code == 3
    assert "“备往”不存在" in done.err
    assert "媒体名称" in done.err
    assert git(filed, "rev-parse", "HEAD") == head
    assert not (filed / "templates/docx/official").exists()


def test_a_dry_run_writes_nothing(filed: Path, qjmedia: Command) -> None:
    (filed / "t.docx").write_bytes(from_word())
    assert qjmedia("template", "import", "t.docx", "--dry-run").code == 0
    assert not (filed / "templates/docx/official").exists()
    assert qjmedia("template", "build", "-o", "t.docx").code == 2
    assert qjmedia("template", "import", "t.docx", "--as", "别的").code == 2


BODY = "<w:body>"


def body(xml: str) -> Change:
    return lambda text: text.replace(BODY, BODY + xml, 1)


def field(*pieces: str) -> Change:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return body(f"<w:p>{runs}</w:p>")


EXTERNAL = (
    '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/attachedTemplate" Target="http://example.invalid/t.dotm" TargetMode="External"/>'
)
ACTIVE: dict[str, Callable[[], bytes]] = {
    "macros": lambda: with_part("word/vbaProject.bin"),
    "macro type": lambda: from_word(types=lambda text: text.replace("t.main", "t.macroEnabled")),
    "embedded": lambda: with_part("word/embeddings/sheet.xlsx"),
    "control": lambda: with_part("word/activeX/activeX1.xml", b"<x/>"),
    "external": lambda: from_word(relations=lambda text: text.replace("</R", f"{EXTERNAL}</R")),
    "altChunk": lambda: from_word(document=body('<w:altChunk r:id="rId9"/>')),
    "dde": lambda: from_word(document=field(r"DDEAUTO c:\\windows\\system32\\cmd.exe")),
    "dde in runs": lambda: from_word(document=field("DD", "EAUTO cmd")),
    "include": lambda: from_word(document=field(r'INCLUDETEXT "c:\\secret.txt"')),
    "tracked": lambda: from_word(document=body('<w:p><w:ins w:id="1"><w:r/></w:ins></w:p>')),
    "comment": lambda: from_word(document=body('<w:r><w:commentReference w:id="1"/></w:r>')),
}  # fmt: skip
BROKEN: dict[str, Callable[[], bytes]] = {
    "no zip": lambda: b"PK nothing",
    "no word": lambda: zipped([("a.txt", b"x")]),
    "bomb": lambda: with_part("word/media/x.png", bytes(8 << 20)),
    "many": lambda: zipped([(f"word/media/{n}.png", b"") for n in range(300)]),
    "up": lambda: with_part("../../outside.xml", b"<x/>"),
    "rooted": lambda: with_part("/etc/x.xml", b"<x/>"),
    "drive": lambda: with_part("c:/x.xml", b"<x/>"),
    "twice": lambda: with_part("word/DOCUMENT.xml", b"<x/>"),
    "entities": lambda: from_word(
        document=lambda text: text.replace(
            "<w:document", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document', 1
        )
    ),
    "no xml": lambda: from_word(document=lambda text: text.replace("</w:body>", "")),
}


@pytest.mark.parametrize("name", ACTIVE)
def test_what_reaches_outside_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        tree_of(ACTIVE[name]())


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_sound_word_file_is_refused(name: str) -> None:
    with pytest.raises(BadRequest):
        tree_of(BROKEN[name]())


@pytest.mark.parametrize(
    "tag",
    [
        "{{ 备注.__class__.__mro__ }}",
        "{{ forms[0].height.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ open('/etc/passwd').read() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ '{0.__class__}'.format(备注) }}",
        "{% for %}",
        "{{ 备注",
    ],
)
def test_a_hostile_word_file_is_not_taken(tag: str) -> None:
    def change(text: str) -> str:
        return text.replace("{{ 备注 }}", tag)

    with pytest.raises((BadRequest, Refused)) as refusal:
        prepare(from_word(document=change), "official")
    assert "root:" not in f"{refusal.value.message}{refusal.value.hint}"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder with templates of its own."""
    shutil.copytree(given.TEMPLATES[0], tmp_path / "templates")
    return tmp_path


def changed(root: Path, name: str, old: str, new: str) -> None:
    path = root / "templates" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("form.html.j2", "form.title", "form.titel"),
        ("form.md.j2", "form.title", "form.titel"),
        ("form.typ", "form.title", "form.titel"),
        ("docx/form/word/document.xml", "form.title", "form.titel"),
        ("form.md.j2", "{% for form in forms %}", "{% for form in froms %}"),
        ("docx/form/docProps/core.xml", "forms[0]", "froms[0]"),
        ("form.typ", "data.forms.len", "data.froms.len"),
        ("ledger.html.j2", "column.head", "column.haed"),
        ("ledger.html.j2", "{{ ledger.note }}", "{{ note }}"),
        ("ledger.typ", "data.note", "data.ntoe"),
        ("ledger.typ", "column.head", "column.haed"),
    ],
)
def test_a_name_that_does_not_exist_is_found_at_its_line(
    own: Path, name: str, old: str, new: str
) -> None:
    changed(own, name, old, new)
    (wrong,) = (each for each in check(own) if not each.is_sound and each.unknown)
    assert wrong.name == name
    lines = (own / "templates" / name).read_text("utf-8").splitlines()
    for unknown, line in wrong.unknown:
        assert unknown.rpartition(".")[2] in lines[line - 1]


def test_a_name_that_is_never_printed_is_told(own: Path) -> None:
    changed(own, "form.md.j2", "form.note", "form.title")
    found = {each.name: each for each in check(own)}
    assert found["form.md.j2"].is_sound
    assert found["form.md.j2"].unused == ("note",)
    changed(own, "ledger.typ", "data.note", "data.title")
    changed(own, "ledger.html.j2", "ledger.note", "ledger.title")
    found = {each.name: each for each in check(own)}
    assert found["ledger.typ"].unused == found["ledger.html.j2"].unused == ("note",)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("form.html.j2", "{% endif %}", "{% endfi %}"),
        ("docx/form/word/document.xml", "{% endset %}", "{% endste %}"),
        ("docx/form/word/document.xml", "</w:body>", ""),
        ("form.md.j2", "form.note }}", "form.note.x() }}"),
        ("form.html.j2", "{{ form.note }}", "{{ form.note.__class__ }}"),
        ("form.typ", "#set document(", "#set documnet("),
        ("ledger.typ", "#table(", "#tabel("),
        ("ledger.html.j2", "{% for row in", "{% rof row in"),
        ("docx/form/word/settings.xml", "<w:compat>", "{% include 'form.md.j2' %}<w:compat>"),
    ],
)
def test_a_fault_is_found_without_printing(own: Path, name: str, old: str, new: str) -> None:
    changed(own, name, old, new)
    wrong = [each for each in check(own) if not each.is_sound]
    assert wrong
    assert all(each.name in name for each in wrong) or wrong[0].name.startswith("docx/form")


def test_the_command_tells_and_answers_in_json(school: Path, qjmedia: Command) -> None:
    assert qjmedia("template", "check").code == 0
    changed(school, "form.md.j2", "form.title", "form.titel")
    done = qjmedia("template", "check")
    assert done.code == 1
    assert "没有“titel”这个变量" in done.out
    answer = qjmedia("template", "check", "--json").json
    assert {each["name"]: each["sound"] for each in answer["templates"]}["form.md.j2"] is False


def test_every_refusal_says_what_to_do() -> None:
    for make_it in (*ACTIVE.values(), *BROKEN.values()):
        with pytest.raises(QjError) as refusal:
            tree_of(make_it())
        assert refusal.value.hint
