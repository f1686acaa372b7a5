"""What a tag says: `read_tag` gives a Reading, whatever the text.

The order in which its parts are looked for is that of the module's functions; every part is
shown by `reldash explain`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from reldash.domain.versions.tag_dates import Stamp
from reldash.domain.versions.tag_tokens import (
    DATE,
    DESCRIBED,
    MARKS,
    Token,
    Tokens,
    split_tag,
)
from reldash.domain.versions.tag_words import (
    BASE_WORDS,
    BRANCHES,
    COMMIT_WORDS,
    DECORATIONS,
    JOINED_STAGES,
    LATER_ALONE,
    LATER_BUILDS,
    STAGES,
    VERSION_WORDS,
    WORK_BRANCHES,
)

MAX_LENGTH: Final = 255  # a tag has at most 128 characters, a label 63
NO_NAMES: Final[frozenset[str]] = frozenset()
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


@lru_cache(maxsize=2**16)
def read_tag(
    text: str,
    own: frozenset[str] = NO_NAMES,
    decorations: frozenset[str] = DECORATIONS,
) -> Reading:
    """Read a tag. Never raises: what is not understood is Kind.NONE.

    Args:
        text: the tag, or a version label.
        own: names of the service, its workload and repository in lower case.
        decorations: names of environments, clusters, regions and customers in lower case.
    """
    stripped = text.strip()
    if not stripped or len(stripped) > MAX_LENGTH or not stripped.isascii():
        return Reading(text, Kind.NONE)
    split = split_tag(stripped, own, decorations)
    first = next((at for at, token in enumerate(split.tokens) if token.is_number), None)
    before = [token.text for token in split.tokens[:first] if token.text not in MARKS]
    line = [word for word in before if word not in VERSION_WORDS]
    if _is_floating(split.tokens) or _is_branch(line, split, first):
        return Reading(text, Kind.NONE, commits=split.commits)
    if first is None:
        return _read_words(text, before, split)
    return _read_numbers(text, line, split, first)


def _is_floating(tokens: Sequence[Token]) -> bool:
    """Whether it ends in x: 1.x, branch_3_1_x."""
    return any(
        token.text == "x" and token.separator == "." and before.is_number
        for before, token in pairwise(tokens)
    )


def _is_branch(line: Sequence[str], split: Tokens, first: int | None) -> bool:
    """Whether it is named after a piece of work, so that its number counts nothing."""
    if line and line[0] in WORK_BRANCHES:
        return True
    has_dotted = first is not None and _is_dotted(split.tokens, first)
    is_described = len(line) > 1 and line[0] in STAGES and not has_dotted  # pre-ipv6
    return is_described or (split.has_issue and not has_dotted)


def _is_dotted(tokens: Sequence[Token], at: int) -> bool:
    following = tokens[at + 1 : at + 2]
    return bool(following) and following[0].separator == "." and following[0].is_number


def _read_words(text: str, words: Sequence[str], split: Tokens) -> Reading:
    """A tag without a number that counts: a commit, the release of a named train, or none."""
    named = [word for word in words if word not in VERSION_WORDS | COMMIT_WORDS]
    if split.commits and not split.has_issue:
        return Reading(
            text,
            Kind.COMMIT,
            line="-".join(word for word in named if word != "dirty"),
            variant=split.variant,
            decorations=split.decorations,
            commits=split.commits,
            is_dirty="dirty" in named,
        )
    is_train = len(named) > 1 or len(words) > len(named)
    trains = [word for word in named if word not in BASE_WORDS]
    if is_train and words[-1] in BASE_WORDS and len(trains) == 1 and trains[0] not in BRANCHES:
        return Reading(text, Kind.NUMBERED, line=trains[0])  # Hoxton.RELEASE
    return Reading(text, Kind.NONE, commits=split.commits)


def _read_numbers(text: str, line: list[str], split: Tokens, first: int) -> Reading:
    tokens, stamps = split.tokens, iter(split.stamps)
    steps = _split_train(line, tokens, first)
    base: tuple[int, ...] = ()
    form, kind, at = "", Kind.NUMBERED, first
    if not steps and tokens[first].text == DATE:
        stamp = next(stamps)
        base, form, kind, at = stamp.numbers, stamp.form, Kind.DATED, first + 1
    elif not steps:
        numbers, at = _read_dotted(tokens, first)
        base = _without_zeros(numbers)
    reader = _StepReader(stamps, steps)
    reader.read(tokens[at:])
    return Reading(
        text,
        kind,
        line="-".join(line),
        base=base,
        form=form,
        steps=_words_of_builds_first(reader.steps),
        second=reader.second,
        variant=split.variant,
        decorations=split.decorations,
        commits=split.commits,
        is_dirty=reader.is_dirty,
        is_counter=kind is Kind.NUMBERED and bool(base) and not _is_dotted(tokens, first),
    )


def _split_train(line: list[str], tokens: Sequence[Token], first: int) -> list[Step]:
    """Take stages and later builds off the end of a train's name: Hoxton.SR10, Hoxton.M1."""
    if tokens[first].text == DATE or tokens[first].separator == "-" or _is_dotted(tokens, first):
        return []
    steps: list[Step] = []
    while len(line) > 1 and (word := line[-1]) not in BRANCHES:
        if word in STAGES:
            steps.insert(0, Step(StepKind.STAGE, STAGES[word].name))
        elif word in LATER_BUILDS and word not in {"build", "bld"}:
            steps.insert(0, Step(StepKind.LATER, LATER_BUILDS[word]))
        else:
            break
        line.pop()
    return steps


