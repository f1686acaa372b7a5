"""Clusters first read at the end of the script: history derived from their ReplicaSets."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.drift.states import State
from reldash.domain.matrix.build import build_matrix
from reldash.domain.workloads.observations import Rollout, RolloutSource
from reldash.store import Store
from tests.integration.history.release_plan import DAY, MOVING
from tests.integration.history.replica_sets import (
    KnownStart,
    ReplicaSet,
    known_starts,
    remaining_replica_sets,
    revisions_of,
    uses,
)
from tests.integration.history.script import Place, Read, Script
from tests.integration.history.script_generator import CLUSTERS
from tests.integration.history.script_reads import RULES, SIDECAR, cluster_read, dashboard_of

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Contact:
    """The remaining ReplicaSets of each place with a workload, and the rollouts stored for it."""

    store: Store
    left: dict[Place, list[ReplicaSet]]
    stored: dict[Place, list[Rollout]]

    def __iter__(self) -> Iterator[tuple[Place, list[ReplicaSet], list[Rollout]]]:
        return ((place, left, self.stored[place]) for place, left in self.left.items())


@pytest.fixture(scope="module", params=[0, 2, 10], ids=lambda limit: f"limit {limit}")
def contact(
    request: pytest.FixtureRequest, script: Script, new_store: Callable[[], Store]
) -> Contact:
    """Every cluster read once at the end, with a limit of old revisions per workload."""
    store = new_store()
    left = {
        place: remaining_replica_sets(uses(script, place), request.param)
        for place in script.state_changes
    }
    for cluster in CLUSTERS:
        revisions = [r for p in script.places(cluster) for r in revisions_of(p, left[p])]
        lease = store.leases.acquire(cluster, "collector", timedelta(days=1))
        assert lease is not None
        read = cluster_read(script, cluster, Read(script.end))
        store.clusters.record(replace(read, revisions=tuple(revisions)), lease)
    places = {(p.cluster, p.namespace, p.service): p for p in script.state_changes}
    stored: dict[Place, list[Rollout]] = defaultdict(list)
    for rollout in reversed(store.history.load_rollouts(limit=10**6)):
        key = rollout.key
        if key.container != SIDECAR:
            stored[places[key.cluster, key.namespace, key.workload]].append(rollout)
    return Contact(store, {place: found for place, found in left.items() if found}, stored)


def test_rollouts_are_all_that_the_revisions_reveal(contact: Contact, script: Script) -> None:
    for place, left, stored in contact:
        expected = known_starts(place, uses(script, place), left)
        times = {one.at for one in expected}
        found = [
            KnownStart(r.image, r.started_at if r.started_at in times else None) for r in stored
        ]
        assert found == expected, place


def test_history_from_revisions_has_no_gaps_and_ends_with_the_running_build(
    contact: Contact, script: Script
) -> None:
    for place, _, stored in contact:
        assert all(before.ended_at == after.started_at for before, after in pairwise(stored))
        assert stored[-1].ended_at is None
        state = script.state(place, script.end)
        assert state is not None
        assert stored[-1].image.endswith(f":{state.build.version}") or place.service == MOVING


def test_all_history_from_revisions_is_marked_approximate(contact: Contact) -> None:
    for place, _, stored in contact:
        assert {rollout.source for rollout in stored} == {RolloutSource.REVISION}, place
        assert {rollout.ready_at for rollout in stored[:-1]} <= {None}, place


def test_a_reused_replica_set_reveals_order_but_no_time(contact: Contact, script: Script) -> None:
    """Its rollout starts right after the creation of the template that it replaced."""
    returns = 0
    for place, left, stored in contact:
        times = {one.created_at for one in left}
        again = [rollout for rollout in stored if rollout.started_at not in times]
        used = {use.at for use in uses(script, place)}
        for rollout in again:
            assert rollout.started_at not in used
            assert any(timedelta(0) < rollout.started_at - at <= 3 * SECOND for at in times)
        returns += len(again)
    longest = max(len(left) for _, left, _ in contact)
    assert returns >= {1: 0, 3: 10, 11: 50}[longest]


def test_a_longer_revision_history_limit_reveals_more(contact: Contact) -> None:
    longest = max(len(left) for _, left, _ in contact)
    intervals = sum(len(stored) for _, _, stored in contact)
    assert intervals >= {1: 1, 3: 2, 11: 5}[longest] * len(contact.left)


@pytest.mark.parametrize("days", [0.01, 1, 5, 20, 60])
def test_before_the_first_read_cells_are_unknown_with_versions_from_revisions(
    contact: Contact, script: Script, days: float
) -> None:
    at = script.end - days * DAY
    snapshot = contact.store.snapshots.load_at(CLUSTERS, at)
    for dashboard in RULES.dashboards:
        matrix = build_matrix(snapshot, RULES, dashboard, now=at)
        found: dict[tuple[str, str, str], PlaceDetails] = {}
        for cell in matrix.cells.values():
            assert cell.state is State.UNKNOWN
            found |= {(p.cluster, p.namespace, p.workload): p for p in cell.places}
        for place, left, _ in contact:
            if dashboard_of(place) == dashboard:
                expected = last_start(known_starts(place, uses(script, place), left), at)
                shown = found.get((place.cluster, place.namespace, place.service))
                if isinstance(expected, KnownStart):
                    assert shown is not None
                    assert (shown.image, shown.since) == (expected.image, expected.at)
                    assert shown.since_approximate
                elif expected is None:
                    assert shown is None


def last_start(expected: list[KnownStart], at: datetime) -> KnownStart | str | None:
    """The last start before a moment; "unsure" if it depends on a start without a time."""
    last = None
    for one in expected:
        if one.at is None:
            return "unsure"
        if one.at > at:
            break
        last = one
    return last
