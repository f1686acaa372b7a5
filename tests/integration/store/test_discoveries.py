"""Discovered clusters outlive failed discoveries; deleted clusters are marked as gone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from reldash.domain.fleet.discovered import DiscoveredCluster, RegionRead, RegionStatus
from reldash.store import LeaseLostError, Store
from tests.integration.store.reads import HOUR, lease_of
from tests.unit.builders import NOW

EU, US = "eu-west-1", "us-east-1"
ROLE = "arn:aws:iam::222222222222:role/reader"
TAGS = {"release-dashboard": "platform", "environment": "dev"}
MINUTE = timedelta(minutes=1)
REFUSED = ("Not allowed", "missing permission eks:ListClusters", "allow it")


def cluster(name: str = "home", *, at: datetime = NOW, **fields: Any) -> DiscoveredCluster:
    arn = f"arn:aws:eks:{EU}:111111111111:cluster/{name}"
    given: dict[str, Any] = {"region": EU, "role_arn": None, "tags": TAGS, **fields}
    return DiscoveredCluster(name=name, arn=arn, account="111111111111", found_at=at, **given)


def look(*found: DiscoveredCluster, at: datetime = NOW, **fields: Any) -> RegionRead:
    given: dict[str, Any] = {"region": EU, "role_arn": None, **fields}
    return RegionRead(started_at=at, found=found, **given)


def refused(at: datetime = NOW, **fields: Any) -> RegionRead:
    given: dict[str, Any] = {"region": EU, "role_arn": None, **fields}
    return RegionRead(given["region"], given["role_arn"], at, None, *REFUSED)


def save(store: Store, *reads: RegionRead) -> None:
    lease = lease_of(store)
    store.discoveries.save(reads, lease)
    store.leases.release(lease)


def test_what_was_found_comes_back_as_it_was(store: Store) -> None:
    other = cluster("other", role_arn=ROLE, tags=None, error_title="Not allowed")
    save(store, look(cluster()), look(other, role_arn=ROLE))
    findings = store.discoveries.load()
    assert sorted(findings.clusters, key=lambda each: each.name) == [cluster(), other]
    assert set(findings.regions) == {
        RegionStatus(EU, None, NOW, NOW),
        RegionStatus(EU, ROLE, NOW, NOW),
    }


def test_a_failed_discovery_keeps_the_discovered_clusters(store: Store) -> None:
    save(store, look(cluster()))
    save(store, refused(NOW + MINUTE))
    findings = store.discoveries.load()
    assert findings.clusters == (cluster(),)
    assert findings.regions == (RegionStatus(EU, None, NOW + MINUTE, NOW, *REFUSED),)


def test_a_region_that_was_never_reached_says_so(store: Store) -> None:
    save(store, refused())
    assert store.discoveries.load().regions == (RegionStatus(EU, None, NOW, None, *REFUSED),)


def test_a_cluster_missing_from_a_good_discovery_is_gone_since_then(store: Store) -> None:
    save(store, look(cluster()))
    save(store, look(at=NOW + MINUTE))
    save(store, look(at=NOW + HOUR))
    assert store.discoveries.load().clusters == (replace(cluster(), gone_at=NOW + MINUTE),)


def test_a_cluster_that_comes_back_was_found_when_it_was_first(store: Store) -> None:
    save(store, look(cluster()))
    save(store, look(at=NOW + MINUTE))
    save(store, look(cluster(at=NOW + HOUR), at=NOW + HOUR))
    assert store.discoveries.load().clusters == (cluster(),)


def test_a_cluster_was_found_when_another_role_found_it_first(store: Store) -> None:
    save(store, look(cluster()))
    save(store, look(cluster(at=NOW + HOUR, role_arn=ROLE), at=NOW + HOUR, role_arn=ROLE))
    assert {each.found_at for each in store.discoveries.load().clusters} == {NOW}


def test_tags_stay_when_they_cannot_be_read_again(store: Store) -> None:
    save(store, look(cluster()))
    untold = cluster(at=NOW + MINUTE, tags=None, error_title="Throttled")
    save(store, look(untold, at=NOW + MINUTE))
    assert store.discoveries.load().clusters == (replace(cluster(), error_title="Throttled"),)


def test_a_failure_in_one_region_leaves_the_others(store: Store) -> None:
    save(store, look(cluster()), refused(region=US))
    findings = store.discoveries.load()
    assert findings.clusters == (cluster(),)
    assert {status.region: status.error_title for status in findings.regions} == {
        EU: "",
        US: "Not allowed",
    }


@pytest.mark.parametrize(
    "news",
    [
        look(at=NOW + MINUTE),
        look(cluster(), cluster("other"), at=NOW + MINUTE),
        look(cluster(tags={}), at=NOW + MINUTE),
        refused(NOW + MINUTE),
        look(region=US),
    ],
    ids=["gone", "one more", "other tags", "refused", "another region"],
)
def test_news_moves_the_key_of_every_cache(store: Store, news: RegionRead) -> None:
    save(store, look(cluster()))
    before, found_before = store.cache_key.load(), store.discoveries.load_revision()
    save(store, news)
    assert store.cache_key.load()[0] > before[0]
    assert store.discoveries.load_revision() > found_before
    assert store.discoveries.load().revision == store.discoveries.load_revision()


def test_an_unchanged_discovery_changes_only_its_times(store: Store) -> None:
    save(store, look(cluster()))
    before, found_before = store.cache_key.load(), store.discoveries.load_revision()
    save(store, look(cluster(at=NOW + MINUTE), at=NOW + MINUTE))
    assert (store.cache_key.load(), store.discoveries.load_revision()) == (before, found_before)
    assert store.discoveries.load().regions[0].reached_at == NOW + MINUTE


def test_a_holder_that_lost_the_lease_writes_nothing(store: Store) -> None:
    old = lease_of(store, ttl=timedelta(0))
    lease_of(store, "other")
    with pytest.raises(LeaseLostError):
        store.discoveries.save([look(cluster())], old)
    assert store.discoveries.load().clusters == ()


def test_text_that_postgres_refuses_is_cleaned(store: Store) -> None:
    save(store, look(cluster(tags={"a\x00": "b\x00"}, error_message="\x00")))
    (kept,) = store.discoveries.load().clusters
    assert (kept.tags, kept.error_message) == ({"a\ufffd": "b\ufffd"}, "\ufffd")
