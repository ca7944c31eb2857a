"""Cells as clerks and spreadsheets leave them: what is cleaned, what is read, what is refused.

Nothing is guessed: a value that a spreadsheet has spoilt is refused, and every cleaning is counted.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from qjmedia.model.privacy import mask, mask_text, resembles_identity_card
from qjmedia.model.tree import Record
from qjmedia.model.words import KINDS, canonical
from qjmedia.store.csv import unharmed

LONGEST_SHOWN = 40
IDENTITIES = ("教师", "学生", "外聘")

_BLANK = {"无", "暂无", "没有", "/", "\\", "-", "—", "——", "--", "n/a", "null", "none"}
_SPOILT = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|#+)")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_FRACTION = re.compile(r"\d{4,}\.0+")
_HIDDEN = {"Cf", "Cc", "Co", "Cn", "Cs"}
_DAY = re.compile(
    r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})(?:日|号)?(?: +0?0:00(?::00)?)?"
)
_CLOSE_DAY = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_PHONE = re.compile(
    r"(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|(?:\(?0\d{2,3}\)?[- ]?)?\d{7,8}(?:-\d{1,6})?"
)
_DASHES = str.maketrans({"－": "-", "–": "-", "—": "-", "‐": "-", "（": "(", "）": ")"})
_LABELS = re.compile(r"(?:姓名|手机|座机|电话|联系电话|联系方式)\s*[:：]?")
_IDENTITY = re.compile(r"\s*[(（]\s*([^()（）]+?)\s*[)）]\s*$")
_LEAVING = re.compile(r"(\S+?)\s*离任$")
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


class UnreadableError(Exception):
    """A value that must not get into the registry as it is.

    Attributes:
        reason: Chinese, with the value where it may be shown.
        column: the target whose column holds it, if it is known already.
    """

    def __init__(self, reason: str, column: str = "") -> None:
        """Say why."""
        super().__init__(reason)
        self.reason = reason
        self.column = column


@dataclass(slots=True)
class Cleaner:
    """Cleans cells and counts what it did, by kind of cleaning."""

    counts: Counter[str] = field(default_factory=Counter)

    def clean(self, cell: str, *, prose: bool = False) -> str:
        """Return a cell without what the eye does not see, "" for one that only says "none".

        Raises:
            UnreadableError: the spreadsheet has spoilt it, or it holds an identity-card number.
        """
        text = self._changed("公式前的撇号", cell, unharmed(cell))
        text = self._changed("首尾的空白（含不换行空格、全角空格）", text, _stripped(text))
        text = self._changed("换行", text, text if prose else " ".join(text.splitlines()))
        seen = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _HIDDEN)
        text = self._changed("看不见的字符", text, seen)
        _refuse_spoilt(text)
        return self._changed("“无”“/”等占位的字", text, "" if text.casefold() in _BLANK else text)

    def narrow(self, text: str) -> str:
        """Return text with full-width letters and digits made plain."""
        return self._changed("全角的字母和数字", text, unicodedata.normalize("NFKC", text))

    def day(self, text: str) -> str:
        """Return a date as the registry writes it.

        Raises:
            UnreadableError: no full date, or a day that does not exist.
        """
        narrow = self.narrow(text)
        found = _DAY.fullmatch(narrow) or _CLOSE_DAY.fullmatch(narrow)
        if found is None:
            raise UnreadableError(_why_no_day(narrow))
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise UnreadableError(f"“{text}”：没有这一天") from None
        return self._changed("日期的写法", narrow, day.isoformat())

    def phone(self, text: str) -> str:
        """Return a phone number in one style."""
        narrow = self.narrow(text).translate(_DASHES)
        mobile = _MOBILE.fullmatch(re.sub(r"[\s-]", "", narrow))
        plain = mobile[1] if mobile else re.sub(r"\s*-\s*", "-", narrow)
        return self._changed("电话的写法", narrow, plain)

    def phones(self, text: str) -> Record:
        """Return the mobile and the landline in a cell of phones.

        Raises:
            UnreadableError: two of one sort.
        """
        found: Record = {}
        for part in re.split(r"[/、,，;；\n]|\s{2,}", text):
            number = self.phone(part.strip())
            if not number:
                continue
            key = "mobile" if _MOBILE.fullmatch(number) else "landline"
            if key in found:
                raise UnreadableError("一格里有两个同类的电话，只能留一个")
            found[key] = number
        return found

    def person(self, text: str) -> Record:
        """Return the name in a cell about one person, and his phones where they stand beside."""
        bare = _LABELS.sub(" ", text).strip()
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
        found = _IDENTITY.search(text)
        beside = self._beside(found[1]) if found else {}
        person = self.person(text[: found.start()] if found and beside else text)
        if "name" not in person:
            raise UnreadableError("有一名管理员只有电话，没有姓名")
        return {**person, **beside}

    def _beside(self, text: str) -> Record:
        """Return the identity and the last day that stand in brackets behind a name."""
        leaving = _LEAVING.search(text)
        word = (text[: leaving.start()] if leaving else text).strip()
        identity = canonical(word.replace("老师", "教师"), IDENTITIES) if word else None
        if word and identity is None:
            return {}
        own: Record = {"identity": identity} if identity else {}
        return {**own, "leaves_on": self.day(leaving[1])} if leaving else own

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


def shown(text: str, *, private: bool = False) -> str:
    """Return a value fit for a message: short, on one line, phones masked, no identity numbers."""
    if resembles_identity_card(text):
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
    if resembles_identity_card(text):
        raise UnreadableError("像是身份证号码；登记库不收身份证号码，请从表格中删去")
    if _SPOILT.fullmatch(text):
        raise UnreadableError(f"“{text}”是表格软件的出错标记，原来的值已经丢失")
    if _SCIENTIFIC.fullmatch(text):
        raise UnreadableError(
            f"“{text}”被表格软件改成了科学计数法，原来的数字已经丢失；把这一列设为文本再填"
        )
    if _FRACTION.fullmatch(text):
        raise UnreadableError(
            f"“{shown(text, private=True)}”末尾的“.0”是表格软件把号码当数字存的痕迹；"
            "把这一列设为文本，核对后再填"
        )


def _why_no_day(text: str) -> str:
    if _SERIAL.fullmatch(text):
        return f"“{text}”像是表格软件内部的日期序号，不是日期；把这一列设为日期格式后另存"
    return f"“{shown(text)}”不是完整的日期，写成 2019-03-01 这样"
