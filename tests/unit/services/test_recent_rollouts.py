"""The last rollouts of a cell: what ran before each, for how long, and whether it was ready."""

from datetime import datetime, timedelta

from reldash.domain.drift.states import State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cells import Axis, Cell, Column, Matrix
from reldash.domain.workloads.observations import Rollout, RolloutSource
from reldash.services.reports.cell_details import (
    MAX_RECENT,
    keys_of,
    longest_in_baseline,
    transform_known_at,
    transform_recent,
)
from reldash.ui.dashboard.rollouts_table import render_rollouts
from tests.unit.builders import NOW, REGISTRY, days_ago, digest, image_id, observation
from tests.unit.place_builders import place


def rollout(
    version: str,
    began: float,
    ended: float | None = None,
    *,
    cluster: str = "prod",
    build: str | None = None,
    ready_at: datetime | None = None,
    source: RolloutSource = RolloutSource.OBSERVED,
) -> Rollout:
    """Of container `api`; times in days before now; ready at once unless said otherwise."""
    image = f"{REGISTRY}/api:{version}"
    return Rollout(
        key=observation(cluster).key,
        image=image,
        digests=(image_id(image, build),),
        started_at=days_ago(began),
        ended_at=None if ended is None else days_ago(ended),
        ready_at=ready_at or days_ago(began),
        source=source,
    )


def html_of(*rollouts: Rollout) -> str:
    return "".join(render_rollouts(transform_recent(rollouts), NOW))


def test_each_rollout_is_told_with_what_ran_before_it_in_the_same_container() -> None:
    found = transform_recent(
        [
            rollout("1.5.0", 1),
            rollout("1.4.0", 2, cluster="stg"),
            rollout("1.4.2", 3, 1),
            rollout("1.4.1", 9, 3),
        ]
    )
    assert [(recent.version, recent.before) for recent in found] == [
        ("1.5.0", "1.4.2"),
        ("1.4.0", ""),
        ("1.4.2", "1.4.1"),
        ("1.4.1", ""),
    ]


def test_a_version_that_was_pushed_again_is_told_by_its_digests() -> None:
    again, first = transform_recent(
        [rollout("1.4.2", 1, build="second"), rollout("1.4.2", 3, 1, build="first")]
    )
    assert (again.version, again.before) == (
        f"1.4.2 @{digest('second')[7:19]}",
        f"1.4.2 @{digest('first')[7:19]}",
    )
    assert first.version == "1.4.2"


def test_what_ran_before_the_last_one_shown_is_told_too() -> None:
    rollouts = [rollout(f"1.{99 - i}.0", i, i - 1 if i else None) for i in range(MAX_RECENT + 1)]
    found = transform_recent(rollouts)
    assert len(found) == MAX_RECENT
    assert found[-1].before == "1.89.0"


def test_at_a_past_moment_nothing_is_told_of_what_came_later() -> None:
    rollouts = transform_recent(
        [
            rollout("1.6.0", 1),
            rollout("1.5.0", 4, 1, ready_at=days_ago(2)),
            rollout("1.4.2", 9, 4, ready_at=days_ago(8)),
        ]
    )
    later, earlier = transform_known_at(rollouts, days_ago(3))
    assert (later.version, later.ended_at, later.ready_at) == ("1.5.0", None, None)
    assert (earlier.version, earlier.ended_at, earlier.ready_at) == (
        "1.4.2",
        days_ago(4),
        days_ago(8),
    )
    html = "".join(render_rollouts([later, earlier], days_ago(3)))
    assert "ran then" in html
    assert "not ready yet" in html
    assert "runs now" not in html


def test_times_are_relative_with_the_exact_one_at_hand() -> None:
    html = html_of(rollout("1.5.0", 1), rollout("1.4.2", 3, 1))
    assert 'title="2026-11-19 12:00:00 UTC"' in html
    assert ">1 d ago</time>" in html
    assert "runs now" in html
    assert '<span title="until 2026-11-19 12:00:00 UTC">2 d</span>' in html


def test_times_of_revisions_are_called_approximate() -> None:
    html = html_of(rollout("1.4.2", 3, 1, source=RolloutSource.REVISION))
    assert "<td>about <time" in html
    assert "ready" not in html


def test_a_rollout_says_how_long_it_took_to_be_ready_or_that_it_never_was() -> None:
    late = rollout("1.5.0", 1, ready_at=days_ago(1) + timedelta(minutes=7))
    assert "ready after 7 min" in html_of(late)
    never = [rollout("1.5.0", 1), rollout("1.4.2", 3, 1)]
    unready = [
        Rollout(r.key, r.image, r.digests, r.started_at, r.ended_at, None, r.source) for r in never
    ]
    html = html_of(*unready)
    assert html.count("not ready yet") == 1
    assert html.count("never ready") == 1


def test_places_are_named_only_where_there_are_several() -> None:
    assert "Where" not in html_of(rollout("1.5.0", 1), rollout("1.4.2", 3, 1))
    html = html_of(rollout("1.5.0", 1), rollout("1.4.2", 3, cluster="stg"))
    assert "Where" in html
    assert "<td>stg<span" in html


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    assert render_rollouts((), NOW) == []


def test_the_containers_of_a_cell_are_those_that_rollouts_are_kept_of() -> None:
    of = observation("prod-eu", workload="api", container="main")
    assert keys_of([place()]) == (of.key,)


def matrix_of(**cells: Cell) -> Matrix:
    columns = tuple(Column(name, name, name) for name in cells)
    return Matrix(
        dashboard="platform",
        axis=Axis.ENVIRONMENT,
        as_of=NOW,
        columns=columns,
        rows=(Row("api"),),
        cells={("api", name): cell for name, cell in cells.items()},
    )


PROD = Cell("1.4.2", State.BEHIND, baseline="stg", baseline_version="1.5.0", places=(place(),))


def test_a_baseline_has_run_its_version_since_the_first_of_its_places_did() -> None:
    stg = Cell(
        "1.5.0",
        State.IN_STEP,
        places=(
            place(version="1.5.0", since=days_ago(12)),
            place(version="1.5.0", since=days_ago(14)),
            place(version="1.4.2", since=days_ago(40)),
            place(version="1.5.0", since=None),
        ),
    )
    assert longest_in_baseline(matrix_of(stg=stg, prod=PROD), "api", PROD) == stg.places[1]


def test_a_baseline_that_is_not_shown_says_nothing_of_its_time() -> None:
    assert longest_in_baseline(matrix_of(prod=PROD), "api", PROD) is None


def test_a_customers_cell_is_compared_with_that_customers_copy() -> None:
    stg = Cell(
        "1.5.0",
        State.IN_STEP,
        places=(
            place(version="1.5.0", since=days_ago(20), customer="globex"),
            place(version="1.5.0", since=days_ago(5), customer="acme"),
        ),
    )
    acme = Cell(
        "1.4.2",
        State.BEHIND,
        baseline="stg",
        baseline_version="1.5.0",
        places=(place(customer="acme"),),
    )
    assert longest_in_baseline(matrix_of(stg=stg, prod=acme), "api", acme) == stg.places[1]
