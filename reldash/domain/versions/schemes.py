"""The parts of a version, and the comparison of two versions of one scheme."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Scheme(StrEnum):
    """The form of a version text. Only versions of one scheme are compared by text."""

    SEMVER = "semver"  # 1.4.2, also with two or four parts
    DATE = "date"  # 2026.11.23, 20261123.4, and year-first calendar versions such as 2026.11.0
    COUNTER = "counter"  # 142, build-142, main-142-abc1234
    COMMIT = "commit"  # abc1234, sha-abc1234: no order
    OTHER = "other"  # anything else: no order


class Rank(IntEnum):
    """The rank of a step among those that could be in its position, earliest first."""

    PRE = 0  # a pre-release word before any other: earlier than ending here
    END = 1
    NUMBER = 2
    PRE_AGAIN = 3  # a word after a pre-release word, as in alpha.beta: later, by semver
    POST = 4


class SuffixStep(NamedTuple):
    """One part of the suffix after the numbers of a version.

    Attributes:
        rank: decides first.
        number: decides next: the number itself, or a pre-release word's position in its table.
        kind: the kind of later build that a POST is ("hotfix", "sp" ...); different kinds of one
            base are not comparable.
    """

    rank: Rank
    number: int = 0
    kind: str = ""


END = SuffixStep(Rank.END)


@dataclass(frozen=True, slots=True)
class Version:
    """A parsed version text.

    Attributes:
        text: as written.
        scheme: its form.
        release: its numbers, as written: (1, 4, 2), (2026, 11, 23), (142,); empty for the rest.
        steps: pre-releases, hotfixes and counts of commits after the numbers, in their order.
        variant: the image variant, such as "alpine" or "debian-12"; versions of different
            variants are never compared.
        label: identifies a build without ordering it: commits, build metadata, branches, other
            free names.
        shape: of schemes COUNTER and OTHER, the words without the variant, with "#" for the
            number that counts and "@" for commits.
        key: `release` without trailing zeros, so that 1.4 and 1.4.0 are equal.
        identity: equal for spellings of one version (v1.4.2, 1.4.2, 1.4.2.0; abc1234,
            sha-abc1234); of Scheme.OTHER it is the text itself.
    """

    text: str
    scheme: Scheme
    release: tuple[int, ...] = ()
    steps: tuple[SuffixStep, ...] = ()
    variant: str = ""
    label: str = ""
    shape: str = ""
    key: tuple[int, ...] = field(init=False, repr=False, compare=False)
    identity: tuple[object, ...] = field(init=False, repr=False, compare=False)

    @property
    def is_prerelease(self) -> bool:
        """Whether it has a pre-release word: 1.5.0-rc.2, also 1.5.0-rc.2-14-gabc1234."""
        return any(step.rank is Rank.PRE for step in self.steps)

    def __post_init__(self) -> None:
        # Both are read far more often than a version is parsed.
        object.__setattr__(self, "key", _without_trailing_zeros(self.release))
        object.__setattr__(self, "identity", self._identity())

    def _identity(self) -> tuple[object, ...]:
        if self.scheme in (Scheme.COMMIT, Scheme.OTHER):
            return self.scheme, self.label or self.text, self.variant
        return self.scheme, self.shape, self.key, self.steps, self.variant, self.label


def compare_in_scheme(a: Version, b: Version) -> int | None:
    """Compare two versions by their text.

    Returns:
        -1 if `a` is older, 1 if it is newer, 0 if both spell one version; None if the text gives
        no order: other schemes, variants or shapes of counter, different commits or build
        metadata on equal numbers, different kinds of later build of one base.

    The result is a partial order: antisymmetric, transitive, and 0 only between versions that
    compare alike with every other.
    """
    if a.identity == b.identity:
        return 0
    if (a.scheme, a.variant, a.shape) != (b.scheme, b.variant, b.shape):
        return None
    if a.key != b.key:
        return -1 if a.key < b.key else 1
    return _compare_steps(a.steps, b.steps)


def _compare_steps(a: tuple[SuffixStep, ...], b: tuple[SuffixStep, ...]) -> int | None:
    """Compare by the first difference; without one, the remaining parts give no order."""
    for one, other in zip((*a, END), (*b, END), strict=False):
        if one == other:
            continue
        if one.rank is other.rank is Rank.POST:
            return None
        return -1 if one < other else 1
    return None


def _without_trailing_zeros(numbers: tuple[int, ...]) -> tuple[int, ...]:
    end = len(numbers)
    while end and not numbers[end - 1]:
        end -= 1
    return numbers[:end]
