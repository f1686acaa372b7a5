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
JOINED = {"prod-us": FIRST_READ + 20 * DAY}  # the others are read from the first day on
REFUSED = ("stg", FIRST_READ + 50 * DAY, FIRST_READ + 53 * DAY)  # it lists no StatefulSets then


@cache
def generate_script(seed: int = 6) -> Script:
    """The script of 40 services over 90 days."""
    chance = Random(seed)  # noqa: S311 - the same script in every run
    scenes: dict[Place, tuple[StateChange, ...]] = {}
    deeds: list[Action] = []
    for service in SERVICES:
        visits: dict[Place, list[PlannedDeployment]] = defaultdict(list)
        for visit in planned_deployments(service, chance):
            visits[visit.place].append(visit)
        pushes = _pushes(service, [v for found in visits.values() for v in found], chance)
        for place, planned in visits.items():
            life = PlaceSimulation(place, pushes, chance)
            life.run(planned)
            scenes[place] = tuple(life.scenes)
            deeds += life.deeds
    gaps = {cluster: list(_gaps(chance)) for cluster in CLUSTERS}
    times = {cluster: list(_times(number, chance)) for number, cluster in enumerate(CLUSTERS)}
    return Script(
        scenes=scenes,
        deeds=tuple(deeds),
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
    service: str, visits: Sequence[PlannedDeployment], chance: Random
) -> dict[str, tuple[datetime, ...]]:
    """One version in six is pushed again while it is in use."""
    first: dict[str, datetime] = {}
    for visit in visits:
        if visit.what == "release":
            first[visit.version] = min(visit.at, first.get(visit.version, visit.at))
    if service in {COMMITS, MOVING}:
        return {}
    return {
        version: (at + chance.uniform(12, 100) * HOUR,)
        for version, at in first.items()
        if chance.random() < 1 / 6
    }


def _times(number: int, chance: Random) -> Iterator[datetime]:
    """Four times by day; no two clusters at the same moment."""
    day = FIRST_READ
    while day < END:
        for hour in HOURS_OF_READING:
            minutes = timedelta(minutes=3 * number, seconds=chance.randrange(120))
            yield day + hour * HOUR + minutes
        day += DAY


def _gaps(chance: Random) -> Iterator[tuple[datetime, datetime]]:
    """Days, and single hours, in which a cluster cannot be read."""
    for _ in range(4):
        begin = FIRST_READ + chance.uniform(2, 85) * DAY
        yield begin, begin + chance.uniform(0.2, 4) * DAY
    for _ in range(6):
        begin = FIRST_READ + chance.uniform(2, 85) * DAY
        yield begin, begin + 3 * HOUR


def _is_in(at: datetime, gaps: Sequence[tuple[datetime, datetime]]) -> bool:
    return any(begin <= at < end for begin, end in gaps)


def _unread(cluster: str, at: datetime) -> tuple[str, ...]:
    name, begin, end = REFUSED
    return ("StatefulSet",) if cluster == name and begin <= at < end else ()
