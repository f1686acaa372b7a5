"""What a place runs: the builds of its live pods, and which of them it stands for."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from reldash.domain.builds.build import Build, build_of
from reldash.domain.builds.canary import candidate_text, stable_runs
from reldash.domain.versions.image_version import VERSION_LABEL
from reldash.domain.workloads.observations import Observation, Running


@dataclass(frozen=True, slots=True)
class RunningBuilds:
    """What one place runs; neither is ever empty.

    Attributes:
        builds: those it stands for, most pods first: they decide its version and its drift.
        live: all that its pods run, with the ones on their way out: what is compared with it
            may be any of these.
    """

    builds: tuple[Build, ...]
    live: tuple[Build, ...]


def running_builds(observation: Observation, *, rolling: bool) -> RunningBuilds:
    """What a place runs, from its live pods.

    `rolling` is whether a rollout is under way and not overdue (`flags.rolling`). A pod counts
    once it has pulled its image or is ready: one that waits in ImagePullBackOff runs nothing.
    While rolling, a place stands for the revision it moves to, as soon as one pod of it counts.
    Where no pod counts, or pods could not be read, it stands for what it wants.
    """
    counting = [run for run in stable_runs(observation) if run.image_id or run.ready]
    if not counting:
        wanted = (wanted_build(observation),)
        return RunningBuilds(wanted, wanted)
    if len(counting) == 1:
        run = counting[0]
        return _only(run.image, run.image_id, _label(observation, run))
    counting.sort(key=lambda run: -run.pods)
    live = _builds(observation, counting)
    if rolling:
        moving_to = [run for run in counting if _is_current(observation, run)]
        return RunningBuilds(_builds(observation, moving_to) or live, live)
    return RunningBuilds(live, live)


def wanted_build(observation: Observation) -> Build:
    """The build that the workload asks for, whether or not anything runs yet."""
    label = "" if observation.candidate else observation.labels.get(VERSION_LABEL, "")
    return build_of(observation.image, "", label)


def status_text(observation: Observation) -> str:
    """The rollout's status in words, such as "progressing: 2 of 4 updated"."""
    words = [candidate_text(observation)] if observation.candidate else []
    words.append(str(observation.status.progress))
    text = ", ".join(words)
    return f"{text}: {observation.status.message}" if observation.status.message else text


def _builds(observation: Observation, runs: Iterable[Running]) -> tuple[Build, ...]:
    return tuple(dict.fromkeys(_build(observation, run) for run in runs))


@lru_cache(maxsize=2**16)
def _only(reference: str, image_id: str, version_label: str) -> RunningBuilds:
    """One value for all places that run one build, so that agreeing is being the same object."""
    builds = (build_of(reference, image_id, version_label),)
    return RunningBuilds(builds, builds)


def _build(observation: Observation, run: Running) -> Build:
    return build_of(run.image, run.image_id, _label(observation, run))


def _label(observation: Observation, run: Running) -> str:
    """Labels are those of the newest template; pods of an older one may be of another version."""
    return "" if run.current is False else observation.labels.get(VERSION_LABEL, "")


def _is_current(observation: Observation, run: Running) -> bool:
    return run.image == observation.image if run.current is None else run.current
