"""第十条: reviewed first, published afterwards. That a reviewer is named stands in the schema."""

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.rules.base import Faults, rule


@rule("QJ1002", on=Platform, severity=Severity.WARNING)
def reviewer_reviews_himself(platform: Platform, _: Context) -> Faults:
    """审核人就是唯一的后台管理人员。

    依据：第十条“严格执行‘先审后发’制度”：自己发布、自己审核，等于没有审核。
    读法：自己发布、自己审核，等于没有审核。

    错例：{operators: [{name: 示例己, identity: 教师}, {name: 示例己, identity: 外聘}],
    review: {reviewer: 示例己}}
    正例：{operators: [{name: 示例己, identity: 教师}, {name: 示例丁, identity: 外聘}],
    review: {reviewer: 示例己}}
    改法：另定一位审核人，或增加后台管理人员
    """
    names = {operator.name for operator in platform.operators}
    if platform.is_active and platform.reviewer and names == {platform.reviewer}:
        yield Fault(
            platform.at("/review/reviewer"),
            "审核人就是唯一的后台管理人员，先审后发无从落实",
            "另定一位审核人，或增加后台管理人员",
        )
