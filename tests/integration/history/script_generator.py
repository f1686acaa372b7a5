"""Generates the script: the same one for the same seed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random

from tests.integration.history.place_simulation import PlaceSimulation
from tests.integration.history.release_plan import (
    COMMITS,
    DAY,
    END,
    FIRST_READ,
    HOUR,
    MOVING,
    SERVICES,
    PlannedDeployment,
    planned_deployments,
)
from tests.integration.history.script import Action, Place, Read, Script, StateChange

CLUSTERS = ("dev", "mid", "stg", "prod-eu", "prod-us", "solutions")
HOURS_OF_READING = (6, 10, 14, 18)
JOINED = {"prod-us": FIRST_READ + 20 * DAY}  # the others are read from the first day
# StatefulSets of this cluster cannot be listed in this time.
REFUSED = ("stg", FIRST_READ + 50 * DAY, FIRST_READ + 53 * DAY)


@cache
def generate_script(seed: int = 6) -> Script:
    """The script of 40 services over 90 days."""
    chance = Random(seed)  # noqa: S311 - the same script in every run
    state_changes: dict[Place, tuple[StateChange, ...]] = {}
    actions: list[Action] = []
    for service in SERVICES:
        deployments: dict[Place, list[PlannedDeployment]] = defaultdict(list)
        for deployment in planned_deployments(service, chance):
            deployments[deployment.place].append(deployment)
        pushes = _pushes(service, [v for found in deployments.values() for v in found], chance)
        for place, planned in deployments.items():
            simulation = PlaceSimulation(place, pushes, chance)
            simulation.run(planned)
            state_changes[place] = tuple(simulation.state_changes)
            actions += simulation.actions
    gaps = {cluster: list(_gaps(chance)) for cluster in CLUSTERS}
    times = {cluster: list(_times(number, chance)) for number, cluster in enumerate(CLUSTERS)}
    return Script(
        state_changes=state_changes,
        actions=tuple(actions),
        reads={
            cluster: tuple(
                Read(at, _unread(cluster, at))
                for at in times[cluster]
                if at >= JOINED.get(cluster, FIRST_READ) and not _is_in(at, gaps[cluster])
            )
            for cluster in CLUSTERS
        },
        failures={
            cluster: tuple(at for at in times[cluster] if _is_in(at, gaps[cluster]))
            for cluster in CLUSTERS
        },
        end=END,
    )


def _pushes(
    service: str, deployments: Sequence[PlannedDeployment], chance: Random
) -> dict[str, tuple[datetime, ...]]:
    """Times of repeated pushes: of one version in six, while it is in use."""
    first: dict[str, datetime] = {}
    for deployment in deployments:
        if deployment.what == "release":
            first[deployment.version] = min(
                deployment.at, first.get(deployment.version, deployment.at)
            )
    if service in {COMMITS, MOVING}:
        return {}
    return {
        version: (at + chance.uniform(12, 100) * HOUR,)
        for version, at in first.items()
        if chance.random() < 1 / 6
    }


def _times(number: int, chance: Random) -> Iterator[datetime]:
    """Read times: four a day, and no two clusters at the same moment."""
    day = FIRST_READ
    while day < END:
        for hour in HOURS_OF_READING:
            minutes = timedelta(minutes=3 * number, seconds=chance.randrange(120))
            yield day + hour * HOUR + minutes
        day += DAY


def _gaps(chance: Random) -> Iterator[tuple[datetime, datetime]]:
    """Days and single hours in which a cluster cannot be read."""
    for _ in range(4):
        start = FIRST_READ + chance.uniform(2, 85) * DAY
        yield start, start + chance.uniform(0.2, 4) * DAY
    for _ in range(6):
        start = FIRST_READ + chance.uniform(2, 85) * DAY
        yield start, start + 3 * HOUR


def _is_in(at: datetime, gaps: Sequence[tuple[datetime, datetime]]) -> bool:
    return any(start <= at < end for start, end in gaps)


def _unread(cluster: str, at: datetime) -> tuple[str, ...]:
    name, start, end = REFUSED
    return ("StatefulSet",) if cluster == name and start <= at < end else ()
