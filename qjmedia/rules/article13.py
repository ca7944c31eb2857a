"""第十三条: accounts are kept safely."""

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.model.words import Tier
from qjmedia.rules.base import Faults, rule


@rule("QJ1301", on=Platform, severity=Severity.WARNING)
def operators_too_few(platform: Platform, _: Context) -> Faults:
    """只有一名后台管理人员，或后台管理人员全是学生。

    依据：第十三条“新媒体各平台责任单位必须切实加强账号管理和内容监管”。
    读法：“账号管理”至少要两人，而且不能全是学生：一人离任或毕业，账号就无人掌管。工作群不在此列。

    错例：{operators: [{name: 示例丁, identity: 学生}, {name: 示例戊, identity: 学生}]}
    正例：{operators: [{name: 示例丁, identity: 教师}, {name: 示例戊, identity: 学生}]}
    改法：增加一名后台管理人员，其中要有教师
    """
    people = platform.operators
    if not platform.is_active or platform.tier is Tier.WORK_GROUP or not people:
        return
    if len(people) == 1:
        yield Fault(
            platform.at("/operators"),
            "只有一名后台管理人员，一旦离任账号无人掌管",
            "增加一名后台管理人员",
        )
    elif all(person.identity == "学生" for person in people):
        yield Fault(
            platform.at("/operators"),
            "后台管理人员全是学生，毕业后账号可能失管",
            "增加一名教师",
        )


@rule("QJ1302", on=Platform, severity=Severity.WARNING)
def operator_has_left(platform: Platform, context: Context) -> Faults:
    """后台管理人员的离任日期已过。

    依据：第十三条“切实加强账号管理”；人员变更按第七条一周内报备。

    错例：{operators: [{name: 示例丁, identity: 教师}, {name: 示例戊, identity: 学生,
    leaves_on: "2026-07-01"}]}
    正例：{operators: [{name: 示例丁, identity: 教师}, {name: 示例戊, identity: 学生,
    leaves_on: "2027-07-01"}]}
    改法：移交后更新：qjmedia amend ID --edit
    """
    if not platform.is_active:
        return
    for index, person in enumerate(platform.operators):
        if person.leaves_on and person.leaves_on < context.today:
            yield Fault(
                platform.at(f"/operators/{index}/leaves_on"),
                f"后台管理人员“{person.name}”已于 {person.leaves_on} 离任",
                f"移交后更新：qjmedia amend {platform.id} --edit",
            )
