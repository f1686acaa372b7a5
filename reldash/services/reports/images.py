"""Search for where images run and ran, by part of a reference, tag, digest or finding."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeAlias

from reldash.domain.drift.reasons.findings import findings_known_words
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.namespaces import Namespaces
from reldash.domain.history.image_search import ImagePlace, ImageResults
from reldash.domain.matrix.filters import LONGEST_TEXT
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.rollouts.records import RolloutRecord
from reldash.services.context import Context
from reldash.services.reports.cached_reports import get_tick
from reldash.services.reports.history import list_places
from reldash.services.reports.image_places import (
    container_of,
    image_place,
    is_among,
    live_image_place,
    recency,
)
from reldash.services.reports.live_images import find_live_images, find_not_known
from reldash.services.reports.notices import load_registry_facts
from reldash.services.reports.scan_coverage import load_scan_coverage
from reldash.services.view_cache import Tick

MAX_TEXTS = 300  # per search
MAX_BUILDS = 2000  # matching one text
MAX_PLACES = 5000  # in one result
SHORTEST_TEXT = 2  # characters

FINDING = re.compile(r"(?i)(?:CVE|GHSA|ALAS|ELSA|RHSA|DSA|USN)[0-9a-z]*-[0-9a-z:-]+")

_Build: TypeAlias = tuple[str, tuple[str, ...]]  # image and digests


class _Match(NamedTuple):
    """A build that matches a text, with the severity if it matched by a finding."""

    id: str
    severity: str = ""


def split_references(pasted: str) -> list[str]:
    """The references in pasted lines, without quotes, list marks, comments and duplicates."""
    lines = (line.partition(" #")[0].strip(" \t\r\"',-*") for line in pasted.splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def find_images(
    context: Context, texts: Sequence[str], now: datetime, most: int = MAX_PLACES
) -> ImageResults:
    """Every deployment that runs an image, or ran it as far back as history is kept.

    Args:
        context: the fleet's.
        texts: each part of a reference, a tag, a digest or its start, or a finding such as
            CVE-2026-1234. A whole reference with a digest matches the digest under any name.
        now: later rollouts are ignored (aware UTC).
        most: maximum number of results.

    Raises:
        ChoiceError: there are too many texts, or one is too short or too long.
        StoreError: the database cannot be reached.
    """
    wanted = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    _check(wanted)
    if not wanted:
        return ImageResults((), (), more=False)
    facts = load_registry_facts(context)
    severities = {text: _with_finding(context, text, facts) for text in wanted}
    found = {text: _find_builds(context, text, severities[text]) for text in wanted}
    ids = {match.id for matches in found.values() for match in matches.values()}
    records: defaultdict[_Build, list[RolloutRecord]] = defaultdict(list)
    loaded: list[RolloutRecord] = []
    if ids:
        loaded = _load_records(context, ids, now, most + 1)
    for record in loaded:
        if record.rollout.unfinished and not record.rollout.digests:
            continue  # none of its pods ever pulled it
        records[record.rollout.image, record.rollout.digests].append(record)
    tick = get_tick(context)
    live = {
        text: find_live_images(context, _spellings(text), severities[text], tick) for text in wanted
    }
    named = list_places(context, tick) if loaded or any(live.values()) else {}
    namespaces = Namespaces(context.rules)
    places = [
        image_place(text, record, match.severity, named, namespaces)
        for text, matches in found.items()
        for build, match in matches.items()
        for record in records[build]
    ]
    running: defaultdict[tuple[str, ...], list[ImagePlace]] = defaultdict(list)
    for place in places:
        if place.ended_at is None:
            running[container_of(place)].append(place)
    places += [
        place
        for text, matches in live.items()
        for each, severity in matches
        for place in [live_image_place(text, each, severity, named, namespaces)]
        if not is_among(place, running.get(container_of(place), ()))
    ]
    places.sort(key=recency, reverse=True)
    seen = {place.text for place in places}
    is_cut = len(loaded) > most
    # A match that was cut off is not missing.
    missing = tuple(text for text in wanted if text not in seen and not (is_cut and found[text]))
    notes, is_partial = _on_findings(context, wanted, tick)
    return ImageResults(
        places=tuple(places[:most]),
        missing=missing,
        more=max(len(places), len(loaded)) > most
        or any(len(matches) >= MAX_BUILDS for matches in found.values()),
        notes=notes,
        # First, since only the first sentences are shown whole.
        not_known=(*(notes if is_partial else ()), *find_not_known(context, now)),
    )


def _check(texts: Sequence[str]) -> None:
    if len(texts) > MAX_TEXTS:
        raise ChoiceError(
            "Too many references", f"{len(texts)} given, expected at most {MAX_TEXTS}"
        )
    for text in texts:
        if not SHORTEST_TEXT <= len(text) <= LONGEST_TEXT:
            raise ChoiceError(
                "Search text too short or too long",
                f"{text[:60]!r}: expected {SHORTEST_TEXT} to {LONGEST_TEXT} characters",
            )


def _load_records(
    context: Context, builds: Collection[str], now: datetime, limit: int
) -> list[RolloutRecord]:
    """Intervals of builds: running ones, then the newest ended ones up to the limit.

    If there are more than the limit, at least that many are returned.
    """
    load = partial(
        context.store.history.load_records,
        clusters=context.cluster_names,
        builds=builds,
        until=now,
        limit=limit,
    )
    return list(dict.fromkeys((*load(since=now), *load())))


def _find_builds(
    context: Context, text: str, severities: Mapping[str, str]
) -> dict[_Build, _Match]:
    """The builds that match a text, or have one of these digests."""
    found: dict[_Build, _Match] = {}
    for spelling in _spellings(text):
        for image, digests, id_ in context.store.history.find_builds(spelling, MAX_BUILDS):
            found.setdefault((image, digests), _Match(id_))
    if severities:
        for digest, (image, digests, id_) in context.store.history.find_builds_by_digest(
            severities, MAX_BUILDS
        ):
            found[image, digests] = _Match(id_, severities[digest])
    return found


def _spellings(text: str) -> list[str]:
    """A text, the digest of a whole reference, and its short name on Docker Hub."""
    _, at, digest = text.partition("@")
    spellings = [text, *([digest] if at and digest.startswith("sha256:") else [])]
    for prefix in ("docker.io/library/", "index.docker.io/library/", "docker.io/"):
        if text.startswith(prefix):
            spellings.append(text.removeprefix(prefix))
            break
    return spellings


def _with_finding(context: Context, text: str, facts: RegistryFacts) -> Mapping[str, str]:
    """The severity, by digest, of images (and their indexes) with a finding of that name."""
    if not FINDING.fullmatch(text):
        return {}
    found: dict[str, str] = {}
    for match in context.store.registries.find_images_with_finding(text):
        for digest in (match.digest, *facts.parents.get(match.digest, ())):
            found.setdefault(digest, str(match.severity))
    return found


def _on_findings(
    context: Context, texts: Iterable[str], tick: Tick
) -> tuple[tuple[str, ...], bool]:
    """A sentence if a text names a finding, and whether some running image's are not known."""
    if not any(FINDING.fullmatch(text) for text in texts):
        return (), False
    coverage = load_scan_coverage(context, tick).findings
    return (findings_known_words(coverage),), not coverage.is_complete
