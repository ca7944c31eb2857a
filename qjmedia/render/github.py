"""A report as GitHub's workflow commands: https://docs.github.com/actions/reference/workflow-commands."""

from collections import Counter
from collections.abc import Iterator

from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.model.privacy import mask_text
from qjmedia.render.ci import Run, heaviest_first, shown, told
from qjmedia.render.findings import WORDS, headline, summary

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

MOST_OF_A_KIND = 10
"""GitHub silently drops what one step has more of."""

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def github(report: Report, _: Run) -> str:
    """Return a line for each annotation, the rest in a group that can be opened, the summary."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    marked: Counter[Severity] = Counter()
    rest: list[Finding] = []
    for each in heaviest_first(report):
        marked[each.severity] += 1
        if marked[each.severity] > MOST_OF_A_KIND:
            rest.append(each)
        else:
            yield _command(each)
    if rest:
        most = f"错误、警告、提示各最多标 {MOST_OF_A_KIND} 处"
        yield f"::group::另有 {len(rest)} 处没有标在文件旁（{most}）"
        yield from (_inert(mask_text(headline(each))) for each in rest)
        yield "::endgroup::"
    yield _inert(summary(report))


def _command(found: Finding) -> str:
    properties = {
        "file": shown(found.path),
        "line": str(found.line),
        "col": str(found.column),
        "title": f"{WORDS[found.severity]} {found.code}",
    }
    written = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{COMMANDS[found.severity]} {written}::{told(found).translate(_DATA)}"


def _inert(line: str) -> str:
    """Return a line of the log that the runner takes for no command.

    The new form of a command stands at the beginning, the old one (`##[…]`) anywhere.
    """
    line = line.replace("##[", "# #[")
    return f"　{line}" if line.startswith("::") else line
