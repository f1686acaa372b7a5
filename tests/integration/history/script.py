"""The script of an invented fleet: actions on it, and times of reads. It contains no rules."""

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
    """Where a workload of a service stands, or stood."""

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
        leaving: the build that pods still run while the new ones are not ready; else None.
        config: of its pod template, counted; with `build` it makes a ReplicaSet.
        life, made_at: which workload of its name this is, and since when.
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
    """From `at` on a place is in this state; None: no workload."""

    at: datetime
    state: State | None


class Action(NamedTuple):
    """Something done to a place: "release", "rollback", "hotfix", "scale" ..."""

    at: datetime
    what: str
    place: Place


class Read(NamedTuple):
    """A good read of a cluster; what is of a kind in `unread` it could not list."""

    at: datetime
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """All that happens, from long before the first read until `end`.

    Attributes:
        scenes: of each place, the oldest first.
        deeds: what was done, in any order.
        reads, failures: of each cluster, the oldest first.
    """

    scenes: Mapping[Place, tuple[StateChange, ...]]
    deeds: tuple[Action, ...]
    reads: Mapping[str, tuple[Read, ...]]
    failures: Mapping[str, tuple[datetime, ...]]
    end: datetime

    def state(self, place: Place, at: datetime) -> State | None:
        """The state of a place at a moment."""
        scenes = self.scenes[place]
        position = bisect_right(scenes, at, key=lambda scene: scene.at)
        return scenes[position - 1].state if position else None

    def places(self, cluster: str) -> tuple[Place, ...]:
        """All places of a cluster."""
        return tuple(place for place in self.scenes if place.cluster == cluster)

    def count(self, what: str) -> int:
        """The number of actions of a kind."""
        return sum(deed.what == what for deed in self.deeds)
