"""Make one cell, a service in a column, from the results of the rules of `drift`."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from reldash.domain.builds.canary import candidate_text, is_another_image
from reldash.domain.drift.baseline import stale_gaps
from reldash.domain.drift.flags_among_places import cell_flags, is_mixed_within_customers
from reldash.domain.drift.gaps import Gap, distinct, with_names
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.judged_service import JudgedService
from reldash.domain.drift.place_details import place_details
from reldash.domain.drift.reasons.clusters import no_cluster_words
from reldash.domain.drift.reasons.flags import stale_words
from reldash.domain.drift.reasons.states import (
    NOT_LIVE,
    absent_words,
    all_in_step_words,
    last_known_words,
    share_words,
    state_words,
    unread_words,
)
from reldash.domain.drift.states import Flag, State
from reldash.domain.drift.verdict import Verdict, absence, counted_state, is_drift, most_concerning
from reldash.domain.matrix.cell_findings import cell_findings
from reldash.domain.matrix.cell_versions import Shares, cell_versions, shares_of, weights_of
from reldash.domain.matrix.cells import Cell
from reldash.domain.matrix.columns import ColumnScope
from reldash.domain.workloads.observations import Sighting


def empty_cell(
    service: JudgedService, column_scope: ColumnScope, last_seen: Sighting | None
) -> Cell:
    """The cell of a column in which the service has no places.

    `last_seen` is its latest sighting there; None if it never ran there. What was looked for and
    not found too long ago counts as unknown.
    """
    column = column_scope.column
    gaps = service.standards.coverage.gaps(
        column_scope.clusters,
        environment=column.environment,
        workloads=service.workloads,
        namespace=column_scope.namespace,
    )
    if not column_scope.clusters:
        gaps = (Gap("", no_cluster_words(column.environment)),)
    expected = column_scope.is_environment and service.is_expected
    words = [gap.words for gap in gaps]
    state, drift = absence(words, once_ran=last_seen is not None, expected=expected)
    was_looked_for = bool(gaps) and all(gap.is_stale for gap in gaps)
    flags = {Flag.STALE: stale_words(words)} if was_looked_for else {}
    return Cell(
        version="",
        state=state,
        flags=tuple(flags),
        flag_reasons=flags,
        drift=drift and not service.row.sidecar,
        reason=absent_words(column.key, words, last_seen, expected=expected),
        observed_at=column.read_at,
        last_known=State.ABSENT if was_looked_for else None,
        gaps=with_names(gaps, service.standards.cluster_names),
    )


def cell_of(
    service: JudgedService, column_scope: ColumnScope, places: Sequence[JudgedPlace]
) -> Cell:
    """The cell of a column in which the service has places.

    The places that count decide it, however old their data. If none counts, it shows the versions
    that would run after scaling up.
    """
    subject = column_scope.column.key
    counting = [place for place in places if place.counts]
    deciding = counting or places
    verdicts = _verdicts(service, column_scope.column.environment, deciding)
    worst = most_concerning(verdicts)
    gaps = _gaps(service, column_scope, places, verdicts)
    found = cell_versions(verdicts, deciding, service.standards.cluster_names)
    shares = shares_of(found.deciding, deciding)
    words_of = (shares.of_versions, shares.noun)
    flags = cell_flags(service, subject, places, counting, verdicts, words_of, gaps)
    drift = (
        bool(counting)
        and not service.row.sidecar
        and is_drift(
            worst.state,
            flags,
            mixed=Flag.MIXED in flags
            and is_mixed_within_customers(counting, service.standards.facts),
        )
    )
    last = worst.state
    version = found.deciding[0][0]
    words = [gap.words for gap in gaps]
    if any(place.was_read for place in deciding):
        reason = _reason(service, column_scope, verdicts, shares)
        if not counting:
            reason += NOT_LIVE
        if gaps:
            reason = last_known_words(reason, words)
    else:
        last, reason = State.UNKNOWN, unread_words(subject, version, words)
    state = counted_state(last, drifts=drift, is_known=not gaps)
    baseline = worst.baseline
    findings = cell_findings(service, subject, deciding, counting, version)
    return Cell(
        version=version,
        versions=found.deciding + found.leaving,
        where=found.where,
        state=state,
        flags=tuple(flags),
        flag_reasons=flags,
        drift=drift,
        reason=reason,
        lag=worst.lag,
        baseline=baseline.environment,
        baseline_version=baseline.builds[0].version if baseline.builds else "",
        method=worst.method,
        since=_since(service, column_scope, deciding, version),
        observed_at=min(places, key=_observed_at).placed.observation.read_at,
        candidate=_candidates(places),
        places=tuple(place_details(place) for place in places),
        pushed_at=findings.pushed_at,
        scan=findings.scan,
        fixed_earlier=findings.fixed_earlier,
        last_known=None if state is last else last,
        gaps=gaps,
    )


def _gaps(
    service: JudgedService,
    column_scope: ColumnScope,
    places: Sequence[JudgedPlace],
    verdicts: Iterable[Verdict],
) -> tuple[Gap, ...]:
    """What a cell with places depends on and was never read, or not lately.

    That is its places, clusters of its column that may run it too, and its baselines.
    """
    found = list(stale_gaps(places))
    if column_scope.incomplete:
        having = {place.placed.observation.cluster for place in places}
        found += service.standards.coverage.gaps(
            (cluster for cluster in column_scope.incomplete if cluster.name not in having),
            environment=column_scope.column.environment,
            workloads=service.workloads,
            namespace=column_scope.namespace,
            by_choice=False,
        )
    found += [gap for verdict in verdicts for gap in verdict.baseline.stale]
    return with_names(distinct(found), service.standards.cluster_names) if found else ()


def _verdicts(
    service: JudgedService, environment: str, places: Sequence[JudgedPlace]
) -> tuple[Verdict, ...]:
    """A verdict on each build for each customer, those of the greatest weight first.

    Where places are stale, it is of when the one read longest ago was read.
    """
    first = places[0]
    stale = [place.placed.observation.observed_at for place in places if place.stale]
    seen_at = min(stale, default=None)
    if len(first.running.builds) == 1 and all(
        place.running is first.running and place.placed.customer == first.placed.customer
        for place in places
    ):
        only = first.running.builds[0]
        return (service.judge(only, environment, first.placed.customer, seen_at),)
    return tuple(
        service.judge(build, environment, customer, seen_at)
        for (build, customer), _ in weights_of(places).most_common()
    )


def _reason(
    service: JudgedService,
    column_scope: ColumnScope,
    verdicts: Sequence[Verdict],
    shares: Shares,
) -> str:
    """The sentence on the verdict that gave the state; on all verdicts if all are in step."""
    verdict = most_concerning(verdicts)
    versions = shares.of_versions
    if verdict.state is State.IN_STEP and len(versions) > 1:
        return all_in_step_words(column_scope.column.key, verdicts, versions, shares.noun)
    who_runs = f"{column_scope.column.key} runs"
    if len(versions) > 1:
        share = dict(versions)[verdict.build.version]
        who_runs = share_words(column_scope.column.key, share, shares.total, shares.noun)
    budget = service.standards.environments[column_scope.column.environment].budget
    return state_words(who_runs, verdict, has_budget=budget is not None)


def _since(
    service: JudgedService, column_scope: ColumnScope, shown: Sequence[JudgedPlace], version: str
) -> datetime | None:
    """When the oldest of its places started to run the shown version.

    In an environment that goes on if a cluster replaced another.
    """
    starts = [place.started_at(version) for place in shown]
    since = min((at for at in starts if at is not None), default=None)
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
