"""A collector crashes or loses its connection between any two statements of a recording."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

import pytest

from reldash.domain.workloads.observations import ContainerRole, Observation, Revision, WorkloadKind
from reldash.domain.workloads.reads import BadObject, ClusterRead, ReadFailure, Unread
from reldash.errors import StoreError
from reldash.store import Store
from tests.integration.history.statement_faults import (
    Crash,
    at_statement,
    contents,
    crash,
    cut,
    statements,
)
from tests.integration.store.reads import CLUSTER, HOUR, MINUTE, failure, lease_of, read_of
from tests.unit.builders import NOW, REGISTRY, observation

REFUSED = Unread("ReplicaSet", None, "Not allowed", "403")


def stateful(version: str) -> Observation:
    return observation(service="db", version=version, kind=WorkloadKind.STATEFUL_SET)


def revisions() -> list[Revision]:
    return [
        Revision(
            cluster=CLUSTER,
            namespace="shop",
            kind=WorkloadKind.DEPLOYMENT,
            workload="api",
            number=number,
            created_at=NOW - (9 - number) * HOUR,
            template_hash=f"h{number}",
            images=(("api", ContainerRole.MAIN, f"{REGISTRY}/api:{number}"),),
        )
        for number in (1, 2, 3)
    ]


class Case(NamedTuple):
    """Reads recorded before, and the read to record."""

    before: Sequence[ClusterRead]
    read: ClusterRead | ReadFailure


FIRST = read_of(
    observation(service="api", version="3"),
    observation(service="web", version="7"),
    observation(service="gone", version="1"),
    observation(service="odd", version="1"),
    observation(service="again", version="main", build="one"),
    stateful("5"),
)
# A new image, a tag pushed again, a deletion, a new workload, and two that could not be read.
CHANGED = read_of(
    observation(service="api", version="4"),
    observation(service="web", version="7"),
    observation(service="again", version="main", build="two"),
    observation(service="new", version="1"),
    at=NOW + MINUTE,
    unread=[Unread("StatefulSet", None, "Not allowed", "403")],
    bad=[BadObject("Deployment", "shop", "odd", "no name")],
)


def again(read: ClusterRead, at: datetime) -> ClusterRead:
    return read_of(*read.observations, at=at, unread=read.unread, bad=read.bad)


CASES = {
    "first contact": Case([], read_of(*FIRST.observations, revisions=revisions())),
    "much changed": Case([FIRST], CHANGED),
    "what was unread is back": Case([FIRST, CHANGED], again(FIRST, NOW + 2 * MINUTE)),
    "nothing changed": Case([FIRST], again(FIRST, NOW + MINUTE)),
    "nothing changed over a gap": Case([FIRST], again(FIRST, NOW + 30 * HOUR)),
    "a clock an hour back": Case([FIRST], again(CHANGED, NOW - HOUR)),
    "revisions that come late": Case(
        [read_of(*FIRST.observations, revisions=[], unread=[REFUSED])],
        read_of(*FIRST.observations, at=NOW + MINUTE, revisions=revisions()),
    ),
    "a failed read": Case([FIRST], failure(at=NOW + MINUTE)),
}


class Collector:
    """Records with one lease in its own database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.store = Store.open(url)
        self.lease = lease_of(self.store, ttl=timedelta(days=1))

    def record(self, read: ClusterRead | ReadFailure) -> None:
        if isinstance(read, ReadFailure):
            self.store.clusters.record_failure(read, self.lease)
        else:
            self.store.clusters.record(read, self.lease)


@pytest.fixture
def two(new_database: Callable[[], str]) -> Iterator[list[Collector]]:
    """Two collectors: the first is to crash, the second is not."""
    found = [Collector(new_database()) for _ in range(2)]
    yield found
    for each in found:
        each.store.close()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_before_any_statement_changes_nothing_and_a_retry_succeeds(
    two: list[Collector], case: Case
) -> None:
    """The process dies, or its connection is cut, before each statement and before the commit."""
    faulty, sound = two
    for read in case.before:
        faulty.record(read)
        sound.record(read)
    with statements(lambda _number, _connection: None) as made:
        sound.record(case.read)
    assert made[-1] == "COMMIT"
    before = contents(faulty.url)
    for (number, statement), fault in product(enumerate(made), (crash, cut)):
        with statements(at_statement(number, fault)), pytest.raises((Crash, StoreError)):
            faulty.record(case.read)
        assert contents(faulty.url) == before, (fault, statement)
    faulty.record(case.read)
    assert stored_history(faulty) == stored_history(sound)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_recording_a_read_twice_adds_nothing(database_url: str, case: Case) -> None:
    """As after a commit whose reply was lost."""
    unsure = Collector(database_url)
    for read in [*case.before, case.read]:
        unsure.record(read)
    once = stored_history(unsure)
    unsure.record(case.read)
    twice = stored_history(unsure)
    unsure.store.close()
    # The clusters table counts reads, so it differs.
    assert {**twice, "clusters": []} == {**once, "clusters": []}


def stored_history(collector: Collector) -> dict[str, list[str]]:
    return contents(collector.url, of_this_run=False)
