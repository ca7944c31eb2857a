"""How a change that would bring a fault into the registry is turned down."""

from qjmedia.errors import BadRequest, Refused
from qjmedia.model.finding import Finding, Report


class Faulty(Refused):
    """The change would bring a fault into the registry.

    Attributes:
        findings: every fault, not only the first.
    """

    def __init__(self, message: str, findings: tuple[Finding, ...], way_out: str = "") -> None:
        """Name the first fault's article and way out, and another way where there is one."""
        first = findings[0]
        hint = "；".join(part for part in (first.hint, way_out) if part)
        super().__init__(message, article=first.article, hint=hint)
        self.findings = findings


class FaultyValue(Faulty, BadRequest):
    """Every fault is in the form of a value: the request is wrong, not the wish."""

    exit_code = 2


def require(report: Report, subject: str, *, way_out: str = "") -> None:
    """Return if the report has no error.

    Raises:
        FaultyValue: only values are of a wrong form (QJ00xx).
        Faulty: the Measures forbid it.
    """
    errors = report.errors
    if not errors:
        return
    form_only = all(found.code.startswith("QJ00") for found in errors)
    more = f"（共 {len(errors)} 处）" if len(errors) > 1 else ""
    message = f"{subject}未通过检查{more}：{errors[0].message}"
    raise (FaultyValue if form_only else Faulty)(message, errors, way_out)
