"""Which fonts are used, and what they cover."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st

from qjmedia.errors import BadRequest
from qjmedia.render.fonts import BUNDLED, FOLDER, SERIF, TITLE, choose, missing
from qjmedia.render.glyphs import covered

STANDARD = "".join((FOLDER / "8105.txt").read_text("utf-8").split())
GBK = "".join(map(chr, range(0x80, 0xD800))).encode("gbk", "ignore").decode("gbk")


def make(folder: Path, family: str, characters: str) -> Path:
    """Write a font with a square for each of some characters."""
    pen = TTGlyphPen(None)
    for number, corner in enumerate(((0, 0), (0, 500), (500, 500), (500, 0))):
        (pen.lineTo if number else pen.moveTo)(corner)
    pen.closePath()
    names = [".notdef", *(f"u{ord(char):X}" for char in characters)]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"u{ord(char):X}" for char in characters})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    name = {"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")}
    builder.setupNameTable(name)
    builder.setupOS2()
    builder.setupPost()
    path = folder / f"{family}.ttf"
    builder.save(path)
    return path


def families(wanted: str) -> tuple[list[str], list[str]]:
    fonts = choose(wanted)
    return [face.family for face in fonts.body], [face.family for face in fonts.title]


def test_the_bundled_fonts_cover_the_standard_table_and_gbk() -> None:
    assert len(set(STANDARD)) == 8105
    ideographs = [char for char in GBK if "\u4e00" <= char <= "\u9fa5"]
    assert len(ideographs) == 20902
    body = choose(BUNDLED).body
    assert not missing(STANDARD, body)
    assert missing(GBK, body) == ["≒"]


def test_the_bundled_fonts_have_names_and_a_licence_of_their_own() -> None:
    for path in FOLDER.glob("*.otf"):
        font = TTFont(path)
        shown = " ".join(font["name"].getDebugName(number) for number in (1, 3, 4, 6))
        assert "Noto" not in shown
        assert "Open Font License" in font["name"].getDebugName(13)
        assert font["OS/2"].fsType == 0
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text("utf-8")
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 10_000_000


@pytest.mark.parametrize("name", ["QJSerifSC-Regular", "QJTitleSC-Bold"])
def test_our_reader_agrees_with_fonttools(name: str) -> None:
    path = FOLDER / f"{name}.otf"
    assert covered(path) == frozenset(TTFont(path).getBestCmap())


@settings(deadline=None, max_examples=50)
@every(
    st.sets(st.integers(0x20, 0x2FFF) | st.integers(0x20000, 0x20100), min_size=1, max_size=60),
    st.randoms(),
)
def test_our_reader_agrees_with_fonttools_on_any_map(codes: set[int], dice: Random) -> None:
    order = dice.sample(sorted(codes), len(codes))
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", *(f"u{code:X}" for code in order)])
    builder.setupCharacterMap({code: f"u{code:X}" for code in codes})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.ttf"
        builder.save(path)
        assert covered(path) == codes


@pytest.mark.parametrize(
    "data", [b"", b"OTTO", b"ttcf" + b"\xff" * 20, b"\0\1\0\0\0\1" + b"\0" * 99]
)
def test_what_is_no_font_covers_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.ttf").write_bytes(data)
    assert covered(tmp_path / "x.ttf") == frozenset()
    assert covered(tmp_path / "none.ttf") == frozenset()


def test_bundled_is_nothing_but_our_own() -> None:
    assert families(BUNDLED) == ([SERIF], [TITLE, SERIF])
    assert choose(BUNDLED).having("\U0001f600") == choose(BUNDLED)


def test_auto_ends_with_our_own() -> None:
    body, title = families("auto")
    assert body[-1] == SERIF
    assert title[-len(body) - 1 :] == [TITLE, *body]


def test_official_fonts_of_a_folder_come_first(tmp_path: Path) -> None:
    for family in ("FandolFang R", "FangSong", "FZXiaoBiaoSong-B05S", "Whatever"):
        make(tmp_path, family, "表")
    body, title = families(str(tmp_path))
    assert body == ["FangSong", "FandolFang R", SERIF]
    assert title == ["FZXiaoBiaoSong-B05S", TITLE, *body]


def test_any_font_of_a_folder_is_used(tmp_path: Path) -> None:
    make(tmp_path, "Whatever", "表")
    assert families(str(tmp_path)) == (["Whatever", SERIF], [TITLE, "Whatever", SERIF])


def test_another_font_helps_out_where_a_character_is_missing(tmp_path: Path) -> None:
    make(tmp_path, "FangSong", "表")
    make(tmp_path, "Rare", "\U0001f600\U00020001")
    make(tmp_path, "Rare Emoji", "\U0001f601")
    fonts = choose(str(tmp_path))
    assert [face.family for face in fonts.having("表\U00020001").body][-1] == "Rare"
    assert fonts.having("表龑") == fonts
    assert missing("\U0001f601", fonts.having("\U0001f601").body) == ["\U0001f601"]


def test_what_is_not_drawn_needs_no_font() -> None:
    assert not missing("一\n\u200d\u2060\ufe0f\u202e\u2028", choose(BUNDLED).body)


def test_a_folder_without_fonts_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="没有字体目录"):
        choose(str(tmp_path / "none"))
    with pytest.raises(BadRequest, match="没有字体"):
        choose(str(tmp_path))
