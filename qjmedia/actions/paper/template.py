"""The templates of a registry: looked at, opened in Word, and brought back from there."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from qjmedia.errors import BadRequest, QjError, Refused
from qjmedia.model.message import Message
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.tree import Record, Tree
from qjmedia.model.unit import Units
from qjmedia.model.words import FormKind
from qjmedia.render import bigtable, docx, html, markdown, pdf, vocabulary
from qjmedia.render.fonts import BUNDLED, Fonts, choose
from qjmedia.render.form import Form, fill
from qjmedia.render.ledger import Ledger, ledger
from qjmedia.render.vocabulary import FORMS, LEDGER, Checked, Vocabulary
from qjmedia.render.wordfile import SAMPLE, tree_of
from qjmedia.render.words import with_tags, words
from qjmedia.store.files import Revision
from qjmedia.store.git import Author
from qjmedia.store.layout import TEMPLATES, packaged
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact

TEXTS = {html.TEMPLATE: html.html, markdown.TEMPLATE: markdown.markdown}
WORD = TEMPLATES / "docx"
KINDS = {
    "official": FormKind.APPLICATION,
    "amendment": FormKind.AMENDMENT,
    "cancellation": FormKind.CANCELLATION,
    "closure": FormKind.CLOSURE,
    docx.COMMON: FormKind.APPLICATION,
}
"""The trees that a registry may have, each with a document that it has to be able to print."""
EXAMPLE: Record = {
    "id": "example",
    "name": "示例平台",
    "kind": "微信公众号",
    "account": "example",
    "url": "https://example.invalid/",
    "tier": "二级",
    "owner": "example",
    "manager": {"name": "示例甲", "mobile": "13800000000", "landline": "0874-0000000"},
    "supervisor": {"name": "示例乙", "mobile": "13800000001", "landline": "0874-0000001"},
    "remarks": "示例",
}
FILINGS: dict[FormKind, Record] = {
    FormKind.APPLICATION: {"year": "2000", "serial": "1", "unit_opinion": {"decision": "同意"}},
    FormKind.AMENDMENT: {"changes": [{"field": "name", "from": "旧名", "to": "新名"}]},
    FormKind.CANCELLATION: {"reason": "示例", "proof": "示例"},
    FormKind.CLOSURE: {"reason": "示例", "filled_on": "2000-01-01", "deadline": "2000-01-08"},
}


def example(kind: FormKind) -> Form:
    """Return a document of nobody, every cell of it filled."""
    filings = [{"form": each.value, **FILINGS[each]} for each in (FormKind.APPLICATION, kind)]
    platform = Platform.of(PurePosixPath("example.yaml"), {**EXAMPLE, "filings": [*filings]})
    form = fill(platform, kind, units=Units.of({}), policy=Policy())
    return replace(form, trace=SAMPLE)


def example_ledger() -> Ledger:
    """Return a ledger of nobody's platform, every column of it filled."""
    filings: Tree = [{"form": "申请表", **FILINGS[FormKind.APPLICATION]}]
    platform = Platform.of(PurePosixPath("example.yaml"), {**EXAMPLE, "filings": filings})
    return ledger([platform], units=Units.of({}), policy=Policy(), today=date(2000, 1, 1))


def check(root: Path) -> tuple[Checked, ...]:
    """Look at every template that would be used, the registry's own before the packaged ones."""
    return tuple(_checks((root / TEMPLATES, packaged(TEMPLATES))))


def build(root: Path, kind: FormKind) -> bytes:
    """Return a template as a Word document to edit: tags stand where the values go.

    Raises:
        BadRequest: the template is wrong.
    """
    folders = (root / TEMPLATES, packaged(TEMPLATES))
    return docx.docx([with_tags(example(kind))], folders)


def bring(
    repository: Repository,
    data: bytes,
    name: str,
    *,
    author: Author | None = None,
    dry_run: bool = False,
) -> tuple[tuple[Checked, ...], Committed]:
    """Make a Word document the registry's own template, in one commit.

    `name` is one of KINDS. What the template held before is gone.

    Raises:
        BadRequest: it is no Word document, or cannot be filled.
        Refused: it holds what a template must not, or uses names that do not exist.
    """
    parts, looked = prepare(data, name)
    folder = WORD / name

    def plan(tip: Revision) -> Change:
        files: dict[PurePosixPath, bytes | None] = dict.fromkeys(tip.paths(folder))
        files |= {folder / part: content for part, content in parts}
        return Change(files, Message(f"导入 Word 模板（{name}）", "template").render())

    def allow(path: PurePosixPath) -> bool:
        return path.is_relative_to(folder)

    done = transact(repository, plan, author=author, dry_run=dry_run, allow=allow)
    return looked, done


