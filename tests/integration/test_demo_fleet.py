"""The demo fleet through the real collector, store and rules."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.demo.workload_objects import workload_objects
from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.workloads.observations import WorkloadKind
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from reldash.services.collecting.collector import Collector
from reldash.services.collecting.jobs import list_jobs
from reldash.services.context import Context
from reldash.store import Store
from tests.integration.demo_aws import environment_of

EXPIRING = "platform-shared-ap"


@dataclass
class Watched:
    """The fleet after two reads with a minute of releases in between."""

    fleet: DemoFleet
    context: Context
    reads: dict[str, ClusterRead | ReadFailure]
    first: Matrix
    platform: Matrix
    solutions: Matrix


@pytest.fixture(scope="module", params=[False, True], ids=["by address", "through AWS"])
def watched(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    new_database: Callable[[], str],
) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("demo")
    with (
        DemoFleet.start(folder, speed=0, aws=request.param) as fleet,
        environment_of(fleet),
        closing(
            Context(
                Settings(fleet=fleet.fleet_file),
                load_fleet(fleet.fleet_file),
                Store.open(new_database()),
            )
        ) as context,
    ):
        collector = Collector(context)
        fleet.accounts[EXPIRING].lasts = None
        collector.work(job for job in list_jobs(context) if job.goes_first)
        first = {outcome.cluster: outcome for outcome in collector.collect()}
        collector.work(job for job in list_jobs(context) if not job.goes_first)
        shown_first = matrix(context, "platform", datetime.now(UTC), timedelta(minutes=1))
        for _ in range(16):
            fleet.step()
        fleet.accounts[EXPIRING].lasts = 0.0
        began_at = datetime.now(UTC)
        collector.collect()
        collector.stop()
        now = datetime.now(UTC)
        # The second reads are fresh, the first are not: no waiting until they are.
        limit = now - began_at
        yield Watched(
            fleet,
            context,
            first,
            shown_first,
            matrix(context, "platform", now, limit),
            matrix(context, "customer-solutions", now, limit),
        )


def matrix(context: Context, dashboard: str, now: datetime, stale_after: timedelta) -> Matrix:
    """A dashboard after the grace time of `degraded`, with its own limit for stale."""
    collect = replace(context.rules.collect, stale_after=stale_after, degraded_after=timedelta(0))
    rules = replace(context.rules, collect=collect)
    snapshot = context.store.snapshots.load(context.cluster_names)
    return build_matrix(snapshot, rules, dashboard, now=now)


def test_every_cluster_is_read_except_the_one_that_refuses(watched: Watched) -> None:
    failed = {name for name, read in watched.reads.items() if isinstance(read, ReadFailure)}
    assert set(watched.reads) == set(watched.fleet.urls)
    assert failed == {"platform-shared-us"}


@pytest.mark.parametrize("state", list(State))
def test_the_platform_shows_every_state(watched: Watched, state: State) -> None:
    assert state in {cell.state for cell in watched.platform.cells.values()}


@pytest.mark.parametrize("flag", list(Flag))
def test_the_platform_shows_every_flag(watched: Watched, flag: Flag) -> None:
    assert flag in {flag for cell in watched.platform.cells.values() for flag in cell.flags}


@pytest.mark.parametrize(
    ("service", "environment", "state", "flags"),
    [
        ("invoicing", "prod", State.BEHIND, set()),
        ("edge-cache", "prod", State.BEHIND, {Flag.UNCHECKED}),
        ("pricing", "prod", State.WAITING, set()),
        ("payment-gateway", "prod", State.AHEAD, set()),
        ("card-vault", "prod", State.AHEAD, {Flag.BYPASSED}),
        ("query-suggest", "prod", State.DIVERGED, {Flag.BYPASSED}),
        ("media-resizer", "prod", State.DIVERGED, set()),
        ("audit-trail", "prod", State.ABSENT, set()),
        ("landing-pages", "stg", State.ABSENT, set()),
        ("feature-store", "shared", State.UNKNOWN, set()),
        ("geo-lookup", "shared", State.UNKNOWN, {Flag.STALE}),
        ("track-and-trace", "prod", State.IN_STEP, {Flag.TAG_MOVED}),
        ("tax-calculator", "prod", State.IN_STEP, {Flag.REBUILT}),
        ("address-check", "dev", State.LEADING, {Flag.STUCK, Flag.DEGRADED}),
        ("mail-relay", "stg", State.IN_STEP, {Flag.DEGRADED}),
        ("carrier-gateway", "prod", State.BEHIND, {Flag.MIXED}),
        ("event-bus", "prod", State.WAITING, {Flag.PARTIAL}),
        ("node-metrics", "stg", State.BEHIND, {Flag.PARTIAL}),
        ("subscription-api", "prod", State.WAITING, {Flag.PARTIAL}),
        ("checkout-web", "prod", State.WAITING, {Flag.PARTIAL}),
        ("search-ui", "prod", State.WAITING, {Flag.STUCK}),
        ("config-api", "prod", State.IN_STEP, {Flag.UNPINNED}),
        ("label-printer", "stg", State.BEHIND, {Flag.SPEC_DIFFERS}),
        ("ab-testing", "dev", State.LEADING, {Flag.ROLLING}),
        ("report-builder", "lit", State.IN_STEP, {Flag.IDLE}),
        ("vat-report", "lit", State.IN_STEP, {Flag.IDLE}),
        ("consent", "stg", State.IN_STEP, set()),
        ("token-issuer", "stg", State.IN_STEP, set()),
        ("promotions", "stg", State.IN_STEP, set()),
        ("backup-runner", "lit", State.ABSENT, set()),
    ],
)
def test_each_scenario_shows_its_state_or_flag(
    watched: Watched, service: str, environment: str, state: State, flags: set[Flag]
) -> None:
    cell = watched.platform.cell(service, environment)
    assert cell.state is state, cell.reason
    assert set(cell.flags) >= flags
    assert flags or not cell.flags


def test_teams_and_components_that_share_a_name_have_a_row_each(watched: Watched) -> None:
    rows = {row.service for row in watched.platform.rows}
    assert len([row for row in rows if row.startswith("redis · ")]) == 2
    assert {"orders · api", "orders · worker"} <= rows
    assert "recommendations" in rows
    assert "recommendations-primary" not in rows


def test_customers_disagree_with_each_other(watched: Watched) -> None:
    cells = watched.solutions.cells.values()
    assert any(Flag.MIXED in cell.flags for cell in cells)
    assert {state.value for state in State if any(c.state is state for c in cells)} >= {
        "behind",
        "waiting",
        "in_step",
        "leading",
    }


def test_releases_of_the_train_appear(watched: Watched) -> None:
    moved = [
        key
        for key, cell in watched.platform.cells.items()
        if cell.version != watched.first.cells[key].version
        and cell.version
        and key[0] != "ab-testing"
    ]
    assert moved


@pytest.mark.parametrize(
    "cluster", ["platform-dev", "platform-stg", "platform-prod-eu", "solutions-prod-ch"]
)
def test_every_container_is_observed(fresh: tuple[DemoFleet, Context], cluster: str) -> None:
    fleet, context = fresh
    entry = next(e for e in context.fleet.entries if e.cluster.name == cluster)
    read = get_cluster(entry, context.rules.collect, revisions=True)
    assert isinstance(read, ClusterRead)
    assert read.bad == ()
    assert all(part.is_by_choice for part in read.unread)
    wanted: Counter[tuple[str, str, str]] = Counter()
    for workload in fleet.state.clusters[cluster].workloads.values():
        item = workload_objects(workload)[0][1]
        outer = item["spec"]["jobTemplate"] if workload.kind == "CronJob" else item
        spec = outer["spec"]["template"]["spec"]
        for container in spec["containers"] + spec.get("initContainers", []):
            wanted[workload.namespace, workload.name, container["name"]] += 1
    seen = Counter((o.namespace, o.workload, o.container) for o in read.observations)
    assert seen == wanted
    assert {o.kind for o in read.observations} >= {
        WorkloadKind.DEPLOYMENT,
        WorkloadKind.STATEFUL_SET,
    }


def test_every_running_workload_has_its_pods(fresh: tuple[DemoFleet, Context]) -> None:
    _, context = fresh
    entry = next(e for e in context.fleet.entries if e.cluster.name == "platform-prod-eu")
    read = get_cluster(entry, context.rules.collect, revisions=False)
    assert isinstance(read, ClusterRead)
    running = [o for o in read.observations if o.wanted != 0 and o.role == "main"]
    assert len(running) > 50
    assert [o.workload for o in running if not o.running] == []


@pytest.fixture(scope="module")
def fresh(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[tuple[DemoFleet, Context]]:
    with (
        DemoFleet.start(tmp_path_factory.mktemp("fresh"), seed=3, speed=0) as fleet,
        closing(
            Context(
                Settings(fleet=fleet.fleet_file),
                load_fleet(fleet.fleet_file),
                Store.open(new_database()),
            )
        ) as context,
    ):
        yield fleet, context
