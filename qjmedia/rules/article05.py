"""第五条: three tiers, and who answers for each. The tiers' own needs stand in the schema."""

import re

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.model.words import YOUTH_LEAGUE, OpenerKind, Tier, UnitKind
from qjmedia.rules.base import Faults, Offices, rule

SECRETARY = re.compile(r"(党总支部?|党委)书记")
"""Not 副书记, whose 副 stands between."""

RUNS_AS = {
    OpenerKind.COLLEGE: {UnitKind.COLLEGE},
    OpenerKind.DEPARTMENT: {UnitKind.DEPARTMENT, UnitKind.MASS},
    OpenerKind.SERVICE: {UnitKind.SERVICE, UnitKind.MASS},
}
"""群团 (校团委、工会) run their own platforms as a department does."""


@rule("QJ0503", on=Platform, severity=Severity.INFO)
def school_platform_by_extension(platform: Platform, _: Context) -> Faults:
    """一级平台不是微博、微信。

    依据：第五条“学校官方微博、微信为一级平台，由党委宣传部直接管理”。其他类型的学校官方平台按同样办法管理。
    读法：只列了微博、微信；以学校名义开通的抖音、哔哩哔哩等也按一级平台管理，提示其为推及。

    错例：{tier: 一级, kind: 抖音}
    正例：{tier: 一级, kind: 微博}
    改法：不必改；不是学校官方平台的，改 tier 和 opened_by
    """
    if platform.tier is Tier.SCHOOL and platform.kind not in {"", "微博", "微信公众号"}:
        yield Fault(
            platform.at("/kind"),
            f"{platform.kind}不在第五条列举之内，作为学校官方平台按一级平台管理",
        )


@rule("QJ0505", on=Platform)
def post_contradicts_owner(platform: Platform, context: Context) -> Faults:
    """个人名义注册的二级平台，第一责任人的职务与所属单位不符。

    依据：第五条“学院党总支书记和职能部门主要负责人为本单位新媒体建设和管理第一责任人”。
    读法：个人名义注册的看所属单位：学院为党总支书记（设党委的为党委书记），其余单位为主要负责人。

    错例：{status: 草稿, name: 数院之窗, opened_by: {kind: 个人, name: 示例乙},
    accountable: {post: 辅导员}}
    正例：{status: 草稿, name: 数院之窗, opened_by: {kind: 个人, name: 示例乙},
    accountable: {post: 学院党委书记}}
    改法：改为：学院党总支书记（设党委的写党委书记）；其余单位写主要负责人
    """
    unit = context.units.get(platform.owner)
    post = platform.accountable.post
    if platform.tier is not Tier.UNIT or platform.opened_by is not OpenerKind.PERSON or not post:
        return
    if unit is None or unit.kind is None:
        return
    if unit.kind is UnitKind.COLLEGE:
        if not SECRETARY.search(post):
            yield Fault(
                platform.at("/accountable/post"),
                f"学院平台的第一责任人应为学院党总支书记，现为“{post}”",
                "改为：学院党总支书记",
            )
    elif "主要负责人" not in post:
        yield Fault(
            platform.at("/accountable/post"),
            f"{unit.kind}平台的第一责任人应为主要负责人，现为“{post}”",
            f"改为：{unit.kind}主要负责人",
        )


@rule("QJ0507", on=Platform)
def class_outside_its_college(platform: Platform, context: Context) -> Faults:
    """班级平台不归口所在学院。

    依据：第五条“学生班级的新媒体平台归口所在学院管理”。
    读法：所在学院就是所属单位，归口单位与它相同。

    错例：{tier: 三级, opened_by: {kind: 班级}, owner: math, steward: youth-league}
    正例：{tier: 三级, opened_by: {kind: 班级}, owner: math, steward: math}
    改法：steward 和 owner 都改为班级所在学院的 id
    """
    if platform.opened_by is not OpenerKind.CLASS:
        return
    unit = context.units.get(platform.owner)
    if unit is not None and unit.kind is not None and unit.kind is not UnitKind.COLLEGE:
        yield Fault(
            platform.at("/owner"),
            f"班级平台的所属单位应为所在学院，现为“{unit.name}”（{unit.kind}）",
            "改为班级所在学院的 id",
        )
    elif platform.steward and platform.owner and platform.steward != platform.owner:
        yield Fault(
            platform.at("/steward"),
            f"班级平台应归口所在学院“{context.units.name_of(platform.owner)}”，"
            f"现归口“{context.units.name_of(platform.steward)}”",
            f"改为：{platform.owner}",
        )


