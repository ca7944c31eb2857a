"""A report as JUnit XML, which nearly every CI service can show."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from qjmedia.model.finding import Finding, Report
from qjmedia.model.privacy import mask_text
from qjmedia.render.ci import Run, shown
from qjmedia.render.findings import headline

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, run: Run) -> str:
    """Return one test case a file; what does not make the run fail is told as its output.

    A case has one failure at most, with all that is wrong in the file: services show the first
    failure of a case and hide the others.
    """
    found: dict[str, list[Finding]] = {path: [] for path in run.paths}
    for each in report.findings:
        found.setdefault(each.path, []).append(each)
    suite = ET.Element("testsuite", name="qjmedia check", errors="0", skipped="0", time="0")
    failures = sum([_case(suite, path, found[path], run) for path in sorted(found)])
    suite.set("tests", str(len(found)))
    suite.set("failures", str(failures))
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _case(suite: ET.Element, path: str, findings: Sequence[Finding], run: Run) -> bool:
    """Add the test case of a file; return whether it fails."""
    name = _legal(shown(path))
    folder = name.rpartition("/")[0].replace("/", ".")
    case = ET.SubElement(suite, "testcase", classname=folder, name=name, file=name, time="0")
    wrong = [each for each in findings if each.severity in run.fails]
    others = [each for each in findings if each.severity not in run.fails]
    if wrong:
        more = f"（共 {len(wrong)} 处）" if len(wrong) > 1 else ""
        message = _legal(f"{shown(wrong[0].message)}{more}")
        failure = ET.SubElement(case, "failure", message=message, type=wrong[0].code)
        failure.text = _listed(wrong)
    if others:
        ET.SubElement(case, "system-out").text = _listed(others)
    return bool(wrong)


def _listed(findings: Sequence[Finding]) -> str:
    lines = []
    for each in findings:
        lines.append(mask_text(headline(each)))
        if each.hint:
            lines.append(f"    改法：{shown(each.hint)}")
    return _legal("\n".join(lines))


def _legal(text: str) -> str:
    """Return text without the characters that no XML document can hold."""
    return _ILLEGAL.sub("", text)
