"""The builds that run in one place, from its live pods, and its rollout status as text."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from reldash.domain.builds.build import Build, build_of
from reldash.domain.builds.canary import candidate_text, stable_runs
from reldash.domain.builds.rewritten import pulled_digest, requested_reference
from reldash.domain.versions.image_version import VERSION_LABEL
from reldash.domain.workloads.observations import Observation, Running


@dataclass(frozen=True, slots=True)
class RunningBuilds:
    """The builds of one place; neither tuple is ever empty.

    Attributes:
        builds: those that decide its version and its drift, most pods first.
        live: all builds of its pods, also those being replaced; another place may agree with any.
    """

    builds: tuple[Build, ...]
    live: tuple[Build, ...]


def running_builds(observation: Observation, *, rolling: bool) -> RunningBuilds:
    """The builds of a place, from its live pods.

    A pod counts once it has pulled its image or is ready: one in ImagePullBackOff runs nothing.
    Beside ready pods of one build, those of another count once one of them is ready: a build that
    only crashes is not what runs. During a rollout the new revision decides as soon as one of its
    pods counts. If no pod counts, or pods could not be read, the requested image decides.

    Args:
        observation: the container.
        rolling: whether a rollout is under way and not overdue (`flags.rolling`).
    """
    counting = _counting(observation)
    if not counting:
        wanted = (wanted_build(observation),)
        return RunningBuilds(wanted, wanted)
    if len(counting) == 1:
        run = counting[0]
        reference = requested_reference(observation.image, run)
        return _only(reference, pulled_digest(run), _label(observation, run))
    counting.sort(key=lambda run: -run.pods)
    live = _builds(observation, counting)
    if rolling:
        moving_to = [run for run in counting if _is_current(observation, run)]
        return RunningBuilds(_builds(observation, moving_to) or live, live)
    return RunningBuilds(live, live)


def count_pods(observation: Observation) -> dict[Build, int]:
    """The pods of each build of a place, as `running_builds` counts them, most first."""
    found: dict[Build, int] = {}
    for run in sorted(_counting(observation), key=lambda run: -run.pods):
        build = _build(observation, run)
        found[build] = found.get(build, 0) + run.pods
    return found


def wanted_build(observation: Observation) -> Build:
    """The build that the workload requests, whether or not it runs yet."""
    label = "" if observation.candidate else observation.labels.get(VERSION_LABEL, "")
    return build_of(observation.image, "", label)


def status_text(observation: Observation) -> str:
    """The status of the rollout in words, such as "progressing: 2 of 4 updated"."""
    words = [candidate_text(observation)] if observation.candidate else []
    words.append(str(observation.status.progress))
    text = ", ".join(words)
    return f"{text}: {observation.status.message}" if observation.status.message else text


def _counting(observation: Observation) -> list[Running]:
    found = [run for run in stable_runs(observation) if run.image_id or run.ready]
    return [run for run in found if run.ready] or found


def _builds(observation: Observation, runs: Iterable[Running]) -> tuple[Build, ...]:
    return tuple(dict.fromkeys(_build(observation, run) for run in runs))


@lru_cache(maxsize=2**16)
def _only(reference: str, image_id: str, version_label: str) -> RunningBuilds:
    """One shared object for all places with the same build, so that `is` shows agreement."""
    builds = (build_of(reference, image_id, version_label),)
    return RunningBuilds(builds, builds)


def _build(observation: Observation, run: Running) -> Build:
    reference = requested_reference(observation.image, run)
    return build_of(reference, pulled_digest(run), _label(observation, run))


def _label(observation: Observation, run: Running) -> str:
    """The version label; "" for pods of an older template, since labels are of the newest one."""
    return "" if run.current is False else observation.labels.get(VERSION_LABEL, "")


def _is_current(observation: Observation, run: Running) -> bool:
    return run.image == observation.image if run.current is None else run.current
