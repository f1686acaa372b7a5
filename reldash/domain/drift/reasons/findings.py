"""Sentences on findings of scans: fewer in an earlier environment, and of how many images known."""

from collections.abc import Sequence

from reldash.domain.phrases import counted, listed
from reldash.domain.registries.findings_coverage import FindingsCoverage
from reldash.domain.registries.scans import Scan, Severity


def fixed_earlier_words(
    subject: str,
    own: tuple[str, Scan],
    environment: str,
    earlier: tuple[str, Scan],
    fixed: Sequence[str],
) -> str:
    """That a cell runs findings which an earlier environment has fewer of.

    Args:
        subject: the name of the cell in sentences.
        own: the version that the cell shows, and its scan.
        environment: the earlier one.
        earlier: the same of it.
        fixed: the names of findings that it no longer has, as far as they are known.
    """
    (version, scan), (other_version, other_scan) = own, earlier
    names = f" ({listed(fixed)})" if fixed else ""
    fixing = "another build of " if other_version == version else ""
    return (
        f"{subject} runs {version} with {_counts(scan)}{names};"
        f" {fixing}{other_version} in {environment} has {_counts(other_scan)}"
    )


def findings_known_words(coverage: FindingsCoverage) -> str:
    """Of how many running images findings are known by name, for a search by name."""
    more = "" if coverage.is_complete else ", and the others may have it too"
    return f"Critical and high findings are {coverage.words}{more}; lower ones are not read"


def scans_known_words(coverage: FindingsCoverage) -> str:
    """Of how many running images scan results are known; "" if of all."""
    if coverage.is_complete:
        return ""
    return f"Scan results are {coverage.words}; the others may have critical findings too"


def _counts(scan: Scan) -> str:
    """Such as "2 critical and 1 high finding", or "none"."""
    numbers = [
        (number, str(severity))
        for severity in (Severity.CRITICAL, Severity.HIGH)
        if (number := scan.counts.get(severity, 0))
    ]
    if not numbers:
        return "none"
    *others, (number, name) = numbers
    words = [f"{number} {name}" for number, name in others]
    return listed([*words, counted(number, f"{name} finding")])
