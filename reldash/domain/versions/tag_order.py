"""How two tags of one service stand to each other by text alone.

The result is a strict partial order: antisymmetric and transitive. Tags are compared part by part;
the first part that differs decides, or says that they are not comparable:

1. kind and line: never across;
2. the base: numbers from left to right, zeros at the end ignored;
3. the variant: equal bases in different variants are not comparable;
4. the steps: stages before the base, later builds after it, numbers of one word by value; different
   words are not comparable;
5. from a bare number on, the shape: only tags alike but for their numbers;
6. decorations, then commits: without order.
"""

from collections.abc import Sequence
from typing import NamedTuple

from reldash.domain.versions.tag_dates import DOTTED
from reldash.domain.versions.tag_parts import Kind, Reading, Step, StepKind
from reldash.domain.versions.tag_tokens import commit_of
from reldash.domain.versions.tag_words import EARLY_DECORATIONS, PACKAGE_WORDS, compare_stages

_DAY = 3  # year, month, day: what follows is only compared in one form
# Behind a date without time these count the builds of that day, whatever the separator.
_DAY_COUNTERS = frozenset({DOTTED, "day-3", "day.3", "daya"})
_KIND_NAMES = {
    Kind.NUMBERED: "a number",
    Kind.DATED: "a date",
    Kind.RULED: "a tag read by a rule",
}


class TextOrder(NamedTuple):
    """How one tag stands to another.

    Attributes:
        result: -1 older, 0 one version, 1 newer, None not comparable.
        reason: what decided, for people.
        by_shape: whether numbers behind words without a known meaning decided.
    """

    result: int | None
    reason: str
    by_shape: bool = False


def compare_tags(a: Reading, b: Reading) -> TextOrder:
    """How `a` stands to `b`."""
    if Kind.NONE in {a.kind, b.kind}:
        same = a.text == b.text
        return TextOrder(0 if same else None, "equal text" if same else "no version in the text")
    if Kind.COMMIT in {a.kind, b.kind}:
        return _compare_commits(a, b)
    if a.kind is not b.kind:
        kinds = " and ".join(sorted(_KIND_NAMES[each.kind] for each in (a, b)))
        return TextOrder(None, f"{kinds} are not comparable")
    if a.line != b.line:
        return TextOrder(None, f"different lines: {a.line or 'none'} and {b.line or 'none'}")
    if (a.second is None) != (b.second is None):
        return TextOrder(None, "only one has a second version number")
    by_base = _compare_bases(a, b)
    if by_base.result != 0:
        return by_base
    if a.variant != b.variant:
        return TextOrder(None, f"variants differ: {a.variant or 'none'} and {b.variant or 'none'}")
    if _is_stage_beside(a, b) or _is_stage_beside(b, a):
        return TextOrder(None, "dev and preview may be stages: not comparable with others")
    by_steps = _compare_steps(a.steps, b.steps)
    return by_steps if by_steps.result != 0 else _compare_rest(a, b)


def _is_stage_beside(a: Reading, b: Reading) -> bool:
    """Whether `a` is a stage of what `b`, which may be a stage as well, decorates: rc.1 and dev."""
    end = len(b.steps)
    following = a.steps[end : end + 1]
    return (
        b.may_be_stage
        and a.steps[:end] == b.steps
        and bool(following)
        and following[0].kind is StepKind.STAGE
    )


def _compare_commits(a: Reading, b: Reading) -> TextOrder:
    is_same = (
        a.kind is b.kind
        and (a.variant, a.is_dirty, len(a.commits)) == (b.variant, b.is_dirty, len(b.commits))
        and _are_same_commits(a.commits, b.commits)
    )
    return TextOrder(0, "the same commit") if is_same else TextOrder(None, "commits have no order")


