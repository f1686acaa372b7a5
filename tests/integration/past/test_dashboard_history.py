"""Changes, promotions and metrics of a period, by service, environment, cluster and customer."""

from datetime import timedelta

import pytest

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.history.changes import ChangeKind
from reldash.services.context import Context
from reldash.services.past import dashboard_history
from reldash.services.reports.cached_reports import get_tick
from reldash.services.reports.history import History, list_services, load_history
from reldash.services.view_cache import ViewCache
from tests.integration.past.conftest import DAYS, STORY, RecordedHistory


def load(context: Context, **chosen: object) -> History:
    tick = get_tick(context)
    return load_history(context, "platform", tick=tick, **chosen)  # type: ignore[arg-type]  # by name


def expected_changes() -> set[tuple[str, str, float, str]]:
    """Environment, service, day the change was seen, and version after it."""
    found = set()
    for (environment, service), versions in STORY.items():
        for day, version in versions.items():
            if day:
                seen = 11 if environment == "stg" and 8 <= day < 11 else day
                found.add((environment, service, float(seen), version))
    return found


def test_every_change_is_listed_once_newest_first(
    context: Context, recorded: RecordedHistory
) -> None:
    found = load(context).changes
    days = [(c.at - recorded.began_at) / timedelta(days=1) for c in found]
    assert days == sorted(days, reverse=True)
    assert {
        (c.environment, c.service, day, c.after) for c, day in zip(found, days, strict=True)
    } == expected_changes()


def test_changes_have_kinds_gaps_and_freezes(context: Context, recorded: RecordedHistory) -> None:
    found = {(c.environment, c.service, c.after): c for c in load(context).changes}
    assert found["prod", "api", "1.2.0"].kind is ChangeKind.CHANGED
    back = load(context, service="api", environments=["prod"]).changes[0]
    assert (back.kind, back.before, back.after) == (ChangeKind.ROLLBACK, "1.2.0", "1.1.0")
    assert found["prod", "old", ""].kind is ChangeKind.REMOVED
    assert found["stg", "api", "1.2.0"].gap == (recorded.day(7), recorded.day(11))
    assert found["stg", "api", "1.2.0"].approximate
    assert found["dev", "api", "1.2.0"].gap is None
    assert {c.freeze for c in found.values() if c.environment == "prod"} == {"quiet days"}
    assert {c.freeze for c in found.values() if c.environment != "prod"} == {""}


def test_promotions_have_their_lead_times(context: Context) -> None:
    found = {(p.version, p.to_environment): p for p in load(context, service="api").promotions}
    assert {key: p.lead_time for key, p in found.items()} == {
        ("1.1.0", "stg"): timedelta(days=2),
        ("1.1.0", "prod"): timedelta(days=3),
        ("1.2.0", "stg"): timedelta(days=5),
        ("1.2.0", "prod"): timedelta(days=4),
    }
    assert found["1.2.0", "stg"].approximate
    steps = {(s.from_environment, s.to_environment): s for s in load(context).lead_times}
    assert steps["dev", "stg"].count == 2
    assert (steps["dev", "stg"].timed, steps["dev", "stg"].approximate) == (2, 1)


def test_metrics_cover_the_requested_period(context: Context, recorded: RecordedHistory) -> None:
    found = load(context, since=recorded.day(5), until=recorded.day(13))
    assert {c.after for c in found.changes} == {"1.2.0", "1.1.0", "5.0.0", ""}
    assert all(recorded.day(5) <= c.at < recorded.day(13) for c in found.changes)
    assert all(recorded.day(5) <= p.to_at < recorded.day(13) for p in found.promotions)
    by_environment = {f.environment: f for f in found.frequencies}
    assert by_environment["dev"].rollouts == 1
    assert by_environment["prod"].rollbacks == 0
    assert {f.environment: f.rollbacks for f in load(context).frequencies}["prod"] == 1


def test_filters_select_services_environments_and_clusters(context: Context) -> None:
    assert {c.service for c in load(context, service="web").changes} == {"web"}
    assert {c.environment for c in load(context, environments=["dev", "stg"]).changes} == {
        "dev",
        "stg",
    }
    assert {c.cluster for c in load(context, clusters=["prod"]).changes} == {"prod"}
    assert load(context, customers=["acme"]).changes == ()
    assert load(context, customers=["-"]).changes == load(context).changes


def test_a_single_service_has_its_rollouts_for_the_timeline(
    context: Context, recorded: RecordedHistory
) -> None:
    found = load(context, service="api", since=recorded.day(5), until=recorded.day(8))
    ran = {(n.environment, n.record.rollout.image.rpartition(":")[2]) for n in found.named}
    assert ran == {
        ("dev", "1.1.0"), ("dev", "1.2.0"), ("stg", "1.1.0"), ("prod", "1.0.0"), ("prod", "1.1.0"),
    }  # fmt: skip
    assert [len(found.coverage[name]) for name in ("dev", "stg", "prod")] == [1, 2, 1]
    assert load(context).named == ()


def test_the_period_is_limited_to_kept_history_and_the_present(
    context: Context, recorded: RecordedHistory
) -> None:
    ahead = context.now() + timedelta(days=5)
    found = load(context, since=context.now() - timedelta(days=9000), until=ahead)
    assert found.until < ahead
    assert found.since >= context.now() - timedelta(days=730, minutes=1)
    assert found.known_from_at == recorded.began_at


def test_changes_beyond_the_limit_are_cut_off_and_marked(context: Context) -> None:
    whole = load(context)
    assert not whole.more
    cut = load(context, limit=3)
    assert cut.changes == whole.changes[:3]
    assert cut.more


def test_long_history_is_cut_to_the_newest_except_for_a_single_service(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load(context)
    context.views = ViewCache()  # as in a process that has computed nothing yet
    monkeypatch.setattr(dashboard_history, "MOST_RECORDS", 5)
    cut = load(context)
    assert cut.complete_from_at is not None
    assert [(c.at, c.service, c.after) for c in cut.changes] == [
        (c.at, c.service, c.after) for c in whole.changes if c.at >= cut.complete_from_at
    ]
    assert len(cut.changes) < len(whole.changes)
    of_api = load(context, service="api")
    assert of_api.complete_from_at is None
    assert of_api.changes == tuple(c for c in whole.changes if c.service == "api")


def test_metrics_cover_only_the_complete_part_of_a_cut_period(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {f.environment: f for f in load(context).frequencies}
    context.views = ViewCache()
    monkeypatch.setattr(dashboard_history, "MOST_RECORDS", 5)
    cut = load(context)
    assert cut.complete_from_at is not None
    complete_days = (cut.until - cut.complete_from_at) / timedelta(days=1)
    for found in cut.frequencies:
        assert found.days <= complete_days < whole[found.environment].days
    assert all(p.to_at >= cut.complete_from_at for p in cut.promotions)


def test_deleted_services_are_listed_too(context: Context) -> None:
    assert list_services(context, "platform", get_tick(context)) == (
        "api",
        "old",
        "web",
    )


def test_an_unknown_dashboard_is_rejected(context: Context) -> None:
    with pytest.raises(ChoiceError, match="'moon': expected one of platform"):
        load_history(context, "moon", tick=get_tick(context))


def test_the_story_ends_with_the_last_read(context: Context, recorded: RecordedHistory) -> None:
    assert context.now() - recorded.day(DAYS - 1) < timedelta(hours=30)