def _read_dotted(tokens: Sequence[Token], at: int) -> tuple[tuple[int, ...], int]:
    """A number with its dotted followers, and where they end."""
    numbers = [int(tokens[at].text)]
    at += 1
    while at < len(tokens) and tokens[at].separator == "." and tokens[at].text.isdigit():
        numbers.append(int(tokens[at].text))
        at += 1
    return tuple(numbers), at


def _without_zeros(numbers: tuple[int, ...]) -> tuple[int, ...]:
    end = len(numbers)
    while end > 1 and not numbers[end - 1]:
        end -= 1
    return numbers[:end]


class _StepReader:
    """Reads the tokens behind the base into steps. `_last` is what the token before was."""

    def __init__(self, stamps: Iterator[Stamp], steps: Collection[Step]) -> None:
        self.steps = list(steps)
        self.second: tuple[int, ...] | None = None
        self.is_dirty = False
        self._stamps = stamps
        self._last = "word" if steps else "number"

    def read(self, tokens: Sequence[Token]) -> None:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.is_number:
                at = self._read_number(tokens, at)
                continue
            if token.text == DESCRIBED:
                self._read_described()
            elif token.text.isalpha():
                following = tokens[at + 1] if at + 1 < len(tokens) else None
                self._read_word(token, following)
            elif token.text in MARKS:
                self._last = "mark"
            at += 1

    def _read_number(self, tokens: Sequence[Token], at: int) -> int:
        token = tokens[at]
        if token.text == DATE:
            numbers, end = next(self._stamps).numbers, at + 1
        else:
            numbers, end = _read_dotted(tokens, at)
            is_second = token.separator == "-" and self._last != "word" and len(numbers) > 1
            # A part of seven digits is a time or a commit, not a version's.
            if is_second and self.second is None and max(numbers) < 10**6:
                self.second = numbers
        is_attached = (
            self._last == "word"
            or (token.separator == "" and self._last != "mark")
            or (token.separator == "." and self._last in {"number", "mark"})
        )
        kind = StepKind.NUMBER if is_attached else StepKind.BARE_NUMBER
        self.steps.append(Step(kind, numbers=numbers))
        self._last = "number"
        return end

    def _read_described(self) -> None:
        """The count of commits since the tag, as `git describe` writes it; 0 is the tag itself."""
        last = self.steps[-1] if self.steps else None
        if last is not None and last.kind is StepKind.BARE_NUMBER and len(last.numbers) == 1:
            self.steps.pop()
            if last.numbers[0]:
                self.steps += [
                    Step(StepKind.LATER, "commits"),
                    Step(StepKind.NUMBER, "", last.numbers),
                ]
        self._last = "mark"

    def _read_word(self, token: Token, following: Token | None) -> None:
        word = token.text
        is_touching = (
            token.separator == ""
            and following is not None
            and following.separator == ""
            and following.text.isdigit()
        )
        if is_touching and self._last == "number":
            word = JOINED_STAGES.get(word, word)
        if word == "dirty":
            self.is_dirty = True
        elif word in BASE_WORDS | COMMIT_WORDS:
            self._last = "mark"
        elif word in STAGES:
            self._add(StepKind.STAGE, STAGES[word].name)
        elif word in LATER_BUILDS and (following is not None or word in LATER_ALONE):
            self._add(StepKind.LATER, LATER_BUILDS[word])
        elif word not in VERSION_WORDS:
            self._add(StepKind.WORD, word)

    def _add(self, kind: StepKind, word: str) -> None:
        self.steps.append(Step(kind, word))
        self._last = "word"


def _words_of_builds_first(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Put a stage behind the numbered words after it: 1.4.2-rc1-k3s2 is a candidate of its k3s2."""
    if not steps or steps[0].kind is not StepKind.STAGE:
        return tuple(steps)
    stage = 2 if len(steps) > 1 and steps[1].kind is StepKind.NUMBER else 1
    end = stage
    while end < len(steps) and steps[end].kind in {StepKind.WORD, StepKind.NUMBER}:
        end += 1
    words = steps[stage:end]
    if len(words) < 2 or words[1].kind is not StepKind.NUMBER:
        return tuple(steps)
    return (*words, *steps[:stage], *steps[end:])
