"""Cells as clerks and spreadsheets leave them: what is cleaned, what is read, what is refused.

Nothing is guessed: a value that a spreadsheet has spoilt is refused, and every cleaning is counted.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from qjmedia.actions.ledger.days import read_day
from qjmedia.actions.ledger.doubt import UnreadableError
from qjmedia.model.privacy import mask, mask_text, resembles_identity_card
from qjmedia.model.tree import Record
from qjmedia.model.words import KINDS, canonical
from qjmedia.store.csv import unharmed
from qjmedia.store.sheet import UNCOUNTED, Figure

LONGEST_SHOWN = 40
IDENTITIES = ("教师", "学生", "外聘")

_BLANK = {"无", "暂无", "没有", "/", "\\", "-", "—", "——", "--", "n/a", "null", "none"}
_SPOILT = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|#+)")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_SPOILT_IDENTITY = re.compile(r"(?<!\d)[1-9]\.\d{5}(?:19|20)\d{2,}E\+17(?!\d)", re.IGNORECASE)
"""530302199003071234 kept as a number."""
_FRACTION = re.compile(r"\d{4,}\.0+")
_CLEAN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9_:/.@#?=&%-]*")
"""What needs no cleaning, as nearly every cell."""
_HIDDEN = {"Cf", "Cc", "Cs"}
_UNASSIGNED = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""What only the machine that wrote it can show."""
_BETWEEN_PHONES = re.compile(r"[/／、,，;；\n]|\s{2,}|(?<=\d)\s+(?=1[3-9]\d{9}|0\d{2,3}-?\d{7})")
_MASKED = re.compile(r"[0-9()+-]*\*{3,}[0-9]*")
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_PHONE = re.compile(
    r"(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|(?:\(?0\d{2,3}\)?[- ]?)?\d{7,8}(?:-\d{1,6})?"
)
_DASHES = str.maketrans({"－": "-", "–": "-", "—": "-", "‐": "-", "（": "(", "）": ")"})
_LABELS = re.compile(r"(?:姓名|手机|座机|电话|联系电话|联系方式)\s*[:：]?")
_BESIDE = re.compile(r"\s*[(（]\s*([^()（）]+?)\s*[)）]\s*$")
_POST = re.compile(r"(?P<name>\S+)\s+(?P<post>\S*(?:书记|主任|长|主席|负责人|经理))")
_YES = {"√", "✓", "✔", "有", "y", "yes", "true", "已"}
_NO = {"×", "✗", "✘", "x", "无", "n", "no", "false", "未"}
_BARE_URL = re.compile(
    r"(?:www\.\S+|(?:[a-z0-9-]+\.)+(?:com|cn|net|org|tv|la)(?:/\S*)?)", re.IGNORECASE
)
_SORTS = {
    *KINDS,
    "开放平台",
    "公众平台",
    "订阅号",
    "服务号",
    "企业号",
    "公众号",
    "微信",
    "新浪微博",
}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(slots=True)
class Cleaner:
    """Cleans cells and counts what it did, by kind of cleaning."""

    counts: Counter[str] = field(default_factory=Counter)

    def clean(self, cell: str, *, prose: bool = False) -> str:
        """Return a cell without what the eye does not see, "" for one that only says "none".

        Raises:
            UnreadableError: the spreadsheet has spoilt it.
        """
        if isinstance(cell, Figure):
            self.counts["存成数字的格"] += 1
        text = cell if _CLEAN.fullmatch(cell) else self._seen(cell, prose=prose)
        _refuse_spoilt(text)
        return self._changed("“无”“/”等占位的字", text, "" if text.casefold() in _BLANK else text)

    def _seen(self, cell: str, *, prose: bool) -> str:
        """Return a cell without what cannot be seen in it."""
        text = self._changed("公式前的撇号", cell, unharmed(cell))
        text = self._changed("首尾的空白（含不换行空格、全角空格）", text, _stripped(text))
        text = self._changed("换行", text, text if prose else " ".join(text.splitlines()))
        seen = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _HIDDEN)
        return self._changed("看不见的字符", text, seen)

    def narrow(self, text: str) -> str:
        """Return text with full-width letters and digits made plain."""
        if text.isascii():
            return text
        return self._changed("全角的字母和数字", text, unicodedata.normalize("NFKC", text))

    def day(self, text: str) -> str:
        """Return a date as the registry writes it.

        Raises:
            UnreadableError: no full date, or a day that does not exist.
        """
        narrow = self.narrow(text)
        found = read_day(narrow)
        if found is None:
            raise UnreadableError(f"“{shown(narrow)}”不是完整的日期，写成 2019-03-01 这样")
        self.counts.update(found.cleaned)
        return found.day.isoformat()

    def phone(self, text: str) -> str:
        """Return a phone number in one style."""
        narrow = self.narrow(text).translate(_DASHES)
        mobile = _MOBILE.fullmatch(re.sub(r"[\s-]", "", narrow))
        plain = mobile[1] if mobile else re.sub(r"\s*-\s*", "-", narrow)
        return self._changed("电话的写法", narrow, plain)

    def phones(self, text: str) -> Record:
        """Return the mobile and the landline in a cell of phones; masked ones say nothing.

        Raises:
            UnreadableError: two of one sort.
        """
        found: Record = {}
        parts = [part.strip() for part in _BETWEEN_PHONES.split(self._unmasked(text))]
        for part in filter(None, parts):
            number = self.phone(_LABELS.sub("", part).strip())
            key = "mobile" if _MOBILE.fullmatch(number) else "landline"
            if found.setdefault(key, number) != number:
                raise UnreadableError("一格里有两个同类的电话，只能留一个")
        if len(found) > 1:
            self.counts["一格里的几个电话分开"] += 1
        return found

    def phone_column(self, text: str, key: str) -> Record:
        """Return what a column of mobiles, or of landlines, holds; several may stand in a cell.

        Raises:
            UnreadableError: two of one sort.
        """
        bare = self._unmasked(text)
        several = [part for part in _BETWEEN_PHONES.split(bare) if part.strip()]
        if len(several) > 1 and all(
            _PHONE.search(unicodedata.normalize("NFKC", part)) for part in several
        ):
            return self.phones(bare)
        return {key: self.phone(bare)} if bare else {}

    def _unmasked(self, text: str) -> str:
        """Return a text without the numbers that an export has masked: nothing is known of them."""
        if _MASKED.search(text) is None:
            return text
        self.counts["遮盖了的电话（没有读，原有的不变）"] += 1
        return _MASKED.sub("", text).strip(" /、,，;；")

    def person(self, text: str) -> Record:
        """Return the name in a cell about one person, and his phones where they stand beside."""
        bare = _LABELS.sub(" ", self._unmasked(text)).strip()
        numbers = _PHONE.findall(unicodedata.normalize("NFKC", bare))
        if not numbers:
            return {"name": bare}
        name = _PHONE.sub(" ", unicodedata.normalize("NFKC", bare)).strip(" ,，/、:：-\t\n")
        phones = self.phones("/".join(numbers))
        return {"name": name, **phones} if name else phones

    def worker(self, text: str) -> Record:
        """Return an operator: 示例甲 13800000000（学生 2027-07-01离任）.

        Raises:
            UnreadableError: there is no name, or the day does not exist.
        """
        found = _BESIDE.search(text)
        beside = self._beside(found[1]) if found else {}
        person = self.person(text[: found.start()] if found and beside else text)
        if "name" not in person:
            raise UnreadableError("有一名管理员只有电话，没有姓名")
        return {**person, **beside}

    def _beside(self, text: str) -> Record:
        """Return what stands in brackets behind an operator; nothing if it is anything else."""
        found: Record = {}
        for word in text.split():
            identity = canonical(word.replace("老师", "教师"), IDENTITIES)
            leaves = read_day(word.removesuffix("离任")) if word.endswith("离任") else None
            if identity:
                found["identity"] = identity
            elif leaves:
                found["leaves_on"] = leaves.day.isoformat()
            else:
                return {}
        return found

    def verified(self, text: str) -> str:
        """Return 已认证, 未认证, or the text itself."""
        folded = text.strip().casefold()
        if folded in _YES | _NO:
            return self._changed("是、否的写法", text, "已认证" if folded in _YES else "未认证")
        return canonical(text, ("已认证", "未认证")) or text

    def url(self, text: str) -> str:
        """Return a link with its scheme."""
        return self._changed(
            "网址前补 https://", text, f"https://{text}" if _BARE_URL.fullmatch(text) else text
        )

    def _changed(self, what: str, old: str, new: str) -> str:
        if old != new:
            self.counts[what] += 1
        return new


