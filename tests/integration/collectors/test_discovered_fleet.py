"""A fleet file without a cluster: discovery finds them, the collector reads them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reldash.collectors.aws import get_clients
from reldash.config import Settings, load_fleet
from reldash.domain.filters import Filter
from reldash.domain.reads import ClusterRead, ReadFailure
from reldash.errors import StoreError
from reldash.services import reports
from reldash.services.checks import check_clusters
from reldash.services.collect import Collector
from reldash.services.context import Context
from reldash.services.discovery import DISCOVERY, discovery_interval, report_discovery
from reldash.services.fresh import keep_fresh, request_refresh
from reldash.services.jobs import list_jobs
from reldash.store import Store
from tests.integration.collectors.aws_front import OTHER_ROLE, REGION, AwsFront, denied
from tests.integration.collectors.objects import deployment
from tests.integration.collectors.test_eks_secrets import all_rows
from tests.integration.recorded_server import LISTS, ApiServer
from tests.integration.waiting import wait_for

TAGS = {"release-dashboard": "platform", "environment": "dev"}
ELSEWHERE = "us-east-1"
EXTERNAL_ID = "an-external-id"
FILE = f"""\
environments: [dev, prod]
dashboards: {{platform: {{environments: [dev, prod]}}}}
discover:
  - eks: {{regions: [{REGION}, {ELSEWHERE}]}}
  - eks: {{regions: {REGION}, role_arn: "{OTHER_ROLE}", external_id: {EXTERNAL_ID}}}
"""


@pytest.fixture
def open_context(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Context]]:
    """Call it for a context over the file; settings may be given by field name."""
    path = tmp_path / "fleet.yaml"
    path.write_text(FILE)
    opened: list[Context] = []

    def open_one(**settings: Any) -> Context:
        given = Settings(fleet=path, **settings)
        opened.append(Context(given, load_fleet(path), Store.open(database_url)))
        return opened[-1]

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def context(open_context: Callable[..., Context], front: AwsFront) -> Context:
    """The fleet, before anything was looked for, in an AWS of its own."""
    front.external_ids[OTHER_ROLE] = EXTERNAL_ID
    return open_context()


@pytest.fixture
def aws(front: AwsFront, server: ApiServer) -> AwsFront:
    """Two clusters with tags in two accounts, and one without."""
    server.lists[LISTS["deployments"]] = [deployment()]
    front.add_cluster("home", server, tags=TAGS)
    front.add_cluster("far", server, region=ELSEWHERE)
    front.add_cluster("other", server, OTHER_ROLE, tags={**TAGS, "environment": "prod"})
    return front


def look(context: Context) -> Collector:
    collector = Collector(context)
    collector.work(job for job in list_jobs(context) if job.name == DISCOVERY)
    return collector


def test_before_discovery_the_fleet_is_empty_and_pages_have_views(context: Context) -> None:
    assert context.cluster_names == []
    assert reports.matrix(context, "platform", Filter(), context.now()).rows == ()
    assert reports.clusters(context, context.now()) == ()
    report = report_discovery(context)
    assert report is not None
    assert report.unlooked == (REGION, ELSEWHERE, f"{REGION} as {OTHER_ROLE}")


@pytest.mark.usefixtures("aws")
def test_what_is_found_is_collected_and_shown_without_a_restart(context: Context) -> None:
    key = reports.revision(context)
    collector = look(context)
    assert context.cluster_names == ["home", "other"]
    assert reports.revision(context) != key
    assert [type(outcome) for outcome in collector.collect()] == [ClusterRead, ClusterRead]
    matrix = reports.matrix(context, "platform", Filter(), context.now())
    (row,) = matrix.rows
    assert matrix.cell(row.service, "dev").version == matrix.cell(row.service, "prod").version
    assert matrix.cell(row.service, "dev").version


@pytest.mark.usefixtures("aws")
def test_the_background_collector_looks_and_reads(context: Context) -> None:
    collector = Collector(context)
    collector.start()
    try:
        wait_for(lambda: reports.clusters(context, context.now()))
        wait_for(lambda: all(c.age is not None for c in reports.clusters(context, context.now())))
    finally:
        collector.stop()


@pytest.mark.usefixtures("context", "aws")
def test_without_any_collector_a_read_looks_and_collects(
    open_context: Callable[..., Context],
) -> None:
    idle = open_context(collect="off")
    keep_fresh(idle)
    wait_for(lambda: [c for c in reports.clusters(idle, idle.now()) if c.age is not None])


@pytest.mark.usefixtures("aws")
def test_another_process_sees_what_was_found(
    open_context: Callable[..., Context], context: Context
) -> None:
    elsewhere = open_context()
    assert elsewhere.cluster_names == []
    look(context)
    assert elsewhere.cluster_names == ["home", "other"]


def test_one_process_looks_at_a_time(context: Context, aws: AwsFront) -> None:
    lease = context.store.acquire_lease(DISCOVERY, "somebody else", timedelta(minutes=1))
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
    before = context.store.load_rollouts(clusters=["home"])
    aws.eks().delete_cluster(name="home")
    look(context)
    assert context.cluster_names == ["other"]
    assert context.store.load_rollouts(clusters=["home"]) == before != []


@pytest.mark.usefixtures("aws")
def test_a_refresh_of_all_looks_too_and_one_of_some_does_not(context: Context) -> None:
    look(context)
    request_refresh(context, ["home"])
    assert context.store.due_clusters([DISCOVERY], timedelta(hours=1)) == []
    request_refresh(context, context.cluster_names)
    assert context.store.due_clusters([DISCOVERY], timedelta(hours=1)) == [DISCOVERY]


@pytest.mark.usefixtures("aws")
def test_check_names_what_is_found_and_tries_what_is_assigned(context: Context) -> None:
    frame = check_clusters(context)
    assert frame["ok"].all()
    found = frame.set_index(["what", "step"])["found"]
    assert found[f"discovery {REGION}", "listed"] == "1 cluster, 1 assigned"
    assert found[f"discovery {ELSEWHERE}", "listed"] == "1 cluster, 0 assigned"
    assert found[f"discovery {REGION} as {OTHER_ROLE}", "listed"] == "1 cluster, 1 assigned"
    assert found["far", "assigned"].startswith("found, not assigned: tags 'release-dashboard'")
    assert {("home", "allowed"), ("other", "allowed")} <= set(found.index)
    assert context.cluster_names == [], "it keeps nothing"


@pytest.mark.parametrize(
    ("operation", "right"),
    [
        ("AssumeRole", "sts:AssumeRole"),
        ("ListClusters", "eks:ListClusters"),
        ("DescribeCluster", "eks:DescribeCluster"),
    ],
)
def test_check_names_the_permission_that_is_missing(
    context: Context, aws: AwsFront, operation: str, right: str
) -> None:
    aws.faults[operation] = [denied(right)]
    frame = check_clusters(context)
    failed = frame[~frame["ok"]]
    assert f"missing permission {right}" in failed["found"].iloc[0]
    assert failed["mend"].str.len().min() > 0


@pytest.mark.usefixtures("aws")
def test_the_last_fleet_is_kept_while_the_database_is_away(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(context)
    assert context.cluster_names == ["home", "other"]

    def away() -> int:
        raise StoreError("Database not reachable")

    monkeypatch.setattr(context.store, "load_findings_revision", away)
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
