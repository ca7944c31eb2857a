"""Which fonts a page is set in: the official ones where the machine has them, else our own.

An office computer has 仿宋_GB2312 and 方正小标宋, which may not be copied; a fresh server has no
Chinese font at all. The bundled fonts cover 通用规范汉字表 and GBK and stand last in every list, so
that a rare character of a name comes from them even where the official font lacks it.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from qjmedia.errors import BadRequest, Refused
from qjmedia.render.glyphs import covered
from qjmedia.render.typesetter import Face, Shelf, faces

AUTO, BUNDLED = "auto", "bundled"
FOLDER = Path(__file__).parent.parent / "fonts"
SERIF, TITLE = "QJ Serif SC", "QJ Title SC"

BODY_FAMILIES = (
    "FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "华文仿宋",
    "Zhuque Fangsong", "朱雀仿宋", "FandolFang",
)  # fmt: skip
TITLE_FAMILIES = (
    "FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "方正小标宋_GBK",
    "STZhongsong", "华文中宋",
)  # fmt: skip
"""As GB/T 9704 names them, then what looks like them; fonts say their names in either tongue."""

PLACEHOLDERS = ("LastResort", "Last Resort", "Adobe Blank", "Tofu", "Emoji")
"""Fonts that show boxes, nothing, or coloured pictures."""

WORST = 5
"""How many missing characters a refusal names."""

UNSEEN = frozenset({"Cf", "Zl", "Zp"})
SELECTORS = frozenset({0x34F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})
"""What steers the characters around it and is drawn by none."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Families in the order in which each character is looked for.

    Attributes:
        others: what else the machine has, for characters that these lack.
    """

    body: tuple[Face, ...]
    title: tuple[Face, ...]
    shelf: Shelf
    others: tuple[Face, ...] = ()

    def having(self, text: str) -> "Fonts":
        """Return these fonts, with others of the machine behind them where they lack characters."""
        lacking = {*missing(text, self.body), *missing(text, self.title)}
        helpers = []
        for face in self.others:
            if not lacking:
                break
            if found := lacking - {*missing(lacking, (face,))}:
                helpers.append(face)
                lacking -= found
        if not helpers:
            return self
        return replace(self, body=(*self.body, *helpers), title=(*self.title, *helpers))


@lru_cache(maxsize=4)
def choose(wanted: str = AUTO) -> Fonts:
    """Return the fonts to print with.

    Args:
        wanted: `auto`: the official fonts where they are installed, then the bundled ones;
            `bundled`: only these, so that every machine makes the same bytes; else a folder, whose
            fonts come first.

    Raises:
        BadRequest: there is no such folder, or no font in it.
    """
    own = Shelf((FOLDER,))
    if wanted == BUNDLED:
        return _fonts(own, faces(own), (), ())
    if wanted == AUTO:
        shelf = Shelf((FOLDER,), system=True)
        found = faces(shelf)
        return _fonts(shelf, found, _official(BODY_FAMILIES, found), (*found.values(),))
    folder = Path(wanted)
    given = _of_folder(folder)
    shelf = Shelf((FOLDER, folder))
    body = _official(BODY_FAMILIES, given) or _untitled(given)
    return _fonts(shelf, {**given, **faces(own)}, body, (*given.values(),))


def missing(text: Iterable[str], families: Sequence[Face]) -> list[str]:
    """Return the characters that no family shows, each once, in their order."""
    unknown = [char for char in dict.fromkeys(text) if not _is_unseen(char)]
    for face in families:
        glyphs = covered(face.path, face.index)
        unknown = [char for char in unknown if ord(char) not in glyphs]
        if not unknown:
            break
    return unknown


def refuse_missing(texts: Iterable[tuple[str, str, Sequence[Face]]]) -> None:
    """Refuse texts with a character that no font shows, naming field, character and code point.

    Each text comes with the name of its field before it, and the families it is set in behind it.

    Raises:
        Refused: there is one.
    """
    found = [
        f"字段 {field}：字符“{char}”(U+{ord(char):04X}) 在所用字体中没有字形"
        for field, text, families in texts
        for char in missing(text, families)
    ]
    if found:
        more = f"；另有 {len(found) - WORST} 处" if len(found) > WORST else ""
        raise Refused(
            "；".join(found[:WORST]) + more,
            hint="写错了就用 qjmedia amend 改正；没有写错就安装有这个字的字体，或用 --fonts 指明",
        )


def _fonts(
    shelf: Shelf, found: dict[str, Face], body: Sequence[Face], others: Sequence[Face]
) -> Fonts:
    """Return the fonts of a shelf, with the bundled ones last."""
    title = _official(TITLE_FAMILIES, found)
    all_body = tuple(dict.fromkeys((*body, found[SERIF])))
    all_title = tuple(dict.fromkeys((*title, found[TITLE], *all_body)))
    used = {*all_body, *all_title}
    spare = [face for face in others if face not in used and _is_helpful(face)]
    return Fonts(all_body, all_title, shelf, tuple(sorted(spare, key=_likeness)))


def _official(names: Iterable[str], found: dict[str, Face]) -> tuple[Face, ...]:
    """Return the families that are there, in the order of `names`.

    A name may go on in the font: `FandolFang R`, `朱雀仿宋（预览测试版）`.
    """
    return tuple(
        dict.fromkeys(
            face for name in names for family, face in found.items() if _is_named(family, name)
        )
    )


def _is_named(family: str, name: str) -> bool:
    rest = family.casefold().removeprefix(name.casefold())
    return rest != family.casefold() and not rest[:1].isalnum() and not rest.startswith("_")


def _untitled(found: dict[str, Face]) -> tuple[Face, ...]:
    """Return what a folder holds for the body: somebody put it there to be used."""
    titles = _official(TITLE_FAMILIES, found)
    return tuple(face for face in found.values() if face not in titles)


def _of_folder(folder: Path) -> dict[str, Face]:
    if not folder.is_dir():
        raise BadRequest(
            f"没有字体目录“{folder}”", hint="--fonts 可写 auto、bundled，或放字体文件的目录"
        )
    found = faces(Shelf((folder,)))
    if not found:
        raise BadRequest(f"目录“{folder}”中没有字体", hint="放入 .ttf、.otf 或 .ttc 文件")
    return found


def _is_helpful(face: Face) -> bool:
    return not any(word.casefold() in face.family.casefold() for word in PLACEHOLDERS)


def _likeness(face: Face) -> tuple[bool, bool, bool, str]:
    """Order helpers: serif and simplified first, for a character among characters of that kind."""
    name = face.family
    return "Mono" in name, "Serif" not in name, not name.endswith(" SC"), name


def _is_unseen(char: str) -> bool:
    return char == "\n" or unicodedata.category(char) in UNSEEN or ord(char) in SELECTORS
