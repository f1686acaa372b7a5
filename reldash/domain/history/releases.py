"""Releases: the build of an interval, and which intervals ran the same version."""

from collections import defaultdict

from reldash.domain.builds.build import Build, build_of
from reldash.domain.builds.equal_digests import same_build
from reldash.domain.grouping.primary_container import repository_end
from reldash.domain.images.references import Digest, parse_image_id, short_digest
from reldash.domain.rollouts.records import RolloutRecord
from reldash.domain.versions.image_version import VERSION_LABEL
from reldash.domain.versions.moving_tags import names_a_branch
from reldash.domain.versions.tag_reading import read_tag
from reldash.domain.workloads.observations import Rollout

_Named = tuple[str, tuple[object, ...]]  # repository's last part, `Reading.identity`


def build_of_record(record: RolloutRecord) -> Build:
    """The build of an interval, with all of its digests."""
    described = record.description
    label = described.labels.get(VERSION_LABEL, "") if described else ""
    return build_of_rollout(record.rollout, label)


def build_of_rollout(rollout: Rollout, version_label: str = "") -> Build:
    """The build of a rollout; the label is the workload's `app.kubernetes.io/version`."""
    if len(rollout.digests) < 2:
        return build_of(rollout.image, "".join(rollout.digests), version_label)
    builds = [build_of(rollout.image, digest, version_label) for digest in rollout.digests]
    digests = frozenset(digest for build in builds for digest in build.digests)
    return Build(builds[0].version, builds[0].tagged, digests)


def is_change(before: RolloutRecord, after: RolloutRecord) -> bool:
    """Whether an interval has another build or version than the one before it.

    The same version from another registry, or by its digest in place of its tag, is no change.
    """
    if repository_end(before.rollout.image) != repository_end(after.rollout.image):
        return True
    one, other = build_of_record(before), build_of_record(after)
    return one.version != other.version or same_build(one.digests, other.digests) is False


def texts_between(before: RolloutRecord, after: RolloutRecord) -> tuple[str, str]:
    """Both versions as texts that differ: with digests or repositories if they are equal."""
    one, other = build_of_record(before), build_of_record(after)
    if one.version != other.version:
        return one.version, other.version
    repositories = repository_end(before.rollout.image), repository_end(after.rollout.image)
    if repositories[0] != repositories[1]:
        return f"{repositories[0]}:{one.version}", f"{repositories[1]}:{other.version}"
    digests = _digest(before.rollout), _digest(after.rollout)
    if all(digests) and digests[0] != digests[1]:
        return f"{one.version} {digests[0]}", f"{other.version} {digests[1]}"
    return one.version, other.version


class Ages:
    """Numbers the builds of one workload by their first rollout in it."""

    def __init__(self) -> None:
        self._known: defaultdict[tuple[str, str], list[tuple[int, Build]]] = defaultdict(list)
        self._count = 0

    def of(self, record: RolloutRecord) -> int:
        """The number of an interval's build: that of the first interval with the same build."""
        build = build_of_record(record)
        same_version = self._known[repository_end(record.rollout.image), build.version]
        found = None
        for number, other in same_version:
            same = same_build(build.digests, other.digests)
            if same:
                return number
            if same is None and found is None:
                found = number
        if found is None:
            found, self._count = self._count, self._count + 1
        same_version.append((found, build))
        return found


class Releases:
    """Numbers the releases of one service, so that intervals of the same version share a number.

    The same are builds with a common digest, and versions of equal text of one repository,
    whatever their registry. A text that names a branch is no version.
    """

    def __init__(self) -> None:
        self._by_digest: dict[str, int] = {}
        self._by_name: dict[_Named, int] = {}
        self._joined: list[int] = []

    def number(self, record: RolloutRecord) -> int:
        """Assign a number to an interval; pass it to `find` once all are numbered."""
        build = build_of_record(record)
        name = _name(record, build)
        digests = [digest.value for digest in build.digests]
        known = {self.find(i) for d in digests if (i := self._by_digest.get(d)) is not None}
        if name in self._by_name:
            known.add(self.find(self._by_name[name]))
        number = min(known, default=len(self._joined))
        if not known:
            self._joined.append(number)
        for other in known:
            self._joined[other] = number
        if name is not None:
            self._by_name[name] = number
        self._by_digest.update(dict.fromkeys(digests, number))
        return number

    def find(self, number: int) -> int:
        """The final number, common to all intervals found to be the same."""
        while self._joined[number] != number:
            number = self._joined[number]
        return number


def _name(record: RolloutRecord, build: Build) -> _Named | None:
    version = read_tag(build.version)
    if names_a_branch(version):
        return None
    return repository_end(record.rollout.image), version.identity


def _digest(rollout: Rollout) -> str:
    """The reported digest, else the pinned one; "" if there is none, or several."""
    if not rollout.digests:
        pinned = [digest.value for digest in build_of_rollout(rollout).digests]
        return f"@{short_digest(pinned[0])}" if len(pinned) == 1 else ""
    found: Digest | None = parse_image_id(rollout.digests[0]) if len(rollout.digests) == 1 else None
    return f"@{short_digest(found.value)}" if found else ""
