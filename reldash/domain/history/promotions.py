"""Promotions: the same version's first rollout in a later environment, and how long it took."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from reldash.domain.fleet.promotion_chain import promotion_chain
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.history.releases import Releases, build_of_record
from reldash.domain.history.service_records import ServiceRecord
from reldash.domain.rollouts.records import CoveredSpan
from reldash.domain.rollouts.starts import RolloutStart, RolloutStarts
from reldash.domain.workloads.observations import ContainerKey, Rollout, RolloutSource


@dataclass(frozen=True, slots=True)
class Promotion:
    """The first rollout of a version in an environment after one in an earlier environment.

    Attributes:
        version: as the later environment spells it.
        from_at, to_at: the start of its first rollout with a ready replica in each (aware UTC).
        lead_time: from the one to the other; None if the version was in the earlier environment
            before anything is known of it.
        approximate: whether either time is from revisions, or lies in a gap between reads.
        skipped: the environments between, which had not run it before.
    """

    service: str
    customer: str | None
    version: str
    from_environment: str
    to_environment: str
    from_at: datetime
    to_at: datetime
    lead_time: timedelta | None
    approximate: bool
    skipped: tuple[str, ...] = ()


def promotions(
    named: Iterable[ServiceRecord],
    coverage: Mapping[str, Sequence[CoveredSpan]],
    rules: FleetRules,
    dashboard: str,
) -> list[Promotion]:
    """All promotions, the newest first.

    An environment's first rollout of a version counts once a replica of it was ready, which is
    assumed of rollouts from revisions. A rollback to a version, or its rollout to more clusters, is
    no second promotion; a rollout that a cluster's first read found is none, since it may be much
    older. The version comes from the nearest environment in the promotion chain that had it
    earlier: from the customer's own copy if there is one, else from that without a customer. An
    environment that stands apart (`promotes_from: null`) has no promotions.

    Args:
        named: the whole known history, since first rollouts decide.
        coverage: of each cluster, oldest first.
        rules: the fleet's.
        dashboard: its key.

    Raises:
        ChoiceError: there is no such dashboard.
    """
    board = rules.dashboard(dashboard)
    chains = {e.name: promotion_chain(e.name, board, rules) for e in board.environments}
    starts = RolloutStarts(coverage, stale_after=rules.collect.stale_after)
    services: defaultdict[str, list[ServiceRecord]] = defaultdict(list)
    for one in named:
        if not one.record.rollout.unfinished:
            services[one.service].append(one)
    found = [p for own in services.values() for p in _of_service(own, starts, chains)]
    found.sort(key=lambda p: (p.service, p.customer or ""))
    found.sort(key=attrgetter("to_at"), reverse=True)
    return found


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The first rollout of a release in an environment that became ready."""

    one: ServiceRecord
    start: RolloutStart

    @property
    def at(self) -> datetime:
        return self.one.record.rollout.started_at


_Place = tuple[str, str | None]  # environment, customer


def _of_service(
    named: Sequence[ServiceRecord], starts: RolloutStarts, chains: Mapping[str, tuple[str, ...]]
) -> Iterator[Promotion]:
    for places in _arrivals(named, starts):
        for (environment, customer), arrival in places.items():
            if not arrival.start.is_known:
                continue
            chain = chains[environment]
            source = _source(chain, customer, arrival.at, places)
            if source is not None:
                passed = chain[: chain.index(source.one.environment)]
                yield _promotion(source, arrival, passed)


def _arrivals(
    named: Sequence[ServiceRecord], starts: RolloutStarts
) -> Iterator[Mapping[_Place, _Arrival]]:
    """For each release, its first ready rollout by environment and customer."""
    before = _predecessors(named)
    releases = Releases()
    numbers = [releases.number(one.record) for one in named]
    found: defaultdict[int, dict[_Place, ServiceRecord]] = defaultdict(dict)
    for one, number in zip(named, numbers, strict=True):
        rollout = one.record.rollout
        if rollout.ready_at is None and rollout.source is not RolloutSource.REVISION:
            continue
        places = found[releases.find(number)]
        place = one.environment, one.customer
        known = places.get(place)
        if known is None or rollout.started_at < known.record.rollout.started_at:
            places[place] = one
    for places in found.values():
        yield {
            place: _Arrival(one, starts.of(one.record, before.get(id(one.record))))
            for place, one in places.items()
        }


def _predecessors(named: Sequence[ServiceRecord]) -> dict[int, Rollout]:
    """The rollout before each record in its container, by the record's `id`."""
    last: dict[ContainerKey, Rollout] = {}
    found = {}
    for one in sorted(named, key=lambda one: one.record.rollout.started_at):
        rollout = one.record.rollout
        before = last.get(rollout.key)
        if before is not None:
            found[id(one.record)] = before
        last[rollout.key] = rollout
    return found


def _source(
    chain: Sequence[str],
    customer: str | None,
    at: datetime,
    places: Mapping[_Place, _Arrival],
) -> _Arrival | None:
    """The arrival of a release in the nearest earlier environment that had it before."""
    for wanted in dict.fromkeys((customer, None)):
        for environment in chain:
            arrival = places.get((environment, wanted))
            if arrival is not None and arrival.at <= at:
                return arrival
    return None


def _promotion(source: _Arrival, arrival: _Arrival, skipped: tuple[str, ...]) -> Promotion:
    is_timed = source.start.is_known
    return Promotion(
        service=arrival.one.service,
        customer=arrival.one.customer,
        version=build_of_record(arrival.one.record).version,
        from_environment=source.one.environment,
        to_environment=arrival.one.environment,
        from_at=source.at,
        to_at=arrival.at,
        lead_time=arrival.at - source.at if is_timed else None,
        approximate=source.start.is_approximate or arrival.start.is_approximate,
        skipped=skipped,
    )
