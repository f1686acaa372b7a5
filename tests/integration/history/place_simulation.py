"""Simulation of one place: planned deployments, failures, and manual actions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random

from tests.integration.history.release_plan import (
    DAY,
    END,
    FIRST_READ,
    HOUR,
    MINUTE,
    RENAMED,
    RETIRED,
    START,
    PlannedDeployment,
)
from tests.integration.history.script import Action, Build, Place, State, StateChange

UNTIL_READY = 15 * MINUTE
RETIRED_AT = FIRST_READ + 60 * DAY
RENAMED_FROM = FIRST_READ + 45 * DAY

Pushes = Mapping[str, Sequence[datetime]]  # when a version's tag was pushed again


class PlaceSimulation:
    """Applies the actions on one place, in order of time."""

    def __init__(self, place: Place, pushes: Pushes, chance: Random) -> None:
        self.state_changes: list[StateChange] = []
        self.actions: list[Action] = []
        self._place = place
        self._pushes = pushes
        self._chance = chance
        self._state: State | None = None
        self._before: State | None = None  # the state to roll back to
        self._numbers = count()
        self._agenda: list[tuple[datetime, int, str, object]] = []

    def run(self, deployments: Iterable[PlannedDeployment]) -> None:
        """Run from the first planned deployment to the end of the script."""
        self._agenda = [(v.at, next(self._numbers), v.what, v.version) for v in deployments]
        self._agenda += self._manual_actions()
        heapify(self._agenda)
        while self._agenda and self._agenda[0][0] < END:
            at, _, what, given = heappop(self._agenda)
            before = self._state
            getattr(self, f"_{what}")(at, given)
            if self._state != before:
                self.state_changes.append(StateChange(at, self._state))
                self.actions.append(Action(at, what, self._place))

    def _manual_actions(self) -> Iterable[tuple[datetime, int, str, object]]:
        chance, days = self._chance, (END - START) / DAY
        for what, often in (("config", 4), ("scale", 3), ("delete", 0.25)):
            for _ in range(int(often + chance.random())):
                yield self._entry(START + chance.uniform(1, days) * DAY, what)
        for version, times in self._pushes.items():
            for at in times:
                if self._place.environment in {"dev", "stg"}:
                    yield self._entry(at + HOUR, "restart", version)
        if self._place.service == RETIRED:
            yield self._entry(RETIRED_AT, "delete", "for good")

    def _entry(
        self, at: datetime, what: str, given: object = None
    ) -> tuple[datetime, int, str, object]:
        return at, next(self._numbers), what, given

    def _push(self, at: datetime, what: str, given: object = None) -> None:
        heappush(self._agenda, self._entry(at, what, given))

    def _release(self, at: datetime, version: object) -> None:
        build = self._build(str(version), at)
        if self._state is None:
            if not self.state_changes:  # the first release is ready at once
                self._state = State(self._name(at), build, None, at)
            return
        if build == self._state.build:
            return
        self._before = self._state
        self._roll(at, build, self._name(at))
        trouble = self._chance.random()
        if self._place.environment in {"prod", "dev"} and trouble < 0.05:
            self._agenda = [e for e in self._agenda if e[2] != "ready"]  # it never becomes ready
            heapify(self._agenda)
            self._push(at + self._chance.uniform(2, 10) * HOUR, "rollback", build)
        elif self._place.environment in {"prod", "dev"} and trouble < 0.15:
            self._push(at + self._chance.uniform(3, 60) * HOUR, "rollback", build)

    def _hotfix(self, at: datetime, version: object) -> None:
        if self._state is not None and self._state.build.version == f"{str(version)[:-1]}0":
            self._before = self._state
            self._roll(at, self._build(str(version), at), self._state.name)

    def _rollback(self, at: datetime, bad: object) -> None:
        state, before = self._state, self._before
        if state is None or before is None or state.build != bad or before.build == bad:
            return
        if state.leaving == before.build:  # its pods still run, so the rollback is immediate
            self._state = replace(state, build=before.build, name=before.name, leaving=None,
                                  config=before.config)  # fmt: skip
        else:
            self._roll(at, before.build, before.name, before.config)

    def _restart(self, at: datetime, version: object) -> None:
        """Recreate the pods, with the build that the tag now points to."""
        build, state = self._build(str(version), at), self._state
        if state is not None and state.is_ready and state.build.version == version:
            self._roll(at, build, state.name, state.config + 1)

    def _config(self, at: datetime, _: object) -> None:
        if self._state is not None and self._state.is_ready:
            self._roll(at, self._state.build, self._state.name, self._state.config + 1)

    def _scale(self, _at: datetime, _: object) -> None:
        if self._state is not None:
            self._state = replace(self._state, replicas=self._chance.randint(1, 6))

    def _delete(self, at: datetime, for_good: object) -> None:
        if self._state is None:
            return
        self._before, self._state = self._state, None
        if not for_good and self._place.service != RETIRED:
            self._push(at + self._chance.uniform(0.1, 12) * DAY, "create", self._before)

    def _create(self, at: datetime, before: object) -> None:
        """Recreate the deleted workload with a new uid."""
        assert isinstance(before, State)
        self._state = replace(before, leaving=None, made_at=at, life=before.life + 1)

    def _ready(self, _at: datetime, of: object) -> None:
        if self._state is not None and (self._state.build, self._state.config) == of:
            self._state = replace(self._state, leaving=None)

    def _roll(self, at: datetime, build: Build, name: str, config: int | None = None) -> None:
        state = self._state
        assert state is not None
        settled = state.config if config is None else config
        leaving = state.leaving or state.build
        self._state = replace(state, build=build, name=name, leaving=leaving, config=settled)
        self._push(at + UNTIL_READY, "ready", (build, settled))

    def _build(self, version: str, at: datetime) -> Build:
        return Build(version, 1 + sum(pushed <= at for pushed in self._pushes.get(version, ())))

    def _name(self, at: datetime) -> str:
        renamed = self._place.service == RENAMED and at >= RENAMED_FROM
        return f"{self._place.service}-next" if renamed else self._place.service
