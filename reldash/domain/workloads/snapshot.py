"""A snapshot of the whole fleet, read from the store in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.workloads.observations import Observation, Sighting
from reldash.domain.workloads.pod_containers import PodContainer
from reldash.domain.workloads.reads import ClusterStatus


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The data that matrices are built from.

    Attributes:
        observations: of each cluster's last successful read; later failures do not remove them,
            and their `observed_at` stays that of the read.
        sightings: which image ran where and when, as far as history is known.
        statuses: one for every cluster of the fleet, by its name.
        revision: changes with any of this.
        pod_containers: what live pods run besides the observations; nothing judges them, and none
            are kept of past moments.
        facts: of registries on the images; empty if none is read.
    """

    observations: tuple[Observation, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    statuses: Mapping[str, ClusterStatus] = field(default_factory=dict)
    revision: int = 0
    facts: RegistryFacts = NO_FACTS
    pod_containers: tuple[PodContainer, ...] = ()
