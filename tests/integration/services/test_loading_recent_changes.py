"""Recent changes on the overview, loaded from recorded reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reldash.config import Settings, load_fleet
from reldash.domain.drift.states import State
from reldash.domain.history.changes import ChangeKind
from reldash.domain.matrix.filters import Filter
from reldash.domain.workloads.observations import Observation
from reldash.domain.workloads.reads import ReadFailure
from reldash.services.context import Context
from reldash.services.reports import recent_changes
from reldash.services.reports.cached_reports import ViewWarmer
from reldash.services.reports.drift_counts import load_counts
from reldash.services.reports.matrix import load_whole_matrix
from reldash.services.reports.recent_changes import RecentChanges, load_recent_changes
from reldash.store import Store
from tests.integration.store.reads import HOUR, MINUTE, History, read_of
from tests.integration.waiting import wait_for
from tests.unit.builders import NOW, observation

# The cluster is never contacted.
FLEET = """
environments: [prod]
dashboards: {platform: {title: Platform, environments: [prod]}}
clusters:
  - {name: prod, dashboard: platform, environment: prod,
     server: {url: "https://127.0.0.1:1", token_file: token}}
"""
DAY = timedelta(days=1)


@pytest.fixture
def context(tmp_path: Path, store: Store) -> Context:
    file = tmp_path / "fleet.yaml"
    file.write_text(FLEET)
    return Context(Settings(fleet=file), load_fleet(file), store)


def context_of_two(tmp_path: Path, store: Store, environments: str) -> Context:
    """Like `context`, with a second cluster, `stg`."""
    file = tmp_path / "fleet.yaml"
    file.write_text(
        FLEET.replace("[prod]", environments)
        + """  - {name: stg, dashboard: platform, environment: stg,
     server: {url: "https://127.0.0.1:2", token_file: token}}