def _are_same_commits(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether commits are equal, a short form of one standing for its full form."""
    return len(a) == len(b) and all(map(_is_same_commit, a, b))


def _is_same_commit(a: str, b: str) -> bool:
    is_commit = commit_of(a) is not None and commit_of(b) is not None
    return a == b or (is_commit and (a.startswith(b) or b.startswith(a)))


def _compare_bases(a: Reading, b: Reading) -> TextOrder:
    if a.kind is Kind.DATED:
        return _compare_dates(a, b)
    if a.kind is Kind.RULED and a.values != b.values:
        if a.variant != b.variant:
            return TextOrder(None, f"not compatible: {a.variant!r} and {b.variant!r}")
        return TextOrder(-1 if a.values < b.values else 1, "by a rule of the fleet file")
    return _compare_numbers(a, b)


def _compare_numbers(a: Reading, b: Reading) -> TextOrder:
    if a.is_bare != b.is_bare and a.base[:1] == b.base[:1]:
        return TextOrder(None, "a bare number may be any version that begins with it")
    return _by_value(a, b, a.base, b.base, "base")


def _compare_dates(a: Reading, b: Reading) -> TextOrder:
    if "week" in {a.form, b.form} and a.form != b.form:
        return TextOrder(None, "weeks and days are not comparable")
    by_day = _by_value(a, b, _trimmed(a.base[:_DAY]), _trimmed(b.base[:_DAY]), "date")
    if by_day.result != 0:
        return by_day
    one, other = a.base[_DAY:], b.base[_DAY:]
    if bool(one) != bool(other):
        if (a if one else b).form not in _DAY_COUNTERS:
            return TextOrder(None, "one day, only one with a time")
    elif one and a.form != b.form:
        return TextOrder(None, "one day, written in different ways")
    return _by_value(a, b, one, other, "time")


def _by_value(
    a: Reading, b: Reading, one: tuple[int, ...], other: tuple[int, ...], part: str
) -> TextOrder:
    if one == other:
        return TextOrder(0, f"equal {part}")
    result = -1 if one < other else 1
    if a.second is not None and b.second is not None and a.second != b.second:
        by_second = -1 if a.second < b.second else 1
        if by_second != result:
            return TextOrder(None, "its two version numbers disagree")
    return TextOrder(result, f"{part} {_dotted(one)} {'<' if result < 0 else '>'} {_dotted(other)}")


def _compare_steps(a: Sequence[Step], b: Sequence[Step]) -> TextOrder:
    by_shape = False
    for at in range(max(len(a), len(b))):
        one = a[at] if at < len(a) else None
        other = b[at] if at < len(b) else None
        if StepKind.BARE_NUMBER in {one and one.kind, other and other.kind}:
            return _compare_shape(a[at:], b[at:])
        if one == other:
            by_shape = by_shape or (one is not None and one.kind is StepKind.WORD)
            continue
        # Two stages in a row (alpha.beta) are not comparable with one.
        is_behind_stage = at > 0 and a[at - 1].kind is StepKind.STAGE
        stages = [step is not None and step.kind is StepKind.STAGE for step in (one, other)]
        if is_behind_stage and stages[0] != stages[1]:
            result = None
        else:
            result = _compare_step(one, other, a[at + 1 : at + 2], b[at + 1 : at + 2])
        sign = {-1: "<", 1: ">"}.get(result or 0, "and")
        reason = f"{_step_text(one)} {sign} {_step_text(other)}"
        return TextOrder(
            result, reason if result else f"{reason} are not comparable", by_shape and bool(result)
        )
    return TextOrder(0, "equal")


def _compare_step(
    a: Step | None, b: Step | None, after_a: Sequence[Step], after_b: Sequence[Step]
) -> int | None:
    """Two different steps in one place; None for the end of the tag."""
    if a is not None and b is not None and a.kind is b.kind:
        if a.kind is StepKind.NUMBER:
            return -1 if a.numbers < b.numbers else 1
        if a.kind is StepKind.STAGE:
            return compare_stages(a.word, b.word)
        return None
    if StepKind.STAGE in {a and a.kind, b and b.kind}:
        is_a = a is not None and a.kind is StepKind.STAGE
        other, after = (b, after_b) if is_a else (a, after_a)
        is_numbered = bool(after) and after[0].kind is StepKind.NUMBER
        is_packaged = is_numbered and other is not None and other.word in PACKAGE_WORDS
        if other is not None and other.kind is StepKind.WORD and not is_packaged:
            return None
        return -1 if is_a else 1
    if a is None and b is not None:
        return -1 if b.kind in {StepKind.LATER, StepKind.NUMBER} else None
    if b is None and a is not None:
        return 1 if a.kind in {StepKind.LATER, StepKind.NUMBER} else None
    return None


def _compare_shape(a: Sequence[Step], b: Sequence[Step]) -> TextOrder:
    """The rest from a bare number on: numbers from left to right, if nothing else differs."""
    if [_shape(step) for step in a] != [_shape(step) for step in b]:
        return TextOrder(None, "a bare number has no meaning without one in the other")
    for one, other in zip(a, b, strict=True):
        if one.numbers != other.numbers:
            result = -1 if one.numbers < other.numbers else 1
            sign = "<" if result < 0 else ">"
            reason = f"alike but for {_dotted(one.numbers)} {sign} {_dotted(other.numbers)}"
            return TextOrder(result, reason, by_shape=True)
    return TextOrder(0, "equal")


def _shape(step: Step) -> tuple[StepKind, str, int]:
    return step.kind, step.word, len(step.numbers)


def _compare_rest(a: Reading, b: Reading) -> TextOrder:
    """What carries no order: decorations against none, commits."""
    if a.is_dirty != b.is_dirty or not (
        a.commits == b.commits or _are_same_commits(a.commits, b.commits)
    ):
        return TextOrder(None, "different commits of one version")
    if bool(a.decorations) == bool(b.decorations):
        return TextOrder(0, "one version")
    decorated = a if a.decorations else b
    name = ", ".join(decorated.decorations)
    if not EARLY_DECORATIONS.isdisjoint(decorated.decorations):
        return TextOrder(-1 if decorated is a else 1, f"{name} is older than the release")
    return TextOrder(None, f"made for {name}; the text does not say of which build")


def _trimmed(numbers: tuple[int, ...]) -> tuple[int, ...]:
    end = len(numbers)
    while end and not numbers[end - 1]:
        end -= 1
    return numbers[:end]


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers)) or "0"


def _step_text(step: Step | None) -> str:
    if step is None:
        return "the base"
    return step.word or _dotted(step.numbers)
