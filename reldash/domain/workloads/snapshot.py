"""All that is known of the fleet at one moment, read from the store in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.workloads.observations import Observation, Sighting
from reldash.domain.workloads.reads import ClusterStatus


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a matrix is built of.

    Attributes:
        observations: what each cluster's last good read brought; those of a cluster that could
            not be read since stay, with the `observed_at` of that read.
        sightings: which image ran where and when, as far as history is known.
        statuses: one for every cluster of the fleet, by its name.
        revision: moves whenever any of this moved.
        facts: what registries told of the images; empty where none is ever asked.
    """

    observations: tuple[Observation, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    statuses: Mapping[str, ClusterStatus] = field(default_factory=dict)
    revision: int = 0
    facts: RegistryFacts = NO_FACTS
