"""What a place runs: the builds of its live pods, and which of them it stands for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from reldash.domain.images.references import (
    Digest,
    DigestKind,
    ImageError,
    parse_image,
    parse_image_id,
)
from reldash.domain.versions.classify import VERSION_LABEL, version_of
from reldash.domain.workloads.observations import Observation, Running


@dataclass(frozen=True, slots=True)
class Build:
    """One build of a service: what two places are compared by.

    Attributes:
        version: what a person calls it (`versions.version_of`).
        tagged: "registry/repository:tag" where a tag chose it; "" where a digest did.
        digests: those it is known by; empty where no pod has reported one.
    """

    version: str
    tagged: str = ""
    digests: frozenset[Digest] = frozenset()


@lru_cache(maxsize=2**16)
def build_of(reference: str, image_id: str = "", version_label: str = "") -> Build:
    """The build that an image reference names, or that a pod runs.

    Args:
        reference: the image as a pod template or a pod's spec has it.
        image_id: `imageID` of the pods that run it; "" where it is not known.
        version_label: `app.kubernetes.io/version`, where it speaks of this image; else "".

    What is no image reference is called by its text: the kubelet will refuse it, and say so.
    A moving tag such as `latest` is called by the digest that runs. A bare digest of a
    configuration does not do for that: another node may report the same image by its manifest.
    """
    labels = {VERSION_LABEL: version_label} if version_label else {}
    try:
        image = parse_image(reference)
    except ImageError:
        return Build(reference)
    digests = {parse_image_id(f"{image.name}@{image.digest}")} if image.digest else set()
    reported = parse_image_id(image_id)
    digests.add(reported)
    named = image
    if image.digest is None and reported is not None and reported.kind is not DigestKind.CONFIG:
        named = replace(image, digest=reported.value)
    return Build(
        version=version_of(named, labels),
        tagged=f"{image.name}:{image.tag or 'latest'}" if image.digest is None else "",
        digests=frozenset(digest for digest in digests if digest is not None),
    )


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


def stable_runs(observation: Observation) -> tuple[Running, ...]:
    """The live pods that decide the version: an Argo Rollout's candidate is shown beside it."""
    if not observation.running or observation.candidate is None:
        return observation.running or ()
    return tuple(run for run in observation.running if not _is_candidate(observation, run))


def wanted_build(observation: Observation) -> Build:
    """The build that the workload asks for, whether or not anything runs yet."""
    label = "" if observation.candidate else observation.labels.get(VERSION_LABEL, "")
    return build_of(observation.image, "", label)


def candidate_text(observation: Observation) -> str:
    """What an Argo Rollout has on its way, such as "canary 10 % 1.5.0"; "" where nothing is."""
    candidate = observation.candidate
    if candidate is None:
        return ""
    weight = "" if candidate.weight is None else f" {candidate.weight} %"
    # The workload's labels come from its newest template, which is the candidate's.
    build = build_of(candidate.image, "", observation.labels.get(VERSION_LABEL, ""))
    return f"{candidate.label}{weight} {build.version}"


def is_another_image(observation: Observation) -> bool:
    """Whether an Argo Rollout has another image on its way for this container.

    A sidecar's is often the same in both ReplicaSets, and so is a main container's where only
    the configuration changed.
    """
    return observation.candidate is not None and observation.candidate.image != observation.image


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


def _is_candidate(observation: Observation, run: Running) -> bool:
    candidate = observation.candidate
    if candidate is None or (run.image == observation.image != candidate.image):
        return False
    return run.image == candidate.image != observation.image or run.current is True
