"""The templates of a registry: looked at, opened in Word, and brought back from there."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from qjmedia.actions.paper.cage import TOO_MUCH, TooMuch, alone, caged, confined, strangers
from qjmedia.errors import BadRequest, QjError, Refused
from qjmedia.model.message import Message
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.tree import Record, Tree
from qjmedia.model.unit import Units
from qjmedia.model.words import FormKind
from qjmedia.render import bigtable, docx, html, markdown, pdf, vocabulary
from qjmedia.render.fonts import BUNDLED, choose
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
    own = root / TEMPLATES
    looks = [*_looks((own, packaged(TEMPLATES)))]
    return tuple(_all(looks, strange=strangers(own)))


def build(root: Path, kind: FormKind) -> bytes:
    """Return a template as a Word document to edit: tags stand where the values go.

    Raises:
        BadRequest: the template is wrong.
    """
    own = root / TEMPLATES
    write = partial(docx.docx, [with_tags(example(kind))], (own, packaged(TEMPLATES)))
    return alone(write, strange=strangers(own))


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
    fault = TooMuch(f"这个 Word 文件{TOO_MUCH}", hint="在 Word 中改简单些，再导入")
    parts, looked = confined(partial(_read, data, name), fault)
    _require(looked)
    return parts, looked


def _read(data: bytes, name: str) -> tuple[docx.Parts, tuple[Checked, ...]]:
    parts = tuple(sorted(tree_of(data).items()))
    return parts, _parts(name, parts, [example(KINDS[name])])


def _require(looked: Sequence[Checked]) -> None:
    wrong = [f"“{name}”" for each in looked for name, _ in each.unknown]
    if wrong:
        known = "、".join(looked[-1].unused + looked[-1].used)
        raise Refused(f"模板里的{'、'.join(wrong)}不存在", hint=f"可用的有：{known}")
    faults = [f"{each.name} {fault}" for each in looked for fault in each.faults]
    if faults:
        raise BadRequest(faults[0], hint="在 Word 中检查 {{ }} 是否成对，改好再导入")


Look = Callable[[], tuple[Checked, ...]]


def _all(looks: Sequence[tuple[str, Look]], *, strange: Sequence[str]) -> Iterator[Checked]:
    """Look at one after the other; one that takes too much ends its process, not the others."""
    done = 0
    while done < len(looks):
        try:
            with caged(1, strange=strange) as mapped:
                for found in mapped(_call, [look for _, look in looks[done:]]):
                    yield from found
                    done += 1
        except TooMuch:
            yield Checked(looks[done][0], faults=(TOO_MUCH,))
            done += 1


def _call(look: Look) -> tuple[Checked, ...]:
    return look()


def _looks(folders: Sequence[Path]) -> Iterator[tuple[str, Look]]:
    """Yield what looks at each template, by its name."""
    forms = [example(kind) for kind in FILINGS]
    table = example_ledger()
    for name, write in TEXTS.items():
        yield name, partial(_jinja, name, folders, FORMS, partial(write, forms, folders))
    set_forms = partial(_set, pdf.pdf, forms, folders)
    yield pdf.TEMPLATE, partial(_typst, pdf.TEMPLATE, folders, FORMS, set_forms)
    write_table = partial(bigtable.html, table, folders)
    yield bigtable.PAGE, partial(_jinja, bigtable.PAGE, folders, LEDGER, write_table)
    set_table = partial(_set, bigtable.pdf, table, folders)
    yield bigtable.TYPST, partial(_typst, bigtable.TYPST, folders, LEDGER, set_table)
    for name, kind in KINDS.items():
        at = next((at / "docx" / name for at in folders if (at / "docx" / name).is_dir()), None)
        if at is not None:
            served = forms if name == docx.COMMON else [example(kind)]
            yield f"docx/{name}", partial(_tree, f"docx/{name}", at, served)


def _jinja(
    name: str, folders: Sequence[Path], about: Vocabulary, fill_it: Callable[[], object]
) -> tuple[Checked, ...]:
    found = vocabulary.look(name, _text(folders, name), about=about)
    return (_tried(replace(found, unused=vocabulary.left_out(found.used, about)), fill_it),)


def _typst(
    name: str, folders: Sequence[Path], about: Vocabulary, set_it: Callable[[], object]
) -> tuple[Checked, ...]:
    return (_tried(vocabulary.look_typst(name, _text(folders, name), about), set_it),)


def _set(write: Callable[..., bytes], what: object, folders: Sequence[Path]) -> bytes:
    return write(what, folders, choose(BUNDLED))


def _tree(name: str, folder: Path, forms: Sequence[Form]) -> tuple[Checked, ...]:
    return _parts(name, docx.parts_of(folder), forms)


def _parts(name: str, parts: docx.Parts, forms: Sequence[Form]) -> tuple[Checked, ...]:
    """Look at the parts of a Word template; the last one found speaks for the whole."""
    named = dict.fromkeys(word for form in forms for word in words(form, ""))
    *found, whole = vocabulary.of_parts(name, docx.texts_of(parts), named)
    for form in forms:
        whole = _tried(whole, partial(_print, parts, form))
    return (*(each for each in found if not each.is_sound), whole)


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
