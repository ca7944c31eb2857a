"""Records and forms to render: valid ones, with one thing changed."""

from pathlib import Path, PurePosixPath

from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.tree import Record, Tree
from qjmedia.model.unit import Units
from qjmedia.model.words import FormKind
from qjmedia.render.form import Form, fill
from qjmedia.render.trace import code_of

TEMPLATES = (Path(__file__).parents[2] / "templates",)
PATH = PurePosixPath("registry/platforms/math/math-wechat.yaml")
TRACE = code_of("2019", "12", "9f2c1e7" * 6, "5b3d0a61c7" * 4)
UNITS = Units.of({"units": [{"id": "math", "name": "数学学院"}]})

FILING: Record = {
    "form": "申请表",
    "filled_on": "2019-02-01",
    "unit_opinion": {"decision": "同意", "signed_by": "示例丙", "signed_on": "2019-02-03"},
    "publicity_opinion": {"decision": "同意", "signed_by": "示例丁", "signed_on": "2019-02-10"},
    "year": "2019",
    "serial": "12",
}
RECORD: Record = {
    "id": "math-wechat",
    "name": "曲靖师范学院数学学院",
    "kind": "微信公众号",
    "account": "qjnu_math",
    "url": "https://mp.weixin.qq.com/s/example",
    "tier": "二级",
    "owner": "math",
    "opened_on": "2019-03-01",
    "manager": {"name": "示例甲", "mobile": "13800000000", "landline": "0874-0000000"},
    "supervisor": {"name": "示例乙", "mobile": "13800000001", "landline": "0874-0000001"},
    "filings": [FILING],
    "remarks": "每周推送一次",
}
HOSTILE: Record = {
    "name": "{{ 7*7 }} <b>&amp;</b> ]]> | [x](javascript:alert(1)) ![y](z)",
    "url": "https://example.invalid/?a=1&b=<script>alert(1)</script>#{% for %}",
    "account": "\u202egnp.exe",
    "manager": {
        "name": "\u0626\u06c7\u064a\u063a\u06c7\u0631",
        "mobile": "=1+1",
        "landline": "'; --",
    },
    "remarks": "# 一\r\n- 二\n1. 三\n\n    四 **五** `六` ~七~ $八$ \\ | "
    "🙂\U0001f468\u200d\U0001f469 𠮷䶮㐂 \u05e9\u05dc\u05d5\u05dd\x1b[31m",
}


CHANGE: Record = {
    "form": "变更",
    "changed_on": "2026-03-02",
    "filled_on": "2026-03-05",
    "changes": [
        {"field": "name", "from": "数学学院", "to": "曲靖师范学院数学学院"},
        {"field": "operators", "to": "示例丙、示例丁"},
    ],
    "reason": "学院更名",
}
CANCELLED: Record = {
    "form": "注销",
    "filled_on": "2026-05-01",
    "reason": "与学院公众号合并",
    "proof": "平台方注销通知，截图 1 张",
}
CLOSED: Record = {
    "form": "责令关停",
    "filled_on": "2026-05-01",
    "deadline": "2026-05-08",
    "reason": "逾期未办理登记备案手续",
}
OTHERS: dict[FormKind, Record] = {
    FormKind.AMENDMENT: CHANGE,
    FormKind.CANCELLATION: CANCELLED,
    FormKind.CLOSURE: CLOSED,
}


def other(kind: FormKind, **changes: Tree) -> Form:
    """Return a 变更备案表, 注销备案表 or 责令关停通知书; `changes` are those of the record."""
    record: Record = {"filings": [FILING, OTHERS[kind]], **changes}
    return fill(platform(**record), kind, units=UNITS, policy=Policy())


def opinion(remark: str) -> Record:
    """Return an opinion with a remark."""
    return {"decision": "不同意", "signed_on": "2019-12-23", "remark": remark}


LONGEST: Record = {
    "name": "曲" * 60,
    "account": "W" * 128,
    "url": ("https://example.invalid/" + "%E6%9B%B2&w=W-" * 30)[:300],
    "owner": "长" * 60,
    "manager": {"name": "甲" * 40, "mobile": "+86-13800000000", "landline": "0" * 30},
    "supervisor": {"name": "W" * 40, "mobile": "13800000001", "landline": "0874-0000001"},
    "filings": [
        {**FILING, "unit_opinion": opinion("甲" * 200), "publicity_opinion": opinion("乙" * 200)},
    ],
    "remarks": "备注，" * 166 + "完。",
}  # fmt: skip


REASON = "缘由，" * 99 + "完。"
LONGEST_OTHERS: dict[FormKind, Record] = {
    FormKind.AMENDMENT: {
        **CHANGE,
        "reason": REASON[:200],
        "changes": [
            {"field": "name", "from": "旧" * 60, "to": "新" * 60},
            {"field": "operators", "from": "示例甲、示例乙", "to": "示例丙、示例丁、示例戊"},
        ],
    },
    FormKind.CANCELLATION: {**CANCELLED, "reason": REASON, "proof": "证明，" * 70},
    FormKind.CLOSURE: {**CLOSED, "reason": REASON},
}


def longest_other(kind: FormKind, **changes: Tree) -> Form:
    """Return a document of ours that barely has room on its sheet."""
    kept = {key: LONGEST[key] for key in ("name", "account", "owner")}
    filings: Tree = [FILING, LONGEST_OTHERS[kind]]
    return other(kind, **{**kept, "url": str(LONGEST["url"])[:128], "filings": filings, **changes})


def platform(**changes: Tree) -> Platform:
    """Return a complete 二级平台 with some fields changed."""
    return Platform.of(PATH, {**RECORD, **changes})


def blank() -> Platform:
    """Return a draft of which only the name is known."""
    return Platform.of(PATH, {"id": "math-wechat", "name": "示例号", "status": "草稿"})


def form(**changes: Tree) -> Form:
    """Return the 申请表 of a complete 二级平台 with some fields changed."""
    return filled(platform(**changes))


def filled(subject: Platform, policy: Policy | None = None) -> Form:
    """Return the 申请表 of a platform."""
    return fill(subject, FormKind.APPLICATION, units=UNITS, policy=policy or Policy())
