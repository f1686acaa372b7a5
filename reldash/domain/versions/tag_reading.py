"""What a tag says: `read_tag` gives a Reading, whatever the text.

The order in which its parts are looked for is that of the module's functions; every part is
shown by `reldash explain`.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import Final

from reldash.domain.versions.tag_dates import DOTTED
from reldash.domain.versions.tag_parts import Kind, Reading, Step, StepKind
from reldash.domain.versions.tag_steps import StepReader, read_dotted, words_of_builds_first
from reldash.domain.versions.tag_tokens import (
    DATE,
    MARKS,
    WORK,
    Token,
    Tokens,
    commit_of,
    split_tag,
)
from reldash.domain.versions.tag_words import (
    BASE_WORDS,
    BRANCHES,
    COMMIT_WORDS,
    DECORATIONS,
    LATER_BUILDS,
    STAGES,
    VERSION_WORDS,
    WORK_BRANCHES,
)

MAX_LENGTH: Final = 255  # a tag has at most 128 characters, a label 63
NO_NAMES: Final[frozenset[str]] = frozenset()


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
    if not stripped or len(stripped) > MAX_LENGTH or not _is_plain(stripped):
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


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_floating(tokens: Sequence[Token]) -> bool:
    """Whether it is made to be pushed again: 1.x, branch_3_1_x, 2022-latest."""
    return any(token.text == "latest" for token in tokens) or any(
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
    is_train = bool(split.tokens) and split.tokens[-1].separator == "."
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
        numbers = _without_zeros(stamp.numbers) if stamp.form == DOTTED else stamp.numbers
        base, form, kind, at = numbers, stamp.form, Kind.DATED, first + 1
    elif not steps:
        numbers, at = read_dotted(tokens, first)
        base = _without_zeros(numbers)
    before = sum(token.text == WORK for token in tokens[:first])
    reader = StepReader(stamps, iter(split.works[before:]), steps)
    reader.read(tokens[at:])
    is_counter = kind is Kind.NUMBERED and bool(base) and not _is_dotted(tokens, first)
    if is_counter:
        line += _title(reader.steps)
    return Reading(
        text,
        kind,
        line="-".join(line),
        base=base,
        form=form,
        steps=words_of_builds_first(reader.steps),
        second=reader.second,
        variant=split.variant,
        decorations=split.decorations,
        commits=split.commits,
        is_dirty=reader.is_dirty,
        is_counter=is_counter,
        may_be_stage=split.may_be_stage,
    )


def _title(steps: Sequence[Step]) -> list[str]:
    """The words behind a counter: branches of issues begin with a number, too (77-fix-login)."""
    words: list[str] = []
    for step, following in zip_longest(steps, steps[1:]):
        is_numbered = following is not None and following.kind is StepKind.NUMBER
        if step.kind not in {StepKind.WORD, StepKind.LATER} or is_numbered:
            break
        if commit_of(f"g{step.word}") is None:  # a commit may have no digit
            words.append(step.word)
    return words if any(step.kind is StepKind.WORD for step in steps[: len(words)]) else []


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


def _without_zeros(numbers: tuple[int, ...]) -> tuple[int, ...]:
    end = len(numbers)
    while end > 1 and not numbers[end - 1]:
        end -= 1
    return numbers[:end]