def looks_like_url(text: str) -> bool:
    """Whether a value of "账号或链接" is a link."""
    return "://" in text or (_BARE_URL.fullmatch(text) is not None and "@" not in text)


def name_and_post(text: str) -> Record:
    """Return the person, and the post where it stands behind the name."""
    found = _POST.fullmatch(text)
    return {"name": found["name"], "post": found["post"]} if found else {"name": text}


def refuse_no_account(account: str) -> None:
    """Raise UnreadableError if an account is an e-mail address or a word for a sort of account."""
    if account in _SORTS:
        raise UnreadableError(f"“{account}”说的是类型，不是账号")
    if _MAIL.fullmatch(account):
        raise UnreadableError(f"“{account}”是邮箱（多半是登录用的），不是账号")


def has_identity_card(text: str) -> bool:
    """Whether a text holds an identity-card number, or what a spreadsheet has left of one."""
    return resembles_identity_card(text) or _SPOILT_IDENTITY.search(text) is not None


def shown(text: str, *, private: bool = False) -> str:
    """Return a value fit for a message: short, on one line, phones masked, no identity numbers."""
    if has_identity_card(text):
        return "（已隐去）"
    line = " ".join(text.split())
    line = mask(line) if private else mask_text(line)
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"


def _stripped(text: str) -> str:
    def is_outer(char: str) -> bool:
        return char.isspace() or unicodedata.category(char) in _HIDDEN

    start, end = 0, len(text)
    while start < end and is_outer(text[start]):
        start += 1
    while end > start and is_outer(text[end - 1]):
        end -= 1
    return text[start:end]


def _refuse_spoilt(text: str) -> None:
    if strange := _UNASSIGNED.search(text):
        raise UnreadableError(
            f"有自造的字（U+{ord(strange[0]):04X}），别的电脑显示不出来；换成正式的字"
        )
    if text == UNCOUNTED:
        raise UnreadableError("是公式，还没有算出结果：用 Excel 或 WPS 打开、保存一次再导入")
    if _SPOILT.fullmatch(text):
        raise UnreadableError(f"“{text}”是表格软件的出错标记，原来的值已经丢失")
    if _SCIENTIFIC.fullmatch(text):
        raise UnreadableError(
            f"“{shown(text)}”被表格软件改成了科学计数法，原来的数字已经丢失；把这一列设为文本再填"
        )
    if _FRACTION.fullmatch(text):
        raise UnreadableError(
            f"“{shown(text, private=True)}”末尾的“.0”是表格软件把号码当数字存的痕迹；"
            "把这一列设为文本，核对后再填"
        )
