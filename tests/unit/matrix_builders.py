"""Builders of matrices from observations, and the one cell that a test is about."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.workloads.observations import Observation, Sighting
from reldash.domain.workloads.reads import ClusterStatus
from tests.unit.builders import NOW, fleet_rules, snapshot


def matrix_of(
    observations: Iterable[Observation],
    *,
    sightings: Iterable[Sighting] = (),
    statuses: Iterable[ClusterStatus] = (),
    rules: FleetRules | None = None,
    facts: RegistryFacts = NO_FACTS,
    **arguments: Any,
) -> Matrix:
    """The matrix of observations; every cluster was read unless a status is passed for it."""
    rules = rules or fleet_rules()
    known = snapshot(
        observations, sightings, statuses, clusters=[cluster.name for cluster in rules.clusters]
    )
    return build_matrix(replace(known, facts=facts), rules, "platform", now=NOW, **arguments)


def cell_in(column: str, observations: Iterable[Observation], **arguments: Any) -> Cell:
    """The cell of service "api" in a column."""
    return matrix_of(observations, **arguments).cell("api", column)
