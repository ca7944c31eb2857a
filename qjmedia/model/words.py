"""The word lists of the Measures, and the short forms that people type for them."""

from collections.abc import Iterable
from enum import StrEnum


class Tier(StrEnum):
    """第五条 (一、二、三级) and 第六条 (工作群)."""

    SCHOOL = "一级"
    UNIT = "二级"
    STUDENT = "三级"
    WORK_GROUP = "工作群"


class OpenerKind(StrEnum):
    """In whose name a platform runs: 第二、五、六条."""

    SCHOOL = "学校"
    COLLEGE = "学院"
    DEPARTMENT = "职能部门"
    SERVICE = "教辅单位"
    CLASS = "班级"
    LEAGUE = "团学组织"
    CLUB = "社团"
    PERSON = "个人"


class UnitKind(StrEnum):
    """What a unit is; decides its accountable post: 第五条."""

    COLLEGE = "学院"
    DEPARTMENT = "职能部门"
    SERVICE = "教辅单位"
    MASS = "群团"
    STUDENT = "学生组织"


class Status(StrEnum):
    """Where a record stands between the draft and the end: 第七条."""

    DRAFT = "草稿"
    PENDING = "待审核"
    FILED = "已备案"
    REGISTERED = "已登记"
    REJECTED = "已驳回"
    ORDERED_CLOSED = "责令关停"
    CLOSED = "已注销"

    @property
    def is_running(self) -> bool:
        """Whether a platform in this status is open to the public."""
        return self in {Status.FILED, Status.REGISTERED, Status.ORDERED_CLOSED}


class FormKind(StrEnum):
    """What a filing was made on: 第七条."""

    REGISTRATION = "登记表"
    APPLICATION = "申请表"
    AMENDMENT = "变更"
    CANCELLATION = "注销"
    CLOSURE = "责令关停"

    @property
    def is_numbered(self) -> bool:
        """Whether the publicity department gives it a 年/第号."""
        return self in {FormKind.REGISTRATION, FormKind.APPLICATION}


class Decision(StrEnum):
    """An opinion on a form."""

    CONSENT = "同意"
    REFUSAL = "不同意"


KINDS = (
    "微博", "微信公众号", "微信群", "QQ", "QQ群", "QQ空间", "人人", "APP", "小程序", "视频号", "抖音",
    "快手", "哔哩哔哩", "小红书", "今日头条", "知乎", "网站", "聊天室", "其他",
)  # fmt: skip
"""What a platform may be (第二条 leaves the list open, hence 其他)."""

GROUP_KINDS = frozenset({"QQ群", "微信群", "聊天室"})
"""第六条: 如QQ群、微信群、聊天室等."""

PUBLICITY = "publicity"
YOUTH_LEAGUE = "youth-league"
IT_CENTRE = "it-center"

SHORT_FORMS: dict[str, str] = {
    "1": "一级", "一": "一级", "2": "二级", "二": "二级", "3": "三级", "三": "三级", "群": "工作群",
    "公众号": "微信公众号", "微信": "微信公众号", "wechat": "微信公众号", "weibo": "微博", "新浪微博": "微博",
    "qq": "QQ", "qq群": "QQ群", "app": "APP", "客户端": "APP", "b站": "哔哩哔哩", "bilibili": "哔哩哔哩",
    "douyin": "抖音", "头条": "今日头条", "头条号": "今日头条", "人人网": "人人", "网页": "网站", "website": "网站",
    "zhihu": "知乎", "wechat_official": "微信公众号", "wechat_channels": "视频号", "qq_group": "QQ群",
    "toutiao": "今日头条", "部门": "职能部门", "college": "学院", "department": "职能部门",
    "service_unit": "教辅单位", "club": "社团", "student_org": "团学组织", "university": "学校",
    "备案": "已备案", "登记": "已登记", "注销": "已注销", "驳回": "已驳回", "关停": "责令关停", "审核": "待审核",
    "自主": "自主维护", "委托": "委托维护", "是": "已认证", "否": "未认证", "认证": "已认证",
    "申请": "申请表",
}  # fmt: skip


def canonical(word: str, choices: Iterable[str]) -> str | None:
    """Return the member of `choices` that `word` means, or None.

    Takes the word itself, its short forms and Latin letters in any case.
    """
    known = {choice.casefold(): choice for choice in choices}
    typed = word.strip().casefold()
    if typed in known:
        return known[typed]
    return known.get(_SHORT.get(typed, "").casefold())


_SHORT = {short.casefold(): word for short, word in SHORT_FORMS.items()}
