"""What looks alike to a reader and is not the same to a machine: homoglyphs, radicals, forms.

A library that knows the Unicode list (confusable_homoglyphs, 600 KB of tables) knows Latin, Greek
and Cyrillic, but not 未/末, 日/曰 or ⻔: the part that matters here would still be our own.
"""

import unicodedata
from collections.abc import Iterator

_LATIN = {
    "a": "аɑα", "b": "ЬвƄ", "c": "сϲ", "d": "ԁ", "e": "еҽ", "f": "ƒ", "g": "ɡց", "h": "һհ",
    "j": "јϳ", "k": "кκ", "l": "ӏ1|Iιіıі", "m": "м", "n": "пηո", "o": "оοσ0Օօ", "p": "рρ",
    "q": "ԛզ", "r": "гᴦ", "s": "ѕ", "t": "тτ", "u": "υսц", "v": "ѵν", "w": "ѡԝω", "x": "хχ",
    "y": "уγү", "z": "ᴢ", "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "H": "НΗ", "J": "Ј",
    "K": "КΚ", "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ", "Q": "Ԛ", "S": "Ѕ", "T": "ТΤ",
    "W": "Ԝ", "X": "ХΧ", "Y": "УΥҮ", "Z": "Ζ",
}  # fmt: skip
"""Letters of other scripts, and figures, by the Latin letter that they look like."""

_CHINESE = (
    "未末 日曰 己已巳 土士 干千于 人入 天夭 大太犬 木本 师帅師 靖婧 范範笵 曲由 微徽 官宫 博搏 "
    "视祝視 讯汛訊 体休體 晴睛 广厂廣 拔拨 侯候 抖枓 院浣 校狡 学學斈 团囤團 院阮 教敎 "
    "务務 处處 馆館 图圖 书書 数數敷 艺藝 术術 语語 国國囯 际際 经經 济濟 电電 机機 计計 网網 "
    "会會 党黨 宣宜 传傳 部郜 办辦 联聯 协協 社杜 青靑 年秊 号號 众眾 报報 音咅 乐樂 "
    "历歷 史吏 文攵 地她 理埋 化仳 物牣 生⽣ 心⼼ 民⺠ 母⺟ 门⻔門 黄⻩ 长⻓長 车⻋車 "
    "见⻅見 贝⻉貝 马⻢馬 鱼⻥魚 鸟⻦鳥 麦⻨ 齐⻬齊 龙⻰龍 食⻝ 青⻘ 页⻚頁 风⻛風 飞⻜飛 "
    "齿⻮齒 龟⻳龜 西⻄ 角⻆ 金⾦"
)
"""Characters that are taken for one another: slips, tricks, traditional forms, and the radicals
that text copied from a PDF holds."""


def _table() -> dict[int, str]:
    table = {ord(char): latin for latin, chars in _LATIN.items() for char in chars}
    for group in _CHINESE.split():
        table.update({ord(char): group[0] for char in group[1:]})
    return table


_TABLE = _table()


def skeleton(text: str) -> str:
    """Return what is left of a text when whatever looks alike is made one.

    Compatibility forms (full-width letters, Kangxi radicals) are resolved, spaces and what cannot
    be seen are gone, and letters have one case.
    """
    before, after = "", text
    while before != after:  # what was told apart by an accent may only now be one
        before, after = after, _simpler(after)
    return after


def _simpler(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_TABLE))
    kept = (char for char in plain if unicodedata.category(char) not in {"Cf", "Zs", "Cc"})
    return "".join(kept).casefold()


def strange(typed: str, known: str) -> Iterator[str]:
    """Yield in words where a text that looks like a known one differs from it."""
    plain = [char for char in typed if unicodedata.category(char) not in {"Cf", "Zs", "Cc"}]
    if len(plain) != len(known):
        return
    for place, (char, right) in enumerate(zip(plain, known, strict=True), 1):
        if char != right and char.casefold() != right.casefold():
            yield f"第 {place} 字是“{char}”（U+{ord(char):04X}），不是“{right}”"
