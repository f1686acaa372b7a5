"""What an scenario is made of: a plan says what ran where, and when it came there.

A twist then meddles with one workload.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reldash.demo import workload_changes
from reldash.demo.catalogue import Service


@dataclass(frozen=True, slots=True)
class TagRun:
    """A tag that came to a place some days ago. One `build` has one digest, whatever its tag."""

    tag: str
    days: float
    build: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A service, what ran at each of its locations (oldest first), and what was meddled with where.

    Attributes:
        unpushed: tags that the registry does not have: never pushed, or removed by now.
        pushed_again: a tag that was given to another build the day before yesterday.
        through: locations that pull from Docker Hub through the company's registry.
    """

    service: Service
    ran: Mapping[str, tuple[TagRun, ...]]
    changes: Mapping[str, workload_changes.WorkloadChange] = field(default_factory=dict)
    unpushed: frozenset[str] = frozenset()
    pushed_again: str = ""
    through: frozenset[str] = frozenset()


def at_all_stages(*steps: TagRun, **others: tuple[TagRun, ...]) -> dict[str, tuple[TagRun, ...]]:
    """The same releases at all five stages, each a day or two later; `others` replace one's."""
    late = {"dev": 0.0, "lit": -1.0, "stg": -3.0, "eu": -6.0, "us": -6.5}
    plan = {
        location: tuple(TagRun(step.tag, step.days + more, step.build) for step in steps)
        for location, more in late.items()
    }
    return {location: ran for location, ran in (plan | others).items() if ran}


def static_service(name: str, team: str, **kwargs: object) -> Service:
    """A service that the train leaves alone."""
    return Service(name, team, moves=False, **kwargs)  # type: ignore[arg-type]  # its own fields
