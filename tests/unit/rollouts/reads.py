"""Reads of one container, and the history that they make."""

from datetime import datetime, timedelta

from reldash.domain.rollouts.intervals import next_rollouts
from reldash.domain.workloads.observations import Observation, Progress, Rollout, RolloutStatus
from tests.unit.builders import NOW, observation, running

API = "r.io/shop/api"
ROLLING = RolloutStatus(Progress.PROGRESSING)


def minute(i: float) -> datetime:
    return NOW + timedelta(minutes=i)


def read(at: datetime, image: str, *builds: str, **fields: object) -> Observation:
    """The container at a time: what it wants, and the builds that its ready pods run."""
    pods = tuple(running(image, 1, build=build) for build in builds)
    values: dict[str, object] = {"observed_at": at, "image": image, "running": pods} | fields
    return observation(**values)  # type: ignore[arg-type]  # fields by name


def record_both(*observations: Observation) -> tuple[list[Rollout], list[Rollout]]:
    """The intervals and the unfinished rollouts that the reads make, each oldest first."""
    ended: list[Rollout] = []
    given_up: list[Rollout] = []
    current = unfinished = None
    for seen in observations:
        step = next_rollouts(current, seen, unfinished)
        ended += [step.ended] if step.ended else []
        given_up += [step.given_up] if step.given_up else []
        current, unfinished = step.current, step.unfinished
    return (
        ended + ([current] if current else []),
        given_up + ([unfinished] if unfinished else []),
    )
