"""Coverage of reads: the number of rows grows with gaps, not with reads."""

from collections.abc import Sequence
from datetime import timedelta

from reldash.domain.workloads.reads import Unread
from reldash.store.clusters import GAP
from tests.integration.store.reads import CLUSTER, HOUR, MINUTE, History, failure, read_of
from tests.unit.builders import NOW, observation

REFUSED = Unread("Pod", None, "Not allowed", "403")


def covered(history: History) -> list[tuple[float, float, Sequence[Unread]]]:
    """From and until in minutes since `NOW`, and what was not read."""
    return [
        ((c.from_at - NOW) / MINUTE, (c.until_at - NOW) / MINUTE, c.unread)
        for c in history.store.history.load_coverage([CLUSTER])[CLUSTER]
    ]


def test_reads_that_follow_each_other_are_one_row(history: History) -> None:
    for minute in range(20):
        history.read(observation(version=str(minute // 7)), at=NOW + minute * MINUTE)
    assert covered(history) == [(0, 19, ())]


def test_a_gap_starts_another_span_and_a_failure_covers_nothing(history: History) -> None:
    history.read(at=NOW)
    history.read(at=NOW + GAP)
    history.store.clusters.record_failure(failure(at=NOW + GAP + MINUTE), history.lease)
    history.read(at=NOW + 2 * GAP + timedelta(seconds=1))
    minutes = GAP / MINUTE
    later = 2 * minutes + 1 / 60
    assert covered(history) == [(0, minutes, ()), (later, later, ())]


def test_the_length_of_a_gap_is_configurable(history: History) -> None:
    history.read(at=NOW)
    later = read_of(at=NOW + 2 * HOUR)
    history.store.clusters.record(later, history.lease, gap=2 * HOUR)
    assert covered(history) == [(0, 120, ())]


def test_unread_parts_start_another_span_and_so_does_their_return(history: History) -> None:
    for minute, unread in enumerate(([], [REFUSED], [REFUSED], [])):
        history.read(at=NOW + minute * MINUTE, unread=unread)
    assert covered(history) == [(0, 0, ()), (1, 2, (REFUSED,)), (3, 3, ())]


def test_clocks_that_step_back_shorten_no_span(history: History) -> None:
    history.read(at=NOW)
    history.read(at=NOW + 5 * MINUTE)
    history.read(at=NOW + 2 * MINUTE)
    history.read(at=NOW - HOUR)
    assert covered(history) == [(0, 5, ())]
    history.read(at=NOW + MINUTE, unread=[REFUSED])
    (_, changed) = history.store.history.load_coverage([CLUSTER])[CLUSTER]
    assert timedelta() < changed.from_at - (NOW + 5 * MINUTE) < timedelta(milliseconds=1)
    history.read(at=NOW + 9 * MINUTE, unread=[REFUSED])
    assert covered(history)[1][1:] == (9, (REFUSED,))


def test_every_cluster_has_an_entry_and_only_what_touches_the_time(history: History) -> None:
    history.read(at=NOW)
    history.read(at=NOW + 5 * HOUR)
    store = history.store
    assert store.history.load_coverage(["never"]) == {"never": ()}
    late = store.history.load_coverage([CLUSTER], since=NOW + HOUR)[CLUSTER]
    early = store.history.load_coverage([CLUSTER], until=NOW + HOUR)[CLUSTER]
    assert [c.from_at for c in late] == [NOW + 5 * HOUR]
    assert [c.from_at for c in early] == [NOW]


def test_a_gap_ends_no_interval(history: History) -> None:
    history.read(observation(version="1"), at=NOW)
    history.read(observation(version="1"), at=NOW + 24 * HOUR)
    assert history.intervals == [("1", 0, None)]
