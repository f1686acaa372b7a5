"""The inventory's columns of what registries tell, and the filter by critical findings."""

from dataclasses import replace

import pandas as pd
import pytest

from reldash.domain.images.references import DigestKind
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.facts import ImageFacts
from reldash.domain.registries.merge import transform_facts
from reldash.domain.registries.scans import Scan, ScanStatus, Severity
from reldash.domain.workloads.observations import Observation
from reldash.services.reports.inventory import OF_REGISTRIES, filter_inventory, whole_inventory
from tests.unit.builders import (
    NOW,
    READ_AT,
    days_ago,
    digest,
    fleet_rules,
    observation,
    running,
    snapshot,
)

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def image(version: str, scan: Scan | None) -> ImageFacts:
    return ImageFacts(
        registry=ECR,
        repository="shop/api",
        digest=digest(f"api:{version}"),
        kind=DigestKind.MANIFEST,
        pushed_at=days_ago(4),
        size=84_300_000,
        tags=(version,),
        scan=scan,
        children=None,
        findings=None,
        fetched_at=READ_AT,
    )


def api(version: str, **fields: object) -> Observation:
    return observation(image=f"{ECR}/shop/api:{version}", **fields)  # type: ignore[arg-type]


def inventory(
    *observations: Observation, told: tuple[ImageFacts, ...] = (), chosen: Filter | None = None
) -> pd.DataFrame:
    seen = replace(snapshot(observations), facts=transform_facts(told, (), ()))
    return filter_inventory(whole_inventory(seen, fleet_rules(), NOW), chosen or Filter())


def test_a_container_in_an_excluded_namespace_is_listed_without_an_environment() -> None:
    found = inventory(observation(namespace="kube-system"), observation(namespace="shop"))
    assert list(zip(found["namespace"], found["environment"], strict=True)) == [
        ("kube-system", ""),
        ("shop", "prod"),
    ]
    chosen = Filter(environments=("prod",))
    only = inventory(observation(namespace="kube-system"), chosen=chosen)
    assert only.empty


def test_a_row_says_what_the_registry_told_of_what_runs() -> None:
    scan = Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 2, Severity.LOW: 5})
    row = inventory(api("1.4.2"), told=(image("1.4.2", scan),)).iloc[0]
    assert row["first pushed"] == days_ago(4)
    assert row["size"] == 84_300_000
    assert (row["critical"], row["high"], row["scan"]) == (2, 0, "counted")


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (Scan(ScanStatus.NOT_SCANNED), "not scanned"),
        (Scan(ScanStatus.UNCOUNTED), "scanned, not counted yet"),
        (Scan(ScanStatus.FAILED), "scan failed"),
        (None, ""),
    ],
)
def test_what_was_not_counted_is_missing_and_never_0(scan: Scan | None, words: str) -> None:
    row = inventory(api("1.4.2"), told=(image("1.4.2", scan),)).iloc[0]
    assert pd.isna(row["critical"])
    assert pd.isna(row["high"])
    assert row["scan"] == words


def test_of_a_registry_that_told_nothing_the_columns_are_empty() -> None:
    row = inventory(api("1.4.2")).iloc[0]
    assert [name for name in OF_REGISTRIES if not pd.isna(row[name]) and row[name] != ""] == []


def test_while_two_versions_run_the_worst_scan_counts() -> None:
    runs = (running(f"{ECR}/shop/api:1.4.2"), running(f"{ECR}/shop/api:1.5.0"))
    told = (
        image("1.4.2", Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 3})),
        image("1.5.0", Scan(ScanStatus.COUNTED, {Severity.HIGH: 1})),
    )
    row = inventory(api("1.4.2", running=runs), told=told).iloc[0]
    assert (row["critical"], row["high"]) == (3, 1)


def test_the_filter_keeps_what_is_known_to_run_a_critical_finding() -> None:
    told = (
        image("1", Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 1})),
        image("2", Scan(ScanStatus.COUNTED, {Severity.HIGH: 9})),
        image("3", Scan(ScanStatus.NOT_SCANNED)),
        image("4", Scan(ScanStatus.UNCOUNTED, {Severity.CRITICAL: 1})),
    )
    everything = [api(v, workload=f"api-{v}") for v in ("1", "2", "3", "4", "5")]
    kept = inventory(*everything, told=told, chosen=Filter(critical=True))
    assert kept["workload"].tolist() == ["api-1", "api-4"]
