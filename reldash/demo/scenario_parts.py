"""Parts of a scenario: which tags ran where and since when, and changes to single workloads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reldash.demo import workload_changes
from reldash.demo.catalogue import Service


@dataclass(frozen=True, slots=True)
class TagRun:
    """A tag deployed some days ago. One `build` has one digest, whatever its tag."""

    tag: str
    days: float
    build: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A service that shows one state or flag: what ran where, and what was changed.

    Attributes:
        ran: tags by key of the location, oldest first.
        changes: changes to the workload, by key of the location.
        unpushed: tags missing from the registry: never pushed, or removed since.
        pushed_again: a tag that moved to another build the day before yesterday.
        through: locations that pull Docker Hub images through the company's registry.
    """

    service: Service
    ran: Mapping[str, tuple[TagRun, ...]]
    changes: Mapping[str, workload_changes.WorkloadChange] = field(default_factory=dict)
    unpushed: frozenset[str] = frozenset()
    pushed_again: str = ""
    through: frozenset[str] = frozenset()


def at_all_stages(*steps: TagRun, **others: tuple[TagRun, ...]) -> dict[str, tuple[TagRun, ...]]:
    """Plan the same releases at all five stages, each a day or two later.

    `others` replaces the plan of single locations; an empty tuple leaves one out.
    """
    late = {"dev": 0.0, "lit": -1.0, "stg": -3.0, "eu": -6.0, "us": -6.5}
    plan = {
        location: tuple(TagRun(step.tag, step.days + more, step.build) for step in steps)
        for location, more in late.items()
    }
    return {location: ran for location, ran in (plan | others).items() if ran}


def static_service(name: str, team: str, **kwargs: object) -> Service:
    """Create a service that the release train does not move."""
    return Service(name, team, moves=False, **kwargs)  # type: ignore[arg-type]  # its own fields
