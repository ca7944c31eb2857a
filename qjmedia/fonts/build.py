"""Build the bundled fonts; run by hand when the characters or the source change.

    apt-get install fonts-noto-cjk unicode-data
    pip install fonttools
    python qjmedia/fonts/build.py

From Noto Serif CJK SC 2.001 (OFL 1.1, no reserved name), as Debian ships it, comes a regular face
for everything and a bold one for titles. Each has a family name of its own: an installed Noto never
takes its place, and a title falls back to the regular face for what the bold one lacks.

The same source and the same fontTools give the same bytes.
"""

import bz2
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont, newTable

HERE = Path(__file__).parent
SOURCE = Path("/usr/share/fonts/opentype/noto")
UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
STANDARD = HERE / "8105.txt"
"""通用规范汉字表, 2013, in its own order; from kTGH of Unicode's Unihan database."""

SIMPLIFIED = 2
"""The face of the collection whose glyphs are those of mainland China."""

FEATURES = ["ccmp", "kern", "mark", "mkmk"]
DROPPED = ["BASE", "DSIG", "VORG", "vhea", "vmtx"]
LATIN = {*range(0x20, 0x7F), *range(0xA0, 0x250)}
SYMBOLS = {
    *range(0x2B0, 0x300),  # spacing modifiers
    *range(0x370, 0x530),  # Greek and Cyrillic
    *range(0x1E00, 0x2000),  # pinyin's rarer accents
    *range(0x2000, 0x2070),  # punctuation
    *range(0x20A0, 0x20D0),  # currencies
    *range(0x2100, 0x2500),  # letter-like, arrows, mathematics, enclosed
    *range(0x25A0, 0x27C0),  # shapes, boxes to tick
    *range(0x2E80, 0x2FE0),  # radicals
    *range(0x3000, 0x3100),  # Chinese punctuation, kana
    *range(0x9FA6, 0xA000),  # ideographs added after GBK
    *range(0xFE30, 0xFE50),
    *range(0xFF00, 0xFFF0),
}
RARE = frozenset(map(ord, "𠮷㐂䶮㛃䜣㧑䴖䢺㼆㵾𡧳"))
"""Characters of living people's names that neither standard has."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font to build."""

    source: str
    family: str
    style: str
    characters: frozenset[int]

    @property
    def name(self) -> str:
        """The PostScript name; also that of the file."""
        return f"{self.family.replace(' ', '')}-{self.style}"


def faces() -> Iterator[Face]:
    """Yield the fonts that are shipped."""
    everything = frozenset({*standard(), *encoded("gbk"), *LATIN, *SYMBOLS, *RARE})
    yield Face("NotoSerifCJK-Regular.ttc", "QJ Serif SC", "Regular", everything)
    titles = frozenset({*encoded("gb2312"), *LATIN})
    yield Face("NotoSerifCJK-Bold.ttc", "QJ Title SC", "Bold", titles)


def standard() -> list[int]:
    """Return 通用规范汉字表 as code points in the order of the table."""
    unihan = bz2.decompress(UNIHAN.read_bytes()).decode()
    rows = re.findall(r"^U\+(\w+)\tkTGH\t2013:(\d+)$", unihan, re.MULTILINE)
    return [int(code, 16) for code, _ in sorted(rows, key=lambda row: int(row[1]))]


def encoded(codec: str) -> Iterator[int]:
    """Yield what an encoding beyond ASCII can hold."""
    for code in range(0x80, 0x10000):
        try:
            chr(code).encode(codec)
        except UnicodeEncodeError:
            continue
        yield code


def build(face: Face) -> None:
    """Write one font."""
    options = subset.Options(
        font_number=SIMPLIFIED,
        layout_features=FEATURES,
        name_IDs=["*"],
        hinting=False,
        notdef_outline=True,
    )
    options.drop_tables += DROPPED
    font = subset.load_font(str(SOURCE / face.source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=face.characters)
    subsetter.subset(font)
    rename(font, face)
    font.save(HERE / f"{face.name}.otf")
    print(face.name, len(font.getGlyphOrder()), "glyphs")  # noqa: T201  a script tells what it made


def rename(font: TTFont, face: Face) -> None:
    """Give the font a name of its own; its copyright and licence stay."""
    kept = {number: font["name"].getDebugName(number) for number in (0, 5, 13, 14)}
    full = face.family if face.style == "Regular" else f"{face.family} {face.style}"
    origin = f"A subset of {face.source} 2.001 (Noto Serif CJK SC), renamed, for qjmedia."
    own = {1: face.family, 2: face.style, 3: face.name, 4: full, 6: face.name, 10: origin}
    font["name"] = newTable("name")
    font["name"].names = []
    for number, text in sorted({**kept, **own}.items()):
        font["name"].setName(text, number, 3, 1, 0x409)
    font["head"].modified = font["head"].created
    outlines = font["CFF "].cff
    outlines.fontNames = [face.name]
    top = outlines.topDictIndex[0]
    top.FullName, top.FamilyName = full, face.family
    for number, part in enumerate(top.FDArray):
        part.FontName = f"{face.name}-{number}"


def main() -> None:
    """Write the list of characters and the fonts."""
    listed = "".join(map(chr, standard()))
    lines = [listed[start : start + 50] for start in range(0, len(listed), 50)]
    STANDARD.write_text("\n".join(lines) + "\n", "utf-8")
    for face in faces():
        build(face)


if __name__ == "__main__":
    main()
