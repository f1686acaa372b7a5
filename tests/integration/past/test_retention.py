"""The collector's retention job deletes history that is older than `history.keep`."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reldash.config import Settings, load_fleet
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.filters import Filter
from reldash.services.collecting import retention
from reldash.services.collecting.collector import Collector
from reldash.services.collecting.jobs import list_jobs
from reldash.services.context import Context
from reldash.services.reports.inventory import load_inventory
from reldash.services.reports.matrix import load_matrix
from reldash.store import Store
from tests.integration.past.conftest import FLEET, record_story


@pytest.fixture
def short_history(tmp_path: Path, database_url: str) -> Context:
    """A fleet whose history is kept for eight days."""
    fleet_file = tmp_path / "fleet.yaml"
    fleet_file.write_text(f"{FLEET}history: {{keep: 8d}}\n")
    record_story(database_url)
    return Context(Settings(fleet=fleet_file), load_fleet(fleet_file), Store.open(database_url))


def test_rollouts_that_ended_earlier_are_deleted_and_running_ones_stay(
    short_history: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    with closing(short_history) as context:
        names, store = context.cluster_names, context.store
        before = store.history.load_records(clusters=names)
        cut = context.now() - timedelta(days=8)
        shown = load_matrix(context, "platform", Filter(), context.now())
        recently = Filter(as_of=context.now() - timedelta(days=4))
        then = load_matrix(context, "platform", recently, context.now())

        jobs = [job for job in list_jobs(context) if job.name == retention.RETENTION]
        assert [job.interval for job in jobs] == [timedelta(days=1)]
        Collector(context).work(jobs)

        left = store.history.load_records(clusters=names)
        assert len(left) < len(before)
        assert {r for r in before if _lasts_until(r.rollout.ended_at, cut)} <= set(left)
        after = load_matrix(context, "platform", Filter(), context.now())
        assert after.cells.keys() == shown.cells.keys()
        assert all(after.cells[key].version == shown.cells[key].version for key in shown.cells)
        again = load_matrix(context, "platform", recently, context.now())
        assert all(again.cells[key].version == then.cells[key].version for key in then.cells)


def test_a_clock_that_runs_ahead_deletes_nothing(
    short_history: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(short_history) as context:
        names, store = context.cluster_names, context.store
        jobs = [job for job in list_jobs(context) if job.name == retention.RETENTION]
        Collector(context).work(jobs)
        left = store.history.load_records(clusters=names)
        ahead = context.now() + timedelta(days=1000)
        monkeypatch.setattr(Context, "now", lambda _: ahead)
        Collector(context).work(jobs)
        assert store.history.load_records(clusters=names) == left


def test_moments_before_the_kept_history_are_rejected(short_history: Context) -> None:
    with closing(short_history) as context:
        now = context.now()
        long_ago = Filter(as_of=now - timedelta(days=8, minutes=1))
        with pytest.raises(ChoiceError, match=r"or later .8 days are kept"):
            load_matrix(context, "platform", long_ago, now)
        with pytest.raises(ChoiceError, match=r"or later .8 days are kept"):
            load_inventory(context, long_ago, now)
        still_kept = Filter(as_of=now - timedelta(days=7, hours=23))
        assert load_matrix(context, "platform", still_kept, now).rows


def _lasts_until(ended_at: datetime | None, cut: datetime) -> bool:
    return ended_at is None or ended_at > cut
