"""QJ00xx: the form of the registry itself, as far as plain data show it."""

import re
from datetime import date, timedelta
from itertools import pairwise

from qjmedia.model.finding import Fault
from qjmedia.model.nearest import nearest
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context, Registry
from qjmedia.model.tree import leaves
from qjmedia.model.words import FormKind, Tier
from qjmedia.rules.base import Faults, File, rule

MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
IDENTITY_CARD = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])")
GAPS = str.maketrans("", "", " -\u00a0\u3000")
PLANNED_DAYS = 366
"""How far ahead the opening of a platform may be planned."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@rule("QJ0009", on=Platform)
def record_in_the_wrong_place(platform: Platform, _: Context) -> Faults:
    """Id 与文件名不同，或 owner 与所在文件夹不同。

    依据：一个平台一个文件，文件为 registry/platforms/<所属单位>/<id>.yaml。

    错例：registry/platforms/math/math-wechat.yaml 中写 {id: math-weixin}
    正例：registry/platforms/math/math-wechat.yaml 中写 {id: math-wechat, owner: math}
    """
    folder = platform.path.parent.name
    if platform.id and platform.id != platform.path.stem:
        yield Fault(
            platform.at("/id"),
            f"id 是“{platform.id}”，文件名却是“{platform.path.name}”",
            f"改为：{platform.path.stem}（id 一经登记不再改变）",
        )
    if platform.owner and platform.owner != folder:
        yield Fault(
            platform.at("/owner"),
            f"所属单位（owner）是“{platform.owner}”，文件却在“{folder}”文件夹中",
            f"改为：{folder}；确要转到 {platform.owner}，请用 qjmedia amend --set owner=…",
        )


@rule("QJ0010", on=Registry)
def id_used_twice(registry: Registry) -> Faults:
    """两份登记用了同一个 id。

    依据：id 不重复，注销后也不再使用。

    错例：math/news.yaml 与 physics/news.yaml
    正例：math/math-news.yaml 与 physics/physics-news.yaml
    """
    for shared, group in registry.shared(lambda platform: (platform.path.stem,)).items():
        for earlier, later in pairwise(group):
            yield Fault(
                later.at("/id"),
                f"id“{shared}”已用于 {earlier.path}",
                "给后登记的平台另取 id，并把文件改成同名",
            )


@rule("QJ0011", on=Platform)
def unit_unknown(platform: Platform, context: Context) -> Faults:
    """所属单位或归口单位不在 units.yaml 中。

    依据：第三条“谁主办，谁负责”：负责的单位必须查得到。

    错例：{owner: maths}
    正例：{owner: math}
    """
    units = context.units
    for title, key, value in (
        ("所属单位", "owner", platform.owner),
        ("归口单位", "steward", platform.steward),
    ):
        unit = units.get(value)
        if value and unit is None:
            near = nearest(value, units.words())
            found = units.named(near) if near else None
            yield Fault(
                platform.at(f"/{key}"),
                f"{title}（{key}）“{value}”不在 registry/units.yaml 中",
                f"是否想写 {found.id}（{found.name}）？"
                if found
                else "先登记单位：qjmedia unit add",
            )
        elif unit is not None and unit.merged_into and platform.is_active:
            yield Fault(
                platform.at(f"/{key}"),
                f"{title}（{key}）“{unit.name}”已并入“{units.name_of(unit.merged_into)}”",
                f"改为：{unit.merged_into}",
            )


@rule("QJ0014", on=Platform)
def date_out_of_order(platform: Platform, context: Context) -> Faults:
    """日期在将来，或早于它应当跟随的事。

    依据：第七条：先开通、后变更、再注销；填表、签字都是已经发生的事。
    申办的平台还没有开通，开通日期可以是一年以内计划的日子。

    错例：{opened_on: "2099-01-01"}
    正例：{opened_on: "2019-03-01"}
    """
    opened = platform.opened_on
    if not _is_planned(platform, context.today):
        yield from _not_future(platform, "/opened_on", "开通日期", opened, context.today)
    for index, filing in enumerate(platform.filings):
        here = f"/filings/{index}"
        for pointer, title, day in (
            (f"{here}/filled_on", "填报日期", filing.filled_on),
            (f"{here}/changed_on", "变更日期", filing.changed_on),
            (f"{here}/unit_opinion/signed_on", "单位签字日期", filing.unit_signed_on),
            (f"{here}/publicity_opinion/signed_on", "宣传部签字日期",
             filing.publicity_signed_on),
        ):  # fmt: skip
            yield from _not_future(platform, pointer, title, day, context.today)
        if opened and filing.changed_on and filing.changed_on < opened:
            yield Fault(
                platform.at(f"{here}/changed_on"),
                f"变更日期 {filing.changed_on} 早于开通日期 {opened}",
            )
        ends = filing.form in {FormKind.CANCELLATION, FormKind.CLOSURE}
        if ends and opened and filing.filled_on and filing.filled_on < opened:
            yield Fault(
                platform.at(f"{here}/filled_on"),
                f"{filing.form}日期 {filing.filled_on} 早于开通日期 {opened}",
            )
        if filing.deadline and filing.filled_on and filing.deadline < filing.filled_on:
            yield Fault(
                platform.at(f"{here}/deadline"),
                f"关停期限 {filing.deadline} 早于责令日期 {filing.filled_on}",
            )


@rule("QJ0015", on=File)
def personal_number(file: File, _: Context) -> Faults:
    """身份证号码，或写在电话栏以外的手机号码。

    依据：登记库不收身份证号码；手机号码只写在 mobile、landline 两栏，输出时自动遮盖。

    错例：{remarks: 联系 13800000000}
    正例：{manager: {name: 示例甲, mobile: "13800000000"}}
    """
    is_qq = str(file.tree.get("kind", "")).startswith("QQ")
    for pointer, value in leaves(file.tree):
        field = pointer.rpartition("/")[2]
        closed_up = value.translate(GAPS)
        if any(_is_identity_card(found) for found in IDENTITY_CARD.findall(closed_up)):
            yield Fault(file.at(pointer), "像是身份证号码；登记库不收身份证号码", "删去这个号码")
        elif (
            field not in {"mobile", "landline", "url"}
            and not (is_qq and field == "account")
            and MOBILE.search(closed_up)
        ):
            yield Fault(
                file.at(pointer),
                "像是手机号码，却不在电话栏中",
                "移到 mobile 一栏，这里删去",
            )


def _is_identity_card(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def _is_planned(platform: Platform, today: date) -> bool:
    """Whether the opening day is that of an application: 第七条第三款 (申办)."""
    opened, current = platform.opened_on, platform.current_form
    applies = current is None or current[1].form is FormKind.APPLICATION
    return (
        platform.tier is Tier.UNIT
        and applies
        and opened is not None
        and opened <= today + timedelta(days=PLANNED_DAYS)
    )


def _not_future(
    platform: Platform, pointer: str, title: str, day: date | None, today: date
) -> Faults:
    if day and day > today:
        yield Fault(
            platform.at(pointer), f"{title} {day} 在将来（今天是 {today}）", "核对年份和月日"
        )
