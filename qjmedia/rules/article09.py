"""第九条: joint release in an incident."""

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.rules.base import Faults, rule


@rule("QJ0901", on=Platform, severity=Severity.WARNING)
def nobody_reachable(platform: Platform, _: Context) -> Faults:
    """联动发布时没有人可以电话联系。

    依据：第九条“建立新媒体内容发布联动机制”，突发事件时须找得到人。
    读法：“联动”须找得到人：负责人、分管领导、后台管理人员中至少一人有电话。

    错例：{tier: 三级, status: 责令关停, manager: {mobile: （无）, landline: （无）},
    operators: [{name: 示例甲}, {name: 示例乙}], 另加备案: {form: 责令关停,
    filled_on: "2026-10-01", deadline: "2026-12-31", reason: 失管}}
    正例：{tier: 三级, status: 责令关停, manager: {landline: （无）}, operators: [{name: 示例甲},
    {name: 示例乙}], 另加备案: {form: 责令关停, filled_on: "2026-10-01", deadline: "2026-12-31",
    reason: 失管}}
    改法：至少给一人补上手机或座机
    """
    people = (platform.manager, platform.supervisor, *platform.operators)
    if platform.is_active and not any(person.is_reachable for person in people):
        yield Fault(
            platform.at("/operators"),
            "负责人和后台管理人员都没有电话，联动发布时无人可以联系",
            "至少给一人补上手机或座机",
        )
