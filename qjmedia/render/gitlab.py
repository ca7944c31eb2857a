"""A report for GitLab's merge requests: https://docs.gitlab.com/ci/testing/code_quality/."""

from qjmedia.model.finding import Report, Severity
from qjmedia.render.ci import Run, fingerprints, told
from qjmedia.render.findings import document

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab(report: Report, _: Run) -> str:
    """Return a list of findings; GitLab hides those that share a fingerprint, and none does."""
    identities = fingerprints(report.findings)
    return document(
        [
            {
                "description": told(found).replace("\n", "。"),
                "check_name": found.code,
                "fingerprint": identity,
                "severity": SEVERITIES[found.severity],
                "location": {"path": found.path, "lines": {"begin": found.line}},
            }
            for found, identity in zip(report.findings, identities, strict=True)
        ]
    )
