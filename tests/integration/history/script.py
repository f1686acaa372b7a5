"""The script of an invented fleet: actions on it and times of reads, without any rules."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Build(NamedTuple):
    """A build pushed under a version's tag; `push` counts the pushes."""

    version: str
    push: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Location of a service's workload, present or past."""

    service: str
    environment: str
    cluster: str
    namespace: str
    customer: str = ""
    kind: str = "Deployment"


@dataclass(frozen=True, slots=True)
class State:
    """The state of a place from one moment to the next.

    Attributes:
        name: the service name in its label.
        leaving: the build that pods still run until the new ones are ready; else None.
        config: number of its configuration; with `build` it identifies a ReplicaSet.
        life, made_at: number of the workload among those of its name, and its creation time.
    """

    name: str
    build: Build
    leaving: Build | None
    made_at: datetime
    replicas: int = 2
    config: int = 0
    life: int = 1

    @property
    def is_ready(self) -> bool:
        return self.leaving is None


class StateChange(NamedTuple):
    """The state of a place from `at` on; None if there is no workload."""

    at: datetime
    state: State | None


class Action(NamedTuple):
    """An action on a place; `what` is "release", "rollback", "hotfix", "scale" ..."""

    at: datetime
    what: str
    place: Place


class Read(NamedTuple):
    """A successful read of a cluster; it could not list the kinds in `unread`."""

    at: datetime
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """All events from long before the first read until `end`.

    Attributes:
        state_changes: of each place, oldest first.
        actions: in any order.
        reads, failures: of each cluster, oldest first.
    """

    state_changes: Mapping[Place, tuple[StateChange, ...]]
    actions: tuple[Action, ...]
    reads: Mapping[str, tuple[Read, ...]]
    failures: Mapping[str, tuple[datetime, ...]]
    end: datetime

    def state(self, place: Place, at: datetime) -> State | None:
        """The state of a place at a moment."""
        state_changes = self.state_changes[place]
        position = bisect_right(state_changes, at, key=lambda change: change.at)
        return state_changes[position - 1].state if position else None

    def places(self, cluster: str) -> tuple[Place, ...]:
        """All places of a cluster."""
        return tuple(place for place in self.state_changes if place.cluster == cluster)

    def count(self, what: str) -> int:
        """The number of actions of a kind."""
        return sum(action.what == what for action in self.actions)
