"""What a tag was read to: a Reading with its parts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

# A bare number below this may be a floating major (node:22); from it on it counts builds.
FIRST_BUILD: Final = 100


class Kind(StrEnum):
    """What a tag is."""

    NUMBERED = "numbered"  # 1.4.2, build-142, r123
    DATED = "dated"  # 2024.11.05, 20241105-1030, 2026.11.0
    COMMIT = "commit"  # sha-abc1234: equal or not, never older or newer
    RULED = "by a rule of the fleet file"
    NONE = "no version"  # latest, feature-login, OPS-77: says nothing about its content


class StepKind(StrEnum):
    """What one piece behind the base is."""

    STAGE = "stage"  # rc, beta: before the base
    LATER = "later build"  # hotfix, p, build: after the base
    WORD = "word"  # any other
    NUMBER = "number"  # of the word or the numbers before it
    BARE_NUMBER = "bare number"  # 1.4.2-7: projects mean builds before as well as after the base


class Step(NamedTuple):
    """One piece behind the base: a word, or the numbers of a date or of a dotted number."""

    kind: StepKind
    word: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A tag, read.

    Attributes:
        text: as written.
        kind: what it is.
        line: words that name a line of releases ("api" of api-1.4.2); lines are not comparable.
        base: the numbers that decide, without zeros at the end; of a dated tag the date.
        form: how the date is written; "" for others.
        steps: what follows the base, without variants, commits and decorations.
        second: a second dotted number without a word (3.9.0 of 2.13-3.9.0), else None.
        variant: platforms, distributions, runtimes.
        decorations: the places that it names.
        commits: commits, issue keys and task numbers.
        is_dirty: built from a work tree with changes.
        values: of Kind.RULED, what decides: numbers, or texts with -1.
        is_counter: its base is one number without dots.
        may_be_stage: it ends in dev or preview, a place as well as a stage.
    """

    text: str
    kind: Kind
    line: str = ""
    base: tuple[int, ...] = ()
    form: str = ""
    steps: tuple[Step, ...] = ()
    second: tuple[int, ...] | None = None
    variant: str = ""
    decorations: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    is_dirty: bool = False
    is_counter: bool = False
    may_be_stage: bool = False
    values: tuple[tuple[int, str], ...] = ()

    @property
    def is_bare(self) -> bool:
        """Whether it is one number below 100 and nothing else: 17 may be any 17.x."""
        return self.is_counter and not self.steps and self.base[0] < FIRST_BUILD

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for texts that write one version: v1.4.2, 1.4.2.0, 1.4.2-prod."""
        if self.kind is Kind.NONE:
            return self.kind, self.text
        if self.kind is Kind.COMMIT:
            return self.kind, self.variant, self.is_dirty, self.commits
        content = self.base, self.form, self.steps, self.commits, self.is_dirty, self.values
        return self.kind, self.line, self.variant, self.is_bare, *content

    @property
    def is_prerelease(self) -> bool:
        """Whether a stage stands in it: 1.5.0-rc.2, also 1.5.0-rc.2-14-gabc1234."""
        return any(step.kind is StepKind.STAGE for step in self.steps)
