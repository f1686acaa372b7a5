"""Unfinished rollouts in the history: an event of their own, and nothing else."""

from datetime import timedelta

from reldash.domain.history.changes import ChangeKind, changes
from reldash.domain.history.metrics import frequencies
from reldash.domain.history.promotions import promotions
from reldash.domain.history.service_records import service_records
from reldash.domain.history.timeline import ServiceRollout, SpanKind, timeline
from reldash.domain.rollouts.records import RolloutRecord
from tests.unit.builders import NOW, days_ago, fleet_rules
from tests.unit.history_builders import STALE_AFTER, record, whole_coverage

RULES = fleet_rules()


def unfinished(cluster: str, version: str, began: float, ended: float | None) -> RolloutRecord:
    found = record(cluster, version, began, ended, ready=False)
    return found._replace(rollout=found.rollout._replace(unfinished=True))


RUNS = record("stg", "1.4.2", 40)
RECORDS = [RUNS, unfinished("stg", "1.5.0", 20, 19), unfinished("stg", "1.5.1", 18, None)]
NAMED = service_records(RECORDS, RULES, "platform")


def test_each_is_an_event_after_what_goes_on_and_its_end_is_none() -> None:
    found = changes(NAMED, whole_coverage(), stale_after=STALE_AFTER)
    assert [(c.kind, c.before, c.after, c.at) for c in found] == [
        (ChangeKind.UNFINISHED, "1.4.2", "1.5.1", days_ago(18)),
        (ChangeKind.UNFINISHED, "1.4.2", "1.5.0", days_ago(20)),
    ]


def test_the_version_that_follows_one_changes_from_what_ran() -> None:
    ended = record("stg", "1.4.2", 40, 18)
    records = [ended, unfinished("stg", "1.5.0", 20, 18), record("stg", "1.5.1", 18)]
    named = service_records(records, RULES, "platform")
    newest = changes(named, whole_coverage(), stale_after=STALE_AFTER)[0]
    assert (newest.kind, newest.before, newest.after) == (ChangeKind.CHANGED, "1.4.2", "1.5.1")


def test_none_counts_as_a_rollout() -> None:
    found = changes(NAMED, whole_coverage(), stale_after=STALE_AFTER)
    (figures,) = frequencies(found, {"stg": days_ago(40)}, days_ago(30), NOW)
    assert (figures.rollouts, figures.rollbacks, figures.last_at) == (0, 0, None)


def test_none_is_promoted_or_promotes() -> None:
    records = [
        record("dev", "1.5.0", 30),
        *RECORDS,
        record("prod", "1.4.1", 40, 10),
        record("prod", "1.5.1", 10),
    ]
    named = service_records(records, RULES, "platform")
    assert promotions(named, whole_coverage(), RULES, "platform") == []


def test_the_timeline_has_them_beside_the_span_that_goes_on() -> None:
    ran = [ServiceRollout(r.rollout, r.rollout.image[-5:], "stg") for r in RECORDS]
    (lane,) = timeline(
        ran,
        whole_coverage(),
        days_ago(30),
        NOW,
        environments=["stg"],
        stale_after=timedelta(minutes=5),
    )
    assert [(s.version, s.from_at, s.until_at) for s in lane.spans] == [
        ("1.4.2", days_ago(30), NOW)
    ]
    assert [(s.version, s.from_at, s.until_at, s.runs_on) for s in lane.unfinished] == [
        ("1.5.0", days_ago(20), days_ago(19), False),
        ("1.5.1", days_ago(18), NOW, True),
    ]
    assert {s.kind for s in lane.unfinished} == {SpanKind.UNFINISHED}


def test_intervals_of_which_none_was_ready_are_no_change() -> None:
    records = [record("stg", "1.4.2", 40, 20, ready=False), record("stg", "1.5.0", 20, ready=False)]
    named = service_records(records, RULES, "platform")
    assert changes(named, whole_coverage(), stale_after=STALE_AFTER) == []
