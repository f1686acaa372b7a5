"""Make one cell, a service in a column, from the results of the rules of `drift`."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from reldash.domain.builds.canary import candidate_text, is_another_image
from reldash.domain.drift.flags_among_places import cell_flags, is_mixed_within_customers
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.judged_service import JudgedService
from reldash.domain.drift.place_details import place_details
from reldash.domain.drift.reasons.clusters import no_cluster_words
from reldash.domain.drift.reasons.states import (
    NOT_LIVE,
    absent_words,
    all_in_step_words,
    share_words,
    state_words,
    unread_words,
)
from reldash.domain.drift.states import Flag, State
from reldash.domain.drift.verdict import Verdict, absence, is_drift, most_concerning, unless_unread
from reldash.domain.matrix.cell_findings import cell_findings
from reldash.domain.matrix.cells import Cell
from reldash.domain.matrix.columns import ColumnScope
from reldash.domain.workloads.observations import Sighting


def empty_cell(
    service: JudgedService, column_scope: ColumnScope, last_seen: Sighting | None
) -> Cell:
    """The cell of a column in which the service has no places.

    `last_seen` is its latest sighting there; None if it never ran there.
    """
    column = column_scope.column
    gaps = service.standards.coverage.gaps(
        column_scope.clusters,
        environment=column.environment,
        workloads=service.workloads,
        namespace=column_scope.namespace,
    )
    if not column_scope.clusters:
        gaps = (no_cluster_words(column.environment),)
    expected = column_scope.is_environment and service.is_expected
    state, drift = absence(gaps, once_ran=last_seen is not None, expected=expected)
    return Cell(
        version="",
        state=state,
        drift=drift and not service.row.sidecar,
        reason=absent_words(column.key, gaps, last_seen, expected=expected),
        observed_at=column.read_at,
    )


def cell_of(
    service: JudgedService, column_scope: ColumnScope, places: Sequence[JudgedPlace]
) -> Cell:
    """The cell of a column in which the service has places.

    The places that count decide it. If none counts, it shows the last read versions, or those
    that would run after scaling up.
    """
    subject = column_scope.column.key
    stale = [place for place in places if place.stale]
    counting = [place for place in places if place.counts]
    deciding = counting or stale or places
    verdicts = _verdicts(service, column_scope.column.environment, deciding)
    worst = most_concerning(verdicts)
    gaps = tuple(dict.fromkeys(place.stale for place in stale)) or column_scope.unread
    state = State.UNKNOWN if stale else unless_unread(worst.state, column_scope.unread)
    shown = counting + stale or places
    versions = _versions(shown)
    flags = cell_flags(service, subject, places, counting, verdicts, versions)
    if gaps and state is State.UNKNOWN:
        reason = unread_words(subject, versions[0][0], gaps)
    else:
        reason = _reason(service, column_scope, verdicts, versions, deciding)
    if not counting and not stale:
        reason += NOT_LIVE
    baseline = worst.baseline
    findings = cell_findings(service, subject, shown, counting, versions[0][0])
    return Cell(
        version=versions[0][0],
        versions=versions,
        state=state,
        flags=tuple(flags),
        flag_reasons=flags,
        drift=bool(counting)
        and not service.row.sidecar
        and is_drift(
            state,
            flags,
            mixed=Flag.MIXED in flags
            and is_mixed_within_customers(counting, service.standards.facts),
        ),
        reason=reason,
        lag=worst.lag,
        baseline=baseline.environment,
        baseline_version=baseline.builds[0].version if baseline.builds else "",
        method=worst.method,
        since=_since(service, column_scope, shown, versions[0][0]),
        observed_at=min(places, key=_observed_at).placed.observation.read_at,
        candidate=_candidates(places),
        places=tuple(place_details(place) for place in places),
        pushed_at=findings.pushed_at,
        scan=findings.scan,
        fixed_earlier=findings.fixed_earlier,
    )


def _verdicts(
    service: JudgedService, environment: str, places: Sequence[JudgedPlace]
) -> tuple[Verdict, ...]:
    """A verdict on each build for each customer, those of most places first."""
    first = places[0]
    if len(first.running.builds) == 1 and all(
        place.running is first.running and place.placed.customer == first.placed.customer
        for place in places
    ):
        return (service.judge(first.running.builds[0], environment, first.placed.customer),)
    counts = Counter(
        (build, place.placed.customer) for place in places for build in place.running.builds
    )
    return tuple(
        service.judge(build, environment, customer) for (build, customer), _ in counts.most_common()
    )


def _versions(places: Sequence[JudgedPlace]) -> tuple[tuple[str, int], ...]:
    """Each version with the number of places that it is decisive for, most frequent first."""
    first = places[0]
    if len(first.running.builds) == 1 and all(place.running is first.running for place in places):
        return ((first.version, len(places)),)
    counts = Counter(
        version
        for place in places
        for version in {build.version: None for build in place.running.builds}
    )
    return tuple(counts.most_common())


def _reason(
    service: JudgedService,
    column_scope: ColumnScope,
    verdicts: Sequence[Verdict],
    versions: Sequence[tuple[str, int]],
    places: Sequence[JudgedPlace],
) -> str:
    """The sentence on the verdict that gave the state; on all verdicts if all are in step."""
    verdict = most_concerning(verdicts)
    if verdict.state is State.IN_STEP and len(versions) > 1:
        return all_in_step_words(column_scope.column.key, verdicts, versions)
    who_runs = f"{column_scope.column.key} runs"
    if len(versions) > 1:
        share = dict(versions)[verdict.build.version]
        who_runs = share_words(column_scope.column.key, share, len(places))
    budget = service.standards.environments[column_scope.column.environment].budget
    return state_words(who_runs, verdict, has_budget=budget is not None)


def _since(
    service: JudgedService, column_scope: ColumnScope, shown: Sequence[JudgedPlace], version: str
) -> datetime | None:
    """When the oldest of its places started to run the shown version.

    In an environment that goes on if a cluster replaced another.
    """
    starts = [
        rollout.current_started_at
        for place in shown
        if place.version == version
        and (rollout := place.since) is not None
        and rollout.current_started_at is not None
    ]
    since = min(starts, default=None)
    if since is None or not column_scope.is_environment:
        return since
    return service.past.continued_since(column_scope.column.environment, version, since)


def _observed_at(place: JudgedPlace) -> datetime:
    return place.placed.observation.observed_at


def _candidates(places: Sequence[JudgedPlace]) -> str:
    found = [
        candidate_text(place.placed.observation)
        for place in places
        if is_another_image(place.placed.observation)
    ]
    return ", ".join(dict.fromkeys(found))
