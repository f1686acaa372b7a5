"""Registry data and scan findings of the images in a cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from reldash.domain.drift.place_details import PlaceDetails, digests_of
from reldash.domain.images.ecr_names import parse_ecr
from reldash.domain.images.references import Digest, short_digest
from reldash.domain.phrases import counted
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.registries.merge import ATTESTATION
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.relative_times import render_ago

MOST_FINDINGS = 50  # of an image; the registry lists them all

_WEB = ("https://", "http://")


def render_images(
    places: Sequence[PlaceDetails], facts: RegistryFacts, now: datetime
) -> list[Markup]:
    """A section for each running image from a supported registry."""
    running = {digest: names for digest, names in digests_of(places).items() if _is_in_ecr(names)}
    counts = {digest: sum(_runs(place, digest) for place in places) for digest in running}
    return [
        element(
            "section",
            element(
                "h3",
                "Image ",
                element("code", short_digest(digest), title=digest),
                element(
                    "span", f" in {counts[digest]} of {len(places)} deployments", class_="rd-quiet"
                )
                if counts[digest] < len(places)
                else None,
            ),
            _render_facts(digest, names, facts, now),
            class_="rd-image",
        )
        for digest, names in running.items()
    ]


def render_findings(places: Sequence[PlaceDetails], facts: RegistryFacts) -> list[Markup]:
    """The critical and high findings of each image, collapsed.

    The HTML changes only with the findings, so that it stays open while ages grow.
    """
    pieces = []
    for digest in digests_of(places):
        known = findings_of(digest, facts)
        if known:
            pieces.append(_render_fold(digest, known))
        elif known is None and _has_findings(facts.scan_of(digest)):
            pieces.append(element("p", _pending_text(digest, places), class_="rd-quiet rd-asking"))
    return pieces


def findings_of(digest: str, facts: RegistryFacts) -> list[Finding] | None:
    """Critical and high findings of an image or of the manifests of an index, worst first.

    None where they have not been fetched yet.
    """
    fetched = [facts.findings[d] for d in _scanned_as(digest, facts) if d in facts.findings]
    if not fetched:
        return None
    order = list(Severity)
    once = dict.fromkeys(finding for found in fetched for finding in found)
    return sorted(once, key=lambda finding: order.index(finding.severity))


def render_scan(scan: Scan | None, now: datetime) -> str | Markup:
    """A scan in one line: "2 critical, 5 high; scanned 3 h ago", "not scanned"; "" for None."""
    if scan is None:
        return ""
    counts = [
        element("span", f"{number} {severity}", class_=f"rd-{severity}")
        for severity in Severity
        if (number := scan.counts.get(severity, 0))
    ]
    parts: list[str | Markup] = []
    if scan.status is ScanStatus.COUNTED:
        parts.append(_join(counts) if counts else "no findings")
    else:
        parts += [joined("at least ", _join(counts))] if counts else []
        parts.append(f"{scan.status}: {scan.message}" if scan.message else str(scan.status))
    if scan.scanned_at is not None:
        parts.append(joined("scanned ", render_ago(scan.scanned_at, now)))
    return _join(parts, "; ")


def size_words(size: int | None) -> str:
    """A size in powers of ten, as registries show it: "84 MB"; "" for None."""
    if size is None:
        return ""
    for unit, worth in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= worth:
            number = size / worth
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return f"{size} B"


def _is_in_ecr(names: Iterable[Digest]) -> bool:
    return any(parse_ecr((digest.repository or "").partition("/")[0]) for digest in names)


def _render_facts(
    digest: str, names: Sequence[Digest], facts: RegistryFacts, now: datetime
) -> Markup:
    pushed_at = facts.pushed_at(digest)
    platforms = [c.platform for c in facts.platforms.get(digest, ()) if c.platform != ATTESTATION]
    size = size_words(facts.sizes.get(digest))
    named = {name.repository for name in names}
    tags = sorted({t for (name, t), d in facts.tags.items() if d == digest and name in named})
    rows: Mapping[str, str | Markup] = {
        "Tags now": ", ".join(tags),
        "First pushed": render_ago(pushed_at, now) if pushed_at else "",
        "Platforms": ", ".join(dict.fromkeys(platforms)),
        "Size": f"{size} compressed" if size else "",
        "Findings": render_scan(facts.scan_of(digest), now),
        "Registry": _registry_words(digest, names, facts),
    }
    return element(
        "dl",
        *(joined(element("dt", term), element("dd", fact)) for term, fact in rows.items() if fact),
    )


def _registry_words(digest: str, names: Sequence[Digest], facts: RegistryFacts) -> str:
    """A problem with an image in its registry; "" where it is known to be there."""
    repositories = [name.repository for name in names if name.repository]
    gone = [name for name in repositories if facts.held.get((name, digest)) is False]
    if gone:
        return f"no longer has this image in {', '.join(gone)}"
    if any(facts.held.get((name, digest)) for name in repositories):
        return ""
    return "not checked yet"


def _pending_text(digest: str, places: Iterable[PlaceDetails]) -> str:
    what = f"Findings of image {short_digest(digest)}"
    notice = next((p.registry for p in places if p.registry and _runs(p, digest)), "")
    if notice:
        return f"{what} could not be fetched: {notice}"
    return f"{what} are being fetched and will appear here."


def _runs(place: PlaceDetails, digest: str) -> bool:
    return any(text.endswith(digest) for text in place.digests)


def _has_findings(scan: Scan | None) -> bool:
    """Whether fetching the findings may give any that are listed here."""
    if scan is None:
        return False
    if scan.status is ScanStatus.COUNTED:
        return bool(scan.critical or scan.high)
    return scan.status is ScanStatus.UNCOUNTED or scan.has_critical


def _scanned_as(digest: str, facts: RegistryFacts) -> list[str]:
    """The digests under which it is scanned: its own, and those of an index's manifests."""
    return [digest, *sorted(facts.children(digest))]


def _render_fold(digest: str, found: Sequence[Finding]) -> Markup:
    shown, more = found[:MOST_FINDINGS], len(found) - MOST_FINDINGS
    return element(
        "details",
        element(
            "summary",
            counted(len(found), "critical or high finding"),
            element("span", f" of image {short_digest(digest)}", class_="rd-quiet"),
        ),
        element("ul", *(_render_finding(finding) for finding in shown)),
        element("p", f"and {more} more; see the registry", class_="rd-quiet") if more > 0 else None,
        class_="rd-findings",
    )


def _render_finding(finding: Finding) -> Markup:
    link = finding.uri if finding.uri.startswith(_WEB) else None
    name = element("a", finding.name, href=link, target="_blank", rel="noopener noreferrer")
    return element(
        "li",
        element("span", str(finding.severity), class_=f"rd-{finding.severity}"),
        " ",
        name if link else element("span", finding.name),
        element("span", f" {finding.package} {finding.version}".rstrip(), class_="rd-quiet"),
    )


def _join(parts: Sequence[str | Markup], between: str = ", ") -> Markup:
    return joined(*(joined(between if i else "", part) for i, part in enumerate(parts)))
