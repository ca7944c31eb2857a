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
        return self is Status.FILED or self is Status.REGISTERED or self is Status.ORDERED_CLOSED

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected of the platform."""
        return self is Status.CLOSED or self is Status.REJECTED


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
    "微博", "微信公众号", "微信群", "QQ", "QQ群", "QQ空间", "人人", "APP", "小程序", "视频号",
    "抖音", "快手", "哔哩哔哩", "小红书", "今日头条", "知乎", "网站", "聊天室", "其他",
)  # fmt: skip
"""What a platform may be (第二条 leaves the list open, hence 其他)."""

GROUP_KINDS = frozenset({"QQ群", "微信群", "聊天室"})
"""第六条: 如QQ群、微信群、聊天室等."""

PUBLICITY = "publicity"
YOUTH_LEAGUE = "youth-league"
IT_CENTRE = "it-center"

_SHORT_FORMS = {
    "一级": "1 一",
    "二级": "2 二",
    "三级": "3 三",
    "工作群": "群 4",
    "微博": "weibo 新浪微博 官方微博",
    "微信公众号": "公众号 微信 wechat wechat_official 服务号 订阅号",
    "视频号": "wechat_channels 微信视频号",
    "QQ群": "qq_group",
    "APP": "客户端 移动客户端",
    "哔哩哔哩": "b站 bilibili",
    "抖音": "douyin 抖音号",
    "快手": "kuaishou",
    "小红书": "xiaohongshu",
    "今日头条": "头条 头条号 toutiao",
    "知乎": "zhihu",
    "人人": "人人网 renren",
    "网站": "网页 website",
    "小程序": "miniprogram mini_program",
    "学校": "university",
    "学院": "college",
    "职能部门": "部门 department",
    "教辅单位": "service_unit",
    "团学组织": "student_org 团委 学生会",
    "社团": "club",
    "已备案": "备案",
    "已登记": "登记",
    "已注销": "注销",
    "已驳回": "驳回",
    "责令关停": "关停",
    "待审核": "审核",
    "自主维护": "自主",
    "委托维护": "委托",
    "已认证": "认证 是",
    "未认证": "否",
    "登记表": "登记",
    "申请表": "申请",
}


def short_forms(choices: Iterable[str]) -> tuple[str, ...]:
    """Return what people type for the members of `choices` instead of the words themselves."""
    return tuple(word for choice in choices for word in _SHORT_FORMS.get(choice, "").split())


def canonical(word: str, choices: Iterable[str]) -> str | None:
    """Return the member of `choices` that `word` means, or None.

    Takes the word itself, its short forms and Latin letters in any case.
    """
    typed = word.strip().casefold()
    for choice in choices:
        if typed == choice.casefold() or typed in _SHORT_FORMS.get(choice, "").split():
            return choice
    return None
