"""A rollout that never became ready is started and not finished: it is not what runs."""

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.drift.unfinished import unfinished_version
from reldash.domain.workloads.observations import (
    Observation,
    Progress,
    RolloutStatus,
    Running,
    WorkloadKind,
)
from tests.unit.builders import REGISTRY, days_ago, observation, running, sighting
from tests.unit.matrix_builders import cell_in

OLD, NEW = f"{REGISTRY}/api:1.4.2", f"{REGISTRY}/api:1.5.0"
LEAVING = running(OLD, current=False, revision="r0")
CRASHING = running(NEW, 1, ready=0, waiting=("CrashLoopBackOff",))
STUCK = RolloutStatus(Progress.STUCK, "timed out progressing")
ROLLING = RolloutStatus(Progress.PROGRESSING, "1 of 2 updated")


def failed(
    cluster: str = "prod",
    *pods: Running,
    status: RolloutStatus = STUCK,
    wanted: int = 2,
) -> Observation:
    found = pods or (LEAVING, CRASHING)
    return observation(cluster, "1.5.0", running=found, status=status, wanted=wanted)


def test_the_cell_shows_what_serves_and_since_when_it_does() -> None:
    place = failed()
    seen = [sighting(place, image=OLD, started_at=days_ago(48))]
    cell = cell_in("prod", [observation("stg"), place], sightings=seen)
    assert (cell.version, cell.versions) == ("1.4.2", (("1.4.2", 1),))
    assert (cell.state, cell.since) == (State.IN_STEP, days_ago(48))
    assert cell.places[0].since == days_ago(48)


def test_flags_and_status_say_that_it_was_started_and_not_finished() -> None:
    cell = cell_in("prod", [observation("stg"), failed()])
    assert cell.flag_reasons[Flag.STUCK].endswith(
        "1.5.0 started, not finished: timed out progressing"
    )
    assert "1.5.0 started, not finished: a container" in cell.flag_reasons[Flag.DEGRADED]
    assert cell.places[0].status == "1.5.0 started, not finished: stuck: timed out progressing"


@pytest.mark.parametrize("status", [STUCK, ROLLING])
def test_a_build_that_only_crashes_decides_nothing(status: RolloutStatus) -> None:
    found = [failed("stg", status=status), observation("prod", "1.5.0")]
    assert cell_in("stg", found).version == "1.4.2"
    assert cell_in("prod", found).state is State.AHEAD


def test_a_version_whose_interval_is_not_open_has_no_start() -> None:
    held = observation(
        "prod",
        "1.5.0",
        running=(LEAVING, running(NEW, 1)),
        status=RolloutStatus(Progress.HELD, "partition 2: 1 of 3 updated"),
        kind=WorkloadKind.STATEFUL_SET,
    )
    seen = [sighting(held, image=NEW, started_at=days_ago(1))]
    cell = cell_in("prod", [observation("stg"), held], sightings=seen)
    assert (cell.places[0].version, cell.places[0].since) == ("1.4.2", None)


@pytest.mark.parametrize(
    ("place", "version"),
    [
        pytest.param(failed(), "1.5.0", id="crashing"),
        pytest.param(failed("prod", LEAVING), "1.5.0", id="no pod yet"),
        pytest.param(failed("prod", LEAVING, running(NEW, 1)), "", id="one is ready"),
        pytest.param(failed("prod", CRASHING), "", id="nothing else serves"),
        pytest.param(failed(wanted=0), "", id="scaled to zero"),
        pytest.param(
            failed("prod", LEAVING, status=RolloutStatus(Progress.HELD)), "", id="not begun"
        ),
        pytest.param(observation(), "", id="complete"),
        pytest.param(observation(running=None, status=STUCK), "", id="pods not read"),
    ],
)
def test_only_what_was_started_beside_ready_pods_is_unfinished(
    place: Observation, version: str
) -> None:
    assert unfinished_version(place) == version


def test_a_build_pulled_beside_an_outage_still_counts() -> None:
    down = failed("prod", running(OLD, current=False, ready=0), CRASHING)
    cell = cell_in("prod", [observation("stg"), down])
    assert {version for version, _ in cell.versions} == {"1.4.2", "1.5.0"}
