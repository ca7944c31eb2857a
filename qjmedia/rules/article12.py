"""第十二条: somebody answers for secrecy."""

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.registry import Context
from qjmedia.rules.base import Faults, Offices, rule


@rule("QJ1201", on=Offices, severity=Severity.WARNING)
def unit_without_confidentiality(offices: Offices, _: Context) -> Faults:
    """有平台的单位没有保密责任人。

    依据：第十二条“建立保密管理责任制”。
    读法：有运行中的平台的单位写明保密责任人，或签订保密责任书的日期；涉密内容本身不得写进登记库。

    错例：{单位: {math: {governance: {confidentiality: （无）}}}}
    正例：{单位: {math: {governance: {confidentiality: 示例乙}}}}
    改法：补上：qjmedia unit amend math --set governance.confidentiality=姓名
    """
    for unit in offices.units:
        if unit.id in offices.running and not unit.governance.get("confidentiality"):
            yield Fault(
                unit.at("/governance/confidentiality"),
                f"“{unit.name}”没有登记保密责任人",
                f"补上：qjmedia unit amend {unit.id} --set governance.confidentiality=姓名",
            )
