"""A small fleet with a known history: one read a day for twenty days.

`api` and `web` are released through dev, stg and prod; `old` is deleted. Each cluster has the name
of its environment. stg is not read on three days in the middle.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from reldash.config import Settings, load_fleet
from reldash.domain.workloads.observations import Observation
from reldash.domain.workloads.reads import ClusterRead
from reldash.services.context import Context
from reldash.store import Store
from tests.unit.builders import observation

FLEET = """\
environments: [dev, stg, prod]
dashboards:
  platform: {title: Platform, environments: [dev, stg, prod]}
clusters:
  - {name: dev, dashboard: platform, environment: dev, server: {url: "https://a", token_env: T}}
  - {name: stg, dashboard: platform, environment: stg, server: {url: "https://b", token_env: T}}
  - {name: prod, dashboard: platform, environment: prod, server: {url: "https://c", token_env: T}}
collect: {stale_after: 30h}
freezes:
  - {name: quiet days, environment: prod, from: 2026-01-01, to: 2026-01-02, repeats: FREQ=DAILY}
"""
DAYS = 20
UNREAD = range(8, 11)  # days of stg

# The day on which each version started, counted from the first read; "" for a deletion.
STORY = {
    ("dev", "api"): {0: "1.0.0", 2: "1.1.0", 6: "1.2.0", 14: "1.3.0"},
    ("stg", "api"): {0: "1.0.0", 4: "1.1.0", 9: "1.2.0"},
    ("prod", "api"): {0: "1.0.0", 7: "1.1.0", 15: "1.2.0", 16: "1.1.0"},
    ("dev", "web"): {0: "5.0.0"},
    ("stg", "web"): {0: "5.0.0"},
    ("prod", "web"): {0: "4.0.0", 12: "5.0.0"},
    ("prod", "old"): {0: "0.9.0", 10: ""},
}


class RecordedHistory(NamedTuple):
    """The database and fleet file of the recorded fleet, and the time of its first read."""

    url: str
    fleet_file: Path
    began_at: datetime

    def day(self, number: float) -> datetime:
        """The time `number` days after the first read."""
        return self.began_at + timedelta(days=number)


@pytest.fixture(scope="package")
def recorded(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> RecordedHistory:
    """The fleet's history, recorded read by read."""
    fleet_file = tmp_path_factory.mktemp("past") / "fleet.yaml"
    fleet_file.write_text(FLEET)
    url = new_database()
    return RecordedHistory(url, fleet_file, record_story(url))


def record_story(url: str) -> datetime:
    """Record the story in a database, read by read; return the time of the first read."""
    now = datetime.now(UTC).replace(microsecond=0)
    began_at = now - timedelta(days=DAYS, hours=-1)
    with closing(Store.open(url)) as store:
        for cluster in ("dev", "stg", "prod"):
            lease = store.leases.acquire(cluster, "tests", timedelta(hours=1))
            assert lease is not None
            for day in range(DAYS):
                if cluster == "stg" and day in UNREAD:
                    continue
                at = began_at + timedelta(days=day)
                found = tuple(_observations(cluster, day, at, began_at))
                read = ClusterRead(cluster, at, at + timedelta(seconds=2), found)
                store.clusters.record(read, lease, gap=timedelta(hours=30))
            store.leases.release(lease)
    return began_at


def _observations(
    cluster: str, day: int, at: datetime, began_at: datetime
) -> Iterator[Observation]:
    for (place, service), versions in STORY.items():
        if place == cluster:
            version = versions[max(started for started in versions if started <= day)]
            if version:
                created_at = began_at - timedelta(days=50)
                yield observation(
                    cluster, version, service=service, observed_at=at, created_at=created_at
                )


@pytest.fixture
def context(recorded: RecordedHistory) -> Iterator[Context]:
    """A context over the recorded fleet."""
    settings = Settings(fleet=recorded.fleet_file)
    with closing(
        Context(settings, load_fleet(recorded.fleet_file), Store.open(recorded.url))
    ) as opened:
        yield opened
