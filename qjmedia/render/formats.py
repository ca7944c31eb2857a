"""Every format that `check --format` offers."""

from collections.abc import Callable

from qjmedia.model.finding import Report
from qjmedia.render import findings
from qjmedia.render.ci import Run
from qjmedia.render.github import github
from qjmedia.render.gitlab import gitlab
from qjmedia.render.junit import junit
from qjmedia.render.sarif import sarif

Writer = Callable[[Report, Run], str]

WRITERS: dict[str, Writer] = {
    "text": lambda report, _: findings.text(report),
    "json": lambda report, _: findings.as_json(report),
    "github": github,
    "sarif": sarif,
    "gitlab": gitlab,
    "junit": junit,
}
"""A further format is one more function, and its name here."""
