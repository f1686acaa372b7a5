"""Values cached for a row or matrix do not leak: each row is as if it were alone."""

import random

import pytest

from reldash.domain.matrix.cells import Axis
from reldash.domain.workloads.observations import Observation, Sighting
from tests.unit.builders import cluster, days_ago, fleet_rules, observation, sighting
from tests.unit.matrix_builders import matrix_of

VERSIONS = ["1.4.2", "v1.4.2", "1.5.0-rc.1", "1.5.0", "1.5.0-alpine", "abcdef1", "main-12-abc1234"]
CLUSTERS = [
    cluster(f"{name}-{number}", name) for name in ("dev", "stg", "prod") for number in (1, 2)
]
SERVICES = ("api", "cart", "web")


def history(random_: random.Random, service: str) -> tuple[list[Observation], list[Sighting]]:
    places, past = [], []
    for where in CLUSTERS:
        version, build = random_.choice(VERSIONS), random_.choice(["x", "y", None])
        place = observation(where.name, version, service=service, build=build)
        for _ in range(random_.randint(0, 3)):
            image = f"{place.image.rpartition(':')[0]}:{random_.choice(VERSIONS)}"
            began = random_.uniform(1, 60)
            past.append(
                sighting(
                    place, image=image, started_at=days_ago(began), ended_at=days_ago(began / 2)
                )
            )
        if random_.random() < 0.8:
            places.append(place)
    return places, past


@pytest.mark.parametrize("axis", [Axis.ENVIRONMENT, Axis.CLUSTER])
@pytest.mark.parametrize("seed", range(10))
def test_a_row_does_not_depend_on_other_rows(seed: int, axis: Axis) -> None:
    random_ = random.Random(seed)  # noqa: S311 - a fleet, no secret
    rules = fleet_rules(clusters=CLUSTERS)
    rows = {service: history(random_, service) for service in SERVICES}
    together = matrix_of(
        [place for places, _ in rows.values() for place in places],
        sightings=[seen for _, past in rows.values() for seen in past],
        rules=rules,
        axis=axis,
    )
    for places, past in rows.values():
        alone = matrix_of(places, sightings=past, rules=rules, axis=axis)
        assert {key: together.cells[key] for key in alone.cells} == alone.cells
