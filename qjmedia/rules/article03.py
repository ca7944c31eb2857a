"""第三条: whoever runs a platform answers for it, with a system behind it."""

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.registry import Context
from qjmedia.rules.base import Faults, Offices, rule

SYSTEMS = {
    "responsibility": "责任体系",
    "team": "工作队伍",
    "review": "发布审核机制",
    "rules": "管理制度",
}


@rule("QJ0301", on=Offices, severity=Severity.WARNING)
def unit_without_governance(offices: Offices, _: Context) -> Faults:
    """有平台的单位没有责任体系、工作队伍、发布审核机制或管理制度的文件或日期。

    依据：第三条“新媒体建设管理单位必须建立完善的管理制度和运行机制，包括建立责任体系、落实工作队伍、
    完善发布审核机制等”。
    读法：有运行中的平台的单位才算“建设管理单位”；写文件名、文号或日期即可，制度好不好由人判断。

    错例：{单位: {math: {governance: {rules: （无）}}}}
    正例：{单位: {math: {governance: {rules: 数院〔2024〕4号}}}}
    改法：补上文件名或日期：qjmedia unit amend math --set governance.rules=…
    """
    for unit in offices.units:
        missing = [title for key, title in SYSTEMS.items() if not unit.governance.get(key)]
        if unit.id in offices.running and missing:
            yield Fault(
                unit.at("/governance"),
                f"“{unit.name}”没有登记{'、'.join(missing)}",
                f"补上文件名或日期：qjmedia unit amend {unit.id} --set governance.rules=…",
            )
