"""A cluster that accepts connections but never answers must not affect the others."""

import time
from collections.abc import Callable, Iterator

import pytest

from reldash.demo import DemoFleet
from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cells import Axis, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from reldash.services.collecting.collector import Collector, ReadOutcome
from reldash.services.context import Context
from reldash.services.reports.matrix import load_matrix
from tests.integration.services.conftest import open_context_over

HANGING = "platform-prod-us"


@pytest.fixture(scope="module")
def context(demo: DemoFleet, new_database: Callable[[], str]) -> Iterator[Context]:
    """One context for the module, so that the time limit passes only once."""
    opened = open_context_over(demo, new_database())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def outcomes(context: Context, demo: DemoFleet) -> Iterator[dict[str, ReadOutcome]]:
    """Outcomes of a second read, during which one of the clusters hangs."""
    collector = Collector(context)
    collector.collect()
    demo.set_hanging(HANGING)
    try:
        yield {outcome.cluster: outcome for outcome in collector.collect()}
    finally:
        demo.set_hanging(HANGING, hanging=False)


def by_cluster(context: Context, later: float = 0.0) -> Matrix:
    """The platform by cluster, `later` times `stale_after` from now."""
    now = context.now() + later * context.rules.collect.stale_after
    return load_matrix(context, "platform", Filter(axis=Axis.CLUSTER), now)


def test_other_clusters_are_recorded_without_delay(
    context: Context, outcomes: dict[str, ReadOutcome]
) -> None:
    timeout = context.rules.collect.timeout.total_seconds()
    assert isinstance(outcomes[HANGING], ReadFailure)
    read = [outcome for outcome in outcomes.values() if isinstance(outcome, ClusterRead)]
    assert len(read) >= 9
    for outcome in read:
        assert (outcome.finished_at - outcome.started_at).total_seconds() < timeout


@pytest.mark.usefixtures("outcomes")
def test_its_cells_keep_their_state_until_they_are_stale(context: Context) -> None:
    matrix = by_cluster(context)
    states = {matrix.cell(row.service, HANGING).state for row in matrix.rows}
    assert State.IN_STEP in states
    flags = {flag for row in matrix.rows for flag in matrix.cell(row.service, HANGING).flags}
    assert Flag.STALE not in flags


@pytest.mark.usefixtures("outcomes")
def test_stale_cells_keep_their_version_and_only_drift_counts(
    context: Context,
) -> None:
    fresh, stale = by_cluster(context), by_cluster(context, later=1.5)
    for row in stale.rows:
        before, after = fresh.cell(row.service, HANGING), stale.cell(row.service, HANGING)
        assert not after.is_known
        assert after.state is State.UNKNOWN or after.drift
        if before.places:
            assert Flag.STALE in after.flags
            assert after.version == before.version


@pytest.mark.usefixtures("outcomes")
def test_pages_do_not_wait_for_it(context: Context) -> None:
    by_cluster(context)
    started = time.monotonic()
    by_cluster(context)
    assert time.monotonic() - started < context.rules.collect.timeout.total_seconds() / 2
