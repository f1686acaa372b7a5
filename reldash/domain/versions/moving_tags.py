"""Moving tags: those made to be pushed again, such as branches, bare majors and snapshots."""

from reldash.domain.versions.tag_parts import Kind, Reading, StepKind
from reldash.domain.versions.tag_reading import read_tag
from reldash.domain.versions.tag_tokens import commit_of
from reldash.domain.versions.tag_words import STAGES, VARIANT, Group

_MOVING_STAGES = {stage.name for stage in STAGES.values() if stage.group is Group.MOVING}


def is_moving(tag: str | None) -> bool:
    """Whether a tag is meant to be pushed again.

    Moving are: no tag at all ("latest"), branches, bare majors (22, v3, 3-alpine), floating
    versions (1.x) and snapshots without a number. Numbers from 100 on are builds, not majors.
    """
    if not tag:
        return True
    reading = read_tag(tag)
    if reading.is_counter and VARIANT.fullmatch(tag.lower()):
        return True  # nothing but a platform: ltsc2022, jdk21
    return names_a_branch(reading) or _is_bare_major(reading) or _is_open_snapshot(reading)


def names_a_branch(reading: Reading) -> bool:
    """Whether a text says nothing about a build: latest, main, feature-login, OPS-77, pr-7.

    One with a commit does: pr-7-abc1234.
    """
    return reading.kind is Kind.NONE and not any(map(commit_of, reading.commits))


def _is_bare_major(reading: Reading) -> bool:
    named = reading.line or reading.commits or reading.decorations
    return reading.is_bare and not named


def _is_open_snapshot(reading: Reading) -> bool:
    """Whether a version ends in `-SNAPSHOT`, `-dev` or `-nightly`, without a number or commit."""
    if reading.commits:
        return False
    if reading.may_be_stage:
        return True
    last = reading.steps[-1] if reading.steps else None
    return last is not None and last.kind is StepKind.STAGE and last.word in _MOVING_STAGES