@rule("QJ0510", on=Platform)
def opener_contradicts_unit(platform: Platform, context: Context) -> Faults:
    """以何种单位名义开通，与 units.yaml 中所属单位的类型不符。

    依据：第五条：学院、职能部门的责任人不同，类型须与单位一致。
    读法：校团委、工会自己的平台按职能部门办理，是二级：归口别人的单位，不归口自己。

    错例：{opened_by: {kind: 职能部门}, owner: library}
    正例：{opened_by: {kind: 教辅单位}, owner: library}
    改法：opened_by.kind 改成与所属单位一致，或核对 owner
    """
    unit = context.units.get(platform.owner)
    allowed = RUNS_AS.get(platform.opened_by) if platform.opened_by else None
    if unit is None or unit.kind is None or allowed is None or unit.kind in allowed:
        return
    fits = [opener for opener, kinds in RUNS_AS.items() if unit.kind in kinds]
    yield Fault(
        platform.at("/opened_by/kind"),
        f"以“{platform.opened_by}”名义开通，但所属单位“{unit.name}”是{unit.kind}",
        f"改为：{fits[0]}，或核对 owner" if fits else "核对 owner 和 opened_by.kind",
    )


@rule("QJ0511", on=Platform, severity=Severity.WARNING)
def league_of_a_college(platform: Platform, context: Context) -> Faults:
    """学院的团学组织：归口校团委，所属单位为学院。

    依据：第五条“团学组织、社团的新媒体归口校团委管理”。许多学院团委账号实为学院账号，请核对级别。
    读法：学院团委、学生会是团学组织：三级，归口校团委，所属单位写学院。许多学院团委账号实为学院账
    号，所以提醒核对。

    错例：{tier: 三级, opened_by: {kind: 团学组织}, owner: math}
    正例：{tier: 三级, opened_by: {kind: 团学组织}, owner: youth-league}
    改法：核对：确为团学组织则保留；实为学院平台则改 tier 和 opened_by
    """
    unit = context.units.get(platform.owner)
    if (
        platform.opened_by is OpenerKind.LEAGUE
        and platform.owner != YOUTH_LEAGUE
        and unit is not None
        and unit.kind is UnitKind.COLLEGE
    ):
        yield Fault(
            platform.at("/owner"),
            f"“{unit.name}”的团学组织平台归口校团委；若实为学院官方平台，应为二级平台",
            "核对：确为团学组织则保留；实为学院平台则改 tier 和 opened_by",
        )


@rule("QJ0512", on=Platform, severity=Severity.WARNING)
def accountable_is_not_the_units(platform: Platform, context: Context) -> Faults:
    """平台的第一责任人与单位登记的第一责任人不是同一人。

    依据：第五条“学院党总支书记和职能部门主要负责人为本单位新媒体建设和管理第一责任人”。
    读法：第一责任人是“本单位”的，一个单位只有一位；units.yaml 中没有写姓名的单位不检查。

    错例：{accountable: {name: 示例辛}}
    正例：{accountable: {name: 示例甲}}
    改法：换了人的，先改单位：qjmedia unit amend math --set accountable.name=…，
    再改平台的 accountable
    """
    unit = context.units.get(platform.owner)
    name = platform.accountable.name
    if platform.tier is not Tier.UNIT or not platform.is_active or unit is None or not name:
        return
    if unit.accountable.name and unit.accountable.name != name:
        yield Fault(
            platform.at("/accountable/name"),
            f"第一责任人是“{name}”，“{unit.name}”登记的却是“{unit.accountable.name}”",
            f"改为：{unit.accountable.name}；单位换了人的，"
            f"先改单位：qjmedia unit amend {unit.id} --set accountable.name=…",
        )


@rule("QJ0513", on=Offices)
def post_contradicts_unit(offices: Offices, _: Context) -> Faults:
    """单位登记的第一责任人的职务与单位类别不符。

    依据：第五条“学院党总支书记和职能部门主要负责人为本单位新媒体建设和管理第一责任人”。
    读法：学院为党总支书记（设党委的为党委书记），其余单位为主要负责人；学生组织不是责任单位，不检查。

    错例：{单位: {physics: {accountable: {post: 院长}}}}
    正例：{单位: {physics: {accountable: {post: 学院党委书记}}}}
    改法：改为：学院党总支书记；其余单位写主要负责人，可注明职务
    """
    for unit in offices.units:
        post = unit.accountable.post
        if not post or unit.kind in {None, UnitKind.STUDENT} or _fits(post, unit.kind):
            continue
        right = "学院党总支书记" if unit.kind is UnitKind.COLLEGE else f"{unit.kind}主要负责人"
        yield Fault(
            unit.at("/accountable/post"),
            f"“{unit.name}”（{unit.kind}）的第一责任人现为“{post}”",
            f"改为：{right}：qjmedia unit amend {unit.id} --set accountable.post=…",
        )


def _fits(post: str, kind: UnitKind | None) -> bool:
    return bool(SECRETARY.search(post) if kind is UnitKind.COLLEGE else "主要负责人" in post)
