"""The ReplicaSets that a workload's controller leaves behind, as Kubernetes does it.

If a template recurs, its ReplicaSet is reused with a new number and keeps its creation time. Only
the last few old ones by number are kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reldash.domain.workloads.observations import ContainerRole, Revision, WorkloadKind
from tests.integration.history.script import Build, Place, Script, StateChange
from tests.integration.history.script_reads import image_of

Template = tuple[Build, int]  # build and configuration number


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A template was the requested one from `at` until the next use."""

    at: datetime
    template: Template


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """A template of a workload, with the number of its last use and the time of its first use."""

    template: Template
    number: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KnownStart:
    """The start of an image; `at` is None if only the order is known, not the time."""

    image: str
    at: datetime | None


def uses(script: Script, place: Place) -> list[TemplateUse]:
    """The templates of the workload that exists at the end, in order of use."""
    found: list[TemplateUse] = []
    for change in _of_last_life(script.state_changes[place]):
        assert change.state is not None
        template = change.state.build, change.state.config
        if not found or found[-1].template != template:
            # Kubernetes writes its times in whole seconds.
            found.append(TemplateUse(change.at.replace(microsecond=0), template))
    return found


def remaining_replica_sets(used: Iterable[TemplateUse], limit: int) -> list[ReplicaSet]:
    """The ReplicaSets that remain with a `revisionHistoryLimit`, in order of number."""
    kept: list[ReplicaSet] = []
    for number, use in enumerate(used, start=1):
        known = next((one for one in kept if one.template == use.template), None)
        others = [one for one in kept if one is not known]
        others = others[max(len(others) - limit, 0) :]
        wanted = known or ReplicaSet(use.template, number, use.at)
        kept = [*others, replace(wanted, number=number)]
    return kept


def known_starts(
    place: Place, used: Sequence[TemplateUse], left: Sequence[ReplicaSet]
) -> list[KnownStart]:
    """The uses that can be derived from the remaining ReplicaSets, in order.

    Each has its first use, with its time. If a younger one has a lower number, it was used again
    after that one, at an unknown time.
    """
    found: list[tuple[datetime, KnownStart]] = []
    for one in left:
        image = image_of(place, one.template[0])
        found.append((one.created_at, KnownStart(image, one.created_at)))
        if any(o.created_at > one.created_at and o.number < one.number for o in left):
            last = max(use.at for use in used if use.template == one.template)
            found.append((last, KnownStart(image, None)))
    found.sort(key=lambda pair: pair[0])
    starts = [one for _, one in found]
    return [one for i, one in enumerate(starts) if not i or starts[i - 1].image != one.image]


def revisions_of(place: Place, left: Iterable[ReplicaSet]) -> Iterator[Revision]:
    """The ReplicaSets as revisions, as a collector reads them."""
    for one in left:
        build, config = one.template
        yield Revision(
            cluster=place.cluster,
            namespace=place.namespace,
            kind=WorkloadKind(place.kind),
            workload=place.service,
            number=one.number,
            created_at=one.created_at,
            template_hash=f"{build.version}-{build.push}-{config}",
            images=((place.service, ContainerRole.MAIN, image_of(place, build)),),
        )


def _of_last_life(state_changes: Iterable[StateChange]) -> list[StateChange]:
    """State changes since the workload was last created; none if it does not exist."""
    found: list[StateChange] = []
    for change in state_changes:
        found = [] if change.state is None else [*found, change]
    return found
