"""Sentences on flags: why a place or a cell has them."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from reldash.domain.builds.build import Build
from reldash.domain.builds.moved_tags import MovedTag
from reldash.domain.images.references import short_digest
from reldash.domain.phrases import counted, duration_words, listed

_OR_PLATFORMS = (
    "two builds, or two platforms of one; the manifests of the tag's index are not read yet"
)
UNCHECKED_PODS = (
    "its pods could not be read, so tag_moved, rebuilt, spec_differs and degraded by waiting"
    " containers could not be evaluated"
)
UNCHECKED_PAST = (
    "its digest at that time is not known, so tag_moved and rebuilt could not be evaluated"
)
STUCK = "the rollout exceeded its deadline"
ROLLING = "a rollout is under way"
PARTIAL = "the rollout is held between two revisions"
SUSPENDED = "suspended"
SCALED_TO_ZERO = "scaled to zero"


def rolling_too_long_words(lasted: timedelta, limit: timedelta) -> str:
    """`stuck` without the controller saying so."""
    return (
        f"the rollout has been under way for {duration_words(lasted)},"
        f" longer than {duration_words(limit)}"
    )


def failing_words(waiting_reasons: Sequence[str]) -> str:
    """`degraded` by a container that waits: "a container waits in ImagePullBackOff"."""
    return f"a container waits in {listed(waiting_reasons)}"


def short_of_replicas_words(ready: int, wanted: int | None, lasted: timedelta) -> str:
    """`degraded` by missing replicas; a CronJob wants no number of them (None)."""
    duration = duration_words(lasted)
    if wanted is None:
        return f"its pods have not come up for {duration}"
    return f"{ready} of {wanted} replicas ready for {duration}"


def unfinished_words(version: str, reason: str) -> str:
    """A rollout whose version never became ready, and why it does not go on."""
    return f"{version} started, not finished: {reason}"


def unpinned_words(environment: str, tag: str | None) -> str:
    """`unpinned`: an environment that requires pinned images, and a moving tag or none."""
    what = f"the moving tag {tag}" if tag else "no tag"
    return f"{environment} must be pinned, and its image has {what}"


def spec_differs_words(requested: str, running: Sequence[str]) -> str:
    """`spec_differs`: the image of the pod template and those of the pods."""
    return f"it asks for {requested} and runs {listed(running) or 'another image'}"


def tag_moved_words(moved: MovedTag) -> str:
    """`tag_moved`: two builds under one tag, or another than the registry has."""
    running = digest_words(moved.build)
    if moved.other is not None:
        return f"{moved.build.tagged} runs as {digest_words(moved.other)} and as {running}"
    return f"{moved.build.tagged} runs as {running}, the registry has {short_digest(moved.current)}"


def place_words(place: str, reason: str, others: int) -> str:
    """A flag that places give: the first one's sentence, and how many more there are.

    Args:
        place: cluster, namespace and workload of the first.
        reason: its sentence.
        others: the number of further places with the flag.
    """
    more = f" (and in {counted(others, 'other deployment')})" if others else ""
    return f"{place}: {reason}{more}"


def stale_words(reads: Iterable[str]) -> str:
    """`stale`: the sentences on when each of the clusters was last read, each once."""
    return listed(list(dict.fromkeys(reads)))


def mixed_words(subject: str, versions: Sequence[tuple[str, int]], noun: str, builds: int) -> str:
    """`mixed`: the versions with their numbers of a noun, or one version's number of builds."""
    if len(versions) > 1:
        shares = [f"{version} in {counted(number, noun)}" for version, number in versions]
        return f"{subject} runs {listed(shares)}"
    return f"{subject} runs {versions[0][0]} in {builds} different builds"


def rebuilt_words(subject: str, build: Build, baseline: str, other: Build) -> str:
    """`rebuilt`: the digests of one version in a cell and in its baseline."""
    return (
        f"{build.version} is {digest_words(build)} in {subject}"
        f" and {digest_words(other)} in {baseline}"
    )


def maybe_rebuilt_words(subject: str, build: Build, baseline: str, other: Build) -> str:
    """`unchecked`: digests that differ, of builds or of platforms (`builds.platforms`)."""
    found = rebuilt_words(subject, build, baseline, other)
    return f"{found}: {_OR_PLATFORMS}, so rebuilt could not be evaluated"


def maybe_moved_words(build: Build, other: Build) -> str:
    """`unchecked`: two digests under one tag, of builds or of platforms."""
    found = f"{build.tagged} runs as {digest_words(build)} and {digest_words(other)}"
    return f"{found}: {_OR_PLATFORMS}, so tag_moved could not be evaluated"


def bypassed_words(subject: str, builds: Sequence[Build], earlier: Sequence[str]) -> str:
    """`bypassed`: the versions, and the earlier environments that never had them ready."""
    versions = listed(list(dict.fromkeys(build.version for build in builds)))
    return f"{subject} runs {versions}, which was never seen ready in {listed(earlier)}"


def digest_words(build: Build) -> str:
    """The short digests of a build, such as "abcdef012345"."""
    return listed(sorted(short_digest(digest.value) for digest in build.digests))
