"""Matrices and the inventory as of a moment match what a page showed then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reldash.domain.drift.states import State
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.filters import Filter
from reldash.services.context import Context
from reldash.services.reports.cached_reports import get_containers, get_matrix, get_tick
from reldash.services.reports.inventory import load_inventory
from reldash.services.reports.matrix import load_matrix
from reldash.services.reports.notices import load_notices
from tests.integration.past.conftest import DAYS, STORY, RecordedHistory


@pytest.mark.parametrize("day", [0.5, 2.5, 4.5, 6.5, 7.5, 9.5, 11.5, 14.5, 15.5, 16.5])
def test_cells_have_the_versions_that_ran_at_the_moment(
    context: Context, recorded: RecordedHistory, day: float
) -> None:
    chosen = Filter(as_of=recorded.day(day))
    matrix = load_matrix(context, "platform", chosen, context.now())
    assert matrix.as_of == recorded.day(day)
    for (environment, service), versions in STORY.items():
        read = min(day, 7.0) if environment == "stg" and 8 <= day < 11 else day
        expected = versions[max(started for started in versions if started <= read)]
        if expected:
            assert matrix.cell(service, environment).version == expected, (environment, service)
        else:  # a service that runs nowhere has no row
            assert service not in {row.service for row in matrix.rows}


def test_an_unread_cluster_is_stale_with_its_last_version_and_state(
    context: Context, recorded: RecordedHistory
) -> None:
    matrix = load_matrix(context, "platform", Filter(as_of=recorded.day(9.5)), context.now())
    cell = matrix.cell("api", "stg")
    assert (cell.state, cell.version, cell.is_stale) == (State.BEHIND, "1.1.0", True)
    assert matrix.cell("api", "dev").state is State.LEADING


def test_before_the_first_read_all_cells_are_unknown_with_a_notice(
    context: Context, recorded: RecordedHistory
) -> None:
    chosen = Filter(as_of=recorded.day(-1))
    matrix = load_matrix(context, "platform", chosen, context.now())
    assert {cell.state for cell in matrix.cells.values()} <= {State.UNKNOWN}
    assert all(column.read_at is None for column in matrix.columns)
    notices = load_notices(context, chosen, context.now())
    assert notices[0].startswith("No cluster had been read by")
    assert f"{recorded.began_at:%Y-%m-%d %H:%M} UTC" in notices[0]


def test_the_future_is_refused(context: Context) -> None:
    ahead = Filter(as_of=context.now() + timedelta(minutes=1))
    for load in (
        lambda: load_matrix(context, "platform", ahead, context.now()),
        lambda: load_inventory(context, ahead, context.now()),
        lambda: get_matrix(context, "platform", ahead, get_tick(context)),
    ):
        with pytest.raises(ChoiceError, match="lies in the future"):
            load()


def test_a_past_matrix_is_cached_while_the_data_is_unchanged(
    context: Context, recorded: RecordedHistory
) -> None:
    tick = get_tick(context)
    chosen = Filter(as_of=recorded.day(5))
    first = get_matrix(context, "platform", chosen, tick)
    later = tick._replace(minute=tick.minute + 3)
    assert get_matrix(context, "platform", chosen, later) is first
    other = get_matrix(context, "platform", replace(chosen, as_of=recorded.day(6.5)), tick)
    assert other.cell("api", "dev").version != first.cell("api", "dev").version
    moved = tick._replace(revision=tick.revision + 1)
    assert get_matrix(context, "platform", chosen, moved) is not first
    assert get_matrix(context, "platform", Filter(), tick).as_of > recorded.day(DAYS - 1)


def test_the_inventory_is_as_of_the_moment(context: Context, recorded: RecordedHistory) -> None:
    frame = load_inventory(context, Filter(as_of=recorded.day(5), sidecars=True), context.now())
    found = {(row.cluster, row.service): row.version for row in frame.itertuples()}
    assert found == {
        ("dev", "api"): "1.1.0",
        ("stg", "api"): "1.1.0",
        ("prod", "api"): "1.0.0",
        ("dev", "web"): "5.0.0",
        ("stg", "web"): "5.0.0",
        ("prod", "web"): "4.0.0",
        ("prod", "old"): "0.9.0",
    }
    assert set(frame["as of"]) == {recorded.day(5)}
    whole = get_containers(context, get_tick(context), recorded.day(5))
    assert len(whole) == len(frame)
