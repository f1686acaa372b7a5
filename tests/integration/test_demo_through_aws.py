"""The demo's fleet through AWS: discovered clusters and registry data."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.registries.scans import ScanStatus
from reldash.services.collecting.collector import Collector
from reldash.services.collecting.jobs import list_jobs
from reldash.services.context import Context
from reldash.services.discovery import DiscoveryReport, report_discovery
from reldash.store import Store
from tests.integration.demo_aws import environment_of

ENVIRONMENTS = ("dev", "lit", "stg", "prod")


@pytest.fixture(scope="module")
def context(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Context]:
    """The whole fleet: discovered, read, with registry data."""
    with (
        DemoFleet.start(tmp_path_factory.mktemp("demo"), speed=0, aws=True) as fleet,
        environment_of(fleet),
        closing(
            Context(
                Settings(fleet=fleet.fleet_file),
                load_fleet(fleet.fleet_file),
                Store.open(new_database()),
            )
        ) as opened,
    ):
        collector = Collector(opened)
        collector.work(job for job in list_jobs(opened) if job.goes_first)
        collector.collect()
        collector.work(job for job in list_jobs(opened) if not job.goes_first)
        collector.stop()
        yield opened


@pytest.fixture(scope="module")
def found(context: Context) -> DiscoveryReport:
    report = report_discovery(context)
    assert report is not None
    return report


@pytest.fixture(scope="module")
def platform(context: Context) -> Matrix:
    snapshot = context.store.snapshots.load(context.cluster_names)
    return build_matrix(snapshot, context.rules, "platform", now=datetime.now(UTC))


def cells(platform: Matrix, service: str) -> list[Cell]:
    """Return a service's cells in promotion order."""
    return [platform.cell(service, environment) for environment in ENVIRONMENTS]


def test_clusters_get_dashboard_and_environment_from_tags(context: Context) -> None:
    places = {e.cluster.name: e.cluster for e in context.fleet.entries}
    assert places["platform-nonprod"].environments == {
        "lit": ("lit-*",),
        "shared": ("shared", "shared-*"),
    }
    assert places["solutions-nonprod"].dashboards == ("customer-solutions",)
    assert places["solutions-prod-ch"].namespaces == ("cust-helvetia", "cust-matterhorn")


def test_a_cluster_without_tags_is_discovered_but_not_assigned(found: DiscoveryReport) -> None:
    assert [each.found.name for each in found.unassigned] == ["data-lab"]


def test_an_account_without_access_does_not_hide_others(found: DiscoveryReport) -> None:
    failing = [status for status in found.regions if status.error_title]
    assert [status.role_arn for status in failing] == [
        "arn:aws:iam::345678901234:role/release-dashboard-reader"
    ]
    assert "sts:AssumeRole" in failing[0].error_message
    assert len(found.assigned) == 12


def test_commits_are_ordered_by_push_time(platform: Matrix) -> None:
    _, _, stg, prod = cells(platform, "spell-check")
    assert (stg.state, prod.state) == (State.BEHIND, State.AHEAD)
    assert "by push time" in stg.reason
    assert "by push time" in prod.reason


def test_a_moved_tag_shows_even_if_all_pods_run_the_same_build(platform: Matrix) -> None:
    shown = cells(platform, "receipt-pdf")
    assert all(Flag.TAG_MOVED in cell.flags for cell in shown)
    ids = {each for cell in shown for place in cell.places for each in place.digests}
    assert len({each.partition("@")[2] for each in ids}) == 1


@pytest.mark.parametrize("service", ["thumbnailer", "rate-limits", "consent", "invoicing"])
def test_indexes_copies_and_promotions_under_another_tag_are_no_drift(
    platform: Matrix, service: str
) -> None:
    for cell in cells(platform, service):
        assert Flag.TAG_MOVED not in cell.flags
        assert Flag.REBUILT not in cell.flags
        assert cell.state is not State.DIVERGED


def test_builds_missing_from_the_registry_are_not_comparable(platform: Matrix) -> None:
    cell = platform.cell("query-suggest", "prod")
    assert cell.state is State.DIVERGED
    assert cell.pushed_at is None


def test_an_earlier_environment_runs_the_fix_that_prod_lacks(platform: Matrix) -> None:
    assert "2.14.1 in stg has none" in platform.cell("invoicing", "prod").fixed_earlier
    assert not platform.cell("invoicing", "stg").fixed_earlier


def test_scan_outcomes_are_shown(platform: Matrix) -> None:
    # What DescribeImages does not count is counted in the background, by its findings.
    seen = {cell.scan.status for cell in platform.cells.values() if cell.scan is not None}
    assert seen >= {ScanStatus.COUNTED, ScanStatus.FAILED}


def test_every_registry_can_be_read(platform: Matrix) -> None:
    assert platform.unreached == ()
