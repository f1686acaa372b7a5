"""What live pods run now that no rollout of the history says, and what nobody could see."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from reldash.domain.drift.reasons.clusters import (
    bad_object_words,
    last_read_words,
    never_read_words,
    unread_part_words,
)
from reldash.domain.drift.stale import is_stale
from reldash.domain.workloads.observations import (
    ContainerKey,
    ContainerRole,
    Observation,
    Running,
    WorkloadKind,
)
from reldash.domain.workloads.pod_containers import PodContainer, PodRole
from reldash.domain.workloads.reads import ClusterStatus
from reldash.domain.workloads.snapshot import Snapshot

# Reasons of pods that never got their image: they run nothing.
_NOT_PULLED: Final = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}
)
# Kinds that no answer about running images needs: their pods are read themselves.
_NOT_NEEDED: Final = frozenset({"ReplicaSet", "ControllerRevision", "Job"})


class LiveImage(NamedTuple):
    """Live pods of one container that run an image.

    `key` is that of the container in the history, None if it has none there; `since` is when its
    first read was, None if it is not known.
    """

    cluster: str
    namespace: str
    kind: str
    workload: str
    container: str
    role: ContainerRole | PodRole
    image: str
    image_id: str
    key: ContainerKey | None
    since: datetime | None


def live_images(snapshot: Snapshot) -> tuple[LiveImage, ...]:
    """Those of live pods besides the open rollouts of the history.

    They are of lingering revisions, of canaries and previews, changed by hand or a webhook, or
    only in pods. Pods that never got their image are left out.
    """
    open_: dict[ContainerKey, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for sighting in snapshot.sightings:
        if sighting.current_started_at is not None:
            open_[sighting.key].append((sighting.image, sighting.digests))
    found: list[LiveImage] = []
    for o in snapshot.observations:
        # A finished pod of a CronJob runs nothing; those that run are in `pod_containers`.
        if o.running and o.kind is not WorkloadKind.CRON_JOB:
            found += _of_observation(o, open_.get(o.key, ()))
    found += (_of_pods(each) for each in snapshot.pod_containers if each.image and _runs(each))
    return tuple(found)


def _of_observation(
    o: Observation, known: Iterable[tuple[str, tuple[str, ...]]]
) -> Iterator[LiveImage]:
    seen = set()
    for run in o.running or ():
        build = run.image, run.image_id
        if build in seen or not run.image or not _runs(run) or _is_known(run, known):
            continue
        seen.add(build)
        yield LiveImage(
            o.cluster, o.namespace, o.kind.value, o.workload, o.container, o.role, *build, o.key,
            None,
        )  # fmt: skip


def _is_known(run: Running, known: Iterable[tuple[str, tuple[str, ...]]]) -> bool:
    return any(
        image == run.image and (not run.image_id or run.image_id in digests)
        for image, digests in known
    )


def _runs(run: Running | PodContainer) -> bool:
    failed = bool(run.waiting) and _NOT_PULLED.issuperset(run.waiting)
    return run.pods > 0 and not (failed and not run.image_id and not run.ready)


def _of_pods(each: PodContainer) -> LiveImage:
    return LiveImage(
        each.cluster, each.namespace, each.kind, each.workload, each.container, each.role,
        each.image, each.image_id, None, each.first_seen_at,
    )  # fmt: skip


def is_match(live: LiveImage, spellings: Iterable[str]) -> bool:
    """Whether its reference or digest contains one of the texts, as `HistoryStore.find_builds`.

    Case does not matter; a text with a tag and a digest must match in both parts.
    """
    image, image_id = live.image.lower(), live.image_id.lower()
    for text in spellings:
        wanted = text.strip().lower()
        name, _, digest = wanted.partition("@")
        if wanted and (wanted in image or wanted in image_id):
            return True
        if digest and name in image and digest in image_id:
            return True
    return False


def not_known(
    clusters: Iterable[str],
    statuses: Mapping[str, ClusterStatus],
    *,
    now: datetime,
    stale_after: timedelta,
) -> tuple[str, ...]:
    """Why an image that was not found may run all the same; empty if it cannot.

    A sentence for each cluster that was never read or whose last read is stale, and for each part
    and object that the last read could not read, or was not to read.
    """
    found: list[str] = []
    for name in clusters:
        status = statuses.get(name) or ClusterStatus(name)
        if status.read_at is None:
            found.append(never_read_words(name, status.error_title))
        elif is_stale(status.read_at, now=now, stale_after=stale_after):
            found.append(last_read_words(name, status.read_at, now))
        else:
            found += (
                unread_part_words(name, part)
                for part in status.unread
                if part.kind not in _NOT_NEEDED
            )
            found += (
                bad_object_words(name, bad) for bad in status.bad if bad.kind not in _NOT_NEEDED
            )
    return tuple(found)
