"""What the formats for CI have in common: order, paths, words without phone numbers, identity."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Protocol

from qjmedia.model.explanation import Explanation
from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.model.privacy import mask_text
from qjmedia.render.findings import visible

_WEIGHTS = tuple(Severity)
_FIGURES = re.compile(r"[0-9]+")


class Rule(Protocol):
    """What a code stands for, as far as a format shows it."""

    @property
    def code(self) -> str:
        """QJ0505."""
        ...

    @property
    def severity(self) -> Severity:
        """What it weighs unless the policy says otherwise."""
        ...

    @property
    def faults(self) -> tuple[Explanation, ...]:
        """The faults that it stands for, at least one."""
        ...

    @property
    def article(self) -> str:
        """The article of the Measures, "" for the form of the registry itself."""
        ...

    def measures(self) -> tuple[tuple[str, str], ...]:
        """Return the paragraphs of the Measures that it is based on, by their name."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """What a format may say of a run beside its findings.

    Attributes:
        rules: every rule by its code.
        paths: the files that were looked at, those without findings too.
        fails: the weights that make the run fail.
    """

    rules: Mapping[str, Rule] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    fails: frozenset[Severity] = frozenset({Severity.ERROR})


def below(report: Report, prefix: str) -> Report:
    """Return the report with its paths as the repository has them, whose folder `prefix` it is."""

    def moved(findings: Iterable[Finding]) -> tuple[Finding, ...]:
        return tuple(
            replace(each, path=str(PurePosixPath(prefix) / each.path)) for each in findings
        )

    return replace(report, findings=moved(report.findings), waived=moved(report.waived))


def heaviest_first(report: Report) -> list[Finding]:
    """Return the findings with the errors first; those of one weight stay in their order."""
    return sorted(report.findings, key=lambda found: _WEIGHTS.index(found.severity))


def shown(text: str) -> str:
    """Return text fit to be published: nothing unseen, no mobile number."""
    return visible(mask_text(text))


def told(found: Finding) -> str:
    """Return what is wrong, with the article, and in a second line the way out."""
    article = f"（{found.article}）" if found.article else ""
    hint = f"\n改法：{shown(found.hint)}" if found.hint else ""
    return f"{shown(found.message)}{article}{hint}"


def fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield for each finding what it is known by in the next run: no two are the same.

    Neither line nor figures count: a finding stays the same when lines are put in above it, or
    when it is overdue by one day more.
    """
    seen: Counter[str] = Counter()
    for each in findings:
        message = _FIGURES.sub("#", each.message)
        identity = f"{each.code}\0{each.path}\0{each.pointer}\0{message}"
        seen[identity] += 1
        written = f"{identity}\0{seen[identity]}".encode(errors="surrogatepass")
        yield sha256(written).hexdigest()