def prepare(data: bytes, name: str) -> tuple[docx.Parts, tuple[Checked, ...]]:
    """Return a Word document as the parts of a template, and what was found in it.

    Raises:
        BadRequest: it is no Word document, or cannot be filled.
        Refused: it holds what a template must not, or uses names that do not exist.
    """
    parts = tuple(sorted(tree_of(data).items()))
    looked = tuple(_parts(name, parts, [example(KINDS[name])]))
    _require(looked)
    return parts, looked


def _require(looked: Sequence[Checked]) -> None:
    wrong = [f"“{name}”" for each in looked for name, _ in each.unknown]
    if wrong:
        known = "、".join(looked[-1].unused + looked[-1].used)
        raise Refused(f"模板里的{'、'.join(wrong)}不存在", hint=f"可用的有：{known}")
    faults = [f"{each.name} {fault}" for each in looked for fault in each.faults]
    if faults:
        raise BadRequest(faults[0], hint="在 Word 中检查 {{ }} 是否成对，改好再导入")


def _checks(folders: Sequence[Path]) -> Iterator[Checked]:
    forms = [example(kind) for kind in FILINGS]
    for name, write in TEXTS.items():
        yield _jinja(name, folders, FORMS, partial(write, forms, folders))
    yield _typst(pdf.TEMPLATE, folders, FORMS, lambda fonts: pdf.pdf(forms, folders, fonts))
    yield from _ledgers(folders)
    for name, kind in KINDS.items():
        at = next((at / "docx" / name for at in folders if (at / "docx" / name).is_dir()), None)
        if at is not None:
            served = forms if name == docx.COMMON else [example(kind)]
            yield from _parts(f"docx/{name}", docx.parts_of(at), served)


def _ledgers(folders: Sequence[Path]) -> Iterator[Checked]:
    made = example_ledger()
    yield _jinja(bigtable.PAGE, folders, LEDGER, partial(bigtable.html, made, folders))
    yield _typst(bigtable.TYPST, folders, LEDGER, lambda fonts: bigtable.pdf(made, folders, fonts))


def _jinja(
    name: str, folders: Sequence[Path], about: Vocabulary, fill_it: Callable[[], object]
) -> Checked:
    found = vocabulary.look(name, _text(folders, name), about=about)
    return _tried(replace(found, unused=vocabulary.left_out(found.used, about)), fill_it)


def _typst(
    name: str, folders: Sequence[Path], about: Vocabulary, set_it: Callable[[Fonts], object]
) -> Checked:
    found = vocabulary.look_typst(name, _text(folders, name), about)
    return _tried(found, lambda: set_it(choose(BUNDLED)))


def _parts(name: str, parts: docx.Parts, forms: Sequence[Form]) -> Iterator[Checked]:
    """Look at the parts of a Word template; the last one found speaks for the whole."""
    named = dict.fromkeys(word for form in forms for word in words(form, ""))
    *found, whole = vocabulary.of_parts(name, docx.texts_of(parts), named)
    yield from (each for each in found if not each.is_sound)
    for form in forms:
        whole = _tried(whole, partial(_print, parts, form))
    yield whole


def _print(parts: docx.Parts, form: Form) -> None:
    """Fill a tree, and see that what comes out is XML."""
    with ZipFile(BytesIO(docx.filled(parts, form))) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                try:
                    ET.fromstring(archive.read(name))  # noqa: S314  our own output, no DTD in it
                except ET.ParseError as e:
                    raise BadRequest(f"{name} 填好后不是完整的 XML：{e}") from e


def _tried(found: Checked, fill_it: Callable[[], object]) -> Checked:
    """Fill a template for once; what goes wrong then is a fault too."""
    if not found.is_sound:
        return found
    try:
        fill_it()
    except QjError as error:
        return replace(found, faults=(*found.faults, error.message))
    return found


def _text(folders: Sequence[Path], name: str) -> str:
    """Return a template's text from the first folder that has it; a link is not followed."""
    for folder in folders:
        path = folder / name
        if path.is_file() and not path.is_symlink():
            return path.read_text("utf-8-sig", errors="replace")
    raise BadRequest(f"找不到模板 {name}", hint="重新安装 qjmedia")
