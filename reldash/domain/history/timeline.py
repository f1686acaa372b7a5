"""The timeline of one service: a lane per place, with spans by version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from reldash.domain.rollouts.records import CoveredSpan
from reldash.domain.rollouts.starts import reads
from reldash.domain.workloads.observations import ContainerKey, Rollout, RolloutSource


class ServiceRollout(NamedTuple):
    """A rollout of the service, with its version, environment and customer."""

    rollout: Rollout
    version: str
    environment: str
    customer: str | None = None


class SpanKind(StrEnum):
    """The certainty of a span."""

    RAN = "ran"  # seen in reads that followed each other
    APPROXIMATE = "approximate"  # from revisions, before the first read
    UNREAD = "not read"  # the version is the last known one
    UNKNOWN = "not known"  # before the first read, and in no revision
    UNFINISHED = "started, not finished"  # no replica became ready; the span beside it went on


@dataclass(frozen=True, slots=True)
class Span:
    """The version in a lane from one moment until another, both aware UTC.

    Attributes:
        version: "" if it is unknown.
        runs_on: whether it still ran, or was last known to run, at the end of the time shown; of
            an unfinished one, whether it had not been given up.
    """

    version: str
    from_at: datetime
    until_at: datetime
    kind: SpanKind
    runs_on: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A place of a service.

    Attributes:
        spans: oldest first; they never overlap.
        unfinished: the rollouts that were started and not finished, oldest first, beside them.
    """

    environment: str
    customer: str | None
    key: ContainerKey
    spans: tuple[Span, ...]
    unfinished: tuple[Span, ...] = ()


def timeline(
    ran: Iterable[ServiceRollout],
    coverage: Mapping[str, Sequence[CoveredSpan]],
    since: datetime,
    until: datetime,
    *,
    environments: Sequence[str],
    stale_after: timedelta,
) -> list[Lane]:
    """A lane for each place that ran the service in a period, or may have.

    A lane has no span for times at which the place was read and did not exist.

    Args:
        ran: all rollouts of the service that overlap the period, in any order.
        coverage: by cluster, oldest first.
        since: the start of the period.
        until: its end; not in the future.
        environments: in the order of the lanes; those of one environment are sorted by customer,
            cluster, namespace and workload.
        stale_after: how long after a read its result still counts.
    """
    lanes: dict[ContainerKey, list[ServiceRollout]] = {}
    unfinished: dict[ContainerKey, list[ServiceRollout]] = {}
    for one in ran:
        held = unfinished if one.rollout.unfinished else lanes
        held.setdefault(one.rollout.key, []).append(one)
    places = {name: number for number, name in enumerate(environments)}
    found = []
    for key, rollouts in lanes.items():
        read = [(c.from_at, c.until_at) for c in coverage.get(key.cluster, ()) if reads(c, key)]
        rollouts.sort(key=lambda one: one.rollout.started_at)
        spans = list(_spans(rollouts, _join(read, stale_after, until), since, until))
        if spans:
            last = rollouts[-1]
            beside = _unfinished(unfinished.get(key, ()), since, until)
            found.append(Lane(last.environment, last.customer, key, tuple(spans), beside))
    return sorted(
        found,
        key=lambda lane: (
            places.get(lane.environment, len(places)),
            lane.environment,
            lane.customer or "",
            lane.key,
        ),
    )


def _unfinished(
    rollouts: Iterable[ServiceRollout], since: datetime, until: datetime
) -> tuple[Span, ...]:
    return tuple(
        Span(
            one.version,
            max(one.rollout.started_at, since),
            min(one.rollout.ended_at or until, until),
            SpanKind.UNFINISHED,
            runs_on=one.rollout.ended_at is None,
        )
        for one in sorted(rollouts, key=lambda one: one.rollout.started_at)
    )


def _join(
    read: Sequence[tuple[datetime, datetime]], stale_after: timedelta, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Join the spans of reads that follow each other, each extended by `stale_after`."""
    joined: list[tuple[datetime, datetime]] = []
    for from_at, until_at in read:
        reaches = min(until_at + stale_after, until)
        if joined and from_at <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], reaches)
        else:
            joined.append((from_at, reaches))
    return joined


def _spans(
    rollouts: Sequence[ServiceRollout],
    read: Sequence[tuple[datetime, datetime]],
    since: datetime,
    until: datetime,
) -> Iterable[Span]:
    first_read = read[0][0] if read else until
    first = rollouts[0].rollout
    if first.started_at > since and first.started_at <= first_read and first_read > since:
        # Unknown before: the workload may have been new, or have run another image.
        yield Span("", since, min(first.started_at, until), SpanKind.UNKNOWN)
    for one in rollouts:
        yield from _parts(one, read, first_read, since, until)


def _parts(
    one: ServiceRollout,
    read: Sequence[tuple[datetime, datetime]],
    first_read: datetime,
    since: datetime,
    until: datetime,
) -> Iterable[Span]:
    """The spans of one rollout, split where reads started or stopped."""
    started_at = max(one.rollout.started_at, since)
    ended_at = min(one.rollout.ended_at or until, until)
    cuts = {started_at, ended_at}
    cuts.update(at for times in read for at in times if started_at < at < ended_at)
    parts: list[Span] = []
    for from_at, until_at in pairwise(sorted(cuts)):
        covered = any(first <= from_at and until_at <= last for first, last in read)
        if covered:
            kind = SpanKind.RAN
        elif from_at < first_read and one.rollout.source is RolloutSource.REVISION:
            kind = SpanKind.APPROXIMATE
        else:
            kind = SpanKind.UNREAD
        if parts and parts[-1].kind is kind:
            parts[-1] = replace(parts[-1], until_at=until_at)
        else:
            parts.append(Span(one.version, from_at, until_at, kind))
    if parts and one.rollout.ended_at is None:
        parts[-1] = replace(parts[-1], runs_on=True)
    return parts
