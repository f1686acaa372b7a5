"""The plan of a release train: which version is deployed to which place, and when."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha1
from itertools import pairwise
from random import Random
from typing import NamedTuple

from tests.integration.history.script import Place

START = datetime.fromisoformat("2026-08-01T00:00:00+00:00")  # when the history starts
FIRST_READ = START + timedelta(days=20)
END = FIRST_READ + timedelta(days=90)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

COMMITS = "svc-04"  # its tags are commits, ordered only by the time of their rollout
MOVING = "svc-05"  # its tag is always "main"; a label has the version
RENAMED = "svc-11"
RETIRED = "svc-07"  # deleted everywhere on day 60
LATE = "svc-08"  # starts on day 30
STATEFUL = {"svc-20", "svc-21", "svc-22"}
SERVICES = [f"svc-{number:02}" for number in range(1, 41)]
SOLUTIONS = SERVICES[:6]  # also have a copy for each customer

CLUSTERS_OF = {
    "platform": {
        "dev": ["dev"],
        "lit": ["mid"],
        "shared": ["mid"],
        "stg": ["stg"],
        "prod": ["prod-eu", "prod-us"],
    },
    "customer-solutions": {"dev": ["solutions"], "stg": ["solutions"], "prod": ["solutions"]},
}

# Delay of a release after dev, in hours: minimum and maximum.
_WAITS = {
    "dev": (0, 0), "lit": (2, 20), "shared": (1, 72), "stg": (24, 72),
    "prod-eu": (60, 170), "prod-us": (64, 200),
    "sol-stg": (30, 80), "sol-prod": (70, 200),
}  # fmt: skip


class PlannedDeployment(NamedTuple):
    """A planned deployment of a version to a place."""

    at: datetime
    what: str  # "release" or "hotfix"
    place: Place
    version: str


def kind_of(service: str) -> str:
    """The kind of its workloads."""
    return "StatefulSet" if service in STATEFUL else "Deployment"


def places_of(service: str) -> dict[str, Place]:
    """The platform's places of a service, by the cluster they stand for in `_WAITS`."""
    kind = kind_of(service)
    found = {
        "dev": Place(service, "dev", "dev", "shop", kind=kind),
        "lit": Place(service, "lit", "mid", "lit-shop", kind=kind),
        "stg": Place(service, "stg", "stg", "shop", kind=kind),
        "prod-eu": Place(service, "prod", "prod-eu", "shop", kind=kind),
        "prod-us": Place(service, "prod", "prod-us", "shop", kind=kind),
    }
    if int(service[-2:]) % 5 == 0:
        found["shared"] = Place(service, "shared", "mid", "shared", kind=kind)
    return found


def solution_places(service: str) -> list[tuple[str, Place]]:
    """The customers' places of a service, each with its key in `_WAITS`."""
    if service not in SOLUTIONS:
        return []
    found = [("dev", Place(service, "dev", "solutions", "dev"))]
    for customer in ("acme", "bolt"):
        found += [
            ("sol-stg", Place(service, "stg", "solutions", f"stg-cust-{customer}", customer)),
            ("sol-prod", Place(service, "prod", "solutions", f"cust-{customer}", customer)),
        ]
    return found


def planned_deployments(service: str, chance: Random) -> Iterator[PlannedDeployment]:
    """All planned deployments of one service, place by place in order of their time."""
    last: dict[Place, datetime] = defaultdict(lambda: START)
    in_prod: list[tuple[datetime, int]] = []
    at, number = START + 30 * DAY if service == LATE else START, 0
    platform = places_of(service)
    while at < END:
        reach = chance.choice(["lit", "stg", "prod-us", "prod-us", "prod-us"]) if number else "all"
        for wait, place in [*platform.items(), *solution_places(service)]:
            hours = chance.uniform(*_WAITS[wait])
            due = max(at + hours * HOUR, last[place] + 2 * HOUR) if number else at
            if _is_reached(wait, reach):
                last[place] = due
                yield PlannedDeployment(due, "release", place, version_name(service, number))
                if wait == "prod-eu":
                    in_prod.append((due, number))
        at += max(chance.expovariate(1 / 8), 0.2) * DAY
        number += 1
    if service not in {COMMITS, MOVING}:
        yield from _hotfixes(platform, in_prod, chance)


def _is_reached(wait: str, reach: str) -> bool:
    order = ["dev", "lit", "shared", "stg", "sol-stg", "prod-eu", "prod-us", "sol-prod"]
    return reach == "all" or reach == "prod-us" or order.index(wait) <= order.index(reach)


def _hotfixes(
    platform: dict[str, Place], in_prod: list[tuple[datetime, int]], chance: Random
) -> Iterator[PlannedDeployment]:
    """Patches of some releases: directly in prod, and in stg a day later."""
    for (released_at, number), (next_at, _) in pairwise(in_prod):
        if next_at - released_at > 3 * DAY and chance.random() < 0.25:
            at = released_at + 30 * HOUR
            version = f"1.{number}.1"
            for hours, where in ((0, "prod-eu"), (5, "prod-us"), (24, "stg")):
                yield PlannedDeployment(at + hours * HOUR, "hotfix", platform[where], version)


def version_name(service: str, number: int) -> str:
    """The version name of a release number."""
    if service == COMMITS:
        return sha1(f"{service}/{number}".encode(), usedforsecurity=False).hexdigest()[:9]
    return f"1.{number}.0"
