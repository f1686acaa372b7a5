"""The ReplicaSets that a workload's controller leaves behind, as Kubernetes does it.

A template that was there before is used again: its ReplicaSet gets a new number and keeps its
time of creation. Of the old ones only the last few by number are kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reldash.domain.workloads.observations import ContainerRole, Revision, WorkloadKind
from tests.integration.history.script import Build, Place, Script, StateChange
from tests.integration.history.script_reads import image_of

Template = tuple[Build, int]  # what runs, and its configuration


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """From `at` on a template was the wanted one, until the next use."""

    at: datetime
    template: Template


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """One template of a workload, with the number of its last use and the time of its first."""

    template: Template
    number: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KnownStart:
    """The start of an image; `at` is None if only the order is known, not the time."""

    image: str
    at: datetime | None


def uses(script: Script, place: Place) -> list[TemplateUse]:
    """The templates of the workload that stands there in the end, in the order of their use."""
    found: list[TemplateUse] = []
    for scene in _of_last_life(script.scenes[place]):
        assert scene.state is not None
        template = scene.state.build, scene.state.config
        if not found or found[-1].template != template:
            # Kubernetes writes its times in whole seconds.
            found.append(TemplateUse(scene.at.replace(microsecond=0), template))
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

    For each its first use with its time. Also that it was used again, if a younger one has a lower
    number: it then followed that one, at an unknown time.
    """
    found: list[tuple[datetime, KnownStart]] = []
    for one in left:
        image = image_of(place, one.template[0])
        found.append((one.created_at, KnownStart(image, one.created_at)))
        if any(o.created_at > one.created_at and o.number < one.number for o in left):
            last = max(use.at for use in used if use.template == one.template)
            found.append((last, KnownStart(image, None)))
    found.sort(key=lambda pair: pair[0])
    begun = [one for _, one in found]
    return [one for i, one in enumerate(begun) if not i or begun[i - 1].image != one.image]


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


def _of_last_life(scenes: Iterable[StateChange]) -> list[StateChange]:
    """Since the workload was made, or made anew; none if it is not there."""
    found: list[StateChange] = []
    for scene in scenes:
        found = [] if scene.state is None else [*found, scene]
    return found
