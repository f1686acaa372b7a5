"""The canary or preview of an Argo Rollout, and its text beside the stable version."""

from reldash.domain.builds.build import build_of
from reldash.domain.versions.image_version import VERSION_LABEL
from reldash.domain.workloads.observations import Observation, Running, WorkloadKind


def stable_runs(observation: Observation) -> tuple[Running, ...]:
    """The live pods that decide the version.

    Of an Argo Rollout not those of its candidate, nor those of earlier candidates or versions,
    which it keeps for a while after a switch or an abort (`scaleDownDelaySeconds`). The canary of
    other tools has a workload of its own, so that all pods here are stable.
    """
    running = observation.running or ()
    if not running or observation.kind is not WorkloadKind.ROLLOUT:
        return running
    if observation.candidate is None:
        current = tuple(run for run in running if run.current is not False)
        return current or running
    others = tuple(run for run in running if not _is_candidate(observation, run))
    # Unless an admission webhook rewrote them, the stable ones have the stable image.
    return tuple(run for run in others if run.image == observation.image) or others


def candidate_text(observation: Observation) -> str:
    """The candidate of an Argo Rollout, such as "canary 10 % 1.5.0"; "" if it has none."""
    candidate = observation.candidate
    if candidate is None:
        return ""
    weight = "" if candidate.weight is None else f" {candidate.weight} %"
    # The workload's labels come from its newest template, which is the candidate's.
    build = build_of(candidate.image, "", observation.labels.get(VERSION_LABEL, ""))
    return f"{candidate.label}{weight} {build.version}"


def is_another_image(observation: Observation) -> bool:
    """Whether the candidate of an Argo Rollout has another image for this container.

    A sidecar's image is often the same in both ReplicaSets, and so is a main container's if only
    the configuration changed.
    """
    return observation.candidate is not None and observation.candidate.image != observation.image


def _is_candidate(observation: Observation, run: Running) -> bool:
    candidate = observation.candidate
    if candidate is None or (run.image == observation.image != candidate.image):
        return False
    return run.image == candidate.image != observation.image or run.current is True
