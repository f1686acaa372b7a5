"""Intervals in which a container ran an image, from successive reads.

An interval is of an image that became ready. Beside the open one there may be an unfinished
rollout: an image that is requested and has not been ready. It becomes an interval when it is.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from reldash.domain.images.references import parse_image_id
from reldash.domain.rollouts.conditions import has_ready_replica, image_ids
from reldash.domain.rollouts.running_image import has_not_begun, has_run, pods_of, running_image
from reldash.domain.workloads.observations import (
    Observation,
    Progress,
    Rollout,
    RolloutSource,
)


@dataclass(frozen=True, slots=True)
class RolloutStep:
    """The changes of one read to a container's history.

    Attributes:
        ended: the interval that was open, with its end; None if it goes on or there was none.
        current: the interval that is open after the read. Equal to the one given if nothing
            changed; if only its `ready_at` or `digests` changed, it replaces that one.
        unfinished: the unfinished rollout that is open after the read; None if there is none.
        given_up: the unfinished rollout that was open, with its end; None if it goes on, became
            the current interval, or there was none.
    """

    ended: Rollout | None
    current: Rollout
    unfinished: Rollout | None = None
    given_up: Rollout | None = None


def next_rollouts(
    open_: Rollout | None, observation: Observation, unfinished: Rollout | None = None
) -> RolloutStep:
    """The intervals to record after a container was read again.

    Another image that runs (`running_image`) ends the interval and starts one, from when its
    rollout started. So does another digest under the same image, since a tag can be pushed again:
    once no pod of a known digest is left. Until then the interval goes on with its own digests,
    unless its own rollout is under way and its pods start one by one, and digests that are only
    missing, as they are while pods start, end nothing. A requested image or build that has no ready
    replica while another one was ready is an unfinished rollout.

    Args:
        open_: the interval of this container that has not ended; None if there is none.
        observation: as just read, with its conditions as `conditions.carry` sets them.
        unfinished: the unfinished rollout of this container that has not ended, if there is one.
    """
    at = observation.observed_at
    if open_ is not None:
        # Clocks of two collectors may differ: an interval never ends before its start.
        at = max(at, open_.started_at)
    image = running_image(open_, observation)
    digests = image_ids(pods_of(image, open_, observation))
    is_ready = _is_ready(image, open_, observation)
    coming = _coming(image, observation)
    if open_ is not None and open_.image == image:
        match _difference(open_, digests):
            case _Digests.OTHERS if is_ready or not has_run(open_):
                pass
            case _Digests.OTHERS:
                coming = image, digests
                return _go_on(open_, (), at, coming, unfinished, is_ready=False)
            case _Digests.MORE if not _is_still_rolling_out(open_, observation):
                return _go_on(open_, (), at, coming, unfinished, is_ready=is_ready)
            case _:
                return _go_on(open_, digests, at, coming, unfinished, is_ready=is_ready)
    is_finished = unfinished is not None and _is_same_rollout(unfinished, image, digests)
    started_at = at
    if open_ is not None and unfinished is not None and is_finished:
        # One that was first seen with it ran until now: no interval is empty.
        begun_after = open_.started_at < unfinished.started_at
        started_at = min(unfinished.started_at, at) if begun_after else at
    current = Rollout(
        key=observation.key,
        image=image,
        digests=digests,
        started_at=started_at,
        ended_at=None,
        ready_at=at if is_ready else None,
        source=RolloutSource.OBSERVED,
    )
    ended = open_._replace(ended_at=started_at) if open_ is not None else None
    after, given_up = _next_unfinished(None if is_finished else unfinished, coming, current, at)
    return RolloutStep(ended, current, after, given_up)


# An image that is requested and has not begun to run, with its digests; None if there is none, and
# an image of "" if its rollout has not begun.
_Coming = tuple[str, tuple[str, ...]] | None
_NOT_BEGUN = ""


def _coming(image: str, observation: Observation) -> _Coming:
    if image == observation.image:
        return None
    if has_not_begun(observation):
        return _NOT_BEGUN, ()
    return observation.image, image_ids(pods_of(observation.image, None, observation))


def _go_on(
    open_: Rollout,
    digests: tuple[str, ...],
    at: datetime,
    coming: _Coming,
    unfinished: Rollout | None,
    *,
    is_ready: bool,
) -> RolloutStep:
    """The interval goes on, with more digests perhaps."""
    ready_at = at if open_.ready_at is None and is_ready else open_.ready_at
    seen = tuple(sorted({*open_.digests, *digests}))
    current = open_
    if (seen, ready_at) != (open_.digests, open_.ready_at):
        current = open_._replace(digests=seen, ready_at=ready_at)
    return RolloutStep(None, current, *_next_unfinished(unfinished, coming, current, at))


def _next_unfinished(
    known: Rollout | None, coming: _Coming, current: Rollout, at: datetime
) -> tuple[Rollout | None, Rollout | None]:
    """The unfinished rollout after a read, and the one that was given up."""
    if coming is not None and coming[0] == _NOT_BEGUN:
        # It starts when the first pod does, though a read in between may have seen it moving.
        return (known and known._replace(started_at=max(at, known.started_at))), None
    if coming is not None and known is not None and _is_same_rollout(known, *coming):
        digests = tuple(sorted({*known.digests, *coming[1]}))
        return (known if digests == known.digests else known._replace(digests=digests)), None
    given_up = known and known._replace(ended_at=max(at, known.started_at))
    if coming is None:
        return None, given_up
    image, digests = coming
    after = Rollout(
        current.key, image, digests, at, None, None, RolloutSource.OBSERVED, unfinished=True
    )
    return after, given_up


def _is_same_rollout(unfinished: Rollout, image: str, digests: tuple[str, ...]) -> bool:
    """Whether an unfinished rollout is that of an image with digests, as far as they are known."""
    return unfinished.image == image and _difference(unfinished, digests) is not _Digests.OTHERS


def _is_ready(image: str, open_: Rollout | None, observation: Observation) -> bool:
    if image == observation.image:
        return has_ready_replica(observation)
    return any(run.ready > 0 for run in pods_of(image, open_, observation))


def _is_still_rolling_out(open_: Rollout, observation: Observation) -> bool:
    """Whether further digests of one image appear in the rollout that started the interval.

    Nodes of two architectures report two digests of one build. If none of the interval's own
    digests runs any more, it is another build all the same.
    """
    return observation.status.progress is Progress.PROGRESSING and (
        observation.rolling_since is None or open_.started_at >= observation.rolling_since
    )


class _Digests(Enum):
    """The digests that run, compared with those of an interval."""

    KNOWN = "no other than known, or not comparable"
    MORE = "known ones and others"
    OTHERS = "none of the known ones"


def _difference(rollout: Rollout, found: tuple[str, ...]) -> _Digests:
    """Compare image ids with those of an interval.

    Only digests of one kind are compared: a runtime may report the digest of an image's
    configuration today and that of its manifest tomorrow.
    """
    known = {(d.kind, d.value) for text in rollout.digests if (d := parse_image_id(text))}
    kinds = {kind for kind, _ in known}
    own = [parse_image_id(text) for text in found]
    others = [d for d in own if d and d.kind in kinds and (d.kind, d.value) not in known]
    if not others:
        return _Digests.KNOWN
    return _Digests.OTHERS if len(others) == len(own) else _Digests.MORE
