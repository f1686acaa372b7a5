"""A fleet file without a cluster: discovery finds them, the collector reads them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from reldash.collectors.aws.clients import get_clients
from reldash.domain.matrix.filters import Filter
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from reldash.errors import StoreError
from reldash.services.collecting.collector import Collector
from reldash.services.context import Context
from reldash.services.discovery import DISCOVERY, discovery_interval, report_discovery
from reldash.services.past.snapshots import load_key
from reldash.services.refresh import keep_fresh, request_refresh
from reldash.services.reports.clusters import load_cluster_reports
from reldash.services.reports.live_images import find_not_known
from reldash.services.reports.matrix import load_matrix
from tests.integration.collectors.aws_front import OTHER_ROLE, REGION, AwsFront, denied
from tests.integration.collectors.discovered.places import ELSEWHERE, EXTERNAL_ID, FILE, look
from tests.integration.collectors.test_eks_secrets import all_rows
from tests.integration.waiting import wait_for


def test_before_discovery_the_fleet_is_empty_and_pages_have_views(context: Context) -> None:
    assert context.cluster_names == []
    assert load_matrix(context, "platform", Filter(), context.now()).rows == ()
    assert load_cluster_reports(context, context.now()) == ()
    report = report_discovery(context)
    assert report is not None
    assert report.not_searched == (REGION, ELSEWHERE, f"{REGION} as {OTHER_ROLE}")


@pytest.mark.usefixtures("aws")
def test_what_is_found_is_collected_and_shown_without_a_restart(context: Context) -> None:
    key = load_key(context)
    collector = look(context)
    assert context.cluster_names == ["home", "other"]
    assert load_key(context) != key
    assert [type(outcome) for outcome in collector.collect()] == [ClusterRead, ClusterRead]
    matrix = load_matrix(context, "platform", Filter(), context.now())
    (row,) = matrix.rows
    assert matrix.cell(row.service, "dev").version == matrix.cell(row.service, "prod").version
    assert matrix.cell(row.service, "dev").version


@pytest.mark.usefixtures("aws")
def test_the_background_collector_discovers_and_reads(context: Context) -> None:
    collector = Collector(context)
    collector.start()
    try:
        wait_for(lambda: load_cluster_reports(context, context.now()))
        wait_for(
            lambda: all(
                c.status.read_at is not None for c in load_cluster_reports(context, context.now())
            )
        )
    finally:
        collector.stop()


@pytest.mark.usefixtures("context", "aws")
def test_without_any_collector_a_read_discovers_and_collects(
    open_context: Callable[..., Context],
) -> None:
    idle = open_context(collect="off")
    keep_fresh(idle)
    wait_for(
        lambda: [c for c in load_cluster_reports(idle, idle.now()) if c.status.read_at is not None]
    )


@pytest.mark.usefixtures("aws")
def test_another_process_sees_what_was_found(
    open_context: Callable[..., Context], context: Context
) -> None:
    elsewhere = open_context()
    assert elsewhere.cluster_names == []
    look(context)
    assert elsewhere.cluster_names == ["home", "other"]


def test_one_process_discovers_at_a_time(context: Context, aws: AwsFront) -> None:
    lease = context.store.leases.acquire(DISCOVERY, "somebody else", timedelta(minutes=1))
    assert lease is not None
    look(context)
    assert aws.asked == []


@pytest.mark.usefixtures("aws")
def test_what_has_no_place_is_reported_with_why(context: Context) -> None:
    look(context)
    report = report_discovery(context)
    assert report is not None
    (each,) = report.unassigned
    assert (each.found.name, each.found.region) == ("far", ELSEWHERE)
    assert "'release-dashboard'" in each.reason


def test_an_account_that_refuses_later_keeps_its_clusters(context: Context, aws: AwsFront) -> None:
    look(context)
    aws.faults["ListClusters"] = [denied("eks:ListClusters")]
    look(context)
    assert context.cluster_names == ["home", "other"]
    report = report_discovery(context)
    assert report is not None
    assert {status.error_title for status in report.regions} == {"Not allowed by AWS"}
    assert discovery_interval(context) < timedelta(minutes=5)


def test_a_wrong_external_id_is_a_failure_of_that_account_alone(
    context: Context, aws: AwsFront
) -> None:
    aws.external_ids[OTHER_ROLE] = "another"
    look(context)
    assert context.cluster_names == ["home"]
    report = report_discovery(context)
    assert report is not None
    (failed,) = (status for status in report.regions if status.error_title)
    assert failed.role_arn == OTHER_ROLE
    assert "missing permission sts:AssumeRole" in failed.error_message


def test_while_an_account_was_never_searched_no_image_is_found_nowhere(
    context: Context, aws: AwsFront
) -> None:
    aws.external_ids[OTHER_ROLE] = "another"
    look(context)
    gaps = find_not_known(context, context.now())
    assert any(OTHER_ROLE in gap and "never succeeded" in gap for gap in gaps), gaps


def test_an_external_id_that_changes_is_a_failure_of_its_clusters_alone(
    context: Context, aws: AwsFront
) -> None:
    look(context)
    aws.external_ids[OTHER_ROLE] = "another"
    get_clients().forget()
    outcomes = {outcome.cluster: outcome for outcome in Collector(context).collect()}
    assert isinstance(outcomes["home"], ClusterRead)
    other = outcomes["other"]
    assert isinstance(other, ReadFailure)
    assert "sts:AssumeRole" in other.message


def test_a_cluster_that_is_deleted_leaves_the_fleet_and_its_history_stays(
    context: Context, aws: AwsFront
) -> None:
    look(context).collect()
    before = context.store.history.load_rollouts(clusters=["home"])
    aws.eks().delete_cluster(name="home")
    look(context)
    assert context.cluster_names == ["other"]
    assert context.store.history.load_rollouts(clusters=["home"]) == before != []


@pytest.mark.usefixtures("aws")
def test_a_refresh_of_all_discovers_too_and_one_of_some_does_not(context: Context) -> None:
    look(context)
    request_refresh(context, ["home"])
    assert context.store.leases.due([DISCOVERY], timedelta(hours=1)) == []
    request_refresh(context, context.cluster_names)
    assert context.store.leases.due([DISCOVERY], timedelta(hours=1)) == [DISCOVERY]


@pytest.mark.usefixtures("aws")
def test_the_last_fleet_is_kept_while_the_database_is_away(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(context)
    assert context.cluster_names == ["home", "other"]

    def away() -> int:
        raise StoreError("Database not reachable")

    monkeypatch.setattr(context.store.discoveries, "load_revision", away)
    assert context.cluster_names == ["home", "other"]


def test_no_secret_of_aws_reaches_the_database(
    context: Context, aws: AwsFront, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    look(context).collect()
    aws.external_ids[OTHER_ROLE] = "another"
    look(context)
    rows = all_rows(database_url) + caplog.text
    assert "home" in rows
    secrets = [EXTERNAL_ID, "X-Amz-Signature", *aws.given]
    assert len(aws.given) >= 3
    assert [secret for secret in secrets if secret in rows] == []


@pytest.mark.usefixtures("aws")
def test_a_new_rule_is_applied_soon(open_context: Callable[..., Context], context: Context) -> None:
    look(context)
    assert discovery_interval(context) == timedelta(minutes=5)
    path = context.settings.fleet
    path.write_text(FILE.replace(ELSEWHERE, f"{ELSEWHERE}, eu-central-1"))
    assert discovery_interval(open_context()) < timedelta(minutes=1)
