"""What only AWS tells of the demo's fleet: where its clusters are, and what its registry knows."""

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
from tests.integration.demo_cloud import environment_of

ENVIRONMENTS = ("dev", "lit", "stg", "prod")


@pytest.fixture(scope="module")
def context(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Context]:
    """The whole fleet, found, read, and its registry asked."""
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
    """Of the environments that releases pass, in their order."""
    return [platform.cell(service, environment) for environment in ENVIRONMENTS]


def test_the_clusters_have_their_places_from_their_tags(context: Context) -> None:
    places = {e.cluster.name: e.cluster for e in context.fleet.entries}
    assert places["platform-nonprod"].environments == {
        "lit": ("lit-*",),
        "shared": ("shared", "shared-*"),
    }
    assert places["solutions-nonprod"].dashboards == ("customer-solutions",)
    assert places["solutions-prod-ch"].namespaces == ("cust-helvetia", "cust-matterhorn")


def test_a_cluster_without_tags_is_found_and_not_assigned(found: DiscoveryReport) -> None:
    assert [each.found.name for each in found.unassigned] == ["data-lab"]


def test_an_account_that_refuses_hides_no_other(found: DiscoveryReport) -> None:
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


def test_a_tag_pushed_again_shows_though_every_pod_runs_the_same(platform: Matrix) -> None:
    shown = cells(platform, "receipt-pdf")
    assert all(Flag.TAG_MOVED in cell.flags for cell in shown)
    ids = {each for cell in shown for place in cell.places for each in place.digests}
    assert len({each.partition("@")[2] for each in ids}) == 1


@pytest.mark.parametrize("service", ["thumbnailer", "rate-limits", "consent", "invoicing"])
def test_indexes_copies_and_promotions_by_another_tag_are_no_drift(
    platform: Matrix, service: str
) -> None:
    for cell in cells(platform, service):
        assert Flag.TAG_MOVED not in cell.flags
        assert Flag.REBUILT not in cell.flags
        assert cell.state is not State.DIVERGED


def test_what_the_registry_lost_is_ordered_by_nothing(platform: Matrix) -> None:
    cell = platform.cell("query-suggest", "prod")
    assert cell.state is State.DIVERGED
    assert cell.pushed_at is None


def test_an_earlier_environment_has_mended_what_prod_still_runs(platform: Matrix) -> None:
    assert "2.14.1 in stg has none" in platform.cell("invoicing", "prod").fixed_earlier
    assert not platform.cell("invoicing", "stg").fixed_earlier


def test_scans_come_out_as_far_as_they_came(platform: Matrix) -> None:
    seen = {cell.scan.status for cell in platform.cells.values() if cell.scan is not None}
    assert seen >= {ScanStatus.COUNTED, ScanStatus.UNCOUNTED, ScanStatus.FAILED}


def test_nothing_of_the_registry_is_out_of_reach(platform: Matrix) -> None:
    assert platform.unreached == ()