"""
    )
    return Context(Settings(fleet=file), load_fleet(file), store)


def activity_at(context: Context, now: datetime) -> RecentChanges:
    return load_recent_changes(
        context, [load_whole_matrix(context, "platform", Filter(), now)], now
    )


def summarize(found: RecentChanges) -> list[tuple[str, str, str, ChangeKind]]:
    return [(change.service, change.before, change.after, change.kind) for change in found.changes]


def api(version: str, **fields: object) -> Observation:
    return observation("prod", version, created_at=NOW - 100 * DAY, **fields)  # type: ignore[arg-type]


def test_the_first_read_is_no_change_but_later_differences_are(context: Context) -> None:
    history = History(context.store)
    history.read(api("1.0"))
    assert summarize(activity_at(context, history.at)) == []
    history.read(api("1.1"))
    history.read(api("1.0"))
    assert summarize(activity_at(context, history.at)) == [
        ("api", "1.1", "1.0", ChangeKind.ROLLBACK),
        ("api", "1.0", "1.1", ChangeKind.CHANGED),
    ]


def test_removed_and_new_services_are_changes(context: Context) -> None:
    history = History(context.store)
    history.read(api("1.0"))
    cart = observation("prod", "2.0", service="cart", created_at=NOW)
    history.read(cart)
    assert set(summarize(activity_at(context, history.at))) == {
        ("api", "1.0", "", ChangeKind.REMOVED),
        ("cart", "", "2.0", ChangeKind.NEW),
    }


def test_sidecars_are_left_out(context: Context) -> None:
    history = History(context.store)

    def sidecar(version: str) -> Observation:
        image = f"registry.example.com/mesh/istio-proxy:{version}"
        return api("1.0", image=image, container="istio-proxy", position=1)

    history.read(api("1.0"), sidecar("1.20"))
    history.read(api("1.0"), sidecar("1.21"))
    assert summarize(activity_at(context, history.at)) == []


def test_only_recent_days_are_listed_and_older_versions_mark_rollbacks(context: Context) -> None:
    history = History(context.store, at=NOW - 20 * DAY)
    history.read(api("1.0"))
    history.read(api("1.1"), at=NOW - 18 * DAY)
    history.read(api("1.0"), at=NOW - DAY)
    found = activity_at(context, NOW)
    assert summarize(found) == [("api", "1.1", "1.0", ChangeKind.ROLLBACK)]
    assert found.days == {((NOW - DAY).date(), "prod"): 1}
    assert (NOW.date() - found.since).days == 13


def test_beyond_the_limit_only_whole_days_are_counted(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_changes, "MAX_ROLLOUTS", 4)
    history = History(context.store, at=NOW - 6 * DAY)
    for day in range(5, -1, -1):
        history.read(api(f"1.{9 - day}"), at=NOW - day * DAY)
    found = activity_at(context, NOW)
    assert len(found.changes) == 4
    assert found.since == (NOW - 2 * DAY).date()


def test_changes_are_as_of_the_last_read(context: Context) -> None:
    history = History(context.store)
    history.read(api("1.0"))
    assert activity_at(context, history.at + MINUTE).as_of == history.at
    # If reads are rare, changes are as of now, whenever that is.
    assert activity_at(context, history.at + HOUR).as_of == history.at + HOUR


def test_the_view_warmer_counts_drift_after_the_first_read(context: Context) -> None:
    now = datetime.now(UTC)
    warmer = ViewWarmer(context)
    History(context.store, at=now - MINUTE).read(api("1.0"))
    warmer.start()
    try:
        wait_for(lambda: bool(load_counts(context, "platform", now)), 20)
    finally:
        warmer.stop()
    (count,) = load_counts(context, "platform", now)
    assert (count.environment, sum(count.states.values())) == ("prod", 1)
    assert (count.at.minute, count.at.second) == (0, 0)


def test_no_drift_is_counted_while_a_cluster_waits_for_its_first_read(
    tmp_path: Path, store: Store
) -> None:
    two = context_of_two(tmp_path, store, "[dev, stg, prod]")
    now = datetime.now(UTC)
    History(store, at=now - MINUTE).read(api("1.0"))
    assert ViewWarmer(two).compute()
    assert load_counts(two, "platform", now) == []
    lease = store.leases.acquire("stg", "tests", HOUR)
    assert lease is not None
    store.clusters.record_failure(ReadFailure("stg", now, now, "Not reached", "refused"), lease)
    store.cache_key.move_epoch()
    assert ViewWarmer(two).compute()
    assert {count.environment for count in load_counts(two, "platform", now)} == {
        "dev", "stg", "prod",
    }  # fmt: skip


def test_what_drifted_when_it_was_last_read_still_counts(tmp_path: Path, store: Store) -> None:
    two = context_of_two(tmp_path, store, "[stg, prod]")
    now = datetime.now(UTC)
    History(store, at=now - HOUR).read(api("1.0"))
    lease = store.leases.acquire("stg", "tests", HOUR)
    assert lease is not None
    lately = read_of(observation("stg", "1.1", created_at=NOW), at=now - MINUTE)
    store.clusters.record(replace(lately, cluster="stg"), lease)
    assert ViewWarmer(two).compute()
    counts = {count.environment: count for count in load_counts(two, "platform", now)}
    assert (counts["prod"].drifting, counts["prod"].states) == (1, {State.BEHIND: 1})


def test_changes_during_a_freeze_are_marked(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text(
        f"{FLEET}freezes:\n  - {{name: quiet, environment: prod, from: 2026-01-01, to: 2026-01-02,"
        " repeats: FREQ=DAILY}\n"
    )
    frozen = Context(Settings(fleet=file), load_fleet(file), store)
    history = History(store)
    history.read(api("1.0"))
    history.read(api("1.1"))
    (change,) = activity_at(frozen, history.at).changes
    assert change.freeze == "quiet"


def test_no_drift_is_counted_before_the_first_read(context: Context) -> None:
    assert not ViewWarmer(context).compute()
    assert load_counts(context, "platform", datetime.now(UTC)) == []
