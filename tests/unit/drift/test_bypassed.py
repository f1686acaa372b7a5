"""Builds that bypassed the earlier environments, as far as their history is known."""

from dataclasses import replace
from datetime import datetime

import pytest

from reldash.domain.drift.states import Flag
from reldash.domain.workloads.observations import Observation, RolloutSource, Sighting, WorkloadKind
from tests.unit.builders import REGISTRY, days_ago, observation, sighting, status
from tests.unit.matrix_builders import cell_in

DEV, STG = observation("dev", "1.5.0"), observation("stg", "1.4.2")
PROD = observation("prod", "1.4.9")


def ran(of: Observation, version: str, since: float, until: float | None = None) -> Sighting:
    return sighting(
        of,
        image=f"{REGISTRY}/api:{version}",
        started_at=days_ago(since),
        ended_at=None if until is None else days_ago(until),
    )


KNOWN = [
    ran(DEV, "1.4.2", 40, 20),
    ran(DEV, "1.5.0", 20),
    ran(STG, "1.4.2", 30),
    ran(PROD, "1.4.2", 25, 2),
    ran(PROD, "1.4.9", 2),
]


def is_bypassed(sightings: list[Sighting], *, prod: Observation = PROD) -> bool:
    cell = cell_in("prod", [DEV, STG, prod], sightings=sightings)
    return Flag.BYPASSED in cell.flags


def test_a_version_never_seen_ready_in_an_earlier_environment_is_bypassed() -> None:
    cell = cell_in("prod", [DEV, STG, PROD], sightings=KNOWN)
    assert cell.flags == (Flag.BYPASSED,)
    assert cell.drift
    assert cell.flag_reasons[Flag.BYPASSED] == (
        "prod runs 1.4.9, which was never seen ready in stg and dev"
    )


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(ran(STG, "1.4.9", 10, 5), id="in stg"),
        pytest.param(ran(DEV, "1.4.9", 10, 5), id="in an earlier one still"),
        pytest.param(ran(STG, "1.4.9-rc.1", 10, 5), id="as a candidate"),
        pytest.param(
            ran(STG, "1.4.9", 10, 5)._replace(ready_at=None, source=RolloutSource.REVISION),
            id="in a revision, which does not say whether it was ready",
        ),
        pytest.param(
            ran(STG, "rc-77", 10, 5)._replace(digests=ran(PROD, "1.4.9", 2).digests),
            id="under another tag",
        ),
    ],
)
def test_a_build_that_was_once_ready_there_is_not_bypassed(seen: Sighting) -> None:
    assert not is_bypassed([*KNOWN, seen])


def test_running_there_without_a_ready_replica_is_bypassed_too() -> None:
    assert is_bypassed([*KNOWN, ran(STG, "1.4.9", 10, 5)._replace(ready_at=None)])


@pytest.mark.parametrize(("wanted", "expected"), [(None, False), (0, True)], ids=["on", "off"])
def test_a_cron_job_counts_as_ready_unless_it_is_suspended(
    wanted: int | None, expected: bool
) -> None:
    job = observation("stg", "1.4.9", kind=WorkloadKind.CRON_JOB, wanted=wanted, ready=0)
    cell = cell_in("prod", [DEV, job, PROD], sightings=KNOWN)
    assert (Flag.BYPASSED in cell.flags) is expected


def test_a_build_older_than_the_history_of_earlier_environments_is_not_bypassed() -> None:
    seen = [ran(STG, "1.4.2", 1), ran(PROD, "1.4.2", 25, 2), ran(PROD, "1.4.9", 2)]
    assert not is_bypassed(seen)


def test_a_build_found_by_the_first_read_is_not_bypassed_since_its_start_is_unknown() -> None:
    seen = [s for s in KNOWN if s.key.cluster != "prod"] + [ran(PROD, "1.4.9", 2)]
    assert not is_bypassed(seen)


@pytest.mark.parametrize("created_at", [days_ago(2)])
def test_a_build_found_by_the_first_read_of_a_new_workload_is_bypassed(
    created_at: datetime,
) -> None:
    seen = [s for s in KNOWN if s.key.cluster != "prod"] + [ran(PROD, "1.4.9", 2)]
    assert is_bypassed(seen, prod=replace(PROD, created_at=created_at))


def test_a_version_older_than_the_first_known_there_is_not_bypassed() -> None:
    seen = [*KNOWN[:3], ran(PROD, "1.4.2", 25, 2), ran(PROD, "1.3.0", 2)]
    assert not is_bypassed(seen, prod=observation("prod", "1.3.0"))


def test_nothing_is_bypassed_if_an_earlier_environment_was_never_read() -> None:
    cell = cell_in("prod", [STG, PROD], sightings=KNOWN, statuses=[status("dev", None)])
    assert Flag.BYPASSED not in cell.flags


def test_the_first_environment_has_nothing_to_bypass() -> None:
    seen = [ran(DEV, "1.4.2", 40, 20), ran(DEV, "1.5.0", 20)]
    assert cell_in("dev", [DEV, STG], sightings=seen).flags == ()
